"""What is open, answered, missing: on hand-made statements of one assessment.

The tiny instrument (conftest.py) has 2.1, then 1.1 and 1.2, levels 1 to 4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import process
from merit_kit.errors import Problem
from merit_kit.i18n import LANGUAGES, describe
from merit_kit.store import Statement
from tests.entries import (
    BODIES,
    FILE,
    OTHER_FILE,
    OTHER_FINDING,
    OTHER_SHA,
    OTHER_THREAD,
    SHA,
    THREAD,
    histories,
    said,
    standing,
)

CODES = ("2.1", "1.1", "1.2")


def one(frame: pd.DataFrame) -> dict[str, Any]:
    [row] = frame.to_dict("records")
    return row


def asked(*statements: Statement) -> dict[str, Any]:
    return one(process.clarifications(standing(*statements)))


Q = said("question", "q")
A = said("answer", "a", "q")
C = said("closing", "c", "q a", text="Cukup")


def test_a_question_is_open_until_it_is_answered():
    assert asked(Q) == {
        "id": "q",
        "thread": THREAD,
        "sub_aspect": "1.1",
        "text": "Mana SK-nya?",
        "missing": "SK tim",
        "due": "2026-04-30",
        "state": "open",
        "answer": "",
        "files": [],
        "closing": "",
        "returned": False,
        "author": "p-1",
        "draft": False,
    }


def test_a_question_is_a_draft_until_the_agency_may_see_it():
    draft = said("question", "q", visible_to="internal")
    put = said("question", "q2", "q")

    assert asked(draft)["draft"] is True
    assert asked(draft, put)["draft"] is False
    assert asked(put, draft)["draft"] is False


def test_the_questions_that_are_put_can_be_picked_out_of_the_drafts_even_where_there_are_none():
    draft = said("question", "r", thread=OTHER_THREAD, visible_to="internal")

    frame = process.clarifications(standing(Q, draft))

    assert list(frame[~frame["draft"]]["thread"]) == [THREAD]
    nothing = process.clarifications(standing())
    assert len(nothing[~nothing["draft"]]) == 0


def test_a_question_that_is_answered_shows_its_answer_and_what_was_sent_with_it():
    row = asked(Q, A)

    assert (row["state"], row["answer"], row["files"]) == ("answered", "Terlampir", [SHA])


def test_a_question_is_closed_by_whoever_saw_the_question_and_its_answer():
    row = asked(Q, A, C)

    assert (row["state"], row["closing"], row["answer"]) == ("closed", "Cukup", "Terlampir")


def test_a_question_may_be_closed_without_an_answer():
    assert asked(Q, said("closing", "c", "q"))["state"] == "closed"


def test_a_question_that_is_edited_is_open_again():
    edited = said("question", "q2", "q", text="Mana SK tahun ini?")

    assert asked(Q, A, edited)["state"] == "open"
    row = asked(Q, A, C, edited)
    assert (row["state"], row["text"], row["answer"]) == ("open", "Mana SK tahun ini?", "")


def test_an_answer_to_the_edited_question_answers_it():
    edited = said("question", "q2", "q", text="Mana SK tahun ini?")

    row = asked(Q, A, edited, said("answer", "a2", "q2 a", text="Ini", files=[]))

    assert (row["state"], row["answer"], row["files"]) == ("answered", "Ini", [])


def test_an_answer_after_the_closing_makes_it_answered_again():
    row = asked(Q, A, C, said("answer", "a2", "q a", text="Ada lagi"))

    assert (row["state"], row["answer"], row["closing"]) == ("answered", "Ada lagi", "")


def test_a_closing_that_was_written_before_the_answer_arrived_does_not_hide_it():
    early = said("closing", "c", "q")

    assert asked(Q, early, A)["state"] == asked(Q, A, early)["state"] == "answered"


def test_a_clarification_can_be_closed_again_after_the_later_answer():
    later = said("answer", "a2", "q a", text="Ada lagi")

    assert asked(Q, A, C, later, said("closing", "c2", "q a2 c"))["state"] == "closed"


@pytest.mark.parametrize("text", ["", "Tanggalnya belum ada"], ids=["without-a-word", "said-why"])
def test_a_question_whose_answer_does_not_suffice_is_open_still(text):
    row = asked(Q, A, said("closing", "c", "q a", closed=False, text=text))

    assert (row["state"], row["returned"]) == ("open", True)
    assert (row["answer"], row["closing"]) == ("Terlampir", text)


def test_a_better_answer_to_a_question_that_was_returned_answers_it():
    back = said("closing", "c", "q a", closed=False)

    row = asked(Q, A, back, said("answer", "a2", "q a", text="Ini yang bertanggal"))

    assert (row["state"], row["returned"], row["answer"]) == (
        "answered",
        False,
        "Ini yang bertanggal",
    )


def test_an_answer_in_a_conflict_of_which_one_was_returned_waits_for_the_evaluator():
    another = said("answer", "b", "q", text="Juga ini")

    row = asked(Q, A, another, said("closing", "c", "q a", closed=False))

    assert (row["state"], row["returned"]) == ("answered", False)


def test_a_clarification_that_is_opened_again_shows_its_answer_still():
    row = asked(Q, A, C, said("closing", "c2", "q a c", closed=False))
    assert (row["state"], row["returned"], row["answer"]) == ("open", True, "Terlampir")
    row = asked(Q, said("closing", "c", "q", closed=False))
    assert (row["state"], row["returned"]) == ("open", False)


def test_two_answers_that_do_not_know_of_each_other_are_both_shown():
    row = asked(Q, A, said("answer", "b", "q", text="Juga ini", files=[OTHER_SHA]))

    assert (row["state"], row["answer"]) == ("answered", "Terlampir\nJuga ini")
    assert row["files"] == [SHA, OTHER_SHA]


def test_a_closing_that_knew_one_of_two_answers_closes_nothing():
    both = (Q, A, said("answer", "b", "q", text="Juga ini"))

    assert asked(*both, C)["state"] == "answered"
    assert asked(*both, said("closing", "c", "q a b"))["state"] == "closed"


def test_whether_two_conflicting_closings_close_is_left_open():
    reopened = said("closing", "d", "q a", closed=False)

    row = asked(Q, A, C, reopened)

    # The evaluators have to settle it; nothing more is asked of the agency meanwhile.
    assert (row["state"], row["returned"]) == ("answered", False)


def test_two_closings_that_both_send_the_answer_back_are_not_at_odds_about_it():
    back = (said("closing", "c", "q a", closed=False), said("closing", "d", "q a", closed=False))

    row = asked(Q, A, *back)

    assert (row["state"], row["returned"]) == ("open", True)


def test_one_thread_does_not_answer_another():
    other = said("question", "r", thread=OTHER_THREAD, sub_aspect="1.2", due=None, missing="")

    rows = process.clarifications(standing(other, Q, A, C)).to_dict("records")

    assert [(r["sub_aspect"], r["state"]) for r in rows] == [("1.1", "closed"), ("1.2", "open")]
    assert [row["due"] for row in rows] == ["2026-04-30", None]


V = said("awal", "v", level=3)
F = said("field", "f", level=1, reason="Belum berjalan")
M = said("mismatch-answer", "m", "v f")


def differing(*statements: Statement) -> dict[str, Any]:
    return one(process.mismatches(standing(*statements)))


def is_answered(*statements: Statement) -> bool:
    return differing(*statements)["answered"]


def test_practice_below_paper_is_a_mismatch():
    assert differing(V, F) == {
        "sub_aspect": "1.1",
        "verified": 3,
        "field": 1,
        "reason": "Belum berjalan",
        "answered": False,
        "answer": "",
    }


@pytest.mark.parametrize("level", [3, 4, None], ids=["as-good", "better", "taken-back"])
def test_practice_no_lower_than_paper_is_no_mismatch(level):
    assert len(process.mismatches(standing(V, said("field", "f", level=level)))) == 0


def test_practice_that_shows_nothing_is_a_mismatch():
    assert differing(V, said("field", "f", level=0))["field"] == 0


def test_a_finding_where_nothing_is_verified_is_no_mismatch():
    assert len(process.mismatches(standing(F))) == 0
    taken_back = said("awal", "w", "v", level=None)
    assert len(process.mismatches(standing(V, taken_back, F))) == 0


def test_a_finding_is_held_against_the_level_in_force_and_no_other():
    said_of_itself = said("self", "s", level=4)
    last = said("akhir", "w", level=1)

    assert len(process.mismatches(standing(V, last, F, said_of_itself))) == 0
    assert differing(said("awal", "v", level=0), said("akhir", "w", level=2), F)["verified"] == 2


def test_of_several_findings_the_lowest_is_shown():
    other = said("field", "g", finding=OTHER_FINDING, level=0, reason="Pengaduan")

    assert (differing(V, F, other)["field"], differing(V, F, other)["reason"]) == (0, "Pengaduan")


def test_a_mismatch_is_answered_by_who_names_the_level_and_the_finding():
    row = differing(V, F, M)

    assert (row["answered"], row["answer"]) == (True, "Baru dimulai")


@pytest.mark.parametrize("base", ["v", "f", ""], ids=["the-level", "the-finding", "neither"])
def test_an_answer_that_did_not_see_both_answers_no_mismatch(base):
    assert not is_answered(V, F, said("mismatch-answer", "m", base))


def test_a_mismatch_is_open_again_when_the_verified_level_changes():
    changed = said("awal", "w", "v", level=2)

    assert not is_answered(V, F, M, changed)
    assert is_answered(V, F, M, changed, said("mismatch-answer", "n", "m w f"))


def test_a_mismatch_is_open_again_when_the_last_pass_states_its_level():
    assert not is_answered(V, F, M, said("akhir", "w", "v", level=3))


def test_a_mismatch_is_open_again_when_the_finding_changes():
    changed = said("field", "g", "f", level=0)

    assert not is_answered(V, F, M, changed)
    assert is_answered(V, F, M, changed, said("mismatch-answer", "n", "m v g"))


def test_a_mismatch_is_open_again_when_another_finding_comes():
    other = said("field", "g", finding=OTHER_FINDING, level=2)

    assert not is_answered(V, F, M, other)
    assert is_answered(V, F, M, other, said("mismatch-answer", "n", "m v f g"))


def test_a_finding_that_agrees_with_the_paper_opens_nothing_again():
    assert is_answered(V, F, M, said("field", "g", finding=OTHER_FINDING, level=3))


def test_the_answer_to_one_mismatch_is_none_to_another():
    v2 = said("awal", "v2", sub_aspect="1.2", level=3)
    f2 = said("field", "f2", sub_aspect="1.2", finding=OTHER_FINDING, level=1)

    frame = process.mismatches(standing(v2, f2, V, F, said("mismatch-answer", "m", "v f v2 f2")))

    assert list(zip(frame["sub_aspect"], frame["answered"], strict=True)) == [
        ("1.1", True),
        ("1.2", False),
    ]


OB = said("objection", "o")
OA = said("objection-answer", "oa", "o", accepted=True, text="Diterima")


def objected(*statements: Statement) -> dict[str, Any]:
    return one(process.objections(standing(*statements)))


def test_an_objection_is_unanswered_at_first():
    assert objected(OB) == {
        "thread": THREAD,
        "sub_aspect": "1.1",
        "text": "Bukti sudah ada",
        "answered": False,
        "accepted": None,
        "answer": "",
    }


def test_an_objection_is_answered_by_who_names_it():
    row = objected(OB, OA)

    assert (row["answered"], row["accepted"], row["answer"]) == (True, True, "Diterima")
    assert objected(OB, said("objection-answer", "oa", "o"))["accepted"] is False
    assert objected(OB, said("objection-answer", "oa"))["answered"] is False


def test_an_objection_that_changes_is_unanswered_again():
    changed = said("objection", "p", "o", text="Bukti baru")

    assert objected(OB, OA, changed)["answered"] is False
    again = said("objection-answer", "ob", "oa p", accepted=False)
    assert objected(OB, OA, changed, again)["accepted"] is False


def test_an_objection_that_is_withdrawn_is_gone():
    withdrawn = said("objection", "p", "o", withdrawn=True)

    assert len(process.objections(standing(OB, withdrawn))) == 0


def test_two_answers_accept_an_objection_only_together():
    assert objected(OB, OA, said("objection-answer", "ob", "o"))["accepted"] is False


def test_an_objection_to_the_whole_result_names_no_sub_aspect():
    whole = said("objection", "p", thread=OTHER_THREAD, sub_aspect=None)

    assert list(process.objections(standing(whole, OB, OA))["sub_aspect"]) == ["1.1", None]


E1 = said("evidence", "e")
J = said("evidence-state", "j", "e", state="kurang", text="Belum ditandatangani")


def files(*statements: Statement) -> list[tuple[str, str, str]]:
    frame = process.evidence(standing(*statements))
    return list(zip(frame["name"], frame["state"], frame["text"], strict=True))


def test_a_file_is_unchecked_until_somebody_looked_at_it():
    row = one(process.evidence(standing(E1)))

    assert row == {
        "file": FILE,
        "sub_aspect": "1.1",
        "name": "sk.pdf",
        "sha256": SHA,
        "size": 1200,
        "state": "belum-diperiksa",
        "text": "",
    }


def test_what_was_found_of_a_file_is_shown_with_it():
    assert files(E1, J) == [("sk.pdf", "kurang", "Belum ditandatangani")]


def test_a_new_revision_is_unchecked_again():
    revised = said("evidence", "e2", "e", sha256=OTHER_SHA, name="sk-2.pdf")

    assert files(E1, J, revised) == [("sk-2.pdf", "belum-diperiksa", "")]


def test_the_judgement_of_the_new_revision_counts_and_not_that_of_the_old():
    revised = said("evidence", "e2", "e", sha256=OTHER_SHA)
    judged = said("evidence-state", "k", "j e2", sha256=OTHER_SHA, state="sesuai", text="")

    assert files(E1, J, revised, judged) == [("sk.pdf", "sesuai", "")]


def test_a_judgement_of_bytes_that_came_too_late_says_nothing_of_the_new_ones():
    revised = said("evidence", "e2", "e", sha256=OTHER_SHA)

    assert files(E1, revised, J) == files(J, E1, revised) == [("sk.pdf", "belum-diperiksa", "")]


def test_evidence_that_is_withdrawn_is_gone():
    assert files(E1, J, said("evidence", "e2", "e", withdrawn=True)) == []


def test_two_judgements_in_conflict_leave_a_file_unchecked():
    other = said("evidence-state", "k", "e", state="sesuai")

    assert files(E1, J, other) == [("sk.pdf", "belum-diperiksa", "")]
    assert files(E1, J, other, said("evidence-state", "l", "j k", text="")) == [
        ("sk.pdf", "sesuai", "")
    ]


def test_two_revisions_in_conflict_are_both_shown():
    rivals = (said("evidence", "e2", "e", name="a.pdf"), said("evidence", "e3", "e", name="b.pdf"))

    assert [name for name, _, _ in files(E1, *rivals)] == ["a.pdf", "b.pdf"]


def test_the_same_bytes_under_another_name_are_judged_by_themselves():
    other = said("evidence", "e2", file=OTHER_FILE, name="zz.pdf")

    assert [state for _, state, _ in files(E1, other, J)] == ["kurang", "belum-diperiksa"]


def test_a_recommendation_is_made_of_the_instrument_the_open_question_and_the_evaluators_words(
    tiny,
):
    counting = standing(said("awal", "v", level=2), Q, said("recommendation", "r"), E1, J)

    sub = tiny.by_code["1.1"]
    assert process.recommendations(counting, tiny) == [
        {
            "sub_aspect": "1.1",
            "level": 2,
            "next": 3,
            "criterion": sub.levels[3],
            "evidence": sub.evidence,
            "missing": ["SK tim"],
            "text": "Susun peta jabatan",
        }
    ]


def test_where_nobody_said_anything_a_recommendation_invents_nothing(tiny):
    [row] = process.recommendations(standing(said("awal", "v", level=0)), tiny)

    assert (row["level"], row["next"], row["criterion"]) == (0, 1, tiny.by_code["1.1"].levels[1])
    assert (row["missing"], row["text"]) == ([], "")


@pytest.mark.parametrize("level", [4, None], ids=["at-the-top", "not-assessed"])
def test_the_top_level_and_what_is_not_assessed_need_no_recommendation(tiny, level):
    other = said("awal", "w", sub_aspect="2.1", level=1)

    found = process.recommendations(standing(said("awal", "v", level=level), other), tiny)

    assert [row["sub_aspect"] for row in found] == ["2.1"]


def test_recommendations_come_in_the_instruments_order_from_the_level_in_force(tiny):
    counting = standing(
        said("awal", "x", sub_aspect="1.2", level=1),
        said("awal", "y", sub_aspect="1.1", level=1),
        said("akhir", "z", sub_aspect="1.1", level=3),
        said("awal", "w", sub_aspect="2.1", level=1),
        said("self", "s", level=2),
    )

    found = process.recommendations(counting, tiny)

    assert [(row["sub_aspect"], row["level"]) for row in found] == [
        ("2.1", 1),
        ("1.1", 3),
        ("1.2", 1),
    ]


D = said("determination", "d", levels={"2.1": 4, "1.1": 1, "1.2": 0})


def test_once_determined_recommendations_go_by_the_determined_levels(tiny):
    # 2.1 was raised to the top in the plenary, 1.1 fell from there, and 1.2 was left as it was.
    verified = (
        said("awal", "v", sub_aspect="2.1", level=3),
        said("awal", "w", sub_aspect="1.1", level=4),
        said("awal", "x", sub_aspect="1.2", level=0),
    )

    found = process.recommendations(standing(*verified, D, said("recommendation", "r")), tiny)

    assert [(row["sub_aspect"], row["level"], row["next"], row["text"]) for row in found] == [
        ("1.1", 1, 2, "Susun peta jabatan"),
        ("1.2", 0, 1, ""),
    ]
    assert found[0]["criterion"] == tiny.by_code["1.1"].levels[2]


def test_determinations_that_dispute_each_other_leave_recommendations_at_the_verified_levels(tiny):
    rival = said("determination", "e", levels={"2.1": 2, "1.1": 2, "1.2": 2})

    found = process.recommendations(standing(said("awal", "v", level=3), D, rival), tiny)

    assert [(row["sub_aspect"], row["level"]) for row in found] == [("1.1", 3)]


def test_evidence_that_fits_is_not_asked_for_again(tiny):
    fits = said("evidence-state", "j", "e", state="sesuai")
    low = said("awal", "v", level=2)

    assert process.recommendations(standing(low, E1, fits), tiny)[0]["evidence"] == ()
    revised = said("evidence", "e2", "e", sha256=OTHER_SHA)
    [row] = process.recommendations(standing(low, E1, fits, revised), tiny)
    assert row["evidence"] == tiny.by_code["1.1"].evidence


def test_what_a_closed_question_missed_is_missing_no_more(tiny):
    low = said("awal", "v", level=2)

    assert process.recommendations(standing(low, Q, A), tiny)[0]["missing"] == ["SK tim"]
    assert process.recommendations(standing(low, Q, A, C), tiny)[0]["missing"] == []


def test_a_question_that_names_nothing_missing_adds_nothing(tiny):
    found = process.recommendations(
        standing(said("awal", "v", level=2), said("question", "q", missing="")), tiny
    )

    assert found[0]["missing"] == []


def test_what_a_draft_says_is_missing_never_reaches_the_agency(tiny):
    low = said("awal", "v", level=2)
    draft = said("question", "r", thread=OTHER_THREAD, missing="Dugaan", visible_to="internal")

    assert process.recommendations(standing(low, draft), tiny)[0]["missing"] == []
    assert process.recommendations(standing(low, draft, Q), tiny)[0]["missing"] == ["SK tim"]


def test_of_a_question_and_a_draft_in_conflict_with_it_only_what_was_put_is_missing(tiny):
    draft = said("question", "r", missing="Dugaan", visible_to="internal")

    [row] = process.recommendations(standing(said("awal", "v", level=2), Q, draft), tiny)

    assert row["missing"] == ["SK tim"]


def test_words_in_conflict_are_not_recommended(tiny):
    rivals = (said("recommendation", "r"), said("recommendation", "s", text="Lain"))

    [row] = process.recommendations(standing(said("awal", "v", level=2), *rivals), tiny)

    assert row["text"] == ""


LAST = [
    {"sub_aspect": "2.1", "level": 0, "next": 1, "text": ""},
    {"sub_aspect": "1.1", "level": 2, "next": 3, "text": "Susun peta jabatan"},
]
"""What was recommended in 2025-2, as far as a follow-up looks at it."""

U = said("follow-up", "u", text="Peta sudah ada, belum ditetapkan")


def followed(*statements: Statement) -> list[tuple[str, Any, str]]:
    frame = process.follow_ups(standing(*statements), LAST, "2025-2")
    return list(zip(frame["sub_aspect"], frame["state"], frame["text"], strict=True))


def test_what_became_of_each_recommendation_is_shown_in_the_order_they_were_made():
    table = process.follow_ups(standing(U), LAST, "2025-2")

    assert table.to_dict("records") == [
        {
            "sub_aspect": "2.1",
            "asked": "",
            "level": 0,
            "next": 1,
            "state": None,
            "text": "",
        },
        {
            "sub_aspect": "1.1",
            "asked": "Susun peta jabatan",
            "level": 2,
            "next": 3,
            "state": "sebagian",
            "text": "Peta sudah ada, belum ditetapkan",
        },
    ]


def test_what_the_earlier_assessment_recommended_can_be_followed_up_as_it_is(tiny):
    earlier = standing(
        said("awal", "v", about="b", level=2), said("recommendation", "r", about="b")
    )

    row = one(process.follow_ups(standing(U), process.recommendations(earlier, tiny), "2025-2"))

    assert (row["asked"], row["level"], row["next"]) == ("Susun peta jabatan", 2, 3)
    assert row["state"] == "sebagian"


def test_a_recommendation_nobody_looked_at_has_no_state():
    assert followed() == [("2.1", None, ""), ("1.1", None, "")]


def test_the_follow_up_of_another_round_says_nothing_of_this_one():
    assert followed(said("follow-up", "u", round="2025-1"))[1] == ("1.1", None, "")


def test_a_follow_up_is_corrected_by_who_names_it():
    corrected = said("follow-up", "w", "u", state="selesai", text="Ditetapkan")

    assert (
        followed(U, corrected)[1] == followed(corrected, U)[1] == ("1.1", "selesai", "Ditetapkan")
    )


def test_two_follow_ups_in_conflict_give_no_state_until_one_names_both():
    rivals = (U, said("follow-up", "w", state="selesai"))

    assert followed(*rivals)[1] == ("1.1", None, "")
    assert followed(*rivals, said("follow-up", "x", "u w", state="belum"))[1] == (
        "1.1",
        "belum",
        "",
    )


def test_a_follow_up_of_what_was_never_recommended_adds_no_row():
    assert followed(said("follow-up", "u", sub_aspect="1.2")) == followed()


def test_where_nothing_was_recommended_there_is_nothing_to_follow_up():
    table = process.follow_ups(standing(U), [], "2025-2")

    assert len(table) == 0
    assert list(table.columns) == ["sub_aspect", "asked", "level", "next", "state", "text"]


WHOLE = (
    said("awal", "w21", sub_aspect="2.1", level=0),
    said("awal", "v", level=3),
    said("akhir", "w12", sub_aspect="1.2", level=4),
)


def open_points(*statements: Statement) -> list[tuple[str, str]]:
    found = process.unanswered(standing(*statements), CODES)
    for problem in found:
        for lang in LANGUAGES:
            assert describe(problem, lang)
    return [(problem.where, problem.key) for problem in found]


def test_nothing_keeps_an_assessment_from_being_determined_when_all_is_assessed_and_answered():
    assert open_points(*WHOLE) == []
    answered = (F, M, OB, OA, Q)
    assert open_points(*WHOLE, *answered) == []


def test_every_sub_aspect_that_is_not_assessed_keeps_it_from_being_determined():
    assert open_points() == [(code, "level-missing") for code in CODES]
    assert open_points(*WHOLE[:2]) == [("1.2", "level-missing")]


def test_a_level_taken_back_keeps_it_from_being_determined():
    assert open_points(*WHOLE, said("awal", "x", "v", level=None)) == [("1.1", "level-missing")]


@pytest.mark.parametrize("of", ["self", "second", "field"])
def test_no_other_level_stands_in_for_the_verified_one(of):
    assert open_points(*WHOLE[::2], said(of, "x")) == [("1.1", "level-missing")]


def test_a_conflict_keeps_it_from_being_determined():
    assert open_points(*WHOLE, said("awal", "x")) == [("1.1", "level-disputed")]
    rivals = (said("akhir", "x"), said("akhir", "y"))
    assert open_points(*WHOLE, *rivals) == [("1.1", "level-disputed")]
    assert open_points(*WHOLE, *rivals, said("akhir", "z", "x y")) == []


def test_a_second_scoring_in_conflict_with_itself_keeps_nothing_from_being_determined():
    assert open_points(*WHOLE, said("second", "x"), said("second", "y")) == []


def test_a_mismatch_keeps_it_from_being_determined_until_it_is_answered():
    [problem] = process.unanswered(standing(*WHOLE, F), CODES)

    assert problem == Problem("1.1", "mismatch-unanswered", 1, 3)
    assert open_points(*WHOLE, F, M) == []
    assert open_points(*WHOLE, F, M, said("field", "g", "f", level=2)) == [
        ("1.1", "mismatch-unanswered")
    ]
    assert open_points(*WHOLE, F, M, said("akhir", "y", "v", level=2)) == [
        ("1.1", "mismatch-unanswered")
    ]


def test_an_objection_keeps_it_from_being_determined_until_it_is_answered():
    whole = said("objection", "p", thread=OTHER_THREAD, sub_aspect=None)

    assert open_points(*WHOLE, OB, whole) == [
        ("1.1", "objection-unanswered"),
        ("", "objection-unanswered"),
    ]
    assert open_points(*WHOLE, OB, OA) == []
    assert open_points(*WHOLE, OB, OA, said("objection", "p", "o", text="Baru")) == [
        ("1.1", "objection-unanswered")
    ]
    assert open_points(*WHOLE, OB, said("objection", "p", "o", withdrawn=True)) == []


def test_all_that_keeps_it_from_being_determined_comes_at_once():
    assert open_points(
        V, F, OB, said("awal", "x", sub_aspect="1.2"), said("awal", "y", sub_aspect="1.2")
    ) == [
        ("2.1", "level-missing"),
        ("1.2", "level-disputed"),
        ("1.1", "mismatch-unanswered"),
        ("1.1", "objection-unanswered"),
    ]


def test_of_an_assessment_in_which_nothing_was_stated_every_table_is_empty(tiny):
    counting = standing()

    for table in (process.clarifications, process.mismatches, process.objections, process.evidence):
        assert len(table(counting)) == 0
    assert process.recommendations(counting, tiny) == []


def tables(history: list[Statement], tiny: Any) -> list[Any]:
    counting = standing(*history)
    sheets = [
        process.level_sheet(counting, of, ["a"], CODES, pass_).to_dict("index")["a"].items()
        for of, pass_ in (("self", None), ("verified", None), ("verified", "awal"),
                          ("verified", "akhir"), ("field", None), ("final", None))
    ]  # fmt: skip
    return [
        *(
            table(counting).to_dict("records")
            for table in (
                process.clarifications,
                process.mismatches,
                process.objections,
                process.evidence,
            )
        ),
        process.recommendations(counting, tiny),
        process.follow_ups(counting, LAST, "2025-2").to_dict("records"),
        process.unanswered(counting, CODES),
        process.stage_of(counting),
        [[(code, str(value)) for code, value in sheet] for sheet in sheets],
    ]


TALK = ("question", "answer", "closing", "objection", "objection-answer")
PAPER = ("awal", "akhir", "field", "mismatch-answer", "evidence", "evidence-state", "self")


@pytest.mark.parametrize("names", [tuple(BODIES), TALK, PAPER], ids=["all", "talk", "paper"])
def test_the_same_entries_in_any_order_of_arrival_give_the_same_state(tiny, names):
    @settings(max_examples=40, deadline=None)
    @given(history=histories(about="a", names=names), data=st.data())
    def holds(history, data):
        assert tables(data.draw(st.permutations(history)), tiny) == tables(history, tiny)

    holds()


@settings(max_examples=60, deadline=None)
@given(history=histories(about="a", names=TALK))
def test_every_question_and_objection_that_stands_is_in_its_table(history):
    counting = standing(*history)

    questions = [row["text"] for row in counting[counting["kind"] == "question"]["body"]]
    assert sorted(process.clarifications(counting)["text"]) == sorted(questions)
    objections = [
        row["text"]
        for row in counting[counting["kind"] == "objection"]["body"]
        if not row["withdrawn"]
    ]
    assert sorted(process.objections(counting)["text"]) == sorted(objections)


@settings(max_examples=60, deadline=None)
@given(history=histories(about="a", names=("question", "answer", "awal")), data=st.data())
def test_no_word_of_a_draft_is_ever_recommended(tiny, history, data):
    seen = st.sampled_from(("agency", "internal"))
    history = [
        replace(each, visible_to=data.draw(seen), body={**each.body, "missing": f"M {each.id}"})
        if each.kind == "question"
        else each
        for each in history
    ]
    drafts = {each.body["missing"] for each in history if each.visible_to == "internal"}

    rows = process.recommendations(standing(*history), tiny)

    assert not drafts & {missing for row in rows for missing in row["missing"]}


@settings(max_examples=60, deadline=None)
@given(history=histories(about="a", names=TALK))
def test_whoever_names_everything_that_stands_answers_every_question_and_objection(history):
    stood = " ".join(standing(*history)["id"])
    answers = [
        said(what, f"{what}-{thread}", stood, thread=thread)
        for what in ("answer", "objection-answer")
        for thread in (THREAD, OTHER_THREAD)
    ]

    counting = standing(*history, *answers)

    assert "open" not in set(process.clarifications(counting)["state"])
    assert all(process.objections(counting)["answered"])


def test_the_frame_of_what_stands_is_left_as_it_was(tiny):
    counting = standing(*WHOLE, F, M, OB, OA, Q, A, C, E1, J)
    before = counting.copy(deep=True)

    last = process.recommendations(counting, tiny)
    process.follow_ups(counting, last, "2025-2")
    process.unanswered(counting, CODES)

    assert last == process.recommendations(counting, tiny)
    pd.testing.assert_frame_equal(counting, before)
