"""Waiting until there may be reports to make again, as long as asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from threading import Event
from typing import TYPE_CHECKING

from merit_kit import i18n
from merit_kit.cli._screen import Screen
from merit_kit.errors import StoreError

if TYPE_CHECKING:
    from merit_kit.store import Store, Watch

A_WHILE = 60.0
"""Seconds after which what failed is tried again, whether anything changed or not."""
_GLANCE = 20.0
"""Seconds between two looks at the calendar: at midnight, what was due yesterday is overdue."""
_PAUSE = 0.5
"""Seconds between two statements that are taken for one change."""
_LONGEST = 15.0
"""Seconds after which a change is looked at, though others go on following it."""


class Watched:
    """Notices what changes in a store, also after its server was away for a while."""

    def __init__(self, screen: Screen, at: Store) -> None:
        self._screen, self._at = screen, at
        self._watch: Watch | None = at.watch()

    def wait(self, failed: bool) -> None:
        """Wait for a change, or also only for `A_WHILE` if something failed; say so before.

        A connection that is lost is replaced when the server is back: there may be changes, then.
        """
        if failed:
            self._goes_on()
        self._screen.tell("cli.reports.watching")
        try:
            if self._watch is not None:
                wait(self._watch.wait, A_WHILE if failed else None)
        except StoreError as error:
            self._screen.error(i18n.explain(error, self._screen.words.lang))
            self._goes_on()
            self.close()
        while self._watch is None:
            time.sleep(A_WHILE)
            with suppress(StoreError):
                self._watch = self._at.watch()

    def close(self) -> None:
        """Let go of the connection."""
        if self._watch is not None:
            self._watch.close()
        self._watch = None

    def _goes_on(self) -> None:
        self._screen.tell("cli.reports.watch_goes_on", seconds=round(A_WHILE))


def wait(noticed: Callable[[float, Event], bool], seconds: float | None) -> None:
    """Wait until there may be something to make: a change, another day, or so many seconds."""
    never, today, began = Event(), date.today(), time.monotonic()
    while not noticed(_GLANCE, never):
        if date.today() != today:
            return
        if seconds is not None and time.monotonic() - began > seconds:
            return
    # Whoever writes one thing often writes the next: both at once, then. But where many write,
    # there is always a next.
    began = time.monotonic()
    while time.monotonic() - began < _LONGEST and noticed(_PAUSE, never):
        pass
