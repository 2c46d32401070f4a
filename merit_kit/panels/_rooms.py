"""The overview of the rooms: for who hosts a day of sittings, and for whoever looks on.

Nothing is stated here. What crosses: traits, kernel to browser, for a first picture without asking:
``user``, ``overview``, ``feed_id``. Messages: browser to kernel ``hello``, ``look`` (at one room's
sheet), ``leave`` (it); kernel to browser ``welcome``, ``shown``, ``left``, ``shut`` (others needed
its place), ``failed``; and on the feed ``changed``. The browser's side of each is typed in
``static/rooms/crossing.js``; change both together.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from threading import RLock
from typing import Any

import anywidget
import traitlets as t

from merit_kit.assessment import Progress
from merit_kit.errors import MeritError
from merit_kit.i18n import Words, catalogue, explain
from merit_kit.panels._looking import SheetToLookAt
from merit_kit.panels._rooms_feed import RoomsFeed
from merit_kit.panels._rooms_view import ground_of, latest_round
from merit_kit.panels._static import script, style
from merit_kit.store import Store

_log = logging.getLogger(__name__)

_MOST_SHEETS = 4
"""Pages that may look at a sheet at the same time; each costs a thread and a connection."""


class RoomOverview(anywidget.AnyWidget):
    """All rooms of a round, live; each can be looked into, and nothing can be stated.

    Parameters
    ----------
    store : Store
    person : str
        Person id of who looks.
    round_ : str, optional
        By default the last one in which rooms are arranged.
    lang : {"id", "en"}
    """

    _esm = script("rooms")
    _css = style("sheet", "rooms")

    user = t.Dict().tag(sync=True)
    """Which store, which language, and the words of the overview. Kernel to browser."""

    overview = t.Dict().tag(sync=True)
    """Everything that is shown, as it is when a page asks. Kernel to browser."""

    feed_id = t.Unicode().tag(sync=True)
    """The model id of the widget that tells what changes. Kernel to browser."""

    def __init__(self, store: Store, person: str, round_: str | None = None, lang: str = "id"):
        self._store, self._person, self._words = store, person, Words(lang)
        self._lock = RLock()
        self._sheets: dict[str, SheetToLookAt] = {}
        round_ = round_ or latest_round(store)
        self._feed = RoomsFeed(
            store,
            Progress(store, round_) if round_ else None,
            lambda: ground_of(store, round_, person, self._words),
            self._words,
        )
        try:
            super().__init__(
                user={
                    "store": store.id,
                    "lang": lang,
                    "words": {
                        key.removeprefix("rooms."): text
                        for key, text in catalogue(lang).items()
                        if key.startswith("rooms.")
                    },
                },
                overview=self._feed.as_it_is(),
                feed_id=self._feed.model_id,
            )
        except BaseException:
            self._feed.close()
            raise
        self.on_msg(self._heard)
        self._feed.begin()

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Return what a page is given to begin with: everything as it is now."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if state.get("overview"):
            state["overview"] = self._feed.as_it_is()
        return state

    def close(self) -> None:
        """Stop telling what changes, shut what is looked at, and go from the page."""
        with self._lock:
            for page in list(self._sheets):
                self._leave(page)
        self._feed.close()
        super().close()

    def _heard(self, _: Any, message: Any, __: Any) -> None:
        """Answer one message; whatever goes wrong is said in the panel, never raised."""
        if not isinstance(message, Mapping):
            return
        try:
            with self._lock:
                answer = self._answer(message)
        except MeritError as error:
            answer = {"is": "failed", "why": explain(error, self._words.lang)}
        except Exception:
            # An exception here would show nowhere on the page.
            _log.exception("the overview could not answer")
            answer = {"is": "failed", "why": self._words("rooms.fault")}
        self.send({"page": message.get("page"), **answer})

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        page = str(message.get("page"))
        match message.get("do"):
            case "hello":
                return {"is": "welcome", **self._feed.as_it_is()}
            case "look" if self._feed.shows(message.get("assessment")):
                return self._look(page, message["assessment"], message.get("room"))
            case "leave":
                self._leave(page)
                return {"is": "left"}
            case _:
                return {"is": "failed", "why": self._words("rooms.fault")}

    def _look(self, page: str, about: str, room: str | None) -> dict[str, Any]:
        self._leave(page)
        # Of a page that is gone nobody says so: the one that looked first makes room, and is told.
        while len(self._sheets) >= _MOST_SHEETS:
            first = next(iter(self._sheets))
            self._leave(first)
            self.send({"page": first, "is": "shut", "most": _MOST_SHEETS})
        made = SheetToLookAt(self._store, self._person, about, room, self._words.lang)
        self._sheets[page] = made
        return {"is": "shown", "assessment": about, "room": room, "sheet": made.model_id}

    def _leave(self, page: str) -> None:
        if page in self._sheets:
            self._sheets.pop(page).close()
