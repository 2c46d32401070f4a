"""Who is at the keyboard, who holds which role, and who may say so."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from merit_kit import process
from merit_kit.errors import Key, Problem, RuleError
from merit_kit.store import OPENED, Store, new_id

_NIP = re.compile(r"\d{18}")


def whoami(store: Store) -> str:
    """Return the person id of whoever is at the keyboard, making one at the first visit.

    That is the role of a PostgreSQL where each has rights of its own; else the user of the
    JupyterHub; else the operating system's.
    """
    login = _login(store)
    return _known_by(store, login) or identify(store, login)


def identify(store: Store, name: str, office: str | None = None, nip: str | None = None) -> str:
    """State (or correct) the name, office and NIP of whoever is at the keyboard.

    Returns the person id. Entries carry that id alone, so a person can be erased from the
    table of people without touching what was stated.
    """
    login = _login(store)
    given = {"name": name, "nip": nip, "office": office}
    with store.together("person"):
        person = _known_by(store, login) or f"p-{new_id()}"
        about = {part: value for part, value in given.items() if value}
        store.add_people([{"id": person, "login": login, **about}])
    return person


def _known_by(store: Store, login: str) -> str | None:
    people = store.people()
    known = people.index[people["login"] == login]
    return str(known[0]) if len(known) else None


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

    In a store without any secretariat, as older ones are, whoever opened an assessment may, or
    anybody if none is open yet.

    Raises
    ------
    RuleError
        If the person is not of the secretariat.
    """
    held = store.appointments()
    secretariat = set(held[held["role"] == process.SECRETARIAT]["person"])
    if secretariat:
        if person not in secretariat:
            names = store.people(secretariat)["name"]
            raise RuleError("secretariat-only", found=", ".join(sorted(names)))
        return
    openers = set(store.entries(kinds=[OPENED])["author"])
    if openers and person not in openers:
        names = store.people(openers)["name"]
        raise RuleError("secretariat-none", found=", ".join(sorted(names)) or "-")


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
        if role == process.EVALUATOR:
            _check_not_seated(store, person)
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
            wrong = _problems_of_person(store, person, row)
            if wrong:
                problems.extend(wrong)
                continue
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


def add_person(store: Store, by: str, about: Mapping[str, Any]) -> str:
    """Add a person who is not known yet: ``login, name, nip, office``. Returns the id.

    Raises
    ------
    RuleError
        If `by` may not, the NIP is none, or the login or the NIP is somebody's already.
    """
    with store.together("person", "appointment"):
        check_administrator(store, by)
        person = f"p-{new_id()}"
        problems = _problems_of_person(store, person, about)
        if problems:
            raise RuleError("cannot-appoint", problems)
        parts = ("login", "name", "nip", "office")
        store.add_people([{"id": person, **{part: about[part] or None for part in parts}}])
    return person


def correct_person(store: Store, by: str, person: str, about: Mapping[str, Any]) -> None:
    """Correct what is known of a person: ``login, name, nip, office``; an empty one stays.

    Raises
    ------
    RuleError
        If `by` is neither that person nor of the secretariat, who alone gives another login; or
        there is no such person, or the login or NIP is somebody else's.
    """
    if by != person or about["login"]:
        check_administrator(store, by)
    if store.people([person]).empty:
        raise RuleError("person-unknown", found=person)
    given = {part: about[part] for part in ("login", "name", "nip", "office") if about[part]}
    known = store.people([person]).iloc[0].to_dict()
    problems = _problems_of_person(store, person, {**known, **given})
    if problems:
        raise RuleError("cannot-appoint", problems)
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
        _check_not_seated(store, person)
        if not store.erase_person(person):
            raise RuleError("person-unknown", found=person)


def _check_not_seated(store: Store, person: str) -> None:
    """Refuse to take away somebody without whom a room has nobody who may verify."""
    sittings = store.sittings()
    own = sittings[sittings["evaluator"] == person]
    if len(own):
        rooms = sorted({f"{row.room} ({row.round})" for row in own.itertuples()})
        raise RuleError("person-seated", found=", ".join(rooms))


def person_named(store: Store, said: str) -> str:
    """Return the id of the person meant by an id, login, NIP or full name.

    Raises
    ------
    RuleError
        If there is nobody of that name, or there are several.
    """
    people = store.people()
    found = set(people.index[people.index == said])
    # In all of them: somebody else's login may well read like this person's name.
    for column, wanted in (("login", said), ("nip", "".join(said.split())), ("name", said)):
        found |= set(people.index[people[column] == wanted])
    if len(found) > 1:
        raise RuleError("person-several", found=said, allowed=", ".join(sorted(found)))
    if not found:
        raise RuleError("person-unknown", found=said)
    return str(found.pop())


def speaker_for(store: Store, agency: str, by: str) -> str:
    """Return who states what an agency says of itself when `by` records it.

    That is `by`, if they are of its team; for the secretariat, who records what was sent in, the
    person id that stands for that team.
    """
    held = store.appointments([by])
    own = (held["role"] == process.AGENCY) & (held["agency"] == agency)
    may_stand_in = (held["role"] == process.SECRETARIAT).any()
    return by if own.any() or not may_stand_in else team_of(store, agency)


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


def _problems_of_person(store: Store, person: str, about: Mapping[str, Any]) -> list[Problem]:
    """Say what is wrong with what is to be known of a person."""
    name = str(about["name"] or "").strip()
    problems = [] if name else [Problem(Key("cli.people.name"), "cell-empty")]
    if about["nip"] and not _NIP.fullmatch(str(about["nip"])):
        problems.append(Problem(name, "nip-form", about["nip"]))
    people = store.people()
    for column in ("login", "nip"):
        # Two people with one login would be one: the kit could not tell who is at the keyboard.
        others = people[(people[column] == about[column]) & (people.index != person)]
        if about[column] and len(others):
            problems.append(Problem(name, "person-taken", about[column], others["name"].iloc[0]))
    return problems


def _problems_of_role(store: Store, person: str, role: str, agency: str | None) -> list[Problem]:
    found = store.people([person])
    if found.empty:
        return [Problem(person, "person-unknown", person)]
    problems = []
    name = str(found["name"].iloc[0])
    if role not in process.ROLES:
        problems.append(Problem(name, "not-allowed", role, ", ".join(process.ROLES)))
    elif (role == process.AGENCY) != (agency is not None):
        key = "agency-for-role" if agency is None else "agency-not-for-role"
        problems.append(Problem(name, key))
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
