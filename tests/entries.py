"""Statements made by hand, and frames of them as a store would give; there is no store here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from merit_kit import process
from merit_kit.store import Statement

THREAD, OTHER_THREAD = "1" * 32, "2" * 32
FILE, OTHER_FILE = "3" * 32, "4" * 32
FINDING, OTHER_FINDING = "5" * 32, "6" * 32
SHA, OTHER_SHA = "a" * 64, "b" * 64

LEVEL = {"sub_aspect": "1.1", "level": 3, "reason": "Ada SK"}
FOUND = {"finding": FINDING, "source": "kunjungan", "seen_on": "2026-04-02", "photos": [SHA]}

BODIES: dict[str, dict[str, Any]] = {
    "self": {**LEVEL, "of": "self", "pass": None},
    "awal": {**LEVEL, "of": "verified", "pass": "awal"},
    "akhir": {**LEVEL, "of": "verified", "pass": "akhir"},
    "field": {**LEVEL, "of": "field", "pass": None, **FOUND},
    "second": {**LEVEL, "of": "second", "pass": None},
    "evidence": {"sub_aspect": "1.1", "file": FILE, "name": "sk.pdf", "sha256": SHA, "size": 1200,
                 "side": "agency", "withdrawn": False},
    "evidence-state": {"file": FILE, "sha256": SHA, "state": "sesuai", "text": "Halaman 3"},
    "note": {"sub_aspect": "1.1", "text": "Bagus"},
    "recommendation": {"sub_aspect": "1.1", "text": "Susun peta jabatan"},
    "follow-up": {"sub_aspect": "1.1", "round": "2025-2", "state": "sebagian", "text": ""},
    "question": {"sub_aspect": "1.1", "thread": THREAD, "text": "Mana SK-nya?", "missing": "SK tim",
                 "due": "2026-04-30"},
    "answer": {"thread": THREAD, "text": "Terlampir", "files": [SHA]},
    "closing": {"thread": THREAD, "closed": True, "text": ""},
    "mismatch-answer": {"sub_aspect": "1.1", "text": "Baru dimulai"},
    "objection": {"thread": THREAD, "sub_aspect": "1.1", "text": "Bukti sudah ada",
                  "withdrawn": False},
    "objection-answer": {"thread": THREAD, "accepted": False, "text": "Belum berlaku"},
    "sitting": {"name": "Ruang 1", "purpose": "verifikasi-klarifikasi", "held_on": "2026-04-02",
                "begins": "09:00", "ends": None, "zone": "WIB", "place": ""},
    "attendance": {"person": "p-1", "side": "agency", "signs": False, "withdrawn": False},
    "discussion": {"sub_aspect": "1.1", "thread": None, "text": "SK sedang disusun"},
    "agreed-action": {"sub_aspect": "1.1", "thread": None, "text": "Kirim SK", "side": "agency",
                      "due": "2026-04-30"},
    "submission": {"of": SHA, "text": ""},
    "acceptance": {"of": SHA, "text": "", "withdrawn": False},
    "determination": {"levels": {"2.1": 3, "1.1": 2, "1.2": 0}, "total": "230", "index": "0.58",
                      "category": "II", "text": "Rapat pleno"},
    "practice-result": {"of": SHA, "model": {"2.1": 3, "1.1": 2, "1.2": 0}},
    "stage": {"stage": "verifikasi", "text": ""},
}  # fmt: skip
"""A body in good form for all that can be stated; levels go by whose they are."""


def kind_of(name: str) -> str:
    return "level" if name in ("self", "awal", "akhir", "field", "second") else name


@dataclass(frozen=True, slots=True)
class Said(Statement):
    """A statement whose ids may be short, so that a test can be read."""

    def __post_init__(self) -> None:
        pass


def said(what: str, own: str, base: str = "", /, **more: Any) -> Statement:
    """A statement with the id `own` that names the ids in `base` (a word each).

    What is no part of the body (about, author, visible_to) goes to the statement.
    """
    about, author = more.pop("about", "a"), more.pop("author", "p-1")
    visible_to = more.pop("visible_to", "agency")
    assert set(more) <= set(BODIES[what]), more
    body = {**BODIES[what], **more}
    clock = "2026-03-01T02:00:00.000Z"
    named = tuple(base.split())
    return Said(about, kind_of(what), author, clock, body, named, visible_to, id=own)


def frame(*statements: Statement) -> pd.DataFrame:
    """The statements as the columns of the store's entry table that the rules look at."""
    columns = ("assessment", "id", "kind", "author", "stated_at", "visible_to", "payload")
    return pd.DataFrame(
        [{name: getattr(s, name) for name in columns} for s in statements],
        columns=list(columns),
        dtype=object,
    )


def standing(*statements: Statement) -> pd.DataFrame:
    return process.standing(process.unfold(frame(*statements)))


VARIANTS: dict[str, st.SearchStrategy[Any]] = {
    "sub_aspect": st.sampled_from(("2.1", "1.1", "1.2")),
    "level": st.none() | st.integers(0, 4),
    "thread": st.sampled_from((THREAD, OTHER_THREAD)),
    "file": st.sampled_from((FILE, OTHER_FILE)),
    "sha256": st.sampled_from((SHA, OTHER_SHA)),
    "finding": st.sampled_from((FINDING, OTHER_FINDING)),
    "state": st.sampled_from(("sesuai", "kurang")),
    "stage": st.sampled_from(("mandiri", "verifikasi", "perbaikan", "penetapan")),
    "due": st.none() | st.just("2026-04-30"),
    "withdrawn": st.booleans(),
    "closed": st.booleans(),
}


@st.composite
def histories(draw: st.DrawFn, about: str = "ab", names: Sequence[str] = ()) -> list[Statement]:
    """Statements each of which names any of those before it, or none."""
    made: list[Statement] = []
    for n in range(draw(st.integers(1, 14))):
        name = draw(st.sampled_from(names or sorted(BODIES)))
        known = [each.id for each in made]
        base = draw(st.lists(st.sampled_from(known), max_size=4, unique=True)) if known else []
        body = BODIES[name]
        parts = {part: draw(VARIANTS[part]) for part in body if part in VARIANTS}
        if name == "follow-up":
            del parts["state"]
        if "text" in body:
            parts["text"] = f"Teks {n}"
        about_this, author = draw(st.sampled_from(about)), draw(st.sampled_from(("p-1", "p-2")))
        made.append(
            said(name, f"e-{n:02}", " ".join(base), about=about_this, author=author, **parts)
        )
    return made
