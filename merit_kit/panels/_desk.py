"""What the drawers over a sheet have in common: one person states something, or is told why not."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from merit_kit import assessment
from merit_kit.assessment import Hearing
from merit_kit.i18n import Words, describe
from merit_kit.panels._view import Names
from merit_kit.store import Statement, Store

_ID = re.compile(r"[0-9a-f]{32}")


class Desk(ABC):
    """States for one person, and never the same twice because it was asked again.

    What is asked is known by its `ask`, 32 hexadecimal digits: the id of what it states. A page
    asks until it is answered, maybe much later, after a reload. By then somebody may have stated
    otherwise, and what was stated once must not be stated once more upon that.

    Parameters
    ----------
    name_of : function
        From a person id to the name to be shown.
    """

    def __init__(self, store: Store, person: str, words: Words, name_of: Names) -> None:
        self._store, self._person, self._words, self._name_of = store, person, words, name_of

    def answer(self, hearing: Hearing, message: Mapping[str, Any]) -> dict[str, Any]:
        """State what a message says, unless it is stated, and return how things are then.

        Its `note` says what came of it that its sender would not expect; mostly nothing.

        Raises
        ------
        RuleError
            If this person may not state it, or it is not in order.
        """
        hearing.refresh()
        note = ""
        if message.get("act") or message.get("submit"):
            ask = message.get("ask")
            if not isinstance(ask, str) or not _ID.fullmatch(ask):
                return {"is": "failed", "why": self._words("sheet.malformed")}
            if ask not in hearing.books.known:
                note = self._do(hearing, message, ask)
                hearing.refresh()
        return {**self._shown(hearing, message), "note": note}

    @abstractmethod
    def _do(self, hearing: Hearing, message: Mapping[str, Any], ask: str) -> str:
        """State what a message says under the id `ask`, and return what is to be said of it."""

    @abstractmethod
    def _shown(self, hearing: Hearing, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a message that was heard: how things are."""

    def _state(self, hearing: Hearing, said: Statement, base: Sequence[str] | None = None) -> None:
        """State on what the page was shown (`base`), else on what stands now."""
        there = hearing.standing_ids(said)
        standing = [each for each in hearing.books.of_kind(said.kind) if each.id in there]
        if [(each.body, each.author) for each in standing] == [(said.body, self._person)]:
            return
        named = there if base is None else tuple(map(str, base))
        stated = replace(said, base=named)
        assessment.record(self._store, [stated], self._person, {hearing.assessment: hearing})

    def _why_not(self, hearing: Hearing, kind: str, body: dict[str, Any], room: str | None) -> str:
        """Say why this person may not state it; empty if they may."""
        said = self._said(hearing, kind, body, room)
        problems = hearing.would_be(said, self._person)
        return "; ".join(dict.fromkeys(describe(each, self._words.lang) for each in problems))

    def _said(
        self,
        hearing: Hearing,
        kind: str,
        body: dict[str, Any],
        room: str | None,
        ask: str | None = None,
    ) -> Statement:
        said = Statement(hearing.assessment, kind, self._person, assessment.now(), body, room=room)
        return replace(said, id=ask) if ask else said
