"""The chains of one assessment while something is being added to it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from merit_kit.canonical import canonical
from merit_kit.store import _tables as t
from merit_kit.store._dialects import is_postgresql
from merit_kit.store._entries import Statement, assessment_digest, link


class Chains:
    """The last entry of each chain, and where the next entry goes.

    Read once, under the lock of the assessment, and carried on from there: many statements of
    one sending ask the database no more than one does.
    """

    def __init__(self, connection: sa.Connection, assessment: str) -> None:
        self.assessment = assessment
        found = _heads(connection, assessment)
        self.heads = {str(row.writer): (int(row.seq), str(row.hash)) for row in found}
        self.position = max((int(row.last) for row in found), default=0)

    @property
    def digest(self) -> str:
        """The assessment digest as it is now."""
        return assessment_digest(hash_ for _, hash_ in self.heads.values())

    def add(
        self, statement: Statement, payload: str, writer: str, recorded_by: str
    ) -> dict[str, Any]:
        """Return the row of the next entry, and count it as added."""
        seq, prev = self.heads.get(writer, (0, ""))
        known = None
        if seq == 0:
            prev = self.digest
            known = canonical(sorted([who, n, hash_] for who, (n, hash_) in self.heads.items()))
        seq += 1
        self.position += 1
        hash_ = link(prev, writer, seq, recorded_by, payload)
        self.heads[writer] = (seq, hash_)
        return {
            "assessment": statement.assessment,
            "position": self.position,
            "id": statement.id,
            "room": statement.room,
            "kind": statement.kind,
            "visible_to": statement.visible_to,
            "author": statement.author,
            "stated_at": statement.stated_at,
            "recorded_by": recorded_by,
            "writer": writer,
            "seq": seq,
            "prev": prev,
            "known": known,
            "payload": payload,
            "hash": hash_,
        }


def _heads(connection: sa.Connection, assessment: str) -> list[Any]:
    """Return ``writer, seq, hash`` of each chain's last entry and ``last``, the last position."""
    if is_postgresql(connection):
        # Also the heads of chains whose entries we may not read; see `_rights`.
        query = "SELECT writer, seq, hash, last FROM heads(:about)"
        return list(connection.execute(sa.text(query), {"about": assessment}))
    e = t.entry.c
    heads = (
        sa.select(e.writer, sa.func.max(e.seq).label("seq"))
        .where(e.assessment == assessment)
        .group_by(e.writer)
        .subquery()
    )
    last = sa.select(sa.func.max(e.position)).where(e.assessment == assessment).scalar_subquery()
    found = sa.select(e.writer, e.seq, e.hash, last.label("last")).join(
        heads, sa.and_(e.writer == heads.c.writer, e.seq == heads.c.seq)
    )
    return list(connection.execute(found.where(e.assessment == assessment)))
