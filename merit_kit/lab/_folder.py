"""The kit's notebooks in a work folder."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

from merit_kit.files import kit_folder, write_whole

SITTING = "10-sesi-penilaian.ipynb"
"""The notebook that is opened unless another one is named."""

_LAID_OUT = "laid_out"
"""The metadata ``merit`` of a notebook put into a folder: the digest of its cells as put there."""


def lay_out(folder: Path) -> list[Path]:
    """Put the kit's notebooks into a work folder, in place of those of an earlier kit.

    A notebook that is there and whose cells somebody changed, if only its choices, is left as it
    is; so is one that nobody can read, or that was not put there by this function. What an earlier
    one shows was saved by somebody: such a one stays beside the new one, under another name.

    Returns
    -------
    list of Path
        Those put there now.
    """
    new = []
    for source in sorted(kit_folder("notebooks").glob("*.ipynb")):
        target = folder / source.name
        notebook = json.loads(source.read_bytes())
        digest = _digest(notebook)
        if target.exists():
            if not _is_of_an_earlier_kit(target, digest):
                continue
            _keep_what_it_shows(target)
        notebook["metadata"].setdefault("merit", {})[_LAID_OUT] = digest
        write_whole(target, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
        new.append(target)
    return new


def _is_of_an_earlier_kit(path: Path, digest: str) -> bool:
    try:
        notebook = json.loads(path.read_bytes())
        laid_out = notebook["metadata"]["merit"][_LAID_OUT]
        return bool(laid_out != digest and laid_out == _digest(notebook))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _keep_what_it_shows(path: Path) -> None:
    notebook = json.loads(path.read_bytes())
    if not any(cell.get("outputs") for cell in notebook["cells"]):
        return
    names = (f"{path.stem} ({number}){path.suffix}" for number in itertools.count(1))
    path.rename(next(path.parent / name for name in names if not (path.parent / name).exists()))


def _digest(notebook: dict[str, Any]) -> str:
    """Return the SHA-256 of what its cells say, whatever they showed."""
    cells = [
        (cell["cell_type"], "".join(cell["source"]))  # a list of lines, or one text
        for cell in notebook["cells"]
    ]
    return hashlib.sha256(json.dumps(cells).encode("utf-8")).hexdigest()
