"""The event loop of a notebook, which goes on between its cells and ends with it; and Ctrl-C."""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from merit_kit.engine._state import spoil
from merit_kit.engine._unsupported import UnsupportedError

_ROUNDS = 20
_SECONDS = 0.1
"""How often, and how long each time, tasks that are called off are waited for."""


class Interrupt:
    """Notices Ctrl-C, or whatever else the program makes of it: a shell takes it for an error."""

    def __init__(self) -> None:
        self._raised: BaseException | None = None

    def check(self) -> None:
        """Raise what was raised when the signal came."""
        if self._raised is not None:
            raise self._raised

    @contextmanager
    def heard(self, at_once: Callable[[], None]) -> Iterator[None]:
        """Hear of it meanwhile. `at_once` is done first; a second time ends the process."""
        before = signal.getsignal(signal.SIGINT)
        # Where nobody asked to hear of it, it is as it is with a kernel: ignored, or the end.
        if threading.current_thread() is not threading.main_thread() or not callable(before):
            yield
            return

        def handle(number: int, frame: FrameType | None) -> None:
            if self._raised is not None:
                # The cell holds on to the first. Whoever asks twice means it.
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)
            try:
                before(number, frame)
            except BaseException as error:
                self._raised = error
                at_once()
                raise

        signal.signal(signal.SIGINT, handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def run(cells: Coroutine[Any, Any, None], at_last: Callable[[], None]) -> None:
    """Run the cells in a loop of their own, and end all that they leave in it.

    Raises
    ------
    UnsupportedError
        If the notebook ends the loop, which ends a kernel.
    """
    # On Windows, too, as ipykernel has it: libraries that wait for sockets cannot do with another.
    loop = asyncio.SelectorEventLoop()
    loop.set_exception_handler(lambda *_: None)
    # A context of its own: what a notebook puts into variables of it ends with it.
    context = contextvars.copy_context()
    try:
        context.run(loop.run_until_complete, cells)
    except (KeyboardInterrupt, SystemExit) as error:
        raise UnsupportedError(f"a task of it raises {type(error).__name__}") from error
    except RuntimeError as error:
        if loop.is_closed() or "Event loop stopped" in str(error):
            raise UnsupportedError("it stops the event loop") from error
        raise
    finally:
        at_last()
        context.run(_wind_up, loop)


def _wind_up(loop: asyncio.AbstractEventLoop) -> None:
    """Call off what is left in a loop, see it end, and close the loop."""
    if loop.is_closed():
        return
    for _ in range(_ROUNDS):
        left = asyncio.all_tasks(loop)
        if not left:
            break
        for task in left:
            task.cancel()
        # They may raise what they like: there is another round.
        with suppress(BaseException):
            loop.run_until_complete(asyncio.wait(left, timeout=_SECONDS))
    with suppress(BaseException):
        loop.run_until_complete(asyncio.wait_for(loop.shutdown_asyncgens(), _SECONDS))
    if left := asyncio.all_tasks(loop):
        for task in left:
            # Let go of, it would say its last words in the next notebook, or at the very end,
            # where it might go on for ever: it is never let go of.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(task))
        spoil(f"{len(left)} tasks that do not end")
    loop.close()
