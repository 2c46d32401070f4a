"""What goes out to be filled in or typed elsewhere: the agency's form, the verified levels."""

from __future__ import annotations

from dataclasses import dataclass

from merit_kit import process
from merit_kit.assessment._door import check_can_begin, check_edition, find, instrument_of
from merit_kit.assessment._hearing import counting_of
from merit_kit.errors import Problem, RuleError
from merit_kit.i18n import Words, say
from merit_kit.instrument import Instrument, load
from merit_kit.store import Store
from merit_kit.workbook import Form, FormAgency, FormRound, Value, sipinter_rows


def form_of(
    store: Store,
    agency: str,
    round_: str,
    lang: str = "id",
    edition: Instrument | None = None,
    invented: bool = False,
) -> Form:
    """Return the self-assessment form of an agency, with what it has stated so far.

    Parameters
    ----------
    edition : Instrument, optional
        For an assessment that is not open yet; by default the kit's default edition. One that is
        open keeps its own, and another is refused.
    invented : bool
        Whether an assessment that is not open yet will be of made-up data.

    Raises
    ------
    RuleError
        If the agency or the round is not known, the assessment keeps another edition, or the
        edition is a draft that lacks parts.
    """
    check_can_begin(store, agency, round_)
    about = find(store, agency, round_)
    own, which = store.agencies([agency]).iloc[0], store.rounds().loc[round_]
    instrument = check_edition(store, about, edition) if about else edition or load()
    if about is None and instrument.lacks:
        # It could not come back: a draft opens no assessment.
        lacks = len(instrument.lacks)
        raise RuleError("edition-unready", edition=instrument.id, count=lacks)
    stated: dict[str, tuple[int | None, str]] = {}
    evidence: dict[str, list[str]] = {}
    if about is not None:
        counting = counting_of(store, [about])
        invented = bool(store.assessments([about])["invented"].iloc[0])
        for row in process.levels(counting, process.SELF).itertuples():
            stated[row.sub_aspect] = (row.level, str(row.reason))
        for file in process.evidence(counting).itertuples():
            evidence.setdefault(file.sub_aspect, []).append(file.name)
    simulated = invented or not instrument.is_official
    return Form(
        instrument,
        FormAgency(agency, str(own["name"]), str(own["kind"])),
        FormRound(round_, int(which["year"]), int(which["number"])),
        store.id,
        about,
        lang,
        say("report.simulation", lang) if simulated else "",
        stated,
        {code: tuple(names) for code, names in evidence.items()},
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """The verified levels of an agency, in the order in which they are entered elsewhere.

    `above` says whose they are, and that they are a simulation if they are; `verified` of how many
    sub-aspects there is a level.
    """

    above: tuple[str, ...]
    headings: list[str]
    rows: list[list[Value]]
    verified: int


def sipinter_of(store: Store, agency: str, round_: str, lang: str = "id") -> Entry:
    """Return an agency's verified levels, to be entered elsewhere.

    Only what the agency may read: internal notes are not among them.

    Raises
    ------
    RuleError
        If it has no assessment in the round.
    """
    about = find(store, agency, round_)
    if about is None:
        fault = Problem(agency, "no-assessment", agency, round_)
        raise RuleError("cases-missing", [fault], round=round_)
    counting = counting_of(store, [about])
    counting = counting[counting["visible_to"] != "internal"]
    levels: dict[str, int | None] = {}
    reasons: dict[str, str] = {}
    for row in process.levels(counting, process.VERIFIED).itertuples():
        levels[row.sub_aspect], reasons[row.sub_aspect] = row.level, str(row.reason)
    notes: dict[str, str] = {}
    for note in counting[counting["kind"] == process.NOTE].itertuples():
        known = notes.get(note.body["sub_aspect"])
        notes[note.body["sub_aspect"]] = "\n".join(filter(None, [known, note.body["text"]]))
    instrument = instrument_of(store, about)
    headings, rows = sipinter_rows(instrument, levels, reasons, notes, lang)
    w = Words(lang)
    own, which = store.agencies([agency]).iloc[0], store.rounds().loc[round_]
    name = w("round.name", number=str(which["number"]), year=str(which["year"]))
    above = [f"{own['name']} ({agency}) · {name}"]
    invented = bool(store.assessments([about])["invented"].iloc[0])
    if invented or not instrument.is_official:
        above.insert(0, w("report.simulation"))
    verified = sum(level is not None for level in levels.values())
    return Entry(tuple(above), headings, rows, verified)
