"""Commands that put something into a store, or ask whether it is still what was put in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from merit_kit import assessment, i18n, instrument, workbook
from merit_kit import store as stores
from merit_kit.cli._instrument import named
from merit_kit.cli._screen import RoundOption, Screen, StoreOption, opened, refuse, screen_of
from merit_kit.errors import MeritError, TableError
from merit_kit.files import kit_folder
from merit_kit.instrument import Instrument

FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.options.folder")]
FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE...", help="cli.options.tables")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("init", help="cli.commands.init")(_init)
    app.command("agencies", help="cli.commands.agencies")(_agencies)
    app.command("rounds", help="cli.commands.rounds")(_rounds)
    app.command("import", help="cli.commands.import")(_import)
    app.command("audit", help="cli.commands.audit")(_audit)
    app.command("demo", help="cli.commands.demo")(_demo)


def _init(
    context: typer.Context,
    folder: FolderArgument = Path("workspace"),
    name: Annotated[str | None, typer.Option("--name", help="cli.options.name")] = None,
    office: Annotated[str | None, typer.Option("--office", help="cli.options.office")] = None,
) -> None:
    screen = screen_of(context)
    with stores.create_store(folder) as store:
        if name:
            assessment.identify(store, name, office)
        published = workbook.read_published(kit_folder("data") / "published" / "results.csv")
        store.add_published(published)
        screen.tell("cli.init.done", path=str(store.path), published=len(published))


def _agencies(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="cli.options.agencies")
    ] = None,
    store: StoreOption = None,
) -> None:
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
                raise refuse("round-code", found=add)
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
        str, typer.Option("--edition", metavar="ID|FILE", help="cli.options.edition")
    ] = "kasn-2019",
    invented: Annotated[bool, typer.Option("--invented", help="cli.options.invented")] = False,
    store: StoreOption = None,
) -> None:
    screen = screen_of(context)
    with opened(store) as at:
        person = assessment.whoami(at)
        done = import_files(at, screen, files, round_, named(edition), person, agency, invented)
    for result in done:
        screen.tell(
            "cli.import.done",
            agency=result.agency,
            stated=result.stated,
            unchanged=result.unchanged,
        )


def import_files(
    store: stores.Store,
    screen: Screen,
    files: Sequence[Path],
    round_: str,
    edition: Instrument,
    person: str,
    agency: str | None = None,
    invented: bool = False,
) -> list[assessment.Imported]:
    """Take over files of levels, all or none, opening assessments that are not open yet.

    Raises
    ------
    MeritError
        After every file has been looked at and its faults have been said.
    """
    tables: dict[str, workbook.LevelTable] = {}
    faulty = 0
    for file in files:
        try:
            code, table = _one_table(store, file, round_, edition, agency)
            if code in tables:
                both = f"{tables[code].path.name}, {file.name}"
                raise TableError("agency-twice", found=code, allowed=both)
            tables[code] = table
        except MeritError as error:
            faulty += 1
            screen.error(i18n.explain(error, screen.words.lang))
    if faulty:
        raise TableError("tables-faulty", count=faulty)
    open_ = store.assessments()
    for code in tables:
        found = assessment.find(store, code, round_)
        if found and bool(open_.loc[found, "invented"]) != invented:
            raise refuse("invented-fixed", agency=code, round=round_)
    pairs = [
        (
            assessment.find(store, code, round_)
            or assessment.begin(store, code, round_, edition, person, invented),
            table,
        )
        for code, table in tables.items()
    ]
    return assessment.import_levels(store, pairs, person)


def _one_table(
    store: stores.Store, file: Path, round_: str, edition: Instrument, agency: str | None
) -> tuple[str, workbook.LevelTable]:
    known = assessment.find(store, agency, round_) if agency else None
    table = workbook.read_levels(file, assessment.instrument_of(store, known) if known else edition)
    code = agency or table.agency
    if code is None:
        raise TableError("agency-not-named", path=file.name)
    if table.agency not in (None, code):
        raise TableError("agency-mismatch", path=file.name, found=table.agency, allowed=code)
    if not known:
        assessment.check_can_begin(store, code, round_, must_be_new=False)
    return code, table


def _audit(
    context: typer.Context,
    store: StoreOption = None,
    digest: Annotated[str | None, typer.Option("--digest", help="cli.options.digest")] = None,
) -> None:
    screen = screen_of(context)
    with opened(store) as at:
        problems = stores.audit(at)
        if problems:
            for problem in problems:
                screen.say(i18n.describe(problem, screen.words.lang))
            screen.tell("cli.audit.faulty", count=len(problems))
            raise typer.Exit(1)
        screen.tell("cli.audit.clean", assessments=len(at.assessments()), entries=len(at.entries()))
        if digest is not None:
            hits = stores.passed_through(at, digest)
            if not hits:
                screen.tell("cli.audit.digest_unknown", digest=digest)
                raise typer.Exit(1)
            for hit in hits:
                screen.tell("cli.audit.digest_known", place=hit)


def _demo(
    context: typer.Context,
    folder: FolderArgument = Path("workspace"),
    reports: Annotated[
        bool, typer.Option("--reports/--no-reports", help="cli.options.with_reports")
    ] = True,
) -> None:
    from merit_kit import samples
    from merit_kit.cli._reports import make

    screen = screen_of(context)
    if (folder / "merit.db").exists():
        screen.tell("cli.demo.there", folder=str(folder))
    else:
        sample = samples.write_demo(folder)
        _init(context, folder)
        with stores.open_store(folder) as store:
            store.add_agencies(workbook.read_agencies(sample.agencies))
            store.add_round(samples.DEMO_ROUND, *samples.DEMO_ROUND_PARTS)
            person = assessment.whoami(store)
            done = import_files(
                store,
                screen,
                sample.levels,
                samples.DEMO_ROUND,
                instrument.load(),
                person,
                invented=True,
            )
            screen.tell("cli.demo.imported", agencies=len(done), stated=sum(r.stated for r in done))
    if reports:
        failed = make(screen, folder, samples.DEMO_ROUND, None, screen.words.lang, None)
        if failed:
            raise typer.Exit(1)
    screen.tell("cli.demo.next", folder=str(folder), round=samples.DEMO_ROUND)
