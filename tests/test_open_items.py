"""The open clarifications of an agency: sent as a workbook, answered, read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from merit_kit import workbook
from merit_kit.errors import Cell
from merit_kit.i18n import explain
from merit_kit.instrument import from_data
from merit_kit.workbook import (
    FormAgency,
    FormRound,
    Identity,
    OpenAnswer,
    OpenItem,
    OpenItems,
    read_open_items,
    write_open_items,
)
from tests.conftest import tiny_data
from tests.workbooks import filled, refused, told

TINY = from_data(tiny_data())
ITEMS = OpenItems(
    TINY,
    FormAgency("kota-a", "Kota A", "kota"),
    FormRound("2026-1", 2026, 1),
    "toko-1",
    "p-2026",
    items=(
        OpenItem(
            *("t-1", "1.2", "Apakah sudah ditetapkan?", "Surat keputusan", "2026-10-31"),
            entry="e-1",
        ),
        OpenItem("t-2", "2.1", "Siapa yang menyusun?", entry="e-2"),
        OpenItem("t-3", "1.2", "Mulai kapan berlaku?", entry="e-3"),
    ),
)
SHEET = "Klarifikasi"
ANSWER = "H (ISIAN: jawaban)"
FILES = "I (ISIAN: nama berkas, satu per baris)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_open_items(tmp_path / "kota-a.xlsx", ITEMS)
    return tmp_path / "kota-a.xlsx"


def test_a_list_that_was_left_empty_says_nothing(path):
    assert read_open_items(path).answers == ()


def test_answers_are_read_with_their_files_and_their_place(path):
    filled(path, {SHEET: {"H5": " Sudah,\nlihat SK ", "I5": "SK 1.pdf\nfoto.jpg", "H7": "2024"}})

    assert read_open_items(path).answers == (
        OpenAnswer(
            *("t-1", "1.2", "e-1", "Sudah,\nlihat SK", ("SK 1.pdf", "foto.jpg")),
            *(Cell(5, ANSWER, SHEET), Cell(5, FILES, SHEET)),
        ),
        OpenAnswer(
            *("t-3", "1.2", "e-3", "2024", ()),
            *(Cell(7, ANSWER, SHEET), Cell(7, FILES, SHEET)),
        ),
    )
    assert read_open_items(path) == read_open_items(path)


def test_a_list_knows_whose_it_is(path):
    identity = Identity("open-items", "kota-a", "2026-1", "tiny", TINY.digest, "p-2026", "toko-1")

    assert read_open_items(path).identity == workbook.identity_of(path) == identity


def test_a_list_and_a_form_are_not_taken_for_each_other(path, tmp_path):
    form = tmp_path / "form.xlsx"
    workbook.write_form(form, workbook.Form(TINY, ITEMS.agency, ITEMS.round, "toko-1"))

    assert refused(workbook.read_form, path, TINY).key == "form-foreign"
    assert refused(workbook.read_levels, path, TINY).key == "form-foreign"
    assert refused(read_open_items, form).key == "open-items-foreign"


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"A5": "t-2"}, (f"{SHEET}:5:B (No.)", "form-question-changed")),
        ({"A5": None}, (f"{SHEET}:5:B (No.)", "form-question-changed")),
        ({"B6": "1.1"}, (f"{SHEET}:6:B (No.)", "form-question-changed")),
        ({"I5": "SK.pdf"}, (f"{SHEET}:5:{FILES}", "files-without-answer")),
        ({"H5": "Ya", "I5": "../SK.pdf"}, (f"{SHEET}:5:{FILES}", "file-name-form")),
        ({"H5": "Ya", "I5": "C:\\SK.pdf"}, (f"{SHEET}:5:{FILES}", "file-name-form")),
        ({"H5": "x" * 10_001}, (f"{SHEET}:5:{ANSWER}", "text-too-long")),
        ({"H5": "a\x7fb"}, (f"{SHEET}:5:{ANSWER}", "text-unreadable")),
        ({"H8": "Ya"}, (f"{SHEET}:8:H", "form-stray")),
    ],
    ids=[
        *("thread-changed", "thread-removed", "code-changed", "file-alone", "parent", "drive"),
        *("too-long", "unreadable", "below"),
    ],
)
def test_a_fault_is_named_with_its_cell_and_nothing_else_is(path, cells, fault):
    error = refused(read_open_items, filled(path, {SHEET: cells}))

    assert told(error) == [fault]


@pytest.mark.parametrize("column", ["H", "I"])
def test_a_formula_is_one_fault(path, column):
    made = openpyxl.load_workbook(path)
    made[SHEET]["H5"] = "Ya"
    made[SHEET][f"{column}5"] = "=A1"
    made.save(path)

    [(place, key)] = told(refused(read_open_items, path))
    assert (place[: len(SHEET) + 4], key) == (f"{SHEET}:5:{column}", "cell-formula")


def test_all_faults_are_named_at_once(path):
    filled(path, {SHEET: {"A5": "x", "I6": "SK.pdf", "H7": "Ya", "I7": "a/b"}})

    assert told(refused(read_open_items, path)) == [
        (f"{SHEET}:5:B (No.)", "form-question-changed"),
        (f"{SHEET}:6:{FILES}", "files-without-answer"),
        (f"{SHEET}:7:{FILES}", "file-name-form"),
    ]


def test_a_sheet_that_is_gone_is_named_once(path):
    made = openpyxl.load_workbook(path)
    made[SHEET].title = "Lain"
    made.save(path)

    error = refused(read_open_items, path)
    assert told(error) == [(SHEET, "form-sheet-missing")]
    assert "lembar Klarifikasi" in explain(error, "id")


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def test_the_list_shows_what_is_asked_and_hides_what_it_is_called(path):
    sheet = opened(path)[SHEET]

    assert [cell.value for cell in sheet[5]][:7] == [
        *("t-1", "1.2", "Nama 1.2", "Apakah sudah ditetapkan?", "Surat keputusan"),
        *("• Bukti 1.2", "31 Oktober 2026"),
    ]
    assert sheet.column_dimensions["A"].hidden
    assert sheet["G6"].value is None or sheet["G6"].value == ""


def test_only_answers_and_names_of_files_can_be_written_in(path):
    made = opened(path)

    assert all(sheet.protection.sheet for sheet in made.worksheets)
    free = {
        cell.coordinate for row in made[SHEET].iter_rows() for cell in row
        if not cell.protection.locked
    }  # fmt: skip
    assert free == {f"{column}{line}" for column in "HI" for line in (5, 6, 7)}


def test_an_english_list_is_english_and_marked_as_a_simulation(path):
    write_open_items(path, replace(ITEMS, lang="en", simulation="SIMULATION"))
    made = opened(path)

    assert made.sheetnames[:2] == ["Instructions", "Clarifications"]
    assert made["Clarifications"]["B3"].value == "SIMULATION"
    assert made["Clarifications"]["G5"].value == "31 October 2026"
    assert read_open_items(path).identity.lang == "en"


def test_a_hostile_question_is_a_text(path):
    item = OpenItem("t-1", "1.2", "=HYPERLINK(1)", "@x", entry="e-1")
    write_open_items(path, replace(ITEMS, items=(item,)))
    sheet = opened(path)[SHEET]

    assert (sheet["D5"].data_type, sheet["E5"].data_type) == ("s", "s")
    assert read_open_items(path).answers == ()


def test_an_agency_without_open_questions_gets_an_empty_list(path):
    write_open_items(path, replace(ITEMS, items=()))

    assert read_open_items(path).answers == ()
