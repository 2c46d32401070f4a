"""A table of people and the roles they have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from merit_kit.errors import Problem
from merit_kit.files import is_code
from merit_kit.workbook._agencies import LONGEST_NAME
from merit_kit.workbook._tables import Row, Table, read_table, refuse

COLUMNS = {
    "name": ("nama", "name"),
    "login": ("akun", "login", "account"),
    "nip": ("nip",),
    "office": ("unit", "office", "unit kerja", "kantor"),
    "role": ("peran", "role"),
    "agency": ("instansi", "agency", "kode instansi"),
}
_ROLE_OF = {
    "instansi": "agency",
    "penilai": "evaluator",
    "pemandu": "host",
    "komisioner": "commissioner",
    "analis": "analyst",
    "sekretariat": "secretariat",
}
ROLES = tuple(_ROLE_OF.values())
"""The roles as the process calls them. It is on the same floor, so a test holds them equal."""

# A NIP ends in a number counted from 001. Excel keeps 15 digits of a number and makes the rest 0.
_NIP = re.compile(r"[0-9]{15}(?!000)[0-9]{3}")


def role_named(text: str) -> str:
    """Return the role that a word means, Indonesian or English; the word itself if it is none."""
    return _ROLE_OF.get(text.strip().casefold(), text)


def read_people(path: Path) -> list[dict[str, Any]]:
    """Read people from CSV or XLSX: name, login, NIP, office, role and, for an agency's, its code.

    A row is one person in one role. Rows are of the same person if they have the same login; a
    row without one belongs to whoever has its NIP; a row without either, to whoever has its name
    and office. An empty cell says nothing against what another row of the person says.

    Returns
    -------
    list of dict
        One for each person, in the order they first appear: ``name, login, nip, office`` (None
        where no row says), and ``roles``, a list of pairs of one of `ROLES` and the code of the
        agency, which is None for every role but ``agency``.

    Raises
    ------
    TableError
        With every fault, each with its line and column.
    """
    problems: list[Problem] = []
    table = read_table(path, COLUMNS, ["name", "role"], problems)
    stated = [_stated(table, row, problems) for row in table.rows]
    people: dict[tuple[str, ...], dict[str, Any]] = {}
    for row, facts, key in zip(table.rows, stated, _keys(table, stated, problems), strict=True):
        person = people.setdefault(key, {**dict.fromkeys(facts), "roles": []})
        for column, text in facts.items():
            if text and person[column] not in (None, text):
                place, before = table.at(row, column), person[column]
                problems.append(Problem(place, "person-differs", text[:60], before[:60]))
            person[column] = person[column] or text or None
        role = _role(table, row, problems)
        if role and role not in person["roles"]:
            person["roles"].append(role)
    of_agencies = [row for row in table.rows if _role_of(row) == "agency"]
    if of_agencies and "agency" not in table.headings:
        problems.append(Problem(table.line(of_agencies[0]), "column-missing", COLUMNS["agency"][0]))
    refuse(path, problems)
    return list(people.values())


def _stated(table: Table, row: Row, problems: list[Problem]) -> dict[str, str]:
    """Return what a row says of its person: ``name, login, nip, office``, empty if it does not.

    A faulty NIP is left out, so that people whose NIPs Excel made alike are not taken for one.
    """
    columns = ("name", "login", "nip", "office")
    facts = {column: " ".join(row.cells.get(column, "").split()) for column in columns}
    if not facts["name"] and "name" in table.headings:
        problems.append(Problem(table.at(row, "name"), "cell-empty"))
    nip = facts["nip"].replace(" ", "")
    if nip and not _NIP.fullmatch(nip):
        problems.append(Problem(table.at(row, "nip"), "nip-form", facts["nip"][:60]))
        nip = ""
    for column in ("name", "login", "office"):
        if len(facts[column]) > LONGEST_NAME:
            place, found = table.at(row, column), len(facts[column])
            problems.append(Problem(place, "text-too-long", found, LONGEST_NAME))
    return {**facts, "nip": nip}


def _keys(
    table: Table, stated: list[dict[str, str]], problems: list[Problem]
) -> list[tuple[str, ...]]:
    """Return for each row what tells its person from the others."""
    login_of: dict[str, str] = {}
    for row, facts in zip(table.rows, stated, strict=True):
        if facts["login"] and facts["nip"]:
            first = login_of.setdefault(facts["nip"], facts["login"])
            if first != facts["login"]:
                place, found = table.at(row, "login"), facts["login"][:60]
                problems.append(Problem(place, "person-differs", found, first[:60]))
    keys: list[tuple[str, ...]] = []
    namesakes: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for facts in stated:
        key: tuple[str, ...] = ()
        if login := facts["login"] or login_of.get(facts["nip"]):
            key = ("login", login)
        elif facts["nip"]:
            key = ("nip", facts["nip"])
        keys.append(key)
        if key:
            namesakes.setdefault((facts["name"], facts["office"]), set()).add(key)
    for index, (row, facts) in enumerate(zip(table.rows, stated, strict=True)):
        if keys[index]:
            continue
        name, office = facts["name"], facts["office"]
        known = namesakes.get((name, office), set())
        # Taking any of them might give a role, and its rights, to the wrong person.
        if name and len(known) > 1:
            problems.append(Problem(table.at(row, "name"), "person-unclear", name[:60]))
        keys[index] = next(iter(known)) if len(known) == 1 else ("name", name, office)
    return keys


def _role(table: Table, row: Row, problems: list[Problem]) -> tuple[str, str | None] | None:
    text, role = row.cells.get("role", ""), _role_of(row)
    agency = row.cells.get("agency", "").casefold()
    place = table.at(row, "agency")
    if text and not role:
        allowed = ", ".join(f"{word}/{name}" for word, name in _ROLE_OF.items())
        problems.append(Problem(table.at(row, "role"), "not-allowed", text[:60], allowed))
    elif role == "agency":
        if not agency and "agency" in table.headings:
            problems.append(Problem(place, "cell-empty"))
        elif agency and not is_code(agency):
            problems.append(Problem(place, "not-a-code", row.cells["agency"][:60]))
        return role, agency
    elif agency and "role" in table.headings:
        problems.append(Problem(place, "agency-not-for-role", row.cells["agency"][:60]))
    return (role, None) if role else None


def _role_of(row: Row) -> str | None:
    word = row.cells.get("role", "").casefold()
    return _ROLE_OF.get(word, word if word in ROLES else None)
