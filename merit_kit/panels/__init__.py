"""Panels for people: what a notebook shows, live. The rules stay in the rooms below."""

from __future__ import annotations

from pathlib import Path

from merit_kit import assessment, i18n
from merit_kit.errors import Problem, RuleError
from merit_kit.panels._sheet import ScoreSheet
from merit_kit.store import Store, open_store

__all__ = ["ScoreSheet", "scoring"]

_stores: dict[str, Store] = {}
_files: dict[str, tuple[int, int] | None] = {}
_shown: dict[tuple[object, ...], ScoreSheet] = {}


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
    opened = store if isinstance(store, Store) else _opened(store)
    about = None
    if agency is not None and round_ is not None:
        about = assessment.find(opened, agency, round_)
        if about is None:
            problem = Problem(agency, "no-assessment", agency, round_)
            raise RuleError("cases-missing", [problem], round=round_)
    person = assessment.whoami(opened)
    wanted = (id(opened), person, about, lang or i18n.own_language())
    # Another page may be showing it: a second one would leave that page with a dead panel.
    if wanted in _shown and _shown[wanted].comm is not None:
        return _shown[wanted]
    while _shown:
        _shown.popitem()[1].close()
    _shown[wanted] = ScoreSheet(opened, person, about, wanted[-1])
    return _shown[wanted]


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
