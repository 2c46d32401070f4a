"""What the drawers over a sheet have in common: one person states something, or is told why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from merit_kit import assessment
from merit_kit.assessment import Hearing
from merit_kit.i18n import Words, describe
from merit_kit.panels._view import Names
from merit_kit.store import Statement, Store


class Desk:
    """States for one person, and never the same twice because it was asked again.

    Parameters
    ----------
    name_of : function
        From a person id to the name to be shown.
    """

    def __init__(self, store: Store, person: str, words: Words, name_of: Names) -> None:
        self._store, self._person, self._words, self._name_of = store, person, words, name_of

    def _state(
        self,
        hearing: Hearing,
        kind: str,
        body: dict[str, Any],
        room: str | None,
        base: Sequence[str] | None = None,
    ) -> None:
        """State on what the page was shown (`base`), else on what stands now."""
        said = self._said(hearing, kind, body, room)
        there = hearing.standing_ids(said)
        standing = [each for each in hearing.books.of_kind(kind) if each.id in there]
        mine = any(each.body == body and each.author == self._person for each in standing)
        if mine and (len(standing) == 1 or base is not None):
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
        self, hearing: Hearing, kind: str, body: dict[str, Any], room: str | None
    ) -> Statement:
        about = hearing.assessment
        return Statement(about, kind, self._person, assessment.now(), body, room=room)
