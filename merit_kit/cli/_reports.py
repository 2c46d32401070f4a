"""The commands that make reports, and the recap of a round for the plenary."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merit_kit import i18n
from merit_kit.cli._screen import (
    INTERRUPTED,
    RoundOption,
    Screen,
    StoreOption,
    find_store,
    opened,
    screen_of,
)
from merit_kit.errors import ReportError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from merit_kit.reports import Outcome, RoundReports
    from merit_kit.store import Store

_A_WHILE = 60.0
_PAUSE = 0.5
"""Seconds between two statements that are taken for one change."""

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


@dataclass(frozen=True, slots=True)
class Wish:
    """Which reports are wanted, and in which state of their life."""

    round: str
    agencies: list[str] | None = None
    lang: str = "id"
    out: Path | None = None
    kind: str = "verifikasi"
    status: str = "konsep"
    as_of: str | None = None
    letter: Path | None = None
    force: bool = False
    workers: int | None = None
    cluster: str | None = None
    time_limit: int | None = None


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
    if watch:
        keep_made(screen, find_store(store), wish)
    elif make(screen, find_store(store), wish):
        raise typer.Exit(1)


def make(screen: Screen, store: str | Path, *wishes: Wish) -> int:
    """Make reports with a progress bar, list those that failed, and return their number."""
    from merit_kit import reports
    from merit_kit.store import open_store

    first = wishes[0]
    with (
        open_store(store) as at,
        reports.making(first.workers, first.cluster, first.time_limit) as start,
    ):
        return sum(_make(screen, at, wish, start) for wish in wishes)


def _make(screen: Screen, at: Store, wish: Wish, start: Callable[[int], Executor]) -> int:
    wanted = _wanted(at, wish, start)
    outcomes: list[Outcome] = []
    w = screen.words
    codes = wanted.codes
    try:
        with screen.progress(w("cli.reports.working"), len(codes)) as advance:
            for outcome in wanted.run():
                outcomes.append(outcome)
                advance(outcome.agency)
        # First what became of the reports: the list of them may fail by itself.
        _tell(screen, outcomes)
        index = wanted.write_list()
    except KeyboardInterrupt:
        made = sum(outcome.error is None for outcome in outcomes)
        screen.error(w("cli.reports.interrupted", count=made, left=len(codes) - made))
        raise typer.Exit(INTERRUPTED) from None
    if any(outcome.error is None for outcome in outcomes):
        screen.tell("cli.reports.index", path=str(index))
    return sum(outcome.error is not None for outcome in outcomes)


def _wanted(at: Store, wish: Wish, start: Callable[[int], Executor]) -> RoundReports:
    from merit_kit import assessment, reports

    by = ""
    if wish.status != reports.KONSEP:
        person = at.people([assessment.whoami(at)]).iloc[0]
        by = ", ".join(filter(None, (person["name"], person["office"])))
    return reports.RoundReports(
        at,
        wish.round,
        folder_for(at.path and at.folder, wish.out, wish.status),
        agencies=wish.agencies,
        lang=wish.lang,
        kind=wish.kind,
        status=wish.status,
        by=by,
        letter=None if wish.letter is None else reports.read_letter(wish.letter),
        as_of=wish.as_of,
        force=wish.force,
        start=start,
    )


def keep_made(screen: Screen, store: str | Path, wish: Wish) -> None:
    """Make reports, and again those whose agencies somebody wrote about, until Ctrl-C."""
    from dataclasses import replace
    from threading import Event

    from merit_kit import reports
    from merit_kit.store import open_store

    if wish.status != reports.KONSEP:
        raise ReportError("watch-drafts")
    never = Event()
    with (
        open_store(store) as at,
        reports.making(wish.workers, wish.cluster, wish.time_limit) as start,
        closing(at.watch()) as watch,
    ):
        try:
            while True:
                _make(screen, at, wish, start)
                # Everything anew is meant once, not at every change.
                wish = replace(wish, force=False)
                screen.tell("cli.reports.watching")
                while not watch.wait(_A_WHILE, never):
                    pass
                # Whoever writes one thing often writes the next: both at once, then.
                while watch.wait(_PAUSE, never):
                    pass
        except KeyboardInterrupt:
            screen.tell("cli.reports.watched")


def folder_for(beside: Path | None, out: Path | None, status: str) -> Path:
    """Return where reports go.

    Parameters
    ----------
    beside : Path or None
        The folder of the store's file; None for a database elsewhere.
    out : Path or None
        The folder that was asked for.

    Raises
    ------
    ReportError
        If what goes on record would go elsewhere than what is on record already: versions and
        numbers of letters are counted there, and would begin anew.
    """
    from merit_kit import reports

    own = None if beside is None else beside / "reports"
    if status == reports.KONSEP:
        return out or own or Path("reports")
    if own is None:
        if out is None:
            raise ReportError("issue-where")
        return out
    if out is not None and out.resolve() != own.resolve():
        raise ReportError("issue-elsewhere", found=str(out), path=str(own))
    return own


def _tell(screen: Screen, outcomes: list[Outcome]) -> None:
    w = screen.words
    made = [o for o in outcomes if o.error is None and not (o.already or o.unchanged)]
    same = [o for o in outcomes if o.unchanged]
    already = [o for o in outcomes if o.already]
    failed = [o for o in outcomes if o.error is not None]
    if made:
        per_report = sum(o.seconds for o in made) / len(made)
        screen.tell(
            "cli.reports.made",
            count=len(made),
            seconds=round(per_report, 1),
            path=str(made[0].path.parent),
        )
    for outcome in made:
        if outcome.kept is not None:
            screen.tell("cli.reports.kept", agency=outcome.agency, path=outcome.kept.name)
    if already:
        screen.tell("cli.reports.already", count=len(already))
    if same:
        screen.tell("cli.reports.unchanged", count=len(same))
    if failed:
        screen.error(w("cli.reports.failed", count=len(failed)))
        for outcome in failed:
            if outcome.error is not None:
                screen.error(f"  {outcome.agency}: {i18n.explain(outcome.error, w.lang)}")


def _recap(
    context: typer.Context,
    round_: RoundOption,
    as_of: AsOfOption = None,
    lang: LangOption = None,
    out: OutOption = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, reports

    screen = screen_of(context)
    chosen = lang or screen.words.lang
    i18n.catalogue(chosen)
    with opened(store) as at:
        cases = assessment.make_cases(at, round_, None, as_of)
        folder = (out or at.folder / "reports") / round_
    page, table = reports.write_recap(cases, folder, chosen)
    screen.tell("cli.recap.done", count=len(cases), page=str(page), table=str(table))
