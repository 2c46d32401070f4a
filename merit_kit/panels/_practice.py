"""A score sheet to practise on: one's own levels, and the model's once one has scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from merit_kit import assessment, practice, process, scoring
from merit_kit.assessment import Hearing
from merit_kit.errors import RuleError
from merit_kit.i18n import Words, describe
from merit_kit.instrument import Instrument
from merit_kit.panels._sheet import ScoreSheet
from merit_kit.panels._view import PRACTICE
from merit_kit.store import Statement, Store

_ASKED = {"hello", "open", "history", "preview", "download", "record", "check"}
"""What a page may ask of it: there is no sitting here, and nobody gives files."""


class PracticeSheet(ScoreSheet):
    """The sheet of one person in a sandbox: second levels of theirs alone.

    Asked with ``{do: "check", assessment, page, room, submit, rest}`` it says what is not scored
    yet and, once `submit` was asked (with `rest`: although something is not scored), compares with
    the model; answered with ``{is: "check", check}``. Its side is ``static/sheet/compare.js``. Of
    the model nothing crosses before: it is not in the store, and is read when it is compared.

    Parameters
    ----------
    store : Store
    person : str
        Person id: of an evaluator, or of any agency's team.
    about : str, optional
        The id of the sandbox; without it the panel lets choose.
    lang : {"id", "en"}
    """

    def __init__(self, store: Store, person: str, about: str | None, lang: str) -> None:
        super().__init__(store, person, about, lang, PRACTICE)

    def _answer(
        self, message: Mapping[str, Any], buffers: Sequence[Any] = ()
    ) -> dict[str, Any] | None:
        if message.get("do") not in _ASKED:
            return {"is": "failed", "why": self._words("sheet.practice_only")}
        about = message.get("assessment")
        # Asked first, whatever is asked: here are sandboxes, and no other sheets.
        hearing = self._hearing(about) if about else None
        if message.get("do") != "check" or hearing is None:
            return super()._answer(message, buffers)
        hearing.refresh()
        if message.get("submit"):
            self._finish(hearing, bool(message.get("rest")))
            hearing.refresh()
        self._feed.look()
        return {"is": "check", "check": self._check(hearing)}

    def _hear(self, about: str) -> Hearing:
        """Read a sandbox, whoever one is.

        Raises
        ------
        RuleError
            If it is none: teams would read there what evaluators keep to themselves.
        """
        if about not in assessment.sandboxes(self._store).index:
            raise RuleError("practice-sandbox")
        return Hearing(self._store, about)

    def _record(self, about: str, ops: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        if any(op.get("kind") != process.LEVEL for op in ops if isinstance(op, Mapping)):
            raise RuleError("practice-levels")
        return super()._record(about, ops)

    def _check(self, hearing: Hearing) -> dict[str, Any]:
        scored = self._scored(hearing)
        result = self._result(hearing)
        problems = hearing.would_be(self._said(hearing, {}), self._person) if not result else []
        return {
            "unscored": [code for code in hearing.instrument.codes if code not in scored],
            "may": "; ".join(describe(problem, self._words.lang) for problem in problems),
            "compared": _compared(scored, result[0], hearing, self._words) if result else None,
        }

    def _finish(self, hearing: Hearing, rest: bool) -> None:
        if self._result(hearing):
            return
        missing = len(hearing.instrument.codes) - len(self._scored(hearing))
        if missing and not rest:
            raise RuleError("practice-unscored", count=missing)
        model = practice.read(hearing.agency)
        assessment.record(self._store, [self._said(hearing, model.levels)], self._person)

    def _said(self, hearing: Hearing, levels: Mapping[str, int]) -> Statement:
        # To ask whether one may, any levels will do.
        lowest = min(hearing.instrument.steps)
        body = {
            "of": process.practice_digest(hearing.counting(), self._person),
            "model": dict(levels) or dict.fromkeys(hearing.instrument.codes, lowest),
        }
        return Statement(
            hearing.assessment,
            process.PRACTICE_RESULT,
            self._person,
            assessment.now(),
            body,
            visible_to="internal",
        )

    def _scored(self, hearing: Hearing) -> dict[str, Any]:
        rows = process.practised(hearing.counting(), self._person)
        return {row.sub_aspect: row for row in rows.itertuples()}

    def _result(self, hearing: Hearing) -> list[Mapping[str, int]]:
        standing = hearing.books.on(hearing.assessment, process.PRACTICE_RESULT, self._person)
        return [said.body["model"] for said in standing.values()]


def _compared(
    scored: Mapping[str, Any], model: Mapping[str, int], hearing: Hearing, words: Words
) -> dict[str, Any]:
    """Return one's levels beside the model's, and what there is to be said of them at a glance."""
    edition = hearing.instrument
    try:
        reasons = {
            code: words.text(item.reason)
            for code, item in practice.read(hearing.agency).items.items()
        }
    except RuleError:
        # Another kit compared it once; the levels are on record.
        reasons = {}
    own = {code: int(row.level) for code, row in scored.items()}
    gaps = {code: own[code] - model[code] for code in edition.codes if code in own}
    rows = [
        {
            "code": code,
            "level": own.get(code),
            "model": model[code],
            "difference": gaps.get(code),
            "reason": reasons.get(code, ""),
            "own": scored[code].reason if code in scored else "",
        }
        for code in edition.codes
    ]
    found = list(gaps.values())
    return {
        "rows": rows,
        "scored": len(found),
        "of": len(rows),
        "exact": sum(gap == 0 for gap in found),
        "within": sum(abs(gap) <= 1 for gap in found),
        "higher": sum(gap > 0 for gap in found),
        "lower": sum(gap < 0 for gap in found),
        "mean": words.number(sum(found) / len(found), 2, sign=True) if found else "",
        "total": _points(own, edition, words),
        # Of the same sub-aspects, or they could not be compared.
        "model_total": _points({code: model[code] for code in own}, edition, words),
    }


def _points(levels: Mapping[str, int], edition: Instrument, words: Words) -> str:
    sheet = pd.DataFrame([levels], columns=list(edition.codes), dtype=float)
    return words.number(scoring.totals(sheet, edition)["total"].iloc[0])
