"""Who asks to state something, and whether they may: the rules of `process` put to a store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment._determine import determination_problems
from merit_kit.errors import Problem, RuleError, StoreError
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

    def problems(
        self, statement: Statement, recorded_by: str, homes: Mapping[str, str] | None = None
    ) -> list[Problem]:
        """Say why a statement cannot be let in; it counts from now on if nothing is said.

        What is stored already is let through: sending again is safe, also in a later stage.
        `homes` is the assessment of entries that belong to another one; see :func:`homes`.
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
                *self._of_bases(statement, homes or {}),
                *self._of_files(statement),
                *self._of_room(statement),
            ]
            if statement.kind == process.DETERMINATION:
                problems += determination_problems(statement.body, self.verified, self.instrument)
        if not problems:
            self._let(statement)
        return problems

    def beside(self, statement: Statement) -> tuple[str, ...]:
        """Return the ids of statements that stand on the same topic, and so dispute this one."""
        counting = self._stands.get(_topic(statement), {})
        return tuple(sorted(set(counting) - {statement.id})) if statement.id in counting else ()

    @property
    def verified(self) -> dict[str, int]:
        """The verified levels in force, by code."""
        levels = process.levels(self.counting(), process.VERIFIED)
        return dict(zip(levels["sub_aspect"], levels["level"], strict=True))

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
        prior = [
            process.Prior(key, said.visible_to, said.body.get("side"))
            for key, said in self._stands.get(_topic(statement), {}).items()
        ]
        return process.problems_of_right(
            statement.kind,
            statement.body,
            statement.visible_to,
            replace(self.speaker(statement.author), seated=self._is_seated(statement)),
            self._moment(statement),
            statement.base,
            prior,
        )

    def _of_recorder(self, statement: Statement, recorded_by: str) -> list[Problem]:
        if recorded_by == statement.author:
            return []
        recorder, author = self.speaker(recorded_by), self.speaker(statement.author)
        # Of the secretariat or not: whoever is of the agency's team acts here for that alone.
        own = self.agency in recorder.agencies and self.agency not in author.agencies
        if process.SECRETARIAT in recorder.roles and not own:
            return []
        return [Problem(_place(statement), "recorded-for-another")]

    def _of_bases(self, statement: Statement, homes: Mapping[str, str]) -> list[Problem]:
        """Refuse what would wait: it would count one day without anybody asking whether it may.

        Only entries taken over from another store wait for their base.
        """
        place = _place(statement)
        unknown = set(statement.base) - self._known - self._hidden - {statement.id}
        return [
            Problem(place, "base-elsewhere", base)
            if homes.get(base, self.assessment) != self.assessment
            else Problem(place, "base-not-here", base)
            for base in sorted(unknown)
        ]

    def _of_files(self, statement: Statement) -> list[Problem]:
        body, place = statement.body, _place(statement)
        named: list[str] = []
        for part in _FILES:
            value = body.get(part, [])
            named.extend([value] if isinstance(value, str) else value)
        if not named:
            return []
        stored = self._store.evidence([self.assessment])
        if statement.visible_to != "internal":
            # Whoever reads the statement has to be able to open what it names.
            stored = stored[stored["visible_to"] != "internal"]
        sizes = dict(zip(stored["sha256"], stored["size"], strict=True))
        problems = [Problem(place, "evidence-not-stored", sha) for sha in named if sha not in sizes]
        if statement.kind == process.EVIDENCE and not problems:
            size = sizes[body["sha256"]]
            if size != body["size"]:
                problems.append(Problem(place, "evidence-other-size", body["size"], size))
        if statement.kind == process.EVIDENCE_STATE and not problems:
            of_file = (self.assessment, process.EVIDENCE, body["file"])
            standing = self._stands.get(of_file, {}).values()
            if all(said.body["sha256"] != body["sha256"] for said in standing):
                problems.append(Problem(place, "evidence-not-stated", body["sha256"]))
        return problems

    def _of_room(self, statement: Statement) -> list[Problem]:
        if statement.room is None or statement.room in set(self._sittings["room"]):
            return []
        known = ", ".join(sorted(set(self._sittings["room"]))) or "-"
        return [Problem(_place(statement), "room-unknown", statement.room, known)]

    def _moment(self, statement: Statement) -> process.Moment:
        determining = statement.kind == process.DETERMINATION
        return process.Moment(
            agency=self.agency,
            stage=self.stage,
            after_cut_off=self._after_cut_off,
            determinations=tuple(self._on(process.DETERMINATION)),
            levels_allowed=self._levels_allowed(statement),
            unanswered=(
                process.unanswered(self.counting(), self.instrument.codes) if determining else ()
            ),
        )

    def _levels_allowed(self, statement: Statement) -> bool:
        """Say whether this is no session of *asistensi*: that of its room, or its author's only."""
        column = "evaluator" if statement.room is None else "room"
        value = statement.author if statement.room is None else statement.room
        kinds = set(self._sittings[self._sittings[column] == value]["kind"])
        return kinds != {process.ASISTENSI}

    def _is_seated(self, statement: Statement) -> bool:
        """Say whether the author is an evaluator of the room that is named, or of any if none is.

        Where nothing but *asistensi* is arranged, the desk is open to every evaluator.
        """
        sittings = self._sittings
        if statement.room in set(sittings["room"]):
            sittings = sittings[sittings["room"] == statement.room]
        elif (sittings["kind"] == process.ASISTENSI).all():
            return True
        return statement.author in set(sittings["evaluator"])

    def speaker(self, person: str) -> process.Speaker:
        """Return which roles a person holds, here."""
        if person not in self._speakers:
            held = self._store.appointments([person])
            of_agency = held["role"] == process.AGENCY
            self._speakers[person] = process.Speaker(
                roles=frozenset(held[~of_agency]["role"]),
                agencies=frozenset(held[of_agency]["agency"]),
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
        # The server's clock where there is one: a laptop's may be wrong.
        return local_day(zone, self._store.server_time()) > date.fromisoformat(str(day))

    def counting(self) -> pd.DataFrame:
        """Return the standing entries, with what was let in."""
        return process.standing(self._every())

    def _every(self) -> pd.DataFrame:
        """Return all entries and what was let in beside them, opened."""
        columns = ["assessment", "id", "kind", "author", "stated_at", "visible_to", "payload"]
        more = [[getattr(each, name) for name in columns] for each in self._let_in]
        both = [self._entries[columns], pd.DataFrame(more, columns=columns, dtype=object)]
        every = pd.concat(both, ignore_index=True) if more else both[0]
        return process.unfold(every, self._hidden)


def edition_of(store: Store, digest: str) -> Instrument:
    """Return an edition a store has pinned. It is read once: a digest never changes its content.

    Raises
    ------
    StoreError
        If it is not there, or is not what its digest says.
    """
    if digest not in _editions:
        edition = from_data(store.edition(digest))
        if edition.digest != digest:
            raise StoreError("edition-changed", found=digest)
        _editions[digest] = edition
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


def homes(store: Store, statements: Sequence[Statement]) -> dict[str, str]:
    """Return the assessment of each statement, and of each that one of them names."""
    found = store.whereabouts(base for said in statements for base in said.base)
    return {**found, **{said.id: said.assessment for said in statements}}


def _place(statement: Statement) -> str:
    return process.place_of(statement.kind, statement.body)


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
