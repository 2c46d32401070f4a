"""``merit lab``: the folder's notebooks, its port, and what JupyterLab is told."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyterlab.labapp import LabApp
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect
from traitlets import Any

from merit_kit import lab
from merit_kit.cli import _app
from merit_kit.errors import MeritError
from merit_kit.files import kit_folder
from merit_kit.lab._connection import PromptConnection
from merit_kit.lab._port import is_free
from tests.labs import running_lab


@contextmanager
def somebody_at(port):
    with socket.create_server(("127.0.0.1", port)):
        yield


@pytest.fixture
def told(monkeypatch, tmp_path):
    """What JupyterLab is started with, instead of starting it."""
    monkeypatch.setenv("MERIT_LANG", "id")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    arguments = []
    monkeypatch.setattr(LabApp, "launch_instance", arguments.extend)
    return arguments


def test_the_notebooks_are_put_into_the_folder_once_and_never_over_ones_own(tmp_path):
    first = lab.lay_out(tmp_path)
    (tmp_path / "00-mulai.ipynb").write_text("milik saya", encoding="utf-8")

    assert tmp_path / "00-mulai.ipynb" in first
    assert lab.lay_out(tmp_path) == []
    assert (tmp_path / "00-mulai.ipynb").read_text(encoding="utf-8") == "milik saya"


def test_a_notebook_of_an_earlier_kit_is_replaced_unless_somebody_changed_it(tmp_path, monkeypatch):
    earlier = tmp_path / "kit"
    earlier.mkdir()
    names = ("a.ipynb", "b.ipynb")
    for name in names:
        notebook = {"cells": [{"cell_type": "code", "source": ["lama"]}], "metadata": {}}
        (earlier / name).write_text(json.dumps(notebook), encoding="utf-8")
    folder = tmp_path / "kerja"
    folder.mkdir()
    monkeypatch.setattr("merit_kit.lab._folder.kit_folder", lambda _: earlier)
    lab.lay_out(folder)

    # What a cell showed is no change, as JupyterLab writes it; what it says is one.
    shown = json.loads((folder / "a.ipynb").read_text(encoding="utf-8"))
    shown["cells"][0] |= {"source": "lama", "outputs": ["gambar"]}
    kept = json.loads(json.dumps(shown))
    (folder / "a.ipynb").write_text(json.dumps(shown), encoding="utf-8")
    shown["cells"][0]["source"] = "agency = 'kota-palu'"
    (folder / "b.ipynb").write_text(json.dumps(shown), encoding="utf-8")
    for name in names:
        text = (earlier / name).read_text(encoding="utf-8")
        (earlier / name).write_text(text.replace("lama", "baru"), encoding="utf-8")

    assert lab.lay_out(folder) == [folder / "a.ipynb"]
    assert json.loads((folder / "a (1).ipynb").read_text(encoding="utf-8")) == kept
    assert "baru" in (folder / "a.ipynb").read_text(encoding="utf-8")
    assert "kota-palu" in (folder / "b.ipynb").read_text(encoding="utf-8")
    assert lab.lay_out(folder) == []


def test_a_folder_keeps_the_port_it_was_given_first(tmp_path):
    port = lab.pinned_port(tmp_path)
    assert 20_000 <= port < 30_000
    assert {lab.pinned_port(tmp_path) for _ in range(3)} == {port}


def test_a_port_that_somebody_has_is_not_chosen(tmp_path, monkeypatch):
    busy, free = lab.pinned_port(tmp_path / "a"), lab.pinned_port(tmp_path / "b")
    drawn = iter([busy - 20_000, free - 20_000])
    monkeypatch.setattr("merit_kit.lab._port.secrets.randbelow", lambda _: next(drawn))
    with somebody_at(busy):
        assert lab.pinned_port(tmp_path / "c") == free


def test_two_first_starts_at_once_have_the_same_port(tmp_path, monkeypatch):
    other = []

    def somebody_is_quicker(_):
        monkeypatch.undo()
        other.append(lab.pinned_port(tmp_path))
        return other[0] - 20_000 + (1 if other[0] < 29_999 else -1)

    monkeypatch.setattr("merit_kit.lab._port.secrets.randbelow", somebody_is_quicker)
    assert [lab.pinned_port(tmp_path)] == other


def test_a_port_that_another_start_is_about_to_write_is_waited_for(tmp_path, monkeypatch):
    path = tmp_path / ".merit-lab.json"
    path.touch()
    monkeypatch.setattr(
        "merit_kit.lab._port.time.sleep",
        lambda _: path.write_text('{"port": 20001}', encoding="utf-8"),
    )
    assert lab.pinned_port(tmp_path) == 20_001


@pytest.mark.parametrize(("system", "option"), [("win32", -5), ("linux", socket.SO_REUSEADDR)])
def test_a_port_that_somebody_else_shares_is_taken_on_windows(monkeypatch, system, option):
    asked = []

    class Tried(socket.socket):
        def setsockopt(self, *given):
            asked.append(given)

    monkeypatch.setattr("merit_kit.lab._port.sys.platform", system)
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    monkeypatch.setattr(socket, "socket", Tried)
    assert isinstance(is_free(20_001), bool)
    assert asked == [(socket.SOL_SOCKET, option, 1)]


@pytest.mark.parametrize("content", ["", "{}", '{"port": "abc"}', '{"port": 80}', "[1]", "\x00"])
def test_a_port_that_cannot_be_read_is_never_replaced_in_silence(tmp_path, content):
    (tmp_path / ".merit-lab.json").write_text(content, encoding="utf-8")
    with pytest.raises(MeritError) as caught:
        lab.find_door(tmp_path, None, [])
    assert caught.value.key == "lab-port-unreadable"
    assert (tmp_path / ".merit-lab.json").read_text(encoding="utf-8") == content


def test_a_port_taken_by_another_program_is_named_with_a_way_out(tmp_path, capsys, told):
    port = lab.pinned_port(tmp_path)
    with somebody_at(port):
        assert _app.run(["lab", str(tmp_path)], "id") == 1
    said = capsys.readouterr().err
    assert f"Port {port}" in said
    assert str(tmp_path / ".merit-lab.json") in said
    assert told == []
    assert lab.pinned_port(tmp_path) == port


def write_server(tmp_path, folder, port):
    """The note that a running Jupyter server leaves for others."""
    note = {
        "pid": os.getpid(),
        "port": port,
        "root_dir": str(folder),
        "token": "rahasia",
        "url": f"http://127.0.0.1:{port}/",
    }
    (tmp_path / "runtime").mkdir()
    (tmp_path / "runtime" / "jpserver-1.json").write_text(json.dumps(note), encoding="utf-8")


@pytest.mark.parametrize(("options", "opened"), [([], 1), (["--no-browser"], 0)])
def test_a_lab_that_runs_already_is_shown_instead(
    tmp_path, capsys, monkeypatch, told, options, opened
):
    ours = tmp_path / "ws"
    port = lab.pinned_port(ours)
    write_server(tmp_path, ours, port)
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    with somebody_at(port):
        assert _app.run(["lab", str(ours), *options], "id") == 0
    address = f"http://127.0.0.1:{port}/doc/tree/{lab.SITTING}?token=rahasia"
    assert address in capsys.readouterr().out
    assert shown == [address] * opened
    assert told == []


def test_a_lab_on_another_folder_is_not_taken_for_ours(tmp_path, told):
    (tmp_path / "lain").mkdir()
    port = lab.pinned_port(tmp_path / "ws")
    write_server(tmp_path, tmp_path / "lain", port)
    with somebody_at(port), pytest.raises(MeritError) as caught:
        lab.find_door(tmp_path / "ws", None, [])
    assert caught.value.key == "lab-port-taken"


def values(told, option):
    return [each.partition("=")[2] for each in told if each.split("=")[0] == f"--{option}"]


@pytest.mark.parametrize(
    "given", [["--ServerApp.port=5000"], ["--port=5000"], ["--port", "5000"]], ids=" ".join
)
def test_a_port_named_on_the_command_line_is_used_instead(tmp_path, told, given):
    assert _app.run(["lab", str(tmp_path), *given], "id") == 0
    assert told[-len(given) :] == given
    assert values(told, "ServerApp.port") == [each[17:] for each in given if "ServerApp" in each]
    assert not (tmp_path / ".merit-lab.json").exists()


def test_jupyterlab_gets_the_folder_its_port_and_no_other_one(tmp_path, told):
    assert _app.run(["lab", str(tmp_path)], "id") == 0
    assert values(told, "ServerApp.root_dir") == [str(tmp_path.resolve())]
    assert values(told, "ServerApp.port") == [str(lab.pinned_port(tmp_path))]
    assert values(told, "ServerApp.port_retries") == ["0"]
    assert values(told, "ServerApp.kernel_websocket_connection_class") == [
        f"{PromptConnection.__module__}.{PromptConnection.__name__}"
    ]


def test_what_the_user_tells_jupyterlab_wins(tmp_path, told):
    assert _app.run(["lab", str(tmp_path), "--ip=0.0.0.0", "--LabApp.default_url=/x"], "id") == 0
    assert values(told, "ServerApp.ip") == []
    assert values(told, "LabApp.default_url") == ["/x"]


@pytest.mark.parametrize(
    "order", [["{ws}", "--no-browser"], ["--no-browser", "{ws}"], ["--no-browser", "{ws}/"]]
)
def test_options_may_stand_before_the_folder(tmp_path, told, order):
    given = [each.format(ws=tmp_path) for each in order]
    assert _app.run(["lab", *given], "id") == 0
    assert values(told, "ServerApp.root_dir") == [str(tmp_path.resolve())]
    assert told[-1] == "--no-browser"


@pytest.mark.parametrize("first", ["--ServerApp.base_url=/x/", "--ServerApp.base_url=//x/./y"])
def test_an_option_that_looks_like_a_path_is_handed_on_as_it_was_written(tmp_path, told, first):
    assert _app.run(["lab", first, str(tmp_path)], "id") == 0
    assert told[-1] == first


def test_what_is_run_by_itself_comes_from_the_kit_and_not_from_the_folder(tmp_path, told):
    assert _app.run(["lab", str(tmp_path)], "id") == 0
    *_, kit = values(told, "LabApp.extra_labextensions_path")
    assert Path(kit) == kit_folder("notebooks")
    assert (Path(kit) / lab.SITTING).is_file()


def test_without_a_folder_it_is_the_workspace_here(tmp_path, told, monkeypatch):
    (tmp_path / "workspace").mkdir()
    monkeypatch.chdir(tmp_path)
    assert _app.run(["lab", "--no-browser"], "id") == 0
    assert values(told, "ServerApp.root_dir") == [str((tmp_path / "workspace").resolve())]


def test_the_sheet_is_opened_alone_if_it_is_there_and_the_files_otherwise(tmp_path, told):
    (tmp_path / lab.SITTING).write_text("{}", encoding="utf-8")
    (tmp_path / "dua kata.ipynb").write_text("{}", encoding="utf-8")

    assert _app.run(["lab", str(tmp_path)], "id") == 0
    assert _app.run(["lab", str(tmp_path), "--notebook", "dua kata.ipynb"], "id") == 0
    assert values(told, "LabApp.default_url") == [
        f"/doc/tree/{lab.SITTING}",
        "/doc/tree/dua%20kata.ipynb",
    ]
    assert lab.find_door(tmp_path, None, []).path == "/lab"


def test_a_notebook_that_is_not_there_is_named(tmp_path, told, capsys):
    assert _app.run(["lab", str(tmp_path), "--notebook", "salah.ipynb"], "id") == 1
    assert "salah.ipynb" in capsys.readouterr().err
    assert told == []


@pytest.mark.parametrize("spoken", ["id", "en"])
def test_the_kernels_speak_the_language_asked_for(tmp_path, told, spoken):
    assert _app.run(["lab", str(tmp_path), "--lang", spoken], "id") == 0
    assert os.environ["MERIT_LANG"] == spoken


def test_the_language_of_the_command_is_that_of_the_kernels_unless_another_is_named(tmp_path, told):
    assert _app.run(["lab", str(tmp_path)], "en") == 0
    assert os.environ["MERIT_LANG"] == "en"


def test_a_language_that_does_not_exist_is_refused(tmp_path, told):
    assert _app.run(["lab", str(tmp_path), "--lang", "jv"], "id") == 1
    assert told == []


@pytest.mark.parametrize(
    ("spoken", "is_installed", "locales"),
    [("id", True, ["id_ID"]), ("id", False, []), ("en", True, [])],
)
def test_jupyterlab_speaks_indonesian_where_its_language_pack_is(
    tmp_path, told, monkeypatch, spoken, is_installed, locales
):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, *rest: is_installed if "language_pack" in name else found(name, *rest),
    )
    lab.start(tmp_path, lab.find_door(tmp_path, None, []), [], spoken)

    def settings(folder):
        path = Path(folder) / "labconfig" / "default_setting_overrides.json"
        return json.loads(path.read_text(encoding="utf-8"))

    merged = [settings(each) for each in os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)]
    plugin = "@jupyterlab/translation-extension:plugin"
    assert [each[plugin]["locale"] for each in merged if plugin in each] == locales


def test_messages_of_a_kernel_are_sent_without_waiting_for_more(monkeypatch):
    connected = []
    monkeypatch.setattr(PromptConnection.__base__, "connect", lambda self: connected.append(self))
    options, stopped = [], []

    class Connection(PromptConnection):
        websocket_handler = Any()  # one without a kernel behind it
        kernel_id = "k"
        # What a websocket left that was gone before it had any sockets.
        multi_kernel_manager = SimpleNamespace(
            _kernel_buffers={"k": {"channels": {}}}, stop_buffering=stopped.append
        )

    class Handler(WebSocketHandler):
        def open(self):
            Connection(websocket_handler=self).connect()
            end = self.ws_connection.stream.socket
            options.append(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            self.close()

    async def visit():
        server = HTTPServer(Application([("/", Handler)]))
        end, port = bind_unused_port()
        server.add_socket(end)
        visitor = await websocket_connect(f"ws://127.0.0.1:{port}/")
        assert await visitor.read_message() is None
        visitor.close()
        server.stop()
        await server.close_all_connections()

    # A thread of its own: the browser of other tests has an event loop going in this one.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(lambda: asyncio.run(visit())).result()
    assert options == [1]
    assert len(connected) == 1
    assert stopped == ["k"]


@pytest.mark.browser
def test_a_newcomer_runs_the_first_notebook_and_sees_a_report(tmp_path, chromium):
    folder = tmp_path / "ws"
    folder.mkdir()
    with running_lab(folder, tmp_path) as running:
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{running.url}/lab/tree/00-mulai.ipynb?token={running.token}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000)
        # JupyterLab says idle before there is a kernel, and what is run until then is forgotten.
        session = "jupyterapp.shell.currentWidget.sessionContext.session"
        page.wait_for_function(f"{session}?.kernel?.connectionStatus === 'connected'")
        page.evaluate(f"{session}.kernel.requestKernelInfo().then(() => null)")
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
