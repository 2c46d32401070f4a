"""Report notebooks run in the test's own process: the same cells, the same page, no kernel.

A kernel takes seconds to start. That both ways give the same page is a test of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_output

from merit_kit.reports import _batch


def executed(
    template: Path, parameters: Mapping[str, str], scratch: Path, failed: Path
) -> nbformat.NotebookNode:
    """Run a report notebook: each cell in turn, its last expression shown."""
    notebook = nbformat.read(template, as_version=4)
    namespace: dict[str, Any] = {}
    for cell in notebook.cells:
        tree = ast.parse(cell.source)
        shown = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(template), "exec"), namespace)  # noqa: S102 our own notebooks
        if "parameters" in cell.metadata.get("tags", ()):
            assert set(parameters) <= set(namespace), "a parameter the notebook does not have"
            namespace.update(parameters)
        if shown is not None:
            value = eval(compile(ast.Expression(shown.value), str(template), "eval"), namespace)  # noqa: S307
            data = value._repr_mimebundle_()
            cell.outputs = [new_output("execute_result", data=data, execution_count=1)]
    return notebook


def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let batches run their notebooks here."""
    monkeypatch.setattr(_batch, "_executed", executed)
