"""Tables in: whatever a spreadsheet writes is read, and every fault is named by line and column.

Files are real ones in tmp_path. `tiny` (conftest.py) knows the codes 2.1, 1.1 and 1.2; what Excel
does to 3.10 is shown on the shipped edition, which has it.
"""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from merit_kit import i18n, workbook
from merit_kit.errors import Cell, Problem, TableError
from merit_kit.instrument import from_data
from merit_kit.workbook import _csv
from merit_kit.workbook._levels import Given
from tests.conftest import tiny_data
from tests.workbooks import Write, csv_writer, refused

TEXT = "kode;mandiri;keterangan\r\n1.1;3;Sudah “ditetapkan” – é\r\n1.2;0;\r\n"
GIVEN = (
    Given("1.1", 3, "Sudah “ditetapkan” – é", None, "", ""),
    Given("1.2", 0, "", None, "", ""),
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    return csv_writer(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8-with-mark", "utf-16-little", "utf-16-big", "windows"],
)
def test_a_table_is_read_in_any_encoding_that_a_spreadsheet_writes(write, tiny, content):
    assert workbook.read_levels(write(content), tiny).given == GIVEN


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"], ids=["windows", "unix", "old-mac"])
def test_a_table_is_read_with_any_line_ends(write, tiny, line_end):
    path = write(TEXT.replace("\r\n", line_end))

    assert workbook.read_levels(path, tiny).given == GIVEN


@pytest.mark.parametrize("mark", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
def test_a_table_may_be_separated_as_excel_does_in_any_country(write, tiny, mark):
    path = write(TEXT.replace(";", mark))

    assert workbook.read_levels(path, tiny).given == GIVEN


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "pipe"])
def test_the_line_that_names_the_separator_is_believed_and_counted(write, tiny, mark):
    path = write(f"sep={mark}\r\n" + TEXT.replace(";", mark).replace("0", "9"))

    assert refused(workbook.read_levels, path, tiny).problems == (
        Problem(Cell(4, "mandiri"), "level-off-scale", "9", "0, 1, 2, 3, 4"),
    )


def test_a_separator_within_quotes_does_not_separate(write, tiny):
    path = write('kode,mandiri,keterangan\n1.1,3,"satu, dua; ""tiga"""\n')

    assert workbook.read_levels(path, tiny).given[0].self_reason == 'satu, dua; "tiga"'


@pytest.mark.parametrize(
    ("typed", "level"),
    [("3", 3), ("3,0", 3), ("3.0", 3), ("3,00", 3), (" 3 ", 3), ("0", 0), ("0,0", 0), ("03", 3)],
)
def test_a_level_may_be_written_with_decimals_that_say_nothing(write, tiny, typed, level):
    path = write(f"kode;mandiri\n1.1;{typed}\n")

    assert workbook.read_levels(path, tiny).given[0].self_level == level


def test_an_empty_cell_is_not_assessed_and_a_0_is(write, tiny):
    given = workbook.read_levels(write("kode;mandiri;verifikasi\n1.1;;0\n"), tiny).given[0]

    assert (given.self_level, given.verified_level) == (None, 0)


@pytest.mark.parametrize("typed", ["1.1", "1,1", " 1.1 ", "1.1."])
def test_a_code_may_be_written_with_a_comma_or_a_final_point(write, tiny, typed):
    path = write(f"kode;mandiri\n{typed};3\n")

    assert workbook.read_levels(path, tiny).given[0].sub_aspect == "1.1"


@pytest.mark.parametrize(
    "headings",
    [
        "subaspek;mandiri;keterangan;verifikasi;alasan;catatan",
        "SUB-ASPEK ; Nilai_Mandiri;Keterangan Instansi;Level Verifikasi;ALASAN;Catatan  Penilai",
        "code;self;explanation;verified;reason;notes",
    ],
    ids=["indonesian", "case-space-hyphen", "english"],
)
def test_headings_are_known_in_both_languages_and_however_they_are_spaced(write, tiny, headings):
    path = write(f"{headings}\n1.1;3;a;2;b;c\n")

    assert workbook.read_levels(path, tiny).given == (Given("1.1", 3, "a", 2, "b", "c"),)


def test_columns_may_stand_in_any_order_and_empty_ones_are_passed_over(write, tiny):
    path = write("catatan;;verifikasi;kode;;\nc;;2;1.1;;\n")

    assert workbook.read_levels(path, tiny).given == (Given("1.1", None, "", 2, "", "c"),)


def test_blank_lines_are_passed_over_and_counted(write, tiny):
    path = write("\n\nkode;mandiri\n\n1.1;3\n;;\n1.2;9\n\n")

    assert [p.where for p in refused(workbook.read_levels, path, tiny).problems] == [
        Cell(7, "mandiri")
    ]


def test_a_row_that_ends_early_leaves_the_rest_empty(write, tiny):
    path = write("kode;mandiri;catatan\n1.1;3\n")

    assert workbook.read_levels(path, tiny).given == (Given("1.1", 3, "", None, "", ""),)


def test_a_line_break_within_quotes_keeps_the_line_numbers_right(write, tiny):
    path = write(
        'kode;mandiri;catatan\r\n1.1;3;"baris satu\r\nbaris dua\r\nbaris tiga"\r\n1.2;9;\r\n'
    )
    assert refused(workbook.read_levels, path, tiny).problems[0].where == Cell(5, "mandiri")

    read = workbook.read_levels(write(path.read_bytes().replace(b";9;", b";2;")), tiny)
    assert read.given[0].note == "baris satu\r\nbaris dua\r\nbaris tiga"


def test_a_fault_in_a_row_of_several_lines_is_named_by_the_line_the_row_begins_on(write, tiny):
    path = write('kode;catatan;mandiri\n1.1;"a\nb\nc";9\n')

    assert refused(workbook.read_levels, path, tiny).problems[0].where == Cell(2, "mandiri")


def test_other_line_separators_within_a_text_are_part_of_it(write, tiny):
    path = write("kode;mandiri;catatan\n1.1;3;a\u2028b\x85c\n1.2;9;\n")

    assert refused(workbook.read_levels, path, tiny).problems[0].where == Cell(3, "mandiri")


def test_the_agency_is_read_if_the_file_names_it(write, tiny):
    assert workbook.read_levels(write("kode;mandiri\n1.1;3\n"), tiny).agency is None

    path = write("instansi;kode;mandiri\nKota-A;1.1;3\nkota-a;1.2;3\n;2.1;3\n")
    assert workbook.read_levels(path, tiny).agency == "kota-a"


def test_the_agency_of_a_file_is_known_however_faulty_the_rest_of_it_is(write):
    faulty = "instansi;warna\n;x\nKota-A;x;y\nkab-b;x\n"

    assert workbook.first_agency(write(faulty)) == "kota-a"
    assert workbook.first_agency(write("kode;mandiri\n1.1;3\n")) is None
    assert workbook.first_agency(write("instansi;kode\n")) is None
    assert refused(workbook.first_agency, write(b"%PDF-1.7")).key == "table-not-csv"


def test_what_was_read_can_be_looked_at_as_a_table(write, tiny):
    frame = workbook.read_levels(write("kode;mandiri\n1.2;3\n1.1;0\n"), tiny).frame()

    assert frame["self_level"].to_dict() == {"1.2": 3, "1.1": 0}


OFF_SCALE = "0, 1, 2, 3, 4"

FAULTS = {
    "code-unknown": ("kode;mandiri\n9.9;3\n", Problem(Cell(2, "kode"), "code-unknown", "9.9")),
    "code-empty": ("kode;mandiri\n;3\n", Problem(Cell(2, "kode"), "code-empty")),
    "code-repeated": (
        "kode;mandiri\n1.1;3\n1.2;3\n1.1;3\n",
        Problem(Cell(4, "kode"), "code-repeated", "1.1", "2"),
    ),
    "level-too-high": (
        "kode;mandiri\n1.1;5\n",
        Problem(Cell(2, "mandiri"), "level-off-scale", "5", OFF_SCALE),
    ),
    "level-between": (
        "kode;verifikasi\n1.1;2,5\n",
        Problem(Cell(2, "verifikasi"), "level-off-scale", "2,5", OFF_SCALE),
    ),
    "level-negative": (
        "kode;mandiri\n1.1;-1\n",
        Problem(Cell(2, "mandiri"), "level-off-scale", "-1", OFF_SCALE),
    ),
    "level-a-word": (
        "kode;mandiri\n1.1;tiga\n",
        Problem(Cell(2, "mandiri"), "level-off-scale", "tiga", OFF_SCALE),
    ),
    "level-endless": (
        f"kode;mandiri\n1.1;{'9' * 5000}\n",
        Problem(Cell(2, "mandiri"), "level-off-scale", "9" * 60, OFF_SCALE),
    ),
    "level-superscript": (
        "kode;mandiri\n1.1;²\n",
        Problem(Cell(2, "mandiri"), "level-off-scale", "²", OFF_SCALE),
    ),
    "reason-without-level": (
        "kode;mandiri;keterangan\n1.1;;Sudah\n",
        Problem(Cell(2, "keterangan"), "reason-without-level"),
    ),
    "verified-reason-without-level": (
        "kode;mandiri;Alasan Verifikasi\n1.1;3;Sudah\n",
        Problem(Cell(2, "Alasan Verifikasi"), "reason-without-level"),
    ),
    "second-agency": (
        "instansi;kode;mandiri\nkota-a;1.1;3\nkab-b;1.2;3\n",
        Problem(Cell(3, "instansi"), "second-agency", "kab-b", "kota-a"),
    ),
    "column-unknown": (
        "kode;mandiri;bobot\n1.1;3;2\n",
        Problem(
            Cell(1, "bobot"),
            "column-unknown",
            "bobot",
            [
                *("instansi", "subaspek", "mandiri", "keterangan"),
                *("verifikasi", "alasan", "catatan", "bukti"),
            ],
        ),
    ),
    "column-repeated": (
        "kode;mandiri;Mandiri\n1.1;3;3\n",
        Problem(Cell(1, "Mandiri"), "column-repeated", "Mandiri"),
    ),
    "column-repeated-by-another-name": (
        "kode;subaspek;mandiri\n1.1;1.2;3\n",
        Problem(Cell(1, "subaspek"), "column-repeated", "subaspek"),
    ),
    "column-missing": (
        "mandiri\n3\n",
        Problem(Cell(1), "column-missing", "subaspek"),
    ),
    "columns-say-nothing": (
        "instansi;kode\nkota-a;1.1\n",
        Problem("", "columns-say-nothing", None, ["mandiri", "verifikasi", "catatan", "bukti"]),
    ),
    "cell-extra": (
        "kode;mandiri\n1.1;3;lebih\n",
        Problem(Cell(2), "cell-extra", "lebih"),
    ),
    "no-rows": ("kode;mandiri\n\n", Problem(Cell(1), "no-rows")),
    "text-too-long": (
        f"kode;mandiri;catatan\n1.1;3;{'x' * 10_001}\n",
        Problem(Cell(2, "catatan"), "text-too-long", 10_001, 10_000),
    ),
    "control-character": (
        "kode;mandiri;catatan\n1.1;3;a\x1bb\n",
        Problem(Cell(2, "catatan"), "text-unreadable", "U+001B"),
    ),
    "lost-character": (
        "kode;mandiri;catatan\n1.1;3;a\ufffdb\n",
        Problem(Cell(2, "catatan"), "text-unreadable", "U+FFFD"),
    ),
    "byte-that-means-nothing": (
        b"kode;mandiri;catatan\n1.1;3;\xe9\x81\n",
        Problem(Cell(2, "catatan"), "text-unreadable", "U+FFFD"),
    ),
    "quote-not-closed": (
        'kode;mandiri;catatan\n1.1;3;a\n1.2;3;"b\n',
        Problem(Cell(3), "csv-broken"),
    ),
}


@pytest.mark.parametrize(("content", "problem"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_line_and_column_and_nothing_else_is(
    write, tiny, content, problem
):
    error = refused(workbook.read_levels, write(content), tiny)

    assert error.problems == (problem,)
    assert error.key == "table-faulty"


def test_the_longest_text_allowed_is_taken(write, tiny):
    path = write(f"kode;catatan\n1.1;{'x' * 10_000}\n")

    assert len(workbook.read_levels(path, tiny).given[0].note) == 10_000


def test_all_faults_of_a_file_are_named_at_once(write, tiny):
    path = write(
        "instansi;kode;mandiri;keterangan;verifikasi;warna\n"
        "kota-a;1.1;7;a;2;\n"
        "kota-a;9.9;3;a;2;\n"
        "kab-b;1.2;;a;x;\n"
        "kota-a;1.1;3;a;2;;z\n"
    )
    error = refused(workbook.read_levels, path, tiny)

    assert {(str(p.where), p.key) for p in error.problems} == {
        ("1:warna", "column-unknown"),
        ("2:mandiri", "level-off-scale"),
        ("3:kode", "code-unknown"),
        ("4:instansi", "second-agency"),
        ("4:keterangan", "reason-without-level"),
        ("4:verifikasi", "level-off-scale"),
        ("5", "cell-extra"),
        ("5:kode", "code-repeated"),
    }
    assert len(error.problems) == 8
    assert error.facts == {"path": "kota-a.csv", "count": 8}


@pytest.mark.parametrize(
    "damaged",
    [
        *("03-Okt", "3-Oct", "Oct-10", "10/03/2026", "2026-03-10 00:00:00", "10-Mar"),
        *("Mar-10", "46091", "01/02/2026"),
    ],
)
def test_a_code_that_excel_made_a_date_of_is_told_so(write, kasn, damaged):
    error = refused(workbook.read_levels, write(f"kode;mandiri\n{damaged};3\n"), kasn)

    assert error.problems == (Problem(Cell(2, "kode"), "code-is-date", damaged),)


@pytest.mark.parametrize("typed", ["3.1", "3,1"])
def test_a_3_10_that_excel_cut_to_3_1_is_told_so(write, kasn, typed):
    rows = "".join(f"{code};3\n" for code in kasn.codes).replace("3.10;", f"{typed};")
    error = refused(workbook.read_levels, write(f"kode;mandiri\n{rows}"), kasn)

    line = kasn.codes.index("3.10") + 2
    assert error.problems == (Problem(Cell(line, "kode"), "code-repeated-tenth", "3.1", "3.10"),)


def test_3_1_and_3_10_are_two_codes(write, kasn):
    read = workbook.read_levels(write("kode;mandiri\n3.1;1\n3.10;2\n"), kasn)

    assert [(g.sub_aspect, g.self_level) for g in read.given] == [("3.1", 1), ("3.10", 2)]


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        (b"PK\x03\x04\x14\x00rest of a workbook", "workbook-damaged", "not a sound workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook-old", "an old Office file"),
        (b"%PDF-1.7\n", "table-not-csv", "of type PDF, not a table"),
        (b"", "table-empty", "is empty"),
        (b"\xef\xbb\xbf", "table-empty", "is empty"),
        (b" \r\n;;\r\n", "table-empty", "is empty"),
        (b"sep=;\r\n", "table-empty", "is empty"),
        (b"kode;mandiri\n1.1\x00;3\n", "table-not-text", "not a sound text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "table-not-text", "not a sound text file"),
        (codecs.BOM_UTF16_LE + b"k\x00o", "table-not-text", "not a sound text file"),
        (codecs.BOM_UTF16_BE + b"\xd8\x00\x00k", "table-not-text", "not a sound text file"),
        (codecs.BOM_UTF8 + b"kode\xff", "table-not-text", "not a sound text file"),
    ],
    ids=[
        "xlsx",
        "xls",
        "pdf",
        "empty",
        "mark-only",
        "blank",
        "separator-only",
        "zero-byte",
        "picture",
        "utf-16-cut",
        "utf-16-half-character",
        "utf-8-mark-belied",
    ],
)
def test_what_is_no_table_is_refused_in_words(write, tiny, content, key, words):
    error = refused(workbook.read_levels, write(content), tiny)

    assert error.key == key
    assert words in i18n.explain(error, "en")
    assert "kota-a.csv" in i18n.explain(error, "id")


def test_a_file_too_large_is_refused_before_it_is_read(write, tiny, monkeypatch):
    path = write(b"x" * (_csv.MOST_BYTES + 1))
    monkeypatch.setattr(Path, "read_bytes", None)

    assert refused(workbook.read_levels, path, tiny).facts == {
        "path": "kota-a.csv",
        "found": 5_000_001,
        "allowed": 5_000_000,
    }


def test_a_cell_larger_than_python_reads_is_refused_in_words(write, tiny):
    path = write(f"kode;mandiri;catatan\n1.1;3;{'x' * 200_000}\n")

    assert refused(workbook.read_levels, path, tiny).problems[0].key == "csv-broken"


def test_a_file_that_is_not_there_and_a_folder_are_refused_in_words(tmp_path, tiny):
    assert refused(workbook.read_levels, tmp_path / "none.csv", tiny).key == "file-missing"
    assert refused(workbook.read_levels, tmp_path, tiny).key == "file-unreadable"


TINY = from_data(tiny_data())
CELLS = st.sampled_from(
    ["kode", "mandiri", "catatan", "instansi", "1.1", "1,2", "3", "9", '"', '""', "\x00", "é", ""]
)
TABLES = st.lists(CELLS | st.sampled_from([";", ",", "\t", "\n", "\r\n", "sep="]), max_size=30)


@given(
    st.binary(max_size=60)
    | st.builds(lambda parts: "".join(parts).encode(), TABLES)
    | st.builds(lambda parts: codecs.BOM_UTF16_LE + "".join(parts).encode("utf-16-le"), TABLES)
    | st.builds(lambda mark, rest: codecs.BOM_UTF8 + mark + rest, st.binary(), st.binary())
)
@example(b'sep="\nkode"mandiri\n1.1"3\n')
@example(b"sep=\x00\nkode\n")
@example(codecs.BOM_UTF8 + b"sep=\x00\nkode\x00mandiri\n1.1\x003\n")
@settings(max_examples=400, deadline=None)
def test_whatever_bytes_a_file_holds_it_is_read_or_refused_in_words(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    refused = []
    for read in (
        lambda: workbook.read_levels(path, TINY),
        lambda: workbook.read_agencies(path),
        lambda: workbook.read_people(path),
        lambda: workbook.read_rooms(path),
        lambda: workbook.read_published(path),
        lambda: workbook.first_agency(path),
    ):
        try:
            read()
        except TableError as error:
            refused.append(error)

    assert all(i18n.explain(error, lang) for error in refused for lang in i18n.LANGUAGES)
