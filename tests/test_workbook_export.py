"""Tables that go out: whole, with numbers as numbers, and nothing that becomes a formula."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import files
from merit_kit.workbook import _csv, sipinter_rows, write_rows
from merit_kit.workbook._xlsx import read_sheets
from tests.workbooks import refused

DANGEROUS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_looks_like_a_formula_is_guarded_in_csv(tmp_path, text):
    path = tmp_path / "a.csv"
    write_rows(path, ["a", "b"], [["x", text]])

    assert path.read_bytes().split(b"x;")[1].lstrip(b'"')[:2] == f"'{text[0]}".encode()
    assert _csv.read_lines(path, [])[1][1] == ["x", text]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_looks_like_a_formula_is_a_text_in_xlsx(tmp_path, text):
    path = tmp_path / "a.xlsx"
    write_rows(path, [text], [[text]])
    sheet = openpyxl.load_workbook(path).worksheets[0]

    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert cell.value == text.replace("\r", "\n")


def test_numbers_stay_numbers(tmp_path):
    row = [3, -2, 2.5, Decimal("0.64"), None, 0]
    write_rows(tmp_path / "a.xlsx", list("abcdef"), [row])
    write_rows(tmp_path / "a.csv", list("abcdef"), [row])

    [cells] = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]["A2:F2"]
    assert [cell.value for cell in cells] == [3, -2, 2.5, 0.64, None, 0]
    assert all(cell.data_type == "n" for cell in cells)
    assert (tmp_path / "a.csv").read_bytes().split(b"\r\n")[1] == b"3;-2;2,5;0,64;;0"


def test_csv_is_written_as_excel_in_indonesian_reads_it(tmp_path):
    write_rows(tmp_path / "a.csv", ["kode", "nama"], [["1.1", 'é; "x"\ny']])

    expected = 'kode;nama\r\n1.1;"é; ""x""\ny"\r\n'
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf" + expected.encode()


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)))
@settings(max_examples=50, deadline=None)
def test_any_text_comes_back_from_csv(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "keluar.csv"
    write_rows(path, ["a", "b"], [["x", text] for text in texts])
    lines = _csv.read_lines(path, [])

    assert [cells[1] for _, cells in lines[1:]] == texts


def test_a_workbook_that_goes_out_can_be_worked_in(tmp_path):
    path = tmp_path / "a.xlsx"
    write_rows(path, ["kode", "nama"], [["1.1", "x" * 500], ["1.2", "pendek"]])
    sheet = openpyxl.load_workbook(path).worksheets[0]

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet.column_dimensions["A"].width == 6
    assert sheet.column_dimensions["B"].width == 60
    assert not sheet.protection.sheet


def test_a_name_that_says_no_kind_of_file_is_refused_with_the_choice(tmp_path):
    assert refused(write_rows, tmp_path / "a.xls", ["a"], []).facts["allowed"] == ".csv, .xlsx"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "XLSX"])
def test_a_table_is_written_whole_or_not_at_all(tmp_path, monkeypatch, ending):
    path = tmp_path / f"a.{ending}"
    path.write_text("lama", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)

    assert refused(write_rows, path, ["a"], [["b"]]).key == "file-unwritable"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_text(encoding="utf-8") == "lama"


def test_what_was_verified_is_listed_in_the_order_of_entry(tiny):
    headings, rows = sipinter_rows(
        tiny, {"1.2": 0, "2.1": 4, "1.1": None}, {"2.1": "Lengkap"}, {"1.2": "Lihat SK"}
    )

    assert headings == ["No.", "Subaspek", "Level verifikasi", "Alasan", "Catatan"]
    assert rows == [
        ["2.1", "Nama 2.1", 4, "Lengkap", ""],
        ["1.1", "Nama 1.1", None, "", ""],
        ["1.2", "Nama 1.2", 0, "", "Lihat SK"],
    ]
    assert sipinter_rows(tiny, {}, {}, {}, "en")[1][0] == ["2.1", "Nama 2.1 (en)", None, "", ""]


def test_what_goes_out_for_entry_keeps_its_codes(tmp_path: Path, kasn):
    path = tmp_path / "entri.xlsx"
    write_rows(path, *sipinter_rows(kasn, {"3.10": 3, "3.1": 2}, {}, {}))
    [sheet] = read_sheets(path)

    found = {sheet.text(line, 1): sheet.text(line, 3) for line in sorted(sheet.rows)}
    assert list(found)[1:] == list(kasn.codes)
    assert (found["3.1"], found["3.10"]) == ("2", "3")


def test_a_table_prints_on_a4_across_with_all_columns_on_a_page_and_its_headings_on_each(tmp_path):
    write_rows(tmp_path / "a.xlsx", ["kode", "nama"], [["1.1", "x"]])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (10, 1), (15, 2), (29, 3)])
def test_a_table_too_wide_to_be_read_on_one_page_goes_on_beside_it_with_its_names(
    tmp_path, count, pages
):
    # Columns of 18 beside two that name a row: (240 - 36) / 18 = 11 of them to a page.
    headings = [f"kolom{column}" for column in range(count + 2)]
    write_rows(tmp_path / "a.xlsx", headings, [["x" * 16] * (count + 2)], naming=2)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]

    assert sheet.page_setup.fitToWidth == pages
    assert sheet.print_title_cols == "$A:$B"
    assert sheet.freeze_panes == "C2"


def test_a_long_heading_widens_no_column_of_figures_and_shows_whole(tmp_path):
    write_rows(tmp_path / "a.xlsx", ["Ketidaksesuaian belum dijelaskan seluruhnya"], [[3]])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]

    assert sheet.column_dimensions["A"].width == 17
    # "Ketidaksesuaian | belum dijelaskan | seluruhnya": three lines of 9 points, 1.3 apart.
    assert sheet.row_dimensions[1].height == pytest.approx(3 * 9 * 1.3 + 4)
    assert sheet.row_dimensions[2].height == pytest.approx(9 * 1.3 + 4)
