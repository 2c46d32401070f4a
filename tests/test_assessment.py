"""Opening an assessment, and the form of what is stated in it. Rights are in test_door.py."""

from __future__ import annotations

import pytest

from merit_kit import assessment
from merit_kit.errors import Problem, RuleError, StoreError
from merit_kit.i18n import explain
from merit_kit.store import ROW, Statement, audit, opened
from tests.conftest import ROUND, level, note, verifying
from tests.sayings import CLOCK, appointed, said


def refused(caught) -> list[tuple[str, str]]:
    said(caught.value)
    return [(str(p.where), p.key) for p in caught.value.problems]


def test_beginning_writes_down_what_the_assessment_is_about(store, tiny):
    key = assessment.begin(store, "kota-a", ROUND, tiny, "p-1", invented=True, recorded_by="p-s")

    [entry] = store.entries().to_dict("records")
    assert (entry["kind"], entry["visible_to"], entry["position"]) == ("opened", "public", 1)
    assert (entry["author"], entry["recorded_by"]) == ("p-1", "p-s")
    assert opened(entry["payload"])["body"] == {
        "agency": "kota-a",
        "round": ROUND,
        "edition": tiny.digest,
        "invented": True,
        "purpose": "result",
        "named": {
            "agency_name": "Kota A",
            "agency_kind": "kota",
            "agency_province": "Nusa",
            "year": 2026,
            "number": 1,
        },
    }
    assert dict(store.assessments().loc[key]) == {
        "agency": "kota-a",
        "round": ROUND,
        "edition": tiny.digest,
        "invented": True,
        "purpose": "result",
    }
    assert audit(store) == []


def test_renaming_an_agency_later_changes_no_page_of_an_assessment_begun_before(store, begun):
    store.add_agencies([{"code": "kota-a", "name": "Kota Lain", "kind": "provinsi"}])

    assert assessment.make_case(store, "kota-a", ROUND).agency["name"] == "Kota A"


def test_a_practice_assessment_may_stand_beside_the_one_for_a_result(store, begun, tiny):
    row = {
        **{"id": "latihan", "agency": "kota-a", "round": ROUND, "edition": tiny.digest},
        **{"invented": True, "purpose": "practice"},
    }
    first = Statement("latihan", "opened", "p-1", CLOCK, {k: row[k] for k in ROW})
    edition = {"digest": tiny.digest, "id": tiny.id, "data": tiny.canonical}

    store.add_assessment(row, edition, first, "p-1")

    assert assessment.find(store, "kota-a", ROUND) == begun
    assert [case.assessment for case in assessment.make_cases(store, ROUND)] == [begun]
    assert audit(store) == []


def test_an_assessment_is_found_by_its_agency_and_round(store, begun):
    assert assessment.find(store, "kota-a", ROUND) == begun
    assert assessment.find(store, "kab-b", ROUND) is None
    assert assessment.find(store, "kota-a", "2030-1") is None


def test_an_assessment_keeps_the_edition_it_was_begun_under(store, begun, tiny):
    kept = assessment.instrument_of(store, begun)

    assert kept == tiny
    assert kept.digest == tiny.digest


def test_one_edition_is_kept_once_for_all_that_use_it(store, begun, tiny):
    assessment.begin(store, "kab-b", ROUND, tiny, "p-1")

    assert set(store.assessments()["edition"]) == {tiny.digest}
    assert store.edition(tiny.digest) == tiny.canonical


def test_an_unknown_agency_and_an_unknown_round_are_refused_together(store, tiny):
    with pytest.raises(RuleError) as caught:
        assessment.begin(store, "kota-x", "1999-1", tiny, "p-1")

    assert caught.value.key == "cannot-begin"
    assert refused(caught) == [("kota-x", "agency-unknown"), ("1999-1", "round-unknown")]
    assert caught.value.problems[1].allowed == ROUND
    assert len(store.assessments()) == len(store.entries()) == 0


def test_an_assessment_that_is_open_is_not_opened_again(store, begun, tiny):
    with pytest.raises(RuleError) as caught:
        assessment.begin(store, "kota-a", ROUND, tiny, "p-1")

    assert refused(caught) == [(f"kota-a/{ROUND}", "assessment-open-already")]
    assert list(store.assessments().index) == [begun]


def test_whoever_opens_an_assessment_is_of_its_team_or_of_the_secretariat(store, tiny):
    appointed(store, "p-b", "agency", agency="kab-b")

    for person in ("p-b", "p-e", "p-k", "p-unknown"):
        with pytest.raises(RuleError) as caught:
            assessment.begin(store, "kota-a", ROUND, tiny, person)
        assert [(p.where, p.key) for p in caught.value.problems] == [("kota-a", "role-lacking")]
        assert said(caught.value)
    assert len(store.assessments()) == 0

    store.add_round("2026-2", 2026, 2)
    for agency, round_, person in (
        ("kota-a", ROUND, "p-1"),
        ("kab-b", ROUND, "p-b"),
        ("kab-b", "2026-2", "p-s"),
    ):
        assert assessment.begin(store, agency, round_, tiny, person)


def test_an_assessment_is_opened_for_another_by_the_secretariat_alone(store, tiny):
    for person in ("p-e", "p-unknown"):
        with pytest.raises(RuleError) as caught:
            assessment.begin(store, "kota-a", ROUND, tiny, "p-1", recorded_by=person)
        assert [p.key for p in caught.value.problems] == ["recorded-for-another"]

    assert assessment.begin(store, "kota-a", ROUND, tiny, "p-1", recorded_by="p-s")


def test_of_two_who_open_an_assessment_at_once_one_is_refused(store, begun, tiny, monkeypatch):
    monkeypatch.setattr("merit_kit.assessment._door.find", lambda *_: None)

    with pytest.raises(StoreError):
        assessment.begin(store, "kota-a", ROUND, tiny, "p-1")

    assert list(store.assessments().index) == [begun]
    assert audit(store) == []


def test_what_is_allowed_is_recorded_in_the_order_it_was_stated(store, begun):
    verifying(store, begun)
    said = [
        level(begun, "1.1", 0),
        level(begun, "1.2", None, of="verified", author="p-e"),
        note(begun, "2.1", "a", author="p-e"),
    ]

    outcomes = assessment.record(store, said, "p-s")

    assert [(o.id, o.state, o.position, o.conflicts) for o in outcomes] == [
        (s.id, "stored", n, ()) for n, s in enumerate(said, start=3)
    ]
    assert list(store.entries()["author"][2:]) == ["p-1", "p-e", "p-e"]
    assert set(store.entries()["recorded_by"][2:]) == {"p-s"}


def test_recording_again_is_safe(store, begun):
    said = [level(begun, "1.1", 3)]
    assessment.record(store, said, "p-1")

    [again] = assessment.record(store, said, "p-1")

    assert again.state == "already"


@pytest.mark.parametrize("value", [0, 1, 2, 3, 4, None], ids=str)
def test_every_step_of_the_scale_zero_and_taking_back_are_allowed(store, begun, value):
    assert assessment.record(store, [level(begun, "1.1", value)], "p-1")[0].state == "stored"


def changed(statement: Statement, **body) -> Statement:
    kind, about = statement.kind, statement.assessment
    return Statement(about, kind, "p-1", statement.stated_at, {**statement.body, **body})


REFUSED = {
    "level-too-high": (lambda a: level(a, "1.1", 5), "1.1", "level-off-scale"),
    "level-below-zero": (lambda a: level(a, "1.1", -1), "1.1", "level-off-scale"),
    "level-between": (lambda a: level(a, "1.1", 2.5), "1.1", "level-off-scale"),
    "level-whole-but-inexact": (lambda a: level(a, "1.1", 2.0), "1.1", "level-off-scale"),
    "level-as-text": (lambda a: level(a, "1.1", "3"), "1.1", "level-off-scale"),
    "level-true": (lambda a: level(a, "1.1", True), "1.1", "level-off-scale"),
    "level-of-unknown-code": (lambda a: level(a, "9.9", 3), "9.9", "code-unknown"),
    "note-of-unknown-code": (lambda a: note(a, "9.9", "a"), "9.9", "code-unknown"),
    "code-no-text": (lambda a: changed(note(a, "1.1", "a"), sub_aspect=["1.1"]), "['1.1']",
                     "code-unknown"),
    "of-unknown": (lambda a: level(a, "1.1", 3, of="final"), "", "kind-unknown"),
    "pass-unknown": (lambda a: changed(level(a, "1.1", 3, of="verified"), **{"pass": "tengah"}),
                     "", "kind-unknown"),
    "pass-missing": (lambda a: changed(level(a, "1.1", 3, of="verified"), **{"pass": None}),
                     "", "kind-unknown"),
    "pass-of-self": (lambda a: changed(level(a, "1.1", 3), **{"pass": "awal"}), "",
                     "kind-unknown"),
    "reason-no-text": (lambda a: level(a, "1.1", 3, reason=1.5), "reason", "body-shape"),
    "note-no-text": (lambda a: note(a, "1.1", None), "text", "body-shape"),
    "half-an-emoji": (lambda a: note(a, "1.1", "baik \ud83d"), "1.1", "text-broken"),
    "field-too-many": (lambda a: changed(note(a, "1.1", "a"), more="x"), "1.1", "body-shape"),
    "field-missing": (lambda a: Statement(a, "note", "p-1", CLOCK, {"text": "a"}), "kinds.note",
                      "body-shape"),
    "level-of-nobody": (lambda a: Statement(a, "level", "p-1", CLOCK, {"level": 3}), "",
                        "kind-unknown"),
    "kind-unknown": (lambda a: Statement(a, "score", "p-1", CLOCK, {}), "", "kind-unknown"),
    "second-opening": (lambda a: Statement(a, "opened", "p-1", CLOCK, {}), "", "kind-unknown"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "where", "key"), REFUSED.values(), ids=REFUSED)
def test_what_the_edition_or_the_process_does_not_allow_is_refused(store, begun, make, where, key):
    with pytest.raises(RuleError) as caught:
        assessment.record(store, [level(begun, "1.1", 3), make(begun)], "p-1")

    assert caught.value.key == "not-allowed"
    assert refused(caught) == [(where, key)]
    assert len(store.entries()) == 1


def test_a_level_off_the_scale_is_told_with_what_is_allowed(store, begun):
    with pytest.raises(RuleError) as caught:
        assessment.record(store, [level(begun, "1.1", 5)], "p-1")

    assert caught.value.problems == (Problem("1.1", "level-off-scale", "5", "0, 1, 2, 3, 4"),)


def test_all_refusals_come_at_once_and_nothing_is_recorded(store, begun):
    said = [
        level(begun, "9.9", 7),
        level(begun, "1.1", 3),
        note(begun, "8.8", "a"),
        Statement(begun, "score", "p-1", CLOCK, {}),
    ]

    with pytest.raises(RuleError) as caught:
        assessment.record(store, said, "p-1")

    assert refused(caught) == [
        ("9.9", "code-unknown"),
        ("9.9", "level-off-scale"),
        ("8.8", "code-unknown"),
        ("", "kind-unknown"),
    ]
    assert len(store.entries()) == 1


def test_a_statement_about_no_assessment_is_refused(store, begun):
    with pytest.raises(RuleError) as caught:
        assessment.record(store, [level("nowhere", "1.1", 3)], "p-1")

    assert caught.value.key == "assessment-unknown"
    assert "nowhere" in explain(caught.value, "en")


def test_statements_are_judged_by_the_edition_of_their_own_assessment(store, begun, kasn):
    other = assessment.begin(store, "kab-b", ROUND, kasn, "p-1")

    assessment.record(store, [level(begun, "2.1", 3), level(other, "8.1", 3)], "p-1")
    with pytest.raises(RuleError):
        assessment.record(store, [level(begun, "8.1", 3)], "p-1")


def test_a_moment_is_written_in_utc_to_the_millisecond():
    from merit_kit.assessment import _door

    assert len(_door.now()) == len("2026-03-01T02:00:00.000Z")
    assert _door.now().endswith("Z")
