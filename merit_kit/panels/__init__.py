"""Panels for people: what a notebook shows, live. The rules stay in the rooms below."""

from __future__ import annotations

from pathlib import Path

from merit_kit import assessment, i18n
from merit_kit.errors import Problem, RuleError
from merit_kit.panels._sheet import ScoreSheet
from merit_kit.store import Store, open_store

__all__ = ["ScoreSheet", "scoring"]

_open: list[ScoreSheet] = []


def scoring(
    store: Store | str | Path = ".",
    agency: str | None = None,
    round_: str | None = None,
    lang: str | None = None,
) -> ScoreSheet:
    """Show the scoring panel; the notebook's last expression.

    One per kernel: running its cell again replaces it.

    Parameters
    ----------
    store : Store, str or Path
        An open store, or where it is: a work folder or a database's address.
    agency, round_ : str, optional
        Codes of the assessment to open; without them the panel lets choose.
    lang : {"id", "en"}, optional
        By default that of the interface; see :func:`merit_kit.i18n.own_language`.

    Raises
    ------
    RuleError
        If the agency has no assessment in the round.
    StoreError
        If the store cannot be opened.
    """
    opened = store if isinstance(store, Store) else open_store(str(store))
    about = None
    if agency is not None and round_ is not None:
        about = assessment.find(opened, agency, round_)
        if about is None:
            problem = Problem(agency, "no-assessment", agency, round_)
            raise RuleError("cases-missing", [problem], round=round_)
    while _open:
        _open.pop().close()
    person = assessment.whoami(opened)
    sheet = ScoreSheet(opened, person, about, lang or i18n.own_language())
    _open.append(sheet)
    return sheet
