"""One definition of quartiles, whoever asks for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit.gaps import quantiles, quartiles, spread


def test_between_two_values_a_quartile_lies_on_the_straight_line():
    # Four values: the places are 0.75, 1.5 and 2.25.
    assert quantiles([10, 40, 20, 30]) == (17.5, 25, 32.5)
    assert quantiles([7]) == (7, 7, 7)
    assert quantiles([1, 2], (0, 1)) == (1, 2)


@given(st.lists(st.integers(0, 400), min_size=5, max_size=30))
@settings(max_examples=40, deadline=None)
def test_the_frames_the_pages_and_the_pictures_say_the_same_quartiles(values):
    figures = pd.DataFrame({"total": np.array(values, dtype=float), "kind": "kota"})
    told = quantiles(values)
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])

    assert told == pytest.approx((low, middle, high))
    framed = spread(figures, ["kind"], "total").loc["kota", ["q1", "median", "q3"]]
    assert tuple(framed) == told
    page = quartiles(figures[["total"]])["total"]
    assert [float(page[part]) for part in ("low", "median", "high")] == list(told)
