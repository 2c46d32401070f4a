"""The views for SQL: the same as the frame on both databases, and no way round the policies."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from merit_kit import assessment, gaps, process
from merit_kit.store import (
    Statement,
    create_store,
    grant_application,
    new_id,
    open_store,
    permit,
)
from merit_kit.store._views import VIEWS
from tests.conftest import ROUND, furnish, level, verifying
from tests.databases import postgresql_only, raw
from tests.entries import histories

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SAME = [
    *("assessment", "agency", "agency_name", "kind", "province", "wilayah", "round", "year"),
    *("number", "edition", "edition_digest", "simulation", "aspect", "sub_aspect", *gaps.LEVELS),
    *("level", "state", "weight", "most", "points", "self_points", "percent", "gap"),
    *("difference", "mismatch"),
]
LEVELS = ("self", "awal", "akhir", "field", "second")


def seen(store) -> pd.DataFrame:
    query = sa.text("SELECT * FROM analysis_level ORDER BY year, number, agency, place")
    with store.reading() as connection:
        found = connection.execute(query)
        return pd.DataFrame(found.fetchall(), columns=list(found.keys()), dtype=object)


def framed(store) -> pd.DataFrame:
    found = assessment.sheets(store)
    return gaps.tidy(found.about, found.levels, found.editions)


def plain(frame) -> list[list[object]]:
    rows = frame[SAME].astype(object).where(frame[SAME].notna(), None).to_numpy().tolist()
    at = SAME.index("percent")
    for row in rows:
        row[at] = None if row[at] is None else round(row[at], 2)
    return [[int(v) if isinstance(v, bool) else v for v in row] for row in rows]


def assert_same(store) -> None:
    assert plain(seen(store)) == plain(framed(store))


def test_the_view_says_what_the_frame_says(store, begun):
    verifying(store, begun)
    first = level(begun, "2.1", 4)
    store.append([first, level(begun, "2.1", 3, base=(first.id,)), level(begun, "1.1", 2)], "p-1")
    one, other = (level(begun, "1.1", n, of="verified") for n in (1, 2))
    store.append([level(begun, "2.1", 1, of="verified"), one, other], "p-e")

    found = seen(store).set_index("sub_aspect")

    assert found["self"].tolist() == [3, 2, None]
    assert found["verified"].tolist() == [1, None, None]
    assert found["state"].tolist() == ["verified", "disputed", "none"]
    assert found["points"].tolist() == [70.0, None, None]
    assert found["gap"].tolist() == [210.0, None, None]
    assert found["percent"].tolist() == [25.0, None, None]
    assert found["simulation"].tolist() == [1, 1, 1]
    assert_same(store)


@pytest.fixture
def two(store, tiny):
    """Assessments of two agencies, by the short names that histories have for them."""
    agencies = {"a": "kota-a", "b": "kab-b"}
    return {
        short: assessment.begin(store, agency, ROUND, tiny, "p-1")
        for short, agency in agencies.items()
    }


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=histories(names=(*LEVELS, *LEVELS, "determination", "note", "question")))
def test_any_history_reads_the_same_in_both(store, two, made):
    # Beside each other in one store: every example has an assessment of its own, and its own ids.
    ids = {said.id: new_id() for said in made}
    with store.together("examples"):
        about = {short: _another(store, two[short]) for short in two}
        for said in made:
            kept = Statement(
                about[said.assessment], said.kind, said.author, said.stated_at, said.body,
                tuple(ids[base] for base in said.base), said.visible_to, id=ids[said.id],
            )  # fmt: skip
            # One in seven has not arrived: what rests on it waits.
            if int(ids[said.id], 16) % 7:
                store.append([kept], "p-1")
    keys = set(about.values())
    view, frame = seen(store), framed(store)
    assert plain(view[view["assessment"].isin(keys)]) == plain(
        frame[frame["assessment"].isin(keys)]
    )
    # And as whoever goes through them entry by entry.
    sheets = assessment.sheets(store).levels
    for key in keys:
        expected = one_by_one(store, key)
        pd.testing.assert_frame_equal(sheets.loc[key], expected, check_like=True)


def one_by_one(store, key) -> pd.DataFrame:
    counting = process.standing(process.unfold(store.entries([key])))
    codes = assessment.instrument_of(store, key).codes
    internal = counting["visible_to"] == "internal"
    stated, kept = (
        process.side_by_side(some, [key], codes).loc[key]
        for some in (counting[~internal], counting[internal])
    )
    rivals = counting[(counting["kind"] == process.LEVEL) & counting["conflict"]]
    contrary = {b["sub_aspect"] for b in rivals["body"] if b["of"] in ("self", "verified")}
    disputed = [code in contrary for code in stated.index]
    return stated.assign(draft=kept["verified"], disputed=disputed)


def _another(store, like) -> str:
    """Begin another assessment as one that there is, in a round of its own."""
    row = store.assessments([like]).iloc[0]
    number = len(store.rounds()) + 1
    code = f"{2100 + number}-1"
    store.add_round(code, 2100 + number, 1)
    edition = assessment.instrument_of(store, like)
    return assessment.begin(store, row["agency"], code, edition, "p-1")


@pytest.mark.parametrize("disputed", [(1, 2), (None, None)], ids=["levels", "taken-back"])
def test_a_dispute_in_the_later_pass_does_not_bring_the_earlier_level_back(store, begun, disputed):
    later = {"of": "verified", "author": "p-e"}
    first = level(begun, "2.1", 3, **later)
    said = [level(begun, "2.1", n, **later) for n in disputed]
    rivals = [replace(each, body={**each.body, "pass": "akhir"}) for each in said]
    store.append([first, *rivals], "p-e")

    assert seen(store)[["awal", "akhir", "verified"]].to_numpy().tolist()[0] == [3, None, None]
    assert_same(store)

    taken_back = {**rivals[0].body, "level": None}
    settled = replace(rivals[0], body=taken_back, id=new_id(), base=tuple(r.id for r in rivals))
    store.append([settled], "p-e")
    assert seen(store)["verified"].tolist()[0] == 3
    assert_same(store)


def test_a_level_that_was_only_prepared_is_a_draft_and_in_force_nowhere(store, begun):
    of = {"of": "verified", "author": "p-e"}
    stated = level(begun, "2.1", 2, **of)
    changing = level(begun, "2.1", 4, base=(stated.id,), visible_to="internal", **of)
    finding = level(begun, "1.2", 0, of="field", author="p-e", visible_to="internal")
    finding.body["finding"] = "0" * 32
    prepared = level(begun, "1.1", 3, visible_to="internal", **of)
    store.append([stated, changing, prepared, level(begun, "1.2", 1, **of), finding], "p-e")

    found = seen(store).set_index("sub_aspect")

    assert found["verified"].tolist() == [None, None, 1]
    assert found["draft"].tolist() == [4, 3, None]
    assert found["state"].tolist() == ["draft", "draft", "verified"]
    assert found["points"].tolist() == [None, None, 20.0]
    assert found["mismatch"].tolist() == [0, 0, 0]
    assert_same(store)


def test_what_rests_on_what_is_missing_waits_through_several_steps(store, begun):
    first = level(begun, "2.1", 1)
    lost = level(begun, "2.1", 2, base=(first.id,))
    then = level(begun, "2.1", 3, base=(lost.id,))
    last = level(begun, "2.1", 4, base=(then.id,))
    store.append([first, then, last], "p-1")
    assert seen(store)["self"].tolist() == [1, None, None]

    store.append([lost], "p-1")

    assert seen(store)["self"].tolist() == [4, None, None]
    assert_same(store)


def test_a_sandbox_is_in_no_view(store, begun, tiny):
    assessment.begin(store, "kab-b", ROUND, tiny, "p-1", purpose="practice")

    assert set(seen(store)["agency"]) == {"kota-a"}


def test_every_column_of_the_views_is_in_the_readme(store, begun):
    section = README.partition("analysis_level")[2]
    assert all(name in README for name in VIEWS)
    for name in seen(store).columns:
        assert re.search(rf"\b{name}\b", section), name


@postgresql_only
def test_a_role_sees_in_the_views_what_it_may_see_and_no_more(store, server, two):
    mine, theirs = two["a"], two["b"]
    for about in (mine, theirs):
        secret = level(about, "2.1", 2, of="verified", visible_to="internal")
        store.append([level(about, "2.1", 4), secret], "p-1")
        open_ = level(about, "2.1", 1, of="verified", base=(secret.id,))
        store.append([open_, level(about, "1.1", 3, of="verified", visible_to="internal")], "p-1")
    name = store.engine.url.database
    roles = {f"timnya_{name}": "agency", f"penilai_{name}": "all"}
    for role, sees in roles.items():
        grant_application(store, role)
        permit(store, role, mine, sees)
        with open_store(server.url(name, role)) as narrow:
            shown = seen(narrow)
            assert set(shown["assessment"]) == {mine}
            assert shown["self"].tolist() == [4, None, None]
            # What stands on something hidden does not wait for it.
            assert shown["verified"].tolist() == [1, None, None]
            assert shown["draft"].tolist() == [None, 3 if sees == "all" else None, None]
            assert_same(narrow)
    assert set(seen(store)["assessment"]) == {mine, theirs}


@postgresql_only
def test_a_role_that_was_permitted_nothing_sees_nothing(store, server, two):
    role = f"siapa_{store.engine.url.database}"
    grant_application(store, role)
    with open_store(server.url(store.engine.url.database, role)) as narrow:
        assert seen(narrow).empty


@postgresql_only
def test_the_views_read_with_the_rights_of_whoever_asks(store):
    with raw(store) as hand:
        query = "SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relname = ANY(?)"
        found = dict(hand.execute(query, [list(VIEWS)]).fetchall())
    assert found == {name: ["security_invoker=true"] for name in VIEWS}


def test_the_example_for_duckdb_in_the_readme_works(tmp_path, tiny):
    with create_store(tmp_path / "kerja") as store:
        furnish(store)
        about = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
        store.append([replace(level(about, "2.1", 2, of="verified"), author="p-e")], "p-e")
        frame = framed(store)
    frame.to_parquet(tmp_path / "kesenjangan.parquet")
    [parquet, sqlite] = re.findall(r"```python\n(import (?:duckdb|sqlite3).*?)```", README, re.S)
    asked = parquet.replace("kesenjangan.parquet", str(tmp_path / "kesenjangan.parquet"))
    names: dict[str, object] = {}

    exec(asked, names)  # noqa: S102 the example itself is what is tried
    assert names["worst"].fetchall()[0] == ("kota", 2, 50.0, 140.0)

    exec(sqlite.replace("kerja/merit.db", str(tmp_path / "kerja" / "merit.db")), names)  # noqa: S102
    assert names["same"].fetchall()[0] == ("kota", 2, 50.0, 140.0)
    with closing(sqlite3.connect(tmp_path / "kerja" / "merit.db")) as file:
        assert file.execute("SELECT COUNT(*) FROM analysis_level").fetchone() == (3,)
