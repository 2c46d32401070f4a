"""Frames as files: what goes out comes back, and no text in them is a formula."""

from __future__ import annotations

import os
import subprocess
import sys

import duckdb
import openpyxl
import pandas as pd
import pytest

from merit_kit import assessment, samples, workbook
from merit_kit.cli import _app
from merit_kit.errors import TableError
from merit_kit.store import open_store
from merit_kit.workbook import _frames

FRAME = pd.DataFrame(
    {
        "name": pd.Categorical(["=1+1", "Kota B", None]),
        "text": pd.Series(["@SUM(A1)", "\tx", "Rp 2,5;"], dtype=object),
        "level": pd.array([4, None, 0], dtype="Int8"),
        "points": [2.5, float("nan"), 0.0],
        "wilayah": pd.Categorical([None, None, None]),
        "flag": [True, False, True],
    }
)


def test_parquet_keeps_types_and_texts_as_they_are(tmp_path):
    path = tmp_path / "a.parquet"
    workbook.write_frame(path, FRAME)

    back = pd.read_parquet(path)

    assert back["name"].tolist()[:2] == ["=1+1", "Kota B"]
    assert str(back["level"].dtype) == "Int8"
    assert back["points"].tolist()[0] == 2.5
    asked = f"SELECT typeof(wilayah), typeof(level) FROM '{path}'"
    assert duckdb.sql(asked).fetchall()[0] == ("VARCHAR", "TINYINT")


def test_csv_guards_formulas_and_reads_back_in_pandas(tmp_path):
    path = tmp_path / "a.csv"
    workbook.write_frame(path, FRAME)
    lines = path.read_text(encoding="utf-8-sig").splitlines()

    assert lines[0] == "name;text;level;points;wilayah;flag"
    assert lines[1] == "'=1+1;'@SUM(A1);4;2,5;;True"
    assert lines[3] == ';"Rp 2,5;";0;0,0;;True'
    back = pd.read_csv(path, sep=";", decimal=",")
    assert back["points"].tolist()[0] == 2.5


def test_xlsx_types_texts_as_texts_and_numbers_as_numbers(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook.write_frame(path, FRAME)

    rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=2))

    assert [(c.value, c.data_type) for c in rows[0]] == [
        *(("=1+1", "s"), ("@SUM(A1)", "s"), (4, "n"), (2.5, "n"), (None, "n"), (True, "b"))
    ]
    assert rows[1][2].value is None


def test_in_xlsx_what_is_said_again_and_again_stands_in_its_own_column_each_time(tmp_path):
    again = pd.DataFrame(
        {
            "kind": pd.Categorical(["kota", "kota", "kab", "kota"]),
            "name": pd.Categorical(["=A", "=A", "B", "=A"]),
            "level": pd.array([1, 2, None, 4], dtype="Int8"),
            "points": [1.5, 2.5, 3.5, 4.5],
        }
    )
    workbook.write_frame(tmp_path / "a.xlsx", again)

    rows = openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=2, values_only=True)

    assert list(rows) == [
        *(("kota", "=A", 1, 1.5), ("kota", "=A", 2, 2.5), ("kab", "B", None, 3.5)),
        ("kota", "=A", 4, 4.5),
    ]


@pytest.mark.parametrize("ending", workbook.FRAME_ENDINGS)
def test_a_frame_goes_out_in_parts_and_each_is_told(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(_frames, "PART", 2)
    told = []
    workbook.write_frame(tmp_path / f"a{ending}", FRAME, told.append)

    assert sum(told) == len(FRAME)
    assert ending == ".parquet" or told == [2, 1]


def test_an_empty_frame_is_a_file_with_its_headings(tmp_path):
    for ending in workbook.FRAME_ENDINGS:
        workbook.write_frame(tmp_path / f"a{ending}", FRAME.iloc[:0])

    assert list(pd.read_parquet(tmp_path / "a.parquet")) == list(FRAME)
    assert list(pd.read_excel(tmp_path / "a.xlsx")) == list(FRAME)


def test_what_no_workbook_can_hold_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(TableError) as caught:
        workbook.check_frame_file(tmp_path / "a.xlsx", 1_048_576)
    assert caught.value.key == "too-many-rows"
    workbook.check_frame_file(tmp_path / "a.xlsx", 1_048_575)
    workbook.check_frame_file(tmp_path / "a.parquet", 10_000_000)


@pytest.mark.parametrize("name", ["a.pdf", "a"])
def test_another_kind_of_file_is_refused_with_those_that_there_are(tmp_path, name):
    with pytest.raises(TableError) as caught:
        workbook.write_frame(tmp_path / name, FRAME)
    assert caught.value.facts["allowed"] == ".parquet, .csv, .xlsx"
    assert not (tmp_path / name).exists()


def test_a_file_that_cannot_be_written_leaves_the_old_one_whole(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("alt", encoding="utf-8")

    def refuse(*_):
        raise PermissionError(13, "")

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr("merit_kit.files.time.monotonic", iter([0, 9]).__next__)
    with pytest.raises(TableError) as caught:
        workbook.write_frame(path, FRAME)
    assert caught.value.key == "file-unwritable"
    assert [path.read_text(encoding="utf-8"), len(list(tmp_path.iterdir()))] == ["alt", 1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "ws"
    samples.make_demo(folder)
    return folder


def export(demo, capsys, *options):
    code = _app.run(["export", *map(str, options), "--store", str(demo)], "id")
    said = capsys.readouterr()
    return code, said.out, said.err


def test_all_levels_go_out_with_the_mark_that_they_are_no_results(demo, capsys, tmp_path):
    path = tmp_path / "kesenjangan.parquet"

    code, said, _ = export(demo, capsys, path)

    frame = pd.read_parquet(path)
    assert (code, len(frame)) == (0, 12 * 37)
    assert said.splitlines()[0] == f"444 baris ditulis: {path}"
    assert set(frame["mark"]) == {"SIMULASI, BUKAN HASIL RESMI"}
    assert frame["simulation"].all()


@pytest.mark.parametrize(
    ("table", "rows", "column"),
    [("aspects", 12 * 8, "aspect"), ("assessments", 12, "category"), ("history", 81, "source")],
)
def test_other_tables_are_chosen_by_name(demo, capsys, tmp_path, table, rows, column):
    code, _, _ = export(demo, capsys, tmp_path / "a.parquet", "--table", table)
    frame = pd.read_parquet(tmp_path / "a.parquet")

    assert (code, len(frame)) == (0, rows)
    assert {column, "mark", "simulation"} <= set(frame)


def test_rounds_are_chosen(demo, capsys, tmp_path):
    assert export(demo, capsys, tmp_path / "a.csv", "--round", "2026-2")[0] == 0
    code, _, refused = export(demo, capsys, tmp_path / "b.csv", "--round", "2031-1")
    assert (code, "2031-1" in refused) == (1, True)
    assert not (tmp_path / "b.csv").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["a.pdf"], ".parquet, .csv, .xlsx"),
        ([], "Sebutkan satu berkas"),
        (["a.csv", "--out", "b.csv"], "Sebutkan satu berkas"),
        (["a.csv", "--agency", "kota-palu"], "Sebutkan satu berkas"),
        (["tidak-ada/a.csv"], "Folder tidak-ada tidak ada"),
        (
            [
                *("--sipinter", "--agency", "kota-palu", "--round", "2026-2"),
                *("--out", "tidak-ada/a.xlsx"),
            ],
            "Folder tidak-ada",
        ),
        (["a.csv", "--table", "semua"], "levels, aspects, assessments, history"),
    ],
)
def test_what_cannot_be_exported_is_a_sentence(demo, capsys, options, said):
    code, _, refused = export(demo, capsys, *options)

    assert code == 1
    assert said in refused
    assert "Traceback" not in refused


def test_an_agency_s_team_is_told_why_it_is_given_no_frame(demo, capsys, tmp_path):
    with open_store(demo) as store:
        person = assessment.whoami(store)
        held = [row.role for row in store.roles_of(person)]
        for role in held:
            store.dismiss(person, role, None)
        store.appoint(person, "agency", "kota-palu")
    try:
        code, _, said = export(demo, capsys, tmp_path / "a.csv")
    finally:
        with open_store(demo) as store:
            store.dismiss(person, "agency", "kota-palu")
            for role in held:
                store.appoint(person, role, None)

    assert (code, "bukan untuk tim instansi" in said) == (1, True)


def test_the_command_line_says_its_own_options():
    said = subprocess.run(
        [sys.executable, "-m", "merit_kit", "export", "--help"],
        capture_output=True, check=True, encoding="utf-8",
    ).stdout  # fmt: skip

    assert "levels|aspects|assessments|history" in said
