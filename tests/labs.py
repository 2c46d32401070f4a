"""What the tests of JupyterLab share: a lab that can be killed, and a line that can be cut."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import psutil

from merit_kit import lab

TOKEN = "pengujian"
READY = '[data-merit="sheet"][data-ready="1"]'
_PATIENCE = 60


class Lab:
    """``merit lab`` on a folder, as a process of its own that can be started again."""

    def __init__(self, folder: Path, home: Path, options: tuple[str, ...]) -> None:
        self.folder = folder
        self.token = TOKEN
        self._log = home / "lab.log"
        self._options = options
        self._server: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            # Nothing of whoever runs the tests, and nothing of theirs changed.
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "IPYTHONDIR": str(home / "ipython"),
        }
        # Jupyter's own code is not ours to mend.
        self._environment.pop("PYTHONWARNDEFAULTENCODING", None)

    @property
    def port(self) -> int:
        """The folder's port; another start has the same."""
        text = (self.folder / ".merit-lab.json").read_text(encoding="utf-8")
        return int(json.loads(text)["port"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def address(self, notebook: str | None = None, port: int | None = None) -> str:
        """What a browser opens first: a notebook alone, or whatever `merit lab` opens by itself."""
        path = f"doc/tree/{notebook}" if notebook else ""
        return f"http://127.0.0.1:{port or self.port}/{path}?token={self.token}"

    def command(self, *options: str) -> list[str]:
        """The command line; `options` besides those of this lab."""
        return [
            *(sys.executable, "-m", "merit_kit", "lab", str(self.folder)),
            *("--no-browser", "--allow-root", f"--IdentityProvider.token={self.token}"),
            "--LabApp.expose_app_in_browser=True",
            *self._options,
            *options,
        ]

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the same command beside this lab, and wait for its end."""
        return subprocess.run(
            self.command(*options),
            env=self._environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
        )

    def start(self) -> None:
        """Start, on the folder's port, and wait until it answers."""
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                self.command(),
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _PATIENCE
        while True:
            # The file of the port may be there and not yet written.
            with contextlib.suppress(URLError, OSError, ValueError):
                address = f"{self.url}/api/status?token={self.token}"
                with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                    return
            assert self._server.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.1)

    def stop(self) -> None:
        """End it as its window is closed; the kernels end with it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once with all kernels, as when the power goes."""
        kernels = self.kernels()
        self._end(signal.SIGKILL)
        for pid in kernels:
            kill(pid)

    def pause(self) -> None:
        """Stop answering, without closing anything; the kernels go on."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    def kernels(self) -> list[int]:
        """The processes of its kernels."""
        return [
            each.pid
            for each in psutil.Process(self._pid).children(recursive=True)
            if "ipykernel_launcher" in _command_of(each)
        ]

    def close(self) -> None:
        """End whatever is left."""
        if self._server is not None and self._server.poll() is None:
            self.go_on()
            self.kill()

    @property
    def _pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    def _end(self, how: signal.Signals) -> None:
        assert self._server is not None
        self._server.send_signal(how)
        self._server.wait(timeout=_PATIENCE)


@contextmanager
def running_lab(folder: Path, home: Path, *options: str) -> Iterator[Lab]:
    """A lab on `folder` that keeps what it keeps of a user in `home`; killed at the end."""
    running = Lab(folder, home, options)
    try:
        running.start()
        yield running
    finally:
        running.close()


def kill(pid: int) -> None:
    """End a process at once, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _command_of(process: psutil.Process) -> list[str]:
    """Return the command line of a process; of one that has just ended, nothing."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


class Line:
    """A line between a browser and a lab that can break: connect to `port` instead of the lab's.

    Jupyter takes the port a browser asked for as its own, so that the page needs no other address.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._flows = threading.Event()
        self._flows.set()
        self._is_cut = False
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def drop(self) -> None:
        """Close every connection; new ones are let through (a laptop that slept)."""
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            _close(end)

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        self._is_cut = True
        self.drop()

    def stall(self) -> None:
        """Let nothing through, and close nothing: the worst of lines."""
        self._flows.clear()

    def resume(self) -> None:
        """Let everything through again, what was held back first."""
        self._is_cut = False
        self._flows.set()

    def close(self) -> None:
        self.cut()
        self._flows.set()
        _close(self._door)

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._door.accept()
            except OSError:
                return
            if self._is_cut:
                _close(browser)
                continue
            try:
                lab = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                _close(browser)
                continue
            lab.settimeout(None)
            with self._lock:
                self._ends += [browser, lab]
            for one, other in ((browser, lab), (lab, browser)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._flows.wait()
                other.sendall(data)
        _close(one)
        _close(other)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def line_to(running: Lab) -> Iterator[Line]:
    line = Line(running.port)
    try:
        yield line
    finally:
        line.close()


def sitting(
    folder: Path, name: str, *, marked: bool = True, agency: str | None = None, code: str = ""
) -> None:
    """Write a notebook with a small sheet: it shows its kernel and counts clicks it got back.

    At the agency ``gagal`` it fails. With `code` at its end the sheet is not that of the kit any
    more; see :func:`as_kit`.
    """
    hidden = {"jupyter": {"source_hidden": True}}
    cell = {"cell_type": "code", "execution_count": None, "metadata": hidden, "outputs": []}
    chosen = {**cell, "metadata": {**hidden, "tags": ["parameters"]}}
    written: dict[str, Any] = {
        "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Jalankan semua sel."},
            {**chosen, "id": "b", "source": f"# Yang dinilai.\nagency = {agency!r}"},
            {**cell, "id": "c", "source": "runs = globals().get('runs', 0) + 1"},
            {**cell, "id": "d", "source": _SHEET + code},
        ],
        "metadata": {
            **({"merit": {"panel": True}} if marked else {}),
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / name).write_text(json.dumps(written), encoding="utf-8")


def as_kit(folder: Path) -> list[str]:
    """Options of a lab to which this folder's notebooks are those of the kit."""
    extension = Path(lab.__file__).parent / "labextensions"
    return [f"--LabApp.extra_labextensions_path={each}" for each in (extension, folder)]


_SHEET = '''import os
import anywidget
import traitlets

if agency == 'gagal':
    print('runs', runs)
    raise ValueError('sebab')

class Sheet(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el }) {
        const sheet = document.createElement("section");
        sheet.dataset.merit = "sheet";
        sheet.tabIndex = -1;
        sheet.innerHTML = "<button>0</button> <b></b> <u></u> <i></i>";
        const [button, pid, runs, answered] = sheet.children;
        pid.textContent = model.get("pid");
        runs.textContent = model.get("runs");
        button.onclick = () => model.send({ n: Number(++button.textContent) });
        model.on("msg:custom", (message) => { answered.textContent = message.n; });
        el.append(sheet);
        sheet.dataset.ready = "1";
      },
    };
    """
    pid = traitlets.Int().tag(sync=True)
    runs = traitlets.Int().tag(sync=True)

sheet = Sheet(pid=os.getpid(), runs=runs)
sheet.on_msg(lambda widget, message, _: widget.send(message))
sheet'''
