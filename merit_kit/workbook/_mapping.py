"""What the columns of somebody else's table are called, saved once as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merit_kit.errors import Problem, TableError
from merit_kit.files import read_at_most

COLUMNS = {
    "agency": ("instansi", "agency", "kode instansi"),
    "sub_aspect": ("subaspek", "sub aspek", "kode", "nomor", "no", "sub-aspect", "code"),
    "self": ("mandiri", "nilai mandiri", "level mandiri", "self", "self level"),
    "self_reason": ("keterangan", "keterangan instansi", "explanation", "self reason"),
    "verified": ("verifikasi", "nilai verifikasi", "level verifikasi", "verified"),
    "verified_reason": ("alasan", "alasan verifikasi", "reason", "verified reason"),
    "note": ("catatan", "catatan penilai", "note", "notes"),
    "evidence": ("bukti", "bukti dukung", "berkas bukti", "evidence", "evidence files"),
}
SAYING = ("self", "verified", "note", "evidence")
"""The columns that state something by themselves."""

FORMAT = 1
MOST_BYTES = 100_000
_KEYS = ("format", "sheet", "columns", "code_in_text")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which heading each column has in a table that is not of our making.

    `columns` holds headings by the names of :func:`read_levels`' columns. `sheet` is the sheet of
    a workbook, None for the first. `code_in_text`: the code stands in front of or within other
    words, as in ``Aspek 1 - 1.3 Data pegawai``; the first that looks like one is taken.
    """

    columns: Mapping[str, str]
    sheet: str | None = None
    code_in_text: bool = False


def read_mapping(path: Path) -> ColumnMapping:
    """Read a mapping of columns.

    Such as ``{"format": 1, "columns": {"sub_aspect": "No.", "self": "Skor"}}``. The columns are
    ``sub_aspect`` and any of ``self``, ``self_reason``, ``verified``, ``verified_reason``,
    ``note``, ``evidence``, ``agency``.

    Raises
    ------
    TableError
        With every fault, each with the key it concerns.
    """
    data = _load(path)
    problems: list[Problem] = []
    if not isinstance(data, dict):
        raise TableError("mapping-foreign", path=path.name)
    for key in data.keys() - set(_KEYS):
        problems.append(Problem("", "key-unknown", key[:60], ", ".join(_KEYS)))
    if data.get("format") != FORMAT or isinstance(data.get("format"), bool):
        problems.append(Problem("format", "not-allowed", _shown(data.get("format")), str(FORMAT)))
    sheet, in_text = data.get("sheet"), data.get("code_in_text", False)
    if not (sheet is None or (isinstance(sheet, str) and sheet.strip())):
        problems.append(Problem("sheet", "not-text", _shown(sheet)))
    if not isinstance(in_text, bool):
        problems.append(Problem("code_in_text", "not-allowed", _shown(in_text), "true, false"))
    columns = _columns(data.get("columns"), problems)
    if problems:
        raise TableError("mapping-faulty", problems, path=path.name, count=len(problems))
    return ColumnMapping(columns, sheet, bool(in_text))


def _columns(found: Any, problems: list[Problem]) -> dict[str, str]:
    if not isinstance(found, dict):
        problems.append(Problem("columns", "not-a-mapping", _shown(found)))
        return {}
    columns = {}
    for column, heading in found.items():
        place = f"columns.{column[:60]}"
        if column not in COLUMNS:
            problems.append(Problem("columns", "key-unknown", column[:60], ", ".join(COLUMNS)))
        elif not isinstance(heading, str) or not heading.strip():
            problems.append(Problem(place, "not-text", _shown(heading)))
        else:
            columns[column] = heading.strip()
    for heading, count in Counter(h.casefold() for h in columns.values()).items():
        if count > 1:
            problems.append(Problem("columns", "column-repeated", heading[:60]))
    for reason, level in (("self_reason", "self"), ("verified_reason", "verified")):
        if reason in found and level not in found:
            problems.append(Problem(f"columns.{reason}", "reason-without-level"))
    if "sub_aspect" not in found:
        problems.append(Problem("columns.sub_aspect", "missing"))
    if not set(SAYING) & found.keys():
        problems.append(Problem("columns", "columns-say-nothing", None, list(SAYING)))
    return columns


def _load(path: Path) -> Any:
    def foreign(_: int = 0) -> TableError:
        return TableError("mapping-foreign", path=path.name)

    content = read_at_most(path, MOST_BYTES, TableError, foreign)
    try:
        return json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise TableError("mapping-unreadable", path=path.name, line=error.lineno) from error
    except (ValueError, RecursionError) as error:  # not text at all, or nothing anybody wrote
        raise foreign() from error


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]
