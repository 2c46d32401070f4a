"""What a panel knows of the sitting itself: when it was, who was there, what was agreed.

Asked with ``{do: "sitting", assessment, page, room, act, ...}``; `act` says what is stated on the
way, null nothing: ``when`` (`held_on`, `begins`, `ends`, `place`), ``attend`` (`name`, `nip`,
`office`, `side`, `signs`, `instead_of`), ``leave`` (`person`), ``agree`` (`text`, `side`, `due`),
``accept`` (`text`, `withdrawn`), ``object`` (`thread`, `text`, `withdrawn`). Answered with
``{is: "sitting", act, sitting}``, everything as it is then. The browser asks again while it is not
answered, so what stands already is not stated twice. Its side is ``static/sheet/sitting.js``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from merit_kit import assessment, process
from merit_kit.assessment import Hearing
from merit_kit.panels._desk import Desk
from merit_kit.store import new_id

_WHEN = ("held_on", "begins", "ends", "place")
_WHO = ("name", "nip", "office")


class SittingDesk(Desk):
    """States what a sitting comes to, for one person, and shows it."""

    def answer(self, hearing: Hearing, message: Mapping[str, Any]) -> dict[str, Any]:
        """State what a message says, and return everything as it is then.

        Raises
        ------
        RuleError
            If this person may not state it, or it is not in order.
        """
        act, room = message.get("act"), message.get("room")
        about = hearing.assessment
        if act == "attend":
            self._attend(hearing, message, room)
        elif act == "leave":
            if message["person"] in self._present(hearing, room):
                assessment.leave_out(self._store, about, self._person, message["person"], room)
        elif act is not None:
            kind, body = self._body(hearing, act, message, room)
            self._state(hearing, kind, body, room, message.get("base"))
        hearing.refresh()
        return {"is": "sitting", "act": act, "sitting": self.shown(hearing, room)}

    def shown(self, hearing: Hearing, room: str | None) -> dict[str, Any]:
        """Return what is stated of the sitting in a room, and what this person may state."""
        counting = hearing.counting()
        there = process.sittings(counting)
        stated = there[there["room"].map(str) == str(room)].to_dict("records")
        planned = assessment.sitting_body(self._store, hearing.assessment, room)
        when = stated[0] if stated else planned
        about, books = hearing.assessment, hearing.books
        of_room = books.on(about, process.SITTING, str(room))
        whole = books.on(about, process.AGREED, "None", "None")
        agreed = [said.body for said in whole.values() if said.body["text"].strip()]
        return {
            "name": when["name"],
            "zone": when["zone"],
            "stated": bool(stated),
            **{part: when[part] for part in _WHEN},
            # What two people stated without knowing of each other: all of it, to be made one.
            "when_all": [
                {
                    **{part: said.body[part] for part in _WHEN},
                    "by": self._name_of(said.author),
                    "at": said.stated_at,
                }
                for said in of_room.values()
            ],
            "when_base": sorted(of_room),
            "agreed_base": sorted(whole),
            "agreed_all": [
                {
                    "text": said.body["text"],
                    "by": self._name_of(said.author),
                    "at": said.stated_at,
                }
                for said in whole.values()
                if said.body["text"].strip()
            ],
            "of": process.record_digest(counting),
            "attendance": list(self._present(hearing, room).values()),
            "agreed": {part: agreed[0][part] for part in ("text", "side", "due")}
            if agreed
            else None,
            "acceptances": [
                {
                    "by": self._name_of(row.author),
                    "at": row.stated_at,
                    "text": row.text,
                    "current": bool(row.current),
                }
                for row in process.acceptances(counting).itertuples()
            ],
            "objections": self._objections(hearing),
            "may": self._may(hearing, room),
        }

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
            found.append({**parts, "by": self._name_of(said.author), "at": said.stated_at})
        return sorted(found, key=lambda each: each["at"])

    def _attend(self, hearing: Hearing, message: Mapping[str, Any], room: str | None) -> None:
        given = {part: " ".join(str(message.get(part) or "").split()) for part in _WHO}
        there = self._present(hearing, room)
        wrong = message.get("instead_of") or _without_nip(given, message["side"], there)
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
            # Asked again, they are off the list already.
            instead_of=wrong if wrong in there else None,
        )

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


def _without_nip(
    given: Mapping[str, str], side: str, there: Mapping[str, Mapping[str, Any]]
) -> str | None:
    """Return whom somebody is put down instead of: themselves, as they were without their NIP."""
    alike = (side, given["name"].casefold(), given["office"].casefold())
    for person, each in there.items():
        same = (each["side"], each["name"].casefold(), each["office"].casefold()) == alike
        if given["nip"] and same and not each["nip"]:
            return person
    return None
