"""A day as minutes of meetings write it, in words: no figure in it can be changed by a stroke."""

from __future__ import annotations

from datetime import date

from merit_kit.i18n import Words

_SMALL = (
    *("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    *("sepuluh", "sebelas"),
)


def day_spelled(day: str, words: Words) -> str:
    """Write an ISO day with its weekday: ``Selasa, tanggal lima belas bulan September ...``.

    English has no such custom, and gets the day in figures.
    """
    when = date.fromisoformat(day)
    said = [str(when.day), str(when.year)]
    if words.lang == "id":
        said = [spelled(when.day), spelled(when.year)]
    return words(
        "report.sitting.day",
        weekday=words(f"weekdays.{when.isoweekday()}"),
        day=said[0],
        month=words(f"months.{when.month}"),
        year=said[1],
        figures=f"{when:%d-%m-%Y}",
    )


def spelled(number: int) -> str:
    """Write a whole number from 0 to 9999 in Indonesian: 2026 is ``dua ribu dua puluh enam``."""
    if number < len(_SMALL):
        return _SMALL[number]
    if number < 20:
        return f"{_SMALL[number - 10]} belas"
    for unit, name, one in ((1000, "ribu", "seribu"), (100, "ratus", "seratus"), (10, "puluh", "")):
        if number >= unit:
            many, rest = divmod(number, unit)
            head = one if many == 1 else f"{spelled(many)} {name}"
            return f"{head} {spelled(rest)}" if rest else head
    raise AssertionError(number)
