"""A case: one assessment at one moment. What goes in, and what stays out."""

from __future__ import annotations

from typing import Any

import pytest

from merit_kit import assessment, instrument
from merit_kit.assessment import make_case, make_cases
from merit_kit.canonical import digest
from merit_kit.store import Store, passed_through
from tests.conftest import ROUND, level, note, official_data, tiny_data
from tests.marked import two_agencies


@pytest.fixture
def two(store: Store, tiny: Any) -> dict[str, str]:
    """The ids of two filled assessments by agency; their marks are QQ and ZZ."""
    return two_agencies(store, tiny)


def test_a_case_names_agency_round_and_assessment(store, two):
    case = make_case(store, "kota-a", ROUND)

    assert case.agency == {
        "code": "kota-a",
        "name": "Kota QQ",
        "kind": "kota",
        "province": "Prov QQ",
    }
    assert case.round == {"code": ROUND, "year": 2026, "number": 1}
    assert case.assessment == two["kota-a"]
    assert not case.invented


def test_a_case_changes_with_what_is_stated_in_it_and_not_with_a_neighbour(store, two):
    before = {case.agency["code"]: case.digest for case in make_cases(store, ROUND)}

    assessment.record(store, [level(two["kab-b"], "2.1", 4)], "p-1")

    after = {case.agency["code"]: case.digest for case in make_cases(store, ROUND)}
    assert after["kota-a"] == before["kota-a"]
    assert after["kab-b"] != before["kab-b"]


def test_nothing_of_one_agency_is_in_the_case_of_another(store, two):
    a, b = make_case(store, "kota-a", ROUND), make_case(store, "kab-b", ROUND)

    assert "QQ" in a.text
    assert "ZZ" in b.text
    for case, mark, code in ((a, "ZZ", "kab-b"), (b, "QQ", "kota-a")):
        assert mark not in case.text
        assert code not in case.text
        assert two[code] not in case.text


def test_every_text_the_agency_may_see_is_in_its_case(store, two):
    text = make_case(store, "kota-a", ROUND).text

    for told in (
        "alasan QQ",
        "alasan lama QQ",
        "verifikasi QQ",
        "catatan QQ",
        "Nama QQ",
        "Sumber QQ",
    ):
        assert told in text


@pytest.mark.parametrize("kept", ["rahasia QQ", "login-QQ", "nip-QQ", "pencatat-QQ"])
def test_what_is_internal_never_enters_a_case(store, two, kept):
    assert kept not in make_case(store, "kota-a", ROUND).text


def test_one_who_only_spoke_internally_is_not_named(store, two):
    store.add_people(
        [{"id": "p-9", "login": None, "name": "Orang Dalam", "nip": None, "office": None}]
    )
    store.appoint("p-9", "evaluator")
    said = level(two["kota-a"], "1.1", 2, of="second", author="p-9", visible_to="internal")
    assessment.record(store, [said], "p-9")

    case = make_case(store, "kota-a", ROUND)
    assert "Orang Dalam" not in case.text
    assert "p-9" not in case.text
    assert {e["visible_to"] for e in case.data["entries"]} == {"agency", "public"}


def test_the_digest_is_over_all_that_was_stated_the_internal_too(store, two):
    before = make_case(store, "kota-a", ROUND)
    said = note(two["kota-a"], "1.1", "a", author="penilai-QQ", visible_to="internal")
    assessment.record(store, [said], "penilai-QQ")

    case = make_case(store, "kota-a", ROUND)

    assert case.data["entries"] == before.data["entries"]
    assert case.assessment_digest != before.assessment_digest
    assert (
        case.assessment_digest
        == store.anchors().query("assessment == @two['kota-a']")["digest"].iloc[-1]
    )
    assert passed_through(store, case.assessment_digest) == [f"kota-a/{ROUND} #8"]


def test_levels_are_those_that_stand(store, two):
    case = make_case(store, "kota-a", ROUND)

    for of, reached in (("self", 3), ("verified", 1)):
        sheet = case.levels(of)
        assert list(sheet.columns) == ["2.1", "1.1", "1.2"]
        assert list(sheet.index) == [case.assessment]
        assert sheet.fillna(-1).iloc[0].tolist() == [-1, reached, -1]


def test_a_case_of_an_assessment_just_opened_has_no_levels(store, begun):
    case = make_case(store, "kota-a", ROUND)

    assert case.levels("self").isna().all(axis=None)
    assert len(case.data["entries"]) == 1


def test_published_results_come_by_year_and_are_text(store, two):
    published = make_case(store, "kota-a", ROUND).published

    assert [row["year"] for row in published] == ["2019", "2021"]
    assert published[0] == {
        "year": "2019",
        "score": "QQ-250",
        "index": None,
        "category": None,
        "source": "Sumber QQ",
    }


def test_a_person_is_named_by_name_and_one_not_known_by_id(store, two):
    case = make_case(store, "kota-a", ROUND)

    assert case.person_line("orang-QQ").startswith("Nama QQ")
    assert case.person_line("p-gone") == "p-gone"


def test_the_edition_is_the_one_begun_under_though_the_shipped_file_says_otherwise(
    store, two, monkeypatch, tmp_path
):
    revised = tiny_data()
    revised["aspects"][0]["sub_aspects"][0]["name"]["id"] = "Nama yang direvisi"
    other = instrument.from_data(revised)
    monkeypatch.setattr(instrument, "load", lambda *_: other)

    case = make_case(store, "kota-a", ROUND)

    assert case.instrument.digest == instrument.from_data(tiny_data()).digest != other.digest
    assert "Nama yang direvisi" not in case.text
    assert digest(case.instrument.canonical) == store.assessments()["edition"].iloc[0]


def test_two_assessments_of_one_round_keep_each_its_own_edition(store, begun, kasn):
    assessment.begin(store, "kab-b", ROUND, kasn, "p-1")

    found = {case.agency["code"]: case.instrument.id for case in make_cases(store, ROUND)}

    assert found == {"kota-a": "tiny", "kab-b": "kasn-2019"}


@pytest.mark.parametrize(
    ("status", "invented", "simulation"),
    [
        ("official", False, False),
        ("official", True, True),
        ("reconstruction", False, True),
        ("reconstruction", True, True),
    ],
)
def test_only_real_data_under_an_official_edition_is_no_simulation(
    store, data, status, invented, simulation
):
    edition = instrument.from_data(official_data() if status == "official" else data)
    assessment.begin(store, "kota-a", ROUND, edition, "p-1", invented=invented)

    case = make_case(store, "kota-a", ROUND)

    assert (case.invented, case.is_simulation) == (invented, simulation)
