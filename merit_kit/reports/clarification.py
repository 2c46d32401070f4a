"""The clarification report: what an agency still has to answer, prove or send again, until when."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from merit_kit.assessment import Case
from merit_kit.i18n import Words
from merit_kit.instrument import SubAspect
from merit_kit.reports._dialogue import CLOSED, OPEN, RETURNED, STATES, file_names, state_of
from merit_kit.reports._figures import OWN, VERIFIED, Figures
from merit_kit.reports._issue import DRAFT, TERBIT, Issue
from merit_kit.reports._letter import Letter, read_letter
from merit_kit.reports._page import Fragment
from merit_kit.reports._report import Report, open_case, round_in_words
from merit_kit.workbook import FormAgency, FormRound, OpenItem, OpenItems

WAITING = (OPEN, RETURNED)
"""Questions that wait for the agency; an answered one waits for the evaluator."""

_TO_MEND = ("kurang", "kedaluwarsa", "tidak-dapat-dibuka")
_OWN = Words("id")
_PARTS = ("thread", "text", "missing", "due", "answer", "closing")


def open_clarification(
    case: str = "",
    store: str = "",
    agency: str = "",
    round: str = "",
    lang: str = "id",
    letter: str = "",
    issue: str = "",
) -> ClarificationReport:
    """Open the clarification report of one agency, from a case file or, by hand, from a store.

    Parameters
    ----------
    case : str
        Path of a case file. If given, `store`, `agency` and `round` are not looked at.
    store, agency, round : str
        The store's file or folder, the agency's code and the round's code.
    lang : str
        ``id`` or ``en``.
    letter : str
        Path of the settings of a letter (TOML); without one the report is no letter.
    issue : str
        Path of what the batch says of status and version; without one it is a draft.

    Raises
    ------
    CaseError, StoreError, ReportError
        If there is no such case, store or assessment, or the settings have faults.
    """
    return ClarificationReport(
        open_case(case, store, agency, round),
        lang,
        Issue.from_file(Path(issue)) if issue else DRAFT,
        read_letter(Path(letter)) if letter else None,
    )


class ClarificationReport(Report):
    """One agency's clarification report in one language. Each method gives one part of the page."""

    name = "clarification"

    def __init__(
        self, case: Case, lang: str = "id", issue: Issue = DRAFT, letter: Letter | None = None
    ) -> None:
        super().__init__(case, lang, issue)
        self.letter = letter
        self.figures = Figures(case)

    def head(self) -> Fragment:
        """Return the mark of a simulation, and where the report is in its life."""
        return self._part(
            "head",
            facts=self.facts,
            simulation=self.simulation,
            invented=self.case.invented,
            instrument=self.instrument,
        )

    def opening(self) -> Fragment:
        """Return letterhead, number, addressee and opening words; nothing if it is no letter."""
        letter = self.letter
        if letter is None:
            return Fragment("", self.words("report.parts.opening"))
        return self._part(
            "opening",
            letter=letter,
            number=self._number,
            day=self._day,
            subject=self._said(letter.subject) or self.words("report.letter.subject"),
            addressee=letter.addressee(self.case.agency, self.words),
            said=self._said(letter.opening),
            agency=self.case.agency,
            round_name=self.round_name,
            count=self.counts,
            mend=len(self._to_mend),
            due=self.dues[0],
            all_due=self.dues[1],
        )

    def summary(self) -> Fragment:
        """Return whose report it is, how much is open, until when, and what to do."""
        results = self.figures.results
        return self._part(
            "summary",
            agency=self.case.agency,
            round_name=self.round_name,
            instrument=self.instrument,
            count=self.counts,
            asked=sum(self.counts.values()),
            waiting=self._waiting,
            mend=len(self._to_mend),
            due=self.dues[0],
            all_due=self.dues[1],
            own=results[OWN],
            verified=results[VERIFIED],
            table=self.issue.table,
            letter=self.letter,
        )

    def items(self) -> Fragment:
        """Return what the agency has to do, by sub-aspect: questions, and files to be mended."""
        groups = []
        for aspect in self.instrument.aspects:
            subs = [self._item(sub) for sub in aspect.sub_aspects]
            subs = [item for item in subs if item["questions"] or item["files"]]
            if subs:
                groups.append({"aspect": aspect, "items": subs})
        return self._part("items", groups=groups, closed=self.counts[CLOSED])

    def closing(self) -> Fragment:
        """Return closing words, signatories and copies, and what the report was made from."""
        letter = self.letter
        return self._part(
            "closing",
            letter=letter,
            said=self._said(letter.closing) if letter else "",
            simulation=self.simulation,
            recorded=max(self.case.standing["recorded_at"]),
            digest=self.case.assessment_digest,
            instrument=self.instrument,
        )

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many questions are in each state."""
        states = [row["state"] for row in self._questions]
        return {state: states.count(state) for state in STATES}

    @cached_property
    def dues(self) -> tuple[str | None, bool]:
        """The first day (ISO) something is due from the agency, and whether all of it is then."""
        days = {row["due"] for row in self._questions if row["state"] in WAITING}
        return min((day for day in days if day), default=None), len(days) == 1

    @property
    def open_items(self) -> OpenItems | None:
        """What goes into the workbook beside the page; None if nothing waits for the agency."""
        if not self._waiting:
            return None
        agency, round_ = self.case.agency, self.case.round
        return OpenItems(
            self.instrument,
            FormAgency(agency["code"], agency["name"], agency["kind"]),
            FormRound(round_["code"], round_["year"], round_["number"]),
            store=str(self.case.data["assessment"].get("store", "")),
            assessment=self.case.assessment,
            lang=self.lang,
            simulation=self.simulation,
            items=tuple(
                OpenItem(
                    row["thread"], row["sub"].code, row["text"], self._lacking(row), row["due"]
                )
                for row in self._questions
                if row["state"] in WAITING
            ),
        )

    @property
    def _waiting(self) -> int:
        return sum(self.counts[state] for state in WAITING)

    @cached_property
    def _questions(self) -> list[dict[str, Any]]:
        """The questions in the instrument's order; of one sub-aspect those without answer first."""
        by_code = self.instrument.by_code
        rows = [
            {
                "sub": by_code[row.sub_aspect],
                **{part: getattr(row, part) for part in _PARTS},
                "state": state_of(row),
                "files": file_names(self.figures, row.files),
            }
            for row in self.figures.clarifications.itertuples()
        ]
        order = {code: place for place, code in enumerate(self.instrument.codes)}
        return sorted(rows, key=lambda row: (order[row["sub"].code], STATES.index(row["state"])))

    @cached_property
    def _to_mend(self) -> pd.DataFrame:
        files = self.figures.evidence
        return files[files["state"].isin(_TO_MEND)]

    def _item(self, sub: SubAspect) -> dict[str, Any]:
        levels = {of: _whole(self.figures.levels.loc[of, sub.code]) for of in (OWN, VERIFIED)}
        files = self._to_mend[self._to_mend["sub_aspect"] == sub.code]
        own = [row for row in self._questions if row["sub"].code == sub.code]
        questions = [row for row in own if row["state"] != CLOSED]
        return {
            "sub": sub,
            "levels": levels,
            "aims": [(aim, sub.levels[aim]) for aim in self._aims(levels[OWN], levels[VERIFIED])],
            "questions": questions,
            "files": files.to_dict("records"),
            # Whoever only waits for the evaluator needs no criteria.
            "waits": any(row["state"] in WAITING for row in questions) or not files.empty,
        }

    def _aims(self, own: int | None, verified: int | None) -> list[int]:
        """Return the levels whose texts say what would count: the next one, and the one claimed.

        None from the lower half of the scale, whose texts describe what is lacking.
        """
        scale = self.instrument.scale
        least = scale[len(scale) // 2]
        if verified is None:
            return [max(own or least, least)]
        following = next((level for level in scale if level > verified), scale[-1])
        return sorted({max(following, least), max(own or least, following, least)})

    def _lacking(self, row: dict[str, Any]) -> str:
        """Return what is missing, with the evaluator's reply to an answer that does not suffice."""
        reply = row["closing"] if row["state"] == RETURNED else ""
        return "\n".join(filter(None, [row["missing"], reply]))

    def _said(self, text: str) -> str:
        if not text:
            return ""
        # What stands in the settings is in Indonesian, so the round in it is too.
        return text.format(agency=self.case.agency["name"], round=round_in_words(self.case, _OWN))

    @property
    def _number(self) -> str:
        if self.issue.number or self.letter is None:
            return self.issue.number
        return self.letter.number_of(self.case.agency, str(self.case.round["code"]), None)

    @property
    def _day(self) -> str:
        """The letter's date: the one of its settings, else that of issue; open in a draft."""
        day: date | None = self.letter.day if self.letter else None
        if day is None and self.issue.status == TERBIT:
            day = datetime.fromisoformat(self.issue.at).date()
        return self.words("report.letter.no_day") if day is None else self.words.date(day)


def _whole(level: float) -> int | None:
    return None if pd.isna(level) else int(level)
