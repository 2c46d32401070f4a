"""The pool: workers are warm, are ended when they are stuck, and leave nothing behind.

What they are given here is ``exec`` and ``eval`` with a text: any function that can be imported.
"""

# ruff: noqa: S307 what is evaluated is written here

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, explain, say
from merit_kit.reports import Pool, _limits, _pool, _program, making

PID = "__import__('os').getpid()"
HEAVY = "x = []\nwhile True:\n    x.append(bytearray(10_000_000))"
FOR_EVER = "while True:\n    pass"
WHATEVER_IS_RAISED = "try:\n    while True:\n        pass\nexcept BaseException:\n    pass"


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1, seconds=3, most_bytes=600_000_000, reports=1000) as made:
        made.submit(eval, PID).result()  # warm
        yield made


@pytest.fixture(scope="module")
def patient() -> Iterator[Pool]:
    """A pool that waits: what ends a report in it is not the time."""
    with Pool(1, seconds=60, most_bytes=600_000_000, reports=1000) as made:
        yield made


def test_a_worker_that_nobody_waits_for_has_all_time(monkeypatch):
    monkeypatch.setattr(_program, "_START", 0.0)
    worker = _program.Program()
    time.sleep(0.05)
    worker.check(10**12)
    is_spent = worker.is_spent(1000)
    worker.end()

    assert not is_spent


def test_what_is_asked_where_no_worker_can_be_started_fails_and_nobody_waits(monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_program.subprocess, "Popen", full)
    with Pool(1) as pool, pytest.raises(ReportError) as caught:
        pool.submit(eval, "1").result(timeout=30)

    assert "ruang penyimpanan habis" in explain(caught.value)


def test_a_worker_leaves_nothing_in_the_folder_for_passing_things(pool):
    code = "import tempfile; open(tempfile.mkstemp()[1], 'w').close()"
    before = pool.submit(eval, "__import__('tempfile').gettempdir()").result()
    pool.submit(exec, code).result()
    with pytest.raises(ReportError):
        pool.submit(exec, "import os; os._exit(7)").result()
    after = pool.submit(eval, "__import__('tempfile').gettempdir()").result()

    assert after != before
    assert not Path(before).exists()


def test_what_a_function_returns_comes_back_and_so_does_what_it_raises(pool):
    assert pool.submit(eval, "6 * 7").result() == 42
    with pytest.raises(ZeroDivisionError):
        pool.submit(eval, "1 / 0").result()


def test_a_worker_is_kept_from_one_report_to_the_next(pool):
    assert len({pool.submit(eval, PID).result() for _ in range(3)}) == 1


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (FOR_EVER, "report-stuck"),
        ("import time; time.sleep(3600)", "report-stuck"),
        (HEAVY, "report-memory"),
        ("import os; os._exit(7)", "report-died"),
    ],
    ids=["loops", "sleeps", "memory", "exit"],
)
def test_a_stuck_report_ends_with_its_worker_and_the_next_one_is_made(pool, patient, code, key):
    pool = pool if key == "report-stuck" else patient
    before = pool.submit(eval, PID).result()

    with pytest.raises(ReportError) as caught:
        pool.submit(exec, code).result()

    assert caught.value.key == key
    assert pool.submit(eval, PID).result() != before
    assert not psutil.pid_exists(before)
    for lang in LANGUAGES:
        assert "{" not in explain(caught.value, lang)


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody can tell who ended a program")
def test_what_a_worker_was_making_that_somebody_ended_is_made_once_more(pool, tmp_path):
    # The first time its worker is ended from outside, as a system does that is short of memory.
    code = (
        "import os, pathlib, signal\n"
        f"tries = pathlib.Path({str(tmp_path / 'tries')!r})\n"
        "tries.mkdir(exist_ok=True)\n"
        "(tries / str(os.getpid())).touch()\n"
        "ENDS and os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    once = "ENDS = not pathlib.Path(tries, '..', 'seen').exists(); (tries.parent / 'seen').touch()"
    pool.submit(exec, code.replace("ENDS and", f"{once}\nENDS and")).result()
    made = len(list((tmp_path / "tries").iterdir()))
    with pytest.raises(ReportError) as caught:
        pool.submit(exec, code.replace("ENDS and", "True and")).result()

    assert made == 2
    # The one that made it, and another.
    assert len(list((tmp_path / "tries").iterdir())) == 3
    assert caught.value.facts["code"] == "-9"


def test_the_children_of_a_stuck_report_end_with_it(pool):
    code = (
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)'])\n"
        "time.sleep(3600)"
    )
    worker = psutil.Process(pool.submit(eval, PID).result())
    stuck = pool.submit(exec, code)
    while not (children := worker.children()):
        time.sleep(0.05)

    with pytest.raises(ReportError):
        stuck.result()

    gone, alive = psutil.wait_procs(children, timeout=10)
    assert (len(gone), alive) == (1, [])


def test_a_report_that_leaves_a_thread_is_made_and_its_worker_is_replaced(pool):
    before = pool.submit(eval, PID).result()
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()"

    asked = pool.submit(exec, code)
    asked.result()

    [(key, facts)] = asked.notes
    assert "Thread-" in say(key, **facts)
    another = pool.submit(eval, PID)
    assert another.result() != before
    assert another.notes == ()


def test_a_worker_ends_after_so_many_reports():
    with Pool(1, reports=2) as pool:
        pids = [pool.submit(eval, PID).result() for _ in range(4)]

    assert pids[0] == pids[1]
    assert pids[2] == pids[3]
    assert pids[1] != pids[2]


def test_what_a_report_prints_past_python_disturbs_nobody(pool):
    pool.submit(exec, "import os\nos.write(1, b'x' * 100_000); os.write(2, b'y')").result()

    assert pool.submit(eval, "1").result() == 1


def test_what_went_wrong_is_told_in_the_words_of_that_report_alone(pool):
    # The second says nothing; a program that the first began goes on speaking for it.
    speaks = "import time, os\nfor _ in range(50):\n    os.write(2, b'QQ1 later'); time.sleep(0.1)"
    first = (
        "import os, subprocess, sys\nos.write(2, b'QQ1 of the first\\n')\n"
        f"subprocess.Popen([sys.executable, '-c', {speaks!r}], start_new_session=True)"
    )
    before = pool.submit(eval, PID).result()
    pool.submit(exec, first).result()
    assert pool.submit(eval, PID).result() == before

    with pytest.raises(ReportError) as caught:
        pool.submit(exec, "import os, time\ntime.sleep(0.5); os._exit(7)").result()
    with pytest.raises(ReportError) as named:
        pool.submit(exec, "import os\nos.write(2, b'QQ2 of this'); os._exit(7)").result()

    assert "QQ1" not in explain(caught.value)
    assert "QQ2 of this" in explain(named.value)


def test_a_report_that_would_end_its_worker_fails_and_ends_nobody(pool):
    before = pool.submit(eval, PID).result()

    with pytest.raises(RuntimeError, match="SystemExit: 3"):
        pool.submit(exec, "raise SystemExit(3)").result()

    assert pool.submit(eval, PID).result() == before


def test_reports_are_made_side_by_side():
    # Each waits for the other: neither would get to its end if they were made in turn.
    code = (
        "import os, time\n"
        "open(mine, 'w').close()\n"
        "while not os.path.exists(other):\n"
        "    time.sleep(0.01)\n"
        "os.unlink(other)"
    )
    import tempfile

    with Pool(2) as pool, tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in "ab"]  # noqa: PTH118 texts for the worker
        a = pool.submit(exec, code, {"mine": names[0], "other": names[1]})
        b = pool.submit(exec, code, {"mine": names[1], "other": names[0]})
        assert (a.result(), b.result()) == (None, None)


def test_stopping_at_once_ends_every_worker_and_what_waits_is_dropped():
    pool = Pool(1)
    pid = pool.submit(eval, PID).result()
    stuck, waiting = pool.submit(exec, FOR_EVER), pool.submit(eval, "1")
    while not stuck.running():
        time.sleep(0.05)

    pool.shutdown(cancel_futures=True)

    assert waiting.cancelled()
    assert not psutil.pid_exists(pid)
    with pytest.raises(ReportError):
        stuck.result()
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(eval, "1")


class Late:
    """A worker that is started only when all that there were have been ended."""

    def __init__(self, begun: threading.Event, ended: threading.Event) -> None:
        self.notes, self._killed = (), threading.Event()
        self.was_killed = False
        begun.set()
        assert ended.wait(30)

    def kill(self) -> None:
        self._killed.set()

    end = kill

    def call(self, *_) -> None:
        assert self._killed.wait(3), "a whole report is made, and nobody watches"
        raise ReportError("report-died", code="-", said="-")

    def is_spent(self, _) -> bool:
        return False


def test_a_worker_that_is_replaced_while_all_are_stopped_makes_no_report(monkeypatch):
    begun, ended = threading.Event(), threading.Event()
    made = iter([OSError(errno.ENOMEM, "-"), None])

    def program():
        fault = next(made)
        if fault:
            raise fault  # so that it is started with the report, as one is that is replaced
        return Late(begun, ended)

    class Joined:
        """Is waited for after everybody was ended."""

        def __init__(self, thread: threading.Thread) -> None:
            self._thread = thread

        def join(self) -> None:
            ended.set()
            self._thread.join()

    monkeypatch.setattr(_pool, "Program", program)
    pool = Pool(1)
    going = pool.submit(eval, "1")
    assert begun.wait(30)
    pool._threads = [Joined(thread) for thread in pool._threads]
    pool.shutdown(cancel_futures=True)

    assert isinstance(going.exception(), ReportError)


@pytest.fixture
def container(tmp_path, monkeypatch):
    """A computer with 64 cores and 256 GB, and a container in it that is given some of that."""

    def given(**files: str) -> None:
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text + "\n", encoding="ascii")

    whole = SimpleNamespace(total=256_000_000_000, available=200_000_000_000)
    monkeypatch.setattr(_limits, "_GROUP", tmp_path)
    monkeypatch.setattr(_limits.psutil, "virtual_memory", lambda: whole)
    monkeypatch.setattr(_limits.psutil.Process, "cpu_affinity", lambda _: [*range(64)], False)
    return given


def test_there_are_no_more_workers_than_a_container_was_given_cores_and_memory_for(container):
    assert _limits.sensible() == 16
    container(cpu_max="max 100000", memory_max="max", memory_current="900000000")
    assert _limits.sensible() == 16
    container(cpu_max="350000 100000")
    assert _limits.sensible() == 3
    # 2 GB, of which 1.4 are taken, of which 0.6 are files that were read: 1.2 are free.
    container(memory_max="2000000000", memory_current="1400000000")
    container(memory_stat="anon 800000000\ninactive_file 600000000")
    assert _limits.sensible() == 2
    container(cpu_max="50000 100000")
    assert _limits.sensible() == 1


def test_workers_together_take_no_more_than_there_is_and_each_enough_for_a_report(container):
    assert _limits.most_bytes_of(16) == 1_500_000_000
    container(memory_max="4000000000")
    assert [_limits.most_bytes_of(n) for n in (1, 4, 16)] == [
        1_500_000_000,
        800_000_000,
        600_000_000,
    ]
    container(memory_max="rubbish")
    assert _limits.most_bytes_of(16) == 1_500_000_000


def test_what_a_worker_may_take_is_its_part_of_those_that_there_are_by_now(monkeypatch):
    monkeypatch.setattr(Pool, "_another", lambda *_: None)
    monkeypatch.setattr(_pool, "most_bytes_of", lambda workers: 1000 // workers)
    with Pool(2) as pool, Pool(2, most_bytes=7) as told:
        assert (pool.most_bytes, told.most_bytes) == (500, 7)
        pool.grow(4)
        assert pool.most_bytes == 250


OWNER = """\
from merit_kit.reports import Pool, _pool
pool = Pool(2)
print(*(pool.submit(eval, "__import__('os').getpid()").result() for _ in range(8)), flush=True)
for _ in range(2):
    pool.submit(exec, "while True: pass")
input()
"""


def test_no_worker_outlives_whoever_started_it_however_that_ended():
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as owner:
        assert owner.stdout is not None
        workers = [psutil.Process(int(pid)) for pid in set(owner.stdout.readline().split())]
        owner.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    _, alive = psutil.wait_procs(workers, timeout=20)

    assert workers
    assert alive == []


def test_there_are_as_many_workers_as_were_asked_for_once_there_is_enough_to_make(monkeypatch):
    monkeypatch.setattr(Pool, "_another", lambda *_: None)
    with making(workers=3) as start:
        sizes = [start(reports).workers for reports in (1, 2, 1, 100)]

    assert sizes == [1, 2, 2, 3]
