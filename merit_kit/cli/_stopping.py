"""Being asked to stop: by Ctrl-C, by a terminal that closes, by a system that shuts down."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASKING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Of these a system has some. Windows has Ctrl-C and Ctrl-Break; a window that is closed gives no
time there, and workers end by themselves."""
_TAKING = ("__enter__", "__exit__")
_MOMENT = 0.02  # seconds
_LEFT_TO_PYTHON = (signal.SIG_DFL, signal.default_int_handler)


@contextmanager
def stopping() -> Iterator[None]:
    """Take whatever asks to end for a KeyboardInterrupt meanwhile, once.

    What is ignored stays so, as ``nohup`` has it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asking = [getattr(signal, name) for name in _ASKING if hasattr(signal, name)]
    before = {each: signal.getsignal(each) for each in asking}
    taken = [each for each, how in before.items() if how in _LEFT_TO_PYTHON]

    def once(number: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_name in _TAKING:
            # Raised here, a lock that was just taken would never be given back.
            again = threading.Timer(_MOMENT, signal.raise_signal, (number,))
            again.daemon = True
            again.start()
            return
        # Whoever asks twice, as a terminal that closes does, must not cut short the cleaning up.
        for each in taken:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in taken:
        signal.signal(each, once)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, before[each])
