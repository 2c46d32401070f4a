"""The panels' browser side: plain ES modules, joined to the one text that anywidget takes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_IMPORT = re.compile(r'^import .* from "(?:\.|\.\./([\w-]+))/([\w-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
# A fifth of it, which every opening of a panel would send for nobody.
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)


@cache
def script(folder: str) -> str:
    """Return the modules of a folder as one, each after those it imports; ``index.js`` last.

    A module may import from the folders beside its own. anywidget takes one module, and a module of
    its own could not name the others: it is loaded from no address. Their names are therefore
    unique over all files that come together, which a browser checks.

    Raises
    ------
    ValueError
        If modules import each other in a circle.
    """
    joined: list[str] = []
    done: set[tuple[str, str]] = set()

    def put(place: tuple[str, str], behind: tuple[tuple[str, str], ...]) -> None:
        if place in behind:
            raise ValueError(" imports ".join(map("/".join, (*behind, place))))
        if place in done:
            return
        text = STATIC.joinpath(*place).with_suffix(".js").read_text(encoding="utf-8")
        for beside, name in _IMPORT.findall(text):
            put((beside or place[0], name), (*behind, place))
        done.add(place)
        joined.append(_COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text))).strip())

    put((folder, "index"), ())
    return "\n\n".join(joined) + "\n"


def style(*names: str) -> str:
    """Return stylesheets, one after the other."""
    texts = ((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return "\n".join(texts)
