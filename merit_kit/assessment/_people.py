"""Who is at the keyboard."""

from __future__ import annotations

import getpass

from merit_kit.store import Store, new_id


def whoami(store: Store) -> str:
    """Return the person id of the operating system's user, making one at the first visit."""
    login = _login()
    people = store.people()
    known = people.index[people["login"] == login]
    return str(known[0]) if len(known) else identify(store, login)


def identify(store: Store, name: str, office: str | None = None, nip: str | None = None) -> str:
    """State (or correct) the name, office and NIP of whoever is at the keyboard.

    Returns the person id. Entries carry that id alone, so a person can be erased from the
    table of people without touching what was stated.
    """
    login = _login()
    people = store.people()
    known = people.index[people["login"] == login]
    person = str(known[0]) if len(known) else f"p-{new_id()}"
    store.add_people([{"id": person, "login": login, "name": name, "nip": nip, "office": office}])
    return person


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no name for this user, as in some containers
        return "tanpa-nama"
