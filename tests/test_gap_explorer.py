"""The explorer of gaps, kernel side: what it tells is true, and nothing is stated there."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from merit_kit import assessment, gaps, instrument
from merit_kit.assessment import _hearing
from merit_kit.errors import RuleError
from merit_kit.i18n import Words, catalogue, explain
from merit_kit.instrument import from_data
from merit_kit.panels import GapExplorer, _gaps_heat
from merit_kit.panels._gaps_data import Analysis
from merit_kit.panels._static import STATIC, script
from merit_kit.store import Statement, create_store, open_store
from tests.conftest import ROUND, furnish, level, note, official_data, verifying
from tests.sayings import record

HOSTILE = '<img src=x onerror="alert(1)"> & =1+1'


@pytest.fixture
def others(store, tiny):
    """Six further agencies of the same kind, all verified: 1.1 at 0 to 4, the rest at 2."""
    for n in range(6):
        code = f"kota-{n}"
        row = {"code": code, "name": f"Kota {n}", "kind": "kota", "province": "Nusa"}
        store.add_agencies([row])
        about = assessment.begin(store, code, ROUND, tiny, "p-s")
        verifying(store, about)
        said = [("2.1", 2), ("1.1", min(n, 4)), ("1.2", 2)]
        store.append([level(about, c, v, of="verified", author="p-e") for c, v in said], "p-e")
    return store


@pytest.fixture
def about(store, begun):
    verifying(store, begun)
    store.append([level(begun, "2.1", 4), level(begun, "1.1", 3), level(begun, "1.2", 2)], "p-1")
    said = [("2.1", 1), ("1.1", 3), ("1.2", 4)]
    store.append([level(begun, c, v, of="verified", author="p-e") for c, v in said], "p-e")
    return begun


@pytest.fixture
def explorer(store, about, others):
    made = GapExplorer(store, "p-s")
    yield made
    made.close()


def show(explorer, **wish):
    answer = explorer._answer({"do": "show", "wish": wish})
    assert answer["is"] == "show", answer
    return answer


def names(shown):
    return [row["name"] for row in shown["heat"]["rows"]]


def test_the_heat_map_has_a_row_for_each_agency_and_a_cell_for_each_aspect(explorer):
    heat = show(explorer)["heat"]

    [row] = [row for row in heat["rows"] if row["name"] == "Kota A"]
    assert [column["title"] for column in heat["columns"]] == ["Aspek dua", "Aspek satu"]
    # 70 of 280 points are 25 %, and 30 + 80 of 120 are 91.67 %.
    assert [cell[0] for cell in row["cells"]] == ["25", "92"]
    assert [cell[1] for cell in row["cells"]] == [1, 4]
    assert (row["total"], row["category"]["name"]) == ("180", "Rendah")
    assert len(heat["rows"]) == 7
    assert [cell[0] for cell in heat["medians"]] == ["50,0", "58,3"]


def test_an_aspect_is_gone_into_by_its_sub_aspects(explorer):
    heat = show(explorer, aspect=1)["heat"]

    [row] = [row for row in heat["rows"] if row["name"] == "Kota A"]
    assert [column["label"] for column in heat["columns"]] == ["1.1", "1.2"]
    assert [cell[0] for cell in row["cells"]] == ["3", "4"]


def test_what_is_not_assessed_is_an_empty_cell_and_no_zero(store, begun, others):
    explorer = GapExplorer(store, "p-s")
    shown = show(explorer)

    [row] = [row for row in shown["heat"]["rows"] if row["name"] == "Kota A"]
    [zero] = [row for row in show(explorer, aspect=1)["heat"]["rows"] if row["name"] == "Kota 0"]
    assert row["cells"] == [("", -1), ("", -1)]
    assert (row["total"], row["state"], row["category"]) == ("", "", None)
    assert zero["cells"][0] == ("0", 0)
    assert (shown["figures"]["agencies"], shown["figures"]["complete"]) == (7, 6)
    explorer.close()


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        ({}, "Kota 0"),
        ({"sort": "name", "down": True}, "Kota A"),
        ({"sort": "2"}, "Kota A"),
        ({"sort": "1", "down": True}, "Kota A"),
        ({"sort": "total", "down": True}, "Kota 4"),
        ({"sort": "no such column"}, "Kota 0"),
    ],
)
def test_rows_are_put_in_order_by_any_column(explorer, wish, first):
    assert names(show(explorer, **wish))[0] == first


def test_filters_keep_what_they_say(explorer, store):
    store.add_agencies([{"code": "kab-b", "name": "Kab B", "kind": "kabupaten", "province": None}])
    edition = instrument.from_data(official_data())
    assessment.begin(store, "kab-b", ROUND, edition, "p-s")
    explorer._answer({"do": "reload"})

    assert names(show(explorer, category="II")) == ["Kota 2", "Kota 3", "Kota 4", "Kota 5"]
    assert names(show(explorer, category="I")) == ["Kota 0", "Kota 1", "Kota A"]
    assert names(show(explorer, kind="kabupaten")) == []
    assert len(names(show(explorer, kind="kota", province="Nusa"))) == 7
    assert names(show(explorer, edition=edition.digest)) == ["Kab B"]
    assert names(show(explorer, seek="kota a")) == ["Kota A"]
    assert names(show(explorer, seek="KOTA-3")) == ["Kota 3"]
    assert names(show(explorer, seek="(")) == []


def test_a_choice_that_is_not_there_falls_back_on_one_that_is(explorer):
    shown = show(explorer, round="1999-1", edition="x", aspect=77, page="y", view="heat", down=3)

    assert (shown["wish"]["round"], shown["wish"]["aspect"], shown["wish"]["page"]) == (ROUND, 0, 0)
    assert len(names(shown)) == 7


def test_pages_of_the_heat_map_hold_so_many_and_the_last_the_rest(explorer, monkeypatch):
    monkeypatch.setattr(_gaps_heat, "PAGE", 3)

    assert len(names(show(explorer))) == 3
    assert names(show(explorer, page=2)) == ["Kota A"]
    assert show(explorer, page=99)["heat"]["page"] == 2
    assert show(explorer)["heat"]["pages"] == 3


def test_self_and_verified_are_compared_by_aspect_and_by_agency(explorer):
    by_aspect, by_agency = show(explorer, view="both")["pictures"]

    # Kota A alone has both: 100 % itself and 25 % verified, 58,3 % and 91,7 %.
    assert by_aspect["rows"] == [
        ["2 Aspek dua", "1", "100,0", "25,0", "−75,0", "0", ""],
        ["1 Aspek satu", "1", "58,3", "91,7", "+33,3", "0", ""],
    ]
    assert by_agency["rows"] == [["Kota A", "350", "180", "180", "−170", "1", "1", ""]]
    assert 'role="img"' in by_agency["svg"]


def test_a_spread_has_a_box_from_five_on_and_marks_one_agency(explorer):
    [picture] = show(explorer, view="spread", one="kota-a")["pictures"]
    few = show(explorer, view="spread", one="kota-a", category="I")["pictures"]

    assert picture["rows"][0] == ["2 Aspek dua", "7", "50,0", "50,0", "50,0", "25,0"]
    assert picture["svg"].count('class="box"') == 3  # two aspects and the legend
    assert few[0]["rows"][0][1:5] == ["3", "", "", ""]
    assert 'class="box"' not in few[0]["svg"]


def test_an_agency_is_compared_with_the_others_of_its_kind_and_the_best(explorer):
    [picture] = show(explorer, view="one", one="kota-a")["pictures"]

    # Others: 50 % in aspect 2; in aspect 1 (40 + 10 n) of 120, n 0 to 4, twice 4.
    assert picture["rows"] == [
        ["2 Aspek dua", "25,0", "50,0", "−25,0", "50,0", "Kota 0"],
        ["1 Aspek satu", "91,7", "54,2", "+37,5", "66,7", "Kota 4"],
    ]


def determine(store, about, **levels):
    body = {"levels": levels, "total": "0", "index": "0", "category": "I", "components": {},
            "text": ""}  # fmt: skip
    store.append([Statement(about, "determination", "p-k", "2026-03-02T02:00:00Z", body)], "p-k")


def test_what_was_determined_is_kept_apart_from_what_was_verified(explorer, store, about):
    determine(store, about, **{"2.1": 4, "1.1": 4, "1.2": 4})
    explorer._answer({"do": "reload"})

    by_aspect, by_agency = show(explorer, view="both")["pictures"]

    # Self 350, verified 180, determined 400 points.
    assert by_aspect["rows"][0] == ["2 Aspek dua", "1", "100,0", "25,0", "−75,0", "1", "100,0"]
    assert by_agency["rows"] == [["Kota A", "350", "180", "180", "−170", "1", "1", "400"]]
    assert "awal pada 1 instansi" in by_agency["note"]
    assert by_agency["state"] == ""
    [row] = [row for row in show(explorer)["heat"]["rows"] if row["name"] == "Kota A"]
    assert (row["total"], row["state"]) == ("400", "")


def test_what_is_not_determined_says_so_wherever_it_shows(explorer, store, about):
    lines = [show(explorer, view=v, one="kota-a")["pictures"][0] for v in ("spread", "both", "one")]

    assert {each["state"][:37] for each in lines} == {"Belum ditetapkan: 7 dari 7 hasil yang"}
    assert {row["state"] for row in show(explorer)["heat"]["rows"]} == {"belum ditetapkan"}
    assert show(explorer)["heat"]["open"] == lines[0]["state"]
    assert show(explorer)["figures"]["determined"] == 0
    assert "BELUM DITETAPKAN" in saved(explorer)
    assert what_if(explorer, {})["waiting"] == 6

    for row in store.assessments().itertuples():
        determine(store, row.Index, **{"2.1": 2, "1.1": 2, "1.2": 2})
    explorer._answer({"do": "reload"})

    assert show(explorer, view="spread")["pictures"][0]["state"] == ""
    assert {row["state"] for row in show(explorer)["heat"]["rows"]} == {""}
    assert "belum ditetapkan" not in saved(explorer).casefold()
    assert what_if(explorer, {})["waiting"] == 0


def test_a_draft_counts_for_nothing_and_half_a_sheet_is_provisional(explorer, store, about):
    [stated] = [
        row.id
        for row in store.entries([about]).itertuples()
        if '"sub_aspect":"2.1"' in row.payload and '"of":"verified"' in row.payload
    ]
    of = {"of": "verified", "author": "p-e", "visible_to": "internal"}
    store.append([level(about, "2.1", 4, base=(stated,), **of)], "p-e")
    explorer._answer({"do": "reload"})

    [row] = [row for row in show(explorer)["heat"]["rows"] if row["name"] == "Kota A"]
    found = explorer._answer({"do": "item", "assessment": about, "aspect": 2, "wish": {}})

    assert (row["cells"][0], row["total"], row["state"]) == (("", -1), "110", "sementara")
    assert "(1 sementara" in show(explorer)["heat"]["open"]
    [item] = found["items"]
    assert (item["verified"], item["draft"], item["gap"]) == (None, 4, None)
    assert item["reason_pass"] == "konsep Verifikasi awal"


def test_totals_of_editions_with_different_maxima_are_drawn_as_percentages(store, others):
    longer = official_data()
    longer["aspects"][0]["sub_aspects"][0]["weight"] = "170"
    longer["aspects"][0]["maximum"], longer["maximum"]["value"] = 680, 800
    edition = instrument.from_data(longer)
    store.add_round("2027-1", 2027, 1)
    later = assessment.begin(store, "kota-2", "2027-1", edition, "p-s")
    store.append([level(later, c, 4, of="verified") for c in edition.codes], "p-e")
    explorer = GapExplorer(store, "p-s")

    [picture] = show(explorer, view="trend", one="kota-2")["pictures"]

    assert "persen" in picture["title"]
    assert "(400, 800)" in picture["note"]
    assert "Instrumen tidak menyaring hasil yang dipublikasikan. Garis Kota 2" in picture["note"]
    # 200 of 400 and 800 of 800: the one half as high as the other, not a quarter.
    assert [row[3:6] for row in picture["rows"][1:]] == [
        ["200", "400", "50,0"],
        ["800", "800", "100,0"],
    ]
    low, high = re.findall(r'<path class="\w+" d="M[\d.]+ ([\d.]+)l6 10', picture["svg"])[:2]
    nought = re.findall(r'y="([\d.]+)" text-anchor="end">0<', picture["svg"])
    base = float(nought[0]) - 4
    # A triangle's tip lies 6 above its middle.
    assert (base - float(high) - 6) == 2 * (base - float(low) - 6)
    explorer.close()


def test_the_saved_heat_map_says_how_many_it_draws_and_its_table_has_all(explorer, monkeypatch):
    monkeypatch.setattr(_gaps_heat, "PAGE", 3)

    page = saved(explorer)

    assert "instansi ke-1 sampai ke-3 dari 7; semuanya ada dalam tabel" in page
    table = page[page.index("<table") : page.index("</table>")]
    assert table.count('scope="row"') == 7
    assert page[: page.index("</svg>")].count('text-anchor="end">Kota') == 3


PRESS = {"kind": "kota", "index": None, "category": None, "aspect_values": None}


def test_the_trend_keeps_what_the_filters_keep_and_says_what_they_do_not(explorer, store):
    said = [("Kota A", "250", "Berita"), ("Kota 2", "300", "Berita"), ("Kota X", "350", "Lain")]
    store.add_published(
        [{**PRESS, "agency": a, "year": "2021", "score": n, "source": by} for a, n, by in said]
    )
    explorer._answer({"do": "reload"})

    [high] = show(explorer, view="trend", category="II")["pictures"]
    [every] = show(explorer, view="trend")["pictures"]
    [own] = show(explorer, view="one", one="kota-a", category="II", kind="kabupaten")["pictures"]

    # Of the four in the category: 200, 210 and twice 220 in the store; one was in the press.
    assert [row[2:4] + row[-1:] for row in high["rows"]] == [
        ["4", "215", ""],
        ["1", "300", "Berita"],
    ]
    assert every["rows"][1][2:4] == ["3", "300"]
    assert f"instansi yang pada {ROUND} berada di dalamnya" in high["note"]
    assert "hanya dari instansi yang terdaftar di sini" in high["note"]
    # What it is compared with is of its own kind, whatever category they are in.
    assert (own["rows"][0][2], "6 instansi sejenis" in own["note"]) == ("50,0", True)
    assert "saringan jenis dan kategori tidak berlaku" in own["note"]


def test_peers_are_those_that_province_and_wilayah_keep(explorer, store):
    store.add_agencies([{"code": "kota-4", "name": "Kota 4", "kind": "kota", "province": "Lain"}])
    explorer._answer({"do": "reload"})

    [picture] = show(explorer, view="one", one="kota-a", province="Nusa")["pictures"]

    assert picture["rows"][1][-1] == "Kota 5"
    assert "Dibandingkan dengan 5 instansi" in picture["note"]


def test_two_sources_of_one_year_count_once_and_their_difference_is_told(explorer, store):
    said = [("Kota A", "250", "Koran"), ("Kota A", "260", "Situs"), ("Kota 2", "300", "Koran")]
    store.add_published(
        [{**PRESS, "agency": a, "year": "2021", "score": n, "source": by} for a, n, by in said]
    )
    explorer._answer({"do": "reload"})

    [picture] = show(explorer, view="trend", one="kota-a")["pictures"]

    assert picture["rows"][1][2:4] + picture["rows"][1][-1:] == ["2", "275", "Koran; Situs"]
    assert [row[3] + " " + row[-1] for row in picture["rows"] if row[0] == "2021"][1:] == [
        "250 Koran; Situs"
    ]
    assert "Kota A 2021: 250 (Koran), 260 (Situs)" in picture["note"]


def test_what_is_made_up_goes_on_from_nothing_that_was_published(explorer, store):
    store.add_published(
        [{**PRESS, "agency": "Kota A", "year": y, "score": "250", "source": "Koran"}
         for y in ("2020", "2021")]
    )  # fmt: skip
    explorer._answer({"do": "reload"})

    [picture] = show(explorer, view="trend", one="kota-a")["pictures"]

    # The published median and the agency's own published results; its simulated one is no line.
    lines = re.findall(r'<polyline class="line[^>]*points="([^"]*)"', picture["svg"])
    assert [len(line.split()) for line in lines] == [2, 2]
    assert [row[1] for row in picture["rows"]][-3:] == ["Kota A", "Kota A", "Kota A (simulasi)"]


def test_a_mismatch_is_counted_and_told_with_its_reason(explorer, store, about):
    seen = level(about, "1.1", 1, of="field", author="p-e", reason="Belum dijalankan")
    more = {"finding": "0" * 32, "source": "kunjungan", "seen_on": "2026-03-01", "photos": []}
    record(store, replace(seen, body={**seen.body, **more}))
    explorer._answer({"do": "reload"})

    shown = show(explorer)
    found = explorer._answer({"do": "item", "assessment": about, "aspect": 1, "wish": {}})

    assert (shown["figures"]["mismatches"], shown["figures"]["mismatched"]) == (1, 1)
    [row] = [row for row in shown["heat"]["rows"] if row["name"] == "Kota A"]
    assert row["below"] == "1 ketidaksesuaian"
    first, second = found["items"]
    assert first["mismatch"] == {"field": 1, "verified": 3, "answer": ""}
    assert first["findings"][0]["reason"] == "Belum dijalankan"
    assert second["mismatch"] is None


def test_a_dispute_is_no_want_of_assessment(store, begun, others):
    verifying(store, begun)
    store.append([level(begun, "1.1", n, of="verified", author="p-e") for n in (1, 3)], "p-e")
    explorer = GapExplorer(store, "p-s")

    [row] = [row for row in show(explorer)["heat"]["rows"] if row["name"] == "Kota A"]
    [deep] = [row for row in show(explorer, aspect=1)["heat"]["rows"] if row["name"] == "Kota A"]
    found = explorer._answer({"do": "item", "assessment": begun, "aspect": 1, "wish": {}})
    one = show(explorer, view="one", one="kota-a")["one"]

    assert (row["cells"], row["state"]) == ([("", -1), ("", -2)], "sementara, ada konflik")
    assert deep["cells"] == [("", -2), ("", -1)]
    assert "level 1, 3" in found["items"][0]["disputes"][0]
    assert found["items"][1]["disputes"] == []
    assert [sub["disputed"] for each in one["aspects"] for sub in each["subs"]] == [
        *(False, True, False)
    ]
    explorer.close()


def test_an_agency_and_a_round_are_shown_first_and_kept_in_the_page(explorer, store, tiny):
    store.add_round("2027-1", 2027, 1)
    assessment.begin(store, "kota-3", "2027-1", tiny, "p-s")
    first = GapExplorer(store, "p-s", "id", "kota-a")
    past = GapExplorer(store, "p-s", "id", None, ROUND)

    assert first.opening["wish"]["round"] == past.opening["wish"]["round"] == ROUND
    assert first.opening["one"]["agency"] == "kota-a"
    assert past.opening["wish"]["view"] == "heat"
    page = saved(first)
    assert page.count("<svg") == page.count("<table") == 6
    assert "Kota A dibandingkan dengan instansi sejenis" in page
    for agency, round_ in (("kota-x", None), ("kota-a", "2027-1"), (None, "1999-1")):
        with pytest.raises(RuleError) as caught:
            GapExplorer(store, "p-s", "id", agency, round_)
        assert f"{ROUND}, 2027-1" in explain(caught.value, "id")
    first.close()
    past.close()


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("spread", "Belum ada aspek yang lengkap dinilai, jadi"),
        ("both", "baik oleh instansi maupun oleh penilai"),
        ("trend", "Belum ada instansi yang semua subaspeknya dinilai"),
    ],
)
def test_before_anything_is_verified_each_view_says_what_it_waits_for(store, begun, view, said):
    store.append([level(begun, "2.1", 4), level(begun, "1.1", 3), level(begun, "1.2", 2)], "p-1")
    made = GapExplorer(store, "p-s")
    shown, kept = show(made, view=view), made._repr_mimebundle_()[0]["text/html"]
    made.close()

    assert (shown["pictures"], said in shown["nothing"], said in kept) == ([], True, True)


def test_nothing_is_compared_where_no_agency_is_chosen(explorer):
    shown = show(explorer, view="one")

    assert (shown["one"], shown["pictures"]) == (None, [])


def what_if(explorer, changes, **wish):
    about = show(explorer, view="one", one="kota-a")["one"]["id"]
    asked = {"do": "what_if", "assessment": about, "changes": changes, "wish": wish}
    return explorer._answer(asked)


def test_what_if_tells_total_category_and_rank_and_nothing_is_stored(explorer, store):
    before = len(store.entries())

    found = what_if(explorer, {"2.1": 3})

    assert (found["before"]["total"], found["after"]["total"], found["gain"]) == (
        *("180", "320", "+140"),
    )
    assert (found["before"]["category"]["name"], found["after"]["category"]["name"]) == (
        *("Rendah", "Tinggi"),
    )
    # 180, 190, 200, 210, 220 and 220 twice were above it.
    assert (found["before"]["rank"], found["after"]["rank"], found["ranked"]) == (6, 1, 7)
    assert found["after"]["aspects"] == {"2": "75,0", "1": "91,7"}
    assert len(store.entries()) == before


def test_what_nobody_assessed_has_no_total_and_no_percentage_until_it_is_supposed(
    store, begun, others
):
    explorer = GapExplorer(store, "p-s")
    found, one = what_if(explorer, {"1.1": 0, "1.2": 0}), show(explorer, view="one", one="kota-a")

    assert (found["before"]["total"], found["after"]["total"]) == ("", "0")
    assert found["before"]["aspects"] == {"2": "", "1": ""}
    assert found["after"]["aspects"] == {"2": "", "1": "0,0"}
    assert one["one"]["lifts"] == []
    assert "Belum ada subaspek yang dinilai" in one["one"]["no_lifts"]
    explorer.close()


@pytest.mark.parametrize("view", ["spread", "both"])
def test_where_the_filters_keep_nobody_words_stand_instead_of_a_picture(explorer, view):
    shown = show(explorer, view=view, province="none")

    assert shown["pictures"] == []
    assert shown["nothing"] == "Tidak ada instansi yang cocok dengan saringan ini."
    assert show(explorer, view=view)["nothing"] == ""


def test_the_saved_heat_map_names_its_columns(explorer):
    svg = explorer._answer({"do": "picture", "wish": {}})["svg"]

    assert re.findall(r">(\d Aspek \w+)<", svg) == ["2 Aspek dua", "1 Aspek satu"]


def test_the_rank_is_among_those_that_the_filters_keep(explorer, store):
    store.add_agencies([{"code": "kota-5", "name": "Kota 5", "kind": "kota", "province": "Lain"}])
    explorer._answer({"do": "reload"})

    found = what_if(explorer, {}, province="Nusa")

    assert (found["before"]["rank"], found["ranked"]) == (5, 6)
    # Another category would rank it among others: that filter is passed over.
    assert what_if(explorer, {}, category="II")["ranked"] == 7
    # What lacks a level has no rank and takes nobody's place.
    assert what_if(explorer, {"1.1": None})["ranked"] == 6


@pytest.mark.parametrize("changes", [{"2.1": 9}, {"9.9": 1}, {"2.1": "3"}, {"2.1": True}])
def test_what_if_refuses_in_words_what_is_no_level(explorer, changes, monkeypatch):
    told = []
    monkeypatch.setattr(explorer, "send", told.append)
    about = show(explorer, view="one", one="kota-a")["one"]["id"]
    asked = {"do": "what_if", "assessment": about, "changes": changes, "turn": 5}

    explorer._heard(explorer, asked, [])

    [answer] = told
    assert (answer["is"], answer["turn"], answer["of"]) == ("failed", 5, "what_if")
    assert "Level tidak dapat dihitung" in answer["why"]


def test_one_aspect_shows_reasons_notes_and_evidence(explorer, store, about):
    record(store, note(about, "1.1", "Lengkapi tanggal", author="p-e"))
    secret = note(about, "1.1", "Hanya untuk kami", author="p-e", visible_to="internal")
    record(store, secret)

    found = explorer._answer({"do": "item", "assessment": about, "aspect": 1, "wish": {}})

    first = found["items"][0]
    assert (first["code"], first["self"], first["verified"], first["final"]) == ("1.1", 3, 3, None)
    assert (first["note"], first["internal"]) == ("Lengkapi tanggal", "Hanya untuk kami")
    assert first["gap"] == "10"
    assert [item["code"] for item in found["items"]] == ["1.1", "1.2"]


@pytest.mark.parametrize(
    "message",
    [
        {"do": "item", "assessment": "nobody", "aspect": 1},
        {"do": "item", "assessment": None, "aspect": 99},
        {"do": "what_if", "assessment": "nobody", "changes": {}},
        {"do": "look", "assessment": "nobody"},
        {"do": "record"},
        {},
    ],
)
def test_whatever_is_not_shown_here_is_not_told(explorer, message):
    assert explorer._answer(message)["is"] == "failed"


def test_a_sheet_is_looked_at_for_reading_only_and_shut_again(explorer, about):
    answer = explorer._answer({"do": "look", "assessment": about, "wish": {}})

    sheet = explorer._sheet
    assert answer["sheet"] == sheet.model_id
    assert sheet._answer({"do": "record", "assessment": about})["is"] == "failed"
    explorer._answer({"do": "leave"})
    assert (explorer._sheet, sheet.comm) == (None, None)


def test_of_their_own_agency_nobody_sees_anything_here(store, about, others):
    store.appoint("p-e", "agency", "kota-a")
    explorer = GapExplorer(store, "p-e")

    assert "Kota A" not in names(show(explorer))
    assert explorer._answer({"do": "item", "assessment": about, "aspect": 1})["is"] == "failed"
    assert explorer.opening["about"]["own"] == 1
    team = GapExplorer(store, "p-1")
    assert "bukan untuk tim instansi" in show(team)["why"]
    assert team._answer({"do": "item", "assessment": about, "aspect": 1})["is"] == "failed"
    assert "Kota" not in saved(team)
    team.close()
    explorer.close()


def test_what_is_no_result_says_so(explorer):
    assert explorer.opening["about"]["marks"][0] == "SIMULASI, BUKAN HASIL RESMI"
    assert "SIMULASI, BUKAN HASIL RESMI" in saved(explorer)


def saved(explorer):
    found = explorer._repr_mimebundle_()
    return (found[0] if isinstance(found, tuple) else found)["text/html"]


def test_what_a_notebook_keeps_are_pictures_with_tables_and_no_notes(explorer, store, about):
    record(store, note(about, "1.1", "Lengkapi tanggal", author="p-e"))
    explorer._answer({"do": "reload"})

    page = saved(explorer)

    assert page.count("<svg") == page.count("<table") == 5
    assert "Kota A" in page
    assert "Lengkapi" not in page
    assert "<script" not in page
    assert not re.search(r"(?:href|src)=", page)
    assert re.findall(r"https?://[^\"'\s<]+", page.replace("http://www.w3.org/2000/svg", "")) == []


def test_a_hostile_name_is_text_everywhere(store, begun, others):
    store.add_agencies([{"code": "kota-a", "name": HOSTILE, "kind": "kota", "province": HOSTILE}])
    explorer = GapExplorer(store, "p-s")

    pages = [saved(explorer)]
    for view in ("spread", "both", "trend", "one"):
        pages += [each["svg"] for each in show(explorer, view=view, one="kota-a")["pictures"]]
    pages.append(explorer._answer({"do": "picture", "wish": {}})["svg"])

    assert not any("<img" in page for page in pages)
    assert any("&lt;img" in page for page in pages)
    assert HOSTILE in names(show(explorer))
    explorer.close()


def test_the_trend_goes_on_from_what_was_published(explorer, store):
    store.add_published(
        [{"agency": "Kota A", "kind": "kota", "year": "2021", "score": "150.5", "index": None,
          "category": "Buruk", "aspect_values": None, "source": "Berita"}]
    )  # fmt: skip
    explorer._answer({"do": "reload"})

    [picture] = show(explorer, view="trend", one="kota-a")["pictures"]

    # Of seven none is determined.
    assert picture["rows"][0] == [
        *(ROUND, "Median instansi yang disaring", "7", "200", "400", "50,0", "185 – 215", "0", "")
    ]
    assert picture["rows"][1] == [
        *("2021", "Median yang dipublikasikan", "1", "150,5", "400", "37,6", "", "", "Berita")
    ]
    assert [row[0] for row in picture["rows"][2:]] == ["2021", ROUND]
    assert [row[1] for row in picture["rows"][2:]] == ["Kota A", "Kota A (simulasi)"]
    assert [row[3] for row in picture["rows"][2:]] == ["150,5", "180"]


def test_what_is_read_stays_until_it_is_read_again(explorer, store, about):
    [before] = [row for row in show(explorer)["heat"]["rows"] if row["name"] == "Kota A"]
    [standing] = [
        row.id
        for row in store.entries([about]).itertuples()
        if '"sub_aspect":"2.1"' in row.payload and '"of":"verified"' in row.payload
    ]
    changed = level(about, "2.1", 4, of="verified", base=(standing,), author="p-e")
    record(store, changed)
    assert [r for r in show(explorer)["heat"]["rows"] if r["name"] == "Kota A"] == [before]

    explorer._answer({"do": "reload"})

    [after] = [row for row in show(explorer)["heat"]["rows"] if row["name"] == "Kota A"]
    assert (before["total"], after["total"]) == ("180", "390")


def test_an_empty_store_is_told_and_nothing_breaks(tmp_path):
    with create_store(tmp_path / "x") as store:
        furnish(store)
        explorer = GapExplorer(store, "p-s")

    assert explorer.opening["why"] == "Belum ada penilaian untuk dianalisis."
    assert show(explorer)["why"]
    assert "Belum ada penilaian" in saved(explorer)
    assert explorer._answer({"do": "picture"})["is"] == "failed"
    explorer.close()


def by_hand(folder, *statements):
    """Change a store as nobody should: its guards are taken away first."""
    with closing(sqlite3.connect(folder / "merit.db")) as file, file:
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            file.execute(f"DROP TRIGGER {name}")
        for statement, values in statements:
            file.execute(statement, values)


def test_an_edition_that_is_gone_or_cannot_score_is_told_with_the_way_out(
    tmp_path, tiny, monkeypatch
):
    monkeypatch.setattr(_hearing, "_editions", {})  # nobody has read any yet
    bare = instrument.load("permenpanrb-2025")
    told = []
    for name, *done in (
        ("gone", ("DELETE FROM edition", ())),
        (
            "bare",
            ("INSERT INTO edition VALUES (?, ?, ?)", (bare.digest, bare.id, bare.canonical)),
            ("UPDATE assessment SET edition = ?", (bare.digest,)),
        ),
    ):
        with create_store(tmp_path / name) as made:
            furnish(made)
            assessment.begin(made, "kota-a", ROUND, tiny, "p-1")
        by_hand(tmp_path / name, *done)
        _hearing._editions.clear()
        with open_store(tmp_path / name) as opened:
            explorer = GapExplorer(opened, "p-s")
            told.append(explorer.opening["why"])
            explorer.close()

    gone, lacking = told
    assert tiny.digest in gone
    assert "merit audit" in gone
    assert "1 penilaian memakai instrumen yang belum lengkap (permenpanrb-2025)" in lacking
    assert "merit export" in lacking


def test_a_draft_edition_that_cannot_score_is_left_out_and_the_rest_shown(tiny, data):
    for aspect in data["aspects"]:
        for sub in aspect["sub_aspects"]:
            sub["weight"] = None
    draft = from_data({**data, "id": "rancangan", "status": "draft"})
    assert draft.lacks

    analysis = Analysis.of(gaps.tidy(*_nothing()), {draft.digest: draft})

    assert analysis.wish({}) is None


def _nothing():
    import pandas as pd

    index = pd.MultiIndex.from_arrays([[], []], names=["assessment", "sub_aspect"])
    columns = [*("agency", "agency_name", "kind", "province", "wilayah", "round", "year")]
    about = pd.DataFrame(columns=[*columns, "number", "edition", "stage", "invented"])
    columns = [*gaps.LEVELS, "disputed"]
    return about, pd.DataFrame(columns=columns, index=index, dtype=float), {}


def test_the_modules_are_joined_and_say_only_words_that_there_are():
    text = script("gaps")
    said = set(re.findall(r'say\("([\w.]+)"', text))
    begun = {key.split("${")[0] for key in re.findall(r"say\(`([\w.]+\$\{)", text)}
    known = {
        key.removeprefix("gaps.").removeprefix("rooms.")
        for key in catalogue("id")
        if key.startswith(("gaps.", "rooms.sheet."))
    }
    # Sizes of files are said by a module that this panel has and does not ask for them.
    said = {key for key in said if not key.startswith("evidence.")}

    assert {"heat.search", "one.nothing_stored", "sheet.back"} <= said
    assert said <= known
    assert {"figure.", "filter.", "view.", "all.", "item.", "one."} <= begun
    assert all(any(key.startswith(each) for key in known) for each in begun)


def test_no_word_of_the_explorer_is_left_that_nothing_says():
    static = "".join(p.read_text(encoding="utf-8") for p in (STATIC / "gaps").glob("*.js"))
    python = "".join(p.read_text(encoding="utf-8") for p in STATIC.parent.glob("_gaps*.py")) + (
        STATIC.parent / "_published.py"
    ).read_text(encoding="utf-8")
    begun = ("figure.", "filter.", "view.", "all.", "item.", "one.", "state.", "unknown.")
    keys = {key.removeprefix("gaps.") for key in catalogue("id") if key.startswith("gaps.")}

    unsaid = {
        key
        for key in keys
        if f'"{key}"' not in static
        and not re.search(rf"['\"]gaps\.{re.escape(key)}['\"]", python)
        and not key.startswith(begun)
    }
    assert unsaid == set()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_it_speaks_the_language_it_was_asked_for(store, about, others, lang):
    explorer = GapExplorer(store, "p-s", lang)

    assert explorer.user["lang"] == lang
    [picture] = show(explorer, view="trend")["pictures"]
    assert picture["title"] == Words(lang)("gaps.trend.title")
    assert f'lang="{lang}"' in saved(explorer)
    explorer.close()
