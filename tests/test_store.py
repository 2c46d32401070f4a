"""The store, on SQLite and on PostgreSQL: what it takes, refuses, and never lets go of.

The formula of the chain is written here a second time, from the words in `_entries.py`, so that
a slip in the code cannot hide behind itself. What only PostgreSQL does is in test_postgresql.py,
files of evidence in test_evidence.py. Tampering is that of test_audit*.py; steps of the schema
are test_migrations.py's.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from merit_kit import assessment
from merit_kit.errors import StoreError
from merit_kit.i18n import explain
from merit_kit.store import (
    Statement,
    assessment_digest,
    audit,
    create_store,
    new_id,
    open_store,
    opened,
)
from merit_kit.store import _engine as engine_room
from merit_kit.store._engine import file_system_of
from tests.conftest import ROUND, level, note
from tests.databases import REFUSED, postgresql_only, raw, sqlite_only, where


def sha256(*lines: str) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def entry_rows(store):
    with raw(store) as file:
        return [dict(row) for row in file.execute("SELECT * FROM entry ORDER BY position")]


def test_a_statement_is_stored_at_the_next_place_with_its_bytes_as_they_were(store, begun):
    said = note(begun, "1.1", "Bukti “lengkap” – 100 %; naïve, 山, \x00, \u202e, </script>")

    [appended] = store.append([said], "p-2")

    row = entry_rows(store)[1]
    assert (appended.id, appended.state, appended.position) == (said.id, "stored", 2)
    assert row["payload"] == said.payload
    assert json.loads(row["payload"])["body"] == said.body
    assert (row["author"], row["recorded_by"]) == ("p-1", "p-2")


def test_the_bytes_of_a_payload_are_these_for_ever():
    clock, own = "2026-01-01T00:00:00.000Z", "e" * 32
    said = Statement("a-1", "note", "p-1", clock, {"b": 1, "a": "é"}, id=own)

    assert said.payload == (
        '{"assessment":"a-1","author":"p-1","base":[],"body":{"a":"é","b":1},'
        f'"id":"{own}",'
        '"kind":"note","room":null,"stated_at":"2026-01-01T00:00:00.000Z","v":1,'
        '"visible_to":"agency"}'
    )


@pytest.mark.parametrize(
    "part",
    [
        {"id": "e-1"},
        {"base": ("x",)},
        {"author": ""},
        {"author": "a\nb"},
        {"author": "a\0b"},
        {"room": "r" * 65},
        {"stated_at": "kemarin"},
        {"stated_at": "2026-01-01T00:00:00+07:00"},
    ],
    ids=lambda part: ascii(next(iter(part.items()))),
)
def test_a_statement_whose_form_could_not_be_kept_for_ever_cannot_be_made(part):
    with pytest.raises(ValueError, match="is not of the form"):
        note("a-1", "1.1", "a", **part)


def test_what_is_done_together_is_kept_as_a_whole_or_not_at_all(store, begun):
    def cut_off():
        with store.together("test"):
            store.append([note(begun, "1.1", "a")], "p-1")
            assert len(store.entries()) == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cut_off()

    assert len(store.entries()) == 1
    with store.together("test"):
        store.append([note(begun, "1.1", "a")], "p-1")
        with store.together("within"):
            store.append([note(begun, "1.1", "b")], "p-1")
        store.append([note(begun, "1.1", "c")], "p-1")
    assert len(store.entries()) == 4
    assert audit(store) == []


def test_a_chain_names_the_heads_it_begins_from(store, begun):
    head = entry_rows(store)[0]
    with open_store(where(store)) as second:
        second.append([note(begun, "1.1", "a"), note(begun, "1.2", "b")], "p-1")

    first, later = entry_rows(store)[1:]
    assert json.loads(first["known"]) == [[head["writer"], 1, head["hash"]]]
    assert first["prev"] == sha256(head["hash"])
    assert later["known"] is None


def test_the_columns_beside_a_payload_repeat_it(store, begun):
    store.append([note(begun, "1.1", "a", room="r-1", visible_to="internal")], "p-1")

    row = entry_rows(store)[1]
    said = opened(row["payload"])
    for column in ("id", "assessment", "room", "kind", "visible_to", "author", "stated_at"):
        assert said[column] == row[column]
    assert (row["room"], row["visible_to"]) == ("r-1", "internal")


def test_the_database_sets_the_time_of_recording_and_not_the_one_who_states(store, begun):
    store.append([level(begun, "1.1", 3, stated_at="1999-01-01T00:00:00.000Z")], "p-1")

    row = entry_rows(store)[1]
    assert row["stated_at"].startswith("1999-01-01")
    assert row["recorded_at"] > "2025"
    assert row["recorded_at"].endswith("Z")


def test_nobody_can_be_named_who_may_see_it_but_internal_agency_and_public(begun):
    with pytest.raises(ValueError, match="everybody"):
        note(begun, "1.1", "a", visible_to="everybody")


@pytest.mark.parametrize("body", [{"x": 1.5}, {"x": {1: "a"}}, {"x": b"a"}], ids=str)
def test_what_has_no_one_spelling_is_refused_and_nothing_is_stored(store, begun, body):
    said = Statement(begun, "note", "p-1", "2026-01-01T00:00:00Z", body)

    with pytest.raises(TypeError):
        store.append([level(begun, "1.1", 3), said], "p-1")

    assert len(store.entries()) == 1


def test_ids_are_32_hexadecimal_digits_and_never_the_same():
    made = {new_id() for _ in range(1000)}

    assert len(made) == 1000
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in made)


def test_sending_the_same_again_changes_nothing_and_says_where_it_is(store, begun):
    said = level(begun, "1.1", 3)
    store.append([said, level(begun, "1.2", 2)], "p-1")
    before = entry_rows(store)

    [again] = store.append([said], "p-2")

    assert (again.state, again.position) == ("already", 2)
    assert entry_rows(store) == before


def test_the_same_twice_in_one_sending_is_stored_once(store, begun):
    said = level(begun, "1.1", 3)

    outcomes = store.append([said, said], "p-1")

    assert [(o.state, o.position) for o in outcomes] == [("stored", 2), ("already", 2)]
    assert len(store.entries()) == 2


def test_a_known_id_with_other_bytes_is_refused_and_so_is_all_that_came_with_it(store, begun):
    said = level(begun, "1.1", 3)
    store.append([said], "p-1")

    with pytest.raises(StoreError) as caught:
        store.append([level(begun, "1.2", 1), level(begun, "1.1", 4, id=said.id)], "p-1")

    assert (caught.value.key, caught.value.facts["found"]) == ("entry-differs", said.id)
    assert [row["payload"] for row in entry_rows(store)[1:]] == [said.payload]


def test_a_known_id_of_another_assessment_is_refused(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    said = level(begun, "1.1", 3)
    store.append([said], "p-1")

    with pytest.raises(StoreError, match="entry-differs"):
        store.append([level(other, "1.1", 3, id=said.id)], "p-1")


def test_a_batch_that_fails_at_its_end_leaves_nothing(store, begun):
    unknown = level("no-such-assessment", "1.1", 3)

    with pytest.raises(StoreError, match="store-failed"):
        store.append([level(begun, "1.1", 3), unknown], "p-1")

    assert len(store.entries()) == 1
    assert len(store.anchors()) == 1


def test_more_statements_than_one_query_may_name_are_stored_and_known_again(store, begun):
    many = [note(begun, "1.1", str(n)) for n in range(1201)]

    first, again = store.append(many, "p-1"), store.append(many, "p-1")

    assert [o.position for o in first] == list(range(2, 1203))
    assert {o.state for o in again} == {"already"}


def test_an_assessment_whose_first_statement_fails_is_not_there_either(store, begun, tiny):
    known = entry_rows(store)[0]["id"]
    row = {"id": "a-2", "agency": "kab-b", "round": ROUND, "edition": tiny.digest, "invented": 0}
    row["purpose"] = "result"
    edition = {"digest": tiny.digest, "id": tiny.id, "data": tiny.canonical}

    with pytest.raises(StoreError, match="entry-differs"):
        store.add_assessment(row, edition, level("a-2", "1.1", 3, id=known), "p-1")

    assert list(store.assessments().index) == [begun]


def test_each_hash_and_each_digest_follow_from_the_rows_by_the_formula(store, begun, tiny):
    store.append([level(begun, "1.1", 3), note(begun, "1.1", "é\n2")], "p-2")
    with open_store(where(store)) as second:
        second.append([level(begun, "1.2", 1)], "p-3")
        store.append([level(begun, "2.1", 0)], "p-2")
        second.append([level(begun, "2.1", 4)], "p-3")

    heads: dict[str, str] = {}
    last: dict[str, int] = {}
    for row in entry_rows(store):
        digest_before = sha256(*sorted(heads.values()))
        assert row["prev"] == heads.get(row["writer"], digest_before)
        assert row["seq"] == last.get(row["writer"], 0) + 1
        assert row["hash"] == sha256(
            row["prev"], row["writer"], str(row["seq"]), row["recorded_by"], row["payload"]
        )
        heads[row["writer"]], last[row["writer"]] = row["hash"], row["seq"]
        with raw(store) as file:
            [noted] = file.execute(
                "SELECT digest FROM anchor WHERE position = ?", [row["position"]]
            ).fetchone()
        assert noted == sha256(*sorted(heads.values()))
    assert sorted(last.values()) == [2, 4]


def test_two_openings_make_two_chains_and_the_second_holds_on_to_the_first(store, begun):
    store.append([level(begun, "1.1", 3)], "p-1")
    before = store.anchors()["digest"].iloc[-1]
    with open_store(where(store)) as second:
        assert second.writer != store.writer
        second.append([level(begun, "1.2", 1)], "p-1")

    one, _, other = entry_rows(store)
    assert (one["writer"], other["writer"]) == (store.writer, second.writer)
    assert (other["seq"], other["prev"]) == (1, before)


def test_each_assessment_has_a_chain_of_its_own(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")

    store.append([level(begun, "1.1", 3), level(other, "1.1", 3), level(begun, "1.2", 3)], "p-1")

    rows = store.entries()
    assert {key: list(own["seq"]) for key, own in rows.groupby("assessment")} == {
        begun: [1, 2, 3],
        other: [1, 2],
    }
    assert audit(store) == []


def test_the_digest_of_nothing_is_that_of_no_bytes_and_order_plays_no_part():
    assert assessment_digest([]) == hashlib.sha256(b"").hexdigest()
    assert assessment_digest(["b", "a"]) == assessment_digest(["a", "b"]) == sha256("a", "b")


def test_threads_that_append_at_once_lose_nothing(store, begun):
    def state(n: int) -> None:
        store.append([note(begun, "1.1", str(n))], "p-1")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(state, range(40)))

    rows = store.entries()
    assert list(rows["position"]) == list(range(1, 42))
    assert list(rows["seq"]) == list(range(1, 42))
    assert {opened(text)["body"].get("text") for text in rows["payload"][1:]} == {
        str(n) for n in range(40)
    }
    assert audit(store) == []


PROGRAM = """
import sys
from merit_kit.store import Statement, open_store
path, about, who = sys.argv[1:]
with open_store(path) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(15):
        body = {"sub_aspect": "1.1", "text": f"{who}-{n}"}
        store.append([Statement(about, "note", who, "2026-01-01T00:00:00Z", body)], who)
"""


def test_programs_that_append_at_once_lose_nothing(store, begun):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(where(store)), begun, f"p-{n}"],
            encoding="utf-8",
            **pipes,
        )
        for n in range(4)
    ]
    for program in programs:
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()
    for program in programs:
        program.communicate()
        assert program.returncode == 0

    rows = store.entries()
    texts = [opened(text)["body"].get("text") for text in rows["payload"][1:]]
    assert sorted(texts) == sorted(f"p-{who}-{n}" for who in range(4) for n in range(15))
    assert rows["writer"].nunique() == 5
    assert audit(store) == []


@sqlite_only
def test_a_store_another_program_writes_to_can_be_opened_and_read(store, begun, monkeypatch):
    monkeypatch.setattr(engine_room, "BUSY_SECONDS", 0)
    with raw(store) as file:
        file.execute("BEGIN IMMEDIATE")
        with open_store(where(store)) as second:
            assert len(second.entries()) == 1
        file.execute("ROLLBACK")


@sqlite_only
def test_a_store_another_program_keeps_to_itself_is_said_to_be_busy(store, begun, monkeypatch):
    monkeypatch.setattr(engine_room, "BUSY_SECONDS", 0)
    with open_store(where(store)) as second, raw(store) as file:
        file.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            second.append([level(begun, "1.1", 3)], "p-1")
        file.execute("ROLLBACK")

        assert caught.value.key == "store-busy"
        assert str(store.path) in explain(caught.value, "en")
        assert second.append([level(begun, "1.1", 3)], "p-1")[0].state == "stored"


def test_a_person_who_was_erased_is_not_left_in_the_file(tmp_path):
    with create_store(tmp_path / "ws") as made:
        made.add_people([{"id": "p-9", "name": "Siti Unik", "nip": "197001011990031001"}])
        made.erase_person("p-9")
        path = made.path

    assert b"Siti Unik" not in path.read_bytes()
    assert b"197001011990031001" not in path.read_bytes()


@pytest.mark.parametrize("text", ["a\0b", "a\ud83d"], ids=["nul", "half-an-emoji"])
def test_what_one_of_the_databases_cannot_keep_is_refused_by_both(store, begun, text):
    with pytest.raises(StoreError) as caught:
        store.add_people([{"id": "p-9", "name": text}])
    assert caught.value.key == "text-not-storable"
    with pytest.raises(ValueError, match="author"):
        store.append([note(begun, "1.1", "a", room=text)], "p-1")
    with pytest.raises(StoreError, match="text-not-storable"):
        store.append([note(begun, "1.1", "a")], text)

    assert "p-9" not in store.people().index
    assert len(store.entries()) == 1


def test_half_an_emoji_in_what_was_said_is_refused_in_words(store, begun):
    with pytest.raises(StoreError, match="text-not-storable"):
        store.append([note(begun, "1.1", "a\ud83d")], "p-1")


def test_lists_come_in_the_order_of_their_bytes_whatever_the_language_of_the_server(store):
    codes = ["kota-b", "kota", "kab-c", "kota-a", "kabc", "a1", "a-2", "Z"]
    store.add_agencies([{"code": code, "name": code, "kind": "kota"} for code in codes])

    listed = list(store.agencies().index)
    assert listed == sorted({*codes, "kab-b"}, key=str.encode)


def test_two_answers_to_the_same_statement_given_at_once_both_stand_as_a_conflict(store, begun):
    first = level(begun, "1.1", 2)
    store.append([first], "p-1")
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(
            pool.map(
                lambda n: store.append([level(begun, "1.1", n, base=(first.id,))], "p-1")[0],
                (1, 3),
            )
        )

    assert sorted(o.position for o in outcomes) == [3, 4]
    stated = [opened(text) for text in store.entries()["payload"][2:]]
    assert sorted(said["body"]["level"] for said in stated) == [1, 3]
    assert all(said["base"] == [first.id] for said in stated)
    assert audit(store) == []


def test_the_same_statement_sent_by_several_at_once_is_stored_once(store, begun):
    said = level(begun, "1.1", 2)
    with ThreadPoolExecutor(6) as pool:
        outcomes = [o for [o] in pool.map(lambda _: store.append([said], "p-1"), range(6))]

    assert sorted(o.state for o in outcomes) == ["already"] * 5 + ["stored"]
    assert {o.position for o in outcomes} == {2}


def pragma(store, name):
    with store.engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@sqlite_only
def test_every_commit_is_on_the_disk_before_it_is_acknowledged(store):
    full = 2
    assert pragma(store, "synchronous") == full


@sqlite_only
def test_foreign_keys_and_the_triggers_of_replace_are_on(store):
    assert pragma(store, "foreign_keys") == 1
    assert pragma(store, "recursive_triggers") == 1


@pytest.mark.parametrize(
    ("version", "journal"),
    [((3, 51, 2), "delete"), ((3, 51, 3), "wal"), ((3, 40, 1), "delete"), ((4, 0, 0), "wal")],
    ids=str,
)
def test_the_write_ahead_log_is_used_only_where_it_loses_nothing(
    tmp_path, monkeypatch, version, journal
):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)

    with create_store(tmp_path / "ws") as made:
        assert pragma(made, "journal_mode") == journal


SPOILING = {
    "update": "UPDATE {table} SET {column} = 'x'",
    "update-or-replace": "UPDATE OR REPLACE {table} SET {column} = 'x'",
    "delete": "DELETE FROM {table}",
    "replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "replace-into": "REPLACE INTO {table} SELECT * FROM {table}",
    "insert-again": "INSERT INTO {table} SELECT * FROM {table}",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} WHERE 1 "
    "ON CONFLICT DO UPDATE SET {column} = 'x'",
    "replace-by-rowid": "INSERT OR REPLACE INTO {table} (rowid, {columns}) SELECT 1, {fresh}",
}
COLUMN = {
    "entry": "payload",
    "anchor": "digest",
    "assessment": "agency",
    "edition": "data",
    "evidence": "type",
    "evidence_chunk": "content",
}


def put_one_chunk(store, begun):
    """Put a file, and on SQLite, which has none, a piece of it as well."""
    store.put_evidence(b"Bukti", begun)
    if store.path:
        with raw(store) as file:
            file.execute("INSERT INTO evidence_chunk SELECT id, 1, x'42' FROM evidence")


@sqlite_only
@pytest.mark.parametrize("how", SPOILING)
@pytest.mark.parametrize("table", COLUMN)
def test_the_database_refuses_whatever_would_change_or_remove_a_row(store, begun, table, how):
    put_one_chunk(store, begun)
    with raw(store) as file:
        before = [tuple(row) for row in file.execute(f"SELECT * FROM {table}")]
        columns = [row["name"] for row in file.execute(f"PRAGMA table_info({table})")]
        allowed = {"invented": "0", "position": "99", "seq": "99", "visible_to": "'public'"}
        allowed |= {"number": "99", "size": "9", "parts": "9"}
        fresh = ", ".join(allowed.get(column, "'fresh'") for column in columns)
        statement = SPOILING[how].format(
            table=table, column=COLUMN[table], columns=", ".join(columns), fresh=fresh
        )

        with pytest.raises(sqlite3.IntegrityError, match=f"{table}: rows are only ever added"):
            file.execute(statement)

        assert [tuple(row) for row in file.execute(f"SELECT * FROM {table}")] == before


@sqlite_only
@pytest.mark.parametrize(
    ("table", "kept"),
    [
        ("entry", ("id",)),
        ("entry", ("assessment", "position")),
        ("entry", ("assessment", "writer", "seq")),
        ("anchor", ("assessment", "position")),
        ("assessment", ("id",)),
        ("assessment", ("agency", "round", "purpose")),
        ("edition", ("digest",)),
        ("evidence", ("id",)),
        ("evidence", ("assessment", "sha256", "visible_to")),
        ("evidence_chunk", ("file", "number")),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_a_row_that_shares_anything_unique_with_another_does_not_replace_it(
    store, begun, table, kept
):
    put_one_chunk(store, begun)
    with raw(store) as file:
        row = dict(file.execute(f"SELECT * FROM {table}").fetchone())
        other = {"invented": 0, "position": 99, "seq": 99, "visible_to": "public"}
        other |= {"number": 99, "size": 9, "parts": 9}
        new = {name: row[name] if name in kept else other.get(name, "x") for name in row}
        marks = ", ".join("?" * len(new))

        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            file.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", list(new.values()))

        assert dict(file.execute(f"SELECT * FROM {table}").fetchone()) == row


SPOILING_POSTGRESQL = {
    "update": "UPDATE {table} SET {column} = DEFAULT",
    "update-nothing": "UPDATE {table} SET {column} = {column} WHERE false",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) "
    "DO UPDATE SET {column} = excluded.{column}",
    "merge": "MERGE INTO {table} USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE",
    "as-a-replica": "SET session_replication_role = replica; DELETE FROM {table}",
}
KEY = {
    "entry": "id",
    "anchor": "assessment, position",
    "assessment": "id",
    "edition": "digest",
    "evidence": "id",
    "evidence_chunk": "file, number",
}


@postgresql_only
@pytest.mark.parametrize("how", SPOILING_POSTGRESQL)
@pytest.mark.parametrize("table", COLUMN)
def test_the_server_refuses_whatever_would_change_or_remove_a_row_even_to_its_superuser(
    store, begun, table, how
):
    put_one_chunk(store, begun)
    with raw(store) as hand:
        before = [tuple(row) for row in hand.execute(f"SELECT * FROM {table}")]
        statement = SPOILING_POSTGRESQL[how].format(
            table=table, column=COLUMN[table], key=KEY[table]
        )

        with pytest.raises(REFUSED, match="rows are only ever added"):
            hand.execute(statement)

        assert [tuple(row) for row in hand.execute(f"SELECT * FROM {table}")] == before


def test_erasing_a_person_leaves_what_was_stated_and_the_audit_as_they_were(store, begun):
    store.append([note(begun, "1.1", "a")], "p-1")
    before = entry_rows(store)
    line = assessment.make_case(store, "kota-a", ROUND).person_line
    assert line("p-1") == "Ani, Tim penilai mandiri"

    assert store.erase_person("p-1")
    assert not store.erase_person("p-1")

    assert entry_rows(store) == before
    assert audit(store) == []
    assert assessment.make_case(store, "kota-a", ROUND).person_line("p-1") == "p-1"


def test_no_name_login_or_nip_is_in_what_was_stated(store, tiny):
    person = assessment.identify(store, "Siti Unik", "Kantor Unik", "197001011990031001")
    store.appoint(person, "agency", "kota-a")
    about = assessment.begin(store, "kota-a", ROUND, tiny, person)
    store.append([level(about, "1.1", 3, author=person)], person)

    everything = json.dumps(entry_rows(store))
    for told in ("Siti Unik", "Kantor Unik", "197001011990031001"):
        assert told not in everything


def test_people_agencies_and_rounds_are_corrected_by_stating_them_again(store):
    store.add_agencies([{"code": "kota-a", "name": "Kota A Baru", "kind": "kota", "province": ""}])
    store.add_people([{"id": "p-1", "login": "ani", "name": "Ani S.", "nip": None, "office": None}])

    assert store.agencies().loc["kota-a", "name"] == "Kota A Baru"
    assert list(store.agencies().index) == ["kab-b", "kota-a"]
    assert store.people().loc["p-1", "name"] == "Ani S."


def test_the_same_user_is_the_same_person_at_every_visit(store):
    first = assessment.whoami(store)

    assert assessment.whoami(store) == first
    assert assessment.identify(store, "Budi", "Tim") == first
    assert store.people().loc[first, "name"] == "Budi"


@sqlite_only
def test_whoever_holds_a_file_holds_all_of_it_and_is_no_role(store):
    assert store.role is None


def test_a_user_without_a_name_is_still_one_person(store, monkeypatch):
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)

    assert assessment.whoami(store) == assessment.whoami(store)


@sqlite_only
def test_folder_file_and_url_open_the_same_store(store, tmp_path):
    folder = tmp_path / "ws"
    places = [folder, str(folder), folder / "merit.db", f"sqlite:///{folder / 'merit.db'}"]

    for place in places:
        with open_store(place) as found:
            assert found.id == store.id
            assert found.folder == folder


@sqlite_only
def test_a_file_without_an_ending_is_taken_for_a_file(store, tmp_path):
    plain = tmp_path / "arsip"
    plain.write_bytes(store.path.read_bytes())

    with open_store(plain) as found:
        assert (found.id, found.path) == (store.id, plain)


@sqlite_only
def test_a_place_named_relatively_keeps_being_the_same_when_one_moves(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store("ws") as found:
        monkeypatch.chdir("/")
        assert found.id == store.id
        assert len(found.rounds()) == 1
        assert found.path == tmp_path / "ws" / "merit.db"


@pytest.mark.parametrize("do", [open_store, create_store], ids=["open", "create"])
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ani:rahasia@server",
        "postgresql+psycopg://ani:rahasia@server/",
        "postgresql://ani:rah/asia@rahasia:server/merit",
        "postgresql+psycopg2://ani:rahasia@server/merit",
        "mysql://ani:rahasia@server/merit",
        "https://server/merit.db",
        "sqlite+aiosqlite:///merit.db",
        "sqlite://data/merit.db",
        "sqlite://server:port/merit.db",
        "sqlite:merit.db",
        "sqlite:///merit.db?mode=ro",
        "sqlite://",
        "sqlite:///:memory:",
        ":memory:",
        "",
    ],
)
def test_a_url_that_is_not_served_is_refused_and_nothing_is_made(tmp_path, monkeypatch, do, url):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(StoreError) as caught:
        do(url)

    assert caught.value.key == "store-not-served"
    assert "rahasia" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    for lang in ("id", "en"):
        assert "sqlite" in explain(caught.value, lang)


@pytest.mark.parametrize("place", ["none", "none/merit.db", "none.db"])
def test_a_store_that_is_not_there_is_refused_and_not_made(tmp_path, place):
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / place)

    assert caught.value.key == "store-missing"
    assert "none" in explain(caught.value, "id")
    assert list(tmp_path.iterdir()) == []


@sqlite_only
def test_a_store_is_never_made_over_another(store, begun):
    with pytest.raises(StoreError, match="store-exists"):
        create_store(store.path.parent)

    assert len(store.entries()) == 1


@pytest.mark.parametrize(
    "made",
    ["CREATE TABLE stock (x)", "CREATE TABLE store (id, name)", "CREATE TABLE step (number, name)"],
)
@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 3)], ids=["journal", "wal"])
def test_a_foreign_database_is_refused_and_left_as_it_was(tmp_path, monkeypatch, made, version):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    path = tmp_path / "shop.db"
    with raw(path) as file:
        file.execute(made)
    before = path.read_bytes()

    with pytest.raises(StoreError) as caught:
        open_store(path)

    assert caught.value.key == "store-foreign"
    assert "shop.db" in explain(caught.value, "en")
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path):
    path = tmp_path / "letter.db"
    path.write_text("Dengan hormat, " * 200, encoding="utf-8")

    with pytest.raises(StoreError) as caught:
        open_store(path)

    assert caught.value.key == "store-failed"
    assert "not a database" in explain(caught.value, "en")


def test_a_store_made_by_a_newer_kit_is_refused_and_left_as_it_was(store):
    with raw(store) as file:
        file.execute("INSERT INTO step VALUES (99, 'from the future')")
    before = store.path.read_bytes() if store.path else None

    with pytest.raises(StoreError) as caught:
        open_store(where(store))

    assert caught.value.key == "store-newer"
    assert "99" in explain(caught.value, "en")
    assert before is None or store.path.read_bytes() == before


MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/data /mnt/nfs nfs4 rw,vers=4.2 0 0
/dev/sdb1 /mnt/nfs/local xfs rw 0 0
//server/share /mnt/Data\\040Kantor cifs rw 0 0
//server/odd /mnt/back\\134slash cifs rw 0 0
/dev/sdc1 /mnt/twice ext4 rw 0 0
server:/twice /mnt/twice nfs rw 0 0
short line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ani/merit.db", "ext4"),
        ("/mnt/nfs/ws/merit.db", "nfs4"),
        ("/mnt/nfs2/merit.db", "ext4"),
        ("/mnt/nfs/local/merit.db", "xfs"),
        ("/mnt/Data Kantor/merit.db", "cifs"),
        ("/mnt/back\\slash/merit.db", "cifs"),
        ("/mnt/twice/merit.db", "nfs"),
    ],
)
def test_the_innermost_and_latest_mount_says_what_a_file_lies_on(path, kind):
    assert file_system_of(Path(path), MOUNTS) == kind


def mounted(monkeypatch, point: Path, kind: str) -> None:
    table = f"/dev/sda1 / ext4 rw 0 0\nthere {point} {kind} rw 0 0\n"
    kept = Path.read_text
    monkeypatch.setattr(
        Path,
        "read_text",
        lambda self, *args, **more: (
            table if str(self) == "/proc/mounts" else kept(self, *args, **more)
        ),
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/mounts")
@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "davfs"])
def test_a_store_on_a_network_drive_is_refused_and_nothing_is_made(tmp_path, monkeypatch, kind):
    (tmp_path / "share").mkdir()
    mounted(monkeypatch, tmp_path / "share", kind)

    with pytest.raises(StoreError) as caught:
        create_store(tmp_path / "share" / "ws")

    assert caught.value.key == "store-on-network"
    assert list((tmp_path / "share").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/mounts")
def test_a_link_to_a_network_drive_is_seen_through(tmp_path, monkeypatch):
    (tmp_path / "share").mkdir()
    (tmp_path / "ws").symlink_to(tmp_path / "share", target_is_directory=True)
    mounted(monkeypatch, tmp_path / "share", "nfs")

    with pytest.raises(StoreError, match="store-on-network"):
        create_store(tmp_path / "ws")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/mounts")
def test_a_local_folder_beside_a_network_drive_is_served(tmp_path, monkeypatch):
    mounted(monkeypatch, tmp_path / "share", "nfs")

    with create_store(tmp_path / "shared") as made:
        assert made.path.is_file()


def test_a_place_that_cannot_hold_a_folder_is_refused_in_words(tmp_path):
    (tmp_path / "letter").write_text("a", encoding="utf-8")

    with pytest.raises(StoreError) as caught:
        create_store(tmp_path / "letter" / "ws")

    assert caught.value.key == "store-failed"
    assert "letter" in explain(caught.value, "en")


def test_a_connection_that_a_thread_still_has_is_closed_when_it_comes_back(store):
    held = store.engine.connect()
    raw = held.connection.driver_connection
    store.close()
    held.close()

    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        raw.execute("SELECT 1")
