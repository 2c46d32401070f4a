"""The pictures of analyses: where marks stand, what is left out, and that each is one file."""

from __future__ import annotations

import re
from math import nan
from xml.etree import ElementTree as ET

import pytest

from merit_kit import charts
from merit_kit.charts import Figure, Ladder, Line, Rung, Strip

HOSTILE = '"><script>alert(1)</script>\x00&'
SVG = "{http://www.w3.org/2000/svg}"


def tree(svg):
    return ET.fromstring(str(svg))  # noqa: S314 our own


def drawn(svg, tag, name):
    return [e for e in tree(svg).iter(SVG + tag) if name in (e.get("class") or "").split()]


def ladder(*rungs, names=("Satu", "Dua", "Tiga"), band="separuh"):
    return charts.ladder(rungs, "Judul", Ladder(names, band))


def test_marks_stand_where_their_percentage_is_and_unknown_ones_are_left_out():
    svg = ladder(Rung("A", (0.0, 100.0)), Rung("B", (50.0, None)), Rung("C", (nan, 25.0)))

    # The first and the last of each kind are the legend's.
    filled = [float(e.get("cx")) for e in drawn(svg, "circle", "full")][:-1]
    hollow = [float(e.get("cx")) for e in drawn(svg, "circle", "hollow")][:-1]
    left, wide = filled[0], (filled[1] - filled[0]) * 2
    assert hollow == [left + wide, left + wide / 4]
    assert len(drawn(svg, "line", "join")) == 1


def test_the_legend_names_only_what_there_is():
    texts = [e.text for e in tree(ladder(Rung("A", (1.0, None, 3.0)))).iter(SVG + "text")]

    assert {"Satu", "Tiga"} <= set(texts)
    assert not {"Dua", "separuh"} & set(texts)
    assert len(drawn(ladder(Rung("A", (1.0,), (2, 3))), "rect", "band")) == 2


def test_a_strip_counts_its_values_and_has_no_box_without_quartiles():
    strip = Strip("A", [10.0, 10.5, 99.9, 100.0, nan], None, own=50.0)
    svg = charts.strips([strip], "Judul", ("banyak", "separuh", "median", "Kota A"))

    heights = [float(e.get("height")) for e in drawn(svg, "rect", "bars")][:-1]
    assert len(heights) == 2
    assert heights[0] == heights[1]
    assert drawn(svg, "rect", "box") == []
    boxed = charts.strips([Strip("A", [1.0], (1, 2, 3))], "Judul", ("a", "b", "c", ""))
    assert len(drawn(boxed, "rect", "box")) == 2


def test_pairs_are_told_apart_by_their_side_of_the_line():
    svg = charts.scatter(
        *([(100, 200), (100, 100), (300, 200), (310, 200)], "Judul", ("x", "y")),
        *(("naik", "sama", "turun"), 400, (300, 200)),
    )

    raised, same, lowered = (
        drawn(svg, "path", "out")[0].get("d"),
        drawn(svg, "path", "out")[1].get("d"),
        drawn(svg, "path", "hue")[0].get("d"),
    )
    assert [each.count("M") for each in (raised, same, lowered)] == [1, 1, 2]
    assert len(drawn(svg, "circle", "own")) == 1


def test_a_trend_joins_what_is_to_be_joined_and_stands_by_its_time():
    joined = Line("Satu", [(2020, 0), (2022, 400)])
    alone = Line("Dua", [(2021, 200)], 3, joined=False)
    times = [(2020, "2020"), (2021, "2021"), (2022, "2022")]
    svg = charts.trend([joined, alone], "Judul", times, 400, [(200, "Baik")])

    [line] = drawn(svg, "polyline", "line")
    (x1, y1), (x2, y2) = (map(float, p.split(",")) for p in line.get("points").split())
    assert (x1 < x2, y1 > y2) == (True, True)
    [bound] = drawn(svg, "line", "bound")
    assert float(bound.get("y1")) == (y1 + y2) / 2


def test_a_single_moment_is_drawn_in_the_middle():
    svg = charts.trend([Line("Satu", [(2020, 100)])], "Judul", [(2020, "2020")], 400)

    assert drawn(svg, "polyline", "line") == []
    assert len(drawn(svg, "circle", "full")) == 2


def test_a_cell_is_the_darker_the_higher_and_says_its_number():
    rows = [("A", [0, 19.9]), ("B", [100, None]), ("C", [62.5, 0.5])]
    svg = charts.heat(["1", "2"], rows, "Judul")

    tones = [e.get("class") for e in tree(svg).iter(SVG + "rect") if e.get("rx")]
    texts = [e.text for e in tree(svg).iter(SVG + "text")]
    assert tones == ["t0", "t0", "t4", "t-1", "t3", "t0"]
    # Half up, as everywhere: 62.5 is 63, and 0.5 is 1.
    assert [each for each in texts if not each.isalpha()][2:] == ["0", "20", "100", "–", "63", "1"]


def test_a_long_label_stands_on_two_lines_and_what_is_cut_is_told_whole():
    long = "Kementerian " * 8
    svg = charts.ladder([Rung("Badan Pengembangan Sumber Daya Manusia Daerah", (1.0,)),
                         Rung(long.strip(), (1.0,))], "Judul", Ladder(("A",)))  # fmt: skip

    texts = [e.text for e in tree(svg).iter(SVG + "text")]
    assert texts[5:7] == ["Badan Pengembangan Sumber Daya Manusia", "Daerah"]
    assert sum(text.endswith("…") for text in texts if text) == 1
    assert [e.text for e in tree(svg).iter(SVG + "title")] == [long.strip()]


def test_numbers_of_a_table_stand_on_the_right_and_sources_are_links():
    rows = (("A", "1.204,5", "https://a.id/x?a=1&b=2; Berita"), ("B", "", "javascript:alert(1)"))
    html = str(charts.page([Figure("J", EVERY[0], ("Nama", "Nilai", "Sumber"), rows)], "id", "T"))

    assert '<th scope="col" class="n">Nilai</th>' in html
    assert '<td class="n">1.204,5</td>' in html
    assert html.count("<a ") == 1
    assert 'href="https://a.id/x?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"' in html


EVERY = [
    charts.heat([HOSTILE], [(HOSTILE, [1.0])], HOSTILE),
    charts.strips([Strip(HOSTILE, [1.0], (1, 2, 3), 1.0, HOSTILE)], HOSTILE, (HOSTILE,) * 4),
    charts.ladder(
        [Rung(HOSTILE, (1.0, 2.0, 3.0), (1, 2), HOSTILE)], HOSTILE, Ladder((HOSTILE,) * 3, HOSTILE)
    ),
    charts.scatter([(1, 2)], HOSTILE, (HOSTILE,) * 2, (HOSTILE,) * 3, 4),
    charts.trend(
        [Line(HOSTILE, [(1, 1)])], HOSTILE, [(1, HOSTILE)], 4, [(2, HOSTILE)], (), HOSTILE
    ),
]


@pytest.mark.parametrize("svg", EVERY, ids=["heat", "strips", "ladder", "scatter", "trend"])
def test_each_is_a_whole_file_with_a_name_and_hostile_texts_are_text(svg):
    root = tree(svg)

    assert root.get("role") == "img"
    assert root.get("aria-label").startswith('">')
    assert list(root.iter(SVG + "script")) == []
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", svg)
    # Each colour that a page may set has one for when it stands by itself.
    assert re.findall(r"var\(--chart-\w+\)", svg) == []


def test_a_picture_without_anything_in_it_is_still_one():
    for svg in (
        charts.heat([], [], "Judul"),
        charts.strips([], "Judul", ("", "", "", "")),
        ladder(),
        charts.scatter([], "Judul", ("", ""), ("", "", ""), 400),
        charts.trend([], "Judul", [], 400),
    ):
        assert tree(svg).get("aria-label") == "Judul"


def test_a_figure_has_its_picture_its_table_and_how_it_is_read():
    shown = Figure("Judul", EVERY[0], ("Nama", "Nilai"), (("A", "1"), ("B", HOSTILE)), "Catatan")

    html = str(charts.page([shown], "id", "Tabel", ["SIMULASI"]))

    assert html.count("<tr>") == 3
    assert html.count('scope="row"') == 2
    assert "Tabel (2)" in html
    assert "Catatan" in html
    assert "<script" not in html
    assert html.index("SIMULASI") < html.index("Judul")
