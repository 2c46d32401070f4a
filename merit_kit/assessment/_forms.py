"""What goes out to be filled in or typed elsewhere: the agency's form, the verified levels."""

from __future__ import annotations

from merit_kit import process
from merit_kit.assessment._door import check_can_begin, find, instrument_of
from merit_kit.assessment._hearing import counting_of
from merit_kit.errors import Problem, RuleError
from merit_kit.i18n import say
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
        For an assessment that is not open yet; by default the kit's default edition.
    invented : bool
        Whether an assessment that is not open yet will be of made-up data.

    Raises
    ------
    RuleError
        If the agency or the round is not known.
    """
    check_can_begin(store, agency, round_)
    about = find(store, agency, round_)
    own, which = store.agencies([agency]).iloc[0], store.rounds().loc[round_]
    instrument = instrument_of(store, about) if about else edition or load()
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


def sipinter_of(
    store: Store, agency: str, round_: str, lang: str = "id"
) -> tuple[list[str], list[list[Value]]]:
    """Return headings and rows of an agency's verified levels, in the order they are entered.

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
    return sipinter_rows(instrument_of(store, about), levels, reasons, notes, lang)
