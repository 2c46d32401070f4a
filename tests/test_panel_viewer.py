"""Files in the panel, on the browser's side: what is looked at cannot reach the panel, what is
sent arrives.

The modules are loaded into an empty page; the kernel is played by the tests, or is the kernel's own
code called from the page.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from merit_kit import preview
from merit_kit.i18n import Words, catalogue
from merit_kit.panels._static import STATIC
from merit_kit.panels._uploads import PART, Uploads
from tests import hostile_files as h
from tests.databases import sqlite_only
from tests.pages import RULES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]

SERVED = "http://panel.test/"
EVIL = """<script>parent.evil = 1; top.evil = 1</script>
<img src=x onerror="parent.evil = 1"><a href="javascript:parent.evil=1" id=go>klik</a>"""
WORDS = {
    key.removeprefix("panel."): text
    for key, text in catalogue("id").items()
    if key.startswith("panel.")
}


def served(route: Route) -> None:
    name = route.request.url.removeprefix(SERVED)
    if name.endswith(".js"):
        route.fulfill(path=STATIC / "sheet" / name)
    elif name.endswith(".css"):
        route.fulfill(path=STATIC / name)
    else:
        links = "".join(f'<link rel=stylesheet href="/{each}.css">' for each in ("sheet", "viewer"))
        head = f"<!DOCTYPE html><html lang=id><title>x</title>{links}"
        route.fulfill(body=f"{head}<main class=merit-sheet></main>", content_type="text/html")


@pytest.fixture
def page(panel_page: Page) -> Iterator[Page]:
    """An empty page of the panel's look; whatever goes wrong on it is a fault."""
    noise: list[str] = []
    panel_page.on("pageerror", lambda error: noise.append(str(error)))
    panel_page.on("dialog", lambda dialog: (noise.append(dialog.message), dialog.dismiss()))
    panel_page.on("request", lambda asked: noise.append(asked.url) if asked.url[-1] == "x" else 0)
    panel_page.route(f"{SERVED}**", served)
    panel_page.goto(SERVED)
    panel_page.evaluate(
        """async (said) => {
          const { createWords } = await import("/words.js");
          window.words = createWords({ lang: "id", words: said });
          window.asked = [];
        }""",
        WORDS,
    )
    yield panel_page
    assert noise == []
    assert panel_page.evaluate("[window.evil, self.evil].every((each) => each === undefined)")


@pytest.fixture
def viewer(page: Page) -> Page:
    page.evaluate(
        """async () => {
          const { createViewer } = await import("/viewer.js");
          const main = document.querySelector("main");
          const made = (tag, parts) => Object.assign(document.createElement(tag), parts);
          const opener = made("button", { textContent: "Buka", id: "opener" });
          window.viewer = createViewer({
            words,
            ask: (message) => asked.push(message),
            closed: () => (window.left = true),
            slots: (shown) => [made("span", { textContent: `keadaan ${shown.name}` })],
          });
          main.style.height = "600px";
          main.append(opener, viewer.element);
          opener.onclick = () => viewer.open(window.files, 0);
        }"""
    )
    return page


def files(*contents: tuple[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"file": f"{n}" * 32, "sha256": f"{n}" * 64, "name": name, "size": len(content)}
        for n, (name, content) in enumerate(contents, 1)
    ]


def open_(page: Page, *contents: tuple[str, bytes]) -> None:
    page.evaluate("(files) => { window.files = files; }", files(*contents))
    page.locator("#opener").click()


def answer(page: Page, content: bytes, **more: Any) -> None:
    """Answer what was asked for last, as the kernel would."""
    made = preview.of(content, more.get("name", "berkas"), Words("id"))
    message = {
        **{"is": "preview", "revision": 1, "revisions": [], "name": "berkas"},
        **{"size": len(content), "kind": made.kind, "type": made.type, "said": made.said},
        **more,
    }
    bytes_ = [base64.b64encode(made.content).decode()] if made.content else []
    page.evaluate(
        """([message, bytes]) => {
          const last = asked.at(-1);
          const read = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
          const sha256 = last.sha256 ?? "r" + last.revision;
          const buffers = bytes.map((each) => new DataView(read(each)));
          viewer.heard({ ...message, ask: last.ask, file: last.file, sha256 }, buffers);
        }""",
        [message, bytes_],
    )


@pytest.mark.parametrize(
    ("name", "content", "shows"),
    [
        ("surat.pdf", EVIL.encode(), "parent.evil = 1"),
        ("logo.svg", f"<svg onload='parent.evil=1'>{EVIL}</svg>".encode(), "svg onload"),
        ("data.csv", f"a;b\n{EVIL.splitlines()[0]};2".encode(), "parent.evil = 1"),
        ("rekap.xlsx", h.xlsx(lambda b: b.active.append([EVIL])), "parent.evil = 1"),
        ("surat.docx", h.docx(*h.linked("klik di sini", "javascript:parent.evil=1")), "klik di"),
    ],
    ids=["pdf", "svg", "csv", "xlsx", "docx"],
)
def test_a_script_in_a_file_does_not_run_and_reaches_nothing(viewer, name, content, shows):
    open_(viewer, (name, content))
    answer(viewer, content, name=name)

    frame = viewer.frame_locator(".ms-file-frame")
    expect(frame.locator("main")).to_contain_text(shows)
    assert viewer.locator(".ms-file-frame").get_attribute("sandbox") == ""


def test_even_a_page_that_holds_a_script_runs_none(viewer):
    """The sandbox alone, without what the kernel takes out."""
    html = f"<!DOCTYPE html><main>isi</main>{EVIL.replace('src=x', '')}"
    open_(viewer, ("a.docx", b"-"))
    bytes_ = base64.b64encode(html.encode()).decode()
    viewer.evaluate(
        """(bytes) => viewer.heard(
          { is: "preview", ask: asked.at(-1).ask, file: "1", sha256: "2", revision: 1,
            revisions: [], name: "a", size: 1, kind: "page", type: "text/html", said: "" },
          [Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)).buffer])""",
        bytes_,
    )
    frame = viewer.frame_locator(".ms-file-frame")
    expect(frame.locator("main")).to_have_text("isi")
    frame.locator("#go").click()
    viewer.wait_for_timeout(200)

    assert viewer.evaluate("window.evil") is None


@pytest.mark.parametrize("kind", ["pdf", "image"])
def test_nothing_but_a_pdf_or_a_picture_is_shown_as_it_is(viewer, kind):
    open_(viewer, ("a.pdf", b"-"))
    answer(viewer, EVIL.encode(), kind=kind, type="text/html")

    expect(viewer.locator(".ms-viewer-none")).to_be_visible()
    assert viewer.locator("iframe, img").count() == 0


def test_a_picture_is_shown_and_brought_nearer(viewer):
    content = h.png(400, 300)
    open_(viewer, ("foto.png", content))
    answer(viewer, content, name="foto.png")
    picture = viewer.locator("img.ms-file-picture")
    expect(picture).to_be_visible()
    wide = picture.bounding_box()["width"]

    viewer.get_by_role("button", name="Perbesar").click()
    assert picture.bounding_box()["width"] > wide
    viewer.keyboard.press("-")
    assert picture.bounding_box()["width"] == wide
    viewer.get_by_role("button", name="Tampilkan seluruh gambar").click()
    assert picture.evaluate("e => e.style.width") == ""


def test_a_pdf_is_shown_in_the_browsers_own_viewer_or_the_way_out_is_told(viewer):
    content = h.pdf()
    open_(viewer, ("sk.pdf", content))
    answer(viewer, content, name="sk.pdf")

    if viewer.evaluate("navigator.pdfViewerEnabled"):
        frame = viewer.locator("iframe.ms-file-frame")
        assert frame.get_attribute("src").startswith("blob:")
        assert frame.get_attribute("title") == "sk.pdf"
    else:
        expect(viewer.locator(".ms-viewer-none")).to_contain_text("tidak dapat menampilkan PDF")


def test_escape_closes_the_pane_and_gives_the_focus_back(viewer):
    open_(viewer, ("a.txt", b"isi"))
    assert viewer.evaluate("document.activeElement.textContent") == "a.txt"
    answer(viewer, b"isi")

    viewer.keyboard.press("Escape")

    expect(viewer.locator(".ms-viewer")).to_be_hidden()
    assert viewer.evaluate("document.activeElement.id") == "opener"
    assert viewer.evaluate("window.left") is True


def test_the_files_before_and_after_are_a_button_away_and_what_was_read_is_kept(viewer):
    contents = (("a.txt", b"satu"), ("b.txt", b"dua"))
    open_(viewer, *contents)
    answer(viewer, b"satu")
    expect(viewer.get_by_role("button", name="Berkas sebelumnya")).to_be_disabled()
    viewer.get_by_role("button", name="Berkas berikutnya").click()
    expect(viewer.locator(".ms-viewer-slots")).to_have_text("keadaan b.txt")
    answer(viewer, b"dua")
    expect(viewer.frame_locator(".ms-file-frame").locator("pre")).to_have_text("dua")

    viewer.get_by_role("button", name="Berkas sebelumnya").click()

    expect(viewer.frame_locator(".ms-file-frame").locator("pre")).to_have_text("satu")
    assert viewer.evaluate("asked.length") == 2


def test_another_revision_is_chosen_from_a_list(viewer):
    open_(viewer, ("b.txt", b"dua"))
    revisions = [
        {"number": n, "at": "2026-03-01T02:00:00Z", "by": "Ani", "name": "b.txt", "size": 9,
         "sha256": f"r{n}"} for n in (1, 2)
    ]  # fmt: skip
    answer(viewer, b"dua", revision=2, revisions=revisions)

    viewer.get_by_role("combobox", name="Revisi berkas").select_option("1")

    assert viewer.evaluate("asked.at(-1)")["revision"] == 1
    answer(viewer, b"satu", revision=1, revisions=revisions)
    expect(viewer.frame_locator(".ms-file-frame").locator("pre")).to_have_text("satu")


def test_an_answer_to_what_is_not_asked_any_more_shows_nothing(viewer):
    open_(viewer, ("a.txt", b"satu"), ("b.txt", b"dua"))
    viewer.get_by_role("button", name="Berkas berikutnya").click()
    viewer.evaluate(
        """() => viewer.heard({ is: "preview", ask: asked[0].ask, revisions: [], kind: "none",
          said: "lama", name: "", size: 0 }, [])"""
    )

    expect(viewer.locator(".ms-viewer-wait")).to_be_visible()


def test_what_cannot_be_shown_says_why_and_can_be_downloaded(viewer):
    open_(viewer, ("kunci.xlsx", b"-"))
    answer(viewer, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    expect(viewer.locator(".ms-viewer-none")).to_contain_text("kata sandi")

    with viewer.expect_download() as caught:
        viewer.get_by_role("button", name="Unduh").click()
        viewer.evaluate(
            """() => viewer.heard({ is: "download", ask: asked.at(-1).ask, name: "kunci.xlsx",
              size: 3, said: "" }, [new TextEncoder().encode("isi").buffer])"""
        )
    assert caught.value.suggested_filename == "kunci.xlsx"
    assert Path(caught.value.path()).read_bytes() == b"isi"


def test_a_question_without_an_answer_is_asked_again_and_told(page):
    page.clock.install()
    page.evaluate(
        """async () => {
          const { createViewer } = await import("/viewer.js");
          window.viewer = createViewer({ words, ask: (message) => asked.push(message) });
          document.querySelector("main").append(viewer.element);
          viewer.open([{ file: "1", sha256: "2", name: "a", size: 1000000 }]);
        }"""
    )
    page.clock.run_for(23_000)  # 4 s, and 20 s for a megabyte
    assert page.evaluate("asked.length") == 1
    page.clock.run_for(2_000)

    assert page.evaluate("asked.map((each) => each.ask)") == [1, 1]
    expect(page.locator(".ms-viewer-wait")).to_contain_text("sekali lagi")


def test_the_pane_is_for_everybody(viewer):
    content = h.png(400, 300)
    open_(viewer, ("foto.png", content), ("b.txt", b"dua"))
    answer(viewer, content, name="foto.png")

    found = Axe().run(viewer, context=".ms-viewer", options=RULES).response["violations"]
    assert [f"{v['id']}: {node['html'][:120]}" for v in found for node in v["nodes"]] == []


def upload_page(page: Page, uploads: Any, about: str, may: str = "") -> list[Any]:
    """Put the place for uploads on the page, answered by the kernel's own code."""
    heard: list[Any] = []

    def kernel(message: str, content: str | None) -> Any:
        asked = json.loads(message)
        heard.append(asked)
        buffers = [] if content is None else [base64.b64decode(content)]
        return uploads.answer(asked, buffers) if uploads else None

    page.expose_function("kernel", kernel)
    page.evaluate(
        """async ([about, may]) => {
          const { createUpload } = await import("/upload.js");
          const text = (buffer) => {
            let made = "";
            const bytes = new Uint8Array(buffer);
            const some = (at) => String.fromCharCode(...bytes.subarray(at, at + 8192));
            for (let at = 0; at < bytes.length; at += 8192) made += some(at);
            return btoa(made);
          };
          window.drop = 0;
          window.out = window.most = 0;
          window.upload = createUpload({
            words,
            place: () => ({ assessment: about, room: null, sub_aspect: "1.1" }),
            may: () => may,
            told() {},
            send: async (message, buffers = []) => {
              if (drop > 0 && drop--) return;
              if (message.do === "upload") most = Math.max(most, (out += 1));
              const content = buffers.length ? text(buffers[0]) : null;
              const answer = await kernel(JSON.stringify(message), content);
              if (message.do === "upload") out -= 1;
              if (answer) upload.heard(answer);
            },
          });
          document.querySelector("main").append(upload.element);
        }""",
        [about, may],
    )
    return heard


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    chosen = [
        {"name": name, "mimeType": "application/pdf", "buffer": content} for name, content in files
    ]
    page.locator("input[type=file]").set_input_files(chosen)


LARGE = h.pdf(4 * PART + 1000)


@pytest.fixture
def taking(store, begun) -> Iterator[Uploads]:
    made = Uploads(store, "p-1", Words("id"), {})
    yield made
    made.close()


@sqlite_only
def test_files_that_are_chosen_arrive_one_after_the_other_as_they_are(page, store, begun, taking):
    heard = upload_page(page, taking, begun)
    choose(page, ("sk.pdf", LARGE), ("foto.png", h.png()))

    expect(page.locator('.ms-upload-row[data-state="done"]')).to_have_count(2)
    assert sorted(store.evidence()["size"]) == sorted([len(LARGE), len(h.png())])
    assert page.evaluate("most") == 2
    # localhost and https have a hash; this page is plain http, where the kernel's own counts.
    assert {each["sha256"] for each in heard} == {None}
    names = [each["name"] for each in heard]
    assert names == sorted(names, reverse=True)


@sqlite_only
def test_what_the_line_loses_is_sent_again(page, store, begun, taking):
    page.clock.install()
    upload_page(page, taking, begun)
    page.evaluate("window.drop = 1")
    choose(page, ("sk.pdf", LARGE))
    page.clock.run_for(4_100)
    page.wait_for_function("most > 0")
    page.evaluate("window.drop = 2")
    for _ in range(20):
        page.clock.run_for(4_100)
        if page.locator('.ms-upload-row[data-state="done"]').count():
            break

    assert list(store.evidence()["size"]) == [len(LARGE)]
    assert len(store.entries([begun], ["evidence"])) == 1


class Restarted:
    """A kernel that is another one from the fourth message on."""

    def __init__(self, first: Uploads, second: Uploads) -> None:
        self.kernels, self.messages = (first, second), 0

    def answer(self, message: Any, buffers: Any) -> Any:
        self.messages += 1
        return self.kernels[self.messages > 3].answer(message, buffers)


@sqlite_only
def test_a_kernel_that_is_restarted_gets_every_part_again(page, store, begun, taking):
    heard = upload_page(page, Restarted(taking, Uploads(store, "p-1", Words("id"), {})), begun)
    choose(page, ("sk.pdf", LARGE))

    expect(page.locator('.ms-upload-row[data-state="done"]')).to_have_count(1)
    assert list(store.evidence()["size"]) == [len(LARGE)]
    later = [each["part"] for each in heard[3:] if each["do"] == "upload"]
    assert sorted(set(later)) == [0, 1, 2, 3, 4]


@sqlite_only
def test_a_refused_file_says_why_and_the_next_one_goes(page, store, begun, taking):
    upload_page(page, taking, begun)
    choose(page, ("alat.exe", b"MZ\x90\0"), ("sk.pdf", h.pdf()))

    expect(page.locator('.ms-upload-row[data-state="done"]')).to_have_count(1)
    row = page.locator('.ms-upload-row[data-state="refused"]')
    expect(row).to_contain_text("EXE")
    row.get_by_role("button", name="Hapus alat.exe").click()
    expect(row).to_have_count(0)


def test_an_upload_can_be_cancelled(page):
    heard = upload_page(page, None, "a" * 32)
    choose(page, ("sk.pdf", LARGE))
    page.get_by_role("button", name="Batalkan unggahan sk.pdf").click()

    expect(page.locator(".ms-upload-row")).to_have_count(0)
    page.wait_for_function("true")
    assert heard[-1]["do"] == "upload-stop"
    assert page.evaluate("upload.count()") == 0
    assert page.evaluate("document.activeElement.textContent") == "Unggah berkas"


def test_a_file_that_is_dropped_is_taken_and_does_not_replace_the_page(page):
    heard = upload_page(page, None, "a" * 32)
    page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["isi"], "a.txt"));
          const zone = document.querySelector(".ms-upload");
          const how = { dataTransfer, bubbles: true, cancelable: true };
          const fire = (name) => zone.dispatchEvent(new DragEvent(name, how));
          fire("dragenter");
          window.marked = zone.dataset.over;
          window.prevented = !fire("drop");
        }"""
    )
    expect(page.locator(".ms-upload-row")).to_have_count(1)
    page.wait_for_function("true")

    assert page.evaluate("[marked, prevented]") == ["true", True]
    assert heard[0]["name"] == "a.txt"


def test_whoever_may_not_give_anything_is_told_and_offered_nothing(page):
    upload_page(page, None, "a" * 32, may="Batas waktu periode ini sudah lewat.")

    expect(page.locator(".ms-upload")).to_contain_text("Batas waktu")
    expect(page.get_by_role("button", name="Unggah berkas")).to_be_disabled()


@sqlite_only
def test_the_place_for_uploads_is_for_everybody(page, store, begun, taking):
    upload_page(page, taking, begun)
    choose(page, ("alat.exe", b"MZ\x90\0"))
    expect(page.locator('.ms-upload-row[data-state="refused"]')).to_be_visible()

    found = Axe().run(page, context=".ms-upload", options=RULES).response["violations"]
    assert [f"{v['id']}: {node['html'][:120]}" for v in found for node in v["nodes"]] == []
