"""What was said to and fro: questions and answers, findings in the field, objections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from merit_kit import process
from merit_kit.instrument import SubAspect
from merit_kit.reports._figures import Figures

OPEN, RETURNED, ANSWERED, CLOSED = STATES = ("open", "returned", "answered", "closed")
"""The states of a question as a page tells them, in the order they are listed: an answer that was
looked at and does not suffice is ``returned``."""

WAITING = (OPEN, RETURNED)
"""Questions that wait for the agency; an answered one waits for the evaluator."""

TO_MEND = ("kurang", "kedaluwarsa", "tidak-dapat-dibuka")
"""The states of evidence that the agency has to send again."""

_PARTS = ("id", "thread", "text", "missing", "due", "answer", "closing")


def clarification_rows(figures: Figures, day: str = "") -> list[dict[str, Any]]:
    """Return the questions: those that wait for somebody first, each by sub-aspect.

    ``late``: it waits for the agency and was due before `day` (ISO; empty: nobody knows).
    """
    order = {code: place for place, code in enumerate(figures.instrument.codes)}
    rows = [
        {
            "sub": _sub(figures, row.sub_aspect),
            **{part: getattr(row, part) for part in _PARTS},
            "state": state_of(row),
            "late": is_late(row, day),
            "sent": tuple(row.files),
            "files": file_names(figures, row.files),
        }
        for row in figures.clarifications.itertuples()
    ]
    return sorted(rows, key=lambda row: (STATES.index(row["state"]), order[row["sub"].code]))


def state_of(question: Any) -> str:
    """Return how far a question is, a row of :func:`merit_kit.process.clarifications`."""
    return RETURNED if question.returned else str(question.state)


def is_late(question: Any, day: str) -> bool:
    """Say whether a question waits for the agency and was due before a day (ISO)."""
    return state_of(question) in WAITING and bool(day and question.due) and question.due < day


def file_names(figures: Figures, shas: Sequence[str]) -> list[str]:
    """Return what files are called in the evidence; one that is not there, by its digest."""
    names = dict(zip(figures.evidence["sha256"], figures.evidence["name"], strict=True))
    return [names.get(sha, f"{sha[:12]}…") for sha in dict.fromkeys(shas)]


def note_texts(figures: Figures) -> dict[str, str]:
    """Return what evaluators noted for the agency, by sub-aspect."""
    standing = figures.case.standing
    texts: dict[str, str] = {}
    for row in standing[standing["kind"] == process.NOTE].sort_values("id").itertuples():
        code, text = row.body["sub_aspect"], row.body["text"].strip()
        if text:
            texts[code] = "\n".join(filter(None, [texts.get(code), text]))
    return texts


def mismatch_rows(figures: Figures) -> list[dict[str, Any]]:
    """Return where practice showed less than paper, with what was seen and how it is explained."""
    seen = _findings(figures)
    return [
        {
            "sub": _sub(figures, row.sub_aspect),
            "verified": row.verified,
            "field": row.field,
            "findings": [each for each in seen[row.sub_aspect] if each["level"] < row.verified],
            "answered": row.answered,
            "answer": row.answer,
        }
        for row in figures.mismatches.itertuples()
    ]


def objection_rows(figures: Figures) -> list[dict[str, Any]]:
    """Return the objections of the agency; the sub-aspect is None for the result as a whole."""
    return [
        {
            "sub": _sub(figures, row.sub_aspect) if row.sub_aspect else None,
            **{part: getattr(row, part) for part in ("text", "answered", "accepted", "answer")},
        }
        for row in figures.objections.itertuples()
    ]


def _findings(figures: Figures) -> Mapping[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for body in _bodies(figures):
        parts = ("level", "source", "seen_on", "reason")
        found.setdefault(body["sub_aspect"], []).append({part: body[part] for part in parts})
    for findings in found.values():
        findings.sort(key=lambda finding: (finding["seen_on"], finding["level"]))
    return found


def _bodies(figures: Figures) -> Iterator[Mapping[str, Any]]:
    standing = figures.case.standing
    of_level = standing[(standing["kind"] == process.LEVEL) & ~standing["conflict"]]
    for body in of_level["body"]:
        if body["of"] == process.FIELD and body["level"] is not None:
            yield body


def _sub(figures: Figures, code: str) -> SubAspect:
    return figures.instrument.by_code[code]
