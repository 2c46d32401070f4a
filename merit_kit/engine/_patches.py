"""What a notebook changes inside what it imports. It stays changed: its process is spent."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from merit_kit.engine._cells import parsed

_PUT_BACK = (
    *("sys.", "builtins.", "InteractiveShell.", "warnings.formatwarning", "threading.excepthook"),
    *("decimal.DefaultContext.", "decimal.BasicContext.", "decimal.ExtendedContext."),
    *("tempfile.tempdir", "pd.options.", "pandas.options."),
)
"""What begins so is put back, as it is usually written; see `_state` and `_libraries`."""
_SETTERS = {"setattr", "delattr"}


def changed_by(nb: Any) -> str:
    """Return the first imported thing of which a cell sets or deletes an attribute; or nothing.

    Read from the cells alone: what a function of elsewhere changes is not found.
    """
    sources = [cell.source for cell in nb.cells if cell.cell_type == "code"]
    imported = frozenset().union(*(_read(source)[0] for source in sources))
    for source in sources:
        for name, written in _read(source)[1]:
            if name in imported and not written.startswith(_PUT_BACK):
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
    elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield from _begun(node)
    elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        there = node.value
        if isinstance(there, ast.Attribute) and there.attr == "__dict__":
            yield from _begun(there)
        elif isinstance(there, ast.Call) and ast.unparse(there.func) == "vars" and there.args:
            yield from _begun(there.args[0])


def _begun(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Give the name that dots begin with, and the whole; nothing where it is none."""
    inner = node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    if isinstance(inner, ast.Name):
        yield inner.id, ast.unparse(node)
