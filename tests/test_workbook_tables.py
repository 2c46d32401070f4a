"""Tables in XLSX, and tables of somebody else read through a mapping of their columns."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import workbook
from merit_kit.errors import Cell, Problem
from merit_kit.i18n import explain
from merit_kit.workbook import ColumnMapping, Given, read_levels, read_mapping, write_rows
from tests.workbooks import book, refused, told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kota-a.xlsx"


def test_levels_are_read_from_a_workbook(path, tiny):
    book(path, [["kode", "mandiri", "keterangan"], ["1.1", 3, "Sudah"], [], [1.2, 0.0, None]])
    table = read_levels(path, tiny)

    assert table.given == (
        Given("1.1", 3, "Sudah", None, "", ""),
        Given("1.2", 0, "", None, "", ""),
    )
    assert table.columns == {"sub_aspect", "self", "self_reason"}


def test_the_first_sheet_that_is_not_hidden_is_read(path, tiny):
    other = [["kode", "warna"], ["1.1", "biru"]]
    book(path, [["kode", "mandiri"], ["1.1", 4]], [["kode", "mandiri"], ["1.1", 2]], other)
    made = openpyxl.load_workbook(path)
    made["Lembar1"].sheet_state = "hidden"
    made.save(path)

    assert read_levels(path, tiny).given[0].self_level == 2


def test_a_second_sheet_with_levels_is_not_passed_over(path, tiny):
    book(path, [["kode", "mandiri"], ["1.1", 2]], [["lain"]], [["kode", "catatan"], ["1.2", "x"]])

    error = refused(read_levels, path, tiny)
    assert error.key == "sheets-several"
    assert "Lembar1, Lembar3" in explain(error)
    named = ColumnMapping({"sub_aspect": "kode", "self": "mandiri"}, sheet="Lembar1")
    assert len(read_levels(path, tiny, named).given) == 1


def test_a_second_sheet_with_headings_alone_is_passed_over(path, tiny):
    book(path, [["kode", "mandiri"], ["1.1", 2]], [["kode", "mandiri"]])

    assert len(read_levels(path, tiny).given) == 1


def test_what_stands_below_a_blank_heading_is_not_lost(path, tiny):
    book(path, [["kode", None, "mandiri"], ["1.1", "penting", 2]])

    assert told(refused(read_levels, path, tiny)) == [("Lembar1:2", "cell-extra")]


@pytest.mark.parametrize(("typed", "fault"), [(3.1, True), ("3.1", False)])
def test_a_3_1_that_is_a_number_may_have_been_3_10(path, kasn, typed, fault):
    book(path, [["kode", "mandiri"], [typed, 2]])

    if not fault:
        assert read_levels(path, kasn).given[0].sub_aspect == "3.1"
        return
    error = refused(read_levels, path, kasn)
    assert told(error) == [("Lembar1:2:kode", "code-is-number")]
    assert "3.10" in explain(error)


def test_a_web_page_saved_as_a_workbook_is_called_what_it_is(tmp_path, tiny):
    page = tmp_path / "hasil.xlsx"
    page.write_text("<html><table><tr><td>kode</td></tr></table></html>", encoding="utf-8")

    said = explain(refused(read_levels, page, tiny))
    assert said == (
        "hasil.xlsx adalah berkas HTML/XML, bukan tabel. Kirim datanya sebagai XLSX atau CSV."
    )


def test_a_row_of_a_foreign_table_with_a_misspelt_code_and_only_a_reason_is_named(path, tiny):
    book(path, [["No", "Skor", "Alasan"], ["1.l", None, "Ada SK"], ["1.1", 2, None]])
    columns = {"sub_aspect": "No", "self": "Skor", "self_reason": "Alasan"}

    assert told(refused(read_levels, path, tiny, ColumnMapping(columns))) == [
        ("Lembar1:2:No", "code-unknown"),
        ("Lembar1:2:Alasan", "reason-without-level"),
    ]


def test_headings_may_stand_below_a_title_and_beside_empty_columns(path, tiny):
    rows = [["Penilaian Kota A"], [], [None, "Nomor", "Level\nMandiri"], [None, "1.1", 3]]

    assert read_levels(book(path, rows), tiny).given[0].self_level == 3


@pytest.mark.parametrize(("above", "found"), [(19, True), (20, False)])
def test_headings_are_looked_for_in_the_first_twenty_lines(path, tiny, above, found):
    rows = [*[["judul"]] * above, ["kode", "mandiri"], ["1.1", 3]]
    book(path, rows)
    if found:
        assert read_levels(path, tiny).given[0].self_level == 3
    else:
        error = refused(read_levels, path, tiny)
        assert told(error) == [("Lembar1", "headings-missing")]
        assert "subaspek" in explain(error, "id")


def test_the_agency_of_a_workbook_is_read(path, tiny):
    book(path, [["instansi", "kode", "mandiri"], ["Kota-A", "1.1", 3]])

    assert workbook.first_agency(path) == read_levels(path, tiny).agency == "kota-a"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            [["kode", "mandiri"], ["1.1", 7]],
            Problem(Cell(2, "mandiri", "Lembar1"), "level-off-scale", "7", "0, 1, 2, 3, 4"),
        ),
        (
            [["kode", "mandiri"], ["1.1", "=1+2"]],
            Problem(Cell(2, "mandiri", "Lembar1"), "cell-formula", "=1+2"),
        ),
        (
            [["kode", "mandiri"], ["=A1", 3], ["1.2", 3]],
            Problem(Cell(2, "kode", "Lembar1"), "cell-formula", "=A1"),
        ),
        (
            [["kode", "mandiri", "keterangan"], ["1.1", "=3", "Sudah"]],
            Problem(Cell(2, "mandiri", "Lembar1"), "cell-formula", "=3"),
        ),
        (
            [["kode", "mandiri"], ["1.1", "#REF!"]],
            Problem(Cell(2, "mandiri", "Lembar1"), "cell-broken", "#REF!"),
        ),
        (
            [["kode", "mandiri"], ["1.1", 3, "lebih"]],
            Problem(Cell(2, "", "Lembar1"), "cell-extra", "lebih"),
        ),
        (
            [["kode", "mandiri"], [date(2026, 10, 3), 3]],
            Problem(Cell(2, "kode", "Lembar1"), "code-is-date", "2026-10-03"),
        ),
        ([["kode", "mandiri"]], Problem(Cell(1, "", "Lembar1"), "no-rows")),
        (
            [["kode"], ["1.1"]],
            Problem(
                Cell(0, "", "Lembar1"),
                "columns-say-nothing",
                None,
                ["mandiri", "verifikasi", "catatan", "bukti"],
            ),
        ),
        (
            [["kode", "bukti"], ["1.1", "SK.pdf\n../x"]],
            Problem(Cell(2, "bukti", "Lembar1"), "file-name-form", "../x"),
        ),
    ],
    ids=[
        *("level", "formula", "formula-code", "formula-with-words", "broken", "extra", "date"),
        *("no-rows", "nothing", "path"),
    ],
)
def test_a_fault_in_a_workbook_is_named_with_its_sheet_and_nothing_else_is(
    path, tiny, rows, problem
):
    error = refused(read_levels, book(path, rows), tiny)

    assert error.problems == (problem,)
    assert "lembar Lembar1" in explain(error, "id")


def test_an_empty_workbook_is_refused_in_words(path, tiny):
    assert refused(read_levels, book(path, [[]]), tiny).key == "table-empty"


def test_evidence_may_be_named_in_a_table_parted_by_lines_or_semicolons(path, tiny):
    rows = [["kode", "Bukti Dukung"], ["1.1", "SK.pdf; foto.jpg\nSK.pdf"]]

    assert read_levels(book(path, rows), tiny).given == (
        Given("1.1", None, "", None, "", "", evidence=("SK.pdf", "foto.jpg")),
    )


def test_agencies_people_and_rooms_may_come_as_workbooks(path):
    agency = [["kode", "nama", "jenis", "zona waktu"], ["kota-a", "Kota A", "kota", "WIB"]]
    assert workbook.read_agencies(book(path, agency))[0]["time_zone"] == "WIB"

    people = [["nama", "nip", "peran"], ["Ani", "198001012005011001", "penilai"]]
    assert workbook.read_people(book(path, people))[0]["nip"] == "198001012005011001"

    rooms = [
        ["ruang", "jenis", "tanggal", "instansi", "penilai"],
        ["R1", "evaluasi", date(2026, 10, 24), "kota-a", "Ani"],
    ]
    assert workbook.read_rooms(book(path, rooms))[0]["held_on"] == "2026-10-24"


def test_a_nip_that_excel_kept_as_a_number_is_refused_for_its_lost_digits(path):
    people = [["nama", "nip", "peran"], ["Ani", 1.98001012005011e17, "penilai"]]

    assert told(refused(workbook.read_people, book(path, people))) == [
        ("Lembar1:2:nip", "nip-form")
    ]


def test_a_column_that_people_lack_is_told_with_its_sheet(path):
    people = [["nama", "peran"], ["Ani", "instansi"]]

    assert told(refused(workbook.read_people, book(path, people))) == [
        ("Lembar1:2", "column-missing")
    ]


def said_of(read: Any, path: Path, *more: Any) -> Any:
    """What is read, or what is said of it without the file, the sheet and the line."""
    try:
        return read(path, *more).given
    except workbook._tables.TableError as error:
        return [
            # A text of several lines makes a row of CSV several lines tall.
            (p.where.column if isinstance(p.where, Cell) else "", p.key, p.found)
            for p in error.problems
        ]


LEVELS = st.sampled_from(["", "3", "0", "9", "-", "tiga", "2,0"])
TEXTS = st.text(st.sampled_from("ab =+-@'\"\n\t;,é"), max_size=6)
ROWS = st.lists(
    st.tuples(st.sampled_from(["1.1", "1.2", "2.1", "9.9"]), LEVELS, TEXTS), min_size=1, max_size=4
)


@given(ROWS)
@settings(max_examples=30, deadline=None)
def test_a_table_says_the_same_as_csv_and_as_xlsx(tmp_path_factory, tiny, rows):
    headings = ["kode", "mandiri", "keterangan"]
    folder = tmp_path_factory.getbasetemp()
    said = []
    for ending in ("csv", "xlsx"):
        path = folder / f"sama.{ending}"
        write_rows(path, headings, rows)
        said.append(said_of(read_levels, path, tiny))

    assert said[0] == said[1]


FOREIGN = {"sub_aspect": "No.", "self": "Skor", "self_reason": "Catatan", "evidence": "Bukti"}


def mapping(path: Path, **more: Any) -> Path:
    path.write_text(json.dumps({"format": 1, "columns": FOREIGN, **more}), encoding="utf-8")
    return path


def test_a_mapping_is_read(tmp_path):
    found = read_mapping(mapping(tmp_path / "m.json", sheet="Data", code_in_text=True))

    assert found == ColumnMapping(FOREIGN, "Data", True)
    assert read_mapping(mapping(tmp_path / "m.json", sheet=None)) == ColumnMapping(FOREIGN)


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        ({"format": 2, "columns": FOREIGN}, [("format", "not-allowed")]),
        ({"format": True, "columns": FOREIGN}, [("format", "not-allowed")]),
        ({"columns": FOREIGN}, [("format", "not-allowed")]),
        ({"format": 1, "columns": FOREIGN, "kolom": 1}, [("", "key-unknown")]),
        ({"format": 1, "columns": FOREIGN, "sheet": 1}, [("sheet", "not-text")]),
        ({"format": 1, "columns": FOREIGN, "code_in_text": 1}, [("code_in_text", "not-allowed")]),
        ({"format": 1}, [("columns", "not-a-mapping")]),
        ({"format": 1, "columns": {**FOREIGN, "skor": "x"}}, [("columns", "key-unknown")]),
        ({"format": 1, "columns": {**FOREIGN, "note": " "}}, [("columns.note", "not-text")]),
        ({"format": 1, "columns": {**FOREIGN, "note": "SKOR"}}, [("columns", "column-repeated")]),
        ({"format": 1, "columns": {"self": "Skor"}}, [("columns.sub_aspect", "missing")]),
        ({"format": 1, "columns": {"sub_aspect": "No."}}, [("columns", "columns-say-nothing")]),
        (
            {"format": 1, "columns": {"sub_aspect": "a", "note": "b", "self_reason": "c"}},
            [("columns.self_reason", "reason-without-level")],
        ),
        (
            {"format": 0, "columns": {"sub_aspect": 1}},
            [
                *(("format", "not-allowed"), ("columns.sub_aspect", "not-text")),
                ("columns", "columns-say-nothing"),
            ],
        ),
    ],
    ids=lambda value: None,
)
def test_every_fault_of_a_mapping_is_named(tmp_path, data, problems):
    (tmp_path / "m.json").write_text(json.dumps(data), encoding="utf-8")
    error = refused(read_mapping, tmp_path / "m.json")

    assert (error.key, told(error)) == ("mapping-faulty", problems)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"{", "mapping-unreadable"),
        (b"\xff\xfe\x00", "mapping-foreign"),
        (b"[" * 90_000, "mapping-foreign"),
        (b"[1]", "mapping-foreign"),
        (b" " * 100_001, "mapping-foreign"),
    ],
    ids=["cut", "no-text", "deep", "list", "large"],
)
def test_what_is_no_mapping_is_refused_in_words(tmp_path, content, key):
    (tmp_path / "m.json").write_bytes(content)

    assert refused(read_mapping, tmp_path / "m.json").key == key
    assert refused(read_mapping, tmp_path / "none.json").key == "file-missing"


def test_a_mapping_saved_by_notepad_is_read(tmp_path):
    path = mapping(tmp_path / "m.json")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert read_mapping(path) == ColumnMapping(FOREIGN)


ELSEWHERE = [
    ["Hasil penilaian mandiri", None, None, None, None, None],
    ["Diunduh 1/2/2026"],
    ["Uraian", "No.", "Skor", "Bobot", "Catatan", "Bukti"],
    ["Perencanaan Kebutuhan", "1", None, 40, None, None],
    ["Nama 1.1", "1.1", 3, 10, "Sudah", "SK.pdf"],
    ["Nama 1.2", "1,2", "2,0", 20, None, None],
    ["Jumlah", None, None, 30, None, None],
]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_table_of_somebody_else_is_read_through_its_mapping(tmp_path, tiny, ending):
    path = tmp_path / f"unduhan.{ending}"
    if ending == "xlsx":
        book(path, ELSEWHERE)
    else:
        lines = [";".join("" if v is None else str(v) for v in row) for row in ELSEWHERE]
        path.write_text("\n".join(lines), encoding="utf-8")

    assert read_levels(path, tiny, ColumnMapping(FOREIGN)).given == (
        Given("1.1", 3, "Sudah", None, "", "", evidence=("SK.pdf",)),
        Given("1.2", 2, "", None, "", ""),
    )


def test_only_a_row_that_states_something_needs_a_code(path, tiny):
    rows = [["No.", "Skor"], ["Aspek 1", 60], [None, 3], ["1.1", 3]]
    found = ColumnMapping({"sub_aspect": "No.", "self": "Skor"})

    assert told(refused(read_levels, book(path, rows), tiny, found)) == [
        ("Lembar1:2:No.", "code-unknown"),
        ("Lembar1:2:Skor", "level-off-scale"),
        ("Lembar1:3:No.", "code-empty"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Aspek 1 - 1.2 Data pegawai", "1.2"),
        ("1.2 Data 5.000 pegawai", "1.2"),
        ("1,2. Data", "1.2"),
        ("(2.1)", "2.1"),
    ],
)
def test_a_code_among_words_is_taken_if_the_mapping_says_so(path, tiny, text, code):
    book(path, [["No.", "Skor"], [text, 3]])
    found = ColumnMapping({"sub_aspect": "No.", "self": "Skor"}, code_in_text=True)

    assert read_levels(path, tiny, found).given[0].sub_aspect == code
    plain = ColumnMapping({"sub_aspect": "No.", "self": "Skor"})
    error = refused(read_levels, path, tiny, plain)
    assert told(error) == [("Lembar1:2:No.", "code-within-text")]
    assert '"code_in_text": true' in explain(error, "en")


def test_a_table_of_which_no_row_states_anything_is_refused(path, tiny):
    book(path, [["No.", "Skor", "Bobot"], ["Jumlah", None, 3], [None, None, 4]])
    found = ColumnMapping({"sub_aspect": "No.", "self": "Skor"})

    assert told(refused(read_levels, path, tiny, found)) == [("Lembar1", "no-rows")]


def test_the_sheet_that_a_mapping_names_is_read(path, tiny):
    book(path, [["lain"]], [["No.", "Skor"], ["1.1", 3]])
    columns = {"sub_aspect": "No.", "self": "Skor"}

    assert read_levels(path, tiny, ColumnMapping(columns, "lembar 2")).given[0].self_level == 3
    error = refused(read_levels, path, tiny, ColumnMapping(columns, "Data"))
    assert error.key == "sheet-missing"
    assert "Lembar1, Lembar2" in explain(error, "id")


def test_every_column_that_a_mapping_names_has_to_be_there(path, tiny):
    book(path, [["No.", "Skor"], ["1.1", 3]])

    assert [p.found for p in refused(read_levels, path, tiny, ColumnMapping(FOREIGN)).problems] == [
        "Catatan",
        "Bukti",
    ]


def test_the_agency_may_be_found_through_a_mapping(path, tiny):
    book(path, [["Satker", "No.", "Skor"], ["Kota-A", "1.1", 3]])
    found = ColumnMapping({"agency": "Satker", "sub_aspect": "No.", "self": "Skor"})

    assert workbook.first_agency(path, found) == read_levels(path, tiny, found).agency == "kota-a"
