"""What is said of a road map: as tables, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from merit_kit.cli._screen import Screen

if TYPE_CHECKING:
    from merit_kit.assessment import Case
    from merit_kit.gaps import Roadmap, Wishes
    from merit_kit.instrument import Instrument


def is_determined(case: Case) -> bool:
    """Say whether every level of an assessment was determined."""
    from merit_kit import process

    return not case.levels(process.FINAL).isna().to_numpy().any()


def as_data(plan: Roadmap, case: Case, first: int) -> dict[str, Any]:
    """Return a road map as it goes into JSON."""
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
        "determined": is_determined(case),
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


def show(
    screen: Screen,
    plan: Roadmap,
    case: Case,
    wishes: Wishes,
    first: int,
    components: Mapping[str, Any],
) -> None:
    """Tell a road map: where it leads, year by year, step by step, and what would do as well."""
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
    if not is_determined(case):
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
    if (plan.moves["aim"] > plan.moves["next"]).any():
        screen.tell("report.roadmap.higher")
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
