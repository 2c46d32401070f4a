"""The tree of commands, and the one place where an error becomes words and an exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import typer

from merit_kit import i18n
from merit_kit.cli import (
    _calibration,
    _data,
    _exchange,
    _export,
    _instrument,
    _people,
    _reports,
    _rounds,
    _work,
)
from merit_kit.cli import _roadmap as _roadmaps
from merit_kit.cli._screen import Screen
from merit_kit.errors import MeritError

FAILED = 1


def command(asked: str | None = None) -> Any:
    """Return the tree of commands. Its help texts are keys; see :func:`translated`.

    Of the others than the one that is `asked` for, if that is given, only names and help are worked
    out: the parameters of thirty commands take longer than most of them do.
    """
    app = typer.Typer(
        help="cli.help", no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )
    app.callback()(_root)
    _data.add_to(app)
    _exchange.add_to(app)
    _export.add_to(app)
    _people.add_to(app)
    _rounds.add_to(app)
    _roadmaps.add_to(app)
    _calibration.add_to(app)
    app.add_typer(_instrument.app(), name="instrument")
    _reports.add_to(app)
    _work.add_to(app)
    if asked is not None:
        _only_names(app, asked)
    return typer.main.get_command(app)


def _only_names(app: typer.Typer, asked: str) -> None:
    for each in app.registered_commands:
        if each.name != asked:
            each.callback = _nothing
    for group in app.registered_groups:
        if group.name != asked and group.typer_instance is not None:
            _only_names(group.typer_instance, asked="")


def _nothing() -> None:
    """Stand in the place of a command that was not asked for."""


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


@cache
def _tree(lang: str, asked: str) -> Any:
    """Return the commands in one language. Making them takes as long as most of them do."""
    return translated(command(asked), lang)


def _asked(arguments: Sequence[str]) -> str:
    """Return the command that is meant; empty if it is the list of them."""
    rest = arguments[2:] if arguments[:1] == ["--lang"] else arguments
    return next((word for word in rest if not word.startswith("-")), "")


def run(arguments: Sequence[str], lang: str) -> int:
    """Run one command and return its exit code: 0 done, 1 refused or failed, 2 not understood."""
    try:
        i18n.catalogue(lang)
    except MeritError as error:
        Screen("id").error(i18n.explain(error, "id"))
        return FAILED
    screen = Screen(lang)
    try:
        _tree(lang, _asked(list(arguments))).main(list(arguments), prog_name="merit", obj=screen)
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
    import tempfile
    import traceback

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
