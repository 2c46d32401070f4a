"""The recap for the plenary meeting: all agencies of a round on a few sheets, and as a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from merit_kit import process, scoring, workbook
from merit_kit.assessment import Case
from merit_kit.canonical import in_groups
from merit_kit.errors import MeritError
from merit_kit.files import write_whole
from merit_kit.i18n import Words, explain
from merit_kit.instrument import Instrument
from merit_kit.reports._dialogue import CLOSED
from merit_kit.reports._figures import FINAL, OWN, VERIFIED, Figures, component_names, sentences
from merit_kit.reports._frame import refusing, whole_page
from merit_kit.reports._order import agencies_in_order
from merit_kit.reports._page import PageFacts
from merit_kit.reports._reading import Refused

_TOTALS = (OWN, process.AWAL, VERIFIED, FINAL)
_LANDSCAPE = "@page { size: A4 landscape; margin: 15mm 12mm 15mm; }"


def recap(cases: Iterable[Case]) -> pd.DataFrame:
    """Put the results of a round side by side.

    Returns
    -------
    DataFrame
        Index ``agency`` (codes), by kind of agency and name. Columns ``name, kind, edition``
        (its digest), ``simulation, stage, determined``; total points ``self, awal, verified``
        (in force) and ``final``, NaN where nothing was stated, and of how many sub-aspects
        (``self_assessed, ...``, of ``of``).

        Of the result, which is the final one once determined, else the verified one: ``index``
        (NaN until complete), ``category`` (its code, None until then), ``category_name`` (a
        Text), ``tone``, and ``percents`` (by number of aspect; None unless the aspect is
        assessed whole); ``components`` (exact numbers by code, of what the index takes beside the
        levels; none until determined).

        ``mismatches, objections`` and how many of them are not answered (``mismatches_open,
        objections_open``), ``questions`` that are not closed; ``hindrances``, what keeps the
        result from being determined (codes by kind of fault); ``digest`` of the assessment.
    """
    gathered = _gathered(cases)
    for refused in gathered.refused:
        raise refused.error
    return gathered.frame


@dataclass(frozen=True, slots=True)
class Recapped:
    """A recap: its page and its workbook, of how many agencies, and who is left out and why."""

    page: Path
    table: Path
    agencies: int
    refused: tuple[Refused, ...]


def write_recap(cases: Iterable[Case | Refused], folder: Path, lang: str = "id") -> Recapped:
    """Write ``rekap.<lang>.html`` and ``rekap.<lang>.xlsx`` into a folder.

    An agency that cannot be read or scored is named there with the reason, and costs no other.

    Parameters
    ----------
    cases : iterable of Case or Refused
        No more than one of them is held; see `RoundReports.cases`.

    Raises
    ------
    ReportError
        If one of them cannot be written.
    """
    gathered = _gathered(cases)
    words = Words(lang)
    page, table = folder / f"rekap.{lang}.html", folder / f"rekap.{lang}.xlsx"
    with refusing(folder):
        write_whole(page, _page(gathered, words))
        workbook.write_rows(table, *_table(gathered, words), naming=3)
    return Recapped(page, table, len(gathered.frame), gathered.refused)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What is kept of cases: their rows, their editions by digest, and what they have in common."""

    frame: pd.DataFrame
    editions: Mapping[str, Instrument]
    round: Mapping[str, Any]
    recorded: str
    refused: tuple[Refused, ...]


def _gathered(cases: Iterable[Case | Refused]) -> _Gathered:
    found: list[dict[str, Any]] = []
    editions: dict[str, Instrument] = {}
    round_: Mapping[str, Any] = {"number": "–", "year": "–"}
    recorded = ""
    refused = []
    for case in cases:
        if isinstance(case, Refused):
            refused.append(case)
            continue
        try:
            row = _row(case)
        except MeritError as error:
            refused.append(Refused(str(case.agency["code"]), error))
            continue
        round_, recorded = case.round, max(recorded, _recorded(case))
        editions.setdefault(case.instrument.digest, case.instrument)
        found.append({**{part: case.agency[part] for part in ("code", "name", "kind")}, "row": row})
    rows = {str(each["code"]): each["row"] for each in agencies_in_order(found)}
    frame = pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("agency")
    # In the order of the rows, as one reads them.
    listed = dict.fromkeys(frame["edition"]) if rows else ()
    return _Gathered(
        frame, {key: editions[key] for key in listed}, round_, recorded, tuple(refused)
    )


def _row(case: Case) -> dict[str, Any]:
    figures = Figures(case)
    totals = scoring.totals(figures.sheet.loc[list(_TOTALS)], case.instrument)
    assessed = {of: int(totals.loc[of, "assessed"]) for of in _TOTALS}
    result = figures.result
    by_aspect = figures.by_aspect.loc[figures.counts]
    questions = figures.clarifications
    return {
        "name": str(case.agency["name"]),
        "kind": str(case.agency["kind"]),
        "edition": case.instrument.digest,
        "simulation": case.is_simulation,
        "stage": figures.stage,
        "determined": figures.determination is not None,
        **{of: float(totals.loc[of, "total"]) if assessed[of] else math.nan for of in _TOTALS},
        **{f"{of}_assessed": count for of, count in assessed.items()},
        "of": result.of,
        "index": math.nan if result.index is None else result.index,
        "category": result.category.code if result.category else None,
        "category_name": result.category.name if result.category else None,
        "tone": result.tone,
        "percents": {
            int(str(number)): float(row["percent"]) if row["assessed"] == row["of"] else None
            for number, row in by_aspect.iterrows()
        },
        "components": figures.determination.components if figures.determination else {},
        "mismatches": len(figures.mismatches),
        "mismatches_open": _unanswered(figures.mismatches),
        "objections": len(figures.objections),
        "objections_open": _unanswered(figures.objections),
        "questions": int((questions["state"] != CLOSED).sum()),
        "hindrances": figures.hindrances,
        "digest": case.assessment_digest,
    }


def _unanswered(frame: pd.DataFrame) -> int:
    return int((~frame["answered"].astype(bool)).sum())


def _page(gathered: _Gathered, words: Words) -> str:
    frame, round_ = gathered.frame, gathered.round
    name = words("round.name", number=str(round_["number"]), year=str(round_["year"]))
    title = f"{words('report.recap.short')}, {name}"
    simulated = list(frame["simulation"]) if len(frame) else []
    return whole_page(
        "recap",
        PageFacts(words.lang, title, title, words("report.simulation") if any(simulated) else ""),
        css=_LANDSCAPE,
        round_name=name,
        agencies=len(frame),
        simulated=sum(simulated),
        parts=[
            _part(edition, frame[frame["edition"] == digest], words)
            for digest, edition in gathered.editions.items()
        ],
        all_simulated=all(simulated),
        recorded=gathered.recorded,
        refused=[(each.agency, explain(each.error, words.lang)) for each in gathered.refused],
    )


def _recorded(case: Case) -> str:
    return str(case.standing["recorded_at"].max())


def _part(edition: Instrument, frame: pd.DataFrame, words: Words) -> dict[str, Any]:
    """Return what the page shows of the agencies under one edition."""
    rows = [_shown(code, row, words) for code, row in frame.to_dict("index").items()]
    for place, row in enumerate(rows, start=1):
        row["place"] = place
    return {
        "edition": edition,
        "components": component_names(edition),
        "groups": [
            {"kind": kind, "rows": [row for row in rows if row["kind"] == kind]}
            for kind in dict.fromkeys(frame["kind"])
        ],
        "counts": _counts(edition, frame),
        "determined": int(frame["determined"].sum()),
        "ready": sum(row["ready"] for row in rows),
        "rows": rows,
    }


def _shown(code: str, row: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return a row as the page shows it: with an asterisk where a total is of a part alone."""
    return {
        **row,
        "code": code,
        "totals": [
            {
                "of": of,
                "total": _or_none(row[of]),
                # The first pass is not meant to be whole by itself once the second has begun.
                "partial": 0 < row[f"{of}_assessed"] < row["of"],
            }
            for of in _TOTALS
        ],
        "said": _keeping(row, words),
        "ready": _is_ready(row),
        "short": in_groups(row["digest"]),
    }


def _is_ready(row: Mapping[str, Any]) -> bool:
    at_last = row["stage"] == process.STAGES[-1]
    return at_last and not row["determined"] and not row["hindrances"]


def _keeping(row: Mapping[str, Any], words: Words) -> list[str]:
    """Say what keeps a result from being determined: first of all, an earlier stage."""
    if row["determined"]:
        return []
    stage = row["stage"]
    early = stage != process.STAGES[-1]
    said = [words("report.recap.at_stage", stage=words(f"stage.{stage}"))] if early else []
    return said + sentences(row["hindrances"], words)


def _counts(edition: Instrument, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Count agencies by kind and category; those not assessed whole have none."""
    codes = [category.code for category in edition.categories]
    rows = []
    for kind in dict.fromkeys(frame["kind"]):
        given = frame[frame["kind"] == kind]["category"]
        counts = [int((given == code).sum()) for code in codes]
        rows.append({"kind": kind, "counts": counts, "none": int(given.isna().sum())})
    return rows


def _table(gathered: _Gathered, words: Words) -> tuple[list[str], list[list[workbook.Value]]]:
    """Return headings and rows for a spreadsheet: one agency a line, figures as numbers."""
    editions = gathered.editions
    # A column is of one edition: under another the same number is another aspect.
    aspects = {
        (digest, aspect.number): aspect.name
        for digest, edition in editions.items()
        for aspect in edition.aspects
    }
    beside = {
        (digest, code): name
        for digest, edition in editions.items()
        for code, name in component_names(edition).items()
    }
    ids = {digest: edition.id for digest, edition in editions.items()}
    keys = (
        *("report.recap.code", "report.recap.name", "report.recap.kind", "edition.label"),
        *("report.head.stage", "report.recap.determined"),
        *(f"report.recap.totals.{of}" for of in _TOTALS),
        *("report.recap.assessed", "report.summary.index", "term.category"),
        *("report.recap.mismatches", "report.recap.mismatches_open"),
        *("report.recap.objections", "report.recap.objections_open", "report.recap.questions"),
        *("report.recap.hindrances", "report.basis.digest"),
    )
    headings = [words("report.recap.status"), *(words(key) for key in keys)]
    for (digest, number), name in aspects.items():
        edition = f"{ids[digest]}, " if len(ids) > 1 else ""
        headings.append(f"{edition}{number}. {words.text(name)} (%)")
    headings += [words.text(name) for name in beside.values()]
    rows = []
    for code, row in gathered.frame.to_dict("index").items():
        mark = "report.simulation" if row["simulation"] else "report.recap.real"
        judged = FINAL if row["determined"] else VERIFIED
        category = row["category_name"]
        line: list[workbook.Value] = [
            *(words(mark), str(code), row["name"], words(f"agency.kinds.{row['kind']}")),
            *(ids[row["edition"]], words(f"stage.{row['stage']}")),
            words("report.recap.yes" if row["determined"] else "report.recap.no"),
            *(_or_none(row[of]) for of in _TOTALS),
            *(row[f"{judged}_assessed"], _or_none(row["index"])),
            words.text(category) if category else None,
            *(row["mismatches"], row["mismatches_open"], row["objections"]),
            *(row["objections_open"], row["questions"]),
            "; ".join(_keeping(row, words)),
            # As the pages print it: whole, it would make every row as tall as four.
            in_groups(row["digest"]),
        ]
        percents = {(row["edition"], number): value for number, value in row["percents"].items()}
        line += [percents.get(key) for key in aspects]
        own = {(row["edition"], each): float(n) for each, n in row["components"].items()}
        rows.append([*line, *(own.get(key) for key in beside)])
    return headings, rows


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
