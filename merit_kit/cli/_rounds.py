"""Commands about rounds: their calendar and stages, how far each assessment is, who is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merit_kit.cli._screen import JsonOption, RoundOption, Screen, StoreOption, opened, screen_of
from merit_kit.errors import Key, MeritError

if TYPE_CHECKING:
    import pandas as pd

    from merit_kit.store import Store


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("rounds", help="cli.commands.rounds")(_rounds)
    app.command("status", help="cli.commands.status")(_status)
    app.command("determine", help="cli.commands.determine")(_determine)
    app.command("due", help="cli.commands.due")(_due)


def _rounds(
    context: typer.Context,
    round_: Annotated[
        str | None, typer.Argument(metavar="YYYY-N", help="cli.options.round_shown")
    ] = None,
    add: Annotated[
        str | None, typer.Option("--add", metavar="YYYY-N", help="cli.options.add_round")
    ] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="STAGE", help="cli.options.stage")
    ] = None,
    agency: Annotated[
        list[str] | None, typer.Option("--agency", metavar="CODE", help="cli.options.stage_agency")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="cli.options.why")] = "",
    plan: Annotated[
        list[str] | None,
        typer.Option("--plan", metavar="STAGE=FROM/TO", help="cli.options.plan"),
    ] = None,
    cut_off: Annotated[
        str | None, typer.Option("--cut-off", metavar="YYYY-MM-DD", help="cli.options.cut_off")
    ] = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment

    screen = screen_of(context)
    changes = (stage, agency, why, plan, cut_off is not None)
    shown = round_ or add
    if (any(changes) and not shown) or ((agency or why) and not stage) or (add and round_):
        raise MeritError("rounds-options")
    days = dict(_planned(each) for each in plan or ())
    done = None
    with opened(store) as at:
        if add or any(changes):
            by = assessment.whoami(at)
            # All or none: a calendar does not stay behind from a command that was refused.
            with at.together("round"):
                if add:
                    assessment.add_round(at, by, add)
                if days or cut_off is not None:
                    assessment.set_calendar(at, by, str(shown), days, cut_off)
                if stage is not None:
                    done = assessment.advance(at, str(shown), stage, by, agency, why)
        if shown is not None:
            assessment.check_round(at, shown)
        listed = [each for each in _listed(at) if shown in (None, each["code"])]
    if as_json:
        screen.json(listed)
        return
    if done is not None:
        there = Key(f"stage.{stage}")
        moved, already = len(done.moved), len(done.already)
        screen.tell("cli.rounds.moved", stage=there, moved=moved, already=already)
    if shown is not None:
        _show_one(screen, listed[0])
    elif listed:
        _show_all(screen, listed)
    else:
        screen.tell("cli.rounds.none")


def _planned(said: str) -> tuple[str, tuple[str, str]]:
    """Read ``mandiri=2026-07-01/2026-08-31``."""
    stage, _, days = said.partition("=")
    begins, slash, ends = days.partition("/")
    if not slash:
        raise MeritError("plan-form", found=said)
    return stage.strip(), (begins.strip(), ends.strip())


def _listed(at: Store) -> list[dict[str, Any]]:
    from merit_kit import assessment, process

    planned = at.planned_stages()
    days = {(p.round, p.stage): {"from": p.begins, "to": p.ends} for p in planned.itertuples()}
    stages = assessment.stages(at)
    listed = []
    for code, row in at.rounds().to_dict("index").items():
        counts = stages[stages["round"] == code]["stage"].value_counts()
        listed.append(
            {
                "code": str(code),
                "year": int(row["year"]),
                "number": int(row["number"]),
                "cut_off": row["cut_off"],
                "assessments": int(counts.sum()),
                "stages": [
                    {
                        "stage": stage,
                        **days.get((code, stage), {"from": None, "to": None}),
                        "assessments": int(counts.get(stage, 0)),
                    }
                    for stage in process.STAGES
                ],
            }
        )
    return listed


def _show_all(screen: Screen, listed: list[dict[str, Any]]) -> None:
    w = screen.words
    rows = [
        (
            each["code"],
            _count(each["assessments"]),
            *(_count(stage["assessments"]) for stage in each["stages"]),
            w.date(each["cut_off"]) if each["cut_off"] else "–",
        )
        for each in listed
    ]
    headings = [w("cli.rounds.round"), w("cli.rounds.all")]
    headings += [w(f"cli.rounds.short.{each['stage']}") for each in listed[0]["stages"]]
    screen.table(
        [*headings, w("cli.rounds.cut_off")], rows, right=range(1, len(headings)), whole=[0]
    )
    screen.tell("cli.rounds.key")


def _show_one(screen: Screen, round_: dict[str, Any]) -> None:
    w = screen.words
    name = w("round.name", number=str(round_["number"]), year=str(round_["year"]))
    if round_["cut_off"]:
        screen.tell(
            "cli.rounds.until", name=name, code=round_["code"], day=w.date(round_["cut_off"])
        )
    else:
        screen.tell("cli.rounds.without_cut_off", name=name, code=round_["code"])
    rows = [
        (
            each["stage"],
            w(f"stage.{each['stage']}"),
            w.date(each["from"]) if each["from"] else "–",
            w.date(each["to"]) if each["to"] else "–",
            _count(each["assessments"]),
        )
        for each in round_["stages"]
    ]
    headings = ("code", "stage", "from", "to", "assessments")
    screen.table([w(f"cli.rounds.{c}") for c in headings], rows, right=[4], whole=[0])


def _count(number: int) -> str:
    return str(number or "–")


def _status(
    context: typer.Context,
    round_: RoundOption,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="CODE", help="cli.options.status_agency")
    ] = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment

    screen = screen_of(context)
    with opened(store) as at:
        frame = assessment.status(at, round_, None if agency is None else [agency])
        sheet = None if agency is None else assessment.levels_of(at, agency, round_)
        editions = assessment.editions_of(at, round_)
    if as_json:
        listed = [{"agency": code, **row} for code, row in frame.to_dict("index").items()]
        screen.json(listed if sheet is None else {**listed[0], "levels": _plain(sheet)})
        return
    w = screen.words
    if any(frame["invented"]) or not all(each.is_official for each in editions):
        screen.say(w("report.simulation"))
    names = {c.code: w.text(c.name) for edition in editions for c in edition.categories}
    rows, waiting = [], []
    for code, row in frame.to_dict("index").items():
        stage = "cli.status.determined" if row["determined"] else f"cli.rounds.short.{row['stage']}"
        rows.append(
            (
                str(code),
                w(stage),
                _points(screen, row["self_total"], row["self"], row["of"]),
                _points(screen, row["total"], row["verified"], row["of"]),
                names[row["category"]] if row["category"] else "–",
            )
        )
        open_ = _waiting(screen, row)
        if open_:
            waiting.append(f"- {code}: {open_}")
    headings = ("agency", "stage", "self_total", "total", "category")
    screen.table([w(f"cli.status.{c}") for c in headings], rows, right=[2, 3], whole=[0])
    if any("*" in cell for row in rows for cell in row[2:4]):
        screen.tell("cli.status.provisional")
    if waiting:
        screen.tell("cli.status.open")
    for line in waiting:
        screen.say(line)
    if sheet is not None:
        _show_levels(screen, sheet)


def _points(screen: Screen, points: float, given: int, of: int) -> str:
    """Write points: with a star while some levels lack, and a dash while all do."""
    if not given:
        return "–"
    return screen.words.number(points) + ("" if given == of else "*")


def _waiting(screen: Screen, row: Mapping[str, Any]) -> str:
    """Say what is waiting for somebody in one assessment."""
    lacking = {} if row["determined"] else {"self": row["of"] - row["self"]}
    if lacking and row["stage"] != "mandiri":
        lacking["verified"] = row["of"] - row["verified"]
    parts = ("conflicts", "mismatches", "objections", "open", "late", "answered", "unchecked")
    counts = {**lacking, **{part: row[part] for part in parts}}
    w = screen.words
    return ", ".join(w(f"cli.status.waiting.{part}", count=n) for part, n in counts.items() if n)


def _show_levels(screen: Screen, sheet: pd.DataFrame) -> None:
    w = screen.words
    rows = [
        (str(code), *("–" if value is None else str(value) for value in row.values()))
        for code, row in _plain(sheet).items()
    ]
    columns = ("self", "awal", "akhir", "verified", "field", "final")
    headings = [w("term.sub_aspect"), *(w(f"cli.status.levels.{c}") for c in columns)]
    screen.table(headings, rows, right=[1, 2, 3, 4, 5, 6])


def _plain(sheet: pd.DataFrame) -> dict[str, dict[str, int | None]]:
    """Return levels as whole numbers, None where there is none."""
    return {
        str(code): {part: None if value != value else int(value) for part, value in row.items()}
        for code, row in sheet.to_dict("index").items()
    }


def _determine(
    context: typer.Context,
    agencies: Annotated[
        list[str], typer.Argument(metavar="CODE...", help="cli.options.determined")
    ],
    round_: RoundOption,
    text: Annotated[str, typer.Option("--text", help="cli.options.pleno_text")] = "",
    component: Annotated[
        list[str] | None,
        typer.Option("--component", metavar="ID=VALUE", help="cli.options.component"),
    ] = None,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment

    screen = screen_of(context)
    w = screen.words
    numbers = _numbers(component or ())
    if numbers and len(set(agencies)) > 1:
        # A survey of one agency says nothing of another.
        raise MeritError("components-of-one", found=", ".join(agencies))
    with opened(store) as at:
        by = assessment.whoami(at)
        beside = dict.fromkeys(agencies, numbers)
        found = assessment.determine(at, round_, agencies, by, text, beside)
        editions = assessment.editions_of(at, round_)
    names = {c.code: w.text(c.name) for edition in editions for c in edition.categories}
    for code, body in found.items():
        total, category = float(body["total"]), names[body["category"]]
        screen.tell("cli.determine.done", agency=code, total=total, category=category)


def _numbers(said: Iterable[str]) -> dict[str, str]:
    """Read ``survei=80,5``, with a decimal comma or point, once for each component."""
    numbers: dict[str, str] = {}
    for each in said:
        code, equals, number = (part.strip() for part in each.partition("="))
        if not (code and equals and number) or code in numbers:
            raise MeritError("component-option", found=each)
        numbers[code] = number.replace(",", ".")
    return numbers


def _due(
    context: typer.Context,
    round_: RoundOption,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment

    screen = screen_of(context)
    with opened(store) as at:
        found = assessment.due_in(at, round_)
    listed = [
        {
            "agency": str(code),
            "name": row["name"],
            "last_round": f"{row['last_year']}-{row['last_number']}" if row["last_year"] else None,
            "last_category": row["last_category"],
            "begun": bool(row["begun"]),
        }
        for code, row in found.to_dict("index").items()
    ]
    if as_json:
        screen.json(listed)
        return
    w = screen.words
    rows = [
        (
            each["agency"],
            each["name"],
            f"{each['last_round']}: {w.text(category)}" if each["last_round"] else "–",
            w("cli.due.yes") if each["begun"] else "–",
        )
        for each, category in zip(listed, found["last_category_name"], strict=True)
    ]
    if rows:
        headings = ("agency", "name", "last", "begun")
        screen.table([w(f"cli.due.{c}") for c in headings], rows, whole=[0])
    screen.tell("cli.due.count", count=len(rows), round=round_)
