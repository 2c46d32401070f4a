"""The order in which agencies are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from merit_kit.assessment import Case
from merit_kit.i18n import catalogue

_KINDS = "agency.kinds."


def in_order(cases: Iterable[Case]) -> list[Case]:
    """Return cases by kind of agency, central ones first as the catalogue has them, and name."""
    place = _placing()
    return sorted(cases, key=lambda case: place(case.agency))


def agencies_in_order(agencies: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what is known of agencies (``kind, name, code`` and whatever else) in that order."""
    return sorted(agencies, key=_placing())


def _placing() -> Callable[[Mapping[str, Any]], tuple[int, str, str]]:
    keys = [key.removeprefix(_KINDS) for key in catalogue("id") if key.startswith(_KINDS)]
    place = {kind: i for i, kind in enumerate(keys)}

    def order(agency: Mapping[str, Any]) -> tuple[int, str, str]:
        kind = place.get(str(agency["kind"]), len(place))
        return kind, str(agency["name"]).casefold(), str(agency["code"])

    return order
