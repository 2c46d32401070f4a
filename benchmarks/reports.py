"""How long a verification report takes: as users write it, tuned, ours, and without Jupyter at all.

    python benchmarks/reports.py [--reports 64] [--workers 2] [--only ours]

The same notebook and the same invented agencies (from a fixed seed; their digest is checked) by
each, with as many workers, warm where there is anything to warm. A figure is wall time x workers /
reports, the median of three runs of each, in turn:

``stock``   papermill with a kernel and a new HTMLExporter for each report, in a process pool
``tuned``   the same with an exporter that is kept, no saving at each cell, immediate shutdown
``ours``    the batch of the kit: store -> cases -> pages, manifest and list, everything on the disk
``floor``   the same cells' code in a warm process without Jupyter, the page put together by Jinja

``embedded`` is ploomber-engine's, where that is installed. Stock and tuned are measured on fewer
reports, for they take long. `run_s` and `second_run_s` are the whole command, `merit reports`, in a
new process: with everything to make, and with nothing changed; the `rss_mb` beside them, the most
memory that the program which asks had. `help_vs_typer` is what ``merit --help`` takes against
``import typer``. Runs from a copy of the kit, so that nobody's edits meanwhile change a key. Ends
with one line of JSON; what was left out is null there.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from merit_kit.files import kit_folder

ROUND, BEFORE = "2026-2", "2025-2"
RUNS = 3
FEW = 6
"""Reports of a run by stock and tuned."""
KNOWN = "f2ab89a50f59a4ae50cd6f17c333e65dad417952afad54eb173f35f68b6381d0"
"""SHA-256 of what the first eight agencies are given: the same data for whoever measures."""
TEMPLATE = kit_folder("templates") / "laporan_verifikasi.ipynb"


def furnish(folder: Path, count: int) -> None:
    """Put a round of invented agencies into a new store, with a history to be compared with."""
    from merit_kit import assessment, samples
    from merit_kit.instrument import load
    from merit_kit.store import create_store
    from merit_kit.workbook import read_agencies

    agencies = list(samples.synthetic(count))
    files = samples.write_files(folder / "tabel", agencies)
    history = history_of([(each.code, each.name, each.kind) for each in agencies])
    first = json.dumps(history[:8]).encode()
    parts = [*(path.read_bytes() for path in files.levels[:8]), first]
    found = hashlib.sha256(b"".join(parts)).hexdigest()
    if found != KNOWN and count >= 8:
        raise SystemExit(f"the invented data is not what it was: {found}")
    with create_store(folder) as store:
        store.add_agencies(read_agencies(files.agencies))
        store.add_round(BEFORE, 2025, 2)
        store.add_round(ROUND, 2026, 2)
        assessment.settle_in(store)
        by, evaluator = assessment.whoami(store), "p-penilai"
        store.add_people([{"id": evaluator, "login": None, "name": "Penilai", "nip": None}])
        store.appoint(evaluator, "evaluator")
        how = assessment.Incoming(invented=True, evaluator=evaluator, stage="verifikasi")
        assessment.import_files(store, files.levels, ROUND, by, how)
        determine(store, history, load(), by)
        store.add_published([row for _, _, rows in history for row in rows])


History = list[tuple[str, int, list[dict[str, Any]]]]


def history_of(agencies: list[tuple[str, str, str]]) -> History:
    """Return, by code, the level determined last year, and the totals published before that."""
    chance = random.Random(1)  # noqa: S311 no secret
    none = dict.fromkeys(("index", "category", "aspect_values"))
    return [
        (
            code,
            chance.randint(1, 4),
            [
                {
                    **{"agency": name, "kind": kind, "year": str(year), "source": "rekaan"},
                    **{"score": str(chance.randint(150, 380)), **none},
                }
                for year in (2021, 2022, 2023)
            ],
        )
        for code, name, kind in agencies
    ]


def determine(store: Any, history: History, edition: Any, by: str) -> None:
    """Put last year's results into the store. The way there plays no part."""
    from merit_kit import assessment, process
    from merit_kit.store import Statement

    said = []
    for code, level, _ in history:
        about = assessment.begin(store, code, BEFORE, edition, by)
        body = assessment.determination_body(dict.fromkeys(edition.codes, level), edition)
        said.append(Statement(about, process.DETERMINATION, by, assessment.now(), body))
    store.append(said, by)


def cases_of(folder: Path, count: int) -> list[dict[str, str]]:
    """Write the files that a report notebook is given, for some agencies."""
    from merit_kit import assessment, reports
    from merit_kit.store import open_store

    codes = [f"rekaan-{number:06d}" for number in range(1, count + 1)]
    with open_store(folder) as store:
        cases = assessment.make_cases(store, ROUND, codes)
        compared = reports.comparisons(store, ROUND, codes)
    issue = folder / "issue.json"
    issue.write_text(reports.Issue(dated="2026-11-22T08:00:00+07:00").text, encoding="utf-8")
    given = []
    for case in cases:
        paths = {"case": folder / f"{case.agency['code']}.case.json", "issue": issue}
        paths["case"].write_text(case.text, encoding="utf-8")
        paths["comparison"] = folder / f"{case.agency['code']}.comparison.json"
        paths["comparison"].write_text(compared[str(case.agency["code"])].text, encoding="utf-8")
        given.append({"lang": "id", **{name: str(path) for name, path in paths.items()}})
    return given


def stock(given: dict[str, str]) -> int:
    """Make a report as a user would write it."""
    import papermill
    from nbconvert import HTMLExporter

    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "laporan.ipynb")
        notebook = papermill.execute_notebook(
            str(TEMPLATE), out, given, progress_bar=False, extra_arguments=QUIET
        )
    return len(HTMLExporter().from_notebook_node(notebook)[0])


def tuned(given: dict[str, str], engine: str | None = None) -> int:
    """Make a report with every lever that papermill and nbconvert have."""
    import papermill

    more: dict[str, Any] = {"extra_arguments": QUIET, "shutdown_kernel": "immediate"}
    notebook = papermill.execute_notebook(
        str(TEMPLATE),
        None,
        given,
        engine_name=engine,
        progress_bar=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        **({} if engine else more),
    )
    return len(_exporter().from_notebook_node(notebook)[0])


def embedded(given: dict[str, str]) -> int:
    """Make a report by ploomber-engine, in this process."""
    return tuned(given, "embedded")


COPIED = "MERIT_BENCHMARK_COPY"
QUIET = ["--log-level=CRITICAL"]


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter

    return HTMLExporter()


def floor(given: dict[str, str]) -> int:
    """Run the same cells, and put the same page together, without Jupyter."""
    names: dict[str, Any] = {}
    parts = []
    for code, shown in _cells():
        exec(code, names)  # noqa: S102 our own notebook
        names.update(given)
        if shown is not None:
            parts.append(eval(shown, names)._repr_mimebundle_()["text/html"])  # noqa: S307
    return len(_frame().render(parts=parts, css=_css()))


@cache
def _cells() -> list[tuple[Any, Any]]:
    notebook = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    cells = []
    for cell in notebook["cells"]:
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        shown = compile(ast.Expression(last.value), "cell", "eval") if last else None
        cells.append((compile(tree, "cell", "exec"), shown))
    return cells


@cache
def _frame() -> Any:
    from jinja2 import Template

    return Template(
        "<!DOCTYPE html>\n<html><head><style>{{ css }}</style></head><body><main>\n"
        "{% for part in parts %}{{ part }}\n{% endfor %}</main></body></html>"
    )


@cache
def _css() -> str:
    path = kit_folder("templates") / "nbconvert" / "merit" / "merit.css"
    return path.read_text(encoding="utf-8")


Run = Callable[[], float]
"""One run of a way; returns the seconds of a worker for a report."""


@contextmanager
def by_others(make: Callable[..., int], given: list[dict[str, str]], workers: int) -> Iterator[Run]:
    """Lend a run in warm processes."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(make, given[:workers]))  # warm

        def run() -> float:
            began = time.perf_counter()
            list(pool.map(make, given))
            return (time.perf_counter() - began) * workers / len(given)

        yield run


@contextmanager
def by_us(folder: Path, reports: int, workers: int) -> Iterator[Run]:
    """Lend a run of a whole batch."""
    from merit_kit.reports import Pool, RoundReports
    from merit_kit.store import open_store

    numbers = itertools.count()
    with open_store(folder) as store, Pool(workers) as pool:
        for future in [pool.submit(time.sleep, 0.5) for _ in range(workers)]:
            future.result()  # warm

        def run() -> float:
            out = folder / f"laporan-{next(numbers)}"
            began = time.perf_counter()
            wanted = RoundReports(store, ROUND, out, start=lambda _: pool)
            made = sum(outcome.error is None for outcome in wanted.run())
            wanted.write_list()
            took = time.perf_counter() - began
            if made != reports:
                raise SystemExit(f"{made} reports of {reports}")
            return took * workers / reports

        yield run


def command(folder: Path, out: Path, workers: int) -> tuple[float, int]:
    """Return how long the whole command takes in a new process, and the most bytes it held.

    Of the program that asks alone: a worker's memory does not depend on how many reports there are.
    """
    merit = [sys.executable, "-m", "merit_kit", "reports", "--round", ROUND]
    given = ["--store", str(folder), "--out", str(out), "--workers", str(workers)]
    began = time.perf_counter()
    asked = subprocess.Popen([*merit, *given], stdout=subprocess.DEVNULL)
    most = [0]

    def look() -> None:
        with suppress(psutil.Error):
            program = psutil.Process(asked.pid)
            while asked.returncode is None:
                most[0] = max(most[0], program.memory_info().rss)
                time.sleep(0.05)

    looking = threading.Thread(target=look)
    looking.start()
    if asked.wait():
        raise SystemExit("the command failed")
    took = time.perf_counter() - began
    looking.join()
    return took, most[0]


def started(*command: str) -> float:
    """Return how long a program takes that does next to nothing."""
    took = []
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def told(what: str, figure: float) -> float:
    """Print a figure as soon as it is known."""
    print(f"{what:>16} {figure:9.3f}", flush=True)
    return figure


def measured(folder: Path, reports: int, workers: int, others: bool) -> dict[str, Any]:
    """Return the figures that are asked for, and print those beside them."""
    given = cases_of(folder, min(reports, 64))
    few = given[:FEW]
    with ExitStack() as open_:
        ways = {
            "stock_s": by_others(stock, few, workers),
            "tuned_s": by_others(tuned, few, workers),
        }
        if find_spec("ploomber_engine"):
            ways["embedded_s"] = by_others(embedded, few, workers)
        if not others:
            ways = {}
        ways |= {"floor_s": by_others(floor, given, workers)}
        ways |= {"ours_s": by_us(folder, reports, workers)}
        runs = {name: open_.enter_context(way) for name, way in ways.items()}
        # In turn, and not one way after the other: a computer is not as fast at every moment.
        took = [{name: run() for name, run in runs.items()} for _ in range(RUNS)]
    medians = {name: told(name, statistics.median(t[name] for t in took)) for name in runs}
    stock_s, tuned_s = medians.get("stock_s"), medians.get("tuned_s")
    floor_s, ours_s = medians["floor_s"], medians["ours_s"]
    out = folder / "perintah"
    run_s, held = command(folder, out, workers)
    told("run_s", run_s)
    told("run_rss_mb", held / 1e6)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    second_run_s, held = command(folder, out, workers)
    told("second_run_s", second_run_s)
    told("second_rss_mb", held / 1e6)
    told("rewritten", sum(path.stat().st_mtime_ns != then for path, then in before.items()))
    help_s = started(sys.executable, "-m", "merit_kit", "--help")
    told("help_vs_typer", help_s / started(sys.executable, "-c", "import typer"))
    return {
        "stock_s": stock_s and round(stock_s, 3),
        "tuned_s": tuned_s and round(tuned_s, 3),
        "ours_s": round(ours_s, 3),
        "floor_s": round(floor_s, 3),
        "overhead_ms": round((ours_s - floor_s) * 1000, 1),
        "ratio_vs_stock": stock_s and round(stock_s / ours_s, 1),
        "ratio_vs_tuned": tuned_s and round(tuned_s / ours_s, 1),
        "second_run_s": round(second_run_s, 3),
        "reports": reports,
        "page_bytes_max": max(path.stat().st_size for path in out.rglob("*.id.html")),
    }


def from_a_copy(scratch: Path) -> int:
    """Run this program from a copy of the kit, which nobody edits meanwhile.

    An edited source is another key: what was made before it would be made again.
    """
    here, copy = Path(__file__).parents[1], scratch / "kit"
    for part in ("merit_kit", "templates", "data", "benchmarks"):
        shutil.copytree(here / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(here / "pyproject.toml", copy)
    env = {**os.environ, "PYTHONPATH": str(copy), COPIED: "1"}
    again = [sys.executable, str(copy / "benchmarks" / "reports.py"), *sys.argv[1:]]
    return subprocess.run(again, env=env, cwd=scratch).returncode


def main() -> None:
    """Measure everything and say it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--reports", type=int, default=64)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--only", choices=["ours"], help="leave out what others take")
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="merit-reports-") as name:
        if COPIED not in os.environ:
            sys.exit(from_a_copy(Path(name)))
        folder = Path(name) / "kerja"
        furnish(folder, wanted.reports)
        figures = measured(folder, wanted.reports, wanted.workers, not wanted.only)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
