"""The order in which agencies are listed."""

from __future__ import annotations

from collections.abc import Iterable

from merit_kit.assessment import Case
from merit_kit.i18n import catalogue

_KINDS = "agency.kinds."


def in_order(cases: Iterable[Case]) -> list[Case]:
    """Return cases by kind of agency, central ones first as the catalogue has them, and name."""
    keys = [key.removeprefix(_KINDS) for key in catalogue("id") if key.startswith(_KINDS)]
    place = {kind: i for i, kind in enumerate(keys)}

    def order(case: Case) -> tuple[int, str, str]:
        agency = case.agency
        kind = place.get(str(agency["kind"]), len(place))
        return kind, str(agency["name"]).casefold(), str(agency["code"])

    return sorted(cases, key=order)
