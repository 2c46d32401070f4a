"""Two agencies assessed in one round, each with a mark of its own in every text that can be
filled in, so that a mark in the wrong place shows.
"""

from __future__ import annotations

from typing import Any

from merit_kit import assessment
from merit_kit.store import Store
from tests.conftest import ROUND, level, note, verifying


def fill(store: Store, tiny: Any, code: str, mark: str, name: str, score: str | None = None) -> str:
    """Fill in one agency. Its published `score` is a mark as well, unless a number is given."""
    store.add_agencies([{"code": code, "name": name, "kind": "kota", "province": f"Prov {mark}"}])
    for person, role, agency in (
        ("orang", "agency", code),
        ("penilai", "evaluator", None),
        ("pencatat", "secretariat", None),
    ):
        store.add_people(
            [
                {
                    "id": f"{person}-{mark}",
                    "login": f"login-{mark}-{person}",
                    "name": f"Nama {mark} {person}",
                    "nip": f"nip-{mark}-{person}",
                    "office": f"Kantor {mark}",
                }
            ]
        )
        store.appoint(f"{person}-{mark}", role, agency)
    store.add_published(
        [
            {
                "agency": name,
                "kind": "kota",
                "year": year,
                "score": score or f"{mark}-250",
                "index": None,
                "category": None,
                "aspect_values": None,
                "source": f"Sumber {mark}",
            }
            for year in ("2021", "2019")
        ]
    )
    room = {"round": ROUND, "code": f"ruang-{mark}", "name": f"Ruang {mark}", "host": None}
    when = {"held_on": "2026-03-01", "starts_at": None}
    own, found = f"orang-{mark}", f"penilai-{mark}"
    store.put_room({**room, **when, "kind": "verifikasi-klarifikasi"}, [(code, found)])
    about = assessment.begin(store, code, ROUND, tiny, own)
    verifying(store, about)
    there = {"room": f"ruang-{mark}"}
    first = level(about, "1.1", 2, reason=f"alasan lama {mark}", author=own, **there)
    verified = {"of": "verified", "reason": f"verifikasi {mark}", "author": found}
    secret = {"visible_to": "internal", "author": found}
    said = [
        first,
        level(about, "1.1", 3, reason=f"alasan {mark}", base=(first.id,), author=own, **there),
        level(about, "1.1", 1, **verified, **there),
        note(about, "2.1", f"catatan {mark}", author=found, **there),
        note(about, "1.2", f"rahasia {mark}", **secret, **there),
    ]
    assessment.record(store, said, f"pencatat-{mark}")
    return about


def two_agencies(store: Store, tiny: Any) -> dict[str, str]:
    """Fill in both; return the ids of their assessments by agency. Their marks are QQ and ZZ."""
    return {
        "kota-a": fill(store, tiny, "kota-a", "QQ", "Kota QQ"),
        "kab-b": fill(store, tiny, "kab-b", "ZZ", "Kabupaten ZZ"),
    }
