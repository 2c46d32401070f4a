"""What only PostgreSQL does: a server that is away, passwords, and roles that see their part.

The roles are real ones that log in to the real server. `hers` may do all in the assessment of
kota-a, `theirs` is that agency's, `nobody` was let in and permitted nothing; `secretariat` is
permitted every assessment.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from merit_kit import assessment, process, reports
from merit_kit.errors import RuleError, StoreError
from merit_kit.i18n import describe, explain
from merit_kit.reports._states import states
from merit_kit.store import (
    EVERY,
    Store,
    audit,
    create_store,
    grant_application,
    open_store,
    opened,
    permit,
    withdraw,
)
from merit_kit.store import _engine as engine_room
from tests.conftest import PEOPLE, ROUND, level, note
from tests.databases import Server, raw, where
from tests.sayings import reach
from tests.test_migrations import fill, three_steps

PDF = b"%PDF-1.7 isi"


@pytest.fixture
def store(server: Server, furnished: str) -> Iterator[Store]:
    """As everywhere, but on PostgreSQL alone."""
    name = server.database(furnished)
    with open_store(server.url(name)) as opened:
        yield opened
    server.drop(name)


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def told(error: StoreError) -> str:
    """Everything anybody gets to see of an error."""
    shown = "".join(traceback.format_exception(error))
    return "\n".join([shown, str(error), explain(error, "id"), explain(error, "en")])


@pytest.fixture
def login(store: Store, server: Server) -> str:
    """A role that is asked for its password, which is ``benar``."""
    role = f"sandi_{store.engine.url.database}"
    with raw(store) as hand:
        hand.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'benar'")
    server.ask_password_of(role)
    return role


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("postgresql://ani:rahasia@127.0.0.1:1/merit", "store-away"),
        ("postgresql+psycopg://ani:rahasia@127.0.0.1:1/merit", "store-away"),
        ("postgresql://ani@127.0.0.1:1/merit?password=rahasia", "store-away"),
        ("postgresql://ani:rahasia@/merit?host=/no/such/folder", "store-away"),
        ("postgresql://ani:rahasia@127.0.0.1:1/merit?nonsense=1", "store-failed"),
    ],
)
@pytest.mark.parametrize("do", [open_store, create_store], ids=["open", "create"])
def test_a_server_that_is_away_is_said_without_the_password(do, url, key):
    with pytest.raises(StoreError) as caught:
        do(url)

    assert caught.value.key == key
    assert "rahasia" not in told(caught.value)
    assert "ani@" in explain(caught.value, "id")


def test_a_wrong_password_is_said_and_not_shown(store, server, login):
    name = store.engine.url.database
    # Named before: a traceback shows the lines it passed.
    wrong, right = (server.url(name, login, password) for password in ("rahasia", "benar"))
    with pytest.raises(StoreError) as caught:
        open_store(wrong)
    assert caught.value.key == "store-login"
    assert "rahasia" not in told(caught.value)
    assert login in explain(caught.value, "id")

    # The right one opens it, to be told by the server that there is nothing here for it.
    with pytest.raises(StoreError) as caught:
        open_store(right)
    assert caught.value.key == "store-not-permitted"
    assert "benar" not in told(caught.value)


def test_no_password_is_in_what_a_store_says_of_itself(store, server, login):
    grant_application(store, login)
    with open_store(server.url(store.engine.url.database, login, "benar")) as theirs:
        assert theirs.id == store.id
        assert theirs.place.startswith(f"postgresql://{login}@")
        for shown in (
            theirs.place,
            repr(theirs.engine),
            str(theirs.engine.url),
            repr(vars(theirs)),
        ):
            assert "benar" not in shown


@pytest.mark.parametrize("user", [None, "no_such_role"])
def test_an_unknown_user_or_database_is_said_as_such(store, server, user):
    database = store.engine.url.database if user else "no_such_database"
    with pytest.raises(StoreError) as caught:
        open_store(server.url(database, user, "rahasia"))

    assert caught.value.key == ("store-login" if user else "store-database-missing")
    assert (user or database) in explain(caught.value, "en")


def test_a_database_without_a_store_is_no_store_and_one_with_other_tables_is_foreign(
    store, database
):
    with pytest.raises(StoreError, match="store-missing"):
        open_store(database)
    with raw(database) as hand:
        hand.execute("CREATE TABLE store (id text)")
    with pytest.raises(StoreError, match="store-foreign"):
        open_store(database)
    with pytest.raises(StoreError, match="store-exists"):
        create_store(database)


def test_a_database_that_cannot_hold_every_text_is_refused(store, server):
    name = f"{store.engine.url.database}_ascii"
    server.admin.execute(
        f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
    )
    try:
        with pytest.raises(StoreError) as caught:
            create_store(server.url(name))
    finally:
        server.drop(name)

    assert caught.value.key == "store-encoding"
    assert "UTF8" in explain(caught.value, "id")


def test_both_spellings_of_the_address_open_the_same_store(store):
    url = str(where(store))
    for spelling in (plain(url), url):
        with open_store(spelling) as found:
            assert found.id == store.id
            assert found.path is None
            assert found.folder == Path.cwd()


def end_all_other_connections(store: Store) -> None:
    with raw(store) as hand:
        hand.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_that_was_dropped_is_made_anew(store, begun):
    store.append([level(begun, "1.1", 1)], "p-1")
    end_all_other_connections(store)

    assert store.append([level(begun, "1.1", 2)], "p-1")[0].position == 3
    end_all_other_connections(store)
    assert len(store.entries()) == 3
    assert audit(store) == []


def test_a_connection_dropped_half_way_saves_nothing_and_repeating_does_not_double(store, begun):
    said = [level(begun, "1.1", 1), level(begun, "1.2", 1)]
    append = store._append

    def cut(connection, statements, recorded_by):
        outcomes = append(connection, statements, recorded_by)
        end_all_other_connections(store)
        return outcomes

    store._append = cut
    with pytest.raises(StoreError) as caught:
        store.append(said, "p-1")
    store._append = append

    assert caught.value.key == "store-away"
    assert len(store.entries()) == 1
    assert [o.state for o in store.append(said, "p-1")] == ["stored", "stored"]
    assert audit(store) == []


def test_writers_of_one_assessment_wait_for_each_other_and_no_one_else_does(
    store, begun, tiny, monkeypatch
):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    monkeypatch.setattr(engine_room, "BUSY_SECONDS", 1)
    with open_store(where(store)) as second, store.writing(begun):
        assert second.append([level(other, "1.1", 3)], "p-1")[0].state == "stored"
        assert len(second.entries()) == 3
        with pytest.raises(StoreError) as caught:
            second.append([level(begun, "1.1", 3)], "p-1")

    assert caught.value.key == "store-busy"
    assert audit(store) == []


def test_writers_who_name_the_same_assessments_in_another_order_do_not_block_each_other(
    store, begun, tiny
):
    from concurrent.futures import ThreadPoolExecutor

    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    pairs = [(begun, other), (other, begun)] * 10
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda p: store.append([note(a, "1.1", "a") for a in p], "p-1"), pairs))

    assert len(store.entries()) == 42
    assert audit(store) == []


@pytest.fixture
def other(store: Store, begun: str, tiny) -> str:
    """The assessment of kab-b, which none of the roles may see."""
    about = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    store.append([note(about, "1.1", "milik kab-b")], "p-1")
    store.put_evidence(b"milik kab-b", about)
    return about


@pytest.fixture
def roles(store: Store, server: Server, begun: str, other: str) -> Iterator[dict[str, Store]]:
    """The store as each role opens it."""
    store.append(
        [
            note(begun, "1.1", "antara kita", visible_to="internal"),
            note(begun, "1.1", "untuk instansi"),
            note(begun, "1.1", "untuk semua", visible_to="public"),
        ],
        "p-1",
    )
    store.put_evidence(PDF, begun)
    store.put_evidence(b"foto dari kunjungan", begun, "internal")
    database = store.engine.url.database
    names = {who: f"{who}_{database}" for who in ("hers", "theirs", "nobody", "secretariat")}
    for name in names.values():
        grant_application(store, name)
    permit(store, names["hers"], begun)
    permit(store, names["theirs"], begun, "agency")
    permit(store, names["secretariat"], EVERY)
    with ExitStack() as stack:
        yield {
            who: stack.enter_context(open_store(server.url(database, name)))
            for who, name in names.items()
        }


def login_of(store: Store) -> str:
    return str(store.engine.url.username)


def texts(store: Store) -> set[str]:
    found = {opened(text)["body"].get("text") for text in store.entries()["payload"]}
    return found - {None}


def test_each_role_sees_its_own_part(roles, begun):
    assert texts(roles["hers"]) == {"antara kita", "untuk instansi", "untuk semua"}
    assert texts(roles["theirs"]) == {"untuk instansi", "untuk semua"}
    assert texts(roles["nobody"]) == set()
    for who, sees in (("hers", [begun]), ("theirs", [begun]), ("nobody", [])):
        assert list(roles[who].assessments().index) == sees
        assert set(roles[who].anchors()["assessment"]) == set(sees)
        assert set(roles[who].evidence()["assessment"]) == set(sees)
        assert len(roles[who].agencies()) == 2
    assert set(roles["theirs"].evidence()["visible_to"]) == {"agency"}
    assert set(roles["hers"].evidence()["visible_to"]) == {"agency", "internal"}


def test_evaluators_are_compared_by_name_for_the_secretariat_alone(store, roles, begun):
    for who, role, agency in (
        ("hers", "evaluator", None),
        ("theirs", "agency", "kota-a"),
        ("secretariat", "secretariat", None),
    ):
        store.appoint(assessment.whoami(roles[who]), role, agency)
    said = level(begun, "2.1", 2, of="second", author="p-e", visible_to="internal")
    store.append([said, level(begun, "2.1", 3, of="verified", author="p-k")], "p-e")

    # Whatever the kit asks, the database gives a team no second scoring, and strangers nothing.
    assert said.id not in set(roles["theirs"].entries()["id"])
    assert assessment.evaluations(roles["nobody"]).empty
    asked = {who: assessment.whoami(roles[who]) for who in ("hers", "theirs", "secretariat")}
    with pytest.raises(RuleError) as caught:
        reports.calibrated(roles["theirs"], None, asked["theirs"])
    assert caught.value.key == "analysis-no-role"
    hers, all_ = (
        reports.calibrated(roles[who], None, asked[who]) for who in ("hers", "secretariat")
    )
    assert (hers.named, len(hers.people), hers.names) == (False, 0, {})
    assert set(all_.people.index) == {"p-e", "p-k"}
    assert hers.compared[0].agreement == all_.compared[0].agreement


def test_a_report_is_another_when_its_role_may_see_more_though_nothing_was_added(
    store, roles, begun
):
    theirs = roles["theirs"]
    before = states(theirs, ROUND, None)
    assert states(theirs, ROUND, None) == before
    permit(store, login_of(theirs), begun, "all")

    assert states(theirs, ROUND, None).own["kota-a"] != before.own["kota-a"]


def test_each_role_reads_the_files_of_its_part(store, roles):
    files = store.evidence().set_index("visible_to")["sha256"]
    own, inner = roles["theirs"].evidence()["sha256"].iloc[0], files["internal"]

    assert roles["theirs"].get_evidence(own) == PDF
    assert roles["hers"].get_evidence(inner) == b"foto dari kunjungan"
    for who, what in (("theirs", inner), ("nobody", own)):
        with pytest.raises(StoreError, match="evidence-unknown"):
            roles[who].get_evidence(what)
        with raw(roles[who]) as hand:
            listed = {n for (n,) in hand.execute("SELECT content FROM evidence_chunk")}
        assert b"foto dari kunjungan" not in listed


def test_what_the_roles_add_is_linked_to_what_they_cannot_read_and_the_audit_is_clean(
    store, roles, begun
):
    for who in ("hers", "theirs", "hers", "theirs"):
        own = assessment.whoami(roles[who])
        roles[who].append([level(begun, "1.1", 2), note(begun, "1.2", who)], own)
    roles["theirs"].put_evidence(b"dari instansi", begun)

    positions = store.entries([begun])["position"]
    assert list(positions) == list(range(1, 13))
    assert store.entries([begun])["writer"].nunique() == 3
    assert audit(store) == []
    assert audit(roles["hers"]) == []


@pytest.mark.parametrize(
    ("who", "visible_to"), [("theirs", "internal"), ("nobody", "agency"), ("nobody", "public")]
)
def test_a_role_adds_nothing_it_could_not_read(store, roles, begun, who, visible_to):
    own = assessment.whoami(roles[who])
    with pytest.raises(StoreError) as caught:
        roles[who].append([note(begun, "1.1", "disisipkan", visible_to=visible_to)], own)
    assert caught.value.key == "store-not-permitted"
    with pytest.raises(StoreError, match=r"store-not-permitted|assessment-unknown"):
        roles[who].put_evidence(b"disisipkan", begun, visible_to)

    assert "disisipkan" not in texts(store)
    assert audit(store) == []


@pytest.mark.parametrize("who", ["hers", "theirs", "nobody"])
def test_a_role_adds_nothing_to_another_assessment_and_begins_none(
    store, roles, other, tiny, who, begun
):
    roles_store = roles[who]
    own = assessment.whoami(roles_store)
    with pytest.raises(StoreError, match="store-not-permitted"):
        roles_store.append([note(other, "1.1", "disisipkan")], own)
    with pytest.raises(StoreError, match="assessment-unknown"):
        roles_store.put_evidence(b"disisipkan", other)
    store.add_agencies([{"code": "kota-c", "name": "Kota C", "kind": "kota"}])
    store.appoint(own, "agency", "kota-c")
    with pytest.raises(StoreError, match="store-not-permitted"):
        assessment.begin(roles_store, "kota-c", ROUND, tiny, own)

    assert "disisipkan" not in texts(store)


REFUSED = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table}",
    "drop": "DROP TABLE {table}",
    "alter": "ALTER TABLE {table} ADD COLUMN x text",
    "disable-trigger": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "disable-policies": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "policy": "CREATE POLICY mine ON {table} USING (true)",
    "trigger": "CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION only_added()",
}
TABLES = {
    "entry": "payload",
    "anchor": "digest",
    "assessment": "agency",
    "edition": "data",
    "evidence": "type",
    "evidence_chunk": "content",
}


@pytest.mark.parametrize("who", ["hers", "theirs", "secretariat"])
def test_what_must_be_refused_to_a_role_is_refused(store, roles, who):
    with raw(roles[who]) as hand:
        for table, column in TABLES.items():
            for how in REFUSED.values():
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    hand.execute(how.format(table=table, column=column))
        for how in (
            "UPDATE person SET id = 'p-2'",
            "TRUNCATE person, appointment, agency, round, round_stage, room, sitting CASCADE",
            "INSERT INTO published (agency, kind, year, source) VALUES ('x', 'x', '2026', 'x')",
            "INSERT INTO step VALUES (99, 'x')",
            "UPDATE store SET id = 'x'",
            "INSERT INTO permitted VALUES (current_user, '*', 'all')",
            "UPDATE permitted SET sees = 'all'",
            "DELETE FROM permitted",
            "CREATE TABLE mine (x text)",
            "SET session_replication_role = replica",
            "SET ROLE postgres",
            "CREATE ROLE another",
            "INSERT INTO entry (recorded_at) VALUES ('2020')",
            "COPY entry TO PROGRAM 'true'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                hand.execute(how)
        hand.execute("GRANT ALL ON entry TO PUBLIC")  # only a warning, that nothing was granted
        [(public,)] = hand.execute("SELECT has_table_privilege('public', 'entry', 'SELECT')")
        assert not public
    assert audit(store) == []


def test_switching_row_security_off_shows_a_role_nothing_more(roles):
    with raw(roles["theirs"]) as hand:
        hand.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hand.execute("SELECT * FROM entry")


def test_a_table_of_the_callers_own_does_not_stand_in_for_ours(roles, begun):
    with raw(roles["theirs"]) as hand:
        real = [tuple(row) for row in hand.execute("SELECT * FROM heads(?)", [begun])]
        hand.execute("CREATE TEMP TABLE entry (assessment text, writer text, seq int, hash text)")
        hand.execute("CREATE TEMP TABLE store (id text)")
        hand.execute("CREATE TEMP TABLE permitted (role text, assessment text, sees text)")
        hand.execute("INSERT INTO permitted VALUES (current_user, '*', 'all')")

        assert [tuple(row) for row in hand.execute("SELECT * FROM heads(?)", [begun])] == real
        rows = hand.execute("SELECT DISTINCT visible_to FROM public.entry").fetchall()
        assert {row[0] for row in rows} == {"agency", "public"}


def test_no_role_makes_the_file_of_another_longer(store, roles):
    with raw(roles["theirs"]) as hand:
        [(file,)] = hand.execute("SELECT id FROM evidence").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hand.execute("INSERT INTO evidence_chunk VALUES (?, 2, 'x')", [file])
        with pytest.raises(psycopg.errors.UniqueViolation):
            hand.execute("INSERT INTO evidence_chunk VALUES (?, 1, 'x')", [file])


def test_a_role_states_who_its_own_user_is_and_nobody_else(store, roles):
    own = login_of(roles["hers"])
    roles["hers"].add_people([{"id": "p-8", "login": own, "name": "Ani"}])
    roles["hers"].add_people([{"id": "p-8", "name": "Ani S."}])
    assert store.people().loc["p-8", "name"] == "Ani S."
    for somebody in ("somebody", login_of(roles["theirs"]), None):
        with pytest.raises(StoreError, match="store-not-permitted"):
            roles["hers"].add_people([{"id": "p-9", "login": somebody, "name": "Budi"}])
    with pytest.raises(StoreError, match="store-not-permitted"):
        roles["hers"].add_people([{"id": "p-1", "name": "Budi"}])
    with raw(roles["hers"]) as hand:
        assert hand.execute("UPDATE person SET name = 'Ani T.'").rowcount == 1

    names = store.people()["name"].to_dict()
    assert (names["p-8"], names["p-1"], "p-9" in names) == ("Ani T.", "Ani", False)


@pytest.mark.parametrize("who", ["hers", "theirs", "nobody"])
def test_a_role_erases_nobody(store, roles, who):
    own = assessment.whoami(roles[who])
    for person in (own, "p-1"):
        with pytest.raises(StoreError, match="store-not-permitted"):
            roles[who].erase_person(person)

    assert {own, "p-1"} <= set(store.people().index)


def test_what_a_role_may_see_is_taken_back(store, roles, begun):
    own = assessment.whoami(roles["hers"])
    withdraw(store, login_of(roles["hers"]), begun)

    assert texts(roles["hers"]) == set()
    with pytest.raises(StoreError, match="store-not-permitted"):
        roles["hers"].append([note(begun, "1.1", "a")], own)


def test_the_secretariat_sees_every_assessment_and_begins_new_ones(store, roles, tiny):
    own = assessment.whoami(roles["secretariat"])
    store.appoint(own, "secretariat")
    store.add_agencies([{"code": "kota-c", "name": "Kota C", "kind": "kota"}])

    assessment.begin(roles["secretariat"], "kota-c", ROUND, tiny, own)

    assert len(roles["secretariat"].assessments()) == 3
    assert audit(roles["secretariat"]) == []


ROOM = {
    "round": ROUND,
    "code": "r-1",
    "name": None,
    "kind": "evaluasi",
    "held_on": "2026-04-01",
    "starts_at": None,
    "host": None,
}


@pytest.fixture
def kept(store: Store) -> None:
    """At least one row in every register."""
    store.plan_stage(ROUND, "mandiri", "2026-01-01", "2026-02-28")
    store.put_room(ROOM, [("kota-a", "p-e")])


INSERTED = {
    "agency": "(code, name, kind) VALUES ('kota-x', 'X', 'kota')",
    "round": "(code, year, number) VALUES ('2030-1', 2030, 1)",
    "round_stage": f"VALUES ('{ROUND}', 'verifikasi', '2026-03-01', '2026-03-31')",
    "appointment": "SELECT id, 'secretariat', null FROM person WHERE login = CURRENT_USER",
    "room": f"(round, code, kind, held_on) VALUES ('{ROUND}', 'r-9', 'evaluasi', '2026-04-01')",
    "sitting": f"VALUES ('{ROUND}', 'r-1', 'kab-b', 'p-e')",
}
UPDATED = {
    "agency": "name = 'Kota X'",
    "round": "cut_off = '2020-01-01'",
    "round_stage": "ends = '2030-01-01'",
    "appointment": "role = 'host'",
    "room": "kind = 'asistensi'",
    "sitting": "evaluator = 'p-k'",
}


def registers(store: Store) -> dict[str, list[tuple]]:
    """Every row of the registers, as the owner sees them."""
    with raw(store) as hand:
        return {
            table: sorted((tuple(row) for row in hand.execute(f"SELECT * FROM {table}")), key=repr)
            for table in ("person", *INSERTED)
        }


@pytest.mark.parametrize("table", INSERTED)
@pytest.mark.parametrize("who", ["hers", "theirs", "nobody"])
def test_no_role_but_the_secretariat_changes_a_register(store, roles, kept, who, table):
    assessment.whoami(roles[who])
    before = registers(store)

    with raw(roles[who]) as hand:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            hand.execute(f"INSERT INTO {table} {INSERTED[table]}")
        # It reads them, and to change them the policies show it none.
        assert len(hand.execute(f"SELECT * FROM {table}").fetchall()) == len(before[table]) > 0
        assert hand.execute(f"UPDATE {table} SET {UPDATED[table]}").rowcount == 0
        assert hand.execute(f"DELETE FROM {table}").rowcount == 0

    assert registers(store) == before


KEEPING = {
    "agency": lambda s: s.add_agencies([{"code": "kota-c", "name": "Kota C", "kind": "kota"}]),
    "agency-corrected": lambda s: s.add_agencies([{"code": "kota-a", "time_zone": "WIT"}]),
    "round": lambda s: s.add_round("2026-2", 2026, 2),
    "cut-off": lambda s: s.set_cut_off(ROUND, "2026-05-31"),
    "stage": lambda s: s.plan_stage(ROUND, "verifikasi", "2026-03-01", "2026-03-31"),
    "stage-corrected": lambda s: s.plan_stage(ROUND, "mandiri", "2026-01-02", "2026-02-28"),
    "room": lambda s: s.put_room({**ROOM, "code": "r-2"}, []),
    "room-corrected": lambda s: s.put_room({**ROOM, "host": "p-s"}, [("kota-a", "p-e")]),
    "sittings-taken-away": lambda s: s.put_room(ROOM, []),
    "sitting": lambda s: s.put_room(ROOM, [("kota-a", "p-e"), ("kab-b", "p-e")]),
    "person": lambda s: s.add_people([{"id": "p-9", "login": "nisa", "name": "Nisa"}]),
    "person-corrected": lambda s: s.add_people([{"id": "p-1", "login": "ani", "name": "Ani S."}]),
    "appointed": lambda s: s.appoint("p-k", "host"),
    "dismissed": lambda s: s.dismiss("p-1", "agency", "kab-b"),
}


@pytest.mark.parametrize("do", KEEPING.values(), ids=KEEPING)
def test_a_role_that_may_not_keep_a_register_is_told_so(store, roles, kept, do):
    before = registers(store)

    with pytest.raises(StoreError) as caught:
        do(roles["hers"])

    assert caught.value.key == "store-not-permitted"
    assert login_of(roles["hers"]) in explain(caught.value, "id")
    assert registers(store) == before


def test_the_secretariat_keeps_agencies_rounds_rooms_people_and_their_roles(store, roles, kept):
    for do in KEEPING.values():
        do(roles["secretariat"])

    assert list(store.agencies().index) == ["kab-b", "kota-a", "kota-c"]
    assert store.agencies().loc["kota-a", "time_zone"] == "WIT"
    assert list(store.rounds()["cut_off"]) == ["2026-05-31", None]
    assert list(store.planned_stages()["begins"]) == ["2026-01-02", "2026-03-01"]
    assert list(store.rooms()["code"]) == ["r-1", "r-2"]
    assert list(store.sittings()["agency"]) == ["kab-b", "kota-a"]
    assert list(store.people(["p-1", "p-9"])["login"]) == ["ani", "nisa"]
    assert list(store.appointments(["p-k"])["role"]) == ["commissioner", "host"]
    assert list(store.appointments(["p-1"])["agency"]) == ["kota-a"]
    assert audit(store) == []


def test_seeing_a_part_of_every_assessment_makes_no_secretariat(store, roles, kept):
    permit(store, login_of(roles["nobody"]), EVERY, "agency")
    before = registers(store)

    for do in KEEPING.values():
        with pytest.raises(StoreError, match="store-not-permitted"):
            do(roles["nobody"])

    assert registers(store) == before


def test_whoever_was_the_secretariat_keeps_the_registers_no_more(store, roles, kept):
    withdraw(store, login_of(roles["secretariat"]), EVERY)
    before = registers(store)

    for do in KEEPING.values():
        with pytest.raises(StoreError, match="store-not-permitted"):
            do(roles["secretariat"])

    assert registers(store) == before


@pytest.mark.parametrize("who", ["hers", "theirs", "secretariat"])
def test_a_role_records_as_itself_whoever_states_it_and_as_nobody_else(store, roles, begun, who):
    persons = {name: assessment.whoami(each) for name, each in roles.items()}
    own = persons.pop(who)
    for other in (*persons.values(), "p-1", "p-s", "p-0", login_of(roles[who])):
        with pytest.raises(StoreError, match="store-not-permitted"):
            roles[who].append([note(begun, "1.1", "atas nama orang lain", author=own)], other)

    [kept] = roles[who].append([note(begun, "1.1", "dari p-1", author="p-1")], own)

    row = store.entries([begun]).iloc[-1]
    assert (row["position"], row["author"], row["recorded_by"]) == (kept.position, "p-1", own)
    assert "atas nama orang lain" not in texts(store)
    assert audit(store) == []


def test_an_assessment_is_begun_as_oneself_and_as_nobody_else(store, roles, tiny):
    KEEPING["agency"](store)
    own = assessment.whoami(roles["secretariat"])
    store.appoint(own, "secretariat")

    with pytest.raises(StoreError, match="store-not-permitted"):
        assessment.begin(roles["secretariat"], "kota-c", ROUND, tiny, own, recorded_by="p-s")

    assert len(store.assessments()) == 2
    assert assessment.begin(roles["secretariat"], "kota-c", ROUND, tiny, "p-s", recorded_by=own)


BORROWED = {
    "anothers-row-made-anew": "INSERT INTO person (id, login, name) VALUES "
    "('p-1', CURRENT_USER, 'x') ON CONFLICT (id) DO UPDATE SET login = excluded.login",
    "its-own-row-made-anothers": "UPDATE person SET login = 'ani' WHERE login = CURRENT_USER",
    "its-own-row-made-nobodys": "UPDATE person SET login = null WHERE login = CURRENT_USER",
    "a-second-row-of-another": "INSERT INTO person (id, login, name) VALUES ('p-9', 'ani', 'x')",
    "a-second-row-of-nobody": "INSERT INTO person (id, login, name) VALUES ('p-9', null, 'x')",
}


@pytest.mark.parametrize("how", BORROWED.values(), ids=BORROWED)
@pytest.mark.parametrize("who", ["hers", "theirs"])
def test_a_role_takes_nobodys_place_and_gives_its_own_to_nobody(store, roles, begun, who, how):
    store.add_people([{"id": "p-1", "login": "ani"}])
    assessment.whoami(roles[who])
    before = registers(store)

    with (
        raw(roles[who]) as hand,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
    ):
        hand.execute(how)

    assert registers(store) == before
    for person in ("p-1", "p-9"):
        with pytest.raises(StoreError, match="store-not-permitted"):
            roles[who].append([note(begun, "1.1", "disisipkan")], person)


@pytest.mark.parametrize("who", ["hers", "theirs"])
def test_a_role_does_not_put_its_login_to_the_row_of_another(store, roles, begun, who):
    with raw(roles[who]) as hand:
        taken = hand.execute("UPDATE person SET login = CURRENT_USER WHERE id = 'p-1'")
        assert taken.rowcount == 0

    assert store.people().loc["p-1", "login"] is None
    with pytest.raises(StoreError, match="store-not-permitted"):
        roles[who].append([note(begun, "1.1", "disisipkan")], "p-1")


def login_kept(store: Store, person: str) -> str:
    return str(store.people([person])["login"].item())


def test_a_role_is_who_its_login_says_and_the_owner_who_the_system_says(store, roles, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "budi")
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)

    for each in roles.values():
        assert each.role == login_of(each)
        own = assessment.whoami(each)
        assert assessment.whoami(each) == own
        assert login_kept(store, own) == login_of(each)
    assert store.role is None
    assert login_kept(store, assessment.whoami(store)) == "budi"
    assert len(store.people()) == len(PEOPLE) + len(roles) + 1


def test_no_variable_of_the_system_makes_a_role_somebody_else(store, roles, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "budi")
    hers = roles["hers"]

    assert login_kept(store, assessment.whoami(hers)) == login_of(hers)
    assert login_kept(store, assessment.whoami(store)) == "budi"


@pytest.mark.parametrize("permitted", [True, False], ids=["permitted", "permitted-later"])
def test_a_role_of_a_store_of_three_steps_reads_the_new_tables_once_the_owner_opened_it(
    server, database, tiny, monkeypatch, permitted
):
    with three_steps(monkeypatch), create_store(database) as old:
        name = old.engine.url.database
        role = f"lama_{name}"
        about = fill(old, tiny)
        grant_application(old, role)
        if permitted:
            permit(old, role, about)
    with pytest.raises(StoreError, match="store-not-permitted"):
        open_store(server.url(name, role))

    with open_store(database) as owner:
        owner.appoint("p-1", "agency", "kota-a")
        owner.plan_stage(ROUND, "mandiri", "2026-01-01", "2026-02-28")
        owner.put_room(ROOM, [("kota-a", "p-1")])
        if not permitted:
            permit(owner, role, about)
        with open_store(server.url(name, role)) as theirs:
            assert len(theirs.appointments()) == len(theirs.planned_stages()) == 1
            assert len(theirs.rooms()) == len(theirs.sittings()) == 1
            assert list(theirs.agencies()["time_zone"]) == [None, None]
            theirs.append([level(about, "1.2", 1)], assessment.whoami(theirs))
            for do in (KEEPING["cut-off"], KEEPING["sitting"], KEEPING["appointed"]):
                with pytest.raises(StoreError, match="store-not-permitted"):
                    do(theirs)
            with pytest.raises(StoreError, match="store-not-permitted"):
                theirs.append([level(about, "2.1", 1)], "p-1")
        assert audit(owner) == []


WEAKENED = {
    "insert-gone": "DROP POLICY {0}_insert ON {0}",
    "owner-gone": "DROP POLICY {0}_owner ON {0}",
    "added": "CREATE POLICY mine ON {0} USING (true)",
    "unforced": "ALTER TABLE {0} NO FORCE ROW LEVEL SECURITY",
    "off": "ALTER TABLE {0} DISABLE ROW LEVEL SECURITY",
}


@pytest.mark.parametrize("how", WEAKENED.values(), ids=WEAKENED)
@pytest.mark.parametrize("table", INSERTED)
def test_the_audit_names_a_register_whose_policies_are_not_as_they_were(store, table, how):
    assert audit(store) == []
    with raw(store) as hand:
        hand.execute(how.format(table))

    with open_store(where(store)) as again:
        [problem] = audit(again)
    assert (problem.where, problem.key) == (table, "audit-policy")
    for lang in ("id", "en"):
        assert describe(problem, lang)


def test_a_role_that_sees_a_part_cannot_audit_and_is_told_so(roles):
    with pytest.raises(StoreError) as caught:
        audit(roles["theirs"])

    assert caught.value.key == "audit-not-all-seen"
    assert explain(caught.value, "id")


def test_only_the_owner_lets_anybody_in(roles, begun):
    for what in (
        lambda: grant_application(roles["hers"], "another"),
        lambda: permit(roles["hers"], "another", begun),
        lambda: permit(roles["theirs"], login_of(roles["theirs"]), begun),
        lambda: permit(roles["secretariat"], login_of(roles["theirs"]), begun),
        lambda: withdraw(roles["secretariat"], login_of(roles["theirs"]), begun),
    ):
        with pytest.raises(StoreError, match="store-not-permitted"):
            what()


def test_a_role_that_could_pass_by_is_not_let_in_as_an_application(store):
    strong = f"kuat_{store.engine.url.database}"
    with raw(store) as hand:
        hand.execute(f"CREATE ROLE {strong} LOGIN BYPASSRLS")
    for role in ("postgres", strong):
        with pytest.raises(StoreError) as caught:
            grant_application(store, role)
        assert (caught.value.key, caught.value.facts["found"]) == ("role-too-strong", role)


def test_letting_a_role_in_twice_changes_nothing_and_odd_names_are_quoted(store, server):
    name = f'O"Brien; DROP TABLE x {store.engine.url.database}'
    grant_application(store, name)
    grant_application(store, name)

    with open_store(server.url(store.engine.url.database, name)) as theirs:
        assert len(theirs.entries()) == 0
        assert theirs.role == name
        assert assessment.whoami(theirs) == assessment.whoami(theirs)


def test_an_owner_who_is_no_superuser_works_as_before(server, database, tiny):
    """As deploy/postgresql.sql sets it up; the policies bind it and let it through."""
    script = Path(__file__).parents[1] / "deploy" / "postgresql.sql"
    name = database.rpartition("/")[2].partition("?")[0]
    text = script.read_text(encoding="utf-8").replace("merit_owner", f"owner_{name}")
    text = text.replace("DATABASE merit", f"DATABASE own_{name}").replace("merit.", "unused.")
    with psycopg.connect(plain(server.url("postgres")), autocommit=True) as connection:
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
        for statement in "\n".join(lines).split(";"):
            if statement.strip() and not statement.strip().startswith("\\"):
                connection.execute(statement)
    try:
        with create_store(server.url(f"own_{name}", f"owner_{name}")) as made:
            made.add_agencies([{"code": "kota-a", "name": "A", "kind": "kota"}])
            made.add_round(ROUND, 2026, 1)
            made.add_people([{"id": "p-1", "name": "Ani"}])
            made.appoint("p-1", "agency", "kota-a")
            about = assessment.begin(made, "kota-a", ROUND, tiny, "p-1")
            made.append([level(about, "1.1", 3)], "p-1")
            made.put_evidence(PDF, about)
            assert len(made.entries()) == 2
            assert audit(made) == []
            with raw(made) as hand, pytest.raises(psycopg.IntegrityError, match="only ever"):
                hand.execute("DELETE FROM entry")
    finally:
        server.drop(f"own_{name}")


def test_nobody_comes_back_as_somebody_who_was_erased_or_as_a_team(store, roles, begun):
    store.append([note(begun, "1.1", "saya")], "p-1")
    store.erase_person("p-1")
    login = login_of(roles["hers"])

    for taken in ("p-1", "tim-kota-a"):
        with pytest.raises(StoreError, match="store-not-permitted"):
            roles["hers"].add_people([{"id": taken, "login": login, "name": "Ani"}])
    assert "p-1" not in store.people().index


def test_the_secretariat_erases_a_person(store, roles):
    roles["secretariat"].erase_person("p-e")

    assert "p-e" not in store.people().index


def test_an_evaluators_role_puts_down_whom_the_store_knows_and_is_told_who_adds_others(
    store, roles, begun
):
    reach(store, begun, "verifikasi")
    persons = {who: assessment.whoami(roles[who]) for who in ("hers", "theirs", "secretariat")}
    held = {"hers": "evaluator", "theirs": "agency", "secretariat": "secretariat"}
    for who, role in held.items():
        store.appoint(persons[who], role, "kota-a" if role == "agency" else None)
    before = store.people()

    with pytest.raises(RuleError, match="person-by-secretariat"):
        assessment.attend(roles["hers"], begun, persons["hers"], "Budi", "agency")
    assert store.people().equals(before)
    for who in ("secretariat", "hers"):
        assessment.attend(roles[who], begun, persons[who], "Budi", "agency", signs=who == "hers")

    seen = [assessment.Hearing(roles[who], begun).counting() for who in ("hers", "theirs")]
    assert [list(process.attendance(each)["signs"]) for each in seen] == [[True], [True]]
    assert process.record_digest(seen[0]) == process.record_digest(seen[1])
