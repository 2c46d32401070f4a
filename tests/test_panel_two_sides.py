"""An agency and an evaluator at one assessment, each in a browser and a kernel of their own.

On SQLite both are people of one file; on PostgreSQL each is a role that sees its part. One pair of
pages on either serves all tests; each has a sub-aspect of its own. How long things take is printed
and not asserted: see ``-rP``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from merit_kit import assessment, instrument, process
from merit_kit.files import kit_folder
from merit_kit.store import Statement, Store, create_store, grant_application, open_store, permit
from tests import hostile_files
from tests.databases import Server
from tests.labs import READY, Line, line_to
from tests.pages import RULES
from tests.sittings import ROUND, SHEET, Rooms

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]

SECRET = "rahasia-antara-penilai"
OPEN_WORD = "Lengkapi-SK-tim"
CODES = instrument.load("kasn-2019").codes
JUDGED = ("1.1", "1.2", "2.1", "2.2", "2.3")
"""What the evaluator has verified: what comes afterwards may change it."""
MISSING = CODES[-1]
"""What the agency has not assessed yet."""
MEBIBYTE = 1024 * 1024
BUDI = {"name": "Budi Santoso", "nip": "198001012005011001", "office": "Kepala BKPSDM"}
"""Who comes to the sitting. A role of PostgreSQL puts nobody down whom the secretariat did not."""


@dataclass
class Person:
    """Somebody at their own sheet in a browser; what its sockets carried is looked at."""

    page: Page
    folder: Path
    heard: set[str] = field(default_factory=set)
    sent: int = 0

    def __post_init__(self) -> None:
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._hear)
        socket.on("framesent", self._say)

    def _hear(self, frame: str | bytes) -> None:
        content = frame.encode() if isinstance(frame, str) else frame
        self.heard |= {word for word in (SECRET, OPEN_WORD) if word.encode() in content}

    def _say(self, frame: str | bytes) -> None:
        self.sent += len(frame)

    def is_there(self) -> None:
        """Wait for the sheet; a notebook that is not the kit's own is not run by itself."""
        self.page.wait_for_function(
            "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
            "?.connectionStatus === 'connected'",
            timeout=60_000,
        )
        if "JUPYTERHUB_USER" in self.page.evaluate(
            "jupyterapp.shell.currentWidget.content.model.sharedModel.cells[1].getSource()"
        ):
            self.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_selector(READY, timeout=60_000)

    def at(self, part: str) -> Locator:
        return self.page.locator(f"{SHEET} {part}")

    def row(self, code: str) -> Locator:
        return self.at(f'.ms-row[data-code="{code}"]')

    def choose(self, code: str) -> None:
        self.row(code).click()
        self.at(f'[data-item="{code}"]').wait_for()

    def file(self, name: str) -> Locator:
        return self.at(".ms-file").filter(has=self.page.get_by_role("button", name=name))

    def give(self, name: str, content: bytes, opener: Locator | None = None) -> None:
        """Choose a file, by the button or by another one that opens the same window."""
        path = self.folder / name
        path.write_bytes(content)
        with self.page.expect_file_chooser() as chosen:
            (opener or self.at(".ms-upload > button")).click()
        chosen.value.set_files(path)

    def saved(self) -> None:
        self.at('[data-save="saved"], [data-save="all"]').first.wait_for(timeout=60_000)

    def tool(self, name: str) -> None:
        self.at(f'[data-tool="{name}"]').click()


@dataclass
class Sides:
    """Both of them, and what the store holds, read past both kernels."""

    agency: Person
    evaluator: Person
    line: Line
    store: Callable[[], Store]
    about: str
    people: dict[str, str]

    def counting(self, kind: str) -> list[process.Stated]:
        with self.store() as store:
            return list(assessment.Hearing(store, self.about).books.of_kind(kind))

    def stated(self, kind: str) -> list[Any]:
        with self.store() as store:
            rows = [json.loads(row.payload) for row in store.arrivals(self.about)]
        return [row["body"] for row in rows if row.get("kind") == kind]


def notebook(folder: Path, of: str, name: str, agency: str, store: str, person: str = "") -> str:
    """Write one of the kit's notebooks for an agency; for another person than the system's user."""
    text = json.loads((kit_folder("notebooks") / of).read_text(encoding="utf-8"))
    chosen = f"store = {store!r}\nagency = {agency!r}\nround_ = {ROUND!r}"
    if person:
        chosen = f'import os\nos.environ["JUPYTERHUB_USER"] = {person!r}\n{chosen}'
    [cell] = [each for each in text["cells"] if "parameters" in each["metadata"].get("tags", ())]
    cell["source"] = chosen
    (folder / name).write_text(json.dumps(text), encoding="utf-8")
    return name


def furnish(store: Store, about: str, evaluator: str, team: str) -> None:
    """State what both have stated before: levels of both, open questions, and what is internal."""

    def say(kind: str, author: str, body: dict[str, Any], visible_to: str = "agency") -> Statement:
        at = "2026-03-01T02:00:00.000Z"
        return Statement(about, kind, author, at, body, visible_to=visible_to)

    def question(code: str, text: str, visible_to: str = "agency") -> Statement:
        # A thread of a sub-aspect's own number: a test finds it again.
        thread = hashlib.sha256(f"{code}{text}".encode()).hexdigest()[:32]
        body = {"sub_aspect": code, "thread": thread, "text": text, "missing": "", "due": None}
        return say(process.QUESTION, evaluator, body, visible_to)

    above = ("1.2", "4.4")
    own = [
        say(
            process.LEVEL,
            team,
            assessment.level_body(code, process.SELF, 3 if code in above else 1),
        )
        for code in CODES
        if code != MISSING
    ]
    draft = assessment.level_body("1.4", process.VERIFIED, 2, SECRET, process.AWAL)
    of_evaluator = [
        *(
            say(
                process.LEVEL,
                evaluator,
                assessment.level_body(code, process.VERIFIED, 1, pass_=process.AWAL),
            )
            for code in JUDGED
        ),
        say(process.NOTE, evaluator, {"sub_aspect": "1.4", "text": SECRET}, "internal"),
        say(process.LEVEL, evaluator, draft, "internal"),
        question("1.4", SECRET, "internal"),
        question("1.1", "Kapan SK ditetapkan?"),
        question("1.3", "Mana notulanya?"),
    ]
    store.add_people([{"id": "p-budi", "login": None, **BUDI}])
    assessment.record(store, own, team)
    assessment.record(store, of_evaluator, evaluator)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sides(
    request: pytest.FixtureRequest,
    panel_rooms: Rooms,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Sides]:
    """The agency and the evaluator at their sheets; the agency's line can be cut."""
    folder = panel_rooms.folder
    with ExitStack() as stack:
        if request.param == "sqlite":
            made = _on_sqlite(panel_rooms)
        else:
            made = _on_postgresql(request.getfixturevalue("server"), folder, stack)
        store, about, people, names = made
        line = stack.enter_context(line_to(panel_rooms.lab))
        opened = {}
        for who, port in (("agency", line.port), ("evaluator", None)):
            context = chromium.new_context(
                viewport={"width": 1366, "height": 768}, accept_downloads=True
            )
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(20_000)
            opened[who] = Person(page, tmp_path_factory.mktemp(who))
            page.goto(panel_rooms.lab.address(names[who], port))
        for person in opened.values():
            person.is_there()
        yield Sides(opened["agency"], opened["evaluator"], line, store, about, people)


def _on_sqlite(
    panel_rooms: Rooms,
) -> tuple[Callable[[], Store], str, dict[str, str], dict[str, str]]:
    """One file for both; who is at the keyboard is the user of a JupyterHub."""
    folder, agency = panel_rooms.folder, panel_rooms.agency()
    with open_store(folder) as store:
        store.add_people([{"id": "p-tim", "login": "tim", "name": "Ani Tim", "office": "BKPSDM"}])
        store.appoint("p-tim", process.AGENCY, agency)
        people = {"evaluator": assessment.whoami(store), "agency": "p-tim"}
        about = assessment.find(store, agency, ROUND)
        assert about is not None
        furnish(store, about, people["evaluator"], people["agency"])
    names = {
        "agency": notebook(
            folder, "05-penilaian-mandiri.ipynb", "tim.ipynb", agency, ".", person="tim"
        ),
        "evaluator": f"{agency}.ipynb",
    }
    return lambda: open_store(folder), about, people, names


def _on_postgresql(
    server: Server, folder: Path, stack: ExitStack
) -> tuple[Callable[[], Store], str, dict[str, str], dict[str, str]]:
    """A database in which each is a role of their own, permitted its part of one assessment."""
    database = server.database()
    # Its kernels still hold connections, which end with the database.
    stack.callback(server.drop, database)
    agency, url = "kota-pg", server.url(database)
    people, names = {}, {}
    with create_store(url) as store:
        by = assessment.settle_in(store, "Sekretariat")
        store.add_agencies([{"code": agency, "name": "Kota PG", "kind": "kota"}])
        store.add_round(ROUND, 2026, 1)
        about = assessment.begin(store, agency, ROUND, instrument.load("kasn-2019"), by)
        assessment.advance(store, ROUND, "verifikasi", by)
        for who, of, sees in (
            ("agency", "05-penilaian-mandiri.ipynb", "agency"),
            ("evaluator", "10-sesi-penilaian.ipynb", "all"),
        ):
            login, people[who] = f"{who}_{database}", f"p-{who}"
            store.add_people([{"id": people[who], "login": login, "name": who, "office": "-"}])
            store.appoint(people[who], who, agency if who == "agency" else None)
            grant_application(store, login)
            permit(store, login, about, sees)
            address = server.url(database, login)
            names[who] = notebook(folder, of, f"{who}-pg.ipynb", agency, address)
        furnish(store, about, people["evaluator"], people["agency"])
    return lambda: open_store(url), about, people, names


sqlite_alone = pytest.mark.parametrize("sides", ["sqlite"], indirect=True)


def pdf(size: int) -> bytes:
    """A PDF of a size that no other one is."""
    made, told = hostile_files.pdf(size), os.urandom(16).hex().encode()
    return made.replace(b"x" * len(told), told, 1)


def told(what: str, since: float) -> None:
    print(f"{what}: {time.perf_counter() - since:.2f} s")


def test_an_answer_of_the_agency_shows_to_the_evaluator_with_a_mark(sides):
    agency, evaluator = sides.agency, sides.evaluator
    agency.choose("1.1")
    form = agency.at('[data-section="questions"] .ms-form')
    form.locator("textarea").fill("Ditetapkan 3 Maret.")
    began = time.perf_counter()
    form.get_by_role("button", name="Kirim jawaban").click()
    evaluator.row("1.1").locator('[data-mark="fresh"]').wait_for()
    told("answer to the evaluator's mark", began)

    evaluator.choose("1.1")
    asked = evaluator.at('[data-section="questions"]')
    expect(asked.locator('[data-tag="answered"]')).to_be_visible()
    expect(asked.locator("blockquote")).to_contain_text("Ditetapkan 3 Maret.")
    [said] = sides.stated(process.ANSWER)
    assert said["text"] == "Ditetapkan 3 Maret."


def test_a_file_shows_with_a_mark_is_read_and_its_state_shows_to_the_agency(sides):
    agency, evaluator = sides.agency, sides.evaluator
    agency.choose("1.2")
    evaluator.choose("1.2")
    began = time.perf_counter()
    agency.give("notula.csv", b"pokok;hasil\nSK;disetujui\n")
    evaluator.row("1.2").locator('[data-mark="fresh"]').wait_for()
    told("file to the evaluator's mark", began)
    evaluator.at(".ms-link").get_by_text("notula.csv").click()
    page = evaluator.page.frame_locator(f"{SHEET} .ms-file-frame")
    expect(page.locator("main")).to_contain_text("disetujui")
    assert evaluator.at(".ms-file-frame").get_attribute("sandbox") == ""

    began = time.perf_counter()
    evaluator.at(".ms-viewer-slots select").select_option("kurang")
    agency.at('.ms-file[data-state="kurang"]').wait_for()
    told("state to the agency's sheet", began)
    agency.row("1.2").locator('[data-mark="faulty"]').wait_for()
    # What the evaluators hold of it is told in words; there is nothing to choose, not even greyed.
    expect(agency.file("notula.csv")).to_contain_text("Menurut penilai: kurang")
    assert agency.at(".ms-file select, .ms-file textarea").count() == 0
    evaluator.row("1.2").locator('[data-mark="fresh"]').wait_for(state="detached")
    evaluator.page.keyboard.press("Escape")


def test_a_revision_and_a_withdrawal_of_a_file_are_seen(sides):
    agency, evaluator = sides.agency, sides.evaluator
    agency.choose("2.1")
    evaluator.choose("2.1")
    agency.give("sk.csv", b"versi;1\n")
    evaluator.at(".ms-link").get_by_text("sk.csv").click()
    page = evaluator.page.frame_locator(f"{SHEET} .ms-file-frame")
    expect(page.locator("main")).to_contain_text("1")

    agency.give("sk-baru.csv", b"versi;kedua\n", agency.at(".ms-file").get_by_text("Ganti berkas"))
    evaluator.at(".ms-link").get_by_text("sk-baru.csv").click()
    expect(page.locator("main")).to_contain_text("kedua")
    revisions = evaluator.at(".ms-viewer-revision option")
    expect(revisions).to_have_count(2)
    evaluator.page.keyboard.press("Escape")

    withdraw = agency.at('.ms-file [aria-label^="Tarik"], .ms-file [data-sure]')
    withdraw.dblclick()
    agency.at(".ms-file-name button").focus()
    withdraw.click()
    expect(withdraw).to_have_text("Tekan lagi untuk menarik")
    agency.at(".ms-file-name button").focus()
    expect(withdraw).to_have_text("Tarik")
    withdraw.click()
    # Neither a double click nor a press that was thought better of has done anything.
    assert not any(each["withdrawn"] for each in sides.stated(process.EVIDENCE))
    withdraw.click()
    expect(evaluator.at(".ms-file")).to_have_count(0)
    expect(agency.at(".ms-file")).to_have_count(0)
    given = [each for each in sides.stated(process.EVIDENCE) if each["sub_aspect"] == "2.1"]
    assert [(each["name"], each["withdrawn"]) for each in given] == [
        ("sk.csv", False),
        ("sk-baru.csv", False),
        ("sk-baru.csv", True),
    ]
    assert len({each["file"] for each in given}) == 1


# A disk from which the first six parts of a file can be read, and the others when it goes on.
SLOW_DISK = """() => {
  const read = Blob.prototype.arrayBuffer;
  const rest = new Promise((resolve) => (window.goOn = resolve));
  let parts = 0;
  Blob.prototype.arrayBuffer = async function () {
    if (this.size <= 1024 * 1024 && ++parts > 6) await rest;
    return read.call(this);
  };
}"""


def test_an_upload_goes_on_after_the_line_was_cut_and_is_there_once(sides):
    agency, content = sides.agency, pdf(14 * MEBIBYTE)
    agency.choose("2.2")
    agency.page.evaluate(SLOW_DISK)
    before = agency.sent
    agency.give("besar.pdf", content)
    bar = f"{SHEET} .ms-upload-row progress"
    agency.page.wait_for_function(
        f"(bar) => document.querySelector(bar)?.value === {6 * MEBIBYTE}", arg=bar
    )
    sides.line.drop()
    agency.page.evaluate("goOn()")
    agency.at(".ms-link").get_by_text("besar.pdf").wait_for(timeout=60_000)

    given = [each for each in sides.stated(process.EVIDENCE) if each["name"] == "besar.pdf"]
    assert [each["sha256"] for each in given] == [hashlib.sha256(content).hexdigest()]
    # What the kernel had was not sent again; a part or two may have been on the way.
    assert agency.sent - before < len(content) + 4 * MEBIBYTE


def test_twenty_megabytes_go_up_and_come_down_as_they_were(sides):
    agency, evaluator, content = sides.agency, sides.evaluator, pdf(20_000_000)
    agency.choose("2.3")
    evaluator.choose("2.3")
    began = time.perf_counter()
    agency.give("laporan.pdf", content)
    agency.at(".ms-link").get_by_text("laporan.pdf").wait_for(timeout=60_000)
    told("20 MB up", began)

    evaluator.at(".ms-link").get_by_text("laporan.pdf").wait_for()
    began = time.perf_counter()
    evaluator.at(".ms-link").get_by_text("laporan.pdf").click()
    evaluator.at(".ms-file-frame, .ms-viewer-none").wait_for(timeout=60_000)
    told("20 MB down", began)
    with evaluator.page.expect_download(timeout=60_000) as download:
        evaluator.at('.ms-viewer [data-tool="download"]').click()
    assert download.value.path().read_bytes() == content
    evaluator.page.keyboard.press("Escape")


def test_a_reload_keeps_an_answer_that_is_half_written(sides):
    agency = sides.agency
    agency.choose("1.3")
    agency.at('[data-section="questions"] textarea').press_sequentially("Notula menyus")
    agency.page.reload()
    agency.is_there()

    agency.choose("1.3")
    field = agency.at('[data-section="questions"] textarea')
    expect(field).to_have_value("Notula menyus")
    assert all(each["text"] != "Notula menyus" for each in sides.stated(process.ANSWER))


def test_the_check_names_what_is_lacking_and_then_the_sheet_is_handed_in(sides):
    agency = sides.agency
    agency.tool("check")
    agency.at(".ms-lack").first.wait_for()
    lacks = {
        each.get_attribute("data-lack"): each.locator("button").all_inner_texts()
        for each in agency.at(".ms-lack").all()
    }
    assert lacks["unassessed"] == [MISSING]
    assert "1.3" in lacks["unanswered"]
    assert lacks["bare"] == ["4.4"]  # the others are of level 1, or have a file
    submit = agency.page.get_by_role("button", name="Sampaikan penilaian mandiri")
    expect(submit).to_be_disabled()
    assert sides.stated(process.SUBMISSION) == []

    agency.at('[data-lack="unassessed"] button').click()
    agency.at(f'[data-step="1"][data-code="{MISSING}"]').click()
    agency.saved()
    agency.tool("check")
    agency.page.get_by_label("Catatan penyampaian (boleh kosong)").fill("Sudah rapat.")
    submit.click()
    receipt = agency.at("dialog .ms-receipt")
    expect(receipt).to_contain_text("Penilaian mandiri sudah disampaikan")
    expect(receipt).to_be_focused()
    [said] = sides.stated(process.SUBMISSION)
    assert said["text"] == "Sudah rapat."
    assert said["of"] in receipt.inner_text().replace(" ", "")
    expect(receipt).to_contain_text(re.compile(r"Waktu\s*\d+ \w+ \d{4} \d\d\.\d\d \w+"))
    expect(receipt.get_by_role("button", name="Cetak atau simpan sebagai PDF")).to_be_visible()
    assert agency.page.get_by_role("button", name="Sampaikan penilaian mandiri").count() == 0
    agency.page.keyboard.press("Escape")


def test_the_agency_finds_what_the_evaluators_raised_or_lowered_by_its_filter(sides):
    agency = sides.agency
    agency.row("1.2").focus()
    for _ in range(2):
        agency.page.keyboard.press("f")
    expect(agency.at('[data-filter="differing"]')).to_have_attribute("aria-pressed", "true")

    row = agency.row("1.2")
    expect(row).to_have_attribute("aria-label", re.compile("diturunkan penilai"))
    expect(row).to_have_attribute("data-standing", "lowered")
    expect(agency.row("3.2")).to_be_hidden()
    agency.at('[data-filter="all"]').click()


def test_a_file_that_nobody_can_look_at_is_told_to_whoever_gave_it_and_is_kept(sides):
    agency = sides.agency
    agency.choose("2.4")
    agency.give("sk-terpotong.pdf", hostile_files.pdf()[:80])

    row = agency.file("sk-terpotong.pdf")
    expect(row.get_by_role("alert")).to_contain_text("PDF ini tidak utuh")
    expect(row.get_by_role("button", name="Ganti sk-terpotong.pdf")).to_be_visible()
    agency.row("2.4").locator('[data-mark="faulty"]').wait_for()


def test_the_sitting_is_recorded_accepted_and_its_papers_are_made(sides):
    agency, evaluator = sides.agency, sides.evaluator
    evaluator.tool("sitting")
    present = evaluator.at('[data-section="present"]')
    present.get_by_label("Nama").fill(BUDI["name"])
    present.get_by_label("NIP").fill("1980 0101 2005")
    present.get_by_label("Jabatan").focus()
    expect(present.get_by_role("alert")).to_contain_text("Ditemukan 1980 0101 2005 (12 angka)")
    expect(present.get_by_label("NIP")).to_have_attribute("aria-invalid", "true")
    present.get_by_label("NIP").fill(BUDI["nip"])
    expect(present.get_by_role("alert")).to_have_count(0)
    present.get_by_label("Jabatan").fill(BUDI["office"])
    present.get_by_label("Menandatangani berita acara").check()
    present.get_by_role("button", name="Tambahkan").click()
    expect(present.get_by_role("row")).to_have_count(2)
    expect(present.get_by_role("row").last).to_contain_text("penanda tangan")

    agency.tool("sitting")
    expect(agency.at('[data-section="present"] tbody')).to_contain_text(BUDI["name"])
    assert agency.at('[data-section="when"] input, [data-section="agreed"] textarea').count() == 0
    agency.page.get_by_role("button", name="Setujui berita acara").click()
    expect(agency.at('[data-section="accepted"] li')).to_contain_text("menyetujui")
    agency.page.keyboard.press("Escape")

    evaluator.page.get_by_role("button", name="Buat berita acara dan laporan klarifikasi").click()
    evaluator.at(".ms-papers li").first.wait_for(timeout=90_000)
    assert evaluator.at(".ms-papers [role=alert]").count() == 0
    frame = evaluator.at(".ms-paper-stage iframe")
    assert frame.get_attribute("sandbox") == ""
    expect(frame.content_frame.locator("body")).to_contain_text(BUDI["name"])
    evaluator.page.keyboard.press("Escape")


def test_a_reload_keeps_what_was_said_of_the_sitting_and_what_is_half_written(sides):
    evaluator = sides.evaluator
    evaluator.tool("sitting")
    when, present = (evaluator.at(f'[data-section="{name}"]') for name in ("when", "present"))
    expect(present.get_by_role("row").last).to_contain_text(BUDI["name"])
    present.get_by_label("Nama").fill("Cici Con")
    when.get_by_label("Tempat").fill("Rapat daring")
    # The line takes nothing any more, and nobody notices.
    evaluator.page.evaluate("WebSocket.prototype.send = () => {}")
    when.get_by_role("button", name="Simpan").click()
    evaluator.page.keyboard.press("Escape")
    evaluator.tool("sitting")
    expect(present.get_by_label("Nama")).to_have_value("Cici Con")
    evaluator.page.reload()
    evaluator.is_there()

    expect(when).to_contain_text("sudah dicatat")
    expect(present.get_by_label("Nama")).to_have_value("Cici Con")
    assert [said["place"] for said in sides.stated(process.SITTING)] == ["Rapat daring"]
    present.get_by_label("Nama").fill("")
    evaluator.page.keyboard.press("Escape")
    evaluator.saved()


def test_nothing_internal_ever_comes_to_the_agency(sides):
    agency, evaluator = sides.agency, sides.evaluator
    evaluator.choose("3.1")
    evaluator.at('[data-mode="prep"]').click()
    evaluator.at('[data-field="internal"]').fill(SECRET)
    evaluator.at('[data-step="2"][data-code="3.1"]').click()
    evaluator.at('[data-field="question"]').fill(SECRET)
    evaluator.at('[data-section="questions"]').get_by_text("Simpan konsep").click()
    evaluator.at('[data-field="note"]').fill(OPEN_WORD)
    evaluator.at('[data-field="note"]').press("Control+Enter")
    agency.choose("3.1")
    expect(agency.at(".ms-context")).to_contain_text(OPEN_WORD)
    seen = ""
    for code in ("1.4", "3.1"):
        agency.choose(code)
        agency.page.keyboard.press("h")
        agency.at("dialog tbody tr, dialog li").first.wait_for()
        seen += agency.page.content()
        agency.page.keyboard.press("Escape")

    assert SECRET not in seen
    # All that came since the sheet was opened; and had it come, it would have been found.
    assert agency.heard == {OPEN_WORD}
    assert evaluator.heard == {SECRET, OPEN_WORD}


# What the agency alone has, for everybody's eyes and hands


def close(agency: Person) -> None:
    agency.page.keyboard.press("Escape")
    expect(agency.at("dialog, .ms-viewer:not([hidden])")).to_have_count(0)


def look_at(agency: Person, what: str) -> None:
    """Open a part of the sheet, from the keyboard."""
    opener = agency.at(".ms-link" if what == "viewer" else f'[data-tool="{what}"]')
    if what != "sheet":
        opener.first.press("Enter")
    shown = {
        "viewer": ".ms-file-frame",
        "sitting": '[data-section="present"] tbody',
        "check": ".ms-lack",
        "sheet": ".ms-file",
    }
    agency.at(shown[what]).first.wait_for(state="attached")


@pytest.fixture(scope="module")
def shown(sides: Sides) -> Person:
    """The agency at a sub-aspect with a question and a file."""
    agency = sides.agency
    agency.choose("1.3")
    agency.give("daftar.csv", b"a;b\n1;2\n")
    agency.file("daftar.csv").wait_for()
    agency.at(".ms-upload-row").get_by_label("Hapus daftar.csv dari daftar unggahan").click()
    return agency


@sqlite_alone
def test_everything_is_within_reach_of_the_tab_key(shown):
    page = shown.page
    page.evaluate(
        """(panel) => [...document.querySelector(panel).querySelectorAll("button")]
           .find((each) => each.getClientRects().length).focus()""",
        SHEET,
    )
    for _ in range(120):
        inside = page.evaluate(
            """(panel) => {
              const at = document.activeElement;
              if (!at.closest(panel)) return false;
              at.dataset.reached = "1";
              return true;
            }""",
            SHEET,
        )
        if not inside:
            break
        page.keyboard.press("Tab")
    left = page.evaluate(
        """(panel) => [...document.querySelector(panel).querySelectorAll(
             "button, input, select, textarea, a[href], summary, [tabindex='0']")]
           .filter((each) => each.getClientRects().length && !each.disabled)
           // Of levels one is a stop of the Tab key, and the arrows go on from there.
           .filter((each) => each.role !== "radio" && !each.matches(".ms-unseen"))
           .filter((each) => !each.dataset.reached)
           .map((each) => each.outerHTML.slice(0, 120))""",
        SHEET,
    )

    assert not inside
    assert left == []


@sqlite_alone
@pytest.mark.parametrize("what", ["sitting", "check", "viewer"])
def test_escape_closes_what_was_opened_and_gives_the_focus_back(shown, what):
    page = shown.page
    look_at(shown, what)
    if what == "viewer":
        with page.expect_download():
            page.get_by_role("button", name="Unduh").click()
    close(shown)

    back = shown.at(".ms-link" if what == "viewer" else f'[data-tool="{what}"]').first
    expect(back).to_be_focused()


@sqlite_alone
@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("what", ["sheet", "viewer", "sitting", "check"])
def test_axe_finds_nothing_on_the_agencys_sheet(shown, what, scheme):
    theme(shown.page, scheme)
    look_at(shown, what)
    found = violations(shown.page)
    close(shown)

    assert found == []


@sqlite_alone
@pytest.mark.parametrize("what", ["sheet", "viewer", "sitting", "check"])
def test_nothing_of_the_agencys_sheet_is_cut_off_where_the_window_is_small(shown, what):
    page = shown.page
    look_at(shown, what)
    page.set_viewport_size({"width": 683, "height": 384})
    page.wait_for_timeout(300)
    wide = page.evaluate(
        """(panel) => [...document.querySelector(panel).querySelectorAll(
             "button, textarea, input, select, h2, h3, h4, p")]
           .filter((each) => each.getClientRects().length && !each.matches(".ms-unseen"))
           .filter((each) => !each.closest("table, .ms-filters, .ms-strip"))
           .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
           .map((each) => each.outerHTML.slice(0, 120))""",
        SHEET,
    )
    found = violations(page)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.wait_for_timeout(300)
    close(shown)

    assert wide == []
    assert found == []


def theme(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    light = "true" if scheme == "light" else "false"
    page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the panel; JupyterLab's own page is not ours."""
    found = Axe().run(page, context=SHEET, options=RULES).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]
