"""The first lines of a report: where the total lies, how levels moved, what waits for somebody."""

from __future__ import annotations

from markupsafe import Markup

from merit_kit import charts, process
from merit_kit.i18n import Words
from merit_kit.reports._aspects import or_dash
from merit_kit.reports._dialogue import ANSWERED, TO_MEND, WAITING, clarification_rows
from merit_kit.reports._figures import OWN, Figures, Result, component_names, tone_of

_LACKING = (*TO_MEND, process.UNCHECKED)


def scale(figures: Figures, words: Words) -> Markup:
    """Draw the total that counts and the agency's own on the scale of categories.

    A provisional total has no category, so it has no place there; without any, nothing is drawn.
    """
    instrument = figures.instrument
    own, result = figures.results[OWN], figures.result
    if instrument.bands_on != "score" or not (own.complete or result.complete):
        return Markup()
    # The last band is open upwards; it is drawn to the maximum.
    edges = [*(float(c.low) for c in instrument.categories), float(instrument.maximum)]
    bands = [
        charts.Band(words.text(c.name), low, high, tone_of(c, instrument))
        for c, low, high in zip(instrument.categories, edges, edges[1:], strict=False)
    ]

    def mark(of: str, given: Result) -> charts.Mark | None:
        if not given.complete:
            return None
        return charts.Mark(given.total, f"{words(f'level.{of}')} {words.number(given.total)}")

    title = words(
        "report.summary.scale",
        of=words(f"level.{figures.counts}"),
        result=or_dash(result.total if result.complete else None, words),
        own=or_dash(own.total if own.complete else None, words),
    )
    return charts.band_scale(bands, mark(figures.counts, result), mark(OWN, own), title)


def moved(figures: Figures) -> dict[str, int] | None:
    """Return how many sub-aspects were raised, lowered or left; None if none can be compared."""
    both = figures.levels.loc[[OWN, figures.counts]].dropna(axis="columns")
    if both.empty:
        return None
    steps = both.loc[figures.counts] - both.loc[OWN]
    return {
        "raised": int((steps > 0).sum()),
        "lowered": int((steps < 0).sum()),
        "agreed": int((steps == 0).sum()),
    }


def needs(figures: Figures, words: Words) -> str:
    """Name what the index takes beside the levels; empty if nothing."""
    return ", ".join(map(words.text, component_names(figures.instrument).values()))


def open_points(figures: Figures, words: Words) -> list[str]:
    """Say what waits for somebody without keeping the result from being determined."""
    return [*_questions(figures, words), *_files(figures, words)]


def _questions(figures: Figures, words: Words) -> list[str]:
    asked = clarification_rows(figures)
    waiting = [row for row in asked if row["state"] in WAITING]
    days = sorted(row["due"] for row in waiting if row["due"])
    said = []
    if days:
        due = words.date(days[0])
        said.append(words("report.summary.questions_due", count=len(waiting), due=due))
    elif waiting:
        said.append(words("report.summary.questions", count=len(waiting)))
    answered = sum(row["state"] == ANSWERED for row in asked)
    if answered:
        said.append(words("report.summary.answered", count=answered))
    return said


def _files(figures: Figures, words: Words) -> list[str]:
    states = figures.evidence["state"].value_counts()
    lacking = [state for state in _LACKING if state in states]
    if not lacking:
        return []
    parts = [f"{states[state]} {words(f'evidence.states.{state}')}" for state in lacking]
    count = int(states[lacking].sum())
    of = int(states.sum())
    return [words("report.summary.files", count=count, of=of, states=", ".join(parts))]
