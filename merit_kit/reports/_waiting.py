"""Waiting for reports that are being made, without ever waiting for nobody."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Any, TypeVar

from merit_kit.errors import ReportError

_T = TypeVar("_T")
_LOOK = 0.2  # seconds; a wait without an end could not be interrupted on Windows


def done_of(executor: Executor, going: Collection[Future[_T]]) -> set[Future[_T]]:
    """Wait for a moment, and return which of these are done.

    Raises
    ------
    ReportError
        If nobody is left who could make them; see `Cluster.check`.
    """
    done = wait(going, timeout=_LOOK, return_when=FIRST_COMPLETED).done
    if any(future.cancelled() for future in done):
        # Not by us, who would not be waiting: with its scheduler a cluster drops what it was given.
        raise ReportError("cluster-gone")
    check: Any = getattr(executor, "check", None)
    if check and not done:
        check()
    return done
