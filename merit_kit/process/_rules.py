"""May this person state this, now? Pure: the answer follows from what is handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from merit_kit.errors import Key, Problem
from merit_kit.process._kinds import (
    AGENCY,
    ATTENDANCE,
    DETERMINATION,
    EVALUATOR,
    EVIDENCE,
    LEVEL,
    NUMBERS,
    PRACTICE_RESULT,
    SITTING,
    STAGE,
    STAGES,
    Kind,
    kind_of,
)

_HEX_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
# An opaque id: a name that got here could not be erased any more.
_PERSON = re.compile(r"p-[0-9A-Za-z.-]{1,62}")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,14})?")
_MOST_BYTES = 25 * 1024 * 1024
# A page of reasons is some 3,000; texts of hundreds of kilobytes make every opening wait.
_MOST_SIGNS = 20_000


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who somebody is to the rules, as far as one assessment goes.

    `roles` are those that hold everywhere; `agencies` the ones whose team the person belongs to.
    `seated`: whether a sitting of this assessment names the person as its evaluator, or none is
    arranged.
    """

    roles: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    seated: bool = True


@dataclass(frozen=True, slots=True)
class Prior:
    """A statement about the same thing, which a new one replaces or would stand beside.

    `side`: of a file, whether the agency gave it or the evaluators did; of somebody present, for
    whom they sit.
    """

    id: str
    visible_to: str
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """Where an assessment is: its agency and stage, whether it is determined, what is unanswered.

    `after_cut_off` is the clock's answer, asked by the caller. `determinations` are the ids of
    those that stand. `levels_allowed` is False in a sitting that states no levels (*asistensi*).
    `unanswered` are the problems that keep anything from being determined. `practice`: it is a
    sandbox; `compared`: whoever states this has seen the model's levels there.
    """

    agency: str
    stage: str
    after_cut_off: bool = False
    determinations: tuple[str, ...] = ()
    levels_allowed: bool = True
    unanswered: tuple[Problem, ...] = ()
    practice: bool = False
    compared: bool = False


def problems_of_form(
    kind: str,
    body: Mapping[str, Any],
    steps: Sequence[int],
    codes: Sequence[str],
    needs: Sequence[str] = (),
) -> list[Problem]:
    """Say what is wrong with the form of a statement: all of it, part by part.

    `steps`, `codes` and `needs` (what the index takes beside the levels) are of the edition.
    """
    row = kind_of(kind, body)
    if row is None:
        return [Problem("", "kind-unknown", kind)]
    parts = {part: wanted for part, wanted in row.parts.items() if needs or wanted != NUMBERS}
    if set(body) != set(parts):
        found = ", ".join(sorted(map(str, body)))
        return [Problem(place_of(kind, body), "body-shape", found, ", ".join(parts))]
    about = place_of(kind, body)
    problems: list[Problem] = []
    for part, wanted in parts.items():
        if wanted == NUMBERS and isinstance(body[part], Mapping):
            problems.extend(_of_numbers(body[part], needs))
            continue
        place = _shown(body["sub_aspect"]) if part == "level" else part
        # Where somebody wrote it: parts have no names for people.
        written_at = about if about in codes or isinstance(about, Key) else part
        problem = _of_text(written_at, body[part], wanted) or _part(
            place, body[part], wanted, steps, codes
        )
        if problem is not None:
            problems.append(problem)
    if kind == SITTING and not problems and "" < (body["ends"] or "") < (body["begins"] or ""):
        return [Problem(about, "sitting-ends-before", body["ends"], body["begins"])]
    return problems


def problems_of_right(
    kind: str,
    body: Mapping[str, Any],
    visible_to: str,
    author: Speaker,
    moment: Moment,
    base: Sequence[str] = (),
    prior: Sequence[Prior] = (),
) -> list[Problem]:
    """Say why this author may not state this now; an empty list if they may.

    The statement's form is taken to be right. `prior` are the statements on its own topic that
    stand or that it names.
    """
    row = kind_of(kind, body)
    if row is None:
        return [Problem("", "kind-unknown", kind)]
    name = place_of(kind, body)
    held = _held(row, author, moment)
    problems = list(_of_person(row, name, author, moment, held))
    if moment.stage not in row.stages:
        here = Key(f"stage.{moment.stage}")
        problems.append(Problem(name, "stage-wrong", here, _words("stage", row.stages)))
    if row.until_cut_off and moment.after_cut_off and held <= {AGENCY}:
        problems.append(Problem(name, "after-cut-off"))
    if visible_to not in row.visible_to:
        problems.append(Problem(name, "not-allowed", visible_to, ", ".join(row.visible_to)))
    if row.kind == LEVEL and not moment.levels_allowed:
        problems.append(Problem(name, "sitting-without-levels"))
    if row.kind == PRACTICE_RESULT and not moment.practice:
        problems.append(Problem(name, "practice-only"))
    if row.practised_by and moment.compared:
        # Stated with the model in sight, it would be no practice.
        problems.append(Problem(name, "practice-over"))
    problems.extend(_of_prior(row, name, body, visible_to, held, base, prior))
    settles = sum(each.id in base for each in prior) > 1
    problems.extend(_of_determination(row, name, body, moment, base, settles))
    return problems


def _held(row: Kind, author: Speaker, moment: Moment) -> set[str]:
    """Return the roles by which this author may state this here.

    Whoever belongs to the agency speaks for it and, there, for nobody else: nobody verifies the
    levels of their own office. In a sandbox there is no office: what is practised there counts for
    nothing, so that teams may score as evaluators do.
    """
    if moment.practice and row.practised_by:
        return set(row.practised_by) & author.roles | ({AGENCY} if author.agencies else set())
    if moment.agency in author.agencies:
        return {AGENCY} & set(row.roles)
    return set(row.roles) & author.roles - {AGENCY}


def _of_person(
    row: Kind, name: str, author: Speaker, moment: Moment, held: set[str]
) -> Iterator[Problem]:
    if not held:
        wanted = _words("role", row.roles)
        if moment.agency in author.agencies:
            yield Problem(name, "own-agency", moment.agency, wanted)
        elif author.agencies and AGENCY in row.roles:
            yield Problem(name, "other-agency", ", ".join(sorted(author.agencies)), moment.agency)
        elif not author.roles and not author.agencies:
            yield Problem(name, "role-none", None, wanted)
        else:
            yield Problem(name, "role-lacking", _words("role", sorted(author.roles)) or "-", wanted)
    # A second scoring, for calibration or practice, needs no seat.
    if held == {EVALUATOR} and not author.seated and not row.practised_by:
        yield Problem(name, "not-seated")


def _of_prior(
    row: Kind,
    name: str,
    body: Mapping[str, Any],
    visible_to: str,
    held: set[str],
    base: Sequence[str],
    prior: Sequence[Prior],
) -> Iterator[Problem]:
    order = ("internal", "agency", "public")
    replaced = [each for each in prior if each.id in base]
    if any(order.index(each.visible_to) > order.index(visible_to) for each in replaced):
        # Or what the agency has read would be gone from its sight without a word.
        yield Problem(name, "visibility-narrowed")
    if row.kind == EVIDENCE and held:
        own = AGENCY if AGENCY in held else EVALUATOR
        if body["side"] != own:
            yield Problem(name, "side-of-others", _words("role", [body["side"]]))
        if any(each.side != own for each in prior):
            yield Problem(name, "file-of-others")
    if row.kind == ATTENDANCE and held == {AGENCY}:
        # An agency may bring its own list; the others' is not its to change.
        others = {side for side in (body["side"], *(each.side for each in prior)) if side != AGENCY}
        if others:
            yield Problem(name, "attendance-of-others", _words("side", sorted(map(str, others))))


def _of_determination(
    row: Kind,
    name: str,
    body: Mapping[str, Any],
    moment: Moment,
    base: Sequence[str],
    settles: bool,
) -> list[Problem]:
    if row.kind == DETERMINATION:
        if not set(moment.determinations) <= set(base):
            return [Problem(name, "determined-already")]
        return list(moment.unanswered)
    if moment.determinations:
        return [Problem(name, "determined")]
    if row.kind == STAGE:
        here, there = STAGES.index(moment.stage), STAGES.index(body["stage"])
        # Of two stages that stand, either can be the one that holds from now on.
        if abs(there - here) != 1 and not (settles and there == here):
            allowed = [s for i, s in enumerate(STAGES) if abs(i - here) == 1]
            found = Key(f"stage.{body['stage']}")
            return [Problem(name, "stage-skipped", found, _words("stage", allowed))]
        if there < here and not body["text"].strip():
            return [Problem(name, "stage-back-why")]
    return []


def place_of(kind: str, body: Mapping[str, Any]) -> str:
    """Say where a problem is: at a sub-aspect, or in a kind of statement."""
    about = body.get("sub_aspect")
    return about if _is_text(about) and about else Key(f"kinds.{kind}")


def _words(group: str, names: Iterable[str]) -> list[Key]:
    return [Key(f"{group}.{name}") for name in names]


def _part(
    part: str, value: Any, wanted: Any, steps: Sequence[int], codes: Sequence[str]
) -> Problem | None:
    if isinstance(wanted, tuple):
        if value in wanted:
            return None
        return Problem(part, "not-allowed", _shown(value), ", ".join(map(str, wanted)))
    if wanted == "code" or (wanted == "code-or-none" and value is not None):
        return None if value in codes else Problem(_shown(value), "code-unknown", _shown(value))
    if wanted == "step":
        fits = value is None or _is_step(value, steps)
        allowed = ", ".join(map(str, steps))
        return None if fits else Problem(part, "level-off-scale", _shown(value), allowed)
    if wanted == "steps":
        whole = isinstance(value, Mapping) and set(value) == set(codes)
        fits = whole and all(_is_step(level, steps) for level in value.values())
        return None if fits else Problem(part, "levels-not-whole", allowed=len(codes))
    fits = _FITS[wanted](value)
    return None if fits else Problem(part, "body-shape", _shown(value), wanted)


def _of_text(place: str, value: Any, wanted: Any) -> Problem | None:
    """Say what is wrong with a text somebody wrote, so that they can mend it."""
    if wanted not in {"text", "words"} or not isinstance(value, str):
        return None
    if not _is_text(value):
        halves = re.compile("[\ud800-\udfff]")
        return Problem(place, "text-broken", halves.sub("\ufffd", value)[:60])
    if len(value) > _MOST_SIGNS:
        return Problem(place, "text-too-long", len(value), _MOST_SIGNS)
    return None


def _of_numbers(numbers: Mapping[Any, Any], needs: Sequence[str]) -> Iterator[Problem]:
    """Say which numbers are missing, unknown or in no good form; their range is not looked at."""
    for code in needs:
        if code not in numbers:
            yield Problem(code, "component-missing")
        elif not _is_number(numbers[code]):
            yield Problem(code, "component-form", _shown(numbers[code]))
    for code in numbers:
        if code not in needs:
            yield Problem(_shown(code), "component-unknown", _shown(code), ", ".join(needs))


def _is_number(value: Any) -> bool:
    """Say whether this is a number as entries hold it: a whole one, or text with a decimal point.

    A float is none: what it holds is not what was written.
    """
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value))
    return isinstance(value, int) and not isinstance(value, bool)


def _is_step(value: Any, steps: Sequence[int]) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in steps


def _is_text(value: Any) -> bool:
    """Say whether this can be stored as text: half of an emoji, cut by a browser, cannot."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(_HEX_ID.fullmatch(value))


def _is_sha(value: Any) -> bool:
    return isinstance(value, str) and bool(_SHA256.fullmatch(value))


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "code-or-none": lambda value: value is None,
    "id-or-none": lambda value: value is None or _is_id(value),
    "person": lambda value: isinstance(value, str) and bool(_PERSON.fullmatch(value)),
    "time-or-none": lambda value: (
        value is None or (isinstance(value, str) and bool(_TIME.fullmatch(value)))
    ),
    NUMBERS: lambda value: isinstance(value, Mapping),
    "text": _is_text,
    "words": lambda value: _is_text(value) and bool(value.strip()),
    "day": _is_day,
    "day-or-none": lambda value: value is None or _is_day(value),
    "flag": lambda value: isinstance(value, bool),
    "id": _is_id,
    "sha": _is_sha,
    "shas": lambda value: isinstance(value, list) and all(map(_is_sha, value)),
    "size": lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_BYTES
    ),
}


def _shown(value: Any) -> str:
    return value[:60] if _is_text(value) else ascii(value)[:60]
