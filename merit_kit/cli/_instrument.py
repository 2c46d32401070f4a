"""Commands about editions of the instrument."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from merit_kit.cli._screen import screen_of

EditionArgument = Annotated[str, typer.Argument(metavar="ID|FILE", help="cli.options.edition")]


def app() -> typer.Typer:
    """Return the commands below ``merit instrument``."""
    below = typer.Typer(help="cli.commands.instrument", no_args_is_help=True, rich_markup_mode=None)
    below.command("list", help="cli.commands.instrument_list")(_list)
    below.command("show", help="cli.commands.instrument_show")(_show)
    below.command("check", help="cli.commands.instrument_check")(_check)
    return below


def _list(context: typer.Context) -> None:
    from merit_kit import instrument

    screen = screen_of(context)
    w = screen.words
    rows = []
    for key in instrument.editions():
        edition = instrument.load(key)
        counts = (len(edition.aspects), len(edition.codes), edition.maximum)
        rows.append(
            (key, w(f"status.{edition.status}"), *map(w.number, counts), w.text(edition.title))
        )
    headings = [
        w(f"cli.instrument.{c}")
        for c in ("id", "status", "aspects", "sub_aspects", "maximum", "title")
    ]
    screen.table(headings, rows, right=[2, 3, 4])


def _show(
    context: typer.Context,
    edition: EditionArgument = "kasn-2019",
    code: Annotated[
        str | None, typer.Option("--code", metavar="N.N", help="cli.options.code")
    ] = None,
) -> None:
    from merit_kit import instrument

    screen = screen_of(context)
    w, shown = screen.words, instrument.named(edition)
    screen.say(f"{shown.id}: {w.text(shown.title)} [{w(f'status.{shown.status}')}]")
    screen.tell(
        "cli.instrument.numbers", maximum=shown.maximum, divisor=shown.divisor, digest=shown.digest
    )
    for aspect in shown.aspects:
        wanted = [sub for sub in aspect.sub_aspects if code in (None, sub.code)]
        if not wanted:
            continue
        screen.say(f"\n{aspect.number}. {w.text(aspect.name)}: {w.text(aspect.description)}")
        for sub in wanted:
            weight = "–" if sub.weight is None else w.number(sub.weight)
            screen.say(f"\n  {sub.code} {w.text(sub.name)} ({w('term.weight').lower()} {weight})")
            for level, text in sub.levels.items():
                screen.say(f"    {level}  {w.text(text)}")
            for item in sub.evidence:
                screen.say(f"    - {w.text(item)}")
    if code is not None and code not in shown.by_code:
        screen.tell("cli.instrument.no_code", code=code)
        raise typer.Exit(1)


def _check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="cli.options.instrument_file")],
) -> None:
    from merit_kit import instrument

    screen = screen_of(context)
    found = instrument.read_edition(file)
    screen.tell(
        "cli.instrument.clean",
        id=found.id,
        aspects=len(found.aspects),
        sub_aspects=len(found.codes),
        maximum=found.maximum,
    )
