"""Make sure that a Chromium is here for the tests that look at a page, or say how to get one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)


def find() -> str | None:
    """Return the browser: ``MERIT_BROWSER``, or one on the path."""
    named = os.environ.get("MERIT_BROWSER")
    if named:
        return named if Path(named).exists() else None
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((place for place in PLACES if Path(place).exists()), None)


def install() -> None:
    """Install Debian's Chromium where that is possible."""
    apt = shutil.which("apt-get")
    if apt is None or os.name != "posix" or os.geteuid() != 0:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", "chromium", "fonts-dejavu-core"]):
        subprocess.run([apt, *arguments], check=False, env=quiet, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    if find() is None:
        install()
    if find() is None:
        sys.exit(
            "The browser tests need Chromium, Chrome or Edge, and none was found.\n"
            "Debian, Ubuntu (as root): apt-get install chromium\n"
            "Elsewhere: install one and name it, e.g. MERIT_BROWSER=/path/to/chrome make test\n"
            "Without a browser: .venv/bin/python -m pytest -m 'not browser'"
        )
