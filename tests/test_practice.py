"""The practice run: its data, its sandbox, and a model that nobody sees before they have scored."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from merit_kit import assessment, panels, practice, process
from merit_kit.cli import _app
from merit_kit.errors import RuleError
from merit_kit.files import kit_folder
from merit_kit.i18n import LANGUAGES, Words, explain
from merit_kit.panels._opening import places_of
from merit_kit.panels._practice import PracticeSheet
from merit_kit.panels._rooms_view import ground_of
from merit_kit.practice import Practice
from merit_kit.reports import comparisons
from merit_kit.store import PRACTICE, Statement, Store, audit, create_store, new_id, open_store
from tests.conftest import ROUND, verifying
from tests.sayings import CLOCK, appointed, record, say
from tests.test_score_sheet import Browser

HOME = kit_folder("data") / "practice"


@pytest.fixture(scope="module")
def run() -> Practice:
    return practice.read()


@pytest.fixture
def about(store: Store, run: Practice) -> str:
    return practice.put(store, "p-s", ROUND, run)[0]


def sheet_for(store: Store, person: str, about: str, patch: Any, lang: str = "id") -> Browser:
    return Browser(PracticeSheet(store, person, about, lang), patch)


@pytest.fixture
def at(
    store: Store, about: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Browser]]:
    """Opens the sheet of a person."""
    opened = []

    def sheet(person: str, lang: str = "id") -> Browser:
        opened.append(sheet_for(store, person, about, monkeypatch, lang))
        return opened[-1]

    yield sheet
    for each in opened:
        each.sheet.close()
        each.sheet._feed._thread.join(10)


def second(code: str, level: int, *base: str, **more: Any) -> dict[str, Any]:
    body = assessment.level_body(code, process.SECOND, level, "Karena buktinya.")
    made = {"id": new_id(), "kind": "level", "body": body, "visible_to": "internal"}
    return {**made, "base": list(base), "room": None, "stated_at": CLOCK, **more}


def score(browser: Browser, about: str, **levels: int) -> None:
    ops = [second(code.replace("_", "."), level) for code, level in levels.items()]
    assert {result["state"] for result in browser.record(about, *ops)} == {"stored"}


def everything_told(browser: Browser) -> str:
    told = [browser.sheet.get_state(), browser.told, browser.heard]
    return json.dumps(told, default=str, ensure_ascii=False)


def test_the_kits_practice_run_has_every_sub_aspect_of_its_edition(run):
    assert tuple(run.items) == run.edition.codes
    assert len(run.items) == 37
    differ = Counter(item.model - item.own for item in run.items.values())
    assert differ == {0: 18, -1: 14, -2: 2, 1: 3}
    assert {item.model for item in run.items.values()} == {1, 2, 3, 4}


def test_all_of_it_says_that_it_is_invented(run):
    assert "fiktif" in run.name.id
    assert "invented" in run.name.en
    assert "REKAAN" in run.mark.id
    assert "INVENTED" in run.mark.en


def spoilt(tmp_path: Path, old: str, new: str) -> RuleError:
    folder = tmp_path / "practice"
    shutil.copytree(HOME, folder)
    path = folder / "latihan-1.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        practice.read(folder=folder)
    for lang in LANGUAGES:
        assert "{" not in explain(caught.value, lang)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "where", "key"),
    [
        ('code = "1.1"', 'code = "9.9"', "9.9", "code-unknown"),
        ('code = "1.2"', 'code = "1.1"', "1.1", "practice-twice"),
        ("model = 3", "model = 5", "1.1", "level-off-scale"),
        ("self = 3", "self = true", "1.1", "level-off-scale"),
        ("model = 3", 'modell = 3', "1.1", "body-shape"),
        ("keputusan-peta-jabatan.pdf", "hilang.pdf", "1.1", "file-not-there"),
        ("keputusan-peta-jabatan.pdf", "../x.txt", "1.1", "file-name"),
        ('code = "latihan-1"', 'code = "latihan-2"', "code", "not-allowed"),
        ('en = "INVENTED', 'fr = "INVENTED', "mark", "practice-text"),
    ],
)  # fmt: skip
def test_a_fault_of_the_data_is_named_at_its_place(tmp_path, old, new, where, key):
    error = spoilt(tmp_path, old, new)

    assert (where, key) in [(problem.where, problem.key) for problem in error.problems]


def test_a_sub_aspect_that_is_not_there_is_named(tmp_path):
    error = spoilt(tmp_path, 'code = "8.3"', 'code = "8.2"')

    assert ("8.3", "practice-lacks") in [(p.where, p.key) for p in error.problems]


@pytest.mark.parametrize(("old", "new"), [("[name]", "[name"), ("edition =", "edisi =")])
def test_a_practice_run_that_cannot_be_read_is_refused(tmp_path, old, new):
    assert spoilt(tmp_path, old, new).key == "practice-unreadable"


def test_it_is_put_into_a_store_once_with_levels_words_and_a_file_each(store, run):
    about, new = practice.put(store, "p-s", ROUND, run)
    before = store.entries()

    assert new
    assert practice.put(store, "p-s", ROUND, run) == (about, False)
    assert store.entries().equals(before)
    row = store.assessments([about]).iloc[0]
    assert (row["purpose"], bool(row["invented"])) == (PRACTICE, True)
    counting = process.standing(process.unfold(store.entries([about])))
    own = process.levels(counting, process.SELF)
    assert dict(zip(own["sub_aspect"], own["level"], strict=True)) == {
        code: item.own for code, item in run.items.items()
    }
    files = process.evidence(counting)
    assert dict(zip(files["sub_aspect"], files["name"], strict=True)) == {
        code: item.file for code, item in run.items.items()
    }
    shown = {row.sub_aspect: store.get_evidence(row.sha256) for row in files.itertuples()}
    assert run.items["3.8"].shows.id.encode() in shown["3.8"]
    assert run.mark.en.encode() in shown["3.8"]
    assert shown["1.1"] == (HOME / "bukti" / "keputusan-peta-jabatan.pdf").read_bytes()
    assert audit(store) == []


def test_the_model_is_nowhere_in_the_store(store, about, run):
    held = "".join(store.entries()["payload"])

    for item in run.items.values():
        assert item.reason.id not in held
        assert item.reason.en not in held


def test_only_the_secretariat_puts_it_into_a_store(store, run):
    with pytest.raises(RuleError) as caught:
        practice.put(store, "p-e", ROUND, run)

    assert [problem.key for problem in caught.value.problems] == ["role-lacking"]
    assert store.assessments().empty
    assert "latihan-1" not in store.agencies().index


def test_it_is_put_into_a_round_whose_time_is_over(store, run):
    store.set_cut_off(ROUND, "2020-01-01")

    assert practice.put(store, "p-s", ROUND, run)[1]


def test_a_sandbox_is_in_no_statistic_report_overview_or_real_sheet(store, tiny, run):
    real = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
    words = Words("id")

    def seen() -> list[Any]:
        return [
            list(assessment.status(store, ROUND).index),
            sorted(assessment.due_in(store, ROUND).index),
            [case.data["agency"]["code"] for case in assessment.make_cases(store, ROUND)],
            list(assessment.stages(store).index),
            [edition.id for edition in assessment.editions_of(store, ROUND)],
            list(comparisons(store, ROUND)),
            assessment.Progress(store, ROUND).news(),
            [place["agency"] for place in places_of(store, "p-e", process.EVALUATOR, words)],
            [place["agency"] for place in places_of(store, "p-1", process.AGENCY, words)],
            str(ground_of(store, ROUND, "p-s", words)),
            assessment.advance(store, ROUND, "mandiri", "p-s").already,
        ]

    before = seen()
    practice.put(store, "p-s", ROUND, run)

    assert seen() == before
    assert before[0] == ["kota-a"]
    assert before[3] == [real]


def test_practice_alone_offers_the_sandbox(store, about):
    places = places_of(store, "p-e", "practice", Words("id"))

    assert [(place["agency"], place["assessment"]) for place in places] == [("latihan-1", about)]


@pytest.mark.parametrize("person", ["p-e", "p-1"])
def test_evaluators_and_teams_score_for_themselves_alone(store, about, at, person):
    browser = at(person)

    score(browser, about, **{"1_1": 3})

    view = browser.view(about)
    assert (view["pass"], view["may"]["level"]) == ("second", "")
    assert view["items"]["1.1"]["second"]["level"] == 3
    assert view["items"]["1.1"]["second"]["reason"] == "Karena buktinya."
    assert (view["figures"]["verified"]["total"], view["figures"]["self"]["total"]) == (
        "7,5",
        "267,5",
    )
    assert all(view["may"][what] for what in view["may"] if what != "level")


def test_nobody_sees_what_another_scored(store, about, at):
    mine, others = at("p-e"), at("p-1")
    score(others, about, **{"1_1": 4})

    told = [
        mine.view(about),
        mine.ask(do="open", assessment=about),
        mine.ask(do="check", assessment=about, submit=False),
        mine.ask(do="history", assessment=about, sub_aspect="1.1"),
    ]

    assert "Karena buktinya" not in str(told)
    assert told[0]["items"]["1.1"]["second"] is None
    assert told[0]["figures"]["verified"]["assessed"] == 0


def test_who_holds_no_role_looks_and_is_told_why(store, about, at):
    browser = at(appointed(store, "p-h", "host"))

    assert browser.sheet.view["may"]["level"]
    [result] = browser.record(about, second("1.1", 3))
    assert result["state"] == "refused"


def test_of_the_model_nothing_crosses_before_it_is_compared_and_all_of_it_after(
    store, about, at, run
):
    browser = at("p-e", "en")
    score(browser, about, **{"1_1": 3, "3_8": 3})
    for do in ("hello", "open", "check"):
        browser.ask(do=do, assessment=about, submit=False)
    browser.ask(do="history", assessment=about, sub_aspect="3.8")
    refused = browser.ask(do="check", assessment=about, submit=True, rest=False)

    assert (refused["is"], "35" in refused["why"]) == ("failed", True)
    told = everything_told(browser)
    for item in run.items.values():
        assert item.reason.en not in told
        assert item.reason.id not in told
    assert '"model":' not in told

    answer = browser.ask(do="check", assessment=about, submit=True, rest=True)

    rows = {row["code"]: row for row in answer["check"]["compared"]["rows"]}
    assert rows["3.8"] == {
        "code": "3.8", "level": 3, "model": 1, "difference": 2,
        "reason": run.items["3.8"].reason.en, "own": "Karena buktinya.",
    }  # fmt: skip
    assert (rows["1.2"]["level"], rows["1.2"]["model"], rows["1.2"]["difference"]) == (
        None,
        3,
        None,
    )


def test_the_summary_counts_what_was_scored(store, about, at):
    browser = at("p-e")
    # The model says 3, 3, 2, 1: equal, one more, one less, two more.
    score(browser, about, **{"1_1": 3, "1_2": 4, "1_3": 1, "3_8": 3})

    found = browser.ask(do="check", assessment=about, submit=True, rest=True)["check"]["compared"]

    parts = ("scored", "of", "exact", "within", "higher", "lower", "mean", "total", "model_total")
    # 2.5 x 3 + 2.5 x 4 + 2.5 x 1 + 3 x 3; of the model 2.5 x 3 + 2.5 x 3 + 2.5 x 2 + 3 x 1
    assert [found[part] for part in parts] == [4, 37, 1, 3, 2, 1, "+0,50", "29", "23"]


def test_once_compared_the_sheet_is_read_only_and_the_result_stays(store, about, at):
    browser = at("p-e")
    score(browser, about, **{"1_1": 3})
    browser.ask(do="check", assessment=about, submit=True, rest=True)
    before = store.entries([about])

    [result] = browser.record(about, second("1.1", 4))

    assert result["state"] == "refused"
    assert browser.view(about)["may"]["level"]
    again = browser.ask(do="check", assessment=about, submit=True, rest=True)
    assert again["check"]["compared"]["rows"][0]["level"] == 3
    assert store.entries([about]).equals(before)
    # Another's practice goes on.
    score(at("p-1"), about, **{"1_1": 4})


@pytest.mark.parametrize("do", ["hello", "open", "history", "preview", "download", "check"])
def test_the_practice_sheet_opens_nothing_but_sandboxes(store, about, at, tiny, do):
    real = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
    verifying(store, real)
    record(store, say("note", real, text="rahasia penilai", visible_to="internal"))

    browser = at("p-1")
    answer = browser.ask(do=do, assessment=real, sub_aspect="1.1", sha256="0" * 64, name="x")

    assert (answer["is"], "rahasia" in everything_told(browser)) == ("failed", False)


def test_here_only_levels_are_stated_and_no_sitting_is_held(store, about, at):
    browser = at("p-e")

    for message in (
        {"do": "sitting"}, {"do": "papers"}, {"do": "upload-begin"},
        {"do": "record", "batch": "b", "ops": [second("1.1", 3, kind="note")]},
    ):  # fmt: skip
        assert browser.ask(assessment=about, **message)["is"] == "failed"
    verified = second("1.1", 3)
    verified["body"] = assessment.level_body("1.1", process.VERIFIED, 3)
    assert browser.record(about, verified)[0]["state"] == "refused"


def test_finished_runs_are_tidy_rows_for_calibration(store, about, at):
    evaluator, team = at("p-e"), at("p-1")
    score(evaluator, about, **{"1_1": 3, "3_8": 3})
    score(team, about, **{"1_1": 4})

    assert assessment.practice_levels(store).empty

    evaluator.ask(do="check", assessment=about, submit=True, rest=True)
    found = assessment.practice_levels(store)

    assert list(found.columns) == [
        "assessment", "agency", "edition", "person", "sub_aspect", "level", "model", "stated_at",
        "finished",
    ]  # fmt: skip
    rows = found[["agency", "person", "sub_aspect", "level", "model", "stated_at"]]
    assert sorted(rows.itertuples(index=False, name=None)) == [
        ("latihan-1", "p-e", "1.1", 3, 3, CLOCK),
        ("latihan-1", "p-e", "3.8", 3, 1, CLOCK),
    ]
    assert (found["finished"] > CLOCK).all()


def test_of_a_store_without_practice_the_rows_are_none(store):
    assert assessment.practice_levels(store).empty
    assert "model" in assessment.practice_levels(store)


def test_a_run_whose_levels_are_others_than_those_compared_is_no_practice(store, about, at):
    browser = at("p-e")
    score(browser, about, **{"1_1": 3})
    browser.ask(do="check", assessment=about, submit=True, rest=True)
    assert len(assessment.practice_levels(store)) == 1

    # Past the door, as a bundle from elsewhere may bring it.
    body = assessment.level_body("1.2", process.SECOND, 3)
    late = Statement(about, process.LEVEL, "p-e", CLOCK, body, visible_to="internal")
    store.append([late], "p-e")

    assert assessment.practice_levels(store).empty


def test_the_command_makes_a_folder_with_it_and_leaves_it_as_it_is_the_second_time(tmp_path):
    folder = tmp_path / "latihan"

    assert [_app.run(["practice", str(folder)], "id") for _ in range(2)] == [0, 0]

    assert (folder / "15-latihan.ipynb").is_file()
    with open_store(folder) as made:
        assert list(assessment.sandboxes(made)["agency"]) == ["latihan-1"]
        sheet = panels.practice(made)
        assert sheet.sheet["agency"]["code"] == "latihan-1"
        assert sheet.view["may"]["level"] == ""
        sheet.close()
        sheet._feed._thread.join(10)


def test_the_command_puts_it_into_a_shared_database(database):
    with create_store(database) as made:
        assessment.settle_in(made)

    assert _app.run(["practice", database], "id") == 1
    with open_store(database) as made:
        assert made.assessments().empty
        made.add_round(ROUND, 2026, 1)

    assert _app.run(["practice", database], "id") == 0
    with open_store(database) as made:
        assert list(assessment.sandboxes(made)["round"]) == [ROUND]
