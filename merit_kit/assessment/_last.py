"""An agency's levels of the round before, to be looked at beside those of now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from merit_kit import process
from merit_kit.assessment._hearing import counting_of, edition_of
from merit_kit.i18n import Text
from merit_kit.store import RESULT, Store


@dataclass(frozen=True, slots=True)
class LastTime:
    """What came of an agency's assessment before this one.

    `levels`: those determined, else those verified, by code. `names`: what the codes meant then.
    `recommended`: the evaluator's own words, where there were any.
    """

    round: str
    levels: Mapping[str, int]
    names: Mapping[str, Text]
    recommended: Mapping[str, str]


def last_time(store: Store, assessment: str) -> LastTime | None:
    """Return what came of the same agency's last assessment before one; None if there is none.

    Invented assessments follow invented ones alone. What is internal there stays there.
    """
    every = store.assessments()
    about = every.loc[assessment]
    place = {code: at for at, code in enumerate(store.rounds().index)}
    alike = (every["agency"] == about["agency"]) & (every["invented"] == about["invented"])
    earlier = every[alike & (every["purpose"] == RESULT)]
    earlier = earlier[earlier["round"].map(place) < place[about["round"]]]
    if earlier.empty:
        return None
    key = str(max(earlier.index, key=lambda each: place[earlier.loc[each, "round"]]))
    counting = counting_of(store, [key])
    edition = edition_of(store, str(earlier.loc[key, "edition"]))
    shown = counting[counting["visible_to"] != "internal"]
    determined = process.levels(shown, process.FINAL)
    found = process.effective(shown) if determined.empty else determined
    said = shown[(shown["kind"] == process.RECOMMENDATION) & ~shown["conflict"]]["body"]
    return LastTime(
        round=str(earlier.loc[key, "round"]),
        levels={row.sub_aspect: int(row.level) for row in found.itertuples()},
        names={sub.code: sub.name for sub in edition.sub_aspects},
        recommended={body["sub_aspect"]: body["text"] for body in said},
    )
