"""Past one machine: a Dask scheduler and two workers, as programs here; one is killed at work."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, explain
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


def batch(store: Store, address: str, out: Path) -> subprocess.Popen[str]:
    merit = [sys.executable, "-m", "merit_kit", "reports", "--round", ROUND]
    command = [*merit, "--store", store.place, "--out", str(out), "--cluster", address]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def test_pages_come_back_and_what_a_killed_worker_was_making_is_made_by_another(marked, tmp_path):
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    at = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    worker = (address, "--nthreads", "1", "--no-dashboard", "--no-nanny")
    worker = (*worker, "--host", "127.0.0.1", "--local-directory", str(tmp_path / "d"))
    folder = tmp_path / "out" / ROUND / "verifikasi"
    with (
        dask(tmp_path, "scheduler", *at),
        dask(tmp_path, "worker", *worker) as first,
        dask(tmp_path, "worker", *worker),
    ):
        wait_for_workers(address, 2)
        running = batch(marked, address, tmp_path / "out")
        while len([*folder.glob("*.html")]) < 2:
            assert running.poll() is None, running.communicate()
            time.sleep(0.02)
        assert first.is_running()
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


def wait_for_workers(address: str, count: int) -> None:
    code = (
        "from distributed import Client\n"
        f"with Client({address!r}, timeout=60) as c: c.wait_for_workers({count}, timeout=60)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)


def test_a_scheduler_that_does_not_answer_is_told_in_words(marked, tmp_path):
    running = batch(marked, f"tcp://127.0.0.1:{free_port()}", tmp_path / "out")
    _, complained = running.communicate()

    assert running.returncode == 1
    assert "Tidak ada penjadwal Dask yang menjawab di tcp://127.0.0.1:" in complained
    assert "Traceback" not in complained


def test_a_worker_with_another_kit_is_refused(monkeypatch):
    from merit_kit.reports import _cluster

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
