"""The words of the command line itself: its help page, and how a command was misunderstood.

Typer has them in English only. What it finds out is taken from it, never what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from merit_kit import i18n
from merit_kit.cli._screen import Screen, screen_of
from merit_kit.errors import MeritError
from merit_kit.i18n import Words

NOT_UNDERSTOOD = 2
"""The exit code of a command that was not understood."""

# Where it is depends on the version of typer; this is the kin of it that typer shows by name.
_Refused = cast(type[Exception], typer.BadParameter.__base__)
_PLACEHOLDER = re.compile("[A-Z]{2,}")


class UsageError(MeritError):
    """A command that cannot be followed as it was typed.

    Its facts are `command` as typed so far, its `usage`, and those of the sentence.
    """


class Command(TyperCommand):
    """A command whose help, and whose refusal of what was typed, are in the user's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        _write_help(self, ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed, or raise `UsageError`."""
        given = list(args)
        try:
            _check_values(ctx, self.make_parser(ctx).parse_args(list(args))[0])
            return super().parse_args(ctx, args)
        except _Refused as error:
            raise _refusal(error, ctx, given) from error


class Group(TyperGroup):
    """Commands under one name, as `Command`. Without any of them, it says which there are."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        _write_help(self, ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed, or raise `UsageError`."""
        given = list(args)
        try:
            left = super().parse_args(ctx, args)
            named = self.make_parser(ctx).parse_args(given)[1]
        except _Refused as error:
            raise _refusal(error, ctx, given) from error
        if not named:
            screen_of(ctx).error(ctx.get_help())
            raise typer.Exit(NOT_UNDERSTOOD)
        return left

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was named, or raise `UsageError`."""
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        raise _unknown(ctx, args[0], self.commands, "usage-command", "usage-command-near")


def tell(screen: Screen, error: UsageError) -> None:
    """Say what was not understood, what is allowed, and where to read more."""
    w = screen.words
    screen.error(w("cli.usage.line", usage=error.facts["usage"]))
    screen.error(i18n.explain(error, w.lang))
    screen.error(w("cli.usage.more", command=error.facts["command"]))


def _refusal(error: Any, ctx: Any, given: list[str]) -> UsageError:
    """Say with a key what typer refused; `given` is what was typed after the command's name."""
    what, where = type(error).__name__, _where(ctx)
    if what == "NoSuchOption":
        found = error.option_name
        if found == "--lang" and ctx.parent is not None:
            return UsageError("usage-lang-first", **where)
        options = [name for each in ctx.command.get_params(ctx) for name in _names(each)]
        return _unknown(ctx, found, options, "usage-option", "usage-option-near")
    if what == "BadOptionUsage":
        option = next(p for p in ctx.command.get_params(ctx) if error.option_name in _names(p))
        key = "usage-no-value" if getattr(option, "is_flag", False) else "usage-value-missing"
        return UsageError(key, found=error.option_name, help=option.help, **where)
    if what == "MissingParameter":
        found = _left(error.param, screen_of(ctx).words)
        key = "usage-missing" if error.param.param_type_name == "option" else "usage-word-missing"
        return UsageError(key, found=found, help=error.param.help, **where)
    values, rest, _ = ctx.command.make_parser(ctx).parse_args(list(given))
    if what == "BadParameter":
        facts: dict[str, Any] = {
            "found": _shown(str(values[error.param.name])),
            "option": _names(error.param)[0],
        }
        # Whatever else may be typed is text, which is judged by whoever takes it.
        least = getattr(error.param, "min", None)
        if least is None:
            return UsageError("usage-number", **facts, **where)
        return UsageError("usage-number-least", **facts, least=least, **where)
    return UsageError("usage-words", found=_shown(" ".join(rest)), **where)


def _check_values(ctx: Any, values: Mapping[str, Any]) -> None:
    """Refuse an option as the value of another: whoever typed it forgot the value."""
    params = ctx.command.get_params(ctx)
    options = [name for each in params for name in _names(each)]
    for each in params:
        value = values.get(each.name)
        given = value if isinstance(value, list) else [value]
        if each.param_type_name == "option" and any(one in options for one in given):
            facts = {"found": _names(each)[0], "help": each.help}
            raise UsageError("usage-value-missing", **facts, **_where(ctx))


def _unknown(ctx: Any, found: str, known: Iterable[str], key: str, near_key: str) -> UsageError:
    """Name the nearest of what is known; where nothing is near, all of it."""
    # Without the dashes, in which all options are alike.
    allowed = {name.strip("-"): name for name in known}
    facts: dict[str, Any] = {"found": _shown(found), **_where(ctx)}
    near = get_close_matches(found.strip("-"), allowed, n=1)
    if near:
        return UsageError(near_key, near=allowed[near[0]], **facts)
    return UsageError(key, allowed=", ".join(allowed.values()), **facts)


def _where(ctx: Any) -> dict[str, Any]:
    return {"command": ctx.command_path, "usage": f"{ctx.command_path} {_pieces(ctx)}"}


def _shown(typed: str) -> str:
    """Return what was typed; not what a terminal would obey, and quotes where it is empty."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in typed) or '""'


def _write_help(command: Any, ctx: Any, formatter: Any) -> None:
    w = screen_of(ctx).words
    # The line is whole in the catalogue; the page wants its beginning by itself.
    prefix = w("cli.usage.line", usage="")
    formatter.write_usage(ctx.command_path, _pieces(ctx), prefix=f"{prefix.rstrip()} ")
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(command.help)
    parts: dict[str, list[tuple[str, str]]] = {}
    for each in command.get_params(ctx):
        kind = each.param_type_name
        parts.setdefault(kind, []).append((_left(each, w), " ".join(_right(each, w))))
    listed = getattr(command, "commands", {})
    if listed:
        room = formatter.width - len("  ") * 3 - max(map(len, listed))
        parts["command"] = [(name, sub.get_short_help_str(room)) for name, sub in listed.items()]
    for kind in ("argument", "option", "command"):
        if kind in parts:
            with formatter.section(w(f"cli.usage.{kind}s")):
                formatter.write_dl(parts[kind])


def _pieces(ctx: Any) -> str:
    """Return what may follow a command's name."""
    w = screen_of(ctx).words
    pieces = [w("cli.usage.any_options")]
    for each in ctx.command.get_params(ctx):
        if each.param_type_name == "argument":
            name = _left(each, w)
            pieces.append(name if each.required or name.startswith("[") else f"[{name}]")
    if hasattr(ctx.command, "commands"):
        pieces.append(w("cli.usage.any_command"))
    return " ".join(pieces)


def _names(param: Any) -> list[str]:
    return [*param.opts, *param.secondary_opts]


def _left(param: Any, w: Words) -> str:
    """Return how a parameter is written."""
    value = _PLACEHOLDER.sub(lambda word: _placeholder(word[0], w.lang), param.metavar or "TEXT")
    if param.param_type_name == "argument":
        return value
    names = " / ".join(_names(param))
    return names if getattr(param, "is_flag", False) else f"{names} {value}"


def _placeholder(word: str, lang: str) -> str:
    return i18n.catalogue(lang).get(f"cli.usage.placeholders.{word.lower()}", word)


def _right(param: Any, w: Words) -> Iterator[str]:
    """Return what a parameter is for, and what holds if it is left out."""
    yield w("cli.usage.help") if param.name == "help" else param.help
    default = param.default
    if param.secondary_opts and default is True:
        default = param.opts[0]
    if param.required:
        yield w("cli.usage.required")
    elif isinstance(default, str | int | PurePath) and default not in ("", False):
        yield w("cli.usage.default", value=str(default))
    least = getattr(param, "min", None)
    if least is not None:
        yield w("cli.usage.least", value=least)
