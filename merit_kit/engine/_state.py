"""What a notebook may change in its process, put back when it ends: the next one starts afresh.

Libraries stay imported, which is the point of a warm process; modules from elsewhere (a file beside
the notebook) are forgotten. Where something cannot be put back, the process is `spoilt`: no other
notebook is run in it, and a batch takes another worker. So it is where a cell sets something inside
what it imports (``_patches``). What a library changes in itself, or in another, beyond what is
listed here and in ``_libraries``, stays changed: in a batch the pool ends a worker after so many
reports, see `merit_kit.reports`.
"""

from __future__ import annotations

import asyncio
import builtins
import gc
import locale
import os
import random
import signal
import socket
import sys
import threading
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import ipykernel_launcher
from papermill.log import logger

from merit_kit.engine import _libraries, _modules

_spoilt: list[str] = []


def spoil(reason: str) -> None:
    """Keep other notebooks from being run in this process."""
    _spoilt.append(reason)
    logger.warning(
        "No other notebook is run in this process: %s.", reason, extra={"spoils": reason}
    )


def spoilt() -> str:
    """Say what an earlier notebook left that cannot be put back; nothing if all is well."""
    return _spoilt[0] if _spoilt else ""


@contextmanager
def as_it_was() -> Iterator[None]:
    """Put back, at the end, what belongs to the whole process."""
    with warnings.catch_warnings(), ExitStack() as back:
        for name, take in _TAKERS.items():
            back.callback(_putting, name, take())
        _begin_afresh()
        try:
            yield
        finally:
            # Nobody is to hear that an option which is put back is old.
            warnings.simplefilter("ignore")


def _putting(name: str, put: Callable[[], None]) -> None:
    try:
        put()
    except Exception as error:
        spoil(f"{name} could not be put back ({type(error).__name__}: {error})")


def _begin_afresh() -> None:
    """Make random what is random in a new process, and let it look like a kernel's."""
    random.seed()
    _libraries.begin_afresh()
    # As in a kernel, which finds modules where it was started, after Python's own.
    site = (Path(entry).name in ("site-packages", "dist-packages") for entry in sys.path)
    sys.path.insert(next((place for place, is_site in enumerate(site) if is_site), 0), "")
    sys.argv[:] = [str(Path(ipykernel_launcher.__file__)), "-f", "kernel.json"]
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")


def _interpreter() -> Callable[[], None]:
    """Keep what stands in ``sys`` and ``builtins``; a last error would keep its notebook's data."""
    names = [(module, dict(vars(module))) for module in (sys, builtins)]
    lists = [(there, [*there]) for there in (sys.path, sys.argv, sys.meta_path, sys.path_hooks)]
    limits = (sys.getrecursionlimit(), sys.getswitchinterval(), sys.get_int_max_str_digits())
    traced = (sys.gettrace(), sys.getprofile(), threading.excepthook)

    def put() -> None:
        for module, before in names:
            for name in vars(module).keys() - before.keys():
                delattr(module, name)
            vars(module).update(before)
        for there, held in lists:
            there[:] = held
        sys.setrecursionlimit(limits[0])
        sys.setswitchinterval(limits[1])
        sys.set_int_max_str_digits(limits[2])
        if (sys.gettrace(), sys.getprofile()) != traced[:2]:
            sys.settrace(traced[0])
            sys.setprofile(traced[1])
        threading.excepthook = traced[2]

    return put


def _environment() -> Callable[[], None]:
    before, zone = dict(os.environ), time.tzname

    def put() -> None:
        if dict(os.environ) != before:
            os.environ.clear()
            os.environ.update(before)
        # The zone is that of the environment only once it is told to look.
        if hasattr(time, "tzset") and (
            time.tzname != zone or os.environ.get("TZ") != before.get("TZ")
        ):
            time.tzset()

    return put


def _folder() -> Callable[[], None]:
    before = os.getcwd()  # noqa: PTH109 a third of the time

    def put() -> None:
        with suppress(OSError):
            os.chdir(before)

    return put


def _process() -> Callable[[], None]:
    """Keep the mask of new files, the zeroth descriptor, and handlers of signals."""
    # There is no way to ask for it but to set it: to what is safe, should another thread write now.
    mask = os.umask(0o077)
    os.umask(mask)
    is_main = threading.current_thread() is threading.main_thread()
    heard = {number: signal.getsignal(number) for number in signal.valid_signals()}

    def put() -> None:
        os.umask(mask)
        if is_main:
            for number, handler in heard.items():
                if handler is not None and signal.getsignal(number) is not handler:
                    signal.signal(number, handler)

    return put


def _keyboard() -> Callable[[], None]:
    """Let nobody wait for a keyboard, in Python or past it: as in a kernel, there is no more."""
    try:
        kept = os.dup(0)
    except OSError:
        return lambda: None  # there is none
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    before, sys.stdin = sys.stdin, open(0, encoding="utf-8", closefd=False)  # noqa: SIM115

    def put() -> None:
        os.dup2(kept, 0)
        os.close(kept)
        sys.stdin = before

    return put


def _runtime() -> Callable[[], None]:
    """Keep what is set for the collector of garbage, for new sockets, loops and threads."""
    collects, thresholds, debug = gc.isenabled(), gc.get_threshold(), gc.get_debug()
    callbacks, timeout = [*gc.callbacks], socket.getdefaulttimeout()
    policy, stack, traces = _policy(), threading.stack_size(), tracemalloc.is_tracing()

    def put() -> None:
        (gc.enable if collects else gc.disable)()
        gc.set_threshold(*thresholds)
        gc.set_debug(debug)
        gc.callbacks[:] = callbacks
        socket.setdefaulttimeout(timeout)
        threading.stack_size(stack)
        if tracemalloc.is_tracing() and not traces:
            tracemalloc.stop()
        if _policy() is not policy:
            asyncio.set_event_loop_policy(policy)

    return put


def _policy() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is about to go
        return asyncio.get_event_loop_policy()


def _locale() -> Callable[[], None]:
    before = locale.setlocale(locale.LC_ALL)

    def put() -> None:
        locale.setlocale(locale.LC_ALL, before)

    return put


def _warned() -> Callable[[], None]:
    """Keep how warnings look, and which were given once; their filters are kept elsewhere."""
    given, shown = vars(warnings)["onceregistry"], warnings.formatwarning
    once = dict(given)
    given.clear()

    def put() -> None:
        warnings.formatwarning = shown
        given.clear()
        given.update(once)

    return put


def _random() -> Callable[[], None]:
    before = random.getstate()
    return lambda: random.setstate(before)


# The last is put back first. The keyboard comes back before what stood in ``sys``.
_TAKERS: dict[str, Callable[[], Callable[[], None]]] = {
    "modules": _modules.kept,
    "the interpreter": _interpreter,
    "the environment": _environment,
    "the folder": _folder,
    "the process": _process,
    "the keyboard": _keyboard,
    "the runtime": _runtime,
    "the locale": _locale,
    "warnings": _warned,
    "chance": _random,
    **_libraries.TAKERS,
}
