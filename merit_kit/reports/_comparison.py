"""Where agencies of the same kind stand: figures of groups, in which nobody can be made out.

They are no part of a case: what a neighbour does must change no case, and what it has not finished
shows nowhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from merit_kit import assessment, gaps
from merit_kit.canonical import canonical, digest
from merit_kit.errors import CaseError, InstrumentError, ScoreError, StoreError
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
) -> Mapping[str, Comparison]:
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
    registered = store.agencies(frame["agency"])
    results = assessment.determined_levels(store, as_of)
    results = _of_last_years(results, rounds.loc[round_])
    editions = _editions(store, {*frame["edition"], *results["edition"]})
    names = _named(store, frame.index)
    about = {
        str(row.agency): _About(
            # A case shows as its own what was published under the name it was opened with.
            str(registered.loc[row.agency, "kind"]),
            frozenset({str(registered.loc[row.agency, "name"]), names[row.Index]}),
            editions[row.edition],
        )
        for row in frame.itertuples()
        if row.edition in editions
    }
    determined = _determined_groups(_scored(results, editions), editions)
    return _Comparisons(round_, about, determined, store.published())


def comparison_of(store: Store, agency: str, round_: str) -> Comparison | None:
    """Return where the others of an agency's kind stand; None without an assessment."""
    return comparisons(store, round_, [agency]).get(agency)


def _of_last_years(results: pd.DataFrame, now: pd.Series[Any]) -> pd.DataFrame:
    """Return the last result of each agency, not later than this round and not too old."""
    place = results["year"] * 10 + results["number"]
    known = (place <= now["year"] * 10 + now["number"]) & (results["year"] >= now["year"] - YEARS)
    chosen = results.assign(place=place)[known.astype(bool)].sort_values("place", kind="stable")
    return chosen.drop_duplicates("agency", keep="last")


def _editions(store: Store, digests: Iterable[Any]) -> dict[str, Instrument]:
    """Return editions. One that cannot be read costs those under it their figures, nobody else."""
    found = {}
    for each in map(str, digests):
        try:
            found[each] = from_data(store.edition(each))
        except (InstrumentError, ValueError, TypeError, KeyError, AttributeError):
            continue  # what is stored is no edition
        except StoreError as error:
            if error.key != "edition-missing":
                raise
    return found


def _scored(results: pd.DataFrame, editions: Mapping[str, Instrument]) -> pd.DataFrame:
    """Add what each result is compared by, an edition at a time; what cannot be scored is none."""
    parts = []
    for edition, some in results.groupby("edition"):
        instrument = editions.get(str(edition))
        if instrument is None:
            continue
        try:
            parts.append(_standings(some, instrument))
        except ScoreError:
            for place in range(len(some)):
                with suppress(ScoreError):
                    parts.append(_standings(some.iloc[place : place + 1], instrument))
    return pd.concat(parts) if parts else results.iloc[:0].assign(total=[])


def _standings(results: pd.DataFrame, edition: Instrument) -> pd.DataFrame:
    sheet = pd.DataFrame(list(results["levels"]), index=results.index)
    return results.join(gaps.standings(sheet, edition))


@dataclass(frozen=True, slots=True)
class _About:
    """Whom figures are for: its kind, the names it goes by, and its edition."""

    kind: str
    names: frozenset[str]
    edition: Instrument


class _Group:
    """Figures of some, each by its label, and from when they are. Put in order once."""

    def __init__(self, figures: pd.DataFrame, when: Iterable[Any]) -> None:
        self._others = gaps.Others(figures)
        self._when = dict(zip(figures.index, when, strict=True))
        self._counts = Counter(self._when.values())

    def without(self, members: Iterable[Any]) -> tuple[int, list[Any], dict[Any, Any]] | None:
        """Return how many are left, from when the first and the last are, and their figures."""
        own = [each for each in members if each in self._when]
        figures = self._others.without(own)
        if figures is None:
            return None
        left = self._counts - Counter(self._when[each] for each in own)
        return left.total(), [min(left), max(left)], figures


class _Comparisons(Mapping[str, Comparison]):
    """The figures for each agency of a round, worked out when they are asked for.

    None is held: of many agencies they would take more than their cases do.
    """

    def __init__(
        self,
        round_: str,
        about: Mapping[str, _About],
        determined: Mapping[tuple[str, _Scale], _Group],
        published: pd.DataFrame,
    ) -> None:
        self._round, self._about, self._determined = round_, about, determined
        self._known = published[published["score"].notna()]
        self._published: dict[tuple[str, str, str], _Group] = {}

    def __getitem__(self, agency: str) -> Comparison:
        about = self._about[agency]
        return Comparison(
            {
                "format": FORMAT,
                "kind": about.kind,
                "round": self._round,
                "determined": self._of_determined(about, agency),
                "published": self._of_published(about),
            }
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._about)

    def __len__(self) -> int:
        return len(self._about)

    def _of_determined(self, about: _About, agency: str) -> dict[str, Any] | None:
        group = self._determined.get((about.kind, _scale(about.edition)))
        found = group.without([agency]) if group else None
        if found is None:
            return None
        n, when, figures = found
        return {
            "n": n,
            "rounds": [code for _, _, code in when],
            "total": figures["total"],
            "aspects": {str(a.number): figures[a.number] for a in about.edition.aspects},
        }

    def _of_published(self, about: _About) -> dict[str, Any] | None:
        valid = about.edition.data["valid"]
        begins, ends = str(valid.get("from") or "")[:4], str(valid.get("to") or "9999")[:4]
        key = (about.kind, begins, ends)
        if key not in self._published:
            known = self._known[self._known["kind"] == about.kind]
            known = known[known["year"].between(begins, ends)].sort_values("year", kind="stable")
            last = known.drop_duplicates("agency", keep="last").set_index("agency")
            self._published[key] = _Group(last[["score"]], map(str, last["year"]))
        found = self._published[key].without(about.names)
        if found is None:
            return None
        n, years, figures = found
        return {"n": n, "years": years, "total": figures["score"]}


def _determined_groups(
    scored: pd.DataFrame, editions: Mapping[str, Instrument]
) -> dict[tuple[str, _Scale], _Group]:
    """Return the results by kind of agency and scale, each by its agency."""
    scales = {key: _scale(edition) for key, edition in editions.items()}
    found = {}
    for (kind, scale), some in scored.groupby([scored["kind"], scored["edition"].map(scales)]):
        figures = some.set_index("agency")[["total", *(number for number, _ in scale)]]
        when = zip(some["year"], some["number"], some["round"], strict=True)
        found[str(kind), scale] = _Group(figures, when)
    return found


def _scale(edition: Instrument) -> _Scale:
    """Return what has to be alike for figures to be comparable: aspects and their maxima."""
    return tuple(
        (aspect.number, sum(sub.weight or 0 for sub in aspect.sub_aspects) * edition.scale[-1])
        for aspect in edition.aspects
    )


def _named(store: Store, assessments: Iterable[Any]) -> dict[str, str]:
    """Return, by assessment, what its agency was called when it was opened."""
    first = store.entries(map(str, assessments), [OPENED])
    bodies = {row.assessment: opened(row.payload)["body"] for row in first.itertuples()}
    return {key: str(body["named"]["agency_name"]) for key, body in bodies.items()}
