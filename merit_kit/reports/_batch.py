"""A folder of reports, one page per case. One that fails never stops the others."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from merit_kit.assessment import Case
from merit_kit.errors import MeritError, ReportError
from merit_kit.files import is_code, kit_folder, write_whole
from merit_kit.reports import _life
from merit_kit.reports._changes import shown_digest
from merit_kit.reports._comparison import Comparison
from merit_kit.reports._figures import Figures
from merit_kit.reports._issue import DIPERIKSA, KONSEP, TERBIT
from merit_kit.reports._kinds import KINDS, VERIFICATION, ReportKind, check_issuable, kind_named
from merit_kit.reports._letter import Letter
from merit_kit.reports._turn import Turn
from merit_kit.workbook import read_open_items, write_open_items

MANIFEST = "manifest.jsonl"
FAILED = "gagal"
_CELL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: its page, or the error that kept it from being made.

    `table` is the workbook beside the page, if there is one; `version` that of an issued page.
    `already`: the very same page had been issued before, and nothing was made. `kept` is where the
    workbook went that lay there and had been filled in.
    """

    agency: str
    path: Path
    seconds: float
    error: MeritError | None = None
    table: Path | None = None
    version: int | None = None
    already: bool = False
    kept: Path | None = None


@dataclass(frozen=True)
class _Batch:
    """What the reports of one batch have in common."""

    folder: Path
    lang: str
    name: str
    kind: ReportKind
    status: str
    by: str
    letter: Letter | None
    comparisons: Mapping[str, Comparison]
    exporter: object
    turn: Turn

    def make(self, case: Case, path: Path) -> Outcome:
        """Make one report, whatever it takes."""
        started = time.monotonic()
        # What is wrong with the case itself is said in words, before a kernel hides it in a
        # traceback.
        _ = Figures(case).results
        if self.status == TERBIT:
            check_issuable(case, self.kind)
        # From the number that is taken to the line that says so, nobody else may take one. Whose
        # turn it is next is open in between: two batches go on side by side.
        with nullcontext() if self.status == KONSEP else self.turn.of(path.parent):
            done = self._make(case, path)
        return replace(done, seconds=time.monotonic() - started)

    def _make(self, case: Case, path: Path) -> Outcome:
        started = time.monotonic()
        agency = str(case.agency["code"])
        comparison = self.comparisons.get(agency) if self.kind.compares else None
        plan = _life.planned(
            *(path.parent, case, self.lang, self.status, self.by, self.letter, comparison)
        )
        done = Outcome(agency, plan.page, 0.0, version=plan.issue.version)
        if plan.already:
            return replace(done, table=plan.table if plan.already.table else None, already=True)
        failed = path.parent / FAILED / f"{path.stem}.ipynb"
        with tempfile.TemporaryDirectory(prefix="merit-", ignore_cleanup_errors=True) as scratch:
            table_bytes = self._table(plan, Path(scratch))
            if table_bytes:
                plan = replace(plan, issue=replace(plan.issue, table=plan.table.name))
            page = self._page(plan, Path(scratch), failed)
        kept = self._put(plan, page, table_bytes)
        failed.unlink(missing_ok=True)
        self._note(plan, page, table_bytes, time.monotonic() - started)
        return replace(done, table=plan.table if table_bytes else None, kept=kept)

    def _table(self, plan: _life.Plan, scratch: Path) -> bytes:
        """Return the workbook beside the page; nothing if there is none."""
        items = self.kind.table(plan.case, self.lang, plan.issue) if self.kind.table else None
        if items is None:
            return b""
        made = scratch / "tabel.xlsx"
        write_open_items(made, items)
        return made.read_bytes()

    def _page(self, plan: _life.Plan, scratch: Path, failed: Path) -> bytes:
        given = {"case": plan.case.text, "issue": plan.issue.text}
        if plan.comparison:
            given["comparison"] = plan.comparison.text
        if self.letter is not None:
            given["letter"] = self.letter.text
        parameters = {"lang": self.lang}
        for name, text in given.items():
            file = scratch / name
            file.write_text(text, encoding="utf-8")
            parameters[name] = str(file)
        template = kit_folder("templates") / self.kind.template
        notebook = _executed(template, parameters, scratch, failed)
        page, _ = self.exporter.from_notebook_node(notebook)  # type: ignore[attr-defined]
        return str(page).encode("utf-8")

    def _put(self, plan: _life.Plan, page: bytes, table: bytes) -> Path | None:
        """Put the files in their place: a draft over the older one, an issued one for good.

        Returns where the answers of an agency went that lay in the way.
        """
        if self.status != TERBIT:
            # The table first: where somebody has it open, Windows lets nobody replace it, and the
            # page would be newer than what lies beside it.
            kept = _set_aside(plan.table)
            if table:
                write_whole(plan.table, table)
            else:
                # Else yesterday's questions would lie beside a page that has none.
                plan.table.unlink(missing_ok=True)
            write_whole(plan.page, page)
            return kept
        files = {plan.table: table} if table else {}
        record = self._record(plan, page, table)
        _life.issue_for_good(plan.page.parent, {**plan.keeps, **files, plan.page: page}, record)
        return None

    def _record(self, plan: _life.Plan, page: bytes, table: bytes) -> _life.Record:
        case, issue = plan.case, plan.issue
        return _life.Record(
            status=issue.status,
            agency=str(case.agency["code"]),
            lang=self.lang,
            version=issue.version,
            at=issue.at,
            by=issue.by,
            case=case.digest,
            page=_life.sha256(page),
            file=plan.page.name,
            table=_life.sha256(table) if table else "",
            letter=self.letter.digest if self.letter else "",
            number=issue.number,
            n=plan.n,
            as_of=case.as_of,
            shown=shown_digest(case),
            comparison=plan.comparison.digest if plan.comparison else "",
            checked_by=issue.checked_by,
            checked_at=issue.checked_at,
        )

    def _note(self, plan: _life.Plan, page: bytes, table: bytes, seconds: float) -> None:
        """Put what was made into the manifest, and a check on record; what is issued is there."""
        case, issue, comparison = plan.case, plan.issue, plan.comparison
        letter, folder = self.letter, plan.page.parent
        if self.status == DIPERIKSA:
            _life.note(folder, self._record(plan, page, table))
        line = {
            "agency": case.agency["code"],
            "file": plan.page.name,
            "table": plan.table.name if table else None,
            "kind": self.name,
            "lang": self.lang,
            "status": issue.status,
            "version": issue.version,
            "page": _life.sha256(page),
            "case": case.digest,
            "shown": shown_digest(case),
            "comparison": comparison.digest if comparison else None,
            "letter": letter.digest if letter else None,
            "assessment_digest": case.assessment_digest,
            "edition": case.instrument.digest,
            "kit": version("merit-kit"),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "milliseconds": round(seconds * 1000),
        }
        _life.append_line(folder / MANIFEST, line)


def make_reports(
    cases: Iterable[Case],
    folder: Path,
    lang: str = "id",
    kind: str = VERIFICATION,
    *,
    status: str = KONSEP,
    by: str = "",
    letter: Letter | None = None,
    comparisons: Mapping[str, Comparison] | None = None,
) -> Iterator[Outcome]:
    """Make the report of each case, one after the other, and say what became of it.

    Parameters
    ----------
    cases : iterable of Case
        Made as of a moment, if the reports are to be (`make_cases`).
    folder : Path
        Holds the rounds; pages go to ``<folder>/<round>/<kind>/<agency>.<lang>.html`` (issued ones
        to ``<agency>.<lang>.v<N>.html``), beside a ``manifest.jsonl`` with a line for each.
        Versions and numbers of letters are counted in it: what is issued goes to one folder.
    lang : str
        Language of the pages, and of the sentences about failures.
    kind : str
        ``verifikasi``, ``klarifikasi`` or ``berita-acara``.
    status : str
        ``konsep``: replaced at will. ``diperiksa``: the same, and says who looked through it.
        ``terbit``: never replaced; what was issued before is superseded.
    by : str
        Who checked or issues them, as the page is to say it. Required unless ``konsep``.
    letter : Letter, optional
        Makes letters of clarification reports, and gives records of sittings letterhead and
        number; verification reports are none.
    comparisons : mapping of agency code to Comparison, optional
        For verification reports.

    Raises
    ------
    ReportError
        If the folder cannot be written, there is no such kind or status of report, or no letters
        of that kind.
    """
    of_kind = kind_named(kind)
    if letter is not None and not of_kind.is_letter:
        letters = [name for name, each in KINDS.items() if each.is_letter]
        raise ReportError("letter-kind", kind=kind, allowed=letters)
    if letter is not None:
        letter = of_kind.lettered(letter)
    _life.check_status(status, by)
    _check_writable(folder)
    batch = _Batch(
        *(folder, lang, kind, of_kind, status, by),
        *(letter, comparisons or {}, _exporter(), Turn()),
    )
    for case in cases:
        started = time.monotonic()
        path = folder
        try:
            path = output_path(folder, case, lang, kind)
            outcome = batch.make(case, path)
        except MeritError as refused:
            outcome = _failed(case, path, started, refused)
        except OSError as refused:
            said = refused.strerror or str(refused)
            error = ReportError("file-unwritable", path=str(refused.filename or path), said=said)
            outcome = _failed(case, path, started, error)
        except Exception as fault:
            # Whatever it is, the other reports are still wanted tonight.
            error = ReportError("report-unexpected", said=_in_short(fault))
            error.__cause__ = fault
            outcome = _failed(case, path, started, error)
        yield outcome


def _set_aside(table: Path) -> Path | None:
    """Move a workbook out of the way that is not as it was made: somebody's answers are in it."""
    if not table.exists():
        return None
    try:
        found = read_open_items(table)
        if not (found.answers or found.outside):
            return None
    except MeritError:
        pass  # filled in with a fault, or somebody else's
    number = 1
    while (aside := table.with_name(f"{table.stem}.terisi{_numbered(number)}.xlsx")).exists():
        number += 1
    table.rename(aside)
    return aside


def _numbered(number: int) -> str:
    return f"-{number}" if number > 1 else ""


def _failed(case: Case, path: Path, started: float, error: MeritError) -> Outcome:
    return Outcome(str(case.agency["code"]), path, time.monotonic() - started, error)


def _check_writable(folder: Path) -> None:
    """Find out before the first report is made, and not after each, that none can be kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".merit.tmp"
        write_whole(probe, b"")
        probe.unlink()
    except OSError as error:
        said = error.strerror or str(error)
        raise ReportError("file-unwritable", path=str(folder), said=said) from error


def _in_short(fault: BaseException) -> str:
    lines = str(fault).strip().splitlines() or [""]
    return f"{type(fault).__name__}: {lines[0][:200]}"


def output_path(folder: Path, case: Case, lang: str, kind: str) -> Path:
    """Return where the page of a case goes while it is not issued.

    Raises
    ------
    ReportError
        If a code would lead outside the folder. Cases come from files, so it is asked again here.
    """
    agency, round_ = str(case.agency["code"]), str(case.round["code"])
    if not (is_code(agency) and is_code(round_)):
        raise ReportError("report-name", found=f"{round_}/{agency}")
    return folder / round_ / kind / f"{agency}.{lang}.html"


def _executed(template: Path, parameters: Mapping[str, str], scratch: Path, failed: Path) -> object:
    """Run a report notebook. One that fails is kept as far as it ran."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    executed = scratch / "laporan.ipynb"
    try:
        return papermill.execute_notebook(
            str(template),
            str(executed),
            parameters=parameters,
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=_CELL_SECONDS,
            # A folder that stays: a kernel that is still starting when a batch is stopped would
            # complain of one that is gone. And not a shared one, whose files it could import.
            cwd=str(template.parent),
            # Else each kernel warns that it listens on loopback in the clear, and calls being
            # shut down an error.
            extra_arguments=["--log-level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        _keep(executed, failed)
        said = f"{error.ename}: {error.evalue}"
        raise ReportError("report-failed", said=said, path=str(failed)) from error
    except (CellTimeoutError, DeadKernelError) as error:
        _keep(executed, failed)
        raise ReportError("report-failed", said=_in_short(error), path=str(failed)) from error


def _exporter() -> object:
    from merit_kit.reports._exporter import MeritExporter

    return MeritExporter()


def _keep(executed: Path, failed: Path) -> None:
    """Keep the notebook as far as it ran: its traceback is what a developer needs."""
    if executed.exists():
        write_whole(failed, executed.read_bytes())
