"""The kit's notebooks in a work folder."""

from __future__ import annotations

from pathlib import Path

from merit_kit.files import kit_folder, write_whole

SITTING = "10-sesi-penilaian.ipynb"
"""The notebook that is opened unless another one is named."""


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
