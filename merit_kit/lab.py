"""JupyterLab on a work folder, with the kit's notebooks in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from merit_kit.files import kit_folder, write_whole

# Asked at the first start, and answered over the internet; there is no switch on the command line.
_QUIET = {
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": False,
        "fetchNews": "false",
    }
}


def lay_out(folder: Path) -> list[Path]:
    """Put the kit's notebooks into a work folder. One that is there already is left as it is.

    Returns
    -------
    list of Path
        Those put there now.
    """
    new = []
    for source in sorted(kit_folder("notebooks").glob("*.ipynb")):
        target = folder / source.name
        if not target.exists():
            write_whole(target, source.read_bytes())
            new.append(target)
    return new


def start(folder: Path, arguments: list[str]) -> int:
    """Run JupyterLab on a folder until it is closed; `arguments` are handed on to it."""
    root = f"--ServerApp.root_dir={folder.resolve()}"
    with tempfile.TemporaryDirectory(prefix="merit-", ignore_cleanup_errors=True) as config:
        settings = Path(config) / "labconfig" / "default_setting_overrides.json"
        write_whole(settings, json.dumps(_QUIET))
        searched = [config, os.environ.get("JUPYTER_CONFIG_PATH", "")]
        environment = {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, searched))}
        return subprocess.run(  # noqa: S603 our own interpreter
            [sys.executable, "-m", "jupyterlab", root, *arguments], check=False, env=environment
        ).returncode
