"""An assessment as it was: what had been recorded up to a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone

import pandas as pd

from merit_kit.assessment._hearing import _HOURS_AHEAD, _LATEST
from merit_kit.errors import CaseError


def moment_of(as_of: str, time_zone: str | None, now: datetime | None = None) -> datetime:
    """Return the last moment that still counts.

    Parameters
    ----------
    as_of : str
        An ISO day, of which all counts, or an ISO time. Without an offset it is the time of
        `time_zone`.
    time_zone : str, optional
        WIB, WITA or WIT; where it is not known, WIB.

    Raises
    ------
    CaseError
        If it is neither, or has not begun yet.
    """
    zone = _zone(time_zone)
    try:
        begins = datetime.combine(date.fromisoformat(as_of), time.min, zone)
        ends = begins + timedelta(days=1) - timedelta(microseconds=1)
    except ValueError:
        begins = ends = _of_time(as_of, zone)
    if begins > (now or datetime.now(UTC)):
        raise CaseError("as-of-future", found=as_of)
    return ends


def as_they_were(entries: pd.DataFrame, until: Mapping[str, datetime]) -> pd.DataFrame:
    """Return what had been recorded up to the moment of each assessment.

    That is everything before the first entry recorded later, so that the digest of what is
    returned is one that was noted. Of transactions that waited for each other the later one may
    carry the earlier time.

    Parameters
    ----------
    entries : DataFrame
        By assessment and position, as the store gives them.
    until : mapping of assessment id to moment
    """
    rows = zip(entries["assessment"], entries["recorded_at"], strict=True)
    late = [datetime.fromisoformat(recorded) > until[key] for key, recorded in rows]
    flagged = pd.Series(late, index=entries.index, dtype=bool)
    return entries[~flagged.groupby(entries["assessment"]).cummax().astype(bool)]


def written(as_of: str, time_zone: str | None) -> str:
    """Write the moment as pages show it: the day as it is, a time with its offset."""
    try:
        return date.fromisoformat(as_of).isoformat()
    except ValueError:
        return _of_time(as_of, _zone(time_zone)).isoformat(timespec="seconds")


def _zone(time_zone: str | None) -> timezone:
    return timezone(timedelta(hours=_HOURS_AHEAD[time_zone or _LATEST]))


def _of_time(as_of: str, zone: timezone) -> datetime:
    try:
        said = datetime.fromisoformat(as_of)
    except ValueError as error:
        raise CaseError("as-of-form", found=as_of) from error
    return said if said.tzinfo else said.replace(tzinfo=zone)
