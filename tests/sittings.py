"""The scoring panel in a real JupyterLab and a real browser: agencies to score, what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from merit_kit import assessment, instrument, process
from merit_kit.files import kit_folder
from merit_kit.store import Statement, create_store, open_store
from tests.labs import READY, Lab, running_lab

ROUND = "2026-1"
SHEET = '[data-merit="sheet"]'

# Every operation the panel takes is kept by the browser first: there its id is seen.
WATCH = """
window.made ??= JSON.parse(sessionStorage.getItem("made") ?? "[]");
const keep = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  const id = key.split("/").pop();
  if (this === localStorage && key.startsWith("merit/") && /^[0-9a-f]{32}$/.test(id)
      && !window.made.includes(id)) {
    window.made.push(id);
    keep.call(sessionStorage, "made", JSON.stringify(window.made));
  }
  return keep.call(this, key, value);
};
"""


class Sitting:
    """A panel on one agency in a page, and what the store holds of it."""

    def __init__(self, page: Page, rooms: Rooms, agency: str, port: int | None = None) -> None:
        self.page, self.folder, self.agency = page, rooms.folder, agency
        page.add_init_script(WATCH)
        page.goto(rooms.lab.address(f"{agency}.ipynb", port))
        self.is_there()

    def is_there(self) -> None:
        self.page.wait_for_selector(READY, timeout=60_000)

    def choose(self, code: str) -> None:
        self.page.click(f'{SHEET} .ms-row[data-code="{code}"]')

    def click(self, code: str, *steps: int) -> None:
        self.choose(code)
        for step in steps:
            self.page.click(f'{SHEET} [data-step="{step}"][data-code="{code}"]')

    def saved(self, within: int = 60) -> None:
        self.page.wait_for_selector(f'{SHEET} [data-save="saved"]', timeout=within * 1000)

    def unsaved(self) -> int:
        shown = self.page.locator(f"{SHEET} [data-save]").first
        return int(shown.get_attribute("data-pending") or 0)

    def made(self) -> list[str]:
        return list(self.page.evaluate("window.made"))

    def stored(self, kind: str = process.LEVEL) -> list[Any]:
        with open_store(self.folder) as store:
            about = assessment.find(store, self.agency, ROUND)
            rows = [process.Stated.from_payload(row.payload) for row in store.arrivals(about)]
        return [each for each in rows if each.kind == kind]

    def notes(self, code: str) -> list[str]:
        """The notes stated at a sub-aspect, in order."""
        return [e.body["text"] for e in self.stored("note") if e.body["sub_aspect"] == code]

    def levels(self, code: str) -> list[int | None]:
        """The levels stated at a sub-aspect, in order."""
        return [each.body["level"] for each in self.stored() if each.body["sub_aspect"] == code]

    def state_elsewhere(self, code: str, level: int) -> None:
        """State a level past the panel, as another program does, on top of what stands."""
        with open_store(self.folder) as store:
            about = assessment.find(store, self.agency, ROUND)
            assert about is not None
            counting = assessment.Hearing(store, about).books.of_kind(process.LEVEL)
            person = assessment.whoami(store)
            body = {"sub_aspect": code, "of": "verified", "pass": "awal", "level": level}
            said = Statement(
                about,
                process.LEVEL,
                person,
                "2026-03-01T02:00:00.000Z",
                {**body, "reason": ""},
                base=tuple(each.id for each in counting if each.body["sub_aspect"] == code),
            )
            assessment.record(store, [said], person)

    def shows(self, code: str, level: int) -> None:
        """Wait until the list shows a verified level."""
        row = f'{SHEET} .ms-row[data-code="{code}"] .ms-pill'
        self.page.locator(row, has_text=str(level)).wait_for(timeout=20_000)

    def standing(self) -> dict[str, int]:
        with open_store(self.folder) as store:
            sheet = assessment.levels_of(store, self.agency, ROUND)["awal"].dropna()
        return {code: int(level) for code, level in sheet.items()}

    def holds(self, clicks: int, **last: int) -> None:
        """Each of the clicks is in the store once, and these levels stand."""
        made, stored = self.made(), [each.id for each in self.stored()]
        assert len(made) == clicks
        assert sorted(stored) == sorted(made)
        assert self.standing() == {code.replace("_", "."): level for code, level in last.items()}


class Rooms:
    """A lab on a store with agencies to be scored; each test takes its own."""

    def __init__(self, lab: Lab, agencies: list[str]) -> None:
        self.lab, self.folder = lab, lab.folder
        self._left = agencies

    def agency(self) -> str:
        """One nobody has scored yet; its notebook is named after it."""
        return self._left.pop()

    def another(self, agency: str) -> str:
        """A second notebook for an agency; its name without the ending."""
        name = f"{agency}-lagi"
        text = (self.folder / f"{agency}.ipynb").read_text(encoding="utf-8")
        (self.folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
        return name


@contextmanager
def rooms(made: Path, home: Path, agencies: int = 24) -> Iterator[Rooms]:
    """Agencies in verification, ours to score; the panel's notebook once for each of them."""
    codes = [f"kota-{n:02}" for n in range(agencies)]
    edition = instrument.load("kasn-2019")
    source = (kit_folder("notebooks") / "10-sesi-penilaian.ipynb").read_text(encoding="utf-8")
    with create_store(made) as store:
        by = assessment.settle_in(store, "Penilai Uji")
        store.add_agencies([{"code": code, "name": code, "kind": "kota"} for code in codes])
        store.add_round(ROUND, 2026, 1)
        for code in codes:
            assessment.begin(store, code, ROUND, edition, by)
            given = source.replace("agency = None", f"agency = '{code}'")
            given = given.replace("round_ = None", f"round_ = '{ROUND}'")
            (made / f"{code}.ipynb").write_text(given, encoding="utf-8")
        assessment.advance(store, ROUND, "verifikasi", by)
    with running_lab(made, home) as lab:
        yield Rooms(lab, codes)
