"""The files that prove something, by the SHA-256 of their contents.

Beside SQLite they lie in ``bukti/ab/abcdef...``, named by nothing but the digest; in PostgreSQL
in pieces of a mebibyte, under the same policies as entries. A row of `evidence` says on both what
there has to be. Nothing is ever executed or unpacked, and the name a file had is not kept here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from merit_kit.errors import StoreError
from merit_kit.files import reason_of, write_whole
from merit_kit.store import _tables as t
from merit_kit.store._dialects import is_postgresql
from merit_kit.store._entries import VISIBILITIES, new_id
from merit_kit.store._file_types import refuse_size, type_of

if TYPE_CHECKING:
    from merit_kit.store._store import Store

FOLDER = "bukti"
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of evidence: its digest (64 hexadecimal digits), bytes, and media type."""

    sha256: str
    size: int
    type: str


def put(store: Store, content: bytes | Path, assessment: str, visible_to: str) -> StoredFile:
    """Keep a file as evidence in an assessment; the same file again is kept once.

    See :meth:`Store.put_evidence`.
    """
    if visible_to not in VISIBILITIES:
        raise ValueError(f"visible_to: {visible_to!r} is none of {VISIBILITIES}")
    data = _read(content) if isinstance(content, Path) else bytes(content)
    stored = StoredFile(hashlib.sha256(data).hexdigest(), len(data), type_of(data))
    if store.assessments([assessment]).empty:
        raise StoreError("assessment-unknown", found=assessment)
    if not is_postgresql(store.engine):
        # Before its row: a file that no row names does no harm, a row without its file does.
        _write(path_of(store, stored.sha256), data)
    parts = -(-stored.size // CHUNK)
    with store.writing(f"evidence/{assessment}") as connection:
        e = t.evidence.c
        same = (
            e.assessment == assessment,
            e.sha256 == stored.sha256,
            e.visible_to == visible_to,
        )
        if connection.scalar(sa.select(e.id).where(*same)) is not None:
            return stored
        row = {
            "id": new_id(),
            "assessment": assessment,
            "visible_to": visible_to,
            "sha256": stored.sha256,
            "size": stored.size,
            "type": stored.type,
            "parts": parts,
        }
        connection.execute(sa.insert(t.evidence), row)
        if is_postgresql(connection):
            for number in range(1, parts + 1):
                piece = data[(number - 1) * CHUNK : number * CHUNK]
                connection.execute(
                    sa.insert(t.evidence_chunk),
                    {"file": row["id"], "number": number, "content": piece},
                )
    return stored


def check_file(path: Path) -> None:
    """Look at a file as :func:`put` does, and keep nothing.

    Raises
    ------
    StoreError
        If it is not there or unreadable, empty, too large, or of a kind that is not kept.
    """
    type_of(_read(path))


def chunks(store: Store, sha256: str) -> Iterator[bytes]:
    """Yield a file's contents. See :meth:`Store.evidence_chunks`."""
    e = t.evidence.c
    with store.reading() as connection:
        query = sa.select(t.evidence).where(e.sha256 == sha256).order_by(e.id)
        row = connection.execute(query).mappings().first()
    if row is None:
        raise StoreError("evidence-unknown", found=sha256)
    yield from _checked(store, row)


def fault(store: Store, row: Any) -> str | None:
    """Say what is wrong with the contents of a row of `evidence`: missing, size or changed."""
    try:
        for _ in _checked(store, row):
            pass
    except StoreError as error:
        if error.key not in _FAULTS:
            raise
        return _FAULTS[error.key]
    return None


_FAULTS = {
    "evidence-missing": "audit-evidence-missing",
    "evidence-size": "audit-evidence-size",
    "evidence-changed": "audit-evidence-changed",
}


def _checked(store: Store, row: Any) -> Iterator[bytes]:
    """Yield the contents, refusing them at the end if they are not what was put there."""
    sha256, size = str(row["sha256"]), row["size"]
    pieces = _stored(store, row) if is_postgresql(store.engine) else _in_folder(store, sha256)
    seen, read = hashlib.sha256(), 0
    for piece in pieces:
        read += len(piece)
        if read > size:  # not read to its end, which may be anywhere
            raise StoreError("evidence-size", found=sha256)
        seen.update(piece)
        yield piece
    if read == 0:
        raise StoreError("evidence-missing", found=sha256)
    if read != size:
        raise StoreError("evidence-size", found=sha256)
    if seen.hexdigest() != sha256:
        raise StoreError("evidence-changed", found=sha256)


def path_of(store: Store, sha256: str) -> Path:
    """Return where a file lies beside SQLite. Without an ending: no double click opens it."""
    return store.folder / FOLDER / sha256[:2] / sha256


def _in_folder(store: Store, sha256: str) -> Iterator[bytes]:
    path = path_of(store, sha256)
    try:
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError("file-unreadable", path=str(path), said=str(error)) from error


def _stored(store: Store, row: Any) -> Iterator[bytes]:
    c = t.evidence_chunk.c
    for number in range(1, row["parts"] + 1):
        # One at a time, each its own reading: nothing is held while the reader is slow.
        with store.reading() as connection:
            query = sa.select(c.content).where(c.file == row["id"], c.number == number)
            piece = connection.scalar(query)
        if piece is not None:
            yield bytes(piece)


def _read(path: Path) -> bytes:
    try:
        refuse_size(path.stat().st_size)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise StoreError("file-missing", path=str(path)) from error
    except OSError as error:
        raise StoreError("file-unreadable", path=str(path), said=str(error)) from error


def _write(path: Path, data: bytes) -> None:
    try:
        # Read, not trusted by its name: one that was damaged is mended by putting it again.
        if not (path.is_file() and path.read_bytes() == data):
            write_whole(path, data)
    except OSError as error:
        said = reason_of(error, path)
        raise StoreError("file-unwritable", path=str(path), said=said) from error
