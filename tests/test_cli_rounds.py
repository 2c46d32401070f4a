"""The commands of a round: ``merit people | rooms | rounds | status | due``.

What they may do is decided below them, and tested there. Here: what is said, as a table, as JSON,
in both languages; that a refusal is a sentence; and that a command is done whole or not at all.
"""

from __future__ import annotations

import json
import re

import pytest

from merit_kit import assessment, samples
from merit_kit.cli import _app
from merit_kit.instrument import load
from merit_kit.store import Statement, open_store

LONG = "kota-nusa-contoh-nusa-contoh-nusa-contoh"  # 40 signs, the most a code may have

AGENCIES = f"""\
kode;nama;jenis;provinsi;zona waktu
kota-a;Kota A;kota;Nusa;WITA
kab-b;Kabupaten B;kabupaten;Nusa;WIT
{LONG};Kota Nusa Contoh;kota;;
"""
PEOPLE = """\
nama;nip;unit;akun;peran;instansi
Eko;;Tim;eko;penilai;
Kamil;;Pleno;;komisioner;
Hana;;Sekretariat;;pemandu;
Ani;198001012005012001;BKPSDM;ani;instansi;kota-a
Ani;198001012005012001;BKPSDM;ani;instansi;kab-b
"""
ROOMS = f"""\
ruang;jenis;tanggal;jam;pemandu;instansi;penilai
r-1;verifikasi-klarifikasi;2026-09-15;09.00 WITA;Hana;kota-a;Eko
r-1;;;;;kab-b;Eko
r-2;verifikasi-klarifikasi;15/09/2026;;;{LONG};Eko
r-3;asistensi;2026-09-01;13.30 WIB;Hana;kota-a;Eko
"""


@pytest.fixture
def merit(capsys, monkeypatch, tmp_path):
    """Run a command in a fresh folder; returns exit code, what was said, what was complained."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MERIT_STORE", raising=False)
    monkeypatch.setenv("JUPYTERHUB_USER", "sri")

    def run(*arguments, lang="id"):
        code = _app.run(arguments, lang)
        said = capsys.readouterr()
        # A slip of ours would be said in a sentence as well, and leave a traceback in a file.
        assert "merit-kit-" not in said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def done(merit):
    """Run a command that has to succeed, and return what it said."""

    def run(*arguments, lang="id"):
        code, said, complained = merit(*arguments, lang=lang)
        assert (code, complained) == (0, "")
        return said

    return run


@pytest.fixture
def refused(merit):
    """Run a command that has to be refused with nothing said, and return the complaint."""

    def run(*arguments, lang="id"):
        code, said, complained = merit(*arguments, lang=lang)
        assert (code, said) == (1, ""), said
        return complained

    return run


@pytest.fixture
def plain(done):
    """Return what a command says as JSON, having seen that it says the same in both languages."""

    def run(*arguments):
        said = done(*arguments, "--json")
        assert said == done(*arguments, "--json", lang="en")
        return json.loads(said)

    return run


@pytest.fixture
def ready(done, tmp_path):
    """A store of Sri's, with three agencies, four other people, one round and its rooms."""
    for name, text in (("instansi", AGENCIES), ("orang", PEOPLE), ("ruang", ROOMS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    done("init", "workspace", "--name", "Sri", "--office", "Sekretariat")
    done("agencies", "instansi.csv")
    done("people", "orang.csv")
    done("rounds", "--add", "2026-2")
    done("rooms", "ruang.csv", "--round", "2026-2")
    return tmp_path


@pytest.fixture
def begun(ready, done):
    """The assessments of kota-a and kab-b, with what each says of 1.1 and 1.2."""
    for agency in ("kota-a", "kab-b"):
        (ready / "mandiri.csv").write_text("kode;mandiri\n1.1;3\n1.2;2\n", encoding="utf-8")
        done("import", "mandiri.csv", "--round", "2026-2", "--agency", agency)


@pytest.fixture
def terminal(monkeypatch):
    """Let the next commands believe that they write to a terminal so many columns wide."""

    def of(columns):
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(columns))

    return of


def bare(said):
    """What is said, without the codes that make headings bold."""
    return re.sub(r"\x1b\[[0-9;]*m", "", said)


def rows(said):
    """The words of a table's rows: between the rule and the empty line below."""
    lines = [line.strip() for line in bare(said).splitlines()]
    below = lines[next(i for i, line in enumerate(lines) if line.startswith("──")) + 1 :]
    return [re.split(r"  +", line) for line in below[: below.index("")]]


def roles(person):
    return [(held["role"], held["agency"]) for held in person["roles"]]


# People


def test_people_come_in_from_a_file_with_their_roles(ready, done, plain):
    people = {one["name"]: one for one in plain("people")}

    assert done("people", "orang.csv") == "4 orang dicatat.\n"
    assert sorted(people) == ["Ani", "Eko", "Hana", "Kamil", "Sri"]
    assert roles(people["Ani"]) == [("agency", "kab-b"), ("agency", "kota-a")]
    assert roles(people["Eko"]) == [("evaluator", None)]
    assert people["Ani"]["nip"] == "198001012005012001"
    assert people["Eko"] == {**people["Eko"], "office": "Tim", "login": "eko", "nip": None}


def test_whoever_belongs_to_two_teams_has_a_line_for_each(ready, done):
    assert rows(done("people")) == [
        ["Ani, BKPSDM", "ani", "tim instansi", "kab-b"],
        ["Ani, BKPSDM", "ani", "tim instansi", "kota-a"],
        ["Eko, Tim", "eko", "penilai", "–"],
        ["Hana, Sekretariat", "–", "pemandu sesi", "–"],
        ["Kamil, Pleno", "–", "komisioner", "–"],
        ["Sri, Sekretariat", "sri", "penilai, sekretariat", "–"],
    ]


def test_a_person_is_added_by_options_and_shown_alone(ready, done, plain):
    said = done(
        *("people", "--add", "Budi", "--login", "budi", "--office", "Tim"),
        *("--nip", "198001012005012002", "--role", "evaluator", "--role", "host"),
    )
    [budi] = [one for one in plain("people") if one["name"] == "Budi"]

    assert rows(said) == [["Budi, Tim", "budi", "penilai, pemandu sesi", "–"]]
    assert (budi["nip"], roles(budi)) == (
        "198001012005012002",
        [("evaluator", None), ("host", None)],
    )


@pytest.mark.parametrize("of", ["Ani", "ani", "198001012005012001", "19800101 200501 2 001"])
def test_a_role_is_given_and_taken_from_whoever_is_meant(ready, done, plain, of):
    done("people", "--of", of, "--role", "analyst", "--without", "agency", "--agency", "kota-a",
         "--role", "agency")  # fmt: skip
    [ani] = [one for one in plain("people") if one["name"] == "Ani"]

    assert roles(ani) == [("agency", "kab-b"), ("analyst", None)]


def test_what_is_known_of_a_person_is_corrected_and_the_rest_stays(ready, done, plain):
    said = done("people", "--of", "eko", "--office", "Wilayah I")
    [eko] = [one for one in plain("people") if one["name"] == "Eko"]

    assert rows(said) == [["Eko, Wilayah I", "eko", "penilai", "–"]]
    assert (eko["office"], eko["login"], roles(eko)) == ("Wilayah I", "eko", [("evaluator", None)])


def test_an_erased_person_leaves_an_id_and_what_they_stated(ready, begun, done, plain):
    [team] = [one["id"] for one in plain("people") if one["id"] == "tim-kota-a"]
    said = done("people", "--of", team, "--erase")

    assert said.startswith("Nama, NIP, unit kerja, akun, dan peran orang itu dihapus.")
    assert team not in [one["id"] for one in plain("people")]
    assert done("status", "--round", "2026-2", "--agency", "kota-a").count("12,5") == 1
    assert done("audit").startswith("Utuh: 2 penilaian")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--role", "host"], "Sebutkan satu saja: FILE, --add NAMA, atau --of ORANG."),
        (["--agency", "kota-a"], "Data dan peran hanya bersama --add atau --of."),
        (["orang.csv", "--add", "Budi"], "Sebutkan satu saja"),
        (["tidak-ada.csv"], "Berkas tidak-ada.csv tidak ditemukan."),
        (["ruang.csv"], "ruang.csv memuat"),
        (["--of", "Siapa", "--role", "host"], "Orang Siapa tidak dikenal."),
        (["--of", "Sri", "--erase"], "Harus tetap ada seorang sekretariat."),
        (["--of", "Sri", "--without", "secretariat"], "Harus tetap ada seorang sekretariat."),
        (["--of", "Eko", "--without", "host"], "Peran host tidak dipegang orang itu."),
        (["--of", "Eko", "--role", "penguji"], "Eko: penguji tidak diperbolehkan; pilihan: agency"),
        (["--of", "Eko", "--without", "penguji"], "Eko: penguji tidak diperbolehkan"),
        (["--of", "Eko", "--role", "agency"], "Eko: peran tim instansi memerlukan kode instansi"),
        (["--of", "Eko", "--role", "host", "--agency", "kota-a"], "Eko: hanya peran instansi"),
        (["--add", "Budi", "--role", "agency", "--agency", "kota-z"], "kota-z tidak dikenal"),
        (["--add", " "], "tidak boleh kosong"),
        (["--add", "Budi", "--nip", "123"], "123 bukan NIP"),
        (["--of", "Sri", "--login", "eko"], "eko"),  # or two would be one at the keyboard
    ],
)  # fmt: skip
def test_what_cannot_be_done_with_people_is_a_sentence_and_changes_nothing(
    ready, plain, refused, options, said
):
    before = plain("people")

    assert said in refused("people", *options)
    assert plain("people") == before


def test_a_namesake_is_not_chosen_by_chance(ready, done, refused):
    done("people", "--add", "Eko", "--office", "Wilayah II")

    assert "Ada beberapa orang bernama Eko" in refused("people", "--of", "Eko", "--role", "host")


def test_looking_adds_nobody_to_the_people(ready, monkeypatch, done, plain):
    before = plain("people")
    monkeypatch.setenv("JUPYTERHUB_USER", "tamu")
    done("rounds")
    done("rooms", "--round", "2026-2")
    done("due", "--round", "2026-2")

    assert plain("people") == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["agencies", "instansi.csv"],
        ["people", "--add", "Budi"],
        ["people", "--of", "Eko", "--erase"],
        ["people", "orang.csv"],
        ["rooms", "ruang.csv", "--round", "2026-2"],
        ["rounds", "--add", "2027-1"],
        ["rounds", "2026-2", "--cut-off", "2026-10-31"],
    ],
)
def test_only_the_secretariat_keeps_the_registers(ready, monkeypatch, refused, arguments):
    monkeypatch.setenv("JUPYTERHUB_USER", "tamu")

    assert refused(*arguments).endswith("Sekretariat di sini: Sri.\n")


# Rooms


def test_rooms_stand_under_their_day_with_the_time_where_the_agency_is(ready, done, plain):
    said = done("rooms", "--round", "2026-2")
    [asistensi, first, _] = plain("rooms", "--round", "2026-2")
    eko, hana = ({one["name"]: one["id"] for one in plain("people")}[n] for n in ("Eko", "Hana"))

    assert done("rooms", "ruang.csv", "--round", "2026-2") == (
        "3 ruang diskusi dicatat, dengan 4 sesi.\n"
    )
    assert [line for line in said.splitlines() if line[:1].isdigit()] == [
        "1 September 2026: asistensi",
        "15 September 2026: verifikasi dan klarifikasi",
    ]
    assert rows(said) == [["r-3", "14.30 WITA", "kota-a", "Eko", "Hana"]]
    assert rows(said[said.index("15 September") :]) == [
        ["r-1", "10.00 WIT", "kab-b", "Eko", "Hana"],
        ["r-1", "09.00 WITA", "kota-a", "Eko", "Hana"],
        ["r-2", "–", LONG, "Eko", "–"],
    ]
    assert asistensi["kind"] == "asistensi"
    assert first["starts_at"] == "2026-09-15T01:00:00Z"
    assert first["host"] == hana
    assert first["sittings"] == [
        {"agency": "kab-b", "evaluator": eko},
        {"agency": "kota-a", "evaluator": eko},
    ]


def test_a_room_is_added_by_options_and_put_anew_by_the_same_code(ready, done):
    add = ("rooms", "--round", "2026-2", "--add", "r-9", "--evaluator", "eko", "--kind", "evaluasi")
    said = done(*add, "--on", "2026-10-01", "--agency", "kota-a", "--agency", "kab-b")
    done(*add, "--on", "2026-10-02", "--agency", "kab-b", "--name", "Ruang Melati")
    shown = done("rooms", "--round", "2026-2")

    assert said == "1 ruang diskusi dicatat, dengan 2 sesi.\n"
    assert "1 Oktober 2026" not in shown
    assert rows(shown[shown.index("2 Oktober 2026: evaluasi") :]) == [
        ["r-9", "Ruang Melati", "–", "kab-b", "Eko", "–"]
    ]


def test_an_evaluator_with_a_room_is_not_erased(ready, refused):
    said = refused("people", "--of", "Eko", "--erase")

    assert "masih penilai di ruang" in said


def test_a_round_without_rooms_says_so(ready, done, plain):
    done("rounds", "--add", "2027-1")

    assert done("rooms", "--round", "2027-1") == "Belum ada ruang diskusi pada periode 2027-1.\n"
    assert plain("rooms", "--round", "2027-1") == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--add", "r-9"], "Sebutkan FILE saja, atau --add KODE bersama --on"),
        (["--agency", "kota-a"], "Sebutkan FILE saja"),
        (["tidak-ada.csv"], "Berkas tidak-ada.csv tidak ditemukan."),
        (["--add", "r-9", "--on", "2026-10-01", "--evaluator", "Siapa", "--agency", "kota-z"],
         "r-9: instansi kota-z tidak dikenal"),
        (["--add", "r-9", "--on", "2026-10-01", "--evaluator", "Siapa", "--agency", "kota-z"],
         "r-9: orang Siapa tidak dikenal"),
        (["--add", "r-9", "--on", "2026-10-01", "--evaluator", "Hana", "--agency", "kota-a"],
         "r-9: Hana tidak memegang peran penilai"),
        (["--add", "r-9", "--on", "2026-10-01", "--evaluator", "Eko", "--agency", "kota-a",
          "--host", "Eko"], "r-9: Eko tidak memegang peran pemandu sesi"),
        (["--add", "r-9", "--on", "besok", "--evaluator", "Eko", "--agency", "kota-a"],
         "besok bukan tanggal"),
        (["--add", "r-9", "--on", "2026-10-01", "--evaluator", "Eko", "--agency", "kota-a",
          "--kind", "pesta"], "pesta tidak diperbolehkan; pilihan: verifikasi-klarifikasi"),
        (["--add", "r/9", "--on", "2026-10-01", "--evaluator", "Eko", "--agency", "kota-a"],
         "r/9 bukan kode ruang"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_with_rooms_is_a_sentence_and_changes_nothing(
    ready, plain, refused, options, said
):
    before = plain("rooms", "--round", "2026-2")

    assert said in refused("rooms", "--round", "2026-2", *options)
    assert plain("rooms", "--round", "2026-2") == before


def test_nobody_is_put_into_a_room_with_their_own_agency(ready, done, refused):
    done("people", "--of", "Ani", "--role", "evaluator")
    complained = refused(
        *("rooms", "--round", "2026-2", "--add", "r-9", "--on", "2026-10-01"),
        *("--evaluator", "Ani", "--agency", "kota-a"),
    )

    assert "r-9: Ani anggota tim instansi kota-a" in complained


# Rounds


def test_a_round_is_added_with_its_calendar_and_cut_off(ready, done, plain):
    said = done(
        *("rounds", "--add", "2027-1", "--cut-off", "2027-05-31"),
        *("--plan", "mandiri=2027-01-01/2027-02-28", "--plan", "verifikasi=2027-03-01/2027-04-30"),
    )
    [_, second] = plain("rounds")

    assert said.startswith(
        "Periode 1 Tahun 2027 (2027-1). Batas waktu bagi instansi: 31 Mei 2027, "
        "sampai tengah malam waktu setempat.\n"
    )
    assert rows(said) == [
        ["mandiri", "penilaian mandiri", "1 Januari 2027", "28 Februari 2027", "–"],
        ["verifikasi", "verifikasi dan klarifikasi", "1 Maret 2027", "30 April 2027", "–"],
        ["perbaikan", "perbaikan nilai dan bukti", "–", "–", "–"],
        ["penetapan", "penetapan hasil", "–", "–", "–"],
    ]
    assert (second["code"], second["year"], second["number"]) == ("2027-1", 2027, 1)
    assert second["cut_off"] == "2027-05-31"
    assert second["stages"][0] == {
        "stage": "mandiri", "from": "2027-01-01", "to": "2027-02-28", "assessments": 0
    }  # fmt: skip


def test_planning_one_stage_leaves_the_others_and_an_empty_cut_off_takes_it_away(ready, done):
    done("rounds", "2026-2", "--plan", "mandiri=2026-07-01/2026-08-14", "--cut-off", "2026-10-31")
    said = done(
        "rounds", "2026-2", "--plan", "penetapan=2026-11-01/2026-11-30", "--cut-off", ""
    )  # fmt: skip

    assert [row[2] for row in rows(said)] == ["1 Juli 2026", "–", "–", "1 November 2026"]
    assert said.startswith("Periode 2 Tahun 2026 (2026-2). Tidak ada batas waktu bagi instansi.\n")


def test_all_rounds_are_listed_with_how_many_assessments_are_where(begun, done):
    done("rounds", "--add", "2027-1", "--cut-off", "2027-05-31")
    done("rounds", "2026-2", "--stage", "verifikasi", "--agency", "kota-a")

    assert rows(done("rounds")) == [
        ["2026-2", "2", "1", "1", "–", "–", "–"],
        ["2027-1", "–", "–", "–", "–", "–", "31 Mei 2027"],
    ]


def test_a_store_without_rounds_says_what_to_do(done):
    done("init", "workspace")

    assert done("rounds").endswith("merit rounds --add 2026-2\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stage", "verifikasi"], "memerlukan periode, misalnya merit rounds 2026-2"),
        (["2026-2", "--why", "salah"], "--agency dan --why hanya bersama --stage"),
        (["2026-2", "--add", "2027-1"], "memerlukan periode"),
        (["2031-1"], "Periode 2031-1 tidak dikenal. Yang ada: 2026-2."),
        (["--add", "2027-3"], "2027-3"),
        (["2026-2", "--stage", "pleno"], "Tahap pleno tidak dikenal. Pilihan: mandiri, verifikasi"),
        (["2026-2", "--stage", "verifikasi"], "Belum ada penilaian pada periode 2026-2."),
        (["2026-2", "--plan", "mandiri"], '"mandiri" bukan jadwal tahap. Tulis misalnya mandiri='),
        (["2026-2", "--plan", "pleno=2026-07-01/2026-08-14"], "pleno tidak diperbolehkan"),
        (["2026-2", "--plan", "mandiri=2026-07-01/2026-02-30"], "2026-02-30 bukan tanggal"),
        (["2026-2", "--plan", "mandiri=2026-07-02/2026-07-01"], "berakhir (2026-07-01) sebelum"),
        (["2026-2", "--cut-off", "besok"], "besok bukan tanggal"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_with_rounds_is_a_sentence_and_changes_nothing(
    ready, plain, refused, arguments, said
):
    before = plain("rounds")

    assert said in refused("rounds", *arguments)
    assert plain("rounds") == before


def test_every_fault_of_a_calendar_is_named_at_once(ready, refused):
    complained = refused(
        *("rounds", "2026-2", "--cut-off", "31/10/2026", "--plan", "mandiri=2026-07-01/besok"),
        *("--plan", "pleno=2026-11-01/2026-11-02"),
    )

    assert [word in complained for word in ("31/10/2026", "besok", "pleno")] == [True] * 3


def test_assessments_move_together_or_one_by_one_and_are_counted(begun, done, plain):
    one = done("rounds", "2026-2", "--stage", "verifikasi", "--agency", "kab-b")
    rest = done("rounds", "2026-2", "--stage", "verifikasi")
    [round_] = plain("rounds", "2026-2")

    assert one.startswith(
        "1 penilaian dipindahkan ke tahap verifikasi dan klarifikasi; 0 sudah pada tahap itu.\n"
    )
    assert rest.startswith("1 penilaian dipindahkan ke tahap verifikasi dan klarifikasi; 1 sudah")
    assert [stage["assessments"] for stage in round_["stages"]] == [0, 2, 0, 0]


def test_no_stage_is_skipped_and_what_is_possible_is_named(begun, plain, refused):
    complained = refused("rounds", "2026-2", "--stage", "perbaikan", "--agency", "kota-a")

    assert "tidak dapat langsung ke tahap perbaikan nilai dan bukti" in complained
    assert "yang dapat: verifikasi dan klarifikasi\n" in complained
    assert plain("rounds", "2026-2")[0]["stages"][0]["assessments"] == 2


def test_of_assessments_that_cannot_move_together_each_is_named(begun, done, refused):
    done("rounds", "2026-2", "--stage", "verifikasi", "--agency", "kota-a")
    complained = refused("rounds", "2026-2", "--stage", "penetapan")

    assert "kota-a: tidak dapat langsung ke tahap penetapan hasil" in complained
    assert "kab-b: tidak dapat langsung ke tahap penetapan hasil" in complained


def test_going_back_needs_a_reason(begun, done, plain, refused):
    done("rounds", "2026-2", "--stage", "verifikasi")
    back = ("rounds", "2026-2", "--stage", "mandiri", "--agency", "kota-a")
    complained = refused(*back)
    done(*back, "--why", "Bukti diunggah ke instansi lain")
    with open_store("workspace") as store:
        said = [
            json.loads(text)["body"]["text"] for text in store.entries(kinds=["stage"])["payload"]
        ]

    assert "kembali ke tahap sebelumnya memerlukan alasan" in complained
    assert "Bukti diunggah ke instansi lain" in said
    assert [s["assessments"] for s in plain("rounds", "2026-2")[0]["stages"]] == [1, 1, 0, 0]


def test_a_calendar_does_not_stay_behind_from_a_command_that_was_refused(begun, plain, refused):
    before = plain("rounds")
    refused(
        *("rounds", "2026-2", "--cut-off", "2026-10-31", "--stage", "penetapan"),
        *("--plan", "mandiri=2026-07-01/2026-08-14"),
    )

    assert plain("rounds") == before


def test_after_the_cut_off_the_agency_adds_nothing_more(begun, ready, done, refused):
    (ready / "lagi.csv").write_text("kode;mandiri\n1.3;4\n", encoding="utf-8")
    late = ("import", "lagi.csv", "--round", "2026-2", "--agency", "kota-a")
    done("rounds", "2026-2", "--cut-off", "2020-01-31")
    complained = refused(*late)
    done("rounds", "2026-2", "--cut-off", "2999-12-31")

    assert "1.3: batas waktu periode ini sudah lewat" in complained
    assert done(*late) == "kota-a: 1 pernyataan dicatat, 0 sudah ada.\n"


# How far each assessment is


def test_the_status_says_points_and_what_is_waiting_for_somebody(begun, ready, done, plain):
    done("rounds", "2026-2", "--stage", "verifikasi", "--agency", "kota-a")
    (ready / "hasil.csv").write_text("kode;verifikasi\n1.1;2\n", encoding="utf-8")
    done("import", "hasil.csv", "--round", "2026-2", "--agency", "kota-a", "--evaluator", "Eko")
    said = done("status", "--round", "2026-2")
    [kab_b, kota_a] = plain("status", "--round", "2026-2")

    # Both weigh 2.5: 3 + 2 levels make 12.5 points, 2 levels make 5.
    assert rows(said) == [
        ["kab-b", "Mandiri", "12,5*", "–", "–"],
        ["kota-a", "Verifikasi", "12,5*", "5*", "–"],
    ]
    assert said.startswith("SIMULASI, BUKAN HASIL RESMI\n")
    assert said.endswith(
        "* Sementara: belum semua subaspek dinilai.\n"
        "Yang masih menunggu:\n"
        "- kab-b: 35 subaspek belum dinilai mandiri\n"
        "- kota-a: 35 subaspek belum dinilai mandiri, 36 subaspek belum diverifikasi\n"
    )
    assert (kab_b["agency"], kab_b["stage"], kab_b["self"], kab_b["of"]) == (
        "kab-b",
        "mandiri",
        2,
        37,
    )
    assert (kota_a["self_total"], kota_a["total"], kota_a["awal"], kota_a["category"]) == (
        *(12.5, 5.0, 1, None),
    )  # fmt: skip


def test_one_agency_is_shown_with_all_its_levels(begun, ready, done, plain):
    done("rounds", "2026-2", "--stage", "verifikasi")
    (ready / "hasil.csv").write_text("kode;verifikasi\n1.1;0\n", encoding="utf-8")
    done("import", "hasil.csv", "--round", "2026-2", "--agency", "kota-a", "--evaluator", "Eko")
    said = done("status", "--round", "2026-2", "--agency", "kota-a")
    found = plain("status", "--round", "2026-2", "--agency", "kota-a")
    levels = rows(said[said.index("Subaspek") :])

    assert found["agency"] == "kota-a"
    assert found["levels"]["1.1"] == {
        "self": 3, "awal": 0, "akhir": None, "verified": 0, "field": None, "final": None
    }  # fmt: skip
    assert levels[0] == ["1.1", "3", "0", "–", "0", "–", "–"]
    assert levels[2] == ["1.3", "–", "–", "–", "–", "–", "–"]
    assert list(found["levels"]) == [row[0] for row in levels] == list(load().codes)


@pytest.mark.parametrize("command", ["status", "due", "rooms"])
def test_a_round_that_is_not_there_is_said(ready, refused, command):
    assert refused(command, "--round", "2031-1") == (
        "Periode 2031-1 tidak dikenal. Yang ada: 2026-2.\n"
    )


def test_an_agency_without_an_assessment_has_no_status(begun, refused):
    complained = refused("status", "--round", "2026-2", "--agency", LONG)

    assert f"instansi {LONG} tidak memiliki penilaian pada periode 2026-2" in complained
    assert "tidak dapat dicatat" not in complained  # nobody wanted to record anything


def test_a_round_without_assessments_says_how_to_get_some(ready, refused):
    assert refused("status", "--round", "2026-2").endswith("Ambil data dengan merit import.\n")


# Who is due


def determined(done, ready, level):
    """Take kota-a through 2026-2 to a determination: the same level everywhere.

    Of 8.3, which weighs 2, the agency itself said nothing.
    """
    lines = [f"{code};{level if code != '8.3' else ''};{level}" for code in load().codes]
    text = "\n".join(["kode;mandiri;verifikasi", *lines])
    (ready / "hasil.csv").write_text(text, encoding="utf-8")
    done("import", "hasil.csv", "--round", "2026-2", "--agency", "kota-a", "--evaluator", "Eko",
         "--stage", "verifikasi")  # fmt: skip
    done("rounds", "2026-2", "--stage", "perbaikan")
    done("rounds", "2026-2", "--stage", "penetapan")
    with open_store("workspace") as store:
        about = assessment.find(store, "kota-a", "2026-2")
        body = assessment.determination_body(dict.fromkeys(load().codes, level), load())
        by = assessment.person_named(store, "Kamil")
        said = Statement(about, "determination", by, assessment.now(), body)
        assessment.record(store, [said], by)


def test_a_determined_result_shows_and_holds_as_long_as_its_category_says(ready, done, plain):
    determined(done, ready, 3)  # 300 points, Baik: for a year, that is two rounds
    for code in ("2027-1", "2027-2"):
        done("rounds", "--add", code)
    said = done("due", "--round", "2027-2")
    status = done("status", "--round", "2026-2")

    assert rows(status) == [["kota-a", "Ditetapkan", "294*", "300", "Baik"]]
    assert "menunggu" not in status
    assert [each["agency"] for each in plain("due", "--round", "2027-1")] == ["kab-b", LONG]
    assert rows(said)[1] == ["kota-a", "Kota A", "2026-2: Baik", "–"]
    assert said.splitlines()[-1].startswith("3 instansi perlu dinilai pada 2027-2.")
    assert plain("due", "--round", "2027-2")[1] == {
        "agency": "kota-a", "name": "Kota A", "last_round": "2026-2", "last_category": "III",
        "begun": False,
    }  # fmt: skip


def test_whoever_is_due_and_has_begun_is_marked(begun, done, plain):
    assert [row[-1] for row in rows(done("due", "--round", "2026-2"))] == ["ya", "ya", "–"]
    assert [each["begun"] for each in plain("due", "--round", "2026-2")] == [True, True, False]


def test_when_nobody_is_due_there_is_no_empty_table(ready, done):
    done("init", "lain")

    done("rounds", "--add", "2026-2", "--store", "lain")
    assert done("due", "--round", "2026-2", "--store", "lain").startswith(
        "0 instansi perlu dinilai"
    )


# The screen

COMMANDS = [
    ["people"],
    ["rooms", "--round", "2026-2"],
    ["rounds"],
    ["rounds", "2026-2"],
    ["status", "--round", "2026-2"],
    ["status", "--round", "2026-2", "--agency", LONG],
    ["due", "--round", "2026-2"],
]


@pytest.fixture
def long_code(ready, done):
    """An assessment of the agency with the longest code, and somebody of its team."""
    (ready / "mandiri.csv").write_text("kode;mandiri\n1.1;3\n", encoding="utf-8")
    done("import", "mandiri.csv", "--round", "2026-2", "--agency", LONG)
    done("people", "--of", "Ani", "--role", "agency", "--agency", LONG)


@pytest.mark.parametrize("columns", [60, 80])
def test_in_a_narrow_terminal_no_code_is_cut_and_no_column_lost(long_code, done, terminal, columns):
    wide = {tuple(command): done(*command) for command in COMMANDS}
    terminal(columns)

    for command in COMMANDS:
        said = bare(done(*command))
        # What a code has no room for is another line, never another code.
        for code in (LONG, "kota-a", "2026-2", "r-1", "verifikasi", "09.00 WITA"):
            assert (code in said) == (code in wide[tuple(command)]), (command, code)
        # Nothing of the wide table is missing, however it is broken up.
        words = wide[tuple(command)].replace("─", "").split()
        assert sorted(said.replace("─", "").split()) == sorted(words), command


def test_into_a_pipe_every_line_goes_whole(long_code, ready, done, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    name = "Nama " + "panjang " * 24  # 197 signs; 200 are allowed
    done("people", "--add", name.strip(), "--office", name.strip(), "--login", "l" * 63,
         "--role", "agency", "--agency", LONG)  # fmt: skip
    done("people", "--of", "l" * 63, "--office", "Unit " + "panjang " * 24)
    lines = done("people").splitlines()

    [line] = [each for each in lines if "panjang" in each]
    assert line.count("panjang") == 48
    assert line.split()[-1] == LONG


def test_a_bracket_in_a_name_is_not_taken_for_markup(ready, done):
    assert "Budi [bold]" in done("people", "--add", "Budi [bold]")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["people"], ["Name, office", "Login", "Roles", "agency team", "commissioner"]),
        (["rooms", "--round", "2026-2"], ["15 September 2026: verification", "Evaluator", "Host"]),
        (["rounds"], ["Round", "Verification", "Cut-off", "Figures: number of assessments"]),
        (["rounds", "2026-2"], ["Round 2 of 2026", "No cut-off for agencies.", "Stage", "From"]),
        (["status", "--round", "2026-2"], ["SIMULATION", "Self score", "Still waiting:"]),
        (["due", "--round", "2026-2"], ["Last result", "3 agencies are due in 2026-2."]),
    ],
)
def test_the_same_in_english(begun, done, command, said):
    shown = done(*command, lang="en")

    assert [text for text in said if text not in shown] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["people", "--of", "Nobody", "--erase"], "There is no person Nobody."),
        (["rounds", "2026-2", "--stage", "penetapan"], "possible: verification and clarification"),
        (["status", "--round", "2031-1"], "2031-1"),
    ],
)
def test_a_refusal_in_english_is_english(begun, refused, arguments, said):
    complained = refused(*arguments, lang="en")

    assert said in complained
    assert " tidak " not in complained


def test_the_demonstration_fits_a_terminal_of_80_columns(done, terminal, tmp_path):
    samples.make_demo(tmp_path / "kerja")
    terminal(80)

    for command in COMMANDS:
        if LONG not in command:
            said = bare(done(*command, "--store", "kerja"))
            table = [line for line in said.splitlines() if line.startswith(" ")]
            assert max(map(len, table)) <= 80, command
            assert not any("…" in line for line in table)
