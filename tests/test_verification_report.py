"""What the verification report says beyond the figures: passes, evidence, words to and fro.

On the tiny instrument (2.1 weighs 70, 1.1 weighs 10, 1.2 weighs 20; Tinggi from 200), so that every
figure can be added up in one's head.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from merit_kit import assessment, instrument
from merit_kit.assessment import Case
from merit_kit.errors import CaseError, ReportError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.process import EVIDENCE_STATE, STAGES
from merit_kit.reports import Comparison, VerificationReport, open_report
from merit_kit.reports._changes import changes
from merit_kit.reports._issue import Change
from merit_kit.reports._kinds import KINDS, VERIFICATION
from merit_kit.store import Store, create_store, new_id
from tests.conftest import ROUND, furnish, verifying
from tests.editions import made_up_data
from tests.entries import FINDING, OTHER_FILE, OTHER_FINDING, OTHER_THREAD, THREAD
from tests.sayings import reach, record, say
from tests.test_reports import HOSTILE, Structure, words_of

PARTS = (
    *("head", "life", "summary", "determination", "aspects", "comparison", "sub_aspects"),
    *("clarifications", "mismatches", "objections", "lifts", "roadmap", "recommendations"),
    *("follow_ups", "history", "basis", "signatures"),
)
CODES = ("2.1", "1.1", "1.2")
VANISH = ("determination", "clarifications", "mismatches", "objections", "follow_ups", "history")


def made(store: Store, lang: str = "id", **more: Any) -> VerificationReport:
    return VerificationReport(assessment.make_case(store, "kota-a", ROUND), lang, **more)


def html(store: Store, name: str, lang: str = "id") -> str:
    found: str = getattr(made(store, lang), name)().html
    return found


def part(store: Store, name: str, lang: str = "id") -> str:
    return words_of(html(store, name, lang))


def levels(what: str, about: str, *values: int | None, **more: Any) -> list[Any]:
    """Levels of 2.1, 1.1 and 1.2, in that order, without a reason; None where none is stated."""
    return [
        say(what, about, sub_aspect=code, level=value, **{"reason": "", **more})
        for code, value in zip(CODES, values, strict=True)
        if value is not None
    ]


def moved(store: Store, stage: str) -> None:
    assessment.advance(store, ROUND, stage, "p-s", ["kota-a"])


@pytest.fixture
def verified(store: Store, begun: str) -> str:
    """The id of kota-a's assessment: self 3, 4, 2 (290), verified 2, 4, 3 (240)."""
    record(store, *levels("self", begun, 3, 4, 2))
    verifying(store, begun)
    record(store, *levels("awal", begun, 2, 4, 3))
    return begun


def determine(store: Store, about: str, *values: int, text: str = "Rapat pleno") -> None:
    edition = assessment.instrument_of(store, about)
    body = assessment.determination_body(dict(zip(CODES, values, strict=True)), edition, text)
    record(store, say("determination", about, **body))


# --- the passes ------------------------------------------------------------------------------


def test_until_the_second_pass_says_anything_there_is_one_column_of_verified_levels(
    store, verified
):
    said = part(store, "sub_aspects")

    assert "Mandiri Verifikasi Nilai Selisih" in said
    assert "Verifikasi akhir" not in said
    assert "Lapangan" not in said
    assert "Penetapan" not in said


def test_both_passes_stand_side_by_side_and_the_one_in_force_is_framed(store, verified):
    moved(store, "perbaikan")
    record(store, *levels("akhir", verified, 4, None, None))
    page = html(store, "sub_aspects")

    assert "Mandiri Verifikasi awal Verifikasi akhir Nilai Selisih" in words_of(page)
    row = page[page.index("Nama 2.1") : page.index("Nama 1.1")]
    assert '<span class="soft">2</span>' in row
    assert '<span class="lv tone-3">4</span>' in row
    # Of 1.1 only the first pass spoke: there it is the one in force.
    row = page[page.index("Nama 1.1") : page.index("Nama 1.2")]
    assert '<td class="c" data-label="Verifikasi awal"><span class="lv tone-3">4</span></td>' in row
    assert '<td class="c" data-label="Verifikasi akhir"></td>' in row


def test_points_follow_the_level_in_force(store, verified):
    moved(store, "perbaikan")
    record(store, *levels("akhir", verified, 4, None, None))

    assert "2.1 Nama 2.1 3 2 4 280 +70" in part(store, "sub_aspects")
    assert "380 dari 400" in part(store, "summary")


def test_why_the_first_pass_said_otherwise_stays_to_be_read(store, begun):
    verifying(store, begun)
    record(store, *levels("awal", begun, 2, None, None, reason="SK belum ada."))
    moved(store, "perbaikan")
    record(store, *levels("akhir", begun, 3, None, None, reason="SK menyusul."))
    said = part(store, "sub_aspects")

    assert "Alasan verifikasi awal: SK belum ada. Alasan verifikasi: SK menyusul." in said


def test_the_lowest_level_found_in_the_field_is_marked_where_it_is_below_paper(store, verified):
    record(store, *levels("field", verified, 1, None, None, photos=[]))
    page = html(store, "sub_aspects")

    assert "Mandiri Verifikasi Lapangan Nilai" in words_of(page)
    assert '<td class="c" data-label="Lapangan"><span class="down">1</span></td>' in page
    assert page.count('<span class="down">1</span>') == 1


# --- evidence --------------------------------------------------------------------------------

STATES = {
    "sesuai": ("✓", "sesuai", "fits"),
    "kurang": ("!", "kurang", "insufficient"),
    "kedaluwarsa": ("↻", "kedaluwarsa", "out of date"),
    "tidak-dapat-dibuka": ("✕", "tidak dapat dibuka", "cannot be opened"),
    "belum-diperiksa": ("○", "belum diperiksa", "not checked yet"),
}


def filed(store: Store, about: str, name: str, state: str = "", **more: Any) -> str:
    """Keep a file as evidence of 1.1, judged, and return its digest."""
    stored = store.put_evidence(f"isi {name}".encode(), about)
    named = {"file": new_id(), "sha256": stored.sha256}
    record(store, say("evidence", about, **named, size=stored.size, name=name, **more))
    if state:
        record(store, say("evidence-state", about, **named, state=state, text=f"Tentang {name}"))
    return stored.sha256


@pytest.mark.parametrize("state", STATES)
def test_a_file_stands_with_its_state_in_a_sign_and_in_words(store, verified, state):
    sign, indonesian, english = STATES[state]
    filed(store, verified, "sk.pdf", state)

    assert f"{sign} sk.pdf : {indonesian} (Tentang sk.pdf)" in part(store, "sub_aspects")
    assert f"{sign} sk.pdf : {english} (Tentang sk.pdf)" in part(store, "sub_aspects", "en")
    # The sign repeats the words: who listens to the page hears them once.
    assert f'<span class="sign" aria-hidden="true">{sign}</span>' in html(store, "sub_aspects")


def test_the_states_shown_are_all_that_can_be_stated():
    from merit_kit.process import KINDS

    [row] = [row for row in KINDS if row.kind == EVIDENCE_STATE]
    assert set(STATES) == set(row.parts["state"])


def test_a_file_stands_at_its_own_sub_aspect_and_one_withdrawn_nowhere(store, verified):
    filed(store, verified, "satu.pdf", sub_aspect="1.2")
    gone = store.put_evidence(b"isi", verified)
    named = {"file": OTHER_FILE, "sha256": gone.sha256, "size": gone.size}
    first = say("evidence", verified, **named, name="ditarik.pdf")
    record(store, first)
    record(store, say("evidence", verified, first.id, **{**first.body, "withdrawn": True}))
    said = part(store, "sub_aspects")

    assert said.index("Nama 1.2") < said.index("satu.pdf")
    assert "ditarik.pdf" not in said


def test_the_summary_counts_the_files_that_were_not_found_fitting(store, verified):
    for name, state in (("a", "sesuai"), ("b", "kurang"), ("c", "kurang"), ("d", "")):
        filed(store, verified, name, state)

    assert "3 dari 4 berkas bukti belum dinyatakan sesuai: 2 kurang, 1 belum diperiksa" in part(
        store, "summary"
    )


# --- questions, mismatches, objections --------------------------------------------------------


def test_questions_come_with_state_answer_files_and_due_day_those_that_wait_first(store, verified):
    sha = filed(store, verified, "peta.pdf")
    asked = [
        say("question", verified, thread=f"{n}" * 32, sub_aspect=code, text=f"Tanya {n}?", due=due)
        for n, code, due in ((1, "2.1", None), (2, "1.1", "2026-04-30"), (3, "1.2", "2026-04-20"))
    ]
    record(store, *asked)
    answered, returned = (
        say("answer", verified, q.id, thread=q.body["thread"], text=f"Jawab {q.id}", files=files)
        for q, files in ((asked[0], [sha]), (asked[1], []))
    )
    record(store, answered, returned)
    back = {"thread": asked[1].body["thread"], "closed": False, "text": "Sebutkan pasalnya."}
    record(store, say("closing", verified, asked[1].id, returned.id, **back))
    said = part(store, "clarifications")

    places = [said.index(f"Tanya {n}?") for n in (3, 2, 1)]
    assert places == sorted(places)
    assert "Tanya 3? Yang masih kurang: SK tim – 20 April 2026 belum dijawab" in said
    assert "Tanggapan penilai: Sebutkan pasalnya. 30 April 2026 perlu dilengkapi" in said
    assert f"Jawab {asked[0].id} Berkas: peta.pdf – sudah dijawab, menunggu penilai" in said
    summary = part(store, "summary")
    assert (
        "2 pertanyaan klarifikasi menunggu jawaban instansi, yang terdekat paling lambat "
        "20 April 2026"
    ) in summary
    assert "1 jawaban klarifikasi menunggu penilai" in summary


def test_an_answer_that_was_sent_back_without_a_word_waits_for_the_agency(store, verified):
    question = say("question", verified)
    answer = say("answer", verified, question.id, files=[])
    record(store, question)
    record(store, answer)
    record(store, say("closing", verified, question.id, answer.id, closed=False))

    assert "Terlampir 30 April 2026 perlu dilengkapi" in part(store, "clarifications")
    said = part(store, "summary")
    assert "1 pertanyaan klarifikasi menunggu jawaban instansi" in said
    assert "menunggu penilai" not in said


def test_a_question_that_was_closed_is_told_as_done_and_waits_for_nobody(store, verified):
    question = say("question", verified)
    answer = say("answer", verified, question.id, files=[])
    record(store, question)
    record(store, answer)
    record(store, say("closing", verified, question.id, answer.id))

    assert "Terlampir 30 April 2026 selesai" in part(store, "clarifications")
    assert "klarifikasi" not in part(store, "summary").replace("verifikasi dan klarifikasi", "")


def test_an_answer_without_a_named_file_in_the_evidence_names_it_by_its_digest(store, verified):
    sha = store.put_evidence(b"lampiran", verified).sha256
    question = say("question", verified)
    record(store, question)
    record(store, say("answer", verified, question.id, files=[sha]))

    assert f"Berkas: {sha[:12]}…" in part(store, "clarifications")


def test_a_mismatch_shows_what_was_seen_where_and_how_it_is_explained(store, verified):
    paper = [e for e in store.entries([verified]).itertuples() if e.kind == "level"]
    ids = {json.loads(e.payload)["body"]["sub_aspect"]: e.id for e in paper}
    seen = [
        say("field", verified, sub_aspect="1.1", level=2, photos=[], reason="Belum dipasang."),
        say("field", verified, sub_aspect="1.2", level=1, photos=[], finding=OTHER_FINDING,
            source="pengaduan", reason="Pegawai tidak tahu."),
    ]  # fmt: skip
    record(store, *seen)
    record(store, say("mismatch-answer", verified, ids["1.1"], seen[0].id))
    said = part(store, "mismatches")

    assert (
        "1.1 Nama 1.1 Kunjungan lapangan, 2 April 2026, level 2: Belum dipasang. 4 2 Baru dimulai"
    ) in said
    assert "Pengaduan, 2 April 2026, level 1: Pegawai tidak tahu. 3 1 belum dijelaskan" in said
    assert "1 ketidaksesuaian dengan temuan lapangan belum dijelaskan (1.2)" in part(
        store, "summary"
    )


def test_a_finding_that_bears_the_paper_out_is_no_part_of_the_mismatch(store, verified):
    seen = {"sub_aspect": "1.1", "photos": []}
    record(
        store,
        say("field", verified, level=4, reason="Terpasang.", **seen),
        say("field", verified, level=2, reason="Kosong.", **{**seen, "finding": OTHER_FINDING}),
    )
    said = part(store, "mismatches")

    assert "Kosong." in said
    assert "Terpasang." not in said


def test_objections_stand_with_their_answers(store, verified):
    one = say("objection", verified)
    whole = say("objection", verified, thread=OTHER_THREAD, sub_aspect=None, text="Terlalu rendah")
    third = say("objection", verified, thread="9" * 32, sub_aspect="1.2", text="Ada yang baru")
    record(store, one, whole, third)
    record(
        store,
        say("objection-answer", verified, one.id),
        say("objection-answer", verified, third.id, thread="9" * 32, accepted=True, text="Benar"),
    )
    said = part(store, "objections")

    assert "1.1 Bukti sudah ada Belum berlaku tidak diterima" in said
    assert "Atas hasil keseluruhan: Terlalu rendah – belum dijawab" in said
    assert "1.2 Ada yang baru Benar diterima" in said
    assert "1 keberatan instansi belum dijawab" in part(store, "summary")


# --- what comes next --------------------------------------------------------------------------


def test_a_sub_aspect_says_what_its_next_level_asks_unless_the_claim_said_so(store, verified):
    said = part(store, "sub_aspects")

    # 1.2 is at 3 and claimed 2. 2.1 is at 2 and claimed 3: that text stands there once.
    assert "Menuju level 4: 1.2 level 4" in said
    assert said.count("2.1 level 3") == 1
    assert "1.1 level 4" in said  # reached
    assert "Menuju level 5" not in said


def test_from_nothing_proven_the_way_leads_to_a_text_that_says_what_to_do(store, begun):
    verifying(store, begun)
    record(store, *levels("awal", begun, 0, None, None))

    assert "0 → 1 +70 +280 Menuju level 3: 2.1 level 3" in part(store, "lifts")
    assert "Menuju level 3: 2.1 level 3" in part(store, "sub_aspects")


def test_expected_evidence_is_named_until_a_file_fits(store, verified):
    assert "Bukti yang diharapkan (belum ada yang sesuai): Bukti 2.1" in part(store, "lifts")

    filed(store, verified, "sk.pdf", "sesuai", sub_aspect="2.1")
    said = part(store, "lifts")

    assert "Bukti 2.1" not in said
    assert "Bukti 1.2" in said


def test_recommendations_are_the_evaluators_words_and_what_open_questions_miss(store, verified):
    asked = [
        say("question", verified, thread=THREAD, sub_aspect="1.2", missing="Lampiran SK"),
        say("question", verified, thread=OTHER_THREAD, sub_aspect="2.1", missing="Peta lama"),
    ]
    record(store, say("recommendation", verified, sub_aspect="2.1", text="Tetapkan petanya."))
    record(store, *asked)
    record(store, say("closing", verified, asked[1].id, thread=OTHER_THREAD))
    said = part(store, "recommendations")

    assert "2.1 Nama 2.1 2 → 3 Rekomendasi penilai: Tetapkan petanya." in said
    assert "1.2 Nama 1.2 3 → 4 Yang masih kurang: Lampiran SK" in said
    assert "Peta lama" not in said
    assert "Nama 1.1" not in said


def test_where_nobody_recommended_anything_the_report_says_so_and_invents_nothing(store, verified):
    assert part(store, "recommendations").startswith(
        "Rekomendasi Penilai belum menulis rekomendasi."
    )


@pytest.fixture
def followed(store: Store, tiny: instrument.Instrument, verified: str) -> str:
    """As `verified`, after a round 2025-2 with levels 1, 3, 3 and words on 2.1 and 1.1."""
    store.add_round("2025-2", 2025, 2)
    earlier = assessment.begin(store, "kota-a", "2025-2", tiny, "p-1")
    verifying(store, earlier)
    record(store, *levels("awal", earlier, 1, 3, 3))
    record(
        store,
        say("recommendation", earlier, sub_aspect="2.1", text="Susun peta jabatan."),
        say("recommendation", earlier, sub_aspect="1.1", text="Mutakhirkan data."),
    )
    return verified


def test_last_rounds_recommendations_come_with_what_became_of_them(store, followed):
    state = {"sub_aspect": "2.1", "state": "sebagian", "text": "Baru sebagian unit."}
    record(store, say("follow-up", followed, **state))
    said = part(store, "follow_ups")

    assert "Rekomendasi dari Periode 2 Tahun 2025" in said
    assert (
        "2.1 Nama 2.1 Rekomendasi penilai: Susun peta jabatan. 1 → 2 Sebagian : Baru sebagian unit."
    ) in said
    assert "1.1 Nama 1.1 Rekomendasi penilai: Mutakhirkan data. 3 → 4 Belum diperiksa" in said
    # Nobody said anything of 1.2, which stayed at 3.
    assert said.endswith("belum mencapai level tertinggi: tetap 1.2.")


def test_a_follow_up_is_told_though_nobody_had_put_the_advice_into_words(store, followed):
    state = {"sub_aspect": "1.2", "state": "belum", "text": "Belum dimulai."}
    record(store, say("follow-up", followed, **state))

    assert "1.2 Nama 1.2 3 → 3 Belum : Belum dimulai." in part(store, "follow_ups")


def test_a_follow_up_of_another_round_plays_no_part(store, followed):
    record(store, say("follow-up", followed, sub_aspect="2.1", round="2024-2", state="selesai"))

    assert "Selesai" not in part(store, "follow_ups")


# --- the stage and the determination ----------------------------------------------------------


def test_before_the_determination_the_result_is_provisional_and_what_hinders_it_is_named(
    store, begun
):
    verifying(store, begun)
    record(store, *levels("awal", begun, 2, None, 3))
    summary = part(store, "summary")

    assert "Belum ditetapkan (tahap verifikasi dan klarifikasi)." in summary
    assert "Sebelum dapat ditetapkan, yang berikut harus selesai:" in summary
    assert "1 subaspek belum diverifikasi (1.1)" in summary
    assert html(store, "determination") == ""
    assert "Tahap verifikasi dan klarifikasi" in part(store, "head")


def test_nothing_hinders_only_once_it_is_the_stage_for_it(store, verified):
    ready = "Tidak ada lagi yang menghalangi penetapan."

    assert ready not in part(store, "summary")
    for stage in ("perbaikan", "penetapan"):
        moved(store, stage)
    assert ready in part(store, "summary")
    assert "Sementara, belum ditetapkan." in part(store, "summary")


def test_a_determined_result_leads_the_report_with_its_reasons(store, verified):
    for stage in STAGES[2:]:
        moved(store, stage)
    determine(store, verified, 2, 4, 2, text="Praktik 1.2 belum berjalan.")
    said = part(store, "determination")

    assert "Nilai 220 , indeks 0,55 , kategori II · Tinggi" in said
    assert "Ditetapkan oleh Kamil, Komisioner" in said
    assert "Pertimbangan Praktik 1.2 belum berjalan." in said
    assert "1.2 Nama 1.2: verifikasi 3, ditetapkan 2" in said
    assert "Nama 2.1" not in said
    summary = part(store, "summary")
    # 2 x 70 + 4 x 10 + 2 x 20 = 220 of 400; self 290, verified 240.
    assert summary.startswith("Ringkasan Nilai yang ditetapkan 220 dari 400 II · Tinggi")
    assert "Nilai hasil verifikasi 240" in summary
    assert "Selisih penetapan terhadap mandiri −70" in summary
    assert "Sementara" not in summary
    assert "Belum ditetapkan" not in summary
    assert "1 Aspek satu 120 80 100 80 66,67%" in part(store, "aspects")
    assert "1.2 Nama 1.2 2 3 2 40 0 Ditetapkan level 2: 1.2 level 2" in part(store, "sub_aspects")
    assert "Nilai yang ditetapkan 220, kategori Tinggi." in part(store, "signatures")
    assert "Tahap sudah ditetapkan, " in part(store, "head")


def test_a_determination_that_follows_the_verification_says_so(store, verified):
    for stage in STAGES[2:]:
        moved(store, stage)
    determine(store, verified, 2, 4, 3, text="")

    said = part(store, "determination")
    assert said.endswith("Semua level ditetapkan sesuai dengan hasil verifikasi.")
    assert "Pertimbangan" not in said


def test_two_determinations_that_dispute_each_other_determine_nothing(store, verified):
    reach_last = [say("stage", verified, stage=stage) for stage in STAGES[2:]]
    store.append(reach_last, "p-s")
    edition = assessment.instrument_of(store, verified)
    for text in ("Satu", "Dua"):
        body = assessment.determination_body({"2.1": 2, "1.1": 4, "1.2": 3}, edition, text)
        store.append([say("determination", verified, **body)], "p-k")

    assert "ada dua penetapan yang bertentangan" in part(store, "summary")
    assert html(store, "determination") == ""


def test_the_road_to_the_next_category_is_the_cheapest_and_says_why(store, begun):
    verifying(store, begun)
    record(store, *levels("awal", begun, 1, 1, 1))
    said = part(store, "roadmap")

    # 100 points; two steps of 70 pass 200, and no single one does.
    assert "dari nilai 100 ke kategori Tinggi: 2 langkah, dan nilai menjadi 240." in said
    assert "2.1 Nama 2.1 1 → 3 +140 70 poin per langkah. Menuju level 3: 2.1 level 3" in said
    assert "terbukti tidak ada rencana yang lebih murah" in said
    assert "70 points per step. Towards level 3: 2.1 level 3 (en)" in part(store, "roadmap", "en")


def test_in_the_highest_category_the_road_map_says_how_far_above_its_bound_it_is(store, verified):
    said = part(store, "roadmap")

    assert "Kategori Tinggi adalah yang tertinggi; nilai ini 40 poin di atas batasnya." in said
    assert "Langkah berikutnya yang paling menaikkan nilai ada pada bagian di atas." in said


def test_with_everything_at_the_top_no_further_step_is_named(store, begun):
    verifying(store, begun)
    record(store, *levels("awal", begun, 4, 4, 4))

    assert "Langkah berikutnya" not in part(store, "roadmap")


def test_a_road_map_takes_what_is_not_assessed_as_nothing_and_says_so(store, begun):
    verifying(store, begun)
    assert "belum dapat disusun" in part(store, "roadmap")
    record(store, *levels("awal", begun, 1, None, None))
    assert "2 subaspek belum dinilai dan dihitung 0" in part(store, "roadmap")
    moved(store, "perbaikan")
    record(store, *levels("akhir", begun, None, 2, None))
    said = part(store, "roadmap")

    assert "dari nilai 90 ke kategori Tinggi: 2 langkah, dan nilai menjadi 230." in said


def test_a_category_that_the_steps_there_are_do_not_reach_is_said_with_the_reason(store, begun):
    verifying(store, begun)
    record(store, *levels("awal", begun, None, 1, 1))
    said = part(store, "roadmap")

    assert "Kategori Tinggi belum dapat direncanakan." in said
    assert "nilai 30 paling tinggi menjadi 120" in said
    assert "langkahnya belum diketahui: 2.1 (sampai 280 poin)" in said


def test_the_lifts_go_by_the_determined_levels(store, verified):
    for stage in STAGES[2:]:
        moved(store, stage)
    determine(store, verified, 2, 3, 3, text="Turun.")

    assert "1.1 Nama 1.1 3 → 4 +10" in part(store, "lifts")


# --- comparison -------------------------------------------------------------------------------


def figures(**parts: Any) -> Comparison:
    data = {"format": 1, "kind": "kota", "round": ROUND, "determined": None, "published": None}
    return Comparison({**data, **parts})


def group(low: str, median: str, high: str) -> dict[str, str]:
    return {"low": low, "median": median, "high": high}


DETERMINED = {
    "n": 7,
    "rounds": ["2025-1", "2026-1"],
    "total": group("200", "230", "310.5"),
    "aspects": {"2": group("25", "50", "75"), "1": group("60", "66.67", "90")},
}


def compared(store: Store, comparison: Comparison | None, lang: str = "id") -> str:
    return words_of(made(store, lang, comparison=comparison).comparison().html)


def test_the_group_stands_beside_each_aspect_and_the_total(store, verified):
    said = compared(store, figures(determined=DETERMINED))

    assert "Dibandingkan dengan 7 instansi lain berjenis sama (pemerintah kota)" in said
    assert "periode 2025-1 sampai 2026-1" in said
    assert "2 Aspek dua 50,0% 50,0% 25,0–75,0%" in said
    assert "1 Aspek satu 83,3% 66,7% 60,0–90,0%" in said
    assert "Nilai total 240 230 200–310,5" in said


def test_a_part_of_an_assessment_is_not_held_against_whole_ones(store, begun):
    verifying(store, begun)
    record(store, *levels("awal", begun, None, 4, None))

    said = compared(store, figures(determined=DETERMINED))

    assert "1 Aspek satu – 66,7%" in said
    assert "Nilai total – 230" in said


def test_published_totals_are_told_in_a_sentence(store, verified):
    published = {"n": 6, "years": ["2020", "2022"], "total": group("250", "263.5", "298")}

    said = compared(store, figures(published=published))

    assert "(tahun 2020 sampai 2022), nilai total 6 instansi lain" in said
    assert "bermedian 263,5; separuhnya antara 250 dan 298. Instansi ini: 240 (sementara)." in said


def test_why_there_is_no_comparison_is_said(store, verified):
    assert "paling sedikit 5 instansi lain" in compared(store, figures())
    assert "at least 5 other agencies" in compared(store, figures(), "en")
    assert compared(store, None).endswith(
        "Angka instansi sejenis tidak disertakan dalam laporan ini."
    )


def test_the_basis_prints_the_digest_of_the_figures_it_was_compared_with(store, verified):
    others = figures(determined=DETERMINED)

    assert others.digest in made(store, comparison=others).basis().html
    assert "Digest perbandingan" not in part(store, "basis")


def test_a_report_is_opened_with_a_file_of_figures(store, verified, tmp_path):
    case = assessment.make_case(store, "kota-a", ROUND)
    (tmp_path / "case.json").write_text(case.text, encoding="utf-8")
    (tmp_path / "others.json").write_text(figures(determined=DETERMINED).text, encoding="utf-8")

    report = open_report(case=str(tmp_path / "case.json"), comparison=str(tmp_path / "others.json"))

    assert "7 instansi lain" in words_of(report.comparison().html)


def test_by_hand_the_figures_are_made_from_the_store(tmp_path, tiny):
    with create_store(tmp_path) as made_here:
        furnish(made_here)
        assessment.begin(made_here, "kota-a", ROUND, tiny, "p-1")

    report = open_report(store=str(tmp_path), agency="kota-a", round=ROUND)

    assert "Jumlah itu belum tercapai." in words_of(report.comparison().html)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("{", "comparison-unreadable"),
        ("[]", "comparison-foreign"),
        ('{"format":1}', "comparison-foreign"),
    ],
)
def test_a_file_that_holds_no_figures_is_refused_in_words(tmp_path, content, key):
    (tmp_path / "x.json").write_text(content, encoding="utf-8")

    with pytest.raises(CaseError) as caught:
        Comparison.from_file(tmp_path / "x.json")

    assert caught.value.key == key
    assert all(explain(caught.value, lang) for lang in LANGUAGES)


# --- the whole --------------------------------------------------------------------------------


def test_where_nothing_was_stated_the_parts_vanish_and_the_rest_says_so(store, begun):
    for lang in LANGUAGES:
        report = made(store, lang)
        assert [name for name in PARTS if not getattr(report, name)().html] == list(VANISH)
    assert "3 subaspek belum diverifikasi (2.1, 1.1, 1.2)" in part(store, "summary")


def test_an_index_that_takes_more_than_levels_is_not_given_without_it(store):
    edition = instrument.from_data(made_up_data())
    about = assessment.begin(store, "kota-a", ROUND, edition, "p-1")
    verifying(store, about)
    record(store, *(say("awal", about, sub_aspect=c, level=4, reason="") for c in edition.codes))
    said = part(store, "summary")

    assert "32 dari 40 tanpa indeks" in said
    assert "memerlukan bagian lain yang belum diketahui: Survei pegawai, koreksi." in said


@pytest.fixture
def composed(store: Store) -> str:
    """The id of an assessment under a composite index, at 4 everywhere, to be determined.

    32 points are a maturity of 1: with a survey of 62.5 of 100 and a correction of 0.05 the index
    is 0.8 + 0.2 x 0.625 - 0.05 = 0.875, B.
    """
    edition = instrument.from_data(made_up_data())
    about = assessment.begin(store, "kota-a", ROUND, edition, "p-1")
    record(store, *(say("self", about, sub_aspect=c, level=3, reason="") for c in edition.codes))
    verifying(store, about)
    record(store, *(say("awal", about, sub_aspect=c, level=4, reason="") for c in edition.codes))
    for stage in STAGES[2:]:
        moved(store, stage)
    return about


def compose(store: Store, **numbers: str) -> None:
    components = {"survei": "62.5", "correction": "0.05", **numbers}
    assessment.determine(store, ROUND, ["kota-a"], "p-k", components={"kota-a": components})


def test_a_composite_index_that_was_determined_is_told_with_its_components(store, composed):
    compose(store)

    said = part(store, "determination")
    assert "Nilai 32 , indeks 0,875 , kategori B · Berkembang" in said
    assert "Survei pegawai 62,5 dari 100 koreksi 0,05 Ditetapkan oleh" in said
    said = part(store, "summary")
    assert "32 dari 40 B · Berkembang Indeks 0,875" in said
    assert "belum diketahui" not in said


def test_totals_are_compared_whatever_else_the_index_takes(store, composed):
    # 3 x 8 points by itself, 4 x 8 verified.
    assert "Selisih verifikasi terhadap mandiri +8" in part(store, "summary")


def test_a_report_under_a_composite_index_can_be_issued_once_it_is_determined(store, composed):
    unready = KINDS[VERIFICATION].unready
    before = unready(assessment.make_case(store, "kota-a", ROUND))

    compose(store)

    assert [problem.key for problem in before] == ["issue-incomplete"]
    assert unready(assessment.make_case(store, "kota-a", ROUND)) == []


def test_a_determination_with_other_components_is_told_as_replaced(store, composed):
    compose(store)
    before = assessment.make_case(store, "kota-a", ROUND)
    old = before.standing[before.standing["kind"] == "determination"].iloc[0]
    body = {**old["body"], "components": {"survei": "62.5", "correction": "0"}, "index": "0.925"}
    statement = say("determination", composed, old["id"])
    record(store, replace(statement, body=body))

    found = changes(before, assessment.make_case(store, "kota-a", ROUND))

    assert found == (
        Change("", "determined-again", numbers={"total": "32"}),
        Change("", "index", numbers={"before": "0.875", "after": "0.925"}),
    )


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory, tiny: instrument.Instrument) -> Case:
    """A case in which every part has something to say, every text of which is ``x``."""
    with create_store(tmp_path_factory.mktemp("rich")) as store:
        furnish(store)
        store.add_published(
            [{"agency": "Kota A", "kind": "kota", "year": "2024", "score": "250", "index": "0.63",
              "category": "x", "aspect_values": None, "source": "x"}]
        )  # fmt: skip
        store.add_round("2025-2", 2025, 2)
        earlier = assessment.begin(store, "kota-a", "2025-2", tiny, "p-1")
        verifying(store, earlier)
        record(store, *levels("awal", earlier, 1, 1, 1))
        record(store, say("recommendation", earlier, sub_aspect="2.1", text="x"))
        about = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        record(store, *levels("self", about, 4, 4, 4, reason="x"))
        reach(store, about, "verifikasi")
        record(store, *levels("awal", about, 2, 3, 3, reason="x"))
        record(
            store,
            say("note", about, text="x"),
            say("recommendation", about, text="x"),
            say("follow-up", about, sub_aspect="2.1", text="x"),
        )
        sha = filed(store, about, "x", "kurang")
        question = say("question", about, text="x", missing="x")
        record(store, question)
        answer = say("answer", about, question.id, text="x", files=[sha])
        record(store, answer)
        record(store, say("closing", about, question.id, answer.id, closed=False, text="x"))
        found = say("field", about, level=1, photos=[], reason="x", finding=FINDING)
        record(store, found)
        objection = say("objection", about, text="x")
        record(store, objection)
        record(store, say("objection-answer", about, objection.id, text="x"))
        moved(store, "perbaikan")
        paper = say("akhir", about, level=4, reason="x")
        record(store, paper)
        record(store, say("mismatch-answer", about, paper.id, found.id, text="x"))
        moved(store, "penetapan")
        determine(store, about, 2, 1, 3, text="x")
        return assessment.make_case(store, "kota-a", ROUND)


def with_text(case: Case, words: str) -> Case:
    """The case with another text wherever somebody typed one."""
    data = json.loads(case.text)
    for key in ("name", "province"):
        data["agency"][key] = words
    for person in data["people"].values():
        person.update(name=words, office=words)
    for entry in data["entries"][1:]:
        payload = json.loads(entry["payload"])
        body = payload["body"]
        body.update({key: words for key in ("reason", "text", "missing", "name") if key in body})
        entry["payload"] = json.dumps(payload)
    for recommendation in data["previous"]["recommendations"]:
        recommendation["text"] = words
        recommendation["name"] = {"id": words, "en": words}
    for published in data["published"]:
        published.update(source=words, category=words)
    return Case(data)


def test_every_part_has_something_to_say_in_a_rich_case(rich):
    for lang in LANGUAGES:
        report = VerificationReport(rich, lang, comparison=figures(determined=DETERMINED))
        assert [name for name in PARTS if not getattr(report, name)().html] == []


@settings(max_examples=30, deadline=None)
@given(text=HOSTILE)
def test_whatever_anybody_writes_adds_no_tag_and_no_attribute_to_any_part(rich, text):
    def tags(words: str) -> list[tuple[str, tuple[str, ...]]]:
        report = VerificationReport(with_text(rich, words))
        page = "\n".join(getattr(report, name)().html for name in PARTS)
        return [tag for tag in Structure(page).tags if tag[0] != "br"]

    # A text of white space alone is as good as none; any other must only ever be text.
    assert tags(text) == tags("x" if text.strip() else text)


def test_nothing_internal_is_in_any_part_in_any_language(store, verified):
    mark = "RAHASIA"
    secret = {"visible_to": "internal"}
    record(
        store,
        say("note", verified, text=mark, **secret),
        say("question", verified, text=mark, missing=mark, **secret),
        say("second", verified, reason=mark),
        *levels("field", verified, 1, None, None, reason=mark, photos=[], **secret),
    )
    moved(store, "perbaikan")
    record(store, *levels("akhir", verified, 1, None, None, reason=mark, **secret))

    for lang in LANGUAGES:
        report = made(store, lang)
        page = "\n".join(getattr(report, name)().html for name in PARTS)
        assert mark not in page
        assert "Lapangan" not in page
        assert "Verifikasi akhir" not in page


def test_an_issue_that_is_none_is_refused_in_words(store, verified, tmp_path):
    case = assessment.make_case(store, "kota-a", ROUND)
    (tmp_path / "case.json").write_text(case.text, encoding="utf-8")

    with pytest.raises(ReportError) as caught:
        open_report(case=str(tmp_path / "case.json"), issue=str(tmp_path / "none.json"))

    assert all(explain(caught.value, lang) for lang in LANGUAGES)
