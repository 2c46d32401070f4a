"""The form of an instrument as XLSX: what an edition says, or blank, to be filled in by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from merit_kit.i18n import LANGUAGES, Words
from merit_kit.instrument import ASSUMED, Instrument
from merit_kit.workbook import _instrument_fields as f
from merit_kit.workbook import _pages as p
from merit_kit.workbook._guides import length_of_text, over
from merit_kit.workbook._heights import height_of, set_height

HEADING_LINE = 3
SPARE = {"sources": 30, "components": 6, "categories": 6, "aspects": 8, "sub_aspects": 60}
"""How many rows stand ready below those that are filled in."""

_WIDTHS = {
    f.TEXT: 34,
    f.ENGLISH: 34,
    f.LINES: 42,
    f.ENGLISH_LINES: 42,
    f.CHOICE: 18,
    f.SOURCE: 20,
}
_NARROW = 11
_CODES = ("key", "code", "number")
_IDENTITY_WIDTHS = (24, 44, 44, 20, 64)


def write_instrument_form(
    path: Path, instrument: Instrument | None = None, lang: str = "id"
) -> None:
    """Write the form of an instrument: what an edition says, or a blank one.

    Instructions, the identity, sources, categories, aspects, sub-aspects and components of the
    index, a sheet each. Read back unchanged, it is the same edition.

    Parameters
    ----------
    path : Path
    instrument : Instrument, optional
        By default a blank form.
    lang : str
        The language of the headings; forms are read back in both.

    Raises
    ------
    TableError
        If the file cannot be written.
    """
    w = Words(lang)
    data: Mapping[str, Any] = {} if instrument is None else instrument.data
    name = w("instrument_form.blank") if instrument is None else w.text(instrument.title)
    book = p.new_book(f"{w('instrument_form.title')}: {name}")
    _front(book, name, lang)
    sources = [{"key": key, **value} for key, value in data.get("sources", {}).items()]
    last = HEADING_LINE + 1 + len(sources) + SPARE["sources"]
    keys = f"'{w('instrument_form.sheets.sources')}'!$A${HEADING_LINE + 1}:$A${last}"
    _identity(book, data, keys, w)
    _sources(book, sources, keys, w)
    bands = data.get("categories", {}).get("bands", ())
    aspects = data.get("aspects", ())
    subs = [sub for aspect in aspects for sub in aspect.get("sub_aspects", ())]
    scale = instrument.scale if instrument else ()
    levels = range(scale[0], scale[-1] + 1) if scale else f.LEVELS_OFFERED
    _listed(book, "categories", f.CATEGORIES, bands, keys, w)
    _listed(book, "aspects", f.ASPECTS, aspects, keys, w)
    _listed(book, "sub_aspects", f.sub_aspect_fields(levels), subs, keys, w)
    _listed(book, "components", f.COMPONENTS, data.get("components", ()), keys, w)
    p.save(book, path)


def _front(book: Workbook, name: str, lang: str) -> None:
    w = Words(lang)
    sheet = book.create_sheet(w("instrument_form.sheets.front"))
    p.put(sheet, 1, 1, w("instrument_form.title"), p.TITLE)
    p.put(sheet, 2, 1, name, p.SUBTITLE)
    line = 4
    # Whoever fills it in may have only one of the two.
    for each in (lang, *(other for other in LANGUAGES if other != lang)):
        words = Words(each)
        p.put(sheet, line, 1, words("instrument_form.how"), p.LABEL)
        for number, step in enumerate(
            ("open", "fill", "numbers", "english", "check", "use"), line + 1
        ):
            text = f"{number - line}. {words(f'instrument_form.steps.{step}')}"
            p.put(sheet, number, 1, text, p.VALUE)
            set_height(sheet, number, height_of([(text, 110, 10)]))
        line += 8
    _lay_out(sheet, (110,), 0)


def _identity(book: Workbook, data: Mapping[str, Any], keys: str, w: Words) -> None:
    sheet = _sheet(book, "identity", w)
    for column, key in enumerate(f.IDENTITY_COLUMNS, 1):
        given = key not in ("item", "help")
        heading = w(f"instrument_form.columns.{key}")
        p.put(sheet, HEADING_LINE, column, heading, p.INPUT_HEADING if given else p.HEADING)
    for line, (item, fields) in enumerate(f.IDENTITY.items(), HEADING_LINE + 1):
        p.put(sheet, line, 1, w(f"instrument_form.items.{item}"), p.TEXT)
        texts = ["", "", "", "", w(f"instrument_form.help.{item}")]
        p.put(sheet, line, 5, texts[4], p.TEXT)
        for each in fields:
            column = f.IDENTITY_COLUMNS.index(each.key) + 1
            texts[column - 1] = f.shown(each, data, w.lang)
            p.put(sheet, line, column, texts[column - 1] or None, p.INPUT_TEXT)
            _offer(sheet, each, line - 1, line, column, keys, w)
        _fit(sheet, line, texts, _IDENTITY_WIDTHS)
    _lay_out(sheet, _IDENTITY_WIDTHS, HEADING_LINE)


def _sources(book: Workbook, sources: list[dict[str, Any]], keys: str, w: Words) -> None:
    assumed = {"key": ASSUMED, "title": {"id": w("instrument_form.assumed"), "en": ""}}
    sheet = _listed(book, "sources", f.SOURCES, [assumed, *sources], keys, w)
    for column in range(1, len(f.SOURCES) + 1):
        sheet.cell(HEADING_LINE + 1, column).style = p.TEXT


def _listed(
    book: Workbook,
    key: str,
    fields: tuple[f.Field, ...],
    items: Sequence[Mapping[str, Any]],
    keys: str,
    w: Words,
) -> Worksheet:
    sheet = _sheet(book, key, w)
    widths = tuple(_width(each) for each in fields)
    for column, each in enumerate(fields, 1):
        p.put(sheet, HEADING_LINE, column, each.heading(w.lang), p.INPUT_HEADING)
    last = HEADING_LINE + len(items) + SPARE[key]
    for line in range(HEADING_LINE + 1, last + 1):
        place = line - HEADING_LINE - 1
        item = items[place] if place < len(items) else {}
        texts = [f.shown(each, item, w.lang) for each in fields]
        for column, text in enumerate(texts, 1):
            p.put(sheet, line, column, text or None, p.INPUT_TEXT)
        if item:
            _fit(sheet, line, texts, widths)
    for column, each in enumerate(fields, 1):
        _offer(sheet, each, HEADING_LINE, last, column, keys, w)
    _lay_out(sheet, widths, HEADING_LINE)
    # The number and the name stay in sight.
    sheet.freeze_panes = f"C{HEADING_LINE + 1}"
    return sheet


def _sheet(book: Workbook, key: str, w: Words) -> Worksheet:
    sheet: Worksheet = book.create_sheet(w(f"instrument_form.sheets.{key}"))
    p.put(sheet, 1, 1, sheet.title, p.TITLE)
    p.put(sheet, 2, 1, w(f"instrument_form.about.{key}"), p.SUBTITLE)
    return sheet


def _offer(
    sheet: Worksheet, each: f.Field, above: int, last: int, column: int, keys: str, w: Words
) -> None:
    """Lay a list of choices over the cells of a column, or the most a text may hold."""
    if each.kind in (f.CHOICE, f.FLAG):
        words = [f.word(each.of, code, w.lang) for code in f.CHOICES[each.of]]
        listed = f'"{",".join(words)}"'
    elif each.kind == f.SOURCE:
        listed = keys
    else:
        if each.kind in (f.TEXT, f.ENGLISH, f.LINES, f.ENGLISH_LINES):
            over(sheet, length_of_text(w), above, last, column)
        return
    over(
        sheet,
        DataValidation(type="list", formula1=listed, allow_blank=True, showErrorMessage=True),
        above,
        last,
        column,
    )


def _width(each: f.Field) -> float:
    return 20 if each.key in _CODES else _WIDTHS.get(each.kind, _NARROW)


def _fit(sheet: Worksheet, line: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    cells = ((text, width, 9.0) for text, width in zip(texts, widths, strict=True))
    set_height(sheet, line, height_of(cells, 15))


def _lay_out(sheet: Worksheet, widths: tuple[float, ...], title_line: int) -> None:
    p.lay_out(sheet, p.Page(title_line, widths))
    # Rows have to be put in between and taken away.
    sheet.protection.sheet = False
    set_height(sheet, title_line or 1, 30)
