"""Assessments: the one door for writing, rounds and rooms, and the case a report is made from."""

from merit_kit.assessment._as_of import moment_of
from merit_kit.assessment._case import Case, make_case, make_cases
from merit_kit.assessment._determine import determination_body
from merit_kit.assessment._determined import determined_levels
from merit_kit.assessment._door import (
    CONFLICTS,
    Recorded,
    begin,
    check_can_begin,
    find,
    instrument_of,
    level_body,
    now,
    record,
)
from merit_kit.assessment._evaluations import SEE_EVALUATORS, evaluations, sees_evaluators
from merit_kit.assessment._evidence import Shown, import_evidence, take_files
from merit_kit.assessment._forms import Entry, form_of, sipinter_of
from merit_kit.assessment._hearing import Hearing, local_day, local_time
from merit_kit.assessment._import import Incoming, import_files
from merit_kit.assessment._import_levels import import_levels
from merit_kit.assessment._imported import EvidenceTaken, Imported
from merit_kit.assessment._last import LastTime, last_time
from merit_kit.assessment._overview import (
    due_in,
    editions_of,
    follow_ups,
    levels_of,
    results,
    stages,
    status,
)
from merit_kit.assessment._people import (
    add_person,
    appoint,
    check_administrator,
    correct_person,
    dismiss,
    erase,
    identify,
    person_named,
    settle_in,
    take_people,
    team_of,
    whoami,
)
from merit_kit.assessment._pleno import determine
from merit_kit.assessment._practice import practice_levels, sandbox_agencies, sandboxes
from merit_kit.assessment._progress import Progress
from merit_kit.assessment._registers import Registers
from merit_kit.assessment._rooms import take_agencies, take_rooms
from merit_kit.assessment._rounds import Moved, add_round, advance, check_round, set_calendar
from merit_kit.assessment._seconds import import_seconds
from merit_kit.assessment._sheets import Sheets, check_reader, sheets
from merit_kit.assessment._sitting import (
    acceptance_body,
    agreed_body,
    attend,
    attendance_body,
    discussion_body,
    leave_out,
    sitting_body,
    submission_body,
    without_nip,
)

__all__ = [
    "CONFLICTS",
    "SEE_EVALUATORS",
    "Case",
    "Entry",
    "EvidenceTaken",
    "Hearing",
    "Imported",
    "Incoming",
    "LastTime",
    "Moved",
    "Progress",
    "Recorded",
    "Registers",
    "Sheets",
    "Shown",
    "acceptance_body",
    "add_person",
    "add_round",
    "advance",
    "agreed_body",
    "appoint",
    "attend",
    "attendance_body",
    "begin",
    "check_administrator",
    "check_can_begin",
    "check_reader",
    "check_round",
    "correct_person",
    "determination_body",
    "determine",
    "determined_levels",
    "discussion_body",
    "dismiss",
    "due_in",
    "editions_of",
    "erase",
    "evaluations",
    "find",
    "follow_ups",
    "form_of",
    "identify",
    "import_evidence",
    "import_files",
    "import_levels",
    "import_seconds",
    "instrument_of",
    "last_time",
    "leave_out",
    "level_body",
    "levels_of",
    "local_day",
    "local_time",
    "make_case",
    "make_cases",
    "moment_of",
    "now",
    "person_named",
    "practice_levels",
    "record",
    "results",
    "sandbox_agencies",
    "sandboxes",
    "sees_evaluators",
    "set_calendar",
    "settle_in",
    "sheets",
    "sipinter_of",
    "sitting_body",
    "stages",
    "status",
    "submission_body",
    "take_agencies",
    "take_files",
    "take_people",
    "take_rooms",
    "team_of",
    "whoami",
    "without_nip",
]
