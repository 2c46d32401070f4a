"""The ``merit`` engine: what it puts out is what papermill's own does, on notebooks of any kind.

The notebooks in ``tests/notebooks`` are written as others write them: frames and their styles, rich
errors, progress bars, displays that are updated and cleared, magics, asyncio, threads, and whatever
else may be tried. Those of papermill's own tests are really another's.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from merit_kit.engine import _unsupported
from merit_kit.store import create_store

ROOT = Path(__file__).parents[1]
OWN = sorted((ROOT / "tests" / "notebooks").glob("*.ipynb"))
OTHERS = sorted(
    Path(str(files("papermill"))) / "tests" / "notebooks" / f"{name}.ipynb"
    for name in (
        *("broken1", "complex_parameters", "line_magic_error", "simple_execute"),
        *("sysexit0", "sysexit1", "test_logging"),
    )
)
FOREIGN = [*OWN, *OTHERS]
TEMPLATES = ("laporan_verifikasi", "laporan_klarifikasi", "berita_acara")
OLD = {path.name for path in OTHERS}
# Times, and what a process calls itself; the rest has to be equal to the letter.
PASSING = (
    (r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)", "WHEN"),
    (r"\"duration\": [\d.]+", '"duration": 0'),
    (r"ipykernel_\d+", "ipykernel"),
    (r" at 0x[0-9a-f]+", " at 0x"),
)


def run(engine: str, folder: Path, notebooks: list[Path]) -> str:
    """Run notebooks by an engine; return what was logged."""
    folder.mkdir(exist_ok=True)
    runner = [sys.executable, str(ROOT / "tests" / "notebook_runner.py"), engine, str(folder)]
    done = subprocess.run(
        [*runner, *map(str, notebooks)], cwd=folder, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return (folder / "log.txt").read_text(encoding="utf-8")


def plain(path: Path) -> dict[str, Any]:
    """A notebook without what differs from run to run."""
    text = path.read_text(encoding="utf-8").replace(json.dumps(str(path.parent))[1:-1], "FOLDER")
    for pattern, same in PASSING:
        text = re.sub(pattern, same, text)
    notebook: dict[str, Any] = json.loads(text)
    for cell in notebook["cells"]:
        # Cells of an older format, and papermill's own, are given any.
        if path.name in OLD or "papermill-error-cell-tag" in cell["metadata"].get("tags", []):
            cell["id"] = "random"
        cell["outputs"] = joined(cell.get("outputs", []))
    return notebook


def joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put together what was written to a stream: where a kernel cuts it is a matter of time."""
    whole: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream":
            output["text"] = "".join(output["text"])
            last = whole[-1] if whole else {}
            if last.get("name") == output["name"] and last["output_type"] == "stream":
                last["text"] += output["text"]
                continue
        whole.append(output)
    return whole


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> list[Path]:
    """The kit's own report notebooks, set to one agency."""
    from merit_kit import assessment, samples

    folder = tmp_path_factory.mktemp("own")
    with samples.open_practice(folder / "ws") as store:
        file, by = folder / "ws" / "impor" / "kota-palu.csv", assessment.whoami(store)
        how = assessment.Incoming(invented=True, stage="verifikasi")
        assessment.import_files(store, [file], samples.DEMO_ROUND, by, how)
    given = {"store": str(folder / "ws"), "agency": "kota-palu", "round": samples.DEMO_ROUND}
    paths = []
    for name in TEMPLATES:
        notebook = nbformat.read(ROOT / "templates" / f"{name}.ipynb", as_version=4)
        lines = "\n".join(f"{key} = {value!r}" for key, value in given.items())
        notebook.cells.insert(1, new_code_cell(lines, id="given"))
        paths.append(folder / f"{name}.ipynb")
        nbformat.write(notebook, paths[-1])
    return paths


@pytest.fixture(scope="module")
def both(ours, tmp_path_factory) -> tuple[Path, Path, str]:
    """Where the notebooks are that the stock engine ran, and ours; and what ours logged."""
    folder = tmp_path_factory.mktemp("both")
    every = [*FOREIGN, *ours]
    run("nbclient", folder / "stock", every)
    return folder / "stock", folder / "merit", run("merit", folder / "merit", every)


def test_there_are_notebooks_of_others_to_compare():
    assert len(OWN) >= 5
    assert all(path.exists() for path in OTHERS)


@pytest.mark.parametrize("name", [*(path.stem for path in FOREIGN), *TEMPLATES])
def test_a_notebook_ends_as_with_the_stock_engine_but_for_times(both, name):
    stock, merit, _ = both

    assert plain(merit / f"{name}.ipynb") == plain(stock / f"{name}.ipynb")


def test_all_of_these_are_run_here_and_none_is_left_to_a_kernel(both):
    assert both[2] == ""


def test_the_comparison_would_see_a_different_output(both):
    stock, _, _ = both
    notebook = plain(stock / "analisis.ipynb")

    assert "Pandas" not in json.dumps(notebook)
    assert sum(len(cell["outputs"]) for cell in notebook["cells"]) > 8
    assert plain(stock / "kesalahan.ipynb") != notebook


LEFT_TO_A_KERNEL = {
    "import ipywidgets as w": "widgets",
    "from anywidget import AnyWidget": "widgets",
    "from merit_kit import panels": "merit_kit.panels",
    "import matplotlib.pyplot as plt": "matplotlib",
    "%matplotlib inline": "matplotlib",
    "exit": "keyboard",
    "import nest_asyncio": "loops",
    "%hist -g x": "history",
    "!ls": "child programs",
    "%%bash\nls": "child programs",
    "%pip list": "child programs",
    "import os\nos.system('ls')": "child programs",
    "import os\nos._exit(1)": "ending",
    "from os import fork\nfork()": "child programs",
    "import multiprocessing": "processes",
    "from concurrent.futures import ProcessPoolExecutor": "processes",
    "import signal": "process",
    "import sys\nsys.__stdout__.write('x')": "descriptors",
}


def found_in(notebook, kernel: str = "python3", options: dict[str, Any] | None = None):
    """What is found on a thread of its own: a browser may have its event loop in ours."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(_unsupported.found_in, notebook, kernel, options or {}).result()


@pytest.mark.parametrize("source", LEFT_TO_A_KERNEL, ids=lambda source: source.split("\n")[-1])
def test_what_only_a_kernel_can_do_is_found_before_anything_is_run(source):
    notebook = new_notebook(cells=[new_code_cell("1"), new_code_cell(source)])

    assert LEFT_TO_A_KERNEL[source] in found_in(notebook, "python3", {})


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.path.exists('x')",
        "%env A=1",
        "%%time\n1",
        "await x",
        "name = input('Nama? ')",
        "exits",
        "this is no code",
    ],
)
def test_what_can_be_done_here_is_not_left_to_a_kernel(source):
    notebook = new_notebook(cells=[new_code_cell(source)])

    assert found_in(notebook, "python3", {}) is None


def test_another_kernel_or_a_time_limit_is_left_to_the_stock_engine():
    notebook = new_notebook(cells=[new_code_cell("1")])

    assert "not this Python" in found_in(notebook, "ir", {})
    assert "time limit" in found_in(notebook, "python3", {"execution_timeout": 5})


def test_a_cell_that_is_skipped_may_hold_anything():
    cell = new_code_cell("import ipywidgets", metadata={"tags": ["skip-execution"]})

    assert found_in(new_notebook(cells=[cell]), "python3", {}) is None


def write(path: Path, *sources: str) -> Path:
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    cells = [new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources)]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def said(path: Path) -> list[str]:
    """What each cell of a notebook put out, as text."""
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            texts = [o.get("text") or o.get("evalue") or o.data["text/plain"] for o in cell.outputs]
            found.append("".join(texts))
    return found


@pytest.fixture(scope="module")
def hidden(tmp_path_factory) -> tuple[Path, str]:
    """Three notebooks that try what no list finds, run by our engine; and what it logged."""
    folder = tmp_path_factory.mktemp("hidden")
    child = "[sys.executable, '-c', 'print(5)']"
    (folder / "out").mkdir()
    (folder / "out" / "matplotlib.py").write_text("drawn = 5", encoding="utf-8")
    (folder / "out" / "helper.py").write_text("import matplotlib as own", encoding="utf-8")
    caught = f"subprocess.check_output({child}, stderr=subprocess.STDOUT)"
    notebooks = [
        write(folder / "anak.ipynb", "import sys, subprocess", f"subprocess.call({child})"),
        write(folder / "gambar.ipynb", "import helper", "print(helper.own.drawn)"),
        write(folder / "diam.ipynb", "import sys, subprocess", caught),
    ]
    log = run("merit", folder / "out", notebooks)
    return folder / "out", log


def test_what_no_list_finds_is_refused_when_it_is_tried_and_run_again_by_a_kernel(hidden):
    folder, log = hidden

    # Whether a kernel hears of what the program prints is a matter of time.
    assert said(folder / "anak.ipynb")[1].endswith("0")
    assert said(folder / "gambar.ipynb") == ["", "5\n"]
    assert "it starts a program that may write to our output" in log
    assert "something it uses loads matplotlib" in log


def test_a_program_whose_output_is_caught_needs_no_kernel(hidden):
    folder, log = hidden

    assert said(folder / "diam.ipynb") == ["", "b'5\\n'"]
    assert log.count("leaves this notebook to a kernel") == 2


LEAVES = """\
import builtins, logging, os, random, sys, warnings
import pandas as pd
import numpy as np
os.environ["MERIT_TEST"] = "x"
sys.path.insert(0, "/nowhere")
import beside
pd.set_option("display.max_rows", 3)
np.set_printoptions(precision=1)
random.seed(1); np.random.seed(1)
builtins.secret = 1
logging.getLogger().setLevel(5)
warnings.simplefilter("ignore")
os.chdir("..")
secret_too = [secret, beside.mine, random.random()]
get_ipython().events.register("pre_run_cell", lambda *_: print("hook"))
"""
LOOKS = """\
import builtins, logging, os, random, sys
import pandas as pd
import numpy as np
print(os.environ.get("MERIT_TEST"), "/nowhere" in sys.path, "beside" in sys.modules)
print(pd.get_option("display.max_rows"), np.get_printoptions()["precision"])
print(hasattr(builtins, "secret"), "secret_too" in globals(), logging.getLogger().level)
print(os.path.basename(os.getcwd()), random.random() == 0.13436424411240122, len(In))
"""


def test_a_notebook_finds_nothing_of_the_one_before_it_in_the_same_process(tmp_path):
    first, second = write(tmp_path / "a.ipynb", LEAVES), write(tmp_path / "b.ipynb", LOOKS)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "beside.py").write_text("mine = 1", encoding="utf-8")
    runner = [sys.executable, str(ROOT / "tests" / "notebook_runner.py"), "merit"]
    given = [str(tmp_path / "out"), str(first), str(second)]
    subprocess.run([*runner, *given], check=True, cwd=tmp_path, capture_output=True)

    assert said(tmp_path / "out" / "a.ipynb") == [""]
    assert said(tmp_path / "out" / "b.ipynb") == [
        "None False False\n60 8\nFalse False 30\nout False 2\n"
    ]


def test_papermill_on_the_command_line_takes_it_by_its_name(tmp_path):
    notebook = write(tmp_path / "a.ipynb", "6 * 7")
    command = [sys.executable, "-m", "papermill", "--engine", "merit", str(notebook), "b.ipynb"]

    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)

    assert said(tmp_path / "b.ipynb") == ["42"]


def test_the_entry_point_imports_nothing_so_that_it_can_break_nobody(tmp_path):
    code = "import sys; import merit_kit._engine; print([m for m in sys.modules if 'merit' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")

    assert done.stdout.strip() == "['merit_kit', 'merit_kit._engine']"


def test_it_leaves_a_store_alone(tmp_path):
    # A notebook that fails half way must not keep a connection that the next one would find.
    create_store(tmp_path / "ws").close()
    source = (
        f"from merit_kit.store import open_store\ns = open_store({str(tmp_path / 'ws')!r})\n1/0"
    )
    first = write(tmp_path / "a.ipynb", source)
    second = write(tmp_path / "b.ipynb", "'s' in globals()")

    run("merit", tmp_path / "out", [first, second])

    assert said(tmp_path / "out" / "b.ipynb") == ["False"]
