"""The scoring panel: one widget for a whole score sheet.

The browser shows a click at once and sends it with an id of its own; here it goes through the
door and is answered when it is on the disk. Until it is answered the browser keeps it, says that it
is not saved, and sends it again: after a lost line, a reload, a new kernel. What crosses:

Traits, kernel to browser, for a first picture without asking: ``user``, ``places``, ``sheet``,
``view``, ``feed_id``. Messages: browser to kernel ``hello``, ``open``, ``record``, ``history``;
kernel to browser ``welcome``, ``opened``, ``recorded``, ``failed``, ``history``; and on the feed
``changed``. The browser's side of each is typed in ``static/sheet/protocol.js``; change both
together. Files, the sitting and its papers have messages of their own: see `_uploads`,
`_previews`, `_sitting`, `_papers`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from threading import RLock
from typing import Any

import anywidget
import traitlets as t

from merit_kit import assessment, process
from merit_kit.assessment import Hearing
from merit_kit.errors import MeritError, RuleError, StoreError
from merit_kit.i18n import Words, explain
from merit_kit.panels._feed import Feed
from merit_kit.panels._history import history_of
from merit_kit.panels._opening import places_of, sheet_of, user_of
from merit_kit.panels._papers import Papers
from merit_kit.panels._previews import Previews
from merit_kit.panels._sitting import SittingDesk
from merit_kit.panels._static import script, style
from merit_kit.panels._submission import SubmissionDesk
from merit_kit.panels._unfit import Unfit
from merit_kit.panels._uploads import Uploads
from merit_kit.panels._view import view_of
from merit_kit.store import Statement, Store

_log = logging.getLogger(__name__)

_MOMENT = 2.0
"""Seconds for which what was opened need not be worked out again."""

_FOR_A_MOMENT = {"store-away", "store-busy", "store-failed", "store-login"}
"""Why a store does not answer now, and yet may be there again with what it holds."""

_ECHOED = ("page", "do", "batch", "ask", "assessment", "room")
"""By these a page knows which of its questions is answered, and of what."""

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
    side : {"evaluator", "agency", "practice"}
        Whose sheet it is. The agency's states its own levels, evidence and answers, and is given
        nothing that evaluators keep to themselves. For practice see `PracticeSheet`.
    """

    _esm = script("sheet")
    _css = style("sheet", "viewer")

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

    def __init__(
        self,
        store: Store,
        person: str,
        about: str | None = None,
        lang: str = "id",
        side: str = process.EVALUATOR,
    ) -> None:
        self._store, self._person, self._words = store, person, Words(lang)
        self._side = side
        self._lock = RLock()
        self._about = about
        self._kept: dict[str, Hearing] = {}
        self._rooms: dict[str, str | None] = {}
        self._opened: dict[str, tuple[float, dict[str, Any]]] = {}
        self._names: dict[str, str] = {}
        self._feed = Feed(store, self._hear, self._view)
        self._unfit = Unfit(self._words, lambda: self._feed.look(thoroughly=True))
        # Files and papers are told on the feed, from threads of their own.
        self._previews = Previews(store, person, self._words, self._name_of, self._feed.send)
        self._papers = Papers(store, self._words, self._feed.send)
        self._uploads = Uploads(store, person, self._words, self._kept, self._unfit.look)
        self._desk = SittingDesk(store, person, self._words, self._name_of)
        self._submission = SubmissionDesk(store, person, self._words, self._name_of)
        try:
            opened = self._open(about) if about else _NOTHING
            super().__init__(
                user={**user_of(store, person, self._words), "side": side},
                # Where an assessment is open, choosing another one can wait for the welcome.
                places=[] if about else places_of(store, person, side, self._words),
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
        self._uploads.close()
        super().close()

    def _heard(self, _: Any, message: Any, buffers: Any) -> None:
        """Answer one message; whatever goes wrong is said in the panel, never raised."""
        if not isinstance(message, Mapping):
            return
        try:
            with self._lock:
                answer = self._answer(message, buffers)
        except MeritError as error:
            # Asked again it may be heard: whoever asked need not give it up.
            later = isinstance(error, StoreError) and error.key in _FOR_A_MOMENT
            answer = {"is": "failed", "why": explain(error, self._words.lang), "later": later}
        except Exception:
            # An exception here would show nowhere on the page, and the click would seem to wait.
            _log.exception("the panel could not answer")
            answer = {"is": "failed", "why": self._words("sheet.fault")}
        if answer is None:
            return
        # Every page of this panel hears it; the one that asked knows it by this.
        self.send({**{part: message.get(part) for part in _ECHOED}, **answer})

    def _answer(
        self, message: Mapping[str, Any], buffers: Sequence[Any] = ()
    ) -> dict[str, Any] | None:
        """Return the answer to a message; None if it comes on the feed, later."""
        about = message.get("assessment")
        if "room" in message and about:
            self._rooms[about] = message["room"]
        match message.get("do"):
            case "hello":
                places = places_of(self._store, self._person, self._side, self._words)
                opened = self._as_it_is(about) if about else _NOTHING
                if about and message.get("known") == self._kept[about].position:
                    # It has the items. Rights and rooms change without an entry.
                    view = {**opened["view"], "items": {}}
                    opened = {"sheet": {"assessment": about}, "view": view}
                return {"is": "welcome", "places": places, **opened}
            case "open" if about:
                return {"is": "opened", **self._as_it_is(about)}
            case "record" if about:
                return self._record(about, message["ops"])
            case "upload-begin" | "upload" | "upload-stop" if about:
                self._hearing(about)
                answer = self._uploads.answer(message, buffers)
                if answer["state"] == "done":
                    self._feed.look()
                return answer
            case "preview" | "download" if about:
                self._previews.ask(message)
                return None
            case "sitting" if about:
                answer = self._desk.answer(self._hearing(about), message)
                self._feed.look()
                return answer
            case "check" if about:
                answer = self._submission.answer(self._hearing(about), message)
                self._feed.look()
                return answer
            case "papers" if about:
                hearing = self._hearing(about)
                if not self._papers.make(hearing.agency, hearing.round, message):
                    return {"is": "failed", "why": self._words("papers.busy")}
                return None
            case "history" if about:
                code = message["sub_aspect"]
                rows = history_of(
                    *(self._store, about, code, self._person, self._words, self._name_of),
                    internal=self._hearing(about).internal,
                )
                return {"is": "history", "assessment": about, "sub_aspect": code, "rows": rows}
            case _:
                return {"is": "failed", "why": self._words("sheet.fault")}

    def _open(self, about: str) -> dict[str, Any]:
        hearing = self._hearing(about)
        sheet = sheet_of(self._store, hearing, self._person, self._words)
        # The page begins in the same one, unless it remembers another and says so.
        begins = sorted(sheet["rooms"], key=lambda room: not room["mine"])[:1]
        self._rooms.setdefault(about, begins[0]["code"] if begins else None)
        opened = {"sheet": sheet, "view": self._view(hearing)}
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
        try:
            self._hearing(about)
        except RuleError as error:
            why = explain(error, self._words.lang)
            refused = [_refused(op.get("id"), why) for op in ops if isinstance(op, Mapping)]
            return {"is": "recorded", "position": 0, "results": refused}
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
        except MeritError:
            raise  # the store is away: it is sent again
        except Exception:
            # It would be sent for ever, and hold up those beside it.
            _log.exception("a statement could not be recorded")
            return [_refused(said.id, self._words("sheet.fault"))]

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

    def _hearing(self, about: str) -> Hearing:
        """Return the hearing this panel keeps of an assessment."""
        if about not in self._kept:
            self._kept[about] = self._hear(about)
        return self._kept[about]

    def _hear(self, about: str) -> Hearing:
        """Read an assessment as far as this person may.

        Raises
        ------
        RuleError
            If they are of another agency's team, and nothing else.
        """
        hearing = Hearing(self._store, about, internal=self._side != process.AGENCY)
        speaker = hearing.speaker(self._person)
        own = hearing.agency in speaker.agencies
        if speaker.agencies and not own and (self._side == process.AGENCY or not speaker.roles):
            raise RuleError("sheet-of-others", agency=hearing.agency)
        # Whoever is of an agency's team is that alone where their agency is concerned.
        return Hearing(self._store, about, internal=False) if own and hearing.internal else hearing

    def _view(self, hearing: Hearing) -> dict[str, Any]:
        """Return the view of an assessment; the feed calls this on its own thread."""
        room = self._rooms.get(hearing.assessment)
        view = view_of(hearing, self._person, self._side, room, self._words, self._name_of)
        return self._unfit.mark(view)

    def _name_of(self, person: str) -> str:
        if person not in self._names:
            found = self._store.people([person])["name"]
            self._names[person] = str(found.iloc[0]) if len(found) else person
        return self._names[person]


def _refused(key: Any, why: str) -> dict[str, Any]:
    return {"id": key, "state": "refused", "why": why, "conflicts": []}
