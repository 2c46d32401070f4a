"""The settings of a letter: read with every fault at once, and what becomes of them on a letter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from merit_kit.errors import ReportError
from merit_kit.files import kit_folder
from merit_kit.i18n import LANGUAGES, Words, explain
from merit_kit.reports import Letter, read_letter
from merit_kit.reports._letter import parse_letter

PALU = {"code": "kota-palu", "name": "Kota Palu", "kind": "kota", "province": None}


def faults(text: str) -> list[tuple[str, str]]:
    """Where and what is wrong with settings; there is a whole sentence for it in each language."""
    with pytest.raises(ReportError) as caught:
        parse_letter(text, "surat.toml")
    for lang in LANGUAGES:
        said = explain(caught.value, lang)
        assert "surat.toml" in said
        assert "problems." not in said
    return [(str(problem.where), problem.key) for problem in caught.value.problems]


def test_the_example_that_comes_with_the_kit_is_in_order():
    letter = read_letter(kit_folder("data") / "letters" / "surat-contoh.toml")

    assert letter.head[0] == "KOMISI PERCONTOHAN SISTEM MERIT (FIKTIF)"
    assert letter.number_of(PALU, "2026-2", 7) == "B-007/KPSM/KLA/2026-2"
    assert letter.addressee(PALU, Words()) == ("Wali Kota Palu", "u.p. Sekretaris Daerah")
    assert [each.nip_in_groups for each in letter.signatories] == ["19700101 199503 1 001"]


def test_the_example_says_of_every_name_in_it_that_it_is_made_up():
    text = (kit_folder("data") / "letters" / "surat-contoh.toml").read_text(encoding="utf-8")

    for line in text.splitlines():
        if line.startswith(("nama =", "tembusan =")) or "KOMISI" in line:
            assert "(fiktif)" in line.casefold(), line


def test_nothing_is_required():
    letter = parse_letter("")

    assert letter == Letter("", to_kind={}, to_agency={})
    assert letter.number_of(PALU, "2026-2", 7) == ""


def test_every_fault_is_named_at_once_with_its_place():
    found = faults(
        """
        kepala = "x"
        [kop]
        baris = "satu baris"
        [surat]
        nomor = "B-{nomor}/{agency}"
        nomor_awal = 0
        hal = "Klarifikasi {n}"
        tanggal = "besok"
        tempat = 5
        [tujuan.jenis]
        desa = "Kepala desa"
        kota = "Wali Kota {nama}"
        [tujuan.instansi]
        "Kota Palu" = "Wali Kota"
        [[penandatangan]]
        nip = "123"
        [[penandatangan]]
        nama = "Sri"
        pangkat = "IV/a"
        """
    )

    assert found == [
        ("kepala", "key-unknown"),
        ("kop.baris", "not-a-list"),
        ("surat.nomor", "letter-braces"),
        ("surat.nomor_awal", "letter-count"),
        ("surat.hal", "letter-braces"),
        ("surat.tempat", "not-text"),
        ("surat.tanggal", "not-a-day"),
        ("tujuan.jenis.desa", "key-unknown"),
        ("tujuan.instansi.Kota Palu", "letter-pattern"),
        ("tujuan.jenis.kota", "letter-braces"),
        ("penandatangan 1.nip", "letter-nip"),
        ("penandatangan 1.nama", "missing"),
        ("penandatangan 2.pangkat", "key-unknown"),
    ]


@pytest.mark.parametrize(
    ("number", "shown", "draft", "counts"),
    [
        ("B-{{n}}", "B-{n}", "B-{n}", False),
        ("B-{{{n}}}", "B-{7}", "B-{…}", True),
        ("B-{n:03}/{{agency}}", "B-007/{agency}", "B-…/{agency}", True),
    ],
)
def test_braces_that_are_written_twice_stay_braces(number, shown, draft, counts):
    letter = parse_letter(f'[surat]\nnomor = "{number}"')

    assert letter.number_of(PALU, "2026-2", 7) == shown
    assert letter.number_of(PALU, "2026-2", None) == draft
    assert letter.counts == counts


@pytest.mark.parametrize(
    "number",
    [
        "{agency.__class__}",
        "{agency!r}",
        "{agency:>99999999}",
        "{n:99999999}",
        "{0}",
        "{}",
        "B-{n",
        "B-n}",
    ],
)
def test_nothing_but_the_named_places_can_be_asked_for_in_braces(number):
    assert faults(f'[surat]\nnomor = "{number}"') == [("surat.nomor", "letter-braces")]


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        ("kop = 5", "kop", "not-a-mapping"),
        ("penandatangan = 5", "penandatangan", "letter-signatories"),
        ("penandatangan = [5]", "penandatangan 1", "not-a-mapping"),
        ("[kop]\nbaris = [5]", "kop.baris 1", "not-text"),
        ('[kop]\nbaris = ["a\\u202eb"]', "kop.baris 1", "letter-sign"),
        ('[surat]\nhal = "a\\nb"', "surat.hal", "letter-sign"),
        ('[surat]\nhal = "' + "a" * 201 + '"', "surat.hal", "text-too-long"),
        ("[kop]\nbaris = [" + '"a",' * 13 + "]", "kop.baris", "letter-many"),
        ("[surat]\nnomor_awal = true", "surat.nomor_awal", "letter-count"),
    ],
)
def test_what_is_not_of_its_kind_is_refused(text, place, key):
    assert faults(text) == [(place, key)]


@pytest.mark.parametrize(
    ("text", "place"),
    [("[surat]\nnomor = B-1", "2"), ('[surat]\nnomor = "B-', ""), ("a = 1\na = 2\nb = 3", "2")],
    ids=["no-quotes", "left-open", "twice"],
)
def test_settings_that_are_no_toml_are_refused_with_the_line_where_there_is_one(text, place):
    assert faults(text) == [(place, "toml-broken")]


def test_a_file_saved_by_notepad_is_read(tmp_path):
    path = tmp_path / "surat.toml"
    path.write_bytes(b'\xef\xbb\xbf[surat]\r\nhal = "Klarifikasi"\r\ntanggal = 2026-09-21\r\n')

    letter = read_letter(path)

    assert (letter.subject, letter.day) == ("Klarifikasi", date(2026, 9, 21))


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\xff\xfe[\x00", "letter-not-utf8"),
        (b"#" * 70_000, "letter-large"),
        (None, "file-missing"),
    ],
)
def test_a_file_that_cannot_be_settings_is_refused_in_words(tmp_path, content, key):
    path: Path = tmp_path / "surat.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ReportError) as caught:
        read_letter(path)

    assert caught.value.key == key
    assert "surat.toml" in explain(caught.value)


@pytest.mark.parametrize(
    ("kind", "name", "indonesian", "english"),
    [
        ("kota", "Kota Kediri", "Wali Kota Kediri", "The Mayor of Kediri"),
        ("kota", "Pemerintah Kota Kediri", "Wali Kota Kediri", "The Mayor of Kediri"),
        ("kabupaten", "Kabupaten Jeneponto", "Bupati Jeneponto", "The Regent of Jeneponto"),
        ("provinsi", "Provinsi Bali", "Gubernur Bali", "The Governor of Bali"),
        ("provinsi", "DKI Jakarta", "Gubernur DKI Jakarta", "The Governor of DKI Jakarta"),
        ("kementerian", "Kementerian Agama", "Menteri Agama", "The Minister, Agama"),
        (
            "kementerian",
            "Sekretariat Negara",
            "Pimpinan Sekretariat Negara",
            "The Head, Sekretariat Negara",
        ),
        ("lpnk", "Badan Rekaan", "Kepala Badan Rekaan", "The Head, Badan Rekaan"),
    ],
)
def test_without_settings_the_addressee_follows_from_the_kind_of_agency(
    kind, name, indonesian, english
):
    agency = {"code": "x", "name": name, "kind": kind}

    assert Letter("").addressee(agency, Words("id")) == (indonesian,)
    assert Letter("").addressee(agency, Words("en")) == (english,)


def test_an_agencys_own_addressee_goes_before_a_pattern_and_that_before_its_kind():
    letter = parse_letter(
        """
        [tujuan.jenis]
        kota = "menurut jenis, {place}"
        [tujuan.instansi]
        "kota-*" = "menurut pola, {agency}"
        kota-palu = "sendiri"
        """
    )

    def to(code: str) -> tuple[str, ...]:
        return letter.addressee({**PALU, "code": code}, Words())

    assert to("kota-palu") == ("sendiri",)
    assert to("kota-kediri") == ("menurut pola, Kota Palu",)
    assert to("palu") == ("menurut jenis, Palu",)


def test_the_number_of_a_draft_leaves_the_place_of_its_count_open():
    letter = parse_letter('[surat]\nnomor = "B-{n:03}/{agency}/{round}"')

    assert letter.counts
    assert letter.number_of(PALU, "2026-2", None) == "B-…/kota-palu/2026-2"
    assert letter.number_of(PALU, "2026-2", 12) == "B-012/kota-palu/2026-2"


def test_braces_in_the_name_of_an_agency_are_only_text():
    letter = parse_letter('[tujuan.jenis]\nkota = "Wali Kota {place}"')

    assert letter.addressee({**PALU, "name": "Kota {n}"}, Words()) == ("Wali Kota {n}",)
