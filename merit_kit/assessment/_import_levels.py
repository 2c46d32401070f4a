"""The levels of a table as statements: what stands, what differs, what is to be stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from merit_kit import process
from merit_kit.assessment._door import (
    level_body,
    now,
    record,
)
from merit_kit.assessment._hearing import counting_of
from merit_kit.assessment._imported import Imported
from merit_kit.assessment._people import speaker_for
from merit_kit.errors import Key, Problem, RuleError
from merit_kit.store import Statement, Store
from merit_kit.workbook import (
    Given,
    LevelTable,
    as_read,
)

if TYPE_CHECKING:
    import pandas as pd

# What a difference is about, as the columns of the file call it.
_COLUMN = {process.SELF: "mandiri", process.VERIFIED: "verifikasi", "": "catatan"}


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
