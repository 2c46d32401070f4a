"""Least squares where what belongs to one assessment errs together, and says so in its intervals.

An evaluator who is won over by an agency is so on its whole sheet: its 37 differences are not 37
independent ones. The variance is taken over whole assessments (a sandwich, corrected for small
samples: CR2), and Student's t has as many degrees of freedom as the assessments allow.

References
----------
R. M. Bell, D. F. McCaffrey, "Bias reduction in standard errors for linear regression with
multi-stage samples", Survey Methodology 28(2), 2002, pp. 169-181. J. E. Pustejovsky, E. Tipton,
"Small-sample methods for cluster-robust variance estimation and hypothesis testing in fixed effects
models", Journal of Business & Economic Statistics 36(4), 2018, pp. 672-683: what is constant within
a cluster, here each item's own level, may be taken off before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95

Floats = npt.NDArray[np.float64]

_NOTHING = 1e-8


@dataclass(frozen=True)
class Clustered:
    """Fitted effects, and what their intervals are made from.

    `inverse`: of the design's inner product, within what the effects may be; `untold`: what of a
    combination of effects the data cannot tell. A row for each direction in which a cluster's
    errors matter: `cluster` it is of, `leaning` of the design, the same `corrected`, and the `rest`
    (residual) in that direction.
    """

    effects: Floats
    inverse: Floats
    untold: Floats
    cluster: npt.NDArray[Any]
    leaning: Floats
    corrected: Floats
    rest: Floats

    @classmethod
    def fit(
        cls, design: Floats, values: Floats, clusters: npt.NDArray[Any], free: Floats
    ) -> Clustered:
        """Fit `values` (n) by `design` (n, k); `clusters` (n, whole numbers) says what is together.

        `free` (k, k) projects on what the effects may be; the identity leaves them all free. What
        is fitted beside the design and lies within clusters is to be taken off both before.
        """
        inner = design.T @ design
        # What is nought but for rounding is nought: inverted, it would drown everything else.
        inverse = np.asarray(
            np.linalg.pinv(free @ inner @ free, rcond=_NOTHING, hermitian=True), np.float64
        )
        effects = inverse @ (design.T @ values)
        left = values - design @ effects
        order = np.argsort(clusters, kind="stable")
        ends = np.flatnonzero(np.diff(clusters[order])) + 1
        parts = []
        for number, rows in enumerate(np.split(order, ends)):
            own = design[rows]
            # Few columns are of this cluster: those of its evaluators.
            directions, _ = np.linalg.qr(own[:, np.abs(own).any(axis=0)])
            leaning = directions.T @ own
            kept = np.eye(len(leaning)) - leaning @ inverse @ leaning.T
            corrected = _root_of_inverse(kept) @ leaning
            parts.append(
                (np.full(len(leaning), number), leaning, corrected, directions.T @ left[rows])
            )
        cluster, leanings, corrections, rest = (
            np.concatenate(some) for some in zip(*parts, strict=True)
        )
        untold = (np.eye(len(free)) - inverse @ inner) @ free
        return cls(effects, inverse, untold, cluster, leanings, corrections, rest)

    def interval(self, combined: Floats) -> tuple[float, float, float]:
        """Return a combination of the effects, and its interval; NaN where the data cannot tell.

        Where all clusters say exactly the same there is no interval: one of no width would pass for
        a proof.
        """
        nothing = (np.nan, np.nan, np.nan)
        if not np.allclose(combined @ self.untold, 0, atol=_NOTHING):
            return nothing
        moved = self.corrected @ (self.inverse @ combined)
        count = int(self.cluster[-1]) + 1
        freedom = self._freedom(moved, count)
        if freedom is None:
            return nothing
        sums = np.bincount(self.cluster, moved * self.rest, count)
        middle = float(combined @ self.effects)
        error = float(np.sqrt(sums @ sums))
        if error < _NOTHING:
            return middle, np.nan, np.nan
        wide = t_reach(freedom) * error
        return middle, middle - wide, middle + wide

    def _freedom(self, moved: Floats, count: int) -> float | None:
        """Return Satterthwaite's degrees of freedom; None if all freedom went into the fit."""
        sizes = np.bincount(self.cluster, moved**2, count)
        pulled = np.zeros((count, len(self.inverse)))
        np.add.at(pulled, self.cluster, self.leaning * moved[:, None])
        # Of the matrix sizes - pulled inverse pulled', which is never made: it has a row for each
        # assessment, and so many columns.
        off = np.einsum("ij,jk,ik->i", pulled, self.inverse, pulled, optimize=True)
        square = pulled.T @ pulled @ self.inverse
        trace = float((sizes - off).sum())
        norm = float(sizes @ sizes - 2 * sizes @ off + np.einsum("ij,ji->", square, square))
        if trace <= _NOTHING * float(sizes.sum()) or norm <= 0:
            return None
        return trace**2 / norm


def t_reach(freedom: float) -> float:
    """Return how many standard errors an interval reaches on each side (Student's t)."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def _root_of_inverse(matrix: Floats) -> Floats:
    """Return the symmetric root of the inverse; where there is none, nothing in that direction."""
    values, directions = np.linalg.eigh(matrix)
    there = values > _NOTHING
    roots = np.where(there, 1 / np.sqrt(np.where(there, values, 1.0)), 0.0)
    found: Floats = (directions * roots) @ directions.T
    return found
