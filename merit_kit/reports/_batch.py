"""A folder of reports, one page per case. One that fails never stops the others.

Whoever runs the batch reads and writes the folder, alone; what makes a page (`_job`) knows none, so
that it can run in this process, in a pool of others, or on other machines.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.files import write_whole
from merit_kit.reports import _life
from merit_kit.reports._changes import shown_digest
from merit_kit.reports._comparison import Comparison
from merit_kit.reports._folder import check_writable, output_path, set_aside, sweep
from merit_kit.reports._here import Here
from merit_kit.reports._issue import DIPERIKSA, KONSEP, TERBIT
from merit_kit.reports._job import Job, Made, make
from merit_kit.reports._keys import key_of, sources
from merit_kit.reports._kinds import KINDS, VERIFICATION, ReportKind, check_issuable, kind_named
from merit_kit.reports._letter import Letter
from merit_kit.reports._manifest import MANIFEST, Line, drafts
from merit_kit.reports._outcome import Outcome, is_right, refusing, unchanged
from merit_kit.reports._row import good_until
from merit_kit.reports._turn import Turn

FAILED = "gagal"
_AHEAD = 2
"""Reports given out for each worker: one being made, one waiting. No more cases are held."""
_LOOK = 0.2  # seconds; a wait without an end could not be interrupted on Windows


@dataclass(frozen=True, slots=True)
class _Begun:
    """A report that is being made: what it will be, and since when."""

    plan: _life.Plan
    key: str
    started: float


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
    executor: Executor
    force: bool
    states: Mapping[str, str]
    turn: Turn = field(default_factory=Turn)
    known: dict[Path, Mapping[tuple[str, str], Line]] = field(default_factory=dict)

    def begin(self, case: Case) -> Outcome | tuple[Future[Made], _Begun]:
        """Have a report made, unless there is nothing to make."""
        started = time.monotonic()
        path = output_path(self.folder, case, self.lang, self.name)
        if self.status == TERBIT:
            check_issuable(case, self.kind)
            # From the number that is taken to the line that says so, nobody else may take one.
            # Whose turn it is next is open in between: two batches go on side by side.
            with self.turn.of(path.parent):
                return self._issue(self._begun(case, path, started))
        begun = self._begun(case, path, started)
        there = None if self.force else self._unchanged(begun)
        if there is not None:
            return there
        return self.executor.submit(make, self._job(begun.plan)), begun

    def finish_with(self, begun: _Begun, future: Future[Made]) -> Outcome:
        """Put what a future brought in its place; what it raises is raised here."""
        return self.finish(begun, future.result())

    def finish(self, begun: _Begun, made: Made) -> Outcome:
        """Put what was made in its place, and on record."""
        plan, folder = begun.plan, begun.plan.page.parent
        failed = folder / FAILED / f"{plan.page.stem}.ipynb"
        if made.failed:
            # Its traceback is what a developer needs.
            if made.notebook:
                write_whole(failed, made.notebook)
            raise ReportError("report-failed", said=made.failed, path=str(failed))
        if made.table:
            plan = replace(plan, issue=plan.issue.with_table(plan.table.name))
        with self.turn.of(folder) if self.status == DIPERIKSA else nullcontext():
            kept = self._put(plan, made)
            failed.unlink(missing_ok=True)
            self._note(plan, begun.key, made)
        return Outcome(
            str(plan.case.agency["code"]),
            plan.page,
            # Of the work alone: it may have waited long for its turn.
            made.milliseconds / 1000,
            table=plan.table if made.table else None,
            version=plan.issue.version,
            kept=kept,
            facts=made.facts,
        )

    def _begun(self, case: Case, path: Path, started: float) -> _Begun:
        agency = str(case.agency["code"])
        comparison = self.comparisons.get(agency) if self.kind.compares else None
        plan = _life.planned(
            *(path.parent, case, self.lang, self.status, self.by, self.letter, comparison)
        )
        digests = (comparison.digest if comparison else None, digest_of(self.letter))
        return _Begun(plan, self.key(case.digest, *digests), started)

    def key(self, case: str, comparison: str | None, letter: str | None) -> str:
        """Return the key of a page of this batch, from the digests of what it is made from."""
        asked = {"kind": self.name, "lang": self.lang, "status": self.status, "by": self.by}
        return key_of(case, comparison, letter, **asked)

    def _issue(self, begun: _Begun) -> Outcome:
        plan = begun.plan
        if plan.already:
            return Outcome(
                str(plan.case.agency["code"]),
                plan.page,
                time.monotonic() - begun.started,
                table=plan.table if plan.already.table else None,
                version=plan.issue.version,
                already=True,
            )
        made = _waited_for(self.executor.submit(make, self._job(plan)))
        return self.finish(begun, made)

    def _unchanged(self, begun: _Begun) -> Outcome | None:
        """Return the draft that is there, if it is what would be made."""
        plan, folder = begun.plan, begun.plan.page.parent
        agency = str(plan.case.agency["code"])
        if folder not in self.known:
            sweep(folder)
            self.known[folder] = drafts(folder)
        line = self.known[folder].get((agency, self.lang))
        if line is None or not is_right(line, folder, begun.key):
            return None
        state = self.states.get(agency)
        if state is not None and line.get("state") != state:
            # What else was stated since is not in the page; next time nobody has to look.
            with suppress(OSError):
                _life.append_line(folder / MANIFEST, {**line, "state": state})
        seconds = time.monotonic() - begun.started
        return unchanged(line, folder, seconds)

    def _job(self, plan: _life.Plan) -> Job:
        given = {"case": plan.case.text, "issue": plan.issue.text}
        if plan.comparison:
            given["comparison"] = plan.comparison.text
        if self.letter is not None:
            given["letter"] = self.letter.text
        return Job(self.name, self.kind.template, self.lang, given, plan.table.name, sources())

    def _put(self, plan: _life.Plan, made: Made) -> Path | None:
        """Put the files in their place: a draft over the older one, an issued one for good.

        Returns where the answers of an agency went that lay in the way.
        """
        page, table = made.page, made.table
        if self.status != TERBIT:
            # The table first: where somebody has it open, Windows lets nobody replace it, and the
            # page would be newer than what lies beside it.
            kept = set_aside(plan.table)
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

    def _note(self, plan: _life.Plan, key: str, made: Made) -> None:
        """Put what was made into the manifest, and a check on record; what is issued is there."""
        case, issue, comparison = plan.case, plan.issue, plan.comparison
        folder = plan.page.parent
        if self.status == DIPERIKSA:
            _life.note(folder, self._record(plan, made.page, made.table))
        agency = str(case.agency["code"])
        line = {
            "agency": agency,
            "file": plan.page.name,
            "table": plan.table.name if made.table else None,
            "kind": self.name,
            "lang": self.lang,
            "status": issue.status,
            "version": issue.version,
            "page": _life.sha256(made.page),
            "case": case.digest,
            # Worked out with the page already, where that was made.
            "shown": made.facts.get("shown") or shown_digest(case),
            "comparison": comparison.digest if comparison else None,
            "letter": digest_of(self.letter),
            "assessment_digest": case.assessment_digest,
            "edition": made.facts.get("edition") or case.instrument.digest,
            "kit": version("merit-kit"),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "milliseconds": made.milliseconds,
            "key": key,
            "state": self.states.get(agency),
            "good_until": good_until(made.facts, issue.dated[:10]) if made.facts else None,
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
    executor: Executor | None = None,
    force: bool = False,
    states: Mapping[str, str] | None = None,
) -> Iterator[Outcome]:
    """Make the report of each case and say what became of it, as each is done.

    Parameters
    ----------
    cases : iterable of Case
        Made as of a moment, if the reports are to be (`make_cases`). No more of them are taken
        than are being made.
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
    executor : Executor, optional
        Where they are made: a :class:`merit_kit.reports.Pool`, a cluster's; by default here, one
        after the other. Its `workers`, if it has any, says how many it makes at once. Issued ones
        are made one after the other anywhere, for their numbers.
    force : bool
        Make also what is there and would be the same.
    states : mapping of agency code to str, optional
        Put into the manifest, so that the same state need not be made a case; see `_states`.

    Raises
    ------
    ReportError
        If the folder cannot be written, there is no such kind or status of report, or no letters
        of that kind.
    """
    batch = _Batch(
        *(folder, lang, kind, kind_named(kind), status, by),
        *(check_letter(kind, letter), comparisons or {}, executor or Here(), force, states or {}),
    )
    _life.check_status(status, by)
    check_writable(folder)
    most = getattr(batch.executor, "workers", 1) * _AHEAD
    going: dict[Future[Made], tuple[Case, _Begun]] = {}
    try:
        for case in cases:
            begun = refusing(case, folder, partial(batch.begin, case))
            if isinstance(begun, Outcome):
                yield begun
            else:
                future, report = begun
                going[future] = (case, report)
            while len(going) >= most or any(future.done() for future in going):
                yield from _done(batch, going)
        while going:
            yield from _done(batch, going)
    finally:
        for future in going:
            future.cancel()


def check_letter(kind: str, letter: Letter | None) -> Letter | None:
    """Return the settings of a letter as a kind of report takes them; refuse them for others."""
    if letter is None:
        return None
    of_kind = kind_named(kind)
    if not of_kind.is_letter:
        letters = [name for name, each in KINDS.items() if each.is_letter]
        raise ReportError("letter-kind", kind=kind, allowed=letters)
    return of_kind.lettered(letter)


def digest_of(letter: Letter | None) -> str | None:
    """Return the digest of the settings of a letter; None without any."""
    return letter.digest if letter else None


def _done(batch: _Batch, going: dict[Future[Made], tuple[Case, _Begun]]) -> Iterator[Outcome]:
    """Wait for a moment, and put away what was made."""
    done, _ = wait(going, timeout=_LOOK, return_when=FIRST_COMPLETED)
    for future in done:
        case, begun = going.pop(future)
        yield refusing(
            case,
            begun.plan.page,
            partial(batch.finish_with, begun, future),
            begun.started,
        )


def _waited_for(future: Future[Made]) -> Made:
    try:
        while not wait([future], timeout=_LOOK).done:
            pass
        return future.result()
    finally:
        future.cancel()
