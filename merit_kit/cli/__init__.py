"""The command line: parses, calls, says. Whatever is decided is decided below."""

from __future__ import annotations

import os
import sys

from merit_kit.cli import _app


def main() -> None:
    """Run ``merit``, in the language of ``--lang`` before the command or of ``MERIT_LANG``."""
    arguments = sys.argv[1:]
    lang = _app.language_of(arguments) or os.environ.get("MERIT_LANG") or "id"
    # A Windows console may speak a code page without arrows or dashes; a lost character is
    # better than a lost report.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(_app.run(arguments, lang))
