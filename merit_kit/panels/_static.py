"""The panel's browser side: plain ES modules, joined to the one text that anywidget takes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_IMPORT = re.compile(r'^import .* from "\./([\w-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@cache
def script(folder: str) -> str:
    """Return the modules of a folder as one, each after those it imports; ``index.js`` last.

    anywidget takes one module, and a module of its own could not name the others: it is loaded
    from no address. Their names are therefore unique over all files, which a browser checks.

    Raises
    ------
    ValueError
        If modules import each other in a circle.
    """
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (STATIC / folder).glob("*.js")}
    joined: list[str] = []
    done: set[str] = set()

    def put(name: str, behind: tuple[str, ...]) -> None:
        if name in behind:
            raise ValueError(" imports ".join((*behind, name)))
        if name in done:
            return
        for needed in _IMPORT.findall(texts[name]):
            put(needed, (*behind, name))
        done.add(name)
        joined.append(_EXPORT.sub("", _IMPORT.sub("", texts[name])).strip())

    put("index", ())
    return "\n\n".join(joined) + "\n"


def style(name: str) -> str:
    """Return a stylesheet."""
    return (STATIC / f"{name}.css").read_text(encoding="utf-8")
