"""The list of a batch: every agency of a round with its result, and links to what was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from merit_kit import process
from merit_kit.assessment import Case
from merit_kit.files import write_whole
from merit_kit.i18n import Text, Words, explain
from merit_kit.reports._frame import refusing, whole_page
from merit_kit.reports._issue import KONSEP, TERBIT
from merit_kit.reports._keys import key_of
from merit_kit.reports._kinds import KINDS
from merit_kit.reports._ledger import Record, records
from merit_kit.reports._manifest import drafts
from merit_kit.reports._order import agencies_in_order
from merit_kit.reports._page import PageFacts
from merit_kit.reports._reading import Refused
from merit_kit.reports._row import facts_of

INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Made:
    """A file of the batch: a page or a workbook. `stale`: it would say something else now."""

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
    how many questions wait for the agency, `late` how many of these were due before the day of the
    list.
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
    late: int
    made: tuple[Made, ...]

    @property
    def stage_order(self) -> int:
        """Where the stage stands among the stages; a determined assessment after all of them."""
        if self.determined:
            return len(process.STAGES)
        return process.STAGES.index(self.stage)


def index_rows(cases: Iterable[Case], folder: Path, day: str = "") -> list[Row]:
    """Return the rows of a round's list, by kind of agency and name.

    Parameters
    ----------
    cases : iterable of Case
        Of every agency that is to be in the list, whether a page was made of it or not.
    folder : Path
        Of the round: the one with a folder for each kind of report. What is on record there as
        issued, and what the manifests name of drafts, is linked if its file is there.
    day : str
        The day (ISO) by which something is overdue where a case is of now; by default today.

    Raises
    ------
    ReportError
        If the record of what was issued cannot be read.
    """
    return rows_of(map(facts_of, cases), folder, day)


def rows_of(facts: Iterable[Mapping[str, Any]], folder: Path, day: str = "") -> list[Row]:
    """Return the rows of a round's list from what is known of its cases; see `facts_of`."""
    return listing_of(facts, folder, day)[0]


def listing_of(
    facts: Iterable[Mapping[str, Any]], folder: Path, day: str = ""
) -> tuple[list[Row], dict[str, tuple[Made, ...]]]:
    """Return the rows of a round's list, and by code what was made of agencies not among them."""
    made = _made(folder)
    day = day or date.today().isoformat()
    rows = [_row(each, made.pop(each["code"], []), day) for each in agencies_in_order(facts)]
    return rows, {code: tuple(each for each, _ in made[code]) for code in sorted(made)}


def write_index(
    folder: Path,
    rows: Sequence[Row],
    lang: str = "id",
    refused: Sequence[Refused] = (),
    left: Mapping[str, Sequence[Made]] | None = None,
) -> Path:
    """Write ``index.html`` into a round's folder of reports, whole, and return its path.

    It can be sorted and filtered by its one script, and is read without.

    Parameters
    ----------
    refused : sequence of Refused
        Agencies that could not be scored; it is said why.
    left : mapping of agency code to sequence of Made
        What was made of agencies that are not among the rows, and is kept.

    Raises
    ------
    ReportError
        If it cannot be written.
    """
    words = Words(lang)
    kinds = [kind for kind in KINDS if any(m.kind == kind for row in rows for m in row.made)]
    shown = [_shown(row, kinds, words) for row in rows]
    simulated = [row.simulation for row in rows]
    round_ = rows[0].round if rows else {"number": "–", "year": "–"}
    name = words("round.name", number=str(round_["number"]), year=str(round_["year"]))
    title = f"{words('report.index.title')}, {name}"
    simulation = words("report.simulation") if any(simulated) else ""
    graded = sorted((row for row in rows if row.category), key=lambda row: row.category_order)
    categories = [words.text(row.category) for row in graded if row.category]
    page = whole_page(
        "index",
        PageFacts(lang, title, title, simulation),
        script="index",
        round_name=name,
        rows=shown,
        kinds=kinds,
        categories=list(dict.fromkeys(categories)),
        all_simulated=all(simulated),
        refused=[(each.agency, explain(each.error, lang)) for each in refused],
        left=[
            (code, [_link(each, words) for each in _ordered(made, lang)])
            for code, made in (left or {}).items()
            if code not in {each.agency for each in refused}
        ],
        not_complete=any(row.total is not None and not row.complete for row in rows),
    )
    path = folder / INDEX
    with refusing(path):
        write_whole(path, page)
    return path


def _row(facts: Mapping[str, Any], made: list[tuple[Made, set[str]]], day: str) -> Row:
    now = {facts["case"], facts["shown"]}
    day = (facts["as_of"] or day)[:10]
    same = ("code", "name", "round", "simulation", "stage", "determined", "total", "complete")
    return Row(
        **{part: facts[part] for part in same},
        category=Text(**facts["category"]) if facts["category"] else None,
        category_order=facts["order"],
        tone=facts["tone"],
        waiting=facts["waiting"],
        late=sum(due < day for due in facts["dues"]),
        made=tuple(replace(each, stale=digests.isdisjoint(now)) for each, digests in made),
    )


def _shown(row: Row, kinds: Sequence[str], words: Words) -> dict[str, Any]:
    pages = {
        kind: [_link(made, words) for made in _ordered(row.made, words.lang) if made.kind == kind]
        for kind in kinds
    }
    parts = (*row.__slots__, "stage_order")
    return {**{part: getattr(row, part) for part in parts}, "pages": pages}


def _link(made: Made, words: Words) -> dict[str, Any]:
    kind = words(f"report.index.kinds.{made.kind}")
    return {"href": made.href, "label": _label(made, words), "kind": kind, "stale": made.stale}


def _ordered(made: Iterable[Made], lang: str) -> list[Made]:
    return sorted(made, key=lambda each: _place(each, lang))


def _place(made: Made, lang: str) -> tuple[bool, bool]:
    """Return what is issued before what is not, and of these the language of the page first."""
    return made.status != TERBIT, made.lang != lang


def _label(made: Made, words: Words) -> str:
    label = "XLSX" if made.is_table else words(f"report.life.status.{made.status}")
    if made.version is not None:
        label = f"{label} v{made.version}"
    return label if made.lang == words.lang else f"{label} ({made.lang})"


def _made(folder: Path) -> dict[str, list[tuple[Made, set[str]]]]:
    """Return by agency what was made and is there, each with the digests of what it was made from.

    Of issued pages the last version of each language: older ones are superseded.
    """
    found: dict[str, list[tuple[Made, set[str]]]] = {}
    for kind in KINDS:
        for line in (*_issued(folder / kind), *_drafts(folder / kind)):
            for file, is_table in ((str(line["file"]), False), (line.get("table"), True)):
                if not file or not (folder / kind / str(file)).is_file():
                    continue
                made = Made(
                    kind=kind,
                    href=quote(f"{kind}/{file}"),
                    lang=str(line["lang"]),
                    status=str(line.get("status", KONSEP)),
                    version=line.get("version"),
                    is_table=is_table,
                    stale=False,
                )
                digests = {str(line["case"]), str(line.get("shown", ""))}
                if not _is_of_this_kit(line, kind):
                    digests = set()
                found.setdefault(str(line["agency"]), []).append((made, digests))
    return found


def _is_of_this_kit(line: Mapping[str, Any], kind: str) -> bool:
    """Say whether a draft is of this kit, and not of one before; what is issued has no key here."""
    if "key" not in line:
        return True
    made_from = (str(line["case"]), line.get("comparison"), line.get("letter"))
    asked = {"kind": kind, "lang": str(line["lang"]), "by": str(line.get("by") or "")}
    return bool(line["key"] == key_of(*made_from, **asked, status=str(line.get("status", KONSEP))))


def _issued(folder: Path) -> Iterable[Mapping[str, Any]]:
    """Yield what is on record of the last issued page of each agency and language.

    Not from the manifest: what was cut off after the record was made is issued all the same.
    """
    last: dict[tuple[str, str], Record] = {}
    for record in records(folder):
        key = (record.agency, record.lang)
        if record.status == TERBIT and (key not in last or record.age >= last[key].age):
            last[key] = record
    for key in sorted(last):
        record = last[key]
        table = str(Path(record.file).with_suffix(".xlsx")) if record.table else None
        yield {**asdict(record), "table": table}


def _drafts(folder: Path) -> list[Mapping[str, Any]]:
    """Return the last line of the manifest for each page that is not issued."""
    last = drafts(folder)
    return [last[key] for key in sorted(last)]
