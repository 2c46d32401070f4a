"""Views for whoever reads with SQL: what stands, level by level. The same on both databases.

``analysis_assessment`` has a row for each assessment for a result (sandboxes are not among them),
``analysis_level`` one for each of its sub-aspects, with the columns of
:func:`merit_kit.gaps.tidy`; README.md names them. Which statement counts is worked out as
:func:`merit_kit.process.standing` does, and a test holds both equal; entries that name each other
in a circle, which the door lets nobody make, are the one thing that is not looked for.

On PostgreSQL a view reads as whoever asks (``security_invoker``), so that the policies of the rows
bind as ever. Before version 15 there is no such thing, and no views are made.
"""

from __future__ import annotations

import sqlalchemy as sa

from merit_kit.store._dialects import is_postgresql
from merit_kit.store._entries import RESULT

VIEWS = ("analysis_assessment", "analysis_level")

_SINCE = 150000
"""PostgreSQL 15: views that read with the rights of whoever asks."""

# What the dialects say differently. `{0}` is a column of JSON text, `{1}` a path in it.
_SQLITE = {
    "text": "json_extract({0}, '$.{1}')",
    "number": "json_extract({0}, '$.{1}')",
    "bases": "json_each(e.payload, '$.base') b",
    "base": "b.value",
    "aspects": "json_each(e.data, '$.aspects') x",
    "subs": "json_each(x.value, '$.sub_aspects') y",
    "of_aspect": "json_extract(x.value, '$.number')",
    "sub": "json_extract(y.value, '$.number')",
    "weight": "json_extract(y.value, '$.weight')",
    "determined": "json_each(c.payload, '$.body.levels') d",
    "hidden": "1 = 1",
    "order": "x.key * 1000 + y.key",
}
_POSTGRESQL = {
    "text": "(CAST({0} AS json) #>> '{{{1}}}')",
    "number": "CAST((CAST({0} AS json) #>> '{{{1}}}') AS integer)",
    "bases": "json_array_elements_text(CAST(e.payload AS json) -> 'base') AS b(value)",
    "base": 'b.value COLLATE "C"',
    "aspects": "json_array_elements(CAST(e.data AS json) -> 'aspects')"
    " WITH ORDINALITY AS x(value, key)",
    "subs": "json_array_elements(x.value -> 'sub_aspects') WITH ORDINALITY AS y(value, key)",
    "of_aspect": "CAST(x.value ->> 'number' AS integer)",
    "sub": "(y.value ->> 'number') COLLATE \"C\"",
    "weight": "y.value ->> 'weight'",
    "determined": "json_each_text(CAST(c.payload AS json) #> '{body,levels}') AS d(key, value)",
    "hidden": "NOT EXISTS (SELECT 1 FROM hidden(l.assessment) h WHERE h.id = l.base)",
    "order": "x.key * 1000 + y.key",
}


def make_views(connection: sa.Connection) -> None:
    """Make the views, in place of any old ones; none on PostgreSQL before version 15."""
    invoker = ""
    words = _SQLITE
    if is_postgresql(connection):
        version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
        if int(version) < _SINCE:
            return
        invoker, words = " WITH (security_invoker = true)", _POSTGRESQL
    texts = {"analysis_assessment": _assessment(words), "analysis_level": _level(words)}
    drop_views(connection)
    for name in VIEWS:
        connection.exec_driver_sql(f"CREATE VIEW {name}{invoker} AS {texts[name]}")


def drop_views(connection: sa.Connection) -> None:
    """Take the views away, if there are any."""
    for name in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def _assessment(words: dict[str, str]) -> str:
    status = words["text"].format("e.data", "status")
    return f"""
    SELECT a.id AS assessment, a.agency, g.name AS agency_name, g.kind, g.province, g.wilayah,
        a.round, r.year, r.number, e.id AS edition, a.edition AS edition_digest,
        CASE WHEN a.invented = 1 OR {status} <> 'official' THEN 1 ELSE 0 END AS simulation
    FROM assessment a JOIN agency g ON g.code = a.agency JOIN round r ON r.code = a.round
    JOIN edition e ON e.digest = a.edition WHERE a.purpose = '{RESULT}'"""


def _level(words: dict[str, str]) -> str:
    text, number = words["text"].format, words["number"].format
    body = {name: text("e.payload", _path(words, name)) for name in ("sub_aspect", "of", "pass")}
    whose = (
        f"CASE {body['of']} WHEN 'field' THEN {text('e.payload', _path(words, 'finding'))} "
        "WHEN 'second' THEN e.author END"
    )
    kinds = "('level', 'determination')"
    double = "DOUBLE PRECISION"
    return f"""
    WITH RECURSIVE told AS MATERIALIZED (
        SELECT e.assessment, e.id, e.kind, e.payload, e.visible_to,
            COALESCE({body["sub_aspect"]}, '') || '|' || COALESCE({body["of"]}, '') || '|'
                || COALESCE({body["pass"]}, '') || '|' || COALESCE({whose}, '') AS topic,
            {body["sub_aspect"]} AS sub_aspect, {body["of"]} AS said, {body["pass"]} AS pass,
            {number("e.payload", _path(words, "level"))} AS level
        FROM entry e JOIN assessment a ON a.id = e.assessment
        WHERE a.purpose = '{RESULT}' AND e.kind IN {kinds}),
    named AS MATERIALIZED (
        SELECT e.assessment, e.id, {words["base"]} AS base
        FROM entry e JOIN assessment a ON a.id = e.assessment CROSS JOIN {words["bases"]}
        WHERE a.purpose = '{RESULT}' AND {words["base"]} <> e.id),
    lacking AS MATERIALIZED (
        SELECT n.assessment, n.id, n.base
        FROM named n LEFT JOIN entry e ON e.id = n.base AND e.assessment = n.assessment
        WHERE e.id IS NULL),
    waiting (assessment, id) AS (
        SELECT l.assessment, l.id FROM lacking l WHERE {words["hidden"]}
        UNION
        SELECT n.assessment, n.id
        FROM waiting w JOIN named n ON n.assessment = w.assessment AND n.base = w.id),
    replaced AS MATERIALIZED (
        SELECT DISTINCT t.assessment, t.id
        FROM named n JOIN told r ON r.assessment = n.assessment AND r.id = n.id
        JOIN told t ON t.assessment = n.assessment AND t.id = n.base
            AND t.kind = r.kind AND t.topic = r.topic
        LEFT JOIN waiting w ON w.assessment = r.assessment AND w.id = r.id
        WHERE w.id IS NULL),
    counting AS MATERIALIZED (
        SELECT t.*, COUNT(*) OVER (PARTITION BY t.assessment, t.kind, t.topic) AS rivals
        FROM told t LEFT JOIN waiting w ON w.assessment = t.assessment AND w.id = t.id
        LEFT JOIN replaced p ON p.assessment = t.assessment AND p.id = t.id
        WHERE w.id IS NULL AND p.id IS NULL),
    levels AS (
        SELECT c.assessment, c.sub_aspect, c.said, c.pass, c.level, c.rivals,
            CASE WHEN c.visible_to = 'internal' THEN 1 ELSE 0 END AS internal
        FROM counting c WHERE c.kind = 'level'
        UNION ALL
        SELECT c.assessment, d.key, 'final', NULL, CAST(d.value AS integer), 1, 0
        FROM counting c CROSS JOIN {words["determined"]}
        WHERE c.kind = 'determination' AND c.rivals = 1),
    sheet AS (
        SELECT assessment, sub_aspect, {_sheet_columns()}
        FROM levels GROUP BY assessment, sub_aspect),
    item AS (
        SELECT e.digest AS edition_digest, {words["order"]} AS place,
            {words["of_aspect"]} AS aspect, {words["sub"]} AS sub_aspect,
            CAST({words["weight"]} AS {double}) AS weight,
            {number("e.data", _path(words, "highest", "scale"))} AS top
        FROM edition e CROSS JOIN {words["aspects"]} CROSS JOIN {words["subs"]}),
    known AS (
        SELECT s.assessment, s.sub_aspect, s.self, s.awal, s.akhir, s.disputed,
            CASE WHEN s.spoken = 1 THEN s.akhir ELSE s.awal END AS verified, s.field, s.final,
            CASE WHEN s.drafted = 1 THEN s.later_draft ELSE s.early_draft END AS draft
        FROM sheet s)
    SELECT a.*, i.place, i.aspect, i.sub_aspect, k.self, k.awal, k.akhir, k.verified, k.field,
        k.final, k.draft, COALESCE(k.final, k.verified) AS level,
        CASE WHEN k.final IS NOT NULL THEN 'determined' WHEN k.verified IS NOT NULL THEN 'verified'
            WHEN k.disputed = 1 THEN 'disputed' WHEN k.draft IS NOT NULL THEN 'draft'
            WHEN k.self IS NOT NULL THEN 'self'
            ELSE 'none' END AS state, i.weight, i.weight * i.top AS most,
        i.weight * COALESCE(k.final, k.verified) AS points, i.weight * k.self AS self_points,
        100.0 * i.weight * COALESCE(k.final, k.verified) / (i.weight * i.top) AS percent,
        i.weight * (i.top - COALESCE(k.final, k.verified)) AS gap,
        k.verified - k.self AS difference,
        CASE WHEN k.field < k.verified THEN 1 ELSE 0 END AS mismatch
    FROM analysis_assessment a JOIN item i ON i.edition_digest = a.edition_digest
    LEFT JOIN known k ON k.assessment = a.assessment AND k.sub_aspect = i.sub_aspect"""


def _path(words: dict[str, str], name: str, within: str = "body") -> str:
    return f"{within}{',' if words is _POSTGRESQL else '.'}{name}"


def _sheet_columns() -> str:
    """Return the levels of each kind: none while two dispute one, the lowest of the findings.

    What evaluators keep to themselves is a draft, and in no other column.
    """

    def of(said: str, pass_: str | None = None, internal: int = 0) -> str:
        passed = f" AND pass = '{pass_}'" if pass_ else ""
        kept = f"internal = {internal} AND rivals = 1"
        return f"CASE WHEN said = '{said}'{passed} AND {kept} THEN level END"

    def spoken(internal: int) -> str:
        return (
            f"CASE WHEN said = 'verified' AND pass = 'akhir' AND internal = {internal} "
            "AND (rivals > 1 OR level IS NOT NULL) THEN 1 END"
        )

    disputed = "CASE WHEN said IN ('self', 'verified') AND rivals > 1 THEN 1 END"
    return (
        f"MAX({disputed}) AS disputed, "
        f"MAX({of('self')}) AS self, MAX({of('verified', 'awal')}) AS awal, "
        f"MAX({of('verified', 'akhir')}) AS akhir, MAX({spoken(0)}) AS spoken, "
        f"MIN({of('field')}) AS field, MAX({of('final')}) AS final, "
        f"MAX({of('verified', 'awal', 1)}) AS early_draft, "
        f"MAX({of('verified', 'akhir', 1)}) AS later_draft, MAX({spoken(1)}) AS drafted"
    )
