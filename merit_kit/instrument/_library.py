"""The editions at hand: those the kit ships, and those that users have put beside their work."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from merit_kit.errors import Cell, InstrumentError, Problem
from merit_kit.files import is_code, kit_folder, read_at_most, reason_of, write_whole
from merit_kit.instrument._check import check
from merit_kit.instrument._model import Instrument
from merit_kit.instrument._yaml import read_with_lines, written

DEFAULT = "kasn-2019"
MOST_BYTES = 5_000_000
FOLDER = "instrumen"
"""Where users' own editions lie, beside a store."""
ENVIRONMENT = "MERIT_INSTRUMENTS"
"""More folders of editions, parted as in PATH."""

_SUFFIX = ".yaml"
_WORKSPACES = (Path(), Path("workspace"))


def editions(beside: Path | None = None) -> list[str]:
    """Return the ids of the editions at hand: those the kit ships, then users' own.

    Parameters
    ----------
    beside : Path, optional
        The folder of a store. By default where one is working, and ``workspace/`` there.
    """
    shipped = sorted(path.stem for path in _shipped().glob(f"*{_SUFFIX}"))
    own = {path.stem for folder in _folders(beside) for path in folder.glob(f"*{_SUFFIX}")}
    return [*shipped, *sorted(own - set(shipped))]


def load(edition: str = DEFAULT, beside: Path | None = None) -> Instrument:
    """Return an edition by its id: one that the kit ships, or a user's own.

    A user's own lies in the folder ``instrumen`` beside a store, or in a folder that
    ``MERIT_INSTRUMENTS`` names.

    Parameters
    ----------
    beside : Path, optional
        As for :func:`editions`.

    Raises
    ------
    InstrumentError
        If there is none of that id, its file has faults (all of them named) or holds another id,
        or there are several that differ.
    """
    known = editions(beside)
    if edition not in known:
        raise InstrumentError("edition-unknown", found=edition, allowed=", ".join(known))
    shipped = _shipped() / f"{edition}{_SUFFIX}"
    if shipped.is_file():
        return _load(shipped)
    paths = [path for f in _folders(beside) if (path := f / f"{edition}{_SUFFIX}").is_file()]
    found = [_load(path) for path in paths]
    for path, each in zip(paths, found, strict=True):
        if each.id != edition:
            raise InstrumentError("edition-named-otherwise", path=str(path), found=each.id)
    if len({each.digest for each in found}) > 1:
        places = ", ".join(map(str, paths))
        raise InstrumentError("edition-several", found=edition, allowed=places)
    return found[0]


def named(text: str, beside: Path | None = None) -> Instrument:
    """Return an edition by its id, or by the path of its YAML file.

    Raises
    ------
    InstrumentError
        As :func:`load` and :func:`read_edition`.
    """
    return read_edition(Path(text)) if text.endswith((_SUFFIX, ".yml")) else load(text, beside)


def read_edition(path: Path) -> Instrument:
    """Read and check an edition's YAML file.

    Raises
    ------
    InstrumentError
        If it cannot be read, or with all its faults, each with its path and line.
    """

    def too_large(size: int) -> InstrumentError:
        return InstrumentError("table-too-large", path=path.name, found=size, allowed=MOST_BYTES)

    content = read_at_most(path, MOST_BYTES, InstrumentError, too_large)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InstrumentError("instrument-not-text", path=path.name) from error
    data, lines, problems = read_with_lines(text)
    return check(data, lines, problems)


def folder_of(beside: Path | None) -> Path | None:
    """Return where a user's own editions are put: beside a store, or where the environment says.

    None if neither is known.
    """
    if beside is not None:
        return beside / FOLDER
    return next(_named_folders(), None)


def keep_edition(instrument: Instrument, folder: Path, replacing: bool = False) -> Path | None:
    """Put an edition among a user's own, so that it is used by its id from then on.

    Assessments that were begun under it keep what it was then.

    Parameters
    ----------
    folder : Path
        ``instrumen`` beside a store, or one of those that ``MERIT_INSTRUMENTS`` names.
    replacing : bool
        Whether one of the same id and other contents is replaced.

    Returns
    -------
    Path or None
        The file written; None if it was there already.

    Raises
    ------
    InstrumentError
        If the kit ships one of that id, the id cannot be a file name, or one of that id and other
        contents is there already.
    """
    if not is_code(instrument.id):
        raise InstrumentError(
            "instrument-faulty", [Problem("id", "not-an-id", instrument.id)], count=1
        )
    if (_shipped() / f"{instrument.id}{_SUFFIX}").is_file():
        raise InstrumentError("edition-shipped", found=instrument.id)
    path = folder / f"{instrument.id}{_SUFFIX}"
    if path.is_file():
        if _digest_of(path) == instrument.digest:
            return None
        if not replacing:
            raise InstrumentError("edition-there", found=instrument.id, path=str(path))
    try:
        write_whole(path, written(instrument.data))
    except OSError as error:
        said = reason_of(error, path)
        raise InstrumentError("file-unwritable", path=str(path), said=said) from error
    return path


def from_data(
    data: Mapping[str, Any] | str,
    places: Mapping[str, Cell] | None = None,
    problems: Sequence[Problem] = (),
) -> Instrument:
    """Return the instrument that a store or a case carries as canonical JSON, or a form as data.

    Parameters
    ----------
    places : mapping, optional
        The cell of a form that each path of the data comes from, such as ``aspects[0].name.id``.
    problems : sequence of Problem
        What was wrong already when it was read.

    Raises
    ------
    InstrumentError
        With every fault, each with its path, or its cell where that is known.
    """
    if isinstance(data, str):
        return _from_json(data)
    return check(dict(data), places or {}, problems)


def _load(path: Path) -> Instrument:
    # A user's own file may be another one tomorrow, in the same notebook.
    state = path.stat()
    return _loaded(path.absolute(), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=16)
def _loaded(path: Path, changed: int, size: int) -> Instrument:
    return read_edition(path)


@lru_cache(maxsize=8)
def _from_json(text: str) -> Instrument:
    return check(json.loads(text), {}, [])


def _digest_of(path: Path) -> str | None:
    try:
        return read_edition(path).digest
    except InstrumentError:
        return None


def _folders(beside: Path | None) -> Iterator[Path]:
    """Give the folders of users' own editions, each once."""
    known = [work / FOLDER for work in (_WORKSPACES if beside is None else (beside,))]
    seen = set()
    for folder in (*known, *_named_folders()):
        at = folder.expanduser().absolute()
        if at not in seen and at.is_dir():
            seen.add(at)
            yield at


def _named_folders() -> Iterator[Path]:
    for text in os.environ.get(ENVIRONMENT, "").split(os.pathsep):
        if text:
            yield Path(text)


def _shipped() -> Path:
    return kit_folder("data") / "instruments"
