"""What tells an open panel that something changed: its own statements, and those of others."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from threading import Event, Lock, Thread
from typing import Any

import anywidget

from merit_kit.assessment import Hearing
from merit_kit.errors import MeritError
from merit_kit.store import Store

_log = logging.getLogger(__name__)

_REST = 0.12
"""Seconds of quiet after a change before it is looked at: a click is answered first."""

_AT_MOST = 0.8
"""Seconds for which clicks that keep coming put the looking off; then they are looked at once."""

_AT_LEAST_EVERY = 5.0
"""Seconds after which it is looked anyway: rights and rooms change without an entry."""


class Watching(anywidget.AnyWidget):
    """A widget without a picture, on whose channel a thread tells what changes.

    A channel of its own, because the kernel answers a channel's messages wherever it last spoke
    on it: a thread that spoke on the panel's would make clicks wait for a running cell. A thread
    and not a task of the event loop, which stands still while a cell runs.
    """

    _esm = "export default { render() {} };"

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._nudge, self._ended, self._lock = Event(), Event(), Lock()
        self._all = False
        self._thread = Thread(target=self._run, name="merit-feed", daemon=True)

    def begin(self) -> None:
        """Start looking, unless that was done or has ended."""
        if not self._thread.is_alive() and not self._ended.is_set():
            self._thread.start()

    def look(self, thoroughly: bool = False) -> None:
        """Look soon: something was recorded here, or is known here without a record."""
        self._all |= thoroughly
        self._nudge.set()

    def close(self) -> None:
        """End the thread, and take the widget away."""
        self._ended.set()
        self._nudge.set()
        super().close()

    def _look(self, thoroughly: bool) -> None:
        """Tell what has changed; `thoroughly`: although nothing was noticed."""
        raise NotImplementedError

    def _cannot(self, error: MeritError) -> None:
        """Do nothing, while the store is away: a panel that records learns of it when it does."""

    def _rest(self) -> None:
        """Wait until nothing has been recorded here for a moment."""
        until = time.monotonic() + _AT_MOST
        while not self._ended.is_set() and time.monotonic() < until:
            self._nudge.clear()
            if not self._nudge.wait(_REST):
                return

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                with closing(self._store.watch()) as watch:
                    while not self._ended.is_set():
                        noticed = watch.wait(_AT_LEAST_EVERY, self._nudge)
                        self._rest()
                        thoroughly, self._all = self._all or not noticed, False
                        self._look(thoroughly)
            except MeritError as error:
                _log.warning("the panel does not hear of changes: %s", error)
                self._cannot(error)
            except Exception:
                _log.exception("the panel does not hear of changes")
            self._ended.wait(_AT_LEAST_EVERY)


class Feed(Watching):
    """What tells an open score sheet what changes of its assessments.

    Parameters
    ----------
    store : Store
    hear : function from the id of an assessment to Hearing
        What is known of it, as far as this person may see.
    view_of : function from Hearing to dict
        What is to be shown of it.
    """

    def __init__(
        self,
        store: Store,
        hear: Callable[[str], Hearing],
        view_of: Callable[[Hearing], dict[str, Any]],
    ) -> None:
        super().__init__(store)
        self._hear, self._view_of = hear, view_of
        self._told: dict[str, Mapping[str, Any]] = {}
        self._hearings: dict[str, Hearing] = {}

    def follow(self, about: str, view: Mapping[str, Any]) -> None:
        """Tell from now on what changes of an assessment beyond this view.

        Whether it arrived nobody knows: each push says from which position it goes on, and a page
        that has not come so far asks for everything.
        """
        with self._lock:
            self._told[about] = view
        self.begin()

    def _look(self, thoroughly: bool) -> None:
        for about in list(self._told):
            self._tell(about, thoroughly)

    def _tell(self, about: str, thoroughly: bool) -> None:
        told = self._told[about]
        # This thread's own: whoever records has another, and waits for nobody.
        if about in self._hearings:
            self._hearings[about].refresh()
        else:
            self._hearings[about] = self._hear(about)
        hearing = self._hearings[about]
        if hearing.position == told["position"] and not thoroughly:
            return
        view = self._view_of(hearing)
        items = {c: item for c, item in view["items"].items() if item != told["items"][c]}
        same = all(view[part] == told[part] for part in ("position", "may", "figures"))
        if same and not items:
            return
        with self._lock:
            if self._told[about] is not told:  # somebody was given a newer view meanwhile
                return
            self._told[about] = view
        if not self._ended.is_set():
            since = told["position"]
            self.send({"is": "changed", "since": since, "view": {**view, "items": items}})
