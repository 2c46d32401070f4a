"""Taking over tables that agencies send in: all of them or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merit_kit import process
from merit_kit.assessment._answers import take_answers
from merit_kit.assessment._door import (
    BEGINNING,
    begin,
    check_can_begin,
    check_edition,
    find,
    instrument_of,
    level_body,
    now,
    record,
)
from merit_kit.assessment._evidence import faults_of, held, home_of, named_files, take_files
from merit_kit.assessment._hearing import counting_of
from merit_kit.assessment._imported import Imported
from merit_kit.assessment._people import speaker_for
from merit_kit.assessment._rounds import advance
from merit_kit.errors import InstrumentError, Key, MeritError, Problem, RuleError, TableError
from merit_kit.instrument import Instrument, load
from merit_kit.store import Statement, Store
from merit_kit.workbook import (
    OPEN_ITEMS,
    ColumnMapping,
    Given,
    Identity,
    LevelTable,
    Look,
    Named,
    OpenAnswers,
    as_read,
    first_agency,
    identity_of,
    read_form,
    read_levels,
    read_open_items,
)

if TYPE_CHECKING:
    import pandas as pd

EVIDENCE_FOLDER = "bukti"
"""Where the files that a form names lie, beside it."""

# What a difference is about, as the columns of the file call it.
_COLUMN = {process.SELF: "mandiri", process.VERIFIED: "verifikasi", "": "catatan"}


@dataclass(frozen=True, slots=True)
class Incoming:
    """How files are to be taken.

    Attributes
    ----------
    agency : str or None
        The agency's code, where the file does not name it.
    edition : Instrument or None
        For assessments opened now; by default a form's own, else the kit's default edition. One
        that is open keeps its own, and another is refused.
    invented : bool
        Whether the data is made up; fixed when an assessment is opened.
    replacing : bool
        Whether to replace what others stated, and to settle conflicts; see
        :func:`import_levels`.
    evaluator : str or None
        Person id; see :func:`import_levels`.
    stage : str or None
        Move the assessments to this stage, the next one, before anything of the files is stated.
    mapping : ColumnMapping or None
        Which column of a table from elsewhere holds what.
    evidence : Path or None
        Folder of the files that a form names; by default ``bukti`` beside the form. In it the
        agency's own folder, unless all that lies there is the one agency's whose files are taken.
    """

    agency: str | None = None
    edition: Instrument | None = None
    invented: bool = False
    replacing: bool = False
    evaluator: str | None = None
    stage: str | None = None
    mapping: ColumnMapping | None = None
    evidence: Path | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was read and is free of faults, and its assessment if that is open.

    `edition` is that of a form whose assessment is not.
    """

    agency: str
    known: str | None
    content: LevelTable | OpenAnswers
    edition: Instrument | None = None

    @property
    def path(self) -> Path:
        return self.content.path


def import_files(
    store: Store, files: Sequence[Path], round_: str, by: str, how: Incoming | None = None
) -> list[Imported]:
    """Take over what agencies sent in: tables of levels, forms, answers to open questions.

    Assessments that are not open yet are opened. One file of a kind for an agency.

    Parameters
    ----------
    by : str
        Person id of whoever runs this; see :func:`import_levels`.

    Raises
    ------
    TableError
        With the faults of every file among its `causes`; then nothing was taken from any.
    RuleError
        If the rules do not allow what the files say, or the edition is a draft that lacks parts.
    """
    how = how or Incoming()
    if how.edition is not None and how.edition.lacks:
        # Said by itself: what is wrong with a file may come from what the draft lacks.
        raise RuleError("edition-unready", edition=how.edition.id, count=len(how.edition.lacks))
    alone = _is_alone(files, how)
    read: dict[tuple[str, type], _File] = {}
    refused: list[MeritError] = []
    for path in files:
        try:
            file = _one_file(store, path, round_, how, alone)
            key = (file.agency, type(file.content))
            if key in read:
                both = f"{read[key].path.name}, {path.name}"
                raise TableError("agency-twice", found=file.agency, allowed=both)
            read[key] = file
        except MeritError as error:
            refused.append(error)
    if refused:
        raise TableError("tables-faulty", causes=refused, count=len(refused))
    # One transaction, begun only now that all files are read: of two imports at once the second
    # sees what the first stated, and one that is cut off has opened nothing.
    # All it may need at once: taken one after another, two programs could wait for each other.
    known = [file.known for file in read.values() if file.known]
    with store.together(BEGINNING, "edition", "person", "appointment", *known):
        return _take(store, list(read.values()), round_, by, how, alone)


def _take(
    store: Store, files: Sequence[_File], round_: str, by: str, how: Incoming, alone: bool
) -> list[Imported]:
    opened: dict[str, str] = {}
    editions = {file.agency: file.edition for file in files if file.edition is not None}
    for file in files:
        there = file.known or _open_already(store, file.agency, round_, how)
        if file.agency not in opened:
            opened[file.agency] = there or begin(
                store,
                file.agency,
                round_,
                how.edition or editions.get(file.agency) or load(),
                by,
                how.invented,
            )
    if how.stage is not None and opened:
        advance(store, round_, how.stage, by, list(opened))
    tables = [(opened[f.agency], f.content) for f in files if isinstance(f.content, LevelTable)]
    results = import_levels(store, tables, by, how.evaluator, how.replacing)
    for place, ((about, table), result) in enumerate(zip(tables, results, strict=True)):
        names = {given.sub_aspect: given.evidence for given in table.given if given.evidence}
        if names:
            home = _home(store, table.path, result.agency, how, alone)
            here, missing = named_files(names, home)
            stored = held(store, about)
            taken, _ = take_files(store, about, here, by, home)
            results[place] = replace(
                result,
                files=taken.added + taken.revised,
                missing=tuple(each for each in missing if each not in stored),
                left_out=taken.withdrawn,
            )
    for file in files:
        if isinstance(file.content, OpenAnswers):
            home = _home(store, file.path, file.agency, how, alone)
            results.append(take_answers(store, opened[file.agency], file.content, home, by))
    return results


def _home(store: Store, path: Path, agency: str, how: Incoming, alone: bool) -> Path:
    """Return where the files lie that a form of an agency names."""
    return home_of(store, how.evidence or path.parent / EVIDENCE_FOLDER, agency, alone)


def _is_alone(files: Sequence[Path], how: Incoming) -> bool:
    """Say whether all files are one agency's, as far as they can be read."""
    found: set[str] = set()
    for path in files if how.agency is None and len(files) > 1 else ():
        try:
            named = first_agency(path, how.mapping)
        except MeritError:
            continue  # said when it is its turn
        found |= {named} if named else set()
        if len(found) > 1:
            return False
    return True


def import_levels(
    store: Store,
    tables: Sequence[tuple[str, LevelTable]],
    by: str,
    evaluator: str | None = None,
    replacing: bool = False,
) -> list[Imported]:
    """Take over tables of levels, all or none. What stands already is not stated again.

    What the agency says of itself is stated by `by`, if they are of its team, else by the person
    id that stands for that team. Verified levels belong to the pass of the stage: *akhir* from
    the correction on.

    A table replaces what its own author stated before. Where somebody else stated something
    different, or a conflict is open, it is refused unless `replacing`: a file that lay about for
    a week must not undo what was found in the sitting. A form knows what it was written with: what
    was changed in it is stated, and refused where that was stated anew since, by anybody.

    Parameters
    ----------
    tables : sequence of (assessment id, LevelTable)
    by : str
        Person id of whoever runs this: of the agency's team, an evaluator, or the secretariat,
        who alone records what others stated.
    evaluator : str, optional
        Person id of whoever verified the levels; by default `by`.

    Raises
    ------
    RuleError
        If an assessment is not known, its edition or the process does not allow what a table
        says, or it differs from what others stated. All of it at once.
    """
    with store.together(*(assessment for assessment, _ in tables)):
        return _import_levels(store, tables, by, evaluator, replacing)


def _import_levels(
    store: Store,
    tables: Sequence[tuple[str, LevelTable]],
    by: str,
    evaluator: str | None,
    replacing: bool,
) -> list[Imported]:
    frame = store.assessments(assessment for assessment, _ in tables)
    unknown = [assessment for assessment, _ in tables if assessment not in frame.index]
    if unknown:
        raise RuleError("assessment-unknown", found=", ".join(unknown))
    counting = counting_of(store, [assessment for assessment, _ in tables])
    stands = _Stands.of(counting)
    statements: list[Statement] = []
    problems: list[Problem] = []
    too_early: list[Problem] = []
    results = []
    for assessment, table in tables:
        agency = str(frame.loc[assessment, "agency"])
        stage = process.stage_of(counting[counting["assessment"] == assessment])
        pass_ = process.AWAL if stage in process.STAGES[:2] else process.AKHIR
        wanted = _wanted(table, pass_)
        if stage == process.STAGES[0] and any(not _is_own(wish.body) for wish in wanted):
            too_early.append(Problem(agency, "import-too-early", Key(f"stage.{stage}")))
            continue
        own = any(_is_own(wish.body) for wish in wanted)
        team = speaker_for(store, agency, by) if own else by
        before = len(statements)
        withdrawn = []
        for wish in wanted:
            author = team if _is_own(wish.body) else evaluator or by
            asked = Statement(assessment, wish.kind, author, now(), wish.body)
            in_force = stands.in_force(asked)
            try:
                body = _to_state(wish, in_force, author, replacing)
            except _DiffersError:
                stated = [_shown(other) for _, other in in_force if other != wish.body]
                place = f"{agency} {wish.body['sub_aspect']} {_COLUMN[wish.body.get('of', '')]}"
                problems.append(Problem(place, "import-differs", _shown(wish.body), stated or "-"))
                continue
            if body is None:
                continue
            made = replace(asked, body=body, base=stands.ids(asked))
            statements.append(made)
            stands.put(made)
            if body.get("level", 0) is None:
                withdrawn.append(str(body["sub_aspect"]))
        stated_here = len(statements) - before
        results.append(
            Imported(
                agency,
                stated_here,
                len(wanted) - stated_here,
                tuple(_left(table, assessment, pass_, stands)),
                withdrawn=tuple(dict.fromkeys(withdrawn)),
                outside=table.outside,
            )
        )
    if too_early:
        raise RuleError("import-too-early", [*too_early, *problems], allowed=process.STAGES[1])
    if problems:
        raise RuleError("import-differs", problems, count=len(problems))
    record(store, statements, by)
    return results


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a file wants stated; `stood` is what a form was written with, and None of a table."""

    kind: str
    body: Mapping[str, Any]
    stood: tuple[int | None, str] | None = None


@dataclass(frozen=True, slots=True)
class _Stands:
    """What stands on each topic, as (author, body) by id; it moves on with every statement."""

    by_topic: dict[tuple[str, ...], dict[str, tuple[str, Mapping[str, Any]]]]

    @classmethod
    def of(cls, counting: pd.DataFrame) -> _Stands:
        by_topic: dict[tuple[str, ...], dict[str, tuple[str, Mapping[str, Any]]]] = {}
        for row in counting.itertuples():
            by_topic.setdefault(row.topic, {})[row.id] = (row.author, row.body)
        return cls(by_topic)

    def on(self, asked: Statement) -> dict[str, tuple[str, Mapping[str, Any]]]:
        return self.by_topic.get(process.topic(asdict(asked)), {})

    def ids(self, asked: Statement) -> tuple[str, ...]:
        return tuple(self.on(asked))

    def put(self, made: Statement) -> None:
        self.by_topic[process.topic(asdict(made))] = {made.id: (made.author, made.body)}

    def in_force(self, asked: Statement) -> list[tuple[str, Mapping[str, Any]]]:
        """Return what a statement would replace or overrule."""
        there, body = self.on(asked), asked.body
        if there or body.get("pass") != process.AKHIR or body["level"] is None:
            return list(there.values())
        # In the second pass what the first one found is in force until it is overruled.
        first = self.on(replace(asked, body={**body, "pass": process.AWAL}))
        return [(who, {**stated, "pass": process.AKHIR}) for who, stated in first.values()]


class _DiffersError(Exception):
    """What a file says would undo what it does not know of, or what somebody else stated."""


def _to_state(
    wish: _Wish, in_force: Sequence[tuple[str, Mapping[str, Any]]], author: str, replacing: bool
) -> Mapping[str, Any] | None:
    """Return the body that is to be stated; None if it stands already.

    Raises
    ------
    _DiffersError
        If it would undo something, and is not told to.
    """
    body = wish.body
    said = [stated for _, stated in in_force]
    if wish.stood is not None and len(said) <= 1:
        stands = said[0] if said else {**body, "level": None, "reason": ""}
        changed = _with_changes(body, wish.stood, stands)
        if changed is None and not replacing:
            raise _DiffersError
        meant = body if changed is None else changed
        return None if meant == stands else meant
    lenient = wish.stood is None
    if (
        all(_adds_nothing(body, stated, lenient) for stated in said)
        if said
        else _says_nothing(body)
    ):
        return None
    others = {who for who, stated in in_force if stated != body} - {author}
    if (others or len(said) > 1) and not replacing:
        raise _DiffersError
    return body


def _with_changes(
    body: Mapping[str, Any], stood: tuple[int | None, str], stands: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Return what stands with what was changed in a form; None if that undoes something newer.

    The level and its explanation are changes of their own: whoever mends a word in an old form
    does not say the old level anew.
    """
    level, reason = stands["level"], as_read(stands["reason"])
    if body["level"] is None:
        if level is None:
            return stands
        return body if (level, reason) == stood else None
    changed = dict(stands)
    if body["level"] != stood[0]:
        if level not in (stood[0], body["level"]):
            return None
        changed["level"] = body["level"]
    if body["reason"] != stood[1]:
        if reason not in (stood[1], body["reason"]):
            return None
        changed["reason"] = body["reason"]
    return None if changed["level"] is None else changed


def _is_own(body: Mapping[str, Any]) -> bool:
    """Say whether this is what the agency says of itself."""
    return body.get("of") == process.SELF


def _one_file(store: Store, path: Path, round_: str, how: Incoming, alone: bool) -> _File:
    """Read a file under the edition of its agency's assessment, and ask whether it may go in."""
    identity = identity_of(path) if how.mapping is None else None
    # The agency decides the edition, and only the file may know the agency: look at it first.
    named = identity.agency if identity else first_agency(path, how.mapping)
    code = how.agency or named
    if code is None:
        # A table with other faults is told those; only a sound one just lacks its agency.
        read_levels(path, how.edition or load(), how.mapping)
        raise TableError("agency-not-named", path=path.name)
    if named not in (None, code):
        raise TableError("agency-mismatch", path=path.name, found=named, allowed=code)
    known = _open_already(store, code, round_, how)
    if identity is not None and identity.store != store.id:
        # A form of the practice store, filled in by mistake, looks like any other.
        raise TableError("form-other-store", path=path.name)
    look = _looker(store, path, code, known, how, alone, identity)
    if identity is not None and identity.kind == OPEN_ITEMS:
        if known is None or identity.assessment != known:
            raise TableError("answers-elsewhere", path=path.name, agency=code, round=round_)
        return _File(code, known, read_open_items(path, look))
    if known is None:
        check_can_begin(store, code, round_)
    pinned = instrument_of(store, known) if known else how.edition
    if identity is None:
        return _File(code, known, read_levels(path, pinned or load(), how.mapping, look))
    if pinned is None:
        pinned = _own_edition(store, path, identity)
    return _File(code, known, read_form(path, pinned, code, round_, look), pinned)


def _looker(
    store: Store,
    path: Path,
    agency: str,
    known: str | None,
    how: Incoming,
    alone: bool,
    identity: Identity | None,
) -> Look:
    """Return what looks at the files that a file names, before anything is taken."""
    needed = identity is not None and identity.kind == OPEN_ITEMS

    def look(named: Sequence[Named]) -> Iterator[Problem]:
        if any(cell.files for cell in named):
            there = held(store, known) if known else {}
            yield from faults_of(named, _home(store, path, agency, how, alone), there, needed)

    return look


def _own_edition(store: Store, path: Path, identity: Identity) -> Instrument:
    """Return the edition that a form was written for, for an assessment that is not open yet.

    Raises
    ------
    TableError
        If there is none of that id and contents.
    """
    try:
        found = load(identity.edition, store.folder)
    except InstrumentError:
        found = None
    if found is None or found.digest != identity.digest:
        raise TableError("form-edition-missing", path=path.name, found=identity.edition)
    return found


def _open_already(store: Store, code: str, round_: str, how: Incoming) -> str | None:
    """Return the open assessment, if there is one and it was opened as is asked for now."""
    known = find(store, code, round_)
    if known is None:
        return None
    check_edition(store, known, how.edition)
    if bool(store.assessments([known])["invented"].iloc[0]) != how.invented:
        if how.invented:
            raise RuleError("opened-not-invented", agency=code, round=round_)
        raise RuleError("opened-invented", agency=code, round=round_)
    return known


def _wanted(table: LevelTable, pass_: str) -> list[_Wish]:
    """List what a table states, as kinds and bodies of entries."""
    wanted: list[_Wish] = []
    for given in table.given:
        for of, level, reason in _both(given):
            if level is not None or of in given.taken_back:
                body = level_body(given.sub_aspect, of, level, reason, pass_)
                wanted.append(_Wish(process.LEVEL, body, given.stood))
        if given.note:
            body = {"sub_aspect": given.sub_aspect, "text": given.note}
            wanted.append(_Wish(process.NOTE, body))
    return wanted


def _both(given: Given) -> tuple[tuple[str, int | None, str], ...]:
    return (
        (process.SELF, given.self_level, given.self_reason),
        (process.VERIFIED, given.verified_level, given.verified_reason),
    )


def _left(
    table: LevelTable, assessment: str, pass_: str, stands: _Stands
) -> Iterator[tuple[str, str, int]]:
    """Yield the levels that stand although their cell is empty, or takes back only a later pass."""
    for given in table.given:
        for of, level, _ in _both(given):
            if of not in table.columns or level is not None:
                continue
            passes = (
                [pass_] if of == process.SELF or pass_ == process.AWAL else process.PASSES[::-1]
            )
            for each in passes:
                body = level_body(given.sub_aspect, of, None, pass_=each)
                asked = Statement(assessment, process.LEVEL, "-", now(), body)
                stated = stands.on(asked).values()
                found = [said["level"] for _, said in stated if said["level"] is not None]
                yield from ((given.sub_aspect, of, reached) for reached in found)
                if found:
                    break


def _says_nothing(body: Mapping[str, Any]) -> bool:
    """Say whether this only takes back what was never stated."""
    return "level" in body and body["level"] is None


def _adds_nothing(body: Mapping[str, Any], stated: Mapping[str, Any], lenient: bool) -> bool:
    """Say whether this is what was stated, or that less its reason.

    `lenient`: an empty cell of a table erases no reason; in a form somebody emptied it.
    """
    less = lenient and body.get("reason") == "" and body == {**stated, "reason": ""}
    return body == stated or less


def _shown(body: Mapping[str, Any]) -> str:
    if "text" in body:
        return f"\N{LEFT DOUBLE QUOTATION MARK}{body['text'][:60]}\N{RIGHT DOUBLE QUOTATION MARK}"
    level = "-" if body["level"] is None else str(body["level"])
    return f"{level} ({body['reason'][:60]})" if body["reason"] else level
