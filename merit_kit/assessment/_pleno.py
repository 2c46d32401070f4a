"""The *pleno*: results determined at their verified levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from merit_kit import process
from merit_kit.assessment._determine import determination_body
from merit_kit.assessment._door import find, now, record
from merit_kit.assessment._hearing import hearings
from merit_kit.errors import Problem, RuleError, ScoreError
from merit_kit.store import Statement, Store


def determine(
    store: Store,
    round_: str,
    agencies: Sequence[str],
    by: str,
    text: str = "",
    components: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Determine the results of agencies at their verified levels, all of them or none.

    Parameters
    ----------
    by : str
        Person id, of a commissioner.
    text : str
        What the *pleno* noted.
    components : mapping of agency to mapping of code to number, optional
        What the index takes beside the levels, for each agency whose edition asks for it; see
        :func:`determination_body`.

    Returns
    -------
    dict
        By agency, the body of the determination; see :func:`determination_body`.

    Raises
    ------
    RuleError
        If an agency has no assessment in the round, or something keeps it from being determined,
        such as a component that is missing. All of it at once, a cause for each agency.
    """
    keys = {code: find(store, code, round_) for code in agencies}
    lacking = [code for code, key in keys.items() if key is None]
    problems = [Problem(code, "no-assessment", code, round_) for code in lacking]
    if problems:
        raise RuleError("cases-missing", problems, round=round_)
    with store.together(*(str(key) for key in keys.values())):
        bodies: dict[str, dict[str, Any]] = {}
        statements: list[Statement] = []
        causes: list[RuleError] = []
        for hearing in hearings(store, map(str, keys.values())).values():
            code = hearing.agency
            levels = hearing.verified
            whole = set(levels) == set(hearing.instrument.codes)
            if not whole:
                found = list(process.unanswered(hearing.counting(), hearing.instrument.codes))
            else:
                given = (components or {}).get(code)
                try:
                    body = determination_body(levels, hearing.instrument, text, given)
                except ScoreError as error:
                    causes.append(RuleError("not-determined-of", error.problems, agency=code))
                    continue
                said = Statement(hearing.assessment, process.DETERMINATION, by, now(), body)
                said = replace(said, base=hearing.standing_ids(said))
                found = hearing.problems(said, by)
                bodies[code] = body
                statements.append(said)
            if found:
                causes.append(RuleError("not-determined-of", found, agency=code))
        if causes:
            raise RuleError("not-determined", causes=causes)
        record(store, statements, by)
    return bodies
