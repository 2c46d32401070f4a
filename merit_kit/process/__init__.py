"""The rules of an assessment: what can be stated, by whom, when, and which statement counts.

Pure: frames and mappings in, frames and problems out. Nothing here reads a store or a clock.
"""

from merit_kit.process._due import due, valid_until
from merit_kit.process._kinds import (
    AKHIR,
    AWAL,
    FIELD,
    FINAL,
    KINDS,
    LEVEL,
    NOTE,
    PASSES,
    ROLES,
    SECOND,
    SELF,
    STAGES,
    VERIFIED,
    Kind,
    kind_of,
)
from merit_kit.process._rules import Moment, Standing, problems_of_form, problems_of_right
from merit_kit.process._standing import (
    effective,
    level_sheet,
    levels,
    stage_of,
    standing,
    topic,
    unfold,
)
from merit_kit.process._state import (
    clarifications,
    evidence,
    mismatches,
    objections,
    recommendations,
    unanswered,
)

__all__ = [
    "AKHIR",
    "AWAL",
    "FIELD",
    "FINAL",
    "KINDS",
    "LEVEL",
    "NOTE",
    "PASSES",
    "ROLES",
    "SECOND",
    "SELF",
    "STAGES",
    "VERIFIED",
    "Kind",
    "Moment",
    "Standing",
    "clarifications",
    "due",
    "effective",
    "evidence",
    "kind_of",
    "level_sheet",
    "levels",
    "mismatches",
    "objections",
    "problems_of_form",
    "problems_of_right",
    "recommendations",
    "stage_of",
    "standing",
    "topic",
    "unanswered",
    "unfold",
    "valid_until",
]
