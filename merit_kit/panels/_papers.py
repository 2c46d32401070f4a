"""The papers of a sitting, made from the panel: its record, and the clarification report.

Asked with ``{do: "papers", assessment, page, ask}``; told on the feed, for it takes seconds::

    {is: "papers", page, state: "making", done, of}
    {is: "papers", page, state: "made" | "failed", why, papers}

Asked the same again (the line may lose what is told), it is told again and not made again. A paper
is ``{kind, name, type, where, kept, why}``, with its content among the buffers, in their order,
where `why` is empty; `kept` is where a form went that lay in its place and had been filled in. Its
side is ``static/sheet/papers.js``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextvars import copy_context
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from merit_kit.errors import MeritError
from merit_kit.i18n import Words, explain
from merit_kit.store import Store

if TYPE_CHECKING:
    from merit_kit.reports import Letter, Outcome

_log = logging.getLogger(__name__)

PAGE = "text/html"
TABLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_OF = 2
"""What there is to make: the record, and the clarification report."""

_turn = Lock()

# Jupyter keeps an event loop in it, which a thread of its own would leave open behind it each time.
_context = copy_context()


class Papers:
    """Makes the papers of one assessment at a time, on a thread: clicks are answered meanwhile.

    Parameters
    ----------
    send : function of (message, buffers)
        Told what becomes of it, from that thread: of a channel that no click goes through.
    """

    def __init__(
        self,
        store: Store,
        words: Words,
        send: Callable[[dict[str, Any], list[bytes]], None],
    ) -> None:
        self._store, self._words, self._send = store, words, send
        self._asked: tuple[Any, Any] | None = None
        self._told: tuple[dict[str, Any], list[bytes]] | None = None

    def make(self, agency: str, round_: str, message: Mapping[str, Any]) -> bool:
        """Begin, or tell again how far what was asked is; False if others are being made."""
        page = message.get("page")
        asked = (page, message.get("ask"))
        if self._told is not None and asked == self._asked:
            self._send(*self._told)
            return True
        if not _turn.acquire(blocking=False):
            return False
        self._asked = asked
        making = {"is": "papers", "page": page, "state": "making", "done": 0, "of": _OF}
        self._told = (making, [])
        Thread(
            target=self._run, args=(agency, round_, making), name="merit-papers", daemon=True
        ).start()
        return True

    def _run(self, agency: str, round_: str, making: dict[str, Any]) -> None:
        try:
            _context.run(self._make, agency, round_, making)
        finally:
            _turn.release()

    def _make(self, agency: str, round_: str, making: dict[str, Any]) -> None:
        # Only now: it takes half a second, which whoever opens the panel need not wait for.
        from merit_kit import reports

        kinds = (reports.SITTING, reports.CLARIFICATION)
        papers: list[dict[str, Any]] = []
        buffers: list[bytes] = []
        why = ""
        try:
            self._send(making, [])
            folder = self._store.folder / "reports"
            letter = letter_beside(self._store.folder)
            made = reports.sitting_papers(
                self._store, agency, round_, folder, self._words.lang, letter
            )
            for done, (kind, outcome) in enumerate(zip(kinds, made, strict=True), start=1):
                for paper, content in self._of(kind, outcome):
                    papers.append(paper)
                    buffers += [content] if not paper["why"] else []
                self._tell({**making, "done": done}, [])
        except MeritError as error:
            why = explain(error, self._words.lang)
        except Exception:
            # Nobody would hear of it, and the page would wait for ever.
            _log.exception("the papers of a sitting could not be made")
            why = self._words("sheet.fault")
        state = "failed" if why else "made"
        self._tell({**making, "state": state, "why": why, "papers": papers}, buffers)

    def _tell(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self._told = (message, buffers)
        self._send(message, buffers)

    def _of(self, kind: str, outcome: Outcome) -> list[tuple[dict[str, Any], bytes]]:
        if outcome.error is not None:
            why = explain(outcome.error, self._words.lang)
            none = dict.fromkeys(("name", "type", "where", "kept"), "")
            return [({"kind": kind, **none, "why": why}, b"")]
        files = [(outcome.path, PAGE), *([(outcome.table, TABLE)] if outcome.table else [])]
        return [
            (
                {
                    **{"kind": kind, "name": f"{kind}-{path.name}", "type": type_},
                    **{"where": str(path), "why": ""},
                    "kept": str(outcome.kept or "") if path == files[-1][0] else "",
                },
                path.read_bytes(),
            )
            for path, type_ in files
        ]


def letter_beside(folder: Path) -> Letter | None:
    """Return the letter head and signatories of a work folder: ``surat.toml``, if it is there.

    Raises
    ------
    ReportError
        If it cannot be read.
    """
    from merit_kit import reports

    path = folder / "surat.toml"
    return reports.read_letter(path) if path.is_file() else None
