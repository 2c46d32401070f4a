"""What a panel knows of the sitting itself: when it was, who was there, what was agreed.

Asked with ``{do: "sitting", assessment, page, room, ask, act, ...}``; `act` says what is stated on
the way, null nothing: ``when`` (`base`, `held_on`, `begins`, `ends`, `place`), ``attend`` (`name`,
`nip`, `office`, `side`, `signs`, `instead_of`), ``leave`` (`person`), ``agree`` (`base`, `text`,
`side`, `due`), ``accept`` (`of`, `text`, `withdrawn`), ``object`` (`thread`, `text`, `withdrawn`).
Answered with ``{is: "sitting", act, sitting, note}``, everything as it is then. The browser asks
again while it is not answered, under the same `ask`. Its side is ``static/sheet/sitting.js``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from merit_kit import assessment, process
from merit_kit.assessment import Hearing
from merit_kit.panels._desk import Desk
from merit_kit.store import new_id

_WHEN = ("held_on", "begins", "ends", "place")
_WHO = ("name", "nip", "office")


class SittingDesk(Desk):
    """States what a sitting comes to, for one person, and shows it."""

    def _do(self, hearing: Hearing, message: Mapping[str, Any], ask: str) -> str:
        act, room = message["act"], message.get("room")
        about = hearing.assessment
        if act == "attend":
            return self._attend(hearing, message, room, ask)
        if act != "leave":
            kind, body = self._body(hearing, act, message, room)
            said = self._said(hearing, kind, body, room, ask)
            self._state(hearing, said, message.get("base"))
        elif message["person"] in self._present(hearing, room):
            who = message["person"]
            assessment.leave_out(self._store, about, self._person, who, room, ask)
        return ""

    def _shown(self, hearing: Hearing, message: Mapping[str, Any]) -> dict[str, Any]:
        sitting = self._sitting(hearing, message.get("room"))
        return {"is": "sitting", "act": message.get("act"), "sitting": sitting}

    def _sitting(self, hearing: Hearing, room: str | None) -> dict[str, Any]:
        """Return what is stated of the sitting in a room, and what this person may state."""
        counting = hearing.counting()
        there = process.sittings(counting)
        stated = there[there["room"].map(str) == str(room)].to_dict("records")
        planned = assessment.sitting_body(self._store, hearing.assessment, room)
        when = stated[0] if stated else planned
        return {
            "name": when["name"],
            "zone": when["zone"],
            "stated": bool(stated),
            **{part: when[part] for part in _WHEN},
            **self._when_all(hearing, room),
            **self._agreed(hearing),
            "of": process.record_digest(counting),
            "attendance": list(self._present(hearing, room).values()),
            "acceptances": self._acceptances(counting),
            "objections": self._objections(hearing),
            "may": self._may(hearing, room),
        }

    def _when_all(self, hearing: Hearing, room: str | None) -> dict[str, Any]:
        """Return when it was by all who stated it; several did not know of each other."""
        there = hearing.books.on(hearing.assessment, process.SITTING, str(room))
        told = [
            {**{part: said.body[part] for part in _WHEN}, **self._by(said)}
            for said in there.values()
        ]
        return {"when_all": told, "when_base": sorted(there)}

    def _agreed(self, hearing: Hearing) -> dict[str, Any]:
        """Return what was agreed, as one of those who stated it says, and as each does."""
        there = hearing.books.on(hearing.assessment, process.AGREED, "None", "None")
        written = [said for said in there.values() if said.body["text"].strip()]
        parts = [{part: said.body[part] for part in ("text", "side", "due")} for said in written]
        return {
            "agreed": parts[0] if parts else None,
            "agreed_all": [
                {**part, **self._by(said)} for part, said in zip(parts, written, strict=True)
            ],
            "agreed_base": sorted(there),
        }

    def _acceptances(self, counting: pd.DataFrame) -> list[dict[str, Any]]:
        return [
            {
                "by": self._name_of(row.author),
                "at": row.stated_at,
                "text": row.text,
                "current": bool(row.current),
            }
            for row in process.acceptances(counting).itertuples()
        ]

    def _by(self, said: process.Stated) -> dict[str, str]:
        return {"by": self._name_of(said.author), "at": said.stated_at}

    def _present(self, hearing: Hearing, room: str | None) -> dict[str, dict[str, Any]]:
        """Return who is on the list of a room, by person id."""
        on_list = process.attendance(hearing.counting())
        here = on_list[on_list["room"].map(str) == str(room)]
        people = self._store.people(list(here["person"])).to_dict("index")
        present = {}
        for row in here.itertuples():
            known = people.get(row.person, {})
            who = {part: known.get(part) or "" for part in _WHO}
            present[str(row.person)] = {
                "person": row.person,
                **{**who, "name": who["name"] or self._words("report.sitting.erased")},
                "side": row.side,
                "signs": bool(row.signs),
            }
        return present

    def _objections(self, hearing: Hearing) -> list[dict[str, Any]]:
        books, about = hearing.books, hearing.assessment
        found = []
        for said in books.of_kind(process.OBJECTION):
            if said.assessment != about or said.body["withdrawn"]:
                continue
            parts = {part: said.body[part] for part in ("thread", "sub_aspect", "text")}
            found.append({**parts, **self._by(said)})
        return sorted(found, key=lambda each: each["at"])

    def _attend(
        self, hearing: Hearing, message: Mapping[str, Any], room: str | None, ask: str
    ) -> str:
        """Put somebody on the list, and say who was taken off it for that."""
        given = {part: " ".join(str(message.get(part) or "").split()) for part in _WHO}
        there = self._present(hearing, room)
        same_side = [each["person"] for each in there.values() if each["side"] == message["side"]]
        without = None
        if given["nip"]:
            who = (given["name"], given["office"] or None)
            without = assessment.without_nip(self._store, *who, among=same_side)
        wrong = message.get("instead_of") or without
        assessment.attend(
            self._store,
            hearing.assessment,
            self._person,
            given["name"],
            message["side"],
            nip=given["nip"] or None,
            office=given["office"] or None,
            signs=bool(message["signs"]),
            room=room,
            # Somebody else may have taken them off.
            instead_of=wrong if wrong in there else None,
            id=ask,
        )
        if without is None or wrong != without:
            return ""
        return self._words("sheet.replaced", name=there[without]["name"], nip=given["nip"])

    def _body(
        self, hearing: Hearing, act: str, message: Mapping[str, Any], room: str | None
    ) -> tuple[str, dict[str, Any]]:
        text = str(message.get("text") or "").strip()
        withdrawn = bool(message.get("withdrawn"))
        match act:
            case "when":
                held_on, begins, ends, place = (message.get(part) or None for part in _WHEN)
                body = assessment.sitting_body(
                    self._store,
                    hearing.assessment,
                    room,
                    held_on=held_on,
                    begins=begins,
                    ends=ends,
                    place=place or "",
                )
                return process.SITTING, body
            case "agree":
                side, due = message["side"], message.get("due") or None
                return process.AGREED, assessment.agreed_body(None, text, None, due, side)
            case "accept":
                body = assessment.acceptance_body(hearing.counting(), text, withdrawn=withdrawn)
                return process.ACCEPTANCE, {**body, "of": str(message["of"])}
            case "object":
                thread = str(message["thread"])
                return process.OBJECTION, {
                    **{"thread": thread, "sub_aspect": None},
                    **{"text": text, "withdrawn": withdrawn},
                }
        raise ValueError(f"no such act: {act}")

    def _may(self, hearing: Hearing, room: str | None) -> dict[str, str]:
        """Say for each act why this person may not; empty where they may."""
        own = hearing.agency in hearing.speaker(self._person).agencies
        side = process.AGENCY if own else process.EVALUATOR
        samples = {
            "when": (
                process.SITTING,
                assessment.sitting_body(self._store, hearing.assessment, room),
            ),
            "attend": (process.ATTENDANCE, assessment.attendance_body(self._person, side)),
            "agree": (process.AGREED, assessment.agreed_body(None, "")),
            "accept": (process.ACCEPTANCE, assessment.acceptance_body(hearing.counting())),
            "object": (
                process.OBJECTION,
                {"thread": new_id(), "sub_aspect": None, "text": ".", "withdrawn": False},
            ),
        }
        return {
            act: self._why_not(hearing, kind, body, room) for act, (kind, body) in samples.items()
        }
