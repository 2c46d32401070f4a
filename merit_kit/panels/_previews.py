"""What a panel shows of files: a preview, or the file itself to be kept.

Asked with ``{do: "preview" | "download", assessment, page, ask, file, revision, sha256}``: a file
of evidence by its id, of which `revision` (from 1; null the latest) is wanted; or, with `file`
null, whatever an answer or a finding names by `sha256`. Answered with a buffer::

    {is: "preview", page, ask, file, revision, revisions, name, size, sha256, kind, type, said,
     again}
    {is: "download", page, ask, name, size, said}

`kind`, `type` and `said` are those of :class:`merit_kit.preview.Preview`; the buffer is its content
(none where `kind` is ``none``); `again` says whether asking again may help. Of a download it is the
file; where `said` is not empty, there is none and it says why. `revisions`: ``{number, at, by,
name, size, sha256}``, the first one first. The browser's side is ``static/sheet/viewer.js``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock, Thread, Timer
from typing import Any

from merit_kit import preview, process
from merit_kit.errors import MeritError, RuleError
from merit_kit.i18n import Words, explain
from merit_kit.store import Store

_log = logging.getLogger(__name__)

Answer = tuple[dict[str, Any], list[bytes]]

_ASKED = ("page", "ask")

_WARM_AFTER = 4.0
"""Seconds after which the process that makes pages is started, if nothing was shown before."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a file of evidence: what was given, by whom (person id) and when."""

    number: int
    at: str
    by: str
    name: str
    size: int
    sha256: str


class Previews:
    """Shows files, each request on a thread of its own so that no click waits for a large one.

    Parameters
    ----------
    name_of : function
        From a person id to the name to be shown.
    send : function of (message, buffers)
        Told the answer, from that thread: of a channel that no click goes through (see `Feed`).
    """

    def __init__(
        self,
        store: Store,
        person: str,
        words: Words,
        name_of: Callable[[str], str],
        send: Callable[[dict[str, Any], list[bytes]], None],
    ) -> None:
        self._store, self._person, self._words = store, person, words
        self._name_of, self._send = name_of, send
        self._turn = Lock()
        self._latest: dict[tuple[Any, Any], Any] = {}
        self._running: set[tuple[Any, Any, Any]] = set()
        # Later: it takes a second of a processor that whoever opens the panel waits for.
        timer = Timer(_WARM_AFTER, preview.warm)
        timer.daemon = True
        timer.start()

    def ask(self, message: Mapping[str, Any]) -> None:
        """Answer a request soon. Of several by one page only the last one is answered."""
        key = (message.get("page"), message["do"], message.get("ask"))
        self._latest[key[:2]] = key[2]
        # Asked again because the answer takes long: it must not come twice.
        if key in self._running:
            return
        self._running.add(key)
        Thread(target=self._answer, args=(message, key), name="merit-files", daemon=True).start()

    def _answer(self, message: Mapping[str, Any], key: tuple[Any, Any, Any]) -> None:
        try:
            with self._turn:
                if self._latest[key[:2]] == key[2]:
                    self._send(*self._whatever(message))
        finally:
            self._running.discard(key)

    def _whatever(self, message: Mapping[str, Any]) -> Answer:
        try:
            return self.answer(message)
        except Exception:
            # Nobody would hear of it, and the page would wait for ever.
            _log.exception("the panel could not show a file")
            return _nothing(message, self._words("sheet.fault")), []

    def answer(self, message: Mapping[str, Any]) -> Answer:
        """Return the answer to a request, and its buffers."""
        about = str(message["assessment"])
        asked = (message.get("file"), message.get("revision"), message.get("sha256"))
        try:
            if message["do"] == "download":
                answer, buffers = given(self._store, about, self._person, *asked)
            else:
                answer, buffers = shown(
                    self._store, about, self._person, *asked, self._words, self._name_of
                )
        except MeritError as error:
            return _nothing(message, explain(error, self._words.lang)), []
        return {**{part: message.get(part) for part in _ASKED}, **answer}, buffers


def shown(
    store: Store,
    about: str,
    person: str,
    file: str | None,
    revision: int | None,
    sha256: str | None,
    words: Words,
    name_of: Callable[[str], str],
) -> Answer:
    """Return the preview of a file of an assessment, and its revisions.

    Raises
    ------
    RuleError
        If there is no such file in this assessment, or this person may not see it.
    StoreError
        If it is missing or damaged.
    """
    revisions, wanted = _find(store, about, person, file, revision, sha256)
    made = preview.of(store.get_evidence(wanted.sha256), wanted.name, words)
    answer = {
        "is": "preview",
        "file": file,
        "revision": wanted.number,
        "revisions": [
            {
                **{part: getattr(each, part) for part in ("number", "at", "name", "size")},
                **{"by": name_of(each.by), "sha256": each.sha256},
            }
            for each in revisions
        ],
        **{part: getattr(wanted, part) for part in ("name", "size", "sha256")},
        **{part: getattr(made, part) for part in ("kind", "type", "said")},
        "again": False,
    }
    return answer, [made.content] if made.kind != "none" else []


def given(
    store: Store,
    about: str,
    person: str,
    file: str | None,
    revision: int | None,
    sha256: str | None,
) -> Answer:
    """Return a file of an assessment as it is, to be kept by the reader.

    Raises
    ------
    RuleError, StoreError
        As :func:`shown`.
    """
    _, wanted = _find(store, about, person, file, revision, sha256)
    content = store.get_evidence(wanted.sha256)
    return {"is": "download", "name": wanted.name, "size": len(content), "said": ""}, [content]


def revisions_of(store: Store, about: str, file: str, person: str) -> list[Revision]:
    """Return the states of a file of evidence that this person may see, the first one first.

    What was withdrawn, and what was stated again with the same contents, is no state of its own.
    """
    sees = _sees(store, about, person)
    hidden = store.hidden([about])
    found: list[Revision] = []
    for row in store.entries([about], [process.EVIDENCE]).itertuples():
        body = json.loads(row.payload)["body"]
        if body["file"] != file or row.id in hidden or row.visible_to not in sees:
            continue
        if body["withdrawn"] or (found and found[-1].sha256 == body["sha256"]):
            continue
        parts = (body["name"], body["size"], body["sha256"])
        found.append(Revision(len(found) + 1, row.recorded_at, row.author, *parts))
    return found


def _find(
    store: Store,
    about: str,
    person: str,
    file: str | None,
    revision: int | None,
    sha256: str | None,
) -> tuple[list[Revision], Revision]:
    stored = store.evidence([about])
    stored = stored[stored["visible_to"].isin(_sees(store, about, person))]
    sizes = dict(zip(stored["sha256"], stored["size"], strict=True))
    if file is None:
        one = [Revision(1, "", "", "", int(sizes[sha256]), str(sha256))] if sha256 in sizes else []
        return [], _last(one, lambda each: True)
    revisions = revisions_of(store, about, file, person)
    wanted = _last(
        revisions,
        lambda each: (
            each.sha256 in sizes
            and revision in (None, each.number)
            and sha256 in (None, each.sha256)
        ),
    )
    return revisions, wanted


def _last(revisions: list[Revision], fits: Callable[[Revision], bool]) -> Revision:
    fitting = [each for each in revisions if fits(each)]
    if not fitting:
        # Not said which of the two it is: that something is there may be a secret itself.
        raise RuleError("evidence-not-here")
    return fitting[-1]


def _sees(store: Store, about: str, person: str) -> tuple[str, ...]:
    """Return of whose eyes what this person sees may be: nothing of another agency's."""
    row = store.assessments([about])
    agency = None if row.empty else str(row["agency"].iloc[0])
    held = [(each.role, each.agency) for each in store.roles_of(person)]
    # Whoever belongs to the agency's team sees as the agency does, whatever else they are.
    if (process.AGENCY, agency) in held:
        return ("agency", "public")
    if any(role != process.AGENCY for role, _ in held):
        return ("internal", "agency", "public")
    return ()


def _nothing(message: Mapping[str, Any], why: str) -> dict[str, Any]:
    parts = {part: message.get(part) for part in (*_ASKED, "file", "revision", "sha256")}
    if message["do"] == "download":
        return {"is": "download", **parts, "name": "", "size": 0, "said": why}
    blank = {"revisions": [], "name": "", "size": 0, "kind": "none", "type": "", "again": True}
    return {"is": "preview", **parts, **blank, "said": why}
