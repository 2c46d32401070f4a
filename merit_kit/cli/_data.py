"""Commands that put something into a store, or ask whether it is still what was put in.

Rooms are imported where they are used: asking for help should not wait for pandas.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from merit_kit import i18n
from merit_kit.cli._screen import StoreOption, opened, screen_of
from merit_kit.errors import MeritError
from merit_kit.files import kit_folder

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE...", help="cli.options.tables")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("init", help="cli.commands.init")(_init)
    app.command("agencies", help="cli.commands.agencies")(_agencies)
    app.command("audit", help="cli.commands.audit")(_audit)


def _init(
    context: typer.Context,
    # Text, not a path: a path would fold the slashes of a URL before it can be refused.
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="cli.options.folder")
    ] = "workspace",
    name: Annotated[str | None, typer.Option("--name", help="cli.options.name")] = None,
    office: Annotated[str | None, typer.Option("--office", help="cli.options.office")] = None,
) -> None:
    from merit_kit import assessment, store, workbook

    screen = screen_of(context)
    if not folder.strip():
        raise MeritError("folder-missing", path=repr(folder))
    published = workbook.read_published(kit_folder("data") / "published" / "results.csv")
    with store.create_store(folder) as made:
        assessment.settle_in(made, name, office)
        made.add_published(published)
        screen.tell("cli.init.done", path=made.place, published=len(published))


def _agencies(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="cli.options.agencies")
    ] = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, workbook

    screen = screen_of(context)
    with opened(store) as at:
        if file is not None:
            agencies = workbook.read_agencies(file)
            assessment.take_agencies(at, assessment.whoami(at), agencies)
            screen.tell("cli.agencies.done", count=len(agencies))
            return
        w = screen.words
        rows = [
            (
                str(code),
                row["name"],
                w(f"agency.kinds.{row['kind']}"),
                *(row[part] or "" for part in ("province", "wilayah", "time_zone")),
            )
            for code, row in at.agencies().to_dict("index").items()
        ]
        headings = ("code", "name", "kind", "province", "wilayah", "time_zone")
        screen.table([w(f"cli.agencies.{c}") for c in headings], rows, whole=[0])


def _audit(
    context: typer.Context,
    store: StoreOption = None,
    digest: Annotated[str | None, typer.Option("--digest", help="cli.options.digest")] = None,
) -> None:
    from merit_kit import store as stores
    from merit_kit.canonical import in_groups

    screen = screen_of(context)
    with opened(store) as at:
        problems = stores.audit(at)
        if problems:
            for problem in problems:
                screen.say(i18n.describe(problem, screen.words.lang))
            screen.tell("cli.audit.faulty", count=len(problems))
            raise typer.Exit(1)
        screen.tell("cli.audit.clean", assessments=len(at.assessments()), entries=len(at.entries()))
        screen.tell("cli.audit.noted", digest=in_groups(stores.store_digest(at)))
        if digest is not None:
            if not re.fullmatch(r"[0-9a-fA-F]{16,64}", "".join(digest.split())):
                raise MeritError("digest-form", found=digest)
            hits = stores.passed_through(at, digest)
            if not hits:
                screen.tell("cli.audit.digest_unknown", digest=digest)
                raise typer.Exit(1)
            # Of the last moment of its assessment, or of an earlier one?
            latest = at.anchors().sort_values("position").groupby("assessment").tail(1)["digest"]
            wanted = "".join(digest.split()).lower()
            now = any(str(each).startswith(wanted) for each in latest)
            for hit in hits:
                screen.tell("cli.audit.latest" if now else "cli.audit.earlier", place=hit)
