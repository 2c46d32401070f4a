"""The folder of a batch: where pages go, and what must not get lost in it."""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

import psutil

from merit_kit.assessment import Case
from merit_kit.errors import MeritError, ReportError
from merit_kit.files import here, is_code, reason_of, write_whole
from merit_kit.workbook import read_open_items

FAILED = "gagal"
"""Holds the notebooks of reports that did not reach their end."""

_LEFT_BEHIND = 3600  # seconds; then nobody is writing a file any more
_WRITER = re.compile(r"\.(?P<here>[0-9a-f]{4})-(?P<pid>\d+)-[0-9a-f]{8}\.tmp$")


def output_path(folder: Path, case: Case, lang: str, kind: str) -> Path:
    """Return where the page of a case goes while it is not issued.

    Raises
    ------
    ReportError
        If a code would lead outside the folder. Cases come from files, so it is asked again here.
    """
    agency, round_ = str(case.agency["code"]), str(case.round["code"])
    if not (is_code(agency) and is_code(round_)):
        raise ReportError("report-name", found=f"{round_}/{agency}")
    return folder / round_ / kind / f"{agency}.{lang}.html"


def check_writable(folder: Path) -> None:
    """Find out before the first report is made, and not after each, that none can be kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Of our own: two batches that begin at once take none from each other.
        probe = folder / f".merit.{here()}-{os.getpid()}-{secrets.token_hex(4)}.tmp"
        write_whole(probe, b"")
        probe.unlink(missing_ok=True)
        sweep(folder)
    except FileExistsError as error:
        raise ReportError("out-is-file", path=str(folder)) from error
    except OSError as error:
        said = reason_of(error, Path(error.filename or folder))
        raise ReportError("file-unwritable", path=str(folder), said=said) from error


def sweep(folder: Path) -> None:
    """Remove what a batch that was killed left half written; nobody has ever seen it."""
    for path in folder.glob(".*.tmp"):
        with suppress(OSError):
            if not _is_being_written(path):
                path.unlink()


def _is_being_written(path: Path) -> bool:
    """Say whether somebody may still write a file: a program that runs here, or one elsewhere."""
    by = _WRITER.search(path.name)
    if by and by["here"] == here():
        return bool(psutil.pid_exists(int(by["pid"])))
    return time.time() - path.stat().st_mtime < _LEFT_BEHIND


def set_aside(table: Path) -> Path | None:
    """Move a workbook out of the way that is not as it was made: somebody's answers are in it."""
    if not table.exists():
        return None
    try:
        found = read_open_items(table)
        if not (found.answers or found.outside):
            return None
    except MeritError:
        pass  # filled in with a fault, or somebody else's
    number = 1
    while (aside := table.with_name(f"{table.stem}.terisi{_numbered(number)}.xlsx")).exists():
        number += 1
    table.rename(aside)
    return aside


def _numbered(number: int) -> str:
    return f"-{number}" if number > 1 else ""
