"""The code of a cell as Python reads it, with what only IPython understands put into Python."""

from __future__ import annotations

import ast
from functools import cache, lru_cache
from typing import Any


@lru_cache(maxsize=256)  # many reports, one template
def parsed(source: str) -> ast.Module | None:
    """Return the tree of a cell; None if it is no Python: the shell says so as a kernel would."""
    try:
        tree: ast.Module = ast.parse(_transformer().transform_cell(source))
    except SyntaxError:
        return None
    return tree


@cache
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager

    made: Any = TransformerManager
    return made()
