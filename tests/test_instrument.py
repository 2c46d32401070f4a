"""Editions: the one the kit ships, and a checker that names every fault with its place and line.

Faults are typed into a small edition: as data (`data` of conftest.py, spoilt in one place) and,
where the line matters, as a file.
"""

from __future__ import annotations

import json
from copy import deepcopy
from decimal import Decimal
from itertools import chain
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import i18n, instrument, scoring
from merit_kit.errors import InstrumentError, Problem, ScoreError
from merit_kit.files import kit_folder
from merit_kit.i18n import Text
from merit_kit.instrument import editions, from_data, load, named, read_edition
from tests.conftest import both, official_data, sub_aspect, tiny_data


def _problems(data: Any) -> tuple[Problem, ...]:
    with pytest.raises(InstrumentError) as caught:
        from_data(data)
    assert i18n.explain(caught.value, "id")
    assert i18n.explain(caught.value, "en")
    return caught.value.problems


def _told(path: Any) -> list[str]:
    """Return what is said of a file's faults, in English, without the line above them."""
    with pytest.raises(InstrumentError) as caught:
        read_edition(path)
    return i18n.explain(caught.value, "en").splitlines()[1:]


def _texts(of: Any) -> list[Text]:
    if isinstance(of, Text):
        return [of]
    if isinstance(of, dict):
        return list(chain.from_iterable(map(_texts, of.values())))
    if isinstance(of, tuple):
        return list(chain.from_iterable(map(_texts, of)))
    if hasattr(of, "__dataclass_fields__"):
        names = [name for name in of.__dataclass_fields__ if name != "data"]
        return list(chain.from_iterable(_texts(getattr(of, name)) for name in names))
    return []


def test_the_shipped_edition_has_8_aspects_37_sub_aspects_and_400_points(kasn):
    assert editions()[:3] == ["kasn-2019", "kasn-2019-410", "permenpanrb-2025"]
    assert [aspect.number for aspect in kasn.aspects] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len(kasn.sub_aspects) == 37
    assert kasn.maximum == 400
    assert kasn.scale == (1, 2, 3, 4)
    assert [c.code for c in kasn.categories] == ["I", "II", "III", "IV"]


def test_the_shipped_edition_says_that_it_is_not_the_official_one(kasn):
    assert kasn.status == "reconstruction"
    assert not kasn.is_official


def test_every_text_of_the_shipped_edition_is_there_in_both_languages_and_differs(kasn):
    texts = _texts(kasn)

    assert len(texts) > 37 * 6
    assert [text for text in texts if not text.id.strip() or not text.en.strip()] == []
    assert [text.id for text in texts if text.id == text.en] == []


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_two_level_texts_of_the_shipped_edition_are_the_same(kasn, lang):
    texts = [text.in_(lang) for sub in kasn.sub_aspects for text in sub.levels.values()]

    assert len(texts) == 37 * 4
    assert len({" ".join(text.casefold().split()) for text in texts}) == len(texts)


def test_no_level_text_of_the_shipped_edition_is_the_name_pasted_into_a_sentence(kasn):
    # What is left of a text when its own sub-aspect's name is taken out must be its own as well.
    left = [
        (level, text.id.casefold().replace(sub.name.id.casefold(), "*"))
        for sub in kasn.sub_aspects
        for level, text in sub.levels.items()
    ]

    assert len(set(left)) == len(left)


def test_each_sub_aspect_of_the_shipped_edition_asks_for_evidence_of_its_own(kasn):
    lists = [tuple(item.id for item in sub.evidence) for sub in kasn.sub_aspects]

    assert min(map(len, lists)) >= 2
    assert len(set(lists)) == 37


def test_every_number_and_text_of_the_shipped_edition_names_a_source_or_says_assumed(kasn):
    named = {key for part in (*kasn.aspects, *kasn.sub_aspects) for key in part.sources.values()}

    assert named <= {*kasn.sources, instrument._model.ASSUMED}
    assert "assumed" in named


def test_the_shipped_edition_says_for_how_many_years_a_result_holds(kasn):
    assert {category.code: category.valid_years for category in kasn.categories} == {
        "I": None,
        "II": None,
        "III": 1,
        "IV": 2,
    }


def test_an_edition_that_was_pinned_before_it_could_say_how_long_a_result_holds_is_read(kasn):
    data = json.loads(kasn.canonical)
    for band in data["categories"]["bands"]:
        band.pop("valid_years", None)

    pinned = from_data(json.dumps(data))

    assert {category.valid_years for category in pinned.categories} == {None}
    assert [(c.code, c.low) for c in pinned.categories] == [
        (c.code, c.low) for c in kasn.categories
    ]


@pytest.mark.parametrize("years", [None, 1, 2, 99])
def test_a_result_holds_for_whole_years_or_for_its_own_round_alone(data, years):
    data["categories"]["bands"][1]["valid_years"] = years

    assert [category.valid_years for category in from_data(data).categories] == [None, years]


def test_an_unknown_edition_is_refused_and_the_known_ones_named():
    with pytest.raises(InstrumentError) as caught:
        load("kasn-1999")

    assert caught.value.key == "edition-unknown"
    assert "kasn-2019" in i18n.explain(caught.value)


def test_an_edition_is_named_by_its_id_or_by_the_path_of_a_file(tmp_path, kasn):
    assert named("kasn-2019").digest == kasn.digest
    assert named(str(_written(tmp_path / "mine.yaml", HEAD))).maximum == 5
    with pytest.raises(InstrumentError, match="edition-unknown"):
        named("mine")
    with pytest.raises(InstrumentError, match="file-missing"):
        named("mine.yml")


def test_a_name_is_never_taken_for_a_path():
    with pytest.raises(InstrumentError, match="edition-unknown"):
        load("../instruments/kasn-2019")


def test_codes_weights_and_aspects_keep_the_order_of_the_file(tiny):
    assert tiny.codes == ("2.1", "1.1", "1.2")
    assert tiny.weights.tolist() == [Decimal(70), Decimal(10), Decimal(20)]
    assert tiny.aspect_of.to_dict() == {"2.1": 2, "1.1": 1, "1.2": 1}
    assert tiny.maximum == 400


def test_nothing_proven_is_a_step_below_the_scale(tiny, data):
    data["scale"] |= {"lowest": 0, "highest": 3}
    for aspect in data["aspects"]:
        aspect["maximum"] = aspect["maximum"] * 3 // 4
        for sub in aspect["sub_aspects"]:
            sub["levels"] = {str(n): both(f"{sub['number']} level {n}") for n in range(4)}
    data["maximum"]["value"] = 300

    assert tiny.steps == (0, 1, 2, 3, 4)
    assert from_data(data).steps == (0, 1, 2, 3)


def test_the_table_of_sub_aspects_shows_points_at_the_top(tiny):
    expected = pd.DataFrame(
        {
            "aspect": ["Aspek dua (en)", "Aspek satu (en)", "Aspek satu (en)"],
            "name": ["Nama 2.1 (en)", "Nama 1.1 (en)", "Nama 1.2 (en)"],
            "weight": [70, 10, 20],
            "most": [280, 40, 80],
        },
        index=pd.Index(["2.1", "1.1", "1.2"], name="sub_aspect"),
    )

    pd.testing.assert_frame_equal(
        tiny.frame("en").astype({"weight": int, "most": int}), expected, check_dtype=False
    )


def test_what_is_assumed_is_listed_in_a_fixed_order(data):
    for aspect in data["aspects"]:
        aspect["sources"] = dict.fromkeys(("name", "description", "maximum"), "book")
        for sub in aspect["sub_aspects"]:
            sub["sources"] = dict.fromkeys(("name", "weight", "levels", "evidence"), "book")
    assert from_data(data).assumed_parts() == []

    data["aspects"][1]["sub_aspects"][0]["sources"]["levels"] = "assumed"
    data["aspects"][0]["sources"]["name"] = "assumed"
    assert from_data(data).assumed_parts() == ["name", "levels"]


def test_an_instrument_read_from_its_own_canonical_text_is_the_same_one(kasn):
    again = from_data(kasn.canonical)

    assert again.digest == kasn.digest
    assert again.codes == kasn.codes
    assert again.weights.tolist() == kasn.weights.tolist()


def _written(path: Any, text: str) -> Any:
    path.write_text(text, encoding="utf-8")
    return path


def test_comments_layout_and_the_order_of_keys_are_not_in_the_digest(tmp_path, data):
    plain = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    turned = yaml.safe_dump(data, sort_keys=True, default_flow_style=True, width=50)

    first = read_edition(_written(tmp_path / "a.yaml", plain))
    second = read_edition(_written(tmp_path / "b.yaml", f"# A remark\n\n{turned}# Another\n"))

    assert first.digest == second.digest


def test_a_comment_in_the_shipped_edition_would_not_change_its_digest(tmp_path, kasn):
    text = (kit_folder("data") / "instruments" / "kasn-2019.yaml").read_text(encoding="utf-8")

    assert read_edition(_written(tmp_path / "a.yaml", f"# x\n{text}")).digest == kasn.digest


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["title"].update(en="Another"),
        lambda d: d["aspects"].reverse(),
        lambda d: d["aspects"][0]["sub_aspects"][0]["levels"]["1"].update(id="Lain"),
        lambda d: [
            d["categories"]["bands"][i].update({k: 199}) for i, k in ((0, "to"), (1, "from"))
        ],
        lambda d: d["categories"]["bands"][0].update(valid_years=1),
    ],
    ids=["title", "order", "level-text", "bound", "valid-years"],
)
def test_any_change_of_content_changes_the_digest(tiny, data, change):
    change(data)

    assert from_data(data).digest != tiny.digest


def test_a_weight_typed_with_decimals_is_exactly_what_was_typed(tmp_path, data):
    # In binary fractions 0.1 + 0.2 is not 0.3.
    data["aspects"][1]["sub_aspects"][0]["weight"] = 0.1
    data["aspects"][1]["sub_aspects"][1]["weight"] = 0.2
    data["aspects"][1]["maximum"] = 1.2
    data["maximum"]["value"] = 281.2
    read = read_edition(_written(tmp_path / "a.yaml", yaml.safe_dump(data)))

    assert read.weights.tolist() == [Decimal("70"), Decimal("0.1"), Decimal("0.2")]
    assert read.maximum == Decimal("281.2")
    assert '"weight":"0.1"' in read.canonical


def test_a_file_with_the_mark_that_windows_puts_in_front_is_read(tmp_path, tiny, data):
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8-sig")

    assert read_edition(path).codes == tiny.codes


SUB = "aspects[0].sub_aspects[0]"


def _at(data: Any, *path: Any) -> Any:
    for step in path:
        data = data[step]
    return data


def _set(*path: Any, to: Any) -> Any:
    return lambda data: _at(data, *path[:-1]).__setitem__(path[-1], to)


def _drop(*path: Any) -> Any:
    return lambda data: _at(data, *path[:-1]).pop(path[-1])


_SUB = ("aspects", 0, "sub_aspects", 0)
_BAND = ("categories", "bands")
_SOURCES = "assumed, book"


def _effort(steps: Any) -> Any:
    """Say what the steps of the first sub-aspect take, and where that is from."""

    def spoil(data: Any) -> None:
        _at(data, *_SUB)["effort"] = steps
        _at(data, *_SUB)["sources"]["effort"] = "book"

    return spoil


FAULTS = {
    "format": (_set("format", to=2), Problem("format", "not-allowed", 2, "1")),
    "id-with-spaces": (_set("id", to="Tiny One"), Problem("id", "not-an-id", "Tiny One")),
    "status": (
        _set("status", to="final"),
        Problem("status", "not-allowed", "final", "official, reconstruction, draft"),
    ),
    "key-unknown": (
        _set(*_SUB, "wieght", to=1),
        Problem(
            f"{SUB}.wieght",
            "key-unknown",
            "wieght",
            "number, name, weight, sources, levels, evidence, effort",
        ),
    ),
    "key-with-a-bracket": (
        _set("scale", "x[y", to=1),
        Problem("scale.x[y", "key-unknown", "x[y", "lowest, highest, unproven, sources"),
    ),
    "text-missing": (_drop("issuer"), Problem("issuer", "missing")),
    "text-blank": (_set("issuer", to="  "), Problem("issuer", "not-text", "  ")),
    "text-a-number": (_set("issuer", to=7), Problem("issuer", "not-text", 7)),
    "one-language-missing": (_drop("title", "en"), Problem("title.en", "missing")),
    "not-bilingual": (_set("title", to="Judul"), Problem("title", "not-bilingual", "Judul")),
    "a-third-language": (
        _set("title", "fr", to="Titre"),
        Problem("title.fr", "key-unknown", "fr", "id, en"),
    ),
    "level-text-missing": (_drop(*_SUB, "levels", "3"), Problem(f"{SUB}.levels.3", "missing")),
    "level-too-many": (
        _set(*_SUB, "levels", "5", to=both("x")),
        Problem(f"{SUB}.levels.5", "key-unknown", "5", "1, 2, 3, 4"),
    ),
    "levels-a-list": (
        _set("scale", "sources", to=["book"]),
        Problem("scale.sources", "not-a-mapping", ["book"]),
    ),
    "evidence-missing": (_set(*_SUB, "evidence", to=[]), Problem(f"{SUB}.evidence", "missing")),
    "evidence-one-language": (
        _set(*_SUB, "evidence", 0, to={"id": "Bukti"}),
        Problem(f"{SUB}.evidence[0].en", "missing"),
    ),
    "bands-not-a-list": (
        _set(*_BAND, to="I"),
        Problem("categories.bands", "not-a-list", "I"),
    ),
    "weight-missing": (_drop(*_SUB, "weight"), Problem(f"{SUB}.weight", "missing")),
    "weight-a-word": (
        _set(*_SUB, "weight", to="much"),
        Problem(f"{SUB}.weight", "not-a-number", "much"),
    ),
    "weight-negative": (
        _set(*_SUB, "weight", to="-70"),
        Problem(f"{SUB}.weight", "not-a-number", "-70"),
    ),
    "weight-true": (
        _set(*_SUB, "weight", to=True),
        Problem(f"{SUB}.weight", "not-a-number", True),
    ),
    "weight-infinite": (
        _set(*_SUB, "weight", to="inf"),
        Problem(f"{SUB}.weight", "not-a-number", "inf"),
    ),
    "weight-too-large-to-count": (
        _set(*_SUB, "weight", to="1e400"),
        Problem(f"{SUB}.weight", "not-allowed", "1e400", "0-1000000"),
    ),
    "weight-too-fine": (
        _set(*_SUB, "weight", to="70.0000000"),
        Problem(f"{SUB}.weight", "too-many-decimals", "70.0000000", 6),
    ),
    "effort-of-some-levels-only": (
        _effort({"1": 1, "2": 1, "3": 2}),
        Problem(f"{SUB}.effort.4", "missing"),
    ),
    "effort-of-a-level-there-is-none-of": (
        _effort({"1": 1, "2": 1, "3": 2, "4": 3, "5": 3}),
        Problem(f"{SUB}.effort.5", "key-unknown", "5", "1, 2, 3, 4"),
    ),
    "effort-nothing": (
        _effort({"1": 1, "2": 0, "3": 2, "4": 3}),
        Problem(f"{SUB}.effort.2", "effort-zero", 0),
    ),
    "effort-without-a-source": (
        _set(*_SUB, "effort", to={"1": 1, "2": 1, "3": 2, "4": 3}),
        Problem(f"{SUB}.sources.effort", "source-missing", None, "assumed"),
    ),
    "maximum-missing": (_drop("maximum", "value"), Problem("maximum.value", "missing")),
    "maximum-off": (
        _set("maximum", "value", to=410),
        Problem("maximum.value", "weights-off", Decimal(400), Decimal(410)),
    ),
    "aspect-maximum-off": (
        _set("aspects", 1, "maximum", to=119),
        Problem("aspects[1].maximum", "weights-off", Decimal(120), Decimal(119)),
    ),
    "number-of-another-aspect": (
        _set(*_SUB, "number", to="1.3"),
        Problem(f"{SUB}.number", "number-not-in-aspect", "1.3", "2.1, 2.2"),
    ),
    "number-zero": (
        _set(*_SUB, "number", to="2.0"),
        Problem(f"{SUB}.number", "number-not-in-aspect", "2.0", "2.1, 2.2"),
    ),
    "number-repeated": (
        _set("aspects", 1, "sub_aspects", 1, "number", to="1.1"),
        Problem("aspects[1].sub_aspects[1].number", "number-repeated", "1.1"),
    ),
    "number-not-whole": (
        _set("index", "decimals", to="2"),
        Problem("index.decimals", "not-whole", "2"),
    ),
    "decimals-beyond-counting": (
        _set("index", "decimals", to=7),
        Problem("index.decimals", "not-allowed", 7, "0-6"),
    ),
    "decimals-negative": (
        _set("index", "decimals", to=-1),
        Problem("index.decimals", "not-allowed", -1, "0-6"),
    ),
    "divisor-zero": (
        _set("index", "divisor", to=0),
        Problem("index.divisor", "not-a-number", Decimal(0)),
    ),
    "source-missing": (
        _drop("index", "source"),
        Problem("index.source", "source-missing", None, "assumed"),
    ),
    "source-unknown": (
        _set("index", "source", to="a-book"),
        Problem("index.source", "source-unknown", "a-book", _SOURCES),
    ),
    "source-a-list": (
        _set("index", "source", to=["book"]),
        Problem("index.source", "not-text", ["book"]),
    ),
    "source-of-a-part-missing": (
        _drop(*_SUB, "sources", "levels"),
        Problem(f"{SUB}.sources.levels", "source-missing", None, "assumed"),
    ),
    "source-of-a-part-unknown": (
        _set(*_SUB, "sources", "weight", to="none"),
        Problem(f"{SUB}.sources.weight", "source-unknown", "none", _SOURCES),
    ),
    "sources-missing": (_drop(*_SUB, "sources"), Problem(f"{SUB}.sources", "missing")),
    "confidence": (
        _set("sources", "book", "confidence", to="sure"),
        Problem("sources.book.confidence", "not-allowed", "sure", "published, re-worded, inferred"),
    ),
    "band-gap": (
        _set(*_BAND, 1, "from", to=201),
        Problem("categories.bands[1].from", "band-gap", Decimal(201), Decimal(200)),
    ),
    "band-overlap": (
        _set(*_BAND, 1, "from", to=199),
        Problem("categories.bands[1].from", "band-overlap", Decimal(199), Decimal(200)),
    ),
    "bands-not-from-zero": (
        _set(*_BAND, 0, "from", to=100),
        Problem("categories.bands[0].from", "band-gap", Decimal(100), Decimal(0)),
    ),
    "band-closed": (
        _set(*_BAND, 1, "to", to=400),
        Problem("categories.bands[1].to", "band-closed", 400),
    ),
    "band-not-ended": (_drop(*_BAND, 0, "to"), Problem("categories.bands[0].to", "missing")),
    "band-code-repeated": (
        _set(*_BAND, 1, "code", to="I"),
        Problem("categories.bands[1].code", "number-repeated", "I"),
    ),
    "valid-years-none-at-all": (
        _set(*_BAND, 1, "valid_years", to=0),
        Problem("categories.bands[1].valid_years", "not-allowed", 0, "1-99"),
    ),
    "valid-years-negative": (
        _set(*_BAND, 1, "valid_years", to=-1),
        Problem("categories.bands[1].valid_years", "not-allowed", -1, "1-99"),
    ),
    "valid-years-the-year-until-which": (
        _set(*_BAND, 0, "valid_years", to=2027),
        Problem("categories.bands[0].valid_years", "not-allowed", 2027, "1-99"),
    ),
    "valid-years-and-a-half": (
        _set(*_BAND, 1, "valid_years", to="1.5"),
        Problem("categories.bands[1].valid_years", "not-whole", "1.5"),
    ),
    "valid-years-a-word": (
        _set(*_BAND, 1, "valid_years", to="dua"),
        Problem("categories.bands[1].valid_years", "not-whole", "dua"),
    ),
    "valid-years-true": (
        _set(*_BAND, 1, "valid_years", to=True),
        Problem("categories.bands[1].valid_years", "not-whole", True),
    ),
    "valid-years-misspelt": (
        _set(*_BAND, 1, "valid_year", to=1),
        Problem(
            "categories.bands[1].valid_year",
            "key-unknown",
            "valid_year",
            "code, name, from, to, valid_years, consequence, sources",
        ),
    ),
    "bands-on": (
        _set("categories", "on", to="total"),
        Problem("categories.on", "not-allowed", "total", "score, index"),
    ),
    "inclusive": (
        _set("categories", "inclusive", to="both"),
        Problem("categories.inclusive", "not-allowed", "both", "lower, upper"),
    ),
}


@pytest.mark.parametrize(("spoil", "problem"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_place_and_nothing_else_is(data, spoil, problem):
    spoil(data)

    assert _problems(data) == (problem,)


def test_an_empty_band_is_named(data):
    data["categories"]["bands"][0]["to"] = 0
    data["categories"]["bands"][1]["from"] = 0

    assert _problems(data) == (
        Problem("categories.bands[0].to", "band-empty", Decimal(0), Decimal(0)),
    )


def test_a_weight_of_zero_is_named_beside_the_sums_it_spoils(data):
    data["aspects"][0]["sub_aspects"][0]["weight"] = "0"

    assert _problems(data)[0] == Problem(f"{SUB}.weight", "weight-zero", Decimal(0))
    assert [p.key for p in _problems(data)] == ["weight-zero", "weights-off", "weights-off"]


def test_an_aspect_number_given_twice_is_named(data):
    data["aspects"][1]["number"] = 2
    for i, sub in enumerate(data["aspects"][1]["sub_aspects"]):
        sub["number"] = f"2.{i + 2}"

    assert _problems(data) == (Problem("aspects[1].number", "number-repeated", 2),)


def test_an_impossible_scale_is_named(data):
    data["scale"] |= {"lowest": 4, "highest": 1}

    assert _problems(data) == (Problem("scale", "scale-off", "4-1", "0 <= lowest < highest <= 9"),)


@pytest.mark.parametrize("value", [["a"], None, "a"], ids=["list", "empty", "text"])
def test_a_file_that_is_no_mapping_is_told_so_and_nothing_else(tmp_path, value):
    path = _written(tmp_path / "a.yaml", yaml.safe_dump(value))

    with pytest.raises(InstrumentError) as caught:
        read_edition(path)

    assert (caught.value.key, caught.value.problems) == ("instrument-foreign", ())


def test_an_official_edition_rests_on_published_sources_alone(data):
    data["status"] = "official"
    data["sources"]["guess"] = {"title": both("Dugaan"), "confidence": "inferred"}
    data["index"]["source"] = "guess"

    found = {p.where: p.found for p in _problems(data) if p.key == "official-unproven"}

    assert found["index.source"] == "guess"
    assert found["aspects[0].sub_aspects[0].sources.weight"] == "assumed"
    assert len(found) > 10


def test_an_official_edition_whose_every_part_is_published_is_accepted():
    assert from_data(official_data()).is_official


HEAD = """\
# A remark on line 1
format: 1
id: tiny
status: reconstruction
title: {id: Kecil, en: Small}
issuer: Penguji
legal_basis: "-"
valid: {from: "2026", to: null, source: assumed}
sources:
  book:
    title: {id: Buku, en: Book}
    confidence: published
scale:
  lowest: 1
  highest: 2
  unproven: {id: Nihil, en: Nothing}
  sources: {levels: book, unproven: assumed}
maximum: {value: 5, source: book}
index: {divisor: 5, decimals: 2, source: book}
categories:
  on: score
  inclusive: lower
  source: assumed
  bands:
    - code: I
      name: {id: Semua, en: All}
      from: 0
      sources: {bounds: assumed, name: assumed, consequence: assumed}
      consequence: {id: Selesai., en: Done.}
aspects:
  - number: 1
    name: {id: Satu, en: One}
    description: {id: Tentang satu, en: About one}
    maximum: 5
    sources: {name: book, description: book, maximum: book}
    sub_aspects:
      - number: "1.1"
        name: {id: Butir, en: Item}
        weight: 2.5
        sources: {name: book, weight: book, levels: book, evidence: book}
        levels:
          1: {id: Ada, en: There}
          2: {id: Dipakai, en: Used}
        evidence:
          - {id: Dokumen, en: Document}
"""


def test_a_file_without_fault_is_read(tmp_path):
    read = read_edition(_written(tmp_path / "a.yaml", HEAD))

    assert read.maximum == 5
    assert read.by_code["1.1"].levels[2] == Text("Dipakai", "Used")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "status: reconstruction",
            "status: final",
            "status (4): final is not allowed; choose one of: official, reconstruction, draft",
        ),
        (
            "        weight: 2.5",
            "        weight: much",
            (
                "aspects[0].sub_aspects[0].weight (39): much is no number of zero or more; "
                "use a point for decimals, such as 2.5"
            ),
        ),
        (
            "          2: {id: Dipakai, en: Used}\n",
            "",
            "aspects[0].sub_aspects[0].levels.2 (42): is missing",
        ),
        (
            "    maximum: 5\n",
            "    maximum: 6\n",
            "aspects[0].maximum (34): the weights give a maximum of 5, but 6 is written",
        ),
        (
            "      from: 0\n",
            "      from: 1\n",
            (
                "categories.bands[0].from (27): begins at 1, but the category before it ends at 0: "
                "there is a gap"
            ),
        ),
        (
            "      from: 0\n",
            "      from: 0\n      valid_years: 0\n",
            "categories.bands[0].valid_years (28): 0 is not allowed; choose one of: 1-99",
        ),
        (
            "  highest: 2\n",
            "  highest: 2\n  highest: 2\n",
            "scale.highest (16): the key highest is there twice",
        ),
        (
            "{levels: book, unproven: assumed}",
            "{levels: book, unproven: hearsay}",
            (
                "scale.sources.unproven (17): the source hearsay is not in the file; "
                "known: assumed, book"
            ),
        ),
        (
            "issuer: Penguji",
            "issuer: [a, b",
            (
                "7: the YAML is broken (did not find expected ',' or ']'); "
                "the number in front is the line"
            ),
        ),
        (
            "id: tiny",
            "id: !!int tiny",
            (
                "3: the YAML is broken (invalid literal for int() with base 10: 'tiny'); "
                "the number in front is the line"
            ),
        ),
        (
            "id: tiny",
            "id: !secret tiny",
            (
                "3: the YAML is broken (could not determine a constructor for the tag '!secret'); "
                "the number in front is the line"
            ),
        ),
    ],
    ids=[
        "choice",
        "number",
        "missing",
        "sum",
        "bound",
        "valid-years",
        "key-repeated",
        "source",
        "not-yaml",
        "false-tag",
        "unknown-tag",
    ],
)
def test_a_fault_in_a_file_is_told_with_its_line(tmp_path, old, new, told):
    assert HEAD.count(old) == 1
    path = _written(tmp_path / "a.yaml", HEAD.replace(old, new))

    assert any(line.strip() == f"- {told}" for line in _told(path)), _told(path)


def test_a_file_with_many_faults_names_them_all_at_once_in_the_order_of_its_lines(tmp_path):
    text = HEAD
    for old, new in (
        ("id: tiny", "id: T"),
        ("status: reconstruction", "status: final"),
        ("en: Small", "en: ''"),
        ("confidence: published", "confidence: sure"),
        ("decimals: 2", "decimals: two"),
        ("on: score", "on: points"),
        ("      from: 0", "      from: 1"),
        ("name: {id: Satu, en: One}", "name: Satu"),
        ("    maximum: 5", "    maximum: 6"),
        ('number: "1.1"', 'number: "2.1"'),
        ("2: {id: Dipakai, en: Used}", "3: {id: Dipakai, en: Used}"),
        ("- {id: Dokumen, en: Document}", "- {id: Dokumen}"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = _written(tmp_path / "a.yaml", text)

    with pytest.raises(InstrumentError) as caught:
        read_edition(path)

    assert [(p.where, p.key) for p in caught.value.problems] == [
        ("id (3)", "not-an-id"),
        ("status (4)", "not-allowed"),
        ("title.en (5)", "missing"),
        ("sources.book.confidence (12)", "not-allowed"),
        ("index.decimals (19)", "not-whole"),
        ("categories.on (21)", "not-allowed"),
        ("categories.bands[0].from (27)", "band-gap"),
        ("aspects[0].name (32)", "not-bilingual"),
        ("aspects[0].maximum (34)", "weights-off"),
        ("aspects[0].sub_aspects[0].number (37)", "number-not-in-aspect"),
        ("aspects[0].sub_aspects[0].levels.2 (42)", "missing"),
        ("aspects[0].sub_aspects[0].levels.3 (43)", "key-unknown"),
        ("aspects[0].sub_aspects[0].evidence[0].en (45)", "missing"),
    ]
    assert caught.value.facts == {"count": 13}


def test_a_key_twice_keeps_its_own_line_even_if_its_name_is_odd(tmp_path):
    path = _written(tmp_path / "a.yaml", f"{HEAD}? 'x[y'\n: 1\n? 'x[y'\n: 2\n")

    assert "  - x[y (48): the key x[y is there twice" in _told(path)


def test_a_text_may_be_written_once_and_used_again(tmp_path):
    text = HEAD.replace("{id: Butir, en: Item}", "&item {id: Butir, en: Item}")
    text = text.replace("- {id: Dokumen, en: Document}", "- *item")

    assert read_edition(_written(tmp_path / "a.yaml", text)).sub_aspects[0].evidence == (
        Text("Butir", "Item"),
    )


def test_aliases_that_would_fill_any_memory_are_refused(tmp_path):
    layers = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10))
    path = _written(tmp_path / "a.yaml", f"l0: &l0 [x]\n{layers}")

    assert "the YAML is broken (more than 100000 values)" in _told(path)[0]


def test_a_list_that_holds_itself_is_refused(tmp_path):
    path = _written(tmp_path / "a.yaml", "a: &a\n  - *a\n")

    assert "the YAML is broken" in _told(path)[0]


def test_a_file_nested_out_of_reason_is_refused(tmp_path):
    path = _written(tmp_path / "a.yaml", "a: " + "[" * 2000 + "]" * 2000)

    assert "the YAML is broken" in _told(path)[0]


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(InstrumentError, match="file-missing") as caught:
        read_edition(tmp_path / "none.yaml")

    assert "none.yaml" in i18n.explain(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"id: \xe9\n"], ids=["binary", "latin-1"])
def test_a_file_that_is_not_utf_8_is_refused(tmp_path, content):
    path = tmp_path / "a.yaml"
    path.write_bytes(content)

    with pytest.raises(InstrumentError) as caught:
        read_edition(path)

    said = i18n.explain(caught.value, "en")
    assert "a.yaml is no instrument: it does not hold UTF-8 text" in said


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InstrumentError) as caught:
        read_edition(tmp_path)

    assert "cannot be read: it is a folder" in i18n.explain(caught.value, "en")


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**30)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["1e999999999", "NaN", "-1", "a.b[c", "assumed", "1.1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | st.just("x[y"), inner, max_size=3)
    ),
    max_leaves=6,
)


def _paths(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = data.items() if isinstance(data, dict) else enumerate(data)
    if isinstance(data, str):
        return []
    found = []
    for step, value in steps:
        found.append((*at, step))
        if isinstance(value, dict | list):
            found += _paths(value, (*at, step))
    return found


@given(st.sampled_from([*_paths(tiny_data()), (*_BAND, 0, "valid_years")]), ANY)
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_an_edition_it_is_read_or_refused_in_words(path, value):
    data = deepcopy(tiny_data())
    _set(*path, to=value)(data)
    refused = None
    try:
        read = from_data(data)
    except InstrumentError as error:
        refused = error

    if refused:
        assert refused.problems
        assert i18n.explain(refused, "id")
    elif all(weight is not None for weight in read.weights):
        levels = pd.DataFrame([dict.fromkeys(read.codes, read.scale[-1])])
        assert scoring.totals(levels, read).loc[0, "total"] == float(read.maximum)


@given(st.text(alphabet="ab:-[]{}&*!#'\"\n ?|>%@1.", max_size=40))
@settings(max_examples=200, deadline=None)
def test_whatever_a_file_holds_it_is_refused_in_words(tmp_path_factory, text):
    path = _written(tmp_path_factory.getbasetemp() / "any.yaml", text)
    with pytest.raises(InstrumentError) as caught:
        read_edition(path)

    assert i18n.explain(caught.value, "en")


@pytest.fixture
def draft(data):
    """The tiny instrument as a draft that has one weight of three and no maximum."""
    data["status"] = "draft"
    data["maximum"] = None
    for aspect in data["aspects"]:
        del aspect["maximum"]
    del data["aspects"][0]["sub_aspects"][0]["weight"]
    data["aspects"][1]["sub_aspects"][1]["weight"] = None
    return data


def test_a_draft_may_lack_weights_and_is_still_read_and_shown(draft):
    read = from_data(draft)

    assert read.weights.tolist() == [None, Decimal(10), None]
    assert read.frame()["most"].tolist() == [None, Decimal(40), None]


@pytest.mark.parametrize(
    "score", [scoring.points, scoring.aspect_points, scoring.totals], ids=lambda f: f.__name__
)
def test_a_draft_refuses_to_score_and_names_each_sub_aspect_without_a_weight(draft, score):
    levels = pd.DataFrame([{"2.1": 1, "1.1": 1, "1.2": 1}])
    with pytest.raises(ScoreError) as caught:
        score(levels, from_data(draft))

    assert caught.value.problems == (
        Problem("2.1", "weight-missing"),
        Problem("1.2", "weight-missing"),
    )


def test_a_draft_that_has_all_its_weights_scores(draft):
    draft["aspects"][0]["sub_aspects"][0]["weight"] = "70"
    draft["aspects"][1]["sub_aspects"][1]["weight"] = "20"
    levels = pd.DataFrame([{"2.1": 1, "1.1": 1, "1.2": 1}])

    assert scoring.totals(levels, from_data(draft)).loc[0, "total"] == 100


def test_a_draft_is_checked_like_any_edition_in_all_that_it_does_say(draft):
    draft["aspects"][1]["sub_aspects"].append(sub_aspect("1.2", "-1"))

    assert [p.key for p in _problems(draft)] == ["number-repeated", "not-a-number"]


@pytest.mark.parametrize("status", ["official", "reconstruction"])
def test_only_a_draft_may_lack_weights(draft, status):
    draft["status"] = status

    assert Problem(f"{SUB}.weight", "missing") in _problems(draft)


def test_canonical_text_that_a_store_kept_is_checked_again(data):
    data["maximum"]["value"] = 1

    with pytest.raises(InstrumentError, match="weights-off"):
        from_data(json.dumps(data))
