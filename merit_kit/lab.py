"""JupyterLab on a work folder, with the kit's notebooks in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from merit_kit.files import kit_folder, write_whole


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
    return subprocess.run(  # noqa: S603 our own interpreter
        [sys.executable, "-m", "jupyterlab", root, *arguments], check=False
    ).returncode
