"""What a sitting has to have stated: when it was, who was there, what was said, agreed, accepted.

Who may state what is in `test_process_rules`; here is what comes of it, and the way through the
door on a real store. `kota-a` is p-1's; p-e evaluates, p-s is the secretariat.
"""

from __future__ import annotations

import pytest

from merit_kit import assessment, process
from merit_kit.errors import RuleError
from merit_kit.process import Moment, Prior, Speaker, problems_of_right
from tests.conftest import ROUND
from tests.entries import BODIES, OTHER_SHA, OTHER_THREAD, THREAD, standing
from tests.entries import said as statement
from tests.sayings import counting, reach, record, refused, room, said, say


@pytest.fixture
def about(store, begun) -> str:
    """The id of kota-a's assessment, in the stage of verification."""
    reach(store, begun, "verifikasi")
    return begun


def present(store, about: str) -> list[tuple[str, str, str, bool]]:
    """Name, NIP, side and whether they sign, of everybody on the list."""
    people = store.people()
    return [
        (people["name"][row.person], people["nip"][row.person], row.side, row.signs)
        for row in process.attendance(counting(store, about)).itertuples()
    ]


@pytest.mark.parametrize(
    ("own", "before", "refusals"),
    [
        ("agency", [], []),
        ("agency", ["agency"], []),
        ("evaluator", [], ["attendance-of-others"]),
        ("host", [], ["attendance-of-others"]),
        ("agency", ["evaluator"], ["attendance-of-others"]),  # nor takes others for its own
    ],
)
def test_an_agency_puts_down_its_own_people_only(own, before, refusals):
    body = {**BODIES["attendance"], "side": own}
    team = Speaker(agencies=frozenset({"kota-a"}))
    prior = [Prior("x", "agency", side) for side in before]

    moment = Moment("kota-a", "verifikasi")
    found = problems_of_right("attendance", body, "agency", team, moment, prior=prior)
    evaluator = Speaker(frozenset({"evaluator"}))
    free = problems_of_right("attendance", body, "agency", evaluator, moment, prior=prior)

    assert [problem.key for problem in found] == refusals
    assert free == []


def test_the_list_has_the_agency_first_each_person_once_and_nobody_who_was_taken_off():
    entries = standing(
        statement("attendance", "a", person="p-e", side="evaluator", signs=True),
        statement("attendance", "b", person="p-1"),
        statement("attendance", "c", person="p-1"),  # two put down the same person
        statement("attendance", "d", person="p-2"),
        statement("attendance", "e", "d", person="p-2", withdrawn=True),
    )

    found = process.attendance(entries)

    assert list(found["person"]) == ["p-1", "p-e"]
    assert list(found["signs"]) == [False, True]


def test_texts_that_were_emptied_are_said_and_agreed_no_more():
    entries = standing(
        statement("discussion", "a", text="Sudah ada"),
        statement("discussion", "b", "a", text=" "),
        statement("discussion", "c", thread=THREAD, text="Terlampir"),
        statement("agreed-action", "d"),
        statement("agreed-action", "e", "d", text=""),
        statement("agreed-action", "f", sub_aspect=None, text="Umum"),
    )

    assert list(process.discussions(entries)["text"]) == ["Terlampir"]
    assert list(process.agreed(entries)["text"]) == ["Umum"]


ON_RECORD = {
    "a-level": statement("awal", "z"),
    "another-reason": statement("awal", "z", "l", reason="Lain"),
    "what-was-said": statement("discussion", "z"),
    "what-was-agreed": statement("agreed-action", "z"),
    "another-day": statement("sitting", "z", "s", held_on="2026-04-03"),
}
NOT_ON_RECORD = {
    "an-answer": statement("answer", "z"),
    "somebody-present": statement("attendance", "z"),
    "its-own-level": statement("self", "z"),
    "an-internal-level": statement("awal", "z", sub_aspect="1.2", visible_to="internal"),
}


@pytest.mark.parametrize("name", [*ON_RECORD, *NOT_ON_RECORD])
def test_an_agreement_holds_until_what_the_evaluators_put_on_record_changes(name):
    there = [statement("awal", "l", sub_aspect="1.1"), statement("sitting", "s")]
    was = process.record_digest(standing(*there))
    accepted = [*there, statement("acceptance", "x", of=was)]
    more = ON_RECORD.get(name) or NOT_ON_RECORD[name]

    before = process.acceptances(standing(*accepted))
    after = process.acceptances(standing(*accepted, more))

    assert list(before["current"]) == [True]
    assert list(after["current"]) == [name in NOT_ON_RECORD]


def test_an_agreement_that_was_taken_back_is_none():
    entries = standing(
        statement("acceptance", "a", of=OTHER_SHA),
        statement("acceptance", "b", "a", withdrawn=True),
    )

    assert len(process.acceptances(entries)) == 0


def test_two_rooms_are_two_sittings_in_the_order_they_were_held(store, about):
    for code in ("r-1", "r-2"):
        room(store, code, ("kota-a", "p-e"))
    record(store, say("sitting", about, room="r-2", held_on="2026-04-01"))
    record(store, say("sitting", about, room="r-1", held_on="2026-04-02"))

    found = process.sittings(counting(store, about))

    assert list(found["room"]) == ["r-2", "r-1"]
    assert not found["disputed"].any()


def test_a_sitting_does_not_end_before_it_begins(store, about):
    with pytest.raises(RuleError) as refused:
        record(store, say("sitting", about, begins="09:00", ends="08:50"))

    assert [each.key for each in refused.value.problems] == ["sitting-ends-before"]


def test_two_accounts_of_one_sitting_are_one_row_that_says_so(store, about):
    record(store, say("sitting", about, begins="09:00"))
    record(store, say("sitting", about, begins="10:00"))

    found = process.sittings(counting(store, about))

    assert list(found["room"]) == [None]
    assert list(found["disputed"]) == [True]


def test_the_sitting_is_said_as_the_register_of_rooms_has_it(store, about):
    store.add_agencies([{"code": "kota-a", "name": "Kota A", "kind": "kota", "time_zone": "WITA"}])
    row = {"round": ROUND, "code": "r-1", "name": "Ruang 1", "kind": "evaluasi", "host": None}
    row |= {"held_on": "2026-04-02", "starts_at": "2026-04-02T01:00:00Z"}
    store.put_room(row, [("kota-a", "p-e")])

    body = assessment.sitting_body(store, about, "r-1", ends="10:45", place="daring")
    record(store, say("sitting", about, room="r-1", **body))

    assert body == {
        **{"name": "Ruang 1", "purpose": "evaluasi", "held_on": "2026-04-02", "begins": "09:00"},
        **{"ends": "10:45", "zone": "WITA", "place": "daring"},
    }


def test_who_is_present_without_an_account_is_put_down_and_can_be_erased(store, about):
    given = {"nip": "19000101 192001 1 001", "office": "Kepala BKPSDM", "signs": True}
    assessment.attend(store, about, "p-e", "  Budi  Contoh ", "agency", **given)
    assessment.attend(store, about, "p-e", "Budi Contoh", "agency", nip=given["nip"])

    [budi] = process.attendance(counting(store, about))["person"]
    payloads = " ".join(store.entries([about])["payload"])
    assert present(store, about) == [("Budi Contoh", "190001011920011001", "agency", False)]
    assert store.people([budi])["login"].isna().all()
    assert store.appointments([budi]).empty
    assert "Budi" not in payloads
    assert "1900" not in payloads
    store.erase_person(budi)
    assert list(process.attendance(counting(store, about))["person"]) == [budi]


def test_who_was_put_down_wrongly_is_replaced_and_who_was_not_there_taken_off(store, about):
    assessment.attend(store, about, "p-e", "Bdui", "agency")
    [wrong] = process.attendance(counting(store, about))["person"]
    assessment.attend(store, about, "p-e", "Budi", "agency", instead_of=wrong)
    assessment.attend(store, about, "p-e", "Cici", "host")

    assert [name for name, *_ in present(store, about)] == ["Budi", "Cici"]
    [budi, _] = process.attendance(counting(store, about))["person"]
    assessment.leave_out(store, about, "p-e", budi)
    assert [name for name, *_ in present(store, about)] == ["Cici"]
    with pytest.raises(RuleError, match="not-allowed"):
        assessment.leave_out(store, about, "p-e", budi)


@pytest.mark.parametrize(
    ("name", "more", "key"),
    [
        (" ", {}, "cell-empty"),
        ("Budi", {"nip": "123"}, "nip-form"),
        ("Budi", {"nip": "190001011920011001"}, "person-taken"),
        ("Budi", {"by": "p-1", "side": "evaluator"}, "attendance-of-others"),
        ("Budi", {"by": "p-9"}, "role-lacking"),
    ],
)
def test_what_cannot_be_put_down_leaves_nobody_behind(store, about, name, more, key):
    store.add_people([{"id": "p-9", "login": None, "name": "Ani", "nip": "190001011920011001"}])
    store.appoint("p-9", "host")
    before = store.people()

    with pytest.raises(RuleError) as caught:
        assessment.attend(store, about, name=name, **{"by": "p-e", "side": "agency", **more})

    assert key in [problem.key for problem in caught.value.problems]
    assert said(caught.value)
    assert store.people().equals(before)
    assert process.attendance(counting(store, about)).empty


def test_nobody_is_present_whom_the_store_does_not_know(store, about):
    unknown = say("attendance", about, person="p-9")

    assert refused(store, unknown) == [("kinds.attendance", "person-unknown")]


def test_the_bodies_of_a_sitting_go_through_the_door_and_stand(store, about):
    question = say("question", about, thread=OTHER_THREAD)
    spoken = assessment.discussion_body("1.1", "Sudah ada", OTHER_THREAD)
    agreed = assessment.agreed_body(None, "Kirim SK", due="2026-04-30")
    record(
        store, question, say("discussion", about, **spoken), say("agreed-action", about, **agreed)
    )
    body = assessment.acceptance_body(assessment.Hearing(store, about).counting(), "Setuju")
    record(store, say("acceptance", about, **body))

    stands = counting(store, about)
    assert list(process.discussions(stands)["thread"]) == [OTHER_THREAD]
    assert list(process.agreed(stands)["due"]) == ["2026-04-30"]
    assert process.acceptances(stands)[["text", "current"]].values.tolist() == [["Setuju", True]]
