"""Whether a store passed through the digest that stands on a printed page."""

from __future__ import annotations

from typing import Any

import pytest

from merit_kit import assessment
from merit_kit.store import Store, assessment_digest, audit, create_store, passed_through
from tests.conftest import ROUND, furnish
from tests.tampering import HERE, OF_A, tamper, two_chains


@pytest.fixture
def about(store: Store, begun: str, tiny: Any) -> str:
    """The id of the assessment of kota-a, with six entries in two chains."""
    return two_chains(store, begun, tiny)


def test_a_printed_digest_is_found_whole_spaced_abbreviated_and_in_capitals(store, about):
    digests = store.anchors().query("assessment == @about")["digest"]
    for position, digest in enumerate(digests, start=1):
        fours = " ".join(digest[i : i + 4] for i in range(0, 16, 4))
        for printed in (
            digest,
            digest[:16],
            fours,
            fours.upper(),
            f"\n{fours[:9]}\u00a0{fours[9:]}",
        ):
            assert passed_through(store, printed) == [f"{HERE} #{position}"]


@pytest.mark.parametrize("printed", ["0" * 64, "", "   ", ".*", "%", "\u2026"], ids=ascii)
def test_a_foreign_digest_is_not_found(store, about, printed):
    assert passed_through(store, printed) == []


def test_a_digest_of_another_store_is_not_found(store, about, tmp_path, tiny):
    with create_store(tmp_path / "other") as other:
        furnish(other)
        assessment.begin(other, "kota-a", ROUND, tiny, "p-1")
        [foreign] = other.anchors()["digest"]

    assert passed_through(store, foreign) == []


def test_what_a_removed_assessment_passed_through_is_still_known_by_its_id(store, about):
    digest = store.anchors().query("assessment == @about")["digest"].iloc[0]
    tamper(store, "DELETE FROM assessment WHERE id = :about", about=about)

    assert passed_through(store, digest) == [f"{about} #1"]


def test_the_last_digest_passed_through_is_the_one_a_case_carries(store, about):
    case = assessment.make_case(store, "kota-a", ROUND)

    assert case.assessment_digest == assessment_digest(
        store.entries([about]).groupby("writer")["hash"].last()
    )
    assert passed_through(store, case.assessment_digest) == [f"{HERE} #6"]


def test_the_end_cut_off_with_its_anchor_is_told_by_the_printed_digest_alone(store, about):
    printed = store.anchors().query("assessment == @about")["digest"].iloc[-1]
    assert passed_through(store, printed) == [f"{HERE} #6"]

    tamper(
        store,
        f"DELETE FROM entry WHERE {OF_A} = 6",
        f"DELETE FROM anchor WHERE {OF_A} = 6",
        about=about,
    )

    assert audit(store) == []
    assert passed_through(store, printed) == []
