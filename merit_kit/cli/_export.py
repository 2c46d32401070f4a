"""The command that hands data out: for analyses as tables, for SIPINTER as a list to type in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merit_kit.cli._screen import Screen, StoreOption, opened, screen_of
from merit_kit.errors import MeritError

if TYPE_CHECKING:
    import pandas as pd

    from merit_kit.store import Store

LEVELS, ASPECTS, ASSESSMENTS, HISTORY = TABLES = ("levels", "aspects", "assessments", "history")

FileArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE.parquet|.csv|.xlsx]", help="cli.options.export_file"),
]
RoundsOption = Annotated[
    list[str] | None, typer.Option("--round", metavar="YYYY-N", help="cli.options.export_rounds")
]
LangOption = Annotated[
    str | None, typer.Option("--lang", metavar="id|en", help="cli.options.file_lang")
]


def add_to(app: typer.Typer) -> None:
    """Add this command to the tree."""
    app.command("export", help="cli.commands.export")(_export)


def _export(
    context: typer.Context,
    file: FileArgument = None,
    round_: RoundsOption = None,
    table: Annotated[
        str, typer.Option("--table", metavar="|".join(TABLES), help="cli.options.export_table")
    ] = LEVELS,
    sipinter: Annotated[bool, typer.Option("--sipinter", help="cli.options.sipinter")] = False,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="CODE", help="cli.options.export_agency")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="cli.options.out_export")
    ] = None,
    lang: LangOption = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import i18n

    screen = screen_of(context)
    rounds = round_ or []
    spoken = lang or screen.words.lang
    i18n.catalogue(spoken)
    if sipinter:
        if agency is None or file is not None or len(rounds) != 1:
            raise MeritError("export-options")
        _write_sipinter(screen, store, (agency, rounds[0]), out, spoken)
        return
    target = file or out
    if target is None or agency is not None or (file is not None and out is not None):
        raise MeritError("export-options")
    if table not in TABLES:
        raise MeritError("export-table", found=table, allowed=", ".join(TABLES))
    _write_table(screen, store, target, table, rounds, spoken)


def _write_table(
    screen: Screen, store: str | None, path: Path, table: str, rounds: list[str], lang: str
) -> None:
    from merit_kit import workbook

    workbook.check_frame_file(path)
    with opened(store) as at:
        screen.error(screen.words("cli.export.reading"))
        frame = _frame(at, table, rounds, lang)
    with screen.progress(screen.words("cli.export.writing"), len(frame)) as advance:
        workbook.write_frame(path, frame, lambda rows: advance(path.name, rows))
    screen.tell("cli.export.table", count=len(frame), path=str(path))
    if len(frame) and frame["simulation"].any():
        screen.tell("cli.export.simulated")


def _frame(at: Store, table: str, rounds: list[str], lang: str) -> pd.DataFrame:
    """Return one of the tables; rows that are no result carry the mark in words, too."""
    from merit_kit import assessment, gaps, i18n

    found = assessment.sheets(at, rounds or None, assessment.whoami(at))
    frame = gaps.tidy(found.about, found.levels, found.editions)
    if table == ASPECTS:
        frame = gaps.by_aspect(frame)
    elif table != LEVELS:
        frame = gaps.by_assessment(frame, found.editions, found.components)
        if table == HISTORY:
            names = at.agencies()["name"]
            published = gaps.published_frame(at.published(), names)
            frame = gaps.history(frame, published, found.editions)
        else:
            frame = frame.reset_index()
    mark = i18n.say("report.simulation", lang)
    return frame.assign(mark=frame["simulation"].map({True: mark, False: ""}).astype("category"))


def _write_sipinter(
    screen: Screen, store: str | None, about: tuple[str, str], out: Path | None, lang: str
) -> None:
    from merit_kit import assessment, workbook

    agency, round_ = about
    with opened(store) as at:
        assessment.check_reader(at, agency, assessment.whoami(at))
        entry = assessment.sipinter_of(at, agency, round_, lang)
        path = out or at.folder / f"sipinter-{agency}-{round_}.xlsx"
        workbook.check_folder_of(path)
    workbook.write_rows(path, entry.headings, entry.rows, above=entry.above)
    if entry.verified:
        screen.tell("cli.export.done", path=str(path), count=entry.verified)
    missing = len(entry.rows) - entry.verified
    if missing:
        screen.tell("cli.export.missing", path=str(path), count=missing)
