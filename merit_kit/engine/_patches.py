"""What a notebook changes inside what it imports. It stays changed: its process is spent."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from merit_kit.engine._cells import parsed

_PUT_BACK = re.compile(
    # Of a module in ``sys.modules`` only that it is there.
    r"sys\.(?!modules\[.*\][.\[])|builtins\.|InteractiveShell\.|os\.environ\b"
    r"|warnings\.(formatwarning|showwarning)$|threading\.excepthook$|logging\.raiseExceptions$"
    r"|decimal\.(Default|Basic|Extended)Context\.|tempfile\.tempdir$|(pd|pandas)\.options\b"
)
"""What is put back, as it is usually written; see `_state` and `_libraries`."""
_SETTERS = {"setattr", "delattr"}


def changed_by(nb: Any) -> str:
    """Return the first thing inside an import that a cell sets or deletes; or nothing.

    Read from the cells alone: what a function changes is not found, ``append`` and ``update`` of a
    library's own list or table among them.
    """
    sources = [cell.source for cell in nb.cells if cell.cell_type == "code"]
    imported = frozenset().union(*(_read(source)[0] for source in sources))
    for source in sources:
        for name, written in _read(source)[1]:
            if name in imported and not _PUT_BACK.match(written):
                return written
    return ""


@lru_cache(maxsize=256)  # many reports, one template
def _read(source: str) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    """Return the names that a cell imports, and what it sets: the name it begins with, and all."""
    nodes = [*ast.walk(parsed(source) or ast.Module([], []))]
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    names = frozenset(
        alias.asname or alias.name.partition(".")[0] for each in imports for alias in each.names
    )
    return names, tuple(found for node in nodes for found in _set_by(node))


def _set_by(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        if node.func.id in _SETTERS:
            yield from _begun(node.args[0])
    elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        yield from _begun(node)


def _begun(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Give the name that something begins with, and the whole; nothing where it is none."""
    inner = node
    while True:
        if isinstance(inner, ast.Attribute | ast.Subscript):
            inner = inner.value
        elif isinstance(inner, ast.Call) and _is_vars(inner.func) and inner.args:
            inner = inner.args[0]
        else:
            break
    if isinstance(inner, ast.Name):
        yield inner.id, ast.unparse(node)


def _is_vars(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id == "vars"
