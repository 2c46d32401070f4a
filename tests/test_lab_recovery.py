"""The sheet in a real JupyterLab: alone on the screen, and back by itself whatever happens.

A small sheet stands for the panel. What breaks while people score, with the panel itself and its
clicks, is in ``test_panel_never_lost.py``.
"""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from merit_kit.lab import SITTING
from tests.labs import READY, as_kit, kill, line_to, running_lab, sitting

pytestmark = pytest.mark.browser

OUTAGE = 1500  # long enough for JupyterLab to have tried, and failed, to connect again
LOCAL = ("data:", "blob:")
# Not the command of that name, which calls a question that was waved away a success.
SAVE = "jupyterapp.shell.currentWidget.context.save().then(() => 'saved', () => 'not saved')"
EXTENSION = "/lab/extensions/merit-kit/static"


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

    def save(self, lab, line) -> None:
        """Save the sheet, outputs and all, over a file that its page has read as it is."""
        sitting(lab.folder, SITTING)
        self.open(lab.address(port=line.port))
        assert self.do(SAVE) == "saved"

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

    def is_run_again(self, runs: int) -> bool:
        """Wait for the sheet of the run after this many."""
        self.page.locator(f"{READY} u", has_text=str(runs + 1)).wait_for()
        return self.click_is_answered()

    def do(self, script: str) -> object:
        return self.page.evaluate(script)

    def tell_kernel(self, code: str) -> None:
        """Have the kernel of the notebook in front do something, without waiting for it."""
        self.do(
            f"""void jupyterapp.shell.currentWidget.sessionContext.session.kernel
                  .requestExecute({{ code: {json.dumps(code)} }}).done.catch(() => undefined)"""
        )

    def shoot(self, name: str) -> None:
        if shots := os.environ.get("MERIT_SHOTS"):
            self.page.screenshot(path=f"{shots}/{name}.png")


def desk_in(chromium):
    """A browser of its own, as another person has."""
    page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(90_000)
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
    folder, kit = (tmp_path_factory.mktemp(name) for name in ("ws", "kit"))
    for each in (folder, kit):
        sitting(each, SITTING)
    sitting(folder, "lain.ipynb", marked=False)
    sitting(folder, "gagal.ipynb", agency="gagal")
    sitting(folder, "asing.ipynb", code="\nprint('asing')")
    (folder / "catatan.txt").write_text("satu", encoding="utf-8")
    # A kernel that hangs is given less time to end by itself.
    options = [*as_kit(kit), "--KernelManager.shutdown_wait_time=1"]
    with running_lab(folder, tmp_path_factory.mktemp("home"), *options) as running:
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
    if first_desk.page.locator(READY).count() == 0:
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


def test_a_click_asks_the_server_for_nothing_besides(desk):
    """JupyterLab's own icon of a busy kernel is fetched twice with each: a third of its time."""
    before = len(desk.requests)

    assert desk.click_is_answered()
    desk.page.wait_for_timeout(1000)

    assert desk.requests[before:] == []


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


def test_ctrl_s_saves_what_the_notebook_shows_and_says_so(lab, desk, line):
    sitting(lab.folder, SITTING)
    desk.open(lab.address(port=line.port))
    assert desk.click_is_answered()

    desk.page.keyboard.press("Control+s")

    desk.page.locator(".merit-saved", has_text="Buku kerja disimpan").wait_for()
    desk.shoot("lab-saved")
    written = json.loads((lab.folder / SITTING).read_text(encoding="utf-8"))
    assert written["cells"][-1]["outputs"] != []
    sitting(lab.folder, SITTING)
    desk.page.goto("about:blank")


@pytest.mark.parametrize(
    ("choices", "is_run"),
    [
        ("store = '.'\nagency = 'kota-01'  # satu instansi\nround_ = '2026-1'", True),
        ('store = r"C:\\kerja"\nagency = None', True),
        ("store = 'C:\\\\kerja'\n\n# Kosong.", True),
        ("import os", False),
        ("agency = 'x'; import os", False),
        ("agency = f'{exit()}'", False),
        ("agency = 'a' + 'b'", False),
        ("lang = 'id'", False),
        # The line ends here too, to IPython.
        ("# aman\u0085!exit", False),
        ("agency = '\u2028!exit'", False),
        ("%%bash\n# aman", False),
    ],
)
def test_choices_of_a_sheet_are_plain_texts_and_nothing_that_runs(desk, choices, is_run):
    script = f"""async ([choices, more]) => {{
        const {{ cellsOfTheKit, isTheKits }} = await import("{EXTENSION}/kit.js");
        const panels = await cellsOfTheKit(new URL("{EXTENSION}/", location.href));
        const [, ...rest] = panels[0].map((cell) => cell.source);
        return isTheKits([choices, ...rest, ...more], panels);
    }}"""
    assert desk.page.evaluate(script, [choices, []]) is is_run
    assert desk.page.evaluate(script, [choices, ["1"]]) is False


def test_a_kernel_restarted_from_the_menu_gets_its_cells_run(desk):
    before = desk.kernel
    desk.do("void jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    desk.comes_back_without(before)


def test_a_sheet_that_its_kernel_closed_is_made_again(desk):
    before, runs = desk.kernel, desk.runs

    desk.tell_kernel("sheet.close()")

    assert desk.is_run_again(runs)
    assert desk.kernel == before


def test_a_cut_line_covers_nothing_and_leaves_a_kernel_that_lives_on_as_it_is(desk, line):
    before = (desk.kernel, desk.runs)

    line.cut()
    assert desk.do(SAVE) == "not saved"
    desk.page.wait_for_timeout(OUTAGE)
    desk.shoot("lab-away")
    line.resume()

    assert desk.click_is_answered()
    assert (desk.kernel, desk.runs) == before


def test_a_kernel_that_died_while_the_line_was_cut_comes_back(lab, desk, line):
    before = desk.kernel

    line.cut()
    kill(before)
    desk.page.wait_for_timeout(OUTAGE)
    line.resume()

    assert [desk.comes_back_without(before)] == lab.kernels()


def test_a_sheet_that_changed_on_the_disk_covers_nothing_and_another_file_asks(lab, desk):
    changed = (4_000_000_000, 4_000_000_000)
    with (lab.folder / SITTING).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert desk.do(SAVE) == "not saved"  # asked, and answered unseen
    assert desk.covered == []
    sitting(lab.folder, SITTING)
    assert desk.click_is_answered()

    # Beside the sheet, which stays in front.
    note = "[...jupyterapp.shell.widgets('main')].find((w) => w.context?.path === 'catatan.txt')"
    there = "{ path: 'catatan.txt', options: { activate: false } }"
    desk.do(
        f"""jupyterapp.commands.execute('docmanager:open', {there})
              .then((opened) => opened.context.ready).then(() => null)"""
    )
    (lab.folder / "catatan.txt").write_text("dua", encoding="utf-8")
    os.utime(lab.folder / "catatan.txt", changed)
    desk.do(f"void {note}.context.save().catch(() => undefined)")
    desk.page.locator(".jp-Dialog", has_text="catatan.txt").locator(".jp-mod-reject").click()
    desk.do(f"{note}.dispose()")
    assert [each.startswith("File Changed") for each in desk.covered] == [True]
    desk.covered.clear()
    assert desk.click_is_answered()


@pytest.mark.parametrize(
    ("is_saved", "kernel_dies"),
    [(False, True), (True, False), (True, True)],
    ids=["never-saved-kernel-dies", "saved-kernel-lives", "saved-kernel-dies"],
)
def test_a_page_loaded_again_has_its_sheet_and_nobody_is_asked(
    lab, desk, line, is_saved, kernel_dies
):
    if is_saved:
        desk.save(lab, line)
    before, runs = desk.kernel, desk.runs
    desk.click()  # leaving a page that nobody touched asks nothing in any case
    desk.page.goto("about:blank")
    if kernel_dies:
        kill(before)

    desk.open(lab.address(port=line.port))

    assert desk.click_is_answered()
    assert (desk.kernel == before) is not kernel_dies
    if not kernel_dies:
        # A saved sheet is drawn from the living kernel; nothing is run for it.
        assert desk.runs == runs
    sitting(lab.folder, SITTING)


def recover(desk):
    return desk.do(
        f"""!document.querySelector('{READY}').dispatchEvent(
              new CustomEvent('merit-recover', {{ bubbles: true, cancelable: true }}))"""
    )


def test_the_button_runs_the_cells_of_a_kernel_that_answers(desk):
    before, runs = desk.kernel, desk.runs

    assert recover(desk)

    assert desk.is_run_again(runs)
    assert desk.kernel == before


def test_the_button_restarts_a_kernel_that_hangs(desk):
    before = desk.kernel
    os.kill(before, signal.SIGSTOP)

    assert recover(desk)

    desk.comes_back_without(before)


def test_a_page_loaded_again_while_its_kernel_hangs_says_so_until_there_is_another(lab, desk, line):
    page, before = desk.page, desk.kernel
    desk.save(lab, line)
    os.kill(before, signal.SIGSTOP)

    page.goto(lab.address(port=line.port))
    told = page.get_by_role("alert").filter(has_text="belum menjawab")
    told.wait_for()
    desk.shoot("lab-hangs")
    assert told.get_by_role("button", name="Pulihkan").is_enabled()
    kill(before)

    desk.comes_back_without(before)
    told.wait_for(state="detached")
    sitting(lab.folder, SITTING)


def test_two_browsers_on_one_notebook_both_have_the_sheet(lab, desk, chromium):
    before, runs = desk.kernel, desk.runs
    other = desk_in(chromium)
    other.open(lab.address())
    # Never saved, so that its outputs were in the other page only.
    assert (other.kernel, other.runs) == (before, runs + 1)

    kill(before)

    for each in (desk, other):
        each.comes_back_without(before)
    assert (other.covered, other.questions) == ([], [])
    other.page.context.close()


def test_a_notebook_that_fails_is_run_once_and_says_why(lab, first_desk):
    first_desk.page.goto(lab.address("gagal.ipynb"))
    first_desk.page.get_by_text("ValueError: sebab").wait_for()
    first_desk.page.wait_for_timeout(1500)  # a second run would follow at once
    first_desk.shoot("lab-failed")
    assert first_desk.page.get_by_text("runs 1").count() == 1


# Last, as each asks JupyterLab's own questions.
@pytest.mark.parametrize("name", ["lain.ipynb", "asing.ipynb"], ids=["unmarked", "foreign-code"])
def test_a_notebook_without_the_mark_or_with_other_code_is_left_alone(lab, first_desk, name):
    page = first_desk.page
    page.goto(lab.address(name))
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext.session?.kernel")
    page.wait_for_timeout(1500)  # one of the kit's would be running by now
    first_desk.shoot(f"lab-{name}")

    assert page.locator("#jp-MainMenu").is_visible()
    assert page.locator(".jp-NotebookPanel-toolbar").is_visible()
    assert page.locator(".merit-panel").count() == 0
    assert page.locator(READY).count() == 0
    why = page.locator(".merit-stranger").all_inner_texts()
    assert ["Run > Run All Cells" in each for each in why] == ([True] if "asing" in name else [])
    event = "new CustomEvent('merit-recover', { cancelable: true })"
    assert first_desk.do(f"window.dispatchEvent({event})"), "nobody took it"
    first_desk.tell_kernel("import os; os._exit(1)")
    page.get_by_text("Kernel Restarting").wait_for()


def test_a_sheet_whose_code_is_changed_is_shown_and_not_run_again(lab, first_desk):
    page = first_desk.page
    first_desk.open(lab.address())
    cell = "[...jupyterapp.shell.currentWidget.model.cells].pop()"
    first_desk.do(f"{cell}.sharedModel.setSource('1000 + 1')")
    kill(first_desk.kernel)

    page.locator("#jp-MainMenu").wait_for()
    page.get_by_text("1000 + 1").wait_for(state="attached")
    assert page.locator(".merit-panel").count() == 0
    page.wait_for_timeout(500)  # what was run in a new kernel would have been answered
    assert page.get_by_text("1001").count() == 0


def test_a_second_lab_on_the_folder_says_where_the_first_one_is(lab):
    second = lab.run()
    assert second.returncode == 0, second.stderr
    assert f"{lab.url}/doc/tree/{SITTING}?token={lab.token}" in second.stdout
