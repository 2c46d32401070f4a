"""Commands about people, their roles, and the rooms they meet in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merit_kit.cli._screen import JsonOption, RoundOption, Screen, StoreOption, opened, screen_of
from merit_kit.errors import MeritError, Problem, RuleError

if TYPE_CHECKING:
    from merit_kit.store import Store

FileArgument = Annotated[Path | None, typer.Argument(metavar="FILE", help="cli.options.people")]
RolesOption = Annotated[
    list[str] | None, typer.Option("--role", metavar="ROLE", help="cli.options.role")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command("people", help="cli.commands.people")(_people)
    app.command("rooms", help="cli.commands.rooms")(_rooms)


def _people(
    context: typer.Context,
    file: FileArgument = None,
    add: Annotated[
        str | None, typer.Option("--add", metavar="NAME", help="cli.options.add_person")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="PERSON", help="cli.options.person")
    ] = None,
    login: Annotated[str | None, typer.Option("--login", help="cli.options.login")] = None,
    nip: Annotated[str | None, typer.Option("--nip", help="cli.options.nip")] = None,
    office: Annotated[str | None, typer.Option("--office", help="cli.options.office_of")] = None,
    role: RolesOption = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="ROLE", help="cli.options.without")
    ] = None,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="CODE", help="cli.options.role_agency")
    ] = None,
    erase: Annotated[bool, typer.Option("--erase", help="cli.options.erase")] = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, workbook

    screen = screen_of(context)
    changes = (role, without, agency, erase, login, nip, office)
    if sum(map(bool, (file, add, of))) > 1 or (any(changes) and not (add or of)):
        raise MeritError("people-options")
    given = [workbook.role_named(each) for each in role or ()]
    taken = [workbook.role_named(each) for each in without or ()]
    if given or taken or agency:
        _check_roles(str(add or of), [*given, *taken], agency)
    with opened(store) as at:
        changed: list[str] | None = None
        if file or add or of:
            by = assessment.whoami(at)
        if file is not None:
            changed = assessment.take_people(at, by, workbook.read_people(file))
        elif add or of:
            about: dict[str, Any] = {"login": login, "name": add, "nip": nip, "office": office}
            # All or none: whoever may not be given a role is not added either.
            with at.together("person", "appointment"):
                if add:
                    person = assessment.add_person(at, by, about)
                else:
                    person = assessment.person_named(at, str(of))
                    assessment.correct_person(at, by, person, about)
                for each in given:
                    assessment.appoint(at, by, person, each, _agency_of(each, agency))
                for each in taken:
                    assessment.dismiss(at, by, person, each, _agency_of(each, agency))
                if erase:
                    assessment.erase(at, by, person)
            changed = [person]
        listed = _listed(at, changed)
    if as_json:
        screen.json(listed)
    elif file is not None:
        screen.tell("cli.people.done", count=len(listed))
    elif erase:
        screen.tell("cli.people.erased")
    else:
        _show_people(screen, listed)


def _check_roles(who: str, roles: list[str], agency: str | None) -> None:
    """Refuse words that are no role, and an agency without its role or the role without one."""
    from merit_kit import process

    allowed = ", ".join(process.ROLES)
    problems = [
        Problem(who, "not-allowed", each, allowed) for each in roles if each not in process.ROLES
    ]
    if not problems and (process.AGENCY in roles) != (agency is not None):
        key = "agency-for-role" if agency is None else "agency-not-for-role"
        problems = [Problem(who, key)]
    if problems:
        raise RuleError("cannot-appoint", problems)


def _agency_of(role: str, agency: str | None) -> str | None:
    from merit_kit import process

    return agency if role == process.AGENCY else None


def _listed(at: Store, ids: list[str] | None) -> list[dict[str, Any]]:
    people, held = at.people(ids), at.appointments(ids)
    return [
        {
            "id": str(key),
            **{part: one[part] for part in ("name", "nip", "office", "login")},
            "roles": held[held["person"] == key][["role", "agency"]].to_dict("records"),
        }
        for key, one in people.sort_values(["name", "office"]).to_dict("index").items()
    ]


def _show_people(screen: Screen, listed: list[dict[str, Any]]) -> None:
    """Print people: in a line of their own for each agency whose team they belong to."""
    w = screen.words
    rows = []
    for one in listed:
        # The team of an agency has the agency's name in its own.
        office = one["office"] if one["office"] and one["office"] not in one["name"] else None
        who = (", ".join(filter(None, (one["name"], office))), one["login"] or "–")
        general = [w(f"role.{each['role']}") for each in one["roles"] if not each["agency"]]
        if general or not one["roles"]:
            rows.append((*who, ", ".join(general) or "–", "–"))
        teams = [each["agency"] for each in one["roles"] if each["agency"]]
        rows += [(*who, w("cli.people.team"), agency) for agency in teams]
    headings = ("name", "login", "roles", "agency")
    screen.table([w(f"cli.people.{c}") for c in headings], rows, whole=[1, 3])


def _rooms(
    context: typer.Context,
    round_: RoundOption,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="cli.options.rooms")] = None,
    add: Annotated[
        str | None, typer.Option("--add", metavar="CODE", help="cli.options.add_room")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="cli.options.room_name")] = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="cli.options.sitting_kind")
    ] = "verifikasi-klarifikasi",
    on: Annotated[
        str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="cli.options.sitting_day")
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="PERSON", help="cli.options.host")
    ] = None,
    evaluator: Annotated[
        str | None, typer.Option("--evaluator", metavar="PERSON", help="cli.options.evaluator")
    ] = None,
    agency: Annotated[
        list[str] | None, typer.Option("--agency", metavar="CODE", help="cli.options.room_agency")
    ] = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    from merit_kit import assessment, workbook

    screen = screen_of(context)
    parts = (on, evaluator, agency)
    if (file and add) or (add and not all(parts)) or (not add and any((*parts, host, name))):
        raise MeritError("rooms-options")
    with opened(store) as at:
        rows = None
        if file is not None:
            rows = workbook.read_rooms(file)
        elif add:
            about = {"code": add, "name": name, "kind": kind, "held_on": on, "starts_at": None}
            sittings = [(code, evaluator) for code in agency or ()]
            rows = [{**about, "host": host, "sittings": sittings}]
        count = 0
        if rows is not None:
            count = assessment.take_rooms(at, assessment.whoami(at), round_, rows)
        assessment.check_round(at, round_)
        listed = _rooms_of(at, round_)
        zones, people = at.agencies()["time_zone"].to_dict(), at.people()["name"].to_dict()
    if as_json:
        screen.json(listed)
    elif rows is not None:
        screen.tell("cli.rooms.done", rooms=len(rows), sittings=count)
    elif not listed:
        screen.tell("cli.rooms.none", round=round_)
    else:
        _show_rooms(screen, listed, zones, people)


def _rooms_of(at: Store, round_: str) -> list[dict[str, Any]]:
    sittings = at.sittings(round_)
    return [
        {
            **room,
            "sittings": [
                {"agency": each.agency, "evaluator": each.evaluator}
                for each in sittings.itertuples()
                if each.room == room["code"]
            ],
        }
        for room in at.rooms(round_).to_dict("records")
    ]


def _show_rooms(
    screen: Screen,
    listed: list[dict[str, Any]],
    zones: Mapping[str, str | None],
    people: Mapping[str, str],
) -> None:
    """Print the rooms of each day, and of each kind of sitting, together."""
    from merit_kit import assessment

    w = screen.words
    erased = w("cli.rooms.erased")
    named = any(room["name"] for room in listed)
    days: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for room in listed:
        rows = days.setdefault((room["held_on"], room["kind"]), [])
        host = people.get(room["host"], erased) if room["host"] else "–"
        about = (room["code"], room["name"] or "–") if named else (room["code"],)
        if not room["sittings"]:
            begins = assessment.local_time(room["starts_at"], None)
            rows.append((*about, begins or "–", "–", "–", host))
        for each in room["sittings"]:
            begins = assessment.local_time(room["starts_at"], zones.get(each["agency"]))
            evaluator = people.get(each["evaluator"], erased)
            rows.append((*about, begins or "–", each["agency"], evaluator, host))
    headings = ["room", *(["name"] if named else []), "time", "agency", "evaluator", "host"]
    whole = [i for i, heading in enumerate(headings) if heading in ("room", "time", "agency")]
    for (day, kind), rows in days.items():
        screen.say(f"{w.date(day)}: {w(f'sitting.{kind}')}")
        screen.table([w(f"cli.rooms.{c}") for c in headings], rows, whole=whole)
