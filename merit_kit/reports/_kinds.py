"""Which reports there are: each with its notebook, what it is opened with, and its rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from merit_kit.assessment import Case
from merit_kit.errors import Key, Problem, ReportError
from merit_kit.reports._figures import VERIFIED, Figures
from merit_kit.reports._issue import Issue
from merit_kit.reports._letter import Letter
from merit_kit.reports.clarification import ClarificationReport, open_clarification
from merit_kit.reports.sitting import open_sitting, unrecorded
from merit_kit.reports.verification import open_report
from merit_kit.workbook import OpenItems

VERIFICATION, CLARIFICATION, SITTING = "verifikasi", "klarifikasi", "berita-acara"


def _unverified(case: Case) -> list[Problem]:
    """Return what keeps a verification from being issued: what is not verified or not known."""
    figures = Figures(case)
    levels = figures.levels.loc[VERIFIED]
    lacking = [Problem(str(code), "issue-unverified") for code in levels.index[levels.isna()]]
    if not lacking and not figures.result.complete:
        # A component that is not scored here, such as a survey.
        return [Problem(case.instrument.id, "issue-incomplete")]
    return lacking


def _open_items(case: Case, lang: str, issue: Issue) -> OpenItems | None:
    return ClarificationReport(case, lang, issue).open_items


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One row of the registry.

    `template` is the notebook, `opener` what its first cell opens the report with. `unready` says
    what keeps one from being issued, None if nothing does: questions may be asked at any time.
    `table` gives what goes into the workbook beside the page, None if there is nothing.
    `compares`: its pages show figures of agencies of the same kind. `is_letter`: its pages take the
    settings of a letter; `lettered`, what of them is its own.
    """

    template: str
    opener: Callable[..., Any]
    unready: Callable[[Case], list[Problem]] | None = None
    table: Callable[[Case, str, Issue], OpenItems | None] | None = None
    compares: bool = False
    is_letter: bool = False
    lettered: Callable[[Letter], Letter] = lambda letter: letter


KINDS: Mapping[str, ReportKind] = {
    VERIFICATION: ReportKind("laporan_verifikasi.ipynb", open_report, _unverified, compares=True),
    CLARIFICATION: ReportKind(
        "laporan_klarifikasi.ipynb", open_clarification, table=_open_items, is_letter=True
    ),
    SITTING: ReportKind(
        "berita_acara.ipynb",
        open_sitting,
        unrecorded,
        is_letter=True,
        lettered=lambda letter: letter.of_record,
    ),
}


def kind_named(name: str) -> ReportKind:
    """Return a kind of report.

    Raises
    ------
    ReportError
        Naming those there are.
    """
    if name not in KINDS:
        raise ReportError("report-kind-unknown", found=name, allowed=", ".join(KINDS))
    return KINDS[name]


def check_issuable(case: Case, kind: ReportKind) -> None:
    """Refuse to issue what may not pass for a result, or is not finished.

    Raises
    ------
    ReportError
        With every reason.
    """
    problems = []
    if case.invented:
        problems.append(Problem("", "issue-invented"))
    if not case.instrument.is_official:
        status = Key(f"status.{case.instrument.status}")
        problems.append(Problem(case.instrument.id, "issue-edition", status))
    if kind.unready:
        problems += kind.unready(case)
    if problems:
        raise ReportError("not-issuable", problems, agency=str(case.agency["name"]))
