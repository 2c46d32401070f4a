"""A case as a file: what comes back, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merit_kit.assessment import Case, make_case
from merit_kit.canonical import digest
from merit_kit.errors import CaseError
from merit_kit.i18n import explain
from merit_kit.store import Store
from tests.conftest import ROUND
from tests.marked import two_agencies


@pytest.fixture
def two(store: Store, tiny: Any) -> dict[str, str]:
    """The ids of two filled assessments by agency; their marks are QQ and ZZ."""
    return two_agencies(store, tiny)


def test_a_case_read_back_is_the_same_to_the_byte(store, two, tmp_path):
    case = make_case(store, "kota-a", ROUND)
    path = tmp_path / "case.json"
    path.write_text(case.text, encoding="utf-8")

    back = Case.from_file(path)

    assert back == case
    assert (back.text, back.digest) == (case.text, case.digest)
    assert case.digest == digest(path.read_text(encoding="utf-8"))


def test_the_order_of_keys_and_the_layout_of_the_file_play_no_part(store, two):
    case = make_case(store, "kota-a", ROUND)
    laid_out = json.dumps(dict(reversed(case.data.items())), indent=2)

    assert laid_out != case.text
    assert Case.from_text(laid_out).digest == case.digest


def test_a_case_of_the_first_format_is_read_as_it_was(store, two, tmp_path):
    data = json.loads(make_case(store, "kota-a", ROUND).text)
    old = {k: v for k, v in data.items() if k not in ("as_of", "previous")} | {"format": 1}
    (tmp_path / "case.json").write_text(json.dumps(old), encoding="utf-8")

    case = Case.from_file(tmp_path / "case.json")

    assert (case.previous, case.as_of) == (None, None)
    # Its digest is the one that was printed then.
    assert json.loads(case.text) == old
    assert case.levels("self").fillna(-1).iloc[0].tolist() == [-1, 3, -1]


DAMAGES: dict[str, tuple[Callable[[str], str], str]] = {
    "cut-off": (lambda text: text[: len(text) // 2], "case-unreadable"),
    "empty": (lambda text: "", "case-unreadable"),
    "no-json": (lambda text: "<html>", "case-unreadable"),
    "too-deep": (lambda text: "[" * 100_000, "case-unreadable"),
    "a-list": (lambda text: f"[{text}]", "case-foreign"),
    "null": (lambda text: "null", "case-foreign"),
    "another-format": (lambda text: text.replace('"format":2', '"format":3'), "case-foreign"),
    "a-part-too-many": (lambda text: text.replace("{", '{"more":1,', 1), "case-foreign"),
    "a-part-missing": (lambda text: text.replace('"people"', '"peeple"'), "case-foreign"),
    "agency-null": (lambda text: with_part(text, agency=None), "case-foreign"),
    "edition-text": (lambda text: with_part(text, edition="tiny"), "case-foreign"),
    "entries-mapping": (lambda text: with_part(text, entries={}), "case-foreign"),
    "entry-no-mapping": (lambda text: with_part(text, entries=["x"]), "case-foreign"),
    "entry-without-payload": (lambda text: with_part(text, entries=[{"id": "x"}]), "case-foreign"),
    "previous-text": (lambda text: with_part(text, previous="2025-2"), "case-foreign"),
    "as-of-number": (lambda text: with_part(text, as_of=2026), "case-foreign"),
    "a-part-of-a-later-format": (lambda text: with_part(text, format=1), "case-foreign"),
    "digest-number": (lambda text: with_part(text, digest=1), "case-foreign"),
}


def with_part(text: str, **part: Any) -> str:
    return json.dumps({**json.loads(text), **part})


@pytest.mark.parametrize(("damage", "key"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_case_file_is_refused_in_words(store, two, tmp_path, damage, key):
    path = tmp_path / "case.json"
    path.write_text(damage(make_case(store, "kota-a", ROUND).text), encoding="utf-8")

    with pytest.raises(CaseError) as caught:
        Case.from_file(path)

    assert caught.value.key == key
    for lang in ("id", "en"):
        assert explain(caught.value, lang)


def test_a_case_file_in_another_encoding_is_refused_in_words(tmp_path):
    path = tmp_path / "case.json"
    path.write_text('{"format": 1}', encoding="utf-16")

    with pytest.raises(CaseError, match="case-unreadable"):
        Case.from_file(path)


def test_a_case_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(CaseError) as caught:
        Case.from_file(tmp_path / "none.json")

    assert "none.json" in explain(caught.value, "en")
