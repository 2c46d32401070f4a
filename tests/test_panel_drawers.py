"""The drawers of the panel while answers come late, twice, of another assessment, or not at all.

The panel's own modules in a browser, on a kernel that is played by the test: it says what it likes,
when it likes. What the real one says is in ``test_panel_sitting.py`` and ``test_submission.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from merit_kit.panels import ScoreSheet
from tests.conftest import verifying
from tests.databases import sqlite_only
from tests.test_sheet_modules import NOON, a_page, do

pytestmark = [pytest.mark.browser, sqlite_only]

PANEL = """async (given) => {
  const { default: panel } = await import("/index.js");
  Object.assign(window, { asked: [], given });
  let hear;
  const model = {
    get: (name) => given[name],
    on: (_, heard) => (hear = heard),
    send: (message) => asked.push(message),
    widget_manager: { get_model: async () => ({ on() {}, off() {} }) },
  };
  /** Answer the last question of a kind, or another one. */
  window.last = (kind) => asked.findLast((each) => each.do === kind);
  window.answer = (question, said) => {
    const { page, ask, assessment, room } = question;
    hear({ batch: null, do: question.do, page, ask, assessment, room, ...said });
  };
  window.shown = {
    name: "", zone: "WIB", stated: false, held_on: "2026-03-02", begins: null, ends: null,
    place: "",
    when_all: [], when_base: [], agreed: null, agreed_all: [], agreed_base: [], of: "",
    attendance: [], acceptances: [], objections: [],
    may: { when: "", attend: "", agree: "", accept: "x", object: "x" },
  };
  window.sitting = (act) => ({ is: "sitting", act, sitting: shown, note: "" });
  await panel.render({ model, el: document.body });
  const view = { ...given.view, items: {} };
  answer(last("hello"), { is: "welcome", places: given.places, sheet: given.sheet, view });
}"""


@pytest.fixture
def given(store, begun) -> Iterator[dict[str, Any]]:
    """What the kernel gives a page to begin with."""
    verifying(store, begun)
    sheet = ScoreSheet(store, "p-e", begun)
    yield {**{name: getattr(sheet, name) for name in ("user", "sheet", "view")}, "feed_id": "f"}
    sheet.close()
    sheet._feed._thread.join(10)


@pytest.fixture
def page(chromium) -> Iterator[Page]:
    context = chromium.new_context()
    context.clock.install(time=NOON)
    context.clock.pause_at(NOON)
    yield a_page(context)
    context.close()


def opened(page: Page, given: dict[str, Any], **waits: dict[str, Any]) -> Page:
    """The panel at its sheet, and what an earlier page in this tab asked in vain, by its name."""
    user = given["user"]
    for ask, message in waits.items():
        key = f"merit-act/{user['store']}/{user['person']}/{user['side']}/{ask}"
        page.evaluate("([key, act]) => session.set(key, act)", [key, {**message, "ask": ask}])
    page.evaluate(PANEL, {**given, "places": []})
    page.clock.run_for(100)
    return page


def waiting(page: Page) -> list[str]:
    """The names of what waits in this tab for its answer."""
    keys = do(page, 'return session.keys("merit-act/")')
    return [key.rpartition("/")[2] for key in keys]


def sitting(page: Page) -> None:
    page.keyboard.press("b")
    do(page, 'answer(last("sitting"), sitting(null))')


def attend(page: Page, name: str) -> None:
    page.get_by_label("Nama", exact=True).fill(name)
    page.get_by_role("button", name="Tambahkan", exact=True).click()


ELSEWHERE = {"do": "sitting", "act": "leave", "person": "p-1", "assessment": "B", "room": None}


def test_a_second_answer_to_one_question_leaves_what_is_typed_next(page, given):
    opened(page, given)
    sitting(page)
    attend(page, "Budi")
    do(page, 'answer(last("sitting"), sitting("attend"))')
    page.get_by_label("Nama", exact=True).fill("Cici")
    do(page, 'answer(last("sitting"), sitting("attend"))')

    assert page.get_by_label("Nama", exact=True).input_value() == "Cici"


def test_what_waits_of_another_assessment_is_asked_again_and_leaves_the_forms_of_this_one(
    page, given
):
    opened(page, given, older=ELSEWHERE | {"act": "agree"})
    sitting(page)
    page.get_by_label("Yang disepakati").fill("SK dikirim.")
    page.get_by_role("button", name="Tutup").click()
    assert do(page, 'return [last("sitting").assessment, last("sitting").act]') == ["B", "agree"]

    do(page, 'answer(last("sitting"), sitting("agree"))')
    assert waiting(page) == []
    sitting(page)
    assert page.get_by_label("Yang disepakati").input_value() == "SK dikirim."


def test_what_was_refused_of_another_assessment_is_told(page, given):
    opened(page, given, older=ELSEWHERE)
    do(page, 'answer(last("sitting"), { is: "failed", why: "tidak boleh", later: false })')

    told = page.get_by_text("Catatan pada penilaian atau sesi lain belum diterima: tidak boleh")
    assert told.count() == 1
    assert waiting(page) == []


def test_an_answer_to_an_older_question_does_not_end_the_asking_of_a_newer_one(page, given):
    opened(page, given)
    page.keyboard.press("b")
    before = '{ ...last("sitting"), ask: "0" }'
    do(page, f"answer({before}, sitting(null))")
    do(page, f'answer({before}, {{ is: "failed", why: "x", later: false }}); asked.length = 0')
    page.clock.run_for(5000)

    assert do(page, "return asked.map((each) => each.do)") == ["sitting"]


def test_a_store_that_is_away_for_a_moment_loses_nothing_of_what_was_asked(page, given):
    opened(page, given)
    sitting(page)
    attend(page, "Budi")
    do(page, 'answer(last("sitting"), { is: "failed", why: "basis data sibuk", later: true })')

    add = page.get_by_role("button", name="Tambahkan", exact=True)
    assert page.get_by_text("basis data sibuk").count() == 1
    assert add.is_disabled()
    first = do(page, 'return last("sitting").ask')
    do(page, "asked.length = 0")
    page.clock.run_for(5000)
    assert do(page, "return asked.map(({ act, ask }) => [act, ask])") == [["attend", first]]
    do(page, 'answer(last("sitting"), sitting("attend"))')
    assert (waiting(page), add.is_enabled()) == ([], True)


def test_of_a_sheet_of_another_kind_nothing_that_waits_is_asked_or_forgotten(page, given):
    """Practice refuses sittings, and would forget what the real sheet still has to ask."""
    user = given["user"]
    key = f"merit-act/{user['store']}/{user['person']}/evaluator/older"
    page.evaluate("([key, act]) => session.set(key, act)", [key, {**ELSEWHERE, "ask": "older"}])
    opened(page, {**given, "user": {**user, "side": "practice"}})

    assert do(page, 'return last("sitting")') is None
    assert waiting(page) == ["older"]


def test_a_form_that_was_emptied_is_not_kept(page, given):
    opened(page, given)
    sitting(page)
    name = page.get_by_label("Nama", exact=True)
    forms = 'return memory.keys("merit-draft/").filter((key) => key.includes("/form/")).length'
    name.fill("Budi")
    assert do(page, forms) == 1
    name.fill("")
    assert do(page, forms) == 0


def test_what_came_of_it_is_said_where_it_was_asked(page, given):
    opened(page, given)
    sitting(page)
    attend(page, "Budi")
    do(page, 'answer(last("sitting"), { ...sitting("attend"), note: "Budi diganti." })')

    assert page.locator(".ms-sitting").get_by_role("alert").inner_text() == "Budi diganti."


def test_a_key_that_is_held_down_does_not_withdraw_a_file(page, given):
    item = {
        **{"file": "0" * 32, "name": "SK.pdf", "size": 1, "sha256": "0" * 64, "state": None},
        **{"text": None, "ids": ["1"], "at": "2026-03-02T12:00:00Z", "side": "evaluator"},
    }
    items = {
        code: {**each, "evidence": [{**item, "fresh": False}]}
        for code, each in given["view"]["items"].items()
    }
    view = {**given["view"], "items": items, "may": dict.fromkeys(given["view"]["may"], "")}
    opened(page, {**given, "view": view})
    button = page.locator(".ms-file").get_by_role("button").last
    button.focus()
    for _ in range(3):
        page.keyboard.down("Enter")  # the second and the third repeat the first
    page.keyboard.up("Enter")

    assert do(page, 'return asked.filter((each) => each.do === "record").length') == 0
    assert button.get_attribute("data-sure") == "true"
    page.keyboard.press("Enter")
    assert do(page, 'return asked.filter((each) => each.do === "record").length') == 1


def test_a_list_pasted_from_a_spreadsheet_is_put_down_one_by_one_and_a_wrong_nip_is_left(
    page, given
):
    opened(page, given)
    sitting(page)
    page.get_by_label("Nama", exact=True).focus()
    page.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const how = { clipboardData, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        "Nama\tNIP\tJabatan\nBudi\t198001012005011001\tKepala\nSiti\t1,98E+17\tAnalis\nJoko\t\t\n",
    )
    asked = 'const { act, name, nip, office } = last("sitting"); return [act, name, nip, office]'

    page.get_by_role("button", name="Tambahkan 2 orang").click()
    first = do(page, asked)
    do(page, 'answer(last("sitting"), sitting("attend"))')
    second = do(page, asked)
    do(page, 'answer(last("sitting"), sitting("attend"))')

    assert first == ["attend", "Budi", "198001012005011001", "Kepala"]
    assert second == ["attend", "Joko", "", ""]
    left = page.locator(".ms-staged li")
    assert left.count() == 1
    assert "Ditemukan 1,98E+17 (5 angka)" in left.inner_text()
    page.get_by_role("button", name="Perbaiki NIP Siti").click()
    assert page.get_by_label("Nama", exact=True).input_value() == "Siti"
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
