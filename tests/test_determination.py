"""The determination at the door: what keeps it away, what has to follow from it, what it locks.

Verified are 2.1 at level 2, 1.1 at 2 and 1.2 at 3: 140 + 20 + 60 = 220 of 400 points, index 0.55,
category II (from 200).
"""

from __future__ import annotations

import pytest

from merit_kit import assessment, process
from merit_kit.errors import Problem, RuleError, ScoreError
from merit_kit.store import audit
from tests.conftest import ROUND
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
