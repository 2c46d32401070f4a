"""What a sitting needs to have stated for its record: bodies, and who was present."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment._door import Recorded, now, record
from merit_kit.assessment._hearing import Hearing, local_day, local_time
from merit_kit.assessment._people import _NIP
from merit_kit.errors import Key, Problem, RuleError, StoreError
from merit_kit.store import Statement, Store, new_id

_LATEST = process.TIME_ZONES[0]


def sitting_body(
    store: Store,
    assessment: str,
    room: str | None = None,
    *,
    held_on: str | None = None,
    begins: str | None = None,
    ends: str | None = None,
    place: str = "",
) -> dict[str, Any]:
    """Return the body that says when and where a sitting is held, from the register of rooms.

    Parameters
    ----------
    room : str, optional
        The code of the room; without one (or if it is not known) the sitting is of today.
    held_on, begins, ends : str, optional
        A day (ISO) and times (``HH:MM``, in the agency's zone), where they differ from the
        register, or it has none.
    place : str
        Where, if that is not the room alone: an address, an online meeting.
    """
    row = store.assessments([assessment]).iloc[0]
    zone = store.agencies([str(row["agency"])])["time_zone"].iloc[0] or _LATEST
    rooms = store.rooms(str(row["round"]))
    found = rooms[rooms["code"] == room].to_dict("records")
    about = found[0] if found else {"name": None, "kind": None, "held_on": None, "starts_at": None}
    # As clocks show it there: 09.00 WITA.
    planned = local_time(about["starts_at"], zone)[:5].replace(".", ":") or None
    return {
        "name": str(about["name"] or room or ""),
        "purpose": str(about["kind"] or process.SITTING_KINDS[0]),
        "held_on": held_on or str(about["held_on"] or local_day(zone).isoformat()),
        "begins": begins or planned,
        "ends": ends,
        "zone": str(zone),
        "place": place,
    }


def attendance_body(
    person: str, side: str, *, signs: bool = False, withdrawn: bool = False
) -> dict[str, Any]:
    """Return the body that says that a person is present; `withdrawn` takes them off the list.

    `side` is ``agency``, ``evaluator`` or ``host``; `signs`, whether they sign the record.
    """
    return {"person": person, "side": side, "signs": signs, "withdrawn": withdrawn}


def discussion_body(sub_aspect: str, text: str, thread: str | None = None) -> dict[str, Any]:
    """Return the body that says what was said in the room. An empty text takes it back.

    `thread` is that of the question it was said to.
    """
    return {"sub_aspect": sub_aspect, "thread": thread, "text": text}


def agreed_body(
    sub_aspect: str | None,
    text: str,
    thread: str | None = None,
    due: str | None = None,
    side: str = process.AGENCY,
) -> dict[str, Any]:
    """Return the body that says what was agreed. An empty text takes it back.

    `sub_aspect` None is of the sitting as a whole; `thread` that of a question; `side` who is to do
    it, ``agency`` or ``evaluator``; `due` an ISO day.
    """
    return {"sub_aspect": sub_aspect, "thread": thread, "text": text, "side": side, "due": due}


def acceptance_body(
    counting: pd.DataFrame, text: str = "", *, withdrawn: bool = False
) -> dict[str, Any]:
    """Return the body by which an agency agrees with the record as it is now.

    `counting` are the standing entries, as :meth:`Hearing.counting` gives them. What the agency
    objects to is stated as an objection.
    """
    return {"of": process.record_digest(counting), "text": text, "withdrawn": withdrawn}


def submission_body(counting: pd.DataFrame, text: str = "") -> dict[str, Any]:
    """Return the body by which an agency hands in its own levels and evidence as they are now.

    `counting` are the standing entries, as :meth:`Hearing.counting` gives them.
    """
    return {"of": process.submission_digest(counting), "text": text}


def attend(
    store: Store,
    assessment: str,
    by: str,
    name: str,
    side: str,
    *,
    nip: str | None = None,
    office: str | None = None,
    signs: bool = False,
    room: str | None = None,
    instead_of: str | None = None,
    id: str | None = None,
) -> Recorded:
    """Put somebody on the list of those present, known to the store or not.

    Who it is goes into the table of people, without login and without role, so that it can be
    erased; the entry has the id alone. Somebody of the same NIP, else of the same name and office,
    in capitals or not, is the same person, of whom nothing is changed here; whoever is on the list
    like that already is not put down again.

    Parameters
    ----------
    by : str
        Person id of whoever states it.
    instead_of : str, optional
        Person id of somebody on the list who was put down wrongly, and is taken off.
    id : str, optional
        That of what is stated last, 32 hexadecimal digits; by default a new one.

    Raises
    ------
    RuleError
        If the name is empty, the NIP is none or somebody else's, or `by` may not state it; or the
        store does not know the person, and lets only its secretariat add people.
    """
    given = {"name": " ".join(name.split()), "office": " ".join((office or "").split()) or None}
    given["nip"] = "".join((nip or "").split()) or None
    adding = False
    try:
        with store.together("person", assessment):
            person = _known(store, given)
            if person is None:
                person, adding = f"p-{new_id()}", True
                store.add_people([{"id": person, "login": None, **given}])
                adding = False
            hearing = Hearing(store, assessment)
            body = attendance_body(person, side, signs=signs)
            said = _stated(hearing, process.ATTENDANCE, body, by, room)
            there = _as_it_stands(hearing, said)
            statements = [] if there else [said]
            if instead_of not in (None, person):
                statements.insert(0, _off(hearing, str(instead_of), by, room))
            if id and statements:
                # Stored with those before it or not at all: by this one all are known.
                statements[-1] = replace(statements[-1], id=id)
            recorded = record(store, statements, by) if statements else []
            return there or recorded[-1]
    except StoreError as error:
        if adding and error.key == "store-not-permitted":
            # A role of PostgreSQL that is not the secretariat's adds nobody but itself.
            raise RuleError("person-by-secretariat", found=given["name"]) from error
        raise


def leave_out(
    store: Store,
    assessment: str,
    by: str,
    person: str,
    room: str | None = None,
    id: str | None = None,
) -> Recorded:
    """Take somebody off the list of those present. Who they are stays in the table of people.

    Parameters
    ----------
    id : str, optional
        That of what is stated, 32 hexadecimal digits; by default a new one.

    Raises
    ------
    RuleError
        If they are not on it, or `by` may not.
    """
    with store.together(assessment):
        said = _off(Hearing(store, assessment), person, by, room)
        return record(store, [replace(said, id=id or said.id)], by)[0]


def without_nip(store: Store, name: str, office: str | None, among: Collection[str]) -> str | None:
    """Return who was put down by name and office alone, if that is exactly one of some people.

    Who is put down with a NIP afterwards is taken for the same, and takes their place: see
    `instead_of` of :func:`attend`.

    Parameters
    ----------
    among : collection of str
        Person ids.
    """
    people = store.people(list(among))
    same = people[_alike(people, name, office) & people["nip"].isna()]
    return str(same.index[0]) if len(same) == 1 else None


def _known(store: Store, given: dict[str, str | None]) -> str | None:
    """Return the person meant, if the store knows exactly one."""
    name, nip, office = given["name"] or "", given["nip"], given["office"]
    people = store.people()
    problems = [] if name else [Problem(Key("cli.people.name"), "cell-empty")]
    if nip and not _NIP.fullmatch(nip):
        problems.append(Problem(name, "nip-form", nip))
    same = people[people["nip"] == nip]
    if nip and any(each.casefold() != name.casefold() for each in same["name"]):
        problems.append(Problem(name, "person-taken", nip, same["name"].iloc[0]))
    if problems:
        raise RuleError("not-allowed", problems)
    if not nip:
        same = people[_alike(people, name, office)]
    return str(same.index[0]) if len(same) == 1 else None


def _alike(people: pd.DataFrame, name: str, office: str | None) -> pd.Series:
    """Say of each whether they have the same name and office, in capitals or not."""
    there = people["office"].isna() if office is None else _is(people["office"], office)
    return _is(people["name"], name) & there


def _is(texts: pd.Series, text: str) -> pd.Series:
    return texts.fillna("").str.casefold() == text.casefold()


def _as_it_stands(hearing: Hearing, said: Statement) -> Recorded | None:
    """Return what stands on a statement's topic, if it says the same."""
    ids = hearing.standing_ids(said)
    same = [
        each
        for each in hearing.books.of_kind(said.kind)
        if ids == (each.id,) and each.body == said.body
    ]
    return Recorded(same[0].id, "already", same[0].position) if same else None


def _off(hearing: Hearing, person: str, by: str, room: str | None) -> Statement:
    on_list = process.attendance(hearing.counting())
    found = on_list[(on_list["person"] == person) & (on_list["room"].map(str) == str(room))]
    if found.empty:
        raise RuleError("not-allowed", [Problem(Key("kinds.attendance"), "person-unknown", person)])
    row = found.iloc[0]
    body = attendance_body(person, row["side"], signs=bool(row["signs"]), withdrawn=True)
    return _stated(hearing, process.ATTENDANCE, body, by, room)


def _stated(
    hearing: Hearing, kind: str, body: dict[str, Any], by: str, room: str | None
) -> Statement:
    """Return a statement that replaces what stands on its topic."""
    said = Statement(hearing.assessment, kind, by, now(), body, room=room)
    base = hearing.standing_ids(said)
    return Statement(hearing.assessment, kind, by, said.stated_at, body, base, room=room)
