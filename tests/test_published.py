"""Published results alone, each figure with how many it is of, and everything with its source."""

from __future__ import annotations

import re

import pytest

from merit_kit.errors import TableError
from merit_kit.panels import published

HEAD = "agency,kind,year,score,index,category,aspect_values,source\n"
ASPECTS = ";".join(f"a{n}={n}0/100" for n in range(1, 8)) + ";a8=80%;total_ideal=410"


def results(tmp_path, *rows, lang="id"):
    path = tmp_path / "hasil.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return published(path, lang)


FEW = [
    "Kota A,kota,2020,200,,,,Berita 1",
    "Kota A,kota,2021,260.5,0.65,Baik,,Berita 2",
    "Kota B,kota,2021,,,Buruk,,Berita 3",
    f"Lembaga C,lembaga,2021,330,,,{ASPECTS},Berita 4",
]
MANY = [f"Kota {n},kota,2022,{100 + 10 * n},,,,Berita" for n in range(5)]


def rows_of(shown, at=0):
    return [list(row) for row in shown.figures[at].rows]


def test_each_year_has_its_number_and_a_median_from_five_on(tmp_path):
    shown = results(tmp_path, *FEW, *MANY).trend()

    assert rows_of(shown) == [
        ["2020", "1", "200", "", "200"],
        ["2021", "2", "260,5", "", "330"],
        ["2022", "5", "100", "120", "140"],
    ]
    assert "(8 hasil)" in shown.figures[0].title


def test_the_last_total_of_each_agency_counts_for_its_kind(tmp_path):
    shown = results(tmp_path, *FEW, *MANY).kinds()

    assert rows_of(shown) == [
        ["Pemerintah kota", "6", "100", "125", "260,5"],
        ["Lembaga", "1", "330", "", "330"],
    ]


def test_a_second_source_of_a_year_counts_once_and_says_where_it_differs(tmp_path):
    again = ["KOTA A,kota,2020,200,,,,Berita 5", "Kota A,kota,2021,255,,,,Berita 6"]
    shown = results(tmp_path, *FEW, *again, *MANY)

    assert rows_of(shown.trend())[:2] == [
        ["2020", "1", "200", "", "200"],
        ["2021", "2", "260,5", "", "330"],
    ]
    assert rows_of(shown.kinds())[0][:2] == ["Pemerintah kota", "6"]
    for figure in (shown.trend(), shown.kinds(), shown.moved()):
        assert "Kota A 2021: 260,5 (Berita 2), 255 (Berita 6)" in figure.figures[0].note
    assert len(rows_of(shown.sources())) == 11


def test_who_has_totals_of_several_years_is_shown_with_both_sources(tmp_path):
    shown = results(tmp_path, *FEW).moved()

    assert rows_of(shown) == [
        ["Kota A", "200 (2020)", "260,5 (2021)", "+60,5", "Berita 1; Berita 2"]
    ]


def test_aspects_are_read_as_published_and_a_total_among_them_is_none(tmp_path):
    shown = results(tmp_path, *FEW).aspects()

    assert [row[1:] for row in rows_of(shown)] == [
        *([f"{n}0/100", f"{n}0,0"] for n in range(1, 8)),
        ["80%", "80,0"],
    ]
    assert "Berita 4" in shown.figures[0].note


def test_everything_is_listed_as_it_was_published_with_its_source(tmp_path):
    shown = results(tmp_path, *FEW).sources()

    assert rows_of(shown)[1] == ["Kota A", "2021", "260,5", "0,65", "Baik", "Berita 2"]
    assert len(rows_of(shown)) == 4
    assert all(row[-1] for row in rows_of(shown))


def test_a_hostile_name_or_source_is_text(tmp_path):
    row = "<script>alert(1)</script>,kota,2021,200,,,,<img src=x onerror=alert(1)>"
    again = row.replace("2021,200", "2022,210")
    found = results(tmp_path, row, again, *FEW)

    for shown in (found.trend(), found.kinds(), found.moved(), found.aspects(), found.sources()):
        assert not re.search(r"<(script|img)", shown._repr_html_())
    assert "&lt;script&gt;" in found.moved()._repr_html_()


def test_a_table_that_is_none_is_refused_in_words(tmp_path):
    with pytest.raises(TableError):
        published(tmp_path / "nirgends.csv", "id")


@pytest.mark.parametrize(("lang", "word"), [("id", "Sumber"), ("en", "Source")])
def test_the_kit_s_own_results_are_shown_with_sources_in_both_languages(lang, word):
    found = published(lang=lang)

    listed = found.sources()
    assert len(rows_of(listed)) == len(found.frame) == 69
    assert all(row[-1].strip() for row in rows_of(listed))
    [court] = found.aspects().figures
    assert [row[2].replace(",", ".") for row in court.rows] == [
        *("93.8", "95.0", "57.7", "62.5", "96.9", "88.0", "100.0", "96.0")
    ]
    assert word in listed._repr_html_()
    assert f'lang="{lang}"' in listed._repr_html_()
