"""The manifest of a folder of reports: a line for each page, saying what it was made from.

Of a page the last line counts. A line is added after its page is in place, so what was cut off in
between is made again; a line torn by a crash is no JSON and counts for nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from merit_kit.files import write_whole
from merit_kit.reports._issue import TERBIT

MANIFEST = "manifest.jsonl"

Line = Mapping[str, Any]

_USED = {
    *("agency", "file", "table", "lang", "status", "version", "page", "case", "shown"),
    *("comparison", "letter", "by", "milliseconds", "key", "state", "good_until"),
}
_LINES_OF_EACH = 4
"""Lines that a file of lines may hold of each thing before it is written anew."""


def objects(path: Path) -> Iterator[Line]:
    """Yield what is written in a file of JSON lines; a torn line is passed over."""
    try:
        # By the line, and by this sign alone: a name may hold others that break lines.
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            for written in file:
                try:
                    line = json.loads(written)
                except ValueError:
                    continue
                if isinstance(line, dict):
                    yield line
    except OSError:
        return


def shorten(path: Path, about: Callable[[Line], Hashable]) -> None:
    """Write a file of lines anew with the last of each thing, where it holds several times as many.

    A line that another batch adds in that very moment may be lost; its page is then made again.
    """
    with suppress(OSError):
        size = path.stat().st_size
        last: dict[Hashable, Line] = {}
        count = 0
        for line in objects(path):
            count += 1
            last.pop(about(line), None)  # where its last line stands is its place
            last[about(line)] = line
        if count <= _LINES_OF_EACH * len(last):
            return
        written = (json.dumps(line, ensure_ascii=False, sort_keys=True) for line in last.values())
        whole = "\n".join(written)
        if path.stat().st_size == size:
            write_whole(path, whole)


def lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a manifest, as far as they are lines of one."""
    return (line for line in objects(path) if {"agency", "file", "lang", "case"} <= set(line))


def drafts(folder: Path) -> dict[tuple[str, str], Line]:
    """Return the last line of each page that is not issued, by agency and language.

    What is only there to be read by people is left out: there may be many.
    """
    return {
        (str(line["agency"]), str(line["lang"])): {k: v for k, v in line.items() if k in _USED}
        for line in lines(folder / MANIFEST)
        if line.get("status") != TERBIT
    }


def is_there(line: Line, folder: Path) -> bool:
    """Say whether the files of a line are there, the page as it was made.

    A workbook is somebody's to fill in, so it need not be as it was.
    """
    try:
        page = (folder / str(line["file"])).read_bytes()
    except OSError:
        return False
    if hashlib.sha256(page).hexdigest() != line.get("page"):
        return False
    table = line.get("table")
    return not table or (folder / str(table)).is_file()
