"""Files that were given here and cannot be looked at: told to whoever gave them, who can mend them.

Whether a file can be shown is known only once its page is made, seconds later for a large one. It
is kept before that, and nobody waits: what is wrong comes with the next view of its sub-aspect.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any

from merit_kit import preview
from merit_kit.i18n import Words

_log = logging.getLogger(__name__)


class Unfit:
    """Looks into files after they are kept, one at a time, on threads of its own.

    Parameters
    ----------
    told : function
        Called from such a thread when something was found.
    """

    def __init__(self, words: Words, told: Callable[[], None]) -> None:
        self._words, self._told = words, told
        self._turn = Lock()
        self._found: dict[tuple[str, str], str] = {}

    def look(self, content: bytes, sha256: str, name: str) -> None:
        """Look into a file soon."""
        asked = (content, sha256, name)
        Thread(target=self._look, args=asked, name="merit-unfit", daemon=True).start()

    def said(self, sha256: str, name: str) -> str:
        """Return what is wrong with a file and the way out; empty if nothing is known to be."""
        return self._found.get((sha256, name), "")

    def mark(self, view: dict[str, Any]) -> dict[str, Any]:
        """Put what is known into the evidence of a view."""
        for item in view["items"].values():
            for each in item["evidence"]:
                each["unfit"] = self.said(each["sha256"], each["name"])
        return view

    def _look(self, content: bytes, sha256: str, name: str) -> None:
        try:
            with self._turn:
                why = preview.unfit(content, name, self._words)
        except Exception:
            # The file is kept, and opening it tells the same.
            _log.exception("a file could not be looked into")
            return
        if why:
            self._found[sha256, name] = why
            self._told()
