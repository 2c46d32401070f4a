"""The parts a report notebook puts out, and how their HTML is made.

Every piece comes from a Jinja template with autoescape on, so that a text from an agency stays
text whatever is in it. Nothing here is left to nbconvert, which escapes and cleans nothing.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from merit_kit.files import kit_folder
from merit_kit.i18n import Words, isolated, visible

FACTS_MIME = "application/vnd.merit.page+json"
"""An output of this type tells the exporter what the page is, wherever the notebook was run."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the frame of a page needs to know: language, title, running lines, simulation mark.

    `status` says on every printed sheet where a report is in its life.
    """

    lang: str
    title: str
    footer: str
    simulation: str = ""
    status: str = ""


class Fragment:
    """A piece of a page. As the last expression of a cell it shows as HTML."""

    def __init__(self, html: str, text: str, facts: PageFacts | None = None) -> None:
        self.html = html
        self.text = text
        self.facts = facts

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.text}
        if self.facts is not None:
            bundle[FACTS_MIME] = asdict(self.facts)
        return bundle


def show_page(path: Path, height: int = 640) -> Fragment:
    """Show a finished page inside a notebook, shut off from it: no script, no links out."""
    page = path.read_text(encoding="utf-8")
    frame = Markup(
        '<iframe sandbox="" srcdoc="{}" title="{}" '
        'style="width:100%;height:{}px;border:1px solid #d3dae1;border-radius:6px"></iframe>'
    ).format(page, path.name, height)
    return Fragment(str(frame), str(path))


def render(name: str, lang: str, **values: Any) -> str:
    """Render ``templates/fragments/<name>.html.j2`` in a language."""
    return _fragments(lang).get_template(f"{name}.html.j2").render(values).strip()


@cache
def _fragments(lang: str) -> Environment:
    words = Words(lang)
    environment = Environment(
        loader=FileSystemLoader(kit_folder("templates") / "fragments"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = words
    environment.filters["number"] = words.number
    environment.filters["signed"] = lambda value: words.number(value, sign=True)
    environment.filters["decimals"] = words.number
    environment.filters["date"] = words.date
    environment.filters["in"] = words.text
    environment.filters["lines"] = _lines
    environment.filters["isolated"] = isolated
    environment.tests["known"] = _is_known
    return environment


def _shown(value: Any) -> Any:
    """Show what would turn the direction of writing unseen; a page is read by its words alone."""
    if not isinstance(value, str):
        return value
    shown = visible(value)
    return Markup(shown) if isinstance(value, Markup) else shown  # noqa: S704 as safe as it was


def _lines(text: str) -> Markup:
    """Keep the line breaks somebody typed."""
    return Markup("<br>").join(text.splitlines())


def _is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))
