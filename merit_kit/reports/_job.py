"""One report, made from texts alone: in this process, in a worker's, or on another machine.

What goes in and what comes out are plain and travel whole: no store, no folder, no other case.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.files import kit_folder
from merit_kit.reports._figures import figures_of
from merit_kit.reports._issue import Issue
from merit_kit.reports._keys import check_kit, sources
from merit_kit.reports._kinds import kind_named
from merit_kit.reports._report import case_of
from merit_kit.reports._row import facts_of
from merit_kit.workbook import write_open_items

OUTPUT_LIMIT = 20_000_000
"""Characters that a report notebook may put out. Its page is some 90,000."""

_CELL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Job:
    """What one report is made from.

    `given` are the texts of files, by the name of the notebook's parameter: ``case``, ``issue``,
    ``comparison``, ``letter``. `table` is the name its workbook would have; `sources` the digest
    of the kit that asks, which the one that makes it has to be.
    """

    kind: str
    template: str
    lang: str
    given: Mapping[str, str] = field(repr=False)
    table: str
    sources: str


@dataclass(frozen=True, slots=True)
class Made:
    """What became of it: a page, a workbook (empty: none), and its line of the list.

    `failed` says how its notebook ended if it did not reach its end; `notebook` is that one.
    """

    page: bytes = b""
    table: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict)
    milliseconds: int = 0
    failed: str = ""
    notebook: bytes = b""


class NotebookFailedError(Exception):
    """A report notebook that did not reach its end; `notebook` is what there is of it."""

    def __init__(self, said: str, notebook: bytes) -> None:
        super().__init__(said)
        self.notebook = notebook


def make(job: Job) -> Made:
    """Make a report, with the kit that was asked for from the beginning to the end.

    Raises
    ------
    MeritError
        If its case cannot be read or scored.
    ReportError
        If the kit here is another, or was edited meanwhile (``kit-changed``): the page would go on
        record under a key that is not its own.
    """
    if job.sources != sources():  # of another computer, say: not even begun
        raise ReportError("kit-changed")
    try:
        return _made(job)
    finally:
        # Whatever came of it: half an upgrade fails in many ways. Once is enough: what was edited
        # before, and is so still, is noticed as well.
        check_kit(job.sources)


def _made(job: Job) -> Made:
    started = time.monotonic()
    # The notebook opens the same text: what is worked out here, it need not work out again.
    case = case_of(job.given["case"])
    figures = figures_of(case)
    # What is wrong with the case itself is said in words, before a notebook hides it in a
    # traceback.
    _ = figures.results
    facts = facts_of(case, figures)
    named = f"merit-{os.getpid()}-"  # so that it is known whose it was; see `sweep_scratch`
    with tempfile.TemporaryDirectory(prefix=named, ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        issue = Issue.from_text(job.given["issue"])
        table = _table(job, case, issue, scratch)
        given = dict(job.given)
        if table:
            given["issue"] = issue.with_table(job.table).text
        parameters = {"lang": job.lang}
        for parameter, text in given.items():
            file = scratch / parameter
            file.write_text(text, encoding="utf-8")
            parameters[parameter] = str(file)
        template = kit_folder("templates") / job.template
        try:
            notebook = _executed(template, parameters, scratch)
        except NotebookFailedError as error:
            return Made(failed=str(error), notebook=error.notebook)
        page, _ = _exporter().from_notebook_node(notebook)  # type: ignore[attr-defined]
    took = round((time.monotonic() - started) * 1000)
    return Made(str(page).encode("utf-8"), table, facts, took)


def list_facts(text: str) -> Mapping[str, Any]:
    """Return what the list of a round says of a case, given as its text."""
    return facts_of(Case.from_text(text))


def _table(job: Job, case: Case, issue: Issue, scratch: Path) -> bytes:
    """Return the workbook beside the page; nothing if there is none."""
    of_kind = kind_named(job.kind)
    items = of_kind.table(case, job.lang, issue) if of_kind.table else None
    if items is None:
        return b""
    made = scratch / "tabel.xlsx"
    write_open_items(made, items)
    return made.read_bytes()


def _executed(template: Path, parameters: Mapping[str, str], scratch: Path) -> object:
    """Run a report notebook."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from merit_kit.engine import OutputLimitError

    executed = scratch / "laporan.ipynb"
    try:
        return papermill.execute_notebook(
            str(template),
            str(executed),
            parameters=parameters,
            engine_name="merit",
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            output_limit=OUTPUT_LIMIT,
            # A folder that stays: a kernel that is still starting when a batch is stopped would
            # complain of one that is gone. And not a shared one, whose files it could import.
            cwd=str(template.parent),
            # Where it is left to a kernel: else that warns that it listens on loopback in the
            # clear, and calls being shut down an error.
            for_kernel={
                "execution_timeout": _CELL_SECONDS,
                "extra_arguments": ["--log-level=CRITICAL"],
            },
        )
    except PapermillExecutionError as error:
        said = f"{error.ename}: {error.evalue}" if error.evalue else str(error.ename)
        raise NotebookFailedError(said, _read(executed)) from error
    except (CellTimeoutError, DeadKernelError) as error:
        raise NotebookFailedError(in_short(error), _read(executed)) from error
    except OutputLimitError as error:
        raise ReportError("report-output", limit=OUTPUT_LIMIT // 1_000_000) from error


@cache
def _exporter() -> object:
    """Return the exporter, which is kept: its templates are read once."""
    from merit_kit.reports._exporter import MeritExporter

    return MeritExporter()


def _read(executed: Path) -> bytes:
    return executed.read_bytes() if executed.exists() else b""


def in_short(fault: BaseException) -> str:
    """Return the kind of an error and the first line of what it says."""
    lines = str(fault).strip().splitlines()
    return f"{type(fault).__name__}: {lines[0][:200]}" if lines else type(fault).__name__
