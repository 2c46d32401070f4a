"""One opening of a store: append statements, read them back."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa

from merit_kit.errors import StoreError
from merit_kit.store import _evidence
from merit_kit.store import _tables as t
from merit_kit.store._chains import Chains
from merit_kit.store._dialects import call, is_postgresql, queue
from merit_kit.store._entries import COPIED, Appended, Statement, new_id
from merit_kit.store._evidence import StoredFile
from merit_kit.store._faults import place_of, refuse_unstorable, translated
from merit_kit.store._levels import level_statements
from merit_kit.store._registers import Registers
from merit_kit.store._rights import bound_role, permitted_every, sees_everything
from merit_kit.store._watch import Watch

_MANY = 500
"""How many values one query may name; SQLite builds differ in what they take."""


class Store(Registers):
    """One opening of a store by one program. Everything it appends is one chain per assessment.

    Safe to use from several threads: each call takes its own connection from the pool, and the
    database lets one writer in at a time (PostgreSQL: one to each assessment).

    Attributes
    ----------
    place : str
        Where it is, to be shown: its file, or its address without the password.
    path : Path or None
        Its file; None in PostgreSQL.
    """

    def __init__(self, engine: sa.Engine, path: Path | None) -> None:
        self.engine = engine
        self.path = path
        self.place = place_of(engine)
        self.writer = new_id()
        self._ongoing = threading.local()
        with self.reading() as connection:
            self.id = str(connection.scalar(sa.select(t.store.c.id)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections; of one that a thread still has, when it is given back."""
        sa.event.listen(self.engine, "checkin", _let_go)
        self.engine.dispose()

    @property
    def folder(self) -> Path:
        """Where what belongs to this store is put: beside its file, or where one is working."""
        return self.path.parent if self.path else Path.cwd()

    @property
    def role(self) -> str | None:
        """The database role we are, where each has rights of its own; see :func:`permit`."""
        with self.reading() as connection:
            return bound_role(connection)

    def permissions(self) -> list[tuple[str, str]]:
        """Return which assessments our role is permitted and how much of each; see `permit`.

        Empty where roles have no rights of their own, and all is seen.
        """
        with self.reading() as connection:
            if bound_role(connection) is None:
                return []
            own = t.permitted.c
            query = sa.select(own.assessment, own.sees).order_by(own.assessment, own.sees)
            return [(row.assessment, row.sees) for row in connection.execute(query)]

    def assessments(self, ids: Iterable[str] | None = None) -> pd.DataFrame:
        """Return assessments: index ``id``; ``agency, round, edition, invented, purpose``."""
        query = sa.select(t.assessment).order_by(t.assessment.c.round, t.assessment.c.agency)
        if ids is not None:
            query = query.where(t.assessment.c.id.in_(list(ids)))
        frame = self._frame(query).set_index("id")
        return frame.assign(invented=frame["invented"].astype(bool))

    def edition(self, digest: str) -> str:
        """Return an edition's content as it was when first used, as canonical JSON."""
        with self.reading() as connection:
            found = connection.scalar(
                sa.select(t.edition.c.data).where(t.edition.c.digest == digest)
            )
        if found is None:
            raise StoreError("edition-missing", found=digest)
        return str(found)

    def add_assessment(
        self,
        row: Mapping[str, Any],
        edition: Mapping[str, str],
        first: Statement,
        recorded_by: str,
    ) -> Appended:
        """Add an assessment, its edition and its first statement, together or not at all."""
        refuse_unstorable([*row.values(), *edition.values(), recorded_by])
        _refuse_statements([first])
        with self.writing(t.edition.name, first.assessment) as connection:
            known = sa.select(t.edition.c.digest).where(t.edition.c.digest == edition["digest"])
            if connection.scalar(known) is None:
                connection.execute(sa.insert(t.edition), dict(edition))
            connection.execute(sa.insert(t.assessment), {**row, "invented": int(row["invented"])})
            return self._append(connection, [first], recorded_by)[0]

    def append(self, statements: Sequence[Statement], recorded_by: str) -> list[Appended]:
        """Add statements, all of them or none. They are on the disk when this returns.

        Parameters
        ----------
        statements : sequence of Statement
            In the order they were stated. A statement already stored, with the same bytes, is
            left as it is: sending again is safe.
        recorded_by : str
            The person id of whoever runs this program.

        Raises
        ------
        StoreError
            If an id is known with other bytes, or the database cannot be written.
        """
        refuse_unstorable([recorded_by])
        _refuse_statements(statements)
        with self.writing(*(said.assessment for said in statements)) as connection:
            return self._append(connection, statements, recorded_by)

    def entries(
        self, assessments: Iterable[str] | None = None, kinds: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Return entries, all columns of the table, by assessment and position.

        Of some assessments, or of some kinds, if these are given.
        """
        query = sa.select(t.entry).order_by(t.entry.c.assessment, t.entry.c.position)
        if kinds is not None:
            query = query.where(t.entry.c.kind.in_(list(kinds)))
        if assessments is None:
            return self._frame(query)
        parts = [
            self._frame(query.where(t.entry.c.assessment.in_(some)))
            for some in _in_parts(assessments)
        ]
        return (
            pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=t.ENTRY_COLUMNS)
        )

    def level_statements(self, rounds: Collection[str] | None = None) -> pd.DataFrame:
        """Return all statements of levels for a result; see :mod:`merit_kit.store._levels`."""
        with self.reading() as connection:
            return level_statements(connection, rounds)

    def arrivals(self, assessment: str, after: int = 0) -> list[sa.Row[Any]]:
        """Return ``position, payload, recorded_at`` of an assessment's entries after a position.

        In order; what is asked at every click, so without a frame around it.
        """
        e = t.entry.c
        query = sa.select(e.position, e.payload, e.recorded_at).order_by(e.position)
        with self.reading() as connection:
            return list(
                connection.execute(query.where(e.assessment == assessment, e.position > after))
            )

    def reached(self, round_: str) -> dict[str, int]:
        """Return, by assessment of a round, the position of its last entry; 0 if none is seen."""
        a, e = t.assessment.c, t.entry.c
        # One step down the index for each assessment, however long its history is.
        last = sa.select(sa.func.max(e.position)).where(e.assessment == a.id).scalar_subquery()
        query = sa.select(a.id, last.label("last")).where(a.round == round_)
        with self.reading() as connection:
            return {row.id: row.last or 0 for row in connection.execute(query)}

    def authors(self, round_: str) -> dict[str, set[str]]:
        """Return, by assessment of a round, the ids of those who stated something in it."""
        a, e = t.assessment.c, t.entry.c
        of_round = sa.select(a.id).where(a.round == round_)
        query = sa.select(e.assessment, e.author).where(e.assessment.in_(of_round)).distinct()
        found: dict[str, set[str]] = {}
        with self.reading() as connection:
            for row in connection.execute(query):
                found.setdefault(row.assessment, set()).add(row.author)
        return found

    def watch(self) -> Watch:
        """Return what notices that somebody wrote; for the thread that asks for it."""
        with translated(self.engine):
            return Watch(self.engine)

    def server_time(self) -> datetime | None:
        """Return what time it is by the server's clock; None where there is no server."""
        with self.reading() as connection:
            if not is_postgresql(connection):
                return None
            now: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
            return now

    def sees_every_assessment(self) -> bool:
        """Say whether we see all assessments there are, and not only those we were permitted."""
        with self.reading() as connection:
            return bound_role(connection) is None or permitted_every(connection)

    def hidden(self, assessments: Iterable[str]) -> frozenset[str]:
        """Return the ids of entries of these assessments that are here and not ours to see.

        Empty but for a role of PostgreSQL that sees a part of an assessment; see `_rights`.
        """
        with self.reading() as connection:
            if sees_everything(connection):
                return frozenset()
            query = sa.text("SELECT id FROM hidden(:about)")
            rows = [
                row for about in assessments for row in connection.execute(query, {"about": about})
            ]
        return frozenset(str(row.id) for row in rows)

    def whereabouts(self, ids: Iterable[str]) -> dict[str, str]:
        """Return, by id, the assessment of each of these entries that is here."""
        query = sa.select(t.entry.c.id, t.entry.c.assessment)
        return {
            row.id: row.assessment
            for some in _in_parts(ids)
            for row in self._frame(query.where(t.entry.c.id.in_(some))).itertuples()
        }

    def anchors(self) -> pd.DataFrame:
        """Return what the digest was after each entry: ``assessment, position, digest``."""
        order = (t.anchor.c.assessment, t.anchor.c.position)
        return self._frame(sa.select(t.anchor).order_by(*order))

    def put_evidence(
        self, content: bytes | Path, assessment: str, visible_to: str = "agency"
    ) -> StoredFile:
        """Keep a file as evidence in an assessment. The same contents again are kept once.

        Parameters
        ----------
        content : bytes or Path
            PDF, PNG, JPEG, XLSX, DOCX or UTF-8 text (CSV), at most 25 MB. What it is, its
            contents say; a name or an ending is not asked and not kept.
        assessment : str
            The id of the assessment it belongs to: whoever sees that may read it.
        visible_to : {"agency", "internal", "public"}
            As of the entry that names it.

        Raises
        ------
        StoreError
            If it is empty, too large, of another kind or unreadable, or cannot be kept.
        """
        return _evidence.put(self, content, assessment, visible_to)

    def get_evidence(self, sha256: str) -> bytes:
        """Return a file's contents, checked against its digest.

        Raises
        ------
        StoreError
            If no such file was put here, or it is missing or damaged.
        """
        return b"".join(self.evidence_chunks(sha256))

    def evidence_chunks(self, sha256: str) -> Iterator[bytes]:
        """Yield a file's contents in pieces of at most a mebibyte.

        They are checked when the last one was taken: what came before counts for nothing if
        this ends in an error.

        Raises
        ------
        StoreError
            As :meth:`get_evidence`.
        """
        return _evidence.chunks(self, sha256)

    def evidence(self, assessments: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the files: ``assessment, visible_to, sha256, size, type, recorded_at``."""
        e = t.evidence.c
        columns = (e.assessment, e.visible_to, e.sha256, e.size, e.type, e.recorded_at)
        query = sa.select(*columns).order_by(e.assessment, e.sha256, e.visible_to)
        if assessments is not None:
            query = query.where(e.assessment.in_(list(assessments)))
        return self._frame(query)

    def _append(
        self, connection: sa.Connection, statements: Sequence[Statement], recorded_by: str
    ) -> list[Appended]:
        known = self._known(connection, [s.id for s in statements])
        chains: dict[str, Chains] = {}
        outcomes: list[Appended] = []
        entries: list[dict[str, Any]] = []
        anchors: list[dict[str, Any]] = []
        for statement in statements:
            payload = statement.payload
            if statement.id in known:
                position, stored = known[statement.id]
                if stored != payload:
                    raise StoreError("entry-differs", found=statement.id)
                outcomes.append(Appended(statement.id, "already", position))
                continue
            if statement.assessment not in chains:
                chains[statement.assessment] = Chains(connection, statement.assessment)
            chain = chains[statement.assessment]
            row = chain.add(statement, payload, self.writer, recorded_by)
            known[statement.id] = (row["position"], payload)
            entries.append(row)
            anchors.append(
                {k: row[k] for k in ("assessment", "position")} | {"digest": chain.digest}
            )
            outcomes.append(Appended(statement.id, "stored", row["position"]))
        if entries:
            connection.execute(sa.insert(t.entry), entries)
            connection.execute(sa.insert(t.anchor), anchors)
            call(connection)
        return outcomes

    def _known(self, connection: sa.Connection, ids: list[str]) -> dict[str, tuple[int, str]]:
        found: dict[str, tuple[int, str]] = {}
        for some in _in_parts(ids):
            query = sa.select(t.entry.c.id, t.entry.c.position, t.entry.c.payload)
            for row in connection.execute(query.where(t.entry.c.id.in_(some))):
                found[row.id] = (row.position, row.payload)
        return found

    def _frame(self, query: sa.Select[Any]) -> pd.DataFrame:
        with self.reading() as connection:
            return _frame_of(connection, query)

    def as_they_are(self, *queries: sa.Select[Any]) -> list[pd.DataFrame]:
        """Answer queries as of one moment, with whatever is in the tables: for the audit.

        In SQLite a text may hold bytes that are no text; they come back as bytes.
        """
        with self.reading(at_one_moment=True) as connection:
            raw = connection.connection.driver_connection
            if not is_postgresql(connection):
                raw.text_factory = _text_or_bytes  # type: ignore[union-attr]
            try:
                return [_frame_of(connection, query) for query in queries]
            finally:
                if not is_postgresql(connection):
                    raw.text_factory = str  # type: ignore[union-attr]

    @contextmanager
    def together(self, *names: str) -> Iterator[None]:
        """Make all that this thread reads and writes until the end one transaction.

        It is kept as a whole or not at all, and nobody else writes under `names` meanwhile: what
        was read still holds when what follows from it is written.
        """
        around = getattr(self._ongoing, "connection", None)
        with self.writing(*names) as connection:
            self._ongoing.connection = connection
            try:
                yield
            finally:
                self._ongoing.connection = around

    @contextmanager
    def reading(self, at_one_moment: bool = False) -> Iterator[sa.Connection]:
        """Lend a connection for reading; `at_one_moment`: everything as of the first query."""
        ongoing = getattr(self._ongoing, "connection", None)
        if ongoing is not None:
            yield ongoing
            return
        with translated(self.engine), self.engine.connect() as connection:
            options: dict[str, Any] = {"reading": True}
            if at_one_moment and is_postgresql(connection):
                options["isolation_level"] = "REPEATABLE READ"
            yield connection.execution_options(**options)

    @contextmanager
    def writing(self, *names: str) -> Iterator[sa.Connection]:
        """Lend a connection whose work is kept as a whole, alone under `names` until then."""
        ongoing = getattr(self._ongoing, "connection", None)
        if ongoing is not None:
            queue(ongoing, names)
            yield ongoing
            return
        with translated(self.engine), self.engine.begin() as connection:
            queue(connection, names)
            yield connection


def _let_go(_connection: Any, record: Any) -> None:
    """Close what comes back to a pool that was put away: nobody would take it out again."""
    record.close()


def _in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    listed = list(dict.fromkeys(values))
    for start in range(0, len(listed), _MANY):
        yield listed[start : start + _MANY]


def _frame_of(connection: sa.Connection, query: sa.Select[Any]) -> pd.DataFrame:
    result = connection.execute(query)
    # Of type object, so that a missing text stays None and a whole number an int.
    rows = [tuple(row) for row in result]
    return pd.DataFrame(rows, columns=list(result.keys()), dtype=object)


def _text_or_bytes(stored: bytes) -> str | bytes:
    try:
        return stored.decode("utf-8")
    except UnicodeDecodeError:
        return stored


def _refuse_statements(statements: Iterable[Statement]) -> None:
    """Refuse what one of the databases could not keep; a payload escapes a NUL."""
    for statement in statements:
        refuse_unstorable(getattr(statement, name) or "" for name in COPIED)
        refuse_unstorable([statement.payload], found=statement.id)
