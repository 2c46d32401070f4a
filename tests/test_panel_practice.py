"""A practice run in a real browser: scored, compared, looked at, and then read-only."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from merit_kit import assessment, practice
from merit_kit.store import open_store
from tests.labs import READY
from tests.pages import RULES
from tests.sittings import ROUND, SHEET, Rooms

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]

NOTEBOOK = "15-latihan.ipynb"
DRAWER = f"{SHEET} dialog"


def test_one_scores_compares_and_reads_why_and_then_nothing_changes_any_more(
    panel_rooms: Rooms, panel_page: Page
):
    page = panel_page
    with open_store(panel_rooms.folder) as store:
        practice.put(store, assessment.whoami(store), ROUND, practice.read())
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: frames.append(str(f))))
    page.goto(panel_rooms.lab.address(NOTEBOOK))
    page.wait_for_selector(READY, timeout=60_000)
    heading = page.locator(f"{SHEET} .ms-who h2")
    assert "fiktif" in heading.inner_text()
    for code, step in (("1.1", 3), ("1.2", 4), ("3.8", 3)):
        page.click(f'{SHEET} .ms-row[data-code="{code}"]')
        page.click(f'{SHEET} [data-step="{step}"][data-code="{code}"]')
    page.fill(f'{SHEET} [data-field="reason"]', "Daftar peserta lengkap.")
    page.wait_for_selector(f'{SHEET} [data-save="saved"]')
    tools = page.locator(f"{SHEET} .ms-tools")
    assert tools.get_by_role("button").all_inner_texts() == [
        "Bandingkan", "Urungkan", "Bantuan", "Instansi lain",
    ]  # fmt: skip

    page.click(f'{SHEET} [data-tool="compare"]')
    rest = page.get_by_role("button", name="34 subaspek dihitung tidak dinilai")
    rest.wait_for()
    reason = practice.read().items["3.8"].reason.id
    assert reason not in page.inner_text(DRAWER)
    assert reason[:30] not in "".join(frames)
    rest.click()
    row = page.locator(f'{DRAWER} tr[data-code="3.8"]')
    row.wait_for()

    assert row.locator("td").all_inner_texts()[1:4] == ["3", "1", "+2"]
    assert row.locator("td p").all_inner_texts() == [
        reason, "Alasan Anda: Daftar peserta lengkap.",
    ]  # fmt: skip
    assert reason[:30] in "".join(frames)
    assert row.get_by_role("img").get_attribute("aria-label") == "3.8: Anda 3, acuan 1"
    assert page.inner_text(f'{DRAWER} [data-fact="exact"] dd') == "1 dari 3"
    assert page.inner_text(f'{DRAWER} [data-fact="mean"] dd') == "+1,00"
    found = Axe().run(page, context=DRAWER, options=RULES).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
    page.get_by_label("Hanya yang berbeda").check()
    assert page.locator(f"{DRAWER} tbody tr:visible").count() == 36

    row.get_by_role("button", name="3.8").click()
    page.wait_for_selector(f"{SHEET} .ms-reading:visible")
    card = page.locator(f'{SHEET} [data-step="1"][data-code="3.8"]')
    assert card.get_attribute("aria-disabled") == "true"
    with open_store(panel_rooms.folder) as store:
        rows = assessment.practice_levels(store)[["sub_aspect", "level", "model"]]
    assert sorted(rows.itertuples(index=False, name=None)) == [
        ("1.1", 3, 3), ("1.2", 4, 3), ("3.8", 3, 1),
    ]  # fmt: skip
