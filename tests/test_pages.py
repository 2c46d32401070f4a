"""Pages in a real browser: nothing asked from outside, nothing out of reach, nothing run.

Made by the real batch from the demonstration round: a complete report, one half-way, one with
something in every part, the same with all texts what a hostile agency might write, and one in
English.
"""

from __future__ import annotations

import json
import re

import pytest
from pypdf import PdfReader

from merit_kit import assessment, samples, workbook
from merit_kit.assessment import Case
from merit_kit.reports import Comparison, make_reports
from merit_kit.store import create_store, new_id
from tests.conftest import furnish
from tests.pages import opened, violations
from tests.sayings import record, say

pytestmark = pytest.mark.browser

HOSTILE = (
    "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>\\\u202e😀'\"&;}"
    + "W" * 10_000
)
EVIDENCE_STATES = ("sesuai", "kurang", "kedaluwarsa", "tidak-dapat-dibuka", "belum-diperiksa")
NAMES = ("complete", "halfway", "rich", "hostile", "english")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    files = samples.write_demo(folder)
    with create_store(folder) as store:
        furnish(store)
        store.add_agencies(workbook.read_agencies(files.agencies))
        store.add_round(samples.DEMO_ROUND, *samples.DEMO_ROUND_PARTS)
        three = ("kota-kediri", "kab-luwu-timur", "kota-palu")
        assessment.import_files(
            store,
            [path for path in files.levels if path.stem in three],
            samples.DEMO_ROUND,
            "p-s",
            assessment.Incoming(invented=True, evaluator="p-e", stage="verifikasi"),
        )
        enrich(store)
        halfway, complete, rich = assessment.make_cases(store, samples.DEMO_ROUND)
    data = json.loads(rich.text)
    data["agency"]["name"] = HOSTILE
    for entry in data["entries"][1:]:
        payload = json.loads(entry["payload"])
        payload["body"].update(
            {
                k: HOSTILE[:200]
                for k in ("reason", "text", "missing", "name")
                if k in payload["body"]
            }
        )
        entry["payload"] = json.dumps(payload)
    data["agency"]["code"] = "kota-jahat"
    others = {"kota-palu": group_of(rich), "kota-jahat": group_of(rich)}
    made = [
        *make_reports([complete, halfway, rich, Case(data)], folder, comparisons=others),
        *make_reports([complete], folder, lang="en"),
    ]
    assert [outcome.error for outcome in made] == [None] * 5
    return dict(zip(NAMES, [outcome.path for outcome in made], strict=True))


def enrich(store) -> None:
    """Have something said of kota-palu in every part of its report, on ten sub-aspects."""
    store.appoint("p-1", "agency", "kota-palu")
    about = assessment.find(store, "kota-palu", samples.DEMO_ROUND)
    codes = assessment.instrument_of(store, about).codes[:10]
    for place, code in enumerate(codes):
        thread = new_id()
        stored = store.put_evidence(f"isi {code}".encode(), about)
        file = {"file": new_id(), "sha256": stored.sha256}
        state = EVIDENCE_STATES[place % len(EVIDENCE_STATES)]
        record(store, say("evidence", about, sub_aspect=code, size=stored.size, **file))
        record(store, say("evidence-state", about, state=state, **file))
        question = say("question", about, sub_aspect=code, thread=thread)
        record(store, question)
        if place % 2:
            files = [stored.sha256]
            record(store, say("answer", about, question.id, thread=thread, files=files))
        record(store, say("recommendation", about, sub_aspect=code))
        found = {"sub_aspect": code, "level": 0, "finding": new_id(), "photos": []}
        record(store, say("field", about, **found))
        record(store, say("objection", about, thread=new_id(), sub_aspect=code))
    assessment.advance(store, samples.DEMO_ROUND, "perbaikan", "p-s", ["kota-palu"])
    record(store, *(say("akhir", about, sub_aspect=code, level=4) for code in codes[:3]))


def group_of(case: Case) -> Comparison:
    figures = {"low": "40.5", "median": "61.25", "high": "75"}
    determined = {
        "n": 7,
        "rounds": ["2025-1", "2026-2"],
        "total": {"low": "190.5", "median": "240", "high": "283.25"},
        "aspects": {str(aspect.number): figures for aspect in case.instrument.aspects},
    }
    about = {"format": 1, "kind": "kota", "round": samples.DEMO_ROUND}
    return Comparison({**about, "determined": determined, "published": None})


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_wrong_with_a_page(pages, chromium, name):
    with opened(chromium, pages[name]) as (page, _):
        assert violations(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_runs_nothing_and_says_nothing(pages, chromium, name):
    with opened(chromium, pages[name]) as (page, noise):
        page.wait_for_timeout(100)
        assert noise == []
        assert page.locator("script, iframe, object, embed, link, img").count() == 0


@pytest.mark.parametrize("width", [360, 794, 1366])
@pytest.mark.parametrize("name", ["complete", "rich", "hostile"])
def test_nothing_hangs_over_the_edge_of_the_screen(pages, chromium, name, width):
    with opened(chromium, pages[name], width) as (page, _):
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]


def test_a_page_prints_on_a4_with_the_mark_and_the_digest_on_every_sheet(pages, chromium, tmp_path):
    pdf = tmp_path / "laporan.pdf"
    with opened(chromium, pages["complete"]) as (page, _):
        page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)

    printed = PdfReader(pdf).pages
    sheets = [sheet.extract_text() for sheet in printed]
    assert {(round(s.mediabox.width), round(s.mediabox.height)) for s in printed} == {(595, 842)}
    assert 5 <= len(sheets) <= 16
    for number, sheet in enumerate(sheets, start=1):
        assert "SIMULASI, BUKAN HASIL RESMI" in sheet
        assert "digest" in sheet
        assert f"{number} / {len(sheets)}" in sheet
    # The sum stands once, at the end of its table, and not at the foot of each sheet.
    assert sum(sheet.count("400 283 272,5") for sheet in sheets) == 1


def test_a_page_is_below_150_kb(pages):
    names = ("complete", "halfway", "rich", "english")
    assert max(pages[name].stat().st_size for name in names) < 150_000


def test_a_sub_aspect_is_not_torn_apart_by_the_edge_of_a_sheet(pages, chromium, tmp_path):
    pdf = tmp_path / "laporan.pdf"
    with opened(chromium, pages["rich"]) as (page, _):
        page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)

    sheets = [sheet.extract_text() for sheet in PdfReader(pdf).pages]
    assert len(sheets) <= 24
    # Each agency explained every level: as many explanations as sub-aspects begin on a sheet.
    told = [text for text in sheets if "Keterangan instansi:" in text]
    told = [text for text in told if "Jawaban instansi" not in text]
    assert len(told) > 5
    for text in told:
        begun = re.findall(r"^\d\.\d+\b", text, re.MULTILINE)
        assert len(begun) == text.count("Keterangan instansi:"), begun


def test_every_table_has_a_caption_and_every_picture_a_name(pages, chromium):
    with opened(chromium, pages["complete"]) as (page, _):
        tables, captions = page.locator("table").count(), page.locator("table > caption").count()
        unnamed = page.locator("svg:not([role=img][aria-label])").count()
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName)")
    assert tables == captions > 8
    assert unnamed == 0
    assert levels.count("H1") == 1
