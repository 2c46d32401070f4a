"""Files written whole or not at all, codes that may be file names, and the kit's own folders."""

from __future__ import annotations

import errno
import os
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import files
from merit_kit.files import is_code, is_file_name, kit_folder, reason_of, write_whole
from merit_kit.i18n import say


def test_a_file_holds_what_was_written_byte_for_byte(tmp_path):
    write_whole(tmp_path / "a.bin", b"\x00\r\n\xff")

    assert (tmp_path / "a.bin").read_bytes() == b"\x00\r\n\xff"


def test_text_is_written_in_utf_8_and_its_line_ends_are_kept(tmp_path):
    write_whole(tmp_path / "a.txt", "é\r\nb\n")

    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\r\nb\n"


def test_folders_on_the_way_are_made(tmp_path):
    write_whole(tmp_path / "a" / "b" / "c.txt", "x")

    assert (tmp_path / "a" / "b" / "c.txt").read_text(encoding="utf-8") == "x"


def test_a_file_that_was_there_is_replaced(tmp_path):
    (tmp_path / "a.txt").write_text("a much longer old text", encoding="utf-8")

    write_whole(tmp_path / "a.txt", "new")

    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "new"


def test_nothing_but_the_file_is_left_in_the_folder(tmp_path):
    write_whole(tmp_path / "a.txt", "x")

    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(
    tmp_path, monkeypatch, moment
):
    (tmp_path / "a.txt").write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, moment, fail)
    with pytest.raises(OSError, match="the disk is full"):
        write_whole(tmp_path / "a.txt", "new")

    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old"


def test_being_interrupted_leaves_nothing_behind_either(tmp_path, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.txt", "new")

    assert list(tmp_path.iterdir()) == []


def test_the_content_is_on_the_disk_before_the_file_takes_its_name(tmp_path, monkeypatch):
    happened: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda n: (happened.append("fsync"), fsync(n)))
    monkeypatch.setattr(os, "replace", lambda a, b: (happened.append("replace"), replace(a, b)))

    write_whole(tmp_path / "a.txt", "x")

    assert happened == ["fsync", "replace"]


def test_a_file_held_by_a_virus_scanner_is_tried_again(tmp_path, monkeypatch):
    refusals = [PermissionError("held"), PermissionError("held")]
    replace = os.replace

    def held_twice(old: Path, new: Path) -> None:
        if refusals:
            raise refusals.pop()
        replace(old, new)

    monkeypatch.setattr(os, "replace", held_twice)
    monkeypatch.setattr(files.time, "sleep", lambda _: None)
    write_whole(tmp_path / "a.txt", "x")

    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "x"


def test_a_file_held_for_too_long_is_given_up(tmp_path, monkeypatch):
    clock = iter(range(100))

    def held(*_: object) -> None:
        raise PermissionError("held")

    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(files.time, "sleep", lambda _: None)
    monkeypatch.setattr(files.time, "monotonic", lambda: next(clock))
    with pytest.raises(PermissionError, match="held"):
        write_whole(tmp_path / "a.txt", "x")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["a", "7", "kota-a", "2026-2", "kab-luwu-timur", "a" * 40])
def test_small_letters_digits_and_inner_hyphens_make_a_code(text):
    assert is_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "-a",
        "a-",
        "A",
        "a b",
        "a.b",
        "a/b",
        "..",
        "a\n",
        "é",
        "٣",
        "a" * 41,
        "con",
        "nul",
        "com1",
        "lpt9",
    ],
)
def test_what_could_not_be_a_file_name_everywhere_is_no_code(text):
    assert not is_code(text)


@given(st.text(alphabet="az09-./\\ :A\n\x00é", max_size=12))
@settings(max_examples=200)
def test_a_code_never_leaves_its_folder_nor_needs_quoting(text):
    if is_code(text):
        assert Path(text).name == text
        assert set(text) <= set("az09-")


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "SK Bupati No. 3 (final) – é.pdf",
        "laporan..pdf",
        ".htaccess",
        "konsep.pdf",
        "Screenshot 9.00\u202fAM.png",
        "x" * 116 + ".pdf",
        "\u6587" * 85,
    ],
)
def test_the_plain_name_of_a_file_is_one(text):
    assert is_file_name(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "..", "../a.pdf", "a/b.pdf", "a\\b.pdf", "/a.pdf", "C:a.pdf", "C:\\a.pdf"),
        *("con", "CON.pdf", "nul .txt", "Lpt9.pdf", "COM\xb9.pdf", "conin$"),
        *("a ", " a", "a.", "a\n", "a\tb", "a\0", "a\x7f", "gpj\u202e.exe", "a\u200b", "a\u2028b"),
        *("a?.pdf", "a*.pdf", 'a".pdf', "a<b", "a|b", "x" * 121, "\ud800", "\u6587" * 86),
    ],
)
def test_a_path_a_device_or_what_some_system_could_not_keep_is_no_file_name(text):
    assert not is_file_name(text)


@given(st.text(alphabet="ac/\\:. n\n\0o\u202e", max_size=8))
@settings(max_examples=300)
def test_a_file_name_never_leaves_its_folder(text):
    if is_file_name(text):
        assert PurePosixPath(text).name == PureWindowsPath(text).name == text


@pytest.mark.parametrize("name", ["data", "templates", "notebooks"])
def test_in_a_checkout_the_folder_beside_the_package_is_read(name):
    assert kit_folder(name) == Path(__file__).resolve().parents[1] / name


def test_in_a_wheel_the_folder_inside_the_package_is_read(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "merit_kit"
    package.mkdir(parents=True)
    # A folder of the same name that some other package put there is not ours.
    (tmp_path / "site-packages" / "data").mkdir()
    monkeypatch.setattr(files, "_PACKAGE", package)

    assert kit_folder("data") == package / "_kit" / "data"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (errno.ENOSPC, "ruang penyimpanan habis"),
        (errno.EROFS, "tempat itu hanya dapat dibaca"),
        (errno.EACCES, "aksesnya ditolak, atau berkasnya sedang dibuka program lain"),
        (errno.EBUSY, "aksesnya ditolak, atau berkasnya sedang dibuka program lain"),
        (errno.ENOENT, "folder atau berkas itu tidak ada"),
        (errno.ENOTDIR, "sebagian jalurnya berkas, bukan folder"),
        (errno.ELOOP, "in the system's words"),
    ],
)
def test_why_a_file_cannot_be_written_is_said_in_the_users_language(tmp_path, fault, said):
    reason = reason_of(OSError(fault, "in the system's words"), tmp_path / "a")
    sentence = say("errors.file-unwritable", path="a", said=reason)

    assert f"tidak dapat ditulis: {said}. " in sentence
