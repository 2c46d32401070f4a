"""The clarification report: what an agency still has to answer, prove or send again, until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from merit_kit.assessment import Case
from merit_kit.i18n import Words
from merit_kit.instrument import SubAspect
from merit_kit.reports._dialogue import (
    ANSWERED,
    CLOSED,
    RETURNED,
    STATES,
    TO_MEND,
    WAITING,
    clarification_rows,
    file_names,
)
from merit_kit.reports._figures import OWN, VERIFIED, figures_of, whole
from merit_kit.reports._issue import DRAFT, TERBIT, Issue
from merit_kit.reports._letter import Letter, read_letter
from merit_kit.reports._page import Fragment
from merit_kit.reports._report import Report, open_case, open_issue, round_in_words
from merit_kit.workbook import FaultyFile, FormAgency, FormRound, OpenItem, OpenItems

_OWN = Words("id")


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
        open_issue(issue),
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
        self.figures = figures_of(case)

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
            table=self.words("report.letter.table") if self.issue.table else "",
            subject=self._said(letter.subject) or self.words("report.letter.subject"),
            addressee=letter.addressee(self.case.agency, self.words),
            said=self._said(letter.opening),
            agency=self.case.agency,
            round_name=self.round_name,
            count=self.counts,
            mend=len(self._to_mend),
            due=self.dues[0],
            all_due=self.dues[1],
            past=any(row["late"] for row in self._questions),
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
            replaced=len(self._faulty) - len(self._to_mend),
            late=sum(row["late"] for row in self._questions),
            due=self.dues[0],
            all_due=self.dues[1],
            past=any(row["late"] for row in self._questions),
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
                    *(row["thread"], row["sub"].code, row["text"], self._lacking(row), row["due"]),
                    entry=row["id"],
                    late=row["late"],
                    aims=tuple(self._aims(*self._levels(row["sub"]).values())),
                )
                for row in self._questions
                if row["state"] in WAITING
            ),
            files=tuple(
                FaultyFile(file["sub_aspect"], file["name"], file["state"], file["text"])
                for file in self._in_order(self._to_mend)
            ),
        )

    @property
    def _waiting(self) -> int:
        return sum(self.counts[state] for state in WAITING)

    @cached_property
    def _questions(self) -> list[dict[str, Any]]:
        """The questions in the instrument's order; of one sub-aspect those without answer first."""
        rows = clarification_rows(self.figures, self.day)
        order = {code: place for place, code in enumerate(self.instrument.codes)}
        return sorted(rows, key=lambda row: order[row["sub"].code])

    @cached_property
    def _faulty(self) -> list[dict[str, Any]]:
        """The files found wanting, each with ``by``: files that may have taken its place.

        These came with an answer about the same sub-aspect that nobody has looked at yet.
        """
        files = self.figures.evidence
        found = files[files["state"].isin(TO_MEND)].to_dict("records")
        return [{**file, "by": ", ".join(self._sent_instead(file))} for file in found]

    @property
    def _to_mend(self) -> list[dict[str, Any]]:
        return [file for file in self._faulty if not file["by"]]

    def _sent_instead(self, file: Mapping[str, Any]) -> list[str]:
        shas = [
            sha
            for row in self._questions
            if row["sub"].code == file["sub_aspect"] and row["state"] == ANSWERED
            for sha in row["sent"]
        ]
        return [] if file["sha256"] in shas else file_names(self.figures, shas)

    def _item(self, sub: SubAspect) -> dict[str, Any]:
        levels = self._levels(sub)
        files = [file for file in self._faulty if file["sub_aspect"] == sub.code]
        own = [row for row in self._questions if row["sub"].code == sub.code]
        questions = [row for row in own if row["state"] != CLOSED]
        aims = self._aims(levels[OWN], levels[VERIFIED])
        verified = levels[VERIFIED]
        return {
            "sub": sub,
            "levels": levels,
            "aims": [(aim, sub.levels[aim]) for aim in aims],
            # Said, else it would look as if a level had been forgotten.
            "skips": aims[0] if verified is not None and aims[0] > self._next(verified) else None,
            "questions": questions,
            "files": files,
            # Whoever only waits for the evaluator needs no criteria.
            "waits": any(row["state"] in WAITING for row in questions)
            or not all(file["by"] for file in files),
        }

    def _levels(self, sub: SubAspect) -> dict[str, int | None]:
        return {of: whole(self.figures.levels.loc[of, sub.code]) for of in (OWN, VERIFIED)}

    def _in_order(self, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
        order = {code: place for place, code in enumerate(self.instrument.codes)}
        return sorted(files, key=lambda file: order[file["sub_aspect"]])

    def _aims(self, own: int | None, verified: int | None) -> list[int]:
        """Return the levels whose texts say what would count: the next one, and the one claimed.

        None from the lower half of the scale, whose texts describe what is lacking.
        """
        scale = self.instrument.scale
        least = scale[len(scale) // 2]
        if verified is None:
            return [max(own or least, least)]
        following = self._next(verified)
        return sorted({max(following, least), max(own or least, following, least)})

    def _next(self, level: int) -> int:
        scale = self.instrument.scale
        return next((higher for higher in scale if higher > level), scale[-1])

    def _lacking(self, row: dict[str, Any]) -> str:
        """Return what is missing, with the evaluator's reply to an answer that does not suffice."""
        reply = ""
        if row["state"] == RETURNED:
            reply = row["closing"] or self.words("report.clarification.not_enough")
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
            day = datetime.fromisoformat(self.issue.dated or self.issue.at).date()
        return self.words("report.letter.no_day") if day is None else self.words.date(day)
