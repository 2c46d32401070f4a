"""What differs between two cases of one assessment, for the page that supersedes another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from merit_kit import process
from merit_kit.assessment import Case
from merit_kit.canonical import digest, together
from merit_kit.reports._figures import Figures
from merit_kit.reports._issue import Change

_LEVELS = (process.SELF, process.VERIFIED, process.FIELD)
_NONE = "\N{EN DASH}"
_LONGEST_REASON = 200
_TOLD = (process.NOTE, process.RECOMMENDATION, process.MISMATCH_ANSWER)
_SAID = (process.DISCUSSION, process.AGREED)


def changes(before: Case, after: Case) -> tuple[Change, ...]:
    """Say what differs, by sub-aspect in the instrument's order; what is of no sub-aspect first.

    Only what an agency may see is in a case, so nothing else is in here.
    """
    found = [
        *_whole(before, after),
        *_levels(before, after),
        *_questions(before, after),
        *_files(before, after),
        *_told(before, after),
        *_objections(before, after),
        *_sitting(before, after),
    ]
    order = {code: place for place, code in enumerate(after.instrument.codes, start=1)}
    found.sort(key=lambda change: order.get(change.where, 0))
    if not found and shown(before) != shown(after):
        found = [Change("", "other")]
    return tuple(found)


_NOT_SHOWN = {"digest", "as_of"}


def shown(case: Case) -> Mapping[str, Any]:
    """Return what of a case stands on a page, to be compared.

    Not its digest, which also counts what the agency may not see, nor up to when it was made.
    """
    return {part: value for part, value in case.data.items() if part not in _NOT_SHOWN}


def shown_digest(case: Case) -> str:
    """Return SHA-256 of what of a case stands on a page; see :func:`shown`."""
    return digest(together({k: text for k, text in case.parts.items() if k not in _NOT_SHOWN}))


def _whole(before: Case, after: Case) -> Iterator[Change]:
    stages = [process.stage_of(case.standing) for case in (before, after)]
    if stages[0] != stages[1]:
        words = {"before": f"stage.{stages[0]}", "after": f"stage.{stages[1]}"}
        yield Change("", "stage", words=words)
    old, new = (_determined(case) for case in (before, after))
    if new and new != old:
        numbers = {"total": new[0]}
        yield Change("", "determined-again" if old else "determined", numbers=numbers)
    yield from _result(before, after)
    # Whoever is new came with something that is named by itself.
    people = [_named(case) for case in (before, after)]
    if any(people[1].get(key) != about for key, about in people[0].items()):
        yield Change("", "people")
    if before.published != after.published:
        yield Change("", "published")


def _named(case: Case) -> dict[str, tuple[Any, Any]]:
    return {key: (who["name"], who["office"]) for key, who in case.data["people"].items()}


def _result(before: Case, after: Case) -> Iterator[Change]:
    """Say what became of total, index and category: the result that counts, of then and of now."""
    old, new = (Figures(case).result for case in (before, after))
    if (old.total, old.assessed > 0) != (new.total, new.assessed > 0):
        key = "total" if new.complete or new.assessed == new.of else "total-provisional"
        totals = [_written(result.total) if result.assessed else None for result in (old, new)]
        yield _moved(key, *totals)
    if old.index != new.index:
        places = after.instrument.decimals
        indexes = [None if r.index is None else _written(r.index, places) for r in (old, new)]
        yield _moved("index", *indexes)
    if old.category != new.category:
        names = [asdict(r.category.name) if r.category else _NONE for r in (old, new)]
        yield Change("", "category", dict(zip(("before", "after"), names, strict=True)))


def _written(value: float, places: int | None = None) -> str:
    """Write a number as text, exactly; with so many decimals where they belong to it."""
    exact = Decimal(repr(value))
    return f"{exact.normalize() if places is None else round(exact, places):f}"


def _moved(key: str, before: str | None, after: str | None) -> Change:
    both = {"before": before, "after": after}
    numbers = {name: value for name, value in both.items() if value is not None}
    return Change("", key, dict.fromkeys(both.keys() - numbers.keys(), _NONE), numbers=numbers)


def _determined(case: Case) -> tuple[Any, ...]:
    standing = case.standing
    bodies = standing[(standing["kind"] == process.DETERMINATION) & ~standing["conflict"]]["body"]
    parts = ("total", "levels", "components", "text")
    return tuple(body.get(part) for body in bodies for part in parts)


def _levels(before: Case, after: Case) -> Iterator[Change]:
    for of in (*_LEVELS, process.FINAL):
        old, new = _stated(before, of), _stated(after, of)
        for code in after.instrument.codes:
            was, is_ = old.get(code), new.get(code)
            if was == is_:
                continue
            words = {"of": f"level.{of}"}
            if was and is_ and was[0] == is_[0]:
                yield Change(code, "reason", words=words)
            else:
                facts = {"before": was[0] if was else _NONE, "after": is_[0] if is_ else _NONE}
                # A determination has one reason for all levels; the page gives it by itself.
                reason = _in_short(is_[1]) if is_ and of != process.FINAL else ""
                key = "level-why" if reason else "level"
                yield Change(code, key, {**facts, "why": reason} if reason else facts, words)


def _in_short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…"


def _stated(case: Case, of: str) -> dict[str, tuple[int, str]]:
    """Return level and reason by sub-aspect; of several findings the lowest, as the sheets do."""
    frame = process.levels(case.standing, of)
    frame = frame[frame["level"].notna()].sort_values(["level", "id"], ascending=False)
    return {row.sub_aspect: (int(row.level), str(row.reason)) for row in frame.itertuples()}


def _questions(before: Case, after: Case) -> Iterator[Change]:
    old, new = (
        {row.thread: row for row in process.clarifications(case.standing).itertuples()}
        for case in (before, after)
    )
    for thread, row in new.items():
        was = old.get(thread)
        if was is None:
            yield Change(row.sub_aspect, "question-new")
            was_state, was_answer = "open", ""
        else:
            was_state, was_answer = was.state, was.answer
            if (row.text, row.missing, row.due) != (was.text, was.missing, was.due):
                yield Change(row.sub_aspect, "question")
        if row.answer and row.answer != was_answer:
            yield Change(row.sub_aspect, "answer")
        if row.returned and (was is None or not was.returned or row.answer != was_answer):
            yield Change(row.sub_aspect, "question-returned")
        elif row.state != was_state and "closed" in (row.state, was_state):
            yield Change(row.sub_aspect, f"question-{row.state}")
    for thread, row in old.items():
        if thread not in new:
            yield Change(row.sub_aspect, "question-gone")


def _files(before: Case, after: Case) -> Iterator[Change]:
    old, new = (
        {row.file: row for row in process.evidence(case.standing).itertuples()}
        for case in (before, after)
    )
    for key, row in new.items():
        was = old.get(key)
        if was is None:
            yield Change(row.sub_aspect, "file-new", {"name": row.name})
        elif row.sha256 != was.sha256:
            yield Change(row.sub_aspect, "file", {"name": row.name})
        if row.state != (was.state if was and row.sha256 == was.sha256 else process.UNCHECKED):
            words = {"state": f"evidence.states.{row.state}"}
            yield Change(row.sub_aspect, "file-state", {"name": row.name}, words)
    for key, row in old.items():
        if key not in new:
            yield Change(row.sub_aspect, "file-gone", {"name": row.name})


def _told(before: Case, after: Case) -> Iterator[Change]:
    for kind in (*_TOLD, *_SAID):
        old, new = _texts(before, kind), _texts(after, kind)
        for code in sorted(old.keys() | new.keys()):
            if old.get(code) != new.get(code):
                yield Change(code, "told", words={"kind": f"kinds.{kind}"})


def _texts(case: Case, kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for body in case.standing[case.standing["kind"] == kind]["body"]:
        if body["text"].strip():
            # Who is to do it until when is part of what was agreed; of no sub-aspect is of all.
            said = " ".join(str(body.get(part, "")) for part in ("text", "side", "due"))
            found.setdefault(body["sub_aspect"] or "", []).append(said)
    return {code: sorted(texts) for code, texts in found.items()}


def _sitting(before: Case, after: Case) -> Iterator[Change]:
    """Say whether the record of the sitting changed: when it was, who was there, who accepts it."""
    for kind, of in (
        (process.SITTING, process.sittings),
        (process.ATTENDANCE, process.attendance),
        (process.ACCEPTANCE, process.acceptances),
    ):
        if not of(before.standing).equals(of(after.standing)):
            yield Change("", "told", words={"kind": f"kinds.{kind}"})


def _objections(before: Case, after: Case) -> Iterator[Change]:
    old, new = (
        {row.thread: row for row in process.objections(case.standing).itertuples()}
        for case in (before, after)
    )
    for thread, row in new.items():
        was = old.get(thread)
        where = row.sub_aspect or ""
        if was is None:
            yield Change(where, "objection-new")
        elif row.text != was.text:
            yield Change(where, "objection")
        if row.answered and (was is None or row.answer != was.answer):
            yield Change(where, "objection-answer")
    for thread, row in old.items():
        if thread not in new:
            yield Change(row.sub_aspect or "", "objection-gone")
