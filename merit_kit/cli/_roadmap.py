"""The command for a road map: the cheapest level steps to a target, year by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merit_kit.cli._roadmap_words import as_data, is_determined, show
from merit_kit.cli._screen import JsonOption, Screen, StoreOption, opened, screen_of
from merit_kit.errors import MeritError, Problem, RuleError

if TYPE_CHECKING:
    from merit_kit.instrument import Instrument
    from merit_kit.store import Store


def add_to(app: typer.Typer) -> None:
    """Add this command to the tree."""
    app.command("roadmap", help="cli.commands.roadmap")(_roadmap)


def _roadmap(
    context: typer.Context,
    agency: Annotated[str, typer.Argument(metavar="AGENCY", help="cli.options.roadmap_agency")],
    target: Annotated[
        str | None, typer.Option("--target", metavar="CATEGORY", help="cli.options.target")
    ] = None,
    points: Annotated[
        str | None, typer.Option("--points", metavar="N", help="cli.options.points")
    ] = None,
    years: Annotated[int, typer.Option("--years", metavar="N", help="cli.options.years")] = 1,
    begins: Annotated[
        int | None, typer.Option("--from", metavar="YYYY", help="cli.options.from_year")
    ] = None,
    per_year: Annotated[
        int | None, typer.Option("--per-year", metavar="N", help="cli.options.per_year")
    ] = None,
    effort_per_year: Annotated[
        str | None, typer.Option("--effort-per-year", metavar="N", help="cli.options.effort_year")
    ] = None,
    rise: Annotated[
        int | None, typer.Option("--rise", metavar="N", help="cli.options.rise")
    ] = None,
    fix: Annotated[
        list[str] | None, typer.Option("--fix", metavar="CODE=LEVEL", help="cli.options.fix")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="CODE", help="cli.options.exclude")
    ] = None,
    effort: Annotated[
        list[str] | None,
        typer.Option("--effort", metavar="CODE[:LEVEL]=N", help="cli.options.effort"),
    ] = None,
    round_: Annotated[
        str | None, typer.Option("--round", metavar="YYYY-N", help="cli.options.roadmap_round")
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="id|en", help="cli.options.shown_lang")
    ] = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, gaps, i18n, process

    screen = screen_of(context)
    if lang is not None:
        i18n.catalogue(lang)
        screen = Screen(lang)
    if target is not None and points is not None:
        raise MeritError("roadmap-options")
    with opened(store) as at:
        assessment.check_reader(at, agency, assessment.whoami(at))
        chosen = round_ or _last_round(at, agency)
        case = assessment.make_case(at, agency, chosen)
    edition = case.instrument
    levels = case.levels(process.FINAL if is_determined(case) else process.VERIFIED)
    known = process.components(case.standing, [case.assessment], edition.needs).iloc[0].to_dict()
    wishes = gaps.Wishes(
        years=years,
        steps=per_year,
        effort=None if effort_per_year is None else _number("--effort-per-year", effort_per_year),
        rise=rise,
        fixed=dict(_fixed(each) for each in fix or ()),
        excluded=frozenset(exclude or ()),
        efforts=_efforts(effort or (), edition),
    )
    aim = None if points is None else _number("--points", points)
    if aim is None:
        category = _category(target, levels, edition, known)
        aim = gaps.points_for(category, edition, known)
    plan = gaps.roadmap(levels, edition, aim, wishes)
    first = begins or int(case.round["year"]) + 1
    if as_json:
        screen.json(as_data(plan, case, first))
    else:
        show(screen, plan, case, wishes, first, known)


def _last_round(at: Store, agency: str) -> str:
    from merit_kit.store import RESULT

    frame = at.assessments()
    frame = frame[(frame["agency"] == agency) & (frame["purpose"] == RESULT)]
    if frame.empty:
        raise RuleError("roadmap-agency", [Problem(agency, "no-assessment-of", agency)])
    order = at.rounds()[["year", "number"]]
    return str(frame.join(order, on="round").sort_values(["year", "number"])["round"].iloc[-1])


def _category(
    wanted: str | None, levels: Any, edition: Instrument, components: Mapping[str, Any]
) -> str:
    """Return the code of the category that is named, or of the one after the present one."""
    from merit_kit import scoring

    categories = edition.categories
    if wanted is None:
        total = Decimal(str(scoring.totals(levels, edition)["total"].iloc[0]))
        now = scoring.category_of(total, edition, components)
        codes = [each.code for each in categories]
        return codes[min(codes.index(now) + 1, len(codes) - 1)]
    sought = wanted.strip().casefold()
    for each in categories:
        if sought in {each.code.casefold(), each.name.id.casefold(), each.name.en.casefold()}:
            return each.code
    raise MeritError("roadmap-target", found=wanted, allowed=[each.name for each in categories])


def _fixed(said: str) -> tuple[str, int]:
    """Read ``3.3=4``."""
    code, _, level = (part.strip() for part in said.partition("="))
    if not (code and level.isdecimal()):
        raise MeritError("fix-form", found=said)
    return code, int(level)


def _efforts(said: Iterable[str], edition: Instrument) -> dict[tuple[str, int], Decimal]:
    """Read ``3.3=2`` (each step of 3.3) and ``3.3:4=5,5`` (its step to level 4)."""
    every: dict[tuple[str, int], Decimal] = {}
    single: dict[tuple[str, int], Decimal] = {}
    for each in said:
        place, _, number = (part.strip() for part in each.partition("="))
        code, colon, level = (part.strip() for part in place.partition(":"))
        if not (code and number) or (colon and not level.isdecimal()):
            raise MeritError("effort-form", found=each)
        effort = _number("--effort", number)
        if colon:
            single[code, int(level)] = effort
        else:
            every |= {(code, step): effort for step in edition.steps[1:]}
    # What is said of one step holds, wherever it stands in the line.
    return every | single


def _number(option: str, said: str) -> Decimal:
    """Read a number with a decimal comma or point."""
    try:
        number = Decimal(said.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise MeritError("number-option", option=option, found=said)
    return number
