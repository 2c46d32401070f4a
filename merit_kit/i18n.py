"""Words for people: sentences by key, numbers and dates, in Indonesian unless told otherwise."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from merit_kit import errors
from merit_kit.errors import Cell, Key, MeritError, Problem
from merit_kit.files import kit_folder, write_whole

LANGUAGES = ("id", "en")
_MOST_ALIKE = 3

# What turns the direction of the words around it (Unicode UAX #9): embeddings, overrides, isolates.
_TURNS = re.compile("[\u202a-\u202e\u2066\u2067]")
_ISOLATES = re.compile("[\u2068\u2069]")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    id: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the text in `lang`."""
        return self.en if lang == "en" else self.id


@dataclass(frozen=True, slots=True)
class Words:
    """One language: call it with a key to get the sentence.

    Examples
    --------
    >>> Words("id")("score.provisional", assessed=20, of=37)
    'sementara (20 dari 37)'
    >>> Words("id").number(254.4)
    '254,4'
    """

    lang: str = "id"

    def __call__(self, key: str, **facts: Any) -> str:
        """Return a sentence; see :func:`say`."""
        return say(key, self.lang, **facts)

    def text(self, text: Text) -> str:
        """Return a text of the instrument in this language."""
        return text.in_(self.lang)

    def number(self, value: Any, decimals: int | None = None, sign: bool = False) -> str:
        """Write a number; see :func:`number`."""
        return number(value, self.lang, decimals, sign)

    def date(self, value: date | str) -> str:
        """Write a date; see :func:`day`."""
        return day(value, self.lang)


def say(key: str, lang: str = "id", **facts: Any) -> str:
    """Return the sentence `key` in `lang`, with `facts` put into it.

    Numbers among the facts are written as the language writes them.

    Raises
    ------
    KeyError
        If the catalogue has no such sentence.
    """
    spoken = {name: _spoken(value, lang) for name, value in facts.items()}
    return catalogue(lang)[key].format_map(spoken)


def visible(text: str) -> str:
    """Show signs that turn the direction of writing, as ``[U+202E]``: unseen, they hide what is.

    A name that ends in ``fdp.exe`` must not read as one that ends in ``exe.pdf``.
    """
    if text.isascii():  # nearly every one
        return text
    shown = _TURNS.sub(_named, text)
    depth = 0
    for sign in _ISOLATES.findall(shown):
        depth += 1 if sign == _ISOLATE else -1
        if depth < 0:
            break
    # In pairs they are ours, or do no more than ours.
    return shown if depth == 0 else _ISOLATES.sub(_named, shown)


def _named(sign: re.Match[str]) -> str:
    return f"[U+{ord(sign[0]):04X}]"


def isolated(text: str) -> str:
    """Return a text as it may stand in a sentence of ours, of which it turns nothing.

    What is written from right to left goes between FSI and PDI (UAX #9), as ``<bdi>`` does.
    """
    shown = visible(text)
    if shown.isascii() or not _RIGHT_TO_LEFT.search(shown):
        return shown
    return f"{_ISOLATE}{shown}{_END_OF_ISOLATE}"


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Return every sentence of a language by its dotted key."""
    if lang not in LANGUAGES:
        raise MeritError("language", found=lang, allowed=", ".join(LANGUAGES))
    path = kit_folder("data") / "locale" / f"{lang}.yaml"
    about = path.stat()
    state = [about.st_mtime_ns, about.st_size]
    # Kept as Python keeps compiled modules, and beside them: `merit --help` waits for this file.
    kept = Path(__file__).parent / "__pycache__" / f"locale.{lang}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(kept.read_text(encoding="utf-8"))
        if found["of"] == state:
            return dict(found["sentences"])
    sentences = _read(path)
    with suppress(OSError):
        write_whole(kept, json.dumps({"of": state, "sentences": sentences}, ensure_ascii=False))
    return sentences


def _read(path: Path) -> dict[str, str]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        return dict(_flat(yaml.load(file, Loader=loader)))  # noqa: S506 a safe loader, in C


def explain(error: MeritError, lang: str = "id") -> str:
    """Say what went wrong: its causes, the error in a sentence, its problems line by line."""
    causes = (explain(cause, lang) for cause in error.causes)
    head = say(f"errors.{error.key}", lang, **error.facts)
    return "\n".join([*causes, head, *(f"  - {line}" for line in _lines(error.problems, lang))])


def _lines(problems: Iterable[Problem], lang: str) -> Iterator[str]:
    """Say each problem; one and the same, met in many places, is said once."""
    # What was found may be anything, also what has no hash.
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        said = (problem.key, repr(problem.found), repr(problem.allowed))
        alike.setdefault(said, []).append(problem)
    for same in alike.values():
        if len(same) <= _MOST_ALIKE:
            yield from (describe(problem, lang) for problem in same)
            continue
        shown = [_place(problem.where, lang) for problem in same[:_MOST_ALIKE]]
        places = say("place.many", lang, shown=", ".join(shown), count=len(same))
        yield describe(replace(same[0], where=places), lang)


def own_language() -> str:
    """Return the language of the interface: ``MERIT_LANG``, Indonesian if that says nothing."""
    wish = os.environ.get("MERIT_LANG", "")
    return wish if wish in LANGUAGES else LANGUAGES[0]


def describe(problem: Problem, lang: str = "id") -> str:
    """Say where a problem is, what was found, and what is allowed."""
    what = say(f"problems.{problem.key}", lang, found=problem.found, allowed=problem.allowed)
    place = _place(problem.where, lang)
    # What was found may hold anything; a terminal would obey some of it.
    return _harmless(f"{place}: {what}" if place else what)


def number(value: Any, lang: str = "id", decimals: int | None = None, sign: bool = False) -> str:
    """Write a number with the decimal mark of the language (comma in Indonesian).

    Parameters
    ----------
    value : int, float or Decimal
    decimals : int, optional
        How many decimals to show, rounded half up; by default as many as it takes, at most six.
    sign : bool
        Whether a positive number carries a plus. A negative one carries a true minus sign.
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(_plain(value)))
    if not exact.is_finite():
        return str(exact)
    places = 6 if decimals is None else decimals
    # Enough digits for any number: one that is refused is written into the refusal.
    context = Context(prec=max(exact.adjusted(), 0) + places + 2)
    exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context)
    text = f"{abs(exact):,f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if lang == "id":
        text = text.translate(str.maketrans(",.", ".,"))
    if exact < 0:
        return f"\N{MINUS SIGN}{text}"
    return f"+{text}" if sign and exact > 0 else text


def day(value: date | str, lang: str = "id") -> str:
    """Write a date (or the date of an ISO time stamp) in full: 22 November 2026."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{when.day} {say(f'months.{when.month}', lang)} {when.year}"


def _harmless(text: str) -> str:
    kept = f"\n{_ISOLATE}{_END_OF_ISOLATE}"  # see `visible`
    return "".join(c if c.isprintable() or c in kept else "\ufffd" for c in text)


def _plain(value: Any) -> Any:
    """Turn a numpy scalar into the Python number it holds, so that its repr is bare digits."""
    return value.item() if hasattr(value, "item") else value


def _spoken(value: Any, lang: str) -> Any:
    value = _plain(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return number(value, lang)
    if isinstance(value, Key):
        return say(value, lang)
    if isinstance(value, Text):
        return value.in_(lang)
    if isinstance(value, date):
        return day(value, lang)
    if isinstance(value, list | tuple):
        return ", ".join(str(_spoken(item, lang)) for item in value)
    return isolated(value) if type(value) is str else value


def _place(where: str | Cell, lang: str) -> str:
    if isinstance(where, Key):
        return say(where, lang)
    if isinstance(where, str):
        return where
    parts = [
        say("place.sheet", lang, sheet=where.sheet) if where.sheet else "",
        say("place.line", lang, line=str(where.line)) if where.line else "",
        say("place.column", lang, column=where.column) if where.column else "",
    ]
    return ", ".join(part for part in parts if part)


def _flat(tree: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            # A folded sentence of the catalogue is one line on the screen.
            yield f"{prefix}{key}", re.sub(r"\s*\n\s*", "\n", str(value)).strip()


# In a notebook a refusal shows as its sentence, not as a traceback.
errors.speak_with(lambda error: explain(error, own_language()))
