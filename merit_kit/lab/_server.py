"""Starting JupyterLab on a work folder, or finding the one that runs there."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from merit_kit.errors import MeritError
from merit_kit.files import kit_folder
from merit_kit.lab._port import ADDRESS, is_free, pinned_port, port_file

_HERE = Path(__file__).parent
_LANGUAGE_PACK = "jupyterlab_language_pack_id_ID"


@dataclass(frozen=True, slots=True)
class Door:
    """Where the lab of a folder is, or can be."""

    path: str
    """What is opened in the browser, from the root of the server."""

    port: int | None
    """None: another one was named among the options."""

    running: str | None = None
    """The address, token included, if the lab of this folder is running already."""


def find_door(folder: Path, notebook: str | None, options: Sequence[str]) -> Door:
    """Find out where the lab of this folder is, or can be started.

    Parameters
    ----------
    folder : Path
        The work folder.
    notebook : str or None
        The notebook to open, alone on the screen; None: the list of files.
    options : sequence of str
        What JupyterLab will be given. A port named here is used instead of the folder's.

    Raises
    ------
    MeritError
        ``lab-port-taken`` if another program has the folder's port. Another port would be
        another address to the browser, and what it still has to save would not be found.
    """
    path = f"/doc/tree/{quote(notebook)}" if notebook else "/lab"
    if _names("ServerApp.port", options) or _names("port", options):
        return Door(path, None)
    port = pinned_port(folder)
    if is_free(port):
        return Door(path, port)
    for server in _servers():
        if server["port"] == port and _is_same(Path(server["root_dir"]), folder):
            url = server["url"].rstrip("/")
            return Door(path, port, f"{url}{path}?token={server['token']}")
    raise MeritError("lab-port-taken", port=str(port), path=str(port_file(folder)))


def start(folder: Path, door: Door, options: Sequence[str], lang: str) -> None:
    """Run JupyterLab on a folder, in this process, until it is closed.

    Parameters
    ----------
    folder : Path
        The work folder.
    door : Door
        From :func:`find_door`.
    options : sequence of str
        Handed on to JupyterLab; what is set here wins over what the kit would set.
    lang : str
        The language of the kernels.
    """
    os.environ["MERIT_LANG"] = lang
    config = [_HERE / "config"]
    if lang == "id" and importlib.util.find_spec(_LANGUAGE_PACK):
        config.insert(0, _HERE / "config-id")
    searched = [*map(str, config), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, searched))

    # After the environment: Jupyter looks at some of it while it is imported.
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance([*_settings(folder, door, options), *options])


def wants_browser(options: Sequence[str]) -> bool:
    """Say whether these options of JupyterLab leave it to open a browser."""
    return "--no-browser" not in options


def _settings(folder: Path, door: Door, options: Sequence[str]) -> Iterator[str]:
    connection = "merit_kit.lab._connection.PromptConnection"
    extensions = "LabApp.extra_labextensions_path"
    settings: list[tuple[str, Any]] = [
        ("ServerApp.root_dir", folder.resolve()),
        # Not `localhost`: to the browser that is another address, with another memory.
        ("ServerApp.ip", ADDRESS),
        ("ServerApp.port_retries", 0),
        ("ServerApp.kernel_websocket_connection_class", connection),
        # A line to a kernel that hangs is laid all the same: over it one hears of the next one.
        ("MappingKernelManager.kernel_info_timeout", 8),
        ("LabApp.default_url", door.path),
        ("LabApp.extension_manager", "readonly"),
        (extensions, _HERE / "labextensions"),
        # Where the extension finds the only code that it runs by itself.
        (extensions, kit_folder("notebooks")),
    ]
    if door.port is not None:
        settings.append(("ServerApp.port", door.port))
    # traitlets refuses what is given twice, unless it is a list.
    return (
        f"--{name}={value}"
        for name, value in settings
        if not _names(name, options) and not _names(name.rpartition(".")[2], options)
    )


def _names(option: str, options: Sequence[str]) -> bool:
    return any(re.match(rf"--{re.escape(option)}(=|$)", given) for given in options)


def _servers() -> Iterator[dict[str, Any]]:
    from jupyter_server.serverapp import list_running_servers

    return list_running_servers()


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and one.samefile(other)
