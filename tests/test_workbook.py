"""Tables in: whatever a spreadsheet writes is read, and every fault is named by line and column.

Files are real ones in tmp_path. `tiny` (conftest.py) knows the codes 2.1, 1.1 and 1.2; what Excel
does to 3.10 is shown on the shipped edition, which has it.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from merit_kit import i18n, workbook
from merit_kit.errors import Cell, Problem, TableError
from merit_kit.files import kit_folder
from merit_kit.instrument import from_data
from merit_kit.process._kinds import ROLES, SITTING_KINDS
from merit_kit.workbook import _csv
from merit_kit.workbook._levels import Given
from tests.conftest import tiny_data

TEXT = "kode;mandiri;keterangan\r\n1.1;3;Sudah “ditetapkan” – é\r\n1.2;0;\r\n"
GIVEN = (
    Given("1.1", 3, "Sudah “ditetapkan” – é", None, "", ""),
    Given("1.2", 0, "", None, "", ""),
)

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(content: str | bytes) -> Path:
        path = tmp_path / "kota-a.csv"
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return _write


def _refused(read: Callable[..., Any], *arguments: Any) -> TableError:
    with pytest.raises(TableError) as caught:
        read(*arguments)
    assert i18n.explain(caught.value, "id")
    assert i18n.explain(caught.value, "en")
    return caught.value


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

    assert _refused(workbook.read_levels, path, tiny).problems == (
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

    assert [p.where for p in _refused(workbook.read_levels, path, tiny).problems] == [
        Cell(7, "mandiri")
    ]


def test_a_row_that_ends_early_leaves_the_rest_empty(write, tiny):
    path = write("kode;mandiri;catatan\n1.1;3\n")

    assert workbook.read_levels(path, tiny).given == (Given("1.1", 3, "", None, "", ""),)


def test_a_line_break_within_quotes_keeps_the_line_numbers_right(write, tiny):
    path = write(
        'kode;mandiri;catatan\r\n1.1;3;"baris satu\r\nbaris dua\r\nbaris tiga"\r\n1.2;9;\r\n'
    )
    assert _refused(workbook.read_levels, path, tiny).problems[0].where == Cell(5, "mandiri")

    read = workbook.read_levels(write(path.read_bytes().replace(b";9;", b";2;")), tiny)
    assert read.given[0].note == "baris satu\r\nbaris dua\r\nbaris tiga"


def test_a_fault_in_a_row_of_several_lines_is_named_by_the_line_the_row_begins_on(write, tiny):
    path = write('kode;catatan;mandiri\n1.1;"a\nb\nc";9\n')

    assert _refused(workbook.read_levels, path, tiny).problems[0].where == Cell(2, "mandiri")


def test_other_line_separators_within_a_text_are_part_of_it(write, tiny):
    path = write("kode;mandiri;catatan\n1.1;3;a\u2028b\x85c\n1.2;9;\n")

    assert _refused(workbook.read_levels, path, tiny).problems[0].where == Cell(3, "mandiri")


def test_the_agency_is_read_if_the_file_names_it(write, tiny):
    assert workbook.read_levels(write("kode;mandiri\n1.1;3\n"), tiny).agency is None

    path = write("instansi;kode;mandiri\nKota-A;1.1;3\nkota-a;1.2;3\n;2.1;3\n")
    assert workbook.read_levels(path, tiny).agency == "kota-a"


def test_the_agency_of_a_file_is_known_however_faulty_the_rest_of_it_is(write):
    faulty = "instansi;warna\n;x\nKota-A;x;y\nkab-b;x\n"

    assert workbook.first_agency(write(faulty)) == "kota-a"
    assert workbook.first_agency(write("kode;mandiri\n1.1;3\n")) is None
    assert workbook.first_agency(write("instansi;kode\n")) is None
    assert _refused(workbook.first_agency, write(b"%PDF-1.7")).key == "table-not-csv"


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
                *("verifikasi", "alasan", "catatan"),
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
        Problem("", "columns-say-nothing", None, ["mandiri", "verifikasi", "catatan"]),
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
        Problem(Cell(3), "csv-broken", "unexpected end of data"),
    ),
}


@pytest.mark.parametrize(("content", "problem"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_line_and_column_and_nothing_else_is(
    write, tiny, content, problem
):
    error = _refused(workbook.read_levels, write(content), tiny)

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
    error = _refused(workbook.read_levels, path, tiny)

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
    error = _refused(workbook.read_levels, write(f"kode;mandiri\n{damaged};3\n"), kasn)

    assert error.problems == (Problem(Cell(2, "kode"), "code-is-date", damaged),)


@pytest.mark.parametrize("typed", ["3.1", "3,1"])
def test_a_3_10_that_excel_cut_to_3_1_is_told_so(write, kasn, typed):
    rows = "".join(f"{code};3\n" for code in kasn.codes).replace("3.10;", f"{typed};")
    error = _refused(workbook.read_levels, write(f"kode;mandiri\n{rows}"), kasn)

    line = kasn.codes.index("3.10") + 2
    assert error.problems == (Problem(Cell(line, "kode"), "code-repeated-tenth", "3.1", "3.10"),)


def test_3_1_and_3_10_are_two_codes(write, kasn):
    read = workbook.read_levels(write("kode;mandiri\n3.1;1\n3.10;2\n"), kasn)

    assert [(g.sub_aspect, g.self_level) for g in read.given] == [("3.1", 1), ("3.10", 2)]


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        (b"PK\x03\x04\x14\x00rest of a workbook", "table-not-csv", "of type xlsx, not CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table-not-csv", "of type xls, not CSV"),
        (b"%PDF-1.7\n", "table-not-csv", "of type pdf, not CSV"),
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
    error = _refused(workbook.read_levels, write(content), tiny)

    assert error.key == key
    assert words in i18n.explain(error, "en")
    assert "kota-a.csv" in i18n.explain(error, "id")


def test_a_file_too_large_is_refused_before_it_is_read(write, tiny, monkeypatch):
    path = write(b"x" * (_csv.MOST_BYTES + 1))
    monkeypatch.setattr(Path, "read_bytes", None)

    assert _refused(workbook.read_levels, path, tiny).facts == {
        "path": "kota-a.csv",
        "found": 5_000_001,
        "allowed": 5_000_000,
    }


def test_a_cell_larger_than_python_reads_is_refused_in_words(write, tiny):
    path = write(f"kode;mandiri;catatan\n1.1;3;{'x' * 200_000}\n")

    assert _refused(workbook.read_levels, path, tiny).problems[0].key == "csv-broken"


def test_a_file_that_is_not_there_and_a_folder_are_refused_in_words(tmp_path, tiny):
    assert _refused(workbook.read_levels, tmp_path / "none.csv", tiny).key == "file-missing"
    assert _refused(workbook.read_levels, tmp_path, tiny).key == "file-unreadable"


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


AGENCIES = "kode;nama;jenis;provinsi\n"


def test_agencies_are_read_with_their_province_if_they_have_one(write):
    path = write(f"{AGENCIES}kota-a;Kota A;Kota;Nusa\nlpnk-b;Badan B;lpnk;\n")

    assert workbook.read_agencies(path) == [
        {
            **{"code": "kota-a", "name": "Kota A", "kind": "kota", "province": "Nusa"},
            **{"wilayah": None, "time_zone": None},
        },
        {
            **{"code": "lpnk-b", "name": "Badan B", "kind": "lpnk", "province": None},
            **{"wilayah": None, "time_zone": None},
        },
    ]


@pytest.mark.parametrize(
    "headings", ["Wilayah;Zona Waktu", "region;time_zone", "WILAYAH;zona"], ids=str
)
def test_agencies_may_have_a_region_and_a_time_zone(write, headings):
    path = write(f"kode;nama;jenis;{headings}\na;A;kota;II;wita\nb;B;kota;;\nc;C;kota;I;WIT\n")

    read = workbook.read_agencies(path)

    assert [(a["wilayah"], a["time_zone"]) for a in read] == [
        ("II", "WITA"),
        (None, None),
        ("I", "WIT"),
    ]


def test_the_longest_region_allowed_is_taken(write):
    path = write(f"kode;nama;jenis;wilayah\na;A;kota;{'x' * 20}\n")

    assert workbook.read_agencies(path)[0]["wilayah"] == "x" * 20


_KINDS = "kementerian, lembaga, lpnk, provinsi, kabupaten, kota"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"{AGENCIES}Kota A;A;kota;\n", Problem(Cell(2, "kode"), "not-a-code", "Kota A")),
        (f"{AGENCIES};A;kota;\n", Problem(Cell(2, "kode"), "not-a-code", "")),
        (f"{AGENCIES}../a;A;kota;\n", Problem(Cell(2, "kode"), "not-a-code", "../a")),
        (
            f"{AGENCIES}a;A;kota;\nb;B;kota;\na;C;kota;\n",
            Problem(Cell(4, "kode"), "agency-repeated", "a"),
        ),
        (f"{AGENCIES}a;;kota;\n", Problem(Cell(2, "nama"), "cell-empty")),
        (f"{AGENCIES}a;A;desa;\n", Problem(Cell(2, "jenis"), "not-allowed", "desa", _KINDS)),
        (
            f"kode;nama;jenis;wilayah\na;A;kota;{'x' * 21}\n",
            Problem(Cell(2, "wilayah"), "text-too-long", 21, 20),
        ),
        (
            "kode;nama;jenis;Zona Waktu\na;A;kota;wibb\n",
            Problem(Cell(2, "Zona Waktu"), "not-allowed", "wibb", "WIB, WITA, WIT"),
        ),
        ("nama;jenis\nA;kota\nB;kota\n", Problem(Cell(1), "column-missing", "kode")),
        ("kode;jenis\na;kota\nb;kota\n", Problem(Cell(1), "column-missing", "nama")),
        ("kode;nama\na;A\nb;B\n", Problem(Cell(1), "column-missing", "jenis")),
    ],
    ids=[
        "code-not-a-code",
        "code-empty",
        "code-a-path",
        "code-twice",
        "name-empty",
        "kind-unknown",
        "region-too-long",
        "time-zone-unknown",
        "no-codes",
        "no-names",
        "no-kinds",
    ],
)
def test_a_fault_in_a_table_of_agencies_is_named(write, content, problem):
    assert _refused(workbook.read_agencies, write(content)).problems == (problem,)


def test_all_faults_of_a_table_of_agencies_are_named_at_once(write):
    error = _refused(workbook.read_agencies, write(f"{AGENCIES}A;;desa;\nb;B;kota;\nb;B;kota;\n"))

    assert [str(p.where) for p in error.problems] == ["2:kode", "2:nama", "2:jenis", "4:kode"]
    assert error.facts["count"] == 4


PEOPLE = "nama;akun;nip;unit;peran;instansi\n"
NIP = "198001012005011001"
OTHER_NIP = "198001012005011002"


def test_people_are_read_with_their_roles_and_the_agency_of_the_role_agency(write):
    path = write(f"{PEOPLE}Ani;ani;{NIP};Dit A;penilai;\nBudi;;;;instansi;Kota-A\nCici;;;;;\n")

    assert workbook.read_people(path) == [
        {
            **{"name": "Ani", "login": "ani", "nip": NIP, "office": "Dit A"},
            "roles": [("evaluator", None)],
        },
        {
            **{"name": "Budi", "login": None, "nip": None, "office": None},
            "roles": [("agency", "kota-a")],
        },
        {**{"name": "Cici", "login": None, "nip": None, "office": None}, "roles": []},
    ]


@pytest.mark.parametrize(
    "headings",
    ["Nama;Akun;NIP;Unit Kerja;Peran;Kode Instansi", "name;login;nip;office;role;agency"],
    ids=["indonesian", "english"],
)
def test_the_headings_of_people_are_known_in_both_languages(write, headings):
    person = workbook.read_people(write(f"{headings}\nAni;ani;{NIP};Dit A;agency;a\n"))[0]

    assert (person["login"], person["office"], person["roles"]) == (
        "ani",
        "Dit A",
        [("agency", "a")],
    )


@pytest.mark.parametrize(
    ("typed", "role"),
    [
        *(("penilai", "evaluator"), ("Pemandu", "host"), ("KOMISIONER", "commissioner")),
        *(("analis", "analyst"), ("sekretariat", "secretariat")),
        *(("Evaluator", "evaluator"), ("host", "host"), ("commissioner", "commissioner")),
        *(("ANALYST", "analyst"), ("secretariat", "secretariat")),
    ],
)
def test_a_role_may_be_written_in_either_language(write, typed, role):
    read = workbook.read_people(write(f"nama;peran\nAni;{typed}\n"))

    assert read[0]["roles"] == [(role, None)]


def test_the_roles_and_kinds_of_room_that_a_table_may_name_are_those_of_the_process():
    assert workbook.ROLES == ROLES
    assert workbook.ROOM_KINDS == SITTING_KINDS


def test_a_nip_may_be_written_with_spaces(write):
    read = workbook.read_people(write("nama;nip;peran\nAni;19800101 200501 1 001;\n"))

    assert read[0]["nip"] == NIP


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"Ani;ani;{NIP};Dit A", f"Ani;ani;{NIP};Dit A"),
        (f"Ani;ani;{NIP};Dit A", "Ani;ani;;"),
        ("Ani;ani;;", f"Ani;ani;{NIP};Dit A"),
        (f"Ani;ani;{NIP};Dit A", f"Ani;;{NIP};"),
        (f"Ani;;{NIP};", f"Ani;ani;{NIP};Dit A"),
        (f"Ani;ani;{NIP};Dit A", "Ani;;;Dit A"),
        ("Ani;;;Dit A", f"Ani;ani;{NIP};Dit A"),
        (f"Ani  W;ani;{NIP};Dit A", f"Ani W;ani;{NIP};Dit\xa0A"),
    ],
    ids=[
        *("same", "login", "login-filled-in-later", "nip", "nip-before-login"),
        *("name-and-office", "name-and-office-before-login", "spaces"),
    ],
)
def test_rows_of_one_person_are_one_person_with_all_roles(write, first, second):
    read = workbook.read_people(write(f"{PEOPLE}{first};penilai;\nBudi;;;;;\n{second};host;\n"))

    assert [person["name"] for person in read] == [" ".join(first.split(";")[0].split()), "Budi"]
    assert (read[0]["login"], read[0]["nip"], read[0]["office"]) == ("ani", NIP, "Dit A")
    assert read[0]["roles"] == [("evaluator", None), ("host", None)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ani;ani;;Dit A", "Ani;ani2;;Dit A"),
        (f"Ani;;{NIP};Dit A", f"Ani;;{OTHER_NIP};Dit A"),
        ("Ani;;;Dit A", "Ani;;;Dit B"),
        ("Ani;;;Dit A", "Ani;;;"),
        (f"Ani;ani;{NIP};Dit A", f"Ani;;{OTHER_NIP};Dit A"),
    ],
    ids=["login", "nip", "office", "office-not-said", "login-or-nip"],
)
def test_namesakes_told_apart_are_two_people(write, first, second):
    read = workbook.read_people(write(f"{PEOPLE}{first};penilai;\n{second};pemandu;\n"))

    assert [person["roles"] for person in read] == [[("evaluator", None)], [("host", None)]]


def test_a_role_said_twice_is_had_once_and_that_of_two_agencies_twice(write):
    path = write(
        "nama;peran;instansi\nAni;instansi;a\nAni;Agency;A\nAni;instansi;b\n"
        "Ani;penilai;\nAni;evaluator;\nAni;;\n"
    )

    assert workbook.read_people(path)[0]["roles"] == [
        ("agency", "a"),
        ("agency", "b"),
        ("evaluator", None),
    ]


_ROLES = (
    "instansi/agency, penilai/evaluator, pemandu/host, komisioner/commissioner, analis/analyst, "
    "sekretariat/secretariat"
)

FAULTS_OF_PEOPLE = {
    "name-empty": (f"{PEOPLE};ani;;;penilai;\n", Problem(Cell(2, "nama"), "cell-empty")),
    "name-too-long": (
        f"{PEOPLE}{'x' * 201};ani;;;penilai;\n",
        Problem(Cell(2, "nama"), "text-too-long", 201, 200),
    ),
    "office-too-long": (
        f"{PEOPLE}Ani;ani;;{'x' * 201};penilai;\n",
        Problem(Cell(2, "unit"), "text-too-long", 201, 200),
    ),
    "role-unknown": (
        f"{PEOPLE}Ani;;;;ketua;kota-a\n",
        Problem(Cell(2, "peran"), "not-allowed", "ketua", _ROLES),
    ),
    "agency-empty": (f"{PEOPLE}Ani;;;;instansi;\n", Problem(Cell(2, "instansi"), "cell-empty")),
    "agency-not-a-code": (
        f"{PEOPLE}Ani;;;;instansi;Kota A\n",
        Problem(Cell(2, "instansi"), "not-a-code", "Kota A"),
    ),
    "agency-column-missing": (
        "nama;peran\nCici;penilai\nAni;instansi\nBudi;instansi\n",
        Problem(Cell(3), "column-missing", "instansi"),
    ),
    "agency-of-an-evaluator": (
        f"{PEOPLE}Ani;;;;penilai;kota-a\n",
        Problem(Cell(2, "instansi"), "agency-not-for-role", "kota-a"),
    ),
    "agency-of-no-role": (
        f"{PEOPLE}Ani;;;;;kota-a\n",
        Problem(Cell(2, "instansi"), "agency-not-for-role", "kota-a"),
    ),
    "nip-a-number-of-excel": (
        f"{PEOPLE}Ani;;1,98E+17;;penilai;\nBudi;;{NIP};;penilai;\n",
        Problem(Cell(2, "nip"), "nip-form", "1,98E+17"),
    ),
    "nip-cut-to-15-digits-by-excel": (
        f"{PEOPLE}Ani;;{NIP[:15]}000;;penilai;\n",
        Problem(Cell(2, "nip"), "nip-form", f"{NIP[:15]}000"),
    ),
    "nip-too-short": (
        f"{PEOPLE}Ani;;{NIP[1:]};;penilai;\n",
        Problem(Cell(2, "nip"), "nip-form", NIP[1:]),
    ),
    "nip-in-other-digits": (
        f"{PEOPLE}Ani;;\u0661{NIP[1:]};;penilai;\n",
        Problem(Cell(2, "nip"), "nip-form", f"\u0661{NIP[1:]}"),
    ),
    "login-of-two-names": (
        f"{PEOPLE}Ani;ani;;;penilai;\nBudi;ani;;;pemandu;\n",
        Problem(Cell(3, "nama"), "person-differs", "Budi", "Ani"),
    ),
    "login-of-two-nips": (
        f"{PEOPLE}Ani;ani;{NIP};;penilai;\nAni;ani;{OTHER_NIP};;pemandu;\n",
        Problem(Cell(3, "nip"), "person-differs", OTHER_NIP, NIP),
    ),
    "login-of-two-offices": (
        f"{PEOPLE}Ani;ani;;Dit A;penilai;\nAni;ani;;Dit B;pemandu;\n",
        Problem(Cell(3, "unit"), "person-differs", "Dit B", "Dit A"),
    ),
    "nip-of-two-names": (
        f"{PEOPLE}Ani;;{NIP};;penilai;\nBudi;;{NIP};;pemandu;\n",
        Problem(Cell(3, "nama"), "person-differs", "Budi", "Ani"),
    ),
    "nip-of-two-logins": (
        f"{PEOPLE}Ani;ani;{NIP};;penilai;\nBudi;budi;{NIP};;pemandu;\n",
        Problem(Cell(3, "akun"), "person-differs", "budi", "ani"),
    ),
    "one-of-two-namesakes": (
        f"{PEOPLE}Ani;ani;;Dit A;penilai;\nAni;;{NIP};Dit A;pemandu;\nAni;;;Dit A;analis;\n",
        Problem(Cell(4, "nama"), "person-unclear", "Ani"),
    ),
    "no-names": ("peran;instansi\ninstansi;a\n", Problem(Cell(1), "column-missing", "nama")),
    "no-roles": ("nama;instansi\nAni;a\n", Problem(Cell(1), "column-missing", "peran")),
}


@pytest.mark.parametrize(("content", "problem"), FAULTS_OF_PEOPLE.values(), ids=FAULTS_OF_PEOPLE)
def test_a_fault_in_a_table_of_people_is_named_and_nothing_else_is(write, content, problem):
    error = _refused(workbook.read_people, write(content))

    assert error.problems == (problem,)
    assert error.key == "table-faulty"


def test_all_faults_of_a_table_of_people_are_named_at_once_in_the_order_of_the_lines(write):
    path = write(f"{PEOPLE}Ani;ani;{NIP};;penilai;a\n;;12;;ketua;\nAni W;ani;;;instansi;Kota A\n")
    error = _refused(workbook.read_people, path)

    assert [(str(p.where), p.key) for p in error.problems] == [
        ("2:instansi", "agency-not-for-role"),
        ("3:nama", "cell-empty"),
        ("3:nip", "nip-form"),
        ("3:peran", "not-allowed"),
        ("4:nama", "person-differs"),
        ("4:instansi", "not-a-code"),
    ]
    assert error.facts == {"path": "kota-a.csv", "count": 6}


def test_people_whose_nips_excel_made_alike_are_not_taken_for_one(write):
    path = write(f"{PEOPLE}Ani;;1,98E+17;;penilai;\nBudi;;1,98E+17;;penilai;\n")
    error = _refused(workbook.read_people, path)

    assert [(str(p.where), p.key) for p in error.problems] == [
        ("2:nip", "nip-form"),
        ("3:nip", "nip-form"),
    ]


def test_a_nip_that_excel_may_have_changed_is_told_how_to_write_it(write):
    error = _refused(workbook.read_people, write(f"{PEOPLE}Ani;;1,98E+17;;penilai;\n"))

    assert "format kolom sebagai Teks" in i18n.explain(error, "id")
    assert "format the column as Text" in i18n.explain(error, "en")


ROOMS = "ruang;nama ruang;jenis;tanggal;jam;pemandu;instansi;penilai\n"
ROOM = "R1;Ruang Satu;evaluasi;2026-10-24;09.00 WIB;Dedi"


def test_rooms_are_read_with_whoever_sits_in_them(write):
    path = write(
        f"{ROOMS}{ROOM};kota-a;Ani\n"
        "r.2_B-;;Asistensi;25/10/2026;;;Kota-C;Budi  W\n"
        f"{ROOM};kota-b;Ani\nR1;;;;;;kota-a;Budi\n"
    )

    assert workbook.read_rooms(path) == [
        {
            "code": "R1",
            "name": "Ruang Satu",
            "kind": "evaluasi",
            "held_on": "2026-10-24",
            "starts_at": "2026-10-24T02:00:00Z",
            "host": "Dedi",
            "sittings": [("kota-a", "Ani"), ("kota-b", "Ani"), ("kota-a", "Budi")],
        },
        {
            "code": "r.2_B-",
            "name": None,
            "kind": "asistensi",
            "held_on": "2026-10-25",
            "starts_at": None,
            "host": None,
            "sittings": [("kota-c", "Budi W")],
        },
    ]


@pytest.mark.parametrize(
    "headings",
    [
        "Ruang;Nama Ruang;Jenis;Tanggal;Jam;Pemandu;Kode Instansi;Penilai",
        "room;room_name;kind;date;time;host;agency;evaluator",
    ],
    ids=["indonesian", "english"],
)
def test_the_headings_of_rooms_are_known_in_both_languages(write, headings):
    room = workbook.read_rooms(write(f"{headings}\n{ROOM};kota-a;Ani\n"))[0]

    assert (room["name"], room["host"], room["sittings"]) == (
        "Ruang Satu",
        "Dedi",
        [("kota-a", "Ani")],
    )


def _room(day: str, at: str = "", kind: str = "evaluasi") -> str:
    return f"ruang;jenis;tanggal;jam;instansi;penilai\nR1;{kind};{day};{at};kota-a;Ani\n"


@pytest.mark.parametrize("kind", workbook.ROOM_KINDS)
def test_a_room_may_be_of_any_kind_there_is(write, kind):
    assert workbook.read_rooms(write(_room("2026-10-24", kind=kind.upper())))[0]["kind"] == kind


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-10-04", "2026-10-04"),
        ("04/10/2026", "2026-10-04"),
        ("04-10-2026", "2026-10-04"),
        ("4/10/2026", "2026-10-04"),
        ("29/2/2028", "2028-02-29"),
    ],
)
def test_the_day_of_a_date_comes_first_unless_the_year_does(write, typed, day):
    assert workbook.read_rooms(write(_room(typed)))[0]["held_on"] == day


@pytest.mark.parametrize(
    ("typed", "starts_at"),
    [
        ("09.00 WIB", "2026-10-24T02:00:00Z"),
        ("09:30 WITA", "2026-10-24T01:30:00Z"),
        ("13.05 wit", "2026-10-24T04:05:00Z"),
        ("9.00WIB", "2026-10-24T02:00:00Z"),
        ("09.00\xa0WIB", "2026-10-24T02:00:00Z"),
        ("06.30 WIB", "2026-10-23T23:30:00Z"),
        ("08.59 WIT", "2026-10-23T23:59:00Z"),
        ("23.59 WITA", "2026-10-24T15:59:00Z"),
    ],
)
def test_a_time_is_kept_in_utc_which_may_be_the_day_before(write, typed, starts_at):
    room = workbook.read_rooms(write(_room("2026-10-24", typed)))[0]

    assert (room["held_on"], room["starts_at"]) == ("2026-10-24", starts_at)


def test_what_is_said_of_a_room_need_stand_in_one_of_its_rows_only(write):
    path = write(f"{ROOMS}R1;;;;;;kota-a;Ani\nR1;;evaluasi;;09.00 WIB;;b;Ani\n{ROOM};c;Ani\n")

    room = workbook.read_rooms(path)[0]

    assert (room["kind"], room["starts_at"]) == ("evaluasi", "2026-10-24T02:00:00Z")
    assert (room["name"], room["host"]) == ("Ruang Satu", "Dedi")


def test_rows_of_a_room_agree_however_the_same_is_written(write):
    path = write(
        f"{ROOMS}{ROOM};kota-a;Ani\nR1;Ruang  Satu;Evaluasi;24/10/2026;10:00 wita;Dedi;kota-b;Ani\n"
    )

    assert len(workbook.read_rooms(path)[0]["sittings"]) == 2


_ROOM_KINDS = "verifikasi-klarifikasi, evaluasi, asistensi"

FAULTS_OF_ROOMS = {
    "code-empty": (
        f"{ROOMS};Ruang Satu;evaluasi;2026-10-24;;;a;Ani\n",
        Problem(Cell(2, "ruang"), "cell-empty"),
    ),
    "code-with-a-space": (
        f"{ROOMS}R 1;;evaluasi;2026-10-24;;;a;Ani\n",
        Problem(Cell(2, "ruang"), "room-code", "R 1"),
    ),
    "code-too-long": (
        f"{ROOMS}{'R' * 41};;evaluasi;2026-10-24;;;a;Ani\n",
        Problem(Cell(2, "ruang"), "room-code", "R" * 41),
    ),
    "kind-unknown": (
        _room("2026-10-24", kind="rapat"),
        Problem(Cell(2, "jenis"), "not-allowed", "rapat", _ROOM_KINDS),
    ),
    "kind-nowhere": (
        f"{ROOMS}R1;;;2026-10-24;;;a;Ani\nR1;;;;;;b;Ani\n",
        Problem(Cell(2, "jenis"), "cell-empty"),
    ),
    "date-nowhere": (
        f"{ROOMS}R1;;evaluasi;;09.00 WIB;;a;Ani\nR1;;;;;;b;Ani\n",
        Problem(Cell(2, "tanggal"), "cell-empty"),
    ),
    **{
        f"date-{typed}": (_room(typed), Problem(Cell(2, "tanggal"), "day-form", typed))
        for typed in (
            *("2026-02-30", "10/24/2026", "24/10-2026", "24/10/26", "0001-01-01", "2026-10-4"),
            *("24 Oktober 2026", "46319", "\u0662\u0660\u0662\u0666-10-04"),
        )
    },
    **{
        f"time-{typed}": (_room("2026-10-24", typed), Problem(Cell(2, "jam"), "time-form", typed))
        for typed in (
            *("09.00", "09 WIB", "24.00 WIB", "09.60 WIB", "09.00-10.00 WIB", "09.00 UTC"),
            *("0,375", "09.00 W\u0130B"),
        )
    },
    "host-too-long": (
        f"{ROOMS}R1;;evaluasi;2026-10-24;;{'x' * 201};a;Ani\n",
        Problem(Cell(2, "pemandu"), "text-too-long", 201, 200),
    ),
    "agency-empty": (f"{ROOMS}{ROOM};;Ani\n", Problem(Cell(2, "instansi"), "cell-empty")),
    "agency-not-a-code": (
        f"{ROOMS}{ROOM};Kota A;Ani\n",
        Problem(Cell(2, "instansi"), "not-a-code", "Kota A"),
    ),
    "evaluator-empty": (f"{ROOMS}{ROOM};a;\n", Problem(Cell(2, "penilai"), "cell-empty")),
    "evaluator-too-long": (
        f"{ROOMS}{ROOM};a;{'x' * 201}\n",
        Problem(Cell(2, "penilai"), "text-too-long", 201, 200),
    ),
    "name-differs": (
        f"{ROOMS}{ROOM};a;Ani\nR1;Ruang Dua;;;;;b;Ani\n",
        Problem(Cell(3, "nama ruang"), "room-differs", "Ruang Dua", "Ruang Satu"),
    ),
    "kind-differs": (
        f"{ROOMS}{ROOM};a;Ani\nR1;;asistensi;;;;b;Ani\n",
        Problem(Cell(3, "jenis"), "room-differs", "asistensi", "evaluasi"),
    ),
    "date-differs": (
        f"{ROOMS}{ROOM};a;Ani\nR1;;;25/10/2026;;;b;Ani\n",
        Problem(Cell(3, "tanggal"), "room-differs", "25/10/2026", "2026-10-24"),
    ),
    "time-differs": (
        f"{ROOMS}{ROOM};a;Ani\nR1;;;;09.00 WITA;;b;Ani\n",
        Problem(Cell(3, "jam"), "room-differs", "09.00 WITA", "09.00 WIB"),
    ),
    "host-differs": (
        f"{ROOMS}{ROOM};a;Ani\nR1;;;;;Eka;b;Ani\n",
        Problem(Cell(3, "pemandu"), "room-differs", "Eka", "Dedi"),
    ),
    "sitting-twice": (
        f"{ROOMS}{ROOM};kota-a;Ani\n{ROOM};kota-a;Budi\nR1;;;;;;Kota-A;Ani\n",
        Problem(Cell(4, "instansi"), "agency-repeated", "kota-a"),
    ),
    **{
        f"no-column-{missing}": (
            "\n".join(
                ";".join(text for at, text in enumerate(line.split(";")) if at != column)
                for line in f"{ROOMS}{ROOM};a;Ani\n{ROOM};b;Budi".splitlines()
            ),
            Problem(Cell(1), "column-missing", missing),
        )
        for column, missing in ((0, "ruang"), (2, "jenis"), (3, "tanggal"), (6, "instansi"))
    },
    "no-column-penilai": (
        "ruang;jenis;tanggal;instansi\nR1;evaluasi;2026-10-24;a\nR1;;;a\n",
        Problem(Cell(1), "column-missing", "penilai"),
    ),
}


@pytest.mark.parametrize(("content", "problem"), FAULTS_OF_ROOMS.values(), ids=FAULTS_OF_ROOMS)
def test_a_fault_in_a_table_of_rooms_is_named_and_nothing_else_is(write, content, problem):
    error = _refused(workbook.read_rooms, write(content))

    assert error.problems == (problem,)
    assert error.key == "table-faulty"


def test_all_faults_of_a_table_of_rooms_are_named_at_once_in_the_order_of_the_lines(write):
    path = write(
        f"{ROOMS}R1;;;24.10.2026;9;Dedi;A B;\nR 2;;rapat;;;;;Ani\nR1;;;;;Eka;a;Ani\nR1;;;;;;a;Ani\n"
    )
    error = _refused(workbook.read_rooms, path)

    assert sorted((str(p.where), p.key) for p in error.problems) == [
        ("2:instansi", "not-a-code"),
        ("2:jam", "time-form"),
        ("2:jenis", "cell-empty"),
        ("2:penilai", "cell-empty"),
        ("2:tanggal", "day-form"),
        ("3:instansi", "cell-empty"),
        ("3:jenis", "not-allowed"),
        ("3:ruang", "room-code"),
        ("4:pemandu", "room-differs"),
        ("5:instansi", "agency-repeated"),
    ]
    lines = [p.where.line for p in error.problems if isinstance(p.where, Cell)]
    assert lines == sorted(lines)
    assert error.facts == {"path": "kota-a.csv", "count": 10}


WORDS = st.sampled_from(
    [
        *("", "Ani", "R1", "..", "a", "instansi", "penilai", NIP, "1,98E+17", "evaluasi"),
        *("2026-10-24", "1/1/2000", "00.00 wib", "9.0 WIB", "\u0130", "x" * 201, "9" * 30),
    ]
)


@given(st.lists(st.lists(WORDS, min_size=8, max_size=8).map(";".join), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_whatever_cells_people_and_rooms_have_they_are_read_or_refused_in_words(
    tmp_path_factory, rows
):
    path = tmp_path_factory.getbasetemp() / "any-rows.csv"
    refused = []
    for read, headings in ((workbook.read_people, PEOPLE), (workbook.read_rooms, ROOMS)):
        path.write_text(headings + "\n".join(rows), encoding="utf-8")
        try:
            read(path)
        except TableError as error:
            refused.append(error)

    assert all(i18n.explain(error, lang) for error in refused for lang in i18n.LANGUAGES)


PUBLISHED = "agency,kind,year,score,index,category,source\n"


def test_published_results_stay_as_they_were_typed_and_gaps_stay_gaps(write):
    path = write(f"{PUBLISHED}Kota A,kota,2021,254.40,,Baik,a paper\n")

    assert workbook.read_published(path) == [
        {
            "agency": "Kota A",
            "kind": "kota",
            "year": "2021",
            "score": "254.40",
            "index": None,
            "category": "Baik",
            "aspect_values": None,
            "source": "a paper",
        }
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("A,kota,2021,,,Baik,", Problem(Cell(2, "source"), "cell-empty")),
        (",kota,2021,,,Baik,x", Problem(Cell(2, "agency"), "cell-empty")),
        ("A,kota,,,,Baik,x", Problem(Cell(2, "year"), "cell-empty")),
        ('A,kota,2021,"254,4",,,x', Problem(Cell(2, "score"), "not-a-number", "254,4")),
        ("A,kota,2021,-1,,,x", Problem(Cell(2, "score"), "not-a-number", "-1")),
        ("A,kota,2021,,NaN,,x", Problem(Cell(2, "index"), "not-a-number", "NaN")),
        ("A,kota,2021,Infinity,,,x", Problem(Cell(2, "score"), "not-a-number", "Infinity")),
    ],
    ids=["no-source", "no-agency", "no-year", "decimal-comma", "negative", "nan", "infinite"],
)
def test_a_fault_in_published_results_is_named(write, row, problem):
    assert _refused(workbook.read_published, write(f"{PUBLISHED}{row}\n")).problems == (problem,)


def test_the_published_results_that_the_kit_ships_have_no_fault():
    assert workbook.read_published(kit_folder("data") / "published" / "results.csv")
