"""The two catalogues, and every sentence the package asks of them; numbers, dates, places.

What the package asks for is read out of its source: calls in Python (`ast`), `t(...)` in all
templates (jinja2's own parser).
"""

from __future__ import annotations

import ast
import string
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import nodes

from merit_kit import i18n
from merit_kit.errors import Cell, MeritError, Problem, TableError
from merit_kit.i18n import Text, Words, catalogue, number, say

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "merit_kit").rglob("*.py"))
FRAGMENTS = sorted((ROOT / "templates").rglob("*.j2"))

SAYING = {"say", "words", "w", "t", "tell"}
RAISING = {"refuse", "MeritError"}
NOTING = {"Problem", "note"}


@dataclass(frozen=True)
class Asked:
    """A sentence asked for: its key, or the beginning of it; the facts given, None if unknown."""

    where: str
    key: str
    whole: bool
    facts: frozenset[str] | None


def _name(function: ast.expr) -> str:
    return getattr(function, "id", None) or getattr(function, "attr", "")


def _facts(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(str(name) for name in names)


def _words_of(key: ast.expr, tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Give the constant texts a key may be, and whether each is the whole of it."""
    if isinstance(key, ast.Name):
        values = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and _name(node.targets[0]) == key.id
        ]
        for value in values:
            if isinstance(value, ast.Constant | ast.IfExp):
                yield from _words_of(value, tree)
    elif isinstance(key, ast.IfExp):
        yield from _words_of(key.body, tree)
        yield from _words_of(key.orelse, tree)
    elif isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield key.value, True
    elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
        yield str(key.values[0].value), False


def _asked_in_python(path: Path) -> Iterator[Asked]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name, place = _name(call.func), f"{path.relative_to(ROOT)}:{call.lineno}"
        named = [k.value for k in call.keywords if k.arg == "key"]
        if name in SAYING and call.args:
            for key, whole in _words_of(call.args[0], tree):
                if "." in key:  # say("...") of a screen prints what it is given
                    yield Asked(place, key, whole, _facts(call))
        elif (name in RAISING or name.endswith("Error")) and call.args:
            for key, whole in _words_of(call.args[0], tree):
                if not name[0].isupper() or name in _KINDS:
                    yield Asked(place, f"errors.{key}", whole, _facts(call))
        elif name in NOTING and (len(call.args) > 1 or named):
            for key, whole in _words_of(named[0] if named else call.args[1], tree):
                by_name = {k.arg for k in call.keywords} & {"found", "allowed"}
                by_place = ("found", "allowed")[: len(call.args) - 2]
                yield Asked(place, f"problems.{key}", whole, frozenset({*by_name, *by_place}))


def _kinds(of: type[MeritError] = MeritError) -> Iterator[str]:
    yield of.__name__
    for child in of.__subclasses__():
        yield from _kinds(child)


_KINDS = set(_kinds())


def _asked_in_fragment(path: Path) -> Iterator[Asked]:
    tree = jinja2.Environment().parse(path.read_text(encoding="utf-8"))  # noqa: S701 only parsed
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name == "t" and call.args):
            continue
        key, place = call.args[0], f"{path.relative_to(ROOT)}:{call.lineno}"
        facts = None if call.dyn_kwargs else frozenset(k.key for k in call.kwargs)
        if isinstance(key, nodes.Const):
            yield Asked(place, key.value, True, facts)
        elif isinstance(key, nodes.Concat) and isinstance(key.nodes[0], nodes.Const):
            yield Asked(place, key.nodes[0].value, False, facts)


def _constants(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


ASKED = sorted(
    {
        *(asked for path in SOURCES for asked in _asked_in_python(path)),
        *(asked for path in FRAGMENTS for asked in _asked_in_fragment(path)),
    },
    key=lambda asked: (asked.where, asked.key),
)


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_sentences():
    assert set(catalogue("id")) == set(catalogue("en"))


class _OneOfEach(yaml.SafeLoader):
    """Refuses two equal keys, of which YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert twice == set(), f"line {node.start_mark.line + 1}: {sorted(map(str, twice))}"
        return super().construct_mapping(node, deep)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "data").rglob("*.yaml")), ids=lambda path: path.stem
)
def test_no_key_stands_twice_in_a_file_of_data(path):
    yaml.load(path.read_text(encoding="utf-8"), Loader=_OneOfEach)  # noqa: S506 a safe loader


def test_a_key_that_stands_twice_would_be_found():
    with pytest.raises(AssertionError, match="line 2: \\['b'\\]"):
        yaml.load("a:\n  b: 1\n  c: 2\n  b: 3\n", Loader=_OneOfEach)  # noqa: S506


def test_both_languages_ask_for_the_same_facts_in_each_sentence():
    english = catalogue("en")
    differing = {
        key
        for key, sentence in catalogue("id").items()
        if _placeholders(sentence) != _placeholders(english[key])
    }

    assert differing == set()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_sentence_is_empty_or_holds_a_stray_brace(lang):
    for key, sentence in catalogue(lang).items():
        assert sentence.strip(), key
        assert all(name.isidentifier() for name in _placeholders(sentence)), key


def test_the_reading_of_the_sources_finds_what_they_ask_for():
    found = {asked.key for asked in ASKED}

    assert {
        "report.page",  # say in Python
        "part.",  # an f-string
        "report.parts.summary",  # a fragment
        "confidence.",  # a fragment, put together
        "report.recap.progress",  # a page
        "report.recap.sign.",  # a page, put together
        "errors.table-faulty",  # an error
        "errors.round-code",  # an error of the command line
        "problems.code-is-date",  # either of two
        "problems.code-repeated-tenth",  # by way of a variable
        "problems.band-overlap",  # noted by the checker
    } <= found


@pytest.mark.parametrize("asked", [a for a in ASKED if a.whole], ids=lambda a: f"{a.where}-{a.key}")
def test_a_sentence_asked_for_exists_and_gets_every_fact_it_names(asked):
    sentence = catalogue("id").get(asked.key)

    assert sentence is not None, f"{asked.where} asks for {asked.key}"
    if asked.facts is not None:
        assert _placeholders(sentence) <= asked.facts, f"{asked.where} gives too few facts"


@pytest.mark.parametrize(
    "asked", [a for a in ASKED if not a.whole], ids=lambda a: f"{a.where}-{a.key}"
)
def test_a_key_put_together_begins_like_some_sentence(asked):
    assert any(key.startswith(asked.key) for key in catalogue("id")), asked


def test_every_constant_that_looks_like_a_key_is_one():
    sections = {"cli", "report", "term", "score", "place", "months", "edition", "agency"}
    known = set(catalogue("id"))
    prefixes = {key[:i] for key in known for i, c in enumerate(key) if c == "."}
    keys = {
        text
        for path in SOURCES
        for text in _constants(path)
        if text.partition(".")[0] in sections
        and "." in text.strip(".")
        and all(part.replace("_", "").isalnum() for part in text.split("."))
    }

    assert "cli.options.store" in keys
    assert keys <= known | prefixes


@pytest.mark.parametrize("section", ["problems", "errors"])
def test_no_sentence_about_a_fault_is_left_that_nothing_can_say(section):
    said = {text for path in SOURCES for text in _constants(path)}
    kept = {
        key.removeprefix(f"{section}.") for key in catalogue("id") if key.startswith(f"{section}.")
    }

    assert {key for key in kept if key not in said and f"{section}.{key}" not in said} == set()


def test_no_sentence_of_a_page_is_left_that_nothing_asks_for():
    said = {text for path in SOURCES for text in _constants(path)}
    whole = {asked.key for asked in ASKED if asked.whole}
    beginnings = tuple(asked.key for asked in ASKED if not asked.whole)
    kept = {key for key in catalogue("id") if key.startswith(("report.", "term.", "score."))}

    assert {key for key in kept - said - whole if not key.startswith(beginnings)} == set()


@pytest.mark.parametrize("key", ["agency.kinds", "status", "confidence", "part"])
def test_every_word_the_data_may_use_has_its_sentence(key):
    from merit_kit.instrument import _check, _check_aspects
    from merit_kit.workbook import _agencies

    words = {
        "agency.kinds": _agencies.KINDS,
        "status": _check.STATUSES,
        "confidence": _check.CONFIDENCES,
        "part": (*_check_aspects._ASPECT_SOURCES, *_check_aspects._SUB_ASPECT_SOURCES),
    }[key]

    assert {f"{key}.{word}" for word in words} <= set(catalogue("id"))


def test_indonesian_is_spoken_unless_told_otherwise():
    assert say("months.5") == "Mei"
    assert say("months.5", "en") == "May"
    assert Words()("months.5") == "Mei"
    assert Words("en")("months.5") == "May"


def test_a_sentence_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError, match=r"months\.13"):
        say("months.13")


def test_a_language_we_do_not_have_is_refused_and_the_choice_named():
    with pytest.raises(MeritError) as caught:
        catalogue("fr")

    assert i18n.explain(caught.value, "en") == "There is no language fr. Choose one of: id, en."


@pytest.mark.parametrize(("wish", "lang"), [("en", "en"), ("id", "id"), ("", "id"), ("fr", "id")])
def test_the_interface_speaks_as_merit_lang_says(monkeypatch, wish, lang):
    monkeypatch.setenv("MERIT_LANG", wish)

    assert i18n.own_language() == lang


def test_a_text_of_the_instrument_is_read_in_the_language_asked_for():
    text = Text("Baik", "Good")

    assert (Words("id").text(text), Words("en").text(text)) == ("Baik", "Good")


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (254.4, "254,4", "254.4"),
        (400, "400", "400"),
        (1234567, "1.234.567", "1,234,567"),
        (1234.5, "1.234,5", "1,234.5"),
        (0, "0", "0"),
        (-12.5, "\u221212,5", "\u221212.5"),
        (Decimal("2.50"), "2,5", "2.5"),
        (Decimal("100"), "100", "100"),
        (0.1 + 0.2, "0,3", "0.3"),
        (Decimal("0.0000005"), "0,000001", "0.000001"),
        (np.float64(254.4), "254,4", "254.4"),
        (np.int64(1500), "1.500", "1,500"),
        (10**30, "1" + ".000" * 10, "1" + ",000" * 10),
    ],
    ids=[
        "decimal-mark",
        "whole",
        "millions",
        "both-marks",
        "zero",
        "minus",
        "trailing-zero",
        "zeros-before-the-mark-stay",
        "binary-dust",
        "six-decimals",
        "numpy-float",
        "numpy-int",
        "huge",
    ],
)
def test_a_number_is_written_as_the_language_writes_it(value, indonesian, english):
    assert number(value, "id") == indonesian
    assert number(value, "en") == english


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (Decimal("0.625"), 2, "0,63"),
        (Decimal("0.615"), 2, "0,62"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (Decimal("-0.125"), 2, "\u22120,13"),
        (2.675, 2, "2,68"),
        (3, 2, "3,00"),
        (-0.001, 2, "0,00"),
    ],
    ids=[
        "up",
        "up-to-even",
        "half",
        "one-and-a-half",
        "two-and-a-half",
        "away-from-zero",
        "as-typed",
        "padded",
        "no-minus-zero",
    ],
)
def test_a_number_is_rounded_half_up_as_it_is_typed(value, decimals, written):
    assert number(value, "id", decimals) == written


@pytest.mark.parametrize(
    ("value", "written"), [(3.5, "+3,5"), (-3.5, "\u22123,5"), (0, "0"), (-0.0, "0")]
)
def test_a_difference_carries_its_sign_and_none_if_there_is_no_difference(value, written):
    assert Words("id").number(value, sign=True) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_can_still_be_named_in_a_refusal(value):
    assert number(value)


@given(st.decimals(-(10**9), 10**9, places=3), st.integers(0, 3))
@settings(max_examples=100)
def test_a_written_number_reads_back_as_the_number_rounded(value, decimals):
    written = number(value, "id", decimals)
    read = Decimal(written.replace(".", "").replace(",", ".").replace("\u2212", "-"))

    assert abs(read - value) * 2 <= Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (date(2026, 11, 22), "22 November 2026", "22 November 2026"),
        ("2026-05-01", "1 Mei 2026", "1 May 2026"),
        ("2026-08-17T23:59:59+00:00", "17 Agustus 2026", "17 August 2026"),
    ],
    ids=["date", "text", "time-stamp"],
)
def test_a_date_is_written_in_full(value, indonesian, english):
    assert Words("id").date(value) == indonesian
    assert Words("en").date(value) == english


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"assessed": 1200, "of": 3.5}, "sementara (1.200 dari 3,5)"),
        ({"assessed": np.int64(1200), "of": np.float64(3.5)}, "sementara (1.200 dari 3,5)"),
        ({"assessed": Text("satu", "one"), "of": "{of}"}, "sementara (satu dari {of})"),
        ({"assessed": [1, "b"], "of": date(2026, 5, 1)}, "sementara (1, b dari 1 Mei 2026)"),
    ],
    ids=["numbers", "numpy", "texts", "list-and-date"],
)
def test_facts_in_a_sentence_are_spoken_in_its_language(facts, sentence):
    assert say("score.provisional", "id", **facts) == sentence


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("1.1", "1.1: "),
        ("", ""),
        (Cell(3), "baris 3: "),
        (Cell(1234, "mandiri"), "baris 1234, kolom mandiri: "),
        (Cell(3, "mandiri", "Isian"), "lembar Isian, baris 3, kolom mandiri: "),
        (Cell(0, "", "Isian"), "lembar Isian: "),
    ],
    ids=["path", "nowhere", "line", "column", "sheet", "sheet-alone"],
)
def test_a_problem_says_where_it_is(where, place):
    assert i18n.describe(Problem(where, "missing")) == f"{place}tidak diisi"


def test_an_error_is_told_with_every_problem_on_a_line_of_its_own():
    error = TableError(
        "table-faulty",
        [Problem(Cell(2), "cell-empty"), Problem(Cell(3, "level"), "level-off-scale", 9, "0, 1")],
        path="a.csv",
        count=2,
    )

    assert i18n.explain(error, "en") == (
        "a.csv has 2 faults; nothing was taken from this file:\n"
        "  - line 2: must not be empty\n"
        "  - line 3, column level: 9 is no level; choose one of: 0, 1"
    )


def missing_at(*places: str | Cell, key: str = "missing", **more) -> list[Problem]:
    return [Problem(place, key, **more) for place in places]


def test_up_to_three_problems_that_are_alike_have_a_line_each():
    error = MeritError("not-determined", missing_at("a 1.1", "a 1.2", "b 1.1"))

    assert i18n.explain(error).splitlines()[1:] == [
        "  - a 1.1: tidak diisi",
        "  - a 1.2: tidak diisi",
        "  - b 1.1: tidak diisi",
    ]


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("id", "baris 2, baris 3, baris 4, … (4 hal): tidak diisi"),
        ("en", "line 2, line 3, line 4, … (4 in all): is missing"),
    ],
)
def test_more_problems_that_are_alike_are_said_once_with_their_number(lang, line):
    error = MeritError("not-determined", missing_at(*map(Cell, (2, 3, 4, 5))))

    assert i18n.explain(error, lang).splitlines()[1:] == [f"  - {line}"]


def test_problems_that_differ_in_what_was_found_or_allowed_are_not_one():
    alike = missing_at(*"abcd", key="level-off-scale", found=9, allowed="0, 1")
    other = missing_at("e", key="level-off-scale", found=8, allowed="0, 1")
    lists = missing_at(*"fghi", key="level-off-scale", found=9, allowed=["0", "1"])
    error = MeritError("not-determined", [*alike, *other, *lists])

    assert i18n.explain(error, "en").splitlines()[1:] == [
        "  - a, b, c, … (4 in all): 9 is no level; choose one of: 0, 1",
        "  - e: 8 is no level; choose one of: 0, 1",
        "  - f, g, h, … (4 in all): 9 is no level; choose one of: 0, 1",
    ]


def test_an_error_is_told_after_what_was_refused_below_it():
    below = TableError("table-faulty", [Problem(Cell(2), "cell-empty")], path="a.csv", count=1)
    error = TableError("tables-faulty", causes=[below], count=1)

    assert i18n.explain(error, "en") == (
        "a.csv has 1 faults; nothing was taken from this file:\n"
        "  - line 2: must not be empty\n"
        "Nothing was taken over, because 1 files have faults."
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Kota Kediri – é", "Kota Kediri – é"),
        ("\u0645\u0644\u0641.csv", "\u2068\u0645\u0644\u0641.csv\u2069"),
        ("gaji\u202efdp.exe", "gaji[U+202E]fdp.exe"),
        ("a\u2069b", "a[U+2069]b"),
        ("\u2068\u0645\u2069 b", "\u2068\u2068\u0645\u2069 b\u2069"),
    ],
    ids=["left to right", "right to left", "override", "end without a beginning", "in a sentence"],
)
def test_a_text_turns_nothing_of_the_sentence_it_stands_in(text, shown):
    assert i18n.isolated(text) == shown
    assert say("upload.name", found=text).count(shown) == 1
