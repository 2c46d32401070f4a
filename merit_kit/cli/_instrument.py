"""Commands about editions of the instrument."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merit_kit.cli._screen import Screen, StoreOption, find_store, opened, screen_of
from merit_kit.errors import InstrumentError, MeritError, TableError

if TYPE_CHECKING:
    from merit_kit.instrument import Instrument, SubAspect

EditionArgument = Annotated[str, typer.Argument(metavar="ID|FILE", help="cli.options.edition")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="cli.options.instrument_file")]
_FORM = ".xlsx"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree, below ``merit instrument``."""
    below = typer.Typer(help="cli.commands.instrument")
    below.command("list", help="cli.commands.instrument_list")(_list)
    below.command("show", help="cli.commands.instrument_show")(_show)
    below.command("check", help="cli.commands.instrument_check")(_check)
    below.command("form", help="cli.commands.instrument_form")(_form)
    below.command("import", help="cli.commands.instrument_import")(_import)
    app.add_typer(below, name="instrument")


def _list(context: typer.Context, store: StoreOption = None) -> None:
    from merit_kit import instrument

    screen = screen_of(context)
    w = screen.words
    beside = _beside(store)
    rows, refused = [], []
    for key in instrument.editions(beside):
        try:
            edition = instrument.load(key, beside)
        except InstrumentError as error:
            # One spoilt file does not hide the others.
            refused.append(error)
            rows.append((key, w("cli.instrument.faulty"), *[_DASH] * 4))
            continue
        maximum = w.number(edition.maximum) if edition.maximum else _DASH
        counts = (w.number(len(edition.aspects)), w.number(len(edition.codes)), maximum)
        rows.append((key, w(f"status.{edition.status}"), *counts, w.text(edition.title)))
    headings = [
        w(f"cli.instrument.{c}")
        for c in ("id", "status", "aspects", "sub_aspects", "maximum", "title")
    ]
    screen.table(headings, rows, right=[2, 3, 4], whole=[0])
    if refused:
        raise InstrumentError("editions-faulty", causes=refused, count=len(refused))


def _show(
    context: typer.Context,
    edition: EditionArgument = "kasn-2019",
    code: Annotated[
        str | None, typer.Option("--code", metavar="N.N", help="cli.options.code")
    ] = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import instrument

    screen = screen_of(context)
    w, shown = screen.words, instrument.named(edition, _beside(store))
    screen.say(f"{shown.id}: {w.text(shown.title)} [{w(f'status.{shown.status}')}]")
    composed = shown.components or shown.correction
    screen.tell(
        "cli.instrument.composed" if composed else "cli.instrument.numbers",
        maximum=shown.maximum or _DASH,
        divisor=_DASH if shown.divisor is None else shown.divisor,
        digest=shown.digest,
    )
    if code is None:
        _show_index(screen, shown)
    for aspect in shown.aspects:
        wanted = [sub for sub in aspect.sub_aspects if code in (None, sub.code)]
        if not wanted and (code is not None or aspect.sub_aspects):
            continue
        heading = f"\n{aspect.number}. {w.text(aspect.name)}"
        if aspect.share is not None:
            heading += f" ({w('cli.instrument.share', share=aspect.share)})"
        description = w.text(aspect.description)
        screen.say(f"{heading}: {description}" if description else heading)
        for sub in wanted:
            _show_sub_aspect(screen, sub)
    if code is None and shown.lacks:
        screen.tell("cli.instrument.lacks", count=len(shown.lacks))
        _say_problems(screen, shown)
    if code is not None and code not in shown.by_code:
        screen.tell("cli.instrument.no_code", code=code)
        raise typer.Exit(1)


def _show_index(screen: Screen, shown: Instrument) -> None:
    w = screen.words
    for each in shown.components:
        share = _DASH if each.share is None else each.share
        screen.tell("cli.instrument.component", name=each.name, code=each.code, share=share)
    if shown.correction:
        screen.tell("cli.instrument.correction", name=shown.correction.name)
    side = "lower" if shown.lower_inclusive else "upper"
    if shown.categories:
        screen.tell(
            f"cli.instrument.bands.{shown.bands_on}.{side}",
            bands="; ".join(
                f"{w.text(c.name)} {w.number(c.low)}–{'' if c.high is None else w.number(c.high)}"
                for c in shown.categories
            ),
        )


def _show_sub_aspect(screen: Screen, sub: SubAspect) -> None:
    w = screen.words
    weight = _DASH if sub.weight is None else w.number(sub.weight)
    screen.say(f"\n  {sub.code} {w.text(sub.name)} ({w('term.weight').lower()} {weight})")
    for level, text in sub.levels.items():
        takes = sub.effort.get(level)
        effort = "" if takes is None else f" ({w('cli.roadmap.effort').lower()} {w.number(takes)})"
        screen.say(f"    {level}  {w.text(text)}{effort}")
    for item in sub.evidence:
        screen.say(f"    - {w.text(item)}")


def _check(context: typer.Context, file: FileArgument) -> None:
    screen = screen_of(context)
    _tell_clean(screen, _read(file))


def _form(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="[ID] FILE.xlsx", help="cli.options.instrument_form")
    ],
    store: StoreOption = None,
) -> None:
    from merit_kit import instrument, workbook

    screen = screen_of(context)
    *editions, file = names
    path = Path(file)
    if len(editions) > 1 or path.suffix.casefold() != _FORM:
        raise TableError("instrument-form-name", found=" ".join(names))
    chosen = instrument.named(editions[0], _beside(store)) if editions else None
    # Somebody may have spent an hour on it.
    if path.exists():
        raise TableError("file-there", path=str(path))
    workbook.write_instrument_form(path, chosen, screen.words.lang)
    screen.tell("cli.instrument.form", path=str(path))


def _import(
    context: typer.Context,
    file: FileArgument,
    replace: Annotated[
        bool, typer.Option("--replace", help="cli.options.instrument_replace")
    ] = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import instrument

    screen = screen_of(context)
    found = _read(file)
    # Without any folder named, beside the store that is at hand.
    folder = (
        instrument.folder_of(_beside(store)) or Path(find_store(None)).parent / instrument.FOLDER
    )
    path = instrument.keep_edition(found, folder, replace)
    _tell_clean(screen, found)
    if path is None:
        screen.tell("cli.instrument.there", id=found.id)
    else:
        screen.tell("cli.instrument.kept", id=found.id, path=str(path))


def _read(file: Path) -> Instrument:
    """Read an edition from its YAML file, or from a form."""
    from merit_kit import instrument, workbook

    if file.suffix.casefold() == _FORM or workbook.may_be_workbook(file):
        return workbook.read_instrument_form(file)
    return instrument.read_edition(file)


def _tell_clean(screen: Screen, found: Instrument) -> None:
    # What a draft lacks first: that it has no faults would be read as that it can be used.
    if found.lacks:
        screen.tell("cli.instrument.lacks", count=len(found.lacks))
        _say_problems(screen, found)
    screen.tell(
        "cli.instrument.clean",
        id=found.id,
        aspects=len(found.aspects),
        sub_aspects=len(found.codes),
        maximum=found.maximum or _DASH,
    )
    if found.untranslated:
        screen.tell("cli.instrument.untranslated", count=found.untranslated)


def _say_problems(screen: Screen, found: Instrument) -> None:
    from merit_kit import i18n

    for problem in found.lacks:
        screen.say(f"  - {i18n.describe(problem, screen.words.lang)}")


def _beside(store: str | None) -> Path | None:
    """Return the folder of the store that was named, where users' own editions lie beside it.

    Raises
    ------
    MeritError
        If there is no such folder or store.
    """
    named = store or os.environ.get("MERIT_STORE")
    if not named:
        return None
    if "://" in named or named.startswith("sqlite:"):
        with opened(named) as at:
            return at.folder
    path = Path(named).expanduser()
    if path.is_dir():
        return path
    if path.is_file():
        return path.parent
    raise MeritError("folder-missing", path=str(path))


_DASH = "\N{EN DASH}"
