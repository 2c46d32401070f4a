"""The tables as queries name them. `_migrations` makes them; a test holds the two equal."""

from __future__ import annotations

import sqlalchemy as sa

store = sa.table("store", sa.column("id"), sa.column("made_at"))
person = sa.table("person", *map(sa.column, ("id", "login", "name", "nip", "office")))
agency = sa.table(
    "agency", *map(sa.column, ("code", "name", "kind", "province", "wilayah", "time_zone"))
)
round_ = sa.table("round", *map(sa.column, ("code", "year", "number", "cut_off")))
round_stage = sa.table("round_stage", *map(sa.column, ("round", "stage", "begins", "ends")))
appointment = sa.table("appointment", *map(sa.column, ("person", "role", "agency")))
room = sa.table(
    "room", *map(sa.column, ("round", "code", "name", "kind", "held_on", "starts_at", "host"))
)
sitting = sa.table("sitting", *map(sa.column, ("round", "room", "agency", "evaluator")))
edition = sa.table("edition", *map(sa.column, ("digest", "id", "data")))
assessment = sa.table(
    "assessment", *map(sa.column, ("id", "agency", "round", "edition", "invented", "purpose"))
)
ENTRY_COLUMNS = (
    *("assessment", "position", "id", "room", "kind", "visible_to", "author", "stated_at"),
    *("recorded_by", "recorded_at", "writer", "seq", "prev", "known", "payload", "hash"),
)
entry = sa.table("entry", *map(sa.column, ENTRY_COLUMNS))
anchor = sa.table("anchor", *map(sa.column, ("assessment", "position", "digest")))
published = sa.table(
    "published",
    *map(
        sa.column,
        ("agency", "kind", "year", "score", "index", "category", "aspect_values", "source"),
    ),
)
evidence = sa.table(
    "evidence",
    *map(
        sa.column,
        ("id", "assessment", "visible_to", "sha256", "size", "type", "parts", "recorded_at"),
    ),
)
evidence_chunk = sa.table("evidence_chunk", *map(sa.column, ("file", "number", "content")))
permitted = sa.table("permitted", *map(sa.column, ("role", "assessment", "sees")))
