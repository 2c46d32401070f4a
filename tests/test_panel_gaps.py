"""The explorer of gaps in a real browser, on a page without JupyterLab.

The browser's modules and the kernel's answers are the real ones; only the line between them is
made up, and the sheet that is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter
from nbformat import v4
from playwright.sync_api import Browser

from merit_kit import assessment, instrument
from merit_kit.panels import GapExplorer
from merit_kit.panels._static import script, style
from merit_kit.reports._exporter import MeritExporter
from merit_kit.samples import make_demo
from merit_kit.store import Store, create_store, open_store
from tests.conftest import ROUND, both, furnish, level, verifying
from tests.pages import RULES, opened

pytestmark = pytest.mark.browser

ROOT = '[data-merit="gaps"]'
HOSTILE = '<img src=x onerror="window.hit=1"><b>Kota</b> "&\u202etxt'

LINE = """
const heard = [];
const model = {
  get: (name) => window.STATE[name],
  on: (_, deed) => heard.push(deed),
  off() {},
  model_id: "m",
  send: (message) => window.askKernel(message).then((said) => heard.forEach((each) => each(said))),
  widget_manager: {
    get_model: async (id) => ({ id }),
    create_view: async ({ id }) => ({
      el: Object.assign(document.createElement("p"), { textContent: `lembar ${id}` }), remove() {},
    }),
  },
};
panel.render({ model, el: document.querySelector("main") });
"""
SETTLED = f"""
() => {{
  const {{ asked, answered, ready }} = document.querySelector('{ROOT}')?.dataset ?? {{}};
  return ready === "1" && asked === answered;
}}
"""


class Desk:
    """The explorer on a page."""

    def __init__(self, browser: Browser, explorer: GapExplorer, **how: Any) -> None:
        scheme = how.get("scheme", "light")
        size = how.get("size", (1366, 768))
        self.noise: list[str] = []
        self.explorer = explorer
        self.page = page = browser.new_page(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
        )
        page.on("console", lambda said: self.noise.append(said.text))
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("request", lambda asked: self._asked(asked.url))
        page.expose_function("askKernel", self._answered)
        theme = "true" if scheme == "light" else "false"
        page.set_content(
            f"<!doctype html><html lang=id><head><title>Analisis</title><style>body {{margin: 0}} "
            f"{style('sheet', 'rooms', 'gaps')}</style></head>"
            f"<body data-jp-theme-light={theme}><main></main></body></html>"
        )
        page.evaluate(
            "(state) => (window.STATE = state)",
            {"user": explorer.user, "opening": explorer.opening},
        )
        modules = script("gaps").replace("export default { render };", "const panel = { render };")
        page.add_script_tag(content=modules + LINE, type="module")
        self.settle()

    def _asked(self, address: str) -> None:
        if not address.startswith(("data:", "blob:", "about:")):
            self.noise.append(address)

    def _answered(self, message: dict[str, Any]) -> dict[str, Any]:
        told: list[dict[str, Any]] = []
        self.explorer.send = told.append  # type: ignore[method-assign]
        self.explorer._heard(self.explorer, message, [])
        return told[0]

    def settle(self) -> None:
        self.page.wait_for_function(SETTLED)

    def choose(self, name: str, value: str) -> None:
        self.page.select_option(f'[data-filter="{name}"]', value)
        self.settle()

    def view(self, name: str) -> None:
        self.page.locator(f'.mg-tab[data-view="{name}"]').click()
        self.settle()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(f"{ROOT} {selector}").all_inner_texts()

    def violations(self) -> list[str]:
        found = Axe().run(self.page, context=ROOT, options=RULES).response["violations"]
        return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("demo") / "ws"
    make_demo(folder)
    with open_store(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def explorer(store: Store) -> Iterator[GapExplorer]:
    made = GapExplorer(store, assessment.whoami(store))
    yield made
    made.close()


@pytest.fixture
def desk(chromium: Browser, explorer: GapExplorer) -> Iterator[Desk]:
    made = Desk(chromium, explorer)
    yield made
    assert made.noise == []
    made.page.close()


def test_the_heat_map_is_drawn_and_says_that_it_is_a_simulation(desk):
    assert len(desk.texts(".mg-table tbody tr")) == 12
    assert desk.texts(".ms-marks span")[0] == "SIMULASI, BUKAN HASIL RESMI"
    cell = desk.page.locator('[data-focus="kota-kediri-3"]')
    assert cell.inner_text() == "55"
    assert cell.get_attribute("aria-label") == "Kota Kediri, Pengembangan Karier: 55 persen"
    shades = [
        desk.page.locator(f'.mg-scale [data-tone="{tone}"]').evaluate(
            "(e) => getComputedStyle(e).backgroundColor.match(/\\d+/g).reduce((a, b) => a + +b, 0)"
        )
        for tone in range(5)
    ]
    # In black and white, too, each shade is darker than the one before.
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == 5


def test_filters_and_search_narrow_the_rows(desk):
    desk.choose("kind", "kota")
    assert {"Kota Kediri", "Kota Palu"} <= set(desk.texts(".mg-name"))
    assert len(desk.texts(".mg-name")) == 4
    desk.choose("kind", "")
    desk.page.fill(f"{ROOT} [type=search]", "palu")
    desk.page.wait_for_function(f"document.querySelectorAll('{ROOT} tbody tr').length === 1")
    assert desk.texts(".mg-name") == ["Kota Palu"]
    desk.press("Escape")
    assert len(desk.texts(".mg-name")) == 12


def test_rows_are_put_in_order_and_gone_into_by_sub_aspects(desk):
    desk.page.locator('[data-focus="sort-total"]').click()
    desk.settle()
    totals = [float(text.replace(",", ".").replace("–", "-1")) for text in desk.texts(".mg-total")]
    assert totals == sorted(totals, reverse=True)
    head = desk.page.locator('th[data-column="total"]')
    assert head.get_attribute("aria-sort") == "descending"

    desk.page.locator('[data-focus="deep-7"]').click()
    desk.settle()
    assert desk.texts(".mg-headline")[1:3] == ["7.1", "7.2"]
    desk.page.locator('[data-tool="aspects"]').click()
    desk.settle()
    assert len(desk.texts(".mg-deeper")) == 8


def test_it_is_used_without_the_mouse(desk):
    page = desk.page
    page.locator(f"{ROOT} .mg-scroll").focus()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.closest('tbody') === null"):
        page.keyboard.press("Tab")
    desk.press("ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp")
    assert page.evaluate("document.activeElement.dataset.focus") == "kab-bulukumba-2"

    desk.press("Enter")
    page.locator(f"{ROOT} .mg-item h3").get_by_text("Kabupaten Bulukumba").wait_for()
    desk.press("Escape")
    assert page.locator(f"{ROOT} .mg-item").is_hidden()
    assert page.evaluate("document.activeElement.dataset.focus") == "kab-bulukumba-2"

    desk.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.locator('.mg-tab[aria-selected="true"]').focus()
    desk.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.view") == "spread"
    assert page.locator(f"{ROOT} svg.mc").count() == 1


def test_one_cell_opens_what_is_said_of_the_agency(desk):
    desk.page.locator('[data-focus="kota-kediri-3"]').click()
    desk.settle()
    pane = desk.page.locator(f"{ROOT} .mg-item")

    assert pane.locator("h3").inner_text() == "Kota Kediri"
    assert pane.locator("section").count() == 10
    assert "laporan-coaching-mentoring.docx" in pane.inner_text()
    pane.locator('[data-tool="look"]').click()
    desk.page.locator(f"{ROOT} .mr-place").get_by_text("lembar").wait_for()
    desk.press("b")
    assert pane.is_visible()


def test_what_if_moves_total_category_and_rank_at_once_and_stores_nothing(desk, store):
    before = len(store.entries())
    desk.choose("one", "kota-kediri")
    desk.view("one")
    total = desk.page.locator('[data-figure="total"].mg-figure-of b')
    assert total.inner_text() == "272,5"

    desk.page.locator('[data-code="3.3"][data-step="4"]').click()
    desk.settle()
    assert (total.inner_text(), desk.texts('[data-figure="total"] .mg-was')) == ("278,5", ["272,5"])
    desk.press("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    assert total.inner_text() == "266,5"
    assert desk.page.evaluate("document.activeElement.dataset.step") == "0"
    for code in ("5.1", "5.2", "5.3", "5.4", "5.5"):
        desk.page.locator(f'[data-code="{code}"][data-step="0"]').click()
    desk.settle()
    [category] = desk.texts('[data-figure="category"].mg-figure-of dd')
    assert category.split()[:2] == ["Baik", "Kurang"]
    assert "Tidak ada yang disimpan" in desk.texts(".mg-promise")[0]

    desk.page.locator('[data-tool="reset"]').click()
    desk.settle()
    assert total.inner_text() == "272,5"
    assert len(store.entries()) == before


def test_each_picture_has_its_table_and_goes_along_as_svg_and_png(desk):
    desk.view("both")
    figure = desk.page.locator(f"{ROOT} .mg-figure").first
    with desk.page.expect_download() as svg:
        figure.locator('[data-save="svg"]').click()
    text = svg.value.path().read_text(encoding="utf-8")
    with desk.page.expect_download() as png:
        figure.locator('[data-save="png"]').click()
    content = png.value.path().read_bytes()

    assert text.startswith("<svg xmlns=")
    assert svg.value.suggested_filename.endswith(".svg")
    # Taken along by itself it says what the page says around it.
    assert "SIMULASI, BUKAN HASIL RESMI" in text
    assert "Belum ditetapkan: 11 dari 11 hasil" in text
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert (width, height) > (1000, 300)
    figure.locator("summary").click()
    figure.locator("tbody tr").first.wait_for()
    assert figure.locator("tbody tr").count() == 8
    assert figure.locator("svg").get_attribute("role") == "img"
    desk.view("heat")
    desk.page.locator('[data-tool="picture"]').click()
    desk.page.locator("dialog svg.mc").wait_for()


def test_a_hostile_name_stays_text(chromium, tmp_path, data):
    data["aspects"][0]["name"] = both(HOSTILE)
    with create_store(tmp_path / "ws") as store:
        furnish(store)
        store.add_agencies(
            [{"code": "kota-a", "name": HOSTILE, "kind": "kota", "province": HOSTILE}]
        )
        edition = instrument.from_data(data)
        about = assessment.begin(store, "kota-a", ROUND, edition, "p-1")
        verifying(store, about)
        said = [level(about, c, 2, of="verified", reason=HOSTILE) for c in edition.codes]
        store.append(said, "p-e")
        explorer = GapExplorer(store, "p-s")
        desk = Desk(chromium, explorer)
        desk.page.locator('[data-focus="kota-a-2"]').click()
        desk.settle()
        assert HOSTILE in desk.texts(".mg-said")[0]
        for view in ("spread", "both", "trend"):
            desk.view(view)
        desk.choose("one", "kota-a")
        desk.view("one")
        assert desk.page.evaluate("window.hit") is None
        assert desk.page.locator(f"{ROOT} img").count() == 0
        assert desk.noise == []
        desk.page.close()
        explorer.close()


def test_what_is_read_again_is_what_every_view_shows(chromium, tmp_path, data):
    with create_store(tmp_path / "ws") as store:
        furnish(store)
        about = assessment.begin(store, "kota-a", ROUND, instrument.from_data(data), "p-1")
        verifying(store, about)
        by = {"of": "verified", "author": "p-e"}
        said = {code: level(about, code, n, **by) for code, n in (("2.1", 1), ("1.1", 3))}
        seen = level(about, "1.1", 1, of="field", author="p-e", reason="Belum dijalankan")
        more = {"finding": "0" * 32, "source": "kunjungan", "seen_on": "2026-03-01", "photos": []}
        seen = replace(seen, body={**seen.body, **more})
        store.append([*said.values(), seen, level(about, "1.2", 4, **by)], "p-e")
        explorer = GapExplorer(store, "p-s")
        desk = Desk(chromium, explorer)
        page = desk.page

        def state(code, value):
            said[code] = level(about, code, value, base=(said[code].id,), **by)
            store.append([said[code]], "p-e")
            page.locator(f"{ROOT} .mg-again").click()
            desk.settle()

        assert desk.texts('[data-figure="mismatches"] b') == ["1"]
        page.locator('[data-focus="kota-a-1"]').click()
        desk.settle()
        first = page.locator(f'{ROOT} [data-code="1.1"][data-mismatch]')
        assert "level 1, di bawah verifikasi 3" in first.locator(".mg-warned").inner_text()
        assert "Belum dijalankan" in first.inner_text()
        state("1.1", 2)
        assert "level 1, di bawah verifikasi 2" in first.locator(".mg-warned").inner_text()
        assert page.evaluate("document.activeElement.classList.contains('mg-again')")

        desk.choose("one", "kota-a")
        desk.view("one")
        page.locator('[data-code="2.1"][data-step="3"]').click()
        page.locator('[data-code="1.1"][data-step="4"]').click()
        desk.settle()
        state("2.1", 2)
        assert page.locator('[data-code="2.1"][data-was]').get_attribute("data-step") == "2"
        assert desk.texts('[data-figure="total"].mg-figure-of dd')[0].split()[:2] == ["240", "330"]
        # What was supposed is so by now.
        state("2.1", 3)
        assert desk.texts('[data-figure="total"].mg-figure-of dd')[0].split()[:2] == ["310", "330"]
        assert page.locator(f"{ROOT} .mg-sub[data-changed]").count() == 1

        store.append([level(about, "1.1", n, base=(said["1.1"].id,), **by) for n in (0, 4)], "p-e")
        page.locator(f"{ROOT} .mg-again").click()
        desk.settle()
        assert desk.texts(".mg-sub .mg-dispute") == [" · konflik"]
        desk.view("heat")
        cell = page.locator('[data-focus="kota-a-1"]')
        assert (cell.inner_text(), "konflik" in cell.get_attribute("aria-label")) == ("≠", True)
        cell.click()
        desk.settle()
        assert "level 0, 4" in desk.texts('[data-code="1.1"] .mg-warned')[0]
        assert desk.violations() == []
        assert desk.noise == []
        page.close()
        explorer.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [(683, 384), (1366, 768)], ids=["200 %", "laptop"])
def test_axe_finds_nothing_and_nothing_is_cut_off(chromium, explorer, scheme, size):
    desk = Desk(chromium, explorer, scheme=scheme, size=size)
    assert desk.violations() == []
    desk.page.locator('[data-focus="kota-kediri-3"]').click()
    desk.settle()
    assert desk.violations() == []
    desk.choose("one", "kota-kediri")
    for view in ("spread", "both", "trend", "one"):
        desk.view(view)
        assert desk.violations() == [], view
        wide = desk.page.evaluate(
            f"""() => [...document.querySelectorAll('{ROOT} :is(button, select, h2, h3, p)')]
              .filter((each) => each.getClientRects().length)
              .filter((each) => !each.closest(".mg-tools, .mg-tabs, .mg-wide, .mg-scroll"))
              .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
              .map((each) => each.outerHTML.slice(0, 100))"""
        )
        assert wide == [], view
    assert desk.noise == []
    desk.page.close()


def test_the_page_that_a_notebook_keeps_is_whole_and_quiet(chromium, explorer, tmp_path):
    kept = explorer._repr_mimebundle_()
    html = (kept[0] if isinstance(kept, tuple) else kept)["text/html"]
    path = tmp_path / "a.html"
    head = "<!doctype html><html lang=id><head><meta charset=utf-8><title>A</title></head>"
    path.write_text(f"{head}<body><main><h1>A</h1>{html}</main></body></html>", encoding="utf-8")

    with opened(chromium, path) as (page, noise):
        assert page.locator("svg.mc").count() == 5
        assert page.locator("figure table").count() == 5
        assert noise == []
        found = Axe().run(page, options=RULES).response["violations"]
        assert [v["id"] for v in found] == []


# The stock page names addresses of its own, which are left empty; what is ours must name none.
STOCK = partial(HTMLExporter, require_js_url="", mathjax_url="", mermaid_js_url="")


@pytest.mark.parametrize("exporter", [MeritExporter, STOCK], ids=["merit", "stock"])
def test_an_exported_notebook_keeps_the_pictures_and_asks_for_nothing(
    chromium, explorer, tmp_path, exporter
):
    kept = explorer._repr_mimebundle_()
    data = kept[0] if isinstance(kept, tuple) else kept
    notebook = v4.new_notebook(cells=[v4.new_code_cell("panels.gaps(store)")])
    notebook.cells[0].outputs = [v4.new_output("execute_result", data=data, execution_count=1)]
    page, _ = exporter().from_notebook_node(notebook)
    path = tmp_path / "a.html"
    path.write_text(page, encoding="utf-8")

    with opened(chromium, path) as (shown, noise):
        assert shown.locator("svg.mc:visible").count() == 5
        assert shown.locator("figure details").count() == 5
        assert shown.get_by_text("SIMULASI, BUKAN HASIL RESMI").first.is_visible()
        assert noise == []
