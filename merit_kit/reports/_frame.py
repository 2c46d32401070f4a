"""Pages that no notebook makes: the list of a batch, and the recap of a round."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from merit_kit.errors import ReportError
from merit_kit.files import kit_folder, reason_of
from merit_kit.i18n import say
from merit_kit.reports import _page
from merit_kit.reports._page import PageFacts


def whole_page(name: str, facts: PageFacts, script: str = "", css: str = "", **values: Any) -> str:
    """Render ``templates/pages/<name>.html.j2`` as a page of its own: one file, shut off.

    Parameters
    ----------
    script : str
        Name of the one script the page may run, in the same folder; its hash lets it in.
    css : str
        Rules beyond those of the reports, for this page alone.
    """
    folder = kit_folder("templates")
    code = _read(folder / "pages" / f"{script}.js") if script else ""
    sheets = (folder / "nbconvert" / "merit" / "merit.css", folder / "pages" / "pages.css")
    return (
        _pages(facts.lang)
        .get_template(f"{name}.html.j2")
        .render(
            **values,
            css_text=css_text,
            facts={
                "lang": facts.lang,
                "title": facts.title,
                "footer": facts.footer,
                "simulation": facts.simulation,
                "page": say("report.page", facts.lang),
            },
            stylesheet=Markup("\n".join([*map(_read, sheets), css])),  # noqa: S704 our own
            script=Markup(code),  # noqa: S704 our own
            script_hash=base64.b64encode(hashlib.sha256(code.encode()).digest()).decode(),
        )
        .strip()
        + "\n"
    )


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Say in words what keeps a page from being written: a full disk, a file held by Excel.

    Raises
    ------
    ReportError
        In the place of an OSError; `path` is named where that names none.
    """
    try:
        yield
    except OSError as error:
        # Of a file that was to take another's place, the other is what people know.
        found = error.filename2 or error.filename or path
        said = reason_of(error, Path(found))
        raise ReportError("file-unwritable", path=str(found), said=said) from error


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def css_text(text: str) -> str:
    """Write a text so that it can stand between quotes in a stylesheet, whatever is in it."""
    # The blank after an escape belongs to it; without one the text's own blank would be taken.
    safe = "".join(c if c.isalnum() or c in " .,:" else f"\\{ord(c):06x} " for c in text)
    return Markup(safe)  # noqa: S704 nothing is left in it that could be markup


@cache
def _pages(lang: str) -> Environment:
    loader = FileSystemLoader(kit_folder("templates") / "pages")
    return _page._fragments(lang).overlay(loader=loader)
