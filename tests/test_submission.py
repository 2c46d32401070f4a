"""What an agency's sheet lacks, and the handing in from its panel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from merit_kit import process
from merit_kit.panels import ScoreSheet
from merit_kit.store import Statement, Store, new_id
from tests.conftest import verifying
from tests.entries import OTHER_FILE, OTHER_SHA, OTHER_THREAD, said, standing
from tests.sayings import record, say
from tests.test_score_sheet import Browser

CODES = ("2.1", "1.1", "1.2")
STEPS = (0, 1, 2, 3, 4)

# What is lacking, small enough to be seen


def lacking(*statements: Statement) -> dict[str, list[str]]:
    return process.lacking(standing(*statements), CODES, STEPS)


def test_of_an_empty_sheet_every_level_is_lacking_in_the_order_of_the_instrument():
    assert lacking() == {
        "unassessed": ["2.1", "1.1", "1.2"],
        "disputed": [],
        "bare": [],
        "unanswered": [],
    }


def test_a_level_that_was_taken_back_is_lacking_again():
    stated = said("self", "a", level=3)
    assert lacking(stated)["unassessed"] == ["2.1", "1.2"]
    assert lacking(stated, said("self", "b", "a", level=None))["unassessed"] == list(CODES)


def test_a_level_of_the_evaluators_is_none_of_the_agencys():
    assert lacking(said("awal", "a", level=3))["unassessed"] == list(CODES)


def test_two_levels_that_contradict_each_other_are_disputed_and_not_called_lacking():
    found = lacking(said("self", "a", level=1), said("self", "b", level=2))
    assert (found["disputed"], found["unassessed"]) == (["1.1"], ["2.1", "1.2"])
    # Levels of evaluators that contradict each other are not the agency's to settle.
    assert lacking(said("awal", "a", level=1), said("awal", "b", level=2))["disputed"] == []


@pytest.mark.parametrize(("level", "bare"), [(0, []), (1, []), (2, ["1.1"]), (4, ["1.1"])])
def test_only_a_level_above_the_lowest_needs_evidence(level, bare):
    assert lacking(said("self", "a", level=level))["bare"] == bare


def test_evidence_counts_at_its_own_sub_aspect_until_it_is_withdrawn():
    stated = said("self", "a", level=3)
    given = said("evidence", "e")
    elsewhere = said("evidence", "e", sub_aspect="1.2")

    assert lacking(stated, given)["bare"] == []
    assert lacking(stated, elsewhere)["bare"] == ["1.1"]
    assert lacking(stated, given, said("evidence", "w", "e", withdrawn=True))["bare"] == ["1.1"]


def test_a_question_is_lacking_an_answer_until_it_has_one_and_again_when_it_is_returned():
    asked = said("question", "q")
    answered = (asked, said("answer", "a", "q"))
    returned = (*answered, said("closing", "c", "q a", closed=False, text="Kurang"))

    assert lacking(asked)["unanswered"] == ["1.1"]
    assert lacking(*answered)["unanswered"] == []
    assert lacking(*returned)["unanswered"] == ["1.1"]


def test_of_a_question_that_is_a_draft_the_agency_is_told_nothing():
    draft = said("question", "q", visible_to="internal")
    other = said("question", "r", thread=OTHER_THREAD, sub_aspect="1.2")
    assert lacking(draft, other)["unanswered"] == ["1.2"]


# What was handed in


def digest(*statements: Statement) -> str:
    return process.submission_digest(standing(*statements))


def test_the_digest_is_of_the_agencys_levels_and_of_evidence_and_of_nothing_else():
    own, file = said("self", "a", level=3), said("evidence", "e")
    assert digest(own, file) == digest(file, own)
    assert digest(own) != digest(own, file)
    assert digest(own, said("note", "n"), said("awal", "v"), said("question", "q")) == digest(own)


def test_what_was_replaced_is_not_in_the_digest():
    first, then = said("self", "a", level=3), said("self", "b", "a", level=2)
    alone = said("self", "b", level=2)
    assert digest(first, then) == digest(alone) != digest(first)
    given, revised = said("evidence", "e"), said("evidence", "f", "e", sha256=OTHER_SHA)
    assert digest(given, revised) == digest(said("evidence", "f")) != digest(given)


def test_what_was_handed_in_is_current_until_something_of_its_own_changes():
    own = said("self", "a", level=3)
    handed = said("submission", "s", of=digest(own), text="Sudah rapat")
    before = process.submissions(standing(own, handed, said("note", "n")))
    after = process.submissions(standing(own, handed, said("evidence", "e", file=OTHER_FILE)))

    assert before[["id", "author", "text", "current"]].to_numpy().tolist() == [
        ["s", "p-1", "Sudah rapat", True]
    ]
    assert after["current"].tolist() == [False]


def test_where_nothing_was_handed_in_there_is_none():
    assert process.submissions(standing(said("self", "a"))).empty


# From the agency's panel


@pytest.fixture
def about(store: Store, begun: str) -> str:
    verifying(store, begun)
    return begun


@pytest.fixture
def opened(store, about, monkeypatch) -> Iterator[Callable[..., Browser]]:
    sheets = []

    def make(person: str = "p-1", side: str = "agency") -> Browser:
        sheets.append(ScoreSheet(store, person, about, side=side))
        return Browser(sheets[-1], monkeypatch)

    yield make
    for sheet in sheets:
        sheet.close()
        sheet._feed._thread.join(10)


@pytest.fixture
def ask(opened, about) -> Callable[..., dict[str, Any]]:
    browser = opened()

    def asked(submit: bool = False, text: str = "", **more: Any) -> dict[str, Any]:
        """As the page does: what is handed in is what was shown."""
        asked = {"do": "check", "assessment": about, "room": None, "text": text}
        if submit and "of" not in more:
            more["of"] = browser.ask(**asked, submit=False)["check"]["of"]
        return browser.ask(**{**asked, "submit": submit, "ask": new_id(), **more})

    return asked


def assess(store: Store, about: str, *codes: str, level: int = 1) -> list[str]:
    stated = [say("self", about, sub_aspect=code, level=level) for code in codes]
    return [each.id for each in record(store, *stated)]


def handed_in(store: Store, about: str) -> int:
    return store.entries([about])["kind"].to_list().count("submission")


def test_the_check_tells_what_is_lacking_and_states_nothing(store, about, ask):
    assess(store, about, "2.1", level=3)
    record(store, say("question", about, sub_aspect="1.2"))

    told = ask()["check"]

    assert told["unassessed"] == ["1.1", "1.2"]
    assert (told["bare"], told["unanswered"], told["disputed"]) == (["2.1"], ["1.2"], [])
    assert (told["may"], told["submitted"]) == ("", None)
    assert handed_in(store, about) == 0


def test_a_question_that_evaluators_keep_as_a_draft_is_not_told(store, about, ask):
    record(store, say("question", about, visible_to="internal", thread=new_id()))
    assert ask()["check"]["unanswered"] == []


def test_nothing_is_handed_in_while_a_level_is_missing(store, about, ask):
    assess(store, about, "2.1", "1.1")

    answer = ask(submit=True)

    assert answer["is"] == "failed"
    assert "1 subaspek" in answer["why"]
    assert handed_in(store, about) == 0


def test_nothing_is_handed_in_while_two_levels_contradict_each_other(store, about, ask):
    assess(store, about, *CODES)
    assess(store, about, "1.2", level=2)  # names nothing: another one of the team did so too

    answer = ask(submit=True)

    assert answer["is"] == "failed"
    assert ask()["check"]["disputed"] == ["1.2"]
    assert handed_in(store, about) == 0


def test_a_whole_sheet_is_handed_in_by_whoever_is_there(store, about, ask):
    assess(store, about, *CODES)

    told = ask(submit=True, text="  Sudah rapat. ")["check"]

    submitted = told["submitted"]
    assert (submitted["by"], submitted["text"], submitted["current"]) == (
        "Ani",
        "Sudah rapat.",
        True,
    )
    assert handed_in(store, about) == 1
    row = store.entries([about], ["submission"]).iloc[0]
    assert submitted["number"] == row["id"]
    assert submitted["of"] == json.loads(row["payload"])["body"]["of"]
    assert (told["levels"], told["files"]) == ({"2.1": 1, "1.1": 1, "1.2": 1}, 0)


def test_evidence_and_answers_may_still_be_lacking(store, about, ask):
    assess(store, about, *CODES, level=3)
    record(store, say("question", about))

    assert ask(submit=True)["check"]["submitted"]["current"] is True


def test_what_is_asked_again_because_the_line_was_lost_is_handed_in_once(store, about, ask):
    assess(store, about, *CODES)
    for _ in range(2):
        ask(submit=True, text="Sudah rapat.")
    assert handed_in(store, about) == 1


def test_what_was_handed_in_and_changed_is_not_handed_in_by_asking_again(store, about, ask):
    first = assess(store, about, *CODES)
    lost = {"submit": True, "ask": new_id(), "of": ask()["check"]["of"]}
    ask(**lost)
    record(store, say("self", about, first[0], sub_aspect="2.1", level=2))

    again = ask(**lost)

    assert (again["note"], again["check"]["submitted"]["current"]) == ("", False)
    assert handed_in(store, about) == 1


def test_what_changed_after_the_check_was_shown_is_not_handed_in_and_that_is_told(
    store, about, ask
):
    first = assess(store, about, *CODES)
    seen = ask()["check"]["of"]
    record(store, say("self", about, first[0], sub_aspect="2.1", level=2))

    told = ask(submit=True, of=seen)

    assert "ada yang berubah" in told["note"]
    assert handed_in(store, about) == 0
    assert ask(submit=True, of=told["check"]["of"])["check"]["submitted"]["current"] is True


def test_after_a_change_it_is_handed_in_again(store, about, ask):
    first = assess(store, about, *CODES)
    ask(submit=True)
    record(store, say("self", about, first[0], sub_aspect="2.1", level=2))

    before, after = ask()["check"], ask(submit=True)["check"]

    assert before["submitted"]["current"] is False
    assert after["submitted"]["current"] is True
    assert handed_in(store, about) == 2


def test_what_evaluators_state_leaves_what_was_handed_in_current(store, about, ask):
    assess(store, about, *CODES)
    ask(submit=True)
    record(store, say("awal", about, level=1), say("note", about))

    assert ask()["check"]["submitted"]["current"] is True


def test_nobody_but_the_agencys_team_hands_in(store, about, opened):
    assess(store, about, *CODES)
    guest = opened("p-e")

    told = guest.ask(do="check", assessment=about, room=None, submit=False, text="")["check"]
    asked = {"submit": True, "text": "", "ask": new_id(), "of": told["of"]}
    refused = guest.ask(do="check", assessment=about, room=None, **asked)

    assert told["may"]
    assert refused["is"] == "failed"
    assert handed_in(store, about) == 0
