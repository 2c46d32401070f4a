"""From the bytes of a file to what is shown of it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock, Thread

from merit_kit.i18n import Words
from merit_kit.preview import _process
from merit_kit.preview._signs import (
    MOST_BYTES,
    PDF,
    UnshownError,
    kind_of,
    refuse_named,
    shown_as_it_is,
)

_IMAGE, _NONE = "image", "none"

_MOST_KEPT = 40 * 1024 * 1024

_TO_GIVER = {"torn", "pixels", "locked", "macro", "script", "bomb", "damaged", "heavy"}
_TOO_MUCH = {"slow", "broken"}

_ENDINGS = {
    **{"pdf": "PDF", "png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"},
    **{"xlsx": "XLSX", "docx": "DOCX", "csv": "TXT", "txt": "TXT"},
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a file.

    Attributes
    ----------
    kind : {"pdf", "image", "page", "text", "none"}
        Of ``page`` (a workbook, a table, a document) and ``text`` the content is a whole HTML page
        in UTF-8, to be shown in ``<iframe sandbox="" srcdoc>`` and nowhere else.
    type : str
        The media type of `content`; empty for ``none``.
    content : bytes
        What is shown; empty for ``none``.
    said : str
        In the reader's language: why nothing is shown and what to do; or what has to be known of
        what is. May be empty but for ``none``.
    """

    kind: str
    type: str = ""
    content: bytes = b""
    said: str = ""


def of(content: bytes, name: str, words: Words) -> Preview:
    """Make what is shown of a file. A file that is not shown is a preview too, never an error.

    Parameters
    ----------
    content : bytes
    name : str
        What its sender calls it: the title of the page, believed for nothing else.
    words : Words
        The reader's language.
    """
    try:
        return _made(content, name, words)
    except UnshownError as error:
        return Preview(_NONE, said=words(f"preview.why.{error.key}", **error.facts))


def unfit(content: bytes, name: str, words: Words) -> str:
    """Say to whoever gives a file why others could not look at it, or would see something else.

    Returns
    -------
    str
        What was found, what is allowed and the way out; empty for a file that is what its name
        says.
    """
    try:
        _made(content, name, words)
    except UnshownError as error:
        key = "heavy" if error.key in _TOO_MUCH else error.key
        why = words(f"preview.given.{key if key in _TO_GIVER else 'damaged'}", **error.facts)
        return words("preview.unfit", why=why)
    ending, found = name.rpartition(".")[2].casefold(), kind_of(content)
    if _ENDINGS.get(ending, found) == found:
        return ""
    told = words("preview.plain_text") if found == "TXT" else found
    return words("preview.other_kind", ending=ending.upper(), found=told)


def _made(content: bytes, name: str, words: Words) -> Preview:
    if not content:
        raise UnshownError("empty")
    if len(content) > MOST_BYTES:
        found = -(-len(content) * 10 // 1024**2) / 10
        raise UnshownError("large", found=found, allowed=MOST_BYTES // 1024**2)
    kind = shown_as_it_is(content)
    if kind == PDF:
        # As large as what is handed on: nothing is kept of it.
        return Preview(*_process.make(content, name, words.lang))
    if kind is not None:
        return Preview(_IMAGE, kind, content)
    refuse_named(content)
    return _page(content, name, words)


def warm() -> None:
    """Start the process that makes pages, without waiting for it: the first one comes as fast."""
    Thread(target=_process.start, name="merit-preview", daemon=True).start()


def _page(content: bytes, name: str, words: Words) -> Preview:
    key = (hashlib.sha256(content).hexdigest(), name, words.lang)
    held = _kept.get(key)
    if held is None:
        held = Preview(*_process.make(content, name, words.lang))
        _kept.put(key, held)
    return held


class _Kept:
    """The pages made last, so many as fit."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[str, str, str], Preview] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, str, str]) -> Preview | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def put(self, key: tuple[str, str, str], made: Preview) -> None:
        with self._lock:
            self._pages[key] = made
            while sum(len(page.content) for page in self._pages.values()) > _MOST_KEPT:
                self._pages.popitem(last=False)


_kept = _Kept()
