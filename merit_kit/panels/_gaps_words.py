"""What the views of the explorer share: figures as text, and what is not settled yet."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from merit_kit.gaps import FEWEST, quantiles
from merit_kit.i18n import Words
from merit_kit.panels._gaps_data import Ground, Wish


def text_of(
    value: float | None, words: Words, decimals: int | None = None, sign: bool = False
) -> str:
    """Write a figure; what is not known is empty."""
    if value is None or math.isnan(value):
        return ""
    return words.number(round(float(value), 6), decimals, sign)


def open_of(shown: pd.DataFrame, words: Words) -> str:
    """Say how many of the results that are shown are not determined; nothing where all are.

    Parameters
    ----------
    shown : DataFrame
        Rows of a ground's `totals`.
    """
    known = shown[shown["assessed"] > 0]
    waiting = int((~known["determined"].astype(bool)).sum())
    if not waiting:
        return ""
    partly = int((~known["complete"].astype(bool)).sum())
    key = "gaps.undetermined_partly" if partly else "gaps.undetermined"
    return words(key, count=waiting, of=len(known), partly=partly)


def differing(published: pd.DataFrame, words: Words) -> list[str]:
    """Say where sources of one agency and year give different totals; nothing where all agree.

    Parameters
    ----------
    published : DataFrame
        From :func:`merit_kit.gaps.one_a_year`.
    """
    told = [
        f"{row.agency_name} {row.year}: "
        + ", ".join(f"{words.number(total)} ({source})" for total, source in row.totals)
        for row in published.itertuples()
        if len(row.totals) > 1
    ]
    return [words("gaps.published.differing", found="; ".join(told))] if told else []


def quartiles_of(values: Any) -> tuple[float, float, float] | None:
    """Return them; None of a group so small that somebody could be made out by them."""
    if len(values) < FEWEST:
        return None
    low, middle, high = quantiles(values)
    return low, middle, high


def own_row(ground: Ground, wish: Wish) -> Any | None:
    """Return the id of the assessment of the agency that is looked at; None if there is none."""
    totals = ground.totals
    found = totals.index[(totals["agency"] == wish.one) & (totals["round"] == wish.round)]
    return found[0] if len(found) else None
