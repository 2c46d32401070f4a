"""Tables of rooms and of published results: every fault is named by line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import i18n, workbook
from merit_kit.errors import Cell, Problem, TableError
from merit_kit.files import kit_folder
from tests.test_workbook_people import NIP, PEOPLE
from tests.workbooks import Write, csv_writer, refused


@pytest.fixture
def write(tmp_path: Path) -> Write:
    return csv_writer(tmp_path)


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
    error = refused(workbook.read_rooms, write(content))

    assert error.problems == (problem,)
    assert error.key == "table-faulty"


def test_all_faults_of_a_table_of_rooms_are_named_at_once_in_the_order_of_the_lines(write):
    path = write(
        f"{ROOMS}R1;;;24.10.2026;9;Dedi;A B;\nR 2;;rapat;;;;;Ani\nR1;;;;;Eka;a;Ani\nR1;;;;;;a;Ani\n"
    )
    error = refused(workbook.read_rooms, path)

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
    assert refused(workbook.read_published, write(f"{PUBLISHED}{row}\n")).problems == (problem,)


def test_the_published_results_that_the_kit_ships_have_no_fault():
    assert workbook.read_published(kit_folder("data") / "published" / "results.csv")
