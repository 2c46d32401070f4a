"""Invented data: the demonstration round, and any number of synthetic agencies.

Everything here is made up and deterministic: the same seed gives the same levels. Names of real
agencies appear in the demonstration because evaluators know them; their levels are invented all
the same, and every page made from them says so.
"""

from __future__ import annotations

import csv
import io
import random
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from merit_kit import process
from merit_kit.assessment import (
    Hearing,
    Imported,
    Incoming,
    acceptance_body,
    agreed_body,
    attendance_body,
    discussion_body,
    find,
    import_evidence,
    import_files,
    now,
    record,
    sandbox_agencies,
    set_calendar,
    settle_in,
    sitting_body,
    take_rooms,
    team_of,
    whoami,
)
from merit_kit.errors import StoreError
from merit_kit.files import kit_folder, write_whole
from merit_kit.instrument import Instrument, load
from merit_kit.store import Statement, Store, create_store, new_id, open_store
from merit_kit.workbook import read_agencies, read_published

DEMO_ROUND = "2026-2"
DEMO_ROUND_PARTS = (2026, 2)

_DEMO_SEED = 2026
_EVALUATOR = "p-contoh-penilai"
# Person id, name, office, role, NIP. Invented, like the levels; nobody was born in 1900.
_PEOPLE = (
    (
        *(_EVALUATOR, "Penilai Contoh (fiktif)", "Tim Penilai Percontohan", process.EVALUATOR),
        "190001011920011001",
    ),
    (
        *("p-contoh-penilai-2", "Penilai Kedua (fiktif)", "Tim Penilai Percontohan"),
        *(process.EVALUATOR, None),
    ),
    (
        *("p-contoh-pemandu", "Pemandu Contoh (fiktif)", "Sekretariat Percontohan", process.HOST),
        "190002021920022002",
    ),
    (
        *("p-contoh-komisioner", "Komisioner Contoh (fiktif)", "Percontohan"),
        *(process.COMMISSIONER, None),
    ),
)
# Three agencies, one evaluator, a room each: as such a day was reported (Jeneponto, 2022-10-24).
_ROOMS = (
    ("ruang-1", "kab-jeneponto", "2026-09-15", "2026-09-15T01:00:00Z"),
    ("ruang-2", "kab-bulukumba", "2026-09-15", "2026-09-15T03:00:00Z"),
    ("ruang-3", "kab-luwu-timur", "2026-09-15", "2026-09-15T05:00:00Z"),
)
DEMO_SITTINGS = tuple(agency for _, agency, _, _ in _ROOMS)
"""The agencies that were met in a room: of these there is a record of the sitting."""

_ROOM_OF = {agency: room for room, agency, _, _ in _ROOMS}
_CALENDAR = {
    "mandiri": ("2026-07-01", "2026-08-14"),
    "verifikasi": ("2026-08-15", "2026-09-30"),
    "perbaikan": ("2026-10-01", "2026-10-31"),
    "penetapan": ("2026-11-01", "2026-11-30"),
}
_STAGE = process.STAGES[1]
_FOLDER, _AGENCIES = "impor", "instansi.csv"

# Code, name, kind, province, time zone, how far along (mean level), share of sub-aspects verified.
_DEMO = (
    ("kab-jeneponto", "Kabupaten Jeneponto", "kabupaten", "Sulawesi Selatan", "WITA", 1.5, 1.0),
    ("kab-bulukumba", "Kabupaten Bulukumba", "kabupaten", "Sulawesi Selatan", "WITA", 2.2, 1.0),
    ("kab-luwu-timur", "Kabupaten Luwu Timur", "kabupaten", "Sulawesi Selatan", "WITA", 2.6, 0.55),
    (
        "kab-kutai-kartanegara",
        "Kabupaten Kutai Kartanegara",
        "kabupaten",
        "Kalimantan Timur",
        "WITA",
        2.9,
        1.0,
    ),
    ("kota-kediri", "Kota Kediri", "kota", "Jawa Timur", "WIB", 2.8, 1.0),
    ("kota-palu", "Kota Palu", "kota", "Sulawesi Tengah", "WITA", 2.4, 1.0),
    ("kota-padang-panjang", "Kota Padang Panjang", "kota", "Sumatera Barat", "WIB", 3.2, 1.0),
    (
        "contoh-kementerian",
        "Kementerian Urusan Percontohan (fiktif)",
        "kementerian",
        None,
        "WIB",
        3.7,
        1.0,
    ),
    ("contoh-badan", "Badan Data Rekaan Nasional (fiktif)", "lpnk", None, "WIB", 3.0, 1.0),
    (
        "contoh-provinsi",
        "Provinsi Nusa Contoh (fiktif)",
        "provinsi",
        "Nusa Contoh",
        "WIT",
        2.5,
        1.0,
    ),
    (
        "contoh-kabupaten",
        "Kabupaten Telaga Umpama (fiktif)",
        "kabupaten",
        "Nusa Contoh",
        "WIT",
        1.9,
        0.0,
    ),
    ("contoh-kota", "Kota Misal Raya (fiktif)", "kota", "Nusa Contoh", "WIB", 3.4, 1.0),
)

# Kota Kediri's result of 2022 was reported as 272.5 (data/published/results.csv). Verified as its
# own level in these, the invented levels add up to that under this edition.
_AS_REPORTED = {("kasn-2019", "kota-kediri"): ("1.1", "3.9", "3.10")}

# Procurement comes easily to most, career development to few (national averages published for
# 2021: 73.9 % and 31 %). Steps added to an agency's mean level, by aspect.
_LEANINGS = {1: 0.4, 2: 0.7, 3: -0.7, 4: -0.4, 5: 0.3, 6: 0.2, 7: 0.3, 8: -0.1}

_EXPLANATIONS = (
    "Dokumen sudah ditetapkan dan diunggah pada bukti dukung.",
    "Dilaksanakan oleh BKPSDM bersama seluruh perangkat daerah.",
    "Data ditarik dari sistem informasi kepegawaian.",
    "Peraturan pimpinan instansi terlampir, berlaku sejak tahun lalu.",
    "Sedang disempurnakan; konsep terakhir dilampirkan.",
)
_LOWERED = (
    "Dokumen yang diunggah masih konsep dan belum ditandatangani.",
    "Bukti hanya mencakup sebagian unit kerja.",
    "Data yang ditampilkan belum dimutakhirkan pada tahun berjalan.",
    "Tangkap layar tidak menunjukkan keterkaitan dengan sistem informasi kepegawaian.",
)
_RAISED = (
    "Bukti tambahan yang disampaikan saat klarifikasi memenuhi kriteria level ini.",
    "Peraturan dan laporan pelaksanaan lengkap; instansi menilai dirinya terlalu rendah.",
)
_NOTES = (
    "Mohon melengkapi surat keputusan penetapan.",
    "Cantumkan tanggal pemutakhiran data pada lampiran.",
    "Praktik sudah berjalan; dokumentasikan dalam laporan tahunan.",
)

_HEADINGS = ("instansi", "subaspek", "mandiri", "keterangan", "verifikasi", "alasan", "catatan")


@dataclass(frozen=True, slots=True)
class SampleAgency:
    """An agency with invented levels: rows as the columns of `_HEADINGS`."""

    code: str
    name: str
    kind: str
    province: str | None
    time_zone: str | None
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """Where the files of a sample round lie."""

    agencies: Path
    levels: list[Path]


def demo_agencies(instrument: Instrument | None = None) -> list[SampleAgency]:
    """Return the twelve agencies of the demonstration round."""
    edition = instrument or load()
    return [
        SampleAgency(
            *(code, name, kind, province, zone),
            _as_reported(
                _rows(code, mean, verified, edition, _DEMO_SEED),
                _AS_REPORTED.get((edition.id, code), ()),
            ),
        )
        for code, name, kind, province, zone, mean, verified in _DEMO
    ]


def synthetic(
    count: int, instrument: Instrument | None = None, seed: int = 1
) -> Iterator[SampleAgency]:
    """Yield `count` synthetic agencies, plainly named as such."""
    edition = instrument or load()
    chance = random.Random(seed)  # noqa: S311 no secret
    for number in range(1, count + 1):
        code = f"rekaan-{number:06d}"
        mean = chance.uniform(1.2, 3.8)
        yield SampleAgency(
            code,
            f"Instansi Rekaan {number:06d}",
            chance.choice(("kementerian", "lpnk", "provinsi", "kabupaten", "kota")),
            None,
            None,
            _rows(code, mean, 1.0, edition, seed),
        )


def write_demo(folder: Path) -> SampleFiles:
    """Write the demonstration round as the CSV files an agency would send in."""
    return write_files(folder / _FOLDER, demo_agencies())


def make_demo(folder: Path) -> list[Imported]:
    """Make the demonstration: a store with the twelve agencies, what they sent in and the history.

    The levels come in by the same door as an agency's own file, out of the CSV files beside it,
    and so do the files of evidence. An evaluator has said something of some of them. Made again,
    it adds what is missing and returns that.
    """
    with open_practice(folder) as store:
        store.add_published(read_published(kit_folder("data") / "published" / "results.csv"))
        by = whoami(store)
        if store.planned_stages().empty:  # else it was arranged before, and perhaps changed since
            with store.together("person", "appointment", "round", "room"):
                _arrange(store, by)
        # Those that are there already may have been worked on; they are left alone.
        new = [a.code for a in demo_agencies() if find(store, a.code, DEMO_ROUND) is None]
        files = [folder / _FOLDER / f"{code}.csv" for code in new]
        how = Incoming(invented=True, evaluator=_EVALUATOR, stage=_STAGE)
        # One transaction: an agency that is found there the next time is there with all it has.
        with store.together("person", "appointment"):
            done = import_files(store, files, DEMO_ROUND, by, how)
            for code in new:
                _show_and_discuss(store, code, by)
        return done


def _show_and_discuss(store: Store, code: str, by: str) -> None:
    """Take the sample files of an agency, and state what was invented about them and around."""
    folder = kit_folder("data") / "samples"
    if (folder / "bukti" / code).is_dir():
        import_evidence(store, folder / "bukti" / code, DEMO_ROUND, by, code)
    texts = (folder / "statements.toml").read_text(encoding="utf-8")
    said = tomllib.loads(texts).get(code, [])
    about, team = str(find(store, code, DEMO_ROUND)), team_of(store, code)
    entries = process.unfold(store.entries([about]))
    shown = entries[entries["kind"] == process.EVIDENCE]["body"]
    files = {body["name"]: {part: body[part] for part in ("file", "sha256")} for body in shown}
    begun = datetime.now(UTC)
    statements: list[Statement] = []
    asked: Statement | None = None
    for place, each in enumerate(each for each in said if each["kind"] != process.ACCEPTANCE):
        body: dict[str, Any] = {part: each[part] for part in each if part not in ("kind", "name")}
        author, base, room = _EVALUATOR, tuple[str, ...](), None
        match each["kind"]:
            case process.EVIDENCE_STATE:
                body |= files[each["name"]]
            case process.QUESTION:
                body["thread"] = new_id()
            case process.ANSWER if asked:
                body |= {"thread": asked.body["thread"], "files": []}
                author, base = team, (asked.id,)
            case process.LEVEL:
                body |= {"pass": None, "finding": new_id(), "photos": []}
            case process.OBJECTION:
                body |= {"thread": new_id(), "withdrawn": False}
                author = team
            case process.SITTING:
                room = _ROOM_OF[code]
                body = sitting_body(store, about, room, ends=each["ends"], place=each["place"])
            case process.ATTENDANCE:
                room = _ROOM_OF[code]
                body = _present(store, f"p-contoh-{code}-{place}", each)
            case process.DISCUSSION:
                body = discussion_body(text=each["text"], **_about_what(each, asked))
            case process.AGREED:
                more = {part: each[part] for part in ("due", "side") if part in each}
                body = agreed_body(text=each["text"], **_about_what(each, asked), **more)
        # One after another, as they were put down: the list of those present goes by it.
        at = (begun + timedelta(milliseconds=place)).isoformat(timespec="milliseconds")
        stated = at.replace("+00:00", "Z")
        statements.append(Statement(about, each["kind"], author, stated, body, base, room=room))
        asked = statements[-1] if each["kind"] == process.QUESTION else asked
    record(store, statements, by)
    for each in said:
        if each["kind"] == process.ACCEPTANCE:
            # Of what is on record now, so it comes last.
            body = acceptance_body(Hearing(store, about).counting(), each["text"])
            record(store, [Statement(about, process.ACCEPTANCE, team, now(), body)], by)


def _about_what(each: Mapping[str, Any], asked: Statement | None) -> dict[str, Any]:
    """Return what something said or agreed is about: the question before it, unless it says."""
    if asked and "sub_aspect" not in each:
        return {part: asked.body[part] for part in ("sub_aspect", "thread")}
    return {"sub_aspect": each["sub_aspect"] or None, "thread": None}


def _present(store: Store, person: str, each: Mapping[str, Any]) -> dict[str, Any]:
    """Put somebody invented into the table of people, unless it is one of the round's people."""
    if "person" not in each:
        known = {part: each[part] for part in ("name", "office", "nip")}
        store.add_people([{"id": person, "login": None, **known}])
    signs = bool(each.get("signs", False))
    return attendance_body(each.get("person", person), each["side"], signs=signs)


def _arrange(store: Store, by: str) -> None:
    """Appoint invented people, and give the round its calendar and three rooms."""
    for person, name, office, role, nip in _PEOPLE:
        row = {"id": person, "login": None, "name": name, "nip": nip, "office": office}
        store.add_people([row])
        store.appoint(person, role)
    set_calendar(store, by, DEMO_ROUND, _CALENDAR)
    rooms = [
        {
            "code": code,
            "name": f"Ruang Diskusi {number}",
            "kind": process.SITTING_KINDS[0],
            "held_on": day,
            "starts_at": begins,
            "host": _PEOPLE[2][0],
            # Whoever tries the demonstration has a seat as well, or they could only look on.
            "sittings": [(agency, _EVALUATOR), (agency, by)],
        }
        for number, (code, agency, day, begins) in enumerate(_ROOMS, start=1)
    ]
    take_rooms(store, by, DEMO_ROUND, rooms)


def open_practice(folder: str | Path = "latihan") -> Store:
    """Open a practice store, making it at the first visit: the demonstration round, no levels yet.

    Its agencies and its round are known, and ``impor/`` beside it holds their files.
    """
    place = Path(folder)
    store = open_store(place) if (place / "merit.db").exists() else create_store(place)
    # The list of agencies is written last and looked for: a first visit may have been cut off, and
    # files that are whole may have been edited since.
    agencies = place / _FOLDER / _AGENCIES
    if not agencies.exists():
        write_demo(place)
    listed = read_agencies(agencies)
    foreign = (
        set(store.agencies().index) - {row["code"] for row in listed} - sandbox_agencies(store)
    )
    if foreign:
        store.close()
        raise StoreError("store-not-practice", path=str(place))
    store.add_agencies(listed)
    store.add_round(DEMO_ROUND, *DEMO_ROUND_PARTS)
    settle_in(store)
    return store


def write_files(folder: Path, agencies: Iterable[SampleAgency]) -> SampleFiles:
    """Write agencies and their levels as CSV files, separated by semicolon as in Indonesia."""
    listed = list(agencies)
    heading = ("kode", "nama", "jenis", "provinsi", "zona waktu")
    names = [(a.code, a.name, a.kind, a.province or "", a.time_zone or "") for a in listed]
    levels = []
    for agency in listed:
        path = folder / f"{agency.code}.csv"
        write_whole(path, _csv(_HEADINGS, agency.rows))
        levels.append(path)
    table = folder / _AGENCIES
    write_whole(table, _csv(heading, names))
    return SampleFiles(table, levels)


def _csv(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    # The mark tells Excel that this is UTF-8.
    return "\ufeff" + text.getvalue()


def _as_reported(
    rows: tuple[tuple[str, ...], ...], agreed: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    """Verify the level the agency gave itself in the sub-aspects `agreed`."""
    return tuple((*row[:4], row[2], "", row[6]) if row[1] in agreed else row for row in rows)


def _rows(
    code: str, mean: float, verified_share: float, instrument: Instrument, seed: int
) -> tuple[tuple[str, ...], ...]:
    chance = random.Random(f"{seed}/{code}")  # noqa: S311 no secret
    low, high = instrument.scale[0], instrument.scale[-1]
    until = round(verified_share * len(instrument.codes))
    rows = []
    for place, sub in enumerate(instrument.sub_aspects):
        wish = mean + _LEANINGS.get(sub.aspect, 0.0) + chance.gauss(0, 0.6)
        verified = min(max(round(wish), low), high)
        # Agencies tend to think a little better of themselves than their evidence does.
        own = min(max(verified + chance.choices((-1, 0, 1), (1, 7, 4))[0], low), high)
        done = place < until
        moved = done and own != verified
        rows.append(
            (
                code,
                sub.code,
                str(own),
                chance.choice(_EXPLANATIONS),
                str(verified) if done else "",
                chance.choice(_LOWERED if own > verified else _RAISED) if moved else "",
                chance.choice(_NOTES) if done and verified < high and chance.random() < 0.3 else "",
            )
        )
    return tuple(rows)
