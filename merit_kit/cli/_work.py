"""Commands for a work folder as a whole: the demonstration, and JupyterLab on it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from merit_kit.cli._making import Wish, make
from merit_kit.cli._screen import screen_of
from merit_kit.errors import MeritError

_HERE = "workspace"

FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.options.folder")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("demo", help="cli.commands.demo")(_demo)
    app.command("practice", help="cli.commands.practice")(_practice)
    app.command(
        "lab",
        help="cli.commands.lab",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(_lab)


def _demo(
    context: typer.Context,
    folder: FolderArgument = Path(_HERE),
    reports: Annotated[
        bool, typer.Option("--reports/--no-reports", help="cli.options.with_reports")
    ] = True,
) -> None:
    from merit_kit import assessment, lab, practice, samples
    from merit_kit import store as stores

    screen = screen_of(context)
    if folder.exists() and not folder.is_dir():
        raise MeritError("folder-is-file", path=str(folder))
    done = samples.make_demo(folder)
    if done:
        screen.tell(
            "cli.demo.imported", agencies=len(done), stated=sum(each.stated for each in done)
        )
    else:
        screen.tell("cli.demo.there", folder=str(folder))
    with stores.open_store(folder) as at:
        practice.put(at, assessment.whoami(at), samples.DEMO_ROUND, practice.read())
    lab.lay_out(folder)
    kinds = ("verifikasi", "klarifikasi") if reports else ()
    wishes = [Wish(samples.DEMO_ROUND, lang=screen.words.lang, kind=kind) for kind in kinds]
    if reports:
        met = list(samples.DEMO_SITTINGS)
        wishes.append(Wish(samples.DEMO_ROUND, met, screen.words.lang, kind="berita-acara"))
    if wishes and make(screen, folder, *wishes):
        raise typer.Exit(1)
    screen.tell("cli.demo.next", folder=str(folder), round=samples.DEMO_ROUND, merit=_called())


def _practice(
    context: typer.Context,
    # Text, not a path: a path would fold the slashes of a database's address.
    given: Annotated[str, typer.Argument(metavar="FOLDER", help="cli.options.folder")] = _HERE,
    round_: Annotated[
        str | None, typer.Option("--round", metavar="CODE", help="cli.options.practice_round")
    ] = None,
) -> None:
    from merit_kit import lab, practice
    from merit_kit import store as stores

    screen = screen_of(context)
    shared = "://" in given
    if not shared and Path(given).is_file():
        raise MeritError("folder-is-file", path=given)
    there = shared or (Path(given) / "merit.db").exists()
    with stores.open_store(given) if there else stores.create_store(given) as at:
        place = at.place
        _, new = practice.put_here(at, round_)
    screen.tell("cli.practice.put" if new else "cli.practice.there", folder=place)
    if not shared:
        lab.lay_out(Path(given))
        screen.tell("cli.practice.next", folder=given, merit=_called())


def _called() -> str:
    """Return how to call this command again: by its name, or by its path while that is unknown."""
    return "merit" if shutil.which("merit") else sys.argv[0]


def _lab(
    context: typer.Context,
    # As it was written: it may be an option for JupyterLab, which a path would change.
    given: Annotated[str, typer.Argument(metavar="FOLDER", help="cli.options.folder")] = _HERE,
    notebook: Annotated[
        str | None, typer.Option("--notebook", metavar="NAME", help="cli.options.lab_notebook")
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="id|en", help="cli.options.lab_lang")
    ] = None,
) -> None:
    from merit_kit import i18n, lab

    screen = screen_of(context)
    options = list(context.args)
    if given.startswith("-"):
        # No folder was named before the first option for JupyterLab, which now stands in its place.
        options.insert(0, given)
        given = next((each for each in options if Path(each).is_dir()), _HERE)
        options = [each for each in options if each != given]
    folder = Path(given)
    spoken = lang or screen.words.lang
    i18n.catalogue(spoken)
    if not folder.is_dir():
        raise MeritError("folder-missing", path=str(folder))
    lab.lay_out(folder)
    if notebook is None and (folder / lab.SITTING).is_file():
        notebook = lab.SITTING
    if notebook is not None and not (folder / notebook).is_file():
        raise MeritError("lab-notebook-missing", path=str(folder / notebook))
    door = lab.find_door(folder, notebook, options)
    if door.running is None:
        lab.start(folder, door, options, spoken)
        return
    screen.tell("cli.lab.running", address=door.running)
    if lab.wants_browser(options):
        import webbrowser

        webbrowser.open(door.running)
