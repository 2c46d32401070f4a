"""Reads files and makes pages of them: the main program of the process apart (see `_process`)."""

from __future__ import annotations

import os
import signal
import sys
from typing import IO, Any

from merit_kit.i18n import Words
from merit_kit.preview import _office, _page, _plain
from merit_kit.preview._process import put, take
from merit_kit.preview._scripts import quiet
from merit_kit.preview._signs import PDF, ZIP, UnshownError, shown_as_it_is

_MOST_MEMORY = 3 * 1024**3 // 2


def main() -> None:
    """Answer one message after the other, until there are no more."""
    # Whoever stops a running cell stops the cell, and sends this to all the kernel's children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = _own_pipe()
    _limit_memory()
    _page.template()
    put(pipe, {})
    while True:
        try:
            asked, content = take(sys.stdin.buffer)
        except EOFError:
            return
        facts, page = _answer(content, asked["name"], Words(asked["lang"]))
        put(pipe, facts, page)


def _answer(content: bytes, name: str, words: Words) -> tuple[dict[str, Any], bytes]:
    try:
        if shown_as_it_is(content) == PDF:
            return {"kind": "pdf", "type": PDF, "said": ""}, quiet(content)
        read = _office.read if content.startswith(ZIP) else _plain.read
        kind, said, parts = read(content, name, words)
        facts = {"kind": kind, "type": "text/html", "said": said}
        return facts, _page.render(kind, name, said, parts, words)
    except UnshownError as error:
        return {"why": error.key, "facts": error.facts}, b""
    except (MemoryError, RecursionError):
        return {"why": "heavy", "facts": {}}, b""
    except Exception:  # a damaged file makes its reader raise anything at all
        return {"why": "damaged", "facts": {}}, b""


def _own_pipe() -> IO[bytes]:
    """Keep the way out for us alone: what a library prints must not get into the answers."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: there the sizes that are looked at before reading have to do
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    except (OSError, ValueError):  # a system that knows the name only
        return


if __name__ == "__main__":
    main()
