"""Making a store, and opening one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from merit_kit.errors import StoreError
from merit_kit.store._engine import connect
from merit_kit.store._entries import new_id
from merit_kit.store._faults import place_of, translated
from merit_kit.store._migrations import create, migrate
from merit_kit.store._store import Store


def create_store(where: str | os.PathLike[str]) -> Store:
    """Make a new, empty store and open it. If that breaks off, nothing is left behind.

    Raises
    ------
    StoreError
        If there is one already, or the place cannot be written.
    """
    engine, path = connect(where)
    folders = _make_file(path) if path is not None else []
    made = {"id": new_id(), "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        with translated(engine):
            create(engine, made, place_of(engine))
        return Store(engine, path)
    except BaseException:
        engine.dispose()
        if path is not None:
            _unmake(path, folders)
        raise


def _make_file(path: Path) -> list[Path]:
    """Claim the file of a new store; return the folders made for it, innermost first."""
    folders = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Of two programs that make a store here at once, one is first.
        path.open("xb").close()
    except FileExistsError as error:
        if path.exists():
            raise StoreError("store-exists", path=str(path)) from error
        raise StoreError("store-failed", path=str(path), said=str(error)) from error
    except OSError as error:
        raise StoreError("store-failed", path=str(path), said=str(error)) from error
    return folders


def _unmake(path: Path, folders: Iterable[Path]) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    for folder in folders:
        with suppress(OSError):  # somebody has put something there meanwhile
            folder.rmdir()


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
        with translated(engine):
            with engine.connect().execution_options(reading=True) as connection:
                tables = set(sa.inspect(connection).get_table_names())
            # Both, because a shop's database may well have a table named store.
            if not {"store", "step"} <= tables:
                empty = path is None and not tables
                key = "store-missing" if empty else "store-foreign"
                raise StoreError(key, path=place_of(engine))
            migrate(engine)
        return Store(engine, path)
    except BaseException:
        engine.dispose()  # on Windows a file that is still open cannot be moved or deleted
        raise
