"""The practice run: an invented agency with its evidence, and the levels of a careful evaluator.

What the agency says and shows goes into a store, as a sandbox; the model stays in the kit, and is
looked at when somebody has scored. Where the data lies and what it looks like:
``data/practice/latihan-1.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from merit_kit import process
from merit_kit.assessment import (
    Shown,
    add_round,
    begin,
    level_body,
    local_day,
    now,
    record,
    sandboxes,
    settle_in,
    take_files,
    team_of,
    whoami,
)
from merit_kit.errors import Problem, RuleError
from merit_kit.files import is_file_name, kit_folder
from merit_kit.i18n import LANGUAGES, Text
from merit_kit.instrument import Instrument, load
from merit_kit.store import PRACTICE, Statement, Store

PRACTICE_RUN = "latihan-1"

_TEXTS = ("said", "shows", "reason")
_PARTS = {"code", "self", "model", "file", *_TEXTS}


@dataclass(frozen=True, slots=True)
class Item:
    """One sub-aspect: the agency's level and words, its file, the model's level and reason."""

    code: str
    own: int
    said: Text
    file: str
    shows: Text
    model: int
    reason: Text


@dataclass(frozen=True, slots=True)
class Practice:
    """An invented agency to practise on. `items` by sub-aspect; `mark` says that it is invented."""

    code: str
    name: Text
    mark: Text
    edition: Instrument
    items: Mapping[str, Item]
    folder: Path

    @property
    def levels(self) -> dict[str, int]:
        """The model's levels, by sub-aspect."""
        return {code: item.model for code, item in self.items.items()}


def read(code: str = PRACTICE_RUN, folder: Path | None = None) -> Practice:
    """Read a practice run.

    Parameters
    ----------
    code : str
        Of its agency, and the name of its file.
    folder : Path, optional
        By default the kit's ``data/practice``. Files of evidence lie in its ``bukti/``.

    Raises
    ------
    RuleError
        If it cannot be read, or with everything that is wrong with it: a part is
        missing or empty in a language, a sub-aspect is not the edition's, missing or there twice, a
        level is off the scale, a file is neither there nor to be written.
    InstrumentError
        If there is no such edition.
    """
    place = folder or kit_folder("data") / "practice"
    path = place / f"{code}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        edition = load(data["edition"])
        items = [dict(each) for each in data["items"]]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RuleError("practice-unreadable", path=str(path), reason=str(error)) from error
    texts = {f"{part}": data.get(part) for part in ("name", "mark")}
    problems = [*_of_texts("", texts), *_of_items(items, edition, place / "bukti")]
    if data.get("code") != code:
        problems.append(Problem("code", "not-allowed", str(data.get("code")), code))
    if problems:
        raise RuleError("practice-faulty", problems, path=str(path))
    return Practice(
        code,
        Text(**data["name"]),
        Text(**data["mark"]),
        edition,
        {
            each["code"]: Item(
                *(each["code"], each["self"], Text(**each["said"]), each["file"]),
                *(Text(**each["shows"]), each["model"], Text(**each["reason"])),
            )
            for each in sorted(items, key=lambda each: edition.codes.index(each["code"]))
        },
        place,
    )


def _of_items(items: list[dict[str, Any]], edition: Instrument, files: Path) -> Iterator[Problem]:
    steps = ", ".join(map(str, edition.steps))
    seen: list[Any] = []
    for each in items:
        code = each.get("code")
        if code not in edition.codes:
            yield Problem(str(code), "code-unknown", str(code))
        elif code in seen:
            yield Problem(str(code), "practice-twice")
        seen.append(code)
        if set(each) != _PARTS:
            found = ", ".join(sorted(map(str, each)))
            yield Problem(str(code), "body-shape", found, ", ".join(sorted(_PARTS)))
            continue
        yield from _of_texts(str(code), {part: each[part] for part in _TEXTS})
        for part in ("self", "model"):
            if type(each[part]) is not int or each[part] not in edition.steps:
                yield Problem(str(code), "level-off-scale", str(each[part]), steps)
        name = each["file"]
        if not isinstance(name, str) or not is_file_name(name):
            yield Problem(str(code), "file-name", str(name))
        elif not name.endswith(".txt") and not (files / name).is_file():
            yield Problem(str(code), "file-not-there", name, str(files))
    for code in edition.codes:
        if code not in seen:
            yield Problem(code, "practice-lacks")


def _of_texts(where: str, texts: Mapping[str, Any]) -> Iterator[Problem]:
    for part, text in texts.items():
        said = text if isinstance(text, Mapping) else {}
        for lang in LANGUAGES:
            if not isinstance(said.get(lang), str) or not said[lang].strip():
                yield Problem(where or part, "practice-text", f"{part}.{lang}")


def put(store: Store, by: str, round_: str, practice: Practice) -> tuple[str, bool]:
    """Put a practice run into a store, as a sandbox: in no statistic, report or overview.

    Parameters
    ----------
    by : str
        Person id, of the secretariat.
    round_ : str
        Code of the round it is put into; its calendar and its rooms do not bind it.

    Returns
    -------
    str
        The id of the assessment.
    bool
        False if it was there already; then nothing is changed, whatever round it is in.

    Raises
    ------
    RuleError
        If `by` may not, or the round is not known.
    """
    with store.together("person", "appointment", "begin"), TemporaryDirectory() as made:
        there = sandboxes(store)
        found = there.index[there["agency"] == practice.code]
        if len(found):
            return str(found[0]), False
        store.add_agencies(
            [
                {
                    **{"code": practice.code, "name": practice.name.id, "kind": "kabupaten"},
                    **{"province": None, "wilayah": None, "time_zone": None},
                }
            ]
        )
        about = begin(
            store, practice.code, round_, practice.edition, by, invented=True, purpose=PRACTICE
        )
        team = team_of(store, practice.code)
        said = [
            Statement(about, process.LEVEL, team, now(), _own_level(item))
            for item in practice.items.values()
        ]
        record(store, said, by)
        folder = Path(made)
        take_files(store, about, list(_files(practice, folder)), by, folder)
    return about, True


def put_here(store: Store, round_: str | None = None) -> tuple[str, bool]:
    """Put the kit's practice run into a store, as whoever is at the keyboard; see :func:`put`.

    Parameters
    ----------
    round_ : str, optional
        By default the last one. A store in which there is none, and nobody holds a role, gets this
        half year's, and its maker is its secretariat.
    """
    by = whoami(store)
    if store.rounds().empty and store.appointments().empty:
        settle_in(store)
        today = local_day(None)
        add_round(store, by, f"{today.year}-{1 if today.month <= 6 else 2}")
    rounds = list(store.rounds().index)
    if round_ is None and not rounds:
        raise RuleError("practice-round")
    return put(store, by, round_ or rounds[-1], read())


def _files(practice: Practice, folder: Path) -> Iterator[Shown]:
    """Yield the files of the agency, each put or written into a folder of its sub-aspect."""
    for item in practice.items.values():
        path = folder / item.code / item.file
        path.parent.mkdir()
        source = practice.folder / "bukti" / item.file
        if source.is_file():
            path.write_bytes(source.read_bytes())
        else:
            parts = (_both(practice.mark), item.shows.id, f"In English:\n{item.shows.en}")
            path.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
        yield Shown(item.code, path)


def _own_level(item: Item) -> dict[str, Any]:
    return level_body(item.code, process.SELF, item.own, _both(item.said))


def _both(text: Text) -> str:
    """Return a text in both languages: what stands in a store is in none of its readers'."""
    return f"{text.id}\n{text.en}"
