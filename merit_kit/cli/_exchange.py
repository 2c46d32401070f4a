"""Commands that take files in, and hand out forms: tables, answers, evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merit_kit.cli._screen import (
    INTERRUPTED,
    RoundOption,
    Screen,
    StoreOption,
    opened,
    screen_of,
)
from merit_kit.errors import MeritError, Problem

if TYPE_CHECKING:
    from merit_kit.assessment import Imported

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE...", help="cli.options.tables")]
AgenciesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="CODE...", help="cli.options.form_agencies")
]
EditionOption = Annotated[
    str | None, typer.Option("--edition", metavar="ID|FILE", help="cli.options.edition")
]
LangOption = Annotated[
    str | None, typer.Option("--lang", metavar="id|en", help="cli.options.file_lang")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("import", help="cli.commands.import")(_import)
    app.command("evidence", help="cli.commands.evidence")(_evidence)
    app.command("form", help="cli.commands.form")(_form)


def _import(
    context: typer.Context,
    files: FilesArgument,
    round_: RoundOption,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="CODE", help="cli.options.agency")
    ] = None,
    edition: EditionOption = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="cli.options.mapping")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", metavar="FOLDER", help="cli.options.evidence")
    ] = None,
    invented: Annotated[bool, typer.Option("--invented", help="cli.options.invented")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="cli.options.replace")] = False,
    evaluator: Annotated[
        str | None, typer.Option("--evaluator", metavar="PERSON", help="cli.options.verified_by")
    ] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="STAGE", help="cli.options.import_stage")
    ] = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, instrument, workbook

    screen = screen_of(context)
    columns = None if mapping is None else workbook.read_mapping(mapping)
    with opened(store) as at:
        chosen = None if edition is None else instrument.named(edition, at.folder)
        by = assessment.whoami(at)
        verifier = None if evaluator is None else assessment.person_named(at, evaluator)
        how = assessment.Incoming(
            agency, chosen, invented, replace, verifier, stage, columns, evidence
        )
        try:
            done = assessment.import_files(at, files, round_, by, how)
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
        if result.withdrawn:
            codes = ", ".join(result.withdrawn)
            screen.tell("cli.import.withdrawn", count=len(result.withdrawn), codes=codes)
        if result.files:
            screen.tell("cli.import.files", count=result.files)
        for code, of, level in result.left:
            screen.tell("cli.import.left", code=code, of=screen.words(f"level.{of}"), level=level)
        for code, name in result.missing:
            screen.tell("cli.import.missing", code=code, name=name)
        for code, name in result.left_out:
            screen.tell("cli.import.left_out", code=code, name=name)
        _tell_outside(screen, result)


def _tell_outside(screen: Screen, result: Imported) -> None:
    """Say once that somebody wrote notes where nothing is read."""
    from merit_kit import i18n

    if not result.outside:
        return
    first, count = result.outside[0], len(result.outside)
    if count > 1:
        problem = Problem(first, "form-outside-many", count)
    else:
        problem = Problem(first, "form-outside")
    screen.say(i18n.describe(problem, screen.words.lang))


def _evidence(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.options.evidence_folder")],
    round_: RoundOption,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="CODE", help="cli.options.evidence_agency")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="cli.options.evidence_again")] = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment

    screen = screen_of(context)
    with opened(store) as at:
        by = assessment.whoami(at)
        done = assessment.import_evidence(at, folder, round_, by, agency, again)
    for each in done:
        screen.tell(
            "cli.evidence.done",
            agency=each.agency,
            added=each.added,
            revised=each.revised,
            unchanged=each.unchanged,
        )
        for code, name in each.withdrawn:
            screen.tell("cli.evidence.withdrawn", code=code, name=name)


def _form(
    context: typer.Context,
    round_: RoundOption,
    agencies: AgenciesArgument = None,
    edition: EditionOption = None,
    invented: Annotated[bool, typer.Option("--invented", help="cli.options.invented")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="cli.options.out_forms")
    ] = None,
    lang: LangOption = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, i18n, instrument, workbook

    screen = screen_of(context)
    spoken = lang or screen.words.lang
    i18n.catalogue(spoken)
    with opened(store) as at:
        chosen = None if edition is None else instrument.named(edition, at.folder)
        folder = out or at.folder / "formulir" / round_
        sandboxes = assessment.sandbox_agencies(at)
        codes = agencies or [str(code) for code in at.agencies().index if code not in sandboxes]
        if not codes:
            raise MeritError("no-agencies")
        # All are asked for before the first is written.
        forms = [assessment.form_of(at, code, round_, spoken, chosen, invented) for code in codes]
    workbook.write_forms(folder, forms)
    screen.tell("cli.form.done", count=len(forms), path=str(folder))
