"""The sitting in the panel: attendance, what was agreed, the agency's word, and the papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from merit_kit.errors import RuleError, StoreError
from merit_kit.panels import ScoreSheet
from merit_kit.reports import Outcome
from merit_kit.store import Store, new_id
from tests.conftest import verifying
from tests.databases import sqlite_only
from tests.test_score_sheet import Browser, soon

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def about(store: Store, begun: str) -> str:
    verifying(store, begun)
    return begun


@pytest.fixture
def opened(store, about, monkeypatch) -> Iterator[Callable[..., Browser]]:
    """Open the sheet of a person, of the evaluators' side or the agency's."""
    sheets = []

    def make(person: str, side: str = "evaluator") -> Browser:
        sheets.append(ScoreSheet(store, person, about, side=side))
        return Browser(sheets[-1], monkeypatch)

    yield make
    for sheet in sheets:
        sheet.close()
        sheet._feed._thread.join(10)


@pytest.fixture
def ask(opened, about) -> Ask:
    browser = opened("p-e")

    def asked(act: str | None = None, **values: Any) -> dict[str, Any]:
        asked = {"assessment": about, "room": None, "act": act, "ask": new_id(), **values}
        answer = browser.ask(do="sitting", **asked)
        assert answer["is"] == "sitting", answer
        return answer["sitting"]

    return asked


BUDI = {"name": "Budi Santoso", "nip": "198001012005011001", "office": "Kepala BKPSDM"}


def test_before_anything_is_stated_the_sitting_is_as_it_is_planned(ask):
    now = ask()

    assert (now["stated"], now["attendance"], now["agreed"]) == (False, [], None)
    assert {act for act, why in now["may"].items() if not why} == {"when", "attend", "agree"}
    assert now["may"]["accept"]  # the agency's alone, as is an objection


def test_the_time_and_the_place_are_put_on_record(ask):
    now = ask("when", held_on="2026-03-02", begins="09:00", ends="11:30", place="Rapat daring")

    assert now["stated"]
    assert (now["held_on"], now["begins"], now["ends"]) == ("2026-03-02", "09:00", "11:30")
    assert now["place"] == "Rapat daring"


def test_somebody_unknown_is_put_on_the_list_and_taken_off_it(ask):
    now = ask("attend", **BUDI, side="agency", signs=True)
    [there] = now["attendance"]

    gone = ask("leave", person=there["person"])

    assert {part: there[part] for part in BUDI} == BUDI
    assert (there["side"], there["signs"]) == ("agency", True)
    assert gone["attendance"] == []


def test_what_is_asked_again_because_the_line_was_lost_is_stated_once(store, about, ask):
    for _ in range(2):
        ask("attend", **BUDI, side="agency", signs=False)
        ask("agree", text="SK diunggah.", side="agency", due="2026-03-09")
    kinds = store.entries([about])["kind"].to_list()

    assert (kinds.count("attendance"), kinds.count("agreed-action")) == (1, 1)


# Asked again because the answer was lost, while somebody stated otherwise: nobody said it twice


def test_whoever_was_taken_off_and_put_back_stays_when_the_first_is_asked_again(ask):
    [there] = ask("attend", **BUDI, side="agency", signs=False)["attendance"]
    lost = {"person": there["person"], "ask": new_id()}
    ask("leave", **lost)
    ask("attend", **BUDI, side="agency", signs=False)

    assert [each["name"] for each in ask("leave", **lost)["attendance"]] == ["Budi Santoso"]


def test_whoever_was_put_down_and_taken_off_stays_off_when_the_first_is_asked_again(ask):
    lost = {**BUDI, "side": "agency", "signs": False, "ask": new_id()}
    [there] = ask("attend", **lost)["attendance"]
    ask("leave", person=there["person"])

    assert ask("attend", **lost)["attendance"] == []


def test_what_was_agreed_and_rewritten_does_not_stand_beside_it_when_asked_again(ask):
    lost = {"text": "SK dikirim.", "side": "agency", "due": None, "base": [], "ask": new_id()}
    stands = ask("agree", **lost)["agreed_base"]
    ask("agree", text="SK diunggah.", side="agency", due=None, base=stands)

    told = ask("agree", **lost)["agreed_all"]
    assert [each["text"] for each in told] == ["SK diunggah."]


@pytest.mark.parametrize("token", [None, "1", "A" * 32, "0" * 31 + "\n", 7])
def test_what_is_asked_under_no_id_is_not_stated(store, opened, about, token):
    said = {"act": "agree", "text": "SK dikirim.", "side": "agency", "due": None}

    answer = opened("p-e").ask(do="sitting", assessment=about, room=None, ask=token, **said)

    assert (answer["is"], "rusak" in answer["why"]) == ("failed", True)
    assert "agreed-action" not in store.entries([about])["kind"].to_list()


def test_an_answer_names_its_assessment_and_its_room(opened, about):
    answer = opened("p-e").ask(do="sitting", assessment=about, room="r-9", act=None)

    assert (answer["assessment"], answer["room"]) == (about, "r-9")


@pytest.mark.parametrize(
    ("error", "later"),
    [
        (StoreError("store-busy", path="x", said="x"), True),
        (StoreError("entry-differs", found="x"), False),
        (RuleError("sheet-of-others", agency="x"), False),
    ],
    ids=["away", "known with other bytes", "refused"],
)
def test_what_a_store_could_not_take_now_is_to_be_asked_again(
    opened, about, monkeypatch, error, later
):
    def fail(*_: Any) -> None:
        raise error

    browser = opened("p-e")
    monkeypatch.setattr(browser.sheet._desk, "answer", fail)

    answer = browser.ask(do="sitting", assessment=about, room=None, act=None)
    assert (answer["is"], answer["later"]) == ("failed", later)


@pytest.mark.parametrize(
    "again",
    [
        {"nip": "19800101 200501 1 001"},
        {"name": "budi  SANTOSO"},
        {"name": "Budi santoso", "nip": "", "office": "kepala bkpsdm"},
    ],
    ids=["nip in groups", "capitals", "capitals without nip"],
)
def test_the_same_person_in_another_spelling_is_put_down_once(store, about, ask, again):
    for spelt in ({}, again):
        ask("attend", **{**BUDI, **spelt}, side="agency", signs=False)

    assert list(store.entries([about])["kind"]).count("attendance") == 1
    assert [each["name"] for each in ask()["attendance"]] == ["Budi Santoso"]


def test_whoever_was_put_down_without_their_nip_is_replaced_by_themselves(ask):
    ask("attend", **{**BUDI, "nip": ""}, side="agency", signs=False)
    for _ in range(2):
        now = ask("attend", **BUDI, side="agency", signs=True)

    assert [(each["nip"], each["signs"]) for each in now["attendance"]] == [(BUDI["nip"], True)]


def test_that_somebody_took_the_place_of_a_namesake_is_said_and_who_both_are(opened, about, store):
    browser = opened("p-e")
    told = []
    for nip in ("", BUDI["nip"], "198001012005011002"):
        said = {**BUDI, "nip": nip, "side": "agency", "signs": False, "ask": new_id()}
        asked = {"do": "sitting", "act": "attend", "assessment": about, "room": None}
        told.append(browser.ask(**asked, **said))

    assert [bool(answer["note"]) for answer in told] == [False, True, False]
    assert all(part in told[1]["note"] for part in ("Budi Santoso", BUDI["nip"]))
    # Two of a name, each with a NIP, are two.
    assert len(told[2]["sitting"]["attendance"]) == 2


def test_a_number_that_is_no_nip_is_refused_with_what_was_found(opened, about):
    browser = opened("p-e")

    answer = browser.ask(
        do="sitting",
        assessment=about,
        room=None,
        act="attend",
        **{**BUDI, "nip": "123", "side": "agency", "signs": False, "ask": new_id()},
    )

    assert answer["is"] == "failed"
    assert "123" in answer["why"]


def test_the_agency_agrees_on_its_own_sheet_and_a_later_level_is_not_agreed_to(
    store, about, ask, opened
):
    agency = opened("p-1", "agency")
    seen = agency.ask(do="sitting", assessment=about, room=None, act=None)["sitting"]["of"]
    said = {"act": "accept", "of": seen, "text": "", "withdrawn": False, "ask": new_id()}
    agency.ask(do="sitting", assessment=about, room=None, **said)
    before = ask()["acceptances"]

    ask("agree", text="Notula dikirim.", side="evaluator", due=None)

    assert [each["current"] for each in before] == [True]
    assert [each["current"] for each in ask()["acceptances"]] == [False]


def test_what_changed_after_the_agency_looked_is_not_agreed_to(ask, opened, about):
    agency = opened("p-1", "agency")
    seen = agency.ask(do="sitting", assessment=about, room=None, act=None)["sitting"]["of"]

    ask("agree", text="Notula dikirim.", side="evaluator", due=None)
    said = {"act": "accept", "of": seen, "text": "", "withdrawn": False, "ask": new_id()}
    agency.ask(do="sitting", assessment=about, room=None, **said)

    assert [each["current"] for each in ask()["acceptances"]] == [False]


def test_two_who_write_what_was_agreed_without_knowing_of_each_other_both_stand(ask, opened):
    shown = ask()["agreed_base"]
    ask("agree", text="SK dikirim.", side="agency", due=None, base=shown)
    now = ask("agree", text="Notula dikirim.", side="agency", due=None, base=shown)

    assert sorted(each["text"] for each in now["agreed_all"]) == ["Notula dikirim.", "SK dikirim."]
    # Also by saying again what one said.
    one = ask("agree", text="SK dikirim.", side="agency", due=None, base=now["agreed_base"])
    assert [each["text"] for each in one["agreed_all"]] == ["SK dikirim."]


def test_the_agency_objects_with_a_reason(ask, opened, about):
    agency = opened("p-1", "agency")

    said = {"thread": "0" * 32, "text": "Nilai 3.1 tidak sesuai.", "withdrawn": False}
    said["ask"] = new_id()
    agency.ask(do="sitting", assessment=about, room=None, act="object", **said)

    assert [each["text"] for each in ask()["objections"]] == ["Nilai 3.1 tidak sesuai."]


@sqlite_only
def test_what_was_told_of_the_papers_while_the_line_was_down_is_told_again(opened, about):
    browser = opened("p-e")
    told: list[tuple[dict[str, Any], list[bytes]]] = []
    browser.sheet._papers._send = lambda *message: told.append(message)

    def ask() -> None:
        asked = {"do": "papers", "assessment": about, "page": "p", "ask": "1"}
        browser.sheet._heard(browser.sheet, asked, [])

    ask()
    ask()
    soon(lambda: told[-1][0]["state"] == "made", within=120)
    lost = told.copy()
    ask()

    assert told[len(lost) :] == lost[-1:]
    # Asked while they were made, nothing was refused and nothing begun anew.
    assert [each[0]["done"] for each in lost if each[0]["state"] == "making"] == [0, 0, 1, 2]
    assert browser.told == []


@sqlite_only
def test_a_form_that_was_filled_in_is_not_lost_without_a_word(opened, about, tmp_path):
    making = opened("p-e").sheet._papers
    page, table, aside = (tmp_path / name for name in ("a.html", "a.xlsx", "a.terisi.xlsx"))
    for path in (page, table):
        path.write_bytes(b"PK")

    papers = making._of("klarifikasi", Outcome("kota-a", page, 1, None, table, kept=aside))

    assert [paper["kept"] for paper, _ in papers] == ["", str(aside)]


@sqlite_only
def test_one_request_makes_the_record_and_the_report_and_tells_how_far_it_is(opened, about):
    browser = opened("p-e")
    told: list[tuple[dict[str, Any], list[bytes]]] = []
    browser.sheet._papers._send = lambda *message: told.append(message)

    browser.sheet._heard(browser.sheet, {"do": "papers", "assessment": about, "page": "p"}, [])
    soon(lambda: told and told[-1][0]["state"] != "making", within=120)

    made, buffers = told[-1]
    assert [each[0]["state"] for each in told] == ["making", "making", "making", "made"]
    kinds = [paper["kind"] for paper in made["papers"]]
    assert kinds[0] == "berita-acara"
    assert "klarifikasi" in kinds
    assert all(content.startswith((b"<!", b"PK")) for content in buffers)
    assert len(buffers) == len(made["papers"])
