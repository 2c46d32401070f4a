"""What a case carries of the round before: what was recommended then."""

from __future__ import annotations

from typing import Any

from merit_kit import assessment
from merit_kit.assessment import make_case, make_cases
from merit_kit.store import Store
from tests.conftest import ROUND, level, verifying
from tests.sayings import record, say


def earlier(store: Store, tiny: Any, agency: str, round_: str, mark: str, **more: Any) -> str:
    """An assessment of another round: 2.1 verified at 2, 1.2 at the top, words on 2.1."""
    if round_ not in store.rounds().index:
        store.add_round(round_, *map(int, round_.split("-")))
    about = assessment.begin(store, agency, round_, tiny, "p-s", **more)
    verifying(store, about)
    found = {"of": "verified", "author": "p-e"}
    record(store, level(about, "2.1", 2, **found), level(about, "1.2", 4, **found))
    record(store, say("recommendation", about, sub_aspect="2.1", text=f"saran {mark}"))
    return about


def test_what_was_recommended_in_the_round_before_is_carried_as_plain_data(store, begun, tiny):
    earlier(store, tiny, "kota-a", "2025-2", "QQ")

    assert make_case(store, "kota-a", ROUND).previous == {
        "round": {"code": "2025-2", "year": 2025, "number": 2},
        "recommendations": [
            {
                "sub_aspect": "2.1",
                "name": {"id": "Nama 2.1", "en": "Nama 2.1 (en)"},
                "level": 2,
                "next": 3,
                "text": "saran QQ",
            }
        ],
    }


def test_of_a_round_that_was_determined_the_determined_levels_are_carried(store, begun, tiny):
    about = earlier(store, tiny, "kota-a", "2025-2", "QQ")
    record(store, level(about, "1.1", 3, of="verified", author="p-e"))
    for stage in ("perbaikan", "penetapan"):
        assessment.advance(store, "2025-2", stage, "p-s")
    # The plenary lowered 2.1 from 2 to 1 and raised 1.1 from 3 to the top.
    body = assessment.determination_body({"2.1": 1, "1.1": 4, "1.2": 4}, tiny, "Rapat pleno")
    record(store, say("determination", about, **body))

    case = make_case(store, "kota-a", ROUND)

    recommended = case.previous["recommendations"]
    assert [(each["sub_aspect"], each["level"], each["next"]) for each in recommended] == [
        ("2.1", 1, 2)
    ]


def test_an_agencys_first_assessment_has_none_before_it(store, begun):
    assert make_case(store, "kota-a", ROUND).previous is None


def test_the_last_round_before_is_meant_neither_an_older_nor_a_later_one(store, begun, tiny):
    for round_, mark in (("2024-2", "tua"), ("2025-2", "lalu"), ("2026-2", "nanti")):
        earlier(store, tiny, "kota-a", round_, mark)

    case = make_case(store, "kota-a", ROUND)

    assert case.previous["round"]["code"] == "2025-2"
    assert [each["text"] for each in case.previous["recommendations"]] == ["saran lalu"]
    assert "saran tua" not in case.text
    assert "saran nanti" not in case.text


def test_what_was_recommended_to_others_or_in_made_up_data_stays_out(store, begun, tiny):
    earlier(store, tiny, "kab-b", "2025-2", "tetangga")
    earlier(store, tiny, "kota-a", "2025-2", "rekaan", invented=True)

    case = make_case(store, "kota-a", ROUND)

    assert case.previous is None
    assert "saran" not in case.text


def test_a_made_up_round_between_does_not_hide_the_real_one(store, begun, tiny):
    earlier(store, tiny, "kota-a", "2024-2", "sungguhan")
    earlier(store, tiny, "kota-a", "2025-2", "rekaan", invented=True)

    assert make_case(store, "kota-a", ROUND).previous["round"]["code"] == "2024-2"


def test_what_was_internal_in_the_round_before_stays_internal(store, begun, tiny):
    about = earlier(store, tiny, "kota-a", "2025-2", "QQ")
    secret = {"visible_to": "internal"}
    record(store, say("question", about, text="rahasia QQ", missing="rahasia QQ", **secret))
    record(store, level(about, "1.1", 1, of="verified", author="p-e", **secret))

    case = make_case(store, "kota-a", ROUND)

    assert "rahasia QQ" not in case.text
    # Of 1.1 the agency never saw a level.
    assert [each["sub_aspect"] for each in case.previous["recommendations"]] == ["2.1"]


def test_the_cases_of_many_carry_each_its_own_round_before(store, begun, tiny):
    assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    earlier(store, tiny, "kota-a", "2025-2", "QQ")
    earlier(store, tiny, "kab-b", "2024-2", "ZZ")

    found = {case.agency["code"]: case.previous for case in make_cases(store, ROUND)}

    assert found["kota-a"]["recommendations"][0]["text"] == "saran QQ"
    assert found["kab-b"]["recommendations"][0]["text"] == "saran ZZ"
    assert found["kab-b"]["round"]["code"] == "2024-2"


def test_what_was_recommended_later_than_the_moment_asked_for_is_left_out(store, begun, tiny):
    earlier(store, tiny, "kota-a", "2025-2", "QQ")
    moment = store.entries()["recorded_at"].max()
    about = store.assessments().query("round == '2025-2'").index[0]
    record(store, say("recommendation", about, sub_aspect="1.1", text="saran terlambat"))

    [case] = make_cases(store, ROUND, ["kota-a"], as_of=moment)

    assert "saran QQ" in case.text
    assert "saran terlambat" not in case.text
