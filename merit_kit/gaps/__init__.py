"""Where the points are that an assessment does not have yet, and where others stand.

Pure, on scoring.
"""

from merit_kit.gaps._calibration import LEAST_ASSESSMENTS, LEAST_SHARED, Agreement, agreement
from merit_kit.gaps._frames import LEVELS, STATES, tidy
from merit_kit.gaps._groups import FEWEST, Others, quartiles, real, standings
from merit_kit.gaps._history import history, one_a_year, published_frame
from merit_kit.gaps._lifts import lifts
from merit_kit.gaps._quantiles import quantiles
from merit_kit.gaps._roadmap import Other, Roadmap, points_for, roadmap
from merit_kit.gaps._second_look import (
    LEAST_IN_ONE,
    LEAST_JUDGED,
    MOST_OF_IT,
    RARELY,
    SURPRISE,
    between_categories,
    contradictions,
    lowering,
)
from merit_kit.gaps._severity import LEAST_DAYS, against_model, severities
from merit_kit.gaps._sums import STATES_OF_ALL, by_aspect, by_assessment, spread
from merit_kit.gaps._what_if import Standing, WhatIf, what_if
from merit_kit.gaps._wishes import LONGEST, Wishes

__all__ = [
    "FEWEST",
    "LEAST_ASSESSMENTS",
    "LEAST_DAYS",
    "LEAST_IN_ONE",
    "LEAST_JUDGED",
    "LEAST_SHARED",
    "LEVELS",
    "LONGEST",
    "MOST_OF_IT",
    "RARELY",
    "STATES",
    "STATES_OF_ALL",
    "SURPRISE",
    "Agreement",
    "Other",
    "Others",
    "Roadmap",
    "Standing",
    "WhatIf",
    "Wishes",
    "against_model",
    "agreement",
    "between_categories",
    "by_aspect",
    "by_assessment",
    "contradictions",
    "history",
    "lifts",
    "lowering",
    "one_a_year",
    "points_for",
    "published_frame",
    "quantiles",
    "quartiles",
    "real",
    "roadmap",
    "severities",
    "spread",
    "standings",
    "tidy",
    "what_if",
]
