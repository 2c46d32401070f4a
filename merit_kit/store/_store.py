"""One opening of a store: append statements, read them back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from merit_kit.errors import StoreError
from merit_kit.store import _tables as t
from merit_kit.store._engine import connect
from merit_kit.store._entries import Appended, Statement, assessment_digest, link, new_id
from merit_kit.store._migrations import migrate

_MANY = 500
"""How many values one query may name; SQLite builds differ in what they take."""


def create_store(where: str | os.PathLike[str]) -> Store:
    """Make a new, empty store and open it.

    Raises
    ------
    StoreError
        If there is one already, or the place cannot be written.
    """
    engine, path = connect(where)
    if path is not None:
        if path.exists():
            raise StoreError("store-exists", path=str(path))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError("store-failed", path=str(path), said=str(error)) from error
    with _translated(str(path)):
        migrate(engine)
        with engine.begin() as connection:
            made = {"id": new_id(), "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
            connection.execute(sa.insert(t.store), made)
    return Store(engine, path)


def open_store(where: str | os.PathLike[str]) -> Store:
    """Open a store by its file, its workspace folder or its URL, bringing its schema up to date.

    Raises
    ------
    StoreError
        If there is none, or it is not one of ours, or a newer merit-kit made it.
    """
    engine, path = connect(where)
    if path is not None and not path.is_file():
        raise StoreError("store-missing", path=str(path))
    try:
        with _translated(str(path)):
            with engine.connect().execution_options(reading=True) as connection:
                tables = set(sa.inspect(connection).get_table_names())
            # Both, because a shop's database may well have a table named store.
            if not {"store", "step"} <= tables:
                raise StoreError("store-foreign", path=str(path))
            migrate(engine)
        return Store(engine, path)
    except BaseException:
        engine.dispose()  # on Windows a file that is still open cannot be moved or deleted
        raise


class Store:
    """One opening of a store by one program. Everything it appends is one chain per assessment.

    Safe to use from several threads: each call takes its own connection from the pool, and the
    database lets one writer in at a time.
    """

    def __init__(self, engine: sa.Engine, path: Path | None) -> None:
        self.engine = engine
        self.path = path
        self.writer = new_id()
        with self._read() as connection:
            self.id = str(connection.scalar(sa.select(t.store.c.id)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @property
    def folder(self) -> Path:
        """Where what belongs to this store is put: beside its file."""
        return self.path.parent if self.path else Path.cwd()

    def add_people(self, people: Iterable[Mapping[str, Any]]) -> None:
        """Add or correct people: ``id, login, name, nip, office``."""
        self._put(t.person, ("id",), people)

    def add_agencies(self, agencies: Iterable[Mapping[str, Any]]) -> None:
        """Add or correct agencies: ``code, name, kind, province``."""
        self._put(t.agency, ("code",), agencies)

    def add_round(self, code: str, year: int, number: int) -> None:
        """Add a round (periode)."""
        self._put(t.round_, ("code",), [{"code": code, "year": year, "number": number}])

    def add_published(self, results: Iterable[Mapping[str, Any]]) -> None:
        """Add published results, as text: ``agency, kind, year, score, index, ..., source``."""
        self._put(t.published, ("agency", "year", "source"), results)

    def people(self) -> pd.DataFrame:
        """Return people: index ``id``; columns ``login, name, nip, office``."""
        return self._frame(sa.select(t.person)).set_index("id")

    def agencies(self) -> pd.DataFrame:
        """Return agencies: index ``code``; columns ``name, kind, province``."""
        return self._frame(sa.select(t.agency).order_by(t.agency.c.code)).set_index("code")

    def rounds(self) -> pd.DataFrame:
        """Return rounds: index ``code``; columns ``year, number``."""
        order = (t.round_.c.year, t.round_.c.number)
        return self._frame(sa.select(t.round_).order_by(*order)).set_index("code")

    def published(self) -> pd.DataFrame:
        """Return published results as they were typed, all columns text."""
        return self._frame(sa.select(t.published))

    def assessments(self) -> pd.DataFrame:
        """Return assessments: index ``id``; columns ``agency, round, edition, invented``."""
        order = (t.assessment.c.round, t.assessment.c.agency)
        frame = self._frame(sa.select(t.assessment).order_by(*order)).set_index("id")
        return frame.assign(invented=frame["invented"].astype(bool))

    def edition(self, digest: str) -> str:
        """Return an edition's content as it was when first used, as canonical JSON."""
        with self._read() as connection:
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
        with self._write() as connection:
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
        with self._write() as connection:
            return self._append(connection, statements, recorded_by)

    def entries(self, assessments: Iterable[str] | None = None) -> pd.DataFrame:
        """Return entries, all columns of the table, by assessment and position."""
        order = (t.entry.c.assessment, t.entry.c.position)
        if assessments is None:
            return self._frame(sa.select(t.entry).order_by(*order))
        parts = [
            self._frame(sa.select(t.entry).where(t.entry.c.assessment.in_(some)).order_by(*order))
            for some in _in_parts(assessments)
        ]
        return (
            pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=t.ENTRY_COLUMNS)
        )

    def anchors(self) -> pd.DataFrame:
        """Return what the digest was after each entry: ``assessment, position, digest``."""
        order = (t.anchor.c.assessment, t.anchor.c.position)
        return self._frame(sa.select(t.anchor).order_by(*order))

    def _append(
        self, connection: sa.Connection, statements: Sequence[Statement], recorded_by: str
    ) -> list[Appended]:
        known = self._known(connection, [s.id for s in statements])
        chains: dict[str, _Chains] = {}
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
                chains[statement.assessment] = _Chains(connection, statement.assessment)
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
        return outcomes

    def _known(self, connection: sa.Connection, ids: list[str]) -> dict[str, tuple[int, str]]:
        found: dict[str, tuple[int, str]] = {}
        for some in _in_parts(ids):
            query = sa.select(t.entry.c.id, t.entry.c.position, t.entry.c.payload)
            for row in connection.execute(query.where(t.entry.c.id.in_(some))):
                found[row.id] = (row.position, row.payload)
        return found

    def _put(
        self, table: sa.TableClause, key: tuple[str, ...], rows: Iterable[Mapping[str, Any]]
    ) -> None:
        """Insert rows, or correct those whose key is known."""
        with self._write() as connection:
            for row in rows:
                same = sa.and_(*(table.c[name] == row[name] for name in key))
                rest = {name: value for name, value in row.items() if name not in key}
                known = connection.execute(sa.select(table.c[key[0]]).where(same)).first()
                if known is None:
                    connection.execute(sa.insert(table), dict(row))
                elif rest:
                    connection.execute(sa.update(table).where(same).values(rest))

    def _frame(self, query: sa.Select[Any]) -> pd.DataFrame:
        with self._read() as connection:
            result = connection.execute(query)
            # Of type object, so that a missing text stays None and a whole number an int.
            rows = [tuple(row) for row in result]
            return pd.DataFrame(rows, columns=list(result.keys()), dtype=object)

    @contextmanager
    def _read(self) -> Iterator[sa.Connection]:
        with _translated(str(self.path)), self.engine.connect() as connection:
            yield connection.execution_options(reading=True)

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        with _translated(str(self.path)), self.engine.begin() as connection:
            yield connection


class _Chains:
    """The chains of one assessment while something is being added to it."""

    def __init__(self, connection: sa.Connection, assessment: str) -> None:
        self.assessment = assessment
        e = t.entry.c
        last = (
            sa.select(e.writer, sa.func.max(e.seq).label("seq"))
            .where(e.assessment == assessment)
            .group_by(e.writer)
            .subquery()
        )
        heads = sa.select(e.writer, e.seq, e.hash).join(
            last, sa.and_(e.writer == last.c.writer, e.seq == last.c.seq)
        )
        self.heads = {
            row.writer: (int(row.seq), str(row.hash))
            for row in connection.execute(heads.where(e.assessment == assessment))
        }
        position = sa.select(sa.func.max(e.position)).where(e.assessment == assessment)
        self.position = int(connection.scalar(position) or 0)

    @property
    def digest(self) -> str:
        return assessment_digest(hash_ for _, hash_ in self.heads.values())

    def add(
        self, statement: Statement, payload: str, writer: str, recorded_by: str
    ) -> dict[str, Any]:
        seq, prev = self.heads.get(writer, (0, ""))
        prev = prev or self.digest
        seq += 1
        self.position += 1
        hash_ = link(prev, writer, seq, recorded_by, payload)
        self.heads[writer] = (seq, hash_)
        return {
            "assessment": statement.assessment,
            "position": self.position,
            "id": statement.id,
            "room": statement.room,
            "kind": statement.kind,
            "visible_to": statement.visible_to,
            "author": statement.author,
            "stated_at": statement.stated_at,
            "recorded_by": recorded_by,
            "writer": writer,
            "seq": seq,
            "prev": prev,
            "payload": payload,
            "hash": hash_,
        }


def _in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    listed = list(dict.fromkeys(values))
    for start in range(0, len(listed), _MANY):
        yield listed[start : start + _MANY]


@contextmanager
def _translated(path: str) -> Iterator[None]:
    """Turn what the database says into what a person can act on."""
    try:
        yield
    except OperationalError as error:
        said = str(error.orig)
        busy = "locked" in said or "busy" in said
        raise StoreError("store-busy" if busy else "store-failed", path=path, said=said) from error
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error)
        raise StoreError("store-failed", path=path, said=said) from error
