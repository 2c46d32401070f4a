"""The determination at the door: what keeps it away, what has to follow from it, what it locks.

Verified are 2.1 at level 2, 1.1 at 2 and 1.2 at 3: 140 + 20 + 60 = 220 of 400 points, index 0.55,
category II (from 200).
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import assessment, instrument, process
from merit_kit.errors import Problem, RuleError, ScoreError
from merit_kit.instrument import Instrument
from merit_kit.store import audit
from tests.conftest import ROUND
from tests.editions import made_up_data, worked_out
from tests.entries import OTHER_FINDING, OTHER_THREAD, THREAD
from tests.sayings import appointed, counting, reach, record, refused, said, say

VERIFIED = {"2.1": 2, "1.1": 2, "1.2": 3}
RIGHT = {"levels": VERIFIED, "total": "220", "index": "0.55", "category": "II", "text": ""}


def determined(about: str, *base: str, **more):
    return say("determination", about, *base, **{**RIGHT, **more})


def verify(store, about: str, but: str = "") -> dict[str, str]:
    """Verify the levels, all but that of one sub-aspect, and return the statements' ids."""
    stated = {
        code: say("awal", about, sub_aspect=code, level=level)
        for code, level in VERIFIED.items()
        if code != but
    }
    record(store, *stated.values())
    return {code: statement.id for code, statement in stated.items()}


@pytest.fixture
def verified(store, begun) -> dict[str, str]:
    """The ids of the verified levels of `begun`, which is in the stage of determination."""
    reach(store, begun, "verifikasi")
    ids = verify(store, begun)
    assessment.advance(store, ROUND, "perbaikan", "p-s")
    assessment.advance(store, ROUND, "penetapan", "p-s")
    return ids


def test_a_determination_says_what_follows_from_its_levels(tiny):
    assert assessment.determination_body(VERIFIED, tiny) == RIGHT


@pytest.mark.parametrize(
    ("levels", "total", "index", "category"),
    [
        ((0, 0, 0), "0", "0.00", "I"),
        ((2, 2, 2), "200", "0.50", "II"),
        ((2, 1, 2), "190", "0.48", "I"),
        ((4, 4, 4), "400", "1.00", "II"),
    ],
)
def test_numbers_of_a_determination_are_written_in_one_way(tiny, levels, total, index, category):
    body = assessment.determination_body(dict(zip(tiny.codes, levels, strict=True)), tiny, "Rapat")

    assert (body["total"], body["index"], body["category"]) == (total, index, category)
    assert body["text"] == "Rapat"


def test_levels_that_are_not_whole_determine_nothing(tiny):
    with pytest.raises(ScoreError) as caught:
        assessment.determination_body({"2.1": 2, "1.1": 2}, tiny)

    assert [(p.where, p.key) for p in caught.value.problems] == [("1.2", "level-missing")]


def test_what_was_verified_is_determined_without_a_word(store, begun, verified):
    [outcome] = record(store, determined(begun))

    assert (outcome.state, outcome.conflicts) == ("stored", ())
    final = process.levels(counting(store, begun), process.FINAL)
    assert dict(zip(final["sub_aspect"], final["level"], strict=True)) == VERIFIED
    assert audit(store) == []


@pytest.mark.parametrize("who", ["p-1", "p-e", "p-s", "p-unknown"])
def test_a_commissioner_alone_determines(store, begun, verified, who):
    [(where, key)] = refused(store, determined(begun, author=who))

    plainer = {"p-1": "own-agency", "p-unknown": "role-none"}
    assert (where, key) == ("kinds.determination", plainer.get(who, "role-lacking"))


def test_nothing_is_determined_before_its_stage(store, begun):
    reach(store, begun, "verifikasi")
    verify(store, begun)
    assessment.advance(store, ROUND, "perbaikan", "p-s")

    assert refused(store, determined(begun)) == [("kinds.determination", "stage-wrong")]


@pytest.mark.parametrize(
    ("part", "wrong", "right"),
    [
        ("total", "221", "220"),
        ("total", "220.0", "220"),
        ("index", "0.56", "0.55"),
        ("category", "I", "II"),
    ],
)
def test_what_does_not_follow_from_the_levels_is_refused(
    store, begun, verified, part, wrong, right
):
    with pytest.raises(RuleError) as caught:
        record(store, determined(begun, **{part: wrong}))

    place = "kinds.determination"
    assert caught.value.problems == (Problem(place, "determination-wrong", wrong, right),)
    assert f"says {wrong}, while under the instrument these levels give {right}" in said(
        caught.value
    )
    assert len(process.levels(counting(store, begun), process.FINAL)) == 0


def test_a_level_that_departs_from_the_verified_one_takes_a_reason(store, begun, verified):
    # 2.1 from 2 to 3: 70 points more. 290 of 400 is 0.725.
    other = {"levels": {**VERIFIED, "2.1": 3}, "total": "290", "index": "0.73"}

    with pytest.raises(RuleError) as caught:
        record(store, determined(begun, **other, text=" "))
    [outcome] = record(store, determined(begun, **other, text="Rapat pleno"))

    assert caught.value.problems == (Problem("2.1", "determination-why", 3, 2),)
    assert outcome.state == "stored"


def test_the_verified_level_is_that_of_the_last_pass(store, begun, verified):
    record(store, say("akhir", begun, sub_aspect="2.1", level=3))

    assert refused(store, determined(begun)) == [("2.1", "determination-why")]
    other = {"levels": {**VERIFIED, "2.1": 3}, "total": "290", "index": "0.73"}
    assert record(store, determined(begun, **other))[0].state == "stored"


def test_a_level_that_is_missing_keeps_it_away(store, begun):
    reach(store, begun, "verifikasi")
    verify(store, begun, but="1.2")
    assessment.advance(store, ROUND, "perbaikan", "p-s")
    assessment.advance(store, ROUND, "penetapan", "p-s")

    assert refused(store, determined(begun, text="Rapat")) == [("1.2", "level-missing")]
    record(store, say("akhir", begun, sub_aspect="1.2", level=3))
    assert record(store, determined(begun))[0].state == "stored"


def test_a_level_in_conflict_keeps_it_away(store, begun, verified):
    rivals = [say("akhir", begun, sub_aspect="1.2", level=level) for level in (3, 4)]
    record(store, *rivals)

    assert refused(store, determined(begun)) == [("1.2", "level-disputed")]
    settled = say("akhir", begun, *(r.id for r in rivals), sub_aspect="1.2", level=3)
    assert record(store, settled, determined(begun), by="p-s")[1].state == "stored"


def test_a_mismatch_that_is_not_answered_keeps_it_away(store, begun, verified):
    found = say("field", begun, sub_aspect="2.1", level=1, photos=[])
    record(store, found)

    with pytest.raises(RuleError) as caught:
        record(store, determined(begun))
    answer = say("mismatch-answer", begun, found.id, verified["2.1"], sub_aspect="2.1")
    record(store, answer)

    assert caught.value.problems == (Problem("2.1", "mismatch-unanswered", 1, 2),)
    assert record(store, determined(begun))[0].state == "stored"


def test_a_finding_after_the_answer_keeps_it_away_again(store, begun, verified):
    about = {"sub_aspect": "2.1", "level": 1, "photos": []}
    found = say("field", begun, **about)
    record(store, found, say("mismatch-answer", begun, found.id, verified["2.1"], sub_aspect="2.1"))
    record(store, say("field", begun, **about, finding=OTHER_FINDING))

    assert refused(store, determined(begun)) == [("2.1", "mismatch-unanswered")]


def test_an_objection_that_is_not_answered_keeps_it_away(store, begun, verified):
    objected = say("objection", begun)
    whole = say("objection", begun, thread=OTHER_THREAD, sub_aspect=None)
    record(store, objected, whole)

    kept_away = refused(store, determined(begun))
    record(store, say("objection-answer", begun, objected.id, author="p-k"))
    still = refused(store, determined(begun))
    record(store, say("objection", begun, whole.id, thread=OTHER_THREAD, withdrawn=True))

    assert kept_away == [("1.1", "objection-unanswered"), ("", "objection-unanswered")]
    assert still == [("", "objection-unanswered")]
    assert record(store, determined(begun))[0].state == "stored"


def test_a_question_that_is_open_keeps_nothing_away(store, begun):
    reach(store, begun, "verifikasi")
    verify(store, begun)
    record(store, say("question", begun))
    assessment.advance(store, ROUND, "perbaikan", "p-s")
    assessment.advance(store, ROUND, "penetapan", "p-s")

    assert record(store, determined(begun))[0].state == "stored"


def test_the_last_answer_and_the_determination_may_come_in_one_sending(store, begun, verified):
    objected = say("objection", begun)
    record(store, objected)

    answered = say("objection-answer", begun, objected.id, author="p-k")
    assert [o.state for o in record(store, answered, determined(begun))] == ["stored", "stored"]


@pytest.mark.parametrize(
    "what",
    ["akhir", "field", "second", "note", "recommendation", "follow-up", "closing", "objection",
     "mismatch-answer", "objection-answer", "stage"],
)  # fmt: skip
def test_after_it_nothing_more_is_stated(store, begun, verified, what):
    record(store, determined(begun))

    parts = {"field": {"photos": []}, "stage": {"stage": "perbaikan", "text": "Salah"}}
    [(_, key)] = refused(store, say(what, begun, **parts.get(what, {})))

    assert key == "determined"


def test_what_comes_after_it_in_the_same_sending_is_refused(store, begun, verified):
    assert refused(store, determined(begun), say("note", begun), by="p-s") == [
        ("1.1", "determined")
    ]


def test_the_determination_of_one_agency_locks_no_other(store, begun, verified, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    record(store, determined(begun))

    assert record(store, say("self", other))[0].state == "stored"


def test_a_correction_names_what_it_corrects(store, begun, verified):
    first = determined(begun)
    record(store, first)
    other = {"levels": {**VERIFIED, "1.1": 3}, "total": "230", "index": "0.58", "text": "Ralat"}

    assert refused(store, determined(begun, **other)) == [
        ("kinds.determination", "determined-already")
    ]
    second = determined(begun, first.id, **other)
    [outcome] = record(store, second)
    third = determined(begun, first.id)

    assert (outcome.state, outcome.conflicts) == ("stored", ())
    final = process.levels(counting(store, begun), process.FINAL)
    assert dict(zip(final["sub_aspect"], final["level"], strict=True)) == {**VERIFIED, "1.1": 3}
    # Of those it names one stands no longer, and the one that stands it does not name.
    assert refused(store, third) == [("kinds.determination", "determined-already")]
    assert record(store, determined(begun, second.id))[0].state == "stored"


def test_a_correction_has_to_follow_from_its_levels_as_well(store, begun, verified):
    first = determined(begun)
    record(store, first)

    assert refused(store, determined(begun, first.id, total="221")) == [
        ("kinds.determination", "determination-wrong")
    ]


def test_sending_a_determination_again_is_safe(store, begun, verified):
    first = determined(begun)
    record(store, first)
    record(store, determined(begun, first.id))

    assert [o.state for o in record(store, first)] == ["already"]


def test_a_commissioner_of_the_agency_itself_determines_nothing_there(store, begun, verified):
    appointed(store, "p-2", "commissioner", "agency", agency="kota-a")

    assert refused(store, determined(begun, author="p-2")) == [
        ("kinds.determination", "own-agency")
    ]


def test_all_that_keeps_it_away_comes_at_once(store, begun):
    reach(store, begun, "verifikasi")
    verify(store, begun, but="1.2")
    record(store, say("field", begun, sub_aspect="2.1", level=1, photos=[]))
    record(store, say("objection", begun, thread=THREAD))
    assessment.advance(store, ROUND, "perbaikan", "p-s")
    assessment.advance(store, ROUND, "penetapan", "p-s")

    assert refused(store, determined(begun, total="9")) == [
        ("1.2", "level-missing"),
        ("2.1", "mismatch-unanswered"),
        ("1.1", "objection-unanswered"),
        ("kinds.determination", "determination-wrong"),
    ]


def test_no_result_rests_on_a_level_that_the_agency_was_never_shown(store, begun):
    reach(store, begun, "verifikasi")
    for code in ("2.1", "1.1", "1.2"):
        record(store, say("awal", begun, sub_aspect=code, visible_to="internal"))

    counting_all = process.standing(process.unfold(store.entries([begun])))
    found = process.unanswered(counting_all, ("2.1", "1.1", "1.2"))

    assert [problem.key for problem in found] == ["level-missing"] * 3


# An index that takes more than the levels: 0.8 x total / 32 + 0.2 x survei / 100 - correction. All
# weights add up to 8, so that every level at 4 is 32 points, a maturity of 1. With 75 in the survey
# and a correction of 0.05 that is 0.8 + 0.15 - 0.05 = 0.9: B, which is from above 0.5 up to 1.
CODES = ("1.1", "1.2", "3.1", "2.1", "2.2")
FOURS = dict.fromkeys(CODES, 4)
NUMBERS = {"survei": "75", "correction": "0.05"}
COMPOSED = {"levels": FOURS, "components": NUMBERS, "total": "32", "index": "0.900",
            "category": "B", "text": ""}  # fmt: skip


@pytest.fixture(scope="module")
def composite() -> Instrument:
    return instrument.from_data(made_up_data())


@pytest.fixture
def composed(store, composite) -> str:
    """The id of an assessment under it, all levels verified at 4, to be determined."""
    about = assessment.begin(store, "kota-a", ROUND, composite, "p-1")
    reach(store, about, "verifikasi")
    record(store, *(say("awal", about, sub_aspect=code, level=4) for code in CODES))
    for stage in ("perbaikan", "penetapan"):
        assessment.advance(store, ROUND, stage, "p-s")
    return about


def composed_of(about: str, *base: str, **more: Any):
    """A determination under the composite index; a part that is None is left out."""
    said_ = say("determination", about, *base)
    body = {part: value for part, value in {**COMPOSED, **more}.items() if value is not None}
    said_.body.clear()
    said_.body.update(body)
    return said_


def test_of_a_composite_index_a_determination_says_what_follows_from_levels_and_components(
    composite,
):
    assert assessment.determination_body(FOURS, composite, components=NUMBERS) == COMPOSED


@pytest.mark.parametrize(
    ("survey", "correction", "index", "category"),
    [
        ("0", "0.2", "0.600", "B"),  # 0.8 + 0 - 0.2
        ("0", "0", "0.800", "B"),
        ("100", "0", "1.000", "B"),  # the upper bound belongs to the band
        ("62.5", "0.2", "0.725", "B"),  # 0.8 + 0.125 - 0.2
    ],
)
def test_the_index_moves_with_the_components_while_the_total_stays(
    composite, survey, correction, index, category
):
    numbers = {"survei": survey, "correction": correction}

    body = assessment.determination_body(FOURS, composite, components=numbers)

    assert (body["total"], body["index"], body["category"]) == ("32", index, category)


def test_numbers_of_components_are_kept_as_text_written_in_one_way(composite):
    for survey in (75, "75", "75.0", 75.0, Decimal("75.00")):
        numbers = {"correction": "0.050", "survei": survey}
        body = assessment.determination_body(FOURS, composite, components=numbers)
        assert body["components"] == NUMBERS


def test_without_every_component_nothing_follows(composite):
    with pytest.raises(ScoreError) as caught:
        assessment.determination_body(FOURS, composite, components={"correction": 0})

    assert caught.value.problems == (Problem("survei", "component-missing"),)


def test_an_index_of_levels_alone_takes_no_components(tiny):
    with pytest.raises(ScoreError) as caught:
        assessment.determination_body(VERIFIED, tiny, components={"survei": 75})

    assert [(p.where, p.key) for p in caught.value.problems] == [("survei", "component-unknown")]


@settings(max_examples=80, deadline=None)
@given(
    levels=st.tuples(*(st.integers(0, 5) for _ in CODES)),
    survey=st.decimals(0, 100, places=4),
    correction=st.decimals(0, "0.2", places=6),
)
def test_whatever_is_determined_is_what_exact_fractions_give(composite, levels, survey, correction):
    given_levels = dict(zip(CODES, levels, strict=True))
    numbers = {"survei": survey, "correction": correction}

    body = assessment.determination_body(given_levels, composite, components=numbers)

    total, index, category = worked_out(composite, given_levels, numbers)
    assert (Decimal(body["total"]), Decimal(body["index"])) == (total, index)
    assert body["category"] == category
    assert {code: Decimal(text) for code, text in body["components"].items()} == numbers


def test_a_determination_with_its_components_is_stored_and_counts(store, composed):
    [outcome] = record(store, composed_of(composed))

    assert outcome.state == "stored"
    assert audit(store) == []
    found = process.components(counting(store, composed), [composed], ("survei", "correction"))
    assert found.loc[composed].to_dict() == NUMBERS
    row = assessment.status(store, ROUND).loc["kota-a"]
    assert (row["index"], row["category"], row["determined"]) == (0.9, "B", True)
    [result] = assessment.results(store).to_dict("records")
    assert (result["index"], result["category"]) == ("0.900", "B")


def test_the_bytes_of_a_determination_by_levels_alone_are_what_they_were(store, begun, verified):
    record(store, determined(begun))

    [payload] = store.entries([begun], kinds=["determination"])["payload"]

    assert set(json.loads(payload)["body"]) == {"levels", "total", "index", "category", "text"}


@pytest.mark.parametrize(
    ("part", "wrong", "right"),
    [("total", "33", "32"), ("index", "0.950", "0.900"), ("category", "C", "B")],
)
def test_what_does_not_follow_from_levels_and_components_is_refused(
    store, composed, part, wrong, right
):
    with pytest.raises(RuleError) as caught:
        record(store, composed_of(composed, **{part: wrong}))

    place = "kinds.determination"
    assert caught.value.problems == (Problem(place, "determination-wrong", wrong, right),)


def test_what_followed_from_other_components_is_refused(store, composed):
    # 0.8 + 0.14 - 0.05
    other = {"components": {**NUMBERS, "survei": "70"}}

    assert refused(store, composed_of(composed, **other)) == [
        ("kinds.determination", "determination-wrong")
    ]
    assert record(store, composed_of(composed, **other, index="0.890"))[0].state == "stored"


@pytest.mark.parametrize(
    ("numbers", "problem"),
    [
        (None, ("kinds.determination", "body-shape")),
        ({"survei": "75"}, ("correction", "component-missing")),
        ({**NUMBERS, "lain": "1"}, ("lain", "component-unknown")),
        ([], ("components", "body-shape")),
        ({**NUMBERS, "survei": "tinggi"}, ("survei", "component-form")),
        ({**NUMBERS, "survei": True}, ("survei", "component-form")),
        ({**NUMBERS, "survei": "75,5"}, ("survei", "component-form")),
        ({**NUMBERS, "survei": "1_0"}, ("survei", "component-form")),
        ({**NUMBERS, "survei": "-1"}, ("survei", "component-form")),
        ({**NUMBERS, "survei": "\u0667\u0665"}, ("survei", "component-form")),
        ({**NUMBERS, "survei": 75.0}, ("survei", "component-form")),
        ({**NUMBERS, "survei": "100.5"}, ("survei", "component-off-scale")),
        ({**NUMBERS, "survei": -1}, ("survei", "component-off-scale")),
        ({**NUMBERS, "correction": "0.3"}, ("correction", "component-off-scale")),
        ({**NUMBERS, "survei": "75.0000001"}, ("survei", "too-many-decimals")),
    ],
    ids=["none", "one-too-few", "one-too-many", "a-list", "a-word", "a-flag", "a-comma",
         "an-underscore", "a-negative-text", "digits-of-another-script", "a-float", "too-much",
         "below-nothing", "too-great-a-correction", "seven-decimals"],
)  # fmt: skip
def test_components_out_of_form_or_range_are_refused(store, composed, numbers, problem):
    assert refused(store, composed_of(composed, components=numbers)) == [problem]


def test_components_are_whole_numbers_or_text_alike(store, composed):
    numbers = {"survei": 75, "correction": "0.05"}

    assert record(store, composed_of(composed, components=numbers))[0].state == "stored"
    assert assessment.status(store, ROUND).loc["kota-a", "index"] == 0.9


def test_components_where_the_index_is_of_the_levels_alone_are_refused(store, begun, verified):
    said_ = determined(begun)
    said_.body["components"] = {}

    assert refused(store, said_) == [("kinds.determination", "body-shape")]


def test_a_correction_may_change_the_components_alone(store, composed):
    first = composed_of(composed)
    record(store, first)
    other = {"components": {**NUMBERS, "correction": "0"}, "index": "0.950"}

    [outcome] = record(store, composed_of(composed, first.id, **other))

    assert (outcome.state, outcome.conflicts) == ("stored", ())
    assert assessment.status(store, ROUND).loc["kota-a", "index"] == 0.95


def test_while_determinations_dispute_each_other_no_component_is_known(store, composed):
    store.append([composed_of(composed)], "p-k")
    other = {"components": {**NUMBERS, "survei": "70"}, "index": "0.890"}
    store.append([composed_of(composed, **other)], "p-k")

    found = process.components(counting(store, composed), [composed], ("survei", "correction"))

    assert found.isna().all(axis=None)
    row = assessment.status(store, ROUND).loc["kota-a"]
    assert (row["index"], row["determined"]) == (None, False)


# The pleno


def test_the_pleno_determines_at_the_verified_levels_with_what_is_given_beside(store, composed):
    found = assessment.determine(
        store, ROUND, ["kota-a"], "p-k", components={"kota-a": {"survei": 75, "correction": 0.05}}
    )

    assert found == {"kota-a": COMPOSED}
    assert assessment.status(store, ROUND).loc["kota-a", "determined"]


def test_each_agency_of_a_pleno_has_numbers_of_its_own(store, composed, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    reach(store, other, "verifikasi")
    verify(store, other)
    for stage in ("perbaikan", "penetapan"):
        assessment.advance(store, ROUND, stage, "p-s", ["kab-b"])

    found = assessment.determine(
        store, ROUND, ["kota-a", "kab-b"], "p-k", components={"kota-a": NUMBERS}
    )

    assert {code: body["index"] for code, body in found.items()} == {
        "kota-a": "0.900",
        "kab-b": "0.55",
    }


@pytest.mark.parametrize(
    ("numbers", "problems"),
    [
        ({}, [("survei", "component-missing"), ("correction", "component-missing")]),
        ({"survei": 75}, [("correction", "component-missing")]),
        ({**NUMBERS, "survei": 101}, [("survei", "component-off-scale")]),
        ({**NUMBERS, "surve": 1}, [("surve", "component-unknown")]),
    ],
    ids=["none", "one-lacks", "too-much", "misspelt"],
)
def test_a_pleno_without_every_number_determines_nothing(store, composed, numbers, problems):
    before = store.entries()

    with pytest.raises(RuleError) as caught:
        assessment.determine(store, ROUND, ["kota-a"], "p-k", components={"kota-a": numbers})

    [cause] = caught.value.causes
    assert [(p.where, p.key) for p in cause.problems] == problems
    assert "kota-a" in said(caught.value)
    assert store.entries().equals(before)
