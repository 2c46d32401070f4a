"""The agency's last look at its own sheet, and the handing in.

Asked with ``{do: "check", assessment, page, room, ask, submit, text, of}``; answered with ``{is:
"check", check, note}``: what is still lacking, and what was handed in. `of` is that of the check
that was shown: what it is of is handed in, and nothing that came after it; `note` says so. Its side
is ``static/sheet/check.js``.
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

    def _do(self, hearing: Hearing, message: Mapping[str, Any], ask: str) -> str:
        """Hand in.

        Raises
        ------
        RuleError
            If this person may not hand in, or a level is missing or disputed.
        """
        counting = hearing.counting()
        body = assessment.submission_body(counting, str(message.get("text") or "").strip())
        if message.get("of") != body["of"]:
            return self._words("sheet.changed_since")
        lacks = process.lacking(counting, hearing.instrument.codes, hearing.instrument.steps)
        if lacks["unassessed"] or lacks["disputed"]:
            count = len(lacks["unassessed"]) + len(lacks["disputed"])
            raise RuleError("submission-incomplete", count=count)
        said = self._said(hearing, process.SUBMISSION, body, message.get("room"), ask)
        self._state(hearing, said)
        return ""

    def _shown(self, hearing: Hearing, message: Mapping[str, Any]) -> dict[str, Any]:
        room = message.get("room")
        counting = hearing.counting()
        lacks = process.lacking(counting, hearing.instrument.codes, hearing.instrument.steps)
        body = assessment.submission_body(counting)
        submissions = process.submissions(counting).to_dict("records")
        last = max(submissions, key=lambda each: each["stated_at"], default=None)
        own = process.levels(counting, process.SELF).dropna(subset=["level"])
        given = [said.body for said in hearing.books.of_kind(process.EVIDENCE)]
        check = {
            **lacks,
            "of": body["of"],
            "may": self._why_not(hearing, process.SUBMISSION, body, room),
            "levels": {row.sub_aspect: int(row.level) for row in own.itertuples()},
            "files": sum(b["side"] == process.AGENCY and not b["withdrawn"] for b in given),
            "submitted": None
            if last is None
            else {
                "by": self._name_of(last["author"]),
                "at": last["stated_at"],
                "text": last["text"],
                "current": bool(last["current"]),
                "number": last["id"],
                # What it is of now, which is what was handed in where nothing has changed.
                "of": body["of"],
            },
        }
        return {"is": "check", "check": check}
