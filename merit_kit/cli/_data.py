"""Commands that put something into a store, or ask whether it is still what was put in.

Rooms are imported where they are used: asking for help should not wait for pandas.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from merit_kit import i18n
from merit_kit.canonical import in_groups
from merit_kit.cli._screen import INTERRUPTED, RoundOption, StoreOption, opened, screen_of
from merit_kit.errors import MeritError
from merit_kit.files import kit_folder

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE...", help="cli.options.tables")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("init", help="cli.commands.init")(_init)
    app.command("agencies", help="cli.commands.agencies")(_agencies)
    app.command("rounds", help="cli.commands.rounds")(_rounds)
    app.command("import", help="cli.commands.import")(_import)
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
        if name:
            assessment.identify(made, name, office)
        made.add_published(published)
        screen.tell("cli.init.done", path=made.place, published=len(published))


def _agencies(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="cli.options.agencies")
    ] = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import workbook

    screen = screen_of(context)
    with opened(store) as at:
        if file is not None:
            agencies = workbook.read_agencies(file)
            at.add_agencies(agencies)
            screen.tell("cli.agencies.done", count=len(agencies))
            return
        w = screen.words
        rows = [
            (str(code), row["name"], w(f"agency.kinds.{row['kind']}"), row["province"] or "")
            for code, row in at.agencies().to_dict("index").items()
        ]
        screen.table([w(f"cli.agencies.{c}") for c in ("code", "name", "kind", "province")], rows)


def _rounds(
    context: typer.Context,
    add: Annotated[
        str | None, typer.Option("--add", metavar="YYYY-N", help="cli.options.add_round")
    ] = None,
    store: StoreOption = None,
) -> None:
    screen = screen_of(context)
    with opened(store) as at:
        if add is not None:
            form = re.fullmatch(r"(20\d\d)-([12])", add)
            if not form:
                raise MeritError("round-code", found=add)
            at.add_round(add, int(form[1]), int(form[2]))
        w = screen.words
        counts = at.assessments().groupby("round").size()
        rows = [
            (
                str(code),
                w("round.name", number=str(row["number"]), year=str(row["year"])),
                str(counts.get(code, 0)),
            )
            for code, row in at.rounds().to_dict("index").items()
        ]
        headings = [w("cli.rounds.code"), w("round.label"), w("cli.rounds.assessments")]
        screen.table(headings, rows, right=[2])


def _import(
    context: typer.Context,
    files: FilesArgument,
    round_: RoundOption,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="CODE", help="cli.options.agency")
    ] = None,
    edition: Annotated[
        str | None, typer.Option("--edition", metavar="ID|FILE", help="cli.options.edition")
    ] = None,
    invented: Annotated[bool, typer.Option("--invented", help="cli.options.invented")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="cli.options.replace")] = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, instrument

    screen = screen_of(context)
    chosen = None if edition is None else instrument.named(edition)
    with opened(store) as at:
        author = assessment.whoami(at)
        try:
            done = assessment.import_files(
                at, files, round_, author, agency, chosen, invented, replace
            )
        except KeyboardInterrupt:
            screen.error(screen.words("cli.import.interrupted"))
            raise typer.Exit(INTERRUPTED) from None
    for result in done:
        screen.tell(
            "cli.import.done",
            agency=result.agency,
            stated=result.stated,
            unchanged=result.unchanged,
        )
        for code, of, level in result.left:
            screen.tell("cli.import.left", code=code, of=screen.words(f"level.{of}"), level=level)


def _audit(
    context: typer.Context,
    store: StoreOption = None,
    digest: Annotated[str | None, typer.Option("--digest", help="cli.options.digest")] = None,
) -> None:
    from merit_kit import store as stores

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
