"""Which workers of a cluster have the kit that asks. The others would make other pages.

They are asked, and left out: one that refuses what it is given is always free for more, and would
go through the whole batch before those that work are done with their first.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from merit_kit.errors import Key, MeritError, Problem, ReportError
from merit_kit.reports._keys import check_kit, sources, versions

Told = Callable[..., None]
"""Takes the key of a sentence, and its facts."""

_ANSWER = 60.0
"""Seconds until a worker that does not answer is asked again: it may have to load the kit."""

_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Other:
    """A worker with another kit, and what of it is other, as far as it could say."""

    address: str
    differs: str | Key

    @property
    def problem(self) -> Problem:
        """Return it as a line of a refusal."""
        return Problem(self.address, "cluster-worker", self.differs)


_Answers = dict[str, Other | None]
"""What workers said, by their addresses; None: the same kit. One that was lost says nothing."""


class Alike:
    """Knows which workers have the kit of this program; asks those that join.

    `workers` are their addresses. Whoever finds that one of them has another kit after all sets
    `doubted`, and all are asked anew.
    """

    def __init__(self, client: Any, told: Told) -> None:
        self.workers: frozenset[str] = frozenset()
        self.doubted = False
        self._client, self._told = client, told
        self._others: frozenset[str] = frozenset()
        self._asked: Future[_Answers] | None = None
        self._asked_all = False

    def begin(self, workers: Iterable[str]) -> None:
        """Ask the first workers, and wait for what they say.

        Raises
        ------
        ReportError
            If none of them has this kit, with what each has, or the connection is lost.
        """
        try:
            answers = self._ask(workers).result()
        except (OSError, TimeoutError, RuntimeError) as error:
            raise ReportError("cluster-gone") from error
        others = [other.problem for other in answers.values() if other]
        if others and len(others) == len(answers):
            raise ReportError("cluster-differs", others)
        self._heard(answers)

    def look(self, there: Mapping[str, int]) -> None:
        """Take note of what those said that were asked, and ask those that have joined."""
        self.workers &= there.keys()
        self._others &= there.keys()
        if self._asked is not None and self._asked.done():
            # Whoever did not answer is asked again.
            if not self._asked.cancelled() and self._asked.exception() is None:
                answers = self._asked.result()
                self._heard({each: answers[each] for each in answers.keys() & there.keys()})
                self.doubted = self.doubted and not self._asked_all
            self._asked = None
        new = there.keys() if self.doubted else there.keys() - self.workers - self._others
        if new and self._asked is None:
            self._asked, self._asked_all = self._ask(new), self.doubted

    def _ask(self, workers: Iterable[str]) -> Future[_Answers]:
        asked = asyncio.wait_for(_answers(self._client, sorted(workers)), _ANSWER)
        return asyncio.run_coroutine_threadsafe(asked, self._client.loop.asyncio_loop)

    def _heard(self, answers: _Answers) -> None:
        for worker, other in answers.items():
            if other is None:
                self.workers |= {worker}
                self._others -= {worker}
                continue
            self.workers -= {worker}
            if worker not in self._others:
                self._others |= {worker}
                self._told("report.cluster.other", address=worker, differs=other.differs)


def kit_there() -> tuple[str, dict[str, str]]:
    """Return what a worker has: the digest of its sources, none if edited since; its versions."""
    try:
        check_kit()
    except MeritError:
        return "", versions()
    return sources(), versions()


async def _answers(client: Any, workers: list[str]) -> _Answers:
    said = await client.run(kit_there, workers=workers, on_error="return")
    # One without this kit, or with one that cannot be asked, still has Python.
    mute = [worker for worker, each in said.items() if isinstance(each, Exception)]
    kits, pythons = {}, {}
    if mute:
        asked = {"workers": mute, "on_error": "return"}
        kits = await client.run(version, "merit-kit", **asked)
        pythons = await client.run(platform.python_version, **asked)
    answers: _Answers = {}
    for worker, each in said.items():
        if isinstance(each, OSError):  # it is gone
            continue
        if isinstance(each, Exception):
            found = {"Python": pythons.get(worker), "merit-kit": kits.get(worker)}
            there = {name: x if isinstance(x, str) else "-" for name, x in found.items()}
            answers[worker] = Other(worker, _differs(there))
        else:
            answers[worker] = None if each[0] == sources() else Other(worker, _differs(each[1]))
    return answers


def _differs(there: dict[str, str]) -> str | Key:
    """Name what is of another version there, or else say that files are other ones."""
    here = versions()
    names = [name for name, each in there.items() if here.get(name) != each]
    named = [f"{name} {there[name]} (\u2260 {here.get(name, '-')})" for name in names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        named.append("\u2026")
    return ", ".join(named) or Key("report.cluster.files")
