"""The scoring panel by keyboard, for everybody's eyes, on every screen it has to serve."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route

from merit_kit import assessment, instrument, process
from merit_kit.panels._static import STATIC
from merit_kit.store import Statement, open_store
from tests.pages import RULES
from tests.sittings import ROUND, SHEET, Sitting

pytestmark = pytest.mark.browser

CODES = instrument.load("kasn-2019").codes


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the panel; JupyterLab's own page is not ours."""
    found = Axe().run(page, context=SHEET, options=RULES).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


@pytest.fixture(scope="module")
def sitting(panel_rooms, chromium) -> Iterator[Sitting]:
    """One panel for all: each test has a sub-aspect of its own."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    yield Sitting(context.new_page(), panel_rooms, panel_rooms.agency())
    context.close()


def focus(sitting: Sitting, code: str) -> Locator:
    """Put the focus where the keys are at home: on a row of the list."""
    sitting.choose(code)
    row = sitting.page.locator(f'{SHEET} .ms-row[data-code="{code}"]')
    row.focus()
    return row


def stated(sitting: Sitting, kind: str, code: str) -> list[process.Stated]:
    """What counts of one kind at a sub-aspect, read past the kernel."""
    with open_store(sitting.folder) as store:
        about = assessment.find(store, sitting.agency, ROUND)
        assert about is not None
        counting = assessment.Hearing(store, about).books.of_kind(kind)
    return [each for each in counting if each.body["sub_aspect"] == code]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_whole_sheet_is_scored_without_the_mouse(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    page = sitting.page
    focus(sitting, "1.1")
    for n, _ in enumerate(CODES):
        press(page, str(1 + n % 4), "j")
    sitting.saved()

    assert sitting.standing() == {code: 1 + n % 4 for n, code in enumerate(CODES)}
    assert len(sitting.stored()) == len(CODES)

    # With all of its figures there the header still has room for whom it is about.
    page.locator(f'{SHEET} [data-figure="index"]').wait_for()
    resize(page, 683, 384)  # 200 %
    name = page.locator(f"{SHEET} .ms-who h2")
    assert name.evaluate("(name) => name.clientWidth") >= 110


def test_a_reason_a_note_and_a_question_are_written_without_the_mouse(sitting):
    page = sitting.page
    focus(sitting, "2.1")
    press(page, "Enter")  # nothing to agree with: said, and nothing stated
    press(page, "j", "k", "2", "r")
    page.keyboard.type("Belum dimutakhirkan.")
    press(page, "Control+Enter", "n")
    page.keyboard.type("Sertakan rekap terbaru.")
    press(page, "Enter")  # which JupyterLab would keep for itself
    page.keyboard.type("Paling lambat Senin.")
    press(page, "Control+Enter", "i")
    page.keyboard.type("Periksa lagi sesudah istirahat; 3 atau 4?")
    press(page, "Escape", "c")
    page.keyboard.type("Rekap mana yang berlaku?")
    page.get_by_role("button", name="Kirim ke instansi").first.press("Enter")
    sitting.saved()

    [level] = stated(sitting, "level", "2.1")
    notes = {each.visible_to: each.body["text"] for each in stated(sitting, "note", "2.1")}
    [question] = stated(sitting, "question", "2.1")
    assert (level.body["level"], level.body["reason"]) == (2, "Belum dimutakhirkan.")
    assert notes == {
        "agency": "Sertakan rekap terbaru.\nPaling lambat Senin.",
        "internal": "Periksa lagi sesudah istirahat; 3 atau 4?",
    }
    assert (question.visible_to, question.body["text"]) == ("agency", "Rekap mana yang berlaku?")


def test_undo_goes_back_step_by_step_and_is_a_statement_itself(sitting):
    page = sitting.page
    focus(sitting, "2.2")
    press(page, "2", "4", "u")
    sitting.saved()
    assert sitting.standing()["2.2"] == 2

    press(page, "u")
    sitting.saved()

    assert "2.2" not in sitting.standing()
    assert sitting.levels("2.2") == [2, 4, 2, None]


def test_undo_takes_back_nothing_of_somebody_else(sitting):
    page = sitting.page
    focus(sitting, "4.1")
    press(page, "2")
    sitting.saved()
    sitting.state_elsewhere("4.1", 4)
    sitting.shows("4.1", 4)
    press(page, "u")
    page.get_by_role("status").filter(has_text="4.1 sudah berubah").wait_for(state="attached")
    sitting.saved()

    assert sitting.levels("4.1") == [2, 4]


def test_a_second_level_that_was_taken_back_brings_the_first_one_back(panel_page):
    served = "http://panel.test/"
    page = panel_page
    page.route(f"{served}*.js", lambda route: route.fulfill(path=STATIC / "sheet" / name_of(route)))
    page.route(served, lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(served)
    signs = page.evaluate(
        """async () => {
          const { signsOf } = await import("/signs.js");
          const level = (level) => ({ level, reason: "", by: "", at: "", draft: false, ids: [] });
          const item = { self: level(3), awal: level(3), akhir: level(null), mismatch: null,
            disputed: { self: [], awal: [], akhir: [] }, questions: [], evidence: [] };
          return signsOf(item, "akhir");
        }"""
    )

    assert (signs["step"], signs["standing"], signs["carried"]) == (3, "agreed", True)


def name_of(route: Route) -> str:
    """The name of the file a page asks for."""
    return route.request.url.rsplit("/", 1)[-1]


def test_keys_do_nothing_in_a_field_of_text_nor_with_a_modifier(sitting):
    page = sitting.page
    before = sitting.made()
    focus(sitting, "2.3")
    press(page, "/")
    page.keyboard.type("34")
    press(page, "Escape", "Control+3", "Alt+2")
    page.wait_for_timeout(300)

    assert sitting.made() == before


def test_digits_go_by_their_place_so_that_azerty_and_the_number_pad_work(sitting):
    page = sitting.page
    focus(sitting, "2.4")
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

    assert sitting.levels("2.4") == [1, 4]


def test_the_keys_of_jupyterlab_do_not_reach_the_cells(sitting):
    page = sitting.page
    cells = page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")
    focus(sitting, "2.5")
    press(page, "d", "d", "x", "a", "b", "m", "Escape", "Shift+Enter")
    page.locator(f'{SHEET} [data-step="2"][data-code="2.5"]').focus()
    press(page, "d", "d", "a")
    page.wait_for_timeout(300)

    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == cells
    assert page.locator(SHEET).count() == 1


def test_help_is_a_dialog_that_takes_the_focus_and_gives_it_back(sitting):
    page = sitting.page
    row = focus(sitting, "3.1")
    press(page, "?")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "Konfirmasi" in dialog.inner_text()
    assert violations(page) == []
    assert page.evaluate("document.activeElement.closest('[role=dialog], dialog') !== null")
    press(page, "Escape")
    dialog.wait_for(state="hidden")

    assert row.evaluate("(row) => row === document.activeElement")


def test_zoomed_in_every_row_of_the_help_can_be_read(sitting):
    page = sitting.page
    resize(page, 683, 384)
    focus(sitting, "3.1")
    press(page, "?")
    # A script scrolls also what nobody can scroll.
    cut = page.locator(f"{SHEET} .ms-keys").evaluate(
        "(all) => [all.scrollHeight - all.clientHeight, all.scrollWidth - all.clientWidth]"
    )
    page.locator(f"{SHEET} .ms-keys > div").last.scroll_into_view_if_needed()
    last = seen(page, ".ms-keys > div:last-child")
    press(page, "Escape")
    resize(page, 1366, 768)

    assert (cut, last > 0.9) == ([0, 0], True)


def test_enter_in_the_search_goes_to_a_row_and_pressed_again_states_nothing(sitting):
    page = sitting.page
    code, words = "3.2", page.locator(f'{SHEET} .ms-row[data-code="3.2"] .ms-row-name').inner_text()
    focus(sitting, "3.1")
    press(page, "/")
    page.keyboard.type(words)
    press(page, "Enter")
    status = page.get_by_role("status")
    status.filter(has_text=f'Pencarian "{words}": 1 subaspek').wait_for(state="attached")
    press(page, "Enter")
    status.filter(has_text=f"{code}, dari pencarian").wait_for(state="attached")
    press(page, "j")
    status.filter(has_text=f'disaring dengan pencarian "{words}"').wait_for(state="attached")
    press(page, "/", "Escape", "Enter")  # now it is meant; there is no level to agree with
    status.filter(has_text=f"{code} belum punya nilai mandiri").wait_for(state="attached")


def test_zoomed_in_the_filters_and_the_level_a_key_chose_are_in_sight(sitting):
    page = sitting.page
    resize(page, 683, 384)
    focus(sitting, "3.9")
    press(page, "4")
    card = page.locator(f'{SHEET} .ms-card[data-code="3.9"][aria-checked="true"]')
    card.wait_for()
    cut = page.locator(f"{SHEET} .ms-chip").evaluate_all(
        """(chips) => chips.filter((chip) => {
          const { left, top, width, height } = chip.getBoundingClientRect();
          return [4, width - 4].some((x) => !chip.contains(
            document.elementFromPoint(left + x, top + height / 2)));
        }).map((chip) => chip.dataset.filter)"""
    )
    chosen = seen(page, '.ms-card[data-code="3.9"][aria-checked="true"]')
    sitting.saved()
    resize(page, 1366, 768)

    assert (cut, chosen > 0.9) == ([], True)


def test_what_the_figures_do_not_hold_yet_is_said_where_it_lasts(sitting, panel_rooms):
    page = sitting.page
    focus(sitting, "3.10")
    lacking = page.locator(f"{SHEET} .ms-behind")
    # Saved is soon; what was stated before is in the figures a moment later, or would be counted.
    page.locator(f"{SHEET} .ms-totals[data-behind]").wait_for(state="detached")
    # Not the browser set offline: a line that is open may carry one click more.
    panel_rooms.lab.pause()
    try:
        press(page, "2")
        lacking.filter(has_text="belum termasuk 1 perubahan").wait_for()
    finally:
        panel_rooms.lab.go_on()
    sitting.saved()

    lacking.wait_for(state="hidden")


def test_the_ring_of_the_focus_is_drawn_inside_what_fills_its_box(sitting):
    page = sitting.page
    focus(sitting, "3.3")
    offsets = []
    for part in (f"{SHEET} .ms-row:focus", f"{SHEET} .ms-tile:focus"):
        press(page, "Tab", "Shift+Tab")  # so that it is come to by a key
        found = page.locator(part).evaluate("(at) => getComputedStyle(at).outlineOffset")
        offsets.append(found)
        page.locator(f"{SHEET} .ms-tile").first.focus()

    assert offsets == ["-2px", "-2px"]


def test_keys_can_be_switched_off_and_the_choice_is_kept(sitting):
    page = sitting.page
    focus(sitting, "3.2")
    press(page, "?")
    page.get_by_label("Tombol pintas aktif").uncheck()
    press(page, "Escape")
    focus(sitting, "3.2")
    press(page, "3")
    page.reload()
    sitting.is_there()
    focus(sitting, "3.2")
    press(page, "3")
    page.wait_for_timeout(300)
    page.locator(f'{SHEET} [data-tool="help"]').click()
    page.get_by_label("Tombol pintas aktif").check()
    press(page, "Escape")

    assert sitting.levels("3.2") == []


def test_the_focus_is_seen_wherever_it_is(sitting):
    page = sitting.page
    focus(sitting, "3.3")
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
    row = focus(sitting, "3.4")
    press(page, "3")
    told = page.get_by_role("status").filter(has_text="3.4: level 3")
    told.wait_for(state="attached")
    sitting.saved()

    group = page.get_by_role("radiogroup", name="Level verifikasi 3.4")
    assert group.get_by_role("radio", checked=True).get_attribute("data-step") == "3"
    assert row.get_attribute("aria-selected") == "true"


@pytest.mark.parametrize(("scheme", "code"), [("dark", "3.5"), ("light", "3.6")])
def test_axe_finds_nothing_in_either_theme(sitting, scheme, code):
    page = sitting.page
    page.emulate_media(color_scheme=scheme)
    theme = "true" if scheme == "light" else "false"
    page.wait_for_selector(f'body[data-jp-theme-light="{theme}"]', state="attached")
    sitting.click(code, 2, 3)
    sitting.saved()

    assert violations(page) == []
    background = page.evaluate(
        f"getComputedStyle(document.querySelector('{SHEET} .ms-frame')).backgroundColor"
    )
    shade = sum(int(part) for part in background.strip("rgba()").split(",")[:3])
    assert shade > 600 if scheme == "light" else shade < 200


@pytest.mark.parametrize(
    ("width", "height", "code"), [(683, 384, "3.7"), (1366, 768, "3.8")], ids=["200 %", "laptop"]
)
def test_nothing_is_cut_off_on_the_screen(sitting, width, height, code):
    page = sitting.page
    page.set_viewport_size({"width": width, "height": height})
    sitting.click(code, 4)
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
        card = page.locator(f'{SHEET} [data-step="{step}"][data-code="{code}"]')
        card.scroll_into_view_if_needed()
        assert card.is_visible()
    assert violations(page) == []


def resize(page: Page, width: int, height: int) -> None:
    """Make the window another size, and wait until the panel has followed it."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(
        "([panel, height]) => document.querySelector(panel)"
        ".style.getPropertyValue('--ms-window') === height",
        arg=[SHEET, f"{height - 16}px"],
    )


def around(page: Page, part: str) -> list[object]:
    """Where a part is and the boxes around it, scrolled or not: for whoever reads a failure."""
    return page.locator(f"{SHEET} {part}").first.evaluate(
        """(part) => {
          const found = [[innerWidth, innerHeight, document.visibilityState]];
          for (let box = part; box; box = box.parentElement) {
            const { left, top, width, height } = box.getBoundingClientRect();
            found.push([box.className || box.tagName, box.scrollTop, left, top, width, height]);
          }
          return found;
        }"""
    )


def seen(page: Page, part: str) -> float:
    """How much of the height of a part can be seen, from 0 to 1; nothing may lie above it."""
    return page.locator(f"{SHEET} {part}").first.evaluate(
        """(part) => {
          const { left, top, width, height } = part.getBoundingClientRect();
          const low = Math.min(top + height, innerHeight) - 1;
          const on = (x, y) => part.contains(document.elementFromPoint(x, y));
          if (top < 0 || !on(left + width / 2, top + 2) || !on(left + width / 2, low)) return 0;
          return (low + 1 - top) / height;
        }"""
    )


@pytest.mark.parametrize(("width", "height"), [(683, 384), (911, 512)], ids=["200 %", "150 %"])
def test_zoomed_in_the_sub_aspect_and_its_first_cards_are_seen_at_once(sitting, width, height):
    page = sitting.page
    resize(page, width, height)
    sitting.choose("4.2")

    for part in (".ms-save", ".ms-who h2", '[data-figure="verified"] b', ".ms-item-name"):
        assert seen(page, part) == 1, around(page, part)
    assert seen(page, '.ms-card[data-step="1"]') > 0.5
    assert not page.locator(f'{SHEET} [data-tool="share"]').is_visible()
    page.locator(f'{SHEET} [data-tool="fold"]').press("Enter")
    assert page.locator(f'{SHEET} [data-tool="share"]').is_visible()
    assert violations(page) == []
    page.locator(f'{SHEET} [data-tool="fold"]').press("Enter")
    resize(page, 1366, 768)


def test_nothing_scrolls_the_header_out_of_the_panel(sitting):
    """What lies in a box and sticks out of it lets whatever takes the focus scroll the box."""
    frame = sitting.page.locator(f"{SHEET} .ms-frame")

    assert frame.evaluate("(frame) => { frame.scrollTop = 100; return frame.scrollTop; }") == 0


def test_in_the_smallest_window_the_state_of_saving_stays_in_sight(sitting):
    page = sitting.page
    resize(page, 341, 192)  # 400 %
    sitting.choose("4.2")
    page.locator(f"{SHEET} .ms-findings, {SHEET} [data-section=findings]").last.evaluate(
        "(part) => part.scrollIntoView()"
    )
    state = seen(page, ".ms-save")
    resize(page, 1366, 768)

    assert state == 1


@pytest.mark.parametrize(("width", "height"), [(683, 384), (1366, 768)], ids=["200 %", "laptop"])
def test_what_is_announced_covers_nothing_that_can_be_clicked(sitting, width, height):
    page = sitting.page
    resize(page, width, height)
    focus(sitting, "4.3")
    page.keyboard.press("9")  # the longest that a key can bring about
    note = page.locator(f"{SHEET} .ms-note").filter(has_text="level 9")
    note.wait_for()
    covered = note.evaluate(
        """(note) => {
          // The mouse goes through it: what is found at a point is what lies under it.
          const { left, top, width, height } = note.getBoundingClientRect();
          const parts = [...Array(21).keys()].map((n) => n / 20);
          const at = (x, y) => document.elementFromPoint(left + x * width, top + y * height);
          const under = new Set(parts.flatMap((x) => parts.map((y) => at(x, y))));
          const clicked = "button, input, textarea, select, summary, [role=option]";
          return [...under].filter((each) => each.closest(clicked)).map((each) => each.outerHTML);
        }"""
    )
    resize(page, 1366, 768)

    assert covered == []


def test_a_question_with_a_day_shows_it_and_no_part_changes_its_place(sitting):
    page = sitting.page
    sitting.choose("4.4")

    def places() -> list[list[object]]:
        parts = page.locator(f"{SHEET} .ms-section")
        return parts.evaluate_all(
            "(all) => all.map((e) => [e.dataset.section, e.getBoundingClientRect().left])"
        )

    before = places()
    asked = page.locator(f'{SHEET} [data-section="questions"]')
    for day in ("2026-02-01", "2099-02-01"):
        asked.get_by_label("Pertanyaan").fill("Rekap mana yang berlaku?\n\n\n\nDan mengapa?")
        asked.get_by_label("Batas waktu").fill(day)
        asked.get_by_role("button", name="Kirim ke instansi").click()
    sitting.saved()

    assert asked.locator('[data-tag="overdue"]').inner_text() == "lewat tenggat 1 Februari 2026"
    assert asked.locator('[data-tag="due"]').inner_text() == "tenggat 1 Februari 2099"
    assert places() == before


def test_a_settled_conflict_is_not_undone_and_it_is_said_what_to_do_instead(sitting):
    page = sitting.page
    sitting.state_elsewhere("5.1", 2)
    with open_store(sitting.folder) as store:
        about = assessment.find(store, sitting.agency, ROUND)
        assert about is not None
        body = assessment.level_body("5.1", "verified", 4, pass_="awal")  # noqa: S106
        person, now = assessment.whoami(store), "2026-03-01T03:00:00.000Z"
        assessment.record(store, [Statement(about, "level", person, now, body)], person)
    sitting.choose("5.1")
    page.locator(f"{SHEET} .ms-conflicts").get_by_role(
        "button", name="Pakai yang ini"
    ).first.click()
    sitting.saved()
    before = sitting.levels("5.1")
    press(page, "u")
    page.get_by_role("status").filter(has_text="Riwayat (tombol H)").wait_for(state="attached")
    sitting.saved()

    assert len(before) == 3
    assert sitting.levels("5.1") == before


def test_the_row_one_goes_to_by_keys_stays_in_the_list_that_is_seen(sitting):
    focus(sitting, CODES[0])
    press(sitting.page, *("j" for _ in CODES[1:]))
    row = sitting.page.locator(f'{SHEET} .ms-row[data-code="{CODES[-1]}"]')

    assert row.evaluate(
        """(row) => {
          const [own, list] = [row, row.closest('.ms-list')].map((e) => e.getBoundingClientRect());
          return own.top >= list.top - 1 && own.bottom <= list.bottom + 1;
        }"""
    )


def test_a_second_click_finds_the_card_where_the_first_one_left_it(sitting):
    sitting.choose("1.3")
    card = sitting.page.locator(f'{SHEET} [data-step="2"][data-code="1.3"]')
    before = card.bounding_box()
    card.click()
    sitting.saved()

    assert card.bounding_box() == before


def test_while_the_screen_is_shared_totals_and_internal_notes_are_hidden(sitting):
    page = sitting.page
    focus(sitting, "3.9")
    press(page, "i")
    page.keyboard.type("rahasia penilai")
    press(page, "Control+Enter", "3")
    sitting.saved()
    assert "rahasia penilai" in fields(page)
    at_once = page.locator(f'{SHEET} [data-tool="share"]').evaluate(
        "(button) => (button.click(), document.querySelector('[data-field=internal]')"
        ".checkVisibility())"
    )

    assert at_once is False  # before a frame could be drawn
    assert "rahasia penilai" not in fields(page)
    assert "rahasia" not in page.locator(SHEET).inner_text()
    assert page.locator(f'{SHEET} [data-figure="verified"]').filter(visible=True).count() == 0


def fields(page: Page) -> list[str]:
    """What can be read in the fields of text."""
    shown = page.locator(f"{SHEET} textarea").filter(visible=True)
    return shown.evaluate_all("(all) => all.map((each) => each.value)")


def test_somebody_without_a_role_is_told_why_and_sees_nothing_to_fill_in(panel_rooms, panel_page):
    # Last, as the other panels of this store hear of it too.
    with open_store(panel_rooms.folder) as store:
        me = assessment.whoami(store)
        held = store.appointments([me])["role"]
        for role in held:
            store.dismiss(me, role)
    try:
        sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
        told = panel_page.locator(f"{SHEET} .ms-reading").inner_text()
        controls = panel_page.locator(f"{SHEET} .ms-detail").locator("textarea, select, input")
        offered = [each.get_attribute("data-of") for each in controls.all() if each.is_visible()]
        focus(sitting, "1.1")
        press(panel_page, "3")
        panel_page.get_by_role("status").filter(has_text="belum memegang peran").wait_for()
        wrong = violations(panel_page)
    finally:
        with open_store(panel_rooms.folder) as store:
            for role in held:
                store.appoint(me, role)

    assert told.startswith("Hanya untuk dibaca:")
    assert "belum memegang peran di sini" in told
    assert (offered, wrong, sitting.made()) == ([], [], [])
