"""The schema, in numbered steps. Each runs in one transaction together with its own record.

Steps are additive and never edited once released: a store of any age becomes today's by running
those it lacks. They are plain SQL that SQLite and PostgreSQL both read, but for what `_dialects`
says. After each one the triggers and policies are made again, so that no step can leave them
behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from merit_kit.errors import StoreError
from merit_kit.store import _tables as t
from merit_kit.store._dialects import is_postgresql, queue, renew_triggers, words
from merit_kit.store._entries import RESULT
from merit_kit.store._rights import renew_grants, renew_policies
from merit_kit.store._views import drop_views, make_views


def _tables(connection: sa.Connection) -> None:
    w = words(connection)
    for statement in (
        f"CREATE TABLE store (id {w.text} PRIMARY KEY, made_at {w.text} NOT NULL)",
        f"""CREATE TABLE person (
            id {w.text} PRIMARY KEY, login {w.text}, name {w.text} NOT NULL, nip {w.text},
            office {w.text})""",
        f"""CREATE TABLE agency (
            code {w.text} PRIMARY KEY, name {w.text} NOT NULL, kind {w.text} NOT NULL,
            province {w.text})""",
        f"""CREATE TABLE round (
            code {w.text} PRIMARY KEY, year INTEGER NOT NULL, number INTEGER NOT NULL,
            UNIQUE (year, number))""",
        f"""CREATE TABLE edition (
            digest {w.text} PRIMARY KEY, id {w.text} NOT NULL, data {w.text} NOT NULL)""",
        f"""CREATE TABLE assessment (
            id {w.text} PRIMARY KEY,
            agency {w.text} NOT NULL REFERENCES agency (code),
            round {w.text} NOT NULL REFERENCES round (code),
            edition {w.text} NOT NULL REFERENCES edition (digest),
            invented INTEGER NOT NULL CHECK (invented IN (0, 1)),
            purpose {w.text} NOT NULL)""",
        # An index and no constraint of the table: it can be dropped, should practice runs or
        # second opinions one day need another rule.
        f"""CREATE UNIQUE INDEX one_result ON assessment (agency, round)
            WHERE purpose = '{RESULT}'""",
        f"""CREATE TABLE entry (
            assessment {w.text} NOT NULL REFERENCES assessment (id),
            position INTEGER NOT NULL CHECK (position > 0),
            id {w.text} NOT NULL UNIQUE,
            room {w.text}, kind {w.text} NOT NULL,
            visible_to {w.text} NOT NULL CHECK (visible_to IN ('internal', 'agency', 'public')),
            author {w.text} NOT NULL, stated_at {w.text} NOT NULL,
            recorded_by {w.text} NOT NULL, recorded_at {w.text} NOT NULL DEFAULT {w.now},
            writer {w.text} NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0),
            prev {w.text} NOT NULL, known {w.text},
            payload {w.text} NOT NULL, hash {w.text} NOT NULL,
            PRIMARY KEY (assessment, position),
            UNIQUE (assessment, writer, seq))""",
        # Says what the digest was after each entry. Without it the last entry could be cut off
        # and nothing inside the store would show it.
        f"""CREATE TABLE anchor (
            assessment {w.text} NOT NULL REFERENCES assessment (id), position INTEGER NOT NULL,
            digest {w.text} NOT NULL, PRIMARY KEY (assessment, position))""",
        f"""CREATE TABLE published (
            agency {w.text} NOT NULL, kind {w.text} NOT NULL, year {w.text} NOT NULL,
            score {w.text}, "index" {w.text}, category {w.text}, aspect_values {w.text},
            source {w.text} NOT NULL,
            PRIMARY KEY (agency, year, source))""",
    ):
        connection.exec_driver_sql(statement)


def _evidence(connection: sa.Connection) -> None:
    w = words(connection)
    # One row for each assessment and each circle of readers: whoever may read a file is read off
    # its own row, and naming a digest seen elsewhere opens nothing.
    connection.exec_driver_sql(
        f"""CREATE TABLE evidence (
            id {w.text} PRIMARY KEY,
            assessment {w.text} NOT NULL REFERENCES assessment (id),
            visible_to {w.text} NOT NULL CHECK (visible_to IN ('internal', 'agency', 'public')),
            sha256 {w.text} NOT NULL, size INTEGER NOT NULL CHECK (size > 0),
            type {w.text} NOT NULL, parts INTEGER NOT NULL CHECK (parts > 0),
            recorded_at {w.text} NOT NULL DEFAULT {w.now},
            UNIQUE (assessment, sha256, visible_to))"""
    )
    # Empty in SQLite: there the contents lie in a folder beside the file.
    connection.exec_driver_sql(
        f"""CREATE TABLE evidence_chunk (
            file {w.text} NOT NULL REFERENCES evidence (id),
            number INTEGER NOT NULL CHECK (number > 0),
            content {w.blob} NOT NULL, PRIMARY KEY (file, number))"""
    )


def _rights(connection: sa.Connection) -> None:
    w = words(connection)
    # Read by the policies of PostgreSQL. SQLite has no roles, and so no rows here.
    connection.exec_driver_sql(
        f"""CREATE TABLE permitted (
            role {w.text} NOT NULL, assessment {w.text} NOT NULL,
            sees {w.text} NOT NULL CHECK (sees IN ('all', 'agency')),
            PRIMARY KEY (role, assessment))"""
    )


def _people_and_rounds(connection: sa.Connection) -> None:
    w = words(connection)
    for statement in (
        # Who is at the keyboard goes by login; of several people with one, the first keeps it.
        """UPDATE person SET login = NULL WHERE login IS NOT NULL AND id >
            (SELECT MIN(other.id) FROM person other WHERE other.login = person.login)""",
        "CREATE UNIQUE INDEX one_login ON person (login)",
        f"ALTER TABLE agency ADD COLUMN wilayah {w.text}",
        f"ALTER TABLE agency ADD COLUMN time_zone {w.text}",
        # A day; it ends at midnight where the agency is.
        f"ALTER TABLE round ADD COLUMN cut_off {w.text}",
        f"""CREATE TABLE round_stage (
            round {w.text} NOT NULL REFERENCES round (code), stage {w.text} NOT NULL,
            begins {w.text} NOT NULL, ends {w.text} NOT NULL, PRIMARY KEY (round, stage))""",
        # Which roles there are the rules know; the table only keeps who holds them.
        f"""CREATE TABLE appointment (
            person {w.text} NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            role {w.text} NOT NULL, agency {w.text} REFERENCES agency (code))""",
        """CREATE UNIQUE INDEX one_appointment
            ON appointment (person, role, COALESCE(agency, ''))""",
        f"""CREATE TABLE room (
            round {w.text} NOT NULL REFERENCES round (code), code {w.text} NOT NULL,
            name {w.text}, kind {w.text} NOT NULL, held_on {w.text} NOT NULL,
            starts_at {w.text}, host {w.text}, PRIMARY KEY (round, code))""",
        # No reference to the person: whoever is erased has led the sitting all the same.
        f"""CREATE TABLE sitting (
            round {w.text} NOT NULL, room {w.text} NOT NULL,
            agency {w.text} NOT NULL REFERENCES agency (code), evaluator {w.text} NOT NULL,
            PRIMARY KEY (round, room, agency, evaluator),
            FOREIGN KEY (round, room) REFERENCES room (round, code))""",
    ):
        connection.exec_driver_sql(statement)


def _analysis(connection: sa.Connection) -> None:
    """Begin to have views: they are made anew after this step and after each later one."""


def _drafts_apart(connection: sa.Connection) -> None:
    """Begin to tell drafts and determined results apart: the views are made anew."""


def _disputes_apart(connection: sa.Connection) -> None:
    """Begin to tell what is disputed from what nobody assessed: the views are made anew."""


STEPS: tuple[Callable[[sa.Connection], None], ...] = (
    _tables,
    _evidence,
    _rights,
    _people_and_rounds,
    _analysis,
    _drafts_apart,
    _disputes_apart,
)


def create(engine: sa.Engine, made: Mapping[str, Any], place: str) -> None:
    """Make the schema and the row that says which store this is: all of it, or nothing.

    Raises
    ------
    StoreError
        If there is a store already, or the database cannot hold every text.
    """
    with engine.begin() as connection:
        queue(connection, ["schema"])
        if {"store", "step"} & set(sa.inspect(connection).get_table_names()):
            raise StoreError("store-exists", path=place)
        if is_postgresql(connection):
            # Any other would refuse an agency's text one day, in the middle of a sitting.
            found = connection.exec_driver_sql("SHOW server_encoding").scalar()
            if found != "UTF8":
                raise StoreError("store-encoding", path=place, found=found, allowed="UTF8")
        for number in range(1, len(STEPS) + 1):
            _take(connection, number)
        connection.execute(sa.insert(t.store), dict(made))


def migrate(engine: sa.Engine) -> None:
    """Bring the schema up to date.

    Raises
    ------
    StoreError
        If a newer merit-kit made this store: an older one cannot know what its steps mean.
    """
    # Only looked at, so that a store that is up to date opens while another program writes.
    with engine.connect().execution_options(reading=True) as connection:
        done = _last_step(connection) if sa.inspect(connection).has_table("step") else 0
    if done > len(STEPS):
        raise StoreError("store-newer", found=done, allowed=len(STEPS))
    for number in range(done + 1, len(STEPS) + 1):
        with engine.begin() as connection:
            queue(connection, ["schema"])
            _take(connection, number)


def _take(connection: sa.Connection, number: int) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS step "
        f"(number INTEGER PRIMARY KEY, name {words(connection).text} NOT NULL)"
    )
    if _last_step(connection) >= number:
        return  # another program took this step while we waited for the lock
    step = STEPS[number - 1]
    # No table can be made anew while a view reads it.
    drop_views(connection)
    step(connection)
    connection.execute(
        sa.text("INSERT INTO step (number, name) VALUES (:number, :name)"),
        {"number": number, "name": step.__name__.strip("_")},
    )
    renew_triggers(connection)
    if _analysis in STEPS[:number]:
        make_views(connection)
    if is_postgresql(connection) and sa.inspect(connection).has_table("permitted"):
        renew_policies(connection)
        renew_grants(connection)


def _last_step(connection: sa.Connection) -> int:
    return int(connection.scalar(sa.text("SELECT COALESCE(MAX(number), 0) FROM step")) or 0)
