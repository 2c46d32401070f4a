"""From a template to a picture, or to a picture with its table."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from merit_kit.files import kit_folder

# What no XML may hold, escaped or not: one such character would blank the whole picture.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def draw(name: str, **values: object) -> Markup:
    """Fill in a template of ``templates/charts``; all text in it is escaped."""
    drawn = _templates().get_template(name).render(values).strip()
    return Markup(_NOT_XML.sub("\ufffd", drawn))  # noqa: S704 escaped


def _linked(text: str) -> Markup:
    """Return addresses of the web among texts between semicolons as links; the rest as it is."""
    parts = [
        Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(part)
        if _ADDRESS.fullmatch(part)
        else escape(part)
        for part in text.split("; ")
    ]
    return Markup("; ").join(parts)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(kit_folder("templates") / "charts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["linked"] = _linked
    return made
