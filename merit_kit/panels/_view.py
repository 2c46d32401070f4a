"""What the panel shows of an assessment, as plain data. See the protocol in `_sheet`.

Pure but for what it is handed: a hearing with its books. Every text crosses as plain text, every
number as text in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment import Hearing, agreed_body, discussion_body, level_body, now
from merit_kit.i18n import Words
from merit_kit.panels._figures import figures_of
from merit_kit.panels._refusals import said_to_them
from merit_kit.panels._uploads import may_give
from merit_kit.process import Stated
from merit_kit.store import Statement, new_id

Names = Callable[[str], str]
"""From a person id to the name to be shown."""

PRACTICE = "practice"
"""The side of whoever practises in a sandbox, evaluator or not: levels for themselves alone."""

_BEFORE_THE_CORRECTION = process.STAGES[:2]


def pass_of(hearing: Hearing, side: str) -> str:
    """Return which levels are stated now: the agency's, a pass's, or those for practice."""
    if side in (process.AGENCY, PRACTICE):
        return process.SELF if side == process.AGENCY else process.SECOND
    return process.AWAL if hearing.stage in _BEFORE_THE_CORRECTION else process.AKHIR


def view_of(
    hearing: Hearing, person: str, side: str, room: str | None, words: Words, names: Names
) -> dict[str, Any]:
    """Return everything about an assessment that may change while somebody looks at it.

    `side`: whose sheet it is, the evaluators', the agency's, or of who practises. `room`: the code
    of the one the person is in, or None.
    """
    counting = hearing.books.frame()
    stage = hearing.stage
    practising = person if side == PRACTICE else None
    items = _items(hearing, counting, names, practising)
    return {
        "assessment": hearing.assessment,
        "position": hearing.position,
        "stage": stage,
        "stage_name": words(f"stage.{stage}"),
        "pass": pass_of(hearing, side),
        "room": room,
        "may": may(hearing, person, side, room, words),
        "items": items,
        "figures": figures_of(hearing, counting, items, side, words, practising),
        "now": now(),
    }


def may(hearing: Hearing, person: str, side: str, room: str | None, words: Words) -> dict[str, str]:
    """Say for each thing stated on this side why this person may not; empty where they may."""
    if side == PRACTICE:
        return _may_practise(hearing, person, words)
    samples = _of_agency(hearing) if side == process.AGENCY else _of_evaluators(hearing)
    said: dict[str, str] = {}
    for what, (kind, body) in samples.items():
        statement = Statement(hearing.assessment, kind, person, now(), body, room=room)
        # The place is that of the sample, and nobody's.
        said[what] = said_to_them(hearing.would_be(statement, person), words)
    said["evidence"] = may_give(hearing, person, room, words)
    if side == process.AGENCY:
        if hearing.agency not in hearing.speaker(person).agencies:
            said["evidence"] = said["answer"]  # an evaluator gives files on the other sheet
        # What evaluators state is shown to the agency, and is not its to state.
        theirs = (*_of_evaluators(hearing), "evidence_state")
        return {**dict.fromkeys(theirs, words("sheet.evaluators_only")), **said}
    # Whether a file may be judged is asked as for a note: there may be no file to ask with.
    return {**said, "evidence_state": said["note"]}


def _may_practise(hearing: Hearing, person: str, words: Words) -> dict[str, str]:
    body = level_body(hearing.instrument.codes[0], process.SECOND, hearing.instrument.steps[-1])
    parts = (hearing.assessment, process.LEVEL, person, now(), body)
    why = said_to_them(hearing.would_be(Statement(*parts, visible_to="internal"), person), words)
    others = (*_of_evaluators(hearing), *_of_agency(hearing), "evidence", "evidence_state")
    return {**dict.fromkeys(others, words("sheet.practice_only")), "level": why}


def _of_evaluators(hearing: Hearing) -> dict[str, tuple[str, dict[str, Any]]]:
    code, step = hearing.instrument.codes[0], hearing.instrument.steps[-1]
    pass_ = pass_of(hearing, process.EVALUATOR)
    key, day = new_id(), "2000-01-01"
    return {
        "level": (process.LEVEL, level_body(code, process.VERIFIED, step, pass_=pass_)),
        "finding": (
            process.LEVEL,
            {
                **level_body(code, process.FIELD, step),
                **{"finding": key, "source": "kunjungan", "seen_on": day, "photos": []},
            },
        ),
        "note": (process.NOTE, {"sub_aspect": code, "text": ""}),
        "recommendation": (process.RECOMMENDATION, {"sub_aspect": code, "text": ""}),
        "question": (
            process.QUESTION,
            {"sub_aspect": code, "thread": key, "text": "?", "missing": "", "due": None},
        ),
        "closing": (process.CLOSING, {"thread": key, "closed": True, "text": ""}),
        "discussion": (process.DISCUSSION, discussion_body(code, "")),
        "agreed_action": (process.AGREED, agreed_body(code, "")),
        "mismatch_answer": (process.MISMATCH_ANSWER, {"sub_aspect": code, "text": "."}),
    }


def _of_agency(hearing: Hearing) -> dict[str, tuple[str, dict[str, Any]]]:
    code, step = hearing.instrument.codes[0], hearing.instrument.steps[-1]
    key = new_id()
    return {
        "level": (process.LEVEL, level_body(code, process.SELF, step)),
        "answer": (process.ANSWER, {"thread": key, "text": ".", "files": []}),
        "objection": (
            process.OBJECTION,
            {"thread": key, "sub_aspect": code, "text": ".", "withdrawn": False},
        ),
    }


def _items(
    hearing: Hearing, counting: pd.DataFrame, names: Names, practising: str | None
) -> dict[str, dict[str, Any]]:
    """Return the items; with the second levels of who is `practising`, and of nobody else."""
    books = hearing.books
    about = hearing.assessment
    effective = {row.sub_aspect: row for row in process.effective(counting).itertuples()}
    findings = _by_code(_findings(books.of_kind(process.LEVEL), names))
    # A frame is dear where it stays empty, and somebody waits for the panel.
    kinds = set(counting["kind"])
    below = process.mismatches(counting).itertuples() if findings else ()
    mismatches = {row.sub_aspect: row for row in below}
    stated = {each.id: each for each in books.of_kind(process.LEVEL)}
    judged_at = {code: stated[row.id].position for code, row in effective.items()}
    asked = _questions(hearing, counting, judged_at, names) if process.QUESTION in kinds else ()
    given = _evidence(hearing, counting, judged_at) if process.EVIDENCE in kinds else ()
    questions, evidence = _by_code(asked), _by_code(given)
    items: dict[str, dict[str, Any]] = {}
    for code in hearing.instrument.codes:
        levels = {
            process.SELF: books.on(about, process.LEVEL, code, process.SELF, "None"),
            **{
                pass_: books.on(about, process.LEVEL, code, process.VERIFIED, pass_)
                for pass_ in process.PASSES
            },
        }
        if practising:
            second = books.on(about, process.LEVEL, code, process.SECOND, "None", practising)
            levels[process.SECOND] = second
        items[code] = {
            **{name: _level(there.values(), names) for name, there in levels.items()},
            "disputed": {
                name: [_one(each, names) for each in _sorted(there.values())]
                if len(there) > 1
                else []
                for name, there in levels.items()
            },
            "notes": {
                side: _said(books.on(about, process.NOTE, code, side).values(), names)
                for side in ("agency", "internal")
            },
            "recommendation": _said(books.on(about, process.RECOMMENDATION, code).values(), names),
            # Of the sub-aspect as a whole; what was said to one question is in the record alone.
            "discussion": _said(books.on(about, process.DISCUSSION, code, "None").values(), names),
            "agreed": _said(books.on(about, process.AGREED, code, "None").values(), names),
            "questions": questions.get(code, []),
            "findings": findings.get(code, []),
            "mismatch": _mismatch(
                mismatches.get(code),
                [
                    *_ids_of(effective.get(code)),
                    *(key for each in findings.get(code, ()) for key in each["ids"]),
                ],
                books.on(about, process.MISMATCH_ANSWER, code),
            ),
            "evidence": evidence.get(code, []),
        }
    return items


def _level(there: Iterable[Stated], names: Names) -> dict[str, Any] | None:
    """Return the level that stands; None where none does, or two dispute it."""
    standing = list(there)
    return _one(standing[0], names) if len(standing) == 1 else None


def _one(said: Stated, names: Names) -> dict[str, Any]:
    return {
        "level": said.body["level"],
        "reason": said.body["reason"],
        "by": names(said.author),
        "at": said.stated_at,
        "draft": said.visible_to == "internal" and said.body.get("of") != process.SECOND,
        "ids": [said.id],
    }


def _said(there: Iterable[Stated], names: Names) -> dict[str, Any] | None:
    """Return a text; of two that dispute it both, one below the other."""
    standing = _sorted(there)
    if not standing:
        return None
    return {
        "text": "\n\n".join(each.body["text"] for each in standing if each.body["text"]),
        "by": ", ".join(dict.fromkeys(names(each.author) for each in standing)),
        "at": max(each.stated_at for each in standing),
        "ids": [each.id for each in standing],
    }


def _questions(
    hearing: Hearing, counting: pd.DataFrame, judged_at: Mapping[str, int], names: Names
) -> Iterable[tuple[str, dict[str, Any]]]:
    books, about = hearing.books, hearing.assessment
    rows = {row["thread"]: row for row in process.clarifications(counting).to_dict("records")}
    for thread, row in rows.items():
        asked = _sorted(books.on(about, process.QUESTION, thread).values())
        answers = _sorted(books.on(about, process.ANSWER, thread).values())
        closings = _sorted(books.on(about, process.CLOSING, thread).values())
        ids = [each.id for each in asked]
        naming = [each for each in answers if set(each.base) & set(ids)]
        yield (
            row["sub_aspect"],
            {
                **{part: row[part] for part in ("thread", "text", "missing", "due", "state")},
                **{part: row[part] for part in ("answer", "files", "closing")},
                "draft": bool(row["draft"]),
                "rejected": bool(row["returned"]),
                "answered_at": max((each.stated_at for each in naming), default=None),
                "ids": ids,
                "names": [*ids, *(each.id for each in naming)],
                "answer_ids": [each.id for each in answers],
                "closing_ids": [each.id for each in closings],
                # Answered after the level was: it may change it.
                "fresh": row["state"] == "answered"
                and row["sub_aspect"] in judged_at
                and max(each.position for each in answers) > judged_at[row["sub_aspect"]],
                "by": names(asked[-1].author),
                "at": asked[-1].stated_at,
            },
        )


def _findings(levels: Iterable[Stated], names: Names) -> Iterable[tuple[str, dict[str, Any]]]:
    for said in levels:
        if said.body["of"] == process.FIELD and said.body["level"] is not None:
            parts = ("finding", "source", "seen_on", "photos")
            more = {part: said.body[part] for part in parts}
            yield said.body["sub_aspect"], {**_one(said, names), **more}


def _evidence(
    hearing: Hearing, counting: pd.DataFrame, judged_at: Mapping[str, int]
) -> Iterable[tuple[str, dict[str, Any]]]:
    books, about = hearing.books, hearing.assessment
    for row in process.evidence(counting).to_dict("records"):
        there = _sorted(books.on(about, process.EVIDENCE, row["file"]).values())
        code = row["sub_aspect"]
        last = max(there, key=lambda each: each.position)
        yield (
            code,
            {
                **{part: row[part] for part in ("file", "name", "size", "sha256", "state", "text")},
                "given": [each.id for each in there],
                "ids": sorted(books.on(about, process.EVIDENCE_STATE, row["file"])),
                "at": last.stated_at,
                "side": last.body["side"],
                # Given after the level was: it may change it.
                "fresh": row["state"] == process.UNCHECKED
                and code in judged_at
                and last.position > judged_at[code],
            },
        )


def _mismatch(row: Any, named: list[str], answers: Mapping[str, Stated]) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        **{part: int(getattr(row, part)) for part in ("verified", "field")},
        **{part: getattr(row, part) for part in ("reason", "answer")},
        "answered": bool(row.answered),
        "names": sorted(set(named)),
        "ids": sorted(answers),
    }


def _ids_of(row: Any) -> list[str]:
    return [] if row is None else [row.id]


def _sorted(there: Iterable[Stated]) -> list[Stated]:
    return sorted(there, key=lambda each: (each.stated_at, each.id))


def _by_code(rows: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for code, row in rows:
        found.setdefault(code, []).append(row)
    return found
