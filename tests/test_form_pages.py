"""How the self-assessment form looks: what is locked, what is shown, what is printed.

`tiny` (conftest.py) has 2.1 on the sheet "Aspek 2", 1.1 and 1.2 on "Aspek 1".
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from merit_kit.instrument import Instrument, from_data
from merit_kit.workbook import Form, FormAgency, read_form, write_form
from tests.conftest import tiny_data
from tests.test_forms import BLANK, STATED, TINY
from tests.workbooks import filled, refused, told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kota-a.xlsx"


def opened(path: Path, form: Form) -> Any:
    write_form(path, form)
    return openpyxl.load_workbook(path)


def test_only_what_is_to_be_filled_in_can_be_written_in(path):
    made = opened(path, BLANK)

    for sheet in made.worksheets:
        assert sheet.protection.sheet
        assert not sheet.protection.password
    free = {
        f"{sheet.title}!{cell.coordinate}"
        for sheet in made.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    assert free == {
        *(f"Aspek 2!{column}6" for column in "HIJ"),
        *(f"Aspek 1!{column}{line}" for column in "HIJ" for line in (6, 7)),
    }
    assert made.security.lockStructure


def test_a_form_has_the_sheets_and_texts_of_its_edition_in_its_order(path):
    made = opened(path, STATED)

    assert made.sheetnames == ["Petunjuk", "Aspek 2", "Aspek 1", "merit-kit"]
    assert made["merit-kit"].sheet_state == "veryHidden"
    assert [cell.value for cell in made["Aspek 1"][6]] == [
        *("1.1", "Nama 1.1", "• Bukti 1.1"),
        *(f"1.1 level {level}" for level in (1, 2, 3, 4)),
        *(3, "Sudah ditetapkan", "SK.pdf\nlama/nama aneh?.pdf"),
    ]


def test_an_english_form_is_english(path):
    made = opened(path, replace(BLANK, lang="en"))

    assert made.sheetnames[:2] == ["Instructions", "Aspect 2"]
    assert made["Aspect 1"]["B6"].value == "Nama 1.1 (en)"
    filled(path, {"Aspect 1": {"H6": 8}})
    assert told(refused(read_form, path, TINY)) == [
        ("Aspect 1:6:H (INPUT: level 0–4)", "level-off-scale")
    ]


def test_the_mark_of_a_simulation_is_on_every_sheet_and_page(path):
    mark = "SIMULASI, BUKAN HASIL RESMI"
    made = opened(path, replace(BLANK, simulation=mark))

    for sheet in made.worksheets[:-1]:
        values = {cell.value for row in sheet.iter_rows() for cell in row}
        assert mark in values
        assert sheet.oddHeader.center.text == mark
    real = opened(path, BLANK)
    assert all(not sheet.oddHeader.center.text for sheet in real.worksheets)


def test_the_levels_are_offered_as_a_list_that_says_what_is_allowed(path):
    sheet = opened(path, BLANK)["Aspek 1"]
    [rule] = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]

    assert rule.formula1 == '"0,1,2,3,4"'
    assert str(rule.sqref) == "H6:H7"
    assert rule.errorStyle in (None, "stop")
    assert rule.showErrorMessage
    assert "0, 1, 2, 3, 4" in rule.error
    for rule in sheet.data_validations.dataValidation:
        for text, most in ((rule.errorTitle, 32), (rule.error, 255), (rule.promptTitle, 32)):
            assert len(text or "") <= most
        assert len(rule.prompt or "") <= 255


def test_a_chosen_level_shows_without_colour(path):
    sheet = opened(path, BLANK)["Aspek 1"]
    rules = {
        str(ranges.sqref): rule for ranges, rules in sheet.conditional_formatting._cf_rules.items()
        for rule in rules
    }  # fmt: skip

    assert rules["F6:F7"].formula == ['AND($H6<>"",$H6=3)']
    assert all(rule.dxf.font.b and rule.dxf.border.left.style for rule in rules.values())


def test_a_form_prints_on_a4_across_with_its_headings_on_each_page(path):
    for sheet in opened(path, BLANK).worksheets[1:-1]:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$5:$5"
        assert sheet.freeze_panes == "C6"


def test_the_first_sheet_counts_what_is_filled_in(path):
    sheet = opened(path, BLANK)["Petunjuk"]
    rows = {row[0].value: [row[2].value, row[3].value] for row in sheet.iter_rows()}

    assert rows["Aspek 2"] == ["=COUNTA('Aspek 2'!$H$6:$H$6)", 1]
    assert rows["Aspek 1"] == ["=COUNTA('Aspek 1'!$H$6:$H$7)", 2]
    assert rows["Jumlah"][1] == 3


def test_nothing_that_somebody_wrote_becomes_a_formula(path):
    data = tiny_data()
    data["aspects"][1]["sub_aspects"][0]["name"]["id"] = "=1+1"
    data["legal_basis"] = "@SUM(A1)"
    hostile = replace(
        STATED,
        instrument=from_data(data),
        agency=FormAgency("kota-a", "=HYPERLINK(1)&A1", "kota"),
        stated={"1.1": (3, "=cmd|' /C calc'!A0")},
        evidence={"1.1": ("=1.pdf",)},
        simulation="=2+2",
    )
    made = opened(path, hostile)

    formulas = [
        cell.value
        for sheet in made.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert sorted(formulas) == [
        "=COUNTA('Aspek 1'!$H$6:$H$7)",
        "=COUNTA('Aspek 2'!$H$6:$H$6)",
        "=SUM(C17:C18)",
    ]
    assert made["Aspek 1"]["I6"].quotePrefix
    # In the edge of a page, & begins a code.
    assert made["Aspek 1"].oddHeader.left.text.startswith("=HYPERLINK(1)&&A1")


def test_an_edition_with_nothing_to_fill_in_has_no_form(path):
    bare = replace(TINY, scale=())

    assert refused(write_form, path, replace(BLANK, instrument=bare)).key == "form-impossible"
    assert not path.exists()


def test_an_aspect_without_sub_aspects_has_no_sheet(path):
    first, second = TINY.aspects
    draft: Instrument = replace(TINY, aspects=(replace(first, sub_aspects=()), second))

    assert opened(path, replace(BLANK, instrument=draft)).sheetnames[1:-1] == ["Aspek 1"]


def test_a_form_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "a.xlsx").mkdir()

    assert refused(write_form, tmp_path / "a.xlsx", BLANK).key == "file-unwritable"


def test_the_form_of_the_shipped_edition_has_room_for_every_text(path, kasn):
    made = opened(path, replace(BLANK, instrument=kasn))

    for aspect in kasn.aspects:
        sheet = made[f"Aspek {aspect.number}"]
        for line, sub in enumerate(aspect.sub_aspects, 6):
            height = sheet.row_dimensions[line].height
            # Letters of 9 points are about 4.6 wide, and a column of 22 is 115.
            longest = max(len(text.id) for text in sub.levels.values())
            assert 12 * longest / 25 < height <= 409
