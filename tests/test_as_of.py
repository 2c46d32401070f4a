"""A case as of an earlier moment: what had been recorded by then, under the digest of then."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pandas as pd
import pytest

from merit_kit import assessment
from merit_kit.assessment._as_of import as_they_were, moment_of, written
from merit_kit.errors import CaseError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.store import passed_through
from tests.conftest import ROUND, level

NOON = datetime(2026, 9, 30, 5, tzinfo=UTC)  # in Jakarta


def grown(store, about: str) -> pd.DataFrame:
    """Record three levels, one after the other, each at a time of its own."""
    for value in (1, 2, 3):
        time.sleep(0.002)  # the times have milliseconds
        stated = store.entries([about], ["level"])["id"]
        level_ = level(about, "2.1", value, base=tuple(stated.tail(1)))
        assessment.record(store, [level_], "p-1")
    return store.entries([about])


def case_of(store, as_of: str | None) -> assessment.Case:
    [case] = assessment.make_cases(store, ROUND, ["kota-a"], as_of)
    return case


def test_a_case_holds_what_had_been_recorded_by_then_under_the_digest_of_then(store, begun):
    entries = grown(store, begun)
    anchors = store.anchors().set_index("position")["digest"]

    for position, expected in ((1, None), (2, 1), (3, 2), (4, 3)):
        then = str(entries.iloc[position - 1]["recorded_at"])
        case = case_of(store, then)
        shown = case.levels("self").loc[begun, "2.1"]

        assert len(case.data["entries"]) == position
        assert (None if pd.isna(shown) else int(shown)) == expected
        assert case.assessment_digest == anchors[position]
        assert passed_through(store, case.assessment_digest) == [f"kota-a/{ROUND} #{position}"]


def test_as_of_today_a_case_differs_from_one_of_now_in_nothing_but_that_it_says_so(store, begun):
    grown(store, begun)
    today = assessment.local_day(None).isoformat()
    now, then = case_of(store, None), case_of(store, today)

    assert (now.as_of, then.as_of) == (None, today)
    assert {**then.data, "as_of": None} == now.data


def test_an_assessment_that_was_not_open_yet_is_left_out_unless_it_was_asked_for(store, tiny):
    older = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
    then = str(store.entries([older])["recorded_at"].iloc[0])
    time.sleep(0.002)
    assessment.begin(store, "kab-b", ROUND, tiny, "p-1")

    found = assessment.make_cases(store, ROUND, as_of=then)
    with pytest.raises(CaseError) as caught:
        assessment.make_cases(store, ROUND, ["kab-b", "kota-a"], as_of=then)

    assert [case.agency["code"] for case in found] == ["kota-a"]
    assert [(p.where, p.key) for p in caught.value.problems] == [("kab-b", "no-assessment-yet")]


def test_a_round_in_which_nothing_was_open_yet_is_refused_in_words(store, begun):
    with pytest.raises(CaseError) as caught:
        assessment.make_cases(store, ROUND, as_of="2020-01-01")

    assert caught.value.key == "round-empty-then"
    assert all("2020-01-01" in explain(caught.value, lang) for lang in LANGUAGES)


def test_what_is_recorded_behind_a_later_entry_waits_for_it():
    # Of two that waited for each other, the second to get in carries the earlier time.
    times = ["2026-09-30T01:00:00.000Z", "2026-09-30T09:00:00.000Z", "2026-09-30T02:00:00.000Z"]
    entries = pd.DataFrame({"assessment": list("aaab"), "recorded_at": [*times, times[1]]})

    left = as_they_were(entries, {"a": NOON, "b": datetime(2026, 10, 1, tzinfo=UTC)})

    assert list(left.index) == [0, 3]


@pytest.mark.parametrize(
    ("as_of", "zone", "last"),
    [
        ("2026-09-30", "WIB", "2026-09-30T16:59:59.999999+00:00"),
        ("2026-09-30", "WIT", "2026-09-30T14:59:59.999999+00:00"),
        ("2026-09-30", None, "2026-09-30T16:59:59.999999+00:00"),
        ("2026-09-30T17:00", "WITA", "2026-09-30T09:00:00+00:00"),
        ("2026-09-30T17:00+00:00", "WITA", "2026-09-30T17:00:00+00:00"),
        ("2026-09-30T17:00Z", None, "2026-09-30T17:00:00+00:00"),
    ],
)
def test_a_day_counts_whole_and_a_time_is_the_agencys(as_of, zone, last):
    now = datetime(2026, 12, 1, tzinfo=UTC)

    assert moment_of(as_of, zone, now).astimezone(UTC).isoformat() == last


def test_a_day_that_has_begun_where_the_agency_is_may_be_asked_for_and_tomorrow_not():
    late = datetime(2026, 9, 30, 16, tzinfo=UTC)  # the next day has begun in Jayapura alone

    assert moment_of("2026-10-01", "WIT", late)
    with pytest.raises(CaseError) as caught:
        moment_of("2026-10-01", "WIB", late)
    assert caught.value.key == "as-of-future"


@pytest.mark.parametrize("as_of", ["kemarin", "30/09/2026", "2026-13-01", "", "17:00"])
def test_what_is_no_day_and_no_time_is_refused_in_words(as_of):
    with pytest.raises(CaseError) as caught:
        moment_of(as_of, "WIB")

    assert caught.value.key == "as-of-form"
    assert all("2026-09-30" in explain(caught.value, lang) for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2026-09-30", "2026-09-30"),
        ("20260930", "2026-09-30"),
        ("2026-09-30T17:00", "2026-09-30T17:00:00+08:00"),
        ("2026-09-30T17:00Z", "2026-09-30T17:00:00+00:00"),
    ],
)
def test_the_moment_is_written_in_one_way(as_of, said):
    assert written(as_of, "WITA") == said
