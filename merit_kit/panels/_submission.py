"""The agency's last look at its own sheet, and the handing in.

Asked with ``{do: "check", assessment, page, room, submit, text}``; answered with ``{is: "check",
check}``: what is still lacking, and what was handed in. Its side is ``static/sheet/check.js``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from merit_kit import assessment, process
from merit_kit.assessment import Hearing
from merit_kit.errors import RuleError
from merit_kit.panels._desk import Desk


class SubmissionDesk(Desk):
    """Says what an agency's sheet lacks, and hands it in, for one person."""

    def answer(self, hearing: Hearing, message: Mapping[str, Any]) -> dict[str, Any]:
        """Hand in if that is asked, and return what is lacking.

        Raises
        ------
        RuleError
            If this person may not hand in, or a level is missing or disputed.
        """
        hearing.refresh()
        if message.get("submit"):
            self._submit(hearing, str(message.get("text") or "").strip(), message.get("room"))
            hearing.refresh()
        return {"is": "check", "check": self._check(hearing, message.get("room"))}

    def _check(self, hearing: Hearing, room: str | None) -> dict[str, Any]:
        counting = hearing.counting()
        lacks = process.lacking(counting, hearing.instrument.codes, hearing.instrument.steps)
        body = assessment.submission_body(counting)
        submissions = process.submissions(counting).to_dict("records")
        last = max(submissions, key=lambda each: each["stated_at"], default=None)
        return {
            **lacks,
            "may": self._why_not(hearing, process.SUBMISSION, body, room),
            "submitted": None
            if last is None
            else {
                "by": self._name_of(last["author"]),
                "at": last["stated_at"],
                "text": last["text"],
                "current": bool(last["current"]),
            },
        }

    def _submit(self, hearing: Hearing, text: str, room: str | None) -> None:
        counting = hearing.counting()
        lacks = process.lacking(counting, hearing.instrument.codes, hearing.instrument.steps)
        if lacks["unassessed"] or lacks["disputed"]:
            count = len(lacks["unassessed"]) + len(lacks["disputed"])
            raise RuleError("submission-incomplete", count=count)
        body = assessment.submission_body(counting, text)
        self._state(hearing, process.SUBMISSION, body, room)
