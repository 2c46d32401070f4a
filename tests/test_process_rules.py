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


def person(*roles: str, agency: str | None = "kota-a") -> process.Standing:
    return process.Standing(frozenset(roles), agency if "agency" in roles else None)


def right(what: str, who: process.Standing, stage: str, **more: Any) -> list[Problem]:
    body = {**BODIES[what], **more.pop("parts", {})}
    eyes, base = more.pop("visible_to", ROWS[what][2][0]), more.pop("base", ())
    moment = process.Moment("kota-a", stage, **more)
    return process.problems_of_right(kind_of(what), body, eyes, who, moment, base)


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
        assert "role-lacking" in keys(right(what, person(), stages[0]))


def test_a_refusal_says_which_roles_may_and_which_are_held():
    [problem] = right("awal", person("host", "agency"), "verifikasi")

    assert problem == Problem(
        "1.1", "role-lacking", ["role.agency", "role.host"], ["role.evaluator"]
    )
    assert "roles on record: self-assessment team of the agency, host" in describe(problem, "en")


@pytest.mark.parametrize("what", ["self", "evidence", "answer", "objection"])
def test_an_agency_states_nothing_for_another(what):
    stage = ROWS[what][1][-1]

    assert keys(right(what, person("agency", agency="kab-b"), stage)) == ["other-agency"]
    assert keys(right(what, person("agency", agency=None), stage)) == ["other-agency"]


def test_an_evaluator_who_is_also_of_another_agency_adds_evidence_as_an_evaluator():
    assert right("evidence", person("agency", "evaluator", agency="kab-b"), "perbaikan") == []


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
    parts = {"stage": "perbaikan", "text": "Alasan"} if what == "stage" else {}
    everybody = person(*ROLES)

    for stage in ROWS[what][1]:
        given = {**parts, "stage": STEP_FROM[stage]} if parts else {}
        assert right(what, everybody, stage, parts=given) == []
        found = right(what, everybody, stage, parts=given, determination="d")
        assert keys(found) == ["determined"]


def test_after_the_determination_only_one_that_names_it_is_stated():
    by = person("commissioner")

    assert right("determination", by, "penetapan") == []
    again = {"determination": "d"}
    assert keys(right("determination", by, "penetapan", **again)) == ["determined-already"]
    other = right("determination", by, "penetapan", base=("e",), **again)
    assert keys(other) == ["determined-already"]
    assert right("determination", by, "penetapan", base=("e", "d"), **again) == []


@pytest.mark.parametrize("standing", [None, "d"], ids=["first", "correcting"])
def test_nothing_is_determined_while_something_is_unanswered(standing):
    missing = (Problem("1.1", "level-missing"), Problem("", "objection-unanswered", "Bukti"))

    found = right("determination", person("commissioner"), "penetapan", base=("d",),
                  determination=standing, unanswered=missing)  # fmt: skip

    assert found == list(missing)


def test_what_is_unanswered_keeps_nothing_else_from_being_stated():
    missing = (Problem("1.1", "level-missing"),)

    assert right("akhir", person("evaluator"), "penetapan", unanswered=missing) == []


def test_all_reasons_against_a_statement_come_at_once():
    found = right("self", person("evaluator"), "penetapan", visible_to="public",
                  levels_allowed=False, after_cut_off=True, determination="d")  # fmt: skip

    assert sorted(keys(found)) == [
        "after-cut-off", "determined", "not-allowed", "role-lacking", "sitting-without-levels",
        "stage-wrong",
    ]  # fmt: skip


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
        if part in ("of", "pass"):
            continue
        less = {name: value for name, value in body.items() if name != part}
        assert keys(process.problems_of_form(kind, less, STEPS, CODES)) == ["body-shape"]
    assert keys(process.problems_of_form(kind, {**body, "more": 1}, STEPS, CODES)) == ["body-shape"]
    assert keys(process.problems_of_form(kind, {**body, 7: 1}, STEPS, CODES)) == ["body-shape"]


HALF = "\ud83d"
NO_TEXT = [None, 1, True, ["a"], {}, HALF]
NO_CODE = ["", "9.9", "1.10", None, 1.1, ["1.1"], {}, True, HALF]
NO_ID = ["", "1" * 31, "1" * 33, "g" * 32, "A" * 32, "1" * 32 + "\n", None, 1, ["1" * 32]]
NO_SHA = ["", "a" * 63, "a" * 65, "g" * 64, "A" * 64, "a" * 64 + "\n", None, 1]
NO_DAY = ["", "2026-02-30", "20260401", "2026-4-1", "2026-04-01T00:00:00", "1/4/2026", 20260401]
NO_STEP = [-1, 5, 2.5, 2.0, "3", True, False, [3], {}]
NO_FLAG = [0, 1, "true", None, []]
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
    "determination": {
        "levels": ("levels-not-whole", NO_LEVELS),
        "total": ("body-shape", WORDLESS),
        "index": ("body-shape", WORDLESS),
        "category": ("body-shape", WORDLESS),
        "text": ("body-shape", NO_TEXT),
    },
    "stage": {
        "stage": ("not-allowed", ["", "selesai", None, 1]),
        "text": ("body-shape", NO_TEXT),
    },
}


def test_the_bad_values_cover_every_part_of_every_body():
    for what, body in BODIES.items():
        assert set(BAD[what]) == set(body) - {"of", "pass"}


@pytest.mark.parametrize(
    ("what", "part"), [(what, part) for what in BAD for part in BAD[what]], ids=str
)
def test_a_part_of_the_wrong_kind_is_refused_by_itself(what, part):
    key, values = BAD[what][part]
    for value in values:
        assert keys(form(what, **{part: value})) == [key], value


GOOD = {
    "no-level": ("self", {"level": None}),
    "nothing-proven": ("akhir", {"level": 0}),
    "no-reason": ("awal", {"reason": ""}),
    "no-photos": ("field", {"photos": []}),
    "an-interview": ("field", {"source": "wawancara"}),
    "a-complaint": ("field", {"source": "pengaduan"}),
    "25-megabytes": ("evidence", {"size": 26_214_400}),
    "withdrawn": ("evidence", {"withdrawn": True}),
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
