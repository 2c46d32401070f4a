"""The explorer as a page that is not alive: what a notebook keeps when it is saved or exported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from merit_kit import charts
from merit_kit.i18n import Words
from merit_kit.panels._gaps_data import Analysis
from merit_kit.panels._gaps_heat import heat_picture
from merit_kit.panels._gaps_view import DRAWN, pictures

_SHOWN = ("spread", "both", "trend", "one")


def page(
    analysis: Analysis, about: Mapping[str, Any], words: Words, first: Mapping[str, Any]
) -> str:
    """Return the heat map and the pictures of the first choice, each with its table, as HTML.

    Where the choice names an agency, it is marked in them and put beside its peers. The page holds
    levels and totals, and nothing that anybody wrote about an agency.
    """
    wish = analysis.wish({**first, "sort": "total", "down": True})
    if wish is None:
        nothing = charts.Figure(words("gaps.none"), charts.NO_PICTURE, (), ())
        return str(charts.page([nothing], words.lang, ""))
    ground = analysis.grounds[wish.edition]
    shown = [heat_picture(ground, wish, words)]
    for view in _SHOWN:
        seen = analysis.wish({**first, "view": view})
        if seen is None:
            continue
        drawn = pictures(analysis, ground, ground.chosen(seen), seen, words)
        if not drawn and view in DRAWN:
            drawn = [charts.Figure(words(f"gaps.unknown.{view}"), charts.NO_PICTURE, (), ())]
        shown += drawn
    marks = [*about["marks"], *([words("gaps.not_settled")] if any(s.state for s in shown) else ())]
    return str(charts.page(shown, words.lang, words("gaps.table"), marks))
