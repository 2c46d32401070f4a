"""What every report has: a case, a language, where it is in its life, and the frame of its page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from merit_kit.assessment import Case, make_case
from merit_kit.canonical import in_groups
from merit_kit.errors import CaseError
from merit_kit.i18n import Words
from merit_kit.instrument import Instrument
from merit_kit.reports._issue import DRAFT, Issue
from merit_kit.reports._page import Fragment, PageFacts, render
from merit_kit.store import open_store

_ZONES = {"UTC+07:00": "WIB", "UTC+08:00": "WITA", "UTC+09:00": "WIT"}
_LONGEST_IN_FOOTER = 60


def open_case(case: str, store: str, agency: str, round_: str) -> Case:
    """Open a case from its file or, without one, make it from a store.

    Raises
    ------
    CaseError, StoreError
        If there is no such case, store or assessment.
    """
    if case:
        try:
            return case_of(Path(case).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CaseError("case-unreadable", said=str(error)) from error
    if not (store and agency and round_):
        raise CaseError("case-not-named")
    with open_store(store) as opened:
        return make_case(opened, agency, round_)


@lru_cache(maxsize=1)
def case_of(text: str) -> Case:
    """Read a case from its text, once if it is asked for again; raises as `Case.from_text`."""
    return Case.from_text(text)


def open_issue(issue: str) -> Issue:
    """Read where a report is in its life; without a file it is a draft of this moment.

    Raises
    ------
    ReportError
        If there is no such file.
    """
    if issue:
        return Issue.from_file(Path(issue))
    return replace(DRAFT, dated=datetime.now().astimezone().isoformat(timespec="seconds"))


def round_in_words(case: Case, words: Words) -> str:
    """Return the round of a case as people say it."""
    # As text: a year has no thousands.
    return words("round.name", number=str(case.round["number"]), year=str(case.round["year"]))


class Report:
    """One agency's report in one language. Each method gives one part of the page."""

    name: ClassVar[str]
    """What this report is to the catalogues (``report.<name>``) and its folder of fragments."""

    def __init__(self, case: Case, lang: str = "id", issue: Issue = DRAFT) -> None:
        self.case = case
        self.words = Words(lang)
        self.lang = lang
        self.issue = issue

    @property
    def instrument(self) -> Instrument:
        """The edition of the assessment."""
        return self.case.instrument

    @property
    def facts(self) -> PageFacts:
        """What the frame of the page says."""
        w, agency = self.words, str(self.case.agency["name"])
        title = f"{w(f'report.{self.name}.short')}: {agency}, {self.round_name}"
        if len(agency) > _LONGEST_IN_FOOTER:
            agency = f"{agency[: _LONGEST_IN_FOOTER - 1]}…"
        footer = w("report.footer", digest=in_groups(self.case.assessment_digest), agency=agency)
        return PageFacts(self.lang, title, footer, self.simulation, self.status)

    @property
    def simulation(self) -> str:
        """The mark of what is no official result; empty if it may be one."""
        return self.words("report.simulation") if self.case.is_simulation else ""

    @property
    def status(self) -> str:
        """Where the report is in its life, in a few words for every printed sheet."""
        status = self.words(f"report.life.status.{self.issue.status}")
        if self.issue.version is None:
            return status
        return self.words("report.life.version", status=status, version=str(self.issue.version))

    @property
    def provisional(self) -> str:
        """What an issued report is not yet, in a sentence; empty if there is nothing to say."""
        return ""

    @property
    def round_name(self) -> str:
        """The round in words."""
        return round_in_words(self.case, self.words)

    @property
    def day(self) -> str:
        """The day (ISO) by which something is overdue: that of the data, else that of the page."""
        return (self.case.as_of or self.issue.dated)[:10]

    @property
    def as_of(self) -> str:
        """The moment the report is of, in words; empty if it is of when it was made."""
        said = self.case.as_of
        if said is None:
            return ""
        day = self.words.date(said)
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is None:
            return day
        offset = str(moment.tzname())
        zone = _ZONES.get(offset, offset)
        return self.words("report.life.time", day=day, time=f"{moment:%H.%M}", zone=zone)

    def life(self) -> Fragment:
        """Return where the report is in its life, and what changed since the one it supersedes."""
        values = {
            **{"issue": self.issue, "status": self.status, "as_of": self.as_of},
            "provisional": self.provisional,
        }
        html = render("life", self.lang, **values)
        return Fragment(html, self.words("report.parts.life"))

    def _part(self, name: str, facts: PageFacts | None = None, **values: Any) -> Fragment:
        html = render(f"{self.name}/{name}", self.lang, **values)
        return Fragment(html, self.words(f"report.parts.{name}"), facts)
