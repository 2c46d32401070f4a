"""Which assessments become cases, one by one and a round at once."""

from __future__ import annotations

from typing import Any

import pytest

from merit_kit.assessment import make_case, make_cases
from merit_kit.errors import CaseError
from merit_kit.i18n import explain
from merit_kit.store import Store, audit
from tests.conftest import ROUND
from tests.marked import two_agencies


@pytest.fixture
def two(store: Store, tiny: Any) -> dict[str, str]:
    """The ids of two filled assessments by agency; their marks are QQ and ZZ."""
    return two_agencies(store, tiny)


def test_a_case_made_twice_of_the_same_moment_is_the_same(store, two):
    assert make_case(store, "kota-a", ROUND).digest == make_case(store, "kota-a", ROUND).digest


def test_the_cases_of_a_round_are_those_made_one_by_one_in_order_of_code(store, two):
    together = make_cases(store, ROUND)

    assert [case.agency["code"] for case in together] == ["kab-b", "kota-a"]
    assert together == [make_case(store, code, ROUND) for code in ("kab-b", "kota-a")]


def test_unknown_agencies_are_named_all_of_them(store, two):
    with pytest.raises(CaseError) as caught:
        make_cases(store, ROUND, ["kota-x", "kota-a", "kota-y"])

    assert caught.value.key == "cases-missing"
    assert [p.where for p in caught.value.problems] == ["kota-x", "kota-y"]
    for lang in ("id", "en"):
        said = explain(caught.value, lang)
        assert "kota-x" in said
        assert "kota-y" in said
        assert ROUND in said


def test_an_agency_without_an_assessment_has_no_case(store, begun):
    with pytest.raises(CaseError) as caught:
        make_case(store, "kab-b", ROUND)

    assert [(p.where, p.key) for p in caught.value.problems] == [("kab-b", "no-assessment")]


@pytest.mark.parametrize("make", [make_cases, lambda s, r: make_case(s, "kota-a", r)])
def test_a_round_that_is_not_known_is_said_with_those_that_are(store, begun, make):
    with pytest.raises(CaseError) as caught:
        make(store, "1999-1")

    assert caught.value.key == "round-unknown"
    assert ROUND in explain(caught.value, "en")


def test_a_round_without_assessments_is_said_to_be_empty(store):
    with pytest.raises(CaseError, match="round-empty"):
        make_cases(store, ROUND)


def test_an_agency_named_twice_gives_one_case(store, two):
    assert len(make_cases(store, ROUND, ["kota-a", "kota-a"])) == 1


def test_no_agencies_named_give_no_cases(store, two):
    assert make_cases(store, ROUND, []) == []


def test_making_cases_states_nothing(store, two):
    before = store.entries()

    make_cases(store, ROUND)

    assert store.entries().equals(before)
    assert audit(store) == []
