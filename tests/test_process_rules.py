"""Who may state what, when, in which form.

The tables here are written from the issue and the design, not from `process.KINDS`: a slip there
shows here. Bodies in good form are in `tests/entries.py`.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from merit_kit import process
from merit_kit.errors import Problem
from merit_kit.i18n import LANGUAGES, describe
from tests.entries import BODIES, FINDING, SHA, kind_of

CODES, STEPS = ("2.1", "1.1", "1.2"), (0, 1, 2, 3, 4)
ROLES = ("agency", "evaluator", "host", "commissioner", "analyst", "secretariat")
STAGES = ("mandiri", "verifikasi", "perbaikan", "penetapan")

# what | who | in which stages (1 self-assessment, 2 verification, 3 correction, 4 determination) |
# for whose eyes | whether the agency's time for it ends at the cut-off
TABLE = """
self             | agency                   | 1 2 3   | agency          | cut-off
awal             | evaluator                | 2       | agency internal |
akhir            | evaluator                | 3 4     | agency internal |
field            | evaluator                | 2 3 4   | agency internal |
second           | evaluator                | 1 2 3 4 | internal        |
evidence         | agency evaluator         | 1 2 3   | agency          | cut-off
evidence-state   | evaluator                | 2 3 4   | agency          |
note             | evaluator                | 2 3 4   | agency internal |
recommendation   | evaluator                | 2 3 4   | agency          |
follow-up        | evaluator                | 2 3 4   | agency          |
question         | evaluator                | 2 3     | agency internal |
answer           | agency                   | 2 3     | agency          | cut-off
closing          | evaluator                | 2 3 4   | agency          |
mismatch-answer  | evaluator commissioner   | 2 3 4   | agency          |
objection        | agency                   | 2 3 4   | agency          |
objection-answer | evaluator commissioner   | 2 3 4   | agency          |
sitting          | evaluator secretariat    | 2 3     | agency          |
attendance       | agency evaluator secretariat | 2 3 | agency          |
discussion       | evaluator                | 2 3     | agency          |
agreed-action    | evaluator                | 2 3     | agency          |
submission       | agency                   | 1 2 3   | agency          | cut-off
acceptance       | agency                   | 2 3     | agency          |
practice-result  | agency evaluator         | 1 2 3 4 | internal        |
determination    | commissioner             | 4       | agency          |
stage            | secretariat commissioner | 1 2 3 4 | agency          |
"""
ROWS = {
    what: (
        who.split(),
        [STAGES[int(number) - 1] for number in stages.split()],
        eyes.split(),
        bool(cut_off),
    )
    for what, who, stages, eyes, cut_off in (
        [part.strip() for part in line.split("|")] for line in TABLE.strip().splitlines()
    )
}
STEP_FROM = {"mandiri": "verifikasi", "verifikasi": "perbaikan", "perbaikan": "penetapan",
             "penetapan": "perbaikan"}  # fmt: skip


def person(*roles: str, agency: str = "kota-a", seated: bool = True) -> process.Speaker:
    """Who holds these roles; ``agency`` among them is that of the team of `agency`."""
    teams = {agency} if "agency" in roles else set()
    return process.Speaker(frozenset(roles) - {"agency"}, frozenset(teams), seated)


def right(what: str, who: process.Speaker, stage: str, **more: Any) -> list[Problem]:
    """Why `who` may not state it in this stage, about an assessment of kota-a."""
    body = {**BODIES[what], **more.pop("parts", {})}
    if what == "evidence" and "kota-a" not in who.agencies:
        body["side"] = "evaluator"
    eyes = more.pop("visible_to", ROWS[what][2][0])
    base, prior = more.pop("base", ()), more.pop("prior", ())
    # The only thing there is in a sandbox alone.
    more.setdefault("practice", what == "practice-result")
    moment = process.Moment("kota-a", stage, **more)
    return process.problems_of_right(kind_of(what), body, eyes, who, moment, base, prior)


def keys(problems: list[Problem]) -> list[str]:
    """The keys of the problems; each can be said in every language."""
    for problem, lang in product(problems, LANGUAGES):
        text = describe(problem, lang)
        assert text
        assert "{found}" not in text
        assert "{allowed}" not in text
    return [problem.key for problem in problems]


def form(what: str, **parts: Any) -> list[Problem]:
    return process.problems_of_form(kind_of(what), {**BODIES[what], **parts}, STEPS, CODES)


def test_there_is_a_row_for_everything_that_can_be_stated_and_no_more():
    of = {"self": ("self", None), "awal": ("verified", "awal"), "akhir": ("verified", "akhir"),
          "field": ("field", None), "second": ("second", None)}  # fmt: skip

    table = [(row.kind, row.of, row.pass_) for row in process.KINDS]

    assert sorted(table, key=str) == sorted(
        ((kind_of(what), *of.get(what, (None, None))) for what in ROWS), key=str
    )
    assert (process.ROLES, process.STAGES) == (ROLES, STAGES)


@pytest.mark.parametrize("what", ROWS)
def test_only_whom_the_table_names_may_state_it_in_its_stages_for_its_readers(what):
    who, stages, eyes, ends = ROWS[what]
    everything = set(product(ROLES, STAGES, ("internal", "agency", "public"), (False, True)))

    allowed = set()
    for role, stage, visible_to, late in everything:
        parts = {"stage": STEP_FROM[stage], "text": "Alasan"} if what == "stage" else {}
        found = right(what, person(role), stage, parts=parts, visible_to=visible_to,
                      after_cut_off=late)  # fmt: skip
        if not found:
            allowed.add((role, stage, visible_to, late))

    assert allowed == {
        (role, stage, visible_to, late)
        for role, stage, visible_to, late in everything
        if role in who
        and stage in stages
        and visible_to in eyes
        and not (late and ends and role == "agency")
    }


def test_hosts_and_analysts_look_and_state_nothing():
    for what, (_, stages, _, _) in ROWS.items():
        assert "role-lacking" in keys(right(what, person("host", "analyst"), stages[0]))


def test_who_holds_no_role_may_state_nothing():
    for what, (_, stages, _, _) in ROWS.items():
        assert "role-none" in keys(right(what, person(), stages[0]))


def test_a_refusal_says_which_roles_may_and_which_are_held():
    [problem] = right("awal", person("host", "analyst"), "verifikasi")

    assert problem == Problem(
        "1.1", "role-lacking", ["role.analyst", "role.host"], ["role.evaluator"]
    )
    assert "roles on record: analyst, host" in describe(problem, "en")


@pytest.mark.parametrize("what", [what for what in ROWS if "agency" not in ROWS[what][0]])
def test_nobody_judges_or_moves_their_own_office_whatever_else_they_are(what):
    everybody, stage = person(*ROLES), ROWS[what][1][0]
    parts = {"stage": STEP_FROM[stage]} if what == "stage" else {}

    [problem] = right(what, everybody, stage, parts=parts)

    assert keys([problem]) == ["own-agency"]
    assert (problem.found, problem.allowed) == ("kota-a", [f"role.{r}" for r in ROWS[what][0]])


@pytest.mark.parametrize("what", [what for what in ROWS if "agency" in ROWS[what][0]])
def test_whoever_is_of_the_agencys_team_speaks_for_it_whatever_else_they_are(what):
    everybody, stage = person(*ROLES, seated=False), ROWS[what][1][-1]

    assert right(what, everybody, stage) == []
    late = right(what, everybody, stage, after_cut_off=True)
    assert keys(late) == (["after-cut-off"] if ROWS[what][3] else [])


def test_who_is_of_several_teams_speaks_for_each_and_judges_none():
    both = process.Speaker(frozenset({"evaluator"}), frozenset({"kab-b", "kota-a"}))

    assert right("self", both, "verifikasi") == []
    assert keys(right("awal", both, "verifikasi")) == ["own-agency"]


def test_who_is_of_another_agencys_team_judges_this_one_by_their_other_roles():
    member = person("agency", "evaluator", "commissioner", "secretariat", agency="kab-b")

    for what, (who, stages, _, _) in ROWS.items():
        if who != ["agency"]:
            parts = {"stage": "perbaikan", "text": "Alasan"} if what == "stage" else {}
            assert right(what, member, stages[-1], parts=parts) == []


@pytest.mark.parametrize("what", ["self", "evidence", "answer", "objection"])
def test_an_agency_states_nothing_for_another(what):
    others = process.Speaker(agencies=frozenset(f"kab-{letter}" for letter in "edcb"))

    [problem] = right(what, others, ROWS[what][1][-1])

    assert keys([problem]) == ["other-agency"]
    assert (problem.found, problem.allowed) == ("kab-b, kab-c, kab-d, kab-e", "kota-a")


def test_who_is_only_of_another_agencys_team_is_told_which_role_is_lacking():
    assert keys(right("awal", person("agency", agency="kab-b"), "verifikasi")) == ["role-lacking"]


def test_no_other_role_speaks_for_an_agency():
    outsider = person("agency", "evaluator", "commissioner", "secretariat", agency="kab-b")

    assert keys(right("self", outsider, "mandiri")) == ["other-agency"]
    # Whoever holds the role without an agency is of no team.
    assert keys(right("self", process.Speaker(frozenset({"agency"})), "mandiri")) == [
        "role-lacking"
    ]


def test_an_evaluator_who_is_also_of_another_agency_adds_evidence_as_an_evaluator():
    member = person("agency", "evaluator", agency="kab-b")

    assert right("evidence", member, "perbaikan", after_cut_off=True) == []


OF_EVALUATORS = [what for what in ROWS if "evaluator" in ROWS[what][0]]


@pytest.mark.parametrize("what", OF_EVALUATORS)
def test_where_a_sitting_is_arranged_only_its_evaluators_act_but_for_a_second_scoring(what):
    found = right(what, person("evaluator", seated=False), ROWS[what][1][-1])

    assert keys(found) == ([] if what in ("second", "practice-result") else ["not-seated"])


@pytest.mark.parametrize("what", ROWS)
def test_who_acts_in_another_role_needs_no_seat(what):
    for role in set(ROWS[what][0]) - {"evaluator"}:
        stage = ROWS[what][1][0]
        parts = {"stage": STEP_FROM[stage]} if what == "stage" else {}
        for roles in ([role], [role, "evaluator"]):
            assert right(what, person(*roles, seated=False), stage, parts=parts) == []


@pytest.mark.parametrize("what", ["second", "practice-result"])
def test_in_a_sandbox_any_agencys_team_practises_as_evaluators_do(what):
    for agency in ("kota-a", "kab-b"):
        assert right(what, person("agency", agency=agency), "mandiri", practice=True) == []
    assert right(what, person("evaluator", seated=False), "mandiri", practice=True) == []
    assert keys(right(what, person("host"), "mandiri", practice=True)) == ["role-lacking"]


def test_outside_a_sandbox_no_team_scores_a_second_time_and_nothing_is_compared():
    for agency, why in (("kota-a", "own-agency"), ("kab-b", "role-lacking")):
        assert keys(right("second", person("agency", agency=agency), "mandiri")) == [why]
    found = right("practice-result", person("evaluator"), "mandiri", practice=False)
    assert keys(found) == ["practice-only"]


@pytest.mark.parametrize(
    "what", [what for what in ROWS if what not in ("second", "practice-result")]
)
def test_a_sandbox_opens_nothing_else_to_anybody(what):
    stage = ROWS[what][1][-1]
    parts = {"stage": STEP_FROM[stage], "text": "Alasan"} if what == "stage" else {}
    for role, agency in product(ROLES, ("kota-a", "kab-b")):
        who = person(role, agency=agency)
        given = {"parts": parts}
        assert right(what, who, stage, **given, practice=True) == right(what, who, stage, **given)


@pytest.mark.parametrize("what", ["second", "practice-result"])
def test_who_has_seen_the_model_practises_on_it_no_more(what):
    found = right(what, person("evaluator"), "mandiri", practice=True, compared=True)

    assert keys(found) == ["practice-over"]


def test_who_lacks_the_role_is_told_so_and_not_of_seats():
    assert keys(right("note", person("host", seated=False), "verifikasi")) == ["role-lacking"]


EYES = ("internal", "agency", "public")


@pytest.mark.parametrize("now", EYES)
@pytest.mark.parametrize("before", EYES)
def test_what_somebody_could_read_is_not_replaced_out_of_their_sight(before, now):
    evaluator, seen = person("evaluator"), (process.Prior("a", before),)

    found = right("awal", evaluator, "verifikasi", visible_to=now, base=("a",), prior=seen)

    narrower = {("agency", "internal"), ("public", "internal"), ("public", "agency")}
    assert ("visibility-narrowed" in keys(found)) == ((before, now) in narrower)
    # What it does not name it would stand beside.
    beside = right("awal", evaluator, "verifikasi", visible_to=now, base=("b",), prior=seen)
    assert "visibility-narrowed" not in keys(beside)


def test_one_open_statement_among_those_replaced_is_enough_to_forbid_an_internal_one():
    prior = (process.Prior("a", "internal"), process.Prior("b", "agency"))
    given = {"visible_to": "internal", "base": ("a", "b"), "prior": prior}

    assert keys(right("awal", person("evaluator"), "verifikasi", **given)) == [
        "visibility-narrowed"
    ]


@pytest.mark.parametrize("base", [("a",), ()], ids=["replacing", "beside"])
@pytest.mark.parametrize("withdrawn", [False, True], ids=["replaced", "withdrawn"])
@pytest.mark.parametrize("side", ["agency", "evaluator"])
@pytest.mark.parametrize("by_agency", [True, False], ids=["of-the-agency", "of-the-evaluators"])
def test_a_file_is_replaced_or_withdrawn_by_the_side_that_gave_it(by_agency, side, withdrawn, base):
    there = (process.Prior("a", "agency", "agency" if by_agency else "evaluator"),)
    parts = {"withdrawn": withdrawn}

    found = right("evidence", person(side), "verifikasi", parts=parts, base=base, prior=there)

    assert keys(found) == ([] if by_agency == (side == "agency") else ["file-of-others"])


@pytest.mark.parametrize(("role", "said"), [("agency", "evaluator"), ("evaluator", "agency")])
def test_nobody_gives_a_file_in_the_name_of_the_other_side(role, said):
    body, moment = {**BODIES["evidence"], "side": said}, process.Moment("kota-a", "verifikasi")

    found = process.problems_of_right("evidence", body, "agency", person(role), moment)

    assert keys(found) == ["side-of-others"]


def test_a_file_both_sides_have_touched_is_nobodys_to_replace():
    both = (process.Prior("a", "agency", "agency"), process.Prior("b", "agency", "evaluator"))
    base = ("a", "b")

    for side in ("agency", "evaluator"):
        found = right("evidence", person(side), "verifikasi", base=base, prior=both)
        assert keys(found) == ["file-of-others"]


def test_an_evaluator_of_another_agencys_team_is_on_the_evaluators_side_of_a_file():
    member = person("agency", "evaluator", agency="kab-b")

    for by_agency, refused in ((True, ["file-of-others"]), (False, [])):
        there = (process.Prior("a", "agency", "agency" if by_agency else "evaluator"),)
        assert keys(right("evidence", member, "verifikasi", base=("a",), prior=there)) == refused


@pytest.mark.parametrize("what", ["evidence-state", "mismatch-answer", "self"])
def test_only_of_files_it_is_asked_which_side_stated_them(what):
    who, there = (
        person(ROWS[what][0][0]),
        (process.Prior("a", "agency", "evaluator" if what == "self" else "agency"),),
    )

    assert right(what, who, "verifikasi", base=("a",), prior=there) == []


def test_the_cut_off_ends_the_agencys_time_and_not_the_evaluators():
    late = {"after_cut_off": True}

    assert keys(right("evidence", person("agency"), "perbaikan", **late)) == ["after-cut-off"]
    assert right("evidence", person("evaluator"), "perbaikan", **late) == []
    assert right("objection", person("agency"), "penetapan", **late) == []


@pytest.mark.parametrize("what", ["self", "awal", "akhir", "field", "second"])
def test_in_an_assistance_sitting_nobody_states_a_level(what):
    who, stages, _, _ = ROWS[what]

    found = right(what, person(who[0]), stages[-1], levels_allowed=False)

    assert keys(found) == ["sitting-without-levels"]


@pytest.mark.parametrize("what", ["note", "evidence", "question", "evidence-state"])
def test_in_an_assistance_sitting_everything_but_a_level_is_stated(what):
    who, stages, _, _ = ROWS[what]

    assert right(what, person(who[-1]), stages[-1], levels_allowed=False) == []


WAYS = {
    ("mandiri", "verifikasi"), ("verifikasi", "perbaikan"), ("perbaikan", "penetapan"),
    ("penetapan", "perbaikan"), ("perbaikan", "verifikasi"), ("verifikasi", "mandiri"),
}  # fmt: skip


@pytest.mark.parametrize("there", STAGES)
@pytest.mark.parametrize("here", STAGES)
def test_a_round_goes_one_stage_on_or_one_back(here, there):
    found = right("stage", person("secretariat"), here, parts={"stage": there, "text": "Alasan"})

    assert keys(found) == ([] if (here, there) in WAYS else ["stage-skipped"])


def test_a_stage_that_is_skipped_is_told_with_those_that_may_follow():
    [problem] = right("stage", person("secretariat"), "verifikasi", parts={"stage": "penetapan"})

    assert problem.allowed == ["stage.mandiri", "stage.perbaikan"]


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"], ids=["none", "blanks", "lines"])
def test_a_round_goes_back_only_with_a_reason(reason):
    parts = {"stage": "verifikasi", "text": reason}

    found = right("stage", person("commissioner"), "perbaikan", parts=parts)

    assert keys(found) == ["stage-back-why"]


def test_a_round_goes_on_without_a_reason():
    parts = {"stage": "penetapan", "text": ""}

    assert right("stage", person("commissioner"), "perbaikan", parts=parts) == []


@pytest.mark.parametrize("what", [what for what in ROWS if what != "determination"])
def test_after_the_determination_nothing_else_is_stated(what):
    who = ROWS[what][0]

    for role, stage, standing in product(who, ROWS[what][1], [("d",), ("d", "e")]):
        parts = {"stage": STEP_FROM[stage], "text": "Alasan"} if what == "stage" else {}
        given = {"parts": parts, "base": ("d", "e")}
        assert right(what, person(role), stage, **given) == []
        found = right(what, person(role), stage, determinations=standing, **given)
        assert keys(found) == ["determined"]


def test_after_the_determination_only_one_that_names_it_is_stated():
    by = person("commissioner")

    assert right("determination", by, "penetapan") == []
    again = {"determinations": ("d",)}
    assert keys(right("determination", by, "penetapan", **again)) == ["determined-already"]
    other = right("determination", by, "penetapan", base=("e",), **again)
    assert keys(other) == ["determined-already"]
    assert right("determination", by, "penetapan", base=("e", "d"), **again) == []


@pytest.mark.parametrize(
    ("base", "problems"),
    [
        ((), ["determined-already"]),
        (("d",), ["determined-already"]),
        (("e", "f"), ["determined-already"]),
        (("e", "d"), []),
        (("d", "e", "f"), []),
    ],
    ids=["none", "one", "one-and-another", "both", "both-and-another"],
)
def test_of_several_determinations_that_stand_a_new_one_names_all(base, problems):
    found = right("determination", person("commissioner"), "penetapan", base=base,
                  determinations=("d", "e"))  # fmt: skip

    assert keys(found) == problems


@pytest.mark.parametrize("standing", [(), ("d",), ("d", "e")], ids=["first", "second", "settling"])
def test_nothing_is_determined_while_something_is_unanswered(standing):
    missing = (Problem("1.1", "level-missing"), Problem("", "objection-unanswered", "Bukti"))

    found = right("determination", person("commissioner"), "penetapan", base=("d", "e"),
                  determinations=standing, unanswered=missing)  # fmt: skip

    assert found == list(missing)


def test_what_is_unanswered_keeps_nothing_else_from_being_stated():
    missing = (Problem("1.1", "level-missing"),)

    assert right("akhir", person("evaluator"), "penetapan", unanswered=missing) == []


def test_all_reasons_against_a_statement_come_at_once():
    seen = (process.Prior("a", "agency"),)
    found = right("self", person("evaluator"), "penetapan", visible_to="internal", base=("a",),
                  prior=seen, levels_allowed=False, after_cut_off=True,
                  determinations=("d",))  # fmt: skip

    assert sorted(keys(found)) == [
        "after-cut-off", "determined", "not-allowed", "role-lacking", "sitting-without-levels",
        "stage-wrong", "visibility-narrowed",
    ]  # fmt: skip


def test_who_has_no_seat_and_takes_up_another_sides_file_hears_of_both():
    there = (process.Prior("a", "agency", "agency"),)

    found = right("evidence", person("evaluator", seated=False), "verifikasi", prior=there)

    assert keys(found) == ["not-seated", "file-of-others"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("score", {}),
        ("opened", {}),
        ("level", {}),
        ("level", {**BODIES["self"], "of": "final"}),
        ("level", {**BODIES["self"], "of": ["self"]}),
        ("level", {**BODIES["self"], "pass": "awal"}),
        ("level", {**BODIES["awal"], "pass": None}),
        ("level", {**BODIES["awal"], "pass": "tengah"}),
    ],
    ids=["score", "opened", "level-of-nobody", "final-level", "of-a-list", "self-with-a-pass",
         "verified-without", "third-pass"],
)  # fmt: skip
def test_what_is_not_in_the_table_cannot_be_stated(kind, body):
    everybody, moment = person(*ROLES), process.Moment("kota-a", "penetapan")

    assert process.kind_of(kind, body) is None
    for found in (
        process.problems_of_form(kind, body, STEPS, CODES),
        process.problems_of_right(kind, body, "agency", everybody, moment),
    ):
        assert keys(found) == ["kind-unknown"]
        assert found[0].found == kind


@pytest.mark.parametrize("what", BODIES)
def test_a_body_in_good_form_has_no_problems(what):
    assert form(what) == []


@pytest.mark.parametrize("what", BODIES)
def test_a_body_with_a_part_too_few_or_too_many_is_refused(what):
    kind, body = kind_of(what), BODIES[what]
    for part in body:
        if kind == "level" and part in ("of", "pass"):
            continue
        less = {name: value for name, value in body.items() if name != part}
        assert keys(process.problems_of_form(kind, less, STEPS, CODES)) == ["body-shape"]
    assert keys(process.problems_of_form(kind, {**body, "more": 1}, STEPS, CODES)) == ["body-shape"]
    assert keys(process.problems_of_form(kind, {**body, 7: 1}, STEPS, CODES)) == ["body-shape"]


HALF = "\ud83d"
NO_TEXT = [None, 1, True, ["a"], {}]
NO_CODE = ["", "9.9", "1.10", None, 1.1, ["1.1"], {}, True, HALF]
NO_ID = ["", "1" * 31, "1" * 33, "g" * 32, "A" * 32, "1" * 32 + "\n", None, 1, ["1" * 32]]
NO_SHA = ["", "a" * 63, "a" * 65, "g" * 64, "A" * 64, "a" * 64 + "\n", None, 1]
NO_DAY = ["", "2026-02-30", "20260401", "2026-4-1", "2026-04-01T00:00:00", "1/4/2026", 20260401]
NO_STEP = [-1, 5, 2.5, 2.0, "3", True, False, [3], {}]
NO_FLAG = [0, 1, "true", None, []]
NO_TIME = ["", "9:00", "24:00", "09:60", "09.00", "09:00:00", "\u0660\u0669:00", 900]
NO_PERSON = ["", "p-", "Budi", "p-Budi Santoso", "tim-kota-a", "p-" + "1" * 63, "p-1\n", None, 1]
NO_LEVELS = [
    {}, None, [3, 2, 0], {"2.1": 3, "1.1": 2}, {"2.1": 3, "1.1": 2, "1.2": 0, "9.9": 1},
    {"2.1": 3, "1.1": 2, "1.2": None}, {"2.1": 3, "1.1": 2, "1.2": 5},
    {"2.1": 3, "1.1": True, "1.2": 0}, {"2.1": 3.0, "1.1": 2, "1.2": 0},
]  # fmt: skip
WORDLESS = ["", " ", "\n\t", *NO_TEXT]

# statement: part -> key of the refusal, values that are refused
BAD: dict[str, dict[str, tuple[str, list[Any]]]] = {
    **{
        what: {
            "sub_aspect": ("code-unknown", NO_CODE),
            "level": ("level-off-scale", NO_STEP),
            "reason": ("body-shape", NO_TEXT),
        }
        for what in ("self", "awal", "akhir", "second")
    },
    "field": {
        "sub_aspect": ("code-unknown", NO_CODE),
        "level": ("level-off-scale", NO_STEP),
        "reason": ("body-shape", NO_TEXT),
        "finding": ("body-shape", NO_ID),
        "source": ("not-allowed", ["", "kabar", None, ["kunjungan"]]),
        "seen_on": ("body-shape", [*NO_DAY, None]),
        "photos": ("body-shape", [None, SHA, [FINDING], [SHA, None], [1]]),
    },
    "evidence": {
        "sub_aspect": ("code-unknown", NO_CODE),
        "file": ("body-shape", NO_ID),
        "name": ("body-shape", WORDLESS),
        "sha256": ("body-shape", NO_SHA),
        "size": ("body-shape", [0, -1, 26_214_401, 1.0, "1", None, True]),
        "side": ("not-allowed", ["", "kota-a", "commissioner", None, True]),
        "withdrawn": ("body-shape", NO_FLAG),
    },
    "evidence-state": {
        "file": ("body-shape", NO_ID),
        "sha256": ("body-shape", NO_SHA),
        "state": ("not-allowed", ["", "Sesuai", "baik", None, True, ["sesuai"]]),
        "text": ("body-shape", NO_TEXT),
    },
    **{
        what: {"sub_aspect": ("code-unknown", NO_CODE), "text": ("body-shape", NO_TEXT)}
        for what in ("note", "recommendation")
    },
    "follow-up": {
        "sub_aspect": ("code-unknown", NO_CODE),
        "round": ("body-shape", WORDLESS),
        "state": ("not-allowed", ["", "sesuai", None]),
        "text": ("body-shape", NO_TEXT),
    },
    "question": {
        "sub_aspect": ("code-unknown", NO_CODE),
        "thread": ("body-shape", NO_ID),
        "text": ("body-shape", WORDLESS),
        "missing": ("body-shape", NO_TEXT),
        "due": ("body-shape", NO_DAY),
    },
    "answer": {
        "thread": ("body-shape", NO_ID),
        "text": ("body-shape", WORDLESS),
        "files": ("body-shape", [None, SHA, [FINDING], [SHA, None]]),
    },
    "closing": {
        "thread": ("body-shape", NO_ID),
        "closed": ("body-shape", NO_FLAG),
        "text": ("body-shape", NO_TEXT),
    },
    "mismatch-answer": {
        "sub_aspect": ("code-unknown", NO_CODE),
        "text": ("body-shape", WORDLESS),
    },
    "objection": {
        "thread": ("body-shape", NO_ID),
        "sub_aspect": ("code-unknown", [code for code in NO_CODE if code is not None]),
        "text": ("body-shape", WORDLESS),
        "withdrawn": ("body-shape", NO_FLAG),
    },
    "objection-answer": {
        "thread": ("body-shape", NO_ID),
        "accepted": ("body-shape", NO_FLAG),
        "text": ("body-shape", WORDLESS),
    },
    "sitting": {
        "name": ("body-shape", NO_TEXT),
        "purpose": ("not-allowed", ["", "rapat", None, True]),
        "held_on": ("body-shape", [*NO_DAY, None]),
        "begins": ("body-shape", NO_TIME),
        "ends": ("body-shape", NO_TIME),
        "zone": ("not-allowed", ["", "UTC", "wib", None]),
        "place": ("body-shape", NO_TEXT),
    },
    "attendance": {
        "person": ("body-shape", NO_PERSON),
        "side": ("not-allowed", ["", "kota-a", "commissioner", None, True]),
        "signs": ("body-shape", NO_FLAG),
        "withdrawn": ("body-shape", NO_FLAG),
    },
    "discussion": {
        "sub_aspect": ("code-unknown", NO_CODE),
        "thread": ("body-shape", [each for each in NO_ID if each is not None]),
        "text": ("body-shape", NO_TEXT),
    },
    "agreed-action": {
        "sub_aspect": ("code-unknown", [code for code in NO_CODE if code is not None]),
        "thread": ("body-shape", [each for each in NO_ID if each is not None]),
        "text": ("body-shape", NO_TEXT),
        "side": ("not-allowed", ["", "host", None, True]),
        "due": ("body-shape", NO_DAY),
    },
    "submission": {
        "of": ("body-shape", NO_SHA),
        "text": ("body-shape", NO_TEXT),
    },
    "acceptance": {
        "of": ("body-shape", NO_SHA),
        "text": ("body-shape", NO_TEXT),
        "withdrawn": ("body-shape", NO_FLAG),
    },
    "determination": {
        "levels": ("levels-not-whole", NO_LEVELS),
        "total": ("body-shape", WORDLESS),
        "index": ("body-shape", WORDLESS),
        "category": ("body-shape", WORDLESS),
        "text": ("body-shape", NO_TEXT),
    },
    "practice-result": {
        "of": ("body-shape", NO_SHA),
        "model": ("levels-not-whole", NO_LEVELS),
    },
    "stage": {
        "stage": ("not-allowed", ["", "selesai", None, 1]),
        "text": ("body-shape", NO_TEXT),
    },
}


def test_the_bad_values_cover_every_part_of_every_body():
    for what, body in BODIES.items():
        levels = {"of", "pass"} if kind_of(what) == "level" else set()
        assert set(BAD[what]) == set(body) - levels


@pytest.mark.parametrize(
    ("what", "part"), [(what, part) for what in BAD for part in BAD[what]], ids=str
)
def test_a_part_of_the_wrong_kind_is_refused_by_itself(what, part):
    key, values = BAD[what][part]
    for value in values:
        assert keys(form(what, **{part: value})) == [key], value


@pytest.mark.parametrize(
    ("what", "part"),
    [
        (what, part)
        for what, parts in BAD.items()
        for part, (_, refused) in parts.items()
        if refused is NO_TEXT or refused is WORDLESS
    ],
    ids=str,
)
def test_a_text_is_whole_and_no_longer_than_some_pages(what, part):
    [cut] = form(what, **{part: f"x {HALF} y"})
    [long] = form(what, **{part: "x" * 20_001})

    assert (cut.key, cut.found, cut.allowed) == ("text-broken", "x \ufffd y", None)
    assert (long.key, long.found, long.allowed) == ("text-too-long", 20_001, 20_000)
    assert form(what, **{part: "x" * 20_000}) == []


GOOD = {
    "no-level": ("self", {"level": None}),
    "nothing-proven": ("akhir", {"level": 0}),
    "no-reason": ("awal", {"reason": ""}),
    "no-photos": ("field", {"photos": []}),
    "an-interview": ("field", {"source": "wawancara"}),
    "a-complaint": ("field", {"source": "pengaduan"}),
    "25-megabytes": ("evidence", {"size": 26_214_400}),
    "withdrawn": ("evidence", {"withdrawn": True}),
    "of-the-evaluators": ("evidence", {"side": "evaluator"}),
    "too-little": ("evidence-state", {"state": "kurang"}),
    "expired": ("evidence-state", {"state": "kedaluwarsa"}),
    "cannot-be-opened": ("evidence-state", {"state": "tidak-dapat-dibuka"}),
    "unchecked": ("evidence-state", {"state": "belum-diperiksa"}),
    "a-whole-emoji": ("note", {"text": "baik \U0001f600"}),
    "an-empty-note": ("note", {"text": ""}),
    "done": ("follow-up", {"state": "selesai"}),
    "not-done": ("follow-up", {"state": "belum"}),
    "no-due-date": ("question", {"due": None, "missing": ""}),
    "no-files": ("answer", {"files": []}),
    "opened-again": ("closing", {"closed": False}),
    "against-the-whole-result": ("objection", {"sub_aspect": None}),
    "accepted": ("objection-answer", {"accepted": True}),
    "midnight": ("sitting", {"begins": "00:00", "ends": "23:59"}),
    "no-times": ("sitting", {"begins": None, "ends": None}),
    "a-session-of-assistance": ("sitting", {"purpose": "asistensi", "zone": "WIT"}),
    "of-the-host": ("attendance", {"person": f"p-{FINDING}", "side": "host", "signs": True}),
    "to-a-question": ("discussion", {"thread": FINDING, "text": ""}),
    "agreed-on-all": ("agreed-action", {"sub_aspect": None, "due": None, "side": "evaluator"}),
    "agreement-taken-back": ("acceptance", {"withdrawn": True}),
    "no-reason-to-go-on": ("stage", {"text": ""}),
}


@pytest.mark.parametrize(("what", "parts"), GOOD.values(), ids=GOOD)
def test_what_may_be_left_out_or_chosen_is_allowed(what, parts):
    assert form(what, **parts) == []


def test_all_problems_of_a_form_come_at_once_each_with_its_place():
    found = form("field", sub_aspect="9.9", level=7, reason=None, finding="x", source="kabar",
                 seen_on="besok", photos=None)  # fmt: skip

    assert [(problem.where, problem.key) for problem in found] == [
        ("9.9", "code-unknown"),
        ("9.9", "level-off-scale"),
        ("reason", "body-shape"),
        ("finding", "body-shape"),
        ("source", "not-allowed"),
        ("seen_on", "body-shape"),
        ("photos", "body-shape"),
    ]


def test_a_refusal_says_what_was_found_and_what_is_allowed():
    assert form("self", level=5) == [Problem("1.1", "level-off-scale", "5", "0, 1, 2, 3, 4")]
    assert form("stage", stage="x") == [Problem("stage", "not-allowed", "x", ", ".join(STAGES))]
    assert form("determination", levels={})[0].allowed == len(CODES)


NEEDS = ("survei", "correction")


def form_beside(**numbers: Any) -> list[tuple[str, str]]:
    """Where and why the form of a determination with these components is refused."""
    body = {**BODIES["determination"], "components": numbers}
    found = process.problems_of_form("determination", body, STEPS, CODES, NEEDS)
    keys(found)
    return [(str(problem.where), problem.key) for problem in found]


def test_a_determination_holds_each_number_its_index_takes_beside_the_levels():
    assert form_beside(survei="80.5", correction=0) == []
    assert form_beside(survei="0", correction="0.05") == []
    without = process.problems_of_form(
        "determination", BODIES["determination"], STEPS, CODES, NEEDS
    )
    assert keys(without) == ["body-shape"]


def test_all_that_is_wrong_with_its_numbers_comes_at_once():
    assert form_beside(survei="80,5", lain="1") == [
        ("survei", "component-form"),
        ("correction", "component-missing"),
        ("lain", "component-unknown"),
    ]


@pytest.mark.parametrize(
    "number",
    ["", " 1", "1 ", "01", "1.", ".5", "+1", "1e2", "NaN", "9" * 16, 80.5, True, None, ["1"], HALF],
    ids=ascii,
)
def test_a_number_is_written_in_figures_with_a_point_at_most(number):
    assert form_beside(survei=number, correction="0") == [("survei", "component-form")]


def test_a_refusal_can_be_written_down_whatever_was_handed_in():
    for bad in (HALF, "a" * 10_000, [HALF], object()):
        for problem in form("self", sub_aspect=bad, level=bad, reason=HALF):
            for lang in LANGUAGES:
                text = describe(problem, lang)
                assert len(text.encode("utf-8")) < 400


def test_what_fits_one_edition_need_not_fit_another():
    [level] = process.problems_of_form("level", BODIES["self"], (0, 1, 2), CODES)
    [code] = process.problems_of_form("note", BODIES["note"], STEPS, ("8.1",))

    assert level == Problem("1.1", "level-off-scale", "3", "0, 1, 2")
    assert code == Problem("1.1", "code-unknown", "1.1")
