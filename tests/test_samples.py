"""Invented data: the same every time, as much as wanted, and free of faults when read back."""

from __future__ import annotations

import re
import tomllib
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from merit_kit import assessment, process, samples, workbook
from merit_kit.files import is_code, kit_folder
from merit_kit.instrument import load
from merit_kit.reports import make_reports
from merit_kit.reports.verification import VerificationReport
from merit_kit.store import Store, audit, create_store, open_store
from tests.engine import quickly

BUKTI = kit_folder("data") / "samples" / "bukti"
FILES = sorted(path for path in BUKTI.rglob("*") if path.is_file())
MARK = "CONTOH, DATA REKAAN"

REAL = {
    "Kabupaten Jeneponto",
    "Kabupaten Bulukumba",
    "Kabupaten Luwu Timur",
    "Kabupaten Kutai Kartanegara",
    "Kota Kediri",
    "Kota Palu",
    "Kota Padang Panjang",
}


def test_the_demonstration_has_twelve_agencies_seven_of_them_real_by_name():
    names = [agency.name for agency in samples.demo_agencies()]

    assert len(names) == 12
    assert set(names) >= REAL
    assert all("(fiktif)" in name for name in names if name not in REAL)


def test_the_demonstration_is_the_same_every_time():
    assert samples.demo_agencies() == samples.demo_agencies()


def test_no_two_agencies_of_the_demonstration_have_the_same_code_or_levels():
    agencies = samples.demo_agencies()

    assert len({agency.code for agency in agencies}) == 12
    assert len({tuple(row[2:] for row in agency.rows) for agency in agencies}) == 12


def test_the_demonstration_shows_every_state_of_progress(kasn):
    done = [sum(bool(row[4]) for row in agency.rows) for agency in samples.demo_agencies()]

    assert done.count(37) == 10
    assert done.count(0) == 1
    assert len([n for n in done if 0 < n < 37]) == 1


@pytest.mark.parametrize("count", [0, 1, 3, 250])
def test_any_number_of_synthetic_agencies_can_be_had(tiny, count):
    agencies = list(samples.synthetic(count, tiny))

    assert len(agencies) == count
    assert len({agency.code for agency in agencies}) == count
    assert all(is_code(agency.code) and "Rekaan" in agency.name for agency in agencies)
    assert all(len(agency.rows) == 3 for agency in agencies)


def test_the_same_seed_gives_the_same_agencies_and_another_seed_others(tiny):
    assert list(samples.synthetic(5, tiny, seed=7)) == list(samples.synthetic(5, tiny, seed=7))
    assert list(samples.synthetic(5, tiny, seed=7)) != list(samples.synthetic(5, tiny, seed=8))


def test_asking_for_more_agencies_does_not_change_the_first_ones(tiny):
    assert list(samples.synthetic(3, tiny)) == list(islice(samples.synthetic(100, tiny), 3))


def test_what_is_drawn_is_what_every_version_has_drawn():
    # Written down, so that a change of the generator (or of Python's) does not pass unseen.
    rows = samples.demo_agencies()[0].rows[:6]

    assert [row[2] + row[4] for row in rows] == ["43", "11", "32", "11", "33", "23"]


def total(rows, column: int, edition) -> Decimal:
    return sum((edition.by_code[row[1]].weight * int(row[column]) for row in rows), start=Decimal())


def test_the_invented_levels_of_kediri_add_up_to_what_was_reported_of_it_for_2022(kasn):
    [kediri] = [a for a in samples.demo_agencies(kasn) if a.code == "kota-kediri"]
    published = workbook.read_published(kit_folder("data") / "published" / "results.csv")

    assert total(kediri.rows, 4, kasn) == Decimal("272.5")
    assert total(kediri.rows, 2, kasn) == Decimal("283")
    assert [
        row["score"] for row in published if (row["agency"], row["year"]) == ("Kota Kediri", "2022")
    ] == ["272.5"]


def test_where_kediri_was_confirmed_no_reason_is_given_for_a_difference(kasn):
    [kediri] = [a for a in samples.demo_agencies(kasn) if a.code == "kota-kediri"]

    assert not [row[1] for row in kediri.rows if (row[2] != row[4]) != bool(row[5])]


@pytest.mark.parametrize(("edition", "first"), [("kasn-2019", "33"), ("kasn-2019-410", "32")])
def test_under_another_edition_nothing_is_bent_to_a_reported_sum(edition, first):
    [kediri] = [a for a in samples.demo_agencies(load(edition)) if a.code == "kota-kediri"]

    assert kediri.rows[0][2] + kediri.rows[0][4] == first


def test_the_files_of_the_demonstration_are_the_same_bytes_every_time(tmp_path):
    first, second = samples.write_demo(tmp_path / "a"), samples.write_demo(tmp_path / "b")

    assert first.agencies.parent == tmp_path / "a" / "impor"
    assert len(first.levels) == 12
    for one, other in zip(
        [first.agencies, *first.levels], [second.agencies, *second.levels], strict=True
    ):
        assert one.read_bytes() == other.read_bytes()


def test_the_files_open_in_excel_as_indonesia_has_it(tmp_path):
    content = samples.write_demo(tmp_path).agencies.read_bytes()

    assert content.startswith("\ufeffkode;nama;jenis;provinsi;zona waktu\r\n".encode())


def test_the_agencies_of_the_demonstration_are_read_without_fault(tmp_path):
    read = workbook.read_agencies(samples.write_demo(tmp_path).agencies)

    assert [row["name"] for row in read] == [agency.name for agency in samples.demo_agencies()]
    with create_store(tmp_path / "ws") as store:
        store.add_agencies(read)
        assert len(store.agencies()) == 12


def test_the_levels_of_the_demonstration_are_read_without_fault(tmp_path, kasn):
    for path, agency in zip(
        samples.write_demo(tmp_path).levels, samples.demo_agencies(), strict=True
    ):
        table = workbook.read_levels(path, kasn)

        assert table.agency == agency.code
        assert [given.sub_aspect for given in table.given] == list(kasn.codes)
        assert [str(given.self_level) for given in table.given] == [row[2] for row in agency.rows]


def test_synthetic_agencies_are_read_without_fault_under_any_edition(tmp_path, tiny):
    written = samples.write_files(tmp_path, samples.synthetic(20, tiny))

    assert len(workbook.read_agencies(written.agencies)) == 20
    for path in written.levels:
        assert len(workbook.read_levels(path, tiny).given) == 3


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store of the demonstration, to be looked at."""
    folder = tmp_path_factory.mktemp("demo") / "ws"
    assert len(samples.make_demo(folder)) == 12
    with open_store(folder) as store:
        yield store


def rows(frame) -> list[tuple]:
    return list(frame.itertuples(index=False, name=None))


def test_the_demonstration_comes_into_its_store_without_fault_and_marked_as_invented(demo):
    assert demo.assessments()["invented"].all()
    assert set(demo.assessments()["agency"]) == {a.code for a in samples.demo_agencies()}
    assert audit(demo) == []


def test_every_agency_of_the_demonstration_knows_its_time_zone(demo):
    zones = demo.agencies()["time_zone"]

    assert zones["kota-kediri"] == "WIB"
    assert zones["kota-palu"] == "WITA"
    assert zones["contoh-provinsi"] == "WIT"
    assert zones.value_counts().to_dict() == {"WIB": 5, "WITA": 5, "WIT": 2}


def test_the_round_of_the_demonstration_has_its_calendar(demo):
    assert rows(demo.planned_stages()) == [
        ("2026-2", "mandiri", "2026-07-01", "2026-08-14"),
        ("2026-2", "verifikasi", "2026-08-15", "2026-09-30"),
        ("2026-2", "perbaikan", "2026-10-01", "2026-10-31"),
        ("2026-2", "penetapan", "2026-11-01", "2026-11-30"),
    ]


def test_three_agencies_of_the_demonstration_meet_an_evaluator_in_a_room_each(demo):
    rooms, sittings = demo.rooms("2026-2"), demo.sittings("2026-2")

    assert list(rooms["code"]) == ["ruang-1", "ruang-2", "ruang-3"]
    assert set(rooms["kind"]) == {"verifikasi-klarifikasi"}
    assert set(rooms["held_on"]) == {"2026-09-15"}
    assert set(rooms["host"]) == {"p-contoh-pemandu"}
    agencies = ("kab-jeneponto", "kab-bulukumba", "kab-luwu-timur")
    met = [(f"ruang-{n}", code) for n, code in enumerate(agencies, start=1)]
    for evaluator in ("p-contoh-penilai", assessment.whoami(demo)):
        own = sittings[sittings["evaluator"] == evaluator]
        assert rows(own[["room", "agency"]]) == met
    assert len(sittings) == 6
    local = [assessment.local_time(moment, "WITA") for moment in rooms["starts_at"]]
    assert local == ["09.00 WITA", "11.00 WITA", "13.00 WITA"]


def test_the_demonstration_has_people_in_the_roles_a_round_needs(demo):
    held = demo.appointments()
    names = demo.people()["name"]
    invented = held[held["person"].str.startswith("p-contoh-")]

    assert rows(invented) == [
        ("p-contoh-komisioner", "commissioner", None),
        ("p-contoh-pemandu", "host", None),
        ("p-contoh-penilai", "evaluator", None),
        ("p-contoh-penilai-2", "evaluator", None),
    ]
    assert all("(fiktif)" in names[person] for person in invented["person"])
    maker = assessment.whoami(demo)
    assert rows(demo.appointments([maker])) == [
        (maker, "evaluator", None),
        (maker, "secretariat", None),
    ]
    teams = held[held["role"] == "agency"]
    assert set(rows(teams)) == {
        (f"tim-{a.code}", "agency", a.code) for a in samples.demo_agencies()
    }


def test_everything_of_the_demonstration_is_in_the_stage_of_verification(demo):
    status = assessment.status(demo, samples.DEMO_ROUND)

    assert len(status) == 12
    assert set(status["stage"]) == {"verifikasi"}
    assert not status["determined"].any()
    assert not status["akhir"].any()
    assert not status["conflicts"].any()


def test_in_the_demonstration_each_agency_speaks_for_itself_and_the_evaluator_for_the_rest(demo):
    entries = process.unfold(demo.entries())
    agencies = demo.assessments()["agency"]
    of = [body.get("of") for body in entries["body"]]
    own = entries[[each == "self" for each in of]]

    assert len(own) == 12 * 37
    assert list(own["author"]) == [f"tim-{agencies[about]}" for about in own["assessment"]]
    assert set(entries[[each == "verified" for each in of]]["author"]) == {"p-contoh-penilai"}
    assert set(entries[entries["kind"] == "note"]["author"]) == {"p-contoh-penilai"}
    assert set(entries["recorded_by"]) == {assessment.whoami(demo)}


def named(demo: Store, code: str) -> str:
    about = assessment.find(demo, code, samples.DEMO_ROUND)
    assert about is not None
    return about


def standing(demo: Store, code: str):
    """What counts in an agency's assessment."""
    return process.standing(process.unfold(demo.entries([named(demo, code)])))


def test_the_sample_files_are_few_small_and_of_four_kinds():
    assert {path.suffix for path in FILES} == {".pdf", ".xlsx", ".docx", ".png"}
    assert len(FILES) == 10
    assert sum(path.stat().st_size for path in FILES) < 60_000


def words_of(path: Path) -> str:
    """Read a file as the program would that it is made for; a picture is only opened."""
    if path.suffix == ".pdf":
        [page] = PdfReader(path, strict=True).pages
        return page.extract_text()
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        return " ".join(str(value) for row in sheet.values for value in row if value is not None)
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return package.read("word/document.xml").decode("utf-8")


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix != ".png"], ids=lambda p: p.name)
def test_a_sample_file_opens_and_says_that_it_is_invented(path):
    words = words_of(path)

    assert MARK in words
    assert "merit-kit" in words


def test_the_demonstration_keeps_the_sample_files_and_their_very_bytes(demo):
    kept = {}
    for agency in samples.demo_agencies():
        for file in process.evidence(standing(demo, agency.code)).itertuples():
            kept[agency.code, file.sub_aspect, file.name] = demo.get_evidence(file.sha256)

    assert kept == {(p.parts[-3], p.parent.name.split()[0], p.name): p.read_bytes() for p in FILES}


def test_the_evaluator_of_the_demonstration_has_looked_at_all_sample_files_but_one(demo):
    states = {
        (agency.code, file.name): file.state
        for agency in samples.demo_agencies()
        for file in process.evidence(standing(demo, agency.code)).itertuples()
    }

    assert states == {
        ("kab-jeneponto", "keputusan-peta-jabatan.pdf"): "sesuai",
        ("kab-jeneponto", "rekap-pensiun-lima-tahun.xlsx"): "kedaluwarsa",
        ("kab-jeneponto", "berita-acara-penempatan.docx"): "kurang",
        ("kab-jeneponto", "tangkap-layar-simpeg.png"): "kurang",
        ("kab-bulukumba", "matriks-talenta.xlsx"): "kurang",
        ("kab-bulukumba", "rekap-penegakan-disiplin.pdf"): "sesuai",
        ("kab-luwu-timur", "analisis-kesenjangan-kinerja.xlsx"): "kurang",
        ("kab-luwu-timur", "contoh-kontrak-kinerja.pdf"): "belum-diperiksa",
        ("kota-kediri", "laporan-coaching-mentoring.docx"): "sesuai",
        ("kota-kediri", "pedoman-perjanjian-kinerja.pdf"): "sesuai",
    }


def test_two_agencies_of_the_demonstration_are_asked_and_one_has_answered(demo):
    asked = {
        agency.code: rows(
            process.clarifications(standing(demo, agency.code))[["sub_aspect", "due", "state"]]
        )
        for agency in samples.demo_agencies()
    }

    assert {code: questions for code, questions in asked.items() if questions} == {
        "kab-jeneponto": [("1.3", "2026-09-22", "open"), ("2.5", "2026-09-22", "answered")],
        "kab-luwu-timur": [("3.6", "2026-09-29", "open")],
    }
    told = process.clarifications(standing(demo, "kab-jeneponto"))
    assert all(told["missing"])
    assert not told["draft"].any()
    answers = standing(demo, "kab-jeneponto").query("kind == 'answer'")
    assert list(answers["author"]) == ["tim-kab-jeneponto"]


def test_one_agency_of_the_demonstration_has_a_field_finding_below_paper(demo):
    found = {
        agency.code: rows(process.mismatches(standing(demo, agency.code))[["sub_aspect"]])
        for agency in samples.demo_agencies()
    }

    assert {code: each for code, each in found.items() if each} == {
        "kab-kutai-kartanegara": [("5.2",)]
    }
    [finding] = [
        body
        for body in standing(demo, "kab-kutai-kartanegara")["body"]
        if body.get("of") == process.FIELD
    ]
    assert (finding["level"], finding["source"], finding["seen_on"]) == (
        2,
        "kunjungan",
        "2026-09-10",
    )


def test_three_agencies_of_the_demonstration_have_a_recommendation(demo):
    given = {
        agency.code: [body["sub_aspect"] for body in said["body"]]
        for agency in samples.demo_agencies()
        if len(said := standing(demo, agency.code).query("kind == 'recommendation'"))
    }

    assert given == {
        "kab-jeneponto": ["1.3"],
        "kab-bulukumba": ["3.3"],
        "kab-kutai-kartanegara": ["5.2"],
    }


def test_of_three_agencies_of_the_demonstration_there_is_a_record_of_the_sitting(demo):
    found = {}
    for agency in samples.demo_agencies():
        stands = standing(demo, agency.code)
        present = process.attendance(stands)
        if len(present):
            signing = present[present["signs"]]["side"]
            found[agency.code] = (
                *(list(process.sittings(stands)["begins"]), len(present), sorted(signing)),
                *(len(process.discussions(stands)), len(process.agreed(stands))),
                *(list(process.acceptances(stands)["current"]), len(process.objections(stands))),
            )

    both = ["agency", "evaluator"]
    assert found == {
        "kab-jeneponto": (["09:00"], 5, both, 2, 4, [], 0),
        "kab-bulukumba": (["11:00"], 4, both, 1, 1, [True], 0),
        "kab-luwu-timur": (["13:00"], 4, both, 1, 2, [], 1),
    }
    assert tuple(found) == samples.DEMO_SITTINGS


def test_nobody_of_the_demonstration_can_be_taken_for_somebody_real(demo):
    people = demo.people()
    invented = people[people.index.str.startswith("p-contoh-")]

    assert len(invented) == 4 + 7
    assert invented["name"].str.contains("fiktif").all()
    assert invented["nip"].dropna().str.startswith("1900").all()  # nobody was born then
    assert invented["login"].isna().all()


def test_every_sample_statement_is_about_an_agency_of_the_demonstration():
    # Under another code a statement would be passed over without a word.
    told = tomllib.loads((BUKTI.parent / "statements.toml").read_text(encoding="utf-8"))
    codes = {agency.code for agency in samples.demo_agencies()}

    assert set(told) <= codes
    assert {path.name for path in BUKTI.iterdir()} <= codes


def test_jeneponto_brings_the_result_that_was_published_of_it_as_its_history(demo):
    case = assessment.make_case(demo, "kab-jeneponto", samples.DEMO_ROUND)

    assert [(row["year"], row["score"], row["category"]) for row in case.data["published"]] == [
        ("2021", "117.5", "Buruk")
    ]


@pytest.mark.parametrize(("lang", "score"), [("id", "117,5"), ("en", "117.5")])
def test_the_report_of_jeneponto_shows_the_result_that_was_published_of_it(demo, lang, score):
    case = assessment.make_case(demo, "kab-jeneponto", samples.DEMO_ROUND)
    shown = VerificationReport(case, lang).history().html

    row = [re.sub("<[^>]+>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", shown)[-5:]]
    source = "Berita sesi evaluasi Kabupaten Jeneponto, 24 Oktober 2022"
    assert row == ["2021", score, "–", "Buruk", source]


def test_the_page_of_a_report_has_the_published_results_on_it(demo, tmp_path, monkeypatch):
    quickly(monkeypatch)
    case = assessment.make_case(demo, "kab-jeneponto", samples.DEMO_ROUND)
    [made] = make_reports([case], tmp_path)

    assert made.path.read_text(encoding="utf-8").count(">117,5<") == 1


@pytest.mark.parametrize("place", ["import_evidence", "record"])
def test_a_demonstration_that_was_cut_off_is_completed_the_next_time(tmp_path, monkeypatch, place):
    calls = []
    whole = getattr(samples, place)

    def cut(*arguments, **named):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(*arguments, **named)

    folder = tmp_path / "ws"
    with monkeypatch.context() as patched:
        patched.setattr(samples, place, cut)
        with pytest.raises(KeyboardInterrupt):
            samples.make_demo(folder)
    with open_store(folder) as store:
        assert store.assessments().empty

    assert len(samples.make_demo(folder)) == 12

    with open_store(folder) as store:
        kinds = process.unfold(store.entries())["kind"].value_counts()
        assert audit(store) == []
    assert (kinds["evidence"], kinds["evidence-state"], kinds["question"]) == (10, 9, 3)


def everything(folder: Path) -> dict[str, str]:
    """All that is in the store and in the files beside it."""
    tables = ("people", "appointments", "agencies", "rounds", "planned_stages", "rooms", "sittings",
              "published", "assessments", "entries", "anchors")  # fmt: skip
    with open_store(folder) as store:
        found = {name: getattr(store, name)().to_csv() for name in tables}
    files = sorted((folder / "impor").iterdir())
    return found | {path.name: path.read_text(encoding="utf-8") for path in files}


def test_making_the_demonstration_twice_changes_nothing(tmp_path):
    folder = tmp_path / "ws"
    samples.make_demo(folder)
    before = everything(folder)

    assert samples.make_demo(folder) == []

    assert everything(folder) == before


def test_an_assessment_that_is_open_already_is_left_alone_by_the_demonstration(tmp_path, kasn):
    folder = tmp_path / "ws"
    with samples.open_practice(folder) as store:
        by = assessment.whoami(store)
        assessment.begin(store, "kota-palu", samples.DEMO_ROUND, kasn, by, invented=True)

    done = samples.make_demo(folder)

    assert len(done) == 11
    with open_store(folder) as store:
        status = assessment.status(store, samples.DEMO_ROUND)
    assert (status.loc["kota-palu", "stage"], status.loc["kota-palu", "self"]) == ("mandiri", 0)
    assert list(status["stage"]).count("verifikasi") == 11


def test_a_practice_store_knows_the_agencies_and_the_round_and_is_made_once(tmp_path):
    with samples.open_practice(tmp_path / "latihan") as first:
        assert len(first.agencies()) == 12
        assert list(first.rounds().index) == [samples.DEMO_ROUND]
        assert len(first.assessments()) == 0
        first.add_round("2027-1", 2027, 1)

    with samples.open_practice(tmp_path / "latihan") as second:
        assert list(second.rounds().index) == [samples.DEMO_ROUND, "2027-1"]
    assert (tmp_path / "latihan" / "impor" / "kota-kediri.csv").is_file()
