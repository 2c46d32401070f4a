"""What a notebook may change in its process, put back when it ends: the next one starts afresh.

Libraries stay imported, which is the point of a warm process; modules from elsewhere (a file beside
the notebook) are forgotten. What a notebook changes inside a library, beyond what is listed here,
stays changed: in a batch the pool ends a worker after so many reports, see `merit_kit.reports`.
"""

from __future__ import annotations

import builtins
import copy
import locale
import logging
import os
import random
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import ipykernel_launcher


@contextmanager
def as_it_was() -> Iterator[None]:
    """Put back, at the end, what belongs to the whole process."""
    back = [take() for take in _TAKERS]
    with warnings.catch_warnings():
        _begin_afresh()
        try:
            yield
        finally:
            for put in reversed(back):
                put()


def _begin_afresh() -> None:
    """Make random what is random in a new process, and let frames be as wide as in a kernel."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    pandas = sys.modules.get("pandas")
    # Imported at a command line, pandas takes that for a terminal.
    if pandas and pandas.get_option("display.max_columns") == 0:
        pandas.set_option("display.max_columns", 20)
    # As in a kernel, which finds modules where it was started, and was told where to connect.
    sys.path.insert(0, "")
    sys.argv[:] = [str(Path(ipykernel_launcher.__file__)), "-f", "kernel.json"]


def _environment() -> Callable[[], None]:
    before = dict(os.environ)

    def put() -> None:
        if dict(os.environ) != before:
            os.environ.clear()
            os.environ.update(before)

    return put


def _folder() -> Callable[[], None]:
    before = Path.cwd()

    def put() -> None:
        with suppress(OSError):
            os.chdir(before)

    return put


def _interpreter() -> Callable[[], None]:
    path, argv, hooks = list(sys.path), list(sys.argv), (sys.excepthook, sys.breakpointhook)
    limit, names = sys.getrecursionlimit(), dict(vars(builtins))

    def put() -> None:
        sys.path[:], sys.argv[:] = path, argv
        sys.excepthook, sys.breakpointhook = hooks
        sys.setrecursionlimit(limit)
        for name in set(vars(builtins)) - set(names):
            delattr(builtins, name)
        vars(builtins).update(names)

    return put


def _modules() -> Callable[[], None]:
    before = set(sys.modules)

    def put() -> None:
        for name in set(sys.modules) - before:
            if not _is_installed(sys.modules[name]):
                del sys.modules[name]

    return put


def _is_installed(module: Any) -> bool:
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    return file is None or str(file).startswith(_INSTALLED)


_KINDS_OF_PATH = ("stdlib", "platstdlib", "purelib", "platlib")
_INSTALLED = (
    *{sysconfig.get_path(kind) + os.sep for kind in _KINDS_OF_PATH},
    str(Path(__file__).parents[1]) + os.sep,
)


def _logging() -> Callable[[], None]:
    """Leave a notebook to set up logging as if nobody had; papermill's own goes where it went."""
    root, own = logging.getLogger(), logging.getLogger("papermill")
    before, level, off = list(root.handlers), root.level, root.manager.disable
    added = [handler for handler in before if own.propagate and handler not in own.handlers]
    propagates, own_level = own.propagate, own.level
    own.handlers += added
    own.setLevel(own.getEffectiveLevel())
    own.propagate = False
    root.handlers[:] = []
    root.setLevel(logging.WARNING)

    def put() -> None:
        root.handlers[:] = before
        root.setLevel(level)
        logging.disable(off)
        own.handlers[:] = [handler for handler in own.handlers if handler not in added]
        own.setLevel(own_level)
        own.propagate = propagates

    return put


def _locale() -> Callable[[], None]:
    before = locale.setlocale(locale.LC_ALL)

    def put() -> None:
        locale.setlocale(locale.LC_ALL, before)

    return put


def _random() -> Callable[[], None]:
    before = random.getstate()
    return lambda: random.setstate(before)


def _numpy() -> Callable[[], None]:
    before = sys.modules.get("numpy")
    printing = before.get_printoptions() if before else _NUMPY_PRINTS
    errors = before.geterr() if before else _NUMPY_ERRORS

    def put() -> None:
        if numpy := sys.modules.get("numpy"):
            numpy.set_printoptions(**printing)
            numpy.seterr(**errors)

    return put


_NUMPY_PRINTS = {"precision": 8, "threshold": 1000, "edgeitems": 3, "linewidth": 75} | {
    **{"suppress": False, "nanstr": "nan", "infstr": "inf", "formatter": None}
}
_NUMPY_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


def _pandas() -> Callable[[], None]:
    """Keep the options of pandas, which decide what a table looks like."""
    config = getattr(sys.modules.get("pandas._config"), "config", None)
    before = copy.deepcopy(getattr(config, "_global_config", None))

    def put() -> None:
        if config is not None and before is not None:
            config._global_config.clear()
            config._global_config.update(before)
        elif pandas := sys.modules.get("pandas"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # some options are about to go
                for part in ("^display", "^styler", "^mode", "^compute"):
                    pandas.reset_option(part)

    return put


_TAKERS = (
    *(_modules, _interpreter, _environment, _folder, _logging, _locale, _random),
    *(_numpy, _pandas),
)
