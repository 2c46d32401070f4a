"""The whole story of one agency's assessment, as it is told in the civil service.

Two numbers in it are real: 147 and 198 points are what was published of Kabupaten Sekadau within
one round (2021). Which levels they were made of was never published; the levels here, the files,
the words and the people are invented, and so is the agency.
"""

from __future__ import annotations

from datetime import date

import pytest

from merit_kit import assessment, process, scoring
from merit_kit.assessment import _hearing
from merit_kit.errors import RuleError
from merit_kit.store import Statement, audit, new_id

ROUND, NEXT = "2021-1", "2021-2"
SECRETARIAT = "p-s"  # of the store every test begins with; see conftest.py

# The levels, aspect by aspect: "2211" is 1.1 at 2, 1.2 at 2, 1.3 at 1, 1.4 at 1.
CLAIMED = ("2211", "32222", "1111111111", "1111", "22222", "1111", "22", "222")  # 147 points
FOUND = ("2211", "22222", "1111111111", "1111", "22222", "1111", "22", "222")  # 145: 2.1 is lower
CORRECTED = ("3332", "33333", "2222221111", "2222", "22222", "2211", "22", "222")  # 200.5
CONFIRMED = ("3322", "33333", "2222221111", "2222", "22222", "2211", "22", "222")  # 198: so is 1.3


def levels(digits):
    """The level of every sub-aspect, by its code."""
    return {
        f"{aspect}.{place}": int(level)
        for aspect, given in enumerate(digits, start=1)
        for place, level in enumerate(given, start=1)
    }


def say(store, about, author, kind, body, base=(), **more):
    """Somebody states something; returns its id."""
    said = Statement(about, kind, author, assessment.now(), body, tuple(base), **more)
    assessment.record(store, [said], author)
    return said.id


def give_levels(store, about, author, of, wanted, pass_=None, **more):
    """Somebody states the levels that are not said yet, in place of what they said before."""
    there = process.levels(standing(store, about), of, pass_).set_index("sub_aspect")
    said = []
    for code, level in wanted.items():
        before = there.loc[code] if code in there.index else None
        if before is None or before["level"] != level:
            body = assessment.level_body(code, of, level, "", pass_)
            base = () if before is None else (before["id"],)
            said.append(Statement(about, "level", author, assessment.now(), body, base, **more))
    assessment.record(store, said, author)


def upload(store, about, author, code, name, content):
    """Somebody puts a file and states what it is evidence of; returns the file's id and digest."""
    kept = store.put_evidence(content, about)
    parts = {"file": new_id(), "sha256": kept.sha256}
    said = {"sub_aspect": code, "name": name, "size": kept.size, "withdrawn": False,
            "side": "agency", **parts}  # fmt: skip
    say(store, about, author, "evidence", said)
    return parts


def refused(store, *said, **more):
    """What somebody tries to state and may not: where and why."""
    with pytest.raises(RuleError) as caught:
        say(store, *said, **more)
    return [(problem.where, problem.key) for problem in caught.value.problems]


def standing(store, about):
    return process.standing(process.unfold(store.entries([about])))


def points(sheet, column, edition):
    return float(scoring.totals(sheet[[column]].T, edition)["total"].iloc[0])


def ever_said(store, about, code):
    """Every level ever stated of a sub-aspect, in the order it was recorded."""
    entries = process.unfold(store.entries([about]).sort_values("position"))
    bodies = [body for body in entries["body"] if "level" in body and body["sub_aspect"] == code]
    return [(body["of"], body["pass"], body["level"]) for body in bodies]


def test_one_agency_from_its_self_assessment_to_the_next_round(store, kasn, monkeypatch):
    def on(day):
        monkeypatch.setattr(_hearing, "local_day", lambda zone, moment: date.fromisoformat(day))

    # The secretariat opens the round with its calendar and cut-off, notes who is who, and puts
    # the agency and its evaluator into a room.
    assessment.add_round(store, SECRETARIAT, ROUND)
    calendar = {
        "mandiri": ("2021-01-04", "2021-02-26"),
        "verifikasi": ("2021-03-01", "2021-04-30"),
        "perbaikan": ("2021-05-03", "2021-05-31"),
        "penetapan": ("2021-06-01", "2021-06-30"),
    }
    assessment.set_calendar(store, SECRETARIAT, ROUND, calendar, cut_off="2021-05-31")
    nobody = {"login": None, "nip": None, "office": None}
    people = [
        {**nobody, "name": "Wati", "roles": [("agency", "kota-a")]},
        {**nobody, "name": "Joko", "roles": [("evaluator", None)]},
        {**nobody, "name": "Hana", "roles": [("host", None)]},
        {**nobody, "name": "Lukman", "roles": [("commissioner", None)]},
    ]
    agency, evaluator, _, commissioner = assessment.take_people(store, SECRETARIAT, people)
    room = {
        "code": "ruang-1",
        "name": None,
        "kind": "verifikasi-klarifikasi",
        "held_on": "2021-03-24",
        "starts_at": "2021-03-24T02:00:00Z",
        "host": "Hana",
        "sittings": [("kota-a", "Joko")],
    }
    assert assessment.take_rooms(store, SECRETARIAT, ROUND, [room]) == 1

    # January: the agency assesses itself, and puts what it has to show. It comes to 147.
    on("2021-01-20")
    about = assessment.begin(store, "kota-a", ROUND, kasn, agency)
    give_levels(store, about, agency, "self", levels(CLAIMED))
    plan = upload(store, about, agency, "2.1", "rencana.txt", b"Rencana pengadaan 2019")
    assert assessment.status(store, ROUND).loc["kota-a", "self_total"] == 147
    early = assessment.level_body("2.1", "verified", 2)
    assert refused(store, about, evaluator, "level", early) == [("2.1", "stage-wrong")]

    # March: verification and clarification, in the room. The plan is an old one.
    on("2021-03-24")
    assessment.advance(store, ROUND, "verifikasi", SECRETARIAT)
    give_levels(store, about, evaluator, "verified", levels(FOUND), "awal", room="ruang-1")
    old = {**plan, "state": "kedaluwarsa", "text": "Rencana tahun 2019"}
    say(store, about, evaluator, "evidence-state", old)
    note = {"sub_aspect": "2.1", "text": "Praktiknya sudah ada."}
    say(store, about, evaluator, "note", note, room="ruang-1")
    secret = {"sub_aspect": "2.1", "text": "Tanyakan juga ke unit lain."}
    say(store, about, evaluator, "note", secret, visible_to="internal")
    # Who does not sit with this agency does not verify it; nor does the agency itself.
    lower = assessment.level_body("1.1", "verified", 1)
    assert refused(store, about, "p-e", "level", lower) == [("1.1", "not-seated")]
    assert refused(store, about, agency, "level", lower) == [("1.1", "own-agency")]

    # A question is drafted, then put; the agency answers with a new file; it is closed.
    thread = new_id()
    question = {"sub_aspect": "2.1", "thread": thread, "text": "Mana rencana tahun berjalan?",
                "missing": "Rencana pengadaan 2021", "due": "2021-04-15"}  # fmt: skip
    draft = say(store, about, evaluator, "question", question, visible_to="internal")
    assert assessment.status(store, ROUND).loc["kota-a", "open"] == 0
    put = say(store, about, evaluator, "question", question, base=[draft])
    assert assessment.status(store, ROUND).loc["kota-a", "open"] == 1
    newer = upload(store, about, agency, "2.1", "rencana-2021.txt", b"Rencana pengadaan 2021")
    reply = {"thread": thread, "text": "Terlampir.", "files": [newer["sha256"]]}
    answer = say(store, about, agency, "answer", reply, base=[put])
    assert assessment.status(store, ROUND).loc["kota-a", ["open", "answered"]].to_list() == [0, 1]
    say(store, about, evaluator, "evidence-state", {**newer, "state": "sesuai", "text": ""})
    end = {"thread": thread, "closed": True, "text": "Lengkap."}
    say(store, about, evaluator, "closing", end, base=[put, answer])
    [clarified] = process.clarifications(standing(store, about)).to_dict("records")
    assert (clarified["state"], clarified["files"]) == ("closed", [newer["sha256"]])

    # April: a visit. On paper performance is appraised by method (5.2, level 2); in practice not.
    visit = {"finding": new_id(), "source": "kunjungan", "seen_on": "2021-04-20", "photos": []}
    seen = assessment.level_body("5.2", "field", 1, "Formulir diisi sesudah tahun berakhir")
    finding = say(store, about, evaluator, "level", {**seen, **visit})
    gaps = process.mismatches(standing(store, about))
    gaps = gaps[["sub_aspect", "verified", "field", "answered"]]
    assert gaps.to_numpy().tolist() == [["5.2", 2, 1, False]]

    # May: the agency corrects its levels, and the second pass confirms what can be shown now.
    on("2021-05-31")
    assessment.advance(store, ROUND, "perbaikan", SECRETARIAT)
    give_levels(store, about, agency, "self", levels(CORRECTED))
    changed = {c: n for c, n in levels(CONFIRMED).items() if levels(FOUND)[c] != n}
    give_levels(store, about, evaluator, "verified", changed, "akhir")
    advice = {"sub_aspect": "3.3", "text": "Tetapkan kebijakan manajemen talenta."}
    say(store, about, evaluator, "recommendation", advice)
    on("2021-06-01")  # the day after the cut-off
    late = assessment.level_body("3.3", "self", 4)
    assert refused(store, about, agency, "level", late) == [("3.3", "after-cut-off")]

    # June: the pleno. The agency objects to 1.3; nothing is determined over what is unanswered.
    assessment.advance(store, ROUND, "penetapan", SECRETARIAT)
    plea = {"thread": new_id(), "sub_aspect": "1.3", "text": "Datanya baru.", "withdrawn": False}
    objection = say(store, about, agency, "objection", plea)
    result = assessment.determination_body(levels(CONFIRMED), kasn)
    assert (result["total"], result["index"], result["category"]) == ("198", "0.50", "II")
    assert refused(store, about, commissioner, "determination", result) == [
        ("5.2", "mismatch-unanswered"),
        ("1.3", "objection-unanswered"),
    ]
    in_force = process.effective(standing(store, about)).set_index("sub_aspect")["id"]
    why = {"sub_aspect": "5.2", "text": "Metode ditetapkan; pelaksanaannya menjadi rekomendasi."}
    say(store, about, evaluator, "mismatch-answer", why, base=[in_force["5.2"], finding])
    no = {"thread": plea["thread"], "accepted": False, "text": "Belum diperbarui berkala."}
    say(store, about, commissioner, "objection-answer", no, base=[objection])
    say(store, about, commissioner, "determination", result)

    # Locked: not even the agency's own level moves any more.
    assert refused(store, about, agency, "level", late) == [
        ("3.3", "stage-wrong"),
        ("3.3", "after-cut-off"),
        ("3.3", "determined"),
    ]

    # All four stand side by side: what was claimed, found, confirmed, determined.
    sheet = assessment.levels_of(store, "kota-a", ROUND)
    told = sheet.loc[["1.3", "2.1", "5.2"], ["self", "awal", "akhir", "field", "final"]]
    assert told.astype(object).where(told.notna(), "–").to_numpy().tolist() == [
        [3, 1, 2, "–", 2],
        [3, 2, 3, "–", 3],
        [2, 2, "–", 1, 2],  # the second pass had nothing new to say of 5.2
    ]
    four = ("self", "awal", "verified", "final")
    assert [points(sheet, each, kasn) for each in four] == [200.5, 145, 198, 198]
    last = assessment.status(store, ROUND).loc["kota-a"]
    assert (last["total"], last["category"], last["determined"]) == (198, "II", True)
    [category] = [each for each in kasn.categories if each.code == last["category"]]
    assert category.name.id == "Kurang"

    # Nothing that was ever said is gone, what is internal stays inside, and the store is sound.
    assert ever_said(store, about, "1.3") == [
        ("self", None, 1), ("verified", "awal", 1), ("self", None, 3), ("verified", "akhir", 2)
    ]  # fmt: skip
    assert draft in set(store.entries([about])["id"])
    report = assessment.make_case(store, "kota-a", ROUND).text
    assert [note["text"] in report, secret["text"] in report] == [True, False]
    assert audit(store) == []

    # Kurang holds for its own round alone, so the agency comes again in the next, and is asked
    # what became of what it was advised.
    assessment.add_round(store, SECRETARIAT, NEXT)
    assert process.valid_until(2021, 1, category.valid_years) == (2021, 1)
    due = assessment.due_in(store, NEXT).loc["kota-a"]
    assert (due["last_year"], due["last_number"], due["last_category"]) == (2021, 1, "II")
    again = assessment.begin(store, "kota-a", NEXT, kasn, agency)
    assessment.advance(store, NEXT, "verifikasi", SECRETARIAT)
    followed = {"sub_aspect": "3.3", "round": ROUND, "state": "sebagian", "text": "Baru rancangan."}
    say(store, again, evaluator, "follow-up", followed)
    advised = assessment.follow_ups(store, again).set_index("sub_aspect")
    assert advised.loc["3.3", ["asked", "state", "text", "round"]].to_list() == [
        advice["text"], "sebagian", "Baru rancangan.", ROUND
    ]  # fmt: skip
    assert advised.loc["3.4", "state"] is None
    assert audit(store) == []
