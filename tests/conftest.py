"""What the tests share: an instrument small enough to add up in one's head, and a fresh store."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from xdist.scheduler import LoadScopeScheduling

from merit_kit import assessment, instrument
from merit_kit.store import Statement, Store, create_store, open_store
from tests.databases import Server, started
from tests.pages import browser
from tests.sittings import Rooms, rooms

ROUND = "2026-1"

# They wait more than they work: on one worker, from the start, while the others have both cores.
AT_JUPYTERLAB = (
    *("test_panel_never_lost", "test_panel_keys", "test_lab_recovery"),
    *("test_panel_two_sides", "test_panel_rooms", "test_played_sitting", "test_panel_hostile"),
)


class _WholeFiles(LoadScopeScheduling):
    """Gives a worker whole files: what a file sets up is set up once, and its tests stay in order.

    A page that one test leaves open to the next allows no other way. Marks for groups do not do it:
    xdist 3.8 under pytest 9.2 passes over them without a word.
    """

    def _split_scope(self, nodeid: str) -> str:
        name = Path(nodeid.split("::")[0]).stem
        return "at-jupyterlab" if name in AT_JUPYTERLAB else name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    return _WholeFiles(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: at the end no worker waits for another."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    longest = (*AT_JUPYTERLAB, "test_reports", "test_notebooks", "test_pages")
    return longest.index(item.path.stem) if item.path.stem in longest else len(longest)


@pytest.fixture(autouse=True)
def _kit_of_now() -> None:
    """Let a test begin with the kit as it lies there: somebody may edit it while its tests run."""
    keys = sys.modules.get("merit_kit.reports._keys")
    if keys is not None:
        keys.sources.cache_clear()


def both(text: str) -> dict[str, str]:
    return {"id": text, "en": f"{text} (en)"}


def sub_aspect(code: str, weight: str | None, top: int = 4, low: int = 1) -> dict[str, Any]:
    sources = dict.fromkeys(("name", "weight", "levels", "evidence"), "assumed")
    return {
        "number": code,
        "name": both(f"Nama {code}"),
        "weight": weight,
        "sources": sources,
        "levels": {str(n): both(f"{code} level {n}") for n in range(low, top + 1)},
        "evidence": [both(f"Bukti {code}")],
    }


def tiny_data() -> dict[str, Any]:
    """Two aspects: 2, with 2.1 of weight 70, then 1, with 1.1 of weight 10 and 1.2 of weight 20.

    Aspect 2 comes first so that sorted order cannot pass for the instrument's. 400 points at most.
    """
    sources = {"name": "assumed", "description": "assumed", "maximum": "assumed"}
    band = {"bounds": "assumed", "name": "assumed", "consequence": "assumed"}
    return {
        "format": 1,
        "id": "tiny",
        "status": "reconstruction",
        "title": both("Instrumen kecil"),
        "issuer": "Penguji",
        "legal_basis": "-",
        "valid": {"from": "2026", "to": None, "source": "assumed"},
        "sources": {"book": {"title": both("Sebuah buku"), "confidence": "published"}},
        "scale": {
            "lowest": 1,
            "highest": 4,
            "unproven": both("Tidak terbukti"),
            "sources": {"levels": "book", "unproven": "assumed"},
        },
        "maximum": {"value": 400, "source": "book"},
        "index": {"divisor": 400, "decimals": 2, "source": "book"},
        "categories": {
            "on": "score",
            "inclusive": "lower",
            "source": "assumed",
            "bands": [
                {"code": "I", "name": both("Rendah"), "from": 0, "to": 200,
                 "sources": band, "consequence": both("Dibina.")},
                {"code": "II", "name": both("Tinggi"), "from": 200,
                 "sources": band, "consequence": both("Selesai.")},
            ],
        },
        "aspects": [
            {"number": 2, "name": both("Aspek dua"), "description": both("Tentang dua"),
             "maximum": 280, "sources": sources, "sub_aspects": [sub_aspect("2.1", "70")]},
            {"number": 1, "name": both("Aspek satu"), "description": both("Tentang satu"),
             "maximum": 120, "sources": sources,
             "sub_aspects": [sub_aspect("1.1", "10"), sub_aspect("1.2", "20")]},
        ],
    }  # fmt: skip


def official_data() -> dict[str, Any]:
    """The tiny instrument as an official edition: every part of it comes from the book."""
    text = json.dumps({**tiny_data(), "status": "official"}).replace('"assumed"', '"book"')
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture
def data() -> dict[str, Any]:
    """The plain data of the tiny instrument, free to be spoilt."""
    return tiny_data()


@pytest.fixture(scope="session")
def tiny() -> instrument.Instrument:
    return instrument.from_data(tiny_data())


@pytest.fixture(scope="session")
def kasn() -> instrument.Instrument:
    return instrument.load("kasn-2019")


PEOPLE = (
    # p-1 belongs to both agencies' teams; whoever evaluates belongs to none.
    ("p-1", "Ani", "Tim penilai mandiri", (("agency", "kota-a"), ("agency", "kab-b"))),
    ("p-e", "Eko", "Tim penilai", (("evaluator", None),)),
    ("p-s", "Sri", "Sekretariat", (("secretariat", None),)),
    ("p-k", "Kamil", "Komisioner", (("commissioner", None),)),
)


def furnish(made: Store) -> None:
    """Put two agencies, one round and four people with their roles into a new store."""
    made.add_agencies(
        [
            {"code": "kota-a", "name": "Kota A", "kind": "kota", "province": "Nusa"},
            {"code": "kab-b", "name": "Kabupaten B", "kind": "kabupaten", "province": None},
        ]
    )
    made.add_round(ROUND, 2026, 1)
    for person, name, office, roles in PEOPLE:
        row = {"id": person, "login": None, "name": name, "nip": None, "office": office}
        made.add_people([row])
        for role, agency in roles:
            made.appoint(person, role, agency)


@pytest.fixture(scope="session")
def server(testrun_uid: str, worker_id: str) -> Iterator[Server]:
    """The PostgreSQL of this run, shared by its workers."""
    with started(testrun_uid, worker_id) as running:
        yield running


@pytest.fixture(scope="session")
def furnished_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a furnished store, to be copied."""
    folder = tmp_path_factory.mktemp("furnished") / "ws"
    with create_store(folder) as made:
        furnish(made)
    return folder


@pytest.fixture(scope="session")
def furnished(server: Server) -> str:
    """A database with a furnished store, to be copied."""
    name = server.database()
    with create_store(server.url(name)) as made:
        furnish(made)
    return name


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """The address of a new, empty database."""
    name = server.database()
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A fresh store with two agencies and one round, on each database."""
    if request.param == "sqlite":
        copied = shutil.copytree(request.getfixturevalue("furnished_folder"), tmp_path / "ws")
        with open_store(copied) as opened:
            yield opened
        return
    server = request.getfixturevalue("server")
    name = server.database(request.getfixturevalue("furnished"))
    with open_store(server.url(name)) as opened:
        yield opened
    server.drop(name)


@pytest.fixture
def begun(store: Store, tiny: instrument.Instrument) -> str:
    """The id of an open assessment of kota-a under the tiny instrument."""
    return assessment.begin(store, "kota-a", ROUND, tiny, "p-1")


def level(about: str, code: str, value: int | None, **more: Any) -> Statement:
    """A statement of p-1: on `about` (an assessment), sub-aspect `code` has reached `value`."""
    of, make = more.pop("of", "self"), more.pop("make", Statement)
    reached = {
        "sub_aspect": code,
        "of": of,
        "pass": "awal" if of == "verified" else None,
        "level": value,
        "reason": more.pop("reason", ""),
    }
    stated = {"author": "p-1", "stated_at": "2026-03-01T02:00:00.000Z", **more}
    return make(about, "level", body=reached, **stated)


def note(about: str, code: str, text: str, **more: Any) -> Statement:
    make = more.pop("make", Statement)
    stated = {"author": "p-1", "stated_at": "2026-03-01T02:00:00.000Z", **more}
    return make(about, "note", body={"sub_aspect": code, "text": text}, **stated)


def verifying(store: Store, *abouts: str) -> None:
    """Move assessments to the stage of verification and clarification."""
    for about in abouts:
        body = {"stage": "verifikasi", "text": ""}
        stated_at = "2026-03-01T01:00:00.000Z"
        assessment.record(store, [Statement(about, "stage", "p-s", stated_at, body)], "p-s")


@pytest.fixture(scope="session")
def panel_rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """The scoring panel in a JupyterLab, started once for all who break it."""
    with rooms(tmp_path_factory.mktemp("r") / "ws", tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def panel_page(chromium: Browser) -> Iterator[Page]:
    """A page at laptop size in a browser that remembers nothing."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()
