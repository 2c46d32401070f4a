"""The ``merit`` engine leaves its process as it was, whatever a notebook does to it.

What one notebook may leave is set in its first cell. What it sees then is not what it saw before,
line for line; and what the next one sees in the same process is.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from merit_kit.engine._patches import changed_by
from tests.test_engine import ROOT, run, said, write

LOOKS = """\
import asyncio, colorsys, csv, decimal, gc, locale, logging, os, socket, sys, tempfile
import threading, time, warnings
import numpy as np
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
other = logging.getLogger("pandas")
print("context", decimal.getcontext().prec, decimal.DefaultContext.rounding)
print("logger", other.level, other.handlers, other.propagate, other.disabled)
print("record", logging.getLogRecordFactory().__name__, logging.getLevelName(5))
print("zone", time.tzname)
print("timeout", socket.getdefaulttimeout())
print("collector", gc.isenabled(), gc.get_threshold(), len(gc.callbacks))
print("keyboard", sys.stdin.name, sys.stdin.closed)
print("filters", len(warnings.filters), warnings.formatwarning.__module__)
print("environment", os.environ.get("MERIT_TEST"))
print("folder", os.path.basename(os.getcwd()))
print("path", "/nowhere" in sys.path, len(sys.meta_path), sys.getrecursionlimit())
print("chance", np.random.get_state()[1][0] == 1)
print("numpy", np.array([1.23456]), np.geterr()["divide"])
print("pandas", pd.get_option("display.max_rows"), pd.get_option("compute.use_numexpr"))
print("shell", InteractiveShell.ast_node_interactivity)
print("modules", "fake" in sys.modules, sys.modules["colorsys"].__name__)
print("sys", hasattr(sys, "mine"), hasattr(sys, "last_value"), sys.unraisablehook.__name__)
print("tables", csv.field_size_limit(), csv.list_dialects(), tempfile.tempdir == "/nowhere")
print("threads", threading.excepthook.__name__)
mask = os.umask(0o022)
print("mask", mask == 0o033, os.umask(mask) == 0)
print("loops", asyncio.get_event_loop_policy().__class__.__name__)
print("locale", locale.setlocale(locale.LC_ALL))
"""
SETS = """\
import types
decimal.getcontext().prec = 5; decimal.DefaultContext.rounding = decimal.ROUND_UP
other.setLevel(7); other.addHandler(logging.NullHandler()); other.propagate = False
class Record(logging.LogRecord): pass
logging.setLogRecordFactory(Record); logging.addLevelName(5, "FIVE")
os.environ["TZ"] = "XYZ-9"; os.environ["MERIT_TEST"] = "x"; time.tzset()
socket.setdefaulttimeout(3)
gc.disable(); gc.set_threshold(5); gc.callbacks.append(print)
gc.callbacks.clear(); gc.callbacks.append(lambda *_: None)
sys.stdin = open(os.devnull, encoding="utf-8")
warnings.simplefilter("ignore"); warnings.formatwarning = lambda *_: ""
os.chdir("..")
sys.path.insert(0, "/nowhere"); sys.meta_path.append(sys.meta_path[-1]); sys.setrecursionlimit(4321)
np.random.seed(1); np.set_printoptions(precision=1); np.seterr(divide="ignore")
pd.set_option("display.max_rows", 3); pd.set_option("compute.use_numexpr", False)
InteractiveShell.ast_node_interactivity = "all"
sys.modules["fake"] = types.ModuleType("fake"); sys.modules["colorsys"] = sys.modules["fake"]
sys.mine = sys.last_value = 1; sys.unraisablehook = print
csv.field_size_limit(9); csv.register_dialect("mine"); tempfile.tempdir = "/nowhere"
threading.excepthook = print
os.umask(0o033)
class Own(asyncio.DefaultEventLoopPolicy): pass
asyncio.set_event_loop_policy(Own())
locale.setlocale(locale.LC_ALL, "C.UTF-8" if locale.setlocale(locale.LC_ALL) == "C" else "C");
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no time zone of a process, nor a mask")
def test_nothing_that_a_notebook_sets_in_its_process_is_there_in_the_next(tmp_path):
    begins = "import sys"
    before = write(tmp_path / "a.ipynb", begins, LOOKS)
    leaves = write(tmp_path / "b.ipynb", LOOKS, SETS, LOOKS)
    after = write(tmp_path / "c.ipynb", begins, LOOKS)

    log = run("merit", tmp_path / "out", [before, leaves, after])

    first, changed, next_one = (
        said(tmp_path / "out" / f"{name}.ipynb")[at].splitlines()
        for name, at in (("a", 1), ("b", 2), ("c", 1))
    )
    kept = [line.split()[0] for line, other in zip(first, changed, strict=True) if line == other]
    assert kept == []
    assert next_one == first
    assert log == ""


def test_what_the_end_of_a_notebook_says_is_said_in_no_other(tmp_path):
    # A ring is not collected before the collector looks; a task and a generator wait for ever.
    source = """\
import asyncio
class Ring:
    def __init__(self): self.me = self
    def __del__(self): print("RAHASIA ring")
ring = Ring()
async def stays():
    try:
        await asyncio.sleep(99)
    finally:
        print("RAHASIA task")
async def gives():
    try:
        yield 1
    finally:
        print("RAHASIA generator")
task = asyncio.create_task(stays()); given = gives(); await anext(given)
"""
    next_one = (
        "import asyncio, gc\ngc.collect(); await asyncio.sleep(0.1)\n"
        "'stays' in [task.get_coro().__name__ for task in asyncio.all_tasks()]"
    )
    notebooks = [write(tmp_path / "a.ipynb", source), write(tmp_path / "b.ipynb", next_one)]

    log = run("merit", tmp_path / "out", notebooks)

    assert said(tmp_path / "out" / "b.ipynb") == ["False"]
    assert log == ""


def test_a_task_that_does_not_end_keeps_others_from_this_process(tmp_path):
    source = """\
import asyncio
async def stays():
    while True:
        try:
            await asyncio.sleep(99)
        except BaseException:
            print("RAHASIA")
task = asyncio.create_task(stays()); await asyncio.sleep(0)
"""
    next_one = "import asyncio, gc\ngc.collect(); await asyncio.sleep(0.1); 'fine'"
    notebooks = [write(tmp_path / "a.ipynb", source), write(tmp_path / "b.ipynb", next_one)]

    log = run("merit", tmp_path / "out", notebooks)

    assert "1 tasks that do not end" in log
    assert "leaves this notebook to a kernel: in this process an earlier one left" in log
    assert said(tmp_path / "out" / "b.ipynb") == ["'fine'"]


@pytest.mark.parametrize(
    "changes",
    [
        "json.dumps = len",
        "del json.tool",
        "setattr(json, 'mine', 1)",
        "vars(json)['mine'] = 1",
        "json.__dict__['mine'] = 1",
        "json.encoder.ESCAPE_DCT['mine'] = 1",
        "import sys\nsys.modules['json'].mine = 1",
        "from json import JSONEncoder as Known; Known.default = None",
        "from collections import abc\nfor abc.mine in 'ab': pass",
    ],
)
def test_what_a_cell_sets_inside_what_it_imports_is_found(changes):
    assert changed_by(new_notebook(cells=[new_code_cell("import json"), new_code_cell(changes)]))


@pytest.mark.parametrize(
    "changes",
    [
        "made = json.dumps; made.mine = 1",
        "class Own: json = 1\nOwn.json = json.dumps",
        "sys.mine = 1; sys.modules['mine'] = 1; pd.options.display.max_rows = 3",
        "import os\nos.environ['MINE'] = '1'",
        "import warnings\nwarnings.showwarning = print",
        "table = pd.DataFrame(); table['mine'] = 1; table.columns = ['a']",
        "%%html\njson.dumps = 1",
    ],
)
def test_what_is_its_own_or_put_back_is_no_such_change(changes):
    cells = [new_code_cell("import json, sys\nimport pandas as pd"), new_code_cell(changes)]
    assert changed_by(new_notebook(cells=cells)) == ""


def test_no_report_of_ours_costs_a_worker():
    for template in (ROOT / "templates").glob("*.ipynb"):
        assert changed_by(nbformat.read(template, as_version=4)) == ""
    assert len([*(ROOT / "templates").glob("*.ipynb")]) >= 3


def test_a_notebook_that_changes_a_library_keeps_others_from_this_process(tmp_path):
    first = write(tmp_path / "a.ipynb", "import json\njson.mine = 'RAHASIA'")
    next_one = write(tmp_path / "b.ipynb", "import json\ngetattr(json, 'mine', 'fine')")

    log = run("merit", tmp_path / "out", [first, next_one])

    assert "an earlier one left what cannot be undone (it changes json.mine)" in log
    assert said(tmp_path / "out" / "b.ipynb") == ["'fine'"]


def test_threads_of_a_notebook_and_those_they_start_speak_in_no_other(tmp_path):
    source = """\
import threading
from IPython.display import display
def tick():
    print("RAHASIA"); display("RAHASIA")
    again = threading.Timer(0.02, tick); again.daemon = True; again.start()
tick()
"""
    notebooks = [
        write(tmp_path / "a.ipynb", source),
        write(tmp_path / "b.ipynb", "import time\ntime.sleep(0.3)\n'fine'"),
    ]

    run("merit", tmp_path / "out", notebooks)

    assert "RAHASIA" in said(tmp_path / "out" / "a.ipynb")[0]
    assert said(tmp_path / "out" / "b.ipynb") == ["'fine'"]


def test_a_thread_that_keeps_the_program_from_ending_is_named(tmp_path):
    thread = "threading.Thread(target=time.sleep, args=(1,), name='lama')"
    source = f"import threading, time\n{thread}.start()"

    log = run("merit", tmp_path / "out", [write(tmp_path / "a.ipynb", source)])

    assert log == "WARNING:papermill:The notebook leaves threads running: lama.\n"


@pytest.mark.parametrize(
    "source",
    [
        "async def ends():\n    raise SystemExit(3)\ntask = asyncio.create_task(ends())",
        "asyncio.get_running_loop().stop()",
    ],
    ids=["exits", "stops"],
)
def test_a_task_that_ends_the_loop_ends_a_kernel_and_not_this_process(tmp_path, source):
    later = "await asyncio.sleep(0.05)"
    bad = write(tmp_path / "a.ipynb", f"import asyncio\n{source}", later)
    good = write(tmp_path / "b.ipynb", "'fine'")
    code = (
        "import papermill\n"
        "how = {'engine_name': 'merit', 'progress_bar': False}\n"
        "how['for_kernel'] = {'execution_timeout': 4}\n"
        "for name in 'ab':\n"
        "    try:\n"
        "        papermill.execute_notebook(f'{name}.ipynb', f'{name}.out.ipynb', **how)\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__)\n"
    )
    assert bad.exists()
    assert good.exists()
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")

    assert done.returncode == 0
    assert "leaves this notebook to a kernel" in done.stderr
    assert said(tmp_path / "b.out.ipynb") == ["'fine'"]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one program there")
@pytest.mark.parametrize("waits", ["time.sleep(60)", "await asyncio.sleep(60)"])
def test_ctrl_c_ends_the_run_as_with_the_stock_engine(tmp_path, waits):
    cell = (
        f"import asyncio, time\nprint('x')\nopen('begun', 'x', encoding='utf-8').close()\n{waits}"
    )
    path = write(tmp_path / "a.ipynb", cell, "open('second', 'x', encoding='utf-8').close()")
    # What the cell is tagged with is no reason to go on.
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            '"metadata": {}', '"metadata": {"tags": ["raises-exception"]}'
        ),
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "papermill", "--engine", "merit", "--no-progress-bar"]
    with subprocess.Popen(
        [*command, "a.ipynb", "b.ipynb"], cwd=tmp_path, stderr=subprocess.PIPE, encoding="utf-8"
    ) as run_here:
        while not (tmp_path / "begun").exists():
            assert run_here.poll() is None
            time.sleep(0.02)
        run_here.send_signal(signal.SIGINT)
        _, complained = run_here.communicate()

    assert run_here.returncode != 0
    assert "KeyboardInterrupt" in complained or "Aborted!" in complained
    assert not (tmp_path / "second").exists()
    assert said(tmp_path / "b.ipynb") == ["x\n", ""]


def test_what_is_left_to_a_kernel_has_its_limit_too(tmp_path):
    source = (
        "import signal\nfor _ in range(100):\n    print('x' * 1_000_000)\nwhile True:\n    pass"
    )
    write(tmp_path / "a.ipynb", source)
    code = (
        "import papermill\n"
        "from merit_kit.engine import OutputLimitError\n"
        "try:\n"
        "    papermill.execute_notebook('a.ipynb', None, engine_name='merit',\n"
        "        progress_bar=False, output_limit=5_000_000)\n"
        "except OutputLimitError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8"
    )

    assert "it imports signal" in done.stderr
    assert done.stdout == "more than 5000000 characters\n"


def test_what_is_installed_is_known_by_its_folder_and_not_by_how_it_begins(tmp_path):
    from types import ModuleType

    import numpy

    from merit_kit.engine import _modules

    def module(name: str, file: Path | None) -> ModuleType:
        made = ModuleType(name)
        made.__file__ = str(file) if file else None
        return made

    [library] = {Path(str(numpy.__file__)).parents[1]}
    beside = library.parent.with_name(library.parent.name + "-mine") / "helper.py"
    assert _modules.is_installed("numpy", numpy, str(tmp_path))
    assert not _modules.is_installed("helper", module("helper", beside), str(tmp_path))
    # A link to it is it; what lies beside a notebook in there is not.
    if sys.platform != "win32":
        (tmp_path / "linked").symlink_to(library)
        linked = module("numpy", tmp_path / "linked" / "numpy" / "__init__.py")
        assert _modules.is_installed("numpy", linked, str(tmp_path))
    inside = library / "kit" / "templates"
    assert not _modules.is_installed("h", module("h", inside / "h.py"), str(inside))
    assert not _modules.is_installed("made_up", module("made_up", None), str(tmp_path))
    assert _modules.is_installed("sys", sys, str(tmp_path))
    assert ROOT.exists()
