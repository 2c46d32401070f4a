"""Reports: from a case to a page, and from a round to a folder of pages.

Papermill loads every engine entry point while it is itself being imported, so whoever needs it
imports it here, inside functions: in any order, and only when a report is really made.
"""

from merit_kit.reports._batch import make_reports
from merit_kit.reports._calibrated import (
    Calibrated,
    Compared,
    Parted,
    SecondLook,
    calibrated,
    second_look,
)
from merit_kit.reports._comparison import Comparison, comparisons
from merit_kit.reports._index import index_rows, write_index
from merit_kit.reports._issue import DIPERIKSA, KONSEP, STATUSES, TERBIT, Issue
from merit_kit.reports._keys import check_kit
from merit_kit.reports._kinds import CLARIFICATION, KINDS, SITTING, VERIFICATION, ReportKind
from merit_kit.reports._letter import Letter, Signatory, read_letter
from merit_kit.reports._outcome import Outcome
from merit_kit.reports._page import Fragment, PageFacts, show_page
from merit_kit.reports._papers import sitting_papers
from merit_kit.reports._pool import Pool
from merit_kit.reports._recap import recap, write_recap
from merit_kit.reports._round import RoundReports
from merit_kit.reports._second_figures import second_figures
from merit_kit.reports._start import making
from merit_kit.reports.calibration import calibration_figures, show_figures
from merit_kit.reports.clarification import ClarificationReport, open_clarification
from merit_kit.reports.sitting import SittingReport, open_sitting
from merit_kit.reports.verification import VerificationReport, open_report

__all__ = [
    "CLARIFICATION",
    "DIPERIKSA",
    "KINDS",
    "KONSEP",
    "SITTING",
    "STATUSES",
    "TERBIT",
    "VERIFICATION",
    "Calibrated",
    "ClarificationReport",
    "Compared",
    "Comparison",
    "Fragment",
    "Issue",
    "Letter",
    "Outcome",
    "PageFacts",
    "Parted",
    "Pool",
    "ReportKind",
    "RoundReports",
    "SecondLook",
    "Signatory",
    "SittingReport",
    "VerificationReport",
    "calibrated",
    "calibration_figures",
    "check_kit",
    "comparisons",
    "index_rows",
    "make_reports",
    "making",
    "open_clarification",
    "open_report",
    "open_sitting",
    "read_letter",
    "recap",
    "second_figures",
    "second_look",
    "show_figures",
    "show_page",
    "sitting_papers",
    "write_index",
    "write_recap",
]
