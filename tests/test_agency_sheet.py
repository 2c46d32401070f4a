"""The agency's own sheet: its levels, and nothing that evaluators keep to themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from merit_kit.assessment import Hearing
from merit_kit.errors import RuleError
from merit_kit.panels import ScoreSheet
from merit_kit.store import Store, new_id
from tests.conftest import verifying
from tests.sayings import CLOCK, appointed, record, say
from tests.test_score_sheet import Browser, soon

SECRET = "rahasia penilai"


@pytest.fixture
def about(store: Store, begun: str) -> str:
    verifying(store, begun)
    return begun


@pytest.fixture
def browser(store, about, monkeypatch) -> Iterator[Browser]:
    sheet = ScoreSheet(store, "p-1", about, side="agency")
    yield Browser(sheet, monkeypatch)
    sheet.close()
    sheet._feed._thread.join(10)


def own(level: int | None, *base: str, code: str = "1.1") -> dict[str, object]:
    body = {"sub_aspect": code, "of": "self", "pass": None, "level": level, "reason": ""}
    made = {"id": new_id(), "kind": "level", "body": body, "visible_to": "agency"}
    return {**made, "base": list(base), "room": None, "stated_at": CLOCK}


def everything(store: Store, about: str) -> None:
    """An internal note, a drafted level and a drafted question; and what the agency may see."""
    record(store, say("note", about, text=SECRET, visible_to="internal"))
    record(store, say("awal", about, level=1, reason=SECRET, visible_to="internal"))
    record(store, say("question", about, thread=new_id(), text=SECRET, visible_to="internal"))
    record(store, say("note", about, text="Lengkapi SK."))


def test_the_agency_states_its_own_level_and_it_is_stored_as_that(store, about, browser):
    said = own(3)

    [result] = browser.record(about, said)

    assert result["state"] == "stored"
    assert browser.view(about)["items"]["1.1"]["self"]["level"] == 3
    assert store.entries([about]).iloc[-1]["author"] == "p-1"


def test_the_agency_is_told_no_verified_total_as_if_it_were_its_result(store, about, browser):
    for code in ("1.1", "1.2", "2.1"):
        record(store, say("awal", about, sub_aspect=code, level=4))

    verified = browser.view(about)["figures"]["verified"]

    assert (verified["complete"], verified["provisional"]) == (True, True)


def test_how_far_an_aspect_is_goes_by_what_the_agency_has_filled_in(store, about, browser):
    record(store, say("awal", about, sub_aspect="2.1", level=4))

    browser.record(about, own(3))

    aspects = browser.view(about)["figures"]["aspects"]
    assert aspects["1"] == {"assessed": 1, "of": 2, "points": "30", "most": "120"}
    assert aspects["2"]["assessed"] == 0


def test_nothing_internal_is_told_to_the_agency_by_any_way(store, about, browser):
    everything(store, about)

    told = [
        browser.ask(do="hello", assessment=about),
        browser.ask(do="open", assessment=about),
        browser.ask(do="history", assessment=about, sub_aspect="1.1"),
        browser.sheet.get_state(),
    ]
    record(store, say("note", about, text=SECRET, sub_aspect="1.2", visible_to="internal"))
    record(store, say("note", about, text="Unggah notula.", sub_aspect="1.2"))
    soon(lambda: "Unggah notula." in str(browser.heard))
    told += browser.heard

    assert SECRET not in json.dumps(told, default=str)
    assert "Lengkapi SK." in json.dumps(told, default=str)


def test_the_evaluators_own_sheet_still_has_it_all(store, about):
    everything(store, about)
    sheet = ScoreSheet(store, "p-e", about)

    assert SECRET in json.dumps(sheet.get_state(), default=str)

    sheet.close()
    sheet._feed._thread.join(10)


def test_a_level_that_follows_a_draft_counts_for_whoever_never_saw_the_draft(store, about):
    [draft] = record(store, say("awal", about, level=1, visible_to="internal"))
    record(store, say("awal", about, draft.id, level=3, visible_to="agency"))

    seen = Hearing(store, about, internal=False)

    assert seen.verified == {"1.1": 3}


def test_the_agency_may_state_no_verified_level(store, about, browser):
    said = own(3)
    said["body"] = {**said["body"], "of": "verified", "pass": "awal"}

    [result] = browser.record(about, said)

    assert result["state"] == "refused"
    assert "evaluator" not in store.entries([about])["kind"].to_list()


def test_only_the_agencies_one_is_of_are_offered(store, about, browser):
    assert [place["agency"] for place in browser.ask(do="hello", assessment=about)["places"]] == [
        "kota-a"
    ]
    stranger = ScoreSheet(store, appointed(store, "p-x", "evaluator"), None, side="agency")

    assert stranger.places == []

    stranger.close()


def test_a_person_of_the_team_may_state_levels_and_answers_and_an_evaluator_not(store, about):
    team = ScoreSheet(store, "p-1", about, side="agency")
    guest = ScoreSheet(store, "p-e", about, side="agency")

    own = {"level", "answer", "objection", "evidence"}
    assert {what for what, why in team.view["may"].items() if not why} == own
    assert all(guest.view["may"].values())

    for sheet in (team, guest):
        sheet.close()
        sheet._feed._thread.join(10)


def test_that_something_internal_was_stated_shows_nowhere(store, about):
    before = Hearing(store, about, internal=False).position

    record(store, say("note", about, text=SECRET, visible_to="internal"))

    assert Hearing(store, about, internal=False).position == before
    assert Hearing(store, about).position > before


def test_another_agencys_team_opens_neither_sheet(store, about):
    stranger = appointed(store, "p-x", "agency", agency="kab-b")

    for side in ("agency", "evaluator"):
        with pytest.raises(RuleError) as caught:
            ScoreSheet(store, stranger, about, side=side)
        assert caught.value.key == "sheet-of-others"


def test_on_the_evaluators_sheet_the_agencys_own_team_sees_nothing_internal(store, about):
    everything(store, about)
    sheet = ScoreSheet(store, "p-1", about)

    assert SECRET not in json.dumps(sheet.get_state(), default=str)

    sheet.close()
    sheet._feed._thread.join(10)


def test_what_waits_for_two_of_which_one_is_internal_counts_once_the_other_is_here(store, about):
    """Entries of a bundle may come in any order."""
    seen = Hearing(store, about, internal=False)
    [draft] = record(store, say("awal", about, level=1, visible_to="internal"))
    record(store, say("awal", about, draft.id, level=3))
    seen.refresh()

    assert seen.verified == Hearing(store, about, internal=False).verified == {"1.1": 3}
