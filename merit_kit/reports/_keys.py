"""What decides a page's bytes: a key. The same key, and the page need not be made again."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from merit_kit.canonical import canonical, digest
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

_ENDINGS = {".py", ".ipynb", ".j2", ".css", ".js", ".json", ".yaml"}


@cache
def sources() -> str:
    """Return the digest of all that makes a page beside its case: the kit, and its renderers.

    By content, not by version: a template that was edited makes every page again.
    """
    found = hashlib.sha256(sys.version.encode())
    for name in RENDERERS:
        try:
            found.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:
            found.update(f"{name} -\n".encode())
    roots = (Path(__file__).parents[1], kit_folder("templates"), kit_folder("data") / "locale")
    for root in roots:
        for path in sorted(p for p in root.rglob("*") if p.suffix in _ENDINGS):
            if "_kit" in path.parts or path.is_relative_to(roots[0] / "panels"):
                continue
            found.update(path.relative_to(root).as_posix().encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


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
