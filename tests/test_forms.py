"""The self-assessment form: written, filled in as an agency would, and read back.

`tiny` (conftest.py) has 2.1 on the sheet "Aspek 2", 1.1 and 1.2 on "Aspek 1"; the first row to be
filled in is 6, its level stands in H, its explanation in I, its files in J.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from merit_kit import workbook
from merit_kit.errors import Problem
from merit_kit.i18n import explain
from merit_kit.instrument import from_data
from merit_kit.workbook import Form, FormAgency, FormRound, Given, Identity, read_form, write_form
from tests.conftest import tiny_data
from tests.workbooks import filled, refused, told

TINY = from_data(tiny_data())
AGENCY = FormAgency("kota-a", "Kota A", "kota")
ROUND = FormRound("2026-1", 2026, 1)
BLANK = Form(TINY, AGENCY, ROUND, "toko-1")
STATED = replace(
    BLANK,
    assessment="p-2026",
    stated={"1.1": (3, "Sudah ditetapkan"), "1.2": (None, "Sedang disusun")},
    evidence={"1.1": ("SK.pdf", "lama/nama aneh?.pdf")},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kota-a.xlsx"


def written(path: Path, form: Form, **cells: dict[str, Any]) -> Path:
    """A form, filled in: values by sheet (its blank an underscore) and cell."""
    write_form(path, form)
    return filled(path, {sheet.replace("_", " "): values for sheet, values in cells.items()})


def given_in(path: Path, form: Form, **cells: dict[str, Any]) -> tuple[Given, ...]:
    return read_form(written(path, form, **cells), form.instrument).given


def faults(path: Path, form: Form = BLANK, **cells: dict[str, Any]) -> list[tuple[str, str]]:
    return told(refused(read_form, written(path, form, **cells), form.instrument))


@pytest.mark.parametrize("form", [BLANK, STATED], ids=["blank", "stated"])
def test_an_untouched_form_says_nothing(path, form):
    assert given_in(path, form) == ()


def test_what_was_filled_in_is_read_with_its_level_words_and_files(path):
    given = given_in(
        path,
        BLANK,
        Aspek_2={"H6": 4, "I6": "Lengkap"},
        Aspek_1={"H7": 0, "J7": "SK 1.pdf\n foto.jpg \n\nSK 1.pdf"},
    )

    assert given == (
        Given("2.1", 4, "Lengkap", None, "", "", stood=(None, "")),
        Given("1.2", 0, "", None, "", "", evidence=("SK 1.pdf", "foto.jpg"), stood=(None, "")),
    )


def test_files_may_be_named_without_a_level(path):
    assert given_in(path, BLANK, Aspek_1={"J6": "SK.pdf"}) == (
        Given("1.1", None, "", None, "", "", evidence=("SK.pdf",)),
    )


def test_a_form_says_what_was_changed_in_it_and_nothing_of_the_rest(path):
    given = given_in(path, STATED, Aspek_1={"J6": "SK.pdf\nlama/nama aneh?.pdf\nbaru.pdf"})

    # The level that stood already may have been replaced meanwhile; the form does not undo that.
    assert given == (Given("1.1", None, "", None, "", "", evidence=("baru.pdf",)),)


@pytest.mark.parametrize(
    ("cells", "level", "reason", "back"),
    [
        ({"H6": 4}, 4, "Sudah ditetapkan", ()),
        ({"I6": "Lain"}, 3, "Lain", ()),
        ({"H6": None, "I6": None}, None, "", ("self",)),
        ({"H6": "-"}, None, "", ("self",)),
        ({"H6": "-", "I6": None}, None, "", ("self",)),
        ({"I6": None}, 3, "", ()),
    ],
    ids=["level", "words", "emptied", "dash", "dash-alone", "words-removed"],
)
def test_a_change_of_what_stood_there_is_read(path, cells, level, reason, back):
    stood = (3, "Sudah ditetapkan")
    assert given_in(path, STATED, Aspek_1=cells) == (
        Given("1.1", level, reason, None, "", "", back, stood=stood),
    )


@pytest.mark.parametrize("typed", ["2", 2.0, "2,0", " 2 "])
def test_a_level_may_be_typed_instead_of_chosen(path, typed):
    assert given_in(path, BLANK, Aspek_1={"H6": typed})[0].self_level == 2


def test_a_form_knows_whose_it_is(path):
    write_form(path, STATED)
    identity = Identity("form", "kota-a", "2026-1", "tiny", TINY.digest, "p-2026", "toko-1", "id")

    assert workbook.identity_of(path) == identity
    table = read_form(path, TINY, agency="kota-a", round_="2026-1")
    assert (table.identity, table.agency) == (identity, "kota-a")


def test_a_form_of_an_agency_without_an_assessment_says_so(path):
    write_form(path, replace(BLANK, lang="en"))

    identity = workbook.identity_of(path)
    assert (identity.assessment, identity.lang) == (None, "en")


def test_a_form_is_read_wherever_a_table_of_levels_is(path):
    written(path, BLANK, Aspek_1={"H6": 3})

    assert workbook.first_agency(path) == "kota-a"
    assert workbook.read_levels(path, TINY) == read_form(path, TINY)


def test_what_is_no_form_is_told_apart(path, tmp_path):
    table = tmp_path / "a.csv"
    table.write_text("kode;mandiri\n1.1;3\n", encoding="utf-8")
    workbook.write_rows(path, ["kode", "mandiri"], [["1.1", 3]])
    broken = tmp_path / "b.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing more")

    for other in (table, path, tmp_path / "none.xlsx"):
        assert workbook.identity_of(other) is None
    assert refused(read_form, path, TINY).key == "form-foreign"
    assert refused(workbook.identity_of, broken).key == "workbook-damaged"


def test_the_same_form_read_twice_says_the_same(path):
    written(path, STATED, Aspek_1={"H7": 1}, Aspek_2={"I6": "Ya", "H6": 2})

    assert read_form(path, TINY) == read_form(path, TINY)


LEVEL, WORDS_OF, FILES = (
    "H (ISIAN: level 0–4)",
    "I (ISIAN: keterangan)",
    "J (ISIAN: nama berkas bukti, satu per baris)",
)
FAULTS: dict[str, tuple[dict[str, dict[str, Any]], tuple[str, str]]] = {
    "level-too-high": (
        {"Aspek_1": {"H6": 5}},
        (f"Aspek 1:6:{LEVEL}", "level-off-scale"),
    ),
    "level-between": (
        {"Aspek_1": {"H6": 2.5}},
        (f"Aspek 1:6:{LEVEL}", "level-off-scale"),
    ),
    "level-a-word": (
        {"Aspek_2": {"H6": "tiga"}},
        (f"Aspek 2:6:{LEVEL}", "level-off-scale"),
    ),
    "words-without-level": (
        {"Aspek_1": {"I7": "Sudah"}},
        (f"Aspek 1:7:{WORDS_OF}", "reason-without-level"),
    ),
    "words-too-long": (
        {"Aspek_1": {"H7": 3, "I7": "x" * 10_001}},
        (f"Aspek 1:7:{WORDS_OF}", "text-too-long"),
    ),
    "words-unreadable": (
        {"Aspek_1": {"H7": 3, "I7": "a\x7fb"}},
        (f"Aspek 1:7:{WORDS_OF}", "text-unreadable"),
    ),
    "code-changed": ({"Aspek_1": {"A6": "1.9"}}, ("Aspek 1:6:A (No.)", "form-code-changed")),
    "code-moved": ({"Aspek_1": {"A6": "1.2"}}, ("Aspek 1:6:A (No.)", "form-code-moved")),
    "code-removed": ({"Aspek_1": {"A6": None}}, ("Aspek 1:6:A (No.)", "form-code-missing")),
    "below": ({"Aspek_1": {"H8": 3}}, ("Aspek 1:8:H", "form-stray")),
}


@pytest.mark.parametrize(("cells", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_sheet_and_cell_and_nothing_else_is(path, cells, fault):
    assert faults(path, **cells) == [fault]


@pytest.mark.parametrize("column", ["H", "I", "J"])
def test_a_formula_in_a_cell_to_be_filled_in_is_one_fault(path, column):
    write_form(path, BLANK)
    made = openpyxl.load_workbook(path)
    made["Aspek 1"]["H6"] = 3
    made["Aspek 1"][f"{column}6"] = "=1+2"
    made.save(path)
    error = refused(read_form, path, TINY)

    [(place, key)] = told(error)
    assert place.startswith(f"Aspek 1:6:{column}")
    assert key == "cell-formula"
    assert "tempel sebagai nilai" in explain(error, "id")


@pytest.mark.parametrize(
    "name",
    ["../x.pdf", "C:\\x.pdf", "folder/x.pdf", "CON.pdf", "nul", "a\u202egpj.exe", "x" * 121],
)
def test_a_file_name_that_is_a_path_is_a_fault(path, name):
    assert faults(path, Aspek_1={"J6": f"SK.pdf\n{name}"}) == [
        (f"Aspek 1:6:{FILES}", "file-name-form")
    ]


def test_all_faults_of_a_form_are_named_at_once(path):
    found = faults(
        path,
        Aspek_2={"A6": "9", "H6": 7, "J6": "../x"},
        Aspek_1={"I6": "a", "H7": "x", "I9": "b"},
    )

    assert sorted(found) == [
        (f"Aspek 1:6:{WORDS_OF}", "reason-without-level"),
        (f"Aspek 1:7:{LEVEL}", "level-off-scale"),
        ("Aspek 1:9:I", "form-stray"),
        ("Aspek 2:6:A (No.)", "form-code-changed"),
        (f"Aspek 2:6:{LEVEL}", "level-off-scale"),
        (f"Aspek 2:6:{FILES}", "file-name-form"),
    ]


def test_a_sheet_that_is_gone_is_named_and_the_others_are_read(path):
    written(path, BLANK, Aspek_1={"H6": 9})
    made = openpyxl.load_workbook(path)
    del made["Aspek 2"]
    made.save(path)

    assert told(refused(read_form, path, TINY)) == [
        ("Aspek 2", "form-sheet-missing"),
        (f"Aspek 1:6:{LEVEL}", "level-off-scale"),
    ]


def test_rows_that_were_sorted_are_refused_line_by_line(path):
    assert faults(path, Aspek_1={"A6": "1.2", "A7": "1.1", "H6": 3}) == [
        ("Aspek 1:6:A (No.)", "form-code-moved"),
        ("Aspek 1:7:A (No.)", "form-code-moved"),
    ]


def test_a_form_of_another_edition_agency_or_round_is_refused(path, kasn):
    write_form(path, BLANK)

    assert refused(read_form, path, kasn).problems == (
        Problem("", "form-edition", "tiny", "kasn-2019"),
    )
    error = refused(read_form, path, TINY, agency="kab-b", round_="2026-2")
    assert error.problems == (
        Problem("", "form-agency", "kota-a", "kab-b"),
        Problem("", "form-round", "2026-1", "2026-2"),
    )


def test_an_edition_of_the_same_name_with_other_contents_is_another(path):
    data = tiny_data()
    data["aspects"][0]["sub_aspects"][0]["name"]["id"] = "Nama lain"
    write_form(path, BLANK)

    assert told(refused(read_form, path, from_data(data))) == [("", "form-edition")]


@pytest.mark.parametrize(
    ("address", "value", "key"),
    [
        ("A1", "lain", "form-sheet-gone"),
        ("B1", "surat", "form-damaged"),
        ("B2", "2", "form-newer"),
        ("B3", "../x", "form-damaged"),
        ("A4", "periode", "form-damaged"),
        ("B6", "abc", "form-damaged"),
        ("B8", None, "form-damaged"),
        ("C12", "1.1", "form-damaged"),
        ("B12", "enam", "form-damaged"),
    ],
)
def test_what_a_form_knows_of_itself_is_not_believed_when_it_was_changed(path, address, value, key):
    write_form(path, BLANK)
    filled(path, {"merit-kit": {address: value}})

    assert refused(read_form, path, TINY).key == key


NASTY = (
    *("=1+1", "-3", "@SUM(A1)", "+62 811", "'=1", "#N/A", "TRUE", "001", "1/2", "1e5", "12:30"),
    *("_x0041_ _x005F_ _x000D_", "x005F_", "a\tb", "<b>&amp;]]>", "\ufffe\uffff", "satu\n\ndua"),
    *("\U0001f468\u200d\U0001f469\u200d\U0001f467 \u202eabc", "x" * 10_000),
)


def test_what_looks_like_something_else_stays_the_text_it_is(path, kasn):
    texts = dict(zip(kasn.codes, NASTY, strict=False))
    stated = {code: (3, text) for code, text in texts.items()}
    write_form(path, replace(BLANK, instrument=kasn, stated=stated))
    assert read_form(path, kasn).given == ()

    made = openpyxl.load_workbook(path)
    for aspect in kasn.aspects:
        for line in range(6, 6 + len(aspect.sub_aspects)):
            made[f"Aspek {aspect.number}"].cell(line, 8).value = 2
    made.save(path)
    given = read_form(path, kasn).given
    assert {row.sub_aspect: row.self_reason for row in given if row.self_reason} == texts


def test_a_text_longer_than_a_cell_holds_is_cut_and_still_says_nothing(path):
    long = "\U0001f600" * 20_000
    write_form(path, replace(BLANK, stated={"1.1": (3, long)}))

    assert read_form(path, TINY).given == ()
    [found] = openpyxl.load_workbook(path)["Aspek 1"]["I6:I6"][0]
    assert len(found.value.encode("utf-16-le")) <= 2 * 32_767
    assert found.value.endswith("\U0001f600\N{HORIZONTAL ELLIPSIS}")


OFFICE = shutil.which("soffice")


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("ways", [["xlsx"], ["ods", "xlsx"]], ids=["xlsx", "ods-xlsx"])
def test_libreoffice_saves_a_form_and_nothing_is_lost(tmp_path, ways):
    texts = ["=1+1", "baris\nbaru", "_x0041_ é \U0001f600 <b>"]
    cells = {
        "Aspek_2": {"H6": 4, "I6": texts[0]},
        "Aspek_1": {"H6": 0, "I6": texts[1], "H7": 2, "I7": texts[2], "J7": "SK 1.pdf"},
    }
    path = written(tmp_path / "kota-a.xlsx", BLANK, **cells)
    expected = read_form(path, TINY).given
    for number, ending in enumerate(ways):
        out = tmp_path / f"{number}"
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        filters = {"xlsx": "xlsx:Calc MS Excel 2007 XML"}
        subprocess.run(
            [
                *(OFFICE, "--headless", profile, "--convert-to", filters.get(ending, ending)),
                *("--outdir", str(out), str(path)),
            ],
            check=True,
            capture_output=True,
            timeout=200,
        )
        path = out / f"kota-a.{ending}"

    assert [row.self_reason for row in expected] == texts
    assert read_form(path, TINY).given == expected
    assert workbook.identity_of(path).agency == "kota-a"
