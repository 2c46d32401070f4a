"""Who asks to state something, and whether they may: the rules of `process` put to a store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment._determine import determination_problems
from merit_kit.errors import Problem, RuleError, StoreError
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import PRACTICE, Appended, Statement, Store

_HOURS_AHEAD = {"WIB": 7, "WITA": 8, "WIT": 9}
# Where nobody said where an agency is, its day ends as late as it can.
_LATEST = "WIB"
_FILES = ("sha256", "files", "photos")

_editions: dict[str, Instrument] = {}


class Hearing:
    """One assessment while statements about it are heard, one after another.

    A statement that was let in counts for those after it: a stage and the first level in it may
    come in one sending. Nothing is written here. It may be kept: :meth:`refresh` takes in what
    was recorded meanwhile, without reading what it has read before.

    Parameters
    ----------
    store : Store
    assessment : str
        Its id.
    internal : bool, default True
        Whether what evaluators keep to themselves is read. Without it everything is as a role of
        the agency finds it on PostgreSQL, where the database withholds it.

    Attributes
    ----------
    books : Books
        What is known and what stands.
    position : int
        That of the last entry that was taken in.
    internal : bool
        As given.

    Raises
    ------
    RuleError
        If there is no such assessment.
    """

    def __init__(self, store: Store, assessment: str, internal: bool = True) -> None:
        rows = store.assessments([assessment])
        if rows.empty:
            raise RuleError("assessment-unknown", found=assessment)
        row = rows.iloc[0]
        self.assessment, self.agency, self.round = assessment, str(row["agency"]), str(row["round"])
        self.instrument = edition_of(store, str(row["edition"]))
        self._practice = bool(row["purpose"] == PRACTICE)
        self._store, self.internal = store, internal
        self._withheld: frozenset[str] = frozenset()
        self._hidden: frozenset[str] = frozenset()
        self._let_in: dict[str, process.Stated] = {}
        self._forget()
        self.refresh()

    def refresh(self) -> None:
        """Take in what was recorded since, and what the registers say now.

        What was let in and is not stored is forgotten.
        """
        if self._let_in:
            self._forget()
        withheld = self._store.hidden([self.assessment])
        if withheld != self._withheld:
            # Somebody was let see more, or less: also of what lies below the position.
            self._forget()
            self._withheld = self._hidden = withheld
        self._read()
        if self._hidden & self.books.awaited:
            # Something of a bundle waited for what is not to be seen here: it need not wait.
            self._forget()
            self._read()
        self._speakers: dict[str, process.Speaker] = {}
        for cached in ("_seats", "_after_cut_off"):
            self.__dict__.pop(cached, None)

    def _forget(self) -> None:
        self.books, self.position, self._seen, self._let_in = process.Books(), 0, 0, {}

    def _read(self) -> None:
        """Take in what came since. What is passed over moves no position: that, too, would tell."""
        rows = self._store.arrivals(self.assessment, self._seen)
        if not self.internal:
            every = [process.Stated.from_payload(row.payload) for row in rows]
            self._hidden |= {said.id for said in every if said.visible_to == "internal"}
        for row in rows:
            said = process.Stated.from_payload(row.payload, row.position, self._hidden)
            if said.id not in self._hidden:
                self.books.take(said)
                self.position = row.position
            self._seen = row.position

    def problems(
        self, statement: Statement, recorded_by: str, homes: Mapping[str, str] | None = None
    ) -> list[Problem]:
        """Say why a statement cannot be let in; it counts from now on if nothing is said.

        What is stored already is let through: sending again is safe, also in a later stage.
        `homes` is the assessment of entries that belong to another one; see :func:`homes`.
        """
        if statement.id in self.books.known:
            return []
        problems = self.would_be(statement, recorded_by, homes)
        if not problems:
            self._let(statement)
        return problems

    def would_be(
        self, statement: Statement, recorded_by: str, homes: Mapping[str, str] | None = None
    ) -> list[Problem]:
        """Say why a new statement could not be let in; it is not let in by asking."""
        edition = self.instrument
        problems = process.problems_of_form(
            statement.kind, statement.body, edition.steps, edition.codes, edition.needs
        )
        if problems:
            return problems
        problems = [
            *self._of_right(statement),
            *self._of_recorder(statement, recorded_by),
            *self._of_bases(statement, homes or {}),
            *self._of_files(statement),
            *self._of_people(statement),
            *self._of_room(statement),
        ]
        if statement.kind == process.DETERMINATION:
            problems += determination_problems(statement.body, self.verified, self.instrument)
        return problems

    def strangers(self, statement: Statement) -> set[str]:
        """Return the ids a statement names that are no statements of this assessment."""
        return set(statement.base) - self.books.known - self._hidden - {statement.id}

    def beside(self, statement: Statement) -> tuple[str, ...]:
        """Return the ids of statements that stand on the same topic, and so dispute this one."""
        counting = self.books.on(*_topic(statement))
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
        return tuple(sorted(self.books.on(*_topic(statement))))

    def settle(self, outcomes: Iterable[Appended]) -> None:
        """Take for stored what was let in and now is, so that it is not read again."""
        for outcome in outcomes:
            said = self._let_in.pop(outcome.id, None)
            if said is not None:
                self.books.settle(said, outcome.position)
                self.position = max(self.position, outcome.position)
                self._seen = max(self._seen, outcome.position)

    def _let(self, statement: Statement) -> None:
        said = process.Stated.from_payload(statement.payload, hidden=self._hidden)
        self._let_in[said.id] = said
        self.books.take(said)

    def _on(self, kind: str) -> dict[str, process.Stated]:
        return self.books.on(self.assessment, kind)

    def _of_right(self, statement: Statement) -> list[Problem]:
        prior = [
            process.Prior(key, said.visible_to, said.body.get("side"))
            for key, said in self.books.on(*_topic(statement)).items()
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
        return [
            Problem(place, "base-elsewhere", base)
            if homes.get(base, self.assessment) != self.assessment
            else Problem(place, "base-not-here", base)
            for base in sorted(self.strangers(statement))
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
            standing = self.books.on(self.assessment, process.EVIDENCE, body["file"]).values()
            if all(said.body["sha256"] != body["sha256"] for said in standing):
                problems.append(Problem(place, "evidence-not-stated", body["sha256"]))
        return problems

    def _of_people(self, statement: Statement) -> list[Problem]:
        """Refuse somebody present whom nobody knows; to take an erased one off is no fault."""
        body = statement.body
        if statement.kind != process.ATTENDANCE or body["withdrawn"]:
            return []
        if not self._store.people([body["person"]]).empty:
            return []
        return [Problem(_place(statement), "person-unknown", body["person"])]

    def _of_room(self, statement: Statement) -> list[Problem]:
        rooms = {seat.room for seat in self._seats}
        if statement.room is None or statement.room in rooms:
            return []
        known = ", ".join(sorted(rooms)) or "-"
        return [Problem(_place(statement), "room-unknown", statement.room, known)]

    def _moment(self, statement: Statement) -> process.Moment:
        row = process.kind_of(statement.kind, statement.body)
        determining = statement.kind == process.DETERMINATION
        # A round's calendar binds results.
        limited = bool(row and row.until_cut_off) and not self._practice
        results = self.books.on(self.assessment, process.PRACTICE_RESULT, statement.author)
        return process.Moment(
            agency=self.agency,
            stage=self.stage,
            after_cut_off=limited and self._after_cut_off,
            determinations=tuple(self._on(process.DETERMINATION)),
            levels_allowed=self._levels_allowed(statement),
            unanswered=(
                process.unanswered(self.counting(), self.instrument.codes) if determining else ()
            ),
            practice=self._practice,
            compared=bool(results),
        )

    def _levels_allowed(self, statement: Statement) -> bool:
        """Say whether this is no session of *asistensi*: that of its room, or its author's only."""
        room, author = statement.room, statement.author
        kinds = {
            seat.kind
            for seat in self._seats
            if (seat.evaluator == author if room is None else seat.room == room)
        }
        return kinds != {process.ASISTENSI}

    def _is_seated(self, statement: Statement) -> bool:
        """Say whether the author is an evaluator of the room that is named, or of any if none is.

        Where nothing but *asistensi* is arranged, the desk is open to every evaluator.
        """
        seats = self._seats
        if any(seat.room == statement.room for seat in seats):
            seats = [seat for seat in seats if seat.room == statement.room]
        elif all(seat.kind == process.ASISTENSI for seat in seats):
            return True
        return any(seat.evaluator == statement.author for seat in seats)

    def speaker(self, person: str) -> process.Speaker:
        """Return which roles a person holds, here."""
        if person not in self._speakers:
            held = self._store.roles_of(person)
            self._speakers[person] = process.Speaker(
                roles=frozenset(row.role for row in held if row.role != process.AGENCY),
                agencies=frozenset(row.agency for row in held if row.role == process.AGENCY),
            )
        return self._speakers[person]

    @cached_property
    def _seats(self) -> list[Any]:
        return self._store.seats(self.round, self.agency)

    @cached_property
    def _after_cut_off(self) -> bool:
        day = self._store.rounds().loc[self.round, "cut_off"]
        if day is None:
            return False
        zone = self._store.agencies([self.agency])["time_zone"].iloc[0]
        # The server's clock where there is one: a laptop's may be wrong.
        return local_day(zone, self._store.server_time()) > date.fromisoformat(str(day))

    def counting(self) -> pd.DataFrame:
        """Return the standing entries, with what was let in; see :meth:`Books.frame`."""
        return self.books.frame()


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


def homes(
    store: Store, statements: Sequence[Statement], heard: Mapping[str, Hearing]
) -> dict[str, str]:
    """Return the assessment of each statement, and of each that one names from elsewhere."""
    elsewhere = {key for said in statements for key in heard[said.assessment].strangers(said)}
    return {**store.whereabouts(elsewhere), **{said.id: said.assessment for said in statements}}


def _place(statement: Statement) -> str:
    return process.place_of(statement.kind, statement.body)


def _topic(statement: Statement) -> tuple[str, ...]:
    return process.topic(asdict(statement))


def hearings(
    store: Store, assessments: Iterable[str], kept: Mapping[str, Hearing] | None = None
) -> dict[str, Hearing]:
    """Open the hearing of each assessment, or refresh the one that was kept.

    Raises
    ------
    RuleError
        If one is not known.
    """
    heard: dict[str, Hearing] = {}
    for key in dict.fromkeys(assessments):
        if kept and key in kept:
            kept[key].refresh()
        heard[key] = kept[key] if kept and key in kept else Hearing(store, key)
    return heard
