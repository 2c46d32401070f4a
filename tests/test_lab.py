"""JupyterLab on a work folder, and the first notebook run in it by a real browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from urllib.error import URLError

import pytest

from merit_kit import lab
from tests.pages import browser

TOKEN = "pengujian"


def test_the_notebooks_are_put_into_the_folder_once_and_never_over_ones_own(tmp_path):
    first = lab.lay_out(tmp_path)
    (tmp_path / "00-mulai.ipynb").write_text("milik saya", encoding="utf-8")

    assert tmp_path / "00-mulai.ipynb" in first
    assert lab.lay_out(tmp_path) == []
    assert (tmp_path / "00-mulai.ipynb").read_text(encoding="utf-8") == "milik saya"


@contextmanager
def running_lab(folder, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        # Nothing of whoever runs the tests, and nothing of theirs changed.
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    environment.pop("PYTHONWARNDEFAULTENCODING", None)  # Jupyter's own code is not ours to mend
    log = (tmp_path / "lab.log").open("wb")
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "merit_kit",
            "lab",
            str(folder),
            "--no-browser",
            "--allow-root",
            f"--ServerApp.port={port}",
            f"--IdentityProvider.token={TOKEN}",
            "--LabApp.expose_app_in_browser=True",
        ],
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=5):  # noqa: S310
                    break
            except (URLError, OSError):
                assert time.monotonic() < deadline, (tmp_path / "lab.log").read_text("utf-8")
                time.sleep(0.2)
        yield url
    finally:
        # The whole group: `merit lab`, JupyterLab under it, and the kernels under that.
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        log.close()


@pytest.mark.browser
@pytest.mark.xdist_group("lab")
def test_a_newcomer_runs_the_first_notebook_and_sees_a_report(tmp_path):
    folder = tmp_path / "ws"
    folder.mkdir()
    with running_lab(folder, tmp_path) as url, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{url}/lab/tree/00-mulai.ipynb?token={TOKEN}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        # Not awaited: the promise ends when the last cell does, or never.
        page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
        frame = page.frame_locator(".jp-OutputArea-output iframe[sandbox]")
        frame.locator("h1").wait_for(timeout=90_000, state="attached")
        shown = frame.locator("body").inner_text()
        assert page.get_by_text("notified about official Jupyter news").count() == 0
        if shots := os.environ.get("MERIT_SHOTS"):
            page.locator("iframe[sandbox]").scroll_into_view_if_needed()
            page.screenshot(path=f"{shots}/mulai.png")
        page.close()
    assert "Kota Kediri" in shown
    assert "SIMULASI, BUKAN HASIL RESMI" in shown
    assert (
        folder / "latihan" / "reports" / "2026-2" / "verifikasi" / "kota-kediri.id.html"
    ).exists()
