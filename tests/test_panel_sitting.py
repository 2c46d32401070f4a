"""The sitting in the panel: attendance, what was agreed, the agency's word, and the papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from merit_kit.panels import ScoreSheet
from merit_kit.reports import Outcome
from merit_kit.store import Store
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
        answer = browser.ask(do="sitting", assessment=about, room=None, act=act, **values)
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


def test_a_number_that_is_no_nip_is_refused_with_what_was_found(opened, about):
    browser = opened("p-e")

    answer = browser.ask(
        do="sitting",
        assessment=about,
        room=None,
        act="attend",
        **{**BUDI, "nip": "123", "side": "agency", "signs": False},
    )

    assert answer["is"] == "failed"
    assert "123" in answer["why"]


def test_the_agency_agrees_on_its_own_sheet_and_a_later_level_is_not_agreed_to(
    store, about, ask, opened
):
    agency = opened("p-1", "agency")
    seen = agency.ask(do="sitting", assessment=about, room=None, act=None)["sitting"]["of"]
    said = {"act": "accept", "of": seen, "text": "", "withdrawn": False}
    agency.ask(do="sitting", assessment=about, room=None, **said)
    before = ask()["acceptances"]

    ask("agree", text="Notula dikirim.", side="evaluator", due=None)

    assert [each["current"] for each in before] == [True]
    assert [each["current"] for each in ask()["acceptances"]] == [False]


def test_what_changed_after_the_agency_looked_is_not_agreed_to(ask, opened, about):
    agency = opened("p-1", "agency")
    seen = agency.ask(do="sitting", assessment=about, room=None, act=None)["sitting"]["of"]

    ask("agree", text="Notula dikirim.", side="evaluator", due=None)
    said = {"act": "accept", "of": seen, "text": "", "withdrawn": False}
    agency.ask(do="sitting", assessment=about, room=None, **said)

    assert [each["current"] for each in ask()["acceptances"]] == [False]


def test_two_who_write_what_was_agreed_without_knowing_of_each_other_both_stand(ask, opened):
    shown = ask()["agreed_base"]
    ask("agree", text="SK dikirim.", side="agency", due=None, base=shown)
    now = ask("agree", text="Notula dikirim.", side="agency", due=None, base=shown)

    assert sorted(each["text"] for each in now["agreed_all"]) == ["Notula dikirim.", "SK dikirim."]
    one = ask("agree", text="Keduanya.", side="agency", due=None, base=now["agreed_base"])
    assert [each["text"] for each in one["agreed_all"]] == ["Keduanya."]


def test_the_agency_objects_with_a_reason(ask, opened, about):
    agency = opened("p-1", "agency")

    said = {"thread": "0" * 32, "text": "Nilai 3.1 tidak sesuai.", "withdrawn": False}
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
