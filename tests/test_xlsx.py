"""Workbooks that come in: read as their users see them; hostile ones refused in a clear line."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from merit_kit import workbook
from merit_kit.errors import Cell, TableError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.workbook import _xlsx, _xlsx_parse
from merit_kit.workbook._pages import new_book, put
from merit_kit.workbook._xlsx import Broken, Formula, letters, read_sheets
from tests.workbooks import book, members, packed, refused

SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
NAMES = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return book(tmp_path / "tabel.xlsx", [["kode", "mandiri"], ["1.1", 3]])


def with_part(plain: Path, name: str, part: bytes = b"x") -> Path:
    return packed(plain, {**members(plain), name: part})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (3, "3"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (0, "0"),
        (-0.00001, "-0.00001"),
        (1.98001012005011e17, "198001012005011000"),
        (True, "TRUE"),
        (date(2026, 10, 24), "2026-10-24"),
        (datetime(2026, 10, 24, 9, 30), "2026-10-24 09:30"),
        (time(9, 0), "09:00"),
        ("  dua kata ", "dua kata"),
        ("baris\nbaru", "baris\nbaru"),
        ("1.3", "1.3"),
    ],
    ids=str,
)
def test_a_cell_is_read_as_its_user_sees_it(tmp_path, value, text):
    [sheet] = read_sheets(book(tmp_path / "a.xlsx", [[None, value]]))

    assert sheet.text(1, 2) == text
    assert sheet.text(1, 1) == sheet.text(7, 9) == ""


@pytest.mark.parametrize("value", ["=1+1", "=HYPERLINK(A1)", "=A1:A3"])
def test_a_formula_is_handed_over_as_one_and_not_worked_out(tmp_path, value):
    [sheet] = read_sheets(book(tmp_path / "a.xlsx", [[value]]))

    assert isinstance(sheet.text(1, 1), Formula)
    assert sheet.text(1, 1) == value


def test_a_formula_over_several_cells_is_one_too(tmp_path):
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = openpyxl.worksheet.formula.ArrayFormula("A1:A2", "=B1:B2*2")
    made.save(tmp_path / "a.xlsx")
    [sheet] = read_sheets(tmp_path / "a.xlsx")

    assert (type(sheet.text(1, 1)), sheet.text(1, 1)) == (Formula, "=B1:B2*2")


def test_what_a_spreadsheet_could_not_work_out_is_told_apart_from_a_text(tmp_path):
    [sheet] = read_sheets(book(tmp_path / "a.xlsx", [["#REF!"]]))

    assert isinstance(sheet.text(1, 1), Broken)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a_x000D_&#10;b", "a\nb"),
        ("_x005F_x0041_", "_x0041_"),
        ("x005F_ and _x", "x005F_ and _x"),
        ("_x0041_", "A"),
        ("_xD83D_", "_xD83D_"),
    ],
    ids=["carriage-return", "underscore", "looks-alike", "letter", "half-a-character"],
)
@pytest.mark.parametrize("kind", ["shared", "inline"])
def test_escapes_that_excel_writes_are_taken_off_once(plain, kind, written, text):
    cell = '<c r="A1" t="s"><v>0</v></c>'
    if kind == "inline":
        cell = f'<c r="A1" t="inlineStr"><is><t>{written}</t></is></c>'
    rows = f'<sheetData><row r="1">{cell}</row></sheetData>'
    parts = members(plain)
    parts[SHEET] = f'<worksheet xmlns="{NAMES}">{rows}</worksheet>'.encode()
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{NAMES}"><si><t>{written}</t></si></sst>'.encode()
    types = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/></Types>'.encode()
    parts[TYPES] = parts[TYPES].replace(b"</Types>", types)
    [read] = read_sheets(packed(plain, parts))

    assert read.text(1, 1) == text


def test_every_sheet_is_read_with_its_name_and_whether_it_is_hidden(tmp_path):
    path = book(tmp_path / "a.xlsx", [["x"]], [["y"]], [["z"]])
    made = openpyxl.load_workbook(path)
    made["Lembar1"].sheet_state = "hidden"
    made["Lembar3"].sheet_state = "veryHidden"
    made.save(path)

    assert [(s.name, s.hidden, s.text(1, 1)) for s in read_sheets(path)] == [
        ("Lembar1", True, "x"),
        ("Lembar2", False, "y"),
        ("Lembar3", True, "z"),
    ]


def test_a_sheet_that_says_it_ends_too_early_is_read_to_its_end(plain):
    parts = members(plain)
    parts[SHEET] = parts[SHEET].replace(b'ref="A1:B2"', b'ref="A1"')
    assert b'ref="A1"' in parts[SHEET]

    assert read_sheets(packed(plain, parts))[0].text(2, 2) == "3"


def test_the_place_of_a_cell_is_called_as_a_spreadsheet_calls_it(plain):
    [sheet] = read_sheets(plain)

    assert sheet.at(2, 28, "Level") == Cell(2, "AB (Level)", "Lembar1")
    assert [letters(n) for n in (1, 26, 27, 52, 53, 200)] == ["A", "Z", "AA", "AZ", "BA", "GR"]


HOSTILE = {
    "bomb": (
        lambda p: with_part(p, "xl/media/besar.bin", bytes(11_000_000)),
        "workbook-bomb",
        "mengembang terlalu besar",
        "too large if opened",
    ),
    "encrypted": (
        lambda p: p.write_bytes(OLE2 + "EncryptedPackage".encode("utf-16-le")),
        "workbook-encrypted",
        "kata sandi",
        "locked with a password",
    ),
    "old": (
        lambda p: p.write_bytes(OLE2 + "Workbook".encode("utf-16-le")),
        "workbook-old",
        "Office lama",
        "an old Office file",
    ),
    "macro": (
        lambda p: with_part(p, "xl/vbaProject.bin"),
        "workbook-macro",
        "memuat makro",
        "holds macros",
    ),
    "macro-sheet": (
        lambda p: with_part(p, "xl/macrosheets/sheet1.xml"),
        "workbook-macro",
        "memuat makro",
        "holds macros",
    ),
    "parent-folder": (
        lambda p: with_part(p, "../jahat.xml"),
        "workbook-leads-away",
        "menunjuk ke luar berkas",
        "points out of the file",
    ),
    "parent-folder-of-windows": (
        lambda p: with_part(p, "xl\\..\\..\\jahat.xml"),
        "workbook-leads-away",
        "menunjuk ke luar berkas",
        "points out of the file",
    ),
    "absolute": (
        lambda p: with_part(p, "/etc/jahat"),
        "workbook-leads-away",
        "menunjuk ke luar berkas",
        "points out of the file",
    ),
    "drive": (
        lambda p: with_part(p, "C:\\jahat"),
        "workbook-leads-away",
        "menunjuk ke luar berkas",
        "points out of the file",
    ),
    "crowd": (
        lambda p: packed(p, {**members(p), **{f"x/{n}": b"" for n in range(2_000)}}),
        "workbook-crowded",
        "paling banyak 2.000",
        "at most 2,000",
    ),
    "word": (
        lambda p: packed(p, {"word/document.xml": b"<x/>"}),
        "workbook-foreign",
        "DOCX (Word)",
        "DOCX (Word)",
    ),
    "ods": (
        lambda p: packed(p, {"mimetype": b"x", "content.xml": b"<x/>"}),
        "workbook-foreign",
        "ODS (LibreOffice)",
        "ODS (LibreOffice)",
    ),
    "archive": (
        lambda p: packed(p, {"foto.jpg": b"x"}),
        "workbook-foreign",
        "ditemukan ZIP",
        "found: ZIP",
    ),
    "picture": (
        lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n"),
        "workbook-foreign",
        "bukan workbook XLSX",
        "no XLSX workbook",
    ),
    "cut": (
        lambda p: p.write_bytes(p.read_bytes()[:-300]),
        "workbook-damaged",
        "bukan workbook yang utuh",
        "not a sound workbook",
    ),
    "entities": (
        lambda p: with_part(p, SHEET, b'<?xml version="1.0"?><!DOCTYPE x []><x/>'),
        "workbook-damaged",
        "bukan workbook yang utuh",
        "not a sound workbook",
    ),
    "broken-xml": (
        lambda p: with_part(p, SHEET, b"<worksheet><sheetData><row"),
        "workbook-damaged",
        "bukan workbook yang utuh",
        "not a sound workbook",
    ),
}


@pytest.mark.parametrize("make", [m for m, *_ in HOSTILE.values()], ids=HOSTILE)
def test_a_hostile_workbook_ends_in_a_clear_line_in_both_languages(plain, request, make):
    _, key, indonesian, english = HOSTILE[request.node.callspec.id]
    make(plain)
    error = refused(read_sheets, plain)

    assert error.key == key
    said, in_english = explain(error, "id"), explain(error, "en")
    assert "tabel.xlsx" in said
    assert indonesian in said
    assert english in in_english
    assert len(said.splitlines()) == len(in_english.splitlines()) == 1


def test_what_is_hostile_is_refused_before_anything_parses_it(plain, monkeypatch):
    def parse(_: bytes) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(_xlsx, "_parsed", parse)
    for make in (HOSTILE[name][0] for name in ("bomb", "macro", "parent-folder", "word", "cut")):
        path = book(plain.with_name("b.xlsx"), [["x"]])
        make(path)
        refused(read_sheets, path)


def test_many_parts_that_are_large_only_together_are_refused_as_well(plain, monkeypatch):
    monkeypatch.setattr(_xlsx, "MOST_UNPACKED", 50_000)
    parts = {f"xl/{n}.bin": bytes(10_000) for n in range(6)}

    assert refused(read_sheets, packed(plain, members(plain) | parts)).key == "workbook-bomb"


def test_a_part_that_packs_well_and_is_small_is_no_bomb(plain):
    assert read_sheets(with_part(plain, "xl/notes.txt", bytes(9_000_000)))


def test_a_file_too_large_is_refused_before_it_is_read(plain, monkeypatch):
    monkeypatch.setattr(_xlsx, "MOST_BYTES", 1_000)
    monkeypatch.setattr(Path, "read_bytes", None)

    assert refused(read_sheets, plain).key == "workbook-too-large"


def test_an_archive_with_a_password_is_refused_as_locked(plain):
    content = bytearray(plain.read_bytes())
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1
        at += 4
    plain.write_bytes(bytes(content))

    assert refused(read_sheets, plain).key == "workbook-encrypted"


def test_an_archive_packed_as_no_workbook_is_is_refused(plain):
    with zipfile.ZipFile(plain, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/x.bin", b"x" * 100)

    assert refused(read_sheets, plain).key == "workbook-damaged"


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ({(20_001, 1): "x"}, "baris"),
        ({(1, 201): "x"}, "kolom"),
        ({(n, 1): "x" * 30_000 for n in range(1, 169)}, "karakter"),
    ],
    ids=["rows", "columns", "characters"],
)
def test_more_than_anybody_fills_in_is_refused_with_the_limit(tmp_path, rows, what):
    made = openpyxl.Workbook()
    for (line, column), text in rows.items():
        made.worksheets[0].cell(line, column, text)
    made.save(tmp_path / "a.xlsx")
    error = refused(read_sheets, tmp_path / "a.xlsx")

    assert error.key == "workbook-too-much"
    assert what in explain(error, "id")


def test_the_last_row_and_column_that_are_allowed_are_read(tmp_path):
    made = openpyxl.Workbook()
    made.worksheets[0].cell(20_000, 200, "x")
    # A cell that only looks different, far below: somebody coloured a whole column.
    made.worksheets[0].cell(30_000, 1).number_format = "@"
    made.save(tmp_path / "a.xlsx")

    assert read_sheets(tmp_path / "a.xlsx")[0].text(20_000, 200) == "x"


def test_a_reading_that_takes_too_long_is_given_up(plain, monkeypatch):
    def never_ends(command: list[str], **options: object) -> None:
        raise subprocess.TimeoutExpired(command, 60)

    monkeypatch.setattr(subprocess, "run", never_ends)
    error = refused(read_sheets, plain)

    assert error.key == "workbook-slow"
    assert "60" in explain(error, "id")


def test_a_reader_that_dies_is_told_as_a_damaged_workbook(plain, monkeypatch):
    def died(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, -9, b"", b"Killed")

    monkeypatch.setattr(subprocess, "run", died)

    assert refused(read_sheets, plain).key == "workbook-damaged"


def test_the_reader_runs_in_a_process_of_its_own_with_a_time_limit_and_no_shell(plain, monkeypatch):
    calls = []
    run = subprocess.run

    def noted(command: list[str], **options: object) -> object:
        calls.append((command, options))
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", noted)
    read_sheets(book(plain, [["a process of its own"]]))

    [(command, options)] = calls
    assert command[0] == sys.executable
    assert "-P" in command  # else our _csv.py could come before Python's
    assert options["timeout"] == 60
    assert not options.get("shell")
    # The bytes that were asked about, not a path that may hold others by now.
    assert options["input"] == plain.read_bytes()


def test_a_file_read_again_is_not_parsed_again_and_a_changed_one_is(plain, monkeypatch):
    first = read_sheets(book(plain, [["once"]]))
    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "run", None)
        assert read_sheets(plain) == first

    assert read_sheets(book(plain, [["twice"]]))[0].text(1, 1) == "twice"


def test_a_file_that_is_not_there_and_a_folder_are_refused_in_words(tmp_path):
    assert refused(read_sheets, tmp_path / "none.xlsx").key == "file-missing"
    assert refused(read_sheets, tmp_path).key == "file-unreadable"


@pytest.mark.parametrize(
    "read",
    [workbook.read_agencies, workbook.read_people, workbook.read_rooms, workbook.read_published],
)
@pytest.mark.parametrize("name", ["encrypted", "macro", "bomb", "cut"])
def test_every_reader_of_tables_refuses_what_is_hostile(plain, read, name):
    HOSTILE[name][0](plain)

    assert refused(read, plain).key == HOSTILE[name][1]


@cache
def sound() -> bytes:
    content = io.BytesIO()
    made = openpyxl.Workbook()
    made.worksheets[0].append(["kode", "mandiri"])
    made.save(content)
    return content.getvalue()


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_whatever_byte_of_a_workbook_is_changed_it_is_read_or_refused_in_words(
    tmp_path_factory, changes
):
    path = tmp_path_factory.getbasetemp() / "changed.xlsx"
    content = bytearray(sound())
    for at, byte in changes:
        content[at % len(content)] = byte
    path.write_bytes(bytes(content))
    refusals = []
    try:
        read_sheets(path)
    except TableError as error:
        refusals.append(error)

    assert all(explain(error, lang) for error in refusals for lang in LANGUAGES)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=1, max_size=40))
@example(["_x0041_", "_x005F_x000D_", "#N/A", "=1", "\ufffe", "\r"])
@settings(max_examples=60, deadline=None)
def test_any_text_that_is_written_is_read_back_the_same(texts):
    made = new_book("x")
    sheet = made.create_sheet("Teks")
    for line, text in enumerate(texts, 1):
        put(sheet, line, 1, text)
    content = io.BytesIO()
    made.save(content)
    [read] = _xlsx_parse._sheets(content.getvalue())  # what the other process does
    found = {line: cells[0][1:] for line, cells in read["rows"]}

    assert found == {
        line: ("s", text.replace("\r\n", "\n").replace("\r", "\n"))
        for line, text in enumerate(texts, 1)
        if text.strip()
    }
