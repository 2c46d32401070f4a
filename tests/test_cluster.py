"""Past one machine: a Dask scheduler and workers, as programs here, killed while at work."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import distributed
import psutil
import pytest

from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.reports import _cluster, making
from merit_kit.reports._manifest import is_there, lines
from merit_kit.store import Store, create_store
from tests.conftest import ROUND, furnish
from tests.marked import fill

AGENCIES = 24


@pytest.fixture(scope="module")
def marked(tmp_path_factory, tiny) -> Iterator[Store]:
    with create_store(tmp_path_factory.mktemp("cluster") / "ws") as store:
        furnish(store)
        for n in range(AGENCIES):
            fill(store, tiny, f"kota-{n:02}", f"QQ{n:02}", f"Kota QQ{n:02}", "250")
        yield store


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def dask(folder: Path, part: str, *given: str) -> Iterator[psutil.Popen]:
    """Run a part of Dask as its command would, and end it with all its children."""
    code = f"from distributed.cli.dask_{part} import main; main()"
    program = psutil.Popen(
        [sys.executable, "-W", "ignore", "-c", code, *given],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield program
    finally:
        end(program)


def end(program: psutil.Popen) -> None:
    """Kill a program and what it started, as when the power of its computer fails."""
    if program.is_running():
        every = [*program.children(recursive=True), program]
        for each in every:
            each.kill()
        psutil.wait_procs(every, timeout=10)
    program.wait()


BATCH = """\
import sys
from merit_kit.reports import _cluster
_cluster.PATIENCE = float(sys.argv.pop(1))
from merit_kit.cli import main
main()
"""


def batch(
    store: Store, address: str, out: Path, *more: str, patience: float = 120
) -> subprocess.Popen[str]:
    merit = [sys.executable, "-c", BATCH, str(patience), "reports", "--round", ROUND]
    command = [*merit, "--store", store.place, "--out", str(out), "--cluster", address, *more]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


class Scheduler:
    """A scheduler, and what its workers are doing."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self._folder, self._stack = folder, stack
        self._at = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        self._client: Any = None
        self.start()

    def start(self) -> None:
        """Start it, at the same address as before if it was ended."""
        self.program = self._stack.enter_context(dask(self._folder, "scheduler", *self._at))
        if self._client is not None:
            self._client.close()
            self._client = None

    def worker(self, preload: str = "") -> psutil.Popen:
        """Start a worker with one thread, and wait until it has joined.

        `preload` is what it does first, which may make its kit another.
        """
        before = set(self.held()) if self._client else set()
        own = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--host", "127.0.0.1")
        place = ("--local-directory", str(self._folder / "d"))
        if preload:
            place += ("--preload", preload)
        made = self._stack.enter_context(dask(self._folder, "worker", self.address, *own, *place))
        if self._client is None:
            self._client = self._stack.enter_context(
                distributed.Client(self.address, timeout=60, set_as_default=False)
            )
        self._client.wait_for_workers(len(before) + 1, timeout=60)
        [made.address] = set(self.held()) - before
        return made

    def held(self) -> dict[str, int]:
        """How many reports each worker has been given and not given back."""
        return {where: len(keys) for where, keys in self._client.processing().items()}

    def hold(self, worker: psutil.Popen) -> None:
        """Have a worker stay at the report that it is making, and see that it has one."""
        until(worker.children)
        # What it makes reports with stands still: the worker itself goes on to answer. First of
        # all, for there are not that many reports.
        for program in worker.children(recursive=True):
            program.suspend()
        until(lambda: self.held()[worker.address] > 0)


def until(so: Callable[[], object], seconds: float = 150) -> None:
    ends = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.02)


@pytest.fixture
def scheduler(tmp_path) -> Iterator[Scheduler]:
    with ExitStack() as stack:
        yield Scheduler(tmp_path, stack)


def made(folder: Path) -> list[Path]:
    return [*folder.glob("*.html")]


def test_what_a_killed_worker_held_is_made_by_another_and_nothing_is_mixed(
    marked, scheduler, tmp_path
):
    folder = tmp_path / "out" / ROUND / "verifikasi"
    first, _ = scheduler.worker(), scheduler.worker()
    running = batch(marked, scheduler.address, tmp_path / "out")
    until(lambda: running.poll() is not None or len(made(folder)) >= 2)
    scheduler.hold(first)
    assert len(made(folder)) < AGENCIES
    end(first)
    said, complained = running.communicate()

    assert running.returncode == 0, complained
    assert f"{AGENCIES} laporan dibuat" in said
    last = {line["agency"]: line for line in lines(folder / "manifest.jsonl")}
    assert len(last) == AGENCIES
    assert all(is_there(line, folder) for line in last.values())
    for n in range(AGENCIES):
        page = (folder / f"kota-{n:02}.id.html").read_text(encoding="utf-8")
        others = {f"QQ{m:02}" for m in range(AGENCIES)} - {f"QQ{n:02}"}
        assert f"catatan QQ{n:02}" in page
        assert not [mark for mark in others if mark in page]


def test_without_any_worker_left_the_batch_says_so_and_goes_on_with_one_that_joins(
    marked, scheduler, tmp_path
):
    folder = tmp_path / "out" / ROUND / "verifikasi"
    first = scheduler.worker()
    running = batch(marked, scheduler.address, tmp_path / "out")
    until(lambda: running.poll() is not None or made(folder))
    scheduler.hold(first)
    end(first)
    assert running.stderr is not None
    alone = next(line for line in running.stderr if "tidak mempunyai pekerja lagi" in line)
    assert "120 detik" in alone
    assert len(made(folder)) < AGENCIES
    scheduler.worker()
    said, complained = running.communicate()

    assert running.returncode == 0, complained
    assert "Pekerja sudah ada lagi (1)" in complained
    assert f"{AGENCIES} laporan dibuat" in said


@pytest.mark.parametrize("lost", ["workers", "scheduler"])
def test_with_all_of_them_lost_it_ends_in_words_and_the_same_command_goes_on(
    marked, scheduler, tmp_path, lost
):
    folder = tmp_path / "out" / ROUND / "verifikasi"
    worker = scheduler.worker()
    running = batch(marked, scheduler.address, tmp_path / "out", patience=1)
    until(lambda: running.poll() is not None or made(folder))
    scheduler.hold(worker)
    end(worker if lost == "workers" else scheduler.program)
    said, complained = running.communicate()

    kept = len(made(folder))
    assert running.returncode == 1
    assert f"{kept} laporan dibuat" in said
    assert "ulangi perintah yang sama" in complained
    assert "Traceback" not in complained
    if lost == "workers":
        assert "tidak mempunyai pekerja" in complained
        scheduler.worker()
        going_on = batch(marked, scheduler.address, tmp_path / "out")
        said, complained = going_on.communicate()
        assert going_on.returncode == 0, complained
        assert f"{kept} laporan tidak berubah" in said
        assert f"{AGENCIES - kept} laporan dibuat" in said


def test_the_time_limit_holds_on_the_workers_too(marked, scheduler, tmp_path):
    folder = tmp_path / "out" / ROUND / "verifikasi"
    worker = scheduler.worker()
    running = batch(marked, scheduler.address, tmp_path / "out", "--time-limit", "15")
    # Once one is made it is warm, and the time is that of a report.
    until(lambda: running.poll() is not None or made(folder))
    scheduler.hold(worker)
    said, complained = running.communicate()

    assert running.returncode == 1
    assert "1 laporan gagal" in complained
    assert "setelah 15 detik" in complained
    assert f"{AGENCIES - 1} laporan dibuat" in said


def test_workers_of_this_computer_are_not_asked_for_with_a_cluster(marked, tmp_path):
    running = batch(marked, "tcp://127.0.0.1:1", tmp_path / "out", "--workers", "2")
    _, complained = running.communicate()

    assert running.returncode == 1
    assert "--workers hanya untuk komputer ini" in complained


def test_a_scheduler_that_does_not_answer_is_told_in_words(marked, tmp_path):
    running = batch(marked, f"tcp://127.0.0.1:{free_port()}", tmp_path / "out")
    _, complained = running.communicate()

    assert running.returncode == 1
    assert "Tidak ada penjadwal Dask yang menjawab di tcp://127.0.0.1:" in complained
    assert "Traceback" not in complained


OTHERS = {
    # Other libraries; and an older kit, which cannot be asked.
    "berbeda: numpy 0 (\u2260 ": """
from importlib.metadata import version as of
from merit_kit.reports import _keys
_keys.version = lambda name: "0" if name == "numpy" else of(name)
""",
    "merit-kit ": "from merit_kit.reports import _alike\nvars(_alike).pop('kit_there', None)",
}


def test_workers_with_another_kit_are_named_and_make_nothing_and_others_make_all(
    marked, scheduler, tmp_path
):
    others = {scheduler.worker(done).address: said for said, done in OTHERS.items()}
    refused = batch(marked, scheduler.address, tmp_path / "out")
    _, complained = refused.communicate()

    assert refused.returncode == 1
    assert not (tmp_path / "out").exists()
    for address, said in others.items():
        [line] = [line for line in complained.splitlines() if address in line]
        assert said in line
    scheduler.worker()
    running = batch(marked, scheduler.address, tmp_path / "out")
    said, complained = running.communicate()

    assert running.returncode == 0, complained
    assert f"{AGENCIES} laporan dibuat" in said
    assert complained.count("tidak dipakai") == len(others)


def test_a_scheduler_that_was_away_for_long_is_connected_to_anew(scheduler, monkeypatch):
    scheduler.worker()
    monkeypatch.setattr(_cluster, "_ANSWER", 3)  # seconds for which Dask tries to reconnect
    with making(cluster=scheduler.address) as start:
        first = start(1)
        assert start(1) is first
        end(scheduler.program)
        until(lambda: first.lost)
        scheduler.start()
        scheduler.worker()

        assert start(1) is not first
        assert start(1).submit(abs, -1).result(60) == 1


def test_a_worker_with_another_kit_is_refused():
    with pytest.raises(ReportError) as caught:
        _cluster.there(int, "another digest")

    for lang in LANGUAGES:
        assert "Dask" in explain(caught.value, lang)


def test_without_dask_it_is_said_how_to_get_it(monkeypatch):
    from merit_kit.reports._cluster import Cluster

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ReportError) as caught:
        Cluster("tcp://127.0.0.1:1")

    assert "merit-kit[cluster]" in explain(caught.value)
