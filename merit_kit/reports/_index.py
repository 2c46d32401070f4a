"""The list of a batch: every agency of a round with its result, and links to what was made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from merit_kit import process
from merit_kit.assessment import Case
from merit_kit.files import write_whole
from merit_kit.i18n import Text, Words
from merit_kit.reports._batch import MANIFEST
from merit_kit.reports._dialogue import OPEN, RETURNED, state_of
from merit_kit.reports._figures import Figures
from merit_kit.reports._frame import whole_page
from merit_kit.reports._kinds import KINDS
from merit_kit.reports._order import in_order
from merit_kit.reports._page import PageFacts

INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Made:
    """A file of the batch: a page or a workbook. `stale`: its case is not the one of now."""

    kind: str
    href: str
    lang: str
    status: str
    version: int | None
    is_table: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One agency in the list.

    `total` is None while nothing is assessed; `category` unless every sub-aspect is. `waiting` is
    how many questions wait for the agency.
    """

    code: str
    name: str
    round: Mapping[str, Any]
    simulation: bool
    stage: str
    determined: bool
    total: float | None
    complete: bool
    category: Text | None
    category_order: int
    tone: int
    waiting: int
    made: tuple[Made, ...]

    @property
    def stage_order(self) -> int:
        """Where the stage stands among the stages; a determined assessment after all of them."""
        if self.determined:
            return len(process.STAGES)
        return process.STAGES.index(self.stage)


def index_rows(cases: Iterable[Case], folder: Path) -> list[Row]:
    """Return the rows of a round's list, by kind of agency and name.

    Parameters
    ----------
    cases : iterable of Case
        Of every agency that is to be in the list, whether a page was made of it or not.
    folder : Path
        Of the round: the one with a folder for each kind of report. What their manifests name and
        is there is linked.
    """
    made = _made(folder)
    return [_row(case, made.get(str(case.agency["code"]), [])) for case in in_order(cases)]


def write_index(folder: Path, rows: Sequence[Row], lang: str = "id") -> Path:
    """Write ``index.html`` into a round's folder of reports, whole, and return its path.

    It can be sorted and filtered by its one script, and is read without.
    """
    words = Words(lang)
    kinds = [kind for kind in KINDS if any(m.kind == kind for row in rows for m in row.made)]
    shown = [_shown(row, kinds, words) for row in rows]
    simulated = [row.simulation for row in rows]
    round_ = rows[0].round if rows else {"number": "–", "year": "–"}
    name = words("round.name", number=str(round_["number"]), year=str(round_["year"]))
    title = f"{words('report.index.title')}, {name}"
    simulation = words("report.simulation") if any(simulated) else ""
    categories = {row.category_order: words.text(row.category) for row in rows if row.category}
    page = whole_page(
        "index",
        PageFacts(lang, title, title, simulation),
        script="index",
        round_name=name,
        rows=shown,
        kinds=kinds,
        categories=list(dict.fromkeys(categories[order] for order in sorted(categories))),
        all_simulated=all(simulated),
        not_complete=any(row.total is not None and not row.complete for row in rows),
    )
    path = folder / INDEX
    write_whole(path, page)
    return path


def _row(case: Case, made: list[tuple[Made, str]]) -> Row:
    figures = Figures(case)
    result = figures.result
    categories = case.instrument.categories
    states = [state_of(row) for row in figures.clarifications.itertuples()]
    return Row(
        code=str(case.agency["code"]),
        name=str(case.agency["name"]),
        round=case.round,
        simulation=case.is_simulation,
        stage=figures.stage,
        determined=figures.determination is not None,
        total=result.total if result.assessed else None,
        complete=result.complete,
        category=result.category.name if result.category else None,
        category_order=categories.index(result.category) if result.category else -1,
        tone=result.tone,
        waiting=sum(state in (OPEN, RETURNED) for state in states),
        made=tuple(_as_of(case, each, digest) for each, digest in made),
    )


def _as_of(case: Case, made: Made, digest: str) -> Made:
    if digest == case.digest:
        return made
    return Made(made.kind, made.href, made.lang, made.status, made.version, made.is_table, True)


def _shown(row: Row, kinds: Sequence[str], words: Words) -> dict[str, Any]:
    pages = {
        kind: [
            {
                "href": made.href,
                "label": _label(made, words),
                "kind": words(f"report.index.kinds.{kind}"),
                "stale": made.stale,
            }
            for made in sorted(row.made, key=lambda made: made.lang != words.lang)
            if made.kind == kind
        ]
        for kind in kinds
    }
    parts = (*row.__slots__, "stage_order")
    return {**{part: getattr(row, part) for part in parts}, "pages": pages}


def _label(made: Made, words: Words) -> str:
    label = "XLSX" if made.is_table else words(f"report.life.status.{made.status}")
    if made.version is not None:
        label = f"{label} v{made.version}"
    return label if made.lang == words.lang else f"{label} ({made.lang})"


def _made(folder: Path) -> dict[str, list[tuple[Made, str]]]:
    """Return by agency what the manifests name and is there, with the digest of its case.

    Of issued pages the last version of each language: older ones are superseded.
    """
    found: dict[str, list[tuple[Made, str]]] = {}
    for kind in KINDS:
        for line in _last_lines(folder / kind):
            agency, name = str(line["agency"]), str(line["file"])
            for file, is_table in ((name, False), (line.get("table"), True)):
                if not file or not (folder / kind / str(file)).is_file():
                    continue
                made = Made(
                    kind=kind,
                    href=quote(f"{kind}/{file}"),
                    lang=str(line["lang"]),
                    status=str(line.get("status", "konsep")),
                    version=line.get("version"),
                    is_table=is_table,
                    stale=False,
                )
                found.setdefault(agency, []).append((made, str(line["case"])))
    return found


def _last_lines(folder: Path) -> list[Mapping[str, Any]]:
    """Return the last line of the manifest for each page of now, by name of file."""
    last: dict[tuple[str, str, bool], Mapping[str, Any]] = {}
    for line in _lines(folder / MANIFEST):
        version = line.get("version")
        key = (str(line["agency"]), str(line["lang"]), version is not None)
        before = last.get(key)
        if before is None or (version or 0) >= (before.get("version") or 0):
            last[key] = line
    return [last[key] for key in sorted(last)]


def _lines(path: Path) -> Iterable[Mapping[str, Any]]:
    """Yield the lines of a manifest. One torn by a crash is no JSON and counts for nothing."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for written in text.splitlines():
        try:
            line = json.loads(written)
        except ValueError:
            continue
        if isinstance(line, dict) and {"agency", "file", "lang", "case"} <= set(line):
            yield line
