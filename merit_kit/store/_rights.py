"""Who may see and add what, on PostgreSQL. Whoever holds a SQLite file holds all of it.

The owner of the tables sees everything, and by the triggers changes nothing. Any other role owns
nothing, sees the assessments it was permitted and adds to them; of its own assessment an agency
sees what is visible to it or public. A role that is permitted every assessment is the secretariat:
it keeps the registers. The policies are forced, so that they bind the owner as
well: one of them lets it through, and a table whose policies are gone shows nothing to anybody.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from merit_kit.errors import StoreError
from merit_kit.store import _tables as t
from merit_kit.store._dialects import is_postgresql, queue
from merit_kit.store._views import VIEWS

if TYPE_CHECKING:
    from merit_kit.store._store import Store

EVERY = "*"
"""In place of an assessment: all of them, and the right to begin new ones."""

SEES = ("all", "agency")

# The owner of `store`, which no step will ever make anew: its policies would fall with it.
_OWNER = (
    "(SELECT pg_has_role(CURRENT_USER, c.relowner, 'USAGE') "
    "FROM pg_class c WHERE c.oid = CAST('store' AS regclass))"
)


def _permitted(assessment: str, also: str = "") -> str:
    return (
        "EXISTS (SELECT 1 FROM permitted p WHERE p.role = CAST(CURRENT_USER AS text) "
        f"AND p.assessment IN ('{EVERY}', {assessment}){also})"
    )


def _visible(table: str) -> str:
    also = f" AND (p.sees = 'all' OR {table}.visible_to IN ('agency', 'public'))"
    return _permitted(f"{table}.assessment", also)


_BEGINS = _permitted(f"'{EVERY}'", " AND p.sees = 'all'")
_OWN_ROW = "login = CAST(CURRENT_USER AS text)"
# Nobody comes back as somebody who was erased, or as an agency's team.
_NEWCOMER = "left(id, 2) = 'p-' AND NOT spoke(id)"
# Who recorded an entry is who was logged in, whatever the program says.
_RECORDED = (
    "EXISTS (SELECT 1 FROM person r WHERE r.id = entry.recorded_by "
    "AND r.login = CAST(CURRENT_USER AS text))"
)
# Only as many parts as the file was said to have: nobody makes another's file longer.
_CHUNK = (
    "EXISTS (SELECT 1 FROM evidence e WHERE e.id = evidence_chunk.file "
    "AND evidence_chunk.number <= e.parts)"
)

_REGISTERS = ("agency", "round", "round_stage", "appointment", "room", "sitting")
_KEPT = {"SELECT": "true", "INSERT": _BEGINS, "UPDATE": _BEGINS, "DELETE": _BEGINS}

# By table: which rows a role that is not the owner sees, adds, changes.
_POLICIES: dict[str, dict[str, str]] = {
    "entry": {"SELECT": _visible("entry"), "INSERT": f"{_visible('entry')} AND {_RECORDED}"},
    "anchor": {
        "SELECT": _permitted("anchor.assessment"),
        "INSERT": _permitted("anchor.assessment"),
    },
    "assessment": {"SELECT": _permitted("assessment.id"), "INSERT": _BEGINS},
    "edition": {"SELECT": "true", "INSERT": _BEGINS},
    "evidence": {"SELECT": _visible("evidence"), "INSERT": _visible("evidence")},
    "evidence_chunk": {"SELECT": _CHUNK, "INSERT": _CHUNK},
    "person": {
        "SELECT": "true",
        "INSERT": f"({_OWN_ROW} AND {_NEWCOMER}) OR {_BEGINS}",
        "UPDATE": f"{_OWN_ROW} OR {_BEGINS}",
        "DELETE": _BEGINS,
    },
    **dict.fromkeys(_REGISTERS, _KEPT),
    "permitted": {"SELECT": "permitted.role = CAST(CURRENT_USER AS text)"},
}

# By table: what an application may do at all. `recorded_at` is in no list of what it may add:
# only the database sets it.
_MAY_ADD = {
    "entry": tuple(c.name for c in t.entry.columns if c.name != "recorded_at"),
    "anchor": tuple(c.name for c in t.anchor.columns),
    "assessment": tuple(c.name for c in t.assessment.columns),
    "edition": tuple(c.name for c in t.edition.columns),
    "evidence": tuple(c.name for c in t.evidence.columns if c.name != "recorded_at"),
    "evidence_chunk": tuple(c.name for c in t.evidence_chunk.columns),
    "person": tuple(c.name for c in t.person.columns),
}
_MAY_READ = (*_POLICIES, "store", "step", "published", *VIEWS)


# Hops from writer to writer along the index: an assessment has many entries and few writers.
_HEADS = """
    WITH RECURSIVE hop AS (
        SELECT min(e.writer) AS writer FROM entry e WHERE e.assessment = about
        UNION ALL
        SELECT (SELECT min(e.writer) FROM entry e
                WHERE e.assessment = about AND e.writer > hop.writer)
        FROM hop WHERE hop.writer IS NOT NULL)
    SELECT head.writer, head.seq, head.hash,
        (SELECT max(e.position) FROM entry e WHERE e.assessment = about)
    FROM hop CROSS JOIN LATERAL (
        SELECT e.writer, e.seq, e.hash FROM entry e
        WHERE e.assessment = about AND e.writer = hop.writer ORDER BY e.seq DESC LIMIT 1) head
"""


# Inside, the current user is the owner; the session's is whoever logged in.
_HIDDEN = f"""
    SELECT e.id FROM entry e WHERE e.assessment = about AND e.visible_to = 'internal'
    AND EXISTS (SELECT 1 FROM permitted p WHERE p.role = CAST(SESSION_USER AS text)
                AND p.assessment IN ('{EVERY}', about))"""

_SPOKE = "SELECT EXISTS (SELECT 1 FROM entry e WHERE about IN (e.author, e.recorded_by))"

# What a role may ask of entries it may not read; each by its name, what it returns, more of its
# settings, and its text.
_FUNCTIONS = (
    # Whoever adds an entry links it to all chains. This tells their hashes and nothing of what
    # they say; a hash cannot be guessed back, the payload holds a random id. A plan made while
    # the table was all but empty reads all of it, and is kept: hence the setting.
    (
        "heads",
        "TABLE (writer text, seq integer, hash text, last integer)",
        "SET enable_seqscan = off",
        _HEADS,
    ),
    # By their random ids alone: what rests on an entry one may not see has not lost its base.
    ("hidden", "TABLE (id text)", "", _HIDDEN),
    ("spoke", "boolean", "", _SPOKE),
)


def renew_policies(connection: sa.Connection) -> None:
    """Make the policies of all tables and the functions that tell a little past them."""
    there = set(sa.inspect(connection).get_table_names())
    # The search path is fixed, or a table of the caller's could stand in for ours.
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    for name, returns, setting, text in _FUNCTIONS:
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}(about text) RETURNS {returns} "
            f"LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp "
            f"{setting} AS $${text}$$"
        )
        connection.exec_driver_sql(f"REVOKE ALL ON FUNCTION {name}(text) FROM PUBLIC")
    for name, table, made in _wanted():
        if table in there:  # a later step makes it
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS {name} ON {table}")
            connection.exec_driver_sql(made)
    for table in there & set(_POLICIES):
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _wanted() -> list[tuple[str, str, str]]:
    """Return name, table and text of every policy."""
    found = []
    for table, rules in _POLICIES.items():
        name = f"{table}_owner"
        found.append((name, table, f"CREATE POLICY {name} ON {table} USING ({_OWNER})"))
        for event, rule in rules.items():
            name = f"{table}_{event.lower()}"
            clause = "WITH CHECK" if event == "INSERT" else "USING"
            made = f"CREATE POLICY {name} ON {table} FOR {event} {clause} ({rule})"
            found.append((name, table, made))
    return found


def missing_policies(connection: sa.Connection) -> list[tuple[str, str]]:
    """Return (table, policy) of each that is gone or added, and tables where none is in force."""
    if not is_postgresql(connection):
        return []
    here = "CAST(current_schema() AS regnamespace)"
    rows = connection.exec_driver_sql(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity "
        f"AND relnamespace = {here}"
    )
    forced = {name for (name,) in rows}
    rows = connection.exec_driver_sql(
        "SELECT c.relname, p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid "
        f"WHERE c.relnamespace = {here}"
    )
    there = {(table, name) for table, name in rows}
    wanted = {(table, name) for name, table, _ in _wanted()}
    return [
        *((table, "row level security") for table in _POLICIES if table not in forced),
        *sorted(wanted ^ there),
    ]


def sees_everything(connection: sa.Connection) -> bool:
    """Say whether no policy hides part of an assessment from us that we see at all."""
    if not is_postgresql(connection):
        return True
    partly = (
        "SELECT EXISTS (SELECT 1 FROM permitted p WHERE p.sees = 'agency' "
        f"AND p.role = CAST(CURRENT_USER AS text)) AND NOT {_OWNER}"
    )
    return not connection.exec_driver_sql(partly).scalar()


def bound_role(connection: sa.Connection) -> str | None:
    """Return the database role one works as, if it is one with rights of its own: not the owner."""
    if not is_postgresql(connection):
        return None
    found = connection.exec_driver_sql(f"SELECT CURRENT_USER WHERE NOT {_OWNER}").scalar()
    return None if found is None else str(found)


def permitted_every(connection: sa.Connection) -> bool:
    """Say whether our role is permitted all assessments."""
    return bool(connection.exec_driver_sql(f"SELECT {_BEGINS}").scalar())


def grant_application(store: Store, role: str) -> None:
    """Let a database role work with the store: read, add, change nothing. It is made if missing.

    The role sees no assessment until :func:`permit` names one. It can log in, has no password
    until its administrator sets one, and owns nothing.

    Raises
    ------
    StoreError
        If the store is in SQLite, which has no roles; if the role could pass by what it is
        granted here, being a superuser, an owner or exempt from row-level security; or if we may
        not grant anything.
    """
    with _owner(store) as connection:
        named = _quoted(connection, role)
        strength = connection.execute(
            sa.text(
                "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, (SELECT relowner "
                "FROM pg_class WHERE oid = CAST('store' AS regclass)), 'MEMBER') "
                "FROM pg_roles WHERE rolname = :role"
            ),
            {"role": role},
        ).scalar()
        if strength:
            raise StoreError("role-too-strong", found=role)
        if strength is None:
            connection.exec_driver_sql(f"CREATE ROLE {named} LOGIN")
        _grant(connection, named)


def renew_grants(connection: sa.Connection) -> None:
    """Give the roles of applications what they need of tables a step has added.

    They are those that may ask for the heads of the chains, permitted anything today or not.
    """
    roles = connection.exec_driver_sql(
        "SELECT quote_ident(r.rolname) FROM pg_proc f, aclexplode(f.proacl) a, pg_roles r "
        "WHERE f.oid = CAST('heads(text)' AS regprocedure) AND r.oid = a.grantee "
        "AND a.grantee <> f.proowner"
    )
    for named in [name for (name,) in roles]:
        _grant(connection, named)


def _grant(connection: sa.Connection, named: str) -> None:
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {named}")
    connection.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema} FROM {named}")
    look = sa.inspect(connection)
    there = {*look.get_table_names(), *look.get_view_names()}
    for table in (name for name in _MAY_READ if name in there):
        connection.exec_driver_sql(f"REVOKE ALL ON {table} FROM {named}")
        connection.exec_driver_sql(f"GRANT SELECT ON {table} TO {named}")
    for table, columns in _MAY_ADD.items():
        listed = ", ".join(columns)
        connection.exec_driver_sql(f"GRANT INSERT ({listed}) ON {table} TO {named}")
    # Which rows of these, the policies say.
    connection.exec_driver_sql(f"GRANT UPDATE (login, name, nip, office) ON person TO {named}")
    connection.exec_driver_sql(f"GRANT DELETE ON person TO {named}")
    for table in there & set(_REGISTERS):
        connection.exec_driver_sql(f"GRANT INSERT, UPDATE, DELETE ON {table} TO {named}")
    for function, *_ in _FUNCTIONS:
        connection.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION {function}(text) TO {named}")


def permit(store: Store, role: str, assessment: str, sees: str = "all") -> None:
    """Let a role see an assessment and add to it, or change how much of it the role sees.

    Parameters
    ----------
    assessment : str
        Its id; :data:`EVERY` for all, with the right to begin new ones (the secretariat).
    sees : {"all", "agency"}
        An evaluator sees everything, an agency what is visible to it or public.
    """
    if sees not in SEES:
        raise ValueError(f"sees: {sees!r} is none of {SEES}")
    row = {"role": role, "assessment": assessment, "sees": sees}
    with _owner(store) as connection:
        _forget(connection, role, assessment)
        connection.execute(sa.insert(t.permitted), row)


def withdraw(store: Store, role: str, assessment: str) -> None:
    """Take back what :func:`permit` gave. What the role stated stays."""
    with _owner(store) as connection:
        _forget(connection, role, assessment)


def _forget(connection: sa.Connection, role: str, assessment: str) -> None:
    queue(connection, ["permitted"])
    column = t.permitted.c
    connection.execute(
        sa.delete(t.permitted).where(column.role == role, column.assessment == assessment)
    )


def _owner(store: Store) -> AbstractContextManager[sa.Connection]:
    if not is_postgresql(store.engine):
        raise StoreError("roles-not-served", path=store.place)
    return store.writing()


def _quoted(connection: sa.Connection, name: str) -> str:
    return str(connection.execute(sa.text("SELECT quote_ident(:name)"), {"name": name}).scalar())
