"""A case: one assessment at one moment, as a file. What goes in, what stays out, what comes back.

Two agencies are assessed in one round, each with a mark of its own in every text that can be
filled in, so that a mark in the wrong case shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merit_kit import assessment, instrument
from merit_kit.assessment import Case, make_case, make_cases
from merit_kit.canonical import digest
from merit_kit.errors import CaseError
from merit_kit.i18n import explain
from merit_kit.store import Store, audit, passed_through
from tests.conftest import ROUND, level, note, official_data, tiny_data, verifying
from tests.sayings import record, say


def fill(store: Store, tiny: Any, code: str, mark: str, name: str) -> str:
    store.add_agencies([{"code": code, "name": name, "kind": "kota", "province": f"Prov {mark}"}])
    for person, role, agency in (
        ("orang", "agency", code),
        ("penilai", "evaluator", None),
        ("pencatat", "secretariat", None),
    ):
        store.add_people(
            [
                {
                    "id": f"{person}-{mark}",
                    "login": f"login-{mark}-{person}",
                    "name": f"Nama {mark} {person}",
                    "nip": f"nip-{mark}-{person}",
                    "office": f"Kantor {mark}",
                }
            ]
        )
        store.appoint(f"{person}-{mark}", role, agency)
    store.add_published(
        [
            {
                "agency": name,
                "kind": "kota",
                "year": year,
                "score": f"{mark}-250",
                "index": None,
                "category": None,
                "aspect_values": None,
                "source": f"Sumber {mark}",
            }
            for year in ("2021", "2019")
        ]
    )
    room = {"round": ROUND, "code": f"ruang-{mark}", "name": f"Ruang {mark}", "host": None}
    when = {"held_on": "2026-03-01", "starts_at": None}
    own, found = f"orang-{mark}", f"penilai-{mark}"
    store.put_room({**room, **when, "kind": "verifikasi-klarifikasi"}, [(code, found)])
    about = assessment.begin(store, code, ROUND, tiny, own)
    verifying(store, about)
    there = {"room": f"ruang-{mark}"}
    first = level(about, "1.1", 2, reason=f"alasan lama {mark}", author=own, **there)
    verified = {"of": "verified", "reason": f"verifikasi {mark}", "author": found}
    secret = {"visible_to": "internal", "author": found}
    said = [
        first,
        level(about, "1.1", 3, reason=f"alasan {mark}", base=(first.id,), author=own, **there),
        level(about, "1.1", 1, **verified, **there),
        note(about, "2.1", f"catatan {mark}", author=found, **there),
        note(about, "1.2", f"rahasia {mark}", **secret, **there),
    ]
    assessment.record(store, said, f"pencatat-{mark}")
    return about


@pytest.fixture
def two(store: Store, tiny: Any) -> dict[str, str]:
    """The ids of two filled assessments by agency; their marks are QQ and ZZ."""
    return {
        "kota-a": fill(store, tiny, "kota-a", "QQ", "Kota QQ"),
        "kab-b": fill(store, tiny, "kab-b", "ZZ", "Kabupaten ZZ"),
    }


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


def test_a_case_read_back_is_the_same_to_the_byte(store, two, tmp_path):
    case = make_case(store, "kota-a", ROUND)
    path = tmp_path / "case.json"
    path.write_text(case.text, encoding="utf-8")

    back = Case.from_file(path)

    assert back == case
    assert (back.text, back.digest) == (case.text, case.digest)
    assert case.digest == digest(path.read_text(encoding="utf-8"))


def test_the_order_of_keys_and_the_layout_of_the_file_play_no_part(store, two):
    case = make_case(store, "kota-a", ROUND)
    laid_out = json.dumps(dict(reversed(case.data.items())), indent=2)

    assert laid_out != case.text
    assert Case.from_text(laid_out).digest == case.digest


def test_a_case_made_twice_of_the_same_moment_is_the_same(store, two):
    assert make_case(store, "kota-a", ROUND).digest == make_case(store, "kota-a", ROUND).digest


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


def test_the_cases_of_a_round_are_those_made_one_by_one_in_order_of_code(store, two):
    together = make_cases(store, ROUND)

    assert [case.agency["code"] for case in together] == ["kab-b", "kota-a"]
    assert together == [make_case(store, code, ROUND) for code in ("kab-b", "kota-a")]


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


def test_a_case_of_the_first_format_is_read_as_it_was(store, two, tmp_path):
    data = json.loads(make_case(store, "kota-a", ROUND).text)
    old = {k: v for k, v in data.items() if k not in ("as_of", "previous")} | {"format": 1}
    (tmp_path / "case.json").write_text(json.dumps(old), encoding="utf-8")

    case = Case.from_file(tmp_path / "case.json")

    assert (case.previous, case.as_of) == (None, None)
    # Its digest is the one that was printed then.
    assert json.loads(case.text) == old
    assert case.levels("self").fillna(-1).iloc[0].tolist() == [-1, 3, -1]


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


def test_an_agencys_first_assessment_has_none_before_it(store, two):
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


DAMAGES: dict[str, tuple[Callable[[str], str], str]] = {
    "cut-off": (lambda text: text[: len(text) // 2], "case-unreadable"),
    "empty": (lambda text: "", "case-unreadable"),
    "no-json": (lambda text: "<html>", "case-unreadable"),
    "too-deep": (lambda text: "[" * 100_000, "case-unreadable"),
    "a-list": (lambda text: f"[{text}]", "case-foreign"),
    "null": (lambda text: "null", "case-foreign"),
    "another-format": (lambda text: text.replace('"format":2', '"format":3'), "case-foreign"),
    "a-part-too-many": (lambda text: text.replace("{", '{"more":1,', 1), "case-foreign"),
    "a-part-missing": (lambda text: text.replace('"people"', '"peeple"'), "case-foreign"),
    "agency-null": (lambda text: with_part(text, agency=None), "case-foreign"),
    "edition-text": (lambda text: with_part(text, edition="tiny"), "case-foreign"),
    "entries-mapping": (lambda text: with_part(text, entries={}), "case-foreign"),
    "entry-no-mapping": (lambda text: with_part(text, entries=["x"]), "case-foreign"),
    "entry-without-payload": (lambda text: with_part(text, entries=[{"id": "x"}]), "case-foreign"),
    "previous-text": (lambda text: with_part(text, previous="2025-2"), "case-foreign"),
    "as-of-number": (lambda text: with_part(text, as_of=2026), "case-foreign"),
    "a-part-of-a-later-format": (lambda text: with_part(text, format=1), "case-foreign"),
    "digest-number": (lambda text: with_part(text, digest=1), "case-foreign"),
}


def with_part(text: str, **part: Any) -> str:
    return json.dumps({**json.loads(text), **part})


@pytest.mark.parametrize(("damage", "key"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_case_file_is_refused_in_words(store, two, tmp_path, damage, key):
    path = tmp_path / "case.json"
    path.write_text(damage(make_case(store, "kota-a", ROUND).text), encoding="utf-8")

    with pytest.raises(CaseError) as caught:
        Case.from_file(path)

    assert caught.value.key == key
    for lang in ("id", "en"):
        assert explain(caught.value, lang)


def test_a_case_file_in_another_encoding_is_refused_in_words(tmp_path):
    path = tmp_path / "case.json"
    path.write_text('{"format": 1}', encoding="utf-16")

    with pytest.raises(CaseError, match="case-unreadable"):
        Case.from_file(path)


def test_a_case_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(CaseError) as caught:
        Case.from_file(tmp_path / "none.json")

    assert "none.json" in explain(caught.value, "en")
