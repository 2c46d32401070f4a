"""Who is who and who holds which role: taken from a file, appointed, dismissed, erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from merit_kit import assessment
from merit_kit.errors import MeritError, Problem, RuleError
from merit_kit.store import Store, audit, create_store
from tests.conftest import PEOPLE
from tests.sayings import appointed, record, said, say

NIP, OTHER_NIP = "198501012010012003", "197001011990031001"


def row(name: str, **more: Any) -> dict[str, Any]:
    """A person of a file, as `workbook.read_people` gives it."""
    return {"name": name, "login": None, "nip": None, "office": None, "roles": [], **more}


def roles_of(store: Store, person: str) -> list[tuple[str, str | None]]:
    held = store.appointments([person])
    return list(zip(held["role"], held["agency"], strict=True))


def why_not(act: Callable[..., Any], *given: Any) -> list[tuple[str, str]]:
    """The key of a refusal, or its problems if it has some."""
    with pytest.raises(RuleError) as caught:
        act(*given)
    said(caught.value)
    problems = [(str(problem.where), problem.key) for problem in caught.value.problems]
    return problems or [("", caught.value.key)]


def test_people_of_a_file_are_added_with_their_roles(store):
    rows = [
        row("Budi", login="budi", nip=NIP, office="Biro", roles=[("evaluator", None)]),
        row("Cici", roles=[("agency", "kota-a"), ("agency", "kab-b"), ("host", None)]),
    ]

    budi, cici = assessment.take_people(store, "p-s", rows)

    assert store.people([budi]).iloc[0].to_dict() == {
        "login": "budi", "name": "Budi", "nip": NIP, "office": "Biro",
    }  # fmt: skip
    assert roles_of(store, budi) == [("evaluator", None)]
    assert roles_of(store, cici) == [("agency", "kab-b"), ("agency", "kota-a"), ("host", None)]


def test_the_same_file_again_changes_nothing(store):
    rows = [
        row("Budi", login="budi", roles=[("evaluator", None)]),
        row("Cici", nip=NIP, roles=[("agency", "kota-a")]),
        row("Dodi", office="Biro", roles=[("host", None)]),
        row("Dodi", roles=[("host", None)]),
    ]
    first = assessment.take_people(store, "p-s", rows)
    people, held = store.people(), store.appointments()

    again = assessment.take_people(store, "p-s", rows)

    assert again == first
    assert len(set(first)) == 4
    assert store.people().equals(people)
    assert store.appointments().equals(held)


def test_a_role_the_file_does_not_name_is_not_taken_away(store):
    [person] = assessment.take_people(store, "p-s", [row("Budi", roles=[("evaluator", None)])])
    assessment.take_people(store, "p-s", [row("Budi", roles=[("commissioner", None)])])

    assert roles_of(store, person) == [("commissioner", None), ("evaluator", None)]


def test_an_empty_cell_takes_nothing_away(store):
    full = row("Budi", login="budi", nip=NIP, office="Biro")
    [person] = assessment.take_people(store, "p-s", [full])
    assessment.take_people(store, "p-s", [row("Budi Utomo", login="budi")])

    assert store.people([person]).iloc[0].to_dict() == {
        "login": "budi", "name": "Budi Utomo", "nip": NIP, "office": "Biro",
    }  # fmt: skip


KNOWN = {"name": "Budi", "login": "budi", "nip": NIP, "office": "Biro"}


@pytest.mark.parametrize(
    ("known", "given", "same"),
    [
        (KNOWN, {"name": "Lain", "login": "budi"}, True),
        (KNOWN, {"name": "Lain", "nip": NIP}, True),
        (KNOWN, {"name": "Lain", "login": "baru", "nip": NIP}, True),
        (KNOWN, {"name": "Budi", "office": "Biro"}, True),
        (KNOWN, {"name": "Budi"}, False),
        (KNOWN, {"name": "Budi", "office": "Dinas"}, False),
        (KNOWN, {"name": "Budi", "office": "Biro", "login": "lain"}, False),
        (KNOWN, {"name": "Budi", "office": "Biro", "nip": OTHER_NIP}, False),
        ({"name": "Budi"}, {"name": "Budi", "login": "budi"}, True),
        ({"name": "Budi"}, {"name": "Budi", "nip": NIP}, True),
        ({"name": "Budi", "login": "budi"}, {"name": "Budi", "nip": NIP}, True),
        ({"name": "Budi"}, {"name": "budi"}, False),
    ],
    ids=[
        "login", "nip", "nip-before-login-changed", "name-and-office", "no-office",
        "another-office", "namesake-by-login", "namesake-by-nip", "login-added", "nip-added",
        "nip-added-to-login", "spelt-otherwise",
    ],
)  # fmt: skip
def test_who_somebody_is_goes_by_login_then_nip_then_name_and_office(store, known, given, same):
    [first] = assessment.take_people(store, "p-s", [row(**known)])

    [second] = assessment.take_people(store, "p-s", [row(**given)])

    assert (second == first) is same
    assert len(store.people()) == len(PEOPLE) + (1 if same else 2)


def test_where_it_could_be_several_nobody_is_taken_for_the_other(store):
    namesakes = [row("Budi", login="budi-1"), row("Budi", login="budi-2")]
    assessment.take_people(store, "p-s", namesakes)
    before = store.appointments()

    with pytest.raises(RuleError) as caught:
        assessment.take_people(store, "p-s", [row("Budi", roles=[("commissioner", None)])])

    assert caught.value.problems == (Problem("Budi", "person-unclear", "Budi"),)
    assert "there are several Budi in the same office" in said(caught.value)
    assert store.appointments().equals(before)


def test_a_file_with_a_fault_is_taken_in_no_part_and_all_faults_are_named(store):
    people, held = store.people(), store.appointments()
    rows = [
        row("Budi", roles=[("evaluator", None), ("agency", "kota-x")]),
        row("Cici", roles=[("agency", "kab-x")]),
    ]

    assert why_not(assessment.take_people, store, "p-s", rows) == [
        ("kota-x", "agency-unknown"),
        ("kab-x", "agency-unknown"),
    ]
    assert store.people().equals(people)
    assert store.appointments().equals(held)


def test_only_the_secretariat_keeps_people_and_roles(store):
    acts = [
        (assessment.take_people, [row("Budi")]),
        (assessment.appoint, "p-e", "commissioner"),
        (assessment.appoint, "p-k", "secretariat"),
        (assessment.dismiss, "p-e", "evaluator"),
        (assessment.erase, "p-1"),
        (assessment.correct_person, "p-1", row("Lain")),
    ]
    people, held = store.people(), store.appointments()

    for act, *given in acts:
        assert why_not(act, store, "p-k", *given) == [("", "secretariat-only")], act
    assert store.people().equals(people)
    assert store.appointments().equals(held)


def test_a_refusal_names_whom_to_ask(store):
    appointed(store, "p-t", "secretariat")

    with pytest.raises(RuleError) as caught:
        assessment.check_administrator(store, "p-e")

    assert caught.value.facts == {"found": "Sri, p-t"}
    assert "Sri" in said(caught.value)


@pytest.mark.parametrize(
    ("person", "role", "agency", "problem"),
    [
        ("p-x", "host", None, ("p-x", "person-unknown")),
        ("p-e", "penguasa", None, ("Eko", "not-allowed")),
        ("p-e", "agency", None, ("Eko", "agency-for-role")),
        ("p-e", "host", "kota-a", ("Eko", "agency-not-for-role")),
        ("p-e", "agency", "kota-x", ("kota-x", "agency-unknown")),
    ],
)
def test_a_role_that_cannot_be_held_is_not_given(store, person, role, agency, problem):
    held = store.appointments()

    assert why_not(assessment.appoint, store, "p-s", person, role, agency) == [problem]
    assert store.appointments().equals(held)


def test_appointing_twice_is_appointing_once_and_dismissing_takes_one_role(store):
    for _ in range(2):
        assessment.appoint(store, "p-s", "p-e", "host")
        assessment.appoint(store, "p-s", "p-e", "agency", "kab-b")
    both = [("agency", "kab-b"), ("evaluator", None), ("host", None)]
    assert roles_of(store, "p-e") == both

    assessment.dismiss(store, "p-s", "p-e", "evaluator")
    assert roles_of(store, "p-e") == [("agency", "kab-b"), ("host", None)]
    assert roles_of(store, "p-1") == [("agency", "kab-b"), ("agency", "kota-a")]
    assessment.dismiss(store, "p-s", "p-1", "agency", "kota-a")
    assert roles_of(store, "p-1") == [("agency", "kab-b")]


@pytest.mark.parametrize(
    ("person", "role", "agency"),
    [("p-e", "host", None), ("p-1", "agency", None), ("p-e", "secretariat", None)],
)
def test_a_role_that_is_not_held_is_not_taken(store, person, role, agency):
    found = why_not(assessment.dismiss, store, "p-s", person, role, agency)

    assert found == [("", "role-not-held")]


def test_the_last_of_the_secretariat_stays(store):
    assert why_not(assessment.dismiss, store, "p-s", "p-s", "secretariat") == [
        ("", "secretariat-last")
    ]
    assert why_not(assessment.erase, store, "p-s", "p-s") == [("", "secretariat-last")]
    assert roles_of(store, "p-s") == [("secretariat", None)]

    assessment.appoint(store, "p-s", "p-k", "secretariat")
    assessment.dismiss(store, "p-s", "p-s", "secretariat")
    assert roles_of(store, "p-s") == []
    assert why_not(assessment.appoint, store, "p-s", "p-s", "host") == [("", "secretariat-only")]


def test_another_role_of_the_last_of_the_secretariat_can_be_taken(store):
    assessment.appoint(store, "p-s", "p-s", "evaluator")
    assessment.dismiss(store, "p-s", "p-s", "evaluator")

    assert roles_of(store, "p-s") == [("secretariat", None)]


def test_who_is_erased_leaves_what_they_stated_and_no_role(store, begun):
    record(store, say("self", begun))

    assessment.erase(store, "p-s", "p-1")

    assert "p-1" not in store.people().index
    assert roles_of(store, "p-1") == []
    assert list(store.entries()["author"]) == ["p-1", "p-1"]
    assert audit(store) == []


def test_nobody_is_erased_who_is_not_there(store):
    assert why_not(assessment.erase, store, "p-s", "p-x") == [("", "person-unknown")]


def test_everybody_corrects_themselves_and_the_secretariat_anybody(store):
    more = {"name": None, "login": None, "nip": None}
    assessment.correct_person(store, "p-e", "p-e", {**more, "office": "Biro"})
    assessment.correct_person(store, "p-s", "p-e", {**more, "office": None, "nip": NIP})

    assert store.people(["p-e"]).iloc[0].to_dict() == {
        "login": None, "name": "Eko", "nip": NIP, "office": "Biro",
    }  # fmt: skip
    assert roles_of(store, "p-e") == [("evaluator", None)]


def test_nobody_is_made_by_being_corrected(store):
    people = store.people()

    for by in ("p-s", "p-x"):
        found = why_not(assessment.correct_person, store, by, "p-x", row("Baru"))
        assert found == [("", "person-unknown")]
    assert store.people().equals(people)


def test_a_person_is_found_by_id_login_nip_or_full_name(store):
    [person] = assessment.take_people(store, "p-s", [row("Budi", login="budi", nip=NIP)])

    for name in (person, "budi", NIP, "19850101 201001 2 003", "Budi"):
        assert assessment.person_named(store, name) == person, name
    assert assessment.person_named(store, "Eko") == "p-e"


def test_nobody_and_several_of_a_name_are_refused(store):
    assessment.take_people(store, "p-s", [row("Eko", login="eko-2")])

    assert why_not(assessment.person_named, store, "Nihil") == [("", "person-unknown")]
    with pytest.raises(MeritError) as caught:
        assessment.person_named(store, "Eko")
    assert caught.value.key == "person-several"
    assert "p-e" in caught.value.facts["allowed"]
    assert assessment.person_named(store, "eko-2") != "p-e"


@pytest.fixture
def bare(store, tmp_path) -> Store:
    """A store in which nobody holds any role, as older ones are."""
    for held in store.appointments().itertuples():
        store.dismiss(held.person, held.role, held.agency)
    return store


def test_in_a_store_without_a_secretariat_whoever_comes_first_may(bare):
    assessment.appoint(bare, "p-e", "p-e", "secretariat")

    assert roles_of(bare, "p-e") == [("secretariat", None)]
    assert why_not(assessment.appoint, bare, "p-k", "p-k", "secretariat") == [
        ("", "secretariat-only")
    ]


def test_whoever_comes_first_may_take_a_file_that_names_the_secretariat(bare):
    rows = [row("Budi", roles=[("secretariat", None)]), row("Cici", roles=[("host", None)])]

    ids = assessment.take_people(bare, "p-e", rows)

    assert [roles_of(bare, each) for each in ids] == [[("secretariat", None)], [("host", None)]]
    assert why_not(assessment.take_people, bare, "p-e", rows) == [("", "secretariat-only")]


def test_a_role_nobody_holds_is_not_taken_even_without_a_secretariat(bare):
    assert why_not(assessment.dismiss, bare, "p-e", "p-e", "secretariat") == [("", "role-not-held")]


def test_whoever_makes_a_store_is_its_secretariat_and_an_evaluator(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "budi")
    with create_store(tmp_path / "ws") as made:
        person = assessment.settle_in(made, "Budi", "Biro")

        assert assessment.settle_in(made) == person == assessment.whoami(made)
        assert made.people().loc[person, ["login", "name", "office"]].tolist() == [
            "budi", "Budi", "Biro",
        ]  # fmt: skip
        assert roles_of(made, person) == [("evaluator", None), ("secretariat", None)]


def test_the_person_that_stands_for_a_team_belongs_to_that_team_alone(store):
    person = assessment.team_of(store, "kota-a")

    assert assessment.team_of(store, "kota-a") == person == "tim-kota-a"
    assert roles_of(store, person) == [("agency", "kota-a")]
    assert store.people([person]).iloc[0]["name"] == "Tim penilai mandiri Kota A"


def test_a_login_that_reads_like_somebody_elses_name_makes_the_name_ambiguous(store):
    store.add_people([{"id": "p-x", "login": "Eko", "name": "Xena"}])

    with pytest.raises(RuleError) as caught:
        assessment.person_named(store, "Eko")
    assert caught.value.key == "person-several"


def test_nobody_gives_themselves_another_login(store):
    about = {"login": "sri", "name": None, "nip": None, "office": None}

    with pytest.raises(RuleError) as caught:
        assessment.correct_person(store, "p-e", "p-e", about)

    assert caught.value.key == "secretariat-only"


def test_a_login_and_a_nip_belong_to_one_person(store):
    about = {"login": "budi", "name": "Budi", "nip": "1" * 18, "office": None}
    assessment.add_person(store, "p-s", about)

    for taken in ({"nip": None}, {"login": None}):
        found = why_not(assessment.add_person, store, "p-s", {**about, "name": "Bob", **taken})
        assert found == [("Bob", "person-taken")]


def test_four_first_visits_at_once_make_one_person(store):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: assessment.whoami(store), range(4)))

    assert len(found) == 1
