"""Which modules a notebook finds: libraries stay, and what lies beside another notebook goes."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Callable
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType
from typing import Any

_KINDS_OF_PATH = ("stdlib", "platstdlib", "purelib", "platlib")


def kept() -> Callable[[], None]:
    """Keep which modules there are; return what forgets those that are no library's."""
    before, folder = dict(sys.modules), os.getcwd()  # noqa: PTH109 a third of the time

    def put() -> None:
        new = {name: sys.modules[name] for name in [*sys.modules] if name not in before}
        # A part of a compiled package cannot be loaded a second time.
        compiled = {name.partition(".")[0] for name in new if _is_compiled(new[name])}
        for name, module in new.items():
            if name.partition(".")[0] not in compiled and not is_installed(name, module, folder):
                del sys.modules[name]
        for name, module in before.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module

    return put


def is_installed(name: str, module: Any, folder: str) -> bool:
    """Say whether a module is Python's or a library's, and not one beside a notebook in a folder.

    One without a file is, if what it is a part of is; else only if it is a part of Python: what a
    notebook makes up is not.
    """
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    if file is None:
        whole = sys.modules.get(name.partition(".")[0])
        if "." in name and isinstance(whole, ModuleType):
            return is_installed(name.partition(".")[0], whole, folder)
        return getattr(getattr(module, "__spec__", None), "origin", None) in ("built-in", "frozen")
    path = Path(os.path.normcase(Path(file).absolute()))
    if path.parent == Path(os.path.normcase(folder)) and path.parent not in _roots():
        return False
    return _is_inside(path) or _is_inside(Path(os.path.normcase(path.resolve())))


def _is_compiled(module: Any) -> bool:
    return str(getattr(module, "__file__", None) or "").endswith(tuple(EXTENSION_SUFFIXES))


def _is_inside(path: Path) -> bool:
    return any(root in path.parents for root in _roots())


@cache
def _roots() -> frozenset[Path]:
    """Return the folders of Python, of what is installed for it or for this user, and of the kit.

    A folder may go by two names, where there are links or no difference between A and a.
    """
    found = [sysconfig.get_path(kind) for kind in _KINDS_OF_PATH]
    found += [*site.getsitepackages([sys.prefix, sys.base_prefix]), site.getusersitepackages()]
    paths = [*map(Path, found), Path(__file__).parents[1]]
    same = {*paths, *(path.resolve() for path in paths)}
    return frozenset(Path(os.path.normcase(path)) for path in same)
