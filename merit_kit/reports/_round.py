"""The reports of a round: what is unchanged stays, the rest in the order that ends soonest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from merit_kit.assessment import Case, make_cases
from merit_kit.canonical import digest
from merit_kit.errors import CaseError
from merit_kit.reports._batch import check_letter, digest_of, make_reports
from merit_kit.reports._comparison import comparisons
from merit_kit.reports._here import Here
from merit_kit.reports._index import INDEX, rows_of, write_index
from merit_kit.reports._issue import KONSEP, TERBIT
from merit_kit.reports._job import list_facts
from merit_kit.reports._keys import key_of, sources
from merit_kit.reports._kinds import KINDS, VERIFICATION, kind_named
from merit_kit.reports._letter import Letter
from merit_kit.reports._life import LEDGER
from merit_kit.reports._manifest import MANIFEST, Line, drafts, objects
from merit_kit.reports._outcome import Outcome, is_right, unchanged
from merit_kit.reports._states import States, states
from merit_kit.store import Store

FACTS = ".daftar.jsonl"
"""In a round's folder: what its list says of each agency, so that it is worked out once."""

_TOGETHER = 48
"""Cases made from one reading of the store. More are never held, however large the round is."""


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

    def run(self) -> Iterator[Outcome]:
        """Make them; what became of each, those that are unchanged first."""
        kind_named(self.kind)
        check_letter(self.kind, self.letter)
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
        executor = self.start(len(rest))
        compared = {}
        if self._compares:
            compared = comparisons(self.store, self.round, rest, self.as_of)
        for outcome in make_reports(
            self._cases(self._dearest_first(rest, known)),
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
        ):
            if outcome.facts:
                self._keep(outcome.facts)
            yield outcome

    def write_list(self) -> Path:
        """Write the list of the round, of every agency in it, unless it would be the same."""
        facts = self._facts()
        lacking = [code for code, state in self._states.own.items() if code not in facts]
        for each in self._worked_out(lacking):
            self._keep(each)
            facts[each["code"]] = each
        place = self.folder / self.round
        path, written = place / INDEX, place / FACTS
        key = self._list_key(facts)
        lists = [line["list"] for line in objects(written) if "list" in line]
        if path.is_file() and lists[-1:] == [key]:
            return path
        write_index(place, rows_of(facts.values(), place), self.lang)
        _append(written, {"list": key})
        return path

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

    def _dearest_first(self, codes: Iterable[str], known: Mapping[str, Line]) -> list[str]:
        """Put those first that take longest: at the end no worker waits for another.

        By what they took last time; one that was never made, by how much was stated in it.
        """
        took = {code: float(line.get("milliseconds") or 0) for code, line in known.items()}
        entries = self._states.entries
        made = [code for code in took if entries.get(code)]
        each = sum(took[code] for code in made) / max(sum(entries[code] for code in made), 1)
        cost = {code: took.get(code) or entries[code] * (each or 1.0) for code in codes}
        return sorted(cost, key=lambda code: (-cost[code], code))

    def _cases(self, codes: list[str]) -> Iterator[Case]:
        """Make the cases, so many at a time; some at least, or what keeps them is raised."""
        none = True
        for begin in range(0, len(codes), _TOGETHER):
            some = codes[begin : begin + _TOGETHER]
            try:
                made = make_cases(self.store, self.round, some, self.as_of)
            except CaseError as error:
                # Nobody asked for those that were not begun then.
                if self.agencies is not None or error.key != "cases-missing":
                    raise
                late = {str(problem.where) for problem in error.problems}
                some = [code for code in some if code not in late]
                made = make_cases(self.store, self.round, some, self.as_of) if some else []
            none = none and not made
            order = {code: place for place, code in enumerate(some)}
            yield from sorted(made, key=lambda case: order[str(case.agency["code"])])
        if none:
            make_cases(self.store, self.round, self.agencies, self.as_of)

    def _worked_out(self, codes: list[str]) -> Iterator[Mapping[str, Any]]:
        """Work out what the list says of agencies whose reports were not made."""
        if not codes:
            return
        executor = self.start(len(codes))
        going: set[Future[Mapping[str, Any]]] = set()
        every = RoundReports(self.store, self.round, self.folder, as_of=self.as_of)
        for case in every._cases(codes):
            going.add(executor.submit(list_facts, case.text))
            if len(going) >= _TOGETHER:
                done, going = wait(going, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        yield from (future.result() for future in going)

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

    def _list_key(self, facts: Mapping[str, Any]) -> str:
        places = [self.folder / self.round / kind / name for kind in KINDS for name in _OF_LIST]
        sizes = [place.stat().st_size if place.is_file() else 0 for place in places]
        said = [self.lang, sources(), date.today().isoformat(), sizes, facts]
        return digest(json.dumps(said, ensure_ascii=False, sort_keys=True))


_OF_LIST = (MANIFEST, LEDGER)


def _append(path: Path, line: Mapping[str, Any]) -> None:
    """Add a line that can be worked out again: a power cut or a full disk may cost it."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write("\n" + json.dumps(line, ensure_ascii=False, sort_keys=True))
