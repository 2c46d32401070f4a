"""Who may state what, when, to a real store: the rules of `process` as `record` asks them.

The rules themselves are in test_process_rules.py. Here it is that the door finds the right speaker,
stage, clock and file, and stores nothing of what it refuses. Sittings: test_sittings.py.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from merit_kit import assessment
from merit_kit.assessment import _hearing
from merit_kit.errors import Key, Problem, RuleError, StoreError
from merit_kit.store import Store, opened
from tests.conftest import ROUND
from tests.entries import FILE, OTHER_FILE, SHA
from tests.sayings import appointed, counting, reach, record, refused, said, say

# What, in which stage, by whom. Determinations: test_determination.py.
RIGHTS = (
    ("self", "perbaikan", "p-1"),
    ("evidence", "mandiri", "p-1"),
    ("evidence", "mandiri", "p-e"),
    ("awal", "verifikasi", "p-e"),
    ("akhir", "perbaikan", "p-e"),
    ("field", "verifikasi", "p-e"),
    ("second", "mandiri", "p-e"),
    ("evidence-state", "verifikasi", "p-e"),
    ("note", "verifikasi", "p-e"),
    ("recommendation", "penetapan", "p-e"),
    ("follow-up", "verifikasi", "p-e"),
    ("question", "verifikasi", "p-e"),
    ("answer", "verifikasi", "p-1"),
    ("closing", "penetapan", "p-e"),
    ("mismatch-answer", "penetapan", "p-e"),
    ("mismatch-answer", "penetapan", "p-k"),
    ("objection", "verifikasi", "p-1"),
    ("objection-answer", "perbaikan", "p-e"),
    ("objection-answer", "perbaikan", "p-k"),
    ("stage", "mandiri", "p-s"),
    ("stage", "mandiri", "p-k"),
)


def files(what: str, sha: str) -> dict:
    """The part of a body that names a file, if it has one."""
    one = {"evidence": {"sha256": sha, "size": 3}, "evidence-state": {"sha256": sha}}
    return {**one, "answer": {"files": [sha]}, "field": {"photos": [sha]}}.get(what, {})


def given(store, about, what: str) -> str:
    """The digest of a file that stands as evidence: the one whose state is stated, or another."""
    file = FILE if what == "evidence-state" else OTHER_FILE
    sha = store.put_evidence(b"isi", about).sha256
    store.append([say("evidence", about, file=file, sha256=sha, size=3)], "p-1")
    return sha


@pytest.mark.parametrize(("what", "stage", "who"), RIGHTS)
def test_whoever_holds_the_role_is_let_in_and_nobody_else(store, begun, what, stage, who):
    may = {person for each, _, person in RIGHTS if each == what}
    reach(store, begun, stage)
    parts = files(what, given(store, begun, what))
    appointed(store, "p-h", "host", "analyst")
    appointed(store, "p-n")

    for person in sorted({"p-1", "p-e", "p-s", "p-k", "p-h", "p-n", "p-unknown"} - may):
        [(_, key)] = refused(store, say(what, begun, author=person, **parts))
        # There is a plainer word for whoever belongs to this agency, or is nobody here.
        plainer = {"p-1": "own-agency", "p-n": "role-none", "p-unknown": "role-none"}
        assert key == plainer.get(person, "role-lacking"), person
    [outcome] = record(store, say(what, begun, author=who, **parts))

    assert outcome.state == "stored"


@pytest.mark.parametrize(
    ("what", "stage"),
    [
        ("awal", "mandiri"),
        ("awal", "perbaikan"),
        ("akhir", "verifikasi"),
        ("self", "penetapan"),
        ("note", "mandiri"),
        ("question", "penetapan"),
        ("objection", "mandiri"),
    ],
)
def test_what_does_not_belong_to_the_stage_is_refused(store, begun, what, stage):
    reach(store, begun, stage)

    assert [key for _, key in refused(store, say(what, begun))] == ["stage-wrong"]


def test_a_team_states_nothing_for_another_agency(store, begun):
    appointed(store, "p-b", "agency", agency="kab-b")

    assert refused(store, say("self", begun, author="p-b")) == [("1.1", "other-agency")]


def test_nobody_verifies_their_own_agency_and_an_evaluator_may_speak_for_it(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    reach(store, begun, "verifikasi")
    reach(store, other, "verifikasi")
    appointed(store, "p-2", "agency", "evaluator", agency="kota-a")

    own = refused(store, say("awal", begun, author="p-2"))
    outcomes = record(store, say("awal", other, author="p-2"), say("self", begun, author="p-2"))

    assert own == [("1.1", "own-agency")]
    assert [o.state for o in outcomes] == ["stored", "stored"]


def test_a_role_counts_from_the_appointment_to_the_dismissal(store, begun):
    appointed(store, "p-2")
    first, second = say("self", begun, author="p-2"), say("self", begun, author="p-2")

    assert refused(store, first) == [("1.1", "role-none")]
    store.appoint("p-2", "agency", "kota-a")
    assert record(store, first)[0].state == "stored"
    store.dismiss("p-2", "agency", "kota-a")
    assert refused(store, second) == [("1.1", "role-none")]


def test_a_refusal_names_the_roles_on_record_and_the_one_that_is_needed(store, begun):
    with pytest.raises(RuleError) as caught:
        record(store, say("stage", begun, author="p-e"))

    wanted = [Key("role.secretariat"), Key("role.commissioner")]
    [problem] = caught.value.problems
    assert problem == Problem("kinds.stage", "role-lacking", [Key("role.evaluator")], wanted)
    assert "only secretariat, commissioner can state this" in said(caught.value)


# The end of the cut-off's day where the agency is, by the clock of Greenwich.
MIDNIGHTS = {
    "WIB": ("2026-03-10T16:59:59", "2026-03-10T17:00:00"),
    "WITA": ("2026-03-10T15:59:59", "2026-03-10T16:00:00"),
    "WIT": ("2026-03-10T14:59:59", "2026-03-10T15:00:00"),
    None: ("2026-03-10T16:59:59", "2026-03-10T17:00:00"),
}


def it_is(monkeypatch, moment: str) -> None:
    """Stop the clock of the door at a moment in UTC."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromisoformat(f"{moment}+00:00").astimezone(tz)

    monkeypatch.setattr(_hearing, "datetime", Stopped)
    monkeypatch.setattr(Store, "server_time", lambda store: None)


@pytest.mark.parametrize("zone", MIDNIGHTS)
def test_the_cut_off_ends_at_midnight_where_the_agency_is(store, begun, monkeypatch, zone):
    store.add_agencies([{"code": "kota-a", "time_zone": zone}])
    store.set_cut_off(ROUND, "2026-03-10")
    before, after = MIDNIGHTS[zone]

    it_is(monkeypatch, before)
    [first] = record(store, say("self", begun))
    it_is(monkeypatch, after)
    late = refused(store, say("self", begun, first.id, level=4))

    assert first.state == "stored"
    assert late == [("1.1", "after-cut-off")]


def test_the_cut_off_ends_the_agencys_additions_and_nothing_else(store, begun, monkeypatch):
    reach(store, begun, "verifikasi")
    sha = store.put_evidence(b"isi", begun).sha256
    asked = say("question", begun)
    record(store, asked)
    store.set_cut_off(ROUND, "2026-03-10")
    it_is(monkeypatch, "2026-04-01T00:00:00")

    answer = say("answer", begun, asked.id, files=[])
    late = say("evidence", begun, sha256=sha, size=3)
    assert refused(store, late) == [("1.1", "after-cut-off")]
    assert refused(store, answer) == [("kinds.answer", "after-cut-off")]
    for allowed in (
        say("objection", begun),
        say("evidence", begun, author="p-e", sha256=sha, size=3),
        say("awal", begun),
    ):
        assert record(store, allowed)[0].state == "stored"


def test_without_a_cut_off_or_after_it_was_lifted_there_is_no_limit(store, begun, monkeypatch):
    it_is(monkeypatch, "2036-01-01T00:00:00")
    first = say("self", begun)
    assert record(store, first)[0].state == "stored"

    store.set_cut_off(ROUND, "2026-03-10")
    again = say("self", begun, first.id)
    assert refused(store, again) == [("1.1", "after-cut-off")]
    store.set_cut_off(ROUND, None)
    assert record(store, again)[0].state == "stored"


def test_the_cut_off_of_another_round_does_not_count(store, begun, monkeypatch):
    store.add_round("2025-2", 2025, 2)
    store.set_cut_off("2025-2", "2025-09-30")
    it_is(monkeypatch, "2026-03-10T00:00:00")

    assert record(store, say("self", begun))[0].state == "stored"


def test_only_the_secretariat_records_in_the_name_of_somebody_else(store, begun):
    for person in ("p-e", "p-k", "p-unknown"):
        found = refused(store, say("self", begun), by=person)
        assert found == [("1.1", "recorded-for-another")], person
    record(store, say("self", begun), by="p-s")

    last = store.entries().iloc[-1]
    assert (last["author"], last["recorded_by"]) == ("p-1", "p-s")


def test_the_secretariat_lends_nobody_a_right_by_recording_it(store, begun):
    assert refused(store, say("awal", begun, author="p-1"), by="p-s") == [
        ("1.1", "own-agency"),
        ("1.1", "stage-wrong"),
    ]


def test_what_the_agency_has_read_is_not_replaced_by_something_internal(store, begun):
    reach(store, begun, "verifikasi")
    shown = say("awal", begun)
    record(store, shown)

    hidden = say("awal", begun, shown.id, level=1, visible_to="internal")
    assert refused(store, hidden) == [("1.1", "visibility-narrowed")]
    assert record(store, say("awal", begun, shown.id, level=1))[0].state == "stored"


def test_what_was_internal_may_be_shown(store, begun):
    reach(store, begun, "verifikasi")
    draft = say("question", begun, visible_to="internal")
    record(store, draft)

    [outcome] = record(store, say("question", begun, draft.id))

    assert (outcome.state, outcome.conflicts) == ("stored", ())
    assert list(counting(store, begun)["visible_to"])[-1] == "agency"


def test_what_is_not_for_these_readers_is_refused(store, begun):
    assert refused(store, say("self", begun, visible_to="internal")) == [("1.1", "not-allowed")]
    assert refused(store, say("second", begun, visible_to="agency")) == [("1.1", "not-allowed")]


@pytest.mark.parametrize("withdrawn", [False, True])
@pytest.mark.parametrize(("first", "second"), [("p-1", "p-e"), ("p-e", "p-1")])
def test_a_file_is_replaced_and_withdrawn_by_the_side_that_gave_it(
    store, begun, first, second, withdrawn
):
    sha = store.put_evidence(b"isi", begun).sha256
    appointed(store, "p-2", "agency", agency="kota-a")
    appointed(store, "p-f", "evaluator")
    given = say("evidence", begun, author=first, sha256=sha, size=3)
    record(store, given)

    more = {"sha256": sha, "size": 3, "withdrawn": withdrawn}
    for base in ((given.id,), ()):
        others = say("evidence", begun, *base, author=second, **more)
        assert refused(store, others) == [("1.1", "file-of-others")]
    colleague = {"p-1": "p-2", "p-e": "p-f"}[first]
    [outcome] = record(store, say("evidence", begun, given.id, author=colleague, **more))
    assert (outcome.state, outcome.conflicts) == ("stored", ())


def test_a_file_of_their_own_is_added_beside_that_of_the_other_side(store, begun):
    sha = store.put_evidence(b"isi", begun).sha256
    record(store, say("evidence", begun, sha256=sha, size=3))

    own = say("evidence", begun, author="p-e", file=OTHER_FILE, sha256=sha, size=3)
    [outcome] = record(store, own)

    assert (outcome.state, outcome.conflicts) == ("stored", ())


@pytest.mark.parametrize("what", ["evidence", "evidence-state", "answer", "field"])
def test_a_file_that_is_named_has_to_be_in_this_assessment(store, begun, tiny, what):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    for about in (begun, other):
        reach(store, about, "verifikasi")
    elsewhere = given(store, other, what)

    for sha in (SHA, elsewhere):
        with pytest.raises(RuleError) as caught:
            record(store, say(what, begun, **files(what, sha)))
        [problem] = caught.value.problems
        assert (problem.key, problem.found) == ("evidence-not-stored", sha)
    assert record(store, say(what, other, **files(what, elsewhere)))[0].state == "stored"


def test_every_file_that_is_missing_is_named(store, begun):
    reach(store, begun, "verifikasi")
    here = store.put_evidence(b"isi", begun).sha256
    missing = ["c" * 64, "d" * 64]

    with pytest.raises(RuleError) as caught:
        record(store, say("answer", begun, files=[missing[0], here, missing[1]]))

    assert [problem.found for problem in caught.value.problems] == missing


def test_a_base_of_another_assessment_is_refused(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    theirs = say("self", other)
    record(store, theirs)

    found = refused(store, say("self", begun, theirs.id))

    assert found == [("1.1", "base-elsewhere")]


def test_a_base_of_another_assessment_in_the_same_sending_is_refused(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    theirs = say("self", other)

    found = refused(store, theirs, say("self", begun, theirs.id))

    assert found == [("1.1", "base-elsewhere")]


def test_a_statement_whose_base_is_not_here_is_refused_it_would_count_one_day_unasked(store, begun):
    first = say("self", begun, level=1)
    second = say("self", begun, first.id, level=2)

    assert refused(store, second) == [("1.1", "base-not-here")]
    assert [each.state for each in record(store, first, second)] == ["stored", "stored"]


def test_what_waits_is_disputed_by_nothing_and_locks_nothing(store, begun):
    missing = say("stage", begun)
    store.append([say("stage", begun, missing.id)], "p-s")  # as if taken over from elsewhere

    assert refused(store, say("awal", begun)) == [("1.1", "stage-wrong")]
    assert record(store, say("self", begun))[0].state == "stored"


def test_sending_again_in_a_later_stage_is_safe_even_for_somebody_who_left(store, begun):
    statement = say("self", begun)
    [first] = record(store, statement)
    reach(store, begun, "penetapan")
    store.dismiss("p-1", "agency", "kota-a")

    [again] = record(store, statement)

    assert (first.state, again.state) == ("stored", "already")
    assert (again.id, again.position) == (statement.id, first.position)


def test_a_statement_sent_twice_at_once_is_stored_once(store, begun):
    statement = say("self", begun)

    outcomes = record(store, statement, statement)

    assert [(o.state, o.position, o.conflicts) for o in outcomes] == [
        ("stored", 2, ()),
        ("already", 2, ()),
    ]


@pytest.mark.parametrize("known", ["stored", "in-the-same-sending"])
def test_an_id_that_is_known_with_other_bytes_is_refused_with_all_that_came_along(
    store, begun, known
):
    first = say("self", begun, level=3)
    changed = say("self", begun, level=4, id=first.id)
    if known == "stored":
        record(store, first)
    before = store.entries()

    with pytest.raises(StoreError) as caught:
        record(store, say("self", begun, sub_aspect="1.2"), first, changed)

    assert (caught.value.key, caught.value.facts["found"]) == ("entry-differs", first.id)
    assert store.entries().equals(before)


def test_one_statement_that_is_refused_keeps_all_the_others_out(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")

    found = refused(store, say("self", other), say("awal", begun), say("self", begun), by="p-s")

    assert found == [("1.1", "stage-wrong")]


def test_all_reasons_of_all_statements_come_at_once(store, begun):
    sha = "e" * 64
    wrong = say("evidence-state", begun, author="p-s", sha256=sha, room="ruang-9")

    found = refused(store, wrong, say("self", begun, author="p-e"), by="p-k")

    assert found == [
        ("kinds.evidence-state", "role-lacking"),
        ("kinds.evidence-state", "stage-wrong"),
        ("kinds.evidence-state", "recorded-for-another"),
        ("kinds.evidence-state", "evidence-not-stored"),
        ("kinds.evidence-state", "room-unknown"),
        ("1.1", "role-lacking"),
        ("1.1", "recorded-for-another"),
    ]


def test_a_stage_and_the_first_level_in_it_may_come_in_one_sending(store, begun):
    outcomes = record(store, say("stage", begun), say("awal", begun), by="p-s")

    assert [o.state for o in outcomes] == ["stored", "stored"]


def test_a_level_that_comes_before_the_stage_it_needs_is_refused(store, begun):
    assert refused(store, say("awal", begun), say("stage", begun), by="p-s") == [
        ("1.1", "stage-wrong")
    ]


def test_what_is_refused_does_not_count_for_what_comes_after_it(store, begun):
    skipped = say("stage", begun, stage="penetapan")

    assert refused(store, skipped, say("self", begun), by="p-s") == [
        ("kinds.stage", "stage-skipped")
    ]


def test_a_stage_is_not_skipped_and_going_back_takes_a_reason(store, begun):
    moved = reach(store, begun, "perbaikan")

    back = say("stage", begun, moved)
    assert refused(store, say("stage", begun, moved, stage="mandiri")) == [
        ("kinds.stage", "stage-skipped")
    ]
    assert refused(store, back) == [("kinds.stage", "stage-back-why")]
    assert record(store, say("stage", begun, moved, text="Salah"))[0].state == "stored"
    assert record(store, say("awal", begun))[0].state == "stored"


def test_the_room_and_the_reader_are_stored_as_they_were_stated(store, begun):
    reach(store, begun, "verifikasi")
    record(store, say("note", begun, visible_to="internal"))

    last = store.entries().iloc[-1]
    assert (last["visible_to"], last["room"]) == ("internal", None)
    assert opened(last["payload"])["visible_to"] == "internal"


def test_nothing_stated_is_nothing_recorded(store, begun):
    assert assessment.record(store, [], "p-1") == []
    assert len(store.entries()) == 1


def test_something_internal_names_only_what_is_here(store, begun):
    reach(store, begun, "verifikasi")
    said = say("awal", begun, "f" * 32, visible_to="internal")

    assert refused(store, said) == [("1.1", "base-not-here")]


def test_a_file_stays_the_agencys_when_who_gave_it_has_left_the_team(store, begun):
    sha = store.put_evidence(b"isi", begun).sha256
    given = say("evidence", begun, sha256=sha, size=3)
    record(store, given)
    store.dismiss("p-1", "agency", "kota-a")
    appointed(store, "p-2", "agency", agency="kota-a")

    gone = {"sha256": sha, "size": 3, "withdrawn": True}
    assert refused(store, say("evidence", begun, given.id, author="p-e", **gone)) == [
        ("1.1", "file-of-others")
    ]
    [outcome] = record(store, say("evidence", begun, given.id, author="p-2", **gone))
    assert outcome.state == "stored"


def test_a_file_is_stated_with_the_size_it_has(store, begun):
    sha = store.put_evidence(b"isi", begun).sha256

    found = refused(store, say("evidence", begun, sha256=sha, size=25_000_000))

    assert found == [("1.1", "evidence-other-size")]


def test_what_the_agency_reads_names_no_file_that_it_may_not_open(store, begun):
    sha = store.put_evidence(b"isi", begun, "internal").sha256

    assert refused(store, say("evidence", begun, sha256=sha, size=3)) == [
        ("1.1", "evidence-not-stored")
    ]


def test_a_state_is_given_to_a_file_that_stands_and_to_no_other(store, begun):
    sha = store.put_evidence(b"isi", begun).sha256
    reach(store, begun, "verifikasi")
    judged = say("evidence-state", begun, sha256=sha)
    place = ("kinds.evidence-state", "evidence-not-stated")

    assert refused(store, judged) == [place]
    record(store, say("evidence", begun, sha256=sha, size=3))
    assert record(store, judged)[0].state == "stored"


def test_a_secretary_of_the_agencys_team_records_there_for_the_team_alone(store, begun):
    appointed(store, "p-t", "secretariat", "agency", agency="kota-a")
    reach(store, begun, "verifikasi")

    assert refused(store, say("awal", begun), by="p-t") == [("1.1", "recorded-for-another")]
    assert record(store, say("self", begun), by="p-t")[0].state == "stored"
