"""A practice run in a real browser: scored, compared, looked at, and then read-only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from merit_kit import assessment, practice
from merit_kit.store import create_store, grant_application, open_store, permit
from tests.labs import READY
from tests.pages import RULES
from tests.sittings import ROUND, SHEET, Rooms
from tests.test_panel_two_sides import notebook

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]

NOTEBOOK = "15-latihan.ipynb"
DRAWER = f"{SHEET} dialog"


@pytest.fixture(params=["sqlite", "postgresql"])
def practising(request: pytest.FixtureRequest, panel_rooms: Rooms) -> Iterator[tuple[str, str]]:
    """A store with a sandbox, and the notebook of somebody who practises there.

    On PostgreSQL that is a role, which sees the sandbox because it is permitted to.
    """
    if request.param == "sqlite":
        with open_store(panel_rooms.folder) as store:
            practice.put(store, assessment.whoami(store), ROUND, practice.read())
        yield str(panel_rooms.folder), NOTEBOOK
        return
    server = request.getfixturevalue("server")
    database = server.database()
    url, role = server.url(database), f"penilai_{database}"
    with create_store(url) as store:
        by = assessment.settle_in(store, "Sekretariat")
        store.add_round(ROUND, 2026, 1)
        practice.put(store, by, ROUND, practice.read())
        store.add_people([{"id": "p-e", "login": role, "name": "Eko", "office": "-"}])
        store.appoint("p-e", "evaluator")
        grant_application(store, role)
        for about in assessment.sandboxes(store).index:
            permit(store, role, about, "all")
    address = server.url(database, role)
    yield url, notebook(panel_rooms.folder, NOTEBOOK, "latihan-pg.ipynb", "", address)
    server.drop(database)


def test_one_scores_compares_and_reads_why_and_then_nothing_changes_any_more(
    practising: tuple[str, str], panel_rooms: Rooms, panel_page: Page
):
    page, (place, name) = panel_page, practising
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: frames.append(str(f))))
    page.goto(panel_rooms.lab.address(name))
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
    with open_store(place) as store:
        rows = assessment.practice_levels(store)[["sub_aspect", "level", "model"]]
    assert sorted(rows.itertuples(index=False, name=None)) == [
        ("1.1", 3, 3), ("1.2", 4, 3), ("3.8", 3, 1),
    ]  # fmt: skip
