"""The commands that make reports, and the recap of a round for the plenary."""

from __future__ import annotations

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
    from merit_kit.reports import Outcome

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
    lang: LangOption = None,
    out: OutOption = None,
    store: StoreOption = None,
) -> None:
    screen = screen_of(context)
    chosen = lang or screen.words.lang
    i18n.catalogue(chosen)  # refuses a language we do not have, before anything is made
    wish = Wish(round_, agency, chosen, out, kind, status, as_of, letter)
    if make(screen, find_store(store), wish):
        raise typer.Exit(1)


def make(screen: Screen, store: str | Path, wish: Wish) -> int:
    """Make reports with a progress bar, list those that failed, and return their number."""
    from merit_kit import assessment, reports
    from merit_kit.store import open_store

    letter = None if wish.letter is None else reports.read_letter(wish.letter)
    with open_store(store) as at:
        cases = assessment.make_cases(at, wish.round, wish.agencies, wish.as_of)
        every = cases
        if wish.agencies is not None:  # the list beside the reports names all of the round
            every = assessment.make_cases(at, wish.round, None, wish.as_of)
        folder = folder_for(at.path and at.folder, wish.out, wish.status)
        by = ""
        if wish.status != reports.KONSEP:
            person = at.people([assessment.whoami(at)]).iloc[0]
            by = ", ".join(filter(None, (person["name"], person["office"])))
        compared = {}
        if reports.KINDS.get(wish.kind) and reports.KINDS[wish.kind].compares:
            compared = reports.comparisons(at, wish.round, wish.agencies, wish.as_of)
    making = reports.make_reports(
        cases,
        folder,
        wish.lang,
        wish.kind,
        status=wish.status,
        by=by,
        letter=letter,
        comparisons=compared,
    )
    outcomes: list[Outcome] = []
    w = screen.words
    try:
        with screen.progress(w("cli.reports.working"), len(cases)) as advance:
            for outcome in making:
                outcomes.append(outcome)
                advance(outcome.agency)
    except KeyboardInterrupt:
        screen.error(w("cli.reports.interrupted", count=len(outcomes)))
        raise typer.Exit(INTERRUPTED) from None
    # First what became of the reports: the list of them may fail by itself.
    _tell(screen, outcomes)
    rows = reports.index_rows(every, folder / wish.round)
    index = reports.write_index(folder / wish.round, rows, wish.lang)
    if any(outcome.error is None for outcome in outcomes):
        screen.tell("cli.reports.index", path=str(index))
    return sum(outcome.error is not None for outcome in outcomes)


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
    made = [o for o in outcomes if o.error is None and not o.already]
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
