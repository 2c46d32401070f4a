"""What keeps the overview of the rooms true while others write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from merit_kit.assessment import Progress, now
from merit_kit.errors import MeritError
from merit_kit.i18n import Words, explain
from merit_kit.panels._feed import Watching
from merit_kit.panels._rooms_view import told
from merit_kit.store import Store

_EVERY = 5.0
"""Seconds after which the registers are read again, and a page is told that nothing is new."""

_AT_ONCE = 32
"""Assessments that are worked out together: the first of a large round show soon."""


class RoomsFeed(Watching):
    """Tells the overview what changes; each push has a number, and pages ask if they miss one.

    Parameters
    ----------
    store : Store
    progress : Progress, optional
        Of the round; without one there is nothing to tell.
    ground_of : function to dict
        Reads the registers, see :func:`merit_kit.panels._rooms_view.ground_of`.
    words : Words
    """

    def __init__(
        self,
        store: Store,
        progress: Progress | None,
        ground_of: Callable[[], dict[str, Any]],
        words: Words,
    ) -> None:
        super().__init__(store)
        self._progress, self._ground_of, self._words = progress, ground_of, words
        self._ground = ground_of()
        self._read_at = self._sent_at = time.monotonic()
        self._figures: dict[str, dict[str, Any]] = {}
        self._turn = 0
        self._why = ""
        # The first look need not wait for anybody to write.
        self.look()

    def as_it_is(self) -> dict[str, Any]:
        """Return all that was told until now."""
        with self._lock:
            return {
                "turn": self._turn,
                "ground": self._ground,
                "figures": dict(self._figures),
                "away": self._why,
                "now": now(),
            }

    def shows(self, assessment: Any) -> bool:
        """Say whether the overview shows this assessment."""
        return any(row["assessment"] == assessment for row in self._ground["rows"])

    def _look(self, thoroughly: bool) -> None:
        if self._why:
            self._push(away="")
        if thoroughly or time.monotonic() - self._read_at >= _EVERY:
            ground = self._ground_of()
            self._read_at = time.monotonic()
            if ground != self._ground:
                self._push(ground=ground)
        shown = list(dict.fromkeys(row["assessment"] for row in self._ground["rows"]))
        news = set(self._progress.news()) if self._progress and shown else set()
        keys = [key for key in shown if key in news]
        for at in range(0, len(keys), _AT_ONCE):
            if self._ended.is_set() or self._progress is None:
                return
            read = self._progress.read(keys[at : at + _AT_ONCE])
            figures = {key: told(each, self._words) for key, each in read.items()}
            self._push(figures=figures)
        if time.monotonic() - self._sent_at >= _EVERY:
            self._push()

    def _cannot(self, error: MeritError) -> None:
        self._push(away=explain(error, self._words.lang))

    def _push(self, figures: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Tell what is new; nothing new tells that we are still looking."""
        with self._lock:
            self._figures.update(figures or {})
            self._ground = more.get("ground", self._ground)
            self._why = more.get("away", self._why)
            self._turn += 1
            turn = self._turn
        self._sent_at = time.monotonic()
        if not self._ended.is_set():
            news = {**more, "figures": figures or {}}
            self.send({"is": "changed", "turn": turn, "now": now(), **news})
