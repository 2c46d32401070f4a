"""A table of agencies."""

from __future__ import annotations

from pathlib import Path

from merit_kit.errors import Problem
from merit_kit.files import is_code
from merit_kit.workbook._tables import read_table, refuse

COLUMNS = {
    "code": ("kode", "code", "kode instansi"),
    "name": ("nama", "nama instansi", "instansi", "name"),
    "kind": ("jenis", "kind"),
    "province": ("provinsi", "province"),
    "wilayah": ("wilayah", "region"),
    "time_zone": ("zona waktu", "time zone", "zona"),
}
LONGEST_NAME = 200
LONGEST_WILAYAH = 20
KINDS = ("kementerian", "lembaga", "lpnk", "provinsi", "kabupaten", "kota")
TIME_ZONES = ("WIB", "WITA", "WIT")
"""The time zones of Indonesia, from west to east."""


def read_agencies(path: Path) -> list[dict[str, str | None]]:
    """Read agencies from CSV or XLSX: code, name, kind (*jenis*), province, region, time zone.

    The region (*wilayah*) is the one it is supervised in, such as I; the time zone is its own.

    Returns
    -------
    list of dict
        ``code, name, kind, province, wilayah, time_zone`` as the store takes them. The last three
        are None where the file does not say; a time zone is one of `TIME_ZONES`.

    Raises
    ------
    TableError
        With every fault, each with its line and column.
    """
    problems: list[Problem] = []
    table = read_table(path, COLUMNS, ["code", "name", "kind"], problems)
    agencies: dict[str, dict[str, str | None]] = {}
    for row in table.rows:
        code, kind = row.cells.get("code", ""), row.cells.get("kind", "").casefold()
        if "code" not in table.headings:
            pass  # said once, of the heading line
        elif not is_code(code):
            problems.append(Problem(table.at(row, "code"), "not-a-code", code))
        elif code in agencies:
            problems.append(Problem(table.at(row, "code"), "agency-repeated", code))
        if len(row.cells.get("name", "")) > LONGEST_NAME:
            found = len(row.cells["name"])
            problems.append(Problem(table.at(row, "name"), "text-too-long", found, LONGEST_NAME))
        if not row.cells.get("name") and "name" in table.headings:
            problems.append(Problem(table.at(row, "name"), "cell-empty"))
        if kind not in KINDS and "kind" in table.headings:
            problems.append(Problem(table.at(row, "kind"), "not-allowed", kind, ", ".join(KINDS)))
        wilayah, time_zone = row.cells.get("wilayah", ""), row.cells.get("time_zone", "")
        if len(wilayah) > LONGEST_WILAYAH:
            place = table.at(row, "wilayah")
            problems.append(Problem(place, "text-too-long", len(wilayah), LONGEST_WILAYAH))
        if time_zone and time_zone.upper() not in TIME_ZONES:
            place, allowed = table.at(row, "time_zone"), ", ".join(TIME_ZONES)
            problems.append(Problem(place, "not-allowed", time_zone[:60], allowed))
        agencies[code] = {
            "code": code,
            "name": row.cells.get("name", ""),
            "kind": kind,
            "province": row.cells.get("province") or None,
            "wilayah": wilayah or None,
            "time_zone": time_zone.upper() or None,
        }
    refuse(path, problems)
    return list(agencies.values())
