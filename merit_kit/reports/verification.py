"""The verification report: what the agency said of itself, what the evidence showed, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from merit_kit import charts, gaps, process, scoring
from merit_kit.assessment import Case, make_case
from merit_kit.canonical import in_groups
from merit_kit.errors import CaseError
from merit_kit.i18n import Words
from merit_kit.instrument import Category, Instrument, SubAspect
from merit_kit.reports._page import Fragment, PageFacts, render
from merit_kit.store import open_store

OWN, VERIFIED = process.SELF, process.VERIFIED
MOST_LIFTS = 8
_TONES = 4


def open_report(
    case: str = "", store: str = "", agency: str = "", round: str = "", lang: str = "id"
) -> VerificationReport:
    """Open the report of one agency, from a case file or, by hand, from a store.

    Parameters
    ----------
    case : str
        Path of a case file. If given, nothing else but `lang` is looked at.
    store, agency, round : str
        The store's file or folder, the agency's code and the round's code.
    lang : str
        ``id`` or ``en``.

    Raises
    ------
    CaseError, StoreError
        If there is no such case, store or assessment.
    """
    if case:
        return VerificationReport(Case.from_file(Path(case)), lang)
    if not (store and agency and round):
        raise CaseError("case-not-named")
    with open_store(store) as opened:
        return VerificationReport(make_case(opened, agency, round), lang)


@dataclass(frozen=True, slots=True)
class _Result:
    """The outcome of one kind of levels. `index`, `category` and `to_next` only once complete."""

    total: float
    percent: float
    assessed: int
    of: int
    complete: bool
    index: float | None
    category: Category | None
    tone: int
    to_next: float | None
    next_category: Category | None


class VerificationReport:
    """One agency's report in one language. Each method gives one part of the page."""

    def __init__(self, case: Case, lang: str = "id") -> None:
        self.case = case
        self.words = Words(lang)
        self.lang = lang

    @property
    def instrument(self) -> Instrument:
        """The edition of the assessment."""
        return self.case.instrument

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Rows ``self`` and ``verified``, a column per sub-aspect; NaN where not assessed."""
        rows = [self.case.levels(of).iloc[0] for of in (OWN, VERIFIED)]
        return pd.DataFrame(rows, index=[OWN, VERIFIED])

    @cached_property
    def results(self) -> Mapping[str, _Result]:
        """The outcome of each kind of levels."""
        frame = scoring.totals(self.levels, self.instrument)
        return {of: _result(frame.loc[of], self.instrument) for of in (OWN, VERIFIED)}

    @cached_property
    def by_aspect(self) -> pd.DataFrame:
        """Points by ``(self | verified, aspect)``."""
        return scoring.aspect_points(self.levels, self.instrument)

    @cached_property
    def _points(self) -> pd.DataFrame:
        """Points by sub-aspect, rows and columns as `levels`."""
        return scoring.points(self.levels, self.instrument)

    @property
    def facts(self) -> PageFacts:
        """What the frame of the page says."""
        w, agency = self.words, str(self.case.agency["name"])
        title = f"{w('report.verification.short')}: {agency}, {self.round_name}"
        name = agency if len(agency) <= 60 else f"{agency[:59]}…"
        footer = w("report.footer", digest=in_groups(self.case.assessment_digest), agency=name)
        return PageFacts(self.lang, title, footer, self.simulation)

    @property
    def simulation(self) -> str:
        """The mark of what is no official result; empty if it may be one."""
        return self.words("report.simulation") if self.case.is_simulation else ""

    @property
    def round_name(self) -> str:
        """The round in words."""
        round_ = self.case.round
        return self.words("round.name", number=str(round_["number"]), year=str(round_["year"]))

    def head(self) -> Fragment:
        """Return the title, whose report it is, and under which edition it was made."""
        standing = self.case.standing
        verified = standing[[b.get("of") == VERIFIED for b in standing["body"]]]
        return self._part(
            "head",
            facts=self.facts,
            recorded=max(standing["recorded_at"]),
            evaluators=[self.case.person_line(key) for key in sorted(set(verified["author"]))],
            agency=self.case.agency,
            round_name=self.round_name,
            instrument=self.instrument,
            simulation=self.simulation,
            invented=self.case.invented,
        )

    def summary(self) -> Fragment:
        """Return the two totals, their difference, and where they lie on the scale."""
        own, verified = self.results[OWN], self.results[VERIFIED]
        return self._part(
            "summary",
            own=own,
            verified=verified,
            difference=verified.total - own.total,
            comparable=own.complete and verified.complete,
            maximum=self.instrument.maximum,
            scale=self._scale(own, verified),
            counts=self._moved_counts(),
            decimals=self.instrument.decimals,
        )

    def aspects(self) -> Fragment:
        """Return points and percent fulfilled by aspect, with bars and a profile."""
        rows = []
        for aspect in self.instrument.aspects:
            own = self.by_aspect.loc[(OWN, aspect.number)]
            verified = self.by_aspect.loc[(VERIFIED, aspect.number)]
            label = self.words(
                "report.aspects.bar",
                aspect=self.words.text(aspect.name),
                verified=_or_dash(verified["percent"], verified["assessed"], self.words),
                own=_or_dash(own["percent"], own["assessed"], self.words),
            )
            rows.append(
                {
                    "aspect": aspect,
                    "own": _known(own["points"], own["assessed"]),
                    "verified": _known(verified["points"], verified["assessed"]),
                    "percent": _known(verified["percent"], verified["assessed"]),
                    "own_percent": _known(own["percent"], own["assessed"]),
                    "provisional": 0 < verified["assessed"] < verified["of"],
                    "own_provisional": 0 < own["assessed"] < own["of"],
                    "most": verified["most"],
                    "bar": charts.bar(
                        _known(verified["percent"], verified["assessed"]),
                        _known(own["percent"], own["assessed"]),
                        label,
                    ),
                }
            )
        profile = charts.profile(
            [str(aspect.number) for aspect in self.instrument.aspects],
            # A part of an aspect is no outline of it.
            [math.nan if row["provisional"] else _nan(row["percent"]) for row in rows],
            [math.nan if row["own_provisional"] else _nan(row["own_percent"]) for row in rows],
            self.words("report.aspects.profile"),
            (self.words("level.verified"), self.words("level.self")),
        )
        return self._part(
            "aspects",
            rows=rows,
            profile=profile,
            own=self.results[OWN],
            verified=self.results[VERIFIED],
        )

    def sub_aspects(self) -> Fragment:
        """Return every sub-aspect: levels, points moved, reasons, notes."""
        groups = [
            {"aspect": aspect, "rows": [self._row(sub) for sub in aspect.sub_aspects]}
            for aspect in self.instrument.aspects
        ]
        return self._part("sub_aspects", groups=groups)

    def lifts(self) -> Fragment:
        """Return which single steps would add the most points, and what each asks for."""
        frame = gaps.lifts(self.levels.loc[[VERIFIED]], self.instrument)
        by_code = self.instrument.by_code
        rows = [
            {
                "sub": by_code[code],
                **row,
                "asks": by_code[code].levels[row["aim"]],
            }
            for code, row in frame.head(MOST_LIFTS).to_dict("index").items()
        ]
        cut = frame.iloc[len(rows) :]
        equal = cut[cut["gain"] == rows[-1]["gain"]] if rows else cut
        return self._part(
            "lifts",
            rows=rows,
            verified=self.results[VERIFIED],
            below_top=len(frame),
            gain=sum(row["gain"] for row in rows),
            equal=", ".join(equal.index),
        )

    def history(self) -> Fragment:
        """Return the published results of this agency, each with where it was published."""
        rows = [
            {
                **result,
                "score": None if result["score"] is None else float(result["score"]),
                "index": None if result["index"] is None else float(result["index"]),
            }
            for result in self.case.published
        ]
        return self._part("history", rows=rows)

    def basis(self) -> Fragment:
        """Return what the report rests on: edition, assumptions, sources, digests."""
        instrument = self.instrument
        assumed = [self.words(f"part.{part}") for part in instrument.assumed_parts()]
        return self._part(
            "basis",
            instrument=instrument,
            assumed=", ".join(assumed),
            assessment_digest=self.case.assessment_digest,
            case_digest=self.case.digest,
            short=in_groups(self.case.assessment_digest),
        )

    def signatures(self) -> Fragment:
        """Return places for both sides to sign."""
        return self._part(
            "signatures",
            agency=self.case.agency,
            round_name=self.round_name,
            verified=self.results[VERIFIED],
            short=in_groups(self.case.assessment_digest),
            simulation=self.simulation,
        )

    def _part(self, name: str, facts: PageFacts | None = None, **values: Any) -> Fragment:
        html = render(f"verification/{name}", self.lang, **values)
        text = self.words(f"report.parts.{name}")
        return Fragment(html, text, facts)

    def _scale(self, own: _Result, verified: _Result) -> Any:
        # A provisional total has no category, so it has no place on this scale either.
        if self.instrument.bands_on != "score" or not (own.complete or verified.complete):
            return ""
        # The last band is open upwards; it is drawn to the maximum.
        edges = [float(c.low) for c in self.instrument.categories] + [
            float(self.instrument.maximum)
        ]
        bands = [
            charts.Band(self.words.text(c.name), low, high, tone_of(c, self.instrument))
            for c, low, high in zip(self.instrument.categories, edges, edges[1:], strict=False)
        ]

        def mark(of: str, result: _Result) -> charts.Mark | None:
            if not result.complete:
                return None
            label = f"{self.words(f'level.{of}')} {self.words.number(result.total)}"
            return charts.Mark(result.total, label)

        title = self.words(
            "report.summary.scale",
            verified=_or_dash(verified.total, verified.complete, self.words),
            own=_or_dash(own.total, own.complete, self.words),
        )
        return charts.band_scale(bands, mark(VERIFIED, verified), mark(OWN, own), title)

    def _moved_counts(self) -> dict[str, int] | None:
        both = self.levels.dropna(axis="columns")
        if both.empty:
            return None
        moved = both.loc[VERIFIED] - both.loc[OWN]
        return {
            "raised": int((moved > 0).sum()),
            "lowered": int((moved < 0).sum()),
            "agreed": int((moved == 0).sum()),
        }

    @cached_property
    def _texts(self) -> dict[str, dict[str, str]]:
        """By sub-aspect: what stands as explanation (``self``), reason (``verified``), ``note``."""
        texts: dict[str, dict[str, str]] = {code: {} for code in self.instrument.codes}
        for of in (OWN, VERIFIED):
            for row in process.levels(self.case.standing, of).itertuples():
                texts[row.sub_aspect][of] = str(row.reason)
        notes = self.case.standing[self.case.standing["kind"] == process.NOTE]
        for row in notes.itertuples():
            known = texts[row.body["sub_aspect"]]
            known["note"] = "\n".join(filter(None, [known.get("note"), row.body["text"]]))
        return texts

    @cached_property
    def _in_conflict(self) -> set[str]:
        standing = self.case.standing
        open_ = standing[standing["conflict"] & (standing["kind"] == process.LEVEL)]
        return {body["sub_aspect"] for body in open_["body"]}

    def _row(self, sub: SubAspect) -> dict[str, Any]:
        own, verified = (self.levels.loc[of, sub.code] for of in (OWN, VERIFIED))
        own_points, points = (self._points.loc[of, sub.code] for of in (OWN, VERIFIED))
        differs = not math.isnan(own) and own != verified
        return {
            "sub": sub,
            "own": _whole(own),
            "verified": _whole(verified),
            "points": points,
            "moved": points - own_points,
            "claimed": self._criterion(sub, own) if differs else None,
            "reached": self._criterion(sub, verified),
            "texts": self._texts[sub.code],
            "conflict": sub.code in self._in_conflict,
        }

    def _criterion(self, sub: SubAspect, level: float) -> Any:
        if math.isnan(level):
            return None
        return sub.levels.get(int(level), self.instrument.unproven)


def tone_of(category: Category, instrument: Instrument) -> int:
    """Return how good a category is, from 0 (lowest) to 3 (highest), for its colour."""
    place = instrument.categories.index(category)
    return round(place * (_TONES - 1) / max(len(instrument.categories) - 1, 1))


def _result(row: pd.Series[Any], instrument: Instrument) -> _Result:
    codes = [category.code for category in instrument.categories]
    place = codes.index(row["category"]) if row["complete"] else None
    category = None if place is None else instrument.categories[place]
    higher = None if place is None or place + 1 == len(codes) else instrument.categories[place + 1]
    return _Result(
        total=float(row["total"]),
        percent=float(row["percent"]),
        assessed=int(row["assessed"]),
        of=int(row["of"]),
        complete=bool(row["complete"]),
        index=float(row["index"]) if row["complete"] else None,
        category=category,
        tone=tone_of(category, instrument) if category else 0,
        to_next=None if math.isnan(row["to_next"]) else float(row["to_next"]),
        next_category=higher,
    )


def _known(value: float, assessed: int) -> float | None:
    """Return the value, or None while nothing of it has been assessed."""
    return float(value) if assessed else None


def _nan(value: float | None) -> float:
    return math.nan if value is None else value


def _whole(level: float) -> int | None:
    return None if math.isnan(level) else int(level)


def _or_dash(value: float, assessed: int, words: Words) -> str:
    return words.number(value) if assessed else "\N{EN DASH}"
