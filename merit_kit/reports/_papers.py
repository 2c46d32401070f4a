"""What leaves a sitting: its record, and the clarification report with its workbook, at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from merit_kit.assessment import make_case
from merit_kit.reports._batch import make_reports
from merit_kit.reports._kinds import CLARIFICATION, SITTING
from merit_kit.reports._letter import Letter
from merit_kit.reports._outcome import Outcome
from merit_kit.reports._start import making
from merit_kit.store import Store


def sitting_papers(
    store: Store,
    agency: str,
    round_: str,
    folder: Path,
    lang: str = "id",
    letter: Letter | None = None,
) -> Iterator[Outcome]:
    """Make the record of an agency's sitting, then its clarification report, as drafts.

    Both are of the same case: the store is read once, before the first one is made.

    Parameters
    ----------
    folder : Path
        Holds the rounds, as for :func:`make_reports`.
    letter : Letter, optional
        From :func:`read_letter`.

    Yields
    ------
    Outcome
        Of the record, and of the clarification report with its workbook as ``table`` (None if
        nothing waits for the agency). One that failed has its ``error`` and does not stop the
        other.

    Raises
    ------
    CaseError, ReportError
        If the agency has no assessment in the round, or the folder cannot be written.
    """
    case = make_case(store, agency, round_)
    # By a worker: a notebook, from which this is asked, cannot run another one in itself.
    with making(workers=1) as start:
        for kind in (SITTING, CLARIFICATION):
            yield from make_reports(
                *([case], folder, lang, kind),
                letter=letter,
                executor=start(1),
                # A form that was filled in is put aside, and not handed out again.
                force=True,
            )
