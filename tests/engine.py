"""Report notebooks run in the test's own process: the same cells, the same page, no kernel.

A kernel takes seconds to start. That both ways give the same page is a test of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from merit_kit.files import kit_folder
from merit_kit.reports import KINDS, VERIFICATION, _job, _start
from merit_kit.reports._here import Here


def executed(template: Path, parameters: Mapping[str, str], scratch: Path) -> nbformat.NotebookNode:
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


def templated(monkeypatch: pytest.MonkeyPatch, folder: Path, *sources: str) -> Path:
    """Make verification reports from a notebook with the usual parameters and these cells."""
    kind = KINDS[VERIFICATION]
    notebook = nbformat.read(kit_folder("templates") / kind.template, as_version=4)
    del notebook.cells[1:]
    notebook.cells += [new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources)]
    path = folder / "templat.ipynb"
    nbformat.write(notebook, path)
    monkeypatch.setitem(KINDS, VERIFICATION, replace(kind, template=str(path)))
    return path


def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let batches run their notebooks here."""
    monkeypatch.setattr(_job, "_executed", executed)
    monkeypatch.setattr(_start, "_started", lambda *_: Here())
