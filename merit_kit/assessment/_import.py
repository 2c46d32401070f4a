"""Taking over tables that agencies send in: all of them or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from merit_kit import process
from merit_kit.assessment._door import (
    begin,
    check_can_begin,
    find,
    instrument_of,
    level_body,
    now,
    record,
)
from merit_kit.assessment._hearing import counting_of
from merit_kit.assessment._people import team_of
from merit_kit.assessment._rounds import advance
from merit_kit.errors import Key, MeritError, Problem, RuleError, TableError
from merit_kit.instrument import Instrument, load
from merit_kit.store import Statement, Store
from merit_kit.workbook import Given, LevelTable, first_agency, read_levels

# What a difference is about, as the columns of the file call it.
_COLUMN = {process.SELF: "mandiri", process.VERIFIED: "verifikasi", "": "catatan"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a table: how many things it stated anew, and how many stood already.

    `left` are the levels that stand although the table's cell is empty, as (code, of, level).
    """

    agency: str
    stated: int
    unchanged: int
    left: tuple[tuple[str, str, int], ...] = ()


def import_files(
    store: Store,
    files: Sequence[Path],
    round_: str,
    by: str,
    agency: str | None = None,
    edition: Instrument | None = None,
    invented: bool = False,
    replacing: bool = False,
    evaluator: str | None = None,
    stage: str | None = None,
) -> list[Imported]:
    """Take over files of levels, one per agency, opening assessments that are not open yet.

    Parameters
    ----------
    by : str
        Person id of whoever runs this; see :func:`import_levels`.
    agency : str, optional
        The agency's code, where the file does not name it.
    edition : Instrument, optional
        For assessments opened now; by default the kit's default edition. One that is open
        keeps its own, and another is refused.
    invented : bool
        Whether the data is made up; fixed when an assessment is opened.
    replacing : bool
        Whether to replace what others stated, and to settle conflicts; see
        :func:`import_levels`.
    evaluator : str, optional
        Person id; see :func:`import_levels`.
    stage : str, optional
        Move the assessments to this stage, the next one, before anything of the files is stated.

    Raises
    ------
    TableError
        With the faults of every file among its `causes`; then nothing was taken from any.
    """
    tables: dict[str, tuple[str | None, LevelTable]] = {}
    refused: list[MeritError] = []
    for file in files:
        try:
            code, known, table = _one_file(store, file, round_, agency, edition, invented)
            if code in tables:
                both = f"{tables[code][1].path.name}, {file.name}"
                raise TableError("agency-twice", found=code, allowed=both)
            tables[code] = (known, table)
        except MeritError as error:
            refused.append(error)
    if refused:
        raise TableError("tables-faulty", causes=refused, count=len(refused))
    # One transaction, begun only now that all files are read: of two imports at once the second
    # sees what the first stated, and one that is cut off has opened nothing.
    with store.together(f"import {round_}"):
        pairs = []
        for code, (known, table) in tables.items():
            there = known or _open_already(store, code, round_, edition, invented)
            opened = there or begin(store, code, round_, edition or load(), by, invented)
            pairs.append((opened, table))
        if stage is not None and pairs:
            advance(store, round_, stage, by, list(tables))
        return import_levels(store, pairs, by, evaluator, replacing)


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
        team = _team(store, agency, by) if any(_is_own(body) for _, body in wanted) else by
        unchanged = 0
        before = len(statements)
        for kind, body in wanted:
            author = team if _is_own(body) else evaluator or by
            made = Statement(assessment, kind, author, now(), body)
            topic = process.topic(asdict(made))
            there = stands.get(topic, {})
            said = [stated for _, stated in there.values()]
            if not said and body.get("pass") == process.AKHIR:
                # Nothing new in the second pass is what the first one found.
                first = Statement(assessment, kind, author, now(), {**body, "pass": process.AWAL})
                before_that = stands.get(process.topic(asdict(first)), {})
                said = [{**stated, "pass": process.AKHIR} for _, stated in before_that.values()]
            if all(_adds_nothing(body, stated) for stated in said) if said else _says_nothing(body):
                unchanged += 1
                continue
            others = {who for who, stated in there.values() if stated != body} - {author}
            if (others or len(there) > 1) and not replacing:
                stated = [_shown(other) for _, other in there.values() if other != body]
                place = f"{agency} {body['sub_aspect']} {_COLUMN[body.get('of', '')]}"
                problems.append(Problem(place, "import-differs", _shown(body), stated))
                continue
            statements.append(replace(made, base=tuple(there)))
            stands[topic] = {made.id: (author, body)}
        left = tuple(_left(table, assessment, pass_, stands))
        results.append(Imported(agency, len(statements) - before, unchanged, left))
    if too_early:
        raise RuleError("import-too-early", too_early, allowed=process.STAGES[1])
    if problems:
        raise RuleError("import-differs", problems, count=len(problems))
    record(store, statements, by)
    return results


def _is_own(body: Mapping[str, Any]) -> bool:
    """Say whether this is what the agency says of itself."""
    return body.get("of") == process.SELF


def _team(store: Store, agency: str, by: str) -> str:
    held = store.appointments([by])
    own = (held["role"] == process.AGENCY) & (held["agency"] == agency)
    may_stand_in = (held["role"] == process.SECRETARIAT).any()
    return by if own.any() or not may_stand_in else team_of(store, agency)


def _one_file(
    store: Store,
    file: Path,
    round_: str,
    agency: str | None,
    edition: Instrument | None,
    invented: bool,
) -> tuple[str, str | None, LevelTable]:
    """Read a file under the edition of its agency's assessment, and ask whether it may go in."""
    # The agency decides the edition, and only the file may know the agency: look at it first.
    named = first_agency(file)
    code = agency or named
    if code is None:
        # A table with other faults is told those; only a sound one just lacks its agency.
        read_levels(file, edition or load())
        raise TableError("agency-not-named", path=file.name)
    if named not in (None, code):
        raise TableError("agency-mismatch", path=file.name, found=named, allowed=code)
    known = _open_already(store, code, round_, edition, invented)
    if known is None:
        check_can_begin(store, code, round_)
    pinned = instrument_of(store, known) if known else edition or load()
    return code, known, read_levels(file, pinned)


def _open_already(
    store: Store, code: str, round_: str, edition: Instrument | None, invented: bool
) -> str | None:
    """Return the open assessment, if there is one and it was opened as is asked for now."""
    known = find(store, code, round_)
    if known is None:
        return None
    pinned = instrument_of(store, known)
    if edition is not None and edition.digest != pinned.digest:
        raise RuleError("edition-fixed", agency=code, round=round_, found=pinned.id)
    if bool(store.assessments().loc[known, "invented"]) != invented:
        if invented:
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
    """Yield the levels that stand although their cell is empty."""
    for given in table.given:
        for of, level, _ in _both(given):
            if of not in table.columns or level is not None or of in given.taken_back:
                continue
            body = level_body(given.sub_aspect, of, None, pass_=pass_)
            asked = Statement(assessment, process.LEVEL, "-", now(), body)
            for _, stated in stands.get(process.topic(asdict(asked)), {}).values():
                if stated["level"] is not None:
                    yield given.sub_aspect, of, stated["level"]


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
