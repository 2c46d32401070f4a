"""How long an analyst waits: the explorer of gaps, at 640 agencies and 10 rounds.

    python benchmarks/explorer.py [--filters 200] [--runs 3] [--folder DIR]

*opening*: a store with 473,600 levels in SQLite, and a real JupyterLab (``merit lab``) in headless
Chromium: from the start of the notebook's cell, with nothing imported yet, until the heat map is
painted; the median of `runs`, each with a kernel of its own. Making the store takes five minutes;
`folder` keeps it for the next time. *filters*: see ``benchmarks/gaps.py``, which tells the same
figure. Ends with one line of JSON: ``open_s``, ``read_s`` (the part of it that reads the store and
adds up, measured by itself), ``filter_p95_ms``.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.gaps import EDITION, KINDS, PROVINCES, ROUNDS, WILAYAH, made
from merit_kit import assessment, gaps
from merit_kit.panels import GapExplorer
from merit_kit.panels._gaps_data import Analysis
from merit_kit.store import Statement, create_store
from tests.labs import running_lab
from tests.pages import browser
from tests.test_panel_gaps import Desk

AGENCIES = 640
NOTEBOOK = "30-analisis-kesenjangan.ipynb"
READ = """
import sys, time
from merit_kit import assessment, panels
from merit_kit.store import open_store
began = time.perf_counter()
with open_store(sys.argv[1]) as store:
    panels.GapExplorer(store, assessment.whoami(store))
    print(time.perf_counter() - began)
"""
# When the heat map was painted.
SHOWN = """
() => new Promise((done) => {
  const look = () => {
    const root = document.querySelector('[data-merit="gaps"][data-ready="1"]');
    if (!root?.querySelector("tbody tr")) return setTimeout(look, 5);
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => done(Date.now());
      after.port2.postMessage(0);
    });
  };
  look();
})
"""
# From the event until the frame with the answer is painted.
CHOOSE = """
() => {
  const root = document.querySelector('[data-merit="gaps"]');
  window.choose = (name, value) => new Promise((done) => {
    const began = performance.now();
    const select = root.querySelector(`[data-filter="${name}"]`);
    if (name === "view") root.querySelector(`.mg-tab[data-view="${value}"]`).click();
    else {
      select.value = value;
      select.dispatchEvent(new Event("change"));
    }
    const painted = () => {
      const after = new MessageChannel();
      after.port1.onmessage = () => done(performance.now() - began);
      after.port2.postMessage(0);
    };
    const look = () => {
      if (root.dataset.asked !== root.dataset.answered) return;
      seen.disconnect();
      requestAnimationFrame(painted);
    };
    const seen = new MutationObserver(look);
    seen.observe(root, { attributes: true, attributeFilter: ["data-answered"] });
  });
}
"""


def analysed() -> Analysis:
    """Return what the explorer works on, of 640 agencies and 10 rounds."""
    about, levels = made(640, ROUNDS)
    frame = gaps.tidy(about, levels, {EDITION.digest: EDITION})
    return Analysis.of(frame, {EDITION.digest: EDITION})


class Unstored(GapExplorer):
    """An explorer of what no store holds."""

    def _read(self) -> None:
        self._refused, self._analysis = "", analysed()
        said = {"marks": [], "own": 0, "made_up": 0, "unscored": ""}
        self._about = {**said, "read_at": "2026-11-22T00:00:00+00:00"}


def filters(count: int) -> float:
    """Return the 95th percentile of the explorer's answers, in milliseconds."""
    explorer = Unstored(None, "p")  # type: ignore[arg-type]  # it reads no store
    given = {"round": [], "kind": ["", *KINDS], "province": ["", *PROVINCES[:6]]}
    given |= {"wilayah": ["", *WILAYAH], "view": ["heat", "spread", "both", "trend", "one"]}
    for name in ("round", "one"):
        given[name] = [value for value, _ in explorer.opening["options"][name]]
    chance = random.Random(7)  # noqa: S311 no secret
    took, last = [], dict.fromkeys(given, "")
    with browser() as chromium:
        desk = Desk(chromium, explorer)
        desk.page.evaluate(CHOOSE)
        # What a browser does once, on its way in, is not what a filter takes.
        for view in given["view"]:
            desk.page.evaluate("([name, value]) => choose(name, value)", ["view", view])
        while len(took) < count:
            name = chance.choice(list(given))
            value = chance.choice([each for each in given[name] if each != last[name]])
            last[name] = value
            took.append(desk.page.evaluate("([name, value]) => choose(name, value)", [name, value]))
        desk.page.close()
    explorer.close()
    return statistics.quantiles(took, n=20)[18]


def furnish(folder: Path) -> None:
    """Make a store with all levels of all agencies and rounds, invented."""
    chance = np.random.default_rng(3)
    codes = EDITION.codes
    with create_store(folder) as store:
        assessment.settle_in(store)
        me = assessment.whoami(store)
        of = range(AGENCIES)
        rows = [
            {
                **{"code": f"rekaan-{i:04}", "name": f"Instansi Rekaan {i:04}"},
                **{"kind": KINDS[i % 5], "province": PROVINCES[i % 38], "wilayah": WILAYAH[i % 2]},
            }
            for i in of
        ]
        store.add_agencies(rows)
        for n in range(ROUNDS):
            year, number = 2017 + n // 2, n % 2 + 1
            round_ = f"{year}-{number}"
            store.add_round(round_, year, number)
            with store.together("furnish"):
                for row in rows:
                    about = assessment.begin(store, row["code"], round_, EDITION, me, invented=True)
                    own = chance.integers(0, 5, len(codes))
                    found = np.clip(own + chance.integers(-1, 2, len(codes)), 0, 4)
                    levels = [("self", own), ("verified", found)]
                    said = [
                        Statement(
                            *(about, "level", me, assessment.now()),
                            assessment.level_body(code, whose, int(level)),
                        )
                        for whose, some in levels
                        for code, level in zip(codes, some, strict=True)
                    ]
                    store.append(said, me)
            print(f"furnished {round_}", flush=True)


def opening(folder: Path, runs: int) -> float:
    """Return the seconds from the start of the cell to the first picture; the median."""
    took = []
    for _ in range(runs):
        with (
            tempfile.TemporaryDirectory() as home,
            running_lab(folder, Path(home)) as lab,
            browser() as chromium,
        ):
            page = chromium.new_page(viewport={"width": 1366, "height": 768})
            began: list[float] = []
            page.on("websocket", lambda line, to=began: line.on("framesent", partial(heard, to)))
            page.goto(lab.address(NOTEBOOK))
            took.append(page.evaluate(SHOWN) / 1000 - began[0])
            page.close()
    return statistics.median(took)


def heard(began: list[float], sent: str | bytes) -> None:
    """Note when the cell was sent to the kernel."""
    said = sent if isinstance(sent, bytes) else sent.encode()
    if b"execute_request" in said and b"panels.gaps(store" in said:
        began.append(time.time())


def main() -> None:
    """Run everything and tell it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--filters", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder = given.folder or Path(home) / "ws"
        if not folder.exists():
            furnish(folder)
        line = subprocess.run(
            [sys.executable, "-c", READ, str(folder)],
            check=True,
            capture_output=True,
            encoding="utf-8",
            cwd=Path(__file__).parents[1],
        )
        told = {"read_s": round(float(line.stdout), 2)}
        print(f"read      {told['read_s']:6.2f} s", flush=True)
        told["open_s"] = round(opening(folder, given.runs), 2)
        print(f"open      {told['open_s']:6.2f} s", flush=True)
    told["filter_p95_ms"] = round(filters(given.filters), 1)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
