"""What only PostgreSQL does: a server that is away, passwords, and roles that see their part.

The roles are real ones that log in to the real server. `hers` may do all in the assessment of
kota-a, `theirs` is that agency's, `nobody` was let in and permitted nothing.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from merit_kit import assessment
from merit_kit.errors import StoreError
from merit_kit.i18n import explain
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
from tests.conftest import ROUND, level, note
from tests.databases import Server, raw, where

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
    names = {who: f"{who}_{database}" for who in ("hers", "theirs", "nobody")}
    for name in names.values():
        grant_application(store, name)
    permit(store, names["hers"], begun)
    permit(store, names["theirs"], begun, "agency")
    with ExitStack() as stack:
        yield {
            who: stack.enter_context(open_store(server.url(database, name)))
            for who, name in names.items()
        }


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
        roles[who].append([level(begun, "1.1", 2), note(begun, "1.2", who)], "p-1")
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
    with pytest.raises(StoreError) as caught:
        roles[who].append([note(begun, "1.1", "disisipkan", visible_to=visible_to)], "p-1")
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
    with pytest.raises(StoreError, match="store-not-permitted"):
        roles_store.append([note(other, "1.1", "disisipkan")], "p-1")
    with pytest.raises(StoreError, match="assessment-unknown"):
        roles_store.put_evidence(b"disisipkan", other)
    store.add_agencies([{"code": "kota-c", "name": "Kota C", "kind": "kota"}])
    with pytest.raises(StoreError, match="store-not-permitted"):
        assessment.begin(roles_store, "kota-c", ROUND, tiny, "p-1")

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


@pytest.mark.parametrize("who", ["hers", "theirs"])
def test_what_must_be_refused_to_a_role_is_refused(store, roles, who):
    with raw(roles[who]) as hand:
        for table, column in TABLES.items():
            for how in REFUSED.values():
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    hand.execute(how.format(table=table, column=column))
        for how in (
            "DELETE FROM person",
            "UPDATE person SET id = 'p-2'",
            "UPDATE agency SET name = 'x'",
            "INSERT INTO agency VALUES ('x', 'x', 'kota', null)",
            "INSERT INTO step VALUES (99, 'x')",
            "UPDATE store SET id = 'x'",
            "INSERT INTO permitted VALUES (current_user, '*', 'all')",
            "UPDATE permitted SET sees = 'all'",
            "CREATE TABLE mine (x text)",
            "SET session_replication_role = replica",
            "SET ROLE postgres",
            "CREATE ROLE another",
            "INSERT INTO entry (recorded_at) VALUES ('2020')",
            "COPY entry TO PROGRAM 'true'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                hand.execute(how)
        assert hand.execute("UPDATE person SET name = 'x'").rowcount == 0
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


def test_a_role_states_who_its_own_user_is_and_nobody_else(store, server, roles):
    own = str(roles["hers"].engine.url.username)
    roles["hers"].add_people([{"id": "p-8", "login": own, "name": "Ani"}])
    roles["hers"].add_people([{"id": "p-8", "name": "Ani S."}])
    assert store.people().loc["p-8", "name"] == "Ani S."
    with pytest.raises(StoreError, match="store-not-permitted"):
        roles["hers"].add_people([{"id": "p-9", "login": "somebody", "name": "Budi"}])
    with pytest.raises(StoreError, match="store-not-permitted"):
        roles["hers"].erase_person("p-8")


def test_what_a_role_may_see_is_taken_back(store, roles, begun):
    withdraw(store, str(roles["hers"].engine.url.username), begun)

    assert texts(roles["hers"]) == set()
    with pytest.raises(StoreError, match="store-not-permitted"):
        roles["hers"].append([note(begun, "1.1", "a")], "p-1")


def test_the_secretariat_sees_every_assessment_and_begins_new_ones(store, roles, tiny):
    name = str(roles["nobody"].engine.url.username)
    permit(store, name, EVERY)
    store.add_agencies([{"code": "kota-c", "name": "Kota C", "kind": "kota"}])

    assessment.begin(roles["nobody"], "kota-c", ROUND, tiny, "p-1")

    assert len(roles["nobody"].assessments()) == 3
    assert audit(roles["nobody"]) == []


def test_a_role_that_sees_a_part_cannot_audit_and_is_told_so(roles):
    with pytest.raises(StoreError) as caught:
        audit(roles["theirs"])

    assert caught.value.key == "audit-not-all-seen"
    assert explain(caught.value, "id")


def test_only_the_owner_lets_anybody_in(roles, begun):
    for what in (
        lambda: grant_application(roles["hers"], "another"),
        lambda: permit(roles["hers"], "another", begun),
        lambda: permit(roles["theirs"], str(roles["theirs"].engine.url.username), begun),
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
            about = assessment.begin(made, "kota-a", ROUND, tiny, "p-1")
            made.append([level(about, "1.1", 3)], "p-1")
            made.put_evidence(PDF, about)
            assert len(made.entries()) == 2
            assert audit(made) == []
            with raw(made) as hand, pytest.raises(psycopg.IntegrityError, match="only ever"):
                hand.execute("DELETE FROM entry")
    finally:
        server.drop(f"own_{name}")
