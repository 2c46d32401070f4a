"""The registers, on both databases: who holds which role, agencies, the calendar, rooms.

They know no rules; who may keep them is asked in `assessment`, and of a role of PostgreSQL in
test_postgresql.py. The furnished store has the agencies kota-a and kab-b, one round and four
people.
"""

from __future__ import annotations

import pytest

from merit_kit.errors import StoreError
from merit_kit.i18n import explain
from merit_kit.store import audit, open_store
from tests.conftest import ROUND
from tests.databases import REFUSED, raw, where

ROOM = {
    "round": ROUND,
    "code": "r-1",
    "name": "Ruang Melati",
    "kind": "evaluasi",
    "held_on": "2026-04-01",
    "starts_at": "2026-04-01T02:00:00Z",
    "host": "p-s",
}


def rows(frame) -> list[tuple]:
    """The rows of a frame; its index is among them if it has a name."""
    plain = frame.reset_index() if frame.index.name else frame
    return [tuple(row) for row in plain.itertuples(index=False)]


def sittings(store, **which) -> list[tuple]:
    return rows(store.sittings(**which)[["room", "agency", "evaluator"]])


COLUMNS = {
    "people": ["id", "login", "name", "nip", "office"],
    "agencies": ["code", "name", "kind", "province", "wilayah", "time_zone"],
    "rounds": ["code", "year", "number", "cut_off"],
    "appointments": ["person", "role", "agency"],
    "planned_stages": ["round", "stage", "begins", "ends"],
    "rooms": ["round", "code", "name", "kind", "held_on", "starts_at", "host"],
    "sittings": ["round", "room", "agency", "evaluator", "kind", "held_on", "starts_at"],
}


def registers(store) -> dict[str, list[tuple]]:
    return {name: rows(getattr(store, name)()) for name in COLUMNS}


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_each_register_is_read_with_the_columns_it_is_documented_with(store, filled):
    if filled:
        store.put_room(ROOM, [("kota-a", "p-e")])
        store.plan_stage(ROUND, "mandiri", "2026-01-01", "2026-02-01")
    else:
        with raw(store) as hand:
            for table in ("appointment", "person", "agency", "round"):
                hand.execute(f"DELETE FROM {table}")

    for name, columns in COLUMNS.items():
        frame = getattr(store, name)()
        index = columns[0] if name in ("people", "agencies", "rounds") else None
        assert frame.index.name == index
        assert list(frame.columns) == (columns[1:] if index else columns)
        assert frame.empty != filled


def test_people_are_read_by_id_all_or_those_asked_for(store):
    store.add_people([{"id": "p-9", "login": "nisa", "name": "Nisa", "nip": "19", "office": "BKN"}])

    assert list(store.people().index) == ["p-1", "p-9", "p-e", "p-k", "p-s"]
    assert rows(store.people(["p-9", "p-0"])) == [("p-9", "nisa", "Nisa", "19", "BKN")]
    assert rows(store.people([])) == []


def test_a_person_holds_several_roles_and_that_of_a_team_for_each_agency(store):
    store.appoint("p-e", "host")

    assert rows(store.appointments()) == [
        ("p-1", "agency", "kab-b"),
        ("p-1", "agency", "kota-a"),
        ("p-e", "evaluator", None),
        ("p-e", "host", None),
        ("p-k", "commissioner", None),
        ("p-s", "secretariat", None),
    ]
    assert rows(store.appointments(["p-k", "p-0"])) == [("p-k", "commissioner", None)]
    assert rows(store.appointments([])) == []


def test_a_role_for_every_agency_is_listed_before_one_for_some_on_both_databases(store):
    store.appoint("p-s", "host", "kab-b")
    store.appoint("p-s", "host")

    held = store.appointments(["p-s"])
    assert list(held["agency"]) == [None, "kab-b", None]
    assert list(held["role"]) == ["host", "host", "secretariat"]


@pytest.mark.parametrize("agency", [None, "kota-a"])
def test_the_same_appointment_is_kept_once(store, agency):
    for _ in range(2):
        store.appoint("p-k", "host", agency)

    assert rows(store.appointments(["p-k"])) == [
        ("p-k", "commissioner", None),
        ("p-k", "host", agency),
    ]


@pytest.mark.parametrize("agency", [None, "kota-a"])
def test_the_database_itself_keeps_no_appointment_twice(store, agency):
    store.appoint("p-k", "host", agency)
    with raw(store) as hand, pytest.raises(REFUSED):
        hand.execute("INSERT INTO appointment VALUES ('p-k', 'host', ?)", [agency])

    assert len(store.appointments(["p-k"])) == 2


def test_whoever_is_dismissed_holds_the_role_no_more_and_all_others_still(store):
    assert store.dismiss("p-1", "agency", "kota-a")
    assert store.dismiss("p-e", "evaluator")

    assert rows(store.appointments(["p-1", "p-e"])) == [("p-1", "agency", "kab-b")]


@pytest.mark.parametrize(
    ("person", "role", "agency"),
    [
        ("p-1", "agency", None),
        ("p-1", "agency", "kota-z"),
        ("p-1", "evaluator", "kota-a"),
        ("p-e", "evaluator", "kota-a"),
        ("p-k", "evaluator", None),
        ("p-0", "evaluator", None),
    ],
)
def test_dismissing_from_a_role_that_is_not_held_takes_none_away(store, person, role, agency):
    before = rows(store.appointments())

    assert not store.dismiss(person, role, agency)

    assert rows(store.appointments()) == before


@pytest.mark.parametrize(
    ("person", "agency"), [("p-0", None), ("p-k", "kota-z")], ids=["no-person", "no-agency"]
)
def test_nobody_is_appointed_who_is_not_known_nor_for_an_unknown_agency(store, person, agency):
    with pytest.raises(StoreError, match="store-failed"):
        store.appoint(person, "host", agency)

    assert "host" not in set(store.appointments()["role"])


def test_the_roles_of_an_erased_person_are_gone_and_those_of_others_are_not(store):
    assert store.erase_person("p-1")

    assert set(store.appointments()["person"]) == {"p-e", "p-k", "p-s"}
    store.add_people([{"id": "p-1", "name": "Orang lain"}])
    assert rows(store.appointments(["p-1"])) == []


def test_an_erased_person_has_led_their_sittings_all_the_same(store):
    store.put_room({**ROOM, "host": "p-k"}, [("kota-a", "p-e")])
    for person in ("p-e", "p-k"):
        store.erase_person(person)

    assert sittings(store) == [("r-1", "kota-a", "p-e")]
    assert list(store.rooms()["host"]) == ["p-k"]
    assert audit(store) == []


def test_an_agency_has_a_region_and_a_time_zone_or_nobody_said(store):
    store.add_agencies(
        [
            {
                "code": "kota-c",
                "name": "Kota C",
                "kind": "kota",
                "province": "Papua",
                "wilayah": "IV",
                "time_zone": "WIT",
            }
        ]
    )

    assert rows(store.agencies(["kota-c", "kota-a", "kota-z"])) == [
        ("kota-a", "Kota A", "kota", "Nusa", None, None),
        ("kota-c", "Kota C", "kota", "Papua", "IV", "WIT"),
    ]


def test_correcting_an_agency_leaves_what_is_not_named_as_it_was(store):
    row = {"code": "kab-b", "name": "Kabupaten B", "kind": "kabupaten", "province": None}
    store.add_agencies([{**row, "wilayah": "II", "time_zone": "WITA"}])
    store.add_agencies([{**row, "name": "Kabupaten Baru"}])
    kept = ("kab-b", "Kabupaten Baru", "kabupaten", None, "II")
    assert rows(store.agencies(["kab-b"])) == [(*kept, "WITA")]

    store.add_agencies([{"code": "kab-b", "time_zone": None}])

    assert rows(store.agencies(["kab-b"])) == [(*kept, None)]


def test_a_round_has_no_cut_off_until_one_is_set_and_then_until_it_is_taken_away(store):
    store.add_round("2026-2", 2026, 2)
    assert rows(store.rounds()) == [(ROUND, 2026, 1, None), ("2026-2", 2026, 2, None)]

    store.set_cut_off(ROUND, "2026-05-31")
    assert rows(store.rounds()) == [(ROUND, 2026, 1, "2026-05-31"), ("2026-2", 2026, 2, None)]

    store.add_round(ROUND, 2026, 1)
    assert store.rounds().loc[ROUND, "cut_off"] == "2026-05-31"

    store.set_cut_off(ROUND, None)
    assert store.rounds().loc[ROUND, "cut_off"] is None


def test_a_cut_off_makes_no_round(store):
    with pytest.raises(StoreError, match="store-failed"):
        store.set_cut_off("2027-1", "2027-05-31")

    assert list(store.rounds().index) == [ROUND]


def test_the_calendar_of_a_round_is_read_in_the_order_of_its_days_and_corrected(store):
    store.add_round("2026-2", 2026, 2)
    store.plan_stage("2026-2", "mandiri", "2026-07-01", "2026-07-31")
    store.plan_stage(ROUND, "verifikasi", "2026-03-01", "2026-03-31")
    store.plan_stage(ROUND, "mandiri", "2026-01-01", "2026-02-01")
    store.plan_stage(ROUND, "mandiri", "2026-01-01", "2026-02-28")

    assert rows(store.planned_stages()) == [
        (ROUND, "mandiri", "2026-01-01", "2026-02-28"),
        (ROUND, "verifikasi", "2026-03-01", "2026-03-31"),
        ("2026-2", "mandiri", "2026-07-01", "2026-07-31"),
    ]


def test_no_stage_is_planned_of_a_round_there_is_not(store):
    with pytest.raises(StoreError, match="store-failed"):
        store.plan_stage("2027-1", "mandiri", "2027-01-01", "2027-02-01")

    assert rows(store.planned_stages()) == []


def test_a_room_is_read_back_with_who_meets_there(store):
    store.put_room(ROOM, [("kota-a", "p-e"), ("kab-b", "p-e"), ("kab-b", "p-k")])

    assert rows(store.rooms()) == [tuple(ROOM.values())]
    of_room = ("evaluasi", "2026-04-01", "2026-04-01T02:00:00Z")
    assert rows(store.sittings()) == [
        (ROUND, "r-1", "kab-b", "p-e", *of_room),
        (ROUND, "r-1", "kab-b", "p-k", *of_room),
        (ROUND, "r-1", "kota-a", "p-e", *of_room),
    ]


def test_a_room_may_lack_its_name_its_hour_and_its_host(store):
    bare = {**ROOM, "name": None, "starts_at": None, "host": None}
    store.put_room(bare, [])

    assert rows(store.rooms()) == [tuple(bare.values())]
    assert rows(store.sittings()) == []


def test_putting_a_room_again_corrects_it_and_replaces_its_own_sittings_alone(store):
    store.add_round("2026-2", 2026, 2)
    store.put_room(ROOM, [("kota-a", "p-e"), ("kab-b", "p-e")])
    store.put_room({**ROOM, "code": "r-2"}, [("kota-a", "p-e")])
    store.put_room({**ROOM, "round": "2026-2"}, [("kota-a", "p-e")])

    store.put_room({**ROOM, "kind": "asistensi", "held_on": "2026-04-02"}, [("kab-b", "p-k")])

    assert rows(store.sittings(ROUND)[["room", "agency", "evaluator", "kind", "held_on"]]) == [
        ("r-1", "kab-b", "p-k", "asistensi", "2026-04-02"),
        ("r-2", "kota-a", "p-e", "evaluasi", "2026-04-01"),
    ]
    assert sittings(store, round_="2026-2") == [("r-1", "kota-a", "p-e")]
    assert list(store.rooms(ROUND)["kind"]) == ["evaluasi", "asistensi"]


def test_rooms_come_in_the_order_of_their_days_and_sittings_by_round_and_agency(store):
    store.add_round("2026-2", 2026, 2)
    store.put_room({**ROOM, "code": "a", "held_on": "2026-04-09"}, [("kota-a", "p-e")])
    store.put_room({**ROOM, "code": "z", "held_on": "2026-04-01"}, [("kab-b", "p-e")])
    store.put_room({**ROOM, "code": "b", "round": "2026-2"}, [("kota-a", "p-e")])

    assert list(store.rooms()["code"]) == ["z", "a", "b"]
    assert list(store.rooms("2026-2")["code"]) == ["b"]
    assert sittings(store) == [
        ("a", "kota-a", "p-e"),
        ("z", "kab-b", "p-e"),
        ("b", "kota-a", "p-e"),
    ]
    assert sittings(store, agency="kota-a") == [("a", "kota-a", "p-e"), ("b", "kota-a", "p-e")]
    assert sittings(store, round_=ROUND, agency="kota-a") == [("a", "kota-a", "p-e")]
    assert sittings(store, round_="2027-1") == []


def test_a_sitting_named_twice_is_kept_once(store):
    store.put_room(ROOM, [("kota-a", "p-e"), ("kota-a", "p-e")])

    assert sittings(store) == [("r-1", "kota-a", "p-e")]


@pytest.mark.parametrize(
    ("room", "meets"),
    [
        ({"round": "2027-1"}, []),
        ({"kind": "asistensi"}, [("kab-b", "p-k"), ("kota-z", "p-e")]),
        ({"kind": None}, [("kab-b", "p-k")]),
    ],
    ids=["no-round", "no-agency", "no-kind"],
)
def test_a_room_that_cannot_be_kept_leaves_all_as_it_was(store, room, meets):
    store.put_room(ROOM, [("kota-a", "p-e")])

    with pytest.raises(StoreError, match="store-failed"):
        store.put_room({**ROOM, **room}, meets)

    assert rows(store.rooms()) == [tuple(ROOM.values())]
    assert sittings(store) == [("r-1", "kota-a", "p-e")]


def test_what_one_opening_put_in_the_registers_the_next_one_reads(store):
    store.put_room(ROOM, [("kota-a", "p-e")])
    store.plan_stage(ROUND, "mandiri", "2026-01-01", "2026-02-28")
    store.set_cut_off(ROUND, "2026-02-28")

    with open_store(where(store)) as again:
        assert registers(again) == registers(store)
        assert sittings(again) == [("r-1", "kota-a", "p-e")]


AGENCY = {"code": "kota-c", "name": "Kota C", "kind": "kota"}
UNSTORABLE = {
    "person": lambda store, text: store.add_people([{"id": "p-9", "name": "A", "office": text}]),
    "erased": lambda store, text: store.erase_person(text),
    "appointed": lambda store, text: store.appoint(text, "evaluator"),
    "role": lambda store, text: store.appoint("p-k", text),
    "role-agency": lambda store, text: store.appoint("p-k", "agency", text),
    "dismissed": lambda store, text: store.dismiss(text, "evaluator"),
    "dismissed-role": lambda store, text: store.dismiss("p-e", text),
    "dismissed-agency": lambda store, text: store.dismiss("p-1", "agency", text),
    "wilayah": lambda store, text: store.add_agencies([{**AGENCY, "wilayah": text}]),
    "time-zone": lambda store, text: store.add_agencies([{**AGENCY, "time_zone": text}]),
    "round": lambda store, text: store.add_round(text, 2027, 1),
    "cut-off": lambda store, text: store.set_cut_off(ROUND, text),
    "cut-off-round": lambda store, text: store.set_cut_off(text, "2026-05-31"),
    "stage": lambda store, text: store.plan_stage(ROUND, text, "2026-01-01", "2026-02-01"),
    "begins": lambda store, text: store.plan_stage(ROUND, "mandiri", text, "2026-02-01"),
    "ends": lambda store, text: store.plan_stage(ROUND, "mandiri", "2026-01-01", text),
    "room": lambda store, text: store.put_room({**ROOM, "code": text}, []),
    "room-round": lambda store, text: store.put_room({**ROOM, "round": text}, []),
    "room-name": lambda store, text: store.put_room({**ROOM, "name": text}, []),
    "room-host": lambda store, text: store.put_room({**ROOM, "host": text}, []),
    "sitting-agency": lambda store, text: store.put_room(ROOM, [("kab-b", "p-k"), (text, "p-e")]),
    "sitting-evaluator": lambda store, text: store.put_room(ROOM, [("kota-a", text)]),
    "people-asked-for": lambda store, text: store.people(["p-1", text]),
    "appointments-asked-for": lambda store, text: store.appointments([text]),
    "agencies-asked-for": lambda store, text: store.agencies([text]),
}


@pytest.mark.parametrize("text", ["a\0b", "a\ud83d"], ids=["nul", "half-an-emoji"])
@pytest.mark.parametrize("do", UNSTORABLE.values(), ids=UNSTORABLE)
def test_a_text_that_cannot_be_stored_is_refused_and_all_stays_as_it_was(store, do, text):
    store.put_room(ROOM, [("kota-a", "p-e")])
    before = registers(store)

    with pytest.raises(StoreError) as caught:
        do(store, text)

    assert caught.value.key == "text-not-storable"
    for lang in ("id", "en"):
        assert ascii(text)[1:-1] in explain(caught.value, lang)
    assert registers(store) == before
