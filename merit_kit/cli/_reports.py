"""The command that makes reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from merit_kit import i18n
from merit_kit.cli._screen import (
    INTERRUPTED,
    RoundOption,
    Screen,
    StoreOption,
    find_store,
    screen_of,
)


def add_to(app: typer.Typer) -> None:
    """Add this command to the tree."""
    app.command("reports", help="cli.commands.reports")(_reports)


def _reports(
    context: typer.Context,
    round_: RoundOption,
    agency: Annotated[
        list[str] | None, typer.Option("--agency", metavar="CODE", help="cli.options.agencies_only")
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="id|en", help="cli.options.report_lang")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="cli.options.out")
    ] = None,
    store: StoreOption = None,
) -> None:
    screen = screen_of(context)
    chosen = lang or screen.words.lang
    i18n.catalogue(chosen)  # refuses a language we do not have, before anything is made
    if make(screen, find_store(store), round_, agency, chosen, out):
        raise typer.Exit(1)


def make(
    screen: Screen,
    store: str | Path,
    round_: str,
    agencies: list[str] | None,
    lang: str,
    out: Path | None,
) -> int:
    """Make reports with a progress bar, list those that failed, and return their number."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from merit_kit.assessment import make_cases
    from merit_kit.reports import make_reports
    from merit_kit.store import open_store

    with open_store(store) as opened:
        cases = make_cases(opened, round_, agencies)
        folder = out or opened.folder / "reports"
    w = screen.words
    outcomes = []
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn(w("cli.reports.left")),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    try:
        with progress:
            task = progress.add_task(w("cli.reports.working"), total=len(cases))
            for outcome in make_reports(cases, folder, lang):
                outcomes.append(outcome)
                progress.update(task, advance=1, description=outcome.agency)
    except KeyboardInterrupt:
        screen.error(w("cli.reports.interrupted", count=len(outcomes)))
        raise typer.Exit(INTERRUPTED) from None
    made = [o for o in outcomes if o.error is None]
    failed = [o for o in outcomes if o.error is not None]
    if made:
        per_report = sum(o.seconds for o in made) / len(made)
        screen.tell(
            "cli.reports.made",
            count=len(made),
            seconds=round(per_report, 1),
            path=str(made[0].path.parent),
        )
    if failed:
        screen.error(w("cli.reports.failed", count=len(failed)))
        for outcome in failed:
            if outcome.error is not None:
                screen.error(f"  {outcome.agency}: {i18n.explain(outcome.error, w.lang)}")
    return len(failed)
