"""What decides a page's bytes: a key. The same key, and the page need not be made again."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Set
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from operator import itemgetter
from pathlib import Path

from merit_kit.canonical import canonical, digest
from merit_kit.errors import ReportError
from merit_kit.files import kit_folder

RENDERERS = (
    # What runs a notebook, and makes a page of it.
    *("papermill", "nbconvert", "nbclient", "nbformat", "ipython", "ipykernel", "traitlets"),
    *("jinja2", "markupsafe", "mistune", "bleach", "tinycss2", "webencodings", "defusedxml"),
    *("beautifulsoup4", "soupsieve", "pygments", "jupyterlab-pygments"),
    # What figures and days are worked out with, sentences read, and workbooks written.
    *("pandas", "numpy", "scipy", "python-dateutil", "pytz", "tzdata", "pyyaml"),
    *("openpyxl", "et-xmlfile"),
)
"""The libraries that have a part in the bytes of a page or of the workbook beside it."""

_ENDINGS = (".py", ".ipynb", ".j2", ".css", ".js", ".json", ".yaml")
_APART = {"_kit", "panels"}
"""Folders of the package: a wheel's copies, which have their own roots, and what makes no page."""

_Stamps = dict[str, tuple[int, int]]
_seen: _Stamps = {}


@cache
def sources() -> str:
    """Return the digest of all that makes a page beside its case: the kit, and its renderers.

    By content, not by version: a template that was edited makes every page again. By path within
    the kit: a checkout, a wheel and another computer's have the same. Asked once: what this program
    has loaded stays as it was; see `check_kit` for what is changed since.
    """
    global _seen
    _seen = _stamps()  # before they are read: what is edited meanwhile is noticed
    return _digest()


def check_kit(asked: str | None = None) -> None:
    """Refuse to go on with another kit than asked for, or one that is edited or replaced since.

    A look at its files' times and sizes takes 2 ms; only where these moved are they read again.

    Raises
    ------
    ReportError
        ``kit-changed``.
    """
    global _seen
    now = sources()
    if asked not in {None, now}:
        raise ReportError("kit-changed")
    try:
        found = _stamps()
        same = found == _seen or _digest() == now
    except OSError:  # it is being replaced at this moment
        same = False
    if not same:
        raise ReportError("kit-changed")
    _seen = found


def versions() -> dict[str, str]:
    """Return the versions of Python, the kit and its renderers: what two computers agree on.

    Without how Python was built: that differs between Windows and Linux, and makes no page.
    """
    found = {"Python": ".".join(map(str, sys.version_info[:3]))}
    for name in ("merit-kit", *RENDERERS):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "-"
    return found


def _digest() -> str:
    parts = [f"{name} {each}\n" for name, each in versions().items()]
    for name, file in sorted(_files(), key=itemgetter(0)):
        parts.append(f"{name} {hashlib.sha256(Path(file).read_bytes()).hexdigest()}\n")
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _stamps() -> _Stamps:
    found = {}
    for name, file in _files():
        stat = file.stat()
        found[name] = (stat.st_mtime_ns, stat.st_size)
    return found


def _files() -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give the files that make pages, by names that are the same wherever the kit lies."""
    yield from _below(str(Path(__file__).parents[1]), "kit", _APART)
    yield from _below(str(kit_folder("templates")), "templates")
    yield from _below(str(kit_folder("data") / "locale"), "locale")


def _below(
    folder: str, named: str, apart: Set[str] = frozenset()
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            # Jupyter keeps copies of notebooks that are edited in hidden folders beside them.
            if entry.name.startswith((".", "__pycache__")) or entry.name in apart:
                continue
            if entry.is_dir():
                yield from _below(entry.path, f"{named}/{entry.name}")
            elif entry.name.endswith(_ENDINGS):
                yield f"{named}/{entry.name}", entry


def key_of(case: str, comparison: str | None, letter: str | None, **asked: str) -> str:
    """Return the key of a page.

    Parameters
    ----------
    case, comparison, letter : str
        Their digests.
    **asked
        What else the page depends on: its kind, language, status, and who answers for that.
    """
    parts = {"case": case, "comparison": comparison, "letter": letter, "sources": sources()}
    return digest(canonical({**parts, **asked}))
