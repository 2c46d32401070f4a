"""A round at a glance: how far each assessment is, what is open, and who is due."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from merit_kit import process, scoring
from merit_kit.assessment._hearing import counting_of, edition_of, local_day
from merit_kit.assessment._practice import sandbox_agencies
from merit_kit.assessment._rounds import assessments_in, check_round
from merit_kit.errors import RuleError
from merit_kit.instrument import Instrument
from merit_kit.store import RESULT, Store

_LEVELS = ("self", "awal", "akhir", "verified", "final")
_OPEN = ("open", "late", "answered", "mismatches", "objections", "conflicts", "unchecked")
# Without any of these nothing can be open; most assessments of a large round have none yet.
_ASKED = {process.QUESTION, process.OBJECTION, process.EVIDENCE}


def status(store: Store, round_: str, agencies: Collection[str] | None = None) -> pd.DataFrame:
    """Say how far each assessment of a round is.

    Returns
    -------
    DataFrame
        Index ``agency``, codes in order. ``name, wilayah, stage, invented``; numbers of
        sub-aspects with a level ``self, awal, akhir, verified, final`` and ``of`` all; points
        ``self_total, total`` (verified, in force); ``index, category`` (of the result once it is
        determined, else of the verified levels once complete, else None), ``determined``;
        ``open, answered`` questions that are not closed (``late``: how many of the open ones were
        due before today, in WIB), ``mismatches, objections`` that are not
        answered, ``conflicts``, ``unchecked`` files; ``last`` (when something was recorded, UTC).

    Raises
    ------
    RuleError
        If the round is not known, has no assessment, or one of the agencies has none in it.
    """
    chosen = assessments_in(store, round_, agencies)
    entries = store.entries(chosen.index)
    last = entries.groupby("assessment")["recorded_at"].max()
    counting = process.standing(process.unfold(entries, store.hidden(chosen.index)))
    own = dict(list(counting.groupby("assessment", sort=False)))
    names = store.agencies()
    rows: dict[str, dict[str, Any]] = {}
    # An edition at a time: its assessments are scored together.
    for edition, some in chosen.groupby("edition"):
        instrument = edition_of(store, str(edition))
        scores = _scores(counting, list(some.index), instrument)
        for key, row in some.to_dict("index").items():
            rows[row["agency"]] = {
                "name": names.loc[row["agency"], "name"],
                "wilayah": names.loc[row["agency"], "wilayah"],
                "stage": process.stage_of(own[key]),
                "invented": bool(row["invented"]),
                **scores[key],
                **_open(own[key]),
                "last": last[key],
            }
    frame = pd.DataFrame.from_dict(rows, orient="index", dtype=object)
    return frame.rename_axis("agency").sort_index()


def levels_of(store: Store, agency: str, round_: str) -> pd.DataFrame:
    """Return all levels of one assessment side by side.

    Returns
    -------
    DataFrame
        Index ``sub_aspect``, in the edition's order; columns ``self, awal, akhir, verified,
        field, final``, NaN where nothing stands.

    Raises
    ------
    RuleError
        As :func:`status`.
    """
    chosen = assessments_in(store, round_, [agency])
    key = str(chosen.index[0])
    counting = counting_of(store, [key])
    instrument = edition_of(store, str(chosen["edition"].iloc[0]))
    return process.side_by_side(counting, [key], instrument.codes).loc[key]


def results(store: Store) -> pd.DataFrame:
    """Return every determined result that is not made up.

    Returns
    -------
    DataFrame
        ``agency, round, year, number, total, index, category`` (its code), ``category_name``
        (a Text), ``valid_years`` (None: its own round alone).
    """
    frame = store.assessments()
    frame = frame[(frame["purpose"] == RESULT) & ~frame["invented"]]
    rounds = store.rounds()
    rows = []
    for said in standing_of(store, process.DETERMINATION).itertuples():
        if said.assessment not in frame.index:
            continue
        if said.conflict:
            continue
        about = frame.loc[said.assessment]
        categories = edition_of(store, about["edition"]).categories
        category = next(c for c in categories if c.code == said.body["category"])
        rows.append(
            {
                "agency": about["agency"],
                "round": about["round"],
                "year": int(rounds.loc[about["round"], "year"]),
                "number": int(rounds.loc[about["round"], "number"]),
                **{part: said.body[part] for part in ("total", "index", "category")},
                "category_name": category.name,
                "valid_years": category.valid_years,
            }
        )
    columns = [
        *("agency", "round", "year", "number", "total", "index", "category"),
        *("category_name", "valid_years"),
    ]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def due_in(store: Store, round_: str) -> pd.DataFrame:
    """Return the agencies that are due in a round; see :func:`merit_kit.process.due`.

    What was published elsewhere plays no part: it says neither round nor validity.

    Returns
    -------
    DataFrame
        Index: codes. The columns of the store's agencies; ``last_year, last_number,
        last_category`` (its code) and ``last_category_name`` (a Text) of the last result;
        ``begun``: whether an assessment of the round is open.

    Raises
    ------
    RuleError
        If the round is not known, or we see only a part of the assessments.
    """
    check_round(store, round_)
    if not store.sees_every_assessment():
        # Whose results are not seen would be called due.
        raise RuleError("due-in-part")
    which = store.rounds().loc[round_]
    known = results(store)
    agencies = store.agencies()
    agencies = agencies[~agencies.index.isin(sandbox_agencies(store))]
    found = process.due(agencies, known, int(which["year"]), int(which["number"]))
    found = found[~found.index.isin(known[known["round"] == round_]["agency"])]
    names = {(r.agency, r.year, r.number): r.category_name for r in known.itertuples()}
    frame = store.assessments()
    begun = set(frame[(frame["round"] == round_) & (frame["purpose"] == RESULT)]["agency"])
    last = [names.get((r.Index, r.last_year, r.last_number)) for r in found.itertuples()]
    return found.assign(
        last_category_name=pd.Series(last, index=found.index, dtype=object),
        begun=[code in begun for code in found.index],
    )


def stages(store: Store) -> pd.DataFrame:
    """Return the stage of every assessment for a result: ``round, agency, stage``.

    Index: assessment ids.
    """
    frame = store.assessments()
    frame = frame[frame["purpose"] == RESULT]
    said = dict(list(standing_of(store, process.STAGE).groupby("assessment")))
    nothing = pd.DataFrame({"kind": [], "body": []}, dtype=object)
    found = [process.stage_of(said.get(key, nothing)) for key in frame.index]
    return frame[["round", "agency"]].assign(stage=found)


def editions_of(store: Store, round_: str) -> list[Instrument]:
    """Return the editions that the assessments of a round were begun under."""
    frame = store.assessments()
    used = frame[(frame["round"] == round_) & (frame["purpose"] == RESULT)]["edition"]
    return [edition_of(store, str(digest)) for digest in sorted(set(used))]


def follow_ups(store: Store, assessment: str) -> pd.DataFrame:
    """Return what was recommended to the agency last time, and how far it has followed.

    Returns
    -------
    DataFrame
        See :func:`merit_kit.process.follow_ups`, and ``round``, the code of that last round;
        empty if the agency has no earlier assessment.
    """
    frame = store.assessments()
    own = frame.loc[assessment]
    rounds = store.rounds()
    place = {code: i for i, code in enumerate(rounds.index)}
    before = frame[
        (frame["agency"] == own["agency"])
        & (frame["purpose"] == RESULT)
        & (frame["invented"] == own["invented"])
        & (frame["round"].map(place) < place[own["round"]])
    ]
    counting = counting_of(store, [assessment])
    if before.empty:
        return process.follow_ups(counting, [], "").assign(round=[])
    last = before["round"].map(place).idxmax()
    then = counting_of(store, [last])
    asked = process.recommendations(then, edition_of(store, before.loc[last, "edition"]))
    code = str(before.loc[last, "round"])
    return process.follow_ups(counting, asked, code).assign(round=code)


def standing_of(store: Store, *kinds: str) -> pd.DataFrame:
    """Return the standing entries of some kinds, of all assessments, without most others."""
    entries = store.entries(kinds=kinds)
    hidden = store.hidden(set(entries["assessment"]))
    entries = process.unfold(entries, hidden)
    own = set(entries["id"])
    # What rests on something of other kinds may wait with it: these are read whole.
    reaching = [not set(bases) <= own for bases in entries["base"]]
    whole = set(entries[pd.Series(reaching, index=entries.index, dtype=bool)]["assessment"])
    counting = process.standing(entries[~entries["assessment"].isin(whole)])
    if not whole:
        return counting
    others = counting_of(store, sorted(whole))
    return pd.concat([counting, others[others["kind"].isin(kinds)]], ignore_index=True)


def _scores(
    counting: pd.DataFrame, keys: list[str], instrument: Instrument
) -> dict[str, dict[str, Any]]:
    """Return, by assessment, how many levels there are and what they add up to."""
    sheet = process.side_by_side(counting, keys, instrument.codes)
    given = sheet.notna().groupby(level="assessment").sum()
    # Only with a determination it is known what the index takes beside the levels.
    beside = {"final": process.components(counting, keys, instrument.needs)}
    totals = {
        part: scoring.totals(
            sheet[part].unstack("sub_aspect").loc[keys, list(instrument.codes)],
            instrument,
            beside.get(part),
        )
        for part in ("self", "verified", "final")
    }
    found = {}
    for key in keys:
        determined = bool(totals["final"].loc[key, "complete"])
        result = totals["final" if determined else "verified"].loc[key]
        found[key] = {
            **{part: int(given.loc[key, part]) for part in _LEVELS},
            "of": len(instrument.codes),
            "self_total": float(totals["self"].loc[key, "total"]),
            "total": float(result["total"]),
            "index": float(result["index"]) if result["complete"] else None,
            "category": str(result["category"]) if result["complete"] else None,
            "determined": determined,
        }
    return found


def _open(counting: pd.DataFrame) -> dict[str, int]:
    """Count what of one assessment is open."""
    levels = process.levels(counting, process.FIELD)
    if levels.empty and not _ASKED & set(counting["kind"]) and not counting["conflict"].any():
        return dict.fromkeys(_OPEN, 0)
    questions = process.clarifications(counting)
    questions = questions[~questions["draft"].astype(bool)]
    mismatches, objections = process.mismatches(counting), process.objections(counting)
    files = process.evidence(counting)
    open_, today = questions["state"] == "open", local_day(None).isoformat()
    counts = (
        open_.sum(),
        sum(bool(due) and due < today for due in questions.loc[open_, "due"]),
        (questions["state"] == "answered").sum(),
        (~mismatches["answered"].astype(bool)).sum(),
        (~objections["answered"].astype(bool)).sum(),
        counting[counting["conflict"]]["topic"].nunique(),
        (files["state"] == process.UNCHECKED).sum(),
    )
    return dict(zip(_OPEN, map(int, counts), strict=True))
