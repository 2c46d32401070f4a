"""Files taken in from a browser in parts, and stated as evidence once.

The browser cuts a file into parts of a mebibyte (a message of ten would close its line) and sends
with each everything there is to know, so that nothing depends on what came before::

    {do: "upload-begin" | "upload" | "upload-stop", assessment, page, room,
     upload, id, sub_aspect, file, base, name, size, sha256, part}

`upload` (32 hexadecimal digits) is the same for the same file at the same place, also after a
reload; `id` is that of the statement. `file` is the evidence it is a new revision of, or null; a
file of the same name at the same sub-aspect is one too. `base`: which statements it replaces, as
the page knows them, or null. `sha256` may be null: it is then worked out here alone. `part` counts
from 0 and its bytes are the buffer. Each is answered::

    {is: "upload", page, upload, part, state, have, why, file}

with the parts that are here (`have`), whatever the question was. `state`: ``open``; ``done``: it is
on the disk and stated; ``same``: it stands already as it is, nothing was stated; ``again``: what
came is not what was sent, nothing is here any more; ``failed``: it could not be kept now, asking
``upload-begin`` again is all that is needed; ``refused``: it never can; ``stopped``. `why` says so
in words. The browser's side is ``static/sheet/upload.js``.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from merit_kit import assessment, preview, process
from merit_kit.assessment import Hearing
from merit_kit.errors import MeritError, RuleError, StoreError
from merit_kit.files import is_file_name
from merit_kit.i18n import Words, explain
from merit_kit.panels._refusals import said_to_them
from merit_kit.store import Statement, Store, new_id

_log = logging.getLogger(__name__)

PART = 1024 * 1024
MOST_OPEN = 8
"""How many files may be half here; then the one that rested longest is forgotten."""

_HEX, _SHA = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")
_NO_FILE = {"evidence-type", "evidence-empty", "evidence-large"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a message says of a file."""

    upload: str
    id: str
    about: str
    room: str | None
    sub_aspect: str
    file: str | None
    base: tuple[str, ...] | None
    name: str
    size: int
    sha256: str | None

    @property
    def parts(self) -> int:
        return -(-self.size // PART)


@dataclass(slots=True)
class _Upload:
    """A file that is coming in. Its bytes lie in a file without a name, gone with this program."""

    size: int
    sha256: str | None
    content: IO[bytes]
    have: set[int] = field(default_factory=set)


class Uploads:
    """Takes in the files of one panel.

    Parameters
    ----------
    kept : mapping of assessment id to Hearing
        Those the panel keeps; one that is missing is put there. Whoever calls holds its lock.
    given : function of (content, sha256, name)
        Told of each file that was stated.
    """

    def __init__(
        self,
        store: Store,
        person: str,
        words: Words,
        kept: MutableMapping[str, Hearing],
        given: Callable[[bytes, str, str], None] = lambda *_: None,
    ) -> None:
        self._store, self._person, self._words, self._kept = store, person, words, kept
        self._given = given
        self._open: dict[str, _Upload] = {}

    def close(self) -> None:
        """Forget every file that is not whole."""
        for upload in list(self._open):
            self._forget(upload)

    def answer(self, message: Mapping[str, Any], buffers: Sequence[Any] = ()) -> dict[str, Any]:
        """Answer a message; every fault is told in the answer."""
        try:
            asked = _asked(message)
            said = self._answer(message, asked, buffers)
        except (KeyError, TypeError, ValueError):
            return {**_said("refused", self._words("sheet.malformed")), **_echoed(message)}
        except MeritError as error:
            said = _said("failed", explain(error, self._words.lang))
        except OSError as error:
            _log.warning("a file could not be taken in: %s", error)
            self._forget(asked.upload)
            said = _said("failed", self._words("upload.disk"))
        held = self._open.get(asked.upload)
        have = sorted(held.have) if held else []
        return {**said, **_echoed(message), "have": have}

    def _answer(
        self, message: Mapping[str, Any], asked: _Asked, buffers: Sequence[Any]
    ) -> dict[str, Any]:
        if message["do"] == "upload-stop":
            self._forget(asked.upload)
            return _said("stopped")
        if message["do"] == "upload" and asked.upload in self._open:
            held = self._open[asked.upload]
        else:
            # Also of a part that comes to a kernel that knows nothing of it.
            settled = self._settled(asked)
            if settled is not None:
                return settled
            held = self._opened(asked)
        if message["do"] == "upload":
            self._put(held, message["part"], buffers)
        if len(held.have) < asked.parts:
            return _said("open")
        return self._finish(asked, held)

    def _settled(self, asked: _Asked) -> dict[str, Any] | None:
        """Say what is known before the first byte: it is here already, or it may not come."""
        why = self._unfit(asked)
        if why:
            return _said("refused", why)
        hearing = self._hearing(asked.about)
        if asked.id in hearing.books.known:
            self._forget(asked.upload)
            return _said("done")
        statement = self._statement(hearing, asked, asked.sha256 or "0" * 64)
        why = _why_not(hearing, statement, self._words)
        if why:
            return _said("refused", why)
        if asked.sha256 and _stands(hearing, statement):
            return _said("same", file=statement.body["file"])
        return None

    def _unfit(self, asked: _Asked) -> str:
        """Say what is wrong with a file by its name and size alone."""
        if not is_file_name(asked.name):
            return self._words("upload.name", found=asked.name[:60])
        error = None
        if asked.size == 0:
            error = StoreError("evidence-empty")
        if asked.size > preview.MOST_BYTES:
            found = -(-asked.size * 10 // 1024**2) / 10
            error = StoreError("evidence-large", found=found, allowed=preview.MOST_BYTES // 1024**2)
        return explain(error, self._words.lang) if error else ""

    def _opened(self, asked: _Asked) -> _Upload:
        held = self._open.pop(asked.upload, None)
        if held and (held.size, held.sha256) != (asked.size, asked.sha256):
            held.content.close()
            held = None
        if held is None:
            content = tempfile.TemporaryFile()  # noqa: SIM115 closed when it is forgotten
            held = _Upload(asked.size, asked.sha256, content)
        self._open[asked.upload] = held  # the last one
        while len(self._open) > MOST_OPEN:
            self._forget(next(iter(self._open)))
        return held

    def _put(self, held: _Upload, part: Any, buffers: Sequence[Any]) -> None:
        """Keep a part, in whatever order they come; one that is not what it should be is not."""
        size = min(PART, held.size - part * PART) if isinstance(part, int) and part >= 0 else 0
        if len(buffers) != 1 or size <= 0 or memoryview(buffers[0]).nbytes != size:
            return
        held.content.seek(part * PART)
        held.content.write(buffers[0])
        held.have.add(part)

    def _finish(self, asked: _Asked, held: _Upload) -> dict[str, Any]:
        held.content.seek(0)
        content = held.content.read()
        sha256 = hashlib.sha256(content).hexdigest()
        if len(content) != asked.size or sha256 != (asked.sha256 or sha256):
            self._forget(asked.upload)
            return _said("again", self._words("upload.torn"))
        try:
            state, file = self._state(asked, content, sha256)
        except StoreError as error:
            if error.key not in _NO_FILE:
                raise
            said = _said("refused", explain(error, self._words.lang))
        except RuleError as error:
            said = _said("refused", explain(error, self._words.lang))
        else:
            said = _said(state, file=file)
            self._given(content, sha256, asked.name)
        self._forget(asked.upload)
        return said

    def _state(self, asked: _Asked, content: bytes, sha256: str) -> tuple[str, str]:
        """Keep a file, then state it in one transaction: nobody states the same one meanwhile.

        Where it is refused in that transaction, its bytes stay behind without a statement: as
        things were just before, it was to be let in.
        """
        hearing = self._hearing(asked.about)
        statement = self._statement(hearing, asked, sha256)
        if not _why_not(hearing, statement, self._words):
            # Not in that transaction: every room would wait until 25 MB are on the disk.
            self._store.put_evidence(content, asked.about)
        with self._store.together(asked.about):
            hearing = self._hearing(asked.about)
            statement = self._statement(hearing, asked, sha256)
            file = str(statement.body["file"])
            if asked.id in hearing.books.known:
                return "done", file
            if _stands(hearing, statement):
                return "same", file
            assessment.record(self._store, [statement], self._person, self._kept)
        return "done", file

    def _statement(self, hearing: Hearing, asked: _Asked, sha256: str) -> Statement:
        own = hearing.agency in hearing.speaker(self._person).agencies
        side = process.AGENCY if own else process.EVALUATOR
        before = _before(hearing, asked, side)
        body = {
            "sub_aspect": before.body["sub_aspect"] if before else asked.sub_aspect,
            "file": before.body["file"] if before else asked.file or new_id(),
            "name": asked.name,
            "sha256": sha256,
            "size": asked.size,
            "side": side,
            "withdrawn": False,
        }
        statement = Statement(
            asked.about,
            process.EVIDENCE,
            self._person,
            assessment.now(),
            body,
            room=asked.room,
            id=asked.id,
        )
        base = hearing.standing_ids(statement) if asked.base is None else asked.base
        return Statement(**{**_parts(statement), "base": base})

    def _hearing(self, about: str) -> Hearing:
        if about in self._kept:
            self._kept[about].refresh()
        else:
            self._kept[about] = Hearing(self._store, about)
        return self._kept[about]

    def _forget(self, upload: str) -> None:
        held = self._open.pop(upload, None)
        if held is not None:
            held.content.close()


def may_give(hearing: Hearing, person: str, room: str | None, words: Words) -> str:
    """Say why a person may not give evidence here, now; empty if they may."""
    own = hearing.agency in hearing.speaker(person).agencies
    body = {
        "sub_aspect": hearing.instrument.codes[0],
        "file": new_id(),
        "name": "-",
        "sha256": "0" * 64,
        "size": 1,
        "side": process.AGENCY if own else process.EVALUATOR,
        "withdrawn": False,
    }
    statement = Statement(
        hearing.assessment, process.EVIDENCE, person, assessment.now(), body, room=room
    )
    return _why_not(hearing, statement, words)


def _why_not(hearing: Hearing, statement: Statement, words: Words) -> str:
    """Say why evidence could not be stated, were its file here; empty if it could."""
    problems = hearing.would_be(statement, statement.author)
    return said_to_them((each for each in problems if each.key != "evidence-not-stored"), words)


def _before(hearing: Hearing, asked: _Asked, side: str) -> process.Stated | None:
    """Return what stands of the file this is a revision of: the one named, or one of its name."""
    for said in hearing.books.of_kind(process.EVIDENCE):
        body = said.body
        if asked.file is not None and body["file"] == asked.file:
            return said
        place = (body["sub_aspect"], body["name"], body["side"])
        if asked.file is None and place == (asked.sub_aspect, asked.name, side):
            return said
    return None


def _stands(hearing: Hearing, statement: Statement) -> bool:
    """Say whether the same contents stand under the same name already."""
    there = hearing.books.on(hearing.assessment, process.EVIDENCE, statement.body["file"])
    return any(said.body == statement.body for said in there.values())


def _parts(statement: Statement) -> dict[str, Any]:
    names = ("assessment", "kind", "author", "stated_at", "body", "visible_to", "room", "id")
    return {name: getattr(statement, name) for name in names}


def _asked(message: Mapping[str, Any]) -> _Asked:
    """Read a message.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is not of our browser's making.
    """
    base = message["base"]
    asked = _Asked(
        about=str(message["assessment"]),
        room=message["room"],
        base=None if base is None else tuple(map(str, base)),
        **{part: message[part] for part in ("upload", "id", "sub_aspect", "file")},
        **{part: message[part] for part in ("name", "size", "sha256")},
    )
    fits = (
        _HEX.fullmatch(asked.upload),
        _HEX.fullmatch(asked.id),
        asked.file is None or _HEX.fullmatch(asked.file),
        asked.sha256 is None or _SHA.fullmatch(asked.sha256),
        isinstance(asked.name, str) and isinstance(asked.sub_aspect, str),
        type(asked.size) is int and asked.size >= 0,
    )
    if not all(fits):
        raise ValueError("not of the form of an upload")
    return asked


def _echoed(message: Mapping[str, Any]) -> dict[str, Any]:
    return {name: message.get(name) for name in ("page", "upload", "part")}


def _said(state: str, why: str = "", file: str | None = None) -> dict[str, Any]:
    return {"is": "upload", "state": state, "have": [], "why": why, "file": file}
