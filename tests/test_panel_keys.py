"""The scoring panel by keyboard, for everybody's eyes, on every screen it has to serve."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from merit_kit import assessment, instrument, process
from merit_kit.store import open_store
from tests.pages import RULES
from tests.sittings import ROUND, SHEET, Sitting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]

CODES = instrument.load("kasn-2019").codes


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the panel; JupyterLab's own page is not ours."""
    found = Axe().run(page, context=SHEET, options=RULES).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


@pytest.fixture
def sitting(panel_rooms, panel_page) -> Sitting:
    return Sitting(panel_page, panel_rooms, panel_rooms.agency())


def stated(sitting: Sitting, kind: str) -> list[process.Stated]:
    """What counts of one kind, read past the kernel."""
    with open_store(sitting.folder) as store:
        about = assessment.find(store, sitting.agency, ROUND)
        assert about is not None
        return assessment.Hearing(store, about).books.of_kind(kind)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_whole_sheet_is_scored_without_the_mouse(sitting):
    page = sitting.page
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    for n, _ in enumerate(CODES):
        press(page, str(1 + n % 4), "j")
    sitting.saved()

    assert sitting.standing() == {code: 1 + n % 4 for n, code in enumerate(CODES)}
    assert len(sitting.stored()) == len(CODES)


def test_a_reason_a_note_and_a_question_are_written_without_the_mouse(sitting):
    page = sitting.page
    page.locator(f'{SHEET} .ms-row[data-code="1.2"]').focus()
    press(page, "Enter")  # nothing to agree with: said, and nothing stated
    press(page, "j", "k", "2", "r")
    page.keyboard.type("Belum dimutakhirkan.")
    press(page, "Control+Enter", "n")
    page.keyboard.type("Sertakan rekap terbaru.")
    press(page, "Control+Enter", "i")
    page.keyboard.type("Periksa lagi sesudah istirahat; 3 atau 4?")
    press(page, "Escape", "c")
    page.keyboard.type("Rekap mana yang berlaku?")
    page.get_by_role("button", name="Kirim ke instansi").first.press("Enter")
    sitting.saved()

    code = page.locator(f"{SHEET} .ms-item").get_attribute("data-item")
    [level] = stated(sitting, "level")
    notes = {each.visible_to: each.body["text"] for each in stated(sitting, "note")}
    [question] = stated(sitting, "question")
    assert (level.body["sub_aspect"], level.body["level"]) == (code, 2)
    assert level.body["reason"] == "Belum dimutakhirkan."
    assert notes == {
        "agency": "Sertakan rekap terbaru.",
        "internal": "Periksa lagi sesudah istirahat; 3 atau 4?",
    }
    assert (question.visible_to, question.body["text"]) == ("agency", "Rekap mana yang berlaku?")


def test_undo_goes_back_step_by_step_and_is_a_statement_itself(sitting):
    page = sitting.page
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    press(page, "2", "4", "u")
    sitting.saved()
    assert sitting.standing() == {"1.1": 2}

    press(page, "u")
    sitting.saved()

    assert sitting.standing() == {}
    assert [each.body["level"] for each in sitting.stored()] == [2, 4, 2, None]


def test_keys_do_nothing_in_a_field_of_text_nor_with_a_modifier(sitting):
    page = sitting.page
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    press(page, "/")
    page.keyboard.type("34")
    press(page, "Escape", "Control+3", "Alt+2")
    page.wait_for_timeout(300)

    assert sitting.stored() == []
    assert sitting.made() == []


def test_digits_go_by_their_place_so_that_azerty_and_the_number_pad_work(sitting):
    page = sitting.page
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    page.evaluate(
        """() => {
          const key = (key, code) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }));
          key("&", "Digit1");  // AZERTY without Shift
          key("4", "Numpad4");
          key("Home", "Numpad7");  // NumLock off: it moves
        }"""
    )
    sitting.saved()

    assert [each.body["level"] for each in sitting.stored()] == [1, 4]


def test_the_keys_of_jupyterlab_do_not_reach_the_cells(sitting):
    page = sitting.page
    cells = page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    press(page, "d", "d", "x", "a", "b", "m", "Shift+Enter")
    page.locator(f'{SHEET} [data-step="2"][data-code="1.1"]').focus()
    press(page, "d", "d", "a")
    page.wait_for_timeout(300)

    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == cells
    assert page.locator(SHEET).count() == 1


def test_help_is_a_dialog_that_takes_the_focus_and_gives_it_back(sitting):
    page = sitting.page
    row = page.locator(f'{SHEET} .ms-row[data-code="1.1"]')
    row.focus()
    press(page, "?")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "Konfirmasi" in dialog.inner_text()
    assert violations(page) == []
    assert page.evaluate("document.activeElement.closest('[role=dialog], dialog') !== null")
    press(page, "Escape")
    dialog.wait_for(state="hidden")

    assert row.evaluate("(row) => row === document.activeElement")


def test_keys_can_be_switched_off_and_the_choice_is_kept(sitting):
    page = sitting.page
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    press(page, "?")
    page.get_by_label("Tombol pintas aktif").uncheck()
    press(page, "Escape")
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    press(page, "3")
    page.reload()
    sitting.is_there()
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    press(page, "3")
    page.wait_for_timeout(300)

    assert sitting.stored() == []


def test_the_focus_is_seen_wherever_it_is(sitting):
    page = sitting.page
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    unseen = []
    for _ in range(25):
        press(page, "Tab")
        here = page.evaluate(
            """() => {
              const at = document.activeElement;
              if (!at.closest('[data-merit="sheet"]')) return null;
              const style = getComputedStyle(at);
              const rings = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              return rings || style.boxShadow !== "none" ? "" : at.outerHTML.slice(0, 120);
            }"""
        )
        if here is None:
            break
        if here:
            unseen.append(here)
    assert unseen == []


def test_a_screen_reader_is_told_names_choices_and_what_was_done(sitting):
    page = sitting.page
    assert page.get_by_role("listbox", name="Subaspek").count() == 1
    row = page.locator(f'{SHEET} .ms-row[data-code="1.1"]')
    row.focus()
    press(page, "3")
    sitting.saved()

    group = page.get_by_role("radiogroup", name="Level verifikasi 1.1")
    chosen = group.get_by_role("radio", checked=True)
    assert chosen.get_attribute("data-step") == "3"
    assert row.get_attribute("aria-selected") == "true"
    assert "1.1: level 3" in page.get_by_role("status").all_inner_texts()[-1] or any(
        "1.1: level 3" in text for text in page.get_by_role("status").all_inner_texts()
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_either_theme(sitting, scheme):
    page = sitting.page
    page.emulate_media(color_scheme=scheme)
    theme = "true" if scheme == "light" else "false"
    page.wait_for_selector(f'body[data-jp-theme-light="{theme}"]', timeout=15_000)
    sitting.click("1.1", 2, 3)
    sitting.saved()

    assert violations(page) == []
    background = page.evaluate(
        f"getComputedStyle(document.querySelector('{SHEET} .ms-detail')).backgroundColor"
    )
    shade = sum(int(part) for part in background.strip("rgba()").split(",")[:3])
    assert shade > 600 if scheme == "light" else shade < 200


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (683, 384)], ids=["laptop", "200 %"])
def test_nothing_is_cut_off_on_the_screen(sitting, width, height):
    page = sitting.page
    page.set_viewport_size({"width": width, "height": height})
    sitting.click("1.1", 4)
    sitting.saved()

    wide = page.evaluate(
        f"""() => {{
          const root = document.querySelector('{SHEET}');
          const out = [...root.querySelectorAll("button, textarea, input, select, h1, h2, h3, p")]
            .filter((each) => each.getClientRects().length)
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1
                           || each.getBoundingClientRect().left < -1)
            .map((each) => each.outerHTML.slice(0, 100));
          return [root.scrollWidth <= root.clientWidth, out];
        }}"""
    )
    assert wide == [True, []]
    for step in (0, 1, 2, 3, 4):
        card = page.locator(f'{SHEET} [data-step="{step}"][data-code="1.1"]')
        card.scroll_into_view_if_needed()
        assert card.is_visible()
    assert violations(page) == []


def test_a_second_click_finds_the_card_where_the_first_one_left_it(sitting):
    sitting.choose("1.3")
    card = sitting.page.locator(f'{SHEET} [data-step="2"][data-code="1.3"]')
    before = card.bounding_box()
    card.click()
    sitting.saved()

    assert card.bounding_box() == before


def test_while_the_screen_is_shared_totals_and_internal_notes_are_hidden(sitting):
    page = sitting.page
    page.locator(f'{SHEET} .ms-row[data-code="1.1"]').focus()
    press(page, "i")
    page.keyboard.type("rahasia penilai")
    press(page, "Control+Enter", "3")
    sitting.saved()
    assert page.get_by_text("rahasia penilai").count() or page.locator(
        f"{SHEET} textarea"
    ).evaluate_all("(all) => all.some((each) => each.value.includes('rahasia'))")
    page.locator(f'{SHEET} [data-tool="share"]').click()

    shown = page.locator(SHEET).inner_text()
    fields = page.locator(f"{SHEET} textarea:visible").evaluate_all(
        "(all) => all.map((e) => e.value)"
    )
    assert "rahasia" not in shown
    assert not any("rahasia" in text for text in fields)
    assert page.locator(f'{SHEET} [data-figure="verified"]').filter(visible=True).count() == 0
