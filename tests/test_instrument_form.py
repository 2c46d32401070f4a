"""An instrument as a form: written, filled in, read back; every fault has its sheet and cell.

Faults are typed into the form of the made-up edition (editions.py). Its sheets are read once, and
each test changes a copy of what was read; what a spreadsheet itself does is tried on files.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from merit_kit import i18n, instrument
from merit_kit.cli import _app
from merit_kit.errors import Cell, InstrumentError, Problem, TableError
from merit_kit.i18n import Text, Words
from merit_kit.instrument import Instrument, from_data, load
from merit_kit.store import open_store
from merit_kit.workbook import _instrument_form as form
from merit_kit.workbook import read_instrument_form, write_instrument_form
from merit_kit.workbook._xlsx import Broken, Formula, Sheet, letters, read_sheets
from tests.conftest import official_data, tiny_data
from tests.editions import made_up_data

HEADINGS = 3
SHEETS = ("Petunjuk", "Identitas", "Sumber", "Kategori", "Aspek", "Subaspek", "Komponen")
SHIPPED = Path(__file__).parents[1] / "data" / "instruments"


def _without_nothing(data: Any) -> Any:
    """Leave out what is said to be nothing; an empty cell cannot tell the two apart."""
    if isinstance(data, dict):
        return {key: _without_nothing(value) for key, value in data.items() if value is not None}
    return [_without_nothing(value) for value in data] if isinstance(data, list) else data


def _typed(data: dict[str, Any]) -> dict[str, Any]:
    """Return data of the tiny instrument with the maxima of its aspects as text, like a form's."""
    data = _without_nothing(data)
    for aspect in data["aspects"]:
        aspect["maximum"] = str(aspect["maximum"])
    return data


def _made_up(**changes: Any) -> Instrument:
    return from_data(_without_nothing(made_up_data() | changes))


def _written(path: Path, edition: Instrument | None, lang: str = "id") -> Path:
    write_instrument_form(path, edition, lang)
    return path


class Filled:
    """The sheets of a form as they were read, free to be typed into."""

    def __init__(self, sheets: list[Sheet]) -> None:
        self.sheets = {
            sheet.name: Sheet(sheet.name, sheet.hidden, {n: dict(r) for n, r in sheet.rows.items()})
            for sheet in sheets
        }

    def column(self, sheet: str, heading: str) -> int:
        found = self.sheets[sheet].rows[HEADINGS]
        [column] = [column for column, text in found.items() if text == heading]
        return column

    def line(self, sheet: str, first: str) -> int:
        rows = self.sheets[sheet].rows
        return next(line for line, row in rows.items() if row.get(1) == first and line > HEADINGS)

    def type(self, sheet: str, line: int, heading: str, text: str | None) -> Cell:
        """Type into a cell, or empty it; returns its place as people are told it."""
        column = self.column(sheet, heading)
        row: dict[int, str] = self.sheets[sheet].rows.setdefault(line, {})  # type: ignore
        row.pop(column, None)
        if text is not None:
            row[column] = text
        shown = self.sheets[sheet].text(line, 1) if sheet == "Identitas" else heading
        return Cell(line, f"{letters(column)} ({shown})", sheet)


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> list[Sheet]:
    path = _written(tmp_path_factory.mktemp("form") / "a.xlsx", _made_up())
    return read_sheets(path)


@pytest.fixture
def filled(sheets: list[Sheet]) -> Filled:
    return Filled(sheets)


@pytest.fixture
def read(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Instrument]:
    """Read what was typed, as if it came out of a file."""
    monkeypatch.setattr(form, "read_sheets", lambda path: list(filled.sheets.values()))
    return lambda: read_instrument_form(Path("a.xlsx"))


def _problems(read: Callable[[], Instrument]) -> tuple[Problem, ...]:
    with pytest.raises(InstrumentError) as caught:
        read()
    assert i18n.explain(caught.value, "id") != i18n.explain(caught.value, "en")
    return caught.value.problems


# What is written


@pytest.mark.parametrize(
    ("edition", "lang"),
    [
        *((load(key), "id") for key in instrument.editions()),
        (_made_up(), "id"),
        (_made_up(), "en"),
        (from_data(_typed(tiny_data())), "en"),
    ],
    ids=[*instrument.editions(), "made-up", "made-up-en", "tiny-en"],
)
def test_a_form_read_back_is_the_edition_it_was_written_from(tmp_path, edition, lang):
    assert read_instrument_form(_written(tmp_path / "a.xlsx", edition, lang)).digest == (
        edition.digest
    )


HOSTILE = (
    *("=1+1", "+62", "-a", "@x", "'kutip", "<b>&amp;", "#REF!", "#N/A", "_x000A_", "TRUE", "1e5"),
    *("007", "3.10", "2026-01-01", "a\nb", "a\tb", "\N{RIGHT-TO-LEFT OVERRIDE}abc", "\N{BULLET} x"),
    *("{found}", "%s", "a,b;c", '"', "é", "\N{HUNDRED POINTS SYMBOL}", "x" * 9_000),
)


def test_whatever_a_text_holds_it_comes_back_as_it_is(tmp_path):
    data = _typed(tiny_data())
    data["title"] = {"id": "=cmd|'/c calc'!A1", "en": "_x0041_"}
    data["aspects"][0]["sub_aspects"][0]["levels"] = {
        str(n): {"id": HOSTILE[n], "en": HOSTILE[n + 4]} for n in range(1, 5)
    }
    data["categories"]["bands"][0]["consequence"] = {"id": "0,5", "en": "ya"}
    data["sources"] |= {
        f"s{i}": {"title": {"id": text, "en": "x"}, "confidence": "inferred"}
        for i, text in enumerate(HOSTILE)
    }
    read = read_instrument_form(_written(tmp_path / "a.xlsx", from_data(data)))

    assert json.loads(read.canonical) == json.loads(from_data(data).canonical)


def test_evidence_keeps_its_items_whatever_stands_in_front_of_them(filled, read):
    line = filled.line("Subaspek", "1.2")
    filled.type("Subaspek", line, "Bukti dukung", "\N{BULLET} Satu\n\n  - Dua \n* Tiga\nE-mail - x")
    filled.type("Subaspek", line, "Bukti dukung (Inggris)", None)

    assert [item.id for item in read().by_code["1.2"].evidence] == [
        *("Satu", "Dua", "Tiga"),
        "E-mail - x",
    ]


def test_a_text_that_is_the_same_in_both_languages_leaves_the_english_cell_empty(tmp_path):
    data = _typed(tiny_data())
    sub = data["aspects"][0]["sub_aspects"][0]
    sub["name"] = {"id": "Talent pool", "en": "Talent pool"}
    sub["evidence"] = [{"id": "SK", "en": "SK"}, {"id": "SOP", "en": "SOP"}]
    path = _written(tmp_path / "a.xlsx", from_data(data))
    sheet = openpyxl.load_workbook(path)["Subaspek"]
    row = dict(zip(*(sheet.iter_rows(3, 4, values_only=True)), strict=True))

    assert (row["Nama"], row["Nama (Inggris)"]) == ("Talent pool", None)
    assert (row["Bukti dukung"], row["Bukti dukung (Inggris)"]) == ("SK\nSOP", None)
    assert read_instrument_form(path).digest == from_data(data).digest


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = _written(tmp_path_factory.mktemp("book") / "a.xlsx", load("kasn-2019"))
    return openpyxl.load_workbook(path)


def test_a_form_has_a_sheet_for_each_thing_and_begins_with_how_to_fill_it_in(book):
    assert tuple(book.sheetnames) == SHEETS
    told = [row[0] for row in book["Petunjuk"].iter_rows(values_only=True) if row[0]]
    assert "Cara mengisi" in told
    assert "How to fill it in" in told
    assert len([text for text in told if text.startswith("1. ")]) == 2


def test_each_sub_aspect_has_one_row_and_its_number_is_text(book):
    numbers = [cell for cell in book["Subaspek"]["A"] if cell.row > HEADINGS and cell.value]

    assert len(numbers) == 37
    assert "3.10" in [cell.value for cell in numbers]
    assert {cell.number_format for cell in numbers} == {"@"}


def test_no_cell_of_a_form_is_a_formula(book):
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}

    assert kinds <= {"s", "n"}


def _lists(sheet: Any) -> dict[str, str]:
    """Return what each column offers, by its heading."""
    rules = sheet.data_validations.dataValidation
    return {
        str(sheet.cell(HEADINGS, each.min_col).value): rule.formula1
        for rule in rules
        if rule.type == "list"
        for each in rule.sqref.ranges
    }


def test_where_there_is_a_choice_it_is_offered_as_a_list(book):
    keys = "'Sumber'!$A$4:"

    assert _lists(book["Sumber"])["Kekuatan"] == '"dipublikasikan,ditulis ulang,disimpulkan"'
    assert _lists(book["Komponen"])["Jenis"] == '"kematangan (dari level),survei,lainnya"'
    assert all(v.startswith(keys) for v in _lists(book["Subaspek"]).values())
    assert set(_lists(book["Subaspek"])) == {
        *("Sumber: nama", "Sumber: bobot", "Sumber: level", "Sumber: bukti", "Sumber: upaya"),
    }
    rules = [r for r in book["Identitas"].data_validations.dataValidation if r.type == "list"]
    offered = {r.formula1 for r in rules if not r.formula1.startswith(keys)}
    assert offered == {
        '"resmi,rekonstruksi,rancangan"',
        '"nilai,indeks"',
        '"batas bawah,batas atas"',
    }


def test_the_effort_of_each_step_goes_into_a_form_and_comes_back(tmp_path):
    data = _typed(tiny_data())
    first = data["aspects"][0]["sub_aspects"][0]
    first["effort"] = {"1": "1", "2": "2.5", "3": "4", "4": "8"}
    first["sources"]["effort"] = "book"
    data["id"] = "kecil"
    edition = from_data(data)

    back = read_instrument_form(_written(tmp_path / "a.xlsx", edition))

    assert [float(effort) for effort in back.by_code["2.1"].effort.values()] == [1, 2.5, 4, 8]
    assert back.by_code["1.1"].effort == {}
    assert back.digest == edition.digest


def test_every_choice_is_a_word_that_a_list_can_hold():
    for lang in ("id", "en"):
        for choices, codes in form.f.CHOICES.items():
            words = [form.f.word(choices, code, lang) for code in codes]
            assert len(",".join(words)) <= 253
            assert not any("," in word or '"' in word for word in words)
            assert [form.f.code_of(choices, word.upper()) for word in words] == list(codes)


def test_a_form_leaves_room_for_more_rows(book):
    styles = {book["Subaspek"].cell(37 + HEADINGS + 50, column).style for column in (1, 4, 8)}

    assert styles == {"merit isian teks"}
    assert not book["Subaspek"].protection.sheet


def test_a_blank_form_offers_levels_and_lacks_everything(tmp_path):
    path = _written(tmp_path / "a.xlsx", None)
    headings = [c.value for c in openpyxl.load_workbook(path)["Subaspek"][HEADINGS]]

    assert [h for h in headings if h.startswith("Level") and "Inggris" not in h] == [
        f"Level {n}" for n in range(6)
    ]
    problems = _problems(lambda: read_instrument_form(path))
    assert {p.key for p in problems} == {"missing", "source-missing"}
    assert {p.where.sheet for p in problems} == {"Identitas", "Sumber", "Kategori", "Aspek"}
    assert len({(p.where, p.key) for p in problems}) == len(problems)


# What is read


def test_a_form_says_what_it_was_filled_in_with(filled, read):
    line = filled.line("Subaspek", "3.1")
    filled.type("Subaspek", line, "Nama", "Nama baru")
    filled.type("Subaspek", line, "Nama (Inggris)", "New name")
    filled.type("Subaspek", line, "Level 3", "Tiga")

    found = read().by_code["3.1"]
    assert found.name == Text("Nama baru", "New name")
    assert found.levels[3] == Text("Tiga", "3.1 level 3 (en)")


def test_without_english_the_indonesian_text_stands_for_both(filled, read):
    before = read().untranslated
    line = filled.line("Subaspek", "1.1")
    for heading in ("Nama (Inggris)", "Level 2 (Inggris)", "Bukti dukung (Inggris)"):
        filled.type("Subaspek", line, heading, None)
    found = read()

    assert found.by_code["1.1"].name == Text("Nama 1.1", "Nama 1.1")
    assert found.by_code["1.1"].levels[2].en == "1.1 level 2"
    assert found.by_code["1.1"].evidence[0].en == "Bukti 1.1"
    assert (before, found.untranslated) == (0, 3)


def test_a_form_without_any_english_column_is_read(filled, read):
    for sheet in filled.sheets.values():
        columns = {
            column for column, text in sheet.rows.get(HEADINGS, {}).items() if "(Inggris)" in text
        }
        for row in sheet.rows.values():
            for column in columns:
                row.pop(column, None)
    found = read()

    assert found.title == Text("Instrumen karangan", "Instrumen karangan")
    assert found.untranslated > 40


def test_english_alone_is_not_enough(filled, read):
    place = filled.type("Aspek", 4, "Nama", None)

    assert _problems(read) == (Problem(place, "missing"),)


def test_decimals_may_be_typed_with_a_comma(filled, read):
    line = filled.line("Subaspek", "3.1")
    filled.type("Subaspek", line, "Bobot", "0,5")
    filled.type("Kategori", 4, "Sampai", "0,5")

    assert read().digest == _made_up().digest


@pytest.mark.parametrize(
    ("sheet", "line", "heading", "typed"),
    [
        ("Komponen", 4, "Jenis", "survey"),
        ("Komponen", 5, "Jenis", "Maturity (from the levels)"),
        ("Sumber", 5, "Kekuatan", "Dipublikasikan"),
        ("Sumber", 5, "Kekuatan", "published"),
        ("Identitas", 5, "Isi", "reconstruction"),
        ("Identitas", 5, "Isi", "REKONSTRUKSI"),
    ],
)
def test_a_choice_is_understood_in_either_language(filled, read, sheet, line, heading, typed):
    filled.type(sheet, line, heading, typed)

    assert read().digest == _made_up().digest


def test_rows_and_columns_may_be_put_in_another_order(filled, read):
    identity = filled.sheets["Identitas"].rows
    identity[4], identity[9] = identity[9], identity[4]
    subs = filled.sheets["Subaspek"].rows
    for row in subs.values():
        row[1], row[2] = row.get(2, ""), row.get(1, "")

    assert read().digest == _made_up().digest


def test_sub_aspects_of_several_aspects_may_be_mixed(filled, read):
    subs = filled.sheets["Subaspek"].rows
    first, last = filled.line("Subaspek", "1.1"), filled.line("Subaspek", "2.2")
    subs[30] = subs.pop(first)

    assert read().codes == ("1.2", "1.1", "3.1", "2.1", "2.2")
    subs[31] = subs.pop(last)
    assert read().codes == ("1.2", "1.1", "3.1", "2.1", "2.2")


def test_blank_rows_and_remarks_on_other_sheets_are_passed_over(filled, read):
    filled.sheets["Subaspek"].rows[20] = {1: "  ", 2: ""}
    filled.sheets["Catatan saya"] = Sheet("Catatan saya", False, {1: {1: "apa saja"}})

    assert read().digest == _made_up().digest


def test_a_scale_of_more_levels_takes_more_columns(filled, read):
    sheet = filled.sheets["Subaspek"].rows
    last = max(sheet[HEADINGS]) + 1
    sheet[HEADINGS][last] = "Level 6"
    for line in range(HEADINGS + 1, HEADINGS + 6):
        sheet[line][last] = "Enam"
    for line, maximum in zip((4, 5, 6), ("24", "3", "21"), strict=True):
        filled.type("Aspek", line, "Nilai maksimum", maximum)
    filled.type("Identitas", filled.line("Identitas", "Level tertinggi"), "Isi", "6")
    filled.type("Identitas", filled.line("Identitas", "Nilai maksimum"), "Isi", "48")
    found = read()

    assert found.scale == (0, 1, 2, 3, 4, 5, 6)
    assert found.by_code["1.1"].levels[6] == Text("Enam", "Enam")
    assert found.maximum == 48


def test_without_the_sheet_of_components_there_are_none(filled, read):
    del filled.sheets["Komponen"]

    assert read().components == ()


def test_a_draft_may_leave_out_what_is_not_known(filled, read):
    filled.type("Identitas", filled.line("Identitas", "Status"), "Isi", "rancangan")
    line = filled.line("Subaspek", "2.1")
    for heading in ("Bobot", "Level 4", "Level 4 (Inggris)", "Sumber: bobot"):
        filled.type("Subaspek", line, heading, None)
    filled.type("Aspek", 5, "Subaspek baru sebagian", "ya")
    filled.type("Aspek", 4, "Subaspek baru sebagian", "tidak")

    assert [(p.where, p.key) for p in read().lacks] == [
        ("3", "sub-aspects-partial"),
        ("2.1", "weight-missing"),
        ("2.1", "level-texts-missing"),
    ]


def test_an_official_edition_is_read_like_any_other(tmp_path):
    official = from_data(_typed(official_data()))
    read = read_instrument_form(_written(tmp_path / "a.xlsx", official))

    assert read.is_official
    assert read.digest == official.digest


# What is refused


CHOICES = "instrument_form.choices"
_NEW = 20  # a line far below what is filled in

FAULTS: dict[str, tuple[tuple[str, int | str, str, str | None], str, Any, Any]] = {
    "weight": (("Subaspek", "1.2", "Bobot", "banyak"), "form-not-a-number", "banyak", None),
    "weight-missing": (("Subaspek", "1.2", "Bobot", None), "missing", None, None),
    "level-text": (("Subaspek", "2.2", "Level 3", None), "missing", None, None),
    "level-beyond-the-scale": (
        ("Subaspek", "2.2", "Level 6", "x"),
        "key-unknown",
        "6",
        "0, 1, 2, 3, 4, 5",
    ),
    "evidence": (("Subaspek", "2.2", "Bukti dukung", None), "missing", None, None),
    "evidence-uneven": (
        ("Subaspek", "2.2", "Bukti dukung (Inggris)", "One\nTwo"),
        "form-lines-differ",
        2,
        1,
    ),
    "source-unknown": (
        ("Subaspek", "2.2", "Sumber: level", "buku"),
        "source-unknown",
        "buku",
        "assumed, book",
    ),
    "source-missing": (
        ("Subaspek", "2.2", "Sumber: bobot", None),
        "source-missing",
        None,
        "assumed",
    ),
    "number-twice": (("Subaspek", "2.2", "Nomor", "2.1"), "number-repeated", "2.1", None),
    "number-form": (
        ("Subaspek", "2.2", "Nomor", "2.a"),
        "number-not-in-aspect",
        "2.a",
        "2.1, 2.2",
    ),
    "number-of-no-aspect": (
        ("Subaspek", "2.2", "Nomor", "7.1"),
        "aspect-unknown",
        "7.1",
        "1.1, 3.1, 2.1",
    ),
    "number-a-day": (
        ("Subaspek", "2.2", "Nomor", "2026-02-02"),
        "code-is-date",
        "2026-02-02",
        None,
    ),
    "number-missing": (("Subaspek", "2.2", "Nomor", None), "code-empty", None, None),
    "aspect-number": (("Aspek", 5, "Nomor", "tiga"), "not-whole", "tiga", None),
    "aspect-maximum": (("Aspek", 4, "Nilai maksimum", "21"), "weights-off", 20, 21),
    "aspect-partial": (
        ("Aspek", 4, "Subaspek baru sebagian", "ya"),
        "key-unknown",
        "partial",
        "number, name, description, maximum, share, sources, sub_aspects",
    ),
    "band-gap": (("Kategori", 5, "Dari", "0.6"), "band-gap", None, None),
    "band-closed": (("Kategori", 6, "Sampai", "2"), "band-closed", 2, None),
    "valid-years": (("Kategori", 5, "Berlaku (tahun)", "satu"), "not-whole", "satu", None),
    "confidence": (
        ("Sumber", 5, "Kekuatan", "pasti"),
        "not-allowed",
        "pasti",
        [f"{CHOICES}.confidence.{code}" for code in ("published", "re-worded", "inferred")],
    ),
    "source-twice": (("Sumber", _NEW, "Kunci", "book"), "key-repeated", "book", None),
    "source-without-key": (("Sumber", _NEW, "Judul", "Buku lain"), "cell-empty", None, None),
    "component-share": (
        ("Komponen", 4, "Porsi (persen)", "dua"),
        "form-not-a-number",
        "dua",
        None,
    ),
    "component-scale": (("Komponen", 4, "Angka tertinggi", None), "missing", None, None),
    "id": (("Identitas", "Id", "Isi", "Instrumen Baru"), "not-an-id", "Instrumen Baru", None),
    "status": (
        ("Identitas", "Status", "Isi", "final"),
        "not-allowed",
        "final",
        [f"{CHOICES}.status.{code}" for code in ("official", "reconstruction", "draft")],
    ),
    "decimals": (("Identitas", "Desimal indeks", "Isi", "9"), "not-allowed", 9, "0-6"),
    "maximum": (("Identitas", "Nilai maksimum", "Isi", "41"), "weights-off", 40, 41),
    "unproven": (("Identitas", "Arti level 0", "Isi", None), "missing", None, None),
    "identity-source": (
        ("Identitas", "Pembagi indeks", "Sumber", None),
        "source-missing",
        None,
        "assumed",
    ),
}


@pytest.mark.parametrize(("typed", "key", "found", "allowed"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_sheet_and_cell(filled, read, typed, key, found, allowed):
    sheet, row, heading, text = typed
    if heading == "Level 6":
        last = max(filled.sheets[sheet].rows[HEADINGS]) + 1
        filled.sheets[sheet].rows[HEADINGS][last] = heading  # type: ignore[index]
    line = filled.line(sheet, row) if isinstance(row, str) else row
    place = filled.type(sheet, line, heading, text)
    place = Cell(line, "A (Kunci)", sheet) if key == "cell-empty" else place
    problems = _problems(read)
    [problem] = [each for each in problems if (each.where, each.key) == (place, key)]

    if found is not None:
        assert (problem.found, problem.allowed) == (found, allowed)
    # What follows from it (sums, shares, numbers that are gone) may be named as well, by key.
    follows = {"weights-off", "shares-off", "band-overlap", "missing"}
    assert {each.key for each in problems} - {key} <= follows


def test_a_faulty_number_of_an_aspect_is_one_fault(filled, read):
    place = filled.type("Aspek", 5, "Nomor", "tiga")

    assert [(each.where, each.key) for each in _problems(read)] == [(place, "not-whole")]


def test_sub_aspects_of_an_aspect_that_is_not_there_are_named_once(filled, read):
    lines = [filled.line("Subaspek", code) for code in ("2.1", "2.2")]
    first, _ = (filled.type("Subaspek", line, "Nomor", f"7.{line}") for line in lines)

    unknown = [each.where for each in _problems(read) if each.key == "aspect-unknown"]
    assert unknown == [first]


def test_a_choice_that_is_none_is_told_in_the_words_of_the_form(filled, read):
    filled.type("Identitas", filled.line("Identitas", "Status"), "Isi", "final")
    [problem] = _problems(read)

    said = i18n.describe(problem)
    assert said.endswith("final tidak diperbolehkan; pilihan: resmi, rekonstruksi, rancangan")
    assert "official" not in said


@pytest.mark.parametrize(
    ("kind", "key"), [(Formula, "cell-formula"), (Broken, "cell-broken")], ids=["formula", "broken"]
)
def test_of_a_cell_that_holds_a_formula_only_that_is_told(filled, read, kind, key):
    line = filled.line("Subaspek", "1.2")
    place = filled.type("Subaspek", line, "Bobot", kind("=1+1"))

    assert _problems(read) == (Problem(place, key, "=1+1"),)


def test_a_text_that_is_too_long_is_named(filled, read):
    place = filled.type("Aspek", 4, "Uraian", "x" * 10_001)

    assert _problems(read) == (Problem(place, "text-too-long", 10_001, 10_000),)


def test_all_faults_are_named_at_once_in_the_order_of_the_sheets(filled, read):
    for sheet, line, heading, text in (
        ("Subaspek", 5, "Bobot", "banyak"),
        ("Aspek", 4, "Nama", None),
        ("Identitas", filled.line("Identitas", "Penerbit"), "Isi", None),
        ("Komponen", 4, "Angka tertinggi", "0"),
        ("Kategori", 4, "Nama", None),
        ("Sumber", 5, "Judul", None),
        ("Kategori", 5, "Nama", Formula("=A1")),
    ):
        filled.type(sheet, line, heading, text)
    told = [problem.where.sheet for problem in _problems(read)]

    order = ["Identitas", "Sumber", "Kategori", "Kategori", "Aspek", "Subaspek", "Komponen"]
    assert told == order


@pytest.mark.parametrize("sheet", SHEETS[1:6])
def test_a_sheet_that_is_gone_is_named(filled, read, sheet):
    del filled.sheets[sheet]
    with pytest.raises(TableError) as caught:
        read()

    assert caught.value.key == "sheet-missing"
    assert sheet in i18n.explain(caught.value)


def test_columns_that_are_gone_are_named_once_all_of_them(filled, read):
    gone = (("Aspek", "Nama"), ("Subaspek", "Bobot"))
    for sheet, heading in gone:
        column = filled.column(sheet, heading)
        for row in filled.sheets[sheet].rows.values():
            row.pop(column, None)

    assert _problems(read) == tuple(
        Problem(Cell(HEADINGS, "", sheet), "column-missing", heading) for sheet, heading in gone
    )


def test_a_column_that_is_not_known_or_there_twice_is_named(filled, read):
    headings = filled.sheets["Aspek"].rows[HEADINGS]
    last = max(headings)
    headings[last + 1], headings[last + 2] = "Bobot aspek", "Nama"
    first, second = _problems(read)

    assert (first.key, first.found) == ("column-repeated", "Nama")
    assert (second.where.column, second.key, second.found) == (
        f"{letters(last + 1)}",
        "column-unknown",
        "Bobot aspek",
    )


def test_a_row_of_the_identity_that_is_gone_or_not_known_is_named(filled, read):
    rows = filled.sheets["Identitas"].rows
    line = filled.line("Identitas", "Penerbit")
    rows[line][1] = "Penerbitnya"
    found = {(p.key, p.found) for p in _problems(read)}

    assert ("form-item-unknown", "Penerbitnya") in found
    assert ("form-item-missing", "Penerbit") in found


def test_the_correction_may_be_left_out_of_the_identity(filled, read):
    for label in ("Nama koreksi", "Uraian koreksi", "Koreksi tertinggi", "Berlaku sampai"):
        del filled.sheets["Identitas"].rows[filled.line("Identitas", label)]

    assert read().correction is None


def test_a_file_that_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_text("kode;nama", encoding="utf-8")

    with pytest.raises(TableError, match="workbook-foreign"):
        read_instrument_form(tmp_path / "a.xlsx")


def test_a_workbook_of_something_else_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "kode"
    book.save(tmp_path / "a.xlsx")

    with pytest.raises(TableError, match="sheet-missing"):
        read_instrument_form(tmp_path / "a.xlsx")


# The command


@pytest.fixture
def merit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Run a command in a fresh folder; returns exit code, what was said, what was complained."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MERIT_STORE", raising=False)
    monkeypatch.delenv("MERIT_INSTRUMENTS", raising=False)

    def run(*arguments: str, lang: str = "id") -> tuple[int, str, str]:
        code = _app.run(arguments, lang)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def _as_mine(path: Path, **identity: str) -> None:
    """Fill in rows of the identity of a form, as in a spreadsheet."""
    book = openpyxl.load_workbook(path)
    for row in book["Identitas"].iter_rows(min_row=HEADINGS + 1):
        for label, text in identity.items():
            if row[0].value == label:
                row[1].value = text
    book.save(path)


def test_from_a_form_to_an_assessment_under_an_edition_of_ones_own(merit, tmp_path):
    merit("init", "workspace", "--name", "Ani", "--office", "Biro SDM")
    (tmp_path / "instansi.csv").write_text("kode;nama;jenis\nkota-a;Kota A;kota\n", "utf-8")
    merit("agencies", "instansi.csv")
    merit("rounds", "--add", "2026-2")

    made = merit("instrument", "form", "kasn-2019-410", "isi.xlsx")
    _as_mine(tmp_path / "isi.xlsx", Id="lampiran-2026", Penerbit="Instansi kami")
    checked = merit("instrument", "check", "isi.xlsx")
    taken = merit("instrument", "import", "isi.xlsx")
    again = merit("instrument", "import", "isi.xlsx")
    listed = merit("instrument", "list")
    shown = merit("instrument", "show", "lampiran-2026", "--code", "8.3")
    (tmp_path / "a.csv").write_text("instansi;subaspek;mandiri\nkota-a;8.4;4\n", "utf-8")
    imported = merit("import", "a.csv", "--round", "2026-2", "--edition", "lampiran-2026")

    assert made[:2] == (0, "Formulir dibuat: isi.xlsx. Petunjuknya ada di lembar pertama.\n")
    assert "lampiran-2026: tidak ada kesalahan. 8 aspek, 38 subaspek, maksimum 410." in checked[1]
    path = tmp_path / "workspace" / "instrumen" / "lampiran-2026.yaml"
    assert taken[0] == 0
    assert str(Path("workspace", "instrumen", "lampiran-2026.yaml")) in taken[1]
    assert "sudah ada dengan isi yang sama" in again[1]
    assert "lampiran-2026" in listed[1]
    assert "e-office" in shown[1]
    assert imported[0] == 0
    assert "issuer: Instansi kami" in path.read_text(encoding="utf-8")
    with open_store("workspace") as store:
        [digest] = store.assessments()["edition"]
        assert json.loads(store.edition(digest))["id"] == "lampiran-2026"


def test_the_folder_may_be_named(merit, tmp_path):
    (tmp_path / "kerja").mkdir()
    merit("instrument", "form", "kasn-2019", "isi.xlsx")
    _as_mine(tmp_path / "isi.xlsx", Id="punya-kami")

    assert merit("instrument", "import", "isi.xlsx", "--store", "kerja")[0] == 0
    assert (tmp_path / "kerja" / "instrumen" / "punya-kami.yaml").is_file()
    assert merit("instrument", "show", "punya-kami", "--store", "kerja")[0] == 0
    assert merit("instrument", "show", "punya-kami")[0] == 1


def test_without_a_store_the_environment_says_where(merit, tmp_path, monkeypatch):
    refused = merit("instrument", "import", str(SHIPPED / "kasn-2019.yaml"))
    monkeypatch.setenv("MERIT_INSTRUMENTS", str(tmp_path / "bersama"))
    mine = (SHIPPED / "kasn-2019.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(mine.replace("id: kasn-2019\n", "id: kami\n"), "utf-8")

    assert refused[0] == 1
    assert merit("instrument", "import", "a.yaml")[0] == 0
    assert (tmp_path / "bersama" / "kami.yaml").is_file()
    assert "kami" in merit("instrument", "list")[1]


def test_another_edition_of_the_same_id_is_taken_in_only_to_replace_it(merit, tmp_path):
    merit("init", "workspace")
    merit("instrument", "form", "kasn-2019", "isi.xlsx")
    _as_mine(tmp_path / "isi.xlsx", Id="kami")
    merit("instrument", "import", "isi.xlsx")
    _as_mine(tmp_path / "isi.xlsx", Id="kami", Penerbit="Lain")
    kept = tmp_path / "workspace" / "instrumen" / "kami.yaml"

    code, _, complained = merit("instrument", "import", "isi.xlsx")
    assert code == 1
    assert "--replace" in complained
    assert "issuer: Lain" not in kept.read_text(encoding="utf-8")

    assert merit("instrument", "import", "isi.xlsx", "--replace")[0] == 0
    assert "issuer: Lain" in kept.read_text(encoding="utf-8")


def test_the_faults_of_a_form_are_told_with_sheet_and_cell(merit, tmp_path):
    merit("instrument", "form", "kasn-2019", "isi.xlsx")
    _as_mine(tmp_path / "isi.xlsx", **{"Id": "kami", "Desimal indeks": "dua"})

    for command in ("check", "import"):
        code, _, complained = merit("instrument", command, "isi.xlsx")
        assert code == 1
        assert "lembar Identitas, baris 16, kolom B (Desimal indeks): dua bukan" in complained


def test_a_draft_is_taken_in_and_what_it_lacks_is_told(merit, tmp_path):
    merit("init", "workspace")
    merit("instrument", "form", "permenpanrb-2025", "isi.xlsx")
    _as_mine(tmp_path / "isi.xlsx", Id="panrb-kami")
    code, said, _ = merit("instrument", "import", "isi.xlsx", lang="en")

    assert code == 0
    assert "panrb-kami: no faults. 8 aspects, 7 sub-aspects, maximum –." in said
    assert "Not whole (26 things)" in said
    assert "  - 2: the aspect Talent management has no sub-aspects yet" in said


def test_the_draft_is_shown_with_how_its_index_is_composed_and_what_it_lacks(merit):
    code, said, _ = merit("instrument", "show", "permenpanrb-2025")

    assert code == 0
    assert "rancangan" in said
    assert "Komponen indeks: Survei kepuasan dan keterikatan pegawai (survei), 25%" in said
    assert "Dikurangi: faktor koreksi" in said
    assert "Kategori menurut indeks, batas atas termasuk: Dasar 0–0,4; Lanjutan 0,4–0,6" in said
    assert "8. Digitalisasi Manajemen ASN (10% nilai maksimum)" in said
    assert "2. Manajemen Talenta\n" in said
    assert "Belum lengkap (26 hal)" in said


def test_a_form_never_overwrites_a_file(merit, tmp_path):
    (tmp_path / "isi.xlsx").write_text("satu jam kerja", encoding="utf-8")

    code, _, complained = merit("instrument", "form", "isi.xlsx")
    assert code == 1
    assert "tidak ditimpa" in complained
    assert (tmp_path / "isi.xlsx").read_text(encoding="utf-8") == "satu jam kerja"


def test_a_form_that_cannot_be_written_is_said_so(merit, tmp_path):
    (tmp_path / "berkas").write_text("x", encoding="utf-8")

    code, _, complained = merit("instrument", "form", "berkas/isi.xlsx")
    assert code == 1
    assert "tidak dapat ditulis" in complained


@pytest.mark.parametrize(
    "names", [("a", "b", "c.xlsx"), ("kasn-2019",), ("isi.xlsx", "kasn-2019"), ("isi.ods",)]
)
def test_names_in_another_order_or_of_another_kind_are_refused(merit, tmp_path, names):
    assert merit("instrument", "form", *names)[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_a_blank_form_in_english_is_made_without_an_id(merit, tmp_path):
    assert merit("instrument", "form", "new.xlsx", lang="en")[0] == 0
    names = openpyxl.load_workbook(tmp_path / "new.xlsx").sheetnames

    assert names == [Words("en")(f"instrument_form.sheets.{key}") for key in (
        *("front", "identity", "sources", "categories", "aspects", "sub_aspects", "components"),
    )]  # fmt: skip


def test_a_spoilt_file_among_ones_own_does_not_hide_the_others(merit, tmp_path):
    folder = tmp_path / "instrumen"
    folder.mkdir()
    (folder / "rusak.yaml").write_text("format: 2\n", encoding="utf-8")
    code, said, complained = merit("instrument", "list")

    assert code == 1
    assert "kasn-2019-410" in said
    assert "berkas bermasalah" in said
    assert "format (1)" in complained


def test_a_folder_that_is_not_there_is_said_so(merit):
    code, _, complained = merit("instrument", "list", "--store", "tidak-ada")

    assert code == 1
    assert "Folder tidak-ada tidak ada" in complained


def test_what_was_begun_keeps_the_edition_it_was_begun_under(merit, tmp_path):
    merit("init", "workspace", "--name", "Ani", "--office", "Biro SDM")
    (tmp_path / "instansi.csv").write_text("kode;nama;jenis\nkota-a;Kota A;kota\n", "utf-8")
    merit("agencies", "instansi.csv")
    merit("rounds", "--add", "2026-2")
    mine = deepcopy(load("kasn-2019").data) | {"id": "kami"}
    (tmp_path / "a.yaml").write_text(json.dumps(mine), encoding="utf-8")
    merit("instrument", "import", "a.yaml")
    (tmp_path / "a.csv").write_text("instansi;subaspek;mandiri\nkota-a;1.1;4\n", "utf-8")
    merit("import", "a.csv", "--round", "2026-2", "--edition", "kami")
    (tmp_path / "a.yaml").write_text(json.dumps(mine | {"issuer": "Lain"}), encoding="utf-8")
    merit("instrument", "import", "a.yaml", "--replace")

    with open_store("workspace") as store:
        [digest] = store.assessments()["edition"]
    assert digest == from_data(mine).digest != load("kami").digest
