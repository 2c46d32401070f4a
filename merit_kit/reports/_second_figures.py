"""What deserves a second look, in words: each place with its reason."""

from __future__ import annotations

import math
from typing import Any

from merit_kit import gaps
from merit_kit.charts import NO_PICTURE, Figure
from merit_kit.i18n import Words
from merit_kit.reports._calibrated import Parted, SecondLook
from merit_kit.reports.calibration import head_of, name_of, silent


def second_figures(found: SecondLook, lang: str) -> list[Figure]:
    """Return what deserves a second look, each with its reason."""
    words = Words(lang)
    figures = [figure for parted in found.parted for figure in _between(parted, words)]
    figures.append(_contrary(found, words))
    figures.append(_lowering(found, words))
    return figures


def _between(parted: Parted, words: Words) -> list[Figure]:
    names = {each.code: words.text(each.name) for each in parted.edition.categories}
    figures = []
    few = []
    for (lower, higher), pair in parted.pairs.iterrows():
        title = words("second.between", lower=names[lower], higher=names[higher])
        if math.isnan(pair["gap"]):
            few.append(f"{names[lower]} – {names[higher]}")
            continue
        facts = {
            **{"n_lower": int(pair["n_lower"]), "n_higher": int(pair["n_higher"])},
            **{"lower": names[lower], "higher": names[higher]},
        }
        if pair["gap"] <= 0:
            gap = words.number(pair["gap"], 1, sign=True)
            figures.append(silent(title, words("second.between_not", gap=gap, **facts)))
            continue
        parts = parted.parts
        parts = parts[(parts["lower"] == lower) & (parts["higher"] == higher) & parts["most"]]
        note = words(
            "second.between_note",
            gap=words.number(pair["gap"], 1),
            count=len(parts),
            share=words.number(parts["share"].sum(), 0),
            **facts,
        )
        rows = [_part(row, parted, words) for row in parts.to_dict("records")]
        head = head_of(words, "sub_aspect", "points", "share", "why")
        figures.append(Figure(title, NO_PICTURE, head, tuple(rows), note))
    if few:
        note = words("second.few", pairs="; ".join(few), least=gaps.FEWEST)
        figures.append(silent(words("second.between_all"), note))
    return figures


def _part(row: dict[str, Any], parted: Parted, words: Words) -> tuple[str, ...]:
    sub = parted.edition.by_code[row["sub_aspect"]]
    why = words(
        "second.between_why",
        lower=words.number(row["level_lower"], 1),
        higher=words.number(row["level_higher"], 1),
        weight=sub.weight,
    )
    name = f"{sub.code} {words.text(sub.name)}"
    return name, words.number(row["points"], 1), f"{words.number(row['share'], 1)}%", why


def _contrary(found: SecondLook, words: Words) -> Figure:
    title = words("second.contrary")
    if found.compared < gaps.FEWEST:
        few = words("second.contrary_few", count=found.compared, least=gaps.FEWEST)
        return silent(title, few)
    if found.contradictions.empty:
        return silent(title, words("second.contrary_none", count=found.compared))
    rows = []
    for row in found.contradictions.to_dict("records"):
        edition = found.editions[row["edition"]]
        [aspect] = [each for each in edition.aspects if each.number == row["aspect"]]
        why = words(
            "second.contrary_why",
            aspect=aspect.name,
            high=row["high"],
            high_name=edition.by_code[row["high"]].name,
            high_level=row["high_level"],
            high_expected=words.number(row["high_expected"], 1),
            low=row["low"],
            low_name=edition.by_code[row["low"]].name,
            low_level=row["low_level"],
            low_expected=words.number(row["low_expected"], 1),
        )
        rows.append((row["agency_name"], row["round"], why))
    note = words("second.contrary_note", surprise=gaps.SURPRISE)
    return Figure(title, NO_PICTURE, head_of(words, "agency", "round", "why"), tuple(rows), note)


def _lowering(found: SecondLook, words: Words) -> Figure:
    title = words("second.lowering")
    if not found.named:
        return silent(title, words("calibration.withheld"))
    every = found.lowering
    judged = int(every["judged"].sum())
    facts = {
        **{"least": gaps.LEAST_SHARED, "assessments": gaps.LEAST_JUDGED},
        **{"in_one": gaps.LEAST_IN_ONE, "count": judged},
        "rarely": words.number(100 * gaps.RARELY, 0),
    }
    named = every[every["never"]]
    if named.empty:
        said = "second.lowering_none" if judged else "second.lowering_few"
        return silent(title, words(said, **facts))
    rows = [
        (
            name_of(key, found.names, words),
            words(
                "second.lowering_why",
                levels=row["levels"],
                assessments=row["assessments"],
                others=words.number(100 * row["others"], 0),
                touched=row["others_touched"],
                of=row["others_of"],
                chance=_chance(row["chance"], words),
            ),
        )
        for key, row in named.to_dict("index").items()
    ]
    note = words("second.lowering_note", **facts)
    return Figure(title, NO_PICTURE, head_of(words, "evaluator", "why"), tuple(rows), note)


def _chance(chance: float, words: Words) -> str:
    percent = 100 * chance
    return words("second.below", percent=0.1) if percent < 0.1 else f"{words.number(percent, 1)}%"
