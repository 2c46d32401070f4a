"""The shell of a notebook: ipykernel's own, fresh each time, whose messages stay here."""

from __future__ import annotations

import atexit
import contextvars
import gc
import io
import linecache
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import Session, extract_header, json_packer, json_unpacker
from nbclient.exceptions import CellExecutionComplete
from traitlets.config import Config

from merit_kit.engine._threads import is_of_others
from merit_kit.engine._unsupported import Guard

LANGUAGE = IPythonKernel.language_info
_CONTROL = ("status", "execute_input")
_TOGETHER = 0.2
"""Seconds within which a kernel puts what is written to a stream into one output."""


class OutputLimitError(Exception):
    """A notebook that puts out more than it may."""


class _Stopped(BaseException):
    """Raised into the cell that puts out too much; nothing it may catch."""


class Outputs:
    """Takes what the running cell puts out, and hands it on as the messages of a kernel.

    Whose a message is, says the request in it, as with a kernel: a task goes on speaking for the
    cell that began it, a thread speaks for the cell that is running.
    """

    def __init__(
        self, take: Callable[[Any, Any, int], Any], limit: int | None, guard: Guard
    ) -> None:
        self._take, self._limit, self._guard = take, limit, guard
        self.lock = threading.RLock()
        self._cell: Any = None
        self._index = 0
        self._request = ""
        self._is_over = False
        self._size = 0
        self.streams: tuple[_Stream, ...] = ()
        self.running: Any = None

    def begin(self, cell: Any, index: int) -> None:
        """Let what is put out from now on go to this cell."""
        content = {"code": cell.source, "silent": False, "store_history": True}
        request = self.running.displayhook.session.msg("execute_request", content)
        self._cell, self._index, self._request = cell, index, request["header"]["msg_id"]
        self.running.set_parent({**request, "buffers": []})
        self.hand_on("status", {"execution_state": "busy"})
        count = self.running.execution_count
        self.hand_on("execute_input", {"code": cell.source, "execution_count": count})

    def end(self) -> None:
        """Close the cell: what comes later is of no cell, as with a kernel."""
        for stream in (sys.stdout, sys.stderr, *self.streams):
            # The cell may have put something else in its place: a kernel would not get over it.
            try:
                stream.flush()
            except Exception:
                self._guard.deny("it puts something that is no stream in the place of one")
        self.hand_on("status", {"execution_state": "idle"})
        self._cell = None

    def close(self) -> None:
        """Take nothing more, whatever the notebook still does, but what it said so far."""
        with suppress(BaseException):
            for stream in self.streams if self._cell is not None else ():
                stream.flush()
        self._cell, self._is_over = None, True

    def is_of_cell(self, parent: Any) -> bool:
        """Say whether what answers this request is of the cell that is running."""
        header = parent.get("header", parent)
        return self._cell is not None and header.get("msg_id") == self._request

    def takes(self, size: int) -> bool:
        """Count what is put out; the first that is too much ends the cell, the rest is dropped."""
        was_full, self._size = self._is_full, self._size + size
        if self._is_full and not was_full:
            raise _Stopped
        return not self._is_full

    def check(self) -> None:
        """Raise an `OutputLimitError` if too much was put out."""
        if self._is_full:
            raise OutputLimitError(f"more than {self._limit} characters")

    @property
    def is_over(self) -> bool:
        """Whether no other cell is to be run."""
        return self._is_over

    @property
    def _is_full(self) -> bool:
        return self._limit is not None and self._size > self._limit

    def send(self, kind: str, content: dict[str, Any], parent: Any) -> None:
        """Hand on a message if it is of the running cell."""
        if self.is_of_cell(parent) and not is_of_others():
            self.hand_on(kind, content)

    def hand_on(self, kind: str, content: dict[str, Any]) -> None:
        """Hand on a message of the running cell, as it would have come over the wire."""
        try:
            packed = json_packer(content)
        except Exception as error:
            # Where and how a kernel says so is its own affair.
            self._guard.deny(f"it puts out what cannot be sent ({type(error).__name__})")
        # What was written to a stream is counted there.
        if kind not in _CONTROL and not self.takes(len(packed) if kind != "stream" else 0):
            return
        header = {"msg_type": kind, "date": self.now()}
        message = {
            "msg_type": kind,
            "header": header,
            "parent_header": {"msg_id": ""},
            "metadata": {},
            "content": json_unpacker(packed),
            "buffers": [],
        }
        with self.lock, suppress(CellExecutionComplete):
            if self._cell is not None:
                self._take(message, self._cell, self._index)

    @staticmethod
    def now() -> str:
        """Return the time as the header of a message has it."""
        return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class _Stream(OutStream):
    """``sys.stdout`` or ``sys.stderr`` of a notebook: to whoever looks, one of ipykernel's."""

    def __init__(self, name: str, outputs: Outputs, guard: Guard) -> None:
        io.TextIOBase.__init__(self)  # none of what that of a kernel sets up
        self.name = name
        self._outer = getattr(sys, name)
        self._kind, self._outputs, self._guard = name, outputs, guard
        self._parts: list[str] = []
        self._since = 0.0
        self._last_parent: Any = {}
        self._own_parent: contextvars.ContextVar[Any] = contextvars.ContextVar("parent")

    @property
    def closed(self) -> bool:
        return False

    def isatty(self) -> bool:
        return False

    @property
    def parent_header(self) -> Any:
        """Which request this answers: one of its own, as long as it is not ``sys.stdout``."""
        return self._own_parent.get(self._last_parent)

    @parent_header.setter
    def parent_header(self, value: Any) -> None:
        self._own_parent.set(value)
        self._last_parent = value

    def set_parent(self, parent: Any) -> None:
        self.parent_header = extract_header(parent)

    def fileno(self) -> int:
        self._guard.deny("it asks for the file descriptor of a stream")

    def close(self) -> None:
        if not self._outputs.is_over:
            self._guard.deny("it closes a stream")

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            self._guard.deny("it writes to a stream what is no text")
        if is_of_others():
            return int(self._outer.write(text))
        if self._outputs.is_of_cell(self.parent_header):
            with self._outputs.lock:
                now = time.monotonic()
                if self._parts and now - self._since > _TOGETHER:
                    self.flush()
                if not self._parts:
                    self._since = now
                if self._outputs.takes(len(text)):
                    self._parts.append(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        # What is kept is of the running cell, whoever has it handed on.
        with self._outputs.lock:
            text, self._parts = "".join(self._parts), []
            if text:
                self._outputs.hand_on("stream", {"name": self._kind, "text": text})


_Stream.__name__, _Stream.__qualname__ = OutStream.__name__, OutStream.__qualname__
_Stream.__module__ = OutStream.__module__


class _Session(Session):
    """What ipykernel's shell sends its messages through; here they go no further."""

    def __init__(self, outputs: Outputs) -> None:
        super().__init__()
        self._outputs = outputs

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        *_: Any,
        **__: Any,
    ) -> None:
        if isinstance(msg_or_type, str):
            self._outputs.send(msg_or_type, content, parent or {})
        else:
            kind, parent = msg_or_type["header"]["msg_type"], msg_or_type["parent_header"]
            self._outputs.send(kind, msg_or_type["content"], parent)


@contextmanager
def shell(outputs: Outputs, guard: Guard) -> Iterator[Any]:
    """Lend a shell with an empty namespace, to which ``print`` and ``display`` go meanwhile."""
    config = Config()
    # No history of other sessions, and no file that every process would wait for.
    config.HistoryManager.enabled = False
    # The stock kernel's class itself: libraries ask for its name.
    made = ZMQInteractiveShell.instance(
        config=config, kernel=guard.kernel, compiler_class=XCachingCompiler
    )
    session = _Session(outputs)
    for sender in (made.displayhook, made.display_pub):
        sender.session = session
    outputs.running = made
    outputs.streams = (_Stream("stdout", outputs, guard), _Stream("stderr", outputs, guard))
    before = (sys.stdout, sys.stderr, sys.displayhook)
    sys.stdout, sys.stderr = outputs.streams
    sys.displayhook = made.displayhook
    with suppress(Exception):
        made.extension_manager.load_extension("storemagic")
    try:
        yield made
    finally:
        outputs.close()
        try:
            # What its objects say when they go is said here, and not in the middle of the next.
            sys.stdout, sys.stderr = outputs.streams
            _end(made)
        finally:
            sys.stdout, sys.stderr, sys.displayhook = before


def _end(made: Any) -> None:
    """Let go of all that a shell holds on to: else each notebook would stay in memory."""
    with ExitStack() as last:
        # Whatever goes wrong before: a shell that stays would keep others from being run here.
        last.callback(gc.collect)
        last.callback(_forget, made)
        last.callback(made.restore_sys_module_state)
        last.callback(made.user_ns.clear)
        for name in getattr(made.compile, "_filename_map", {}):
            linecache.cache.pop(name, None)
        atexit.unregister(made.atexit_operations)
        # Of what it would do at the end, the rest.
        for path in made.tempfiles:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        for path in made.tempdirs:
            shutil.rmtree(path, ignore_errors=True)


def _forget(made: Any) -> None:
    if InteractiveShell.initialized():
        type(made).clear_instance()
