"""The registers of a store: people, agencies, rounds, rooms.

They are kept up to date, unlike entries: what a page needs of them for ever an entry repeats.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pandas as pd
import sqlalchemy as sa

from merit_kit.errors import StoreError
from merit_kit.store import _tables as t
from merit_kit.store._faults import refuse_unstorable


class Registers(ABC):
    """What can be looked up and corrected in a store; the store lends the connections."""

    place: str

    @abstractmethod
    @contextmanager
    def writing(self, *names: str) -> Iterator[sa.Connection]:
        """Lend a connection whose work is kept as a whole, alone under `names` until then."""

    @abstractmethod
    @contextmanager
    def together(self, *names: str) -> Iterator[None]:
        """Make all that this thread reads and writes until the end one transaction."""

    @abstractmethod
    @contextmanager
    def reading(self, at_one_moment: bool = False) -> Iterator[sa.Connection]:
        """Lend a connection for reading; `at_one_moment`: everything as of the first query."""

    @abstractmethod
    def _frame(self, query: sa.Select[Any]) -> pd.DataFrame:
        """Answer a query as a frame."""

    def add_people(self, people: Iterable[Mapping[str, Any]]) -> None:
        """Add or correct people: ``id, login, name, nip, office``."""
        self._put(t.person, ("id",), people)

    def erase_person(self, key: str) -> bool:
        """Erase who a person is, with their roles. What they stated stays, under the id alone.

        Returns whether there was such a person.
        """
        refuse_unstorable([key])
        with self.writing(t.person.name) as connection:
            return self._delete(connection, t.person, t.person.c.id == key) > 0

    def people(self, ids: Iterable[str] | None = None) -> pd.DataFrame:
        """Return people: index ``id``; columns ``login, name, nip, office``."""
        query = sa.select(t.person).order_by(t.person.c.id)
        if ids is not None:
            query = query.where(_among(t.person.c.id, ids))
        return self._frame(query).set_index("id")

    def appoint(self, person: str, role: str, agency: str | None = None) -> None:
        """Note that a person holds a role; that of an agency's team, for one agency."""
        row = {"person": person, "role": role, "agency": agency}
        self._put(t.appointment, ("person", "role", "agency"), [row])

    def dismiss(self, person: str, role: str, agency: str | None = None) -> bool:
        """Take a role from a person. Returns whether they held it."""
        refuse_unstorable([person, role, agency])
        c = t.appointment.c
        held = (c.person == person, c.role == role, c.agency == agency)
        with self.writing(t.appointment.name) as connection:
            return self._delete(connection, t.appointment, *held) > 0

    def appointments(self, people: Iterable[str] | None = None) -> pd.DataFrame:
        """Return who holds which role: ``person, role, agency`` (None: no agency's)."""
        c = t.appointment.c
        query = sa.select(t.appointment).order_by(c.person, c.role, c.agency.nulls_first())
        if people is not None:
            query = query.where(_among(c.person, people))
        return self._frame(query)

    def add_agencies(self, agencies: Iterable[Mapping[str, Any]]) -> None:
        """Add or correct agencies: ``code, name, kind, province, wilayah, time_zone``."""
        self._put(t.agency, ("code",), agencies)

    def roles_of(self, person: str) -> list[sa.Row[Any]]:
        """Return ``role, agency`` of what one person holds: asked at every statement."""
        c = t.appointment.c
        with self.reading() as connection:
            return list(connection.execute(sa.select(c.role, c.agency).where(c.person == person)))

    def agencies(self, codes: Iterable[str] | None = None) -> pd.DataFrame:
        """Return agencies.

        Returns
        -------
        DataFrame
            Index ``code``; columns ``name, kind, province, wilayah`` (supervision region),
            ``time_zone`` (WIB, WITA, WIT; None where nobody said).
        """
        query = sa.select(t.agency).order_by(t.agency.c.code)
        if codes is not None:
            query = query.where(_among(t.agency.c.code, codes))
        return self._frame(query).set_index("code")

    def add_round(self, code: str, year: int, number: int) -> None:
        """Add a round (periode)."""
        self._put(t.round_, ("code",), [{"code": code, "year": year, "number": number}])

    def set_cut_off(self, code: str, day: str | None) -> None:
        """Say until the end of which day (ISO) agencies may add to a round; None: no limit."""
        self._put(t.round_, ("code",), [{"code": code, "cut_off": day}])

    def rounds(self) -> pd.DataFrame:
        """Return rounds: index ``code``; columns ``year, number, cut_off`` (ISO day or None)."""
        order = (t.round_.c.year, t.round_.c.number)
        return self._frame(sa.select(t.round_).order_by(*order)).set_index("code")

    def plan_stage(self, code: str, stage: str, begins: str, ends: str) -> None:
        """Say from which day to which (ISO) a stage of a round is planned."""
        row = {"round": code, "stage": stage, "begins": begins, "ends": ends}
        self._put(t.round_stage, ("round", "stage"), [row])

    def planned_stages(self) -> pd.DataFrame:
        """Return the calendar of all rounds: ``round, stage, begins, ends`` (ISO days)."""
        order = (t.round_stage.c.round, t.round_stage.c.begins, t.round_stage.c.stage)
        return self._frame(sa.select(t.round_stage).order_by(*order))

    def put_room(self, room: Mapping[str, Any], sittings: Iterable[tuple[str, str]]) -> None:
        """Add or correct a room, and put the agencies and evaluators who meet there.

        Parameters
        ----------
        room : mapping
            ``round, code, name, kind, held_on`` (ISO day), ``starts_at`` (ISO, UTC, or None),
            ``host`` (person id or None).
        sittings : iterable of (agency code, person id of the evaluator)
            All of the room's: those it had before and that are not among them are gone.
        """
        refuse_unstorable(room.values())
        c = t.sitting.c
        with self.together(t.room.name), self.writing() as connection:
            self._delete(connection, t.sitting, c.round == room["round"], c.room == room["code"])
            self._put(t.room, ("round", "code"), [room])
            self._put(
                t.sitting,
                ("round", "room", "agency", "evaluator"),
                [
                    {"round": room["round"], "room": room["code"], "agency": a, "evaluator": e}
                    for a, e in sittings
                ],
            )

    def rooms(self, round_: str | None = None) -> pd.DataFrame:
        """Return rooms: ``round, code, name, kind, held_on, starts_at, host``."""
        c = t.room.c
        query = sa.select(t.room).order_by(c.round, c.held_on, c.code)
        return self._frame(query if round_ is None else query.where(c.round == round_))

    def sittings(self, round_: str | None = None, agency: str | None = None) -> pd.DataFrame:
        """Return who meets where.

        Returns
        -------
        DataFrame
            A row for each agency and evaluator in a room: ``round, room, agency, evaluator`` and
            of the room ``kind, held_on, starts_at``.
        """
        s, r = t.sitting.c, t.room.c
        query = (
            sa.select(t.sitting, r.kind, r.held_on, r.starts_at)
            .join_from(t.sitting, t.room, sa.and_(s.round == r.round, s.room == r.code))
            .order_by(s.round, s.room, s.agency, s.evaluator)
        )
        if round_ is not None:
            query = query.where(s.round == round_)
        if agency is not None:
            query = query.where(s.agency == agency)
        return self._frame(query)

    def seats(self, round_: str, agency: str) -> list[sa.Row[Any]]:
        """Return ``room, evaluator, kind`` of an agency's sittings: asked at every statement."""
        s, r = t.sitting.c, t.room.c
        query = (
            sa.select(s.room, s.evaluator, r.kind)
            .join_from(t.sitting, t.room, sa.and_(s.round == r.round, s.room == r.code))
            .where(s.round == round_, s.agency == agency)
        )
        with self.reading() as connection:
            return list(connection.execute(query))

    def add_published(self, results: Iterable[Mapping[str, Any]]) -> None:
        """Add published results, as text: ``agency, kind, year, score, index, ..., source``."""
        self._put(t.published, ("agency", "year", "source"), results)

    def published(self) -> pd.DataFrame:
        """Return published results as they were typed, all columns text."""
        order = (t.published.c.agency, t.published.c.year, t.published.c.source)
        return self._frame(sa.select(t.published).order_by(*order))

    def _put(
        self, table: sa.TableClause, key: tuple[str, ...], rows: Iterable[Mapping[str, Any]]
    ) -> None:
        """Insert rows, or correct those whose key is known."""
        listed = list(rows)
        refuse_unstorable(value for row in listed for value in row.values())
        with self.writing(table.name) as connection:
            for row in listed:
                same = sa.and_(*(table.c[name] == row[name] for name in key))
                rest = {name: value for name, value in row.items() if name not in key}
                known = connection.execute(sa.select(table.c[key[0]]).where(same)).first()
                if known is None:
                    connection.execute(sa.insert(table), dict(row))
                elif rest:
                    changed = connection.execute(sa.update(table).where(same).values(rest))
                    if not changed.rowcount:
                        raise self._left_alone("UPDATE", table)

    def _delete(
        self, connection: sa.Connection, table: sa.TableClause, *which: sa.ColumnElement[bool]
    ) -> int:
        """Delete rows and return how many."""
        gone = connection.execute(sa.delete(table).where(*which)).rowcount
        if connection.execute(sa.select(sa.literal(1)).select_from(table).where(*which)).first():
            raise self._left_alone("DELETE", table)
        return gone

    def _left_alone(self, what: str, table: sa.TableClause) -> StoreError:
        """Say that we may not: a policy of PostgreSQL passes by such rows without a word."""
        return StoreError("store-not-permitted", path=self.place, said=f"{what} {table.name}")


def _among(column: sa.ColumnElement[Any], values: Iterable[str]) -> sa.ColumnElement[bool]:
    listed = list(values)
    refuse_unstorable(listed)
    return column.in_(listed)
