"""Cases read from a store so many at a time; one that cannot be read costs no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from merit_kit.assessment import Case, Registers, make_cases
from merit_kit.errors import CaseError, InstrumentError, MeritError, ReportError, StoreError
from merit_kit.reports._job import in_short
from merit_kit.store import Store

TOGETHER = 48
"""Cases made from one reading of the store. More are never held, however large the round is."""
_FIRST = 6
"""The first time fewer, twice as many each time: nobody who makes them has to wait for so many."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An agency that is left out, and why."""

    agency: str
    error: MeritError


def read_cases(
    store: Store,
    round_: str,
    agencies: Sequence[str],
    as_of: str | None = None,
    *,
    asked_for: bool = False,
) -> Iterator[Case | Refused]:
    """Make the cases of agencies of a round, in their order, and say which cannot be made.

    Parameters
    ----------
    asked_for : bool
        Whether each of them was named. Else those are left out that were not begun as of then.

    Raises
    ------
    CaseError
        If an agency that was named has no assessment, or had none as of then.
    StoreError
        If the store cannot be reached.
    """
    registers = Registers.of(store)
    # Those that were named are refused together, before the first report.
    begin, together = 0, TOGETHER if asked_for else _FIRST
    while begin < len(agencies):
        some = [*agencies[begin : begin + together]]
        yield from _made(store, round_, some, as_of, asked_for, registers)
        begin, together = begin + together, min(together * 2, TOGETHER)


def _made(
    store: Store,
    round_: str,
    agencies: list[str],
    as_of: str | None,
    asked_for: bool,
    registers: Registers,
) -> Iterator[Case | Refused]:
    """Make them from one reading; where that is refused, each half by itself."""
    try:
        cases = make_cases(store, round_, agencies, as_of, registers)
    except CaseError as error:
        if error.key == "cases-missing":
            if asked_for:
                raise
            late = {str(problem.where) for problem in error.problems}
            rest = [code for code in agencies if code not in late]
            if rest:
                yield from _made(store, round_, rest, as_of, asked_for, registers)
            return
        refused: MeritError = error
    except StoreError as error:
        if error.key != "edition-missing":
            raise
        refused = error
    except InstrumentError as error:
        refused = error
    except (ValueError, TypeError, KeyError) as fault:
        # What is stored is not what this kit writes.
        refused = ReportError("report-unexpected", said=in_short(fault))
        refused.__cause__ = fault
    else:
        place = {code: i for i, code in enumerate(agencies)}
        yield from sorted(cases, key=lambda case: place[str(case.agency["code"])])
        return
    if len(agencies) == 1:
        yield Refused(agencies[0], refused)
        return
    half = len(agencies) // 2
    for some in (agencies[:half], agencies[half:]):
        yield from _made(store, round_, some, as_of, asked_for, registers)
