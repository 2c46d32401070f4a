"""Waiting until somebody has written: SQLite is asked, PostgreSQL calls."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import psycopg
import sqlalchemy as sa

from merit_kit.errors import StoreError
from merit_kit.store._dialects import CHANNEL, is_postgresql
from merit_kit.store._faults import place_of, translated

_EVERY = 0.25
"""Seconds between two looks. A look at a SQLite file takes some ten microseconds."""


class Watch:
    """A connection of its own that notices what other connections write.

    For one thread, the one that makes it. What this program itself writes counts as well: it is
    written on other connections.

    Raises
    ------
    StoreError
        Now or while waiting, if the store cannot be reached.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._calls = is_postgresql(engine)
        with translated(engine):
            level = {"isolation_level": "AUTOCOMMIT"} if self._calls else {"reading": True}
            self._connection = engine.connect()
            try:
                self._connection.execution_options(**level)
                if self._calls:
                    self._connection.exec_driver_sql(f"LISTEN {CHANNEL}")
                else:
                    self._version = self._look()
            except BaseException:
                self.close()
                raise

    def wait(self, seconds: float, nudge: Event) -> bool:
        """Wait until something was written or `nudge` is set; False if nothing was in `seconds`.

        What was written between two waits is noticed at once.
        """
        until = time.monotonic() + seconds
        with translated(self._engine):
            while not self._noticed(nudge):
                if time.monotonic() >= until:
                    return False
        return True

    def close(self) -> None:
        """Let go of the connection, which nobody else may use after us."""
        self._connection.invalidate()
        self._connection.close()

    def _noticed(self, nudge: Event) -> bool:
        if self._calls:
            raw: Any = self._connection.connection.driver_connection
            try:
                called = [*raw.notifies(timeout=_EVERY, stop_after=1)]
            except psycopg.Error as error:
                raise StoreError(
                    "store-away", path=place_of(self._engine), said=str(error).strip()
                ) from error
            return bool(called) or nudge.is_set()
        before, self._version = self._version, self._look()
        return before != self._version or nudge.wait(_EVERY)

    def _look(self) -> int:
        version = self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        self._connection.rollback()
        return int(version)
