"""The overview of the rooms in a real JupyterLab: a host's browser beside an evaluator's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from merit_kit import assessment
from merit_kit.store import new_id, open_store
from tests.pages import RULES
from tests.played import HOST, PLANS, begin_rooms, on_postgresql
from tests.sittings import ROUND, SHEET, Rooms, Sitting
from tests.test_panel_two_sides import Person, notebook

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]

NOTEBOOK = "20-ruang-diskusi.ipynb"
OVERVIEW = '[data-merit="rooms"]'

# When the number of assessed sub-aspects of a row was another one, by this machine's clock.
WATCH = """
(row) => {
  window.seen = [];
  const cell = row.querySelector(".mr-assessed");
  new MutationObserver(() => window.seen.push([Date.now(), cell.textContent]))
    .observe(cell, { childList: true, characterData: true, subtree: true });
}
"""
CLICKED = "addEventListener('pointerdown', () => (window.clicked = Date.now()), true)"


class Host:
    """The overview in a page."""

    def __init__(self, page: Page, rooms: Rooms, name: str = NOTEBOOK) -> None:
        self.page, self.rooms = page, rooms
        page.goto(rooms.lab.address(name))
        self.is_there()

    def is_there(self) -> None:
        self.page.wait_for_selector(f'{OVERVIEW}[data-ready="1"]', timeout=60_000)
        self.page.wait_for_selector(f"{OVERVIEW} tbody tr")
        self.page.wait_for_selector(f'{OVERVIEW} tr[data-state="wait"]', state="detached")

    def all_days(self) -> None:
        self.page.get_by_label("Hari").select_option("")

    def row(self, name: str) -> Locator:
        return self.page.locator(
            f"{OVERVIEW} tbody tr", has=self.page.get_by_text(name, exact=True)
        )

    def look_at(self, name: str) -> None:
        self.row(name).locator(".mr-open").click()
        self.page.wait_for_selector(f'{OVERVIEW} {SHEET}[data-ready="1"]', timeout=20_000)

    def back(self) -> None:
        self.page.get_by_role("button", name="Kembali ke ringkasan").click()
        self.page.locator(f"{OVERVIEW} .mr-table").wait_for()

    def violations(self) -> list[str]:
        found = Axe().run(self.page, context=OVERVIEW, options=RULES).response["violations"]
        return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


def arrange(rooms: Rooms, agency: str, minutes: int) -> None:
    """Put a room of its own for an agency, which began so many minutes ago; ours to score."""
    begins = datetime.now(UTC) - timedelta(minutes=minutes)
    with open_store(rooms.folder) as store:
        about = {
            "round": ROUND,
            "code": f"R-{agency}",
            "name": f"Ruang {agency}",
            "kind": "verifikasi-klarifikasi",
            "held_on": datetime.now().astimezone().date().isoformat(),
            "starts_at": begins.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "host": None,
        }
        store.put_room(about, [(agency, assessment.whoami(store))])


@pytest.fixture(scope="module")
def met(panel_rooms) -> str:
    """An agency that is met now."""
    agency = panel_rooms.agency()
    arrange(panel_rooms, agency, 5)
    return agency


@pytest.fixture(scope="module")
def opened(panel_rooms, met, chromium) -> Iterator[Host]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    yield Host(context.new_page(), panel_rooms)
    context.close()


@pytest.fixture
def host(opened) -> Iterator[Host]:
    """One overview for all; each test leaves the table as it found it."""
    yield opened
    if opened.page.locator(f"{OVERVIEW} .mr-look").is_visible():
        opened.back()


def test_a_click_of_an_evaluator_shows_to_the_host(host, met, panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, met)
    row = host.row(met)
    row.evaluate(WATCH)
    panel_page.evaluate(CLICKED)
    delays = []
    for n, code in enumerate(("1.1", "1.2", "1.3"), start=1):
        sitting.click(code, 3)
        row.get_by_text(f"{n} dari 37").wait_for(timeout=20_000)
        seen = host.page.evaluate("window.seen.at(-1)[0]")
        delays.append(seen - panel_page.evaluate("window.clicked"))
    print("click to the host's screen, ms:", delays)

    assert row.locator(".mr-state").inner_text() == "berjalan"
    assert row.locator('[data-column="last"]').inner_text() == "baru saja"
    assert "sementara" in row.locator('[data-column="total"]').inner_text()


def test_on_postgresql_each_is_a_role_and_the_host_hears_of_a_click_as_well(
    panel_rooms, server, chromium, tmp_path
):
    plan = PLANS[0]
    with ExitStack() as stack:
        url, addresses = on_postgresql(server, stack)
        with open_store(url) as store:
            begin_rooms(store, -5)
        pages = {}
        for login, of in ((HOST, NOTEBOOK), (plan.sheet, "10-sesi-penilaian.ipynb")):
            name = f"pg-{login}.ipynb"
            notebook(panel_rooms.folder, of, name, plan.agency, addresses[login])
            context = chromium.new_context(viewport={"width": 1366, "height": 768})
            stack.callback(context.close)
            pages[login] = context.new_page()
        evaluator = Person(pages[plan.sheet], tmp_path)
        evaluator.page.goto(panel_rooms.lab.address(f"pg-{plan.sheet}.ipynb"))
        host = Host(pages[HOST], panel_rooms, f"pg-{HOST}.ipynb")
        evaluator.is_there()
        assert host.page.locator(f"{OVERVIEW} tbody tr").count() == 3

        evaluator.choose("1.1")
        evaluator.at('[data-step="3"][data-code="1.1"]').click()

        host.row(plan.name).get_by_text("1 dari 37").wait_for(timeout=20_000)
        host.look_at(plan.name)
        card = host.page.locator(f'{SHEET} [data-step="3"][data-code="1.1"][aria-checked="true"]')
        card.wait_for(timeout=20_000)
        host.back()


def test_a_room_is_looked_into_and_nothing_can_be_stated_there(host, panel_rooms, panel_page):
    agency = panel_rooms.agency()
    arrange(panel_rooms, agency, 5)
    sitting = Sitting(panel_page, panel_rooms, agency)
    host.row(agency).wait_for(timeout=20_000)
    host.look_at(agency)
    page = host.page
    card = page.locator(f'{OVERVIEW} {SHEET} [data-step="3"][data-code="1.1"]')
    card.click(force=True)  # it says that it is disabled
    for key in ("2", "Enter", "u", "n", "c"):
        page.keyboard.press(key)
    assert "dibuka dari ringkasan" in page.locator(f"{OVERVIEW} .ms-reading").inner_text()

    sitting.click("1.1", 4)
    checked = page.locator(f'{OVERVIEW} {SHEET} [data-step="4"][aria-checked="true"]')
    checked.wait_for(timeout=20_000)
    sitting.saved()
    host.back()

    assert sitting.standing() == {"1.1": 4}
    assert len(sitting.stored()) == 1
    assert page.locator(f"{OVERVIEW} {SHEET}").count() == 0


def test_what_an_evaluator_left_unsaved_in_this_browser_is_not_sent_by_the_overview(
    host, met, panel_rooms
):
    page, own = host.page, new_id()
    with open_store(panel_rooms.folder) as store:
        about, by = assessment.find(store, met, ROUND), assessment.whoami(store)
        key = f"merit/{store.id}/{by}/{about}/{own}"
    body = assessment.level_body("8.1", "verified", 2, pass_="awal")  # noqa: S106
    parts = {"visible_to": "agency", "base": [], "room": None, "stated_at": assessment.now()}
    kept = json.dumps({"n": 1, "op": {"id": own, "kind": "level", "body": body, **parts}})
    page.evaluate("(kept) => localStorage.setItem(...kept)", [key, kept])
    host.look_at(met)
    page.wait_for_timeout(1000)
    shown = page.locator(f"{OVERVIEW} {SHEET} [data-save]").get_attribute("data-pending")
    left = page.evaluate("(key) => localStorage.getItem(key)", key)
    page.evaluate("(key) => localStorage.removeItem(key)", key)

    assert (left, shown) == (kept, "0")


def test_the_overview_is_used_without_the_mouse(host, met):
    page = host.page
    host.all_days()
    page.locator(f"{OVERVIEW} .mr-scroll").focus()
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    first = page.locator(f"{OVERVIEW} tbody tr .mr-open").first
    assert first.evaluate("(row) => row === document.activeElement")

    page.keyboard.press("/")
    page.keyboard.type(f"ruang {met}")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'{OVERVIEW} {SHEET}[data-ready="1"]', timeout=20_000)
    page.keyboard.press("b")
    page.locator(f"{OVERVIEW} .mr-table").wait_for()

    assert page.evaluate("document.activeElement.textContent") == met
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.locator(f"{OVERVIEW} tbody tr").nth(1).wait_for()


def test_the_keys_of_jupyterlab_do_not_reach_the_cells(host):
    page = host.page
    cells = page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")
    for place in (".mr-open", ".mr-scroll", ".ms-chip", ".mr-sort"):
        page.locator(f"{OVERVIEW} {place}").first.focus()
        for key in ("d", "d", "a", "x", "m"):
            page.keyboard.press(key)
    page.wait_for_timeout(300)

    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == cells


def test_rows_are_narrowed_and_put_in_order(host, met):
    page = host.page
    host.all_days()
    every = page.locator(f"{OVERVIEW} tbody tr").count()
    page.get_by_role("button", name="Berjalan").click()
    page.wait_for_function(f"document.querySelectorAll('{OVERVIEW} tbody tr').length < {every}")
    assert set(page.locator(f"{OVERVIEW} tbody tr .mr-state").all_inner_texts()) == {"berjalan"}
    page.get_by_role("button", name="Semua", exact=False).first.click()
    page.get_by_role("button", name="Kemajuan").click()
    head = page.locator(f'{OVERVIEW} th[data-column="progress"]')
    head.and_(page.locator('[aria-sort="descending"]')).wait_for()

    shown = page.locator(f"{OVERVIEW} .mr-assessed").all_inner_texts()
    numbers = [int(text.split()[0]) for text in shown]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] >= 1
    page.get_by_role("button", name="Ruang dan penilai").click()
    # Who meets nowhere comes last.
    page.wait_for_function(
        f"""() => {{
          const met = [...document.querySelectorAll('{OVERVIEW} tbody tr')]
            .map((row) => row.dataset.state !== "none");
          return met[0] && !met.at(-1) && met.lastIndexOf(true) < met.indexOf(false);
        }}"""
    )


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize(("width", "height"), [(683, 384), (1366, 768)], ids=["200 %", "laptop"])
def test_axe_finds_nothing_and_nothing_is_cut_off(host, met, scheme, width, height):
    page = host.page
    page.emulate_media(color_scheme=scheme)
    theme = "true" if scheme == "light" else "false"
    page.wait_for_selector(f'body[data-jp-theme-light="{theme}"]', state="attached")
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(300)
    assert host.violations() == []
    # Only the table and the row of filters may be moved sideways.
    wide = page.evaluate(
        f"""() => [...document.querySelectorAll('{OVERVIEW} :is(button, input, select, h2, p)')]
          .filter((each) => each.getClientRects().length && !each.closest(".mr-table, .ms-filters"))
          .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
          .map((each) => each.outerHTML.slice(0, 100))"""
    )
    assert wide == []

    host.look_at(met)
    assert host.violations() == []
    host.back()


def test_after_a_reload_the_overview_is_there_as_it_was_set(host):
    page = host.page
    host.all_days()
    page.get_by_role("button", name="Perlu perhatian").click()
    page.reload()
    page.wait_for_selector(f'{OVERVIEW}[data-ready="1"]', timeout=60_000)

    pressed = page.locator(f'{OVERVIEW} .ms-chip[aria-pressed="true"]')
    pressed.get_by_text("Perlu perhatian").wait_for()
    page.get_by_role("button", name="Semua", exact=False).first.click()
    host.is_there()
