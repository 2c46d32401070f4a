"""The scoring panel: one widget for a whole score sheet.

The browser shows a click at once and sends it with an id of its own; here it goes through the
door and is answered when it is on the disk. Until it is answered the browser keeps it, says that it
is not saved, and sends it again: after a lost line, a reload, a new kernel. What crosses:

Traits, kernel to browser, for a first picture without asking: ``user``, ``places``, ``sheet``,
``view``, ``feed_id``. Messages: browser to kernel ``hello``, ``open``, ``record``, ``history``;
kernel to browser ``welcome``, ``opened``, ``recorded``, ``failed``, ``history``; and on the feed
``changed``. The browser's side of each is typed in ``static/sheet/protocol.js``; change both
together.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from threading import RLock
from typing import Any

import anywidget
import traitlets as t

from merit_kit import assessment
from merit_kit.assessment import Hearing
from merit_kit.errors import MeritError, RuleError, StoreError
from merit_kit.i18n import Words, explain
from merit_kit.panels._feed import Feed
from merit_kit.panels._history import history_of
from merit_kit.panels._opening import places_of, sheet_of, user_of
from merit_kit.panels._static import script, style
from merit_kit.panels._view import view_of
from merit_kit.store import Statement, Store

_log = logging.getLogger(__name__)

_MOMENT = 2.0
"""Seconds for which what was opened need not be worked out again."""

_NOTHING: dict[str, Any] = {"sheet": {}, "view": {}}

_PARTS = {"id", "kind", "body", "visible_to", "base", "room", "stated_at"}


class ScoreSheet(anywidget.AnyWidget):
    """One evaluator at the score sheets of a store.

    Rules stay on this side, and so does the person: the browser never says who states something.
    JupyterLab calls the handlers on a thread of its choosing, so one lock goes around them.

    Parameters
    ----------
    store : Store
    person : str
        Person id: the author of what is stated here.
    about : str, optional
        The id of the assessment to open at once; without it the panel lets choose.
    lang : {"id", "en"}
    """

    _esm = script("sheet")
    _css = style("sheet")

    user = t.Dict().tag(sync=True)
    """Who works here, in which store, and the words of the panel. Kernel to browser."""

    places = t.List().tag(sync=True)
    """The assessments that can be opened. Kernel to browser."""

    sheet = t.Dict().tag(sync=True)
    """What never changes of the open assessment; empty while none is. Kernel to browser."""

    view = t.Dict().tag(sync=True)
    """What changes of the open assessment, as it is when a page asks. Kernel to browser."""

    feed_id = t.Unicode().tag(sync=True)
    """The model id of the widget that tells what changes. Kernel to browser."""

    def __init__(self, store: Store, person: str, about: str | None = None, lang: str = "id"):
        self._store, self._person, self._words = store, person, Words(lang)
        self._lock = RLock()
        self._about = about
        self._kept: dict[str, Hearing] = {}
        self._rooms: dict[str, str | None] = {}
        self._opened: dict[str, tuple[float, dict[str, Any]]] = {}
        self._names: dict[str, str] = {}
        self._feed = Feed(store, self._view)
        try:
            opened = self._open(about) if about else _NOTHING
            super().__init__(
                user=user_of(store, person, self._words),
                # Where an assessment is open, choosing another one can wait for the welcome.
                places=[] if about else places_of(store, person, self._words),
                feed_id=self._feed.model_id,
                **opened,
            )
        except BaseException:
            self._feed.close()
            raise
        self.on_msg(self._heard)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Return what a page is given to begin with: the view of now, not of the opening."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if self._about and state.get("view"):
            with self._lock:
                state["view"] = self._as_it_is(self._about)["view"]
        return state

    def close(self) -> None:
        """Stop telling what changes, and take the widget from the page."""
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
            # An exception here would show nowhere on the page, and the click would seem to wait.
            _log.exception("the panel could not answer")
            answer = {"is": "failed", "why": self._words("sheet.fault")}
        # Every page of this panel hears it; the one that asked knows it by this.
        self.send({"page": message.get("page"), "batch": message.get("batch"), **answer})

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        about = message.get("assessment")
        if "room" in message and about:
            self._rooms[about] = message["room"]
        match message.get("do"):
            case "hello":
                opened = self._as_it_is(about) if about else _NOTHING
                places = places_of(self._store, self._person, self._words)
                return {"is": "welcome", "places": places, **opened}
            case "open" if about:
                return {"is": "opened", **self._as_it_is(about)}
            case "record" if about:
                return self._record(about, message["ops"])
            case "history" if about:
                code = message["sub_aspect"]
                rows = history_of(
                    self._store, about, code, self._person, self._words, self._name_of
                )
                return {"is": "history", "assessment": about, "sub_aspect": code, "rows": rows}
            case _:
                return {"is": "failed", "why": self._words("sheet.fault")}

    def _open(self, about: str) -> dict[str, Any]:
        if about not in self._kept:
            self._kept[about] = Hearing(self._store, about)
        hearing = self._kept[about]
        opened = {
            "sheet": sheet_of(self._store, hearing, self._person, self._words),
            "view": self._view(hearing),
        }
        self._opened[about] = (time.monotonic(), opened)
        self._feed.follow(about, opened["view"])
        return opened

    def _as_it_is(self, about: str) -> dict[str, Any]:
        """Return an assessment as it is, worked out anew unless that was a moment ago.

        The first hello comes right after the opening, and the first click right after it.
        """
        if about in self._kept:
            self._kept[about].refresh()
            at, opened = self._opened.get(about, (0.0, _NOTHING))
            room = self._rooms.get(about)
            same = opened["view"] and (self._kept[about].position, room) == (
                opened["view"]["position"],
                opened["view"]["room"],
            )
            if same and time.monotonic() - at < _MOMENT:
                return opened
        return self._open(about)

    def _record(self, about: str, ops: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Record what was stated, together if nothing is wrong with it, else one by one."""
        if about not in self._kept:
            self._kept[about] = Hearing(self._store, about)
        results: list[dict[str, Any]] = []
        statements = []
        for op in ops:
            try:
                statements.append(self._statement(about, op))
            except (TypeError, ValueError, KeyError):
                key = op.get("id") if isinstance(op, Mapping) else None
                results.append(_refused(key, self._words("sheet.malformed")))
        try:
            results += self._through_the_door(statements)
        except RuleError as error:
            if len(statements) == 1:
                results.append(_refused(statements[0].id, explain(error, self._words.lang)))
            else:
                for said in statements:
                    results += self._alone(said)
        self._feed.look()
        position = max((each.pop("position", 0) for each in results), default=0)
        return {"is": "recorded", "position": position, "results": results}

    def _alone(self, said: Statement) -> list[dict[str, Any]]:
        try:
            return self._through_the_door([said])
        except RuleError as error:
            return [_refused(said.id, explain(error, self._words.lang))]

    def _through_the_door(self, statements: Sequence[Statement]) -> list[dict[str, Any]]:
        if not statements:
            return []
        try:
            outcomes = assessment.record(self._store, statements, self._person, self._kept)
        except StoreError as error:
            # Known with other bytes: sending it again would be refused for ever.
            if error.key == "entry-differs":
                raise RuleError("not-allowed", causes=[error]) from error
            raise
        return [
            {
                "id": outcome.id,
                "state": outcome.state,
                "why": None,
                "conflicts": list(outcome.conflicts),
                "position": outcome.position,
            }
            for outcome in outcomes
        ]

    def _statement(self, about: str, op: Mapping[str, Any]) -> Statement:
        if set(op) != _PARTS or not isinstance(op["body"], dict):
            raise ValueError("not the parts of a statement")
        return Statement(
            about,
            op["kind"],
            self._person,
            op["stated_at"],
            op["body"],
            visible_to=op["visible_to"],
            base=tuple(op["base"]),
            room=op["room"],
            id=op["id"],
        )

    def _view(self, hearing: Hearing) -> dict[str, Any]:
        """Return the view of an assessment; the feed calls this on its own thread."""
        room = self._rooms.get(hearing.assessment)
        return view_of(hearing, self._person, room, self._words, self._name_of)

    def _name_of(self, person: str) -> str:
        if person not in self._names:
            found = self._store.people([person])["name"]
            self._names[person] = str(found.iloc[0]) if len(found) else person
        return self._names[person]


def _refused(key: Any, why: str) -> dict[str, Any]:
    return {"id": key, "state": "refused", "why": why, "conflicts": []}
