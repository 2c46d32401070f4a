"""Invented data: the same every time, as much as wanted, and free of faults when read back."""

from __future__ import annotations

from itertools import islice

import pytest

from merit_kit import samples, workbook
from merit_kit.files import is_code
from merit_kit.store import create_store, open_store

REAL = {
    "Kabupaten Jeneponto",
    "Kabupaten Bulukumba",
    "Kabupaten Luwu Timur",
    "Kabupaten Kutai Kartanegara",
    "Kota Kediri",
    "Kota Palu",
    "Kota Padang Panjang",
}


def test_the_demonstration_has_twelve_agencies_seven_of_them_real_by_name():
    names = [agency.name for agency in samples.demo_agencies()]

    assert len(names) == 12
    assert set(names) >= REAL
    assert all("(fiktif)" in name for name in names if name not in REAL)


def test_the_demonstration_is_the_same_every_time():
    assert samples.demo_agencies() == samples.demo_agencies()


def test_no_two_agencies_of_the_demonstration_have_the_same_code_or_levels():
    agencies = samples.demo_agencies()

    assert len({agency.code for agency in agencies}) == 12
    assert len({tuple(row[2:] for row in agency.rows) for agency in agencies}) == 12


def test_the_demonstration_shows_every_state_of_progress(kasn):
    done = [sum(bool(row[4]) for row in agency.rows) for agency in samples.demo_agencies()]

    assert done.count(37) == 10
    assert done.count(0) == 1
    assert len([n for n in done if 0 < n < 37]) == 1


@pytest.mark.parametrize("count", [0, 1, 3, 250])
def test_any_number_of_synthetic_agencies_can_be_had(tiny, count):
    agencies = list(samples.synthetic(count, tiny))

    assert len(agencies) == count
    assert len({agency.code for agency in agencies}) == count
    assert all(is_code(agency.code) and "Rekaan" in agency.name for agency in agencies)
    assert all(len(agency.rows) == 3 for agency in agencies)


def test_the_same_seed_gives_the_same_agencies_and_another_seed_others(tiny):
    assert list(samples.synthetic(5, tiny, seed=7)) == list(samples.synthetic(5, tiny, seed=7))
    assert list(samples.synthetic(5, tiny, seed=7)) != list(samples.synthetic(5, tiny, seed=8))


def test_asking_for_more_agencies_does_not_change_the_first_ones(tiny):
    assert list(samples.synthetic(3, tiny)) == list(islice(samples.synthetic(100, tiny), 3))


def test_what_is_drawn_is_what_every_version_has_drawn():
    # Written down, so that a change of the generator (or of Python's) does not pass unseen.
    rows = samples.demo_agencies()[0].rows[:6]

    assert [row[2] + row[4] for row in rows] == ["43", "11", "32", "11", "33", "23"]


def test_the_files_of_the_demonstration_are_the_same_bytes_every_time(tmp_path):
    first, second = samples.write_demo(tmp_path / "a"), samples.write_demo(tmp_path / "b")

    assert first.agencies.parent == tmp_path / "a" / "impor"
    assert len(first.levels) == 12
    for one, other in zip(
        [first.agencies, *first.levels], [second.agencies, *second.levels], strict=True
    ):
        assert one.read_bytes() == other.read_bytes()


def test_the_files_open_in_excel_as_indonesia_has_it(tmp_path):
    content = samples.write_demo(tmp_path).agencies.read_bytes()

    assert content.startswith("\ufeffkode;nama;jenis;provinsi\r\n".encode())


def test_the_agencies_of_the_demonstration_are_read_without_fault(tmp_path):
    read = workbook.read_agencies(samples.write_demo(tmp_path).agencies)

    assert [row["name"] for row in read] == [agency.name for agency in samples.demo_agencies()]
    with create_store(tmp_path / "ws") as store:
        store.add_agencies(read)
        assert len(store.agencies()) == 12


def test_the_levels_of_the_demonstration_are_read_without_fault(tmp_path, kasn):
    for path, agency in zip(
        samples.write_demo(tmp_path).levels, samples.demo_agencies(), strict=True
    ):
        table = workbook.read_levels(path, kasn)

        assert table.agency == agency.code
        assert [given.sub_aspect for given in table.given] == list(kasn.codes)
        assert [str(given.self_level) for given in table.given] == [row[2] for row in agency.rows]


def test_synthetic_agencies_are_read_without_fault_under_any_edition(tmp_path, tiny):
    written = samples.write_files(tmp_path, samples.synthetic(20, tiny))

    assert len(workbook.read_agencies(written.agencies)) == 20
    for path in written.levels:
        assert len(workbook.read_levels(path, tiny).given) == 3


def test_the_demonstration_comes_into_its_store_without_fault_and_marked_as_invented(tmp_path):
    done = samples.make_demo(tmp_path / "ws")

    assert len(done) == 12
    with open_store(tmp_path / "ws") as store:
        assert store.assessments()["invented"].all()
        assert set(store.assessments()["agency"]) == {a.code for a in samples.demo_agencies()}


def test_a_practice_store_knows_the_agencies_and_the_round_and_is_made_once(tmp_path):
    with samples.open_practice(tmp_path / "latihan") as first:
        assert len(first.agencies()) == 12
        assert list(first.rounds().index) == [samples.DEMO_ROUND]
        assert len(first.assessments()) == 0
        first.add_round("2027-1", 2027, 1)

    with samples.open_practice(tmp_path / "latihan") as second:
        assert list(second.rounds().index) == [samples.DEMO_ROUND, "2027-1"]
    assert (tmp_path / "latihan" / "impor" / "kota-kediri.csv").is_file()
