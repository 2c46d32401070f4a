"""Why something may not be stated, said to the person who would state it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from merit_kit.errors import Problem
from merit_kit.i18n import Words, describe


def said_to_them(problems: Iterable[Problem], words: Words) -> str:
    """Say problems in one line, each once; they are at the place already. Empty without any.

    That others arrange the rooms, and by which command, is no way out for whoever reads this.
    """
    said = (
        words("sheet.not_seated")
        if each.key == "not-seated"
        else describe(replace(each, where=""), words.lang)
        for each in problems
    )
    return "; ".join(dict.fromkeys(said))
