"""Tables of agencies and people: every fault is named by line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from merit_kit import i18n, workbook
from merit_kit.errors import Cell, Problem
from merit_kit.process._kinds import ROLES, SITTING_KINDS
from tests.workbooks import Write, csv_writer, refused


@pytest.fixture
def write(tmp_path: Path) -> Write:
    return csv_writer(tmp_path)


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
    assert refused(workbook.read_agencies, write(content)).problems == (problem,)


def test_all_faults_of_a_table_of_agencies_are_named_at_once(write):
    error = refused(workbook.read_agencies, write(f"{AGENCIES}A;;desa;\nb;B;kota;\nb;B;kota;\n"))

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
    error = refused(workbook.read_people, write(content))

    assert error.problems == (problem,)
    assert error.key == "table-faulty"


def test_all_faults_of_a_table_of_people_are_named_at_once_in_the_order_of_the_lines(write):
    path = write(f"{PEOPLE}Ani;ani;{NIP};;penilai;a\n;;12;;ketua;\nAni W;ani;;;instansi;Kota A\n")
    error = refused(workbook.read_people, path)

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
    error = refused(workbook.read_people, path)

    assert [(str(p.where), p.key) for p in error.problems] == [
        ("2:nip", "nip-form"),
        ("3:nip", "nip-form"),
    ]


def test_a_nip_that_excel_may_have_changed_is_told_how_to_write_it(write):
    error = refused(workbook.read_people, write(f"{PEOPLE}Ani;;1,98E+17;;penilai;\n"))

    assert "format kolom sebagai Teks" in i18n.explain(error, "id")
    assert "format the column as Text" in i18n.explain(error, "en")
