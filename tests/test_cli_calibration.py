"""``merit calibration`` and ``merit second-look`` on a round: figures, words, refusals.

Three evaluators verify fifteen agencies; the first never lowers a level. Rina scores Budi's five a
second time and gives one level less where she can. Both practise.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from merit_kit import assessment, gaps, reports
from merit_kit.charts import Branch, forest
from merit_kit.cli import _app
from merit_kit.instrument import load
from merit_kit.store import create_store, open_store
from tests.evaluators import ROUND, evaluators, lower_by_one, practised, seconded, verified_by

WHO_ASKS = {
    **{"hani": "host", "kamil": "commissioner"},
    **{"eva": "evaluator", "ana": "analyst", "tia": "agency"},
}
HOSTILE = "Made <script>alert(1)</script> & Co"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("calibration") / "ws"
    with pytest.MonkeyPatch.context() as patch, create_store(place) as store:
        patch.setenv("JUPYTERHUB_USER", "sri")
        assessment.settle_in(store, "Sri", "Sekretariat")
        by = assessment.whoami(store)
        assessment.add_round(store, by, ROUND)
        people = evaluators(store, by, "Budi", "Rina", HOSTILE)
        agencies = verified_by(store, place, 15, by, people)
        for agency in agencies[::3]:
            seconded(store, agency, people[1], by, lower_by_one)
        practised(store, people[0], 0, by)
        practised(store, people[1], 1, by)
        for login, role in WHO_ASKS.items():
            about = {"name": login, "office": "-", "login": login, "nip": None}
            person = assessment.add_person(store, by, about)
            assessment.appoint(store, by, person, role, agencies[1] if role == "agency" else None)
    return place


@pytest.fixture
def merit(capsys, monkeypatch, folder):
    monkeypatch.setenv("JUPYTERHUB_USER", "sri")

    def run(*arguments, lang="id"):
        code = _app.run([*arguments, "--store", str(folder)], lang)
        said = capsys.readouterr()
        assert "merit-kit-" not in said.err
        return code, said.out, said.err

    return run


def test_calibration_says_who_is_more_severe_and_keeps_practice_apart(merit):
    code, said, _ = merit("calibration", "--json")
    found = json.loads(said)

    assert code == 0
    assert found["simulation"] is True
    [compared], [practice] = found["compared"], found["practice"]
    assert compared["editions"] == ["kasn-2019"]
    assert (compared["agreement"]["items"], compared["agreement"]["assessments"]) == (185, 5)
    people = {person["name"]: person for person in compared["people"]}
    # Somebody who gives a level less wherever there is one, against the middle of the two.
    assert 0.3 < people["Rina"]["severity"] < 0.5
    assert people["Rina"]["severity"] == pytest.approx(-people["Budi"]["severity"])
    assert people[HOSTILE] | {"person": ""} == {
        **{"person": "", "name": HOSTILE, "items": 0, "assessments": 0, "group": 0},
        **dict.fromkeys(("severity", "low", "high", "drift", "drift_low", "drift_high")),
    }
    practised_ = {person["name"]: person for person in practice["people"]}
    assert (practised_["Budi"]["severity"], practised_["Budi"]["same"]) == (0, 1)
    assert practised_["Rina"]["severity"] > 0.5
    # One run says how they scored in it, and not how severe they are.
    assert practised_["Rina"]["low"] is None
    alike = practice["agreement"]
    assert (alike["items"], alike["assessments"], alike["low"]) == (37, 1, None)
    assert alike["alpha"] < 0.667


def test_calibration_is_told_in_words_in_both_languages(merit):
    said = {lang: merit("calibration", "--lang", lang)[1] for lang in ("id", "en")}

    assert said["id"].startswith("SIMULASI, BUKAN HASIL RESMI\n")
    assert "Alpha Krippendorff (ordinal) 0," in said["id"]
    assert f"dengan penilai lain: {HOSTILE} (0 subaspek, 0 penilaian)." in said["id"]
    assert "Krippendorff's alpha (ordinal) 0." in said["en"]
    assert "reckoned by assessment, since the sub-aspects of one are not independent" in said["en"]
    assert "Severity in practice runs, against the model's levels" in said["en"]
    assert "Below 5 practice runs there is no interval" in said["en"]
    assert "Dalam latihan ini saja: alpha Krippendorff (ordinal) 0,23." in said["id"]
    assert "It says nothing of other assessments, so it has no interval." in said["en"]
    assert merit("calibration", lang="en")[1] == said["en"]


@pytest.mark.parametrize(("name", "least"), [("LEAST_SHARED", 186), ("LEAST_ASSESSMENTS", 6)])
def test_below_the_least_items_or_assessments_no_figure_is_shown(merit, monkeypatch, name, least):
    monkeypatch.setattr(gaps._calibration, name, least)
    monkeypatch.setattr(gaps, name, least)
    _, said, _ = merit("calibration")

    assert "185 subaspek dalam 5 penilaian dinilai oleh dua orang atau lebih. Di bawah" in said
    assert "Rina (185 subaspek, 5 penilaian)" in said
    assert "Alpha" not in said
    assert "kepercayaan 95 persen:" not in said
    few = "37 subaspek dalam latihan dinilai oleh dua orang atau lebih. Di bawah 186 subaspek"
    assert (few in said) == (name == "LEAST_SHARED")


def test_second_look_names_who_never_lowers_and_says_why(merit):
    _, said, _ = merit("second-look", "--json")
    found = json.loads(said)

    [named] = [row for row in found["lowering"] if row["never"]]
    assert (named["name"], named["levels"], named["lowered"]) == ("Budi", 185, 0)
    assert [pair["gap"] for pair in found["between_categories"][0]["pairs"]].count(None) >= 1
    _, told, _ = merit("second-look")
    assert "Memverifikasi 185 level dalam 5 penilaian tanpa menurunkan satu pun" in told
    assert "dalam 10 dari 10 penilaian mereka" in told
    assert "Tidak ditampilkan, karena salah satu kategorinya memuat kurang dari 5" in told
    assert "None among 15 whole assessments." in merit("second-look", "--lang", "en")[1]


@pytest.mark.parametrize("login", ["hani", "kamil"])
def test_hosts_and_commissioners_see_evaluators_by_name(merit, monkeypatch, login):
    monkeypatch.setenv("JUPYTERHUB_USER", login)

    assert "Rina" in merit("calibration")[1]
    assert "Budi" in merit("second-look")[1]


@pytest.mark.parametrize("login", ["eva", "ana"])
def test_evaluators_and_analysts_learn_how_far_all_agree_and_of_nobody_anything(
    merit, monkeypatch, login
):
    monkeypatch.setenv("JUPYTERHUB_USER", login)
    told = [merit(command)[1] for command in ("calibration", "second-look")]
    plain = [json.loads(merit(command, "--json")[1]) for command in ("calibration", "second-look")]

    assert "Alpha Krippendorff (ordinal) 0," in told[0]
    assert plain[0]["compared"][0]["agreement"]["items"] == 185
    assert "Tidak ada di antara 15 penilaian yang lengkap" in told[1]
    for said in told:
        assert "hanya ditampilkan kepada sekretariat, pemandu, dan komisioner" in said
    for said in (*told, json.dumps(plain)):
        assert not [name for name in ("Budi", "Rina", HOSTILE) if name in said]
    assert [part["people"] for part in plain[0]["compared"] + plain[0]["practice"]] == [[], []]
    assert (plain[0]["named"], plain[1]["named"], plain[1]["lowering"]) == (False, False, [])


def test_a_team_of_an_agency_is_refused_in_words(merit, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "tia")
    for command in ("calibration", "second-look"):
        code, said, complained = merit(command, "--json")
        assert (code, said) == (1, "")
        assert "bukan untuk tim instansi" in complained


def test_a_round_there_is_none_of_is_refused_in_words(merit):
    for command in ("calibration", "second-look"):
        code, said, complained = merit(command, "--round", "2031-1")
        assert (code, said) == (1, "")
        assert "2031-1" in complained


def test_what_is_made_up_counts_only_where_there_is_nothing_else(folder, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "sri")
    with open_store(folder) as store:
        every = assessment.evaluations(store)
    assert every["invented"].all()
    real = every.assign(invented=every["agency"] != every["agency"].iloc[0])

    kept = gaps.real(real)
    assert set(kept["agency"]) == {every["agency"].iloc[0]}
    assert len(gaps.real(every)) == len(every)


def test_a_page_of_practice_runs_alone_says_that_it_is_simulation(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JUPYTERHUB_USER", "sri")
    with create_store(tmp_path / "ws") as store:
        assessment.settle_in(store, "Sri", "Sekretariat")
        by = assessment.whoami(store)
        assessment.add_round(store, by, ROUND)
        [budi] = evaluators(store, by, "Budi")
        assert not reports.calibrated(store).simulated
        practised(store, budi, 0, by)
    assert _app.run(["calibration", "--store", str(tmp_path / "ws")], "id") == 0

    assert capsys.readouterr().out.startswith("SIMULASI, BUKAN HASIL RESMI\n")


def test_who_always_differs_alike_is_told_without_an_interval_and_not_drawn(folder):
    with open_store(folder) as store:
        found = reports.calibrated(store)
    [part] = found.compared
    people = part.people.assign(low=float("nan"), high=float("nan"))
    told = reports.calibration_figures(
        replace(found, compared=(replace(part, people=people),)), "en"
    )
    [severity] = [figure for figure in told if figure.title == "Severity of each evaluator"]

    assert "<circle" not in severity.svg
    assert {row[-1] for row in severity.rows} == {
        "the assessments do not differ enough for an interval"
    }
    assert severity.rows[0][:3] == ("Rina", "185", "5")


def test_whatever_a_name_holds_stays_text_in_pictures_and_tables(folder):
    with open_store(folder) as store:
        found = reports.calibrated(store)
    # As if the one with the name had been the severe one.
    names = dict.fromkeys(found.names, HOSTILE)
    figures = reports.calibration_figures(replace(found, names=names), "id")
    html = reports.show_figures(figures, True, "id").html

    assert "<script" not in html
    assert html.count('role="img"') == 1
    assert "&lt;script&gt;" in html
    # A table is unfolded only where no picture stands above it.
    assert html.count("<details>") == 1


def test_contradictions_and_gaps_of_categories_are_told_with_their_reasons(folder):
    edition = load("kasn-2019")
    with open_store(folder) as store:
        found = reports.second_look(store)
    row = {
        **{"assessment": "a", "agency_name": "Kota Misal", "round": ROUND, "aspect": 3},
        **{"high": "3.4", "high_level": 4, "high_expected": 1.9},
        **{"low": "3.3", "low_level": 1, "low_expected": 2.61, "edition": edition.digest},
    }
    told = reports.second_figures(replace(found, contradictions=pd.DataFrame([row])), "en")

    [contrary] = [figure for figure in told if figure.title.startswith("Levels that contradict")]
    [(agency, round_, why)] = contrary.rows
    assert (agency, round_) == ("Kota Misal", ROUND)
    assert why == (
        "Career development: 3.4 Succession group is at level 4, while 1.9 is expected; "
        "3.3 Talent pool of the agency is at level 1, while 2.6 is expected."
    )


def test_a_forest_has_a_line_for_each_value_hollow_where_it_may_be_nought():
    rows = [Branch("A", 0.1, 0.2, 0.3, "+0,20"), Branch("B", -0.1, 0.1, 0.3, "+0,10")]
    drawn = forest(rows, "Judul", ("kiri", "kanan"), lambda value: f"{value:g}")

    assert drawn.count('<circle class="full"') == 1
    assert drawn.count('<circle class="hollow"') == 1
    # From -0.3 to 0.3 over 420: A begins at two thirds of the way.
    assert "M516.0 39.0v10m0 -5H656.0" in drawn
    assert [text in drawn for text in (">-0.3<", ">0<", ">0.3<", "← kiri", "kanan →")] == [True] * 5


def test_a_second_scoring_comes_from_a_file_and_moves_no_result(merit, folder, tmp_path):
    agency = "rekaan-000005"
    with open_store(folder) as store:
        before = assessment.status(store, ROUND, [agency])["total"].item()
    file = tmp_path / "kedua.csv"
    file.write_text(f"instansi;subaspek;verifikasi\n{agency};1.1;1\n{agency};1.2;4\n", "utf-8")
    arguments = ("calibration", str(file), "--round", ROUND, "--evaluator", "Budi")

    assert merit(*arguments)[1] == f"{agency}: 2 level penilaian kedua dicatat.\n"
    assert merit(*arguments)[1] == f"{agency}: 0 level penilaian kedua dicatat.\n"
    file.write_text(f"instansi;subaspek;verifikasi\n{agency};1.1;2\n{agency};1.2;-\n", "utf-8")
    assert merit(*arguments)[1] == f"{agency}: 2 level penilaian kedua dicatat.\n"
    with open_store(folder) as store:
        scored = assessment.evaluations(store)
        assert assessment.status(store, ROUND, [agency])["total"].item() == before
    seconds = scored[(scored["agency"] == agency) & (scored["scoring"] == "second")]
    assert seconds[["sub_aspect", "level"]].to_numpy().tolist() == [["1.1", 2]]


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("subaspek;verifikasi\n1.1;1\n", ("--round", ROUND), "tidak menyebut instansi"),
        (
            "instansi;subaspek;verifikasi\nx;1.1;1\n",
            ("--round", ROUND),
            "instansi x tidak memiliki",
        ),
        (
            *("instansi;subaspek;verifikasi\nx;1.1;1\n", ("--round", ROUND, "--agency", "y")),
            "menyebut instansi x, sedangkan --agency menyebut y",
        ),
        ("subaspek;verifikasi\n1.1;7\n", ("--round", ROUND), "7 bukan level"),
        ("subaspek;verifikasi\n1.1;1\n", (), "satu --round"),
    ],
)
def test_a_second_scoring_that_cannot_be_taken_is_refused_in_words(
    merit, tmp_path, text, arguments, said
):
    file = tmp_path / "kedua.csv"
    file.write_text(text, "utf-8")

    code, out, complained = merit("calibration", str(file), *arguments)
    assert (code, out) == (1, "")
    assert said in complained


def test_of_several_files_all_are_taken_or_none(merit, folder, tmp_path):
    good, faulty = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text("instansi;subaspek;verifikasi\nrekaan-000008;1.1;1\n", "utf-8")
    faulty.write_text("instansi;subaspek;verifikasi\nrekaan-000009;1.1;9\n", "utf-8")

    assert merit("calibration", str(good), str(faulty), "--round", ROUND)[0] == 1
    with open_store(folder) as store:
        scored = assessment.evaluations(store)
    assert "second" not in set(scored[scored["agency"] == "rekaan-000008"]["scoring"])


def test_a_second_scoring_needs_a_file(merit):
    assert "satu --round" in merit("calibration", "--evaluator", "Budi")[2]
