"""``merit roadmap``: what is said, as tables and as JSON, in both languages; refusals in words.

What the cheapest steps are is worked out below it, and tested there (test_roadmap.py).
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from merit_kit import assessment, samples
from merit_kit.cli import _app
from merit_kit.store import create_store
from tests.conftest import ROUND, furnish, level

AGENCY = "kab-jeneponto"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "ws"
    samples.make_demo(folder)
    return folder


@pytest.fixture
def merit(capsys, demo):
    def run(*arguments, lang="id"):
        code = _app.run(["roadmap", *arguments, "--store", str(demo)], lang)
        said = capsys.readouterr()
        assert "merit-kit-" not in said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def refused(merit):
    def run(*arguments):
        said = []
        for lang in ("id", "en"):
            code, out, complained = merit(*arguments, lang=lang)
            assert (code, out) == (1, "")
            said.append(complained)
        assert said[0] != said[1]
        return said[0]

    return run


def test_the_road_to_sangat_baik_in_five_years_is_shown_year_by_year_with_reasons(merit):
    code, said, _ = merit(AGENCY, "--target", "Sangat Baik", "--years", "5")
    lines = [" ".join(line.split()) for line in said.splitlines()]

    assert code == 0
    assert lines[0] == "SIMULASI, BUKAN HASIL RESMI"
    assert lines[1] == (
        "Peta jalan Kabupaten Jeneponto, dari hasil 2026-2: "
        "160,5 (Buruk) menjadi 326,5 (Sangat Baik)."
    )
    assert "2027 11 11 +44 204,5 Kurang" in lines
    assert "2031 10 10 +25 326,5 Sangat Baik" in lines
    [first] = [line for line in lines if line.startswith("5.1 ")]
    assert first.startswith(
        "5.1 1 → 4 +12 3 Kontrak kinerja pegawai yang terukur: 4 poin per upaya."
    )
    assert "Level 4: Target berupa angka" in first
    assert any("level akhir subaspek berikut boleh dipertukarkan" in line for line in lines)
    assert any(line.startswith("Uraian level rendah hanya menyebut kekurangan") for line in lines)
    assert [line[:3] for line in lines if "; nilai menjadi 32" in line] == ["1. ", "2. ", "3. "]


def test_the_same_in_english_whether_asked_before_or_after_the_command(merit):
    before = merit(AGENCY, lang="en")

    assert merit(AGENCY, "--lang", "en") == before
    assert "160.5 (Poor) to 176.5 (Insufficient)" in before[1]


def test_as_json_it_is_plain_data_of_which_every_step_adds_up(merit):
    _, said, _ = merit(AGENCY, "--target", "III", "--years", "2", "--from", "2022", "--json")
    plan = json.loads(said)

    assert (plan["total"], plan["target"], plan["simulation"]) == (160.5, 250, True)
    assert plan["reached"] == plan["total"] + sum(step["gain"] for step in plan["steps"])
    assert [year["year"] for year in plan["years"]] == [2022, 2023]
    assert {step["year"] for step in plan["steps"]} == {2022, 2023}
    assert plan["effort"] == len(plan["steps"])


def test_limits_fixed_and_excluded_sub_aspects_and_efforts_are_kept_to(merit):
    _, said, _ = merit(
        *(AGENCY, "--points", "200,5", "--years", "4", "--json", "--per-year", "4", "--rise", "1"),
        *("--exclude", "5.1", "--fix", "3.3=2", "--effort", "5.2=9", "--effort", "5.3:3=2,5"),
    )
    plan = json.loads(said)
    steps = [(step["sub_aspect"], step["next"]) for step in plan["steps"]]

    assert plan["target"] == 200.5
    assert max(year["steps"] for year in plan["years"]) <= 4
    assert [step for step in steps if step[0] in ("5.1", "5.2", "3.3")] == [("3.3", 2)]
    efforts = {step["effort"] for step in plan["steps"] if step["sub_aspect"] == "5.3"}
    assert efforts <= {2.5, 1.0}


def test_a_part_that_is_not_assessed_is_named_as_counting_nothing(merit):
    _, said, _ = merit("kab-luwu-timur")

    assert "17 subaspek belum dinilai dan dihitung 0" in said


def test_a_target_that_is_reached_needs_nothing(merit):
    code, said, _ = merit("contoh-kementerian")

    assert code == 0
    assert said.splitlines()[-1] == "Nilai 325 sudah tercapai; tidak ada langkah yang diperlukan."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "instansi nope tidak memiliki penilaian"),
        ([AGENCY, "--target", "Bagus"], "Kategori Bagus tidak ada. Pilihan: Buruk, Kurang, Baik"),
        ([AGENCY, "--target", "Baik", "--points", "250"], "Sebutkan salah satu"),
        ([AGENCY, "--points", "banyak"], "--points banyak bukan bilangan"),
        ([AGENCY, "--fix", "3.3"], "--fix 3.3=4"),
        ([AGENCY, "--effort", "3.3:x=2"], "--effort 3.3=2"),
        ([AGENCY, "--effort", "3.3="], "--effort 3.3=2"),
        ([AGENCY, "--effort", "3.3=-1"], "--effort -1 bukan bilangan"),
        ([AGENCY, "--years", "0"], "0 tahun tidak mungkin; pilih 1-20"),
        ([AGENCY, "--exclude", "9.9"], "9.9 bukan kode subaspek"),
        ([AGENCY, "--points", "401"], "paling tinggi menjadi 400"),
        (
            [AGENCY, "--target", "Baik", "--per-year", "10"],
            "dengan batas yang sama sasaran tercapai",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_in_words_with_the_way_out(refused, arguments, said):
    assert said in refused(*arguments)


@pytest.mark.parametrize("own", [True, False])
def test_a_team_sees_the_road_of_its_own_agency_alone(tmp_path, tiny, capsys, own):
    with create_store(tmp_path / "ws") as store:
        furnish(store)
        about = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        said = [level(about, code, 1, of="verified", author="p-e") for code in tiny.codes]
        store.append(said, "p-e")
        me = assessment.whoami(store)
        store.appoint(me, "agency", "kota-a" if own else "kab-b")

    code = _app.run(["roadmap", "kota-a", "--store", str(tmp_path / "ws")], "id")

    out = capsys.readouterr()
    if own:
        assert (code, "menjadi 240 (Tinggi)" in out.out) == (0, True)
        assert "Belum ditetapkan" in out.out
    else:
        assert (code, out.out) == (1, "")
        assert "Level kota-a tidak terbuka bagi Anda" in out.err
        assert "(Anda: kab-b)" in out.err


@pytest.mark.parametrize("own", [True, False])
def test_a_team_writes_the_levels_of_its_own_agency_alone(tmp_path, tiny, capsys, own):
    with create_store(tmp_path / "ws") as store:
        furnish(store)
        assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        store.appoint(assessment.whoami(store), "agency", "kota-a" if own else "kab-b")
    path = tmp_path / "entri.csv"
    asked = ["--sipinter", "--agency", "kota-a", "--round", ROUND, "--out", str(path)]

    code = _app.run(["export", *asked, "--store", str(tmp_path / "ws")], "id")

    assert (code, path.exists()) == ((0, True) if own else (1, False))
    assert ("Level kota-a tidak terbuka bagi Anda" in capsys.readouterr().err) is not own


def test_help_is_given_without_loading_the_solver():
    program = """
import sys
import merit_kit.cli._app as app
app.run(["roadmap", "--help"], "id")
import merit_kit.gaps
print("scipy" in sys.modules, file=sys.stderr)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8"
    )

    assert run.stderr.strip() == "False"
