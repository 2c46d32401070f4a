"""How long a verification report takes: as users write it, tuned, ours, and without Jupyter at all.

    python benchmarks/reports.py [--reports 64] [--workers 2] [--only ours]

The same notebook and the same invented agencies (from a fixed seed; their digest is checked) by
each, with as many workers, warm where there is anything to warm. A figure is wall time x workers /
reports, the median of three runs:

``stock``   papermill with a kernel and a new HTMLExporter for each report, in a process pool
``tuned``   the same with an exporter that is kept, no saving at each cell, immediate shutdown
``ours``    the batch of the kit: store -> cases -> pages, manifest and list, everything on the disk
``floor``   the same cells' code in a warm process without Jupyter, the page put together by Jinja

``embedded`` is ploomber-engine's, where that is installed. Stock and tuned are measured on fewer
reports, for they take long. `run_s` and `second_run_s` are the whole command, `merit reports`, in a
new process: with everything to make, and with nothing changed. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from merit_kit.files import kit_folder

ROUND = "2026-2"
RUNS = 3
FEW = 6
"""Reports of a run by stock and tuned."""
KNOWN = "209d24d0f18046d7ef53599773474251af41bf0ed3191bac80b551b94f010954"
"""SHA-256 of the tables of the first eight agencies: the same data for whoever measures."""
TEMPLATE = kit_folder("templates") / "laporan_verifikasi.ipynb"


def furnish(folder: Path, count: int) -> None:
    """Put a round of invented agencies into a new store."""
    from merit_kit import assessment, samples
    from merit_kit.store import create_store
    from merit_kit.workbook import read_agencies

    files = samples.write_files(folder / "tabel", samples.synthetic(count))
    found = hashlib.sha256(b"".join(path.read_bytes() for path in files.levels[:8])).hexdigest()
    if found != KNOWN and count >= 8:
        raise SystemExit(f"the invented data is not what it was: {found}")
    with create_store(folder) as store:
        store.add_agencies(read_agencies(files.agencies))
        store.add_round(ROUND, 2026, 2)
        assessment.settle_in(store)
        by, evaluator = assessment.whoami(store), "p-penilai"
        store.add_people([{"id": evaluator, "login": None, "name": "Penilai", "nip": None}])
        store.appoint(evaluator, "evaluator")
        how = assessment.Incoming(invented=True, evaluator=evaluator, stage="verifikasi")
        assessment.import_files(store, files.levels, ROUND, by, how)


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


def by_others(make: Callable[..., int], given: list[dict[str, str]], workers: int) -> float:
    """Return seconds of a worker for a report."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(make, given[:workers]))  # warm
        took = []
        for _ in range(RUNS):
            began = time.perf_counter()
            list(pool.map(make, given))
            took.append(time.perf_counter() - began)
    return statistics.median(took) * workers / len(given)


def by_us(folder: Path, reports: int, workers: int) -> float:
    """Return seconds of a worker for a report, of a whole batch."""
    from merit_kit.reports import Pool, RoundReports
    from merit_kit.store import open_store

    took = []
    with open_store(folder) as store, Pool(workers) as pool:
        for future in [pool.submit(time.sleep, 0.5) for _ in range(workers)]:
            future.result()  # warm
        for run in range(RUNS):
            out = folder / f"laporan-{run}"
            began = time.perf_counter()
            wanted = RoundReports(store, ROUND, out, start=lambda _: pool)
            made = sum(outcome.error is None for outcome in wanted.run())
            wanted.write_list()
            took.append(time.perf_counter() - began)
            if made != reports:
                raise SystemExit(f"{made} reports of {reports}")
    return statistics.median(took) * workers / reports


def command(folder: Path, out: Path, workers: int) -> float:
    """Return how long the whole command takes, in a new process."""
    merit = [sys.executable, "-m", "merit_kit", "reports", "--round", ROUND]
    given = ["--store", str(folder), "--out", str(out), "--workers", str(workers)]
    began = time.perf_counter()
    subprocess.run([*merit, *given], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure everything and say it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--reports", type=int, default=64)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--only", choices=["ours"], help="leave out what others take")
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="merit-reports-") as name:
        folder = Path(name) / "kerja"
        furnish(folder, wanted.reports)
        given = cases_of(folder, min(wanted.reports, 64))
        seconds: dict[str, float] = {}

        def told_at_once(what: str, took: float) -> None:
            seconds[what] = took
            print(f"{what:>14} {took:8.3f}", flush=True)

        few, workers = given[:FEW], wanted.workers
        if not wanted.only:
            told_at_once("stock_s", by_others(stock, few, workers))
            told_at_once("tuned_s", by_others(tuned, few, workers))
            if find_spec("ploomber_engine"):
                told_at_once("embedded_s", by_others(embedded, few, workers))
        told_at_once("floor_s", by_others(floor, given, workers))
        told_at_once("ours_s", by_us(folder, wanted.reports, workers))
        out = folder / "perintah"
        told_at_once("run_s", command(folder, out, workers))
        before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
        told_at_once("second_run_s", command(folder, out, workers))
        rewritten = sum(path.stat().st_mtime_ns != then for path, then in before.items())
        largest = max(path.stat().st_size for path in out.rglob("*.id.html"))
    ours = seconds["ours_s"]
    told: dict[str, Any] = {what: round(took, 3) for what, took in seconds.items()}
    told["overhead_ms"] = round((ours - seconds["floor_s"]) * 1000, 1)
    for other in ("stock", "tuned"):
        if f"{other}_s" in seconds:
            told[f"ratio_vs_{other}"] = round(seconds[f"{other}_s"] / ours, 1)
    told |= {"reports": wanted.reports, "workers": wanted.workers, "rewritten": rewritten}
    print(json.dumps({**told, "page_bytes_max": largest}))


if __name__ == "__main__":
    main()
