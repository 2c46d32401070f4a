"""Commands about the evaluators: are they alike, and what deserves a second look."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merit_kit.cli._screen import JsonOption, Screen, StoreOption, opened, screen_of
from merit_kit.errors import MeritError, Problem, RuleError, TableError

if TYPE_CHECKING:
    import pandas as pd

    from merit_kit.charts import Figure
    from merit_kit.reports import Compared
    from merit_kit.store import Store

RoundsOption = Annotated[
    list[str] | None, typer.Option("--round", metavar="YYYY-N", help="cli.options.export_rounds")
]
LangOption = Annotated[
    str | None, typer.Option("--lang", metavar="id|en", help="cli.options.shown_lang")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("calibration", help="cli.commands.calibration")(_calibration)
    app.command("second-look", help="cli.commands.second_look")(_second_look)


def _calibration(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="cli.options.seconds")
    ] = None,
    round_: RoundsOption = None,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="CODE", help="cli.options.agency")
    ] = None,
    evaluator: Annotated[
        str | None, typer.Option("--evaluator", metavar="PERSON", help="cli.options.seconded_by")
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, reports

    screen = _spoken(context, lang)
    rounds = round_ or []
    if (files and len(rounds) != 1) or ((agency or evaluator) and not files):
        raise MeritError("calibration-options")
    with opened(store) as at:
        if files:
            _take(screen, at, files, rounds[0], agency, evaluator)
            return
        found = reports.calibrated(at, rounds or None, assessment.whoami(at))
    if as_json:
        screen.json(
            {
                "simulation": found.simulated,
                "named": found.named,
                "compared": [_compared(part, found.names) for part in found.compared],
                "practice": [_compared(part, found.names) for part in found.practice],
            }
        )
        return
    _show(screen, reports.calibration_figures(found, screen.words.lang), found.simulated)


def _take(
    screen: Screen,
    at: Store,
    files: list[Path],
    round_: str,
    agency: str | None,
    evaluator: str | None,
) -> None:
    """Record the verified levels of files as second scorings: all of them, or none."""
    from merit_kit import assessment, workbook

    by = assessment.whoami(at)
    who = None if evaluator is None else assessment.person_named(at, evaluator)
    [edition, *_] = assessment.editions_of(at, round_)
    counts = []
    with at.together("person"):
        for path in files:
            table = workbook.read_levels(path, edition)
            code = agency or table.agency
            if code is None:
                raise TableError("agency-not-named", path=str(path))
            if agency is not None and table.agency not in (None, agency):
                raise TableError(
                    "agency-mismatch", path=str(path), found=table.agency, allowed=agency
                )
            about = assessment.find(at, code, round_)
            if about is None:
                problem = Problem(code, "no-assessment", code, round_)
                raise RuleError("seconds-refused", [problem])
            own = assessment.instrument_of(at, about)
            if own.digest != edition.digest:
                table = workbook.read_levels(path, own)
            counts.append((code, assessment.import_seconds(at, about, table, by, who)))
    for code, count in counts:
        screen.tell("cli.calibration.taken", agency=code, count=count)


def _second_look(
    context: typer.Context,
    round_: RoundsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, reports

    screen = _spoken(context, lang)
    with opened(store) as at:
        found = reports.second_look(at, round_ or None, assessment.whoami(at))
    if as_json:
        between = [
            {
                "edition": parted.edition.id,
                "pairs": _rows(parted.pairs.reset_index()),
                "parts": _rows(parted.parts),
            }
            for parted in found.parted
        ]
        screen.json(
            {
                "simulation": found.simulated,
                "named": found.named,
                "between_categories": between,
                "contradictions": _rows(found.contradictions),
                "lowering": _plain(found.lowering, found.names),
            }
        )
        return
    _show(screen, reports.second_figures(found, screen.words.lang), found.simulated)


def _spoken(context: typer.Context, lang: str | None) -> Screen:
    from merit_kit import i18n

    if lang is None:
        return screen_of(context)
    i18n.catalogue(lang)
    return Screen(lang)


def _show(screen: Screen, figures: list[Figure], simulated: bool) -> None:
    if simulated:
        screen.say(screen.words("report.simulation"))
    for figure in figures:
        screen.say()
        screen.say(figure.title)
        if figure.note:
            screen.say(figure.note)
        if figure.rows:
            screen.table(figure.head, figure.rows)


def _compared(part: Compared, names: Mapping[str, str]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "editions": [edition.id for edition in part.editions],
        "agreement": asdict(part.agreement),
        "people": _plain(part.people, names),
    }


def _plain(frame: pd.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"person": str(key), "name": names.get(str(key)), **_without_nan(row)}
        for key, row in frame.to_dict("index").items()
    ]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [_without_nan(row) for row in frame.to_dict("records")]


def _without_nan(row: dict[Any, Any]) -> dict[str, Any]:
    """Return plain values, None for what is not known: JSON has no NaN."""
    plain = {str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()}
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in plain.items()}
