"""What a notebook may set in libraries that most notebooks use, put back when it ends."""

from __future__ import annotations

import copy
import csv
import decimal
import logging
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShell

_CONTEXTS = (decimal.DefaultContext, decimal.BasicContext, decimal.ExtendedContext)
_OF_CONTEXT = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")
_NUMPY_PRINTS = {"precision": 8, "threshold": 1000, "edgeitems": 3, "linewidth": 75} | {
    **{"suppress": False, "nanstr": "nan", "infstr": "inf", "formatter": None}
}
_NUMPY_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


def begin_afresh() -> None:
    """Let libraries behave as in a new process; to be called in the context of the notebook."""
    if chance := sys.modules.get("numpy.random"):
        chance.seed()
    pandas = sys.modules.get("pandas")
    # Imported at a command line, pandas takes that for a terminal.
    if pandas and pandas.get_option("display.max_columns") == 0:
        pandas.set_option("display.max_columns", 20)


def _logging() -> Callable[[], None]:
    """Leave a notebook to set up logging as if nobody had; papermill's own goes where it went."""
    root, own = logging.getLogger(), logging.getLogger("papermill")
    before, level, off = list(root.handlers), root.level, root.manager.disable
    named = {name: _set(found) for name, found in _loggers().items()}
    made = (logging.getLoggerClass(), logging.getLogRecordFactory(), logging.raiseExceptions)
    names: list[dict[Any, Any]] = [logging._levelToName, logging._nameToLevel]
    levels = [dict(there) for there in names]
    captured = vars(logging)["_warnings_showwarning"]
    logging.captureWarnings(False)
    added = [handler for handler in before if own.propagate and handler not in own.handlers]
    own.handlers += added
    own.setLevel(own.getEffectiveLevel())
    own.propagate = False
    root.handlers[:] = []
    root.setLevel(logging.WARNING)

    def put() -> None:
        vars(logging)["_warnings_showwarning"] = captured
        root.handlers[:] = before
        root.setLevel(level)
        logging.disable(off)
        logging.setLoggerClass(made[0])
        logging.setLogRecordFactory(made[1])
        logging.raiseExceptions = made[2]
        for there, held in zip(names, levels, strict=True):
            there.clear()
            there.update(held)
        for name, found in _loggers().items():
            _put_back(found, named.get(name, _NEW))

    return put


_NEW: tuple[Any, ...] = (logging.NOTSET, (), (), True, False)


def _loggers() -> dict[str, logging.Logger]:
    found = logging.root.manager.loggerDict.items()
    return {name: logger for name, logger in found if isinstance(logger, logging.Logger)}


def _set(logger: logging.Logger) -> tuple[Any, ...]:
    kept = (logger.level, tuple(logger.handlers), tuple(logger.filters))
    return (*kept, logger.propagate, logger.disabled)


def _put_back(logger: logging.Logger, kept: tuple[Any, ...]) -> None:
    if _set(logger) == kept:
        return
    level, handlers, filters, logger.propagate, logger.disabled = kept
    logger.handlers[:], logger.filters[:] = handlers, filters
    logger.setLevel(level)


def _numbers() -> Callable[[], None]:
    """Keep how decimals are reckoned, and how long a field of a table may be.

    What a notebook reckons with is made anew from these for each, in a context of its own.
    """
    kept = [[getattr(made, name) for name in _OF_CONTEXT] for made in _CONTEXTS]
    traps = [(dict(made.traps), dict(made.flags)) for made in _CONTEXTS]
    longest, folder = csv.field_size_limit(), tempfile.tempdir
    dialects: dict[str, Any] = {name: csv.get_dialect(name) for name in csv.list_dialects()}

    def put() -> None:
        for made, values, (trapped, raised) in zip(_CONTEXTS, kept, traps, strict=True):
            for name, value in zip(_OF_CONTEXT, values, strict=True):
                setattr(made, name, value)
            made.traps.update(trapped)
            made.flags.update(raised)
        csv.field_size_limit(longest)
        for name in csv.list_dialects():
            csv.unregister_dialect(name)
        for name, dialect in dialects.items():
            csv.register_dialect(name, dialect)
        tempfile.tempdir = folder

    return put


def _numpy() -> Callable[[], None]:
    before = sys.modules.get("numpy")
    printing = before.get_printoptions() if before else _NUMPY_PRINTS
    errors = before.geterr() if before else _NUMPY_ERRORS
    chance = getattr(sys.modules.get("numpy.random"), "mtrand", None)
    bits = chance.get_bit_generator() if chance else None
    state = bits.state if bits else None

    def put() -> None:
        if numpy := sys.modules.get("numpy"):
            numpy.set_printoptions(**printing)
            numpy.seterr(**errors)
        if bits and chance:
            chance.set_bit_generator(bits)
            bits.state = state

    return put


def _pandas() -> Callable[[], None]:
    """Keep the options of pandas, which decide what a table looks like."""
    config = getattr(sys.modules.get("pandas._config"), "config", None)
    before = copy.deepcopy(getattr(config, "_global_config", None))

    def put() -> None:
        pandas = sys.modules.get("pandas")
        if pandas is None:
            return
        if before is None or config is None:
            for part in ("^display", "^styler", "^mode", "^compute"):
                pandas.reset_option(part)
        elif config._global_config != before:
            # By name, so that those are told who act on it; the rest is as it was anyway.
            for name in _changed(before, config._global_config):
                pandas.set_option(name, _option(before, name))
            config._global_config.clear()
            config._global_config.update(before)

    return put


def _changed(before: dict[str, Any], after: dict[str, Any], prefix: str = "") -> list[str]:
    found: list[str] = []
    for key, value in before.items():
        if isinstance(value, dict):
            found += _changed(value, after.get(key, {}), f"{prefix}{key}.")
        elif after.get(key, value) != value:
            found.append(prefix + key)
    return found


def _option(options: dict[str, Any], name: str) -> Any:
    found: Any = options
    for part in name.split("."):
        found = found[part]
    return found


def _ipython() -> Callable[[], None]:
    """Keep what is set for all shells: ``InteractiveShell.ast_node_interactivity = "all"``."""
    classes = (InteractiveShell, ZMQInteractiveShell)
    kept = [(made, dict(vars(made))) for made in classes]

    def put() -> None:
        for made, names in kept:
            for name in vars(made).keys() - names.keys():
                delattr(made, name)
            for name, value in names.items():
                if vars(made)[name] is not value:
                    setattr(made, name, value)

    return put


TAKERS: dict[str, Callable[[], Callable[[], None]]] = {
    "logging": _logging,
    "decimals and tables": _numbers,
    "numpy": _numpy,
    "pandas": _pandas,
    "IPython": _ipython,
}
