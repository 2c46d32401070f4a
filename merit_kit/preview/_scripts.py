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
"""Of one file, all its compressed objects together."""

_AT_ONCE = 64 * 1024


def _named(*names: str) -> str:
    """Match names of PDF, each letter as it is or as ``#`` and two digits (ISO 32000-1, 7.3.5)."""
    spelt = ("".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names)
    return "/(?:" + "|".join(spelt) + ")(?![A-Za-z0-9])"


# So short that they are found by chance in every other picture: where such a value follows.
_VALUE = r"(?=(?:[\0\s]|%[^\r\n]*[\r\n])*(?:<<|\[|(?<=[\0\s])[0-9]))"
_DEEDS = (
    _named("JavaScript", "SubmitForm", "ImportData", "Launch", "Rendition")
    + "|"
    + _named("XFA")
    + _VALUE
)
_DOES = re.compile(_DEEDS.encode())
# Nothing begins when it is opened or a page turned; most that do only turn to a page.
_TAKEN_OUT = re.compile(f"{_DEEDS}|{_named('OpenAction')}|{_named('AA')}{_VALUE}".encode())

_PACKED = re.compile(_named("ObjStm").encode())
_LONGEST = 4000
"""Bytes of the dictionary of a compressed stream before and after what names it."""

# No strings and no remarks, in which anything may stand; and the data begin where viewers think.
_REST = rb"[^()%%]{0,%d}?>>\s*stream(?:\r\n|\n)" % _LONGEST
_STREAM = re.compile(_REST)
_DICTIONARY = re.compile(rb"obj\s*<<" + _REST)
_NAME = re.compile(rb"/[^\0\s()<>\[\]{}/%]*")


def quiet(content: bytes) -> bytes:
    """Return a PDF of the same length that does nothing by itself.

    Raises
    ------
    UnshownError
        ``script``: what it would do, or may do, is where it cannot be taken out: in a compressed
        object, or one that cannot be read.
    """
    left = _MOST_INFLATED
    for found in _PACKED.finditer(content):
        made = _inflated(memoryview(content)[_stream_of(content, found) :], left)
        if _DOES.search(made):
            raise UnshownError("script")
        left -= len(made)
    # A name that nothing knows, of the same length: all offsets stay as they are.
    return _TAKEN_OUT.sub(lambda found: b"/" + b"x" * (len(found[0]) - 1), content)


def _stream_of(content: bytes, found: re.Match[bytes]) -> int:
    """Return where the data of the stream begin whose dictionary has a name; it is compressed once.

    Whoever means harm writes it so that a viewer reads other data than are looked at here. What is
    not written as programs write it is not believed.
    """
    place = content.rfind(b"obj", max(0, found.start() - _LONGEST), found.start())
    rest = _STREAM.match(content, found.end())
    whole = _DICTIONARY.match(content, place) if place >= 0 else None
    if rest is None or whole is None or whole.end() != rest.end() or b"endobj" in rest[0]:
        raise UnshownError("script")
    names = [_plain(name) for name in _NAME.findall(whole[0])]
    how = [name for name in names if name.endswith(b"Decode")]
    once = names.count(b"/Filter") == names.count(b"/ObjStm") == 1
    if not once or how != [b"/FlateDecode"] or b"/DecodeParms" in names:
        raise UnshownError("script")
    return rest.end()


def _plain(name: bytes) -> bytes:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), name)


def _inflated(data: memoryview, most: int) -> bytes:
    """Return what is packed at the beginning of some data, wherever it says that it ends."""
    inflate = zlib.decompressobj()
    made = bytearray()
    for at in range(0, len(data), _AT_ONCE):
        try:
            made += inflate.decompress(data[at : at + _AT_ONCE], most - len(made) + 1)
        except zlib.error as error:
            raise UnshownError("script") from error
        if len(made) > most:
            raise UnshownError("script")
        if inflate.eof:
            return bytes(made)
    raise UnshownError("script")
