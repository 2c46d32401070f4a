"""The verification report: what the agency said of itself, what the evidence showed, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from merit_kit import gaps
from merit_kit.assessment import Case
from merit_kit.canonical import in_groups
from merit_kit.errors import Key
from merit_kit.reports import _ahead, _aspects, _dialogue, _sub_aspects, _summary
from merit_kit.reports._comparison import Comparison, comparison_of
from merit_kit.reports._figures import (
    FINAL,
    OWN,
    VERIFIED,
    component_names,
    figures_of,
    sentences,
)
from merit_kit.reports._issue import DRAFT, TERBIT, Issue
from merit_kit.reports._page import Fragment
from merit_kit.reports._report import Report, open_case, open_issue
from merit_kit.store import open_store


def open_report(
    case: str = "",
    store: str = "",
    agency: str = "",
    round: str = "",
    lang: str = "id",
    comparison: str = "",
    issue: str = "",
) -> VerificationReport:
    """Open the report of one agency, from a case file or, by hand, from a store.

    Parameters
    ----------
    case : str
        Path of a case file. If given, neither store nor agency nor round is looked at.
    store, agency, round : str
        The store's file or folder, the agency's code and the round's code.
    lang : str
        ``id`` or ``en``.
    comparison : str
        Path of a file of figures of agencies of the same kind. From a store they are made.
    issue : str
        Path of a file that says where the report is in its life; without one it is a draft.

    Raises
    ------
    CaseError, StoreError, ReportError
        If there is no such file, store or assessment.
    """
    made = open_case(case, store, agency, round)
    others = None
    if comparison:
        others = Comparison.from_file(Path(comparison))
    elif not case:
        with open_store(store) as opened:
            others = comparison_of(opened, agency, round)
    return VerificationReport(made, lang, open_issue(issue), others)


class VerificationReport(Report):
    """One agency's report in one language. Each method gives one part of the page.

    `comparison` are the figures of agencies of the same kind, None if they are not included.
    """

    name: ClassVar[str] = "verification"

    def __init__(
        self,
        case: Case,
        lang: str = "id",
        issue: Issue = DRAFT,
        comparison: Comparison | None = None,
    ) -> None:
        super().__init__(case, lang, issue)
        self.figures = figures_of(case)
        self.others = comparison

    @property
    def provisional(self) -> str:
        """That what was issued is the verification, while nothing is determined."""
        if self.issue.status != TERBIT or self.figures.determination is not None:
            return ""
        return self.words("report.life.provisional", stage=Key(f"stage.{self.figures.stage}"))

    def head(self) -> Fragment:
        """Return the title, whose report it is, and under which edition it was made."""
        standing = self.case.standing
        # Whoever only took a level back verified nothing.
        stated = [b.get("of") == VERIFIED and b["level"] is not None for b in standing["body"]]
        verified = standing[stated]
        return self._part(
            "head",
            facts=self.facts,
            recorded=max(standing["recorded_at"]),
            evaluators=[self.case.person_line(key) for key in sorted(set(verified["author"]))],
            agency=self.case.agency,
            round_name=self.round_name,
            instrument=self.instrument,
            stage=self.figures.stage,
            determined=self.figures.determination,
            simulation=self.simulation,
            invented=self.case.invented,
        )

    def summary(self) -> Fragment:
        """Return the totals, where they lie on the scale, and what keeps the result open."""
        figures = self.figures
        own, result = figures.results[OWN], figures.result
        return self._part(
            "summary",
            own=own,
            result=result,
            verified=figures.results[VERIFIED],
            counts=figures.counts,
            difference=result.total - own.total,
            # Of points: what an index takes beside them plays no part.
            comparable=own.assessed == own.of and result.assessed == result.of,
            maximum=self.instrument.maximum,
            scale=_summary.scale(figures, self.words),
            moved=_summary.moved(figures),
            decimals=self.instrument.decimals,
            needs=_summary.needs(figures, self.words),
            stage=figures.stage,
            hindrances=sentences(figures.hindrances, self.words),
            open=_summary.open_points(figures, self.words),
        )

    def determination(self) -> Fragment:
        """Return what was determined, by whom and why; nothing before."""
        figures = self.figures
        said = figures.determination
        tops = {each.code: each.most for each in self.instrument.given}
        components = [
            {"name": name, "number": said.components[code], "most": tops.get(code)}
            for code, name in component_names(self.instrument).items()
            if said is not None and code in said.components
        ]
        final, verified = figures.levels.loc[FINAL], figures.levels.loc[VERIFIED]
        differing = [
            {
                "sub": self.instrument.by_code[code],
                "verified": None if verified.isna()[code] else int(verified[code]),
                "final": int(final[code]),
            }
            for code in self.instrument.codes
            if said is not None and final[code] != verified[code]
        ]
        return self._part(
            "determination",
            determined=said,
            result=figures.result,
            components=components,
            differing=differing,
            decimals=self.instrument.decimals,
        )

    def aspects(self) -> Fragment:
        """Return points and percent fulfilled by aspect, with bars and a profile."""
        figures = self.figures
        rows = _aspects.aspect_rows(figures, self.words)
        return self._part(
            "aspects",
            rows=rows,
            counts=figures.counts,
            profile=_aspects.profile(figures, self.words),
            own=figures.results[OWN],
            verified=figures.results[VERIFIED],
            final=figures.results[FINAL] if figures.counts == FINAL else None,
            result=figures.result,
        )

    def sub_aspects(self) -> Fragment:
        """Return every sub-aspect: levels of each pass, points moved, reasons, notes, files."""
        return self._part(
            "sub_aspects",
            columns=_sub_aspects.level_columns(self.figures),
            groups=_sub_aspects.sub_aspect_groups(self.figures),
        )

    def clarifications(self) -> Fragment:
        """Return the questions put to the agency, its answers, and how far each is."""
        return self._part(
            "clarifications", rows=_dialogue.clarification_rows(self.figures, self.day)
        )

    def mismatches(self) -> Fragment:
        """Return where practice showed less than paper, and how that is explained."""
        return self._part("mismatches", rows=_dialogue.mismatch_rows(self.figures))

    def objections(self) -> Fragment:
        """Return what the agency objects to, and what was answered."""
        return self._part("objections", rows=_dialogue.objection_rows(self.figures))

    def lifts(self) -> Fragment:
        """Return which single steps would add the most points, and what each asks for."""
        return self._part("lifts", result=self.figures.result, **_ahead.lifts(self.figures))

    def roadmap(self) -> Fragment:
        """Return the cheapest steps to the next category, each with its reason."""
        found = _ahead.roadmap(self.figures, self.words)
        return self._part("roadmap", result=self.figures.result, **found)

    def recommendations(self) -> Fragment:
        """Return what each sub-aspect below the top level needs for its next level."""
        return self._part("recommendations", rows=_ahead.recommendations(self.figures))

    def follow_ups(self) -> Fragment:
        """Return what became of the last round's recommendations."""
        last = _ahead.follow_ups(self.figures)
        return self._part(
            "follow_ups", last=last, round_name=self._name_of(last["round"]) if last else ""
        )

    def comparison(self) -> Fragment:
        """Return where agencies of the same kind stand, as a group in which nobody shows."""
        others = self.others
        return self._part(
            "comparison",
            included=others is not None,
            kind=self.case.agency["kind"],
            determined=others.data["determined"] if others else None,
            published=others.data["published"] if others else None,
            total=_numbers(others, "determined"),
            known=_numbers(others, "published"),
            rows=_aspects.compared_rows(self.figures, others, self.words),
            result=self.figures.result,
            counts=self.figures.counts,
            fewest=gaps.FEWEST,
        )

    def history(self) -> Fragment:
        """Return the published results of this agency, each with where it was published."""
        rows = [
            {
                **result,
                "score": None if result["score"] is None else float(result["score"]),
                "index": None if result["index"] is None else float(result["index"]),
            }
            for result in self.case.published
        ]
        return self._part("history", rows=rows)

    def basis(self) -> Fragment:
        """Return what the report rests on: edition, assumptions, sources, digests."""
        instrument = self.instrument
        assumed = [self.words(f"part.{part}") for part in instrument.assumed_parts()]
        return self._part(
            "basis",
            instrument=instrument,
            assumed=", ".join(assumed),
            assessment_digest=self.case.assessment_digest,
            case_digest=self.case.digest,
            comparison_digest=self.others.digest if self.others else "",
            short=in_groups(self.case.assessment_digest),
        )

    def signatures(self) -> Fragment:
        """Return places for both sides to sign."""
        return self._part(
            "signatures",
            agency=self.case.agency,
            round_name=self.round_name,
            result=self.figures.result,
            counts=self.figures.counts,
            short=in_groups(self.case.assessment_digest),
            simulation=self.simulation,
        )

    def _name_of(self, round_: Mapping[str, Any]) -> str:
        return self.words("round.name", number=str(round_["number"]), year=str(round_["year"]))


def _numbers(others: Comparison | None, part: str) -> dict[str, float]:
    """Return the total's figures of a group; nothing without the group."""
    group = others.data[part] if others else None
    return {name: float(value) for name, value in group["total"].items()} if group else {}
