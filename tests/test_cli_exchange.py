"""The commands that take files in and hand files out, and ``merit determine``.

What they take is decided below them, and tested there (test_exchange.py). Here: what is said, that
a refusal is a sentence, and that a command is done whole or not at all.
"""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from merit_kit import assessment, process, workbook
from merit_kit.cli import _app
from merit_kit.files import kit_folder
from merit_kit.instrument import from_data, load
from merit_kit.store import Statement, open_store
from tests.editions import made_up_data
from tests.entries import BODIES, THREAD
from tests.workbooks import filled

ROUND = ("--round", "2026-2")
AGENCIES = """\
kode;nama;jenis;provinsi;zona waktu
kota-a;Kota A;kota;Nusa;WITA
kab-b;Kabupaten B;kabupaten;Nusa;WIT
"""
PEOPLE = """\
nama;nip;unit;akun;peran;instansi
Eko;;Tim;eko;penilai;
Kamil;;Pleno;kamil;komisioner;
Ani;;BKPSDM;ani;instansi;kota-a
"""
PDF = b"%PDF-1.7 isi"
EDITIONS = {"kab-b": "kasn-2019-410", "kota-a": "kasn-2019"}


@pytest.fixture
def merit(capsys, monkeypatch, tmp_path):
    """Run a command in a fresh folder, by default as Sri: exit code, what was said, complained."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MERIT_STORE", raising=False)

    def run(*arguments, lang="id", login="sri"):
        monkeypatch.setenv("JUPYTERHUB_USER", login)
        code = _app.run(arguments, lang)
        said = capsys.readouterr()
        # A slip of ours would be said in a sentence as well, and leave a traceback in a file.
        assert "merit-kit-" not in said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def done(merit):
    """Run a command that has to succeed, and return what it said."""

    def run(*arguments, **as_whom):
        code, said, complained = merit(*arguments, **as_whom)
        assert (code, complained) == (0, "")
        return said

    return run


@pytest.fixture
def refused(merit):
    """Run a command that has to be refused with nothing said or stored; return the complaint."""

    def run(*arguments, **as_whom):
        with open_store("workspace") as store:
            before = store.entries()
        code, said, complained = merit(*arguments, **as_whom)
        assert (code, said) == (1, ""), said
        with open_store("workspace") as store:
            assert store.entries().equals(before)
        return complained

    return run


@pytest.fixture
def ready(done, tmp_path):
    """A store of Sri's with two agencies, three other people and a round."""
    for name, text in (("instansi", AGENCIES), ("orang", PEOPLE)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    done("init", "workspace", "--name", "Sri", "--office", "Sekretariat")
    done("agencies", "instansi.csv")
    done("people", "orang.csv")
    done("rounds", "--add", "2026-2")
    return tmp_path


@pytest.fixture
def begun(ready, done):
    """The assessment of kota-a, with what it says of 1.1."""
    (ready / "mandiri.csv").write_text("kode;mandiri\n1.1;3\n", encoding="utf-8")
    done("import", "mandiri.csv", *ROUND, "--agency", "kota-a")
    return ready


def laid(folder: Path, name: str, content: bytes = PDF) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def form_of(folder: Path, agency: str, **cells) -> Path:
    """The form of an agency as `merit form` wrote it, filled in: level, words and files of 1.1."""
    path = folder / "workspace" / "formulir" / "2026-2" / f"{agency}.xlsx"
    [sheet] = [s for s in openpyxl.load_workbook(path).worksheets if s["A6"].value == "1.1"]
    heading = next(cell for cell in sheet[5] if "level 0" in str(cell.value)).column
    keys = ("level", "words", "files")
    letters = {key: sheet.cell(6, heading + i).coordinate for i, key in enumerate(keys)}
    return filled(path, {sheet.title: {letters[key]: value for key, value in cells.items()}})


# Forms


def test_forms_are_written_for_all_agencies_or_for_those_named(ready, done):
    assert done("form", *ROUND).startswith("2 formulir ditulis: ")
    folder = ready / "workspace" / "formulir" / "2026-2"
    assert sorted(path.name for path in folder.iterdir()) == ["kab-b.xlsx", "kota-a.xlsx"]
    kinds = {workbook.identity_of(path).kind for path in folder.iterdir()}
    assert kinds == {workbook.FORM}

    said = done("form", "kab-b", *ROUND, "--out", "keluar", "--lang", "en", lang="en")
    assert [path.name for path in (ready / "keluar").iterdir()] == ["kab-b.xlsx"]
    assert "keluar" in said
    assert workbook.identity_of(ready / "keluar" / "kab-b.xlsx").lang == "en"


def test_no_form_is_written_when_one_agency_is_not_known(ready, refused):
    assert "kota-z" in refused("form", "kota-a", "kota-z", *ROUND, "--out", "keluar")
    assert not (ready / "keluar").exists()


def test_no_form_is_written_under_another_edition_than_the_one_an_assessment_keeps(begun, refused):
    complained = refused("form", *ROUND, "--edition", "kasn-2019-410", "--out", "keluar")

    assert complained == (
        "Penilaian kota-a pada 2026-2 dibuka dengan instrumen kasn-2019 dan tetap memakainya; "
        "kasn-2019-410 tidak dapat dipakai. Hapus --edition, atau sebutkan hanya instansi yang "
        "penilaiannya belum dibuka.\n"
    )
    assert not (begun / "keluar").exists()


def test_a_form_is_written_under_the_edition_named_where_no_other_is_kept(begun, done):
    done("form", "kab-b", *ROUND, "--edition", "kasn-2019-410", "--out", "keluar")
    done("form", "kota-a", *ROUND, "--edition", "kasn-2019", "--out", "keluar")

    ids = {path.stem: workbook.identity_of(path).digest for path in (begun / "keluar").iterdir()}
    assert ids == {name: load(of).digest for name, of in EDITIONS.items()}


def test_a_draft_has_no_form_and_says_first_what_it_lacks(ready, refused, done):
    said = refused("form", *ROUND, "--edition", "permenpanrb-2025", "--out", "keluar")
    assert "masih rancangan dan belum lengkap" in said
    assert not (ready / "keluar").exists()

    draft = kit_folder("data") / "instruments" / "permenpanrb-2025.yaml"
    first, *_, last = done("instrument", "check", str(draft)).splitlines()
    assert first.startswith("Belum lengkap (")
    assert not last.startswith("  - ")


def test_a_form_is_not_written_in_a_language_there_is_not(ready, refused):
    assert "fr" in refused("form", *ROUND, "--out", "keluar", "--lang", "fr")
    assert not (ready / "keluar").exists()


def test_a_store_without_agencies_has_no_forms(done, refused):
    done("init", "workspace", "--name", "Sri", "--office", "Sekretariat")
    done("rounds", "--add", "2026-2")

    assert refused("form", *ROUND) == ("Belum ada instansi. Tambahkan dengan merit agencies.\n")


def test_a_filled_in_form_comes_back_with_its_files(begun, done):
    done("form", "kota-a", *ROUND)
    path = form_of(begun, "kota-a", level=2, words="Ada SK", files="sk.pdf\nhilang.pdf")
    laid(path.parent, "bukti/sk.pdf")
    said = [
        "1 berkas bukti",
        "1.1: berkas hilang.pdf tidak ditemukan; kirimkan kemudian dengan merit evidence",
    ]

    first = done("import", str(path), *ROUND).splitlines()
    again = done("import", str(path), *ROUND).splitlines()
    assert first == ["kota-a: 1 pernyataan dicatat, 0 sudah ada.", *said]
    assert again == ["kota-a: 0 pernyataan dicatat, 1 sudah ada.", said[1]]


def test_a_form_of_another_store_is_refused_with_its_name(begun, done, refused):
    done("init", "latihan", "--name", "Sri", "--office", "Sekretariat")
    done("agencies", "instansi.csv", "--store", "latihan")
    done("rounds", "--add", "2026-2", "--store", "latihan")
    done("form", "kota-a", *ROUND, "--store", "latihan", "--out", "keluar")

    complained = refused("import", "keluar/kota-a.xlsx", *ROUND)
    assert "kota-a.xlsx berasal dari penyimpanan lain (mungkin latihan)" in complained
    assert complained.endswith("Tidak ada yang diambil, karena 1 berkas bermasalah.\n")


def test_a_form_for_another_agency_or_round_is_refused_in_words(begun, done, refused):
    done("form", "kota-a", *ROUND)
    path = str(form_of(begun, "kota-a", level=1))
    done("rounds", "--add", "2027-1")

    assert "menyebut instansi kota-a, sedangkan --agency menyebut kab-b" in refused(
        "import", path, *ROUND, "--agency", "kab-b"
    )
    assert "formulir ini untuk periode 2026-2, bukan 2027-1" in refused(
        "import", path, "--round", "2027-1"
    )
    assert "dibuka dengan instrumen kasn-2019" in refused(
        "import", path, *ROUND, "--edition", "kasn-2019-410"
    )


def test_a_form_that_was_filled_in_is_not_written_over(begun, done, refused):
    done("form", *ROUND)
    done("form", *ROUND)
    path = form_of(begun, "kota-a", level=1)
    other = path.with_name("kab-b.xlsx")
    other.write_bytes(b"apa saja")
    contents = path.read_bytes(), other.read_bytes()

    said = refused("form", *ROUND)

    first, *lines = said.splitlines()
    assert first == (
        f"2 formulir di {path.parent} tidak ditulis ulang, dan tidak ada yang ditulis. Pindahkan "
        "berkas yang tersebut di bawah, atau tulis ke folder lain dengan --out:"
    )
    assert lines == [
        f"  - {other}: bukan formulir instansi ini seperti semula dibuat",
        f"  - {path}: sudah diisi",
    ]
    assert (path.read_bytes(), other.read_bytes()) == contents
    done("form", *ROUND, "--out", "lain")


def test_what_a_form_withdraws_and_what_it_holds_beside_is_said(begun, done):
    done("form", "kota-a", *ROUND)
    path = form_of(begun, "kota-a", level="-")
    filled(path, {"Aspek 1": {"B30": "catatan", "B31": "lagi"}})

    assert done("import", str(path), *ROUND).splitlines() == [
        "kota-a: 1 pernyataan dicatat, 0 sudah ada.",
        "1 level ditarik: 1.1",
        "lembar Aspek 1, baris 30, kolom B: di luar isian, tidak dibaca (seluruhnya 2 sel)",
    ]


# Evidence


def test_a_folder_of_evidence_is_counted_by_agency(begun, done):
    laid(begun, "kiriman/kota-a/1.1 SK/sk.pdf")
    laid(begun, "kiriman/kota-a/1.2/peta.pdf")
    say = "kota-a: {} berkas ditambahkan, {} diperbarui, {} sudah ada.\n"

    assert done("evidence", "kiriman", *ROUND) == say.format(2, 0, 0)
    laid(begun, "kiriman/kota-a/1.2/peta.pdf", PDF + b" baru")
    assert done("evidence", "kiriman", *ROUND, login="ani") == say.format(0, 1, 1)
    assert done("evidence", "kiriman/kota-a", *ROUND, "--agency", "kota-a") == say.format(0, 0, 2)


def test_what_is_wrong_with_a_folder_is_said_line_by_line(begun, refused):
    laid(begun, "kiriman/kota-a/1.1/sk.pdf")
    laid(begun, "kiriman/kota-a/1.1/kosong.pdf", b"")
    laid(begun, "kiriman/kota-a/lain/sk.pdf")
    laid(begun, "kiriman/lepas.pdf")

    first, *lines = refused("evidence", "kiriman", *ROUND).splitlines()
    assert first == "3 hal pada bukti di kiriman tidak dapat diambil; tidak ada yang berubah:"
    named = "beri nama misalnya 1.3 Data pensiun"
    outside = "berkas ini di luar folder instansi; taruh di FOLDER/<kode instansi>/<kode subaspek>"
    assert [line.split(", ")[0] for line in lines] == [
        "  - kota-a/lain/sk.pdf: lain tidak diawali kode subaspek; " + named,
        f"  - lepas.pdf: {outside}",
        "  - kota-a/1.1/kosong.pdf: berkasnya kosong",
    ]


def test_of_two_files_that_pass_for_one_both_are_named(begun, refused):
    laid(begun, "kiriman/kota-a/1.1 SK/sk.pdf")
    laid(begun, "kiriman/kota-a/1.1 lampiran/sk.pdf", PDF + b" lain")

    [_, line] = refused("evidence", "kiriman", *ROUND).splitlines()
    assert line == (
        "  - kota-a/1.1 lampiran/sk.pdf: bernama sama dengan kota-a/1.1 SK/sk.pdf tetapi isinya "
        "berbeda, dan keduanya untuk 1.1; ganti nama salah satunya"
    )


def test_a_file_that_a_table_names_and_that_cannot_be_kept_is_told_by_its_place_in_its_folder(
    begun, refused
):
    laid(begun, "kiriman/bukti/kota-a/1.1/kosong.pdf", b"")
    text = "instansi;kode;bukti\nkota-a;1.1;kosong.pdf\n"
    (begun / "kiriman" / "a.csv").write_text(text, encoding="utf-8")

    assert refused("import", "kiriman/a.csv", *ROUND).splitlines() == [
        "a.csv memuat 1 kesalahan; tidak ada yang diambil dari berkas ini:",
        "  - baris 2, kolom bukti: berkas kosong.pdf kosong",
        "Tidak ada yang diambil, karena 1 berkas bermasalah.",
    ]


def test_a_folder_that_is_not_there_is_a_sentence(begun, refused):
    assert refused("evidence", "hilang", *ROUND) == (
        "Folder hilang tidak ada. Periksa nama dan tempatnya.\n"
    )


# Answers


@pytest.fixture
def listed(begun, done):
    """The workbook of one question put to kota-a, answered."""
    done("rounds", "2026-2", "--stage", "verifikasi")
    with open_store("workspace") as store:
        about = assessment.find(store, "kota-a", "2026-2")
        eko = assessment.person_named(store, "eko")
        asked = Statement(about, "question", eko, assessment.now(), BODIES["question"])
        assessment.record(store, [asked], eko)
        form = assessment.form_of(store, "kota-a", "2026-2")
    item = workbook.OpenItem(THREAD, "1.1", "Mana SK-nya?", entry=asked.id)
    known = (form.instrument, form.agency, form.round, form.store, about)
    path = begun / "pertanyaan.xlsx"
    workbook.write_open_items(path, workbook.OpenItems(*known, items=(item,)))
    return filled(path, {"Klarifikasi": {"H5": "Terlampir", "I5": "sk.pdf"}})


def test_answers_come_in_with_their_files_or_not_at_all(listed, done, refused):
    complained = refused("import", listed.name, *ROUND)
    cell = "lembar Klarifikasi, baris 5, kolom I (ISIAN: nama berkas, satu per baris)"
    assert f"{cell}: berkas sk.pdf tidak ditemukan di bukti" in complained

    laid(listed.parent, "lampiran/1.1/sk.pdf")
    said = done("import", listed.name, *ROUND, "--evidence", "lampiran", login="ani")
    assert said == "kota-a: 1 pernyataan dicatat, 0 sudah ada.\n1 berkas bukti\n"
    with open_store("workspace") as store:
        about = assessment.find(store, "kota-a", "2026-2")
        standing = process.standing(process.unfold(store.entries([about])))
    assert list(process.clarifications(standing)["state"]) == ["answered"]


def test_an_answer_to_a_closed_question_is_refused_with_its_cell(listed, refused):
    with open_store("workspace") as store:
        about = assessment.find(store, "kota-a", "2026-2")
        eko = assessment.person_named(store, "eko")
        question = store.entries([about]).query("kind == 'question'")["id"].iloc[0]
        body = {**BODIES["closing"], "text": "Sudah jelas"}
        closing = Statement(about, "closing", eko, assessment.now(), body, (question,))
        assessment.record(store, [closing], eko)

    laid(listed.parent, "bukti/sk.pdf")
    complained = refused("import", listed.name, *ROUND)
    assert "lembar Klarifikasi, baris 5, kolom H (ISIAN: jawaban): pertanyaan 1.1" in complained


# A table from elsewhere


def test_a_table_from_elsewhere_comes_in_by_its_mapping(begun, done, refused):
    (begun / "skor.csv").write_text("Unsur;Skor\nAspek 1 - 1.2 SK;2\n", encoding="utf-8")
    said = {"format": 1, "columns": {"sub_aspect": "Unsur", "self": "Skor"}, "code_in_text": True}
    (begun / "peta.json").write_text(json.dumps(said), encoding="utf-8")
    (begun / "salah.json").write_text(json.dumps({**said, "format": 2}), encoding="utf-8")
    take = ("import", "skor.csv", *ROUND, "--agency", "kota-a")

    assert "skor.csv" in refused(*take)
    assert "salah.json" in refused(*take, "--map", "salah.json")
    assert done(*take, "--map", "peta.json") == "kota-a: 1 pernyataan dicatat, 0 sudah ada.\n"


HOSTILE = {
    "cut.xlsx": b"PK\x03\x04 putus",
    "old.xls": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "scan.pdf": b"%PDF-1.7\xff\xfe isi",
    "page.xlsx": b"<html><table><tr><td>kode</td></tr></table></html>",
    "bytes.csv": b"\x81\x00\xff",
}
ENGLISH = ("zip", "codec", "decode", "ParseError", "Expecting", "directory", "denied")


@pytest.mark.parametrize("name", [*HOSTILE, "folder"])
@pytest.mark.parametrize(
    "command",
    [
        ("instrument", "check"),
        ("instrument", "import"),
        ("import", *ROUND, "--agency", "kota-a"),
        ("import", "mandiri.csv", *ROUND, "--agency", "kota-a", "--map"),
    ],
    ids=["check", "instrument", "levels", "mapping"],
)
def test_a_file_that_is_something_else_is_refused_in_words(begun, refused, command, name):
    if name in HOSTILE:
        (begun / name).write_bytes(HOSTILE[name])
    else:
        (begun / name).mkdir()

    said = refused(*command, name)

    assert name in said
    assert not [word for word in ENGLISH if word in said]


# Levels to be entered elsewhere, and results determined


def verified(folder: Path, done, *agencies: str, but: tuple[str, ...] = ()) -> None:
    """Take agencies to the last stage with level 3 everywhere, but for some codes."""
    levels = [f"{code};3;3;=1+1" for code in load().codes if code not in but]
    text = "\n".join(["kode;mandiri;verifikasi;catatan", *levels])
    (folder / "hasil.csv").write_text(text, encoding="utf-8")
    agency = [part for code in agencies for part in ("--agency", code)]
    for code in agencies:
        done("import", "hasil.csv", *ROUND, "--agency", code, "--evaluator", "Eko",
             "--stage", "verifikasi")  # fmt: skip
    done("rounds", "2026-2", "--stage", "perbaikan", *agency)
    done("rounds", "2026-2", "--stage", "penetapan", *agency)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_verified_levels_go_out_in_order_and_nothing_in_them_is_a_formula(ready, done, ending):
    verified(ready, done, "kota-a")
    with open_store("workspace") as store:
        about = assessment.find(store, "kota-a", "2026-2")
        eko = assessment.person_named(store, "eko")
        body = {"sub_aspect": "1.1", "text": "Rahasia"}
        secret = Statement(about, "note", eko, assessment.now(), body, visible_to="internal")
        assessment.record(store, [secret], eko)
    path = ready / f"entri.{ending}"

    said = done("export", "--sipinter", *ROUND, "--agency", "kota-a", "--out", path.name)

    codes = list(load().codes)
    assert said == f"{len(codes)} subaspek terverifikasi ditulis: {path.name}\n"
    simulated, whose = "SIMULASI", "Kota A (kota-a) · "
    if ending == "csv":
        text = path.read_text(encoding="utf-8-sig")
        mark, about, _, *lines = text.splitlines()
        assert (mark[: len(simulated)], about[: len(whose)]) == (simulated, whose)
        assert [line.split(";")[0] for line in lines] == codes
        assert text.count(";'=1+1") == len(codes)
        assert "Rahasia" not in text
        return
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet["A1"].value.startswith(simulated)
    assert sheet["A2"].value.startswith(whose)
    rows = list(sheet.iter_rows(min_row=4))
    assert [row[0].value for row in rows] == codes
    assert {(row[4].value, row[4].data_type) for row in rows} == {("=1+1", "s")}
    assert {row[2].value for row in rows} == {3}


def test_an_export_goes_beside_the_store_unless_told_otherwise(begun, done):
    said = done("export", "--sipinter", *ROUND, "--agency", "kota-a")

    assert said.startswith("37 subaspek belum diverifikasi; barisnya kosong dalam ")
    assert (begun / "workspace" / "sipinter-kota-a-2026-2.xlsx").is_file()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--agency", "kota-a"], "atau --sipinter dengan --agency KODE"),
        (["--sipinter"], "atau --sipinter dengan --agency KODE"),
        (["--sipinter", "--agency", "kab-b"], "kab-b: instansi kab-b tidak memiliki penilaian"),
        (["--sipinter", "--agency", "kota-a", "--out", "a.pdf"], "a.pdf"),
    ],
)
def test_an_export_that_cannot_be_made_is_a_sentence(begun, refused, options, said):
    assert said in refused("export", *ROUND, *options)


def test_a_commissioner_determines_and_is_told_each_result(ready, done):
    verified(ready, done, "kota-a", "kab-b")

    said = done("determine", "kota-a", "kab-b", *ROUND, "--text", "Rapat pleno", login="kamil")

    assert said == ("kota-a: ditetapkan, nilai 300, Baik.\nkab-b: ditetapkan, nilai 300, Baik.\n")
    assert done("status", *ROUND).count("Ditetapkan") == 2


@pytest.mark.parametrize("login", ["sri", "eko", "ani"])
def test_whoever_is_no_commissioner_determines_nothing(ready, done, refused, login):
    verified(ready, done, "kota-a")

    agency, why, last = refused("determine", "kota-a", *ROUND, login=login).splitlines()
    assert agency == "kota-a:"
    assert "komisioner" in why
    assert "Tidak ada yang berubah." in last


def test_neither_of_two_is_determined_while_one_lacks_a_level(ready, done, refused):
    verified(ready, done, "kota-a")
    verified(ready, done, "kab-b", but=("1.1", "2.3"))

    assert refused("determine", "kota-a", "kab-b", *ROUND, login="kamil").splitlines() == [
        "kab-b:",
        "  - 1.1: level tidak ada",
        "  - 2.3: level tidak ada",
        "Hasil belum dapat ditetapkan, karena yang tersebut di atas. Tidak ada yang berubah.",
    ]


@pytest.fixture
def composed(ready) -> Path:
    """kota-a verified at 4 everywhere under a composite index: 0.8 + 0.2 x survey - correction."""
    edition = from_data(made_up_data())
    with open_store("workspace") as store:
        sri, eko = (assessment.person_named(store, name) for name in ("Sri", "Eko"))
        about = assessment.begin(store, "kota-a", "2026-2", edition, sri)
        assessment.advance(store, "2026-2", "verifikasi", sri)
        awal = {**BODIES["awal"], "level": 4}
        levels = [
            Statement(about, "level", eko, assessment.now(), {**awal, "sub_aspect": code})
            for code in edition.codes
        ]
        assessment.record(store, levels, eko)
        for stage in ("perbaikan", "penetapan"):
            assessment.advance(store, "2026-2", stage, sri)
    return ready


def test_the_components_of_an_index_are_given_with_the_determination(composed, done):
    said = done("determine", "kota-a", *ROUND, "--component", "survei=75", "--component",
                "correction = 0,05", login="kamil")  # fmt: skip

    assert said == "kota-a: ditetapkan, nilai 32, Berkembang.\n"
    [status] = json.loads(done("status", *ROUND, "--json"))
    assert (status["index"], status["category"]) == (0.9, "B")


def test_a_determination_that_lacks_a_component_says_which(composed, refused):
    said = refused("determine", "kota-a", *ROUND, "--component", "survei=75", login="kamil")

    assert said.splitlines() == [
        "kota-a:",
        "  - correction: angkanya tidak ada, sehingga indeks tidak dapat dihitung",
        "Hasil belum dapat ditetapkan, karena yang tersebut di atas. Tidak ada yang berubah.",
    ]


@pytest.mark.parametrize(
    "given",
    [["survei"], ["survei="], ["=75"], ["survei=75", "survei=80"]],
    ids=["no-value", "an-empty-value", "no-component", "one-twice"],
)
def test_a_component_that_cannot_be_read_is_refused_with_an_example(composed, refused, given):
    options = [part for each in given for part in ("--component", each)]

    said = refused("determine", "kota-a", *ROUND, *options, login="kamil")

    assert said.startswith(f'"{given[-1]}" bukan angka komponen')
    assert "survei=80,5" in said


def test_components_are_given_for_one_agency_at_a_time(composed, refused):
    said = refused("determine", "kota-a", "kab-b", *ROUND, "--component", "survei=75",
                   login="kamil")  # fmt: skip

    assert said.startswith("--component berisi angka satu instansi saja.")
