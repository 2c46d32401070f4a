"""Who is at the keyboard, who holds which role, and who may say so."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable, Mapping
from typing import Any

from merit_kit import process
from merit_kit.errors import Problem, RuleError
from merit_kit.store import Store, new_id


def whoami(store: Store) -> str:
    """Return the person id of whoever is at the keyboard, making one at the first visit.

    That is the role of a PostgreSQL where each has rights of its own; else the user of the
    JupyterHub; else the operating system's.
    """
    login = _login(store)
    people = store.people()
    known = people.index[people["login"] == login]
    return str(known[0]) if len(known) else identify(store, login)


def identify(store: Store, name: str, office: str | None = None, nip: str | None = None) -> str:
    """State (or correct) the name, office and NIP of whoever is at the keyboard.

    Returns the person id. Entries carry that id alone, so a person can be erased from the
    table of people without touching what was stated.
    """
    login = _login(store)
    people = store.people()
    known = people.index[people["login"] == login]
    person = str(known[0]) if len(known) else f"p-{new_id()}"
    store.add_people([{"id": person, "login": login, "name": name, "nip": nip, "office": office}])
    return person


def settle_in(store: Store, name: str | None = None, office: str | None = None) -> str:
    """Make whoever makes a store its secretariat, and an evaluator: one person may be alone.

    Returns the person id.
    """
    person = identify(store, name, office) if name else whoami(store)
    for role in (process.SECRETARIAT, process.EVALUATOR):
        store.appoint(person, role)
    return person


def check_administrator(store: Store, person: str) -> None:
    """Refuse whoever may not keep people, rounds and rooms: that is the secretariat's.

    In a store without any secretariat, as older ones are, whoever comes first may.

    Raises
    ------
    RuleError
        If the person is not of the secretariat.
    """
    held = store.appointments()
    secretariat = set(held[held["role"] == process.SECRETARIAT]["person"])
    if secretariat and person not in secretariat:
        names = store.people(secretariat)["name"]
        raise RuleError("secretariat-only", found=", ".join(sorted(names)))


def appoint(store: Store, by: str, person: str, role: str, agency: str | None = None) -> None:
    """Give a person a role; that of an agency's team in one agency.

    Raises
    ------
    RuleError
        If `by` may not, or there is no such person, role or agency.
    """
    with store.together("appointment"):
        check_administrator(store, by)
        problems = _problems_of_role(store, person, role, agency)
        if problems:
            raise RuleError("cannot-appoint", problems)
        store.appoint(person, role, agency)


def dismiss(store: Store, by: str, person: str, role: str, agency: str | None = None) -> None:
    """Take a role from a person. What they stated in it stays.

    Raises
    ------
    RuleError
        If `by` may not, the person does not hold the role, or nobody of the secretariat would
        be left.
    """
    with store.together("appointment"):
        check_administrator(store, by)
        held = store.appointments()
        secretariat = set(held[held["role"] == process.SECRETARIAT]["person"])
        if role == process.SECRETARIAT and secretariat == {person}:
            raise RuleError("secretariat-last")
        if not store.dismiss(person, role, agency):
            raise RuleError("role-not-held", found=role)


def take_people(store: Store, by: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Add or correct the people of a file, with the roles it gives them. All or none.

    Who somebody is goes by login, else by NIP, else by name and office. A role the file does not
    name is not taken away.

    Parameters
    ----------
    rows : iterable of mapping
        From :func:`merit_kit.workbook.read_people`.

    Returns
    -------
    list of str
        The person ids, in the order of the rows.

    Raises
    ------
    RuleError
        If `by` may not, an agency is not known, or a row could mean several people.
    """
    listed = list(rows)
    with store.together("person", "appointment"):
        check_administrator(store, by)
        ids, problems = [], []
        for row in listed:
            same = _same(store, row)
            # Taking any of them might give a role, and its rights, to the wrong person.
            if len(same) > 1:
                problems.append(Problem(row["name"], "person-unclear", row["name"]))
                continue
            person = same[0] if same else f"p-{new_id()}"
            ids.append(person)
            # An empty cell takes nothing away.
            about = {part: row[part] for part in ("login", "name", "nip", "office") if row[part]}
            store.add_people([{"id": person, **about}])
            for role, agency in row["roles"]:
                found = _problems_of_role(store, person, role, agency)
                problems.extend(found)
                if not found:
                    store.appoint(person, role, agency)
        if problems:
            raise RuleError("cannot-appoint", problems)
    return ids


def correct_person(store: Store, by: str, person: str, about: Mapping[str, Any]) -> None:
    """Correct what is known of a person: ``login, name, nip, office``; an empty one stays.

    Raises
    ------
    RuleError
        If `by` is neither that person nor of the secretariat, or there is no such person.
    """
    if by != person:
        check_administrator(store, by)
    if store.people([person]).empty:
        raise RuleError("person-unknown", found=person)
    given = {part: about[part] for part in ("login", "name", "nip", "office") if about[part]}
    store.add_people([{"id": person, **given}])


def erase(store: Store, by: str, person: str) -> None:
    """Erase who a person is, with their roles. What they stated stays, under the id alone.

    Raises
    ------
    RuleError
        If `by` is not of the secretariat, or would erase its last member, or there is no such
        person.
    """
    with store.together("person", "appointment"):
        check_administrator(store, by)
        held = store.appointments()
        secretariat = set(held[held["role"] == process.SECRETARIAT]["person"])
        if secretariat == {person}:
            raise RuleError("secretariat-last")
        if not store.erase_person(person):
            raise RuleError("person-unknown", found=person)


def person_named(store: Store, said: str) -> str:
    """Return the id of the person meant by an id, login, NIP or full name.

    Raises
    ------
    RuleError
        If there is nobody of that name, or there are several.
    """
    people = store.people()
    if said in people.index:
        return said
    for column in ("login", "nip", "name"):
        wanted = "".join(said.split()) if column == "nip" else said
        found = people.index[people[column] == wanted]
        if len(found) > 1:
            raise RuleError("person-several", found=said, allowed=", ".join(found))
        if len(found):
            return str(found[0])
    raise RuleError("person-unknown", found=said)


def team_of(store: Store, agency: str) -> str:
    """Return the person id that stands for an agency's own team, making it if it is missing.

    Under it the secretariat records what an agency sent in without saying who of them wrote it.
    """
    person = f"tim-{agency}"
    if store.people([person]).empty:
        name = str(store.agencies([agency])["name"].iloc[0])
        row = {"login": None, "nip": None, "office": name}
        # Both names at once: one after the other, we might wait for somebody who waits for us.
        with store.together("person", "appointment"):
            store.add_people([{"id": person, "name": f"Tim penilai mandiri {name}", **row}])
            store.appoint(person, process.AGENCY, agency)
    return person


def _problems_of_role(store: Store, person: str, role: str, agency: str | None) -> list[Problem]:
    problems = []
    if store.people([person]).empty:
        problems.append(Problem(person, "person-unknown", person))
    if role not in process.ROLES:
        problems.append(Problem(person, "not-allowed", role, ", ".join(process.ROLES)))
    elif (role == process.AGENCY) != (agency is not None):
        key = "agency-for-role" if agency is None else "agency-not-for-role"
        problems.append(Problem(person, key))
    elif agency is not None and store.agencies([agency]).empty:
        problems.append(Problem(agency, "agency-unknown", agency))
    return problems


def _same(store: Store, row: Mapping[str, Any]) -> list[str]:
    """Return who is meant by a row of a file: nobody yet, one person, or whom it could mean."""
    people = store.people()
    for column in ("login", "nip"):
        if row[column]:
            known = people.index[people[column] == row[column]]
            if len(known):
                return [str(known[0])]
    office = row["office"]
    same_office = people["office"].isna() if office is None else people["office"] == office
    alike = (people["name"] == row["name"]) & same_office
    # With another login or NIP it is a namesake in the same office.
    for column in ("login", "nip"):
        if row[column]:
            alike &= people[column].isna()
    return [str(key) for key in people.index[alike]]


def _login(store: Store) -> str:
    named = store.role or os.environ.get("JUPYTERHUB_USER")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no name for this user, as in some containers
        return "tanpa-nama"
