"""Everything that was stated about one sub-aspect, in the order it was recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from merit_kit import process
from merit_kit.i18n import Words
from merit_kit.process import Books, Stated
from merit_kit.store import OPENED, Store

_THREADED = (process.ANSWER, process.CLOSING, process.OBJECTION_ANSWER)


def history_of(
    store: Store,
    about: str,
    code: str,
    person: str,
    words: Words,
    name_of: Callable[[str], str],
    internal: bool = True,
) -> list[dict[str, Any]]:
    """Return what was stated about a sub-aspect, the latest first.

    Without the second scorings of others than `person`: they are independent as long as nobody
    else knows them; and without what evaluators keep to themselves, unless `internal`. Each has
    ``at`` (when it was recorded), ``by`` (a name), ``what`` and ``text`` (in words), and
    ``stands``: whether it counts now.
    """
    books, hidden = Books(), store.hidden([about])
    every: list[tuple[str, Stated]] = []
    for row in store.arrivals(about):
        said = Stated.from_payload(row.payload, row.position, hidden)
        books.take(said)
        every.append((row.recorded_at, said))
    # An answer says which thread it belongs to, and a state which file: not which sub-aspect.
    codes: dict[str, str | None] = {}
    for _, said in every:
        key = said.body.get("thread") or said.body.get("file")
        if key and "sub_aspect" in said.body:
            codes[key] = said.body["sub_aspect"]
    rows = []
    for at, said in every:
        key = said.body.get("thread") or said.body.get("file")
        if said.body.get("of") == process.SECOND and said.author != person:
            continue
        if said.visible_to == "internal" and not internal:
            continue
        if said.kind == OPENED or said.body.get("sub_aspect", codes.get(key or "")) != code:
            continue
        what, text = _in_words(said, words)
        rows.append(
            {
                "at": at,
                "by": name_of(said.author),
                "what": what,
                "text": text,
                "stands": said.id in books.on(*said.topic),
            }
        )
    return rows[::-1]


def _in_words(said: Stated, words: Words) -> tuple[str, str]:
    body = said.body
    if said.kind == process.LEVEL:
        name = words(f"sheet.level.{body['pass'] or body['of']}")
        if said.visible_to == "internal" and body["of"] == process.VERIFIED:
            name = words("sheet.draft_of", what=name)
        if body["level"] is None:
            return words("sheet.level_taken_back", what=name), body["reason"]
        return words("sheet.level_stated", what=name, level=body["level"]), body["reason"]
    if said.kind == process.EVIDENCE:
        if body["withdrawn"]:
            return words("sheet.evidence_withdrawn", name=body["name"]), ""
        return words("sheet.evidence_given", name=body["name"]), ""
    if said.kind == process.EVIDENCE_STATE:
        state = words(f"evidence.states.{body['state']}")
        return words("sheet.evidence_judged", state=state), body["text"]
    if said.kind == process.CLOSING:
        return words("sheet.closed" if body["closed"] else "sheet.sent_back"), body["text"]
    what = words(f"kinds.{said.kind}")
    if said.visible_to == "internal":
        what = words("sheet.internal_of", what=what)
    return what, body.get("text", "") or words("sheet.emptied")
