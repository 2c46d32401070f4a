"""Every sub-aspect of the verification report: what was stated of it, and what shown for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from merit_kit import process
from merit_kit.instrument import SubAspect
from merit_kit.reports._ahead import next_steps
from merit_kit.reports._figures import FINAL, OWN, SCORED, VERIFIED, Figures, whole

_PASSES = process.PASSES


def level_columns(figures: Figures) -> list[str]:
    """Return which columns of levels there are: those of which something was stated.

    The passes stand apart only once the second one said anything; until then there is one column.
    """
    stated = figures.sheet.notna().any(axis="columns")
    columns = [OWN]
    columns += _PASSES if stated[process.AKHIR] else [VERIFIED]
    return columns + [of for of in (process.FIELD, FINAL) if stated[of]]


def sub_aspect_groups(figures: Figures) -> list[dict[str, Any]]:
    """Return the rows of the report by aspect, in the instrument's order."""
    columns = level_columns(figures)
    texts, files, steps = _texts(figures), _files(figures), next_steps(figures)
    return [
        {
            "aspect": aspect,
            "rows": [
                {
                    **_row(figures, sub, columns, steps.get(sub.code, {})),
                    "texts": texts[sub.code],
                    "files": files.get(sub.code, []),
                }
                for sub in aspect.sub_aspects
            ],
        }
        for aspect in figures.instrument.aspects
    ]


def _row(
    figures: Figures, sub: SubAspect, columns: list[str], step: Mapping[str, Any]
) -> dict[str, Any]:
    levels = {of: whole(level) for of, level in figures.sheet[sub.code].items()}
    own, verified, final = (levels[of] for of in SCORED)
    result = levels[figures.counts]
    points, own_points = (figures.points.loc[of, sub.code] for of in (figures.counts, OWN))
    in_force = _in_force(levels)
    return {
        "sub": sub,
        "levels": [
            {
                "of": of,
                "level": levels[of],
                # Of the passes only the one in force is marked as a level that holds.
                "counts": of in (OWN, VERIFIED, FINAL, in_force),
                "below": of == process.FIELD and _is_below(levels[of], verified),
            }
            for of in columns
        ],
        "points": points,
        "moved": points - own_points,
        "own": own,
        "verified": verified,
        "final": final if final is not None and final != verified else None,
        "reached": _criterion(figures, sub, verified),
        "claimed": _criterion(figures, sub, own) if own != result else None,
        "decided": _criterion(figures, sub, final) if final != verified else None,
        "aim": step.get("aim"),
        # What it claimed stands above already.
        "asks": None if own != result and own == step.get("aim") else step.get("criterion"),
        "conflict": sub.code in figures.disputed,
    }


def _in_force(levels: dict[str, int | None]) -> str | None:
    """Return the pass whose level is in force; None if there is none, or it is disputed."""
    if levels[VERIFIED] is None:
        return None
    return process.AWAL if levels[process.AKHIR] is None else process.AKHIR


def _is_below(field: int | None, verified: int | None) -> bool:
    return field is not None and verified is not None and field < verified


def _criterion(figures: Figures, sub: SubAspect, level: int | None) -> Any:
    if level is None:
        return None
    return sub.levels.get(level, figures.instrument.unproven)


def _texts(figures: Figures) -> dict[str, dict[str, str]]:
    """By sub-aspect: what stands as explanation (``self``), reason (``verified``), ``note``.

    ``awal`` is the reason of the first pass where the second one overruled it.
    """
    standing = figures.case.standing
    texts: dict[str, dict[str, str]] = {code: {} for code in figures.instrument.codes}
    for of in (OWN, VERIFIED):
        for row in process.levels(standing, of).itertuples():
            texts[row.sub_aspect][of] = str(row.reason)
    overruled = figures.sheet.columns[figures.sheet.loc[process.AKHIR].notna()]
    for row in process.levels(standing, VERIFIED, process.AWAL).itertuples():
        if row.sub_aspect in overruled and row.level is not None:
            texts[row.sub_aspect][process.AWAL] = str(row.reason)
    for row in standing[standing["kind"] == process.NOTE].sort_values("id").itertuples():
        known = texts[row.body["sub_aspect"]]
        known["note"] = "\n".join(filter(None, [known.get("note"), row.body["text"]]))
    return texts


def _files(figures: Figures) -> dict[str, list[dict[str, Any]]]:
    """By sub-aspect: the files, each with its state and what was found of it."""
    files: dict[str, list[dict[str, Any]]] = {}
    for row in figures.evidence.itertuples():
        found = {"name": row.name, "state": row.state, "text": row.text}
        files.setdefault(row.sub_aspect, []).append(found)
    return files
