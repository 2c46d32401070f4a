"""How long an evaluator waits: our panel and a plain ipywidgets sheet, in one real browser.

    python benchmarks/panel.py [--runs 7] [--clicks 300] [--burst 50] [--entries 10000]

Both sheets show the 37 sub-aspects of kasn-2019 in a real JupyterLab in headless Chromium, record
through the same door into SQLite with FULL durability, and have their imports done before. The
plain one is what a notebook's author would write: for each sub-aspect an HTML, a ToggleButtons and
a Textarea, one below the other, and a line that says when a click was stored. It is measured in
JupyterLab as it comes, which is what one has without the kit (`plain`), and in ``merit lab``, whose
settings make it faster too (`plain_in_our_lab`); and once more with a widget for each part that our
sheet has (`plain_all_parts`). Ours is in ``merit lab``.

*interactive*: from the start of the cell until a real click on the last sub-aspect is acknowledged
on the screen, each time with a new panel (median of `runs`). *ack*, in the kit's own notebook: from
the trusted input event to the frame that says *tersimpan*, for `clicks` at 3 a second and a burst
of `burst` at 20 a second; then again with `entries` earlier entries. *flood*, by itself: `burst`
clicks with no pause at all, 100 to 200 a second as the driver makes them, which no hand does;
Chromium then serves the clicks before any answer. What was clicked is read back by another process.
Everything on this machine, over loopback, on Linux. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Error, Page

from merit_kit import assessment, instrument
from merit_kit.files import kit_folder
from merit_kit.lab import SITTING
from merit_kit.store import Statement, Store, create_store, open_store
from tests.labs import Lab, running_lab
from tests.pages import browser

ROUND = "2026-1"
RATE, BURST_RATE = 3, 20  # clicks a second; no hand clicks twenty times
TRIES = 3  # JupyterLab now and then leaves an output where nothing can be clicked
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
    rows += [title, picker, W.Textarea(placeholder="Catatan"), *more(sub)]
W.VBox(rows)
"""
THREE = "def more(sub): return []\n"
# The parts our sheet has, as widgets.
ALL_PARTS = """
def more(sub):
    texts = [W.Textarea(placeholder=name) for name in ("Alasan", "Internal", "Rekomendasi")]
    given = W.HTML("<ul>" + "".join(f"<li>{{item.id}}</li>" for item in sub.evidence) + "</ul>")
    states = W.Dropdown(options=["belum diperiksa", "sesuai", "kurang"])
    question = [W.Textarea(placeholder="Klarifikasi"), W.Text(placeholder="Yang kurang"),
                W.DatePicker(), W.Button(description="Tanyakan")]
    return [W.HTML("Nilai mandiri: -"), *texts, given, states, *question]
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

# Resolves to where to click in the first frame in which a click there would hit the thing.
SHEET = '[data-merit="sheet"][data-ready="1"]'
WHERE = """
(selector) => new Promise((resolve, reject) => {
  const until = performance.now() + 20000;
  const look = () => {
    if (performance.now() > until) return reject(new Error(`nothing to click: ${selector}`));
    const found = document.querySelector(selector);
    if (found) {
      found.scrollIntoView({ block: "nearest" });
      const box = found.getBoundingClientRect();
      const high = Math.min(box.height, innerHeight - box.y);
      const place = [box.x + box.width / 2, box.y + high / 2];
      if (found.contains(document.elementFromPoint(...place))) return resolve(place);
    }
    requestAnimationFrame(look);
  };
  look();
})
"""
# Whether a click on a row has opened its item; at once, or in the next few frames.
OPENED = """
(code) => new Promise((resolve) => {
  let frames = 5;
  const look = () => {
    if (document.querySelector(`.ms-item[data-item="${code}"]`)) return resolve(true);
    frames -= 1;
    if (frames === 0) return resolve(false);
    requestAnimationFrame(look);
  };
  look();
})
"""

# When each click was made, by the operation it led to; when its *tersimpan* was on the screen.
LISTEN = """
() => {
  window.made = {}; window.seen = {};
  if (window.listens) return;
  window.listens = true;
  window.clicked = 0;
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


def furnish(folder: Path, agencies: int) -> list[str]:
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
    return codes


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
    page.wait_for_function(
        """(name) => {
          const { context } = window.jupyterapp?.shell.currentWidget ?? {};
          const kernel = context?.path === name && context.sessionContext.session?.kernel;
          return kernel && kernel.connectionStatus === "connected" && kernel.status === "idle";
        }""",
        arg=name,
        timeout=60_000,
    )
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


@contextmanager
def sitting(chromium: Any, lab: Lab, agency: str) -> Iterator[Page]:
    """Open the kit's own notebook on an agency, as an evaluator does; it runs by itself."""
    source = (kit_folder("notebooks") / SITTING).read_text(encoding="utf-8")
    source = source.replace("agency = None", f"agency = '{agency}'")
    source = source.replace("round_ = None", f"round_ = '{ROUND}'")
    (lab.folder / f"{agency}.ipynb").write_text(source, encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(20_000)
    page.goto(lab.address(f"{agency}.ipynb"))
    page.wait_for_selector(SHEET, timeout=60_000)
    page.wait_for_timeout(1500)
    yield page
    page.close()


class PlainLab(Lab):
    """JupyterLab as it comes, on a folder."""

    _port: int | None = None

    @property
    def port(self) -> int:
        """A free port, the same for the life of this lab."""
        if self._port is None:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self._port = int(free.getsockname()[1])
        return self._port

    def address(self, notebook: str | None = None, port: int | None = None) -> str:
        """Return what a browser opens: a notebook as JupyterLab does, beside its file browser."""
        return f"http://127.0.0.1:{port or self.port}/lab/tree/{notebook}?reset&token={self.token}"

    def command(self, *options: str) -> list[str]:
        """Return the command line."""
        return [
            *(sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={self.folder}"),
            *("--no-browser", "--allow-root", f"--ServerApp.port={self.port}"),
            *(f"--IdentityProvider.token={self.token}", "--LabApp.expose_app_in_browser=True"),
            *options,
        ]


@contextmanager
def plain_lab(folder: Path, home: Path) -> Iterator[Lab]:
    """Run JupyterLab as it comes; ended afterwards."""
    running = PlainLab(folder, home, ())
    try:
        running.start()
        yield running
    finally:
        running.close()


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
    click(page, row)
    while not page.evaluate(OPENED, LAST):
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


def acks(page: Page, clicks: int, burst: int, flood: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds from each click to its *tersimpan* on the screen; those of the flood.

    Each click takes another level than the one before it: the same again states nothing.
    """
    codes = instrument.load("kasn-2019").codes
    page.evaluate(LISTEN)
    for n in range(clicks):
        began = time.monotonic()
        if n % 8 == 0:  # as in a sitting: a few thoughts about one item, then the next
            click(page, f'{SHEET} .ms-row[data-code="{codes[n // 8 % len(codes)]}"]')
        click(page, f'{SHEET} [data-step="{1 + n % 4}"]')
        page.wait_for_timeout(max(0, 1000 / RATE - (time.monotonic() - began) * 1000))
    card = SHEET + ' [data-step="{}"]'
    boxes = [page.evaluate(WHERE, card.format(step)) for step in (1, 2, 3, 4)]
    for n in range(clicks, clicks + burst):
        began = time.monotonic()
        page.mouse.click(*boxes[n % 4])
        page.wait_for_timeout(max(0, 1000 / BURST_RATE - (time.monotonic() - began) * 1000))
    apart = answered(page, clicks + burst)
    page.evaluate(LISTEN)
    for n in range(clicks + burst, clicks + burst + flood):
        page.mouse.click(*boxes[n % 4])
    return apart, answered(page, flood)


def answered(page: Page, clicks: int) -> list[float]:
    """Wait until so many clicks since the last LISTEN are answered; return how long each took."""
    page.wait_for_function(f"Object.keys(seen).length >= {clicks}", timeout=60_000)
    took = "Object.keys(made).filter((id) => id in seen).map((id) => seen[id] - made[id])"
    return list(page.evaluate(took))


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
        (Path(made) / "plain").mkdir()
        agencies = iter(furnish(folder, 4 * given.runs * TRIES + 3))
        with (
            running_lab(folder, home) as lab,
            plain_lab(folder, Path(made) / "plain") as plain,
            browser() as chromium,
        ):
            kinds = {
                "plain": (plain, THREE + PLAIN, interactive_plain),
                "plain_in_our_lab": (lab, THREE + PLAIN, interactive_plain),
                "plain_all_parts": (plain, ALL_PARTS + PLAIN, interactive_plain),
                "ours": (lab, OURS, interactive_ours),
            }
            took: dict[str, list[float]] = {key: [] for key in kinds}
            messages: dict[str, list[int]] = {key: [] for key in kinds}
            for n in range(given.runs):
                for key, (where, source, measure) in kinds.items():
                    for attempt in range(TRIES):
                        name = f"{key}-{n}-{attempt}.ipynb"
                        notebook(folder / name, IMPORTS, source.format(agency=next(agencies)))
                        with opened(chromium, where, name) as (page, counted):
                            before = counted["messages"]
                            try:
                                took[key].append(measure(page))
                            except Error as error:
                                print(f"{key} {n + 1}, once more: {error.message}", flush=True)
                                continue
                            messages[key].append(counted["messages"] - before)
                        print(f"{key} {n + 1}: {took[key][-1]:.3f}", flush=True)
                        break
            for key in kinds:
                found[f"{key}_interactive_s"] = round(statistics.median(took[key]), 3)
                found[f"{key}_messages"] = int(statistics.median(messages[key]))
            for suffix, entries in (("", 0), ("_10k", given.entries)):
                agency = next(agencies)
                if entries:
                    with open_store(folder) as store:
                        about = assessment.find(store, agency, ROUND)
                        fill(store, str(about), entries)
                with sitting(chromium, lab, agency) as page:
                    waits, flood = acks(page, given.clicks, given.burst, given.burst)
                stored = count_levels(folder, agency)
                seen = len(waits) + len(flood)
                if not stored == given.clicks + 2 * given.burst == seen:
                    sys.exit(f"clicks were lost: {stored} stored, {seen} acknowledged")
                found[f"flood_p95_ms{suffix}"] = round(quantile(flood, 95), 1)
                for q in (50, 95):
                    found[f"ack_p{q}_ms{suffix}"] = round(quantile(waits, q), 1)
                print(f"{entries} earlier entries: worst {max(waits):.0f} ms", flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
