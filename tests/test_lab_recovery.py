"""The sheet in a real JupyterLab: alone on the screen, and back by itself whatever happens."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from merit_kit.lab import SITTING
from tests.labs import READY, kill, line_to, running_lab, sitting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lab")]

OUTAGE = 1500  # long enough for JupyterLab to have tried, and failed, to connect again
LOCAL = ("data:", "blob:")


@dataclass
class Desk:
    """A browser in front of the lab, over a line that can be cut; one for all tests, as it opens
    slowly, and each test leaves it with a sheet that works."""

    page: Page
    requests: list[str] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_selector(READY)

    def shown(self, part: str) -> str:
        return self.page.locator(f"{READY} {part}").inner_text()

    @property
    def kernel(self) -> int:
        return int(self.shown("b"))

    @property
    def runs(self) -> int:
        return int(self.shown("u"))

    def click(self) -> None:
        self.page.locator(f"{READY} button").click()

    def click_is_answered(self) -> bool:
        self.click()
        self.page.wait_for_function(
            "ready => { const [b, , , i] = document.querySelector(ready).children;"
            " return b.textContent === i.textContent; }",
            arg=READY,
        )
        return True

    def comes_back_without(self, kernel: int) -> int:
        """Wait for the sheet of another kernel; return its process."""
        self.page.wait_for_function(
            "([ready, pid]) => ![String(pid), undefined].includes("
            " document.querySelector(ready + ' b')?.textContent)",
            arg=[READY, kernel],
        )
        assert self.click_is_answered()
        return self.kernel

    def do(self, script: str) -> object:
        return self.page.evaluate(script)

    def shoot(self, name: str) -> None:
        if shots := os.environ.get("MERIT_SHOTS"):
            self.page.screenshot(path=f"{shots}/{name}.png")


def desk_in(chromium):
    """A browser of its own, as another person has."""
    page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(40_000)
    made = Desk(page)
    page.on("request", lambda request: made.requests.append(request.url))
    page.on("dialog", lambda dialog: (made.questions.append(dialog.type), dialog.accept()))
    page.expose_function("tellCovered", lambda text: made.covered.append(text))
    # Anything that was ever to be seen in front of the sheet.
    page.add_init_script(
        """const look = () => {
             for (const each of document.querySelectorAll('.jp-Dialog:not([data-told])')) {
               if (each.checkVisibility({ visibilityProperty: true })) {
                 each.dataset.told = '1';
                 tellCovered(each.textContent);
               }
             }
             requestAnimationFrame(look);
           };
           look();"""
    )
    return made


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ws")
    sitting(folder, SITTING)
    sitting(folder, "lain.ipynb", marked=False)
    with running_lab(folder, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def line(lab):
    with line_to(lab) as opened:
        yield opened


@pytest.fixture(scope="module")
def first_desk(chromium):
    return desk_in(chromium)


@pytest.fixture
def desk(first_desk, lab, line):
    if SITTING not in first_desk.page.url:
        first_desk.open(lab.address(port=line.port))
    yield first_desk
    assert first_desk.covered == []
    assert first_desk.questions == []


def test_it_opens_by_itself_alone_on_the_screen_and_asks_nothing_of_the_internet(desk):
    assert urlsplit(desk.page.url).path == f"/doc/tree/{SITTING}"
    # Keys act from the start.
    desk.page.wait_for_function(f"document.activeElement.matches('{READY}')")
    assert desk.click_is_answered()
    desk.shoot("lab-alone")
    box = desk.page.locator(READY).bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1366, 768)
    desk.page.wait_for_timeout(1000)  # news and updates would be asked for now
    assert desk.page.locator(".jp-toast, .Toastify__toast").count() == 0
    asked = [urlsplit(each) for each in desk.requests if not each.startswith(LOCAL)]
    assert {each.hostname for each in asked} == {"127.0.0.1"}
    assert not [each for each in asked if "/lab/api/news" in each.path or "update" in each.path]


def test_keys_of_jupyterlab_do_nothing_to_the_sheet_and_f10_shows_its_menu(desk):
    cells = "jupyterapp.shell.currentWidget.model.cells.length"
    before = desk.do(cells)

    for place in (f"{READY} button", ".jp-Notebook"):
        desk.page.locator(place).first.focus()
        for key in ("d", "d", "x", "a", "b", "m", "4"):
            desk.page.keyboard.press(key)
    assert desk.do(cells) == before
    assert desk.page.locator(READY).is_visible()

    desk.page.keyboard.press("F10")
    desk.page.locator("#jp-MainMenu").wait_for()
    desk.shoot("lab-menu")
    desk.page.keyboard.press("F10")
    desk.page.locator("#jp-MainMenu").wait_for(state="hidden")


def test_a_killed_kernel_comes_back_with_its_sheet(lab, desk):
    before = desk.kernel
    kill(before)
    assert [desk.comes_back_without(before)] == lab.kernels()


def test_a_kernel_restarted_from_the_menu_gets_its_cells_run(desk):
    before = desk.kernel
    desk.do("void jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    desk.comes_back_without(before)


def test_a_server_killed_and_started_again_gives_the_sheet_back_without_a_login(lab, desk):
    before = desk.kernel
    desk.do("localStorage.setItem('belum', 'tersimpan')")

    lab.kill()
    desk.click()
    desk.page.wait_for_timeout(OUTAGE)
    desk.shoot("lab-away")
    lab.start()

    assert [desk.comes_back_without(before)] == lab.kernels()
    assert desk.do("localStorage.getItem('belum')") == "tersimpan"


def test_a_server_that_does_not_answer_for_a_while_answers_every_click_later(lab, desk):
    before = desk.kernel

    lab.pause()
    for _ in range(3):
        desk.click()
    desk.page.wait_for_timeout(OUTAGE)
    clicks, answered = desk.shown("button"), desk.shown("i")
    lab.go_on()

    assert answered != clicks
    desk.page.locator(f"{READY} i", has_text=clicks).wait_for()
    assert desk.kernel == before


def test_a_cut_line_leaves_a_kernel_that_lives_on_as_it_is(desk, line):
    before = (desk.kernel, desk.runs)

    line.cut()
    desk.page.wait_for_timeout(OUTAGE)
    line.resume()

    assert desk.click_is_answered()
    assert (desk.kernel, desk.runs) == before


def test_a_kernel_that_died_while_the_line_was_cut_comes_back(desk, line):
    before = desk.kernel

    line.cut()
    kill(before)
    desk.page.wait_for_timeout(OUTAGE)
    line.resume()

    desk.comes_back_without(before)


@pytest.mark.parametrize("fault", ["line-cut", "file-changed"])
def test_a_notebook_that_cannot_be_saved_puts_nothing_in_front_of_the_sheet(lab, desk, line, fault):
    if fault == "line-cut":
        line.cut()
    else:
        sitting(lab.folder, SITTING)
        os.utime(lab.folder / SITTING, (4_000_000_000, 4_000_000_000))
    save = "jupyterapp.commands.execute('docmanager:save').then(() => 'saved', () => 'not saved')"
    desk.do(save)
    desk.page.wait_for_timeout(500)  # for a dialog to be drawn
    line.resume()
    sitting(lab.folder, SITTING)
    assert desk.click_is_answered()


@pytest.mark.parametrize("kernel_dies", [False, True], ids=["kernel-lives", "kernel-dies"])
@pytest.mark.parametrize("is_saved", [False, True], ids=["never-saved", "saved"])
def test_a_page_loaded_again_has_its_sheet_and_nobody_is_asked(
    lab, desk, line, is_saved, kernel_dies
):
    before, runs = desk.kernel, desk.runs
    if is_saved:
        desk.do("jupyterapp.commands.execute('docmanager:save')")
    desk.click()  # leaving a page that nobody touched asks nothing in any case
    desk.page.goto("about:blank")
    if kernel_dies:
        kill(before)

    desk.open(lab.address(port=line.port))

    assert desk.click_is_answered()
    assert (desk.kernel == before) is not kernel_dies
    if not kernel_dies:
        # A saved sheet is drawn from the living kernel; nothing is run for it.
        assert desk.runs == runs + (not is_saved)
    sitting(lab.folder, SITTING)


def recover(desk):
    return desk.do(
        f"""!document.querySelector('{READY}').dispatchEvent(
              new CustomEvent('merit-recover', {{ bubbles: true, cancelable: true }}))"""
    )


def test_the_button_runs_the_cells_of_a_kernel_that_answers(desk):
    before, runs = desk.kernel, desk.runs

    assert recover(desk)

    desk.page.locator(f"{READY} u", has_text=str(runs + 1)).wait_for()
    assert desk.kernel == before


def test_the_button_restarts_a_kernel_that_hangs(desk):
    before = desk.kernel
    os.kill(before, signal.SIGSTOP)

    assert recover(desk)

    desk.comes_back_without(before)


def test_two_browsers_on_one_notebook_both_have_the_sheet(lab, desk, chromium):
    other = desk_in(chromium)
    other.open(lab.address())
    before = desk.kernel

    kill(before)

    for each in (desk, other):
        each.comes_back_without(before)
    other.page.context.close()


def test_a_notebook_that_fails_is_run_once_and_says_why(lab, first_desk):
    source = "print('runs', runs)\nraise ValueError('sebab')"
    sitting(lab.folder, "gagal.ipynb", source=source)
    first_desk.page.goto(lab.address("gagal.ipynb"))
    first_desk.page.get_by_text("ValueError: sebab").wait_for()
    first_desk.page.wait_for_timeout(1500)  # a second run would follow at once
    first_desk.shoot("lab-failed")
    assert first_desk.page.get_by_text("runs 1").count() == 1


def test_a_notebook_without_the_mark_is_left_alone(lab, first_desk):
    page = first_desk.page
    page.goto(lab.address("lain.ipynb"))
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext.session?.kernel")
    page.wait_for_timeout(1500)  # one with the mark would be running by now
    first_desk.shoot("lab-unmarked")

    assert page.locator("#jp-MainMenu").is_visible()
    assert page.locator(READY).count() == 0
    event = "new CustomEvent('merit-recover', { cancelable: true })"
    assert first_desk.do(f"window.dispatchEvent({event})"), "nobody took it"
    code = "import os; os._exit(1)"
    first_desk.do(
        f"""void jupyterapp.shell.currentWidget.sessionContext.session.kernel
              .requestExecute({{ code: '{code}' }}).done.catch(() => undefined)"""
    )
    page.get_by_text("Kernel Restarting").wait_for()


def test_a_second_lab_on_the_folder_says_where_the_first_one_is(lab):
    second = lab.run()
    assert second.returncode == 0, second.stderr
    assert f"{lab.url}/doc/tree/{SITTING}?token={lab.token}" in second.stdout
