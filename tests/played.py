"""A day of sittings, made up: three rooms, who meets there, what they say; its store and people.

Played in ``test_played_sitting.py``. The agencies, their own levels and their files are those of
the demonstration.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from merit_kit import assessment, instrument, process
from merit_kit.files import kit_folder
from merit_kit.i18n import Words
from merit_kit.samples import demo_agencies
from merit_kit.store import Statement, Store, create_store, grant_application, permit
from tests.databases import Server
from tests.labs import Lab
from tests.sittings import ROUND
from tests.test_panel_two_sides import Person

HOST = "pemandu"
EDITION = instrument.load("kasn-2019")


@dataclass(frozen=True)
class Plan:
    """What happens in one room. People are (name, NIP, office); nobody was born in 1900."""

    agency: str
    name: str
    evaluator: tuple[str, str, str]
    head: tuple[str, str, str]
    asked: tuple[str, str]
    """A question of the preparation, which is answered, and the sub-aspect it is about."""
    answer: str
    file: str
    open: tuple[str, str]
    """A question of the sitting, which is still open at its end."""
    raised: tuple[str, str]
    lowered: tuple[str, str]
    agreed: str
    word: str
    """What the agency says of the record; it objects where `objects`."""
    objects: bool = False

    @property
    def sheet(self) -> str:
        return f"penilai-{self.agency}"

    @property
    def team(self) -> str:
        return f"tim-{self.agency}"

    @property
    def own(self) -> dict[str, int]:
        """The agency's levels of itself, as in the demonstration."""
        [sample] = [each for each in demo_agencies(EDITION) if each.code == self.agency]
        return {row[1]: int(row[2]) for row in sample.rows}

    @property
    def verified(self) -> dict[str, int]:
        """What they come to in the room: two move, one up and one down."""
        own = self.own
        return own | {
            self.raised[0]: own[self.raised[0]] + 1,
            self.lowered[0]: own[self.lowered[0]] - 1,
        }

    @property
    def nip_in_groups(self) -> str:
        """The NIP of the agency's head, as offices write it: 19800101 200501 1 001."""
        nip = self.head[1]
        return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What of this room is nobody else's business."""
        people = (*self.evaluator[:2], *self.head[:2])
        said = (self.asked[1], self.answer, self.open[1], self.raised[1], self.lowered[1])
        place = self.name.removeprefix("Kabupaten ")
        nip = self.nip_in_groups
        return (self.agency, place, *people, nip, *said, self.agreed, self.word, self.file)


PLANS = (
    Plan(
        "kab-jeneponto",
        "Kabupaten Jeneponto",
        ("Penilai Satu (fiktif)", "190011011920011001", "Tim Penilai Percontohan"),
        ("Kepala Satu (fiktif)", "190011021920011002", "Kepala BKPSDM Jeneponto"),
        ("1.3", "Apakah data pensiun sampai tahun 2031 sudah dimutakhirkan?"),
        "Rekapitulasi tahun 2027 sampai dengan 2031 baru saja kami unggah.",
        "rekap-pensiun-2031.csv",
        ("2.5", "Kapan berita acara penempatan ditandatangani?"),
        ("1.3", "Rekapitulasi pensiun lima tahun ke depan sudah lengkap."),
        ("2.1", "Rencana kebutuhan yang diunggah belum ditetapkan."),
        "Jeneponto menyampaikan berita acara penempatan yang sudah ditandatangani.",
        "Sesuai dengan pembahasan di ruang satu.",
    ),
    Plan(
        "kab-bulukumba",
        "Kabupaten Bulukumba",
        ("Penilai Dua (fiktif)", "190012011920012001", "Tim Penilai Percontohan"),
        ("Kepala Dua (fiktif)", "190012021920012002", "Kepala BKPSDM Bulukumba"),
        ("3.3", "Apakah matriks talenta sudah dipakai dalam pengisian jabatan?"),
        "Sudah, pada dua seleksi terbuka tahun ini; notulanya kami lampirkan.",
        "notula-seleksi.csv",
        ("6.3", "Mana rekap penegakan disiplin triwulan terakhir?"),
        ("3.3", "Matriks talenta terbukti dipakai dalam dua seleksi."),
        ("6.3", "Rekap penegakan disiplin berhenti pada triwulan kedua."),
        "Bulukumba mengunggah rekap penegakan disiplin triwulan ketiga.",
        "Penurunan nilai 6.3 tidak sesuai: rekapnya ada pada aplikasi.",
        objects=True,
    ),
    Plan(
        "kab-luwu-timur",
        "Kabupaten Luwu Timur",
        ("Penilai Tiga (fiktif)", "190013011920013001", "Tim Penilai Percontohan"),
        ("Kepala Tiga (fiktif)", "190013021920013002", "Kepala BKPSDM Luwu Timur"),
        ("5.1", "Apakah kontrak kinerja seluruh pejabat sudah ditandatangani?"),
        "Sudah; daftar penandatanganannya kami unggah.",
        "daftar-kontrak-kinerja.csv",
        ("3.6", "Bagaimana hasil analisis kesenjangan ditindaklanjuti?"),
        ("5.1", "Kontrak kinerja seluruh pejabat sudah ditandatangani."),
        ("3.6", "Analisis kesenjangan belum ditindaklanjuti dengan rencana."),
        "Luwu Timur menyusun rencana tindak lanjut analisis kesenjangan.",
        "Sesuai dengan pembahasan di ruang tiga.",
    ),
)  # fmt: skip


@dataclass
class Day:
    """Everybody at their screens, and the store, opened past their kernels."""

    lab: Lab
    store: Callable[[], Store]
    folder: Path
    abouts: dict[str, str]
    people: dict[str, Person] = field(default_factory=dict)
    papers: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def evaluator(self, plan: Plan) -> Person:
        return self.people[plan.sheet]

    def team(self, plan: Plan) -> Person:
        return self.people[plan.team]

    @property
    def host(self) -> Page:
        return self.people[HOST].page

    def standing(self, plan: Plan) -> dict[str, int]:
        with self.store() as store:
            sheet = assessment.levels_of(store, plan.agency, ROUND)["awal"].dropna()
        return {code: int(level) for code, level in sheet.items()}

    def stated(self, plan: Plan, kind: str) -> list[Any]:
        with self.store() as store:
            counting = assessment.Hearing(store, self.abouts[plan.agency]).counting()
        return list(counting[counting["kind"] == kind]["body"])


def opening(minutes: int) -> str:
    """So many minutes from now, as a register of rooms has it."""
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def begin_rooms(store: Store, minutes: int) -> None:
    """Put the three rooms, all of which begin in so many minutes."""
    for number, plan in enumerate(PLANS, 1):
        room = {
            **{"round": ROUND, "code": f"ruang-{number}", "name": f"Ruang Diskusi {number}"},
            **{"kind": process.SITTING_KINDS[0], "host": f"p-{HOST}"},
            "held_on": datetime.now().astimezone().date().isoformat(),
            "starts_at": opening(minutes),
        }
        store.put_room(room, [(plan.agency, f"p-{plan.sheet}")])


def furnish(store: Store, by: str) -> dict[str, str]:
    """Put agencies, people and rooms, and what the agencies have sent in; ids of assessments."""
    store.add_round(ROUND, 2026, 1)
    samples = {each.code: each for each in demo_agencies(EDITION)}
    everybody = [(HOST, ("Pemandu (fiktif)", None, "Sekretariat"), process.HOST, None)]
    for plan in PLANS:
        found = samples[plan.agency]
        parts = ("code", "name", "kind", "province", "time_zone")
        store.add_agencies([{part: getattr(found, part) for part in parts}])
        team = (f"Tim {plan.name} (fiktif)", None, "BKPSDM")
        everybody += [
            (plan.sheet, plan.evaluator, process.EVALUATOR, None),
            (plan.team, team, process.AGENCY, plan.agency),
        ]
        name, nip, office = plan.head
        row = {"id": f"p-kepala-{plan.agency}", "login": None, "name": name}
        store.add_people([{**row, "nip": nip, "office": office}])
    for login, (name, nip, office), role, agency in everybody:
        row = {"id": f"p-{login}", "login": login, "name": name, "nip": nip, "office": office}
        store.add_people([row])
        store.appoint(row["id"], role, agency)
    abouts = {}
    for plan in PLANS:
        about = abouts[plan.agency] = assessment.begin(store, plan.agency, ROUND, EDITION, by)
        reasons = {row[1]: row[3] for row in samples[plan.agency].rows}
        levels = [
            Statement(
                about,
                process.LEVEL,
                f"p-{plan.team}",
                assessment.now(),
                assessment.level_body(code, process.SELF, level, reasons[code]),
            )
            for code, level in plan.own.items()
        ]
        assessment.record(store, levels, f"p-{plan.team}")
        bukti = kit_folder("data") / "samples" / "bukti" / plan.agency
        assessment.import_evidence(store, bukti, ROUND, by, plan.agency)
    assessment.advance(store, ROUND, "verifikasi", by)
    begin_rooms(store, 30)
    return abouts


def on_postgresql(server: Server, stack: ExitStack) -> tuple[str, dict[str, str]]:
    """Make a database; its address, and that of each person, who is a role there."""
    database = server.database()
    stack.callback(server.drop, database)
    url = server.url(database)
    with create_store(url) as store:
        abouts = furnish(store, assessment.settle_in(store, "Sekretariat (fiktif)"))
        addresses = {}
        sees = {HOST: (abouts.values(), "all")}
        for plan in PLANS:
            sees[plan.sheet] = ([abouts[plan.agency]], "all")
            sees[plan.team] = ([abouts[plan.agency]], "agency")
        for login, (seen, how) in sees.items():
            role = f"{login}_{database}"
            store.add_people([{"id": f"p-{login}", "login": role}])
            grant_application(store, role)
            for about in seen:
                permit(store, role, about, how)
            addresses[login] = server.url(database, role)
    return url, addresses


def points(levels: dict[str, int]) -> str:
    """Add up weight times level, by hand."""
    total = sum(EDITION.weights[code] * level for code, level in levels.items())
    return Words("id").number(total)
