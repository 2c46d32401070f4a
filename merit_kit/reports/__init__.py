"""Reports: from a case to a page, and from a round to a folder of pages.

Papermill loads every engine entry point while it is itself being imported, so whoever needs it
imports it here, inside functions: in any order, and only when a report is really made.
"""

from merit_kit.reports._batch import Outcome, make_reports
from merit_kit.reports._page import Fragment, PageFacts, show_page
from merit_kit.reports.verification import VerificationReport, open_report

__all__ = [
    "Fragment",
    "Outcome",
    "PageFacts",
    "VerificationReport",
    "make_reports",
    "open_report",
    "show_page",
]
