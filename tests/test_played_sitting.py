"""A day of sittings, played: three rooms, each with an evaluator and an agency, and their host.

Seven people, each in a browser and a kernel of their own, from the preparation to the papers. The
agencies, their own levels and their files are those of the demonstration. The tests are the parts
of the day, in its order.

``MERIT_SHOTS=FOLDER`` keeps a picture of each part; ``MERIT_PLAYED_ON=postgresql`` plays it where
each of them is a role that sees its part. How long things take is printed: see ``-rP``.
"""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from merit_kit import assessment
from merit_kit.store import create_store, open_store
from tests.labs import READY
from tests.played import EDITION, HOST, PLANS, Day, begin_rooms, furnish, on_postgresql, points
from tests.sittings import ROUND, SHEET, Rooms
from tests.test_panel_two_sides import Person, notebook, told

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("panel")]

OVERVIEW = '[data-merit="rooms"]'
DATABASES = os.environ.get("MERIT_PLAYED_ON", "sqlite").split(",")
SHOTS = os.environ.get("MERIT_SHOTS")
DUE, LATER = "2027-01-15", "2027-01-29"
OF_ALL = "Semua tindak lanjut disampaikan melalui lembar penilaian mandiri."


EVERY_ROOM = pytest.mark.parametrize("plan", PLANS, ids=[plan.agency for plan in PLANS])


def shot(page: Page, name: str) -> None:
    """Keep a picture, where somebody wants to look at it."""
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


@pytest.fixture(scope="module", params=DATABASES)
def day(
    request: pytest.FixtureRequest,
    panel_rooms: Rooms,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Day]:
    lab, folder = panel_rooms.lab, tmp_path_factory.mktemp("played")
    with ExitStack() as stack:
        if request.param == "postgresql":
            url, addresses = on_postgresql(request.getfixturevalue("server"), stack)
        else:
            url, addresses = str(folder / "hari"), {}
            with create_store(folder / "hari") as store:
                furnish(store, assessment.settle_in(store, "Sekretariat (fiktif)"))
        with open_store(url) as store:
            abouts = {plan.agency: assessment.find(store, plan.agency, ROUND) for plan in PLANS}
        played = Day(lab, lambda: open_store(url), folder, abouts)
        own = "10-sesi-penilaian.ipynb", "05-penilaian-mandiri.ipynb", "20-ruang-diskusi.ipynb"
        books = [(HOST, own[2], PLANS[0].agency)]
        books += [(plan.sheet, own[0], plan.agency) for plan in PLANS]
        books += [(plan.team, own[1], plan.agency) for plan in PLANS]
        for login, of, agency in books:
            place = addresses.get(login, url)
            as_whom = "" if addresses else login
            name = notebook(lab.folder, of, f"main-{login}.ipynb", agency, place, as_whom)
            context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(60_000)
            played.people[login] = Person(page, tmp_path_factory.mktemp(login))
            page.goto(lab.address(name), wait_until="commit")
        for person in played.people.values():
            # Of PostgreSQL nothing but the address differs, and they run by themselves.
            if not addresses:
                begin(person.page)
        for login, person in played.people.items():
            ready = f'{OVERVIEW}[data-ready="1"]' if login == HOST else READY
            person.page.wait_for_selector(ready, timeout=90_000)
        yield played


def begin(page: Page) -> None:
    """Run a notebook that, for naming its person, is not the kit's own."""
    page.wait_for_function(
        "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
        "?.connectionStatus === 'connected'",
        timeout=90_000,
    )
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")


def score(person: Person, levels: dict[str, int]) -> None:
    """State levels from the keyboard, one sub-aspect after the other."""
    person.at('[data-filter="all"]').click()
    person.choose(EDITION.codes[0])
    for code, level in levels.items():
        person.at(f'[data-item="{code}"]').wait_for()
        person.page.keyboard.press(str(level))
        person.page.keyboard.press("j")
    person.saved()


def move(person: Person, code: str, level: int, reason: str) -> None:
    person.choose(code)
    person.at(f'[data-step="{level}"][data-code="{code}"]').click()
    person.at('[data-field="reason"]').fill(reason)
    person.at('[data-field="reason"]').press("Control+Enter")


# The day


@EVERY_ROOM
def test_at_the_desk_levels_and_a_question_are_drafts_that_the_agency_does_not_see(day, plan):
    evaluator, team = day.evaluator(plan), day.team(plan)
    evaluator.at('[data-mode="prep"]').click()
    score(evaluator, plan.own)
    code, question = plan.asked
    evaluator.choose(code)
    form = evaluator.at('[data-section="questions"] .ms-form').last
    form.get_by_label("Pertanyaan").fill(question)
    form.get_by_label("Batas waktu").fill(DUE)
    form.get_by_role("button", name="Simpan konsep").click()
    evaluator.at('[data-tag="draft"]').first.wait_for()
    evaluator.saved()
    shot(evaluator.page, f"1-persiapan-{plan.agency}")

    assert day.standing(plan) == plan.own
    team.choose(code)
    expect(team.at('[data-section="questions"]')).to_contain_text("Belum ada pertanyaan")
    assert team.at('[data-figure="verified"]').is_hidden()
    shot(team.page, f"1-persiapan-instansi-{plan.agency}")


def test_the_host_sees_that_the_rooms_wait_and_then_that_they_are_open(day):
    states = day.host.locator(f"{OVERVIEW} tbody .mr-state")
    expect(states).to_have_text(["belum mulai"] * 3)
    shot(day.host, "2-pemandu-sebelum")

    with day.store() as store:
        begin_rooms(store, -1)

    expect(states).to_have_text(["berjalan"] * 3, timeout=60_000)


@EVERY_ROOM
def test_in_the_room_the_levels_are_said_and_the_question_is_put(day, plan):
    evaluator, team = day.evaluator(plan), day.team(plan)
    evaluator.at('[data-mode="room"]').click()
    score(evaluator, plan.own)
    evaluator.choose(plan.asked[0])
    evaluator.at(".ms-question").get_by_role("button", name="Kirim", exact=True).click()
    evaluator.saved()

    expect(team.at('[data-figure="verified"] b')).to_have_text(points(plan.own))
    expect(team.at('[data-section="questions"]')).to_contain_text(plan.asked[1])
    shot(team.page, f"3-pertanyaan-{plan.agency}")


@EVERY_ROOM
def test_the_agency_answers_with_a_new_file_and_the_mark_appears(day, plan):
    evaluator, team = day.evaluator(plan), day.team(plan)
    code = plan.asked[0]
    evaluator.choose(EDITION.codes[0])
    fresh = evaluator.row(code).locator('[data-mark="fresh"]')
    expect(fresh).to_have_count(0)
    began = time.perf_counter()
    team.give(plan.file, f"tahun;jumlah\n2031;{len(plan.name)}\n".encode())
    fresh.wait_for()
    told(f"{plan.agency}: file to the evaluator's mark", began)

    team.file(plan.file).wait_for()
    form = team.at('[data-section="questions"] .ms-form')
    form.get_by_label("Jawaban instansi").fill(plan.answer)
    form.get_by_label(plan.file).check()
    form.get_by_role("button", name="Kirim jawaban").click()
    evaluator.choose(code)
    expect(evaluator.at("blockquote")).to_contain_text(plan.answer)
    shot(evaluator.page, f"4-jawaban-{plan.agency}")
    evaluator.at(".ms-link").get_by_text(plan.file).click()
    shown = evaluator.page.frame_locator(f"{SHEET} .ms-file-frame")
    expect(shown.locator("main")).to_contain_text("2031")
    evaluator.at(".ms-viewer-slots select").select_option("sesuai")
    shot(evaluator.page, f"4-bukti-{plan.agency}")
    evaluator.page.keyboard.press("Escape")
    evaluator.at(".ms-question").get_by_role("button", name="Nyatakan selesai").click()
    evaluator.saved()


@EVERY_ROOM
def test_one_level_is_raised_and_one_lowered_with_a_reason_and_a_question_stays_open(day, plan):
    evaluator = day.evaluator(plan)
    for code, reason in (plan.raised, plan.lowered):
        move(evaluator, code, plan.verified[code], reason)
    code, question = plan.open
    evaluator.choose(code)
    form = evaluator.at('[data-section="questions"] .ms-form').last
    form.get_by_label("Pertanyaan").fill(question)
    form.get_by_label("Batas waktu").fill(LATER)
    form.get_by_role("button", name="Kirim ke instansi").click()
    evaluator.at('[data-field="agreed"]').fill(plan.agreed)
    evaluator.at('[data-field="agreed"]').press("Control+Enter")
    evaluator.saved()
    shot(evaluator.page, f"5-penilaian-{plan.agency}")

    assert day.standing(plan) == plan.verified
    expect(evaluator.at('[data-figure="verified"] b')).to_have_text(points(plan.verified))


@EVERY_ROOM
def test_it_is_put_down_who_was_there_and_the_agency_has_its_word(day, plan):
    evaluator, team = day.evaluator(plan), day.team(plan)
    evaluator.tool("sitting")
    when = evaluator.at('[data-section="when"]')
    when.get_by_label("Mulai").fill("09:00")
    when.get_by_label("Selesai").fill("10:50")
    when.get_by_label("Tempat").fill("pertemuan daring")
    when.get_by_role("button", name="Simpan").click()
    expect(when).to_contain_text("sudah dicatat")
    present = evaluator.at('[data-section="present"]')
    for number, (side, who) in enumerate((("Instansi", plan.head), ("Penilai", plan.evaluator)), 1):
        for label, text in zip(("Nama", "NIP", "Jabatan"), who, strict=True):
            present.get_by_label(label).fill(text)
        present.get_by_label("Pihak", exact=True).select_option(label=side)
        present.get_by_label("Menandatangani berita acara").check()
        present.get_by_role("button", name="Tambahkan").click()
        expect(present.locator("tbody tr")).to_have_count(number)
    agreed = evaluator.at('[data-section="agreed"]')
    agreed.get_by_label("Yang disepakati").fill(OF_ALL)
    agreed.get_by_label("Paling lambat").fill(LATER)
    agreed.get_by_role("button", name="Simpan").click()
    expect(agreed.get_by_role("button", name="Simpan")).to_be_enabled()
    shot(evaluator.page, f"6-hadir-{plan.agency}")

    team.tool("sitting")
    expect(team.at('[data-section="present"] tbody')).to_contain_text(plan.head[0])
    team.page.get_by_label("Catatan atau alasan").fill(plan.word)
    name = "Ajukan keberatan" if plan.objects else "Setujui berita acara"
    team.page.get_by_role("button", name=name).click()
    told_so = "mengajukan keberatan" if plan.objects else "menyetujui berita acara"
    expect(team.at('[data-section="accepted"] li')).to_contain_text(told_so)
    shot(team.page, f"6-instansi-{plan.agency}")
    team.page.keyboard.press("Escape")
    evaluator.page.keyboard.press("Escape")


def test_the_host_sees_how_far_each_room_is_and_looks_into_one(day):
    page = day.host
    for plan in PLANS:
        row = page.locator(f"{OVERVIEW} tbody tr", has=page.get_by_text(plan.name, exact=True))
        expect(row.locator(".mr-assessed")).to_have_text("37 dari 37")
        expect(row.locator('[data-column="total"]')).to_contain_text(points(plan.verified))
        expect(row).to_contain_text("1 dinaikkan")
        expect(row).to_contain_text("1 diturunkan")
    shot(page, "7-pemandu")
    page.locator(f"{OVERVIEW} .mr-open").nth(1).click()
    page.wait_for_selector(f"{OVERVIEW} {READY}")
    expect(page.locator(f"{OVERVIEW} {SHEET} .ms-who h2")).to_have_text(PLANS[1].name)
    expect(page.locator(f"{OVERVIEW} .ms-reading")).to_be_visible()
    shot(page, "7-pemandu-melihat")
    page.get_by_role("button", name="Kembali ke ringkasan").click()


@EVERY_ROOM
def test_one_button_makes_the_record_the_report_and_its_form(day, plan):
    evaluator = day.evaluator(plan)
    evaluator.tool("sitting")
    began = time.perf_counter()
    evaluator.page.get_by_role("button", name="Buat berita acara dan laporan klarifikasi").click()
    evaluator.at(".ms-papers li").nth(2).wait_for(timeout=120_000)
    told(f"{plan.agency}: the papers", began)
    assert evaluator.at(".ms-papers [role=alert]").count() == 0
    shown = evaluator.at(".ms-paper-stage iframe")
    expect(shown.content_frame.locator("body")).to_contain_text(plan.head[0])
    evaluator.at(".ms-paper-stage").scroll_into_view_if_needed()
    shot(evaluator.page, f"8-berita-acara-{plan.agency}")
    made = day.papers[plan.agency] = {}
    for link in evaluator.at(".ms-papers a[download]").all():
        with evaluator.page.expect_download() as download:
            link.click()
        made[download.value.suggested_filename] = download.value.path().read_bytes()
    evaluator.page.keyboard.press("Escape")
    if SHOTS:
        for name, content in made.items():
            (Path(SHOTS) / name).write_bytes(content)

    assert sorted(Path(name).suffix for name in made) == [".html", ".html", ".xlsx"]


def text_of(content: bytes) -> str:
    """Everything a file holds, of a workbook every part."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


@EVERY_ROOM
def test_the_papers_of_a_room_hold_nothing_of_the_other_rooms(day, plan):
    made = {name: text_of(content) for name, content in day.papers[plan.agency].items()}
    others = [word for other in PLANS if other is not plan for word in other.secrets]

    assert [(name, word) for name, text in made.items() for word in others if word in text] == []
    record = next(text for name, text in made.items() if "berita-acara" in name)
    own = (*plan.head[::2], plan.nip_in_groups, plan.asked[1], plan.agreed)
    assert [word for word in own if word not in record] == []


@EVERY_ROOM
def test_the_numbers_and_the_words_of_the_record_are_those_of_the_room(day, plan):
    made = day.papers[plan.agency]
    page = next(text_of(made[name]) for name in made if "berita-acara" in name)
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("</style>")[-1]))

    counted = "35 sesuai dengan penilaian mandiri, 1 lebih tinggi, 1 lebih rendah."
    assert f"Diverifikasi 37 dari 37 subaspek: {counted}" in said
    own, verified = points(plan.own), points(plan.verified)
    assert f"Nilai mandiri {own}; nilai verifikasi sementara {verified}." in said
    for _, reason in (plan.raised, plan.lowered):
        assert reason in said
    assert "pukul 09.00 sampai dengan 10.50 WITA" in said
    # The agreement of the whole sitting, and the question that is open.
    assert [OF_ALL in said, said.count("29 Januari 2027") >= 2] == [True, True]
    word = "menyampaikan keberatan (1):" if plan.objects else "menyetujui"
    assert word in said
    assert plan.word in said
    book = openpyxl.load_workbook(io.BytesIO(next(made[n] for n in made if n.endswith(".xlsx"))))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    # The question that was answered and closed waits for nobody.
    assert [plan.open[1] in cells, plan.asked[1] in cells] == [True, False]


@EVERY_ROOM
def test_nothing_of_another_room_is_on_anybodys_screen(day, plan):
    for person in (day.evaluator(plan), day.team(plan)):
        seen = person.at("").first.inner_text()
        others = [word for other in PLANS if other is not plan for word in other.secrets]
        assert [word for word in others if word in seen] == []
