"""What an entry is, byte for byte. These bytes are permanent: extend, never change.

A *statement* is what somebody said, as canonical JSON; its text is stored and never written
again from its values. A *chain* is what one writer (one opening of the store by one program)
added to one assessment, in order. Each link hashes the one before it:

    hash = SHA-256( prev LF writer LF seq LF recorded_by LF payload )

in UTF-8, where LF is a line feed and `seq` counts from 1. The first `prev` of a chain is the
assessment digest known at that moment, so that chains hold each other; `known`, beside it, lists
the heads which that digest is of, as ``[[writer, seq, hash], ...]`` in canonical JSON, so that it
can be checked in another store as well, where they arrived in another order. The assessment digest
is SHA-256 over the heads (last hashes) of its chains, sorted and joined by LF; of none at all, over
no bytes. `recorded_at` is set by the database and is not hashed.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from merit_kit.canonical import canonical, digest

FORMAT = 1
VISIBILITIES = ("internal", "agency", "public")

RESULT, PRACTICE = PURPOSES = ("result", "practice")
"""What an assessment is for. Of those for a result there is one for an agency in a round."""

OPENED = "opened"
"""The kind of the first entry of every assessment. Its body repeats the assessment's row, so that
moving an assessment to another agency, round or edition shows; and it says what agency and round
were called then, which is what is printed, so that renaming them later changes no report."""

ROW = ("agency", "round", "edition", "invented", "purpose")
"""Fields of that body that stand in the assessment's row; the audit holds them equal."""

EVIDENCE = "evidence"
"""The kind of an entry that names a file, by `sha256` in its body."""

COPIED = ("id", "assessment", "room", "kind", "visible_to", "author", "stated_at")
"""Fields of the payload that stand as columns beside it; the audit holds them equal."""


_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[\w.-]{1,64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def new_id() -> str:
    """Make an id nobody else has: 32 hexadecimal digits, from the system's randomness."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing somebody stated.

    `base` names the entries it answers or replaces. `stated_at` is claimed (ISO 8601, UTC);
    nothing is ordered by it. `author` is an opaque person id. `body` depends on `kind`.
    """

    assessment: str
    kind: str
    author: str
    stated_at: str
    body: Mapping[str, Any]
    base: tuple[str, ...] = ()
    visible_to: str = "agency"
    room: str | None = None
    id: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        if self.visible_to not in VISIBILITIES:
            raise ValueError(f"visible_to: {self.visible_to!r} is none of {VISIBILITIES}")
        # What is stored once is stored for ever: the form is asked for here, and on any database.
        for name, value, form in (
            *(("id", each, _ID) for each in (self.id, *self.base)),
            *(("author", each, _NAME) for each in (self.author, self.room or "-")),
            ("stated_at", self.stated_at, _MOMENT),
        ):
            if not form.fullmatch(value):
                raise ValueError(f"{name}: {ascii(value)[:60]} is not of the form {form.pattern}")

    @property
    def payload(self) -> str:
        """The statement as it is stored and hashed."""
        return canonical(
            {
                "v": FORMAT,
                "id": self.id,
                "assessment": self.assessment,
                "room": self.room,
                "kind": self.kind,
                "visible_to": self.visible_to,
                "author": self.author,
                "stated_at": self.stated_at,
                "base": list(self.base),
                "body": dict(self.body),
            }
        )


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a statement: `stored` now, or `already` there with the same bytes."""

    id: str
    state: str
    position: int


def link(prev: str, writer: str, seq: int, recorded_by: str, payload: str) -> str:
    """Return the hash of one entry."""
    return digest("\n".join((prev, writer, str(seq), recorded_by, payload)))


def assessment_digest(heads: Iterable[str]) -> str:
    """Return the digest of an assessment from the last hash of each of its chains."""
    return digest("\n".join(sorted(heads)))


def opened(payload: str) -> dict[str, Any]:
    """Read a stored payload. The text stays what counts; this is only for looking into it."""
    value = json.loads(payload)
    if not isinstance(value, dict):
        raise ValueError("a payload is a JSON object")
    return value
