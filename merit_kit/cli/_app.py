"""The tree of commands, and the one place where an error becomes words and an exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer

from merit_kit import i18n
from merit_kit.cli import _usage
from merit_kit.cli._screen import Screen
from merit_kit.errors import MeritError

FAILED = 1

_ROOMS = {
    "_data": ("init", "agencies", "audit"),
    "_exchange": ("import", "evidence", "form"),
    "_export": ("export",),
    "_people": ("people", "rooms"),
    "_rounds": ("rounds", "status", "determine", "due"),
    "_roadmap": ("roadmap",),
    "_calibration": ("calibration", "second-look"),
    "_reports": ("reports", "recap"),
    "_work": ("demo", "practice", "lab"),
    "_instrument": ("instrument",),
}
"""Which module adds which commands, in the order in which they are listed."""


def command(asked: str | None = None) -> Any:
    """Return the tree of commands. Its help texts are keys; see :func:`translated`.

    If the one that is `asked` for is given, the modules of the others are not loaded, of which only
    name and help are known then: loading all takes longer than most of them do.
    """
    app = typer.Typer(cls=_usage.Group, help="cli.help", add_completion=False)
    app.callback()(_root)
    for room, names in _ROOMS.items():
        if asked is None or asked in names:
            import_module(f"merit_kit.cli.{room}").add_to(app)
            continue
        for name in names:
            app.command(name, help=f"cli.commands.{name.replace('-', '_')}")(_nothing)
    _speaking(app)
    return typer.main.get_command(app)


def _speaking(app: typer.Typer) -> None:
    """Let each command say its own words in the language of the screen."""
    for each in app.registered_commands:
        each.cls = _usage.Command
    for group in app.registered_groups:
        if group.typer_instance is not None:
            group.cls = _usage.Group
            _speaking(group.typer_instance)


def _nothing() -> None:
    """Stand in the place of a command that was not asked for, and is never to pass for it."""
    raise AssertionError("the module of this command is not loaded")


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


def language_of(arguments: Sequence[str]) -> str | None:
    """Return the language that is named before the command, the last of several; or None."""
    return _beginning(arguments)[0]


def _asked(arguments: Sequence[str]) -> str:
    """Return the command that is meant; empty if it is the list of them."""
    return next((word for word in _beginning(arguments)[1] if not word.startswith("-")), "")


def _beginning(arguments: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """Return the language that is named before the command, and what follows."""
    lang, rest = None, arguments
    while rest:
        if rest[0] == "--lang" and len(rest) > 1:
            lang, rest = rest[1], rest[2:]
        elif rest[0].startswith("--lang="):
            lang, rest = rest[0].removeprefix("--lang="), rest[1:]
        else:
            break
    return lang, rest


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
    except _usage.UsageError as error:
        _usage.tell(screen, error)
        return _usage.NOT_UNDERSTOOD
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
