"""Where the points are that an assessment does not have yet, and where others stand.

Pure, on scoring.
"""

from merit_kit.gaps._groups import FEWEST, quartiles, standings
from merit_kit.gaps._lifts import lifts

__all__ = ["FEWEST", "lifts", "quartiles", "standings"]
