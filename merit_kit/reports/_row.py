"""What the list of a round says of an agency: worked out with its report, and kept.

It takes as long as a part of the page, so it is not worked out again for what is unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from merit_kit.assessment import Case
from merit_kit.reports._changes import shown_digest
from merit_kit.reports._dialogue import WAITING, state_of
from merit_kit.reports._figures import Figures


def facts_of(case: Case, figures: Figures | None = None) -> dict[str, Any]:
    """Return the facts of a case.

    Returns
    -------
    dict
        ``code, name, kind, round, as_of, simulation, stage, determined, total`` (None while
        nothing is assessed), ``complete``, ``category`` (its name in each language), ``order`` of
        the category and ``tone``; ``waiting``, how many questions wait for the agency, and
        ``dues``, the days (ISO) by which; the digests of the ``case``, of what of it is ``shown``
        and of its ``edition``.
    """
    figures = figures or Figures(case)
    result = figures.result
    category = result.category
    questions = [q for q in figures.clarifications.itertuples() if state_of(q) in WAITING]
    return {
        "code": str(case.agency["code"]),
        "name": str(case.agency["name"]),
        "kind": str(case.agency["kind"]),
        "round": dict(case.round),
        "as_of": case.as_of,
        "simulation": case.is_simulation,
        "stage": figures.stage,
        "determined": figures.determination is not None,
        "total": result.total if result.assessed else None,
        "complete": result.complete,
        "category": {"id": category.name.id, "en": category.name.en} if category else None,
        "order": case.instrument.categories.index(category) if category else -1,
        "tone": result.tone,
        "waiting": len(questions),
        "dues": sorted(str(question.due) for question in questions if question.due),
        "case": case.digest,
        "shown": shown_digest(case),
        "edition": case.instrument.digest,
    }


def good_until(facts: Mapping[str, Any], day: str) -> str | None:
    """Return the last day (ISO) on which a page of this day is still right; None: any day.

    The day after, a question that waits for the agency is overdue, and the page would say so.
    """
    if facts["as_of"]:
        return None
    return min((due for due in facts["dues"] if due >= day), default=None)
