"""Answers of an agency to the questions put to it, as its workbook of open items brings them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from merit_kit import process
from merit_kit.assessment._door import now, record
from merit_kit.assessment._evidence import held, named_files, take_files
from merit_kit.assessment._hearing import counting_of
from merit_kit.assessment._imported import Imported
from merit_kit.assessment._people import speaker_for
from merit_kit.errors import Problem, RuleError
from merit_kit.store import Statement, Store
from merit_kit.workbook import OpenAnswers


def take_answers(store: Store, about: str, answers: OpenAnswers, home: Path, by: str) -> Imported:
    """State the answers of a workbook, with the files they name as evidence, all or none.

    An answer that stands already is not stated again; a new one replaces the agency's earlier one.

    Parameters
    ----------
    home : Path
        Where the files lie; see :func:`named_files`. One that is stored already need not.

    Raises
    ------
    RuleError
        If a question is closed or was put in other words since the workbook was written, a file is
        not there or was withdrawn; each by its cell, and all of it at once. If a file cannot be
        kept, or `by` may not answer.
    """
    agency = str(store.assessments([about])["agency"].iloc[0])
    author = speaker_for(store, agency, by)
    counting = counting_of(store, [about])
    questions_put = process.clarifications(counting).to_dict("records")
    asked = {row["thread"]: row for row in questions_put if not row["draft"]}
    worded = {row["id"] for row in questions_put if not row["draft"]}
    names: dict[str, list[str]] = {}
    for answer in answers.answers:
        names.setdefault(answer.sub_aspect, []).extend(answer.files)
    here, missing = named_files(names, home)
    stored = held(store, about)
    problems = [
        Problem(answer.where, "question-closed", answer.sub_aspect)
        for answer in answers.answers
        if asked.get(answer.thread, {}).get("state") not in ("open", "answered")
    ]
    problems += [
        Problem(answer.where, "question-changed", answer.sub_aspect)
        for answer in answers.answers
        if asked.get(answer.thread, {}).get("state") in ("open", "answered")
        and answer.entry not in worded
    ]
    # Unlike in a form, a file is what the answer rests on.
    problems += [
        Problem(answer.files_where, "file-not-there", name, str(home))
        for answer in answers.answers
        for name in answer.files
        if (answer.sub_aspect, name) in missing and (answer.sub_aspect, name) not in stored
    ]
    _refuse(problems)
    standing: dict[str, dict[str, Any]] = {}
    questions: dict[str, list[str]] = {}
    for row in counting.itertuples():
        if row.kind == process.ANSWER:
            standing.setdefault(row.body["thread"], {})[row.id] = row.body
        elif row.kind == process.QUESTION and row.visible_to != "internal":
            questions.setdefault(row.body["thread"], []).append(row.id)
    with store.together(about):
        taken, kept = take_files(store, about, here, by, home)
        kept = stored | kept
        statements, unchanged = [], 0
        for answer in answers.answers:
            files = sorted({kept[answer.sub_aspect, name] for name in answer.files})
            body = {"thread": answer.thread, "text": answer.answer, "files": files}
            before = standing.get(answer.thread, {})
            # The same words to a question that was put anew are an answer to that one; those that
            # were found not to suffice are no new answer.
            answered = bool(asked[answer.thread]["answer"])
            if answered and any(_same(body, stated) for stated in before.values()):
                unchanged += 1
                continue
            problems += [
                Problem(answer.files_where, "file-withdrawn", name)
                for name in answer.files
                if (answer.sub_aspect, name) in taken.withdrawn
            ]
            base = (*questions[answer.thread], *before)
            statements.append(Statement(about, process.ANSWER, author, now(), body, base))
        _refuse(problems)
        record(store, statements, by)
    files_taken = taken.added + taken.revised
    return Imported(agency, len(statements), unchanged, files=files_taken, outside=answers.outside)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise RuleError("answers-refused", problems, count=len(problems))


def _same(body: dict[str, Any], stated: dict[str, Any]) -> bool:
    return {**stated, "files": sorted(stated["files"])} == body
