"""The order in which agencies are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from merit_kit.i18n import catalogue

_KINDS = "agency.kinds."


def agencies_in_order(agencies: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what is known of agencies (``kind, name, code`` and whatever else) in order.

    By kind, central ones first as the catalogue has them, and name.
    """
    return sorted(agencies, key=_placing())


def _placing() -> Callable[[Mapping[str, Any]], tuple[int, str, str]]:
    keys = [key.removeprefix(_KINDS) for key in catalogue("id") if key.startswith(_KINDS)]
    place = {kind: i for i, kind in enumerate(keys)}

    def order(agency: Mapping[str, Any]) -> tuple[int, str, str]:
        kind = place.get(str(agency["kind"]), len(place))
        return kind, str(agency["name"]).casefold(), str(agency["code"])

    return order
