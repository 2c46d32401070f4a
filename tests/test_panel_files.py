"""Files in the panel, on the kernel's side: shown to whom they concern, taken in whole and once.

The browser is played by the tests; its own side: test_panel_viewer.py.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from merit_kit import assessment, process
from merit_kit.assessment import Hearing
from merit_kit.errors import RuleError, StoreError
from merit_kit.i18n import Words
from merit_kit.panels import _previews, _uploads
from merit_kit.panels._previews import Previews, given, revisions_of, shown
from merit_kit.panels._unfit import Unfit
from merit_kit.panels._uploads import PART, Uploads, may_give
from merit_kit.store import Store, new_id, open_store
from tests import hostile_files as h
from tests.conftest import ROUND
from tests.databases import sqlite_only, where
from tests.sayings import appointed, reach, record, say

FILE = "f" * 32
WORDS = Words("id")


def give(store: Store, about: str, content: bytes, *base: str, **more: Any) -> Any:
    """Keep a file and state it as evidence FILE of sub-aspect 1.1."""
    stored = store.put_evidence(content, about)
    parts = {"file": FILE, "sub_aspect": "1.1", "name": "sk.pdf", **more}
    said = say("evidence", about, *base, sha256=stored.sha256, size=stored.size, **parts)
    record(store, said)
    return said


def show(store: Store, about: str, person: str = "p-e", **asked: Any) -> tuple[Any, list[bytes]]:
    wanted = {"file": FILE, "revision": None, "sha256": None, **asked}
    return shown(store, about, person, *wanted.values(), WORDS, str.upper)


def test_a_file_of_evidence_is_shown_with_its_revisions(store, begun):
    first = give(store, begun, h.pdf())
    give(store, begun, b"baris satu", first.id, name="sk-2.txt")

    message, [content] = show(store, begun)
    older, [bytes_] = show(store, begun, revision=1)

    assert (message["kind"], message["revision"], message["name"]) == ("text", 2, "sk-2.txt")
    assert b"baris satu" in content
    assert (older["kind"], older["type"], older["revision"]) == ("pdf", "application/pdf", 1)
    assert bytes_ == h.pdf()
    assert [(each["number"], each["by"], each["name"]) for each in message["revisions"]] == [
        (1, "P-1", "sk.pdf"),
        (2, "P-1", "sk-2.txt"),
    ]


def test_what_was_withdrawn_or_stated_again_as_it_was_is_no_revision(store, begun):
    first = give(store, begun, h.pdf())
    gone = give(store, begun, h.pdf(), first.id, withdrawn=True)
    give(store, begun, h.pdf(), gone.id)

    assert [each.number for each in revisions_of(store, begun, FILE, "p-e")] == [1]


def test_a_file_that_cannot_be_shown_is_told_without_bytes(store, begun):
    give(store, begun, h.png()[:-20])

    message, buffers = show(store, begun)

    assert (message["kind"], buffers) == ("none", [])
    assert "tidak utuh" in message["said"]


def test_a_file_of_another_assessment_is_not_shown(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    give(store, other, h.pdf())

    for asked in ({}, {"file": None, "sha256": hashlib.sha256(h.pdf()).hexdigest()}):
        with pytest.raises(RuleError, match="evidence-not-here"):
            show(store, begun, **asked)


@pytest.mark.parametrize(("person", "sees"), [("p-e", True), ("p-1", False), ("p-x", False)])
def test_an_internal_file_is_not_shown_to_the_agency(store, begun, person, sees):
    kept = store.put_evidence(h.png(), begun, "internal")
    asked = {"file": None, "sha256": kept.sha256}

    if sees:
        assert show(store, begun, person, **asked)[0]["kind"] == "image"
    else:
        with pytest.raises(RuleError, match="evidence-not-here"):
            show(store, begun, person, **asked)


def test_a_file_is_not_shown_to_the_team_of_another_agency(store, begun, tiny):
    appointed(store, "p-2", "agency", agency="kab-b")
    give(store, begun, h.pdf())

    assert show(store, begun, "p-1")[0]["kind"] == "pdf"
    with pytest.raises(RuleError, match="evidence-not-here"):
        show(store, begun, "p-2")


def test_a_download_is_the_file_as_it_was_given(store, begun):
    content = h.xlsx(lambda book: book.active.append(["a"]))
    give(store, begun, content, name="rekap.xlsx")

    message, [kept] = given(store, begun, "p-e", FILE, None, None)

    assert (message["name"], message["size"], kept) == ("rekap.xlsx", len(content), content)


def told(count: int, answers: list[Any]) -> list[Any]:
    until = time.monotonic() + 20
    while len(answers) < count:
        assert time.monotonic() < until
        time.sleep(0.02)
    return answers


def asking(store: Store, person: str = "p-e") -> tuple[Previews, list[Any]]:
    answers: list[Any] = []
    return Previews(store, person, WORDS, str, lambda *said: answers.append(said)), answers


def test_a_request_is_answered_on_a_thread_with_what_it_was_asked_by(store, begun):
    give(store, begun, h.pdf())
    files, answers = asking(store)

    files.ask({"do": "preview", "assessment": begun, "page": "p", "ask": 7, "file": FILE})

    [(message, [content])] = told(1, answers)
    assert (message["is"], message["page"], message["ask"]) == ("preview", "p", 7)
    assert content == h.pdf()


def test_of_several_requests_of_a_page_the_last_is_answered(store, begun, monkeypatch):
    give(store, begun, h.pdf())
    files, answers = asking(store)
    with files._turn:  # all of them arrive before the first is begun
        for ask in (1, 2, 3):
            asked = {"do": "preview", "assessment": begun, "page": "p", "ask": ask, "file": FILE}
            files.ask(asked)
        files.ask({"do": "download", "assessment": begun, "page": "p", "ask": 4, "file": FILE})

    assert sorted(message["ask"] for message, _ in told(2, answers)) == [3, 4]


def test_a_request_that_comes_again_while_it_is_answered_is_answered_once(store, begun):
    give(store, begun, h.pdf())
    files, answers = asking(store)
    asked = {"do": "preview", "assessment": begun, "page": "p", "ask": 1, "file": FILE}
    with files._turn:
        files.ask(asked)
        files.ask(asked)
    told(1, answers)
    files.ask({**asked, "ask": 2})

    assert [message["ask"] for message, _ in told(2, answers)] == [1, 2]


@pytest.mark.parametrize("do", ["preview", "download"])
def test_what_goes_wrong_is_told_in_words(store, begun, do, monkeypatch):
    files, answers = asking(store)

    files.ask({"do": do, "assessment": begun, "page": "p", "ask": 1, "file": FILE})
    [(message, buffers)] = told(1, answers)
    assert (message["is"], message["ask"], buffers) == (do, 1, [])
    assert "tidak ada pada penilaian ini" in message["said"]

    monkeypatch.setattr(_previews, "_find", lambda *_: 1 / 0)
    files.ask({"do": do, "assessment": begun, "page": "p", "ask": 2, "file": FILE})
    assert told(2, answers)[1][0]["said"] == WORDS("sheet.fault")


@sqlite_only
def test_a_file_that_is_damaged_in_the_store_is_told(store, begun):
    give(store, begun, h.pdf())
    digest = hashlib.sha256(h.pdf()).hexdigest()
    (store.folder / "bukti" / digest[:2] / digest).write_bytes(b"%PDF-")
    files, _ = asking(store)

    answer, buffers = files.answer({"do": "preview", "assessment": begun, "file": FILE})

    assert buffers == []
    assert answer["kind"] == "none"
    assert answer["said"]


class Sender:
    """A browser that sends one file."""

    def __init__(self, uploads: Uploads, about: str, content: bytes, **more: Any) -> None:
        self.uploads, self.content = uploads, content
        self.facts = {
            **{"assessment": about, "page": "p", "room": None, "upload": new_id(), "id": new_id()},
            **{"sub_aspect": "1.1", "file": None, "base": None, "name": "sk.pdf"},
            **{"size": len(content), "sha256": hashlib.sha256(content).hexdigest()},
            **more,
        }
        self.parts = -(-len(content) // PART)

    def begin(self) -> Any:
        return self.uploads.answer({"do": "upload-begin", **self.facts})

    def put(self, part: int, content: bytes | None = None) -> Any:
        piece = self.content[part * PART : (part + 1) * PART] if content is None else content
        message = {"do": "upload", "part": part, **self.facts}
        return self.uploads.answer(message, [memoryview(piece)])

    def whole(self) -> Any:
        answer = self.begin()
        while answer["state"] == "open":
            left = set(range(self.parts)) - set(answer["have"])
            answer = self.put(min(left))
        return answer


LARGE = h.pdf(2 * PART + 1000)  # three parts


@pytest.fixture
def uploads(store) -> Iterator[Uploads]:
    taking = Uploads(store, "p-1", WORDS, {})
    yield taking
    taking.close()


def evidence(store: Store, about: str) -> list[Any]:
    """What stands of evidence: the bodies."""
    return [said.body for said in Hearing(store, about).books.of_kind(process.EVIDENCE)]


def test_a_file_is_taken_in_and_stated_as_the_persons_own(store, begun, uploads):
    sender = Sender(uploads, begun, LARGE)

    answer = sender.whole()

    [body] = evidence(store, begun)
    assert answer == {
        **{"is": "upload", "page": "p", "upload": sender.facts["upload"], "state": "done"},
        **{"part": 2, "have": [], "why": "", "file": body["file"]},
    }
    assert store.get_evidence(body["sha256"]) == LARGE
    assert (body["name"], body["sub_aspect"], body["side"]) == ("sk.pdf", "1.1", "agency")
    row = store.entries([begun]).iloc[-1]
    assert (row["id"], row["author"], row["visible_to"]) == (sender.facts["id"], "p-1", "agency")


def test_whoever_gave_a_file_that_cannot_be_looked_at_is_told_and_it_is_kept(store, begun):
    told = Event()
    unfit = Unfit(WORDS, told.set)
    torn = h.pdf()[:80]
    sender = Sender(Uploads(store, "p-1", WORDS, {}, unfit.look), begun, torn)

    assert sender.whole()["state"] == "done"

    assert told.wait(20)
    [body] = evidence(store, begun)
    assert store.get_evidence(body["sha256"]) == torn
    shown = {"items": {"1.1": {"evidence": [dict(body)]}}}
    assert "PDF ini tidak utuh" in unfit.mark(shown)["items"]["1.1"]["evidence"][0]["unfit"]


def test_what_an_evaluator_gives_is_of_the_evaluators(store, begun):
    reach(store, begun, "verifikasi")
    sender = Sender(Uploads(store, "p-e", WORDS, {}), begun, h.png(), name="foto.png")

    assert sender.whole()["state"] == "done"
    assert evidence(store, begun)[0]["side"] == "evaluator"


def test_parts_come_in_any_order_and_twice(store, begun, uploads):
    sender = Sender(uploads, begun, LARGE)

    assert sender.put(2)["have"] == [2]
    assert sender.put(2)["have"] == [2]
    assert sender.put(0)["have"] == [0, 2]
    assert sender.begin()["have"] == [0, 2]
    assert sender.put(1)["state"] == "done"
    assert store.get_evidence(sender.facts["sha256"]) == LARGE


def test_a_part_that_is_not_what_it_should_be_is_not_taken(store, begun, uploads):
    sender = Sender(uploads, begun, LARGE)

    for part, content in ((0, b"x"), (2, b"x" * PART), (3, b"x"), (-1, b"x"), ("0", b"x")):
        assert sender.put(part, content)["have"] == []
    assert uploads.answer({"do": "upload", "part": 0, **sender.facts}, [])["have"] == []


def test_a_file_that_is_sent_again_is_stated_once(store, begun, uploads):
    sender = Sender(uploads, begun, LARGE)
    sender.whole()

    # The answer was lost: the last part comes again, and then everything from the beginning.
    assert sender.put(2)["state"] == "done"
    assert sender.whole()["state"] == "done"
    assert list(store.entries([begun])["id"]).count(sender.facts["id"]) == 1
    assert len(evidence(store, begun)) == 1


def test_after_a_new_kernel_all_parts_are_sent_again(store, begun, uploads):
    sender = Sender(uploads, begun, LARGE)
    sender.put(0)
    sender.uploads = Uploads(store, "p-1", WORDS, {})

    assert sender.put(1)["have"] == [1]  # the page learns what is lacking
    assert sender.whole()["state"] == "done"


def test_after_a_new_kernel_a_file_that_was_stated_is_not_stated_again(store, begun, uploads):
    first = Sender(uploads, begun, LARGE)
    first.whole()
    anew = Sender(Uploads(store, "p-1", WORDS, {}), begun, LARGE)  # reloaded too: another id

    assert anew.begin()["state"] == "same"
    unhashed = Sender(Uploads(store, "p-1", WORDS, {}), begun, LARGE, sha256=None)
    assert unhashed.whole()["state"] == "same"
    assert len(store.entries([begun], ["evidence"])) == 1


def test_after_a_reload_the_same_file_goes_on_where_it_was(store, begun, uploads):
    first = Sender(uploads, begun, LARGE)
    first.put(0)
    again = Sender(uploads, begun, LARGE, upload=first.facts["upload"])

    assert again.begin()["have"] == [0]
    assert again.whole()["state"] == "done"


def test_another_file_under_the_same_upload_begins_anew(store, begun, uploads):
    first = Sender(uploads, begun, LARGE)
    first.put(0)
    other = Sender(uploads, begun, LARGE + b"\n", upload=first.facts["upload"])

    assert other.begin()["have"] == []


@pytest.mark.parametrize("hashed", [True, False])
def test_without_a_hash_of_the_browser_the_kernels_own_counts(store, begun, uploads, hashed):
    sender = Sender(uploads, begun, LARGE, **({} if hashed else {"sha256": None}))

    assert sender.whole()["state"] == "done"
    assert evidence(store, begun)[0]["sha256"] == hashlib.sha256(LARGE).hexdigest()


def test_what_came_is_not_what_was_sent_and_nothing_of_it_is_kept(store, begun, uploads):
    sender = Sender(uploads, begun, LARGE)
    sender.put(0, b"y" * PART)
    sender.put(1)

    answer = sender.put(2)

    assert (answer["state"], answer["have"]) == ("again", [])
    assert answer["why"] == WORDS("upload.torn")
    assert len(store.evidence()) == 0
    assert sender.whole()["state"] == "done"


def test_a_file_of_the_same_name_is_a_new_revision(store, begun, uploads):
    Sender(uploads, begun, h.pdf()).whole()
    Sender(uploads, begun, LARGE).whole()

    [body] = evidence(store, begun)
    assert body["size"] == len(LARGE)
    assert len(revisions_of(store, begun, body["file"], "p-1")) == 2


def test_a_new_revision_may_have_another_name_and_stays_at_its_place(store, begun, uploads):
    Sender(uploads, begun, h.pdf()).whole()
    [before] = evidence(store, begun)
    revision = Sender(
        uploads, begun, LARGE, file=before["file"], name="sk-baru.pdf", sub_aspect="1.2"
    )

    assert revision.whole()["file"] == before["file"]
    [body] = evidence(store, begun)
    assert (body["name"], body["sub_aspect"]) == ("sk-baru.pdf", "1.1")


def test_two_revisions_of_what_both_knew_stand_beside_each_other(store, begun, uploads):
    first = Sender(uploads, begun, h.pdf())
    first.whole()
    file = evidence(store, begun)[0]["file"]
    known = {"file": file, "base": [first.facts["id"]]}
    for content in (LARGE, LARGE + b"\n"):
        assert Sender(uploads, begun, content, **known).whole()["state"] == "done"

    assert len(evidence(store, begun)) == 2


def test_a_file_that_was_withdrawn_may_be_given_again(store, begun, uploads):
    first = give(store, begun, LARGE)
    give(store, begun, LARGE, first.id, withdrawn=True)

    assert Sender(uploads, begun, LARGE).whole()["state"] == "done"
    assert [body["withdrawn"] for body in evidence(store, begun)] == [False]


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"size": 25 * 1024**2 + 1}, "25,1 MB; paling besar 25 MB"),
        ({"size": 0}, "kosong"),
        ({"name": "../sk.pdf"}, "tidak dapat dipakai"),
        ({"name": "CON.pdf"}, "tidak dapat dipakai"),
        ({"sub_aspect": "9.9"}, "9.9"),
        ({"size": "12"}, "permintaan"),
        ({"upload": "../x"}, "permintaan"),
        ({"base": ["x"]}, "permintaan"),
        ({"room": {}}, "permintaan"),
        ({"room": "r-9"}, "r-9"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_taken_is_refused_before_the_first_byte(store, begun, uploads, facts, says):
    sender = Sender(uploads, begun, LARGE, **facts)

    answer = sender.begin()

    assert answer["state"] == "refused"
    malformed = WORDS("sheet.malformed")
    assert (malformed if says == "permintaan" else says) in answer["why"]
    assert uploads._open == {}


def test_whoever_may_not_give_evidence_is_told_before_the_first_byte(store, begun):
    for person, why in (("p-s", "role-lacking"), ("p-x", "role-none")):
        answer = Sender(Uploads(store, person, WORDS, {}), begun, LARGE).begin()
        assert answer["state"] == "refused", why
        assert answer["why"] == may_give(Hearing(store, begun), person, None, WORDS)
        assert answer["why"]
    assert may_give(Hearing(store, begun), "p-1", None, WORDS) == ""


def test_after_the_cut_off_the_agency_is_told_before_the_first_byte(store, begun, uploads):
    store.set_cut_off(ROUND, "2020-01-01")

    answer = Sender(uploads, begun, LARGE).begin()

    assert answer["state"] == "refused"
    assert "batas waktu" in answer["why"]


def test_the_cut_off_that_passes_while_a_file_comes_in_is_heeded(store, begun, uploads):
    sender = Sender(uploads, begun, LARGE)
    sender.put(0)
    sender.put(1)
    store.set_cut_off(ROUND, "2020-01-01")

    answer = sender.put(2)

    assert answer["state"] == "refused"
    assert len(evidence(store, begun)) == 0
    assert len(store.evidence()) == 0
    assert uploads._open == {}


@pytest.mark.parametrize("content", [b"MZ\x90\0" * 9, h.package({"a.txt": "x"}), b"a\0b"])
def test_what_a_file_is_its_contents_say_and_the_store_refuses(store, begun, uploads, content):
    answer = Sender(uploads, begun, content).whole()

    assert answer["state"] == "refused"
    assert "PDF, PNG, JPEG, XLSX, DOCX" in answer["why"]
    assert len(store.entries([begun], ["evidence"])) == 0


def test_an_upload_that_is_stopped_leaves_nothing(store, begun, uploads):
    sender = Sender(uploads, begun, LARGE)
    sender.put(0)
    held = uploads._open[sender.facts["upload"]]

    answer = uploads.answer({"do": "upload-stop", **sender.facts})

    assert answer["state"] == "stopped"
    assert held.content.closed
    assert sender.begin()["have"] == []


def test_what_cannot_be_kept_now_is_kept_when_it_is_asked_for_again(
    store, begun, uploads, monkeypatch
):
    sender = Sender(uploads, begun, LARGE)

    def fail(*_: Any) -> None:
        raise StoreError("file-unwritable", path="x", said="y")

    with monkeypatch.context() as patched:
        patched.setattr(store, "put_evidence", fail)
        answer = sender.whole()
    assert (answer["state"], answer["have"]) == ("failed", [0, 1, 2])

    assert sender.begin()["state"] == "done"


def test_others_write_while_the_bytes_of_a_file_are_put_down(store, begun, uploads, monkeypatch):
    put, place = store.put_evidence, where(store)

    def put_slowly(content: bytes, about: str) -> Any:
        with open_store(place) as other:
            record(other, say("self", begun))
        return put(content, about)

    monkeypatch.setattr(store, "put_evidence", put_slowly)
    answer = Sender(uploads, begun, LARGE).whole()

    assert answer["state"] == "done"
    assert list(store.entries([begun])["kind"])[-2:] == ["level", "evidence"]


def test_a_full_disk_is_told_in_words(store, begun, uploads, monkeypatch):
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_uploads.tempfile, "TemporaryFile", full)

    answer = Sender(uploads, begun, LARGE).begin()

    assert (answer["state"], answer["why"]) == ("failed", WORDS("upload.disk"))


def test_of_too_many_files_at_once_the_one_that_rested_longest_is_forgotten(store, begun, uploads):
    senders = [Sender(uploads, begun, LARGE, name=f"{n}.pdf") for n in range(9)]
    for sender in senders:
        sender.put(0)

    assert len(uploads._open) == 8
    assert senders[0].facts["upload"] not in uploads._open
    uploads.close()
    assert uploads._open == {}


@sqlite_only
def test_nothing_of_an_upload_lies_about_under_a_name(store, begun, uploads, tmp_path, monkeypatch):
    monkeypatch.setattr(_uploads.tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    Sender(uploads, begun, LARGE).put(0)

    assert list(Path(tmp_path / "t").iterdir()) == []
