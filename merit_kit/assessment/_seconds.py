"""Second scorings: what somebody else would have given, for calibration. They count for nothing."""

from __future__ import annotations

from merit_kit import process
from merit_kit.assessment._door import level_body, now, record
from merit_kit.assessment._hearing import counting_of
from merit_kit.store import Statement, Store
from merit_kit.workbook import LevelTable


def import_seconds(
    store: Store, about: str, table: LevelTable, by: str, evaluator: str | None = None
) -> int:
    """State the verified levels of a table as somebody's second scoring of an assessment.

    What stands already is not stated again; what that person gave before is replaced.

    Parameters
    ----------
    about : str
        The id of the assessment.
    by : str
        Person id of whoever runs this: an evaluator, or the secretariat, who records what others
        stated.
    evaluator : str, optional
        Person id of whoever scored a second time; by default `by`.

    Returns
    -------
    int
        How many levels were stated.

    Raises
    ------
    RuleError
        If the process does not allow it; then nothing is stated.
    """
    author = evaluator or by
    with store.together(about):
        own = process.levels(counting_of(store, [about]), process.SECOND)
        stands = own[own["author"] == author].set_index("sub_aspect").to_dict("index")
        said = []
        for given in table.given:
            code, level, reason = given.sub_aspect, given.verified_level, given.verified_reason
            there = stands.get(code, {"level": None, "reason": "", "id": None})
            if level is None and "verified" not in given.taken_back:
                continue
            # A table without reasons takes none away.
            same = (level, reason or there["reason"]) == (there["level"], there["reason"])
            if same or (level is None and there["level"] is None):
                continue
            body = level_body(code, process.SECOND, level, reason)
            base = (there["id"],) if there["id"] else ()
            said.append(
                Statement(about, process.LEVEL, author, now(), body, base, visible_to="internal")
            )
        if said:
            record(store, said, by)
    return len(said)
