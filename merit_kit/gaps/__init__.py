"""Where the points are that an assessment does not have yet, and where others stand.

Pure, on scoring.
"""

from merit_kit.gaps._calibration import (
    LEAST_DAYS,
    LEAST_SHARED,
    Agreement,
    against_model,
    agreement,
    severities,
)
from merit_kit.gaps._frames import LEVELS, tidy
from merit_kit.gaps._groups import FEWEST, quartiles, real, standings
from merit_kit.gaps._history import history, published_frame
from merit_kit.gaps._lifts import lifts
from merit_kit.gaps._roadmap import Other, Roadmap, points_for, roadmap
from merit_kit.gaps._second_look import (
    MOST_OF_IT,
    RARELY,
    SURPRISE,
    between_categories,
    contradictions,
    lowering,
)
from merit_kit.gaps._sums import by_aspect, by_assessment, spread
from merit_kit.gaps._what_if import Standing, WhatIf, what_if
from merit_kit.gaps._wishes import LONGEST, Wishes

__all__ = [
    "FEWEST",
    "LEAST_DAYS",
    "LEAST_SHARED",
    "LEVELS",
    "LONGEST",
    "MOST_OF_IT",
    "RARELY",
    "SURPRISE",
    "Agreement",
    "Other",
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
    "points_for",
    "published_frame",
    "quartiles",
    "real",
    "roadmap",
    "severities",
    "spread",
    "standings",
    "tidy",
    "what_if",
]
