"""Assessments: the one door for writing, and the case a report is made from."""

from merit_kit.assessment._case import Case, make_case, make_cases
from merit_kit.assessment._door import (
    Imported,
    begin,
    check_can_begin,
    find,
    import_levels,
    instrument_of,
    record,
)
from merit_kit.assessment._people import identify, whoami

__all__ = [
    "Case",
    "Imported",
    "begin",
    "check_can_begin",
    "find",
    "identify",
    "import_levels",
    "instrument_of",
    "make_case",
    "make_cases",
    "record",
    "whoami",
]
