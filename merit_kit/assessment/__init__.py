"""Assessments: the one door for writing, and the case a report is made from."""

from merit_kit.assessment._case import Case, make_case, make_cases
from merit_kit.assessment._door import (
    begin,
    check_can_begin,
    find,
    instrument_of,
    level_body,
    record,
)
from merit_kit.assessment._import import Imported, import_files, import_levels
from merit_kit.assessment._people import identify, whoami

__all__ = [
    "Case",
    "Imported",
    "begin",
    "check_can_begin",
    "find",
    "identify",
    "import_files",
    "import_levels",
    "instrument_of",
    "level_body",
    "make_case",
    "make_cases",
    "record",
    "whoami",
]
