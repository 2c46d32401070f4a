"""Making reports on the terminal, once or as long as asked: a bar, then what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from merit_kit import i18n
from merit_kit.cli._screen import INTERRUPTED, Screen
from merit_kit.cli._watched import Watched
from merit_kit.errors import MeritError, ReportError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from merit_kit.reports import Outcome, RoundReports
    from merit_kit.store import Store

_MOST_NAMED = 10
"""Agencies that are named where the same is to be said of many."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which reports are wanted, and in which state of their life."""

    round: str
    agencies: list[str] | None = None
    lang: str = "id"
    out: Path | None = None
    kind: str = "verifikasi"
    status: str = "konsep"
    as_of: str | None = None
    letter: Path | None = None
    force: bool = False
    workers: int | None = None
    cluster: str | None = None
    time_limit: int | None = None


@dataclass
class _Tally:
    """What became of reports so far: numbers, and in full only what has to be told of each."""

    made: int = 0
    seconds: float = 0.0
    place: Path | None = None
    unchanged: int = 0
    already: int = 0
    told: list[Outcome] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.failed.append(outcome)
            return
        if outcome.kept is not None or outcome.taken_from is not None or outcome.notes:
            self.told.append(replace(outcome, facts={}))
        if outcome.unchanged:
            self.unchanged += 1
        elif outcome.already:
            self.already += 1
        else:
            self.made += 1
            self.seconds += outcome.seconds
            self.place = self.place or outcome.path.parent

    @property
    def tried(self) -> int:
        """How many took their time: that were made, or failed."""
        return self.made + len(self.failed)

    @property
    def done(self) -> int:
        return self.made + self.unchanged + self.already


def make(screen: Screen, store: str | Path, *wishes: Wish) -> int:
    """Make reports with a progress bar, list those that failed, and return their number."""
    from merit_kit import reports
    from merit_kit.store import open_store

    first = wishes[0]
    with (
        open_store(store) as at,
        reports.making(first.workers, first.cluster, first.time_limit, _teller(screen)) as start,
    ):
        return sum(_make(screen, at, wish, start) for wish in wishes)


def keep_made(screen: Screen, store: str | Path, wish: Wish) -> None:
    """Make reports, and again those whose agencies somebody wrote about, until Ctrl-C."""
    from merit_kit import reports
    from merit_kit.store import open_store

    if wish.status != reports.KONSEP:
        raise ReportError("watch-drafts")
    if wish.as_of is not None:
        raise ReportError("watch-as-of", found=wish.as_of)
    try:
        with (
            open_store(store) as at,
            reports.making(wish.workers, wish.cluster, wish.time_limit, _teller(screen)) as start,
            closing(Watched(screen, at)) as watched,
        ):
            # What was asked for wrongly will not be right the next time either.
            _wanted(at, wish, start).check()
            while True:
                # Edited or upgraded since: this program stays as it was, and would make it wrong.
                reports.check_kit()
                # The list held by Excel, the disk full: it may have passed the next time.
                try:
                    failed = _make(screen, at, wish, start) > 0
                except MeritError as error:
                    if error.key == "kit-changed":
                        raise
                    failed = True
                    screen.error(i18n.explain(error, screen.words.lang))
                # Everything anew is meant once, not at every change.
                wish = replace(wish, force=False)
                watched.wait(failed)
    except KeyboardInterrupt:
        screen.tell("cli.reports.watched")


def _teller(screen: Screen) -> Callable[..., None]:
    return lambda key, **facts: screen.error(screen.words(key, **facts))


def _make(screen: Screen, at: Store, wish: Wish, start: Callable[[int], Executor]) -> int:
    tally = _Tally()
    of = 0
    w = screen.words
    try:
        wanted = _wanted(at, wish, start)
        # No bar for what nobody can make.
        wanted.check()
        of = len(wanted.codes)
        try:
            with screen.progress(w("cli.reports.working"), of) as advance:
                for outcome in wanted.run():
                    is_first = not tally.tried
                    tally.add(outcome)
                    # What is left alone goes by in no time. From here on it takes some.
                    advance(outcome.agency, anew=is_first and bool(tally.tried))
        except MeritError:
            # The workers of a cluster are lost, say; what was done before is done.
            _tell(screen, tally)
            raise
        # First what became of the reports: the list of them may fail by itself.
        _tell(screen, tally)
        listed = wanted.write_list(partial(_listing, screen))
    except KeyboardInterrupt:
        if of:
            screen.error(w("cli.reports.interrupted", count=tally.done, of=of))
        else:
            screen.error(w("cli.reports.interrupted_early"))
        raise typer.Exit(INTERRUPTED) from None
    failed = {outcome.agency for outcome in tally.failed}
    unlisted = [each for each in listed.refused if each.agency not in failed]
    if unlisted:
        screen.error(w("cli.reports.unlisted", count=len(unlisted)))
        for each in unlisted:
            screen.error(f"  {each.agency}: {i18n.explain(each.error, w.lang)}")
    if listed.left:
        codes = ", ".join(listed.left)
        screen.tell("cli.reports.left_round", count=len(listed.left), agencies=codes)
    if listed.kept:
        screen.error(w("cli.reports.list_kept", path=str(listed.path)))
    elif tally.done:
        screen.tell("cli.reports.index", path=str(listed.path))
    return len(tally.failed) + len(unlisted)


@contextmanager
def _listing(screen: Screen, agencies: int) -> Iterator[Callable[[str], None]]:
    """Show a bar that says in words what it is of: these agencies were not asked for."""
    text = screen.words("cli.reports.listing")
    with screen.progress(text, agencies) as advance:
        yield lambda _: advance(text)


def _wanted(at: Store, wish: Wish, start: Callable[[int], Executor]) -> RoundReports:
    from merit_kit import assessment, reports

    by = ""
    if wish.status != reports.KONSEP:
        person = at.people([assessment.whoami(at)]).iloc[0]
        by = ", ".join(filter(None, (person["name"], person["office"])))
    return reports.RoundReports(
        at,
        wish.round,
        folder_for(at.path and at.folder, wish.out, wish.status),
        agencies=wish.agencies,
        lang=wish.lang,
        kind=wish.kind,
        status=wish.status,
        by=by,
        letter=None if wish.letter is None else reports.read_letter(wish.letter),
        as_of=wish.as_of,
        force=wish.force,
        start=start,
    )


def folder_for(beside: Path | None, out: Path | None, status: str) -> Path:
    """Return where reports go.

    Parameters
    ----------
    beside : Path or None
        The folder of the store's file; None for a database elsewhere.
    out : Path or None
        The folder that was asked for.

    Raises
    ------
    ReportError
        If what goes on record would go elsewhere than what is on record already: versions and
        numbers of letters are counted there, and would begin anew.
    """
    from merit_kit import reports

    own = None if beside is None else beside / "reports"
    if status == reports.KONSEP:
        return out or own or Path("reports")
    if own is None:
        if out is None:
            raise ReportError("issue-where")
        return out
    if out is not None and out.resolve() != own.resolve():
        raise ReportError("issue-elsewhere", found=str(out), path=str(own))
    return own


def _tell(screen: Screen, tally: _Tally) -> None:
    w = screen.words
    for outcome in tally.told:
        if outcome.taken_from is not None:
            gone = outcome.taken_from
            screen.error(w("cli.reports.taken_over", pid=str(gone.pid), host=gone.host))
    if tally.made:
        screen.tell(
            "cli.reports.made",
            count=tally.made,
            seconds=round(tally.seconds / tally.made, 1),
            path=str(tally.place),
        )
    for outcome in tally.told:
        if outcome.kept is not None:
            screen.tell("cli.reports.kept", agency=outcome.agency, path=outcome.kept.name)
    if tally.already:
        screen.tell("cli.reports.already", count=tally.already)
    if tally.unchanged:
        screen.tell("cli.reports.unchanged", count=tally.unchanged)
    _tell_notes(screen, tally)
    if tally.failed:
        screen.error(w("cli.reports.failed", count=len(tally.failed)))
        for outcome in sorted(tally.failed, key=attrgetter("agency")):
            if outcome.error is not None:
                screen.error(f"  {outcome.agency}: {i18n.explain(outcome.error, w.lang)}")


def _tell_notes(screen: Screen, tally: _Tally) -> None:
    """Tell what there is to say of reports that were made all the same, each thing once."""
    said: dict[str, list[str]] = {}
    for outcome in tally.told:
        for key, facts in outcome.notes:
            said.setdefault(screen.words(key, **facts), []).append(outcome.agency)
    for sentence, agencies in said.items():
        named = ", ".join(sorted(agencies)[:_MOST_NAMED])
        if len(agencies) > _MOST_NAMED:
            named = screen.words(
                "cli.reports.and_more", named=named, more=len(agencies) - _MOST_NAMED
            )
        screen.error(f"  {named}: {sentence}")
