"""What the form of an instrument asks for: each cell, and where in an edition's data it belongs.

One table, read by what writes the form and by what reads it back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from merit_kit.i18n import LANGUAGES, Words, catalogue
from merit_kit.instrument import COMPONENT_KINDS, CONFIDENCES, STATUSES

TEXT, ENGLISH, LINES, ENGLISH_LINES = "text", "english", "lines", "english lines"
NUMBER, TYPED, WHOLE, FLAG, CHOICE, SOURCE = (
    *("number", "typed", "whole", "flag"),
    *("choice", "source"),
)

CHOICES: Mapping[str, tuple[str, ...]] = {
    "status": STATUSES,
    "confidence": CONFIDENCES,
    "on": ("score", "index"),
    "inclusive": ("lower", "upper"),
    "kind": COMPONENT_KINDS,
    "flag": ("yes", "no"),
}
LEVELS_OFFERED = range(6)
"""The levels a form has columns for where the scale is not known yet."""
MOST_LEVELS = 10

_NUMERALS = re.compile(r"\d{1,15}")
_DECIMAL_COMMA = re.compile(r"(\d+),(\d+)")
_BULLET = re.compile(r"^[\N{BULLET}*-]\s+")


@dataclass(frozen=True, slots=True)
class Field:
    """A cell: its heading, its path in the data, and what is read out of it.

    ``kind``: a text; its English twin; texts, one a line, and their twins; a number (whole ones as
    such); a number as it is typed; a whole number; yes or no; a choice, of the set `of`; the key
    of a source. `needed`: the column has to be there.
    """

    key: str
    path: tuple[str, ...]
    kind: str = TEXT
    of: str = ""
    needed: bool = True
    level: int | None = None

    def heading(self, lang: str) -> str:
        """Return the heading in a language."""
        return Words(lang)(f"instrument_form.columns.{self.key}", level=str(self.level))


def _texts(key: str, *path: str) -> tuple[Field, Field]:
    there = (*path, key)
    return (
        Field(key, (*there, "id")),
        Field(f"{key}_en", (*there, "en"), ENGLISH, needed=False),
    )


def _sources(*parts: str, optional: tuple[str, ...] = ()) -> tuple[Field, ...]:
    return tuple(
        Field(f"source_{part}", ("sources", part), SOURCE, needed=part not in optional)
        for part in parts
    )


SOURCES: tuple[Field, ...] = (
    Field("key", ("key",)),
    *_texts("title"),
    Field("address", ("address",), needed=False),
    Field("confidence", ("confidence",), CHOICE, "confidence"),
)
CATEGORIES: tuple[Field, ...] = (
    Field("code", ("code",)),
    *_texts("name"),
    Field("from", ("from",), NUMBER),
    Field("to", ("to",), NUMBER),
    Field("valid_years", ("valid_years",), WHOLE, needed=False),
    *_texts("consequence"),
    *_sources("bounds", "name", "consequence"),
)
ASPECTS: tuple[Field, ...] = (
    Field("number", ("number",), WHOLE),
    *_texts("name"),
    *_texts("description"),
    Field("maximum", ("maximum",), TYPED),
    Field("share", ("share",), NUMBER, needed=False),
    Field("partial", ("partial",), FLAG, "flag", needed=False),
    *_sources("name", "description", "maximum", "share", optional=("share",)),
)
COMPONENTS: tuple[Field, ...] = (
    Field("code", ("code",)),
    *_texts("name"),
    Field("kind", ("kind",), CHOICE, "kind"),
    Field("share", ("share",), NUMBER),
    Field("most", ("most",), NUMBER),
    Field("source", ("source",), SOURCE),
)
IDENTITY: Mapping[str, tuple[Field, ...]] = {
    "id": (Field("value", ("id",)),),
    "status": (Field("value", ("status",), CHOICE, "status"),),
    "title": (Field("value", ("title", "id")), Field("english", ("title", "en"), ENGLISH)),
    "issuer": (Field("value", ("issuer",)),),
    "legal_basis": (Field("value", ("legal_basis",)),),
    "valid_from": (
        Field("value", ("valid", "from")),
        Field("source", ("valid", "source"), SOURCE),
    ),
    "valid_to": (Field("value", ("valid", "to")),),
    "lowest": (
        Field("value", ("scale", "lowest"), WHOLE),
        Field("source", ("scale", "sources", "levels"), SOURCE),
    ),
    "highest": (Field("value", ("scale", "highest"), WHOLE),),
    "unproven": (
        Field("value", ("scale", "unproven", "id")),
        Field("english", ("scale", "unproven", "en"), ENGLISH),
        Field("source", ("scale", "sources", "unproven"), SOURCE),
    ),
    "maximum": (
        Field("value", ("maximum", "value"), NUMBER),
        Field("source", ("maximum", "source"), SOURCE),
    ),
    "divisor": (
        Field("value", ("index", "divisor"), NUMBER),
        Field("source", ("index", "source"), SOURCE),
    ),
    "decimals": (Field("value", ("index", "decimals"), WHOLE),),
    "bands_on": (
        Field("value", ("categories", "on"), CHOICE, "on"),
        Field("source", ("categories", "source"), SOURCE),
    ),
    "inclusive": (Field("value", ("categories", "inclusive"), CHOICE, "inclusive"),),
    "correction": (
        Field("value", ("correction", "name", "id")),
        Field("english", ("correction", "name", "en"), ENGLISH),
        Field("source", ("correction", "source"), SOURCE),
    ),
    "correction_description": (
        Field("value", ("correction", "description", "id")),
        Field("english", ("correction", "description", "en"), ENGLISH),
    ),
    "correction_most": (Field("value", ("correction", "most"), NUMBER),),
}
IDENTITY_COLUMNS = ("item", "value", "english", "source", "help")


def sub_aspect_fields(levels: range) -> tuple[Field, ...]:
    """Return the columns of sub-aspects, with those for the texts of these levels."""
    of_levels: list[Field] = []
    for n in levels:
        path = ("levels", str(n))
        of_levels.append(Field("level", (*path, "id"), needed=False, level=n))
        of_levels.append(Field("level_en", (*path, "en"), ENGLISH, needed=False, level=n))
    efforts = (Field("effort", ("effort", str(n)), TYPED, needed=False, level=n) for n in levels)
    return (
        Field("number", ("number",)),
        *_texts("name"),
        Field("weight", ("weight",), TYPED),
        *of_levels,
        Field("evidence", ("evidence",), LINES),
        Field("evidence_en", ("evidence",), ENGLISH_LINES, needed=False),
        *_sources("name", "weight", "levels", "evidence"),
        # What a step to level 0 takes nobody is asked: it is where everything begins.
        *(field for field in efforts if field.level != 0),
        *_sources("effort", optional=("effort",)),
    )


def bare(text: str) -> str:
    """Return a heading or a choice without what people change in it: case, blanks, hyphens."""
    return re.sub(r"[\s_-]", "", text).casefold()


def column_named(fields: tuple[Field, ...], heading: str) -> Field | None:
    """Return the field with this heading, in any language."""
    wanted = bare(heading)
    for field in fields:
        if wanted in {bare(field.heading(lang)) for lang in LANGUAGES}:
            return field
    return None


def word(choices: str, code: str, lang: str) -> str:
    """Return the word for one of the choices."""
    key = f"instrument_form.choices.{choices}.{code}"
    return catalogue(lang).get(key, code)


def code_of(choices: str, text: str) -> str:
    """Return the code of a choice that was made in any language; the text itself if it is none."""
    for code in CHOICES[choices]:
        if bare(text) in {bare(code), *(bare(word(choices, code, lang)) for lang in LANGUAGES)}:
            return code
    return text


def read(field: Field, text: str) -> Any:
    """Return the value that a cell states; what cannot be one, as it is typed."""
    if field.kind in (NUMBER, TYPED, WHOLE):
        text = _DECIMAL_COMMA.sub(r"\1.\2", text) if _DECIMAL_COMMA.fullmatch(text) else text
        whole = field.kind != TYPED and _NUMERALS.fullmatch(text)
        return int(text) if whole else text
    if field.kind == FLAG:
        code = code_of(field.of, text)
        return {"yes": True, "no": None}.get(code, text)
    if field.kind == CHOICE:
        return code_of(field.of, text)
    return text


def lines(text: str) -> list[str]:
    """Return the lines of a cell that hold something, without the bullets in front of them."""
    found = (_BULLET.sub("", line.strip()) for line in text.split("\n"))
    return [line for line in found if line]


def shown(field: Field, data: Any, lang: str) -> str:
    """Return what stands in a cell for what an edition's data says; empty if it says nothing."""
    value = data
    for step in field.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    if value is None or value is False:
        return ""
    if field.kind == ENGLISH:
        # The same in both languages is how a text without English is kept.
        return "" if value == _twin(field, data) else str(value)
    if field.kind in (LINES, ENGLISH_LINES):
        return _shown_lines(value, field.kind == ENGLISH_LINES)
    if field.kind == FLAG:
        return word(field.of, "yes", lang)
    return word(field.of, str(value), lang) if field.kind == CHOICE else str(value)


def _shown_lines(items: Any, english: bool) -> str:
    if not english:
        return "\n".join(_one_line(item["id"]) for item in items)
    if all(item["id"] == item["en"] for item in items):
        return ""
    return "\n".join(_one_line(item["en"]) for item in items)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _twin(field: Field, data: Any) -> Any:
    value = data
    for step in (*field.path[:-1], LANGUAGES[0]):
        value = value[step]
    return value
