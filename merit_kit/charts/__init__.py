"""Pictures as SVG text: no library, no script, readable in black and white.

Each has ``role="img"`` and a name for screen readers, and a table beside it. The words come from
the caller. All text goes through templates that escape.
"""

from merit_kit.charts._analysis import (
    Ladder,
    Line,
    Rung,
    Strip,
    heat,
    ladder,
    scatter,
    strips,
    trend,
)
from merit_kit.charts._figures import NO_PICTURE, Figure, figure, page
from merit_kit.charts._forest import Branch, forest
from merit_kit.charts._pages import Band, Mark, band_scale, bar, profile, spread

__all__ = [
    "NO_PICTURE",
    "Band",
    "Branch",
    "Figure",
    "Ladder",
    "Line",
    "Mark",
    "Rung",
    "Strip",
    "band_scale",
    "bar",
    "figure",
    "forest",
    "heat",
    "ladder",
    "page",
    "profile",
    "scatter",
    "spread",
    "strips",
    "trend",
]
