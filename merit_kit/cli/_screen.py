"""What the commands share: words, tables, the progress bar, and finding the store."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from merit_kit.errors import StoreError
from merit_kit.i18n import Words

if TYPE_CHECKING:
    from merit_kit.store import Store

StoreOption = Annotated[
    str | None, typer.Option("--store", metavar="FILE|URL", help="cli.options.store")
]
JsonOption = Annotated[bool, typer.Option("--json", help="cli.options.json")]
RoundOption = Annotated[str, typer.Option("--round", metavar="YYYY-N", help="cli.options.round")]

INTERRUPTED = 130
"""The exit code of a command stopped by Ctrl-C."""

_UNBROKEN = 10_000
_PLACES = (Path("merit.db"), Path("workspace") / "merit.db")


class Screen:
    """The terminal, in one language."""

    def __init__(self, lang: str = "id") -> None:
        self.words = Words(lang)

    def say(self, text: str = "") -> None:
        """Print a line."""
        typer.echo(text)

    def tell(self, key: str, **facts: Any) -> None:
        """Print a sentence of the catalogue."""
        self.say(self.words(key, **facts))

    def error(self, text: str) -> None:
        """Print to the error stream."""
        typer.echo(text, err=True)

    def json(self, value: Any) -> None:
        """Print plain data for other programs: keys and codes are the same in every language."""
        self.say(json.dumps(value, ensure_ascii=False, indent=2))

    def table(
        self,
        headings: Sequence[str],
        rows: Iterable[Sequence[str]],
        right: Sequence[int] = (),
        whole: Sequence[int] = (),
    ) -> None:
        """Print a table.

        `right` are the columns to align right; `whole` those that are never broken, as codes,
        which people copy. Into a file or another program every line goes whole.
        """
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        listed = list(rows)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        least = 0
        for i, heading in enumerate(headings):
            cells = [heading, *(row[i] for row in listed)]
            parts = cells if i in whole else [word for cell in cells for word in cell.split()]
            narrowest = max(map(len, parts), default=0)
            justify: Literal["left", "right"] = "right" if i in right else "left"
            # Rich narrows a column that is not `no_wrap` without regard to its least width.
            table.add_column(
                heading,
                justify=justify,
                overflow="fold",
                min_width=narrowest,
                no_wrap=i in whole,
            )
            least += narrowest + len("   ")
        for row in listed:
            # Text, so that a bracket in a name is not read as markup.
            table.add_row(*(Text(cell) for cell in row))
        console = Console()
        # A terminal that is too narrow breaks the line itself: ugly, and nothing is lost.
        width = max(console.width, least) if console.is_terminal else _UNBROKEN
        Console(width=width).print(table, crop=False)

    @contextmanager
    def progress(self, text: str, total: int) -> Iterator[Callable[..., None]]:
        """Show a bar on the error stream; the function it lends moves it on, by one or more.

        Told that it goes on `anew`, it forgets how fast it went: what is done so far took no time,
        and says nothing of the time that is left.
        """
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn(self.words("cli.reports.left")),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        with bar:
            task = bar.add_task(text, total=total)

            def move(said: str, steps: int = 1, anew: bool = False) -> None:
                if anew:
                    bar.reset(task, completed=round(bar.tasks[0].completed))
                bar.update(task, advance=steps, description=said)

            yield move


def screen_of(context: typer.Context) -> Screen:
    """Return the screen of this run."""
    return cast(Screen, context.find_object(Screen))


def find_store(given: str | None) -> str:
    """Return the store that was named, or the one at hand.

    Raises
    ------
    StoreError
        If none was named and none lies here.
    """
    named = given or os.environ.get("MERIT_STORE")
    if named:
        return named
    for place in _PLACES:
        if place.is_file():
            return str(place)
    raise StoreError("store-missing", path=str(_PLACES[-1]))


def opened(given: str | None) -> Store:
    """Open the store that was named, or the one at hand."""
    from merit_kit.store import open_store

    return open_store(find_store(given))
