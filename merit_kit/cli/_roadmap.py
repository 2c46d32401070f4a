"""The command for a road map: the cheapest level steps to a target, year by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merit_kit.cli._screen import JsonOption, Screen, StoreOption, opened, screen_of
from merit_kit.errors import MeritError, Problem, RuleError

if TYPE_CHECKING:
    from merit_kit.assessment import Case
    from merit_kit.gaps import Roadmap, Wishes
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
    levels = case.levels(process.FINAL if _is_determined(case) else process.VERIFIED)
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
        screen.json(_plain(plan, case, first))
    else:
        _show(screen, plan, case, wishes, first, known)


def _is_determined(case: Case) -> bool:
    from merit_kit import process

    return not case.levels(process.FINAL).isna().to_numpy().any()


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


def _plain(plan: Roadmap, case: Case, first: int) -> dict[str, Any]:
    years = [
        {"year": first + year - 1, **{k: _json(v) for k, v in row.items()}}
        for year, row in plan.years.to_dict("index").items()
    ]
    steps = [
        {**{k: _json(v) for k, v in row.items()}, "year": first + row["year"] - 1}
        for row in plan.steps.to_dict("records")
    ]
    return {
        "agency": case.agency["code"],
        "round": case.round["code"],
        "simulation": case.is_simulation,
        "determined": _is_determined(case),
        "target": float(plan.target),
        "total": float(plan.total),
        "reached": float(plan.reached),
        "effort": float(plan.effort),
        "least": float(plan.least),
        "unassessed": list(plan.unassessed),
        "years": years,
        "steps": steps,
        "others": [
            {
                "reached": float(other.reached),
                "levels": other.levels.reset_index().to_dict("records"),
            }
            for other in plan.others
        ],
        "no_more": plan.no_more,
        "alike": list(plan.alike),
    }


def _json(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _show(
    screen: Screen,
    plan: Roadmap,
    case: Case,
    wishes: Wishes,
    first: int,
    components: Mapping[str, Any],
) -> None:
    from merit_kit import scoring

    w, edition = screen.words, case.instrument
    names = {each.code: w.text(each.name) for each in edition.categories}

    def category(total: Any) -> str:
        return names[scoring.category_of(Decimal(str(total)), edition, components)]

    if case.is_simulation:
        screen.say(w("report.simulation"))
    ends = {"total": plan.total, "reached": plan.reached}
    facts = {**ends, "now": category(plan.total), "then": category(plan.reached)}
    screen.tell("cli.roadmap.head", agency=case.agency["name"], round=case.round["code"], **facts)
    if not _is_determined(case):
        screen.tell("cli.roadmap.undetermined")
    if plan.unassessed:
        codes = ", ".join(plan.unassessed)
        screen.tell("cli.roadmap.unassessed", count=len(plan.unassessed), codes=codes)
    if plan.steps.empty:
        screen.tell("cli.roadmap.there", target=plan.target)
        return
    if plan.least == plan.effort:
        screen.tell("cli.roadmap.cheapest", steps=len(plan.steps), effort=plan.effort)
    else:
        facts = {"steps": len(plan.steps), "effort": plan.effort, "least": plan.least}
        screen.tell("cli.roadmap.unproved", **facts)
    if wishes.years > 1:
        _show_years(screen, plan, first, category)
    for year, rows in plan.moves.groupby("year"):
        if wishes.years > 1:
            screen.say(str(first + int(year) - 1))
        _show_steps(screen, rows.to_dict("records"), edition)
    _show_others(screen, plan)


def _show_years(screen: Screen, plan: Roadmap, first: int, category: Any) -> None:
    w = screen.words
    rows = [
        (
            str(first + int(year) - 1),
            w.number(row["steps"]),
            w.number(row["effort"]),
            w.number(row["gain"], sign=True),
            w.number(row["total"]),
            category(row["total"]),
        )
        for year, row in plan.years.to_dict("index").items()
    ]
    columns = ("year", "steps", "effort", "gain", "total", "category")
    screen.table([w(f"cli.roadmap.{c}") for c in columns], rows, right=[1, 2, 3, 4])


def _show_steps(screen: Screen, moves: list[dict[str, Any]], edition: Instrument) -> None:
    w = screen.words
    rows = []
    for move in moves:
        sub = edition.by_code[move["sub_aspect"]]
        each = w.number(move["gain"] / move["effort"], 2).rstrip("0").rstrip(",.")
        rows.append(
            (
                sub.code,
                f"{move['level']} → {move['next']}",
                w.number(move["gain"], sign=True),
                w.number(move["effort"]),
                w(
                    "cli.roadmap.reason",
                    name=w.text(sub.name),
                    each=each,
                    level=move["aim"],
                    text=w.text(sub.levels[move["aim"]]),
                ),
            )
        )
    columns = ("sub_aspect", "level", "gain", "effort", "why")
    screen.table([w(f"cli.roadmap.{c}") for c in columns], rows, right=[2, 3], whole=[0, 1])


def _show_others(screen: Screen, plan: Roadmap) -> None:
    w = screen.words
    for levels in plan.alike:
        ends = (w("cli.roadmap.end", code=c, level=level) for c, level in levels.items())
        screen.tell("cli.roadmap.alike", ends=", ".join(ends))
    if plan.others:
        screen.tell("cli.roadmap.others", count=len(plan.others))
    elif plan.no_more:
        screen.tell("cli.roadmap.no_further" if plan.alike else "cli.roadmap.no_other")
    for place, other in enumerate(plan.others, start=1):
        ends = (
            w("cli.roadmap.instead", code=code, level=row["there"], not_=row["here"])
            for code, row in other.levels.to_dict("index").items()
        )
        said = w("cli.roadmap.other", ends=", ".join(ends), reached=other.reached)
        screen.say(f"  {place}. {said}")
