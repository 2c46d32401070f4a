"""A folder of reports, one page per case. One that fails never stops the others."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from merit_kit.assessment import Case
from merit_kit.errors import MeritError, ReportError
from merit_kit.files import is_code, kit_folder, write_whole
from merit_kit.reports import _life
from merit_kit.reports._comparison import Comparison
from merit_kit.reports._figures import Figures
from merit_kit.reports._issue import KONSEP, TERBIT
from merit_kit.reports._kinds import VERIFICATION, ReportKind, check_issuable, kind_named
from merit_kit.reports._letter import Letter
from merit_kit.workbook import write_open_items

MANIFEST = "manifest.jsonl"
FAILED = "gagal"
_CELL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: its page, or the error that kept it from being made.

    `table` is the workbook beside the page, if there is one; `version` that of an issued page.
    `already`: the very same page had been issued before, and nothing was made.
    """

    agency: str
    path: Path
    seconds: float
    error: MeritError | None = None
    table: Path | None = None
    version: int | None = None
    already: bool = False


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

    def make(self, case: Case, path: Path) -> Outcome:
        """Make one report, whatever it takes."""
        started = time.monotonic()
        # What is wrong with the case itself is said in words, before a kernel hides it in a
        # traceback.
        _ = Figures(case).results
        if self.status == TERBIT:
            check_issuable(case, self.kind)
        plan = _life.planned(path.parent, case, self.lang, self.status, self.by, self.letter)
        done = Outcome(str(case.agency["code"]), plan.page, 0.0, version=plan.issue.version)
        if plan.already:
            table = plan.table if plan.already.table else None
            seconds = time.monotonic() - started
            return replace(done, seconds=seconds, table=table, already=True)
        failed = path.parent / FAILED / f"{path.stem}.ipynb"
        with tempfile.TemporaryDirectory(prefix="merit-", ignore_cleanup_errors=True) as scratch:
            table_bytes = self._table(plan, Path(scratch))
            if table_bytes:
                plan = replace(plan, issue=replace(plan.issue, table=plan.table.name))
            page = self._page(plan, Path(scratch), failed)
        self._put(plan, page, table_bytes)
        failed.unlink(missing_ok=True)
        seconds = time.monotonic() - started
        self._note(plan, page, table_bytes, seconds)
        return replace(done, seconds=seconds, table=plan.table if table_bytes else None)

    def _table(self, plan: _life.Plan, scratch: Path) -> bytes:
        """Return the workbook beside the page; nothing if there is none."""
        items = self.kind.table(plan.case, self.lang) if self.kind.table else None
        if items is None:
            return b""
        made = scratch / "tabel.xlsx"
        write_open_items(made, items)
        return made.read_bytes()

    def _page(self, plan: _life.Plan, scratch: Path, failed: Path) -> bytes:
        given = {"case": plan.case.text, "issue": plan.issue.text}
        agency = str(plan.case.agency["code"])
        if self.kind.compares and agency in self.comparisons:
            given["comparison"] = self.comparisons[agency].text
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

    def _put(self, plan: _life.Plan, page: bytes, table: bytes) -> None:
        """Put the files in their place: a draft over the older one, an issued one for good."""
        if self.status != TERBIT:
            write_whole(plan.page, page)
            if table:
                write_whole(plan.table, table)
            else:
                # Else yesterday's questions would lie beside a page that has none.
                plan.table.unlink(missing_ok=True)
            return
        if plan.kept is not None:
            _life.keep(plan.kept, plan.case.text.encode("utf-8"))
        if table:
            _life.keep(plan.table, table)
        _life.keep(plan.page, page)

    def _note(self, plan: _life.Plan, page: bytes, table: bytes, seconds: float) -> None:
        """Put what was made on record."""
        case, issue = plan.case, plan.issue
        letter, folder = self.letter, plan.page.parent
        if self.status != KONSEP:
            _life.note(
                folder,
                _life.Record(
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
                    letter=letter.digest if letter else "",
                    number=issue.number,
                    n=plan.n,
                    as_of=case.as_of,
                ),
            )
        comparison = self.comparisons.get(str(case.agency["code"])) if self.kind.compares else None
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
    lang : str
        Language of the pages, and of the sentences about failures.
    kind : str
        ``verifikasi`` or ``klarifikasi``.
    status : str
        ``konsep``: replaced at will. ``diperiksa``: the same, and says who looked through it.
        ``terbit``: never replaced; what was issued before is superseded.
    by : str
        Who checked or issues them, as the page is to say it. Required unless ``konsep``.
    letter : Letter, optional
        Makes letters of clarification reports.
    comparisons : mapping of agency code to Comparison, optional
        For verification reports.

    Raises
    ------
    ReportError
        If the folder cannot be written, or there is no such kind or status of report.
    """
    of_kind = kind_named(kind)
    _life.check_status(status, by)
    _check_writable(folder)
    batch = _Batch(
        *(folder, lang, kind, of_kind, status, by),
        *(letter if of_kind.is_letter else None, comparisons or {}, _exporter()),
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
