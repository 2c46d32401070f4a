"""How long an evaluator waits: our panel and a plain ipywidgets sheet, in one real browser.

    python benchmarks/panel.py [--runs 7] [--clicks 300] [--burst 50] [--entries 10000]

Both sheets show the 37 sub-aspects of kasn-2019 in a real JupyterLab (``merit lab``) in headless
Chromium, record through the same door into SQLite with FULL durability, and have their imports done
before. The plain one is what a notebook's author would write: for each sub-aspect an HTML, a
ToggleButtons and a Textarea, one below the other, and a line that says when a click was stored.

*interactive*: from the start of the cell until a real click on the last sub-aspect is acknowledged
on the screen, each time with a new panel (median of `runs`). *ack*: from the trusted input event to
the frame that says *tersimpan*, for `clicks` at 3 a second and a burst of `burst` as fast as the
mouse goes; then again with `entries` earlier entries. What was clicked is read back by another
process. Everything on this machine, over loopback, on Linux. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page

from merit_kit import assessment, instrument
from merit_kit.store import Statement, Store, create_store, open_store
from tests.labs import Lab, running_lab
from tests.pages import browser

ROUND = "2026-1"
LAST = instrument.load("kasn-2019").codes[-1]

OURS = """
sheet = panels.scoring(store, "{agency}", "2026-1")
sheet
"""
PLAIN = """
about = assessment.find(store, "{agency}", "2026-1")
status = W.HTML("-")

def stated(change, code):
    body = assessment.level_body(code, "verified", change["new"])
    said = Statement(about, "level", person, assessment.now(), body, tuple(standing.get(code, ())))
    [outcome] = assessment.record(store, [said], person)
    standing[code] = [said.id]
    status.value = f"<b class='plain-status' data-n='{{outcome.position}}'>tersimpan</b>"

standing, rows = {{}}, [status]
for sub in edition.sub_aspects:
    texts = "".join(f"<li>{{text.id}}</li>" for text in sub.levels.values())
    title = W.HTML(f"<h4>{{sub.code}} {{sub.name.id}}</h4><ol>{{texts}}</ol>")
    picker = W.ToggleButtons(options=[1, 2, 3, 4], value=None)
    picker.add_class("plain-" + sub.code.replace(".", "-"))
    picker.observe(lambda change, code=sub.code: stated(change, code), "value")
    rows += [title, picker, W.Textarea(placeholder="Catatan")]
W.VBox(rows)
"""
IMPORTS = """
import ipywidgets as W
from merit_kit import assessment, instrument, panels
from merit_kit.store import Statement, open_store
store = open_store(".")
person = assessment.whoami(store)
edition = instrument.load("kasn-2019")
warm = assessment.find(store, "kota-00", "2026-1")
"""

# Resolves to where to click as soon as that has stood still for a frame.
SHEET = '[data-merit="sheet"][data-ready="1"]'
WHERE = """
(selector) => new Promise((resolve, reject) => {
  const until = performance.now() + 20000;
  let last = "";
  const look = () => {
    if (performance.now() > until) return reject(new Error(`nothing to click: ${selector}`));
    requestAnimationFrame(look.next);
  };
  look.next = () => {
    const found = document.querySelector(selector);
    if (!found) return look();
    found.scrollIntoView({ block: "nearest" });
    const box = found.getBoundingClientRect();
    const place = [box.x + box.width / 2, box.y + Math.min(box.height, innerHeight - box.y) / 2];
    if (String(place) === last) return resolve(place);
    last = String(place);
    look();
  };
  look.next();
})
"""

# When each click was made, by the operation it led to; when its *tersimpan* was on the screen.
LISTEN = """
() => {
  window.clicked = 0; window.made = {}; window.seen = {};
  const keep = Storage.prototype.setItem;
  Storage.prototype.setItem = function (key, value) {
    const id = key.split("/").pop();
    if (key.startsWith("merit/") && /^[0-9a-f]{32}$/.test(id) && !(id in window.made)) {
      window.made[id] = window.clicked;
    }
    return keep.call(this, key, value);
  };
  addEventListener("pointerdown", (event) => { window.clicked = event.timeStamp; }, true);
  addEventListener("merit-acked", (event) => {
    window.seen[event.detail.id] = performance.now();
  }, true);
}
"""


def furnish(folder: Path, agencies: int) -> None:
    """Make a store with `agencies` open assessments in verification, ours to score."""
    with create_store(folder) as store:
        by = assessment.settle_in(store, "Penilai Uji")
        codes = [f"kota-{n:02}" for n in range(agencies)]
        store.add_agencies([{"code": code, "name": code, "kind": "kota"} for code in codes])
        store.add_round(ROUND, 2026, 1)
        edition = instrument.load("kasn-2019")
        for code in codes:
            assessment.begin(store, code, ROUND, edition, by)
        assessment.advance(store, ROUND, "verifikasi", by)


def fill(store: Store, about: str, entries: int) -> None:
    """Put earlier entries into an assessment: notes, each naming the one before it."""
    by = assessment.whoami(store)
    codes = assessment.instrument_of(store, about).codes
    last: dict[str, tuple[str, ...]] = {}
    said = []
    for n in range(entries):
        code = codes[n % len(codes)]
        body = {"sub_aspect": code, "text": f"Catatan ke-{n}: dokumen lengkap, belum mutakhir."}
        said.append(Statement(about, "note", by, assessment.now(), body, last.get(code, ())))
        last[code] = (said[-1].id,)
    store.append(said, by)


def notebook(path: Path, *sources: str) -> None:
    """Write a notebook of these cells."""
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {}, "outputs": [],
         "source": source.strip()}
        for n, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    written = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    path.write_text(json.dumps({**written, "nbformat_minor": 5}), encoding="utf-8")


@contextmanager
def opened(chromium: Any, lab: Lab, name: str) -> Any:
    """Open a notebook with its imports done; count the messages of its kernel."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    counted = {"messages": 0}

    def count(*_: Any) -> None:
        counted["messages"] += 1

    def listen(socket: Any) -> None:
        if "/channels" in socket.url:
            socket.on("framesent", count)
            socket.on("framereceived", count)

    page.set_default_timeout(20_000)
    page.on("websocket", listen)
    page.goto(lab.address(name))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000)
    page.evaluate("jupyterapp.shell.activateById(jupyterapp.shell.currentWidget.id)")
    page.wait_for_function("jupyterapp.commands.isEnabled('notebook:run-cell')")
    page.wait_for_timeout(500)
    run(page, 0)
    page.wait_for_function(
        "jupyterapp.shell.currentWidget.content.model.cells.get(0).executionCount === 1"
    )
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    page.wait_for_timeout(1500)
    yield page, counted
    page.close()


def run(page: Page, cell: int) -> None:
    """Run one cell."""
    page.evaluate(
        """(cell) => {
          const notebook = jupyterapp.shell.currentWidget.content;
          notebook.activeCellIndex = cell;
          window.began = performance.now();
          void jupyterapp.commands.execute("notebook:run-cell");
        }""",
        cell,
    )


def click(page: Page, selector: str) -> None:
    """Click, with the mouse, as soon as there is something to click."""
    page.mouse.click(*page.evaluate(WHERE, selector))


def interactive_ours(page: Page) -> float:
    """Return the seconds from the start of the cell to the acknowledged click."""
    page.evaluate(LISTEN)
    run(page, 1)
    row = f'{SHEET} .ms-row[data-code="{LAST}"]'
    while page.locator(f'.ms-item[data-item="{LAST}"]').count() == 0:
        # JupyterLab may scroll a new output just as one clicks; the second click is on our time.
        click(page, row)
    click(page, f'{SHEET} [data-step="3"][data-code="{LAST}"]')
    page.wait_for_function("Object.keys(seen).length > 0", polling="raf")
    return float(page.evaluate("(Object.values(seen)[0] - began) / 1000"))


def interactive_plain(page: Page) -> float:
    """Return the seconds from the start of the cell to the acknowledged click."""
    run(page, 1)
    click(page, f".plain-{LAST.replace('.', '-')} button:nth-of-type(3)")
    page.wait_for_selector(".plain-status", timeout=30_000)
    return float(page.evaluate("(performance.now() - began) / 1000"))


def acks(page: Page, clicks: int, burst: int) -> list[float]:
    """Return the milliseconds from each click to its *tersimpan* on the screen."""
    codes = instrument.load("kasn-2019").codes
    page.evaluate(LISTEN)
    total = 0
    for n in range(clicks):
        began = time.monotonic()
        if n % 8 == 0:  # as in a sitting: a few thoughts about one item, then the next
            click(
                page,
                f'{SHEET} .ms-row[data-code="{codes[n // 8 % len(codes)]}"]',
            )
        click(page, f'{SHEET} [data-step="{1 + n % 4}"]')
        total += 1
        page.wait_for_timeout(max(0, 333 - (time.monotonic() - began) * 1000))
    card = SHEET + ' [data-step="{}"]'
    boxes = [page.evaluate(WHERE, card.format(step)) for step in (1, 2, 3, 4)]
    for n in range(burst):
        page.mouse.click(*boxes[(n + 1) % 4])
        total += 1
    page.wait_for_function(f"Object.keys(seen).length >= {total}", timeout=60_000)
    return list(page.evaluate("Object.keys(made).filter((id) => id in seen)"
                              ".map((id) => seen[id] - made[id])"))  # fmt: skip


def count_levels(folder: Path, agency: str) -> int:
    """Count the levels of an assessment, in another process."""
    code = (
        "import sys; from merit_kit import assessment; from merit_kit.store import open_store\n"
        "store = open_store(sys.argv[1]); about = assessment.find(store, sys.argv[2], '2026-1')\n"
        "print("
        "(store.entries([about])['kind'] == 'level').sum())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder), agency],
                          check=True, capture_output=True, text=True)  # fmt: skip
    return int(done.stdout)


def quantile(values: list[float], q: int) -> float:
    """Return the q-th percentile."""
    return statistics.quantiles(values, n=100, method="inclusive")[q - 1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--clicks", type=int, default=300)
    parser.add_argument("--burst", type=int, default=50)
    parser.add_argument("--entries", type=int, default=10_000)
    given = parser.parse_args()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="merit-") as made:
        folder, home = Path(made) / "ws", Path(made) / "home"
        home.mkdir()
        furnish(folder, 2 * given.runs + 3)
        agencies = iter(f"kota-{n:02}" for n in range(2 * given.runs + 3))
        with running_lab(folder, home) as lab, browser() as chromium:
            took: dict[str, list[float]] = {"plain": [], "ours": []}
            messages: dict[str, list[int]] = {"plain": [], "ours": []}
            for n in range(given.runs):
                for kind, source, measure in (
                    ("plain", PLAIN, interactive_plain),
                    ("ours", OURS, interactive_ours),
                ):
                    name = f"{kind}-{n}.ipynb"
                    notebook(folder / name, IMPORTS, source.format(agency=next(agencies)))
                    with opened(chromium, lab, name) as (page, counted):
                        before = counted["messages"]
                        took[kind].append(measure(page))
                        messages[kind].append(counted["messages"] - before)
                    print(f"{kind} {n + 1}: {took[kind][-1]:.3f} s", flush=True)
            for kind in took:
                found[f"{kind}_interactive_s"] = round(statistics.median(took[kind]), 3)
                found[f"{kind}_messages"] = int(statistics.median(messages[kind]))
            for suffix, entries in (("", 0), ("_10k", given.entries)):
                agency = next(agencies)
                if entries:
                    with open_store(folder) as store:
                        about = assessment.find(store, agency, ROUND)
                        fill(store, str(about), entries)
                name = f"ack{suffix}.ipynb"
                notebook(folder / name, IMPORTS, OURS.format(agency=agency))
                with opened(chromium, lab, name) as (page, _):
                    run(page, 1)
                    page.wait_for_selector('[data-merit="sheet"][data-ready="1"]')
                    page.wait_for_timeout(1500)
                    waits = acks(page, given.clicks, given.burst)
                stored = count_levels(folder, agency)
                if not stored == given.clicks + given.burst == len(waits):
                    sys.exit(f"clicks were lost: {stored} stored, {len(waits)} acknowledged")
                for q in (50, 95):
                    found[f"ack_p{q}_ms{suffix}"] = round(quantile(waits, q), 1)
                print(f"{entries} earlier entries: worst {max(waits):.0f} ms", flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
