"""The one spelling of a value, and its digest: what a chain of statements stands on."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit.canonical import canonical, digest, together

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_and_nothing_is_spaced_or_escaped():
    assert canonical({"b": [1, True, None], "a": "Nilai é"}) == '{"a":"Nilai é","b":[1,true,null]}'


def test_the_order_in_which_a_mapping_was_made_changes_nothing():
    assert canonical({"x": {"b": 1, "a": 2}, "c": 3}) == canonical({"c": 3, "x": {"a": 2, "b": 1}})


def test_the_order_of_a_list_is_kept():
    assert canonical([2, 1]) == "[2,1]"


def test_a_mapping_is_the_same_put_together_from_its_values():
    value = {"b": [1, None], "a": {"z": "é", "y": True}, 'q"': "-"}
    parts = {key: canonical(each) for key, each in value.items()}
    assert together(parts) == canonical(value)


def test_a_tuple_is_written_as_a_list():
    assert canonical({"a": (1, (2,))}) == '{"a":[1,[2]]}'


@given(PLAIN)
@settings(max_examples=100)
def test_what_was_written_reads_back_the_same_and_is_written_the_same_again(value):
    text = canonical(value)

    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (0.5, r"^\$: float"),
        (float("nan"), r"^\$: float"),
        ({"a": [1, {"b": 2.0}]}, r"^\$\.a\[1\]\.b: float"),
        (Decimal("1"), r"^\$: Decimal"),
        (b"x", r"^\$: bytes"),
        ({"a": {1, 2}}, r"^\$\.a: set"),
        ({1: "a"}, r"^\$: the key 1 is not text"),
        ([{None: "a"}], r"^\$\[0\]: the key None is not text"),
    ],
    ids=["fraction", "nan", "deep", "decimal", "bytes", "set", "number-key", "null-key"],
)
def test_a_value_with_no_single_spelling_is_refused_and_its_place_named(value, where):
    with pytest.raises(TypeError, match=where):
        canonical(value)


def test_a_digest_is_the_sha_256_of_the_text_in_utf_8():
    assert digest("é") == hashlib.sha256(b"\xc3\xa9").hexdigest()


def test_the_empty_text_has_the_well_known_digest():
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_half_an_emoji_still_has_a_digest_and_its_own():
    assert len(digest("\ud83d")) == 64
    assert digest("\ud83d") != digest("\ud83e")


def test_a_number_a_browser_could_not_count_exactly_is_refused():
    assert canonical(2**53 - 1) == "9007199254740991"
    with pytest.raises(TypeError):
        canonical(2**53)
