"""Where agencies of the same kind stand: figures of groups, in which nobody can be made out.

They are no part of a case: what a neighbour does must change no case, and what it has not finished
shows nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from merit_kit import assessment, gaps
from merit_kit.canonical import canonical, digest
from merit_kit.errors import CaseError
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import OPENED, RESULT, Store, opened

FORMAT = 1
YEARS = 2
"""How far back a determined result counts: those of this year and of so many years before."""

_Scale = tuple[tuple[int, Any], ...]

_PARTS = {"format", "kind", "round", "determined", "published"}


@dataclass(frozen=True)
class Comparison:
    """Figures of the agencies of one kind, without the one they are for.

    `data` is plain: ``kind``, ``round``; ``determined`` (``n, rounds, total, aspects``) and
    ``published`` (``n, years, total``), each None where the group is too small. The figures are as
    :func:`merit_kit.gaps.quartiles` gives them.
    """

    data: Mapping[str, Any] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The figures as canonical JSON: what their file holds."""
        return canonical(self.data)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the figures, printed with the basis of a report."""
        return digest(self.text)

    @classmethod
    def from_file(cls, path: Path) -> Comparison:
        """Read the figures back.

        Raises
        ------
        CaseError
            If there is no such file, or it holds something else.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise CaseError("comparison-unreadable", said=str(error)) from error
        if not (isinstance(data, dict) and set(data) == _PARTS and data["format"] == FORMAT):
            raise CaseError("comparison-foreign")
        return cls(data)


def comparisons(
    store: Store,
    round_: str,
    agencies: Iterable[str] | None = None,
    as_of: str | None = None,
) -> dict[str, Comparison]:
    """Return, by the codes of agencies, where the others of the same kind stand.

    The last determined result of each other agency counts, of this round or of the `YEARS` before,
    if it is not made up and its edition has the same aspects and maxima; and the last published
    total of each, of a year in which the edition was valid.

    Parameters
    ----------
    agencies : iterable of str, optional
        By default every agency with an assessment in the round. One without is left out.
    as_of : str, optional
        As of the cases: results determined later are left out. The registers (kinds, published
        results) are as of now.
    """
    rounds = store.rounds()
    frame = store.assessments()
    frame = frame[(frame["round"] == round_) & (frame["purpose"] == RESULT)]
    if agencies is not None:
        frame = frame[frame["agency"].isin(set(agencies))]
    if frame.empty:
        return {}
    registered = store.agencies()
    published = store.published()
    results = assessment.determined_levels(store, as_of)
    results = _of_last_years(results, rounds.loc[round_])
    named = _named(store, frame.index)
    editions = {
        key: from_data(store.edition(str(key))) for key in {*frame["edition"], *results["edition"]}
    }
    groups = _groups(_scored(results, editions), editions)
    found = {}
    for row in frame.itertuples():
        kind, name = (str(registered.loc[row.agency, part]) for part in ("kind", "name"))
        # A case shows as its own what was published under the name it was opened with.
        own = {name, named[row.Index]}
        edition = editions[row.edition]
        found[str(row.agency)] = Comparison(
            {
                "format": FORMAT,
                "kind": kind,
                "round": round_,
                "determined": groups.of(kind, edition, str(row.agency)),
                "published": _published(published, kind, own, edition),
            }
        )
    return found


def comparison_of(store: Store, agency: str, round_: str) -> Comparison | None:
    """Return where the others of an agency's kind stand; None without an assessment."""
    return comparisons(store, round_, [agency]).get(agency)


def _of_last_years(results: pd.DataFrame, now: pd.Series[Any]) -> pd.DataFrame:
    """Return the last result of each agency, not later than this round and not too old."""
    place = results["year"] * 10 + results["number"]
    known = (place <= now["year"] * 10 + now["number"]) & (results["year"] >= now["year"] - YEARS)
    chosen = results.assign(place=place)[known.astype(bool)].sort_values("place", kind="stable")
    return chosen.drop_duplicates("agency", keep="last")


def _scored(results: pd.DataFrame, editions: Mapping[str, Instrument]) -> pd.DataFrame:
    """Add what each result is compared by, an edition at a time."""
    parts = []
    for edition, some in results.groupby("edition"):
        sheet = pd.DataFrame(list(some["levels"]), index=some.index)
        parts.append(some.join(gaps.standings(sheet, editions[str(edition)])))
    return pd.concat(parts) if parts else results.assign(total=[])


@dataclass(frozen=True)
class _Groups:
    """The results by kind of agency and scale; figures that leave nobody out are made once."""

    results: Mapping[tuple[str, _Scale], pd.DataFrame]
    made: dict[tuple[str, _Scale], dict[str, Any] | None] = field(default_factory=dict)

    def of(self, kind: str, edition: Instrument, agency: str) -> dict[str, Any] | None:
        """Return the figures of a group without one of its agencies."""
        key = (kind, _scale(edition))
        group = self.results.get(key)
        if group is None:
            return None
        others = group[group["agency"] != agency]
        if len(others) < len(group):
            return _determined(others, edition)
        if key not in self.made:
            self.made[key] = _determined(group, edition)
        return self.made[key]


def _groups(scored: pd.DataFrame, editions: Mapping[str, Instrument]) -> _Groups:
    scales = {key: _scale(edition) for key, edition in editions.items()}
    by = [scored["kind"], scored["edition"].map(scales)]
    return _Groups({(str(kind), scale): some for (kind, scale), some in scored.groupby(by)})


def _scale(edition: Instrument) -> _Scale:
    """Return what has to be alike for figures to be comparable: aspects and their maxima."""
    return tuple(
        (aspect.number, sum(sub.weight or 0 for sub in aspect.sub_aspects) * edition.scale[-1])
        for aspect in edition.aspects
    )


def _determined(others: pd.DataFrame, edition: Instrument) -> dict[str, Any] | None:
    numbers = [aspect.number for aspect in edition.aspects]
    figures = gaps.quartiles(others[["total", *numbers]])
    if figures is None:
        return None
    places = {(row.year, row.number): row.round for row in others.itertuples()}
    return {
        "n": len(others),
        "rounds": [places[min(places)], places[max(places)]],
        "total": figures["total"],
        "aspects": {str(number): figures[number] for number in numbers},
    }


def _named(store: Store, assessments: Iterable[Any]) -> dict[str, str]:
    """Return, by assessment, what its agency was called when it was opened."""
    first = store.entries(map(str, assessments), [OPENED])
    bodies = {row.assessment: opened(row.payload)["body"] for row in first.itertuples()}
    return {key: str(body["named"]["agency_name"]) for key, body in bodies.items()}


def _published(
    known: pd.DataFrame, kind: str, own: set[str], edition: Instrument
) -> dict[str, Any] | None:
    valid = edition.data["valid"]
    begins, ends = str(valid.get("from") or "")[:4], str(valid.get("to") or "9999")[:4]
    known = known[(known["kind"] == kind) & ~known["agency"].isin(own) & known["score"].notna()]
    known = known[known["year"].between(begins, ends)].sort_values("year", kind="stable")
    last = known.drop_duplicates("agency", keep="last")
    figures = gaps.quartiles(last[["score"]])
    if figures is None:
        return None
    years = [str(last["year"].min()), str(last["year"].max())]
    return {"n": len(last), "years": years, "total": figures["score"]}
