"""What a database says when something fails, turned into what a person can do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from merit_kit.errors import StoreError

# The server's five signs for what happened (PostgreSQL, appendix A); they speak no language.
_KEY_OF_STATE = {
    "55P03": "store-busy",  # lock not available
    "40P01": "store-busy",  # deadlock
    "53300": "store-busy",  # too many connections
    "42501": "store-not-permitted",
    "28P01": "store-login",
    "28000": "store-login",
    "3D000": "store-database-missing",
    "57P01": "store-away",  # shut down by its administrator
    "57P02": "store-away",
    "57P03": "store-away",  # starting up
}
# A connection that never came about has no such sign, only the server's words.
_KEY_OF_WORDS = (
    ("password authentication failed", "store-login"),
    ("no password supplied", "store-login"),
    ("no pg_hba.conf entry", "store-login"),
    ("authentication failed", "store-login"),
    ("role", "store-login"),
    ("too many", "store-busy"),
    ("database", "store-database-missing"),
)

_CUT = re.compile("[\ud800-\udfff]")


def refuse_unstorable(values: Iterable[Any], found: str | None = None) -> None:
    """Refuse on both databases what one of them could not keep; `found` says what it was in.

    PostgreSQL keeps no NUL in a text, and half of an emoji, cut by a browser, has no UTF-8.

    Raises
    ------
    StoreError
        At the first such text.
    """
    for text in values:
        if isinstance(text, str) and ("\0" in text or _CUT.search(text)):
            raise StoreError("text-not-storable", found=found or ascii(text)[:60])


def place_of(engine: sa.Engine) -> str:
    """Say where a store is: its file, or its address without password and driver."""
    url = engine.url
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    query = {name: url.query[name] for name in ("host", "port") if name in url.query}
    shown = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return shown.render_as_string()


@contextmanager
def translated(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database says into what a person can act on."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(
            _key(error, engine), path=place_of(engine), said=_said(error, engine)
        ) from error


def _key(error: SQLAlchemyError, engine: sa.Engine) -> str:
    if isinstance(error, PoolTimeoutError):
        return "store-busy"
    if not isinstance(error, DBAPIError):
        return "store-failed"
    said = str(error.orig)
    if engine.dialect.name == "sqlite":
        busy = "locked" in said or "busy" in said
        return "store-busy" if busy and isinstance(error, OperationalError) else "store-failed"
    state = getattr(error.orig, "sqlstate", None)
    if state:
        lost = state.startswith("08") or error.connection_invalidated
        return _KEY_OF_STATE.get(state, "store-away" if lost else "store-failed")
    if not isinstance(error, OperationalError):
        return "store-failed"
    fatal = said.rpartition("FATAL:")[2] if "FATAL:" in said else ""
    return next((key for word, key in _KEY_OF_WORDS if word in fatal), "store-away")


def _said(error: SQLAlchemyError, engine: sa.Engine) -> str:
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    secrets = (engine.url.password, engine.url.query.get("password"))
    for secret in secrets:
        if isinstance(secret, str) and secret:
            said = said.replace(secret, "***")
    return said
