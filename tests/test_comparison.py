"""Where others of the kind stand: whose result counts, and that nobody can be made out.

On the tiny instrument (2.1 weighs 70, 1.1 weighs 10, 1.2 weighs 20). All levels alike make a total
of 100 times the level, and 25 percent of each aspect for each step.
"""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest

from merit_kit import assessment, gaps, instrument
from merit_kit.reports import Comparison, comparisons
from merit_kit.reports._comparison import comparison_of
from merit_kit.store import Store
from tests.conftest import ROUND, tiny_data
from tests.sayings import say

CODES = ("2.1", "1.1", "1.2")
OTHERS = ("kota-b", "kota-c", "kota-d", "kota-e", "kota-f")
STEPS = dict(zip(OTHERS, (1, 2, 2, 3, 4), strict=True))


def agency(store: Store, code: str, kind: str = "kota") -> None:
    row = {"code": code, "name": f"Nama {code}", "kind": kind, "province": None}
    store.add_agencies([row])


def begin(store: Store, code: str, edition: instrument.Instrument, round_: str = ROUND) -> str:
    return assessment.begin(store, code, round_, edition, "p-s")


def determined(
    store: Store,
    code: str,
    level: int,
    edition: instrument.Instrument,
    round_: str = ROUND,
    invented: bool = False,
) -> str:
    """An assessment with the same level determined everywhere. The way there plays no part."""
    about = assessment.begin(store, code, round_, edition, "p-s", invented=invented)
    body = assessment.determination_body(dict.fromkeys(CODES, level), edition)
    store.append([say("determination", about, **body)], "p-k")
    return about


@pytest.fixture
def five(store: Store, tiny: instrument.Instrument, begun: str) -> Store:
    """A store with kota-a's open assessment, and five other cities with totals 100 to 400."""
    for code, level in STEPS.items():
        agency(store, code)
        determined(store, code, level, tiny)
    return store


def of_kota_a(store: Store) -> dict[str, Any]:
    found = comparison_of(store, "kota-a", ROUND)
    assert found is not None
    return json.loads(found.text)  # as a report reads it


def test_five_others_make_a_group_of_median_and_quartiles(five):
    found = of_kota_a(five)

    # Totals 100, 200, 200, 300, 400.
    assert found["determined"] == {
        "n": 5,
        "rounds": [ROUND, ROUND],
        "total": {"low": "200", "median": "200", "high": "300"},
        "aspects": {
            "2": {"low": "50", "median": "50", "high": "75"},
            "1": {"low": "50", "median": "50", "high": "75"},
        },
    }


def test_of_four_nothing_is_told_not_even_their_number(five, tiny):
    five_others = of_kota_a(five)
    agency(five, "kota-f", kind="kabupaten")  # as corrected in the register

    found = of_kota_a(five)

    assert five_others["determined"] is not None
    assert found["determined"] is None
    assert "4" not in json.dumps(found)


def test_ones_own_result_is_not_among_the_others(five):
    found = comparisons(five, ROUND)

    assert found["kota-a"].data["determined"]["n"] == 5
    for code in OTHERS:
        assert found[code].data["determined"] is None


def test_nobody_of_the_group_can_be_made_out(five):
    for found in comparisons(five, ROUND).values():
        for code in (*OTHERS, "kota-a"):
            assert code not in found.text
            assert five.agencies().loc[code, "name"] not in found.text


def test_a_neighbour_that_is_not_determined_neither_shows_nor_changes_anything(five, tiny):
    before = comparison_of(five, "kota-a", ROUND)

    agency(five, "kota-g")
    about = begin(five, "kota-g", tiny)
    five.append([say("awal", about, sub_aspect="2.1", level=4)], "p-e")

    after = comparison_of(five, "kota-a", ROUND)
    assert (before.text, before.digest) == (after.text, after.digest)


@pytest.mark.parametrize(
    ("kind", "round_", "invented"),
    [
        ("kabupaten", ROUND, False),
        ("kota", "2026-2", False),
        ("kota", "2023-2", False),
        ("kota", ROUND, True),
    ],
    ids=["another-kind", "a-later-round", "too-long-ago", "made-up"],
)
def test_a_result_that_is_not_to_be_compared_with_is_left_out(five, tiny, kind, round_, invented):
    agency(five, "kota-g", kind)
    if round_ != ROUND:
        five.add_round(round_, *map(int, round_.split("-")))
    determined(five, "kota-g", 4, tiny, round_, invented)

    assert of_kota_a(five)["determined"]["n"] == 5


def test_a_result_of_the_two_years_before_counts_and_the_rounds_are_named(five, tiny):
    agency(five, "kota-g")
    five.add_round("2024-1", 2024, 1)
    determined(five, "kota-g", 4, tiny, "2024-1")

    found = of_kota_a(five)["determined"]

    assert (found["n"], found["rounds"]) == (6, ["2024-1", ROUND])


def test_of_each_other_agency_the_last_result_counts(five, tiny):
    five.add_round("2025-2", 2025, 2)
    determined(five, "kota-b", 4, tiny, "2025-2")  # since then it has 1

    assert of_kota_a(five)["determined"]["total"]["median"] == "200"
    assert of_kota_a(five)["determined"]["rounds"] == [ROUND, ROUND]


def test_two_determinations_that_dispute_each_other_count_for_nothing(five, tiny):
    about = five.assessments().query("agency == 'kota-f'").index[0]
    body = assessment.determination_body(dict.fromkeys(CODES, 2), tiny)
    five.append([say("determination", about, **body)], "p-k")

    assert of_kota_a(five)["determined"] is None


def edition(**changed: Any) -> instrument.Instrument:
    return instrument.from_data({**copy.deepcopy(tiny_data()), **changed})


def test_another_edition_counts_where_aspects_and_maxima_are_the_same(five):
    agency(five, "kota-g")
    determined(five, "kota-g", 4, edition(id="tiny-revisi"))

    assert of_kota_a(five)["determined"]["n"] == 6


def test_another_edition_with_other_maxima_is_left_out(five):
    data = copy.deepcopy(tiny_data())
    data["aspects"][1]["sub_aspects"][1]["weight"] = "30"
    data["aspects"][1]["maximum"], data["maximum"]["value"] = 160, 440
    agency(five, "kota-g")
    determined(five, "kota-g", 4, instrument.from_data(data))

    assert of_kota_a(five)["determined"]["n"] == 5


def publish(store: Store, name: str, year: str, score: str | None, kind: str = "kota") -> None:
    row = {"agency": name, "kind": kind, "year": year, "score": score, "source": "Berita"}
    store.add_published([{**row, "index": None, "category": None, "aspect_values": None}])


def test_published_totals_make_a_group_of_their_own(store, begun):
    for name, score in (("B", "200"), ("C", "210.5"), ("D", "250"), ("E", "300"), ("F", "310")):
        publish(store, f"Kota {name}", "2026", score)
    publish(store, "Kota F", "2027", "340")  # the last of each counts
    publish(store, "Kota A", "2026", "400")  # oneself
    publish(store, "Kabupaten G", "2026", "400", kind="kabupaten")
    publish(store, "Kota H", "2025", "400")  # before the edition was valid
    publish(store, "Kota I", "2026", None)

    assert of_kota_a(store)["published"] == {
        "n": 5,
        "years": ["2026", "2027"],
        "total": {"low": "210.5", "median": "250", "high": "300"},
    }


def test_four_published_totals_are_no_group(store, begun):
    for name in "BCDE":
        publish(store, f"Kota {name}", "2026", "250")

    assert of_kota_a(store)["published"] is None


def test_the_figures_of_many_are_those_made_one_by_one(five):
    together = comparisons(five, ROUND)

    assert list(together) == ["kota-a", *OTHERS]
    assert {code: comparison_of(five, code, ROUND) for code in together} == together


def test_a_group_is_put_in_order_once_however_many_ask_where_it_stands(five, monkeypatch):
    made = []
    others = gaps.Others

    def counted(figures):
        made.append(len(figures))
        return others(figures)

    monkeypatch.setattr(gaps, "Others", counted)
    for name in "BCDEFG":
        publish(five, f"Kota {name}", "2026", "250")
    found = comparisons(five, ROUND)
    texts = [found[code].text for code in found]

    assert len(texts) == 6
    # The determined results of cities, and their published totals.
    assert sorted(made) == [5, 6]


def test_an_agency_without_an_assessment_has_nothing_to_compare(five):
    assert comparison_of(five, "kab-b", ROUND) is None
    assert comparisons(five, ROUND, ["kab-b"]) == {}


def test_figures_read_back_are_the_same_to_the_byte(five, tmp_path):
    found = comparison_of(five, "kota-a", ROUND)
    (tmp_path / "others.json").write_text(found.text, encoding="utf-8")

    back = Comparison.from_file(tmp_path / "others.json")

    assert (back.text, back.digest) == (found.text, found.digest)


def test_as_of_a_moment_the_figures_of_others_are_those_of_then_as_the_case_is(five, tiny):
    then = str(five.entries(kinds=["determination"])["recorded_at"].max())
    before = of_kota_a(five)
    time.sleep(0.002)  # the times have milliseconds
    agency(five, "kota-g")
    determined(five, "kota-g", 4, tiny)

    [case] = assessment.make_cases(five, ROUND, ["kota-a"], then)
    found = comparisons(five, ROUND, ["kota-a"], then)["kota-a"]

    assert case.as_of is not None
    assert json.loads(found.text) == before
    assert of_kota_a(five)["determined"]["n"] == 6


def test_a_result_withdrawn_since_then_still_counts_as_of_then(five):
    before = of_kota_a(five)
    [about] = five.assessments().query("agency == 'kota-f'").index
    entries = five.entries(kinds=["determination"])
    [said] = entries[entries["assessment"] == about]["id"]
    then = str(entries["recorded_at"].max())
    time.sleep(0.002)
    body = assessment.determination_body(dict.fromkeys(CODES, 1), of_edition(five, about))
    five.append([say("determination", about, said, **body)], "p-k")

    assert of_kota_a(five) != before
    assert json.loads(comparisons(five, ROUND, ["kota-a"], then)["kota-a"].text) == before


def of_edition(store: Store, about: str) -> instrument.Instrument:
    return instrument.from_data(store.edition(str(store.assessments().loc[about, "edition"])))


def test_as_of_today_each_zone_has_its_own_day_and_nobody_is_refused(five):
    today = assessment.local_day("WIT").isoformat()

    assert comparisons(five, ROUND, None, today) == comparisons(five, ROUND)


def test_ones_own_published_total_is_left_out_whatever_one_is_called_by_now(store, begun):
    for name in "BCDEF":
        publish(store, f"Kota {name}", "2026", "250")
    publish(store, "Kota A", "2026", "400")
    publish(store, "Kota Anyar", "2027", "400")
    row = {"code": "kota-a", "name": "Kota Anyar", "kind": "kota", "province": None}
    store.add_agencies([row])

    assert of_kota_a(store)["published"]["n"] == 5
