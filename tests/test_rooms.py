"""The overview of the rooms, kernel side: what it tells is true, and nothing is stated there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from merit_kit import assessment, panels
from merit_kit.assessment import Progress
from merit_kit.i18n import catalogue
from merit_kit.panels import RoomOverview
from merit_kit.panels._static import STATIC, script
from merit_kit.store import Store, create_store, new_id, open_store
from tests.conftest import ROUND, level, verifying
from tests.databases import sqlite_only, where
from tests.sayings import CLOCK, appointed, record, room, say
from tests.test_score_sheet import soon


class Overview:
    """An overview, what its pages were told, and a hand to send what they would."""

    def __init__(self, made: RoomOverview, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = made
        self.told: list[dict[str, Any]] = []
        self.pushed: list[dict[str, Any]] = []
        monkeypatch.setattr(made, "send", self.told.append)
        monkeypatch.setattr(made._feed, "send", self.pushed.append)

    def ask(self, **message: Any) -> dict[str, Any]:
        before = len(self.told)
        self.made._heard(self.made, {"page": "h", **message}, [])
        page = message.get("page", "h")
        [answer] = [said for said in self.told[before:] if said["page"] == page]
        return answer

    def figures(self, about: str) -> dict[str, Any]:
        return soon(lambda: self.ask(do="hello")["figures"].get(about))

    def rows(self) -> list[dict[str, Any]]:
        return self.ask(do="hello")["ground"]["rows"]

    def sheet(self, about: str, page: str = "h", room: str | None = None) -> Any:
        shown = self.ask(do="look", assessment=about, room=room, page=page)
        assert shown["is"] == "shown", shown
        [made] = [s for s in self.made._sheets.values() if s.model_id == shown["sheet"]]
        return made


@pytest.fixture
def about(store: Store, begun: str) -> str:
    verifying(store, begun)
    return begun


@pytest.fixture
def overview(store, about, monkeypatch) -> Iterator[Overview]:
    appointed(store, "p-h", "host")
    made = RoomOverview(store, "p-h", ROUND)
    yield Overview(made, monkeypatch)
    made.close()
    made._feed._thread.join(10)  # it holds a connection


def judged(about: str, code: str, value: int, **more: Any) -> Any:
    return level(about, code, value, of="verified", author="p-e", **more)


def test_the_last_position_of_each_assessment_is_told_without_reading_it(store, tiny):
    first, second = (assessment.begin(store, c, ROUND, tiny, "p-1") for c in ("kota-a", "kab-b"))
    verifying(store, first)

    reached = store.reached(ROUND)

    last = store.entries().groupby("assessment")["position"].max()
    assert reached == {first: last[first], second: last[second]}
    assert reached[first] == reached[second] + 1
    assert store.reached("2025-1") == {}


def test_how_far_a_room_is_says_what_there_is_to_say(store, about):
    # 2.1 of weight 70 raised, 1.1 of weight 10 lowered; 1.2 is not verified yet.
    record(store, level(about, "2.1", 2), level(about, "1.1", 4), level(about, "1.2", 1))
    record(store, judged(about, "2.1", 3), judged(about, "1.1", 1, visible_to="internal"))
    progress = Progress(store, ROUND)
    assert progress.news() == [about]

    told = progress.read([about])[about]

    assert progress.news() == []
    assert told.pop("last") == store.entries([about])["recorded_at"].iloc[-1]
    assert told == {
        "stage": "verifikasi",
        "assessed": 2, "drafts": 1, "of": 3, "self_assessed": 3,
        "self": 200.0, "total": 220.0,
        "raised": 1, "lowered": 1,
        "open": 0, "late": 0, "answered": 0, "mismatches": 0, "conflicts": 0, "fresh": 0,
    }  # fmt: skip


def test_what_waits_for_somebody_is_counted(store, about):
    record(store, judged(about, "1.1", 3), judged(about, "2.1", 1))
    record(store, judged(about, "2.1", 4))  # says nothing of the one before: a conflict
    record(store, say("question", about, due="2026-01-01"))
    record(store, say("field", about, level=1, photos=[]))

    told = Progress(store, ROUND)
    told.news()
    row = told.read([about])[about]

    status = assessment.status(store, ROUND).loc["kota-a"]
    both = ("open", "late", "answered", "mismatches", "conflicts")
    assert {part: row[part] for part in both} == {part: status[part] for part in both}
    assert (row["conflicts"], row["open"], row["late"], row["mismatches"]) == (1, 1, 1, 1)
    assert row["assessed"] == 1


def test_evidence_that_came_after_its_level_is_new_and_other_evidence_is_not(store, about):
    def give(code: str, content: bytes) -> None:
        file = store.put_evidence(content, about)
        parts = {"file": new_id(), "sha256": file.sha256, "size": file.size}
        record(store, say("evidence", about, sub_aspect=code, **parts))

    give("1.1", b"sebelum")
    record(store, judged(about, "1.1", 2))
    give("1.2", b"belum dinilai")
    progress = Progress(store, ROUND)
    progress.news()
    assert progress.read([about])[about]["fresh"] == 0

    give("1.1", b"sesudah")

    assert progress.read([about])[about]["fresh"] == 1


def test_what_was_read_piece_by_piece_is_what_is_read_at_once(store, about):
    lived = Progress(store, ROUND)
    for statement in (level(about, "1.1", 2), judged(about, "1.1", 4), judged(about, "1.2", 1)):
        record(store, statement)
        lived.news()
        lived.read([about])
    record(store, say("question", about))
    anew = Progress(store, ROUND)
    anew.news()

    assert lived.read([about]) == anew.read([about])


def test_what_the_agency_states_is_no_sign_of_life_of_the_room(store, about):
    progress = Progress(store, ROUND)
    progress.news()
    record(store, level(about, "1.1", 2))
    assert progress.read([about])[about]["last"] is None

    record(store, judged(about, "1.1", 2))

    assert progress.read([about])[about]["last"] is not None


def test_a_click_elsewhere_is_told_with_what_it_changes_and_nothing_else(
    store, about, tiny, overview
):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    assert overview.figures(about)["assessed"] == 0
    soon(lambda: any(row["assessment"] == other for row in overview.rows()))
    overview.figures(other)
    overview.pushed.clear()

    with open_store(where(store)) as elsewhere:
        record(elsewhere, judged(about, "2.1", 3))

    told = soon(lambda: [each for each in overview.pushed if each["figures"]])
    assert [list(each["figures"]) for each in told] == [[about]]
    assert told[0]["figures"][about]["total"] == {"value": 210.0, "text": "210"}


def test_pushes_are_numbered_without_a_gap(store, about, overview):
    overview.figures(about)
    for value in (1, 2, 3):
        record(store, judged(about, f"1.{1 + value % 2}", value))
        soon(lambda value=value: len(overview.pushed) >= value)

    turns = [each["turn"] for each in overview.pushed]
    assert turns == list(range(turns[0], turns[0] + len(turns)))
    assert overview.ask(do="hello")["turn"] == turns[-1]


def test_a_room_that_is_arranged_while_it_runs_shows(store, about, overview):
    [row] = overview.rows()
    assert (row["room"], row["evaluators"]) == (None, [])

    room(store, "R1", ("kota-a", "p-e"))

    [row] = soon(lambda: [row for row in overview.rows() if row["room"]])
    assert (row["room_name"], row["held_on"], row["evaluators"]) == ("R1", "2026-03-05", ["Eko"])


def test_an_agency_that_is_met_in_two_rooms_has_a_row_in_each(store, about, monkeypatch):
    appointed(store, "p-f", "evaluator")
    room(store, "R1", ("kota-a", "p-e"))
    room(store, "R2", ("kota-a", "p-f"))
    made = Overview(RoomOverview(store, "p-s", ROUND), monkeypatch)

    assert [(row["room"], row["assessment"]) for row in made.rows()] == [
        ("R1", about),
        ("R2", about),
    ]
    made.made.close()


def test_a_sheet_that_is_looked_at_takes_no_statement_of_anybody(store, about, monkeypatch):
    made = RoomOverview(store, "p-e", ROUND)  # who may state all of this elsewhere
    overview = Overview(made, monkeypatch)
    sheet = overview.sheet(about)
    assert set(sheet.view["may"].values()) == {catalogue("id")["rooms.read_only"]}
    answers: list[dict[str, Any]] = []
    monkeypatch.setattr(sheet, "send", answers.append)
    before = len(store.entries())
    body = assessment.level_body("1.1", "verified", 3, pass_="awal")  # noqa: S106
    op = {"id": new_id(), "kind": "level", "body": body, "visible_to": "agency", "base": []}

    for do in ("record", "hapus", None):
        message = {"do": do, "assessment": about, "ops": [{**op, "room": None, "stated_at": CLOCK}]}
        sheet._heard(sheet, {"page": "h", "batch": "b", **message}, [])

    assert [each["is"] for each in answers] == ["failed"] * 3
    assert len(store.entries()) == before
    made.close()


def test_a_sheet_that_is_looked_at_keeps_apart_what_the_same_person_left_unsaved(
    store, about, monkeypatch
):
    made = RoomOverview(store, "p-e", ROUND)
    sheet = Overview(made, monkeypatch).sheet(about)

    assert sheet.get_state()["user"]["person"] != "p-e"
    made.close()


def test_no_other_assessment_is_reached_through_a_sheet(store, about, tiny, monkeypatch):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    made = RoomOverview(store, "p-s", ROUND)
    sheet = Overview(made, monkeypatch).sheet(about)
    answers: list[dict[str, Any]] = []
    monkeypatch.setattr(sheet, "send", answers.append)

    sheet._heard(sheet, {"do": "open", "assessment": other, "page": "h"}, [])
    sheet._heard(sheet, {"do": "hello", "assessment": about, "page": "h"}, [])

    assert [each["is"] for each in answers] == ["failed", "welcome"]
    assert answers[1]["places"] == []
    made.close()


def test_a_sheet_that_is_looked_at_hears_of_what_the_room_states(store, about, overview):
    sheet = overview.sheet(about)
    heard: list[dict[str, Any]] = []
    sheet._feed.send = heard.append

    record(store, judged(about, "1.1", 4))

    told = soon(lambda: heard and heard[-1])
    assert told["view"]["items"]["1.1"]["awal"]["level"] == 4
    assert set(told["view"]["may"].values()) == {catalogue("id")["rooms.read_only"]}


def test_whoever_looked_first_is_told_when_others_need_the_place(about, overview):
    for page in ("h", "i", "j", "k", "l"):
        overview.sheet(about, page)

    shut = [(said["page"], said["most"]) for said in overview.told if said["is"] == "shut"]
    assert shut == [("h", 4)]
    assert list(overview.made._sheets) == ["i", "j", "k", "l"]


def test_no_thread_is_left_behind_whichever_way_one_goes(store, about, monkeypatch):
    made = Overview(RoomOverview(store, "p-s", ROUND), monkeypatch)
    feeds = [made.sheet(about, page)._feed for page in ("h", "h", "i", "j", "k", "l")]
    made.ask(do="leave", page="l")
    soon(lambda: sum(feed._thread.is_alive() for feed in feeds) == 3)

    made.made.close()

    soon(lambda: not any(f._thread.is_alive() for f in [*feeds, made.made._feed]))
    assert not [t for t in threading.enumerate() if t.name == "merit-feed" and t.is_alive()]


def test_nobody_looks_into_their_own_agency(store, about, tiny, monkeypatch):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    appointed(store, "p-x", "evaluator", "agency", agency="kota-a")
    made = RoomOverview(store, "p-x", ROUND)
    overview = Overview(made, monkeypatch)

    assert [row["assessment"] for row in overview.rows()] == [other]
    assert made.overview["ground"]["own"] == 1
    assert overview.ask(do="look", assessment=about, room=None)["is"] == "failed"
    overview.figures(other)
    assert about not in overview.ask(do="hello")["figures"]
    made.close()


def test_an_agencys_team_and_strangers_are_told_why_they_see_nothing(store, about):
    for person in ("p-1", appointed(store, "p-n")):
        made = RoomOverview(store, person, ROUND)
        ground = made.overview["ground"]
        assert (ground["rows"], ground["why"]) == ([], catalogue("id")["rooms.no_role"])
        made.close()


@pytest.mark.parametrize("message", ["x", None, {}, {"do": "hapus"}, {"do": "look"}])
def test_a_message_of_no_known_form_ends_in_words(overview, message):
    overview.made._heard(overview.made, message, [])

    assert all(each["is"] == "failed" for each in overview.told)


@sqlite_only
def test_running_the_cell_again_shows_the_same_overview_and_another_wish_replaces_it(
    store, about, monkeypatch
):
    monkeypatch.setattr(assessment, "whoami", lambda _: "p-s")
    first = panels.rooms(store)
    again = panels.rooms(store)
    other = panels.rooms(store, ROUND, lang="en")

    assert again is first
    assert first.comm is None
    assert other.user["lang"] == "en"
    other.close()


def test_without_a_round_the_last_one_with_rooms_is_shown(store, about, tiny, monkeypatch):
    store.add_round("2026-2", 2026, 2)
    monkeypatch.setattr(assessment, "whoami", lambda _: "p-s")
    room(store, "R1", ("kota-a", "p-e"))

    made = panels.rooms(store)

    assert made.overview["ground"]["round"] == "Periode 1 Tahun 2026"
    made.close()


def test_a_store_without_a_round_says_so(tmp_path):
    with create_store(tmp_path / "ws") as empty:
        made = RoomOverview(empty, assessment.settle_in(empty, "Sri"))

        assert made.overview["ground"]["why"] == catalogue("id")["rooms.no_round"]
        made.close()
        made._feed._thread.join(10)


def test_every_sentence_of_the_overview_is_asked_for_and_each_that_is_asked_for_exists():
    sources = [path.read_text(encoding="utf-8") for path in (STATIC / "rooms").glob("*.js")]
    asked = {key for text in sources for key in re.findall(r'say\(\s*"([\w.]+)"', text)}
    asked |= {key for text in sources for key in re.findall(r'"((?:live|figure)\.\w+)"', text)}
    begun = {key for text in sources for key in re.findall(r"say\(`([\w.]+)\$", text)}
    kept = {key.removeprefix("rooms.") for key in catalogue("id") if key.startswith("rooms.")}
    in_python = {"read_only", "fault", "no_role", "no_round", "none_begun"}

    assert asked <= kept
    unasked = {key for key in kept - asked - in_python if not key.startswith(tuple(begun))}
    assert unasked == set()


def test_modules_of_two_folders_become_one_that_names_none_of_them():
    text = script("rooms")

    assert "function createBoard" in text
    assert text.count("function make(") == 1
    assert not re.search(r"^import ", text, re.MULTILINE)
    names = re.findall(r"^(?:function|const|let) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names))
