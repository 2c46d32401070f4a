"""What is open, what is answered, and what keeps an assessment from being determined.

Every function takes the standing entries of one assessment (see `standing`). An answer counts for
what it names in its base: when a question, an objection or a level changes, it is open again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from merit_kit.errors import Problem
from merit_kit.instrument import Instrument
from merit_kit.process._kinds import (
    ANSWER,
    AWAL,
    CLOSING,
    EVIDENCE,
    EVIDENCE_STATE,
    EVIDENCE_STATES,
    FIELD,
    FINAL,
    FOLLOW_UP,
    LEVEL,
    MISMATCH_ANSWER,
    OBJECTION,
    OBJECTION_ANSWER,
    QUESTION,
    RECOMMENDATION,
    VERIFIED,
)
from merit_kit.process._standing import effective, levels

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
UNCHECKED = EVIDENCE_STATES[-1]
FITTING = EVIDENCE_STATES[0]
INTERNAL = "internal"


def clarifications(counting: pd.DataFrame) -> pd.DataFrame:
    """Return the questions put to the agency, or drafted for it, and how far each is.

    Returns
    -------
    DataFrame
        A row per question, by sub-aspect and thread. Columns ``id`` (of the entry), ``thread,
        sub_aspect, text, missing, due`` (ISO date or None), ``state`` (open, answered, closed),
        ``answer``, ``files`` (SHA-256 of what was sent with the answer), ``closing``, ``returned``
        (bool: the question is open because its answer was found not to suffice), ``author``,
        ``draft`` (bool: the agency does not see the question yet).
    """
    answers, closings = _by_thread(counting, ANSWER), _by_thread(counting, CLOSING)
    rows = []
    for question in _of_kind(counting, QUESTION):
        body = question.body
        answer = _naming(answers.get(body["thread"], []), {question.id})
        named = {question.id, *(each.id for each in answer)}
        closing = _naming(closings.get(body["thread"], []), named)
        closed = bool(closing) and all(each.body["closed"] for each in closing)
        # Where some close it and others send it back, it waits for them and not for the agency.
        returned = bool(answer and closing) and not any(each.body["closed"] for each in closing)
        rows.append(
            {
                "id": question.id,
                **{part: body[part] for part in ("thread", "sub_aspect", "text", "missing", "due")},
                "state": CLOSED if closed else ANSWERED if answer and not returned else OPEN,
                "answer": "\n".join(each.body["text"] for each in answer),
                "files": [sha for each in answer for sha in each.body["files"]],
                "closing": "\n".join(each.body["text"] for each in closing),
                "returned": returned,
                "author": question.author,
                "draft": question.visible_to == INTERNAL,
            }
        )
    columns = [
        *("id", "thread", "sub_aspect", "text", "missing", "due", "state", "answer", "files"),
        *("closing", "returned", "author", "draft"),
    ]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)  # a text column would make None NaN
    frame = frame.astype({"returned": bool, "draft": bool})  # of objects, ~ would give numbers
    return frame.sort_values(["sub_aspect", "thread"], ignore_index=True)


def mismatches(counting: pd.DataFrame) -> pd.DataFrame:
    """Return where practice showed less than paper: a field level below the verified one.

    Returns
    -------
    DataFrame
        A row per sub-aspect. Columns ``sub_aspect, verified, field`` (the lowest), ``reason``
        (of that finding), ``answered``, ``answer``.
    """
    verified = {row.sub_aspect: row for row in effective(counting).itertuples()}
    below: dict[str, list[Any]] = {}
    for finding in levels(counting, FIELD).itertuples():
        paper = verified.get(finding.sub_aspect)
        if paper is not None and finding.level is not None and finding.level < paper.level:
            below.setdefault(finding.sub_aspect, []).append(finding)
    answers: dict[str, list[Any]] = {}
    for answer in _of_kind(counting, MISMATCH_ANSWER):
        answers.setdefault(answer.body["sub_aspect"], []).append(answer)
    rows = []
    for code, findings in below.items():
        lowest = min(findings, key=lambda finding: (finding.level, finding.id))
        named = {verified[code].id, *(finding.id for finding in findings)}
        answer = _naming(answers.get(code, []), named)
        rows.append(
            {
                "sub_aspect": code,
                "verified": int(verified[code].level),
                "field": int(lowest.level),
                "reason": lowest.reason,
                "answered": bool(answer),
                "answer": "\n".join(each.body["text"] for each in answer),
            }
        )
    columns = ["sub_aspect", "verified", "field", "reason", "answered", "answer"]
    return pd.DataFrame(rows, columns=columns).sort_values("sub_aspect", ignore_index=True)


def objections(counting: pd.DataFrame) -> pd.DataFrame:
    """Return what the agency objects to, without what it withdrew.

    Returns
    -------
    DataFrame
        Columns ``thread, sub_aspect`` (None: the result as a whole), ``text, answered, accepted``
        (None until answered), ``answer``.
    """
    answers = _by_thread(counting, OBJECTION_ANSWER)
    rows = []
    for objection in _of_kind(counting, OBJECTION):
        if objection.body["withdrawn"]:
            continue
        answer = _naming(answers.get(objection.body["thread"], []), {objection.id})
        rows.append(
            {
                **{part: objection.body[part] for part in ("thread", "sub_aspect", "text")},
                "answered": bool(answer),
                "accepted": all(each.body["accepted"] for each in answer) if answer else None,
                "answer": "\n".join(each.body["text"] for each in answer),
            }
        )
    columns = ["thread", "sub_aspect", "text", "answered", "accepted", "answer"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)  # a text column would make None NaN
    return frame.sort_values("thread", ignore_index=True)


def evidence(counting: pd.DataFrame) -> pd.DataFrame:
    """Return the files that stand, without what was withdrawn, and what was found of each.

    A judgement is of the bytes it names: a new revision is unchecked again.

    Returns
    -------
    DataFrame
        Columns ``file, sub_aspect, name, sha256, size, state, text`` (of the judgement).
    """
    judged = {
        (row.body["file"], row.body["sha256"]): row.body
        for row in _of_kind(counting, EVIDENCE_STATE)
        if not row.conflict
    }
    rows = []
    for row in _of_kind(counting, EVIDENCE):
        body = row.body
        if body["withdrawn"]:
            continue
        found = judged.get((body["file"], body["sha256"]), {})
        rows.append(
            {
                **{p: body[p] for p in ("file", "sub_aspect", "name", "sha256", "size")},
                "state": found.get("state", UNCHECKED),
                "text": found.get("text", ""),
            }
        )
    columns = ["file", "sub_aspect", "name", "sha256", "size", "state", "text"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["sub_aspect", "name", "file"], ignore_index=True)


def recommendations(counting: pd.DataFrame, instrument: Instrument) -> list[dict[str, Any]]:
    """Put together what each sub-aspect below the top level needs. Nothing here is invented.

    Returns
    -------
    list of dict
        In the instrument's order: ``sub_aspect``, ``level`` (determined, else verified),
        ``next``, ``criterion`` (Text of the next level), ``evidence`` (Texts the instrument
        expects, while no file was found fitting), ``missing`` (what open questions say is missing;
        drafts apart, which the agency may not see), ``text`` (the evaluator's own words).
    """
    determined = levels(counting, FINAL)
    in_force = effective(counting) if determined.empty else determined
    reached = {row.sub_aspect: row.level for row in in_force.itertuples()}
    files = evidence(counting)
    fitting = set(files[files["state"] == FITTING]["sub_aspect"])
    asked = clarifications(counting)
    asked = asked[(asked["state"] != CLOSED) & (asked["missing"] != "") & ~asked["draft"]]
    missing: dict[str, list[str]] = {}
    for code, said in zip(asked["sub_aspect"], asked["missing"], strict=True):
        missing.setdefault(code, []).append(said)
    words = {
        row.body["sub_aspect"]: row.body["text"]
        for row in _of_kind(counting, RECOMMENDATION)
        if not row.conflict
    }
    higher = dict(zip(instrument.steps, instrument.steps[1:], strict=False))
    rows = []
    for sub in instrument.sub_aspects:
        level = reached.get(sub.code)
        if level is None or int(level) not in higher:
            continue
        following = higher[int(level)]
        rows.append(
            {
                "sub_aspect": sub.code,
                "level": int(level),
                "next": following,
                "criterion": sub.levels[following],
                "evidence": () if sub.code in fitting else sub.evidence,
                "missing": missing.get(sub.code, []),
                "text": words.get(sub.code, ""),
            }
        )
    return rows


def follow_ups(
    counting: pd.DataFrame, last: Sequence[Mapping[str, Any]], round_: str
) -> pd.DataFrame:
    """Return what became of the recommendations of an earlier round.

    Parameters
    ----------
    counting : DataFrame
        From `standing`, of this assessment.
    last : sequence of mapping
        What :func:`recommendations` returned for the earlier one.
    round_ : str
        The code of that round. What was found of another round's recommendations plays no part.

    Returns
    -------
    DataFrame
        A row for each of `last`, in its order. Columns ``sub_aspect, asked`` (the evaluator's own
        words then, "" if there were none), ``level`` (in force then), ``next``, ``state``
        (selesai, sebagian, belum; None if nobody looked yet, or a conflict about it is open),
        ``text`` (what was found, "" with no state).
    """
    found = {
        row.body["sub_aspect"]: row.body
        for row in _of_kind(counting, FOLLOW_UP)
        if row.body["round"] == round_ and not row.conflict
    }
    rows = []
    for then in last:
        now = found.get(then["sub_aspect"], {})
        rows.append(
            {
                "sub_aspect": then["sub_aspect"],
                "asked": then["text"],
                "level": then["level"],
                "next": then["next"],
                "state": now.get("state"),
                "text": now.get("text", ""),
            }
        )
    columns = ["sub_aspect", "asked", "level", "next", "state", "text"]
    return pd.DataFrame(rows, columns=columns, dtype=object)  # a text column would make None NaN


def unanswered(counting: pd.DataFrame, codes: Sequence[str]) -> tuple[Problem, ...]:
    """Say what keeps an assessment from being determined; empty if nothing does."""
    return tuple(_unanswered(counting, codes))


def _unanswered(counting: pd.DataFrame, codes: Sequence[str]) -> Iterator[Problem]:
    # What the agency was never shown is a draft, and no result rests on it.
    shown = counting[counting["visible_to"] != "internal"]
    assessed = set(effective(shown)["sub_aspect"])
    # What the agency says of itself, and an awal level that akhir has overruled, decide nothing
    # any more; and in this stage nobody could settle them.
    disputed = {
        row.body["sub_aspect"]
        for row in counting[counting["conflict"]].itertuples()
        if row.kind == LEVEL
        and (row.body["of"] == FIELD or row.body["of"] == VERIFIED)
        and not (row.body["pass"] == AWAL and row.body["sub_aspect"] in assessed)
    }
    for code in codes:
        if code in disputed:
            yield Problem(code, "level-disputed")
        elif code not in assessed:
            yield Problem(code, "level-missing")
    for row in mismatches(counting).itertuples():
        if not row.answered:
            yield Problem(row.sub_aspect, "mismatch-unanswered", row.field, row.verified)
    for row in objections(counting).itertuples():
        if not row.answered:
            yield Problem(row.sub_aspect or "", "objection-unanswered", row.text[:60])


def _of_kind(counting: pd.DataFrame, kind: str) -> list[Any]:
    # By id, so that the order of arrival shows nowhere.
    return sorted(counting[counting["kind"] == kind].itertuples(), key=lambda row: row.id)


def _by_thread(counting: pd.DataFrame, kind: str) -> dict[str, list[Any]]:
    threads: dict[str, list[Any]] = {}
    for row in _of_kind(counting, kind):
        threads.setdefault(row.body["thread"], []).append(row)
    return threads


def _naming(answers: Sequence[Any], named: set[str]) -> list[Any]:
    """Return the answers that name all of `named` in their base."""
    return [answer for answer in answers if named <= set(answer.base)]
