"""A score sheet that somebody looks at who states nothing there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from merit_kit.assessment import Hearing
from merit_kit.panels._sheet import ScoreSheet
from merit_kit.store import Store

_LOOKS = {"hello", "open", "history", "preview", "download"}
"""What a page may ask of it."""


class SheetToLookAt(ScoreSheet):
    """One assessment as its evaluators see it, for reading only: whoever looks, whatever they may.

    Parameters
    ----------
    store : Store
    person : str
        Person id of who looks.
    about : str
        The id of the assessment; no other one can be opened here.
    room : str or None
        The code of the room it is looked into.
    lang : {"id", "en"}
    """

    read_only = "rooms.read_only"
    """What says that nothing is stated here."""

    def __init__(self, store: Store, person: str, about: str, room: str | None, lang: str) -> None:
        self._only, self._room = about, room
        super().__init__(store, person, about, lang)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Return what a page is given to begin with."""
        state = super().get_state(key, drop_defaults)
        if state.get("user"):
            # The browser keeps unsaved statements under the person: those of this very person's own
            # sheets must not be sent from here, where they would be refused.
            state["user"] = {**state["user"], "person": f"{state['user']['person']}.lihat"}
        return state

    def _answer(
        self, message: Mapping[str, Any], buffers: Sequence[Any] = ()
    ) -> dict[str, Any] | None:
        asked = message.get("do") in _LOOKS and message.get("assessment") == self._only
        if not asked:
            return {"is": "failed", "why": self._words(self.read_only)}
        answer = super()._answer(message, buffers)
        return {**answer, "places": []} if answer and "places" in answer else answer

    def _record(self, about: str, ops: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        raise AssertionError("nothing is stated here")

    def _open(self, about: str) -> dict[str, Any]:
        self._rooms[about] = self._room
        opened = super()._open(about)
        here = [room for room in opened["sheet"]["rooms"] if room["code"] == self._room]
        opened = {**opened, "sheet": {**opened["sheet"], "rooms": here}}
        self._opened[about] = (self._opened[about][0], opened)
        return opened

    def _view(self, hearing: Hearing) -> dict[str, Any]:
        view = super()._view(hearing)
        return {**view, "may": dict.fromkeys(view["may"], self._words(self.read_only))}
