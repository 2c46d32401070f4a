"""Who asks to state something, and whether they may: the rules of `process` put to a store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment._determine import determination_problems
from merit_kit.errors import Key, Problem, RuleError
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import Statement, Store

_HOURS_AHEAD = {"WIB": 7, "WITA": 8, "WIT": 9}
# Where nobody said where an agency is, its day ends as late as it can.
_LATEST = "WIB"
_FILES = ("sha256", "files", "photos")

_editions: dict[str, Instrument] = {}


@dataclass(frozen=True, slots=True)
class _Said:
    """What the rules look at of a statement that counts."""

    author: str
    visible_to: str
    body: Mapping[str, Any]


class Hearing:
    """One assessment while statements about it are heard, one after another.

    A statement that was let in counts for those after it: a stage and the first level in it may
    come in one sending. Nothing is written here.

    Raises
    ------
    RuleError
        If there is no such assessment.
    """

    def __init__(self, store: Store, assessment: str) -> None:
        rows = store.assessments([assessment])
        if rows.empty:
            raise RuleError("assessment-unknown", found=assessment)
        row = rows.iloc[0]
        self.assessment, self.agency, self.round = assessment, str(row["agency"]), str(row["round"])
        self.instrument = edition_of(store, str(row["edition"]))
        self._store = store
        self._entries = store.entries([assessment])
        self._hidden = store.hidden([assessment])
        self._let_in: list[Statement] = []
        self._speakers: dict[str, process.Speaker] = {}
        self._look()

    def problems(self, statement: Statement, recorded_by: str) -> list[Problem]:
        """Say why a statement cannot be let in; it counts from now on if nothing is said.

        What is stored already is let through: sending again is safe, also in a later stage.
        """
        if statement.id in self._known:
            return []
        problems = process.problems_of_form(
            statement.kind, statement.body, self.instrument.steps, self.instrument.codes
        )
        if not problems:
            problems = [
                *self._of_right(statement),
                *self._of_recorder(statement, recorded_by),
                *self._of_files(statement),
                *self._of_room(statement),
            ]
            if statement.kind == process.DETERMINATION:
                levels = process.levels(self._counting(), process.VERIFIED)
                verified = dict(zip(levels["sub_aspect"], levels["level"], strict=True))
                problems += determination_problems(statement.body, verified, self.instrument)
        if not problems:
            self._let(statement)
        return problems

    def beside(self, statement: Statement) -> tuple[str, ...]:
        """Return the ids of statements that stand on the same topic, and so dispute this one."""
        counting = self._stands.get(_topic(statement), {})
        return tuple(sorted(set(counting) - {statement.id})) if statement.id in counting else ()

    @property
    def stage(self) -> str:
        """The stage the assessment is in. Of conflicting statements the earlier stage holds."""
        stated = [said.body["stage"] for said in self._on(process.STAGE).values()]
        return min(stated, key=process.STAGES.index, default=process.STAGES[0])

    def standing_ids(self, statement: Statement) -> tuple[str, ...]:
        """Return the ids of what stands on a statement's topic: what it has to name to replace."""
        return tuple(sorted(self._stands.get(_topic(statement), {})))

    def _let(self, statement: Statement) -> None:
        self._let_in.append(statement)
        self._known.add(statement.id)
        if self._waiting or not set(statement.base) <= self._known | self._hidden:
            self._look()
            return
        # The usual case, without going through everything again; that both ways end in the same
        # is a test.
        counting = self._stands.setdefault(_topic(statement), {})
        for replaced in statement.base:
            counting.pop(replaced, None)
        counting[statement.id] = _Said(statement.author, statement.visible_to, statement.body)

    def _look(self) -> None:
        """Go through everything: what is known, what stands, whether something waits."""
        every = self._every()
        self._known = set(every["id"])
        self._waiting = len(process.arrived(every)) < len(self._known)
        self._stands: dict[tuple[str, ...], dict[str, _Said]] = {}
        for each in process.standing(every).itertuples():
            counting = self._stands.setdefault(each.topic, {})
            counting[each.id] = _Said(each.author, each.visible_to, each.body)

    def _on(self, kind: str) -> dict[str, _Said]:
        return self._stands.get((self.assessment, kind), {})

    def _of_right(self, statement: Statement) -> list[Problem]:
        counting = self._stands.get(_topic(statement), {})
        prior = [
            process.Prior(
                key,
                said.visible_to,
                by_agency=statement.kind == process.EVIDENCE
                and self.agency in self.speaker(said.author).agencies,
            )
            for key, said in counting.items()
        ]
        return process.problems_of_right(
            statement.kind,
            statement.body,
            statement.visible_to,
            self.speaker(statement.author),
            self._moment(statement),
            statement.base,
            prior,
        )

    def _of_recorder(self, statement: Statement, recorded_by: str) -> list[Problem]:
        if recorded_by == statement.author:
            return []
        if process.SECRETARIAT in self.speaker(recorded_by).roles:
            return []
        return [Problem(Key(f"kinds.{statement.kind}"), "recorded-for-another")]

    def _of_files(self, statement: Statement) -> list[Problem]:
        named: list[str] = []
        for part in _FILES:
            value = statement.body.get(part, [])
            named.extend([value] if isinstance(value, str) else value)
        if not named:
            return []
        there = set(self._store.evidence([self.assessment])["sha256"])
        place = Key(f"kinds.{statement.kind}")
        return [Problem(place, "evidence-not-stored", sha) for sha in named if sha not in there]

    def _of_room(self, statement: Statement) -> list[Problem]:
        if statement.room is None or statement.room in set(self._sittings["room"]):
            return []
        known = ", ".join(sorted(set(self._sittings["room"]))) or "-"
        return [Problem(Key(f"kinds.{statement.kind}"), "room-unknown", statement.room, known)]

    def _moment(self, statement: Statement) -> process.Moment:
        determining = statement.kind == process.DETERMINATION
        return process.Moment(
            agency=self.agency,
            stage=self.stage,
            after_cut_off=self._after_cut_off,
            determinations=tuple(self._on(process.DETERMINATION)),
            levels_allowed=self._levels_allowed(statement),
            unanswered=(
                process.unanswered(self._counting(), self.instrument.codes) if determining else ()
            ),
        )

    def _levels_allowed(self, statement: Statement) -> bool:
        """Say whether this is no session of *asistensi*: that of its room, or its author's only."""
        column = "evaluator" if statement.room is None else "room"
        value = statement.author if statement.room is None else statement.room
        kinds = set(self._sittings[self._sittings[column] == value]["kind"])
        return kinds != {process.ASISTENSI}

    def speaker(self, person: str) -> process.Speaker:
        """Return who a person is to the rules, here."""
        if person not in self._speakers:
            held = self._store.appointments([person])
            of_agency = held["role"] == process.AGENCY
            judged = self._sittings[self._sittings["kind"] != process.ASISTENSI]
            named = set(self._sittings["evaluator"])
            self._speakers[person] = process.Speaker(
                roles=frozenset(held[~of_agency]["role"]),
                agencies=frozenset(held[of_agency]["agency"]),
                seated=judged.empty or person in named,
            )
        return self._speakers[person]

    @cached_property
    def _sittings(self) -> pd.DataFrame:
        return self._store.sittings(self.round, self.agency)

    @cached_property
    def _after_cut_off(self) -> bool:
        day = self._store.rounds().loc[self.round, "cut_off"]
        if day is None:
            return False
        zone = self._store.agencies([self.agency])["time_zone"].iloc[0]
        return local_day(zone) > date.fromisoformat(str(day))

    def _counting(self) -> pd.DataFrame:
        return process.standing(self._every())

    def _every(self) -> pd.DataFrame:
        """Return all entries and what was let in beside them, opened."""
        columns = ["assessment", "id", "kind", "author", "stated_at", "visible_to", "payload"]
        more = [[getattr(each, name) for name in columns] for each in self._let_in]
        both = [self._entries[columns], pd.DataFrame(more, columns=columns, dtype=object)]
        every = pd.concat(both, ignore_index=True) if more else both[0]
        return process.unfold(every, self._hidden)


def edition_of(store: Store, digest: str) -> Instrument:
    """Return an edition a store has pinned. It is read once: a digest never changes its content."""
    if digest not in _editions:
        _editions[digest] = from_data(store.edition(digest))
    return _editions[digest]


def local_day(time_zone: str | None, moment: datetime | None = None) -> date:
    """Return which day it is in a time zone of Indonesia (WIB, WITA or WIT)."""
    hours = _HOURS_AHEAD[time_zone or _LATEST]
    return (moment or datetime.now(UTC)).astimezone(timezone(timedelta(hours=hours))).date()


def local_time(moment: str | None, time_zone: str | None) -> str:
    """Write the time of a moment (ISO, UTC) as clocks show it in a time zone of Indonesia."""
    if moment is None:
        return ""
    zone = time_zone or _LATEST
    there = timezone(timedelta(hours=_HOURS_AHEAD[zone]))
    return f"{datetime.fromisoformat(moment).astimezone(there):%H.%M} {zone}"


def counting_of(store: Store, assessments: Collection[str]) -> pd.DataFrame:
    """Return the standing entries of assessments; see :func:`merit_kit.process.standing`."""
    entries = store.entries(assessments)
    return process.standing(process.unfold(entries, store.hidden(assessments)))


def elsewhere(store: Store, statements: Sequence[Statement]) -> list[Problem]:
    """Name what a statement gives as its base and is another assessment's."""
    home = store.whereabouts(base for said in statements for base in said.base)
    return [
        Problem(Key(f"kinds.{said.kind}"), "base-elsewhere", base)
        for said in statements
        for base in said.base
        if home.get(base, said.assessment) != said.assessment
    ]


def _topic(statement: Statement) -> tuple[str, ...]:
    return process.topic(asdict(statement))


def hearings(store: Store, assessments: Iterable[str]) -> dict[str, Hearing]:
    """Open the hearing of each assessment.

    Raises
    ------
    RuleError
        If one is not known.
    """
    return {key: Hearing(store, key) for key in dict.fromkeys(assessments)}
