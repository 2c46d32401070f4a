"""The life of a report: drafts are replaced, issued ones never; what a new version says of the old.

Under an official edition with the numbers of the tiny one, so that something can be issued at all.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from merit_kit import assessment, canonical, instrument
from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, Words, explain
from merit_kit.reports import DIPERIKSA, KONSEP, TERBIT, Issue, Outcome, make_reports
from merit_kit.reports._changes import changes
from merit_kit.reports._issue import Change
from merit_kit.reports._ledger import LEDGER, Record, append_line, records
from merit_kit.reports._letter import parse_letter
from tests.conftest import ROUND, both, official_data
from tests.engine import quickly
from tests.entries import FILE, FINDING, OTHER_FILE, OTHER_THREAD, THREAD
from tests.sayings import counting, reach, record, say
from tests.test_reports import words_of

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ISSUER = "Sri, Sekretariat"


@pytest.fixture
def official() -> instrument.Instrument:
    data = official_data()
    data["title"] = both("Instrumen resmi")
    return instrument.from_data(data)


@pytest.fixture
def about(store, official) -> str:
    """The id of kota-a's assessment under the official edition: self 3 4 2, verified 2 4 3."""
    begun = assessment.begin(store, "kota-a", ROUND, official, "p-1")
    levels(store, begun, "self", {"2.1": 3, "1.1": 4, "1.2": 2})
    reach(store, begun, "verifikasi")
    levels(store, begun, "awal", {"2.1": 2, "1.1": 4, "1.2": 3})
    return begun


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    quickly(monkeypatch)


def levels(store, about: str, what: str, by_code: dict[str, int | None], **more) -> None:
    """State levels, each in the place of the one that stands."""
    standing = counting(store, about)
    for code, value in by_code.items():
        same = [
            row.id
            for row in standing[standing["kind"] == "level"].itertuples()
            if row.body["sub_aspect"] == code and what in (row.body["of"], row.body["pass"])
        ]
        record(store, say(what, about, *same, sub_aspect=code, level=value, **more))


def case_of(store) -> Case:
    return assessment.make_case(store, "kota-a", ROUND)


def made(cases, folder: Path, status: str = TERBIT, **more) -> list[Outcome]:
    lang, kind = more.pop("lang", "id"), more.pop("kind", "verifikasi")
    by = more.pop("by", "" if status == KONSEP else ISSUER)
    cases = [cases] if isinstance(cases, Case) else cases
    return list(make_reports(cases, folder, lang, kind, status=status, by=by, **more))


def issued(case: Case, folder: Path, **more) -> Outcome:
    [outcome] = made(case, folder, **more)
    assert outcome.error is None, outcome.error
    return outcome


def refused(case: Case, folder: Path, **more) -> tuple[str, list[tuple[str, str]]]:
    """The error of a report that is not made, said in every language, and its problems."""
    [outcome] = made(case, folder, **more)
    assert outcome.error is not None
    for lang in LANGUAGES:
        assert "{" not in explain(outcome.error, lang)
    problems = [(str(p.where), p.key) for p in outcome.error.problems]
    return outcome.error.key, problems


def ledger(folder: Path, kind: str = "verifikasi") -> list[dict]:
    text = (folder / ROUND / kind / "terbitan.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def page_of(outcome: Outcome) -> str:
    html = outcome.path.read_text(encoding="utf-8")
    return words_of(html.partition("</style>")[2])


def test_a_draft_is_replaced_and_says_that_it_is_one(store, about, tmp_path):
    first = issued(case_of(store), tmp_path, status=KONSEP)
    levels(store, about, "awal", {"2.1": 4})
    second = issued(case_of(store), tmp_path, status=KONSEP)

    assert first.path == second.path
    assert "380 dari 400" in page_of(second)
    assert "Konsep. Belum diterbitkan dan masih dapat berubah." in page_of(second)
    assert 'content: "Konsep"' in second.path.read_text(encoding="utf-8")
    assert not (second.path.parent / "terbitan.jsonl").exists()


def test_a_checked_report_says_by_whom_and_is_replaced_like_a_draft(store, about, tmp_path):
    checked = issued(case_of(store), tmp_path, status=DIPERIKSA, by="Eko, Tim penilai")

    assert checked.path.name == "kota-a.id.html"
    assert "Diperiksa. Diperiksa oleh Eko, Tim penilai pada" in page_of(checked)
    [line] = ledger(tmp_path)
    assert (line["status"], line["by"], line["version"]) == ("diperiksa", "Eko, Tim penilai", None)


@pytest.mark.parametrize("status", [DIPERIKSA, TERBIT])
def test_nothing_is_checked_or_issued_by_nobody(store, about, tmp_path, status):
    with pytest.raises(ReportError) as caught:
        made(case_of(store), tmp_path, status, by=" ")

    assert caught.value.key == "issue-by"
    assert not list(tmp_path.rglob("*.html"))


def test_a_status_there_is_none_of_is_refused_with_those_there_are(store, about, tmp_path):
    with pytest.raises(ReportError) as caught:
        made(case_of(store), tmp_path, "final", by="x")

    assert "konsep, diperiksa, terbit" in explain(caught.value)


def test_an_issued_report_has_a_version_a_record_and_its_case_beside_it(store, about, tmp_path):
    case = case_of(store)
    made(case, tmp_path, DIPERIKSA, by="Eko, Tim penilai")
    outcome = issued(case, tmp_path)

    folder = tmp_path / ROUND / "verifikasi"
    assert (outcome.path.name, outcome.version) == ("kota-a.id.v1.html", 1)
    assert Case.from_file(folder / "kota-a.v1.case.json").digest == case.digest
    line = ledger(tmp_path)[-1]
    assert (line["version"], line["status"], line["by"]) == (1, "terbit", ISSUER)
    assert (line["case"], line["file"]) == (case.digest, "kota-a.id.v1.html")
    said = page_of(outcome)
    assert "Terbit, versi 1. Diterbitkan pada" in said
    assert f"oleh {ISSUER}." in said
    assert "Diperiksa oleh Eko, Tim penilai pada" in said
    assert "Menggantikan" not in said
    assert "SIMULASI" not in said


def test_a_check_of_another_case_is_not_named_on_what_is_issued(store, about, tmp_path):
    made(case_of(store), tmp_path, DIPERIKSA, by="Pemeriksa Teliti")
    levels(store, about, "awal", {"2.1": 4})

    assert "Pemeriksa Teliti" not in page_of(issued(case_of(store), tmp_path))


def test_the_same_case_again_is_already_issued_and_writes_nothing(store, about, tmp_path):
    first = issued(case_of(store), tmp_path)
    before = {path: path.read_bytes() for path in first.path.parent.iterdir()}

    again = issued(case_of(store), tmp_path)

    assert (again.already, again.path, again.version) == (True, first.path, 1)
    assert {path: path.read_bytes() for path in first.path.parent.iterdir()} == before


def test_what_the_agency_cannot_see_makes_no_new_version(store, about, tmp_path):
    issued(case_of(store), tmp_path)
    before = case_of(store).digest
    record(store, say("note", about, text="Hanya kami", visible_to="internal"))

    assert case_of(store).digest != before
    assert issued(case_of(store), tmp_path).already


def test_another_case_makes_the_next_version_which_tells_what_changed(store, about, tmp_path):
    first = issued(case_of(store), tmp_path)
    kept = first.path.read_bytes()
    levels(store, about, "awal", {"2.1": 3}, reason="Bukti tambahan")
    second = issued(case_of(store), tmp_path)

    assert (second.path.name, second.version) == ("kota-a.id.v2.html", 2)
    assert first.path.read_bytes() == kept
    said = page_of(second)
    assert "Terbit, versi 2" in said
    assert "Menggantikan versi 1 yang terbit pada" in said
    # 70 points a level, and 310 of 400.
    assert "Yang berubah sejak itu: nilai 240 → 310; indeks 0,60 → 0,78 2.1 Verifikasi" in said
    assert "2.1 Verifikasi 2 → 3: Bukti tambahan" in said


def test_the_page_in_another_language_is_of_the_same_version_and_the_same_case(
    store, about, tmp_path
):
    first = issued(case_of(store), tmp_path)
    record(store, say("note", about, text="Hanya kami", visible_to="internal"))
    second = issued(case_of(store), tmp_path, lang="en")

    assert (second.path.name, second.already) == ("kota-a.en.v1.html", False)
    digests = [re.findall(r"[0-9a-f]{64}", page_of(each)) for each in (first, second)]
    assert digests[0] == digests[1]
    assert issued(case_of(store), tmp_path, lang="en").already


def test_versions_are_counted_for_each_agency_by_itself(store, about, official, tmp_path):
    other = assessment.begin(store, "kab-b", ROUND, official, "p-1")
    reach(store, other, "verifikasi")
    levels(store, other, "awal", {"2.1": 1, "1.1": 1, "1.2": 1})
    cases = assessment.make_cases(store, ROUND)

    assert [(o.agency, o.version) for o in made(cases, tmp_path)] == [("kab-b", 1), ("kota-a", 1)]
    levels(store, about, "awal", {"2.1": 4})
    outcomes = made(assessment.make_cases(store, ROUND), tmp_path)
    assert [(o.agency, o.version, o.already) for o in outcomes] == [
        ("kab-b", 1, True),
        ("kota-a", 2, False),
    ]


def test_made_up_data_and_an_unofficial_edition_are_never_issued(store, tiny, tmp_path):
    assessment.begin(store, "kota-a", ROUND, tiny, "p-1", invented=True)

    for kind, more in (("klarifikasi", []), ("verifikasi", ["2.1", "1.1", "1.2"])):
        key, problems = refused(case_of(store), tmp_path, kind=kind)
        assert key == "not-issuable"
        assert problems == [
            ("", "issue-invented"),
            ("tiny", "issue-edition"),
            *((code, "issue-unverified") for code in more),
        ]
    assert not list(tmp_path.rglob("*.html"))


def test_a_verification_is_issued_once_every_sub_aspect_is_verified(store, about, tmp_path):
    levels(store, about, "awal", {"1.1": None})

    assert refused(case_of(store), tmp_path) == ("not-issuable", [("1.1", "issue-unverified")])
    assert issued(case_of(store), tmp_path, kind="klarifikasi").version == 1


def spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


@pytest.mark.parametrize(
    ("name", "do", "key"),
    [
        ("kota-a.id.v1.html", spoil, "issued-changed"),
        ("kota-a.id.v1.html", Path.unlink, "issued-missing"),
        ("kota-a.v1.case.json", Path.unlink, "issued-missing"),
        ("terbitan.jsonl", Path.unlink, "issued-unrecorded"),
    ],
)
def test_nothing_is_issued_on_top_of_what_is_not_as_it_was(store, about, tmp_path, name, do, key):
    first = issued(case_of(store), tmp_path)
    do(first.path.parent / name)
    levels(store, about, "awal", {"2.1": 4})
    before = sorted(first.path.parent.iterdir())

    found, problems = refused(case_of(store), tmp_path)

    assert found == "issued-damaged"
    assert {key} == {each for _, each in problems}
    assert sorted(first.path.parent.iterdir()) == before


def test_a_case_that_was_changed_beside_its_page_is_not_compared_with(store, about, tmp_path):
    first = issued(case_of(store), tmp_path)
    kept = first.path.parent / "kota-a.v1.case.json"
    kept.write_text(kept.read_text(encoding="utf-8").replace("Kota A", "Kota X"), encoding="utf-8")
    levels(store, about, "awal", {"2.1": 4})

    assert refused(case_of(store), tmp_path) == (
        "issued-damaged",
        [("kota-a.v1.case.json", "issued-changed")],
    )


def test_a_torn_line_at_the_end_of_the_record_counts_for_nothing(store, about, tmp_path):
    first = issued(case_of(store), tmp_path)
    with (first.path.parent / "terbitan.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"agency": "kota-a", "vers')
    levels(store, about, "awal", {"2.1": 4})

    assert issued(case_of(store), tmp_path).version == 2
    assert issued(case_of(store), tmp_path).already


def test_a_name_with_a_line_separator_in_it_tears_no_line_of_the_record(store, about, tmp_path):
    issued(case_of(store), tmp_path, by="Sri\u2028Rahayu\x85")

    assert issued(case_of(store), tmp_path, by="Sri").already


def test_a_file_that_stands_in_the_way_is_never_overwritten(tmp_path):
    from merit_kit.reports._ledger import keep

    keep(tmp_path / "a.v1.html", b"satu")
    keep(tmp_path / "a.v1.html", b"satu")
    with pytest.raises(ReportError) as caught:
        keep(tmp_path / "a.v1.html", b"dua")

    assert caught.value.key == "issued-in-the-way"
    assert (tmp_path / "a.v1.html").read_bytes() == b"satu"


def test_a_report_as_of_a_day_says_so(store, about, tmp_path):
    today = assessment.local_day(None)
    [case] = assessment.make_cases(store, ROUND, ["kota-a"], as_of=today.isoformat())
    outcome = issued(case, tmp_path)

    assert f"Keadaan data per {Words().date(today)}." in page_of(outcome)
    assert ledger(tmp_path)[-1]["as_of"] == today.isoformat()
    assert issued(case_of(store), tmp_path).already


LETTER = '[surat]\nnomor = "B-{n:02}/{agency}"\nnomor_awal = 7\n'


def number_on(outcome: Outcome) -> str:
    return re.search(r"B-\S+", page_of(outcome))[0]


def test_letters_are_numbered_one_after_the_other_and_drafts_not_at_all(
    store, about, official, tmp_path
):
    assessment.begin(store, "kab-b", ROUND, official, "p-1")
    cases, letter = assessment.make_cases(store, ROUND), parse_letter(LETTER)
    more = {"kind": "klarifikasi", "letter": letter}

    drafts = [number_on(each) for each in made(cases, tmp_path, KONSEP, **more)]
    first = [number_on(each) for each in made(cases, tmp_path, **more)]
    english = [number_on(each) for each in made(cases, tmp_path, lang="en", **more)]
    levels(store, about, "awal", {"2.1": 4})
    again = [
        number_on(each) for each in made(assessment.make_cases(store, ROUND), tmp_path, **more)
    ]

    assert drafts == ["B-…/kab-b", "B-…/kota-a"]
    assert first == english == ["B-07/kab-b", "B-08/kota-a"]
    assert again == ["B-07/kab-b", "B-09/kota-a"]


def test_a_letter_with_other_settings_is_a_new_version(store, about, tmp_path):
    more = {"kind": "klarifikasi"}
    issued(case_of(store), tmp_path, letter=parse_letter(LETTER), **more)
    other = issued(case_of(store), tmp_path, letter=parse_letter(LETTER + 'hal = "Baru"'), **more)

    assert other.version == 2
    assert "Yang berubah sejak itu: pengaturan surat" in page_of(other)


def said_between(before: Case, after: Case, lang: str = "id") -> list[str]:
    return [f"{c.where} {c.said(Words(lang))}".strip() for c in changes(before, after)]


def test_between_two_equal_cases_nothing_changed(store, about):
    assert changes(case_of(store), case_of(store)) == ()


def test_the_changes_name_levels_questions_answers_files_and_words(store, about):
    before = case_of(store)
    sha = store.put_evidence(PDF, about).sha256
    file = {"name": "sk.pdf", "sha256": sha, "size": len(PDF)}
    question = say("question", about, thread=THREAD)
    levels(store, about, "self", {"1.2": None})
    record(store, question)
    record(store, say("answer", about, question.id, thread=THREAD, files=[]))
    record(store, say("evidence", about, file=FILE, **file))
    record(store, say("evidence-state", about, file=FILE, sha256=sha, state="kurang"))
    found = {"finding": FINDING, "level": 1, "photos": []}
    record(store, say("field", about, sub_aspect="2.1", **found))
    record(store, say("recommendation", about, sub_aspect="2.1"))
    record(store, say("objection", about, thread=OTHER_THREAD, sub_aspect=None))

    assert said_between(before, case_of(store)) == [
        "keberatan instansi",
        "2.1 Lapangan – → 1: Ada SK",
        "2.1 Rekomendasi diubah",
        "1.1 pertanyaan baru",
        "1.1 jawaban instansi",
        "1.1 berkas baru: sk.pdf",
        "1.1 sk.pdf: kurang",
        "1.2 Mandiri 2 → –",
    ]


def test_the_changes_name_an_answer_that_was_sent_back_and_one_that_was_sent_back_again(
    store, about
):
    question = say("question", about, thread=THREAD)
    first = say("answer", about, question.id, thread=THREAD, files=[])
    record(store, question)
    record(store, first)
    answered = case_of(store)
    back = say("closing", about, question.id, first.id, thread=THREAD, closed=False)
    record(store, back)
    returned = case_of(store)
    second = say("answer", about, question.id, first.id, thread=THREAD, text="Lagi", files=[])
    record(store, second)
    again = say("closing", about, question.id, second.id, back.id, thread=THREAD, closed=False)
    record(store, again)

    assert said_between(answered, returned) == ["1.1 jawaban belum mencukupi"]
    assert said_between(returned, case_of(store)) == [
        "1.1 jawaban instansi",
        "1.1 jawaban belum mencukupi",
    ]


def test_the_changes_name_what_was_closed_replaced_withdrawn_answered_and_determined(store, about):
    table = b"kode;nama\n1;a\n"
    sha, other = (store.put_evidence(content, about).sha256 for content in (PDF, table))
    name = "@stage.mandiri {n}.pdf"
    file = {"name": name, "sha256": sha, "size": len(PDF)}
    first = say("evidence", about, file=FILE, **file)
    second = say("evidence", about, file=OTHER_FILE, **file)
    question = say("question", about, thread=THREAD)
    objection = say("objection", about, thread=OTHER_THREAD, sub_aspect="1.2")
    record(store, first, second)
    record(store, question)
    record(store, objection)
    before = case_of(store)
    record(store, say("closing", about, question.id, thread=THREAD, closed=True))
    record(
        store,
        say("evidence", about, first.id, file=FILE, name=name, sha256=other, size=len(table)),
        say("evidence", about, second.id, **{**file, "file": OTHER_FILE, "withdrawn": True}),
    )
    record(store, say("objection-answer", about, objection.id, thread=OTHER_THREAD))
    levels(store, about, "awal", {"1.1": 4}, reason="Kalimat lain")
    stands = counting(store, about)
    at = stands[stands["kind"] == "stage"]["id"].iloc[0]
    moves = [say("stage", about, at, stage="perbaikan")]
    moves.append(say("stage", about, moves[0].id, stage="penetapan"))
    record(store, *moves)
    outcome = {"total": "240", "index": "0.60", "category": "II"}
    chosen = {"levels": {"2.1": 2, "1.1": 4, "1.2": 3}}
    record(store, say("determination", about, **chosen, **outcome))

    assert said_between(before, case_of(store)) == [
        "tahap: verifikasi dan klarifikasi → penetapan hasil",
        "hasil ditetapkan: 240",
        "2.1 Penetapan – → 2",
        "1.1 alasan Verifikasi diubah",
        "1.1 Penetapan – → 4",
        "1.1 pertanyaan selesai",
        "1.1 berkas diganti: @stage.mandiri {n}.pdf",
        "1.1 berkas ditarik: @stage.mandiri {n}.pdf",
        "1.2 Penetapan – → 3",
        "1.2 keberatan dijawab",
    ]


def test_the_changes_name_the_category_and_say_numbers_as_the_language_does(store, about):
    before = case_of(store)
    levels(store, about, "awal", {"2.1": 1, "1.2": 1})

    # 70 + 40 + 20 = 130 of 400.
    assert said_between(before, case_of(store))[:3] == [
        "nilai 240 → 130",
        "indeks 0,60 → 0,33",
        "kategori Tinggi → Rendah",
    ]
    assert said_between(before, case_of(store), "en")[1:3] == [
        "index 0.60 → 0.33",
        "category Tinggi (en) → Rendah (en)",
    ]


def test_of_a_total_that_is_not_whole_any_more_index_and_category_are_gone(store, about):
    before = case_of(store)
    levels(store, about, "awal", {"2.1": None})

    assert said_between(before, case_of(store))[:3] == [
        "nilai 240 → 100 (sementara)",
        "indeks 0,60 → –",
        "kategori Tinggi → –",
    ]


def test_a_long_reason_is_cut_and_one_of_several_lines_is_one_line(store, about):
    before = case_of(store)
    levels(store, about, "awal", {"2.1": 3}, reason="a\nb " + "x" * 300)

    [said] = [s for s in said_between(before, case_of(store)) if s.startswith("2.1")]
    assert said.startswith("2.1 Verifikasi 2 → 3: a b xxx")
    assert said.endswith("x…")
    assert len(said) < 240


def test_a_question_that_is_gone_is_told_beside_what_else_changed(store, about):
    question = say("question", about, thread=THREAD)
    record(store, question)
    before = case_of(store)
    record(store, say("recommendation", about, sub_aspect="2.1"))
    data = json.loads(case_of(store).text)
    for entry in data["entries"]:
        entry["standing"] = entry["standing"] and entry["id"] != question.id

    assert said_between(before, Case(data)) == [
        "2.1 Rekomendasi diubah",
        "1.1 pertanyaan ditarik",
    ]


def test_what_changed_alike_in_several_sub_aspects_is_said_once():
    level = ("level", {"before": 2, "after": 3}, {"of": "level.verified"})
    told = Issue(
        changes=(Change("2.1", *level), Change("1.1", "question-new"), Change("1.2", *level))
    ).told(Words())

    assert told == [("2.1, 1.2", "Verifikasi 2 → 3"), ("1.1", "pertanyaan baru")]


def test_what_a_page_is_told_of_its_life_reads_back_as_it_was(tmp_path):
    issue = Issue(TERBIT, 2, "Sri", "2026-03-01T08:00:00+07:00", earlier=1,
                  changes=(Change("1.1", "file", {"name": "{x}"}),), number="B-1")  # fmt: skip
    (tmp_path / "issue.json").write_text(issue.text, encoding="utf-8")

    assert Issue.from_file(tmp_path / "issue.json") == issue


@pytest.mark.parametrize("text", [None, "{", "[]", "5", '{"changes": [], "warna": 1}', "{}"])
def test_what_is_no_such_file_is_refused_in_words(tmp_path, text):
    if text is not None:
        (tmp_path / "issue.json").write_text(text, encoding="utf-8")

    with pytest.raises(ReportError) as caught:
        Issue.from_file(tmp_path / "issue.json")

    assert "issue.json" in explain(caught.value)


def test_a_name_that_was_corrected_or_erased_is_told(store, about):
    before = case_of(store)
    store.add_people([{"id": "p-e", "name": "Eko Prasetyo"}])
    corrected = case_of(store)
    store.erase_person("p-e")

    told = ["nama atau jabatan orang yang disebut"]
    assert said_between(before, corrected) == told
    assert said_between(corrected, case_of(store)) == told


def test_what_is_in_no_list_is_still_said_to_have_changed(store, about):
    before = case_of(store)
    after = Case({**before.data, "agency": {**before.agency, "province": "Lain"}})

    assert said_between(before, after, "en") == ["something that is not in this list"]


def test_an_earlier_case_of_a_format_nobody_reads_any_more_leaves_its_changes_unknown(
    store, about, tmp_path
):
    case = case_of(store)
    first = issued(case, tmp_path)
    folder, old = first.path.parent, '{"format":0}'
    (folder / "kota-a.v1.case.json").write_text(old, encoding="utf-8")
    record_of = (folder / "terbitan.jsonl").read_text(encoding="utf-8")
    spelled = record_of.replace(case.digest, canonical.digest(old))
    (folder / "terbitan.jsonl").write_text(spelled, encoding="utf-8")
    levels(store, about, "awal", {"2.1": 4})

    said = page_of(issued(case_of(store), tmp_path))

    assert "Menggantikan versi 1" in said
    assert "data versi sebelumnya berformat lama" in said


def on_record(by: str) -> Record:
    return Record("terbit", "kota-a", "id", 1, "2026-11-23", by, *("0" * 64,) * 2, "a.html")


def test_a_line_torn_in_the_middle_of_a_letter_counts_for_nothing_and_the_next_does(tmp_path):
    append_line(tmp_path / LEDGER, asdict(on_record("Ani")))
    torn = json.dumps(asdict(on_record("Nuñ")), ensure_ascii=False).encode("utf-8")
    with (tmp_path / LEDGER).open("ab") as file:
        file.write(torn[: torn.index("ñ".encode()) + 1])
    append_line(tmp_path / LEDGER, asdict(on_record("Budi")))

    assert [*records(tmp_path)] == [on_record("Ani"), on_record("Budi")]


def test_a_record_that_an_editor_saved_in_another_encoding_is_refused(tmp_path):
    append_line(tmp_path / LEDGER, asdict(on_record("Ani")))
    text = (tmp_path / LEDGER).read_text(encoding="utf-8")
    (tmp_path / LEDGER).write_text(text, encoding="utf-16")

    with pytest.raises(ReportError) as refused:
        [*records(tmp_path)]
    assert refused.value.key == "ledger-unreadable"
