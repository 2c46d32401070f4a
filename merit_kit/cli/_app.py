"""The tree of commands, and the one place where an error becomes words and an exit code."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from merit_kit import i18n
from merit_kit.cli import _data, _exchange, _instrument, _people, _reports, _rounds, _work
from merit_kit.cli._screen import Screen
from merit_kit.errors import MeritError

FAILED = 1


def command() -> Any:
    """Return the tree of commands. Its help texts are keys; see :func:`translated`."""
    app = typer.Typer(
        help="cli.help", no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )
    app.callback()(_root)
    _data.add_to(app)
    _exchange.add_to(app)
    _people.add_to(app)
    _rounds.add_to(app)
    app.add_typer(_instrument.app(), name="instrument")
    _reports.add_to(app)
    _work.add_to(app)
    return typer.main.get_command(app)


def translated(tree: Any, lang: str) -> Any:
    """Put the sentences of a language where the tree has keys."""
    if tree.help:
        tree.help = i18n.say(tree.help, lang)
    for parameter in tree.params:
        text = getattr(parameter, "help", None)
        if text and text.startswith("cli."):
            parameter.help = i18n.say(text, lang)
    for child in getattr(tree, "commands", {}).values():
        translated(child, lang)
    return tree


def run(arguments: Sequence[str], lang: str) -> int:
    """Run one command and return its exit code: 0 done, 1 refused or failed, 2 not understood."""
    try:
        i18n.catalogue(lang)
    except MeritError as error:
        Screen("id").error(i18n.explain(error, "id"))
        return FAILED
    screen = Screen(lang)
    try:
        translated(command(), lang).main(list(arguments), prog_name="merit", obj=screen)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except MeritError as error:
        screen.error(i18n.explain(error, lang))
        return FAILED
    except Exception as error:
        if os.environ.get("MERIT_DEBUG"):
            raise
        screen.error(i18n.say("errors.unexpected", lang, said=repr(error), path=_keep(error)))
        return FAILED
    return 0


def _keep(error: Exception) -> str:
    """Write a traceback where whoever mends it can be given it; a user is shown its path."""
    handle, path = tempfile.mkstemp(prefix="merit-kit-", suffix=".log", text=True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return path


def _root(
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="id|en", help="cli.options.interface_lang")
    ] = None,
) -> None:
    """Take the language; `main` has looked at it before the tree was made."""
