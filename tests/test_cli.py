"""The command ``merit``: each command does its work, and each refusal is a sentence and a code."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from merit_kit import samples
from merit_kit.cli import _app
from merit_kit.instrument import load
from merit_kit.store import open_store

SHIPPED = Path(__file__).parents[1] / "data" / "instruments" / "kasn-2019.yaml"
# What was verified comes in once the stage is there; moving it and importing are one.
VERIFYING = ("--round", "2026-2", "--stage", "verifikasi")


@pytest.fixture
def merit(capsys, monkeypatch, tmp_path):
    """Run a command in a fresh folder; returns exit code, what was said, what was complained."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MERIT_STORE", raising=False)

    def run(*arguments, lang="id"):
        code = _app.run(arguments, lang)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def ready(merit, tmp_path):
    """A work folder with one agency and one round."""
    (tmp_path / "instansi.csv").write_text(
        "kode;nama;jenis;provinsi\nkota-a;Kota A;kota;Nusa\n", encoding="utf-8"
    )
    merit("init", "workspace", "--name", "Ani", "--office", "Biro SDM")
    merit("agencies", "instansi.csv")
    merit("rounds", "--add", "2026-2")
    return tmp_path


def levels_file(folder, name="kota-a.csv", level="3", codes=None):
    rows = [f"kota-a;{code};4;{level};alasan" for code in codes or load().codes]
    text = "\n".join(["instansi;subaspek;mandiri;verifikasi;alasan", *rows])
    (folder / name).write_text(text, encoding="utf-8")
    return name


def test_from_an_empty_folder_to_a_report(merit, ready):
    name = levels_file(ready)

    imported = merit("import", name, *VERIFYING)
    made = merit("reports", "--round", "2026-2")
    audited = merit("audit")

    assert imported[:2] == (0, "kota-a: 74 pernyataan dicatat, 0 sudah ada.\n")
    assert made[0] == 0
    page = ready / "workspace" / "reports" / "2026-2" / "verifikasi" / "kota-a.id.html"
    assert "300" in page.read_text(encoding="utf-8")
    assert audited[0] == 0
    assert audited[1].startswith("Utuh: 1 penilaian, 76 catatan")


def test_importing_the_same_file_again_records_nothing(merit, ready):
    name = levels_file(ready)
    merit("import", name, *VERIFYING)

    assert merit("import", name, "--round", "2026-2")[1] == (
        "kota-a: 0 pernyataan dicatat, 74 sudah ada.\n"
    )


def test_a_faulty_file_is_refused_whole_and_so_are_the_files_beside_it(merit, ready):
    good = levels_file(ready, "baik.csv", codes=["1.1"])
    bad = levels_file(ready, "buruk.csv", level="7", codes=["1.2", "9.9"])

    code, said, complained = merit("import", good, bad, "--round", "2026-2")

    assert (code, said) == (1, "")
    assert "buruk.csv memuat 3 kesalahan; tidak ada yang diambil dari berkas ini:" in complained
    assert "baris 2, kolom verifikasi: 7 bukan level; pilihan: 0, 1, 2, 3, 4" in complained
    assert "baris 3, kolom subaspek: 9.9 bukan kode subaspek" in complained
    assert "Tidak ada yang diambil, karena 1 berkas bermasalah." in complained
    assert merit("audit")[1].startswith("Utuh: 0 penilaian, 0 catatan")


def test_two_files_of_one_agency_are_refused(merit, ready):
    files = [levels_file(ready, name, codes=["1.1"]) for name in ("a.csv", "b.csv")]

    code, _, complained = merit("import", *files, "--round", "2026-2")

    assert code == 1
    assert "kota-a ada dalam lebih dari satu berkas: a.csv, b.csv" in complained


def test_the_mark_of_invented_data_can_not_be_changed_later(merit, ready):
    name = levels_file(ready, codes=["1.1"])
    merit("import", name, *VERIFYING, "--invented")

    code, _, complained = merit("import", name, "--round", "2026-2")

    assert code == 1
    assert "dibuka dengan tanda data rekaan" in complained
    assert "Tambahkan --invented." in complained


def test_the_agency_may_be_named_outside_the_file_but_not_another_one(merit, ready):
    (ready / "tanpa.csv").write_text("kode,mandiri\n1.1,3\n", encoding="utf-8")
    named = merit("import", "tanpa.csv", "--round", "2026-2", "--agency", "kota-a")
    unnamed = merit("import", "tanpa.csv", "--round", "2026-2")
    other = merit(
        "import", levels_file(ready), "--round", "2026-2", "--agency", "kota-b"
    )  # fmt: skip

    assert named[0] == 0
    assert "tidak menyebut instansi" in unnamed[2]
    assert "menyebut instansi kota-a, sedangkan --agency menyebut kota-b" in other[2]


def test_an_unknown_agency_and_an_unknown_round_are_both_named(merit, ready):
    code, _, complained = merit(
        "import", levels_file(ready), "--round", "2031-1", "--agency", "kota-a"
    )

    assert code == 1
    assert "periode 2031-1 tidak dikenal; yang ada: 2026-2" in complained


def test_the_audit_says_plainly_what_was_tampered_with_and_fails(merit, ready):
    merit("import", levels_file(ready, codes=["1.1"]), *VERIFYING)
    database = sqlite3.connect(ready / "workspace" / "merit.db")
    database.execute("DROP TRIGGER entry_no_update")
    database.execute("UPDATE entry SET payload = replace(payload, '\"level\":3', '\"level\":4')")
    database.commit()
    database.close()

    code, said, _ = merit("audit", "--store", str(ready / "workspace" / "merit.db"))

    assert code == 1
    assert "kota-a/2026-2 #4: isi pernyataan berubah sesudah dicatat" in said


def test_a_printed_digest_is_found_in_the_history_or_not(merit, ready):
    merit("import", levels_file(ready, codes=["1.1"]), *VERIFYING)
    merit("reports", "--round", "2026-2")
    page = ready / "workspace" / "reports" / "2026-2" / "verifikasi" / "kota-a.id.html"
    printed = page.read_text(encoding="utf-8").split('--digest "')[1].split('"')[0]

    known = merit("audit", "--digest", printed)
    unknown = merit("audit", "--digest", "beef beef beef beef")

    assert known[0] == 0
    assert "Digest cocok dengan kota-a/2026-2 #4: keadaan terakhir." in known[1]
    assert unknown[0] == 1
    assert "bukan digest penilaian mana pun" in unknown[1]


def test_one_report_that_fails_gives_exit_code_1_and_a_line(merit, ready):
    merit("import", levels_file(ready), *VERIFYING)
    # Where its page should go is a folder.
    in_the_way = ready / "workspace" / "reports" / "2026-2" / "verifikasi" / "kota-a.id.html"
    in_the_way.mkdir(parents=True)

    code, _, complained = merit("reports", "--round", "2026-2")

    assert code == 1
    assert "1 laporan gagal:" in complained
    assert "kota-a: Berkas" in complained


def test_a_draft_that_lacks_a_weight_opens_no_assessment(merit, ready):
    draft = SHIPPED.read_text(encoding="utf-8")
    draft = draft.replace("status: reconstruction", "status: draft")
    draft = draft.replace('        weight: "2.5"\n', "", 1)
    (ready / "rancangan.yaml").write_text(draft, encoding="utf-8")
    (ready / "salah.csv").write_text("instansi;subaspek;mandiri\nkota-a;1.1;9\n", "utf-8")

    for name in (levels_file(ready), "salah.csv"):
        options = (*VERIFYING, "--edition", "rancangan.yaml")
        code, _, complained = merit("import", name, *options)

        # What is wrong with the levels may come from what the draft lacks: it is not said yet.
        assert code == 1
        assert complained == (
            "Instrumen kasn-2019 masih rancangan dan belum lengkap (1 hal), sehingga belum dapat "
            "membuka penilaian. Lihat kekurangannya dengan merit instrument check.\n"
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit"], "Penyimpanan workspace"),
        (["reports", "--round", "2026-2"], "Penyimpanan workspace"),
        (["audit", "--store", "mysql://server/merit"], '"mysql" tidak dapat dilayani'),
        (["lab", "tidak-ada"], "Folder tidak-ada tidak ada"),
        (["instrument", "show", "kasn-1999"], 'Instrumen "kasn-1999" tidak dikenal'),
        (["instrument", "check", "tidak-ada.yaml"], "Berkas tidak-ada.yaml tidak ditemukan"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(merit, arguments, said):
    code, _, complained = merit(*arguments)

    assert code == 1
    assert said in complained


def test_nothing_is_made_in_place_of_a_store_that_cannot_be_served(merit, tmp_path):
    merit("init", "mysql://server/merit")

    assert list(tmp_path.iterdir()) == []


def test_a_round_has_a_year_and_a_number(merit, ready):
    code, _, complained = merit("rounds", "--add", "2026/2")

    assert code == 1
    assert "Tulis tahun-nomor, misalnya 2026-2" in complained
    assert [each["code"] for each in json.loads(merit("rounds", "--json")[1])] == ["2026-2"]


def test_init_never_overwrites_a_store(merit, ready):
    code, _, complained = merit("init", "workspace")

    assert code == 1
    assert "sudah ada dan tidak ditimpa" in complained


def test_the_instrument_is_listed_shown_and_checked(merit):
    listed = merit("instrument", "list")
    shown = merit("instrument", "show", "kasn-2019", "--code", "1.3")
    checked = merit("instrument", "check", str(SHIPPED))

    assert "kasn-2019" in listed[1]
    assert "37" in listed[1]
    assert "1.3" in shown[1]
    assert "1.4" not in shown[1]
    assert checked[:2] == (
        0,
        "kasn-2019: tidak ada kesalahan. 8 aspek, 37 subaspek, maksimum 400.\n",
    )


def test_a_faulty_instrument_names_every_fault_and_its_line(merit, tmp_path):
    spoilt = SHIPPED.read_text(encoding="utf-8").replace("to: 250", "to: 251")
    spoilt = spoilt.replace('weight: "2.5"', 'weight: "2,5"', 1)
    (tmp_path / "rusak.yaml").write_text(spoilt, encoding="utf-8")

    code, _, complained = merit("instrument", "check", "rusak.yaml")

    assert code == 1
    assert "memuat 2 kesalahan" in complained
    assert "categories.bands[2].from" in complained
    assert "2,5 bukan bilangan" in complained


def test_the_same_in_english(merit):
    assert "There is no store at" in merit("audit", lang="en")[2]


def test_an_unknown_language_is_refused_with_the_known_ones(merit):
    assert merit("audit", lang="jv")[2] == "Bahasa jv tidak tersedia. Pilihan: id, en.\n"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_command_and_option_has_its_help_in_both_languages(merit, lang):
    def walk(tree, path=()):
        yield path, tree
        for name, child in getattr(tree, "commands", {}).items():
            yield from walk(child, (*path, name))

    for path, tree in walk(_app.translated(_app.command(), lang)):
        assert tree.help, path
        assert not tree.help.startswith("cli."), path
        for parameter in tree.params:
            text = getattr(parameter, "help", None)
            assert text, (path, parameter.name)
            assert parameter.name == "help" or not text.startswith("cli."), (path, parameter.name)


@pytest.mark.parametrize("command", [["-m", "merit_kit"]], ids=["python -m merit_kit"])
def test_the_program_runs_as_a_module_and_says_its_help(command):
    run = subprocess.run(
        [sys.executable, *command, "--lang", "en", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert "Make the report of every agency" in run.stdout


def test_asking_for_help_loads_neither_pandas_nor_papermill():
    code = (
        "import sys; sys.argv = ['merit', '--help']\n"
        "from merit_kit.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'papermill', 'nbconvert', 'sqlalchemy'} & set(sys.modules)))"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")

    assert run.stdout.splitlines()[-1] == "[]"


def test_an_empty_cell_takes_nothing_back_and_says_so_and_a_dash_takes_it_back(merit, ready):
    merit("import", levels_file(ready, codes=["1.1"]), *VERIFYING)
    empty = "instansi;subaspek;mandiri;verifikasi\nkota-a;1.1;4;\n"
    (ready / "kosong.csv").write_text(empty, encoding="utf-8")
    (ready / "cabut.csv").write_text(empty.replace("4;", "4;-"), encoding="utf-8")

    left = merit("import", "kosong.csv", "--round", "2026-2")
    taken_back = merit("import", "cabut.csv", "--round", "2026-2")
    again = merit("import", "kosong.csv", "--round", "2026-2")

    assert "1.1 Verifikasi: tetap level 3 (kosong di berkas" in left[1]
    said = "kota-a: 1 pernyataan dicatat, 1 sudah ada.\n1 level ditarik: 1.1\n"
    assert taken_back[:2] == (0, said)
    assert "tetap level" not in again[1]


def test_a_file_with_a_strange_heading_is_told_about_the_heading_and_not_the_agency(merit, ready):
    (ready / "aneh.csv").write_text("a|b\n1|2\n", encoding="utf-8")

    _, _, complained = merit("import", "aneh.csv", "--round", "2026-2")

    assert "kolom a|b tidak dikenal; yang dikenal: instansi, subaspek" in complained
    assert "tidak menyebut instansi" not in complained


def test_what_was_cut_off_without_a_trace_shows_in_the_digest_noted_before(merit, ready):
    merit("import", levels_file(ready, codes=["1.1"]), *VERIFYING)
    before = merit("audit")
    database = sqlite3.connect(ready / "workspace" / "merit.db")
    guards = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in guards:
        database.execute(f"DROP TRIGGER {name}")
    for table in ("entry", "anchor"):
        database.execute(f"DELETE FROM {table} WHERE position = 4")
    for _, sql in guards:
        database.execute(sql)
    database.commit()
    database.close()

    after = merit("audit")

    assert (before[0], after[0]) == (0, 0)
    assert before[1].splitlines()[1] != after[1].splitlines()[1]


def test_a_report_of_an_earlier_moment_is_told_apart_from_the_latest(merit, ready):
    merit("import", levels_file(ready, codes=["1.1"]), *VERIFYING)
    merit("reports", "--round", "2026-2")
    page = ready / "workspace" / "reports" / "2026-2" / "verifikasi" / "kota-a.id.html"
    printed = page.read_text(encoding="utf-8").split('--digest "')[1].split('"')[0]
    merit("import", levels_file(ready, "lagi.csv", codes=["1.2"]), "--round", "2026-2")

    assert "#4: keadaan terdahulu" in merit("audit", "--digest", printed)[1]
    assert '"kab0" bukan digest' in merit("audit", "--digest", "kab0")[2]
    assert (
        "bukan digest. Tulis paling sedikit 16 digit" in merit("audit", "--digest", printed[:9])[2]
    )


def test_stopping_a_batch_keeps_what_is_done_and_says_so(merit, ready):
    merit("demo", "kerja", "--no-reports")
    command = [
        sys.executable,
        "-m",
        "merit_kit",
        "reports",
        "--store",
        "kerja",
        "--round",
        "2026-2",
    ]
    folder = ready / "kerja" / "reports" / "2026-2" / "verifikasi"

    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as batch:
        deadline = time.monotonic() + 60
        while not list(folder.glob("*.html")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        batch.send_signal(signal.SIGINT)
        complained = batch.communicate(timeout=60)[1]

    assert batch.returncode == 130
    assert "Dihentikan setelah " in complained
    assert "Traceback" not in complained
    assert list(folder.glob("*.tmp")) == []


def test_the_demonstration_ends_by_saying_where_the_reports_are_and_what_to_do_next(merit):
    said = merit("demo", "kerja", "--no-reports")[1]

    assert "kerja/reports/2026-2/verifikasi/" in said
    assert "00-mulai.ipynb" in said


def test_a_demonstration_cut_off_half_way_is_completed_by_running_it_again(merit, ready):
    merit("demo", "kerja", "--no-reports")
    whole = merit("audit", "--store", "kerja")[1].splitlines()[0]
    samples.open_practice("cut").close()

    merit("demo", "cut", "--no-reports")
    again = merit("demo", "cut", "--no-reports")

    assert merit("audit", "--store", "cut")[1].splitlines()[0] == whole
    assert "sudah berisi penyimpanan" in again[1]


def test_an_empty_reason_erases_none(merit, ready):
    merit("import", levels_file(ready, codes=["1.1"]), *VERIFYING)
    bare = "instansi;subaspek;mandiri;verifikasi;alasan\nkota-a;1.1;4;3;\n"
    (ready / "tanpa.csv").write_text(bare, encoding="utf-8")

    assert merit("import", "tanpa.csv", "--round", "2026-2")[1] == (
        "kota-a: 0 pernyataan dicatat, 2 sudah ada.\n"
    )


def test_a_misspelt_level_column_is_told_once(merit, ready):
    text = "instansi;subaspek;verifikasii;alasan\n" + "kota-a;1.1;3;a\nkota-a;1.2;3;b\n"
    (ready / "salah.csv").write_text(text, encoding="utf-8")

    complained = merit("import", "salah.csv", "--round", "2026-2")[2]

    assert "kolom verifikasii tidak dikenal" in complained
    assert "tanpa level" not in complained


def test_two_who_import_one_file_at_once_state_it_once(merit, ready):
    name = levels_file(ready)
    command = [sys.executable, "-m", "merit_kit", "import", name, *VERIFYING]

    both = [
        subprocess.Popen(command, cwd=ready, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(2)
    ]
    said = sorted(each.communicate(timeout=60)[0] for each in both)

    assert said == [
        "kota-a: 0 pernyataan dicatat, 74 sudah ada.\n",
        "kota-a: 74 pernyataan dicatat, 0 sudah ada.\n",
    ]
    assert merit("audit")[1].startswith("Utuh: 1 penilaian, 76 catatan")


def test_whoever_makes_a_store_is_its_secretariat_and_may_evaluate(merit, ready):
    [maker] = json.loads(merit("people", "--json")[1])

    assert (maker["name"], maker["office"]) == ("Ani", "Biro SDM")
    assert {held["role"] for held in maker["roles"]} == {"secretariat", "evaluator"}


def test_what_was_verified_is_refused_before_its_stage_and_the_way_out_is_named(merit, ready):
    code, said, complained = merit("import", levels_file(ready), "--round", "2026-2")

    assert (code, said) == (1, "")
    assert "sekaligus dengan --stage verifikasi" in complained
    assert "kota-a: masih pada tahap penilaian mandiri" in complained
    assert merit("audit")[1].startswith("Utuh: 0 penilaian, 0 catatan")


def test_an_import_skips_no_stage_and_then_opens_nothing(merit, ready):
    code, _, complained = merit(
        "import", levels_file(ready), "--round", "2026-2", "--stage", "penetapan"
    )

    assert code == 1
    assert "tidak dapat langsung ke tahap penetapan hasil" in complained
    assert "verifikasi dan klarifikasi" in complained
    assert merit("audit")[1].startswith("Utuh: 0 penilaian, 0 catatan")


def test_the_agency_speaks_for_itself_and_the_evaluator_who_is_named_verifies(merit, ready):
    merit("people", "--add", "Eko", "--role", "evaluator")
    merit("import", levels_file(ready, codes=["1.1"]), *VERIFYING, "--evaluator", "Eko")

    names = {each["id"]: each["name"] for each in json.loads(merit("people", "--json")[1])}
    with open_store("workspace") as store:
        levels = store.entries(kinds=["level"]).sort_values("position")

    assert [names[author] for author in levels["author"]] == ["Tim penilai mandiri Kota A", "Eko"]
    assert {names[person] for person in levels["recorded_by"]} == {"Ani"}


def test_nobody_verifies_who_is_no_evaluator(merit, ready):
    merit("people", "--add", "Budi")
    name = levels_file(ready, codes=["1.1"])

    unknown = merit("import", name, *VERIFYING, "--evaluator", "Siapa")
    unfit = merit("import", name, *VERIFYING, "--evaluator", "Budi")

    assert (unknown[0], unfit[0]) == (1, 1)
    assert "Orang Siapa tidak dikenal." in unknown[2]
    assert "1.1: belum memegang peran di sini; ini hanya untuk penilai" in unfit[2]
    assert merit("audit")[1].startswith("Utuh: 0 penilaian, 0 catatan")


@pytest.mark.parametrize(
    ("typed", "lang", "said"),
    [
        ("audti", "id", "Perintah audti tidak dikenal. Maksud Anda audit?"),
        ("instrument zzz", "en", "There is no command zzz. Choose one of: list, show, check,"),
        ("reports --rond 1", "id", "Opsi --rond tidak dikenal. Maksud Anda --round?"),
        ("audit -x", "en", "There is no option -x. Choose one of: --store, "),
        ("audit --lang en", "id", "ditulis sebelum nama perintah"),
        ("reports", "id", "Opsi --round TTTT-N wajib ditulis. Periode penilaian"),
        ("roadmap", "en", "AGENCY has to be given."),
        ("reports --round", "id", "Sesudah --round harus ada isinya."),
        ("reports --round --store x", "id", "Sesudah --round harus ada isinya."),
        ("reports --round 2026-2 --agency a --agency --force", "id", "Sesudah --agency harus ada"),
        ("rounds --json=3", "en", "The option --json is written without a value."),
        ("reports --round 2026-2 --workers 0", "id", "0 tidak dapat dipakai untuk --workers. "),
        ("roadmap a --years 1.5", "en", "1.5 cannot be used for --years. Write a whole number."),
        ("audit a \x1b[2Jb", "id", "Tidak dapat dipakai di sini: a \ufffd[2Jb."),
    ],
)
def test_what_is_not_understood_is_said_in_the_chosen_language_with_the_way_out(
    merit, typed, lang, said
):
    code, printed, complained = merit(*typed.split(" "), lang=lang)

    assert (code, printed) == (2, "")
    lines = complained.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith({"id": "Pemakaian: merit ", "en": "Usage: merit "}[lang])
    assert said in lines[1]
    assert lines[2].startswith({"id": "Selengkapnya: merit", "en": "More: merit"}[lang])


@pytest.mark.parametrize("path", [["reports"], ["roadmap"], ["instrument"], []])
def test_no_english_word_of_typer_is_left_on_a_help_page(merit, path):
    code, page, _ = merit(*path, "--help")

    assert code == 0
    assert page.startswith(" ".join(["Pemakaian: merit", *path, "[OPSI]"]))
    words = ("Usage", "Options", "Arguments", "Commands", "required", "default", "Show", "range")
    assert [word for word in words if word in page] == []


def test_a_command_that_is_left_out_is_answered_with_those_there_are(merit):
    for typed in ([], ["--lang", "en"], ["instrument"]):
        code, said, complained = merit(*typed)
        assert (code, said) == (2, "")
        assert "Perintah:" in complained


@pytest.mark.parametrize(
    "typed", [["--lang", "en", "x"], ["--lang=en", "x"], ["--lang", "id", "--lang", "en", "x"]]
)
def test_the_language_before_the_command_is_taken_in_both_ways_of_writing_it(typed):
    assert _app.language_of(typed) == "en"
    assert _app.language_of(["x", *typed]) is None
    assert _app._asked(typed) == "x"


def test_the_commands_listed_without_their_modules_are_those_the_modules_add():
    def told(tree):
        return [(name, each.help) for name, each in tree.commands.items()]

    assert told(_app.command(asked="")) == told(_app.command())
