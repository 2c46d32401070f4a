"""Opening a database: which URLs are served, and how each keeps what it acknowledged."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from merit_kit.errors import StoreError

FILE_NAME = "merit.db"
BUSY_SECONDS = 15
CONNECT_SECONDS = 10
SILENT_SECONDS = 60
WAL_SAFE = (3, 51, 3)
"""From 3.7.0 to 3.51.2 a WAL can lose committed pages (sqlite.org/wal.html, WAL-reset bug)."""

_POSTGRESQL = ("postgresql", "postgresql+psycopg")
_ALLOWED = "sqlite:///FILE, postgresql://USER@SERVER/DATABASE"

_NETWORK_FILE_SYSTEMS = {
    "nfs",
    "nfs4",
    "cifs",
    "smb",
    "smb2",
    "smb3",
    "smbfs",
    "afs",
    "9p",
    "davfs",
    "ceph",
    "glusterfs",
    "lustre",
    "vboxsf",
    "fuse.ceph",
    "fuse.davfs",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.gvfsd-fuse",
    "fuse.rclone",
    "fuse.sshfs",
    "fuse.vmhgfs-fuse",
}


def connect(where: str | os.PathLike[str]) -> tuple[sa.Engine, Path | None]:
    """Return an engine for a file, a workspace folder or a URL, and the SQLite file if it is one.

    Raises
    ------
    StoreError
        If the URL cannot be served. It is never replaced by something else that would work.
    """
    text = os.fspath(where)
    kind = text.split("://", 1)[0]
    if "://" in text and kind in _POSTGRESQL:
        return _postgresql(text), None
    if "://" in text and not text.startswith("sqlite:"):
        raise StoreError("store-not-served", found=kind, allowed="sqlite, postgresql")
    if text.startswith("sqlite:"):
        text = _file_named_by(text)
    if text in ("", ":memory:"):
        raise StoreError("store-not-served", found=os.fspath(where) or "''", allowed=_ALLOWED)
    path = Path(text).expanduser()
    if path.is_dir() or (path.suffix == "" and not path.is_file()):
        path = path / FILE_NAME
    path = path.absolute()
    if on_network_drive(path):
        raise StoreError("store-on-network", path=str(path))
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,  # what was stated is nobody's business in a traceback
    )
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine, path


def _postgresql(text: str) -> sa.Engine:
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        url = sa.URL.create("postgresql")
    # Without a name the server would take the user's, which is not what was meant. The URL is
    # not repeated, nor is the first error kept: the password is in both.
    if not url.database:
        raise StoreError("store-not-served", found="postgresql://", allowed=_ALLOWED)
    try:
        import psycopg  # noqa: F401 looked at here, to say in words that it is missing
    except ImportError as error:
        raise StoreError("store-driver-missing", said=str(error)) from error
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        # A laptop that slept, a server that was restarted: asked before each use, made anew.
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "client_encoding": "utf8",
            "application_name": "merit-kit",
            # Notices in a minute, not in two hours, that the other end is gone.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            # As the address says it, whatever it says.
            **{name: value for name, value in url.query.items() if isinstance(value, str)},
        },
    )
    sa.event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    # Whoever holds the lock of an assessment and falls silent must not hold it for ever.
    connection.autocommit = True
    connection.execute(
        "SELECT set_config('lock_timeout', %s, false),"
        " set_config('idle_in_transaction_session_timeout', %s, false)",
        [f"{BUSY_SECONDS * 1000}", f"{SILENT_SECONDS * 1000}"],
    )
    connection.autocommit = False


def _file_named_by(url: str) -> str:
    try:
        made = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise StoreError("store-not-served", found=url, allowed=_ALLOWED) from error
    # sqlite://data/merit.db names a host "data" and a file that is not the one meant.
    if made.host or made.query:
        raise StoreError("store-not-served", found=url, allowed=_ALLOWED)
    return made.database or ""


def on_network_drive(path: Path) -> bool:
    """Say whether a file would lie on a network drive, where SQLite's locks cannot be trusted."""
    if sys.platform == "win32":
        import ctypes

        drive = path.anchor or "\\"
        remote = 4  # DRIVE_REMOTE
        return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == remote
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return False
    table = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    return file_system_of(path.resolve(), table) in _NETWORK_FILE_SYSTEMS


def file_system_of(path: Path, mounts: str) -> str:
    """Return the type of the file system `path` lies on, from the text of ``/proc/mounts``."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        # Blanks and backslashes are written as three octal digits.
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1])
        inside = path.is_relative_to(point)
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own accord; `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE else "DELETE"
    # The mode is written into the file, and somebody else's is to be left as it is.
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {name for (name,) in cursor}
    if not tables or {"store", "step"} <= tables:
        cursor.execute(f"PRAGMA journal_mode = {journal}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # REPLACE must wake the delete triggers as well.
    cursor.execute("PRAGMA recursive_triggers = ON")
    # A person who was erased is not to be read in what is left of the page.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that turns into a writing one half-way can fail as "busy" at once,
    # whatever the time-out. Writers queue at the start instead.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
