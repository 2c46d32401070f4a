"""The editions at hand: those the kit ships, and a user's own files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from merit_kit.errors import InstrumentError, Problem
from merit_kit.files import kit_folder
from merit_kit.instrument._check import check
from merit_kit.instrument._model import Instrument
from merit_kit.instrument._yaml import read_with_lines

DEFAULT = "kasn-2019"
MOST_BYTES = 5_000_000


def editions() -> list[str]:
    """Return the ids of the editions the kit ships."""
    return sorted(path.stem for path in _shipped().glob("*.yaml"))


def load(edition: str = DEFAULT) -> Instrument:
    """Return a shipped edition by its id.

    Raises
    ------
    InstrumentError
        If there is none of that id, or its file has faults (all of them named).
    """
    if edition not in editions():
        raise InstrumentError("edition-unknown", found=edition, allowed=", ".join(editions()))
    return _load(_shipped() / f"{edition}.yaml")


def named(text: str) -> Instrument:
    """Return a shipped edition by its id, or a user's own by the path of its YAML file.

    Raises
    ------
    InstrumentError
        As :func:`load` and :func:`read_edition`.
    """
    return read_edition(Path(text)) if text.endswith((".yaml", ".yml")) else load(text)


def read_edition(path: Path) -> Instrument:
    """Read and check an edition's YAML file.

    Raises
    ------
    InstrumentError
        If it cannot be read, or with all its faults, each with its path and line.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InstrumentError(
                "table-too-large", path=path.name, found=path.stat().st_size, allowed=MOST_BYTES
            )
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InstrumentError("file-missing", path=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        fault = Problem(str(path), "file-unreadable", str(error))
        raise InstrumentError("instrument-unreadable", [fault]) from error
    data, lines, problems = read_with_lines(text)
    return check(data, lines, problems)


def from_data(data: Mapping[str, Any] | str) -> Instrument:
    """Return the instrument that a store or a case carries as canonical JSON."""
    return _from_json(data) if isinstance(data, str) else check(dict(data), {}, [])


@lru_cache(maxsize=8)
def _load(path: Path) -> Instrument:
    return read_edition(path)


@lru_cache(maxsize=8)
def _from_json(text: str) -> Instrument:
    return check(json.loads(text), {}, [])


def _shipped() -> Path:
    return kit_folder("data") / "instruments"
