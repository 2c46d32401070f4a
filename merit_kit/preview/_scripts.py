"""What a PDF would do by itself: taken out before it is handed to the browser's own viewer.

That viewer runs the scripts of a PDF apart from the page, but it runs them: it puts up their
dialogs and sends their forms. What an agency sends is looked at, and does nothing. The file that
is downloaded stays as it was given.
"""

from __future__ import annotations

import re
import zlib

from merit_kit.preview._signs import UnshownError

_MOST_INFLATED = 16 * 1024 * 1024


def _named(*names: str) -> re.Pattern[bytes]:
    """Match names of PDF, each letter as it is or as ``#`` and two digits (ISO 32000-1, 7.3.5)."""
    spelt = ("".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names)
    return re.compile(b"/(?:" + "|".join(spelt).encode() + b")(?![A-Za-z0-9])")


_DEEDS = ("JavaScript", "SubmitForm", "ImportData", "Launch")
_DOES = _named(*_DEEDS)
# Nothing begins when it is opened; most that do only turn to a page.
_TAKEN_OUT = _named(*_DEEDS, "OpenAction")
_PACKED = _named("ObjStm")
_STREAM = re.compile(rb"stream(?:\r\n|\n)")


def quiet(content: bytes) -> bytes:
    """Return a PDF of the same length that does nothing by itself.

    Raises
    ------
    UnshownError
        ``script``: what it would do, or may do, is where it cannot be taken out: in a compressed
        object, or one that cannot be read.
    """
    for found in _PACKED.finditer(content):
        if _DOES.search(_inflated(content, found.end())):
            raise UnshownError("script")
    # A name that nothing knows, of the same length: all offsets stay as they are.
    return _TAKEN_OUT.sub(lambda found: b"/" + b"x" * (len(found[0]) - 1), content)


def _inflated(content: bytes, place: int) -> bytes:
    """Return the objects packed in the stream whose dictionary holds `place`."""
    begins = _STREAM.search(content, place)
    if begins is None:
        return b""
    ends = content.find(b"endstream", begins.end())
    inflate = zlib.decompressobj()
    try:
        made = inflate.decompress(content[begins.end() : max(ends, begins.end())], _MOST_INFLATED)
    except zlib.error as error:
        raise UnshownError("script") from error
    if inflate.unconsumed_tail:
        raise UnshownError("script")
    return made
