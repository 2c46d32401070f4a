"""One way to write a value down, and one way to take its digest.

Digests are only worth something if the same value always gives the same bytes. Numbers with a
fraction have no single spelling, so they are refused: write them as text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

LARGEST = 2**53 - 1


def canonical(value: Any) -> str:
    """Write `value` as JSON: keys sorted, no spaces, no escapes beyond what JSON demands.

    Raises
    ------
    TypeError
        If anything in it is not text, a whole number, true, false, null, a list or a mapping
        with text keys.
    """
    if not _is_exact(value):
        _refuse_inexact(value, "$")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def together(parts: Mapping[str, str]) -> str:
    """Return the canonical text of a mapping, from those of its values."""
    return "{" + ",".join(f"{canonical(key)}:{parts[key]}" for key in sorted(parts)) + "}"


def digest(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8, as 64 hexadecimal digits."""
    # A lone surrogate can come in from a browser; it has no UTF-8 and still needs a digest.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def in_groups(digest: str) -> str:
    """Return the first 16 digits of a digest in groups of four, to be read out and compared."""
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


def _is_exact(value: Any) -> bool:
    """Say soon that all is well. False says nothing yet: there are texts of other types."""
    if value is None or value is True or value is False:
        return True
    kind = type(value)
    if kind is str:
        return True
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is dict:
        return all(type(key) is str for key in value) and all(map(_is_exact, value.values()))
    return (kind is list or kind is tuple) and all(map(_is_exact, value))


def _refuse_inexact(value: Any, where: str) -> None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        raise TypeError(f"{where}: {value} is beyond what a browser counts exactly")
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, list | tuple):
        for i, item in enumerate(value):
            _refuse_inexact(item, f"{where}[{i}]")
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{where}: the key {key!r} is not text")
            _refuse_inexact(item, f"{where}.{key}")
        return
    raise TypeError(f"{where}: {type(value).__name__} has no canonical form")
