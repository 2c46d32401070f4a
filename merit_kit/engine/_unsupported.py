"""What only a kernel can do: found before a notebook is run, or else the moment it is tried.

Found in the cells: the imports, calls and magics below. Found when tried, before it takes effect:
comms (widgets), child programs that write to our own output, forks, whoever loads matplotlib, what
cannot be sent, tasks that end the loop. The notebook is then run again from its start by the stock
engine; what its first cells did outside (a file they wrote) they do again.

Not found by any means: text that compiled code writes to a file descriptor by itself. It goes to
the terminal. Start-up files and settings of an IPython profile are not read, and `os._exit` by
another name ends the process that runs the notebook. A program that runs a notebook which leaves
a thread at work ends only when that does, where it is no daemon.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import getpass
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NoReturn

from ipykernel.ipkernel import IPythonKernel

from merit_kit.engine._cells import parsed
from merit_kit.engine._state import spoilt
from merit_kit.engine._threads import STARTED, has_started

KERNEL = "python3"

MODULES = {
    **dict.fromkeys(("ipywidgets", "anywidget", "ipympl", "traittypes"), "widgets"),
    **dict.fromkeys(("merit_kit.panels", "ipykernel", "comm", "zmq"), "widgets and comms"),
    **dict.fromkeys(("matplotlib", "seaborn", "pylab"), "the drawings of matplotlib"),
    **dict.fromkeys(("multiprocessing", "joblib", "dask", "distributed", "ray"), "processes"),
    **dict.fromkeys(("pdb", "readline", "curses", "tkinter"), "a keyboard or window"),
    **dict.fromkeys(("nest_asyncio", "_thread"), "loops or threads past Python's own"),
    **dict.fromkeys(("signal", "resource", "atexit", "faulthandler"), "its whole process"),
    **dict.fromkeys(("ctypes", "cffi"), "compiled code that may write past Python"),
}
CALLS = {
    **dict.fromkeys(("breakpoint", "exit", "quit"), "a keyboard"),
    **dict.fromkeys(("os.system", "os.popen", "os.fork", "os.forkpty"), "child programs"),
    **dict.fromkeys(("os._exit", "os.abort", "os.kill", "os.killpg"), "ending its process"),
    **dict.fromkeys(("os.write", "os.dup2", "sys.__stdout__", "sys.__stderr__"), "descriptors"),
    **dict.fromkeys(("concurrent.futures.ProcessPoolExecutor", "ProcessPoolExecutor"), "processes"),
    **dict.fromkeys(("get_ipython.system", "get_ipython.getoutput"), "child programs"),
}
_SCRIPTS = ("bash", "sh", "script", "python", "python2", "python3", "pypy", "perl", "ruby", "cmd")
MAGICS = {
    **dict.fromkeys((*_SCRIPTS, "system", "sx", "sc", "!", "pip", "conda", "uv"), "child programs"),
    **dict.fromkeys(("mamba", "micromamba", "edit", "ed", "man", "killbgscripts"), "programs"),
    **dict.fromkeys(("matplotlib", "pylab", "gui"), "the drawings of matplotlib"),
    **dict.fromkeys(("debug", "pdb", "connect_info", "qtconsole", "subshell"), "a kernel"),
}
_MAGIC_CALLS = ("run_line_magic", "run_cell_magic")
_CHILDREN = {"os.system", "os.exec", "os.fork", "os.forkpty", "os.spawn", "pty.spawn"}
_LOADED = ("matplotlib", "nest_asyncio")
_BEGUN = "multiprocessing.popen_"
"""Modules that only a kernel can do with, whoever loads them, if they are there."""


class UnsupportedError(Exception):
    """What a notebook does can only be done by a kernel; its text says what."""


class Refused(BaseException):
    """Raised into the cell that tries it; nothing a notebook catches by accident."""


def found_in(nb: Any, kernel_name: str, options: Mapping[str, Any]) -> str | None:
    """Say why a notebook is not run here; None if it can be tried."""
    from IPython.core.interactiveshell import InteractiveShell

    if options.get("execution_timeout") or options.get("timeout"):
        return "a time limit can only be held by ending a kernel"
    if kernel_name != KERNEL or not _is_ours(kernel_name):
        return f"kernel {kernel_name!r} is not this Python"
    if left := spoilt():
        return f"in this process an earlier one left what cannot be undone ({left})"
    if "matplotlib" in sys.modules:
        return "this process has loaded matplotlib, whose drawings only a kernel shows"
    if InteractiveShell.initialized():
        return "this process is a kernel, or another IPython, itself"
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        return "an event loop is running in this thread"
    for cell in nb.cells:
        if cell.cell_type == "code" and "skip-execution" not in cell.metadata.get("tags", []):
            reason = _found_in_code(cell.source)
            if reason:
                return reason
    return None


@cache
def _is_ours(kernel_name: str) -> bool:
    """Say whether this kernel would be this very Python."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        return False
    program = Path(spec.argv[0])
    same = spec.argv[0] in ("python", f"python{sys.version_info[0]}") or program == Path(
        sys.executable
    )
    return same and "ipykernel_launcher" in " ".join(spec.argv) and not spec.env


@lru_cache(maxsize=256)
def _found_in_code(source: str) -> str | None:
    tree = parsed(source)
    return _first(map(_found_in_node, ast.walk(tree))) if tree else None


def _found_in_node(node: ast.AST) -> str | None:
    if isinstance(node, ast.Import):
        return _first(_module(alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        called = [CALLS.get(name) and f"it uses {name} ({CALLS[name]})" for name in names]
        return _first(map(_module, names)) or _first(called)
    if isinstance(node, ast.Call):
        return _found_in_call(node)
    if isinstance(node, ast.Attribute):
        name = _dotted(node)
        return f"it uses {name} ({CALLS[name]})" if name in CALLS else None
    # A bare ``exit`` is called by the shell.
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Name):
        name = node.value.id
        return f"it uses {name} ({CALLS[name]})" if name in ("exit", "quit") else None
    return None


def _found_in_call(node: ast.Call) -> str | None:
    name = _dotted(node.func)
    if name.removeprefix("get_ipython.") in _MAGIC_CALLS and node.args:
        first = node.args[0]
        magic = first.value if isinstance(first, ast.Constant) else None
        if magic in MAGICS:
            return f"it uses the magic %{magic} ({MAGICS[str(magic)]})"
        if magic in ("hist", "history") and "-g" in ast.dump(node):
            return f"it uses the magic %{magic} -g (the history of other notebooks)"
    return f"it uses {name} ({CALLS[name]})" if name in CALLS else None


def _dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` as it is written; a call in it without its brackets."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return _dotted(node.func)
    return ""


def _module(name: str) -> str | None:
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        found = MODULES.get(".".join(parts[:end]))
        if found:
            return f"it imports {name} ({found})"
    return None


def _first(reasons: Any) -> str | None:
    return next(filter(None, reasons), None)


class Guard:
    """Refuses, while a notebook runs, what was not seen in its cells; `check` says so after."""

    def __init__(self) -> None:
        self.reason = ""
        self.kernel = _NoKernel(self)

    def deny(self, reason: str) -> NoReturn:
        """Keep something from happening."""
        self.reason = reason
        raise Refused(reason)

    def check(self) -> None:
        """Raise an `UnsupportedError` if something was refused, whatever the cell made of it."""
        if self.reason:
            raise UnsupportedError(self.reason)


class _NoKernel:
    """Stands where a shell has its kernel: libraries look whether there is one, and rarely in."""

    _allow_stdin = False
    # They say, as in a kernel that papermill started, that nobody sits at a keyboard.
    raw_input: Any = IPythonKernel.raw_input
    getpass: Any = IPythonKernel.getpass

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._guard.deny(f"it asks for the kernel's {name}")


_guards: list[Guard] = []


@contextmanager
def guard() -> Iterator[Guard]:
    """Watch over what the notebook that is run meanwhile tries."""
    import comm

    _watch()
    made = Guard()

    def refuse_comms(*_: Any, **__: Any) -> NoReturn:
        made.deny("it opens a comm, as widgets do")

    def refuse_debugger(*_: Any, **__: Any) -> NoReturn:
        made.deny("it calls a debugger")

    before = (builtins.input, getpass.getpass, sys.breakpointhook)
    comms = (comm.create_comm, comm.get_comm_manager)
    builtins.input, getpass.getpass = made.kernel.raw_input, made.kernel.getpass
    sys.breakpointhook = refuse_debugger
    comm.create_comm = comm.get_comm_manager = refuse_comms
    _guards.append(made)
    try:
        yield made
    finally:
        _guards.remove(made)
        builtins.input, getpass.getpass, sys.breakpointhook = before
        comm.create_comm, comm.get_comm_manager = comms


@cache
def _watch() -> None:
    """Begin to be told of what Python does. Once: it can never be taken back."""
    sys.addaudithook(_told)


def _told(event: str, given: tuple[Any, ...]) -> None:
    if not _guards:
        return
    if event == "import":
        name = str(given[0])
        if name.startswith(_BEGUN) or (name in _LOADED and importlib.util.find_spec(name)):
            _guards[-1].deny(f"something it uses loads {name}")
    elif event in STARTED:
        has_started(given[0])
    elif event in _CHILDREN or (event == "subprocess.Popen" and not _is_caught(sys._getframe(1))):
        _guards[-1].deny(f"it starts a program that may write to our output ({event})")


def _is_caught(frame: Any) -> bool:
    """Say whether both outputs of a child program go elsewhere than to ours."""
    ends = [frame.f_locals.get(name, -1) for name in ("c2pwrite", "errwrite")]
    return all(int(end) != -1 for end in ends)
