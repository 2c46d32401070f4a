"""What was issued stays one thing: on record, whole, the same in every language, and found again.

Under the official edition of test_report_life, whose assessment of kota-a this begins with.
"""

# ruff: noqa: F811 fixtures of another file are asked for by their names

from __future__ import annotations

import errno
import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from merit_kit import assessment
from merit_kit.assessment import Case
from merit_kit.errors import ReportError
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.reports import (
    DIPERIKSA,
    KONSEP,
    Comparison,
    _ledger,
    _life,
    _manifest,
    index_rows,
    write_index,
)
from merit_kit.reports._index import Row
from merit_kit.reports._letter import parse_letter
from merit_kit.reports._turn import TURN
from tests.conftest import ROUND
from tests.sayings import record, say
from tests.test_report_life import (
    LETTER,
    _quick,  # noqa: F401
    about,  # noqa: F401
    case_of,
    issued,
    ledger,
    levels,
    made,
    official,  # noqa: F401
    page_of,
    refused,
)
from tests.test_reports import words_of


def listed(store, folder: Path) -> Row:
    [row] = index_rows([case_of(store)], folder / ROUND)
    return row


def labels(store, folder: Path) -> str:
    page = write_index(folder / ROUND, [listed(store, folder)])
    return words_of(page.read_text(encoding="utf-8"))


def group(median: str) -> Comparison:
    total = dict.fromkeys(("low", "median", "high"), median)
    return Comparison(
        {
            "format": 1,
            "kind": "kota",
            "round": ROUND,
            "determined": None,
            "published": {"n": 7, "years": ["2024", "2025"], "total": total},
        }
    )


def of_group(median: str) -> dict[str, Comparison]:
    return {"kota-a": group(median)}


def test_what_is_on_record_is_in_the_list_even_if_the_batch_was_cut_off_right_after(
    store, about, tmp_path, monkeypatch
):
    append = _ledger.append_line

    def cut_off(path, line):
        if path.name == _manifest.MANIFEST:
            raise KeyboardInterrupt
        append(path, line)

    monkeypatch.setattr(_ledger, "append_line", cut_off)
    with pytest.raises(KeyboardInterrupt):
        made(case_of(store), tmp_path)
    monkeypatch.setattr(_ledger, "append_line", append)

    assert issued(case_of(store), tmp_path).already
    assert [each.href for each in listed(store, tmp_path).made] == ["verifikasi/kota-a.id.v1.html"]


def full_at(monkeypatch, name: str, kept: int) -> None:
    """Let the disk be full once so many files were kept, when the next ends like this."""
    keep = _ledger.keep
    done = []

    def keeping(path, content):
        if len(done) == kept and path.name.endswith(name):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        done.append(path)
        return keep(path, content)

    monkeypatch.setattr(_ledger, "keep", keeping)


@pytest.mark.parametrize(("name", "kept"), [("html", 1), ("xlsx", 1), ("html", 2)])
def test_a_full_disk_while_issuing_leaves_nothing_that_stands_in_the_way(
    store, about, tmp_path, monkeypatch, name, kept
):
    record(store, say("question", about))
    more = {"kind": "klarifikasi" if (name, kept) != ("html", 1) else "verifikasi"}
    with monkeypatch.context() as full:
        full_at(full, name, kept)
        with pytest.raises(ReportError, match="disk-full"):
            made(case_of(store), tmp_path, **more)

    left = (tmp_path / ROUND).rglob("*")
    assert [path.name for path in left if path.is_file()] == []
    levels(store, about, "awal", {"2.1": 4})
    assert issued(case_of(store), tmp_path, **more).version == 1


def test_a_disk_full_at_the_very_last_line_leaves_nothing_on_record(
    store, about, tmp_path, monkeypatch
):
    issued(case_of(store), tmp_path)
    levels(store, about, "awal", {"2.1": 4})
    folder = tmp_path / ROUND / "verifikasi"
    before = {path: path.read_bytes() for path in folder.iterdir()}
    append = _ledger.append_line

    def torn(path, line):
        append(path, line)
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as full:
        full.setattr(_ledger, "append_line", torn)
        with pytest.raises(ReportError, match="disk-full"):
            made(case_of(store), tmp_path)

    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert issued(case_of(store), tmp_path).version == 2


def test_a_version_in_another_language_has_the_figures_of_others_of_then(store, about, tmp_path):
    first = issued(case_of(store), tmp_path, comparisons=of_group("250"))
    second = issued(case_of(store), tmp_path, lang="en", comparisons=of_group("333.25"))

    assert "250" in page_of(first)
    assert "333.25" not in page_of(second)
    digests = [re.findall(r"[0-9a-f]{64}", page_of(each)) for each in (first, second)]
    assert digests[0] == digests[1]
    assert [line["comparison"] for line in ledger(tmp_path)] == [group("250").digest] * 2


def test_a_version_without_figures_of_others_gets_none_in_another_language(store, about, tmp_path):
    issued(case_of(store), tmp_path)

    assert "333.25" not in page_of(
        issued(case_of(store), tmp_path, lang="en", comparisons=of_group("333.25"))
    )


@pytest.mark.parametrize(("do", "key"), [("unlink", "issued-missing"), ("spoil", "issued-changed")])
def test_kept_figures_of_others_that_are_not_as_they_were_are_not_used(
    store, about, tmp_path, do, key
):
    issued(case_of(store), tmp_path, comparisons=of_group("250"))
    kept = tmp_path / ROUND / "verifikasi" / "kota-a.v1.comparison.json"
    if do == "unlink":
        kept.unlink()
    else:
        kept.write_bytes(kept.read_bytes() + b" ")

    assert refused(case_of(store), tmp_path, lang="en") == ("issued-damaged", [(kept.name, key)])


def at(monkeypatch, day: str) -> None:
    """Let it be a day, at noon."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromisoformat(f"{day}T12:00:00").replace(tzinfo=tz)

    monkeypatch.setattr(_life, "datetime", Clock)


def test_a_letter_in_another_language_has_the_day_and_the_check_of_its_version(
    store, about, tmp_path, monkeypatch
):
    more = {"kind": "klarifikasi", "letter": parse_letter(LETTER)}
    at(monkeypatch, "2026-03-01")
    made(case_of(store), tmp_path, DIPERIKSA, by="Eko", **more)
    first = issued(case_of(store), tmp_path, **more)
    at(monkeypatch, "2026-05-09")
    made(case_of(store), tmp_path, DIPERIKSA, by="Wati", **more)
    second = issued(case_of(store), tmp_path, lang="en", by="Tono", **more)

    assert "1 Maret 2026" in page_of(first)
    said = page_of(second)
    letter = said.partition("To:")[0].partition("…………")[0]
    assert "1 March 2026" in letter.partition("B-07")[2]
    assert "Eko" in said
    assert "Wati" not in said
    # Who put out this page, and when, is said as it was.
    assert "9 May 2026 by Tono" in said


def test_a_report_is_not_called_old_for_what_no_page_shows(store, about, tmp_path):
    issued(case_of(store), tmp_path)
    made(case_of(store), tmp_path, KONSEP)
    record(store, say("note", about, text="Hanya kami", visible_to="internal"))
    assert "(data sudah berubah)" not in labels(store, tmp_path)

    record(store, say("note", about, text="Untuk instansi"))
    assert labels(store, tmp_path).count("(data sudah berubah)") == 2


def test_a_report_made_as_of_today_is_not_called_old_tomorrow(store, about, tmp_path):
    today = assessment.local_day(None)
    [case] = assessment.make_cases(store, ROUND, ["kota-a"], as_of=today.isoformat())
    issued(case, tmp_path)

    assert "(data sudah berubah)" not in labels(store, tmp_path)


def test_a_check_counts_also_for_what_is_issued_as_of_today(store, about, tmp_path):
    made(case_of(store), tmp_path, DIPERIKSA, by="Eko, Tim penilai")
    today = assessment.local_day(None)
    [case] = assessment.make_cases(store, ROUND, ["kota-a"], as_of=today.isoformat())

    assert "Diperiksa oleh Eko, Tim penilai pada" in page_of(issued(case, tmp_path))


def test_a_check_takes_its_turn_before_it_goes_on_record(store, about, tmp_path, monkeypatch):
    seen = []
    note = _ledger.note

    def noting(folder, line):
        seen.append((folder / TURN).exists())
        note(folder, line)

    monkeypatch.setattr(_ledger, "note", noting)
    made(case_of(store), tmp_path, DIPERIKSA, by="Eko")
    made(case_of(store), tmp_path)

    assert seen == [True, True]


def test_what_was_a_letter_is_not_issued_again_without_its_settings(store, about, tmp_path):
    more = {"kind": "klarifikasi"}
    issued(case_of(store), tmp_path, letter=parse_letter(LETTER), **more)
    [outcome] = made(case_of(store), tmp_path, **more)

    assert outcome.error.key == "letter-lacking"
    for lang in LANGUAGES:
        assert "B-07/kota-a" in explain(outcome.error, lang)
        assert "--letter" in explain(outcome.error, lang)
    assert len(ledger(tmp_path, "klarifikasi")) == 1


def test_a_letter_for_a_kind_of_report_that_is_none_is_refused(store, about, tmp_path):
    with pytest.raises(ReportError) as caught:
        made(case_of(store), tmp_path, letter=parse_letter(LETTER))

    assert caught.value.key == "letter-kind"
    for lang in LANGUAGES:
        assert "klarifikasi" in explain(caught.value, lang)
    assert not list(tmp_path.rglob("*.html"))


def test_the_issued_page_comes_first_in_the_list_and_the_check_after_it(store, about, tmp_path):
    made(case_of(store), tmp_path, DIPERIKSA, by="Eko")
    issued(case_of(store), tmp_path)
    levels(store, about, "awal", {"2.1": 4})

    assert re.search(r"Terbit v1 .*Diperiksa ", labels(store, tmp_path))


def test_a_line_of_the_manifest_alone_issues_nothing(store, about, tmp_path):
    folder = tmp_path / ROUND / "verifikasi"
    folder.mkdir(parents=True)
    (folder / "kota-a.id.v1.html").write_text("x", encoding="utf-8")
    line = {
        **{"agency": "kota-a", "file": "kota-a.id.v1.html", "lang": "id"},
        **{"case": case_of(store).digest, "status": "terbit", "version": 1},
    }
    (folder / "manifest.jsonl").write_text(json.dumps(line), encoding="utf-8")

    assert listed(store, tmp_path).made == ()


def test_a_record_of_an_earlier_kit_still_counts(store, about, tmp_path):
    issued(case_of(store), tmp_path)
    path = tmp_path / ROUND / "verifikasi" / "terbitan.jsonl"
    [line] = ledger(tmp_path)
    for part in ("shown", "comparison", "checked_by", "checked_at"):
        del line[part]
    path.write_text(json.dumps(line), encoding="utf-8")

    assert issued(case_of(store), tmp_path).already
    assert [each.stale for each in listed(store, tmp_path).made] == [False]


def test_what_is_issued_before_the_determination_says_which_result_it_is(store, about, tmp_path):
    said = page_of(issued(case_of(store), tmp_path))

    assert "Yang diterbitkan ialah hasil verifikasi pada tahap verifikasi dan klarifikasi" in said
    assert "hasil verifikasi pada tahap" not in page_of(made(case_of(store), tmp_path, KONSEP)[0])
    letter = issued(case_of(store), tmp_path, kind="klarifikasi")
    assert "hasil verifikasi pada tahap" not in page_of(letter)


def test_who_only_took_a_level_back_is_no_evaluator_of_the_report(store, about, tmp_path):
    levels(store, about, "awal", {"2.1": None})
    case = Case(json.loads(case_of(store).text))
    # By somebody else than who stated the other levels.
    for entry in case.data["entries"]:
        payload = json.loads(entry["payload"])
        if entry["kind"] == "level" and payload["body"]["level"] is None:
            entry["author"] = "p-lain"

    assert "p-lain" not in page_of(made(case, tmp_path, KONSEP)[0])
