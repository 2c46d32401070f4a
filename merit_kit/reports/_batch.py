"""A folder of reports, one page per case. One that fails never stops the others."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from merit_kit.assessment import Case
from merit_kit.errors import MeritError, ReportError
from merit_kit.files import is_code, kit_folder, write_whole
from merit_kit.reports.verification import VerificationReport

VERIFICATION = "verifikasi"
TEMPLATES = {VERIFICATION: "laporan_verifikasi.ipynb"}
MANIFEST = "manifest.jsonl"
FAILED = "gagal"
_CELL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: its page, or the error that kept it from being made."""

    agency: str
    path: Path
    seconds: float
    error: MeritError | None = None


def make_reports(
    cases: Iterable[Case], folder: Path, lang: str = "id", kind: str = VERIFICATION
) -> Iterator[Outcome]:
    """Make the report of each case, one after the other, and say what became of it.

    Parameters
    ----------
    cases : iterable of Case
    folder : Path
        Holds the rounds; pages go to ``<folder>/<round>/<kind>/<agency>.<lang>.html``, beside a
        ``manifest.jsonl`` with a line for each.
    lang : str
        Language of the pages, and of the sentences about failures.

    Raises
    ------
    ReportError
        If the folder cannot be written, or there is no such kind of report.
    """
    if kind not in TEMPLATES:
        raise ReportError("report-kind-unknown", found=kind, allowed=", ".join(TEMPLATES))
    template = kit_folder("templates") / TEMPLATES[kind]
    _check_writable(folder)
    exporter = _exporter()
    for case in cases:
        started = time.monotonic()
        error: MeritError | None = None
        path = folder
        try:
            path = output_path(folder, case, lang, kind)
            failed = path.parent / FAILED / f"{path.stem}.ipynb"
            page = _page(case, template, exporter, lang, failed)
            write_whole(path, page)
            failed.unlink(missing_ok=True)
            _note(path, case, page, lang, time.monotonic() - started)
        except MeritError as refused:
            error = refused
        except OSError as refused:
            said = refused.strerror or str(refused)
            error = ReportError("file-unwritable", path=str(refused.filename or path), said=said)
        except Exception as fault:
            # Whatever it is, the other reports are still wanted tonight.
            error = ReportError("report-unexpected", said=_in_short(fault))
            error.__cause__ = fault
        yield Outcome(str(case.agency["code"]), path, time.monotonic() - started, error)


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
    """Return where the page of a case goes.

    Raises
    ------
    ReportError
        If a code would lead outside the folder. Cases come from files, so it is asked again here.
    """
    agency, round_ = str(case.agency["code"]), str(case.round["code"])
    if not (is_code(agency) and is_code(round_)):
        raise ReportError("report-name", found=f"{round_}/{agency}")
    return folder / round_ / kind / f"{agency}.{lang}.html"


def _page(case: Case, template: Path, exporter: object, lang: str, failed: Path) -> bytes:
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    # What is wrong with the case itself is said in words, before a kernel hides it in a traceback.
    _ = VerificationReport(case, lang).results
    with tempfile.TemporaryDirectory(prefix="merit-", ignore_cleanup_errors=True) as scratch:
        case_file = Path(scratch) / "case.json"
        case_file.write_text(case.text, encoding="utf-8")
        executed = Path(scratch) / "laporan.ipynb"
        try:
            notebook = papermill.execute_notebook(
                str(template),
                str(executed),
                parameters={"case": str(case_file), "lang": lang},
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
    page, _ = exporter.from_notebook_node(notebook)  # type: ignore[attr-defined]
    return str(page).encode("utf-8")


def _exporter() -> object:
    from merit_kit.reports._exporter import MeritExporter

    return MeritExporter()


def _keep(executed: Path, failed: Path) -> None:
    """Keep the notebook as far as it ran: its traceback is what a developer needs."""
    if executed.exists():
        write_whole(failed, executed.read_bytes())


def _note(path: Path, case: Case, page: bytes, lang: str, seconds: float) -> None:
    """Add a line to the manifest. A line torn by a crash is no JSON and counts for nothing.

    The line break comes first, so that what follows a torn line is not torn along with it.
    """
    line = {
        "agency": case.agency["code"],
        "file": path.name,
        "lang": lang,
        "page": hashlib.sha256(page).hexdigest(),
        "case": case.digest,
        "assessment_digest": case.assessment_digest,
        "edition": case.instrument.digest,
        "kit": version("merit-kit"),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "milliseconds": round(seconds * 1000),
    }
    with (path.parent / MANIFEST).open("a", encoding="utf-8", newline="\n") as file:
        file.write("\n" + json.dumps(line, ensure_ascii=False, sort_keys=True))
        file.flush()
        os.fsync(file.fileno())
