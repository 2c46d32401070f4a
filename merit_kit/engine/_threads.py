"""Whose threads are whose: what those of an earlier notebook do is of no later one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from papermill.log import logger

STARTED = ("_thread.start_new_thread", "_thread.start_joinable_thread")
_GRACE = 0.2
"""Seconds that threads have to end which nobody uses any more, as those of a pool."""

_others: WeakSet[threading.Thread] = WeakSet()


def is_of_others() -> bool:
    """Say whether this thread, or what began it, was there before the notebook."""
    return threading.current_thread() in _others


def has_started(function: Any) -> None:
    """Hear that this thread starts another; a timer that starts the next is one of them."""
    begun = getattr(function, "__self__", None)
    if isinstance(begun, threading.Thread) and is_of_others():
        _others.add(begun)


@contextmanager
def apart() -> Iterator[None]:
    """Tell the threads of a notebook from all others; say at the end which of them go on."""
    own = threading.current_thread()
    before = {thread for thread in threading.enumerate() if thread is not own}
    _others.update(before)
    try:
        yield
    finally:
        until = time.monotonic() + _GRACE
        for thread in _left(own):
            thread.join(max(0.0, until - time.monotonic()))
        # Those that are no daemons keep the program from ending.
        if left := [thread for thread in _left(own) if not thread.daemon]:
            names = ", ".join(sorted(thread.name for thread in left))
            logger.warning(
                *("The notebook leaves threads running: %s.", names), extra={"leaves": names}
            )


def _left(own: threading.Thread) -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one is not own and one not in _others]
