"""What makes a report a letter: letterhead, number, addressee, signatories; from a file."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from merit_kit.canonical import digest
from merit_kit.errors import Cell, Problem, ReportError
from merit_kit.files import read_at_most
from merit_kit.i18n import Words

_AGENCY_KINDS = ("kementerian", "lembaga", "lpnk", "provinsi", "kabupaten", "kota")
# What the name of an agency begins with, to be left out after "Wali Kota" or "Bupati".
_PREFIXES = {
    "kementerian": ("Kementerian ",),
    "provinsi": ("Pemerintah Provinsi ", "Pemerintah Daerah Provinsi ", "Provinsi "),
    "kabupaten": ("Pemerintah Kabupaten ", "Kabupaten ", "Kab. "),
    "kota": ("Pemerintah Kota ", "Kota "),
}
_IN_NUMBER = ("agency", "round", "n")
_IN_TEXT = ("agency", "round")
_IN_ADDRESS = ("agency", "place")
_PATTERN = re.compile(r"[a-z0-9*?-]{1,40}")
_PADDING = re.compile(r"0[1-9]")  # {n:03}
_NIP = re.compile(r"(\d{8})(\d{6})(\d)(\d{3})", re.ASCII)
_MOST_BYTES = 65_536
_LONGEST_LINE, _LONGEST_TEXT, _MOST_LINES = 200, 2_000, 12
_STILL_OPEN = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs; what is empty is left out."""

    name: str
    nip: str = ""
    office: str = ""

    @property
    def nip_in_groups(self) -> str:
        """The NIP as offices write it: 19800101 200501 1 001."""
        parts = _NIP.fullmatch(self.nip)
        return " ".join(parts.groups()) if parts else self.nip


@dataclass(frozen=True, slots=True)
class Letter:
    """The settings of a letter. Nothing is required; what is empty is left out of the page.

    `text` is the file as it was read; `digest` says whether it is still the same.
    """

    text: str
    head: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    number: str = ""
    first_number: int = 1
    nature: str = ""
    attachments: str = ""
    subject: str = ""
    place: str = ""
    day: date | None = None
    opening: str = ""
    closing: str = ""
    copies: tuple[str, ...] = ()
    to_kind: Mapping[str, str] | None = None
    to_agency: Mapping[str, str] | None = None
    signatories: tuple[Signatory, ...] = ()
    record_number: str = ""
    record_first: int = 1

    @property
    def of_record(self) -> Letter:
        """The settings as the record of a sitting takes them: with its own number, or with none.

        Records are counted by themselves; with the number of letters, a letter would bear the same.
        """
        return replace(self, number=self.record_number, first_number=self.record_first)

    @property
    def digest(self) -> str:
        """SHA-256 of the file's text."""
        return digest(self.text)

    @property
    def counts(self) -> bool:
        """Whether the number runs on from letter to letter."""
        return any(name == "n" for _, name, _, _ in string.Formatter().parse(self.number))

    def number_of(self, agency: Mapping[str, Any], round_: str, n: int | None) -> str:
        """Return the number of the letter to an agency; without an `n` its place is left open."""
        facts = {"agency": agency["code"], "round": round_, "n": _STILL_OPEN if n is None else n}
        return "".join(_parts(self.number, facts))

    def addressee(self, agency: Mapping[str, Any], words: Words) -> tuple[str, ...]:
        """Return whom the letter to an agency is for, line by line."""
        code, kind, name = (str(agency[part]) for part in ("code", "kind", "name"))
        prefixes = _PREFIXES.get(kind, ())
        found = next((p for p in prefixes if name.casefold().startswith(p.casefold())), "")
        place = name[len(found) :]
        text = _matching(self.to_agency or {}, code) or (self.to_kind or {}).get(kind)
        if text is not None:
            return _lines(text.format(agency=name, place=place))
        # A ministry by another name has a head, who may not be a minister.
        key = kind if found or kind != "kementerian" else "lembaga"
        return _lines(words(f"report.letter.to.{key}", place=place))


def _parts(template: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """Put facts into a text with names in braces; a text takes no padding that is for a number."""
    for text, name, form, _ in string.Formatter().parse(template):
        yield text
        if name is not None:
            fact = facts[name]
            yield fact if isinstance(fact, str) else format(fact, form or "")


def read_letter(path: Path) -> Letter:
    """Read the settings of a letter (TOML).

    Raises
    ------
    ReportError
        With every fault at once, each with its place in the file.
    """
    text = _text_of(path)
    return parse_letter(text, path.name)


def parse_letter(text: str, name: str = "") -> Letter:
    """Read the settings of a letter from the text of their file; see :func:`read_letter`."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = _of_toml(str(error))
        raise ReportError("letter-faulty", [problem], path=name, count=1) from error
    problems: list[Problem] = []
    values = dict(_read(data, problems))
    if problems:
        raise ReportError("letter-faulty", problems, path=name, count=len(problems))
    return Letter(text, **values)


def _of_toml(said: str) -> Problem:
    """Say where the file is no TOML; its reader says what it lacks in English only."""
    place = re.search(r" \(at line (\d+), column \d+\)$", said)
    line = int(place[1]) if place else 0
    return Problem(Cell(line), "toml-broken")


def _text_of(path: Path) -> str:
    def too_large(size: int) -> ReportError:
        return ReportError("letter-large", path=path.name, found=size, allowed=_MOST_BYTES)

    content = read_at_most(path, _MOST_BYTES, ReportError, too_large)
    try:
        # Notepad puts a mark in front; TOML has none.
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ReportError("letter-not-utf8", path=path.name) from error


def _read(data: Mapping[str, Any], problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    tables = ("kop", "surat", "berita_acara", "tujuan", "penandatangan")
    _refuse_unknown(data, tables, "", problems)
    head = _table(data, "kop", ("baris", "alamat"), problems)
    yield "head", _list(head, "kop.baris", problems)
    yield "address", _list(head, "kop.alamat", problems)
    yield from _read_letter(data, problems)
    record = _table(data, "berita_acara", ("nomor", "nomor_awal"), problems)
    yield "record_number", _text(record, "berita_acara.nomor", problems, _IN_NUMBER)
    yield "record_first", _first(record, "berita_acara.nomor_awal", problems)
    to = _table(data, "tujuan", ("jenis", "instansi"), problems)
    kinds = _table(to, "tujuan.jenis", _AGENCY_KINDS, problems)
    agencies = _table(to, "tujuan.instansi", None, problems)
    for pattern in agencies:
        if not _PATTERN.fullmatch(pattern):
            problems.append(Problem(f"tujuan.instansi.{pattern}", "letter-pattern", pattern))
    for name, parent, table in (
        ("to_kind", "tujuan.jenis", kinds),
        ("to_agency", "tujuan.instansi", agencies),
    ):
        texts = {k: _text(table, f"{parent}.{k}", problems, _IN_ADDRESS, lines=True) for k in table}
        yield name, texts
    yield "signatories", tuple(_signatories(data.get("penandatangan", []), problems))


def _read_letter(data: Mapping[str, Any], problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    keys = ("nomor", "nomor_awal", "sifat", "lampiran", "hal", "tempat", "tanggal")
    table = _table(data, "surat", (*keys, "pembuka", "penutup", "tembusan"), problems)
    yield "number", _text(table, "surat.nomor", problems, _IN_NUMBER)
    yield "first_number", _first(table, "surat.nomor_awal", problems)
    for name, key, allowed in (
        ("nature", "sifat", None),
        ("attachments", "lampiran", None),
        ("subject", "hal", _IN_TEXT),
        ("place", "tempat", None),
    ):
        yield name, _text(table, f"surat.{key}", problems, allowed)
    for name, key in (("opening", "pembuka"), ("closing", "penutup")):
        yield name, _text(table, f"surat.{key}", problems, _IN_TEXT, lines=True)
    yield "day", _day(table.get("tanggal"), problems)
    yield "copies", _list(table, "surat.tembusan", problems)


def _first(table: Mapping[str, Any], place: str, problems: list[Problem]) -> int:
    first = table.get(place.rpartition(".")[2], 1)
    if not isinstance(first, int) or isinstance(first, bool) or not 0 < first < 10**9:
        problems.append(Problem(place, "letter-count", str(first)[:60]))
        return 1
    return first


def _signatories(found: Any, problems: list[Problem]) -> Iterator[Signatory]:
    if not isinstance(found, list):
        problems.append(Problem("penandatangan", "letter-signatories"))
        return
    if len(found) > _MOST_LINES:
        problems.append(Problem("penandatangan", "letter-many", len(found), _MOST_LINES))
        return
    for place, each in enumerate(found, start=1):
        where = f"penandatangan {place}"
        if not isinstance(each, Mapping):
            problems.append(Problem(where, "not-a-mapping", str(each)[:60]))
            continue
        _refuse_unknown(each, ("nama", "nip", "jabatan"), where, problems)
        name, nip, office = (
            _text(each, f"{where}.{key}", problems) for key in ("nama", "nip", "jabatan")
        )
        nip = "".join(nip.split())
        if nip and not _NIP.fullmatch(nip):
            problems.append(Problem(f"{where}.nip", "letter-nip", nip[:60]))
        if each.get("nama", "") == "":
            problems.append(Problem(f"{where}.nama", "missing"))
        yield Signatory(name, nip, office)


def _table(
    data: Mapping[str, Any], place: str, known: Collection[str] | None, problems: list[Problem]
) -> Mapping[str, Any]:
    """Return a table of the file; an empty one if it is not there or is none."""
    found = data.get(place.rpartition(".")[2], {})
    if not isinstance(found, Mapping):
        problems.append(Problem(place, "not-a-mapping", str(found)[:60]))
        return {}
    if known is not None:
        _refuse_unknown(found, known, place, problems)
        return {key: value for key, value in found.items() if key in known}
    return found


def _refuse_unknown(
    found: Mapping[str, Any], known: Collection[str], place: str, problems: list[Problem]
) -> None:
    problems.extend(
        Problem(f"{place}.{key}".lstrip("."), "key-unknown", key[:60], ", ".join(known))
        for key in found
        if key not in known
    )


def _list(table: Mapping[str, Any], place: str, problems: list[Problem]) -> tuple[str, ...]:
    found = table.get(place.rpartition(".")[2], [])
    if not isinstance(found, list):
        problems.append(Problem(place, "not-a-list", str(found)[:60]))
        return ()
    if len(found) > _MOST_LINES:
        problems.append(Problem(place, "letter-many", len(found), _MOST_LINES))
        return ()
    named = {f"{place} {at}": line for at, line in enumerate(found, start=1)}
    return tuple(_checked(line, where, problems) for where, line in named.items())


def _text(
    table: Mapping[str, Any],
    place: str,
    problems: list[Problem],
    allowed: Collection[str] | None = None,
    *,
    lines: bool = False,
) -> str:
    """Return a text; with `allowed`, one that may hold these names in braces."""
    text = _checked(table.get(place.split(".")[-1], ""), place, problems, lines=lines)
    if allowed is not None:
        problems.extend(_of_braces(text, place, allowed))
    return text


def _checked(found: Any, place: str, problems: list[Problem], *, lines: bool = False) -> str:
    if not isinstance(found, str):
        problems.append(Problem(place, "not-text", str(found)[:60]))
        return ""
    most = _LONGEST_TEXT if lines else _LONGEST_LINE
    if len(found) > most:
        problems.append(Problem(place, "text-too-long", len(found), most))
    if not all(line.isprintable() for line in (found.split("\n") if lines else [found])):
        problems.append(Problem(place, "letter-sign"))
    return found.strip()


def _of_braces(text: str, place: str, allowed: Collection[str]) -> Iterator[Problem]:
    names = ", ".join(f"{{{name}}}" for name in allowed)
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        yield Problem(place, "letter-braces", text[:60], names)
        return
    for _, name, form, conversion in parts:
        if name is None:
            continue
        padded = name == "n" and (not form or _PADDING.fullmatch(form))
        if name not in allowed or conversion or (form and not padded):
            yield Problem(place, "letter-braces", f"{{{name}}}"[:60], names)


def _day(found: Any, problems: list[Problem]) -> date | None:
    if found is None:
        return None
    parse: Callable[[str], date] = date.fromisoformat
    try:
        return parse(str(found))
    except ValueError:
        problems.append(Problem("surat.tanggal", "not-a-day", str(found)[:60]))
        return None


def _matching(by_pattern: Mapping[str, str], code: str) -> str | None:
    """Return the text for a code: by its own name, else by the first pattern that fits."""
    if code in by_pattern:
        return by_pattern[code]
    return next((t for pattern, t in by_pattern.items() if fnmatchcase(code, pattern)), None)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
