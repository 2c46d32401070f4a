"""The scoring panel's kernel side: every message answered, every click through the door once.

The browser is played by the tests: what it would send goes to the handler, what it would be told is
looked at. The panel in a real browser: test_panel_*.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from merit_kit import assessment, panels
from merit_kit.i18n import LANGUAGES, catalogue
from merit_kit.panels import ScoreSheet
from merit_kit.store import Store, create_store, new_id, open_store
from tests.conftest import ROUND, furnish, verifying
from tests.databases import sqlite_only
from tests.sayings import CLOCK, appointed, reach, record, room, say


class Browser:
    """What a browser is told, and a hand to send what it would."""

    def __init__(self, sheet: ScoreSheet, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sheet = sheet
        self.told: list[dict[str, Any]] = []
        self.heard: list[dict[str, Any]] = []
        monkeypatch.setattr(sheet, "send", self.told.append)
        monkeypatch.setattr(sheet._feed, "send", self.heard.append)

    def ask(self, **message: Any) -> dict[str, Any]:
        message = {"page": "p", **message}
        before = len(self.told)
        self.sheet._heard(self.sheet, message, [])
        [answer] = self.told[before:]
        assert answer["page"] == message["page"]
        return answer

    def view(self, about: str, **more: Any) -> dict[str, Any]:
        return self.ask(do="hello", assessment=about, **more)["view"]

    def record(self, about: str, *ops: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.ask(do="record", batch="b", assessment=about, ops=list(ops))
        assert answer["is"] == "recorded", answer
        assert answer["batch"] == "b"
        return answer["results"]


def op(level: int | None, *base: str, code: str = "1.1", **more: Any) -> dict[str, Any]:
    body = assessment.level_body(code, "verified", level, pass_="awal")  # noqa: S106
    made = {"id": new_id(), "kind": "level", "body": body, "visible_to": "agency"}
    return {**made, "base": list(base), "room": None, "stated_at": CLOCK, **more}


def soon(true: Callable[[], Any], within: int = 10) -> Any:
    """Wait so many seconds for what a thread does."""
    until = time.monotonic() + within
    while not (found := true()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


@pytest.fixture
def about(store: Store, begun: str) -> str:
    verifying(store, begun)
    return begun


@pytest.fixture
def browser(store, about, monkeypatch) -> Iterator[Browser]:
    sheet = ScoreSheet(store, "p-e", about)
    yield Browser(sheet, monkeypatch)
    sheet.close()
    sheet._feed._thread.join(10)  # it holds a connection


def levels(store: Store, about: str, of: str = "awal") -> dict[str, float]:
    return assessment.levels_of(store, "kota-a", ROUND)[of].dropna().to_dict()


def test_a_click_is_stored_as_the_persons_own_and_answered(store, about, browser):
    said = op(3)

    [result] = browser.record(about, said)

    assert result == {"id": said["id"], "state": "stored", "why": None, "conflicts": []}
    row = store.entries([about]).iloc[-1]
    assert (row["id"], row["author"], row["recorded_by"]) == (said["id"], "p-e", "p-e")
    assert levels(store, about) == {"1.1": 3}


def test_a_click_that_is_sent_again_is_stored_once(store, about, browser):
    said = op(3)
    browser.record(about, said)

    [result] = browser.record(about, said)

    assert result["state"] == "already"
    assert list(store.entries([about])["id"]).count(said["id"]) == 1


def test_the_second_click_on_an_item_rests_on_the_first_before_that_is_answered(
    store, about, browser
):
    first = op(2)
    second = op(4, first["id"])

    states = [each["state"] for each in browser.record(about, first, second)]

    assert states == ["stored", "stored"]
    assert levels(store, about) == {"1.1": 4}


def test_of_a_sending_only_what_is_wrong_is_refused_and_says_why(store, about, browser):
    sound, off, other = op(2), op(9, code="1.2"), op(4, code="2.1")

    results = browser.record(about, sound, off, other)

    assert [each["state"] for each in results] == ["stored", "refused", "stored"]
    assert "9 bukan level" in results[1]["why"]
    assert levels(store, about) == {"1.1": 2, "2.1": 4}


def test_what_is_damaged_on_its_way_is_refused_and_the_rest_is_recorded(store, about, browser):
    damaged = {**op(2), "stated_at": "kemarin"}
    lacking = {key: value for key, value in op(2).items() if key != "room"}
    sound = op(3, code="1.2")

    results = browser.record(about, damaged, lacking, sound)

    assert {each["id"]: each["state"] for each in results} == {
        damaged["id"]: "refused",
        lacking["id"]: "refused",
        sound["id"]: "stored",
    }
    assert levels(store, about) == {"1.2": 3}


def test_an_id_that_is_known_with_other_bytes_is_refused_and_not_sent_for_ever(
    store, about, browser
):
    said = op(2)
    browser.record(about, said)

    [result] = browser.record(about, {**said, "body": {**said["body"], "level": 4}})

    assert result["state"] == "refused"
    assert levels(store, about) == {"1.1": 2}


def test_two_evaluators_first_levels_stand_side_by_side_until_one_is_chosen(store, about, browser):
    appointed(store, "p-f", "evaluator")
    theirs = say("awal", about, author="p-f", sub_aspect="1.1", level=1)
    record(store, theirs)
    own = op(3)

    [result] = browser.record(about, own)

    assert result["state"] == "conflicts-with"
    assert result["conflicts"] == [theirs.id]
    item = browser.view(about)["items"]["1.1"]
    assert item["awal"] is None
    assert sorted(each["level"] for each in item["disputed"]["awal"]) == [1, 3]
    chosen = op(3, own["id"], theirs.id)
    assert browser.record(about, chosen)[0]["state"] == "stored"
    assert levels(store, about) == {"1.1": 3}


def test_who_may_not_score_is_told_at_the_opening_and_refused_at_the_door(
    store, about, monkeypatch
):
    sheet = ScoreSheet(store, "p-1", about)
    own = Browser(sheet, monkeypatch)

    assert "instansi" in sheet.view["may"]["level"]
    [result] = own.record(about, op(4))
    sheet.close()

    assert result["state"] == "refused"
    assert levels(store, about) == {}


def test_before_the_verification_nothing_may_be_scored_and_the_stage_says_why(
    store, begun, monkeypatch
):
    sheet = ScoreSheet(store, "p-e", begun)
    may = sheet.view["may"]
    sheet.close()

    assert "penilaian mandiri" in may["level"]
    assert "penilaian mandiri" in may["question"]


def test_in_the_correction_the_sheet_serves_the_last_pass(store, about, monkeypatch):
    record(store, say("awal", about, sub_aspect="1.1", level=2))
    record(store, say("stage", about, *stage_ids(store, about), stage="perbaikan"))
    sheet = ScoreSheet(store, "p-e", about)
    view = sheet.view
    sheet.close()

    assert (view["stage"], view["pass"]) == ("perbaikan", "akhir")
    assert view["items"]["1.1"]["awal"]["level"] == 2
    assert view["items"]["1.1"]["akhir"] is None
    assert view["figures"]["verified"]["assessed"] == 1


def stage_ids(store: Store, about: str) -> list[str]:
    return list(
        store.entries(
            [about],
        )[lambda frame: frame["kind"] == "stage"]["id"]
    )


def test_a_draft_is_seen_as_one_and_is_no_longer_once_it_is_stated_in_the_room(
    store, about, browser
):
    draft = op(2, visible_to="internal")
    browser.record(about, draft)
    assert browser.view(about)["items"]["1.1"]["awal"]["draft"] is True

    browser.record(about, op(2, draft["id"]))

    assert browser.view(about)["items"]["1.1"]["awal"]["draft"] is False


def test_the_room_of_a_statement_is_kept(store, about, browser):
    room(store, "ruang-1", ("kota-a", "p-e"))

    browser.record(about, op(2, room="ruang-1"))

    assert store.entries([about]).iloc[-1]["room"] == "ruang-1"


def test_a_question_carries_what_its_closing_has_to_name(store, about, browser):
    asked = say("question", about)
    record(store, asked)
    answer = say("answer", about, asked.id, thread=asked.body["thread"], files=[])
    record(store, answer)

    [question] = browser.view(about)["items"][asked.body["sub_aspect"]]["questions"]

    assert question["state"] == "answered"
    assert set(question["names"]) == {asked.id, answer.id}
    closing = op(None)
    closing |= {
        "kind": "closing",
        "body": {"thread": question["thread"], "closed": True, "text": ""},
        "base": question["names"],
    }
    browser.record(about, closing)
    [question] = browser.view(about)["items"][asked.body["sub_aspect"]]["questions"]
    assert question["state"] == "closed"


def test_a_file_that_comes_after_the_level_is_fresh_until_it_is_judged(store, about, browser):
    [before, after] = [store.put_evidence(text, about) for text in (b"satu", b"dua dua")]
    record(store, given(about, before, "a.txt"))
    browser.record(about, op(2))
    record(store, given(about, after, "b.txt"))

    files = browser.view(about)["items"]["1.1"]["evidence"]

    assert {each["name"]: each["fresh"] for each in files} == {"a.txt": False, "b.txt": True}
    late = next(each for each in files if each["fresh"])
    state = {"file": late["file"], "sha256": late["sha256"], "state": "sesuai", "text": ""}
    browser.record(about, {**op(None), "kind": "evidence-state", "body": state})
    files = browser.view(about)["items"]["1.1"]["evidence"]
    assert [each["fresh"] for each in files] == [False, False]


def given(about: str, stored: Any, name: str) -> Any:
    parts = {"sha256": stored.sha256, "size": stored.size, "name": name, "file": new_id()}
    return say("evidence", about, sub_aspect="1.1", **parts)


def test_a_mismatch_is_shown_with_what_its_answer_has_to_name(store, about, browser):
    paper = op(4)
    browser.record(about, paper)
    seen = say("field", about, sub_aspect="1.1", level=1, photos=[])
    record(store, seen)

    mismatch = browser.view(about)["items"]["1.1"]["mismatch"]

    assert (mismatch["verified"], mismatch["field"], mismatch["answered"]) == (4, 1, False)
    assert set(mismatch["names"]) == {paper["id"], seen.id}
    answer = {"kind": "mismatch-answer", "body": {"sub_aspect": "1.1", "text": "Dilatih ulang."}}
    browser.record(about, {**op(None), **answer, "base": mismatch["names"]})
    assert browser.view(about)["items"]["1.1"]["mismatch"]["answered"] is True


def test_totals_are_given_as_the_reader_writes_numbers(store, about, browser):
    browser.record(about, op(4), op(1, code="1.2"), op(2, code="2.1"))

    figures = browser.view(about)["figures"]

    # 10 x 4 + 20 x 1 + 70 x 2 = 200 of 400: the second of two categories begins there.
    verified = figures["verified"]
    assert (verified["total"], verified["index"], verified["complete"]) == ("200", "0,50", True)
    assert verified["category"] == {"name": "Tinggi", "tone": 2, "of": 2}
    assert verified["next"] is None
    assert figures["aspects"]["1"] == {"assessed": 2, "of": 2, "points": "60", "most": "120"}
    assert figures["self"] == {"total": "0", "assessed": 0}


def test_while_a_level_is_a_draft_the_figures_are_provisional(store, about, browser):
    draft = op(4, visible_to="internal")
    browser.record(about, draft, op(1, code="1.2"), op(2, code="2.1"))
    verified = browser.view(about)["figures"]["verified"]
    assert (verified["complete"], verified["provisional"]) == (True, True)

    browser.record(about, op(4, draft["id"]))

    assert browser.view(about)["figures"]["verified"]["provisional"] is False


def test_in_the_correction_the_figures_are_provisional_until_each_level_is_stated_again(
    store, about, monkeypatch
):
    for code in ("1.1", "1.2", "2.1"):
        record(store, say("awal", about, sub_aspect=code, level=2))
    record(store, say("stage", about, *stage_ids(store, about), stage="perbaikan"))
    told = []
    for code in ("1.1", "1.2", "2.1"):
        record(store, say("akhir", about, sub_aspect=code, level=2))
        sheet = ScoreSheet(store, "p-e", about)
        told.append(sheet.view["figures"]["verified"]["provisional"])
        sheet.close()

    assert told == [True, True, False]


def test_whoever_is_not_seated_is_told_so_themselves_and_given_no_command(
    store, about, monkeypatch
):
    room(store, "ruang-7", ("kota-a", appointed(store, "p-other", "evaluator")))
    sheet = ScoreSheet(store, "p-e", about)
    may = sheet.view["may"]
    sheet.close()

    assert (may["level"], may["evidence"]) == ("Anda bukan penilai pada sesi ini",) * 2


def test_the_sitting_goes_by_the_clock_of_the_agency(store, about, browser):
    assert browser.ask(do="open", assessment=about)["sheet"]["zone"] == "WIB"


def test_until_everything_is_assessed_there_is_no_category(store, about, browser):
    browser.record(about, op(4))

    verified = browser.view(about)["figures"]["verified"]

    assert (verified["total"], verified["assessed"], verified["of"]) == ("40", 1, 3)
    assert (verified["complete"], verified["index"], verified["category"]) == (False, None, None)


def test_the_history_of_an_item_tells_its_levels_notes_and_questions_latest_first(
    store, about, browser
):
    first = op(2)
    browser.record(about, first, op(3, first["id"]))
    record(store, say("question", about, sub_aspect="1.1"))
    record(store, say("awal", about, sub_aspect="1.2", level=1))

    answer = browser.ask(do="history", assessment=about, sub_aspect="1.1")

    assert [(row["what"], row["stands"]) for row in answer["rows"]] == [
        ("Pertanyaan klarifikasi", True),
        ("Verifikasi awal: level 3", True),
        ("Verifikasi awal: level 2", False),
    ]
    assert {row["by"] for row in answer["rows"]} == {"Eko"}


def test_what_a_page_is_given_to_begin_with_is_what_stands_then(store, about, browser):
    browser.record(about, op(3))

    given = browser.sheet.get_state()["view"]

    assert given["items"]["1.1"]["awal"]["level"] == 3


def test_a_push_says_from_which_position_it_goes_on(store, about, browser):
    begun = browser.sheet.view["position"]
    browser.record(about, op(3))
    soon(lambda: browser.heard)
    browser.record(about, op(4, code="1.2"))
    soon(lambda: len(browser.heard) > 1)

    assert browser.heard[0]["since"] == begun
    assert browser.heard[1]["since"] == browser.heard[0]["view"]["position"]


def test_in_a_room_of_asistensi_the_panel_says_at_once_that_no_level_is_stated(
    store, about, browser
):
    room(store, "ruang-7", ("kota-a", "p-e"), kind="asistensi")

    assert "asistensi" in browser.view(about, room="ruang-7")["may"]["level"]
    [result] = browser.record(about, op(3, room="ruang-7"))
    assert result["state"] == "refused"


def test_a_second_scoring_is_in_nobody_elses_history(store, about, browser):
    appointed(store, "p-f", "evaluator")
    record(store, say("second", about, author="p-f", sub_aspect="1.1", level=4))
    record(store, say("second", about, sub_aspect="1.1", level=2))

    rows = browser.ask(do="history", assessment=about, sub_aspect="1.1")["rows"]

    assert [row["what"] for row in rows] == ["Penilaian kedua: level 2"]


def test_the_last_round_stands_beside_this_one(store, about, tiny, monkeypatch):
    record(store, say("awal", about, sub_aspect="1.1", level=2))
    store.add_round("2027-1", 2027, 1)
    following = assessment.begin(store, "kota-a", "2027-1", tiny, "p-1")
    sheet = ScoreSheet(store, "p-e", following)
    previous = {each["code"]: each["previous"] for each in sheet.sheet["subs"]}
    sheet.close()

    assert previous["1.1"]["level"] == 2
    assert previous["1.1"]["round"] == "Periode 1 Tahun 2026"
    assert previous["1.2"] is None


def test_without_an_agency_the_panel_lets_choose_and_opens_what_is_chosen(
    store, about, monkeypatch
):
    room(store, "ruang-7", ("kota-a", "p-e"))
    sheet = ScoreSheet(store, "p-e")
    browser = Browser(sheet, monkeypatch)
    [place] = sheet.places
    opened = browser.ask(do="open", assessment=place["assessment"])
    sheet.close()

    assert (place["agency_name"], place["room"], place["mine"]) == ("Kota A", "ruang-7", True)
    assert opened["is"] == "opened"
    assert opened["sheet"]["rooms"][0]["code"] == "ruang-7"
    assert opened["sheet"]["agency"] == {"code": "kota-a", "name": "Kota A"}
    # Another page of the same panel goes on choosing.
    assert (sheet.sheet, sheet.view) == ({}, {})


def test_what_others_state_is_told_without_being_asked_for(store, about, browser):
    where = str(store.path or store.engine.url.render_as_string(hide_password=False))
    with open_store(where) as elsewhere:
        record(elsewhere, say("self", about, sub_aspect="1.2", level=4))

    told = soon(lambda: browser.heard)

    assert told[-1]["is"] == "changed"
    assert set(told[-1]["view"]["items"]) == {"1.2"}
    assert told[-1]["view"]["items"]["1.2"]["self"]["level"] == 4
    assert told[-1]["view"]["figures"]["self"]["total"] == "80"


def test_what_is_recorded_here_comes_back_with_the_new_total(store, about, browser):
    browser.record(about, op(3))

    told = soon(lambda: browser.heard)

    assert told[-1]["view"]["figures"]["verified"]["total"] == "30"
    assert told[-1]["view"]["position"] > 1


def test_a_store_that_cannot_be_written_keeps_the_click_in_the_browser(
    store, about, browser, monkeypatch
):
    from merit_kit.errors import StoreError

    def busy(*_: Any) -> None:
        raise StoreError("store-busy", path="merit.db", said="")

    monkeypatch.setattr(store, "append", busy)
    answer = browser.ask(do="record", batch="b", assessment=about, ops=[op(2)])

    assert (answer["is"], answer["batch"]) == ("failed", "b")
    assert "merit.db" in answer["why"]


def test_a_fault_of_ours_is_said_in_words_and_raises_nothing(browser, monkeypatch):
    monkeypatch.setattr(panels._sheet, "places_of", lambda *_: 1 / 0)

    answer = browser.ask(do="hello", assessment=None)

    assert answer["is"] == "failed"
    assert "peramban" in answer["why"]


@pytest.mark.parametrize("message", ["x", None, {}, {"do": "hapus"}, {"do": "record"}])
def test_a_message_of_no_known_form_ends_in_words(store, about, browser, message):
    before = len(store.entries())

    browser.sheet._heard(browser.sheet, message, [])

    assert all(each["is"] == "failed" for each in browser.told)
    assert len(store.entries()) == before


@sqlite_only
def test_running_the_cell_again_shows_the_same_panel_and_another_wish_replaces_it(
    store, about, monkeypatch
):
    monkeypatch.setattr(assessment, "whoami", lambda _: "p-e")
    first = panels.scoring(store, "kota-a", ROUND)
    again = panels.scoring(store, "kota-a", ROUND)
    other = panels.scoring(store, "kota-a", ROUND, lang="en")

    assert again is first
    assert first.comm is None
    assert other.user["lang"] == "en"
    other.close()


@sqlite_only
def test_a_place_is_opened_once_however_often_the_cell_runs(store, about):
    def open_files() -> int:
        return sum(str(store.path) in path for path in map(str, _opened_files()))

    panels.scoring(store.path, "kota-a", ROUND)
    before = open_files()
    for lang in ("en", "id", "en"):
        panels.scoring(store.path, "kota-a", ROUND, lang=lang).close()

    assert open_files() <= before + 1  # a watch may be on its way out


def _opened_files() -> list[str]:
    return [each.path for each in psutil.Process().open_files()]


def test_a_store_that_was_made_anew_at_its_place_is_opened_anew(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(assessment, "whoami", lambda _: "p-e")
    made = []
    for _ in range(2):
        with create_store(tmp_path / "ws") as fresh:
            furnish(fresh)
            made.append(assessment.begin(fresh, "kota-a", ROUND, tiny, "p-1"))
            path = fresh.path
        sheet = panels.scoring(tmp_path / "ws", "kota-a", ROUND)
        assert sheet.sheet["assessment"] == made[-1]
        sheet.close()
        path.rename(path.with_suffix(f".{len(made)}"))


@sqlite_only
def test_a_panel_made_anew_shows_what_the_panel_lived_through_shows(store, about, monkeypatch):
    lived = ScoreSheet(store, "p-e", about)
    browser = Browser(lived, monkeypatch)
    first = op(2)
    browser.record(about, first, op(3, first["id"]), op(1, code="1.2", visible_to="internal"))
    record(store, say("question", about), say("note", about))
    anew = ScoreSheet(store, "p-e", about)

    shown = browser.ask(do="hello", assessment=about)

    assert {**anew.view, "now": ""} == {**shown["view"], "now": ""}
    assert anew.sheet == shown["sheet"]
    anew.close()
    lived.close()


def test_the_panel_has_the_same_words_in_both_languages():
    said = [{key for key in catalogue(lang) if key.startswith("panel.")} for lang in LANGUAGES]

    assert said[0] == said[1] != set()


def test_the_modules_of_the_panel_become_one_that_names_none_of_them():
    from merit_kit.panels._static import script

    text = script("sheet")

    assert "import " not in "".join(line[:7] for line in text.splitlines() if line)
    assert text.count("export default") == 1


def test_reaching_the_end_shuts_the_sheet(store, begun, monkeypatch):
    reach(store, begun, "penetapan")
    sheet = ScoreSheet(store, "p-e", begun)
    may = sheet.view["may"]
    sheet.close()

    assert may["level"] == ""  # the pass akhir is open until the result is determined
    assert may["question"] != ""
