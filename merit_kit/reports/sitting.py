"""The record of a sitting (berita acara): who met, what was said and agreed, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from merit_kit import process
from merit_kit.assessment import Case
from merit_kit.errors import Problem
from merit_kit.reports import _dialogue
from merit_kit.reports._figures import OWN, VERIFIED, figures_of, whole
from merit_kit.reports._issue import DRAFT, Issue
from merit_kit.reports._letter import Letter, Signatory, read_letter
from merit_kit.reports._page import Fragment
from merit_kit.reports._report import Report, open_case, open_issue
from merit_kit.reports._spelled import day_spelled

_SIGNING = (process.EVALUATOR, process.AGENCY)
_NOBODY = {
    process.EVALUATOR: "issue-nobody-evaluator",
    process.AGENCY: "issue-nobody-agency",
}


def open_sitting(
    case: str = "",
    store: str = "",
    agency: str = "",
    round: str = "",
    lang: str = "id",
    letter: str = "",
    issue: str = "",
) -> SittingReport:
    """Open the record of an agency's sitting, from a case file or, by hand, from a store.

    Parameters
    ----------
    case : str
        Path of a case file. If given, `store`, `agency` and `round` are not looked at.
    store, agency, round : str
        The store's file or folder, the agency's code and the round's code.
    lang : str
        ``id`` or ``en``.
    letter : str
        Path of the settings of a letter (TOML), for letterhead and number.
    issue : str
        Path of what the batch says of status and version; without one it is a draft.

    Raises
    ------
    CaseError, StoreError, ReportError
        If there is no such case, store or assessment, or the settings have faults.
    """
    return SittingReport(
        open_case(case, store, agency, round),
        lang,
        open_issue(issue),
        read_letter(Path(letter)).of_record if letter else None,
    )


def unrecorded(case: Case) -> list[Problem]:
    """Return what keeps a record from being issued: nobody knows when it was, or who was there."""
    standing = case.standing
    held, present = process.sittings(standing), process.attendance(standing)
    problems = [] if len(held) else [Problem("", "issue-no-sitting")]
    if held["disputed"].any():
        problems.append(Problem("", "issue-sitting-disputed"))
    there = set(present["side"])
    return problems + [Problem("", key) for side, key in _NOBODY.items() if side not in there]


class SittingReport(Report):
    """The record of one agency's sitting in one language. Each method gives one part of the page.

    An assessment that was met more than once has one record, of all its sittings.
    """

    name: ClassVar[str] = "sitting"

    def __init__(
        self, case: Case, lang: str = "id", issue: Issue = DRAFT, letter: Letter | None = None
    ) -> None:
        super().__init__(case, lang, issue)
        self.letter = letter
        self.figures = figures_of(case)

    def head(self) -> Fragment:
        """Return the mark of a simulation."""
        return self._part(
            "head",
            facts=self.facts,
            simulation=self.simulation,
            invented=self.case.invented,
            instrument=self.instrument,
        )

    def opening(self) -> Fragment:
        """Return letterhead, title, number, and when and where the agency was met."""
        letter = self.letter
        number = self.issue.number
        if letter and not number:
            number = letter.number_of(self.case.agency, str(self.case.round["code"]), None)
        return self._part(
            "opening",
            letter=letter,
            number=number,
            agency=self.case.agency,
            round_name=self.round_name,
            instrument=self.instrument,
            sittings=[self._held(row) for row in self._sittings],
            disputed=any(row["disputed"] for row in self._sittings),
        )

    def attendance(self) -> Fragment:
        """Return who was present: name, NIP, office, and for whom."""
        return self._part("attendance", groups=self._attendance(), several=len(self._sittings) > 1)

    def dialogue(self) -> Fragment:
        """Return, by aspect, what was asked, answered, said and agreed; then what is of all."""
        groups, silent = [], []
        for aspect in self.instrument.aspects:
            rows = [row for sub in aspect.sub_aspects for row in self._said_of(sub.code)]
            codes = {row["sub"].code for row in rows}
            notes = [
                {"sub": sub, "text": self._notes[sub.code]}
                for sub in aspect.sub_aspects
                if sub.code in self._notes and sub.code not in codes
            ]
            if rows or notes:
                groups.append({"aspect": aspect, "rows": rows, "notes": notes})
            else:
                silent.append(aspect)
        return self._part(
            "dialogue", groups=groups, silent=silent, agreed=self._agreed.get((None, None), [])
        )

    def changed(self) -> Fragment:
        """Return where the verified level is another than the agency's own, and why."""
        sheet = self.figures.levels
        reasons = self._reasons()
        rows: list[dict[str, Any]] = []
        raised = lowered = same = 0
        for sub in self.instrument.sub_aspects:
            own, verified = (whole(sheet.loc[of, sub.code]) for of in (OWN, VERIFIED))
            if verified is None:
                continue
            if own is not None:
                raised, lowered = raised + (verified > own), lowered + (verified < own)
            same += verified == own
            if verified != own:
                reason = reasons.get(sub.code, "")
                rows.append({"sub": sub, "own": own, "verified": verified, "reason": reason})
        results = self.figures.results
        return self._part(
            "changed",
            rows=rows,
            same=same,
            raised=raised,
            lowered=lowered,
            own=results[OWN],
            verified=results[VERIFIED],
        )

    def pending(self) -> Fragment:
        """Return the questions that are not closed yet, each with its due date."""
        rows = [row for row in self._questions if row["state"] != _dialogue.CLOSED]
        return self._part("pending", rows=rows)

    def consent(self) -> Fragment:
        """Return whether the agency agrees with the record, and what it objects to."""
        recorded = self.case.standing.set_index("id")["recorded_at"]
        accepted = [
            {
                "by": self.case.person_line(row.author),
                "at": recorded[row.id],
                "text": row.text,
                "current": row.current,
            }
            for row in process.acceptances(self.case.standing).itertuples()
        ]
        return self._part(
            "consent",
            agency=self.case.agency,
            accepted=accepted,
            objections=_dialogue.objection_rows(self.figures),
        )

    def closing(self) -> Fragment:
        """Return places to sign for both sides, and what the record was made from."""
        present = process.attendance(self.case.standing)
        signing = present[present["signs"]].drop_duplicates(["side", "person"])
        sides = [
            {
                "side": side,
                "people": [self._person(key) for key in signing[signing["side"] == side]["person"]],
            }
            for side in _SIGNING
        ]
        return self._part(
            "closing",
            agency=self.case.agency,
            sides=sides,
            letter=self.letter,
            simulation=self.simulation,
            recorded=max(self.case.standing["recorded_at"]),
            digest=self.case.assessment_digest,
            instrument=self.instrument,
        )

    @cached_property
    def _sittings(self) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = process.sittings(self.case.standing).to_dict("records")
        return rows

    def _held(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "day": day_spelled(row["held_on"], self.words),
            "begins": (row["begins"] or "").replace(":", "."),
            "ends": (row["ends"] or "").replace(":", "."),
            "zone": row["zone"],
            "where": ", ".join(filter(None, (row["name"].strip(), row["place"].strip()))),
            "purpose": row["purpose"],
        }

    def _attendance(self) -> list[dict[str, Any]]:
        """Return who was present in each room; of somebody erased, that they were there."""
        present = process.attendance(self.case.standing)
        names = {row["room"]: row["name"] or row["room"] or "" for row in self._sittings}
        # In the order of the sittings; then of rooms of which nobody said when they were.
        rooms = dict.fromkeys([*names, *present["room"]])
        groups = []
        for room in rooms:
            there = present[[each == room for each in present["room"]]]
            people = [{**self._person(row.person), "side": row.side} for row in there.itertuples()]
            if people:
                groups.append({"room": names.get(room, room or ""), "people": people})
        return groups

    def _person(self, key: str) -> dict[str, str]:
        who = self.case.person(key)
        signatory = Signatory(who["name"], who["nip"], who["office"])
        return {**who, "nip": signatory.nip_in_groups}

    @cached_property
    def _questions(self) -> list[dict[str, Any]]:
        return _dialogue.clarification_rows(self.figures, self.day)

    @cached_property
    def _agreed(self) -> dict[tuple[str | None, str | None], list[dict[str, Any]]]:
        """What was agreed, by sub-aspect and thread."""
        found: dict[tuple[str | None, str | None], list[dict[str, Any]]] = {}
        for row in process.agreed(self.case.standing).to_dict("records"):
            found.setdefault((row["sub_aspect"], row["thread"]), []).append(row)
        return found

    @cached_property
    def _spoken(self) -> dict[tuple[str, str | None], list[str]]:
        found: dict[tuple[str, str | None], list[str]] = {}
        for row in process.discussions(self.case.standing).itertuples():
            found.setdefault((row.sub_aspect, row.thread), []).append(row.text)
        return found

    @cached_property
    def _notes(self) -> dict[str, str]:
        return _dialogue.note_texts(self.figures)

    def _said_of(self, code: str) -> list[dict[str, Any]]:
        """Return the questions of a sub-aspect, then what was said of it without one."""
        sub = self.instrument.by_code[code]
        asked = [row for row in self._questions if row["sub"].code == code]
        threads = [row["thread"] for row in asked]
        rows: list[dict[str, Any]] = [
            {
                "sub": sub,
                "question": row,
                "spoken": self._spoken.get((code, row["thread"]), []),
                "agreed": self._agreed.get((code, row["thread"]), []),
                "note": "",
            }
            for row in asked
        ]
        # Of a question that the agency does not see any more, what was said and agreed stays.
        spoken = [
            text
            for (about, thread), texts in self._spoken.items()
            if about == code and thread not in threads
            for text in texts
        ]
        agreed = [
            each
            for (about, thread), found in self._agreed.items()
            if about == code and thread not in threads
            for each in found
        ]
        if len(rows) == 1:
            # There is but one question it can belong to; a row of its own would repeat the heading.
            rows[0]["spoken"] = [*rows[0]["spoken"], *spoken]
            rows[0]["agreed"] = [*rows[0]["agreed"], *agreed]
        elif spoken or agreed:
            rows.append(
                {"sub": sub, "question": None, "spoken": spoken, "agreed": agreed, "note": ""}
            )
        if rows:
            rows[-1]["note"] = self._notes.get(code, "")
        return rows

    def _reasons(self) -> dict[str, str]:
        verified = process.levels(self.case.standing, VERIFIED)
        return {row.sub_aspect: str(row.reason) for row in verified.itertuples()}
