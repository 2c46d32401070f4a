"""What was stated of levels, taken out of the payloads by the database: for hundreds of thousands.

Opened one by one in Python, the payloads of ten rounds take ten times as long.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pandas as pd
import sqlalchemy as sa

from merit_kit.store._dialects import is_postgresql
from merit_kit.store._entries import RESULT

_COLUMNS = ("assessment", "position", "id", "internal", "topic", "level", "base")

_SQLITE = {
    "text": "json_extract(e.payload, '$.body.{0}')",
    "number": "json_extract(e.payload, '$.body.{0}')",
    "base": "json_extract(e.payload, '$.base')",
}
_POSTGRESQL = {
    "text": "(CAST(e.payload AS json) #>> '{{body,{0}}}')",
    "number": "CAST((CAST(e.payload AS json) #>> '{{body,{0}}}') AS integer)",
    "base": "(CAST(e.payload AS json) ->> 'base')",
}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave memory uncollected meanwhile: gone through again and again, it takes a third longer."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def level_statements(connection: sa.Connection, rounds: Collection[str] | None) -> pd.DataFrame:
    """Return every statement of a level in assessments for a result, a row each.

    Returns
    -------
    DataFrame
        By assessment and position. ``assessment, position, id``; ``internal`` (1 where the agency
        may not see it, else 0); ``topic``: sub-aspect, whose level, its pass and, of findings and
        second scorings, which one, with a bar between them; ``level`` (None: taken back); ``base``:
        the ids it answers or replaces, as JSON text, None where it names none.
    """
    words = _POSTGRESQL if is_postgresql(connection) else _SQLITE
    part = words["text"].format
    whose = f"CASE {part('of')} WHEN 'field' THEN {part('finding')} WHEN 'second' THEN e.author END"
    parts = (part("sub_aspect"), part("of"), part("pass"), f"({whose})")
    topic = " || '|' || ".join(f"COALESCE({each}, '')" for each in parts)
    chosen = "" if rounds is None else " AND a.round IN :rounds"
    query = sa.text(
        "SELECT e.assessment, e.position, e.id, "  # noqa: S608 words of our own
        "CASE WHEN e.visible_to = 'internal' THEN 1 ELSE 0 END, "
        f"{topic}, {words['number'].format('level')}, NULLIF({words['base']}, '[]') "
        "FROM entry e JOIN assessment a ON a.id = e.assessment "
        f"WHERE e.kind = 'level' AND a.purpose = '{RESULT}'{chosen} "
        "ORDER BY e.assessment, e.position"
    )
    if rounds is not None:
        query = query.bindparams(sa.bindparam("rounds", list(rounds), expanding=True))
    result = connection.execute(query)
    # The driver's own tuples: a Row around each would take as long again.
    cursor = result.cursor
    with _uncollected():
        columns = list(zip(*cursor.fetchall(), strict=True)) if cursor else []
    result.close()
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=object)
            for name, values in zip(_COLUMNS, columns or [()] * len(_COLUMNS), strict=True)
        }
    )
