"""Quantiles: the one room that works them out, so that a table, a picture and a page say the same.

Of n values in order, counted from 0, the share p lies at the place p (n - 1); between two values on
the straight line from one to the other. That is type 7 of R. J. Hyndman, Y. Fan, "Sample quantiles
in statistical packages", The American Statistician 50(4), 1996, pp. 361-365: what numpy and pandas
do unless told otherwise, and QUARTILE.INC in a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

QUARTILES = (0.25, 0.5, 0.75)
"""The first quartile, the median, the third quartile."""


def quantiles(values: Any, shares: Iterable[float] = QUARTILES) -> tuple[float, ...]:
    """Return what lies at these shares (0 to 1) of some numbers, of which there is at least one."""
    ordered = np.sort(np.asarray(values, dtype=float))
    found = []
    for share in shares:
        below, above, part = places(share, len(ordered))
        found.append(float(on_the_line(ordered[below], ordered[above], part)))
    return tuple(found)


def places(share: float, size: Any) -> tuple[Any, Any, Any]:
    """Return between which two places a share of so many values lies, and how far from the first.

    `size` is a number or an array of them, of groups; so is what is returned.
    """
    at = share * (size - 1)
    below = np.floor(at).astype(np.int64)
    return below, np.minimum(below + 1, size - 1), at - below


def on_the_line(low: Any, high: Any, part: Any) -> Any:
    """Return what lies so far on the straight line from one value to another."""
    return low + (high - low) * part
