"""The commands that make reports, and the recap of a round for the plenary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from merit_kit import i18n
from merit_kit.cli._making import Wish, keep_made, make
from merit_kit.cli._screen import (
    INTERRUPTED,
    RoundOption,
    StoreOption,
    find_store,
    opened,
    screen_of,
)
from merit_kit.cli._stopping import stopping

AgencyOption = Annotated[
    list[str] | None, typer.Option("--agency", metavar="CODE", help="cli.options.agencies_only")
]
LangOption = Annotated[
    str | None, typer.Option("--lang", metavar="id|en", help="cli.options.report_lang")
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="cli.options.out")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="cli.options.as_of")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("reports", help="cli.commands.reports")(_reports)
    app.command("recap", help="cli.commands.recap")(_recap)


def _reports(
    context: typer.Context,
    round_: RoundOption,
    agency: AgencyOption = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="cli.options.report_kind")
    ] = "verifikasi",
    status: Annotated[
        str, typer.Option("--status", metavar="STATUS", help="cli.options.report_status")
    ] = "konsep",
    as_of: AsOfOption = None,
    letter: Annotated[
        Path | None, typer.Option("--letter", metavar="FILE", help="cli.options.letter")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="cli.options.workers")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="tcp://HOST:8786", help="cli.options.cluster")
    ] = None,
    time_limit: Annotated[
        int | None, typer.Option("--time-limit", metavar="S", min=1, help="cli.options.time_limit")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="cli.options.report_force")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="cli.options.report_watch")] = False,
    lang: LangOption = None,
    out: OutOption = None,
    store: StoreOption = None,
) -> None:
    screen = screen_of(context)
    chosen = lang or screen.words.lang
    i18n.catalogue(chosen)  # refuses a language we do not have, before anything is made
    wish = Wish(
        *(round_, agency, chosen, out, kind, status, as_of, letter),
        *(force, workers, cluster, time_limit),
    )
    try:
        with stopping():
            if watch:
                keep_made(screen, find_store(store), wish)
            elif make(screen, find_store(store), wish):
                raise typer.Exit(1)
    except KeyboardInterrupt:
        # While the store is opened, or workers are started or ended.
        screen.error(screen.words("cli.reports.interrupted_early"))
        raise typer.Exit(INTERRUPTED) from None


def _recap(
    context: typer.Context,
    round_: RoundOption,
    as_of: AsOfOption = None,
    lang: LangOption = None,
    out: OutOption = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import reports

    screen = screen_of(context)
    chosen = lang or screen.words.lang
    i18n.catalogue(chosen)
    with opened(store) as at:
        folder = (out or at.folder / "reports") / round_
        cases = reports.RoundReports(at, round_, folder.parent, as_of=as_of).cases()
        made = reports.write_recap(cases, folder, chosen)
    screen.tell("cli.recap.done", count=made.agencies, page=str(made.page), table=str(made.table))
    if made.refused:
        screen.error(screen.words("report.recap.refused", count=len(made.refused)))
        for each in made.refused:
            screen.error(f"  {each.agency}: {i18n.explain(each.error, screen.words.lang)}")
        raise typer.Exit(1)
