"""Being asked to stop other than by Ctrl-C: by a system that shuts down, a window that closes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ASKING = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""Of these a system has some; with the last Windows says that a window is closed."""


@contextmanager
def stopping() -> Iterator[None]:
    """Take being asked to end for Ctrl-C meanwhile: workers are ended, and it is said how to go on.

    What is ignored stays so, as ``nohup`` has it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asking = [getattr(signal, name) for name in _ASKING if hasattr(signal, name)]
    taken = [each for each in asking if signal.getsignal(each) is signal.SIG_DFL]
    for each in taken:
        signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)
