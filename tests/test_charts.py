"""Pictures: sound XML whatever the labels hold, named for screen readers, true to the numbers."""

from __future__ import annotations

from math import nan
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from merit_kit import charts
from merit_kit.charts import Band, Mark

HOSTILE = [
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "'><!-- ",
    "]]>&amp;&#0;</svg>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eterbalik\u202c \U0001f600",
    "\x00\x0b\x1b\ufffe\ud800",
    "x" * 10_000,
    "",
]


def _band_scale(text: str) -> Markup:
    bands = [Band(text, 0, 200, 0), Band(text, 200, 400, 3)]
    return charts.band_scale(bands, Mark(210, text), Mark(140, text), text)


def _bar(text: str) -> Markup:
    return charts.bar(50.0, 25.0, text)


def _profile(text: str) -> Markup:
    return charts.profile([text] * 8, [50.0] * 8, [25.0] * 8, text, (text, text))


def _spread(text: str) -> Markup:
    return charts.spread(25.0, 50.0, 75.0, 60.0, text)


PICTURES = pytest.mark.parametrize(
    "draw",
    [_band_scale, _bar, _profile, _spread],
    ids=["band_scale", "bar", "profile", "spread"],
)


def _read(picture: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(picture))  # noqa: S314 our own picture


def _by_class(root: ElementTree.Element, name: str) -> list[dict[str, Any]]:
    return [e.attrib for e in root.iter() if name in e.get("class", "").split()]


@pytest.fixture
def bands():
    return [Band("Rendah", 0, 200, 0), Band("Tinggi", 200, 400, 3)]


@PICTURES
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[1:16])
def test_a_hostile_label_stays_a_label(draw, text):
    hostile, harmless = _read(draw(text)), _read(draw("Nama"))

    assert [e.tag for e in hostile.iter()] == [e.tag for e in harmless.iter()]
    assert [sorted(e.attrib) for e in hostile.iter()] == [sorted(e.attrib) for e in harmless.iter()]


@PICTURES
@given(text=st.text())
@settings(max_examples=40, deadline=None)
def test_a_picture_is_sound_xml_whatever_its_words(draw, text):
    assert _read(draw(text)).tag == "svg"


@PICTURES
def test_a_picture_has_a_role_and_a_name_and_brings_nothing_from_outside(draw):
    picture = draw('Nilai "A" & <B>')
    root = _read(picture)

    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Nilai "A" & <B>'
    assert {e.tag for e in root.iter()} <= {
        *("svg", "rect", "text", "line", "path", "circle", "polygon")
    }
    assert "href" not in picture
    assert "style=" not in picture


@PICTURES
def test_a_picture_is_small_and_needs_no_further_escaping(draw):
    picture = draw("Nama")

    assert isinstance(picture, Markup)
    assert len(picture) < 5_000


def test_marks_stand_at_their_values_on_the_scale(bands):
    root = _read(charts.band_scale(bands, Mark(200, "200"), Mark(0, "0"), "Nilai"))

    # The scale runs from 12 to 708; 200 of 400 is its middle.
    assert _by_class(root, "verified")[0]["d"].startswith("M360.0 36")
    assert _by_class(root, "own")[0]["d"].startswith("M12.0 67")
    assert [a["x"] for a in _by_class(root, "edge") if "x" in a] == []
    assert [a["x1"] for a in _by_class(root, "edge")] == ["12.0", "360.0", "708.0"]


def test_bands_have_their_width_their_tone_and_their_name(bands):
    root = _read(charts.band_scale(bands, None, None, "Nilai"))

    assert [(a["x"], a["width"]) for a in _by_class(root, "tone-0")] == [("12.0", "348.0")]
    assert [(a["x"], a["width"]) for a in _by_class(root, "tone-3")] == [("360.0", "348.0")]
    assert [e.text for e in root.iter("text")][:2] == ["Rendah", "Tinggi"]


@pytest.mark.parametrize(("value", "place"), [(-50, "M12.0 "), (900, "M708.0 ")])
def test_a_value_off_the_scale_stays_in_the_picture(bands, value, place):
    root = _read(charts.band_scale(bands, Mark(value, "?"), None, "Nilai"))

    assert _by_class(root, "verified")[0]["d"].startswith(place)


@pytest.mark.parametrize(("value", "side"), [(0, "start"), (200, "middle"), (400, "end")])
def test_a_label_near_the_edge_is_written_inwards(bands, value, side):
    root = _read(charts.band_scale(bands, Mark(value, "?"), None, "Nilai"))

    assert _by_class(root, "strong")[0]["text-anchor"] == side


def test_no_mark_is_drawn_for_what_there_is_not(bands):
    root = _read(charts.band_scale(bands, None, None, "Nilai"))

    assert _by_class(root, "verified") == _by_class(root, "own") == []
    assert _by_class(root, "mark-label") == []


@pytest.mark.parametrize(
    ("percent", "width"), [(0.0, "0.0"), (50.0, "80.0"), (100.0, "160.0"), (np.float64(25), "40.0")]
)
def test_a_bar_is_as_long_as_its_percentage(percent, width):
    assert _by_class(_read(charts.bar(percent, None, "Aspek")), "fill")[0]["width"] == width


@pytest.mark.parametrize("nothing", [None, nan, np.nan], ids=["none", "nan", "numpy"])
def test_a_bar_without_a_value_is_an_empty_track(nothing):
    root = _read(charts.bar(nothing, nothing, "Aspek"))

    assert len(_by_class(root, "track")) == 1
    assert _by_class(root, "fill") == _by_class(root, "own") == []


def test_the_self_assessment_is_a_ring_on_the_bar():
    root = _read(charts.bar(None, 50.0, "Aspek"))

    assert [a["cx"] for a in _by_class(root, "own")] == ["84.0"]


def test_a_group_is_a_box_with_a_line_at_its_median_and_a_dot_for_oneself():
    root = _read(charts.spread(25.0, 50.0, 75.0, 100.0, "Aspek"))

    # The track runs from 4 to 164: 1.6 for each percent.
    [box], [line], [dot] = (_by_class(root, name) for name in ("middle", "median", "verified"))
    assert (box["x"], box["width"]) == ("44.0", "80.0")
    assert (line["x1"], line["x2"]) == ("84.0", "84.0")
    assert dot["cx"] == "164.0"


@pytest.mark.parametrize("nothing", [None, nan], ids=["none", "nan"])
def test_what_is_not_known_of_oneself_is_no_dot_beside_the_group(nothing):
    root = _read(charts.spread(25.0, 50.0, 75.0, nothing, "Aspek"))

    assert _by_class(root, "verified") == []
    assert len(_by_class(root, "middle")) == 1


def test_a_profile_reaches_out_as_far_as_each_aspect_is_fulfilled():
    root = _read(
        charts.profile(
            ["Utara", "Timur", "Selatan", "Barat"],
            [100.0, 50.0, 0.0, 20.0],
            [0.0, 0.0, 0.0, 0.0],
            "Profil",
            ("Verifikasi", "Mandiri"),
        )
    )
    shape = _by_class(root, "verified-shape")[0]["points"]

    # From the centre at 190, 150: up by 105, right by half of that; nothing is the centre itself.
    assert shape == "190.0,45.0 242.5,150.0 190.0,150.0 169.0,150.0"
    assert [e.text for e in root.iter("text")] == [
        *("Utara", "Timur", "Selatan", "Barat", "Verifikasi", "Mandiri")
    ]


def test_what_is_not_known_is_no_corner_and_leaves_the_shape_undrawn():
    root = _read(
        charts.profile(["U", "T", "S", "B"], [100.0, nan, 50.0, nan], [0.0] * 4, "P", ("v", "m"))
    )

    # The one left with this class is the key below the picture.
    assert [e.get("points") for e in _by_class(root, "verified-shape")] == [None]
    assert len(_by_class(root, "verified")) == 2
    assert len(_by_class(root, "own-shape")) == 2


def test_profile_labels_stand_outside_and_away_from_the_centre():
    root = _read(charts.profile(["U", "T", "S", "B"], [0.0] * 4, [0.0] * 4, "P", ("v", "m")))

    assert [a["text-anchor"] for a in _by_class(root, "spoke-label")] == [
        *("middle", "start", "middle", "end")
    ]
