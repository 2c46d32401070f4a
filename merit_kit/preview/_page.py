"""The page in which a preview is shown: one template, everything in it escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from merit_kit.files import kit_folder
from merit_kit.i18n import Words, visible


@cache
def template() -> Template:
    """Return the template of the page, read and compiled once."""
    environment = Environment(
        loader=FileSystemLoader(kit_folder("templates") / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("preview.html.j2")


def _shown(value: Any) -> Any:
    """Show what would turn the direction of writing unseen: in a file as in its name."""
    if not isinstance(value, str):
        return value
    shown = visible(value)
    return Markup(shown) if isinstance(value, Markup) else shown  # noqa: S704 as safe as it was


def render(kind: str, name: str, said: str, parts: dict[str, Any], words: Words) -> bytes:
    """Return the page of a preview in UTF-8.

    Parameters
    ----------
    parts : dict
        One of ``sheets`` (list of Grid), ``prose`` (HTML that was cleaned) and ``text``.
    """
    prose = Markup(parts.get("prose", ""))  # noqa: S704 built by `_clean` of what it allows
    page = template().render(
        lang=words.lang,
        name=name,
        said=said,
        kind=kind,
        sheets=parts.get("sheets", []),
        prose=prose,
        text=parts.get("text", ""),
        t=words,
    )
    # A character that no encoding has would end the page in the middle.
    return page.encode("utf-8", errors="replace")
