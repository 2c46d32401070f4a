"""The reports of a round: what is unchanged stays, the rest in the order that ends soonest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from merit_kit.assessment import Case, make_cases, moment_of
from merit_kit.canonical import digest
from merit_kit.errors import MeritError, ReportError
from merit_kit.reports._batch import check_letter, digest_of, make_reports
from merit_kit.reports._comparison import Comparison, comparisons
from merit_kit.reports._folder import sweep
from merit_kit.reports._here import Here
from merit_kit.reports._index import INDEX, listing_of, write_index
from merit_kit.reports._issue import KONSEP, TERBIT
from merit_kit.reports._job import in_short, list_facts
from merit_kit.reports._keys import key_of, sources
from merit_kit.reports._kinds import VERIFICATION, kind_named
from merit_kit.reports._ledger import append_line, sha256
from merit_kit.reports._letter import Letter
from merit_kit.reports._life import check_status
from merit_kit.reports._manifest import MANIFEST, Line, drafts, objects, shorten
from merit_kit.reports._outcome import Outcome, is_right, unchanged
from merit_kit.reports._reading import TOGETHER, Refused, read_cases
from merit_kit.reports._states import States, states
from merit_kit.reports._waiting import done_of
from merit_kit.store import Store

Working = Callable[[int], AbstractContextManager[Callable[[str], object]]]
"""Takes of how many agencies something is worked out, and lends what is told each of them."""

FACTS = ".daftar.jsonl"
"""In a round's folder: what its list says of each agency, so that it is worked out once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of a round: its page; who is left out of it and why; whose reports are kept.

    `left` are the codes of agencies that have reports there and are not in the list any more.
    `kept`: no agency could be listed, and the page is the one of before.
    """

    path: Path
    refused: tuple[Refused, ...] = ()
    left: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True)
class RoundReports:
    """The reports of one kind that are wanted of a round; parameters as of `make_reports`.

    Parameters
    ----------
    agencies : list of str, optional
        Codes; by default every agency with an assessment in the round.
    start : function of a number of reports
        Gives the executor, when it is known that there is something to make; see `making`.
    """

    store: Store
    round: str
    folder: Path
    agencies: list[str] | None = None
    lang: str = "id"
    kind: str = VERIFICATION
    status: str = KONSEP
    by: str = ""
    letter: Letter | None = None
    as_of: str | None = None
    force: bool = False
    start: Callable[[int], Executor] = lambda _: Here()

    @cached_property
    def codes(self) -> list[str]:
        """The agencies whose reports are wanted.

        Raises
        ------
        CaseError
            If the round is not known or empty, or an agency has no assessment in it.
        """
        there = list(self._states.own)
        if not there:
            make_cases(self.store, self.round, None, self.as_of)  # says what is wrong
        lacking = [code for code in self.agencies or () if code not in self._states.own]
        if lacking:
            make_cases(self.store, self.round, lacking, self.as_of)  # the same
        return list(dict.fromkeys(self.agencies)) if self.agencies is not None else there

    def check(self) -> None:
        """Refuse what nobody can make, before anything is made.

        Raises
        ------
        ReportError, CaseError
            If there is no such kind or status of report, no letter of that kind, the moment has not
            come, or as `codes`.
        """
        kind_named(self.kind)
        check_letter(self.kind, self.letter)
        check_status(self.status, self.by)
        if self.as_of is not None:
            # Where a day begins first. What has not begun there is nowhere in the past.
            moment_of(self.as_of, "WIT")
        _ = self.codes

    def run(self) -> Iterator[Outcome]:
        """Make them; what became of each, those that are unchanged first."""
        self.check()
        known = {a: line for (a, lang), line in drafts(self._place).items() if lang == self.lang}
        rest = []
        for code in self.codes:
            line = known.get(code)
            if line is not None and self._is_unchanged(code, line):
                yield unchanged(line, self._place)
            else:
                rest.append(code)
        if not rest:
            return
        took = {code: float(line.get("milliseconds") or 0) for code, line in known.items()}
        # Of the others nothing more is held while reports are made.
        known = {code: known[code] for code in rest if code in known}
        executor = self.start(len(rest))
        compared: Mapping[str, Comparison] = {}
        if self._compares:
            compared = comparisons(self.store, self.round, rest, self.as_of)
        refused: list[Refused] = []
        for outcome in make_reports(
            self._cases(self._dearest_first(rest, took), refused),
            self.folder,
            self.lang,
            self.kind,
            status=self.status,
            by=self.by,
            letter=self.letter,
            comparisons=compared,
            executor=executor,
            force=self.force,
            states={code: self._states.of(code, self._compares) for code in rest},
            known={self._place: {(code, self.lang): line for code, line in known.items()}},
        ):
            if outcome.facts:
                self._keep(outcome.facts)
            yield outcome
        for each in refused:
            yield Outcome(each.agency, self._place, 0.0, each.error)
        shorten(self._place / MANIFEST, lambda line: line.get("file"))

    def cases(self) -> Iterator[Case | Refused]:
        """Read the cases, a part at a time; one that cannot be read costs no other."""
        asked_for = self.agencies is not None
        return read_cases(self.store, self.round, self.codes, self.as_of, asked_for=asked_for)

    def write_list(self, working: Working = lambda _: nullcontext(lambda _: None)) -> Listed:
        """Write the list of the round, of every agency in it, unless it would be the same.

        Parameters
        ----------
        working : function of a number of agencies
            Lends, while something is worked out for so many whose reports were not made, what is
            told the code of each that is done.
        """
        facts = self._facts()
        lacking = [code for code in self._states.own if code not in facts]
        refused = []
        with working(len(lacking)) if lacking else nullcontext(lambda _: None) as done:
            for each in self._worked_out(lacking):
                if isinstance(each, Refused):
                    refused.append(each)
                    done(each.agency)
                else:
                    self._keep(each)
                    facts[each["code"]] = each
                    done(each["code"])
        place = self.folder / self.round
        sweep(place)
        path, written = place / INDEX, place / FACTS
        rows, left = listing_of(facts.values(), place)
        listed = Listed(path, tuple(refused), tuple(left))
        if refused and not rows and path.exists():
            # What keeps all of them keeps them for now; a list of nobody says less than the last.
            return replace(listed, kept=True)
        said = [self.lang, sources(), *map(repr, rows), repr(left), *map(repr, refused)]
        key = digest("\n".join(said))
        lists = [(line["list"], line.get("page")) for line in objects(written) if "list" in line]
        if lists[-1:] != [(key, _digest_of(path))]:
            write_index(place, rows, self.lang, refused, left)
            _append(written, {"list": key, "page": _digest_of(path)})
        shorten(written, lambda line: line["facts"]["code"] if "facts" in line else None)
        return listed

    @cached_property
    def _states(self) -> States:
        return states(self.store, self.round, self.as_of)

    @property
    def _compares(self) -> bool:
        return kind_named(self.kind).compares

    @property
    def _place(self) -> Path:
        return self.folder / self.round / self.kind

    def _is_unchanged(self, code: str, line: Line) -> bool:
        if self.force or self.status == TERBIT:
            return False
        if line.get("state") != self._states.of(code, self._compares):
            return False
        letter = digest_of(check_letter(self.kind, self.letter))
        asked = {"kind": self.kind, "lang": self.lang, "status": self.status, "by": self.by}
        key = key_of(str(line["case"]), line.get("comparison"), letter, **asked)
        return is_right(line, self._place, key)

    def _dearest_first(self, codes: Iterable[str], took: Mapping[str, float]) -> list[str]:
        """Put those first that take longest: at the end no worker waits for another.

        By the milliseconds they took last time; one that was never made, by how much was stated.
        """
        entries = self._states.entries
        made = [code for code in took if entries.get(code)]
        each = sum(took[code] for code in made) / max(sum(entries[code] for code in made), 1)
        cost = {code: took.get(code) or entries[code] * (each or 1.0) for code in codes}
        return sorted(cost, key=lambda code: (-cost[code], code))

    def _cases(self, codes: list[str], refused: list[Refused]) -> Iterator[Case]:
        """Read the cases; some at least, or what keeps them is raised. Notes those refused."""
        none = True
        asked_for = self.agencies is not None
        for case in read_cases(self.store, self.round, codes, self.as_of, asked_for=asked_for):
            none = False
            if isinstance(case, Refused):
                refused.append(case)
            else:
                yield case
        if none:
            make_cases(self.store, self.round, self.agencies, self.as_of)

    def _worked_out(self, codes: list[str]) -> Iterator[Mapping[str, Any] | Refused]:
        """Work out what the list says of agencies whose reports were not made."""
        if not codes:
            return
        executor = self.start(len(codes))
        going: dict[Future[Mapping[str, Any]], str] = {}
        for case in read_cases(self.store, self.round, codes, self.as_of):
            if isinstance(case, Refused):
                yield case
                continue
            going[executor.submit(list_facts, case.text)] = str(case.agency["code"])
            while len(going) >= TOGETHER:
                yield from _told(executor, going)
        while going:
            yield from _told(executor, going)

    def _keep(self, facts: Mapping[str, Any]) -> None:
        state = self._states.own[facts["code"]]
        _append(self.folder / self.round / FACTS, {"state": state, "facts": facts})

    def _facts(self) -> dict[str, Mapping[str, Any]]:
        """Return what is known of the agencies that are as they were then."""
        return {
            line["facts"]["code"]: line["facts"]
            for line in objects(self.folder / self.round / FACTS)
            if "facts" in line and self._states.own.get(line["facts"]["code"]) == line["state"]
        }


def _told(
    executor: Executor, going: dict[Future[Mapping[str, Any]], str]
) -> Iterator[Mapping[str, Any] | Refused]:
    """Wait for a moment, and return what was found out."""
    for future in done_of(executor, going):
        agency = going.pop(future)
        try:
            yield future.result()
        except MeritError as error:
            yield Refused(agency, error)
        except Exception as fault:
            yield Refused(agency, ReportError("report-unexpected", said=in_short(fault)))


def _digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if it is not there."""
    try:
        return sha256(path.read_bytes())
    except OSError:
        return None


def _append(path: Path, line: Mapping[str, Any]) -> None:
    """Add a line that can be worked out again: a power cut or a full disk may cost it."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        append_line(path, line, synced=False)
