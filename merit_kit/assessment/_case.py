"""A case: one assessment at one moment, whole, as a file. A report is made from this alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from merit_kit import process
from merit_kit.assessment._as_of import as_they_were, moment_of, written
from merit_kit.assessment._previous import previous_of
from merit_kit.assessment._registers import Registers
from merit_kit.canonical import canonical, digest, together
from merit_kit.errors import CaseError, Problem
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import Store, assessment_digest, opened

FORMAT = 2
_PARTS: dict[str, type | tuple[type, ...]] = {
    "format": int,
    "agency": dict,
    "assessment": dict,
    "digest": str,
    "edition": dict,
    "entries": list,
    "people": dict,
    "published": list,
    "round": dict,
}
# What each format added. An older case is read as it is, so that its digest stays what was printed.
# The NIP of those who were present came without a format of its own: a case of nobody is as before.
_ADDED: dict[int, dict[str, type | tuple[type, ...]]] = {
    1: {},
    FORMAT: {"as_of": (str, type(None)), "previous": (dict, type(None))},
}
_ENTRY = (
    "id",
    "position",
    "room",
    "kind",
    "visible_to",
    "author",
    "stated_at",
    "recorded_at",
    "payload",
    "standing",
    "conflict",
)


@dataclass(frozen=True)
class Case:
    """Everything one report needs, frozen. Holds nothing that the agency may not see.

    `data` is plain: edition, round, agency, entries, people, published history of that agency,
    what was recommended to it last time, and the assessment digest (over *all* entries, also those
    not carried here).
    """

    data: Mapping[str, Any] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The case as canonical JSON: what its file holds."""
        return together(self.parts)

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """Each part of `data` as canonical JSON, written once for all digests that it is in."""
        return {part: canonical(value) for part, value in self.data.items()}

    @cached_property
    def digest(self) -> str:
        """What a report was made from: SHA-256 of the case."""
        return digest(self.text)

    @classmethod
    def from_text(cls, text: str) -> Case:
        """Read a case back.

        Raises
        ------
        CaseError
            If it is not a case of this format.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CaseError("case-unreadable", said=str(error)) from error
        if not _is_case(data):
            parts = sorted(data) if isinstance(data, dict) else []
            raise CaseError("case-foreign", found=", ".join(parts) or "-")
        return cls(data)

    @classmethod
    def from_file(cls, path: Path) -> Case:
        """Read a case from its file.

        Raises
        ------
        CaseError
            If there is none, or it is not a case of this format.
        """
        try:
            return cls.from_text(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CaseError("case-unreadable", said=str(error)) from error

    @property
    def agency(self) -> Mapping[str, Any]:
        """``code, name, kind, province``."""
        agency: Mapping[str, Any] = self.data["agency"]
        return agency

    @property
    def round(self) -> Mapping[str, Any]:
        """``code, year, number``."""
        round_: Mapping[str, Any] = self.data["round"]
        return round_

    @property
    def assessment(self) -> str:
        """The assessment's id."""
        return str(self.data["assessment"]["id"])

    @property
    def invented(self) -> bool:
        """Whether the data is made up."""
        return bool(self.data["assessment"]["invented"])

    @property
    def assessment_digest(self) -> str:
        """The digest of all that was stated: the anchor that is printed."""
        return str(self.data["digest"])

    @property
    def published(self) -> list[Mapping[str, Any]]:
        """Published results of this agency, by year."""
        return list(self.data["published"])

    @property
    def as_of(self) -> str | None:
        """The day, or the time with its offset, up to which the case was made (ISO); None: now."""
        as_of: str | None = self.data.get("as_of")
        return as_of

    @property
    def previous(self) -> Mapping[str, Any] | None:
        """The agency's assessment before this one: ``round`` and ``recommendations``.

        The round is as :attr:`round`; a recommendation has ``sub_aspect, name, level, next, text``
        (see :func:`merit_kit.process.recommendations`; the name in both languages). None if there
        was none, or the case is of format 1.
        """
        previous: Mapping[str, Any] | None = self.data.get("previous")
        return previous

    @cached_property
    def instrument(self) -> Instrument:
        """The edition the assessment was begun under."""
        return from_data(self.parts["edition"])

    @cached_property
    def is_simulation(self) -> bool:
        """Whether nothing made from this may pass for a result."""
        return self.invented or not self.instrument.is_official

    @cached_property
    def standing(self) -> pd.DataFrame:
        """The entries that count and may be shown; see :func:`merit_kit.process.standing`.

        Which ones count was decided where everything could be seen: what is internal can
        replace or dispute a statement, and is not in here.
        """
        frame = pd.DataFrame(self.data["entries"], columns=list(_ENTRY))
        unfolded = process.unfold(frame.assign(assessment=self.assessment))
        return unfolded[unfolded["standing"].astype(bool)]

    def levels(self, of: str) -> pd.DataFrame:
        """Return the levels of one kind: one row, a column per sub-aspect, NaN if none stands."""
        return process.level_sheet(self.standing, of, [self.assessment], self.instrument.codes)

    def person_line(self, key: str) -> str:
        """Return a person's name and office; the id if the person was erased."""
        person = self.data["people"].get(key, {})
        return ", ".join(filter(None, [person.get("name", key), person.get("office")]))

    def person(self, key: str) -> Mapping[str, str]:
        """Return ``name, office, nip`` of a person; empty where not known, all if erased."""
        person = self.data["people"].get(key, {})
        return {part: str(person.get(part) or "") for part in ("name", "office", "nip")}


def make_cases(
    store: Store,
    round_: str,
    agencies: Iterable[str] | None = None,
    as_of: str | None = None,
    registers: Registers | None = None,
) -> list[Case]:
    """Make the cases of a round, in the order of agency codes, from one reading of the store.

    Parameters
    ----------
    agencies : iterable of str, optional
        Codes; by default every agency with an assessment in the round.
    as_of : str, optional
        An ISO day or time, in the agency's time zone: what was recorded later is left out, and
        the digest is the one of then. The registers (people, published results) are as of now.
        An assessment that was not open yet is left out too, unless it was asked for.
    registers : Registers, optional
        If they were read before, as for a round that is made into cases a part at a time.

    Raises
    ------
    CaseError
        If the round is not known, an agency has no assessment in it or had none yet, all of them
        at once; or `as_of` is no such moment, or is still to come.
    """
    registers = registers or Registers.of(store)
    rounds, every = registers.rounds, registers.assessments
    if round_ not in rounds.index:
        raise CaseError("round-unknown", found=round_, allowed=", ".join(rounds.index) or "-")
    frame = every[every["round"] == round_]
    if agencies is not None:
        wanted = list(dict.fromkeys(agencies))
        lacking = [code for code in wanted if code not in set(frame["agency"])]
        if lacking:
            faults = [Problem(code, "no-assessment", code, round_) for code in lacking]
            raise CaseError("cases-missing", faults, round=round_)
        frame = frame[frame["agency"].isin(wanted)]
    elif frame.empty:
        raise CaseError("round-empty", round=round_)
    people = registers.people
    editions = {key: json.loads(store.edition(key)) for key in set(frame["edition"])}
    found = store.entries(map(str, frame.index))
    damaged = frame[~frame.index.isin(found["assessment"])]["agency"]
    if len(damaged):
        raise CaseError("cases-damaged", [Problem(code, "audit-removed", 1) for code in damaged])
    zones = store.agencies(frame["agency"])["time_zone"]
    until = None
    if as_of is not None:
        until = {key: moment_of(as_of, zones[code]) for key, code in frame["agency"].items()}
        found = as_they_were(found, until)
        begun = frame.index.isin(found["assessment"])
        if agencies is not None and not begun.all():
            late = [Problem(code, "no-assessment-yet", as_of) for code in frame[~begun]["agency"]]
            raise CaseError("cases-missing", late, round=round_)
        frame = frame[begun]
        if frame.empty:
            raise CaseError("round-empty-then", round=round_, found=as_of)
    judged = _judged(found, store.hidden(frame.index))
    if not {*judged["author"], *_present(judged)} <= set(people):
        # Somebody who was registered since, or was erased.
        people = store.people().to_dict("index")
    entries = dict(list(judged.groupby("assessment")))
    previous = previous_of(store, frame, every, rounds, until)
    cases = []
    for key, row in frame.to_dict("index").items():
        own = entries[key]
        # From the entries just read, so that text and digest cannot be of two moments.
        heads = own.sort_values("seq").groupby("writer")["hash"].last()
        # What is internal never enters a case, so no report can let it out.
        own = own[own["visible_to"] != "internal"]
        named = opened(own.sort_values("position")["payload"].iloc[0])["body"]["named"]
        authors = sorted(set(own["author"]) & set(people))
        present = sorted(_present(own) & set(people))
        cases.append(
            Case(
                {
                    "format": FORMAT,
                    "as_of": None if as_of is None else written(as_of, zones[row["agency"]]),
                    "agency": {
                        "code": row["agency"],
                        **{part: named[f"agency_{part}"] for part in ("name", "kind", "province")},
                    },
                    "assessment": {
                        "id": key,
                        "invented": bool(row["invented"]),
                        "store": store.id,
                    },
                    "digest": assessment_digest(heads),
                    "edition": editions[row["edition"]],
                    "entries": own[list(_ENTRY)].to_dict("records"),
                    "people": {
                        **{key: _about(people[key], "name", "office") for key in authors},
                        # The record of a sitting says who was there with their NIP; no other page
                        # has it, so nobody else's is in here.
                        **{key: _about(people[key], "name", "office", "nip") for key in present},
                    },
                    "previous": previous.get(key),
                    "published": [
                        dict(result) for result in registers.published.get(named["agency_name"], ())
                    ],
                    "round": {"code": round_, "year": named["year"], "number": named["number"]},
                }
            )
        )
    return cases


def _judged(entries: pd.DataFrame, hidden: Collection[str]) -> pd.DataFrame:
    """Add which entries count, and which of those are in conflict."""
    counting = process.standing(process.unfold(entries, hidden))
    return entries.assign(
        standing=entries.index.isin(counting.index),
        conflict=entries.index.isin(counting.index[counting["conflict"]]),
    )


def _present(entries: pd.DataFrame) -> set[str]:
    """Return the person ids of those who are on the list of a sitting."""
    stated = entries[entries["standing"] & (entries["kind"] == process.ATTENDANCE)]["payload"]
    bodies = [opened(payload)["body"] for payload in stated]
    return {body["person"] for body in bodies if not body["withdrawn"]}


def _about(person: Mapping[str, Any], *parts: str) -> dict[str, Any]:
    return {part: person[part] for part in parts}


def make_case(store: Store, agency: str, round_: str) -> Case:
    """Make the case of one agency in one round.

    Raises
    ------
    CaseError
        As :func:`make_cases`.
    """
    return make_cases(store, round_, [agency])[0]


def _is_case(data: Any) -> bool:
    """Say whether this has the parts of a case of its format, each of its kind."""
    if not (isinstance(data, dict) and isinstance(data.get("format"), int)):
        return False
    if data["format"] not in _ADDED:
        return False
    parts = _PARTS | _ADDED[data["format"]]
    return (
        set(data) == set(parts)
        and all(isinstance(data[part], kind) for part, kind in parts.items())
        and all(isinstance(e, dict) and set(e) == set(_ENTRY) for e in data["entries"])
    )
