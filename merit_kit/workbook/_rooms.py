"""A table of rooms (*ruang diskusi*): when they meet, who hosts, which agencies sit with whom."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from merit_kit.errors import Cell, Problem
from merit_kit.files import is_code
from merit_kit.workbook._agencies import LONGEST_NAME, TIME_ZONES
from merit_kit.workbook._tables import Row, Table, read_table, refuse

COLUMNS = {
    "room": ("ruang", "room"),
    "name": ("nama ruang", "room name"),
    "kind": ("jenis", "kind"),
    "date": ("tanggal", "date"),
    "time": ("jam", "time"),
    "host": ("pemandu", "host"),
    "agency": ("instansi", "agency", "kode instansi"),
    "evaluator": ("penilai", "evaluator"),
}
ROOM_KINDS = ("verifikasi-klarifikasi", "evaluasi", "asistensi")
"""What a room meets for, as the process calls it; a test holds them equal."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
# Any other century is a slip, and the first year of all has no day before it for a time in UTC.
_ISO_DAY = re.compile(r"(?P<year>20[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})([/-])(?P<month>[0-9]{1,2})\2(?P<year>20[0-9]{2})")
# ASCII, or a dotted capital I, as Turkish has it, would count as the I of WIB.
_TIME = re.compile(
    rf"([0-9]{{1,2}})[.:]([0-9]{{2}})[\s\xa0]*({'|'.join(TIME_ZONES)})", re.ASCII | re.IGNORECASE
)
_HOURS_AHEAD = dict(zip(TIME_ZONES, (7, 8, 9), strict=True))


@dataclass(slots=True)
class _Room:
    """What the rows of a room have said so far: of each column the text and what it means."""

    rows: list[Row] = field(default_factory=list)
    said: dict[str, tuple[str, Any]] = field(default_factory=dict)
    sittings: list[tuple[str, str]] = field(default_factory=list)

    def get(self, column: str) -> Any:
        return self.said.get(column, ("", None))[1]


def read_rooms(path: Path) -> list[dict[str, Any]]:
    """Read rooms from CSV or XLSX: a row for each agency in a room and evaluator it sits with.

    What is said of the room itself (name, kind, date, time, host) need stand in one of its rows
    only; where it stands in several, they must agree. A date is written ``2026-10-24`` or, day
    first, ``24/10/2026``; a time with its time zone, ``09.00 WIB``.

    Returns
    -------
    list of dict
        One for each room, in the order they first appear: ``code``; ``name`` or None; ``kind``,
        one of `ROOM_KINDS`; ``held_on``, a date in ISO form; ``starts_at``, a time in UTC
        (``2026-10-24T02:00:00Z``) or None; ``host``, a person as written, or None; ``sittings``,
        a list of pairs of the code of an agency and an evaluator as written.

    Raises
    ------
    TableError
        With every fault, each with its line and column.
    """
    problems: list[Problem] = []
    needed = ["room", "kind", "date", "agency", "evaluator"]
    table = read_table(path, COLUMNS, needed, problems)
    rooms: dict[str, _Room] = {}
    for row in table.rows:
        code = _code(table, row, problems)
        # The other cells of a row without a room are judged as well, each by itself.
        room = rooms.setdefault(code, _Room()) if code else _Room()
        room.rows.append(row)
        _read_room(table, row, room, problems)
        _read_sitting(table, row, room, problems)
    for room in rooms.values():
        for column in ("kind", "date"):
            if column in table.headings and not any(row.cells.get(column) for row in room.rows):
                problems.append(Problem(table.at(room.rows[0], column), "cell-empty"))
    refuse(path, problems)
    return [
        {
            "code": code,
            "name": room.get("name"),
            "kind": room.get("kind"),
            "held_on": room.get("date").isoformat(),
            "starts_at": _starts_at(room.get("date"), room.get("time")),
            "host": room.get("host"),
            "sittings": room.sittings,
        }
        for code, room in rooms.items()
    ]


def _code(table: Table, row: Row, problems: list[Problem]) -> str | None:
    code = row.cells.get("room", "")
    if _CODE.fullmatch(code):
        return code
    if code:
        problems.append(Problem(table.at(row, "room"), "room-code", code[:60]))
    elif "room" in table.headings:
        problems.append(Problem(table.at(row, "room"), "cell-empty"))
    return None


def _read_room(table: Table, row: Row, room: _Room, problems: list[Problem]) -> None:
    for column, read in _READERS.items():
        text, place = row.cells.get(column), table.at(row, column)
        if not text:
            continue
        value = read(text, place)
        if isinstance(value, Problem):
            problems.append(value)
            continue
        before, meant = room.said.setdefault(column, (text, value))
        if value != meant:
            problems.append(Problem(place, "room-differs", text[:60], before[:60]))


def _read_sitting(table: Table, row: Row, room: _Room, problems: list[Problem]) -> None:
    faults = len(problems)
    for column in ("agency", "evaluator"):
        if not row.cells.get(column) and column in table.headings:
            problems.append(Problem(table.at(row, column), "cell-empty"))
    text = row.cells.get("agency", "")
    agency = text.casefold()
    if agency and not is_code(agency):
        problems.append(Problem(table.at(row, "agency"), "not-a-code", text[:60]))
    evaluator = _words(row.cells.get("evaluator", ""), table.at(row, "evaluator"))
    if isinstance(evaluator, Problem):
        problems.append(evaluator)
    elif (agency, evaluator) in room.sittings:
        problems.append(Problem(table.at(row, "agency"), "agency-repeated", agency))
    elif agency and evaluator and len(problems) == faults:
        room.sittings.append((agency, evaluator))


def _words(text: str, place: Cell) -> str | Problem:
    if len(text) > LONGEST_NAME:
        return Problem(place, "text-too-long", len(text), LONGEST_NAME)
    return " ".join(text.split())


def _kind(text: str, place: Cell) -> str | Problem:
    if text.casefold() not in ROOM_KINDS:
        return Problem(place, "not-allowed", text[:60], ", ".join(ROOM_KINDS))
    return text.casefold()


def _day(text: str, place: Cell) -> date | Problem:
    parts = _ISO_DAY.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    try:
        if parts:
            return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    except ValueError:
        pass  # the 30th of February
    return Problem(place, "day-form", text[:60])


def _time(text: str, place: Cell) -> timedelta | Problem:
    """Return how long after midnight in UTC it is, which may be before it.

    Two rows that name one moment in two time zones agree.
    """
    parts = _TIME.fullmatch(text)
    if parts is None or int(parts[1]) > 23 or int(parts[2]) > 59:
        return Problem(place, "time-form", text[:60])
    ahead = _HOURS_AHEAD[parts[3].upper()]
    return timedelta(hours=int(parts[1]) - ahead, minutes=int(parts[2]))


def _starts_at(day: date, after_midnight: timedelta | None) -> str | None:
    if after_midnight is None:
        return None
    return (datetime.combine(day, time()) + after_midnight).isoformat() + "Z"


_READERS = {"name": _words, "kind": _kind, "date": _day, "time": _time, "host": _words}
