"""No click is ever lost: the panel in a real JupyterLab and a real browser, while things break.

Each test breaks one thing. At the end the store, read past the kernel, holds every click that the
panel took exactly once, and on each sub-aspect the last one stands. Clicks are real mouse clicks.
"""

from __future__ import annotations

import json

import pytest

from tests.labs import READY, kill, line_to
from tests.sittings import SHEET, Sitting

pytestmark = pytest.mark.browser


def test_a_hundred_fast_clicks_are_all_stored_once(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    codes = ("1.1", "1.2", "2.1", "3.1", "8.1")
    for code in codes:
        sitting.click(code, *(1 + n % 4 for n in range(20)))
    sitting.saved()

    assert len(sitting.made()) == 100
    assert sorted(each.id for each in sitting.stored()) == sorted(sitting.made())
    assert sitting.standing() == dict.fromkeys(codes, 4)


def test_two_clicks_in_a_row_on_one_item_replace_each_other_in_order(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    sitting.choose("1.3")
    boxes = {
        step: panel_page.locator(f'{SHEET} [data-step="{step}"][data-code="1.3"]').bounding_box()
        for step in (2, 3)
    }
    for step in (2, 3):  # without waiting for anything in between
        panel_page.mouse.click(boxes[step]["x"] + 20, boxes[step]["y"] + 20)
    sitting.saved()

    first, second = sitting.stored()
    assert second.base == (first.id,)
    sitting.holds(2, **{"1_3": 3})


def test_a_reload_in_the_middle_loses_nothing(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    sitting.click("1.1", 2)
    sitting.click("1.2", 3, 4)
    panel_page.reload()
    sitting.is_there()
    sitting.saved()

    sitting.holds(3, **{"1_1": 2, "1_2": 4})
    shown = panel_page.locator(f'{SHEET} .ms-row[data-code="1.2"]').inner_text()
    assert "4" in shown


def test_a_kernel_that_is_killed_comes_back_with_every_click(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    sitting.click("1.1", 2)
    sitting.saved()
    for pid in panel_rooms.lab.kernels():
        kill(pid)
    sitting.click("1.1", 3)
    sitting.click("2.1", 4)
    sitting.saved(within=90)

    sitting.holds(3, **{"1_1": 3, "2_1": 4})


def test_a_sentence_goes_on_in_its_field_although_the_kernel_dies_in_the_middle_of_it(
    panel_rooms, panel_page
):
    """Every letter is a key of the list: `u` takes back, `m` opens a field, a digit is a level."""
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    sitting.click("4.1", 2)
    sitting.saved()
    panel = panel_page.locator(SHEET).evaluate_handle("(panel) => panel")
    panel_page.locator(f"{SHEET} .ms-row[data-code='4.1']").press("r")
    panel_page.keyboard.type("Menurut SK Nomor 4")
    for pid in panel_rooms.lab.kernels():
        kill(pid)
    typed = "Menurut SK Nomor 4"
    for word in (" umum", " 3 orang", " juga", " mulai 1 Mei") * 40:
        panel_page.keyboard.type(word, delay=60)
        typed += word
        gone = not panel.evaluate("(panel) => panel.isConnected")
        if gone and panel_page.locator(READY).count():
            break
    assert gone
    panel_page.wait_for_timeout(500)
    panel_page.keyboard.type(" selesai", delay=60)
    panel_page.keyboard.press("Control+Enter")
    sitting.saved(within=90)

    [said] = [each for each in sitting.stored() if each.body["reason"].endswith("selesai")]
    assert said.body["reason"] == typed + " selesai"
    assert sitting.standing() == {"4.1": 2}
    assert sitting.stored("recommendation") == []


def test_a_kernel_that_is_killed_right_after_the_click_has_it_or_gets_it(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    pids = panel_rooms.lab.kernels()
    sitting.choose("1.1")
    box = panel_page.locator(f'{SHEET} [data-step="4"][data-code="1.1"]').bounding_box()
    panel_page.mouse.click(box["x"] + 20, box["y"] + 20)
    for pid in pids:
        kill(pid)
    sitting.saved(within=90)

    sitting.holds(1, **{"1_1": 4})


def test_scoring_goes_on_while_the_server_stands_still_for_twenty_seconds(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    sitting.click("1.1", 1)
    sitting.saved()
    panel_rooms.lab.pause()
    try:
        for code in ("1.1", "1.2", "1.3", "2.1"):
            sitting.click(code, 3)
            panel_page.wait_for_timeout(1000)
        assert sitting.unsaved() == 4
        panel_page.wait_for_selector(f"{SHEET} [data-banner]", state="visible")
        panel_page.wait_for_timeout(16_000)
        sitting.click("2.2", 2)
        assert sitting.unsaved() == 5
    finally:
        panel_rooms.lab.go_on()
    sitting.saved()

    sitting.holds(6, **{"1_1": 3, "1_2": 3, "1_3": 3, "2_1": 3, "2_2": 2})


def test_a_laptop_that_slept_sends_what_waited(panel_rooms, panel_page):
    with line_to(panel_rooms.lab) as line:
        sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency(), line.port)
        sitting.click("1.1", 2)
        sitting.saved()
        line.cut()
        sitting.click("1.1", 4)
        sitting.click("3.1", 1)
        assert sitting.unsaved() == 2
        panel_page.wait_for_timeout(4000)
        line.resume()
        sitting.saved()

        sitting.holds(3, **{"1_1": 4, "3_1": 1})


def test_a_line_that_closes_before_the_answer_stores_the_click_once(panel_rooms, panel_page):
    with line_to(panel_rooms.lab) as line:
        sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency(), line.port)
        sitting.choose("1.1")
        line.stall()
        sitting.click("1.1", 3)
        panel_page.wait_for_timeout(1000)
        assert sitting.unsaved() == 1
        line.drop()
        line.resume()
        sitting.saved()

        sitting.holds(1, **{"1_1": 3})


def test_two_browsers_on_one_assessment_see_each_other_and_a_conflict(panel_rooms, chromium):
    agency = panel_rooms.agency()
    contexts = [chromium.new_context(viewport={"width": 1366, "height": 768}) for _ in range(2)]
    one = Sitting(contexts[0].new_page(), panel_rooms, agency)
    # Another notebook, so another kernel: as on two laptops.
    two = Sitting(contexts[1].new_page(), panel_rooms, panel_rooms.another(agency))
    two.agency = agency
    one.click("1.1", 3)
    one.saved()
    row = f'{SHEET} .ms-row[data-code="1.1"]'
    two.page.wait_for_function(
        "(row) => document.querySelector(row).innerText.includes('3')", arg=row, timeout=15_000
    )

    for sitting, step in ((one, 2), (two, 4)):
        sitting.choose("1.2")
        box = sitting.page.locator(f'{SHEET} [data-step="{step}"][data-code="1.2"]').bounding_box()
        sitting.page.mouse.click(box["x"] + 20, box["y"] + 20)
    one.saved()
    two.saved()

    if len(one.standing()) == 2:  # one of them had heard of the other before the click
        assert one.standing()["1.2"] in (2, 4)
    else:
        conflict = f'{SHEET} .ms-row[data-code="1.2"] [data-mark="conflict"]'
        for sitting in (one, two):
            sitting.page.wait_for_selector(conflict, timeout=15_000)
    ids = [each.id for each in one.stored()]
    assert sorted(ids) == sorted([*one.made(), *two.made()])
    for context in contexts:
        context.close()


def test_a_server_that_was_killed_and_started_again_gets_every_click(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    sitting.click("1.1", 2)
    sitting.saved()
    panel_rooms.lab.kill()
    sitting.click("1.1", 4)
    sitting.click("8.1", 3)
    assert sitting.unsaved() == 2
    panel_rooms.lab.start()
    sitting.saved(within=120)

    sitting.holds(3, **{"1_1": 4, "8_1": 3})


def test_what_another_page_left_unsaved_is_sent_by_the_next_one(panel_rooms, panel_page):
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    panel_rooms.lab.pause()
    try:
        sitting.click("1.1", 2)
        assert sitting.unsaved() == 1
        panel_page.goto("about:blank")
    finally:
        panel_rooms.lab.go_on()
    panel_page.goto(panel_rooms.lab.address(f"{sitting.agency}.ipynb"))
    sitting.is_there()
    sitting.saved()

    sitting.holds(1, **{"1_1": 2})
    left = panel_page.evaluate("Object.keys(localStorage)")
    assert [key for key in left if key.split("/")[-1] in sitting.made()] == []
    assert json.loads(panel_page.evaluate("sessionStorage.getItem('made')")) == sitting.made()


def test_what_another_program_recorded_while_the_line_was_down_is_shown(panel_rooms, panel_page):
    with line_to(panel_rooms.lab) as line:
        sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency(), line.port)
        sitting.click("1.1", 2)
        sitting.saved()
        line.stall()
        sitting.state_elsewhere("1.2", 4)
        panel_page.wait_for_timeout(1500)  # the kernel tells it, into a line that loses it
        line.drop()
        line.resume()

        sitting.shows("1.2", 4)


def test_two_tabs_of_one_notebook_do_not_pull_each_other_along(panel_rooms, chromium):
    agency, other = panel_rooms.agency(), panel_rooms.agency()
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    one = Sitting(context.new_page(), panel_rooms, agency)
    two = Sitting(context.new_page(), panel_rooms, agency)
    two.page.click(f'{SHEET} [data-tool="swap"]')
    two.page.click(f'{SHEET} [data-tool="back"]')
    two.page.click(f'{SHEET} [data-tool="swap"]')
    two.page.fill(f"{SHEET} .ms-chooser [type=search]", other)
    two.page.keyboard.press("Enter")
    two.page.locator(f"{SHEET} .ms-who h2", has_text=other).wait_for()
    two.agency = other
    two.page.reload()
    two.is_there()

    for sitting, step in ((one, 2), (two, 3)):
        assert sitting.page.inner_text(f"{SHEET} .ms-who h2") == sitting.agency
        sitting.click("1.1", step)
        sitting.saved()
        sitting.holds(1, **{"1_1": step})
    context.close()


# A clock that can be set back, and a page that keeps how far it is ahead.
CLOCK_AHEAD = """
const real = Date.now.bind(Date);
Date.now = () => real() + Number(sessionStorage.getItem("ahead") ?? 0);
"""


def test_a_reload_keeps_what_was_typed_and_clicked_and_the_cover(panel_rooms, panel_page):
    panel_page.add_init_script(CLOCK_AHEAD)
    sitting = Sitting(panel_page, panel_rooms, panel_rooms.agency())
    panel_page.click(f'{SHEET} [data-tool="share"]')
    panel_rooms.lab.pause()
    try:
        panel_page.evaluate("sessionStorage.setItem('ahead', 3600e3)")
        sitting.click("1.1", 2)
        panel_page.locator(f'{SHEET} [data-field="note"]').type("Lampirkan SK terbaru")
        panel_page.evaluate("sessionStorage.setItem('ahead', 0)")  # the clock is set back
        panel_page.goto("about:blank")
    finally:
        panel_rooms.lab.go_on()
    panel_page.goto(panel_rooms.lab.address(f"{sitting.agency}.ipynb"))
    sitting.is_there()
    assert panel_page.get_attribute(SHEET, "data-share") == "true"
    assert panel_page.input_value(f'{SHEET} [data-field="note"]') == "Lampirkan SK terbaru"
    sitting.saved()

    assert sitting.standing() == {"1.1": 2}
    assert sitting.notes("1.1") == ["Lampirkan SK terbaru"]
    left = panel_page.evaluate("Object.keys(localStorage)")
    assert [key for key in left if key.startswith(("merit/", "merit-draft/"))] == []
