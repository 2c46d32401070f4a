"""A table of agencies."""

from __future__ import annotations

from pathlib import Path

from merit_kit.errors import Problem, TableError
from merit_kit.files import is_code
from merit_kit.workbook._csv import read_table

COLUMNS = {
    "code": ("kode", "code", "kode instansi"),
    "name": ("nama", "nama instansi", "instansi", "name"),
    "kind": ("jenis", "kind"),
    "province": ("provinsi", "province"),
}
LONGEST_NAME = 200
KINDS = ("kementerian", "lembaga", "lpnk", "provinsi", "kabupaten", "kota")


def read_agencies(path: Path) -> list[dict[str, str | None]]:
    """Read a CSV of agencies: code, name, kind (*jenis*) and province.

    Returns
    -------
    list of dict
        ``code, name, kind, province`` as the store takes them.

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
        agencies[code] = {
            "code": code,
            "name": row.cells.get("name", ""),
            "kind": kind,
            "province": row.cells.get("province") or None,
        }
    if problems:
        raise TableError("table-faulty", problems, path=path.name, count=len(problems))
    return list(agencies.values())
