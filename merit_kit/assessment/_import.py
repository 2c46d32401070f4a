"""Taking over tables that agencies send in: all of them or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from merit_kit import process
from merit_kit.assessment._answers import take_answers
from merit_kit.assessment._door import (
    BEGINNING,
    begin,
    check_can_begin,
    find,
    instrument_of,
    level_body,
    now,
    record,
)
from merit_kit.assessment._evidence import named_files, take_files
from merit_kit.assessment._hearing import counting_of
from merit_kit.assessment._imported import Imported
from merit_kit.assessment._people import speaker_for
from merit_kit.assessment._rounds import advance
from merit_kit.errors import Key, MeritError, Problem, RuleError, TableError
from merit_kit.instrument import Instrument, load
from merit_kit.store import Statement, Store
from merit_kit.workbook import (
    OPEN_ITEMS,
    ColumnMapping,
    Given,
    LevelTable,
    OpenAnswers,
    first_agency,
    identity_of,
    read_form,
    read_levels,
    read_open_items,
)

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
        For assessments opened now; by default the kit's default edition. One that is open
        keeps its own, and another is refused.
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
        Folder of the files that a form names; by default ``bukti`` beside the form.
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
    """A file that was read and is free of faults, and its assessment if that is open."""

    agency: str
    known: str | None
    content: LevelTable | OpenAnswers

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
        If the rules do not allow what the files say.
    """
    how = how or Incoming()
    read: dict[tuple[str, type], _File] = {}
    refused: list[MeritError] = []
    for path in files:
        try:
            file = _one_file(store, path, round_, how)
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
        return _take(store, list(read.values()), round_, by, how)


def _take(
    store: Store, files: Sequence[_File], round_: str, by: str, how: Incoming
) -> list[Imported]:
    opened: dict[str, str] = {}
    for file in files:
        there = file.known or _open_already(store, file.agency, round_, how)
        if file.agency not in opened:
            opened[file.agency] = there or begin(
                store, file.agency, round_, how.edition or load(), by, how.invented
            )
    if how.stage is not None and opened:
        advance(store, round_, how.stage, by, list(opened))
    tables = [(opened[f.agency], f.content) for f in files if isinstance(f.content, LevelTable)]
    results = import_levels(store, tables, by, how.evaluator, how.replacing)
    for place, ((about, table), result) in enumerate(zip(tables, results, strict=True)):
        names = {given.sub_aspect: given.evidence for given in table.given if given.evidence}
        if names:
            folder = how.evidence or table.path.parent / EVIDENCE_FOLDER
            here, missing = named_files(names, folder, result.agency)
            taken, _ = take_files(store, about, here, by)
            count = taken.added + taken.revised
            results[place] = replace(result, files=count, missing=tuple(missing))
    for file in files:
        if isinstance(file.content, OpenAnswers):
            folder = how.evidence or file.path.parent / EVIDENCE_FOLDER
            results.append(take_answers(store, opened[file.agency], file.content, folder, by))
    return results


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
    a week must not undo what was found in the sitting.

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
    # What stands on each topic, by id; it moves on with every statement made here.
    stands: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in counting.itertuples():
        stands.setdefault(row.topic, {})[row.id] = (row.author, row.body)
    statements: list[Statement] = []
    problems: list[Problem] = []
    too_early: list[Problem] = []
    results = []
    for assessment, table in tables:
        agency = str(frame.loc[assessment, "agency"])
        stage = process.stage_of(counting[counting["assessment"] == assessment])
        pass_ = process.AWAL if stage in process.STAGES[:2] else process.AKHIR
        wanted = _wanted(table, pass_)
        if stage == process.STAGES[0] and any(not _is_own(body) for _, body in wanted):
            too_early.append(Problem(agency, "import-too-early", Key(f"stage.{stage}")))
            continue
        team = speaker_for(store, agency, by) if any(_is_own(body) for _, body in wanted) else by
        unchanged = 0
        before = len(statements)
        for kind, body in wanted:
            author = team if _is_own(body) else evaluator or by
            made = Statement(assessment, kind, author, now(), body)
            topic = process.topic(asdict(made))
            there = stands.get(topic, {})
            said = [stated for _, stated in there.values()]
            in_force = there
            if not there and body.get("pass") == process.AKHIR and body["level"] is not None:
                # In the second pass what the first one found is in force until it is overruled.
                first = Statement(assessment, kind, author, now(), {**body, "pass": process.AWAL})
                awal = stands.get(process.topic(asdict(first)), {})
                in_force = {
                    key: (who, {**stated, "pass": process.AKHIR})
                    for key, (who, stated) in awal.items()
                }
                said = [stated for _, stated in in_force.values()]
            if all(_adds_nothing(body, stated) for stated in said) if said else _says_nothing(body):
                unchanged += 1
                continue
            others = {who for who, stated in in_force.values() if stated != body} - {author}
            if (others or len(in_force) > 1) and not replacing:
                stated = [_shown(other) for _, other in in_force.values() if other != body]
                place = f"{agency} {body['sub_aspect']} {_COLUMN[body.get('of', '')]}"
                problems.append(Problem(place, "import-differs", _shown(body), stated))
                continue
            statements.append(replace(made, base=tuple(there)))
            stands[topic] = {made.id: (author, body)}
        left = tuple(_left(table, assessment, pass_, stands))
        results.append(Imported(agency, len(statements) - before, unchanged, left))
    if too_early:
        raise RuleError("import-too-early", [*too_early, *problems], allowed=process.STAGES[1])
    if problems:
        raise RuleError("import-differs", problems, count=len(problems))
    record(store, statements, by)
    return results


def _is_own(body: Mapping[str, Any]) -> bool:
    """Say whether this is what the agency says of itself."""
    return body.get("of") == process.SELF


def _one_file(store: Store, path: Path, round_: str, how: Incoming) -> _File:
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
    if identity is not None and identity.kind == OPEN_ITEMS:
        if known is None or identity.assessment != known:
            raise TableError("answers-elsewhere", path=path.name, agency=code, round=round_)
        return _File(code, known, read_open_items(path))
    if known is None:
        check_can_begin(store, code, round_)
    pinned = instrument_of(store, known) if known else how.edition or load()
    if identity is not None:
        return _File(code, known, read_form(path, pinned, code, round_))
    return _File(code, known, read_levels(path, pinned, how.mapping))


def _open_already(store: Store, code: str, round_: str, how: Incoming) -> str | None:
    """Return the open assessment, if there is one and it was opened as is asked for now."""
    known = find(store, code, round_)
    if known is None:
        return None
    pinned = instrument_of(store, known)
    if how.edition is not None and how.edition.digest != pinned.digest:
        raise RuleError("edition-fixed", agency=code, round=round_, found=pinned.id)
    if bool(store.assessments([known])["invented"].iloc[0]) != how.invented:
        if how.invented:
            raise RuleError("opened-not-invented", agency=code, round=round_)
        raise RuleError("opened-invented", agency=code, round=round_)
    return known


def _wanted(table: LevelTable, pass_: str) -> list[tuple[str, dict[str, Any]]]:
    """List what a table states, as kinds and bodies of entries."""
    wanted: list[tuple[str, dict[str, Any]]] = []
    for given in table.given:
        for of, level, reason in _both(given):
            if level is not None or of in given.taken_back:
                body = level_body(given.sub_aspect, of, level, reason, pass_)
                wanted.append((process.LEVEL, body))
        if given.note:
            wanted.append((process.NOTE, {"sub_aspect": given.sub_aspect, "text": given.note}))
    return wanted


def _both(given: Given) -> tuple[tuple[str, int | None, str], ...]:
    return (
        (process.SELF, given.self_level, given.self_reason),
        (process.VERIFIED, given.verified_level, given.verified_reason),
    )


def _left(
    table: LevelTable, assessment: str, pass_: str, stands: Mapping[tuple[str, ...], Any]
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
                stated = stands.get(process.topic(asdict(asked)), {}).values()
                found = [said["level"] for _, said in stated if said["level"] is not None]
                yield from ((given.sub_aspect, of, reached) for reached in found)
                if found:
                    break


def _says_nothing(body: Mapping[str, Any]) -> bool:
    """Say whether this only takes back what was never stated."""
    return "level" in body and body["level"] is None


def _adds_nothing(body: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    """Say whether this is what was stated, or that less its reason: an empty cell erases none."""
    return body == stated or (body.get("reason") == "" and body == {**stated, "reason": ""})


def _shown(body: Mapping[str, Any]) -> str:
    if "text" in body:
        return f"\N{LEFT DOUBLE QUOTATION MARK}{body['text'][:60]}\N{RIGHT DOUBLE QUOTATION MARK}"
    level = "-" if body["level"] is None else str(body["level"])
    return f"{level} ({body['reason'][:60]})" if body["reason"] else level
