"""Panels for people: what a notebook shows, live. The rules stay in the rooms below."""

from __future__ import annotations

from pathlib import Path

from merit_kit import assessment, i18n, process
from merit_kit.errors import Problem, RuleError
from merit_kit.panels._gaps import GapExplorer
from merit_kit.panels._practice import PracticeSheet
from merit_kit.panels._published import Published, published
from merit_kit.panels._rooms import RoomOverview
from merit_kit.panels._sheet import ScoreSheet
from merit_kit.panels._view import PRACTICE
from merit_kit.store import Store, open_store

__all__ = [
    "GapExplorer",
    "Published",
    "RoomOverview",
    "ScoreSheet",
    "gaps",
    "practice",
    "published",
    "rooms",
    "scoring",
    "self_assessment",
]

_stores: dict[str, Store] = {}
_files: dict[str, tuple[int, int] | None] = {}
_shown: dict[tuple[object, ...], ScoreSheet] = {}
_overviews: dict[tuple[object, ...], RoomOverview] = {}
_explorers: dict[tuple[object, ...], GapExplorer] = {}


def scoring(
    store: Store | str | Path = ".",
    agency: str | None = None,
    round_: str | None = None,
    lang: str | None = None,
) -> ScoreSheet:
    """Show the scoring panel; the notebook's last expression.

    One per kernel: running its cell again shows the same one, and with another agency or store
    puts another in its place.

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
    return _score_sheet(store, agency, round_, lang, process.EVALUATOR)


def self_assessment(
    store: Store | str | Path = ".",
    agency: str | None = None,
    round_: str | None = None,
    lang: str | None = None,
) -> ScoreSheet:
    """Show the agency's own sheet: its levels, its evidence, its answers; and the handing in.

    Parameters and errors as for :func:`scoring`. Nothing is given to it that evaluators keep to
    themselves, whoever opens it.
    """
    return _score_sheet(store, agency, round_, lang, process.AGENCY)


def practice(store: Store | str | Path = ".", lang: str | None = None) -> ScoreSheet:
    """Show a sheet to practise on; the notebook's last expression.

    An invented agency (``merit practice`` puts it into a store) is scored like any other: the same
    sheet, its evidence, one's own levels with reasons. They are one's own alone, count for nothing
    and are compared with a model's once they are there. Evaluators and agencies' teams may.

    Parameters
    ----------
    store : Store, str or Path
        An open store, or where it is: a work folder or a database's address.
    lang : {"id", "en"}, optional
        By default that of the interface; see :func:`merit_kit.i18n.own_language`.

    Raises
    ------
    StoreError
        If the store cannot be opened.
    """
    opened = store if isinstance(store, Store) else _opened(store)
    there = list(assessment.sandboxes(opened).index)
    return _shown_sheet(opened, there[0] if len(there) == 1 else None, lang, PRACTICE)


def _score_sheet(
    store: Store | str | Path,
    agency: str | None,
    round_: str | None,
    lang: str | None,
    side: str,
) -> ScoreSheet:
    opened = store if isinstance(store, Store) else _opened(store)
    about = None
    if agency is not None and round_ is not None:
        about = assessment.find(opened, agency, round_)
        if about is None:
            problem = Problem(agency, "no-assessment", agency, round_)
            raise RuleError("cases-missing", [problem], round=round_)
    return _shown_sheet(opened, about, lang, side)


def _shown_sheet(opened: Store, about: str | None, lang: str | None, side: str) -> ScoreSheet:
    person = assessment.whoami(opened)
    lang = lang or i18n.own_language()
    wanted = (id(opened), person, about, lang, side)
    # Another page may be showing it: a second one would leave that page with a dead panel.
    if wanted in _shown and _shown[wanted].comm is not None:
        return _shown[wanted]
    while _shown:
        _shown.popitem()[1].close()
    if side == PRACTICE:
        _shown[wanted] = PracticeSheet(opened, person, about, lang)
    else:
        _shown[wanted] = ScoreSheet(opened, person, about, lang, side)
    return _shown[wanted]


def rooms(
    store: Store | str | Path = ".", round_: str | None = None, lang: str | None = None
) -> RoomOverview:
    """Show all rooms of a round, live; the notebook's last expression. Nothing is stated there.

    One per kernel, as :func:`scoring`.

    Parameters
    ----------
    store : Store, str or Path
        An open store, or where it is: a work folder or a database's address.
    round_ : str, optional
        Its code; by default the last round in which rooms are arranged.
    lang : {"id", "en"}, optional
        By default that of the interface; see :func:`merit_kit.i18n.own_language`.

    Raises
    ------
    RuleError
        If the round is not known.
    StoreError
        If the store cannot be opened.
    """
    opened = store if isinstance(store, Store) else _opened(store)
    if round_ is not None:
        assessment.check_round(opened, round_)
    person = assessment.whoami(opened)
    wanted = (id(opened), person, round_, lang or i18n.own_language())
    if wanted in _overviews and _overviews[wanted].comm is not None:
        return _overviews[wanted]
    while _overviews:
        _overviews.popitem()[1].close()
    _overviews[wanted] = RoomOverview(opened, person, round_, wanted[-1])
    return _overviews[wanted]


def gaps(
    store: Store | str | Path = ".",
    agency: str | None = None,
    round_: str | None = None,
    lang: str | None = None,
) -> GapExplorer:
    """Show where points are missing, over all agencies; the notebook's last expression.

    One per kernel, as :func:`scoring`; running its cell again reads the store anew. Exported or
    saved, its first choice stays as pictures with tables.

    Parameters
    ----------
    store : Store, str or Path
        An open store, or where it is: a work folder or a database's address.
    agency, round_ : str, optional
        Codes of what is shown first: of the agency, beside its peers, by itself its last round; by
        default all agencies in the last round.
    lang : {"id", "en"}, optional
        By default that of the interface; see :func:`merit_kit.i18n.own_language`.

    Raises
    ------
    RuleError
        If none of the assessments that are shown is of that agency or that round.
    StoreError
        If the store cannot be opened.
    """
    opened = store if isinstance(store, Store) else _opened(store)
    person = assessment.whoami(opened)
    wanted = (id(opened), person, agency, round_, lang or i18n.own_language())
    while _explorers:
        _explorers.popitem()[1].close()
    _explorers[wanted] = GapExplorer(opened, person, wanted[-1], agency, round_)
    return _explorers[wanted]


def _opened(place: str | Path) -> Store:
    """Return the store of a place, opened once: each opening holds its file, or a connection."""
    address = str(place) if "://" in str(place) else str(Path(place).resolve())
    if address in _stores and not _is_gone(_stores[address]):
        return _stores[address]
    _stores[address] = open_store(address)
    _files[address] = _file_of(_stores[address])
    return _stores[address]


def _is_gone(store: Store) -> bool:
    """Say whether the file lies there no more, or is another: ours would be written for nobody."""
    try:
        return _file_of(store) not in _files.values()
    except OSError:
        return True


def _file_of(store: Store) -> tuple[int, int] | None:
    found = store.path.stat() if store.path else None
    return (found.st_dev, found.st_ino) if found else None
