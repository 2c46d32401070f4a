"""What the people of conftest.py say to a real store, and the way to the stage they say it in."""

from __future__ import annotations

from typing import Any

import pytest

from merit_kit import assessment, process
from merit_kit.assessment import Recorded
from merit_kit.errors import RuleError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.store import Statement, Store
from tests.conftest import ROUND
from tests.entries import BODIES, kind_of

CLOCK = "2026-03-01T02:00:00.000Z"

_AUTHORS = {"self": "p-1", "evidence": "p-1", "answer": "p-1", "objection": "p-1",
            "acceptance": "p-1", "submission": "p-1", "stage": "p-s",
            "determination": "p-k"}  # fmt: skip
_OUTSIDE_THE_BODY = ("visible_to", "room", "id")


def say(what: str, about: str, *base: str, **more: Any) -> Statement:
    """A statement of `tests/entries.py` about an assessment, by the one who may make it."""
    author = more.pop("author", _AUTHORS.get(what, "p-e"))
    outside = {part: more.pop(part) for part in _OUTSIDE_THE_BODY if part in more}
    if what == "second":
        outside.setdefault("visible_to", "internal")
    assert set(more) <= set(BODIES[what]), more
    body = {**BODIES[what], **more}
    if what == "evidence" and "side" not in more and author in ("p-e", "p-f"):
        body["side"] = "evaluator"
    return Statement(about, kind_of(what), author, CLOCK, body, base, **outside)


def record(store: Store, *statements: Statement, by: str | None = None) -> list[Recorded]:
    """Record statements in one sending, by default by the first one's author."""
    return assessment.record(store, statements, by or statements[0].author)


def refused(store: Store, *statements: Statement, by: str | None = None) -> list[tuple[str, str]]:
    """Where and why these are refused, with nothing stored and a sentence for each reason."""
    before = store.entries()
    with pytest.raises(RuleError) as caught:
        record(store, *statements, by=by)
    assert store.entries().equals(before)
    said(caught.value)
    return [(str(problem.where), problem.key) for problem in caught.value.problems]


def said(error: RuleError) -> str:
    """The sentence of an error in English; it can be said in every language, whole."""
    for lang in LANGUAGES:
        assert "{" not in explain(error, lang)
    return explain(error, "en")


def reach(store: Store, about: str, stage: str) -> str | None:
    """Move an assessment from the first stage to another, and return the last statement's id."""
    moves: list[Statement] = []
    for each in process.STAGES[1 : process.STAGES.index(stage) + 1]:
        base = [moves[-1].id] if moves else []
        moves.append(say("stage", about, *base, stage=each))
    if moves:
        record(store, *moves)
    return moves[-1].id if moves else None


def counting(store: Store, about: str) -> Any:
    """The entries of an assessment that stand."""
    return process.standing(process.unfold(store.entries([about])))


def appointed(store: Store, person: str, *roles: str, agency: str | None = None) -> str:
    """Put a person with roles into a store; `agency` is that of the role of a team."""
    store.add_people([{"id": person, "login": None, "name": person, "nip": None, "office": "-"}])
    for role in roles:
        store.appoint(person, role, agency if role == process.AGENCY else None)
    return person


def room(store: Store, code: str, *sittings: tuple[str, str], kind: str = "evaluasi") -> str:
    """Put a room of the round into a store: pairs of an agency and an evaluator who meet there."""
    about = {"round": ROUND, "code": code, "name": None, "kind": kind, "held_on": "2026-03-05"}
    store.put_room({**about, "starts_at": None, "host": None}, sittings)
    return code
