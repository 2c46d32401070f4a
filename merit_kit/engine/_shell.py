"""The shell of a notebook: ipykernel's own, fresh each time, whose messages stay here."""

from __future__ import annotations

import atexit
import io
import linecache
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import Session, json_packer, json_unpacker
from nbclient.exceptions import CellExecutionComplete
from traitlets.config import Config

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
    """Takes what the running cell puts out, and hands it on as the messages of a kernel."""

    def __init__(self, take: Callable[[Any, Any, int], Any], limit: int | None) -> None:
        self._take, self._limit = take, limit
        self._lock = threading.RLock()
        self._cell: Any = None
        self._index = 0
        self._older: frozenset[int | None] = frozenset()
        self._size = 0
        self.streams: tuple[_Stream, ...] = ()

    def begin(self, cell: Any, index: int) -> None:
        """Let what is put out from now on go to this cell."""
        main = threading.get_ident()
        self._older = frozenset(t.ident for t in threading.enumerate()) - {main}
        self._cell, self._index = cell, index

    def end(self) -> None:
        """Close the cell: what comes later is of no cell, as with a kernel."""
        self.flush()
        self.send("status", {"execution_state": "idle"})
        self._cell = None

    def flush(self) -> None:
        """Hand on what was written to the streams."""
        for stream in self.streams:
            stream.flush()

    @property
    def is_heard(self) -> bool:
        """Whether what this thread puts out is of the running cell, and not of an earlier one."""
        return self._cell is not None and threading.get_ident() not in self._older

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
    def _is_full(self) -> bool:
        return self._limit is not None and self._size > self._limit

    def send(self, kind: str, content: dict[str, Any]) -> None:
        """Hand on a message, as it would have come over the wire."""
        if not self.is_heard:
            return
        packed = json_packer(content)
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
        with self._lock, suppress(CellExecutionComplete):
            self._take(message, self._cell, self._index)

    @staticmethod
    def now() -> str:
        """Return the time as the header of a message has it."""
        return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class _Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a notebook."""

    encoding = "UTF-8"  # as ipykernel's

    def __init__(self, name: str, outputs: Outputs, guard: Guard) -> None:
        super().__init__()
        self.name = f"<{name}>"
        self._kind, self._outputs, self._guard = name, outputs, guard
        self._parts: list[str] = []
        self._since = 0.0

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        self._guard.deny("it asks for the file descriptor of a stream")
        raise io.UnsupportedOperation("fileno")

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if self._outputs.is_heard:
            now = time.monotonic()
            if self._parts and now - self._since > _TOGETHER:
                self.flush()
            if not self._parts:
                self._since = now
            if self._outputs.takes(len(text)):
                self._parts.append(text)
        return len(text)

    def flush(self) -> None:
        parts, self._parts = self._parts, []
        text = "".join(parts)
        if text:
            self._outputs.send("stream", {"name": self._kind, "text": text})


class _Session(Session):
    """What ipykernel's shell sends its messages through; here they go no further."""

    def __init__(self, outputs: Outputs) -> None:
        super().__init__()
        self._outputs = outputs

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **__: Any) -> None:
        if isinstance(msg_or_type, str):
            self._outputs.send(msg_or_type, content)
        else:
            kind = msg_or_type["header"]["msg_type"]
            self._outputs.send(kind, msg_or_type["content"])


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
    outputs.streams = (
        _Stream("stdout", outputs, guard),
        _Stream("stderr", outputs, guard),
    )
    before = (sys.stdout, sys.stderr, sys.displayhook)
    sys.stdout, sys.stderr = outputs.streams
    sys.displayhook = made.displayhook
    with suppress(Exception):
        made.extension_manager.load_extension("storemagic")
    try:
        yield made
    finally:
        sys.stdout, sys.stderr, sys.displayhook = before
        _end(made)


def _end(made: Any) -> None:
    """Let go of all that a shell holds on to: else each notebook would stay in memory."""
    for name in getattr(made.compile, "_filename_map", {}):
        linecache.cache.pop(name, None)
    atexit.unregister(made.atexit_operations)
    # Of what it would do at the end, all but looking through the whole memory for what is left.
    for path in made.tempfiles:
        path.unlink(missing_ok=True)
    for path in made.tempdirs:
        shutil.rmtree(path, ignore_errors=True)
    made.user_ns.clear()
    made.restore_sys_module_state()
    if InteractiveShell.initialized():
        type(made).clear_instance()
