"""The explorer of gaps: for whoever analyses a round. Nothing is stated and nothing is stored here.

What crosses: traits, kernel to browser, for a first picture without asking: ``user`` (language and
words), ``opening`` (the answer to no choice at all). Messages, each with the number ``turn`` that
its answer has too: browser to kernel ``show`` (a choice; in ``has`` the key of the options that are
there already), ``picture`` (of the heat map), ``item`` (an aspect of one assessment), ``what_if``
(other levels of one), ``reload``, ``look`` (at one sheet), ``leave`` (it); kernel to browser the
same names, or ``failed``. The browser's side of each is typed in ``static/gaps/crossing.js``;
change both together.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import RLock
from typing import Any

import anywidget
import pandas as pd
import traitlets as t

from merit_kit import assessment, gaps
from merit_kit.errors import MeritError
from merit_kit.i18n import Words, catalogue, explain
from merit_kit.panels._gaps_data import Analysis
from merit_kit.panels._gaps_heat import heat_picture
from merit_kit.panels._gaps_one import item_of, one_of, what_if_of
from merit_kit.panels._gaps_page import page
from merit_kit.panels._gaps_view import answer, plain
from merit_kit.panels._looking import SheetToLookAt
from merit_kit.panels._opening import _marks
from merit_kit.panels._static import script, style
from merit_kit.store import Store

_log = logging.getLogger(__name__)


class _SheetOfOne(SheetToLookAt):
    """A sheet that is looked at from here."""

    read_only = "gaps.read_only"


class GapExplorer(anywidget.AnyWidget):
    """Where points are missing, in all assessments that the person may look at.

    What was read when it was made, or read again, is what it shows: it follows no one's work.

    Parameters
    ----------
    store : Store
    person : str
        Person id of who looks: of their own agencies nothing is shown, and nothing at all to
        somebody who only belongs to agencies' teams.
    lang : {"id", "en"}
    agency, round_ : str, optional
        Codes of what is shown first, and kept in the page of a notebook: an agency beside its
        peers, by itself in its last round.

    Raises
    ------
    RuleError
        If none of the assessments that are shown is of that agency or that round.
    """

    _esm = script("gaps")
    _css = style("sheet", "rooms", "gaps")

    user = t.Dict().tag(sync=True)
    """Which language, and the words of the explorer. Kernel to browser."""

    opening = t.Dict().tag(sync=True)
    """What is shown first. Kernel to browser."""

    def __init__(
        self,
        store: Store,
        person: str,
        lang: str = "id",
        agency: str | None = None,
        round_: str | None = None,
    ) -> None:
        self._store, self._person, self._words = store, person, Words(lang)
        self._lock = RLock()
        self._names: dict[str, str] = {}
        self._sheet: _SheetOfOne | None = None
        self._read()
        self._first: dict[str, str] = {}
        if not self._refused and (agency or round_):
            self._first = self._analysis.first(agency or "", round_ or "")
        super().__init__(
            user={
                "lang": lang,
                "words": {
                    key.removeprefix("gaps.").removeprefix("rooms."): text
                    for key, text in catalogue(lang).items()
                    if key.startswith(("gaps.", "rooms.sheet."))
                }
                | dict.fromkeys(("sheet.back", "sheet.back_key"), self._words("gaps.back")),
            },
            opening=self._shown(self._first),
        )
        self.on_msg(self._heard)

    def close(self) -> None:
        """Shut what is looked at, and go from the page."""
        with self._lock:
            self._leave()
        super().close()

    def _repr_mimebundle_(self, **how: Any) -> Any:
        """Return the widget, and beside it a page that stays when nothing is alive any more."""
        found = super()._repr_mimebundle_(**how)
        data, *more = found if isinstance(found, tuple) else (found,)
        if data is None:
            return found
        data = {**data, "text/html": page(self._analysis, self._about, self._words, self._first)}
        return (data, *more) if more else data

    def _read(self) -> None:
        """Read the store anew; why that cannot be is told in the panel, like everything else."""
        self._refused, self._analysis = "", Analysis({}, gaps.published_frame(pd.DataFrame()))
        self._about = {"marks": [], "own": 0, "made_up": 0, "unscored": "", "read_at": _now()}
        try:
            found = assessment.sheets(self._store, None, self._person)
            # What is made up is in no median and no rank of what is not.
            about = gaps.real(found.about)
            levels = found.levels
            if len(about) < len(found.about):
                levels = levels[levels.index.isin(about.index, level="assessment")]
            frame = gaps.tidy(about, levels, found.editions)
            published = gaps.published_frame(
                self._store.published(), self._store.agencies()["name"]
            )
            self._analysis = Analysis.of(frame, found.editions, found.components, published)
        except MeritError as error:
            self._refused = explain(error, self._words.lang)
            return
        marks = [
            mark
            for edition in found.editions.values()
            for mark in _marks(bool(about["invented"].any()), edition, self._words)
        ]
        self._about |= {
            "marks": list(dict.fromkeys(marks)),
            "own": found.own,
            "made_up": len(found.about) - len(about),
            "unscored": self._unscored(found, about),
        }

    def _unscored(self, found: assessment.Sheets, about: pd.DataFrame) -> str:
        """Say which assessments are left out since their edition lacks what scoring takes."""
        lacking = {key: edition for key, edition in found.editions.items() if edition.lacks}
        count = int(about["edition"].isin(list(lacking)).sum())
        names = sorted(edition.id for edition in lacking.values())
        if not count:
            return ""
        return self._words("gaps.unscored", count=count, editions=", ".join(names))

    def _shown(self, said: Mapping[str, Any], has: Any = "") -> dict[str, Any]:
        shown = answer(self._analysis, said, self._words, str(has))
        wish = self._analysis.wish(said)
        if wish is not None and wish.view == "one":
            shown["one"] = one_of(self._analysis.grounds[wish.edition], wish, self._words)
        why = self._refused or (shown["why"] and self._about["unscored"]) or shown["why"]
        return {**shown, "about": self._about, "why": why}

    def _heard(self, _: Any, message: Any, __: Any) -> None:
        """Answer one message; whatever goes wrong is said in the panel, never raised."""
        if not isinstance(message, Mapping):
            return
        try:
            with self._lock:
                said = self._answer(message)
        except MeritError as error:
            said = {"is": "failed", "why": explain(error, self._words.lang)}
        except Exception:
            # An exception here would show nowhere on the page.
            _log.exception("the explorer could not answer")
            said = {"is": "failed", "why": self._words("gaps.fault")}
        self.send({"turn": message.get("turn"), "of": message.get("do"), **said})

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        said = message.get("wish")
        wish = said if isinstance(said, Mapping) else {}
        match message.get("do"):
            case "show":
                return {"is": "show", **self._shown(wish, message.get("has"))}
            case "reload":
                self._read()
                return {"is": "show", **self._shown(wish)}
            case "picture":
                whole = self._analysis.wish(wish)
                if whole is not None:
                    ground = self._analysis.grounds[whole.edition]
                    return {"is": "picture", **plain(heat_picture(ground, whole, self._words))}
            case "item" | "what_if" | "look":
                return self._of_one(message, wish)
            case "leave":
                self._leave()
                return {"is": "leave"}
        return {"is": "failed", "why": self._words("gaps.fault")}

    def _of_one(self, message: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
        """Answer what is asked of one assessment; of those alone that are shown here."""
        whole, about = self._analysis.wish(said), message.get("assessment")
        ground = None if whole is None else self._analysis.grounds[whole.edition]
        if whole is None or ground is None or about not in ground.totals.index:
            return {"is": "failed", "why": self._words("gaps.fault")}
        if message["do"] == "look":
            self._leave()
            self._sheet = _SheetOfOne(
                *(self._store, self._person, str(about), None, self._words.lang)
            )
            return {"is": "look", "assessment": about, "sheet": self._sheet.model_id}
        if message["do"] == "item":
            aspect = message.get("aspect")
            if aspect not in {each.number for each in ground.edition.aspects}:
                return {"is": "failed", "why": self._words("gaps.fault")}
            found = item_of(self._store, ground, str(about), aspect, self._words, self._name_of)
            return {"is": "item", "assessment": about, **found}
        changes = message.get("changes")
        given = changes if isinstance(changes, Mapping) else {}
        return {"is": "what_if", **what_if_of(ground, about, given, whole, self._words)}

    def _leave(self) -> None:
        if self._sheet is not None:
            self._sheet.close()
            self._sheet = None

    def _name_of(self, person: str) -> str:
        if person not in self._names:
            found = self._store.people([person])["name"]
            self._names[person] = str(found.iloc[0]) if len(found) else person
        return self._names[person]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
