"""What a batch may take of this computer: how many workers, how much memory, and what they leave.

In a container the computer's own figures are too large: what was given to it is in the control
group (version 2) that it sees as its own. Elsewhere there is no such file, and nothing is held.
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from pathlib import Path

import psutil

SCRATCH = "merit-"
"""What the folders of workers for passing things are called, before whose they are."""

_LEAST, _MOST = 600_000_000, 1_500_000_000  # bytes a worker may take; for reports, some 250 MB
_PART = 0.8  # of the memory; the rest is for whoever runs the batch, and for the system
_ROOM = 500_000_000  # bytes free for each worker that is started
_MOST_WORKERS = 16
_GROUP = Path("/sys/fs/cgroup")


def sensible() -> int:
    """Return how many workers this computer has room for: its cores, and memory for each."""
    return int(max(1, min(_cores(), _MOST_WORKERS, _free() // _ROOM)))


def most_bytes_of(workers: int) -> int:
    """Return how many bytes of memory each of so many workers may take before it is ended."""
    return round(max(_LEAST, min(_MOST, _PART * _memory() / max(workers, 1))))


def sweep_scratch() -> None:
    """Remove what workers left in the system's folder for such, whose batch is gone with them."""
    for path in Path(tempfile.gettempdir()).glob(f"{SCRATCH}[0-9]*-*"):
        by = path.name.removeprefix(SCRATCH).split("-")[0]
        if by.isdecimal() and not psutil.pid_exists(int(by)):
            shutil.rmtree(path, ignore_errors=True)


def _cores() -> int:
    try:
        cores = len(psutil.Process().cpu_affinity())
    except (AttributeError, psutil.Error):
        cores = os.cpu_count() or 1
    # As "150000 100000": so many microseconds of work in each of so many that pass.
    share = [_number(word) for word in _said("cpu.max").split()]
    if len(share) == 2 and share[0] is not None and share[1]:
        cores = min(cores, max(1, math.floor(share[0] / share[1])))
    return cores


def _memory() -> int:
    limit = _number(_said("memory.max"))
    own = int(psutil.virtual_memory().total)
    return own if limit is None else min(own, limit)


def _free() -> int:
    free = int(psutil.virtual_memory().available)
    limit, taken = _number(_said("memory.max")), _number(_said("memory.current"))
    if limit is None or taken is None:
        return free
    # What was read from files counts as taken, and is given up where it is needed.
    given_up = dict(line.partition(" ")[::2] for line in _said("memory.stat").splitlines())
    return min(free, limit - taken + (_number(given_up.get("inactive_file", "")) or 0))


def _said(name: str) -> str:
    """Return what a file of the control group says; nothing where there is none."""
    try:
        return (_GROUP / name).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _number(text: str) -> int | None:
    """Return a number; None for ``max``, which is no limit, and for anything else."""
    return int(text) if text.isdecimal() else None
