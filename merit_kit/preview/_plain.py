"""Texts: read in the encoding they are in, shown as written or, with separators, as rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from merit_kit.i18n import Words
from merit_kit.preview import _grid
from merit_kit.preview._signs import UnshownError

MOST_LINES = 3_000
MOST_CHARACTERS = 300_000

_SEPARATORS = ";\t,"
_LOOKED_AT = 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
# By these endings somebody expects anything but a text.
_OTHERWISE = re.compile(r"\.(pdf|png|jpe?g|xlsx?|docx?)$", re.IGNORECASE)


def read(content: bytes, name: str, words: Words) -> tuple[str, str, dict[str, Any]]:
    """Read a text.

    Returns
    -------
    tuple
        The kind of preview, what has to be said of it, and the parts of its page.

    Raises
    ------
    UnshownError
        If it is none.
    """
    text, said = _decoded(content, words)
    if "\0" in text:
        raise UnshownError("binary")
    if ending := _OTHERWISE.search(name):
        said.append(words("preview.named_otherwise", found=ending[1].upper()))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = _separator(text)
    if separator is not None:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        count = text.rstrip("\n").count("\n") + 1
        grid = _grid.of_rows(_written(rows), count, words)
        return "page", " ".join(said), {"sheets": [grid]}
    lines = text.splitlines()
    shown = "\n".join(lines[:MOST_LINES])[:MOST_CHARACTERS]
    if len(shown) < len(text.rstrip("\n")):
        lines_shown = shown.count("\n") + 1
        said.append(words("preview.lines", shown=lines_shown, of=max(len(lines), lines_shown)))
    return "text", " ".join(said), {"text": _CONTROL.sub(_visible, shown)}


def _decoded(content: bytes, words: Words) -> tuple[str, list[str]]:
    if content.startswith(_UTF_16):
        try:
            return content.decode("utf-16"), []
        except UnicodeDecodeError as error:
            raise UnshownError("binary") from error
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        # What programs on Windows write here; every other one of its kind reads as well.
        text = content.decode("cp1252", errors="replace")
    # Of what is no text at all hardly anything could be read.
    if sum(map(len, _CONTROL.findall(text))) * 20 > len(text):
        raise UnshownError("binary")
    return text, [words("preview.guessed_encoding")]


def _separator(text: str) -> str | None:
    """Return what parts the columns, if the first lines all have as many of them, two or more."""
    first = [line for line in islice(text.splitlines(), _LOOKED_AT) if line.strip()]
    for separator in _SEPARATORS:
        counts = {len(row) for row in _written(csv.reader(first, delimiter=separator))}
        if len(first) > 1 and len(counts) == 1 and min(counts) > 1:
            return separator
    return None


def _written(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield rows up to one that cannot be read: a field of a megabyte, a quote never closed."""
    try:
        for row in rows:
            yield [_CONTROL.sub(_visible, text) for text in row]
    except csv.Error:
        return


def _visible(sign: re.Match[str]) -> str:
    """Show what has no shape by the picture Unicode has of it."""
    return chr(0x2400 + ord(sign[0]))
