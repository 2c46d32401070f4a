"""Files of evidence: what is kept, what is refused, and what shows when one is no longer whole.

Beside SQLite they lie in a folder, in PostgreSQL in pieces; the tests damage both as whoever
holds them could.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from merit_kit import assessment
from merit_kit.errors import StoreError
from merit_kit.i18n import describe, explain
from merit_kit.store import Statement, StoredFile, audit
from tests.conftest import ROUND
from tests.databases import raw, sqlite_only

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 16
OFFICE = "application/vnd.openxmlformats-officedocument."


def package(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return made.getvalue()


XLSX = package("[Content_Types].xml", "xl/workbook.xml")
DOCX = package("[Content_Types].xml", "word/document.xml")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def damage(store, content: bytes, how: str) -> None:
    """Change, cut, lengthen or remove what is stored of `content`, past the kit."""
    changed = {"changed": b"X" + content[1:], "cut": content[:-1], "longer": content + b"x"}
    if store.path:
        digest = sha256(content)
        path = store.folder / "bukti" / digest[:2] / digest
        if how == "missing":
            path.unlink()
        else:
            path.write_bytes(changed[how])
        return
    with raw(store) as hand, hand.unguarded():
        if how == "missing":
            hand.execute("DELETE FROM evidence_chunk")
        else:
            hand.execute("UPDATE evidence_chunk SET content = ?", [changed[how]])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        (XLSX, f"{OFFICE}spreadsheetml.sheet"),
        (DOCX, f"{OFFICE}wordprocessingml.document"),
        ("kode;nama\n1.1;“Sistem” – é\r\n\ttab\f".encode(), "text/plain"),
        ("\ufeffkode;nama".encode(), "text/plain"),
        (b"<script>alert(1)</script>", "text/plain"),
        ("nama;catatan\nAni;“é” – 5\u00a0%".encode("cp1252"), "text/plain"),
        ("nama;5\u00a0%".encode(), "text/plain"),
        ("nama\tcatatan\n".encode("utf-16"), "text/plain"),
    ],
    ids=[
        *("pdf", "png", "jpeg", "xlsx", "docx", "csv", "csv-with-mark", "markup-is-text"),
        *("csv-of-windows", "blank-that-does-not-break", "unicode-text-of-excel"),
    ],
)
def test_a_file_comes_back_byte_by_byte_with_the_type_that_its_contents_say(
    store, begun, tmp_path, content, kind
):
    named = tmp_path / "laporan.exe"
    named.write_bytes(content)

    kept = store.put_evidence(named, begun)

    assert kept == StoredFile(sha256(content), len(content), kind)
    assert store.get_evidence(kept.sha256) == content
    assert audit(store) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"MZ\x90\0", "EXE"),
        (b"\x7fELF\2", "ELF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9, "OLE2"),
        (b"GIF89a", "GIF"),
        (b"\x1f\x8b\x08", "GZIP"),
        (package("a.txt"), "ZIP"),
        (package("xl/workbook.xml"), "ZIP"),
        (XLSX[:60], "ZIP"),
        (package("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "VBA"),
        (b"\x81kode", {"id": "bukan teks", "en": "no text"}),
        ("kode".encode("utf-16") + b"\0", {"id": "bukan teks", "en": "no text"}),
        (b"kode\0nama", "U+0000"),
        (b"kode\x1b[31m", "U+001B"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_any_other_kind_is_refused_with_what_was_found_and_what_is_allowed(
    store, begun, content, says
):
    with pytest.raises(StoreError) as caught:
        store.put_evidence(content, begun)

    assert caught.value.key == "evidence-type"
    for lang in ("id", "en"):
        said = says if isinstance(says, str) else says[lang]
        assert said in explain(caught.value, lang)
        assert "PDF, PNG, JPEG, XLSX, DOCX" in explain(caught.value, lang)
    assert len(store.evidence()) == 0


def test_an_empty_file_is_refused(store, begun):
    with pytest.raises(StoreError, match="evidence-empty"):
        store.put_evidence(b"", begun)


def test_a_file_of_25_mb_is_kept_and_one_byte_more_is_refused(store, begun, tmp_path):
    most = b"%PDF-" + b"\0" * (25 * 1024 * 1024 - 5)
    kept = store.put_evidence(most, begun)
    large = tmp_path / "besar.pdf"
    large.write_bytes(most + b"\0")

    assert kept.size == 25 * 1024 * 1024
    pieces = list(store.evidence_chunks(kept.sha256))
    assert {len(piece) for piece in pieces} == {1024 * 1024}
    assert sha256(b"".join(pieces)) == kept.sha256
    for content in (large, most + b"\0"):
        with pytest.raises(StoreError) as caught:
            store.put_evidence(content, begun)
        assert caught.value.key == "evidence-large"
        assert "25,1 MB; paling besar 25 MB" in explain(caught.value, "id")


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_file_about_as_long_as_a_piece_comes_back_whole(store, begun, more):
    content = b"%PDF-" + b"x" * (1024 * 1024 - 5 + more)
    kept = store.put_evidence(content, begun)

    assert [len(p) for p in store.evidence_chunks(kept.sha256)] == (
        [1024 * 1024, 1] if more > 0 else [1024 * 1024 + more]
    )


def test_the_same_contents_are_kept_once_however_often_and_by_however_many(store, begun):
    with ThreadPoolExecutor(4) as pool:
        kept = set(pool.map(lambda _: store.put_evidence(PDF, begun), range(6)))

    assert len(kept) == 1
    assert list(store.evidence()["sha256"]) == [sha256(PDF)]
    if store.path:
        files = [path for path in (store.folder / "bukti").rglob("*") if path.is_file()]
        assert [path.name for path in files] == [sha256(PDF)]
    else:
        with raw(store) as hand:
            assert hand.execute("SELECT COUNT(*) FROM evidence_chunk").fetchone()[0] == 1


def test_a_file_belongs_to_each_assessment_and_each_circle_it_was_put_in(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    for about, visible_to in ((begun, "agency"), (begun, "internal"), (other, "agency")):
        store.put_evidence(PDF, about, visible_to)

    listed = store.evidence()
    assert {(row.assessment, row.visible_to) for row in listed.itertuples()} == {
        (begun, "agency"),
        (begun, "internal"),
        (other, "agency"),
    }
    assert all(text.endswith("Z") for text in listed["recorded_at"])


def test_a_file_is_put_only_in_an_assessment_there_is_for_readers_there_are(store, begun):
    with pytest.raises(StoreError, match="assessment-unknown"):
        store.put_evidence(PDF, "no-such-assessment")
    with pytest.raises(ValueError, match="everybody"):
        store.put_evidence(PDF, begun, "everybody")

    assert len(store.evidence()) == 0
    assert not (store.folder / "bukti").exists()


def test_a_file_that_is_not_there_is_named(store, begun, tmp_path):
    with pytest.raises(StoreError, match="file-missing"):
        store.put_evidence(tmp_path / "none.pdf", begun)
    with pytest.raises(StoreError, match=r"file-unreadable|file-missing"):
        store.put_evidence(tmp_path, begun)
    for unknown in ("0" * 64, "../../merit.db", ""):
        with pytest.raises(StoreError) as caught:
            store.get_evidence(unknown)
        assert caught.value.key == "evidence-unknown"


@pytest.mark.parametrize(
    ("how", "key"),
    [("missing", "missing"), ("changed", "changed"), ("cut", "size"), ("longer", "size")],
)
def test_damage_is_noticed_when_a_file_is_read_and_by_the_audit(store, begun, how, key):
    kept = store.put_evidence(PDF, begun)
    damage(store, PDF, how)

    with pytest.raises(StoreError) as caught:
        store.get_evidence(kept.sha256)
    assert caught.value.key == f"evidence-{key}"
    [problem] = audit(store)
    assert (problem.where, problem.key) == (kept.sha256[:16], f"audit-evidence-{key}")
    for lang in ("id", "en"):
        assert explain(caught.value, lang)
        assert describe(problem, lang)


def test_a_piece_that_is_gone_is_noticed(store, begun):
    content = b"%PDF-" + b"x" * (2 * 1024 * 1024)
    store.put_evidence(content, begun)
    if store.path:
        damage(store, content, "cut")
    else:
        with raw(store) as hand, hand.unguarded():
            hand.execute("DELETE FROM evidence_chunk WHERE number = 2")

    assert [problem.key for problem in audit(store)] == ["audit-evidence-size"]


@sqlite_only
def test_a_damaged_file_is_mended_by_putting_it_again(store, begun):
    store.put_evidence(PDF, begun)
    damage(store, PDF, "changed")

    kept = store.put_evidence(PDF, begun)

    assert store.get_evidence(kept.sha256) == PDF
    assert audit(store) == []


@sqlite_only
def test_no_name_of_a_user_becomes_a_path_and_no_file_has_an_ending(store, begun, tmp_path):
    hostile = tmp_path / "CON .. %APPDATA%.pdf"
    hostile.write_bytes(PDF)
    store.put_evidence(hostile, begun)

    made = [p.relative_to(store.folder).as_posix() for p in (store.folder / "bukti").rglob("*")]
    digest = sha256(PDF)
    assert sorted(made) == [f"bukti/{digest[:2]}", f"bukti/{digest[:2]}/{digest}"]


@sqlite_only
def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_recorded(store, begun):
    Path(store.folder / "bukti").write_text("in the way", encoding="utf-8")

    with pytest.raises(StoreError, match="file-unwritable"):
        store.put_evidence(PDF, begun)

    assert len(store.evidence()) == 0


def test_an_entry_that_names_a_file_that_is_not_there_is_named_by_the_audit(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    here, elsewhere = store.put_evidence(PDF, begun), store.put_evidence(DOCX, other)

    def naming(**body: object) -> Statement:
        return Statement(begun, "evidence", "p-1", "2026-03-01T02:00:00.000Z", body)

    bodies = [
        {"sha256": here.sha256},
        {"sha256": None},
        {"link": "https://contoh.go.id"},
        {"sha256": elsewhere.sha256},
        {"sha256": "0" * 64},
        {"sha256": 7},
    ]
    store.append([naming(**body) for body in bodies], "p-1")

    said = [(p.where, p.key, p.found) for p in audit(store)]
    assert said == [
        (f"kota-a/{ROUND} #5", "audit-evidence-unknown", elsewhere.sha256[:16]),
        (f"kota-a/{ROUND} #6", "audit-evidence-unknown", "0" * 16),
        (f"kota-a/{ROUND} #7", "audit-evidence-unknown", "7"),
    ]
