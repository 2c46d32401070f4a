"""A folder of reports, one page per case. One that fails never stops the others.

Whoever runs the batch reads and writes the folder, alone; what makes a page (`_job`) knows none, so
that it can run in this process, in a pool of others, or on other machines.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.files import write_whole
from merit_kit.reports._comparison import Comparison
from merit_kit.reports._filing import Filing, failed_of
from merit_kit.reports._folder import check_writable, output_path, sweep
from merit_kit.reports._here import Here
from merit_kit.reports._issue import DIPERIKSA, KONSEP, TERBIT
from merit_kit.reports._job import Job, Made, make
from merit_kit.reports._keys import key_of, sources
from merit_kit.reports._kinds import KINDS, VERIFICATION, ReportKind, check_issuable, kind_named
from merit_kit.reports._ledger import append_line, settle
from merit_kit.reports._letter import Letter
from merit_kit.reports._life import Plan, check_status, planned
from merit_kit.reports._manifest import MANIFEST, Line, drafts
from merit_kit.reports._outcome import Outcome, is_right, refusing, unchanged
from merit_kit.reports._turn import Holder, Turn
from merit_kit.reports._waiting import done_of

_AHEAD = 2
"""Reports given out for each worker: one being made, one waiting. No more cases are held."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A report that is being made: what it will be, and since when."""

    plan: Plan
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
    swept: set[Path] = field(default_factory=set)

    @property
    def most(self) -> int:
        """How many reports are given out at once. The workers of a cluster come and go."""
        return int(getattr(self.executor, "workers", 1)) * _AHEAD

    def begin(self, case: Case) -> Outcome | tuple[Future[Made], _Begun]:
        """Have a report made, unless there is nothing to make."""
        started = time.monotonic()
        path = output_path(self.folder, case, self.lang, self.name)
        if path.parent not in self.swept:
            self.swept.add(path.parent)
            sweep(path.parent)
        if self.status == TERBIT:
            check_issuable(case, self.kind)
            # From the number that is taken to the line that says so, nobody else may take one.
            # Whose turn it is next is open in between: two batches go on side by side.
            with self.turn.of(path.parent) as gone:
                settle(path.parent)
                return self._issue(self._begun(case, path, started), gone)
        begun = self._begun(case, path, started)
        there = None if self.force else self._unchanged(begun)
        if there is not None:
            return there
        return self.executor.submit(make, self._job(begun.plan)), begun

    def finish_with(self, begun: _Begun, future: Future[Made]) -> Outcome:
        """Put what a future brought in its place; what it raises is raised here."""
        return _with_notes(future, self.finish(begun, future.result()))

    def finish(self, begun: _Begun, made: Made, gone: Holder | None = None) -> Outcome:
        """Put what was made in its place, and on record."""
        plan, folder = begun.plan, begun.plan.page.parent
        agency = str(plan.case.agency["code"])
        if made.failed:
            failed = failed_of(plan)
            # Its traceback is what a developer needs.
            if made.notebook:
                write_whole(failed, made.notebook)
            raise ReportError("report-failed", said=made.failed, path=str(failed))
        if made.table:
            plan = replace(plan, issue=plan.issue.with_table(plan.table.name))
        filing = Filing(self.name, self.lang, self.letter)
        with self.turn.of(folder) if self.status == DIPERIKSA else nullcontext() as before:
            kept = filing.file(plan, made, begun.key, self.states.get(agency))
        return Outcome(
            agency,
            plan.page,
            # Of the work alone: it may have waited long for its turn.
            made.milliseconds / 1000,
            table=plan.table if made.table else None,
            version=plan.issue.version,
            kept=kept,
            facts=made.facts,
            taken_from=gone or before,
        )

    def _begun(self, case: Case, path: Path, started: float) -> _Begun:
        agency = str(case.agency["code"])
        comparison = self.comparisons.get(agency) if self.kind.compares else None
        plan = planned(
            *(path.parent, case, self.lang, self.status, self.by, self.letter, comparison)
        )
        digests = (comparison.digest if comparison else None, digest_of(self.letter))
        return _Begun(plan, self.key(case.digest, *digests), started)

    def key(self, case: str, comparison: str | None, letter: str | None) -> str:
        """Return the key of a page of this batch, from the digests of what it is made from."""
        asked = {"kind": self.name, "lang": self.lang, "status": self.status, "by": self.by}
        return key_of(case, comparison, letter, **asked)

    def _issue(self, begun: _Begun, gone: Holder | None) -> Outcome:
        plan = begun.plan
        if plan.already:
            return Outcome(
                str(plan.case.agency["code"]),
                plan.page,
                time.monotonic() - begun.started,
                table=plan.table if plan.already.table else None,
                version=plan.issue.version,
                already=True,
                taken_from=gone,
            )
        future = self.executor.submit(make, self._job(plan))
        return _with_notes(future, self.finish(begun, self._waited_for(future), gone))

    def _waited_for(self, future: Future[Made]) -> Made:
        try:
            while not done_of(self.executor, [future]):
                pass
            return future.result()
        finally:
            future.cancel()

    def _unchanged(self, begun: _Begun) -> Outcome | None:
        """Return the draft that is there, if it is what would be made."""
        plan, folder = begun.plan, begun.plan.page.parent
        agency = str(plan.case.agency["code"])
        if folder not in self.known:
            self.known[folder] = drafts(folder)
        line = self.known[folder].get((agency, self.lang))
        if line is None or not is_right(line, folder, begun.key):
            return None
        state = self.states.get(agency)
        if state is not None and line.get("state") != state:
            # What else was stated since is not in the page; next time nobody has to look.
            with suppress(OSError):
                append_line(folder / MANIFEST, {**line, "state": state})
        seconds = time.monotonic() - begun.started
        return unchanged(line, folder, seconds)

    def _job(self, plan: Plan) -> Job:
        given = {"case": plan.case.text, "issue": plan.issue.text}
        if plan.comparison:
            given["comparison"] = plan.comparison.text
        if self.letter is not None:
            given["letter"] = self.letter.text
        return Job(self.name, self.kind.template, self.lang, given, plan.table.name, sources())


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
    known: Mapping[Path, Mapping[tuple[str, str], Line]] | None = None,
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
    known : mapping of folder to lines, optional
        What the manifests there say of the drafts, if it was read before; see `drafts`.

    Raises
    ------
    ReportError
        If the folder cannot be written, there is no such kind or status of report, or no letters
        of that kind.
    """
    batch = _Batch(
        *(folder, lang, kind, kind_named(kind), status, by),
        *(check_letter(kind, letter), comparisons or {}, executor or Here(), force, states or {}),
        known=dict(known or {}),
    )
    check_status(status, by)
    check_writable(folder)
    going: dict[Future[Made], tuple[Case, _Begun]] = {}
    try:
        for case in cases:
            begun = refusing(case, folder, partial(batch.begin, case))
            if isinstance(begun, Outcome):
                yield begun
            else:
                future, report = begun
                going[future] = (case, report)
            while len(going) >= batch.most or any(future.done() for future in going):
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


def _with_notes(future: Future[Made], outcome: Outcome) -> Outcome:
    """Add what a worker of a pool had to say; see `Noted`."""
    return replace(outcome, notes=getattr(future, "notes", ()))


def _done(batch: _Batch, going: dict[Future[Made], tuple[Case, _Begun]]) -> Iterator[Outcome]:
    """Wait for a moment, and put away what was made."""
    for future in done_of(batch.executor, going):
        case, begun = going.pop(future)
        yield refusing(
            case,
            begun.plan.page,
            partial(batch.finish_with, begun, future),
            begun.started,
        )
