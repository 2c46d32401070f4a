"""Pages in a real browser: nothing asked from outside, nothing out of reach, nothing run.

Made by the real batch from the demonstration round: a complete report, one half-way, one whose
agency writes what a hostile agency might, and one in English.
"""

from __future__ import annotations

import json

import pytest
from pypdf import PdfReader

from merit_kit import assessment, samples, workbook
from merit_kit.assessment import Case
from merit_kit.reports import make_reports
from merit_kit.store import create_store
from tests.conftest import furnish
from tests.pages import browser, opened, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

HOSTILE = (
    "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>\\\u202e😀'\"&;}"
    + "W" * 10_000
)
NAMES = ("complete", "halfway", "hostile", "english")


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
            invented=True,
            evaluator="p-e",
            stage="verifikasi",
        )
        halfway, complete, other = assessment.make_cases(store, samples.DEMO_ROUND)
    data = json.loads(other.text)
    data["agency"]["name"] = HOSTILE
    for entry in data["entries"][1:]:
        payload = json.loads(entry["payload"])
        payload["body"].update(
            {k: HOSTILE[:200] for k in ("reason", "text") if k in payload["body"]}
        )
        entry["payload"] = json.dumps(payload)
    made = [
        *make_reports([complete, halfway, Case(data)], folder),
        *make_reports([complete], folder, lang="en"),
    ]
    assert [outcome.error for outcome in made] == [None] * 4
    return dict(zip(NAMES, [outcome.path for outcome in made], strict=True))


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


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
@pytest.mark.parametrize("name", ["complete", "hostile"])
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
    assert sum(sheet.count("400 283 264") for sheet in sheets) == 1


def test_a_page_is_below_150_kb(pages):
    assert max(pages[name].stat().st_size for name in ("complete", "halfway", "english")) < 150_000


def test_every_table_has_a_caption_and_every_picture_a_name(pages, chromium):
    with opened(chromium, pages["complete"]) as (page, _):
        tables, captions = page.locator("table").count(), page.locator("table > caption").count()
        unnamed = page.locator("svg:not([role=img][aria-label])").count()
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName)")
    assert tables == captions > 8
    assert unnamed == 0
    assert levels.count("H1") == 1
