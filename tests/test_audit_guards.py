"""The guards of a database, triggers and policies: one that is gone or weakened is named."""

from __future__ import annotations

from typing import Any

import pytest

from merit_kit.i18n import describe
from merit_kit.store import Store, audit, open_store
from tests.databases import postgresql_only, raw, where
from tests.tampering import found, two_chains


@pytest.fixture
def about(store: Store, begun: str, tiny: Any) -> str:
    """The id of the assessment of kota-a, with six entries in two chains."""
    return two_chains(store, begun, tiny)


GUARD = ("entry", "anchor", "assessment", "edition", "evidence", "evidence_chunk")


@pytest.mark.parametrize("table", GUARD)
@pytest.mark.parametrize("event", ["update", "delete", "other"])
def test_a_guard_that_is_gone_is_named_and_not_put_back_without_a_word(store, about, table, event):
    name = f"{table}_no_{event.replace('other', 'replace' if store.path else 'truncate')}"
    with raw(store) as hand:
        hand.execute(f"DROP TRIGGER {name}" + ("" if store.path else f" ON {table}"))

    with open_store(where(store)) as again:
        [problem] = audit(again)
    assert (problem.where, problem.key, problem.found) == (table, "audit-trigger", name)
    assert describe(problem, "id")
    assert describe(problem, "en")


def test_a_guard_that_no_longer_refuses_is_named(store, about):
    with raw(store) as hand:
        if store.path:
            hand.execute("DROP TRIGGER entry_no_update")
            hand.execute(
                "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END"
            )
        else:
            hand.execute(
                "CREATE OR REPLACE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql "
                "AS $$ BEGIN RETURN NEW; END $$"
            )
            hand.execute("DROP TRIGGER entry_no_update ON entry")
            hand.execute(
                "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry "
                "FOR EACH STATEMENT EXECUTE FUNCTION nothing()"
            )

    assert found(store) == [("entry", "audit-trigger")]


EMPTIED = """CREATE OR REPLACE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RETURN NEW; END $$"""


@postgresql_only
@pytest.mark.parametrize(
    ("how", "problems"),
    [
        ("ALTER TABLE entry DISABLE TRIGGER entry_no_delete", [("entry", "audit-trigger")]),
        ("ALTER TABLE entry ENABLE TRIGGER entry_no_delete", [("entry", "audit-trigger")]),
        (
            EMPTIED,
            [(table, "audit-trigger") for table in GUARD for _ in range(3)],
        ),
        ("ALTER TABLE anchor NO FORCE ROW LEVEL SECURITY", [("anchor", "audit-policy")]),
        ("ALTER TABLE entry DISABLE ROW LEVEL SECURITY", [("entry", "audit-policy")]),
        ("DROP POLICY entry_select ON entry", [("entry", "audit-policy")]),
        ("CREATE POLICY all_of_it ON entry USING (true)", [("entry", "audit-policy")]),
    ],
    ids=["off", "not-for-replicas", "emptied", "unforced", "disabled", "dropped", "added"],
)
def test_a_guard_of_the_server_that_was_weakened_is_named(store, about, how, problems):
    with raw(store) as hand:
        hand.execute(how)

    assert sorted(found(store)) == sorted(problems)
