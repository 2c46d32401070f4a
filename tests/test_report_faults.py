"""Reports that go wrong in a worker: each ends in a clear line, and the others are made.

The notebooks here do what they do for kab-b alone; kota-a is the other one. And what stands in the
page of one agency never stands in another's, by either engine, whatever went wrong before it.
"""

from __future__ import annotations

import logging
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from merit_kit import assessment
from merit_kit.assessment import Case
from merit_kit.i18n import LANGUAGES, explain, say
from merit_kit.reports import Pool, RoundReports, make_reports
from merit_kit.reports._manifest import MANIFEST, lines
from merit_kit.store import Store, create_store
from tests.conftest import ROUND, furnish, note
from tests.engine import templated
from tests.marked import fill

ONLY_KAB_B = """\
import json, os, sys, threading, time
is_bad = json.load(open(case, encoding="utf-8"))["agency"]["code"] == "kab-b"
"""
SHOWS = "from merit_kit.reports import open_report\nopen_report(case=case, lang=lang).head()"
FAULTS = {
    "raises": ("if is_bad:\n    raise ValueError('rusak')", "ValueError: rusak"),
    "loops": ("while is_bad:\n    pass", "8 detik"),
    "loops and catches": (
        "while is_bad:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass",
        "8 detik",
    ),
    "memory": (
        "kept = []\nwhile is_bad:\n    kept.append(bytearray(20_000_000))",
        "lebih dari 700 MB",
    ),
    "exits": ("is_bad and getattr(os, '_ex' + 'it')(3)", "kode 3"),
    "exits by name": ("is_bad and os._exit(3)", "DeadKernelError"),
    "prints": (
        "for _ in range(100 if is_bad else 0):\n    print('x' * 1_000_000)",
        "lebih dari 20 juta",
    ),
    # Left to a kernel, whose memory and words count as the worker's own.
    "memory of a kernel": (
        "import signal\nkept = []\nwhile is_bad:\n    kept.append(bytearray(20_000_000))",
        "lebih dari 700 MB",
    ),
    "prints in a kernel": (
        "import signal\nfor _ in range(100 if is_bad else 0):\n    print('x' * 1_000_000)",
        "lebih dari 20 juta",
    ),
}
ENDLESS = ("loops", "loops and catches")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1, seconds=60, most_bytes=700_000_000) as made:
        yield made


@pytest.fixture(scope="module")
def hurried() -> Iterator[Pool]:
    """A pool for what never ends; a whole report fits into its time on a busy machine, too."""
    with Pool(1, seconds=8, most_bytes=700_000_000) as made:
        yield made


@pytest.fixture(scope="module")
def marked(tmp_path_factory, tiny) -> Iterator[Store]:
    """A store with six agencies, each with a mark of its own in every text: QQ0 to QQ5."""
    with create_store(tmp_path_factory.mktemp("marked") / "ws") as store:
        furnish(store)
        for n in range(6):
            fill(store, tiny, f"kota-{n}", f"QQ{n}", f"Kota QQ{n}", "250")
        yield store


@pytest.fixture(scope="module")
def cases(tmp_path_factory, tiny) -> list[Case]:
    with create_store(tmp_path_factory.mktemp("faults") / "ws") as store:
        furnish(store)
        for code in ("kab-b", "kota-a"):
            assessment.begin(store, code, ROUND, tiny, "p-1")
        return assessment.make_cases(store, ROUND)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_report_that_goes_wrong_ends_in_a_clear_line_and_the_other_is_made(
    fault, cases, pool, hurried, tmp_path, monkeypatch
):
    source, said = FAULTS[fault]
    templated(monkeypatch, tmp_path, ONLY_KAB_B + source, SHOWS)
    workers = hurried if fault in ENDLESS else pool

    made = {o.agency: o for o in make_reports(cases, tmp_path / "out", executor=workers)}

    assert made["kota-a"].error is None
    assert "Kota A" in made["kota-a"].path.read_text(encoding="utf-8")
    assert said in explain(made["kab-b"].error)
    assert not made["kab-b"].path.exists()
    for lang in LANGUAGES:
        assert "Traceback" not in explain(made["kab-b"].error, lang)
    assert [path.name for path in (tmp_path / "out").rglob("*.tmp")] == []


def test_a_report_that_leaves_threads_is_made_and_they_write_into_no_other(
    cases, pool, tmp_path, monkeypatch
):
    leaves = (
        "def speak():\n    while True:\n        print('BENANG'); time.sleep(0.01)\n"
        "is_bad and threading.Thread(target=speak, daemon=True).start()\n"
        "time.sleep(0.1)"
    )
    templated(monkeypatch, tmp_path, ONLY_KAB_B + leaves, SHOWS)

    made = {o.agency: o for o in make_reports(cases, tmp_path / "out", executor=pool)}

    assert [made[code].error for code in made] == [None, None]
    assert "BENANG" in made["kab-b"].path.read_text(encoding="utf-8")
    assert "BENANG" not in made["kota-a"].path.read_text(encoding="utf-8")


def test_what_is_left_to_a_kernel_in_a_worker_is_said_in_the_log(
    cases, pool, tmp_path, monkeypatch, caplog
):
    caplog.set_level(logging.INFO, "merit_kit")
    templated(monkeypatch, tmp_path, "import signal", SHOWS)

    [made] = make_reports(cases[:1], tmp_path / "out", executor=pool)

    assert made.error is None
    assert "it imports signal" in caplog.text
    # At no level that a program without settings of its own would show.
    assert {record.levelname for record in caplog.records} == {"INFO"}
    [(key, facts)] = made.notes
    assert "kernel Jupyter tersendiri" in say(key, **facts)


# What every page of the tiny instrument's kit has in common, and nobody wrote.
MARK = re.compile(r"QQ\d")


@pytest.mark.parametrize("engine", ["merit", "stock"])
def test_no_page_holds_anything_of_another_agency_after_failures_and_new_workers(
    marked, tmp_path, monkeypatch, engine
):
    left = "import signal\n" if engine == "stock" else ""
    source = (
        "import builtins, json, os\n"
        "code = json.load(open(case, encoding='utf-8'))['agency']['code']\n"
        # A trap: whatever stays from one notebook to the next would be on the next page.
        "print(*getattr(builtins, 'seen', []), *globals().get('rows', []))\n"
        "builtins.seen = rows = [open(case, encoding='utf-8').read()]\n"
        "if code == 'kota-1':\n    raise ValueError('rusak')\n"
        "if code == 'kota-2':\n    getattr(os, '_ex' + 'it')(9)\n"
    )
    shows = (
        "report = open_report(case=case, lang=lang)\n"
        "for part in ('head', 'summary', 'aspects', 'sub_aspects', 'lifts', 'history', 'basis'):\n"
        "    display(getattr(report, part)())"
    )
    begins = "from merit_kit.reports import open_report"
    templated(monkeypatch, tmp_path, left + source, begins, shows)
    codes = [f"kota-{n}" for n in (range(6) if engine == "merit" else (0, 1, 3))]

    with Pool(2, reports=2) as pool:
        wanted = RoundReports(marked, ROUND, tmp_path / "out", agencies=codes, start=lambda _: pool)
        made = {outcome.agency: outcome for outcome in wanted.run()}
        index = wanted.write_list().path

    failed = {code for code, outcome in made.items() if outcome.error}
    assert failed == {"kota-1", "kota-2"} & set(codes)
    for code in set(codes) - failed:
        page = made[code].path.read_text(encoding="utf-8")
        assert set(MARK.findall(page)) == {f"QQ{code[-1]}"}
        assert f"catatan QQ{code[-1]}" in page
        assert "rahasia" not in page
    assert {f"QQ{n}" for n in range(6)} <= set(MARK.findall(index.read_text(encoding="utf-8")))


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one program there")
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_being_asked_to_stop_it_stops_cleanly_and_says_how_to_go_on(marked, tmp_path, asked):
    merit = [sys.executable, "-m", "merit_kit", "reports", "--round", ROUND]
    command = [*merit, "--store", marked.place, "--out", str(tmp_path / "out"), "--workers", "1"]
    folder = tmp_path / "out" / ROUND / "verifikasi"
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as batch:
        # One is on record; without its line a page is made again.
        while not [*lines(folder / MANIFEST)]:
            assert batch.poll() is None
            time.sleep(0.02)
        children = psutil.Process(batch.pid).children(recursive=True)
        batch.send_signal(asked)
        # As a terminal that closes does, and whoever is impatient.
        time.sleep(0.01)
        batch.send_signal(asked)
        _, complained = batch.communicate()

    assert batch.returncode == 130
    assert complained.count("jalankan perintah yang sama") == 1
    assert "dari 6 laporan" in complained
    assert [*Path(tempfile.gettempdir()).glob(f"merit-{batch.pid}-*")] == []
    assert "Traceback" not in complained
    assert psutil.wait_procs(children, timeout=10)[1] == []
    assert [*folder.glob(".*.tmp")] == []
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert "tidak berubah" in done.stdout
    assert len([*folder.glob("*.html")]) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one program there")
def test_what_changes_while_it_watches_is_made_again_also_after_a_list_that_failed(
    marked, tmp_path
):
    merit = [sys.executable, "-m", "merit_kit", "reports", "--round", ROUND, "--watch"]
    command = [*merit, "--store", marked.place, "--out", str(tmp_path / "out"), "--workers", "1"]
    index = tmp_path / "out" / ROUND / "index.html"
    about = str(assessment.find(marked, "kota-3", ROUND))

    def written(text: str) -> None:
        said = note(about, "2.1", text, author="penilai-QQ3")
        assessment.record(marked, [said], "pencatat-QQ3")

    with (
        (tmp_path / "kata.txt").open("w", encoding="utf-8") as complaints,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, encoding="utf-8"
        ) as batch,
    ):
        assert batch.stdout is not None
        heard: list[str] = []

        def until(words: str) -> None:
            for line in batch.stdout or ():
                heard.append(line)
                if words in line:
                    return

        until("Menunggu perubahan")
        index.unlink()
        index.mkdir()
        written("baru")
        until("Dicoba lagi")
        until("Menunggu perubahan")
        index.rmdir()
        written("lagi")
        until("Menunggu perubahan")
        batch.send_signal(signal.SIGINT)
        until("Selesai menunggu")
        assert batch.wait() == 0

    assert "6 laporan dibuat" in heard[0]
    assert sum("1 laporan dibuat" in line for line in heard) == 2
    assert sum("5 laporan tidak berubah" in line for line in heard) == 2
    assert index.is_file()
    complained = (tmp_path / "kata.txt").read_text(encoding="utf-8")
    assert "index.html" in complained
    assert "Traceback" not in complained
