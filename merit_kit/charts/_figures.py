"""A picture with its table, and a page of such."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from merit_kit.charts._drawing import draw


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its table: what it shows, to be read out and taken elsewhere.

    `rows` are texts, `head` their headings; `note` says how it is read, `state` what is not settled
    yet of what it shows.
    """

    title: str
    svg: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    state: str = ""


NO_PICTURE = Markup("")
"""Of a figure that is a table alone."""


_NUMERIC = Markup(' class="n"')
_NUMBER = re.compile(r"[+\u2212-]?\d[\d.,]*")


def _are_numbers(cells: Sequence[str]) -> bool:
    """Tell whether a column, as far as it is filled, holds numbers: they stand on the right."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


def figure(shown: Figure, open_: bool = False, table: str = "Tabel") -> Markup:
    """Return a picture and its table as a piece of a page that needs nothing else.

    `table` is what the table is called, `open_` whether it is unfolded.
    """
    numeric = [_NUMERIC if _are_numbers(cells) else "" for cells in zip(*shown.rows, strict=False)]
    numeric += [""] * (len(shown.head) - len(numeric))
    return draw("figure.html.j2", figure=shown, open=open_, table=table, numeric=numeric)


def page(shown: Sequence[Figure], lang: str, table: str, marks: Sequence[str] = ()) -> Markup:
    """Return pictures one below the other, below the marks that say what they are not."""
    # Where there is no picture, the table is what is shown.
    drawn = [figure(each, open_=not each.svg, table=table) for each in shown]
    return draw("page.html.j2", figures=drawn, lang=lang, marks=marks)
