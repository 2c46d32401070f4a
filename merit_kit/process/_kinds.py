"""Everything that can be stated: its parts, what it is about, who may state it, in which stage.

One table. A rule that is not in it does not exist; a kind that is not in it cannot be stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MANDIRI, VERIFIKASI, PERBAIKAN, PENETAPAN = STAGES = (
    "mandiri",
    "verifikasi",
    "perbaikan",
    "penetapan",
)
"""The stages of a round, in order: self-assessment; verification and clarification; correction
of scores and evidence; determination."""

AGENCY, EVALUATOR, HOST, COMMISSIONER, ANALYST, SECRETARIAT = ROLES = (
    "agency",
    "evaluator",
    "host",
    "commissioner",
    "analyst",
    "secretariat",
)
"""Who people are. Hosts and analysts look; they state nothing."""

ASISTENSI = "asistensi"
SITTING_KINDS = ("verifikasi-klarifikasi", "evaluasi", ASISTENSI)
"""What a sitting is for. One of *asistensi* helps the agency along and states no levels."""

LEVEL, NOTE, QUESTION, ANSWER, CLOSING = "level", "note", "question", "answer", "closing"
EVIDENCE, EVIDENCE_STATE = "evidence", "evidence-state"
RECOMMENDATION, FOLLOW_UP = "recommendation", "follow-up"
MISMATCH_ANSWER, OBJECTION, OBJECTION_ANSWER = "mismatch-answer", "objection", "objection-answer"
STAGE, DETERMINATION = "stage", "determination"

SELF, VERIFIED, FIELD, SECOND, FINAL = "self", "verified", "field", "second", "final"
"""What a level says: the agency of itself; what the documents show; what practice shows; an
independent scoring for calibration, which counts for nothing; what was determined."""

AWAL, AKHIR = PASSES = ("awal", "akhir")
"""The passes of the verification: before and after the correction."""

FINDING_SOURCES = ("kunjungan", "wawancara", "pengaduan")
EVIDENCE_STATES = ("sesuai", "kurang", "kedaluwarsa", "tidak-dapat-dibuka", "belum-diperiksa")
FOLLOW_UP_STATES = ("selesai", "sebagian", "belum")

_CODE, _CODE_OR_NONE, _TEXT, _WORDS, _STEP = "code", "code-or-none", "text", "words", "step"
_DAY, _DAY_OR_NONE, _FLAG, _ID, _SHA, _SHAS = "day", "day-or-none", "flag", "id", "sha", "shas"
_STEPS, _SIZE, NUMBERS = "steps", "size", "numbers"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table.

    `parts` are the fields of the body, each with its type (or the tuple of what it may be).
    `topic` are the fields that say what it is about: of entries on one topic one counts;
    ``author`` among them lets each author have their own. `until_cut_off`: refused once the
    round's cut-off has passed.
    """

    kind: str
    parts: Mapping[str, Any]
    topic: tuple[str, ...]
    roles: tuple[str, ...]
    stages: tuple[str, ...]
    visible_to: tuple[str, ...] = ("agency",)
    until_cut_off: bool = False
    of: str | None = None
    pass_: str | None = None


def _level(
    of: str, pass_: str | None, roles: tuple[str, ...], stages: tuple[str, ...], **more: Any
) -> Kind:
    parts = {
        "sub_aspect": _CODE,
        "of": (of,),
        "pass": (pass_,),
        "level": _STEP,
        "reason": _TEXT,
        **more.pop("parts", {}),
    }
    topic = ("sub_aspect", "of", "pass", *more.pop("topic", ()))
    return Kind(LEVEL, parts, topic, roles, stages, of=of, pass_=pass_, **more)


_OPEN = (MANDIRI, VERIFIKASI, PERBAIKAN)
_JUDGED = (VERIFIKASI, PERBAIKAN, PENETAPAN)

KINDS: tuple[Kind, ...] = (
    # What the agency says of itself, and what it shows for it.
    _level(SELF, None, (AGENCY,), _OPEN, until_cut_off=True),
    Kind(
        EVIDENCE,
        {
            "sub_aspect": _CODE,
            "file": _ID,  # stays the same over revisions
            "name": _WORDS,
            "sha256": _SHA,
            "size": _SIZE,
            # Whose it is: roles may be taken from a person, and the file stays where it belongs.
            "side": (AGENCY, EVALUATOR),
            "withdrawn": _FLAG,
        },
        ("file",),
        (AGENCY, EVALUATOR),  # an evaluator adds the photos of a visit
        _OPEN,
        until_cut_off=True,
    ),
    # What the evaluators found.
    _level(VERIFIED, AWAL, (EVALUATOR,), (VERIFIKASI,), visible_to=("agency", "internal")),
    _level(
        VERIFIED, AKHIR, (EVALUATOR,), (PERBAIKAN, PENETAPAN), visible_to=("agency", "internal")
    ),
    _level(
        FIELD,
        None,
        (EVALUATOR,),
        _JUDGED,
        parts={"finding": _ID, "source": FINDING_SOURCES, "seen_on": _DAY, "photos": _SHAS},
        topic=("finding",),
        visible_to=("agency", "internal"),
    ),
    _level(SECOND, None, (EVALUATOR,), STAGES, topic=("author",), visible_to=("internal",)),
    Kind(
        EVIDENCE_STATE,
        {"file": _ID, "sha256": _SHA, "state": EVIDENCE_STATES, "text": _TEXT},
        ("file",),
        (EVALUATOR,),
        _JUDGED,
    ),
    Kind(
        NOTE,
        {"sub_aspect": _CODE, "text": _TEXT},
        ("sub_aspect", "visible_to"),
        (EVALUATOR,),
        _JUDGED,
        visible_to=("agency", "internal"),
    ),
    Kind(
        RECOMMENDATION,
        {"sub_aspect": _CODE, "text": _TEXT},
        ("sub_aspect",),
        (EVALUATOR,),
        _JUDGED,
    ),
    Kind(
        FOLLOW_UP,
        {"sub_aspect": _CODE, "round": _WORDS, "state": FOLLOW_UP_STATES, "text": _TEXT},
        ("sub_aspect", "round"),
        (EVALUATOR,),
        _JUDGED,
    ),
    # Clarification: a question, its answers, its end. `thread` holds the three together.
    Kind(
        QUESTION,
        {"sub_aspect": _CODE, "thread": _ID, "text": _WORDS, "missing": _TEXT, "due": _DAY_OR_NONE},
        ("thread",),
        (EVALUATOR,),
        (VERIFIKASI, PERBAIKAN),
        visible_to=("agency", "internal"),  # internal while it is a draft
    ),
    Kind(
        ANSWER,
        {"thread": _ID, "text": _WORDS, "files": _SHAS},
        ("thread",),
        (AGENCY,),
        (VERIFIKASI, PERBAIKAN),
        until_cut_off=True,
    ),
    Kind(
        CLOSING,
        {"thread": _ID, "closed": _FLAG, "text": _TEXT},
        ("thread",),
        (EVALUATOR,),
        _JUDGED,
    ),
    # What has to be answered before anything is determined.
    Kind(
        MISMATCH_ANSWER,
        {"sub_aspect": _CODE, "text": _WORDS},
        ("sub_aspect",),
        (EVALUATOR, COMMISSIONER),
        _JUDGED,
    ),
    Kind(
        OBJECTION,
        {"thread": _ID, "sub_aspect": _CODE_OR_NONE, "text": _WORDS, "withdrawn": _FLAG},
        ("thread",),
        (AGENCY,),
        _JUDGED,
    ),
    Kind(
        OBJECTION_ANSWER,
        {"thread": _ID, "accepted": _FLAG, "text": _WORDS},
        ("thread",),
        (EVALUATOR, COMMISSIONER),
        _JUDGED,
    ),
    Kind(
        DETERMINATION,
        {
            "levels": _STEPS,
            # Left out where the index is of the levels alone.
            "components": NUMBERS,
            "total": _WORDS,
            "index": _WORDS,
            "category": _WORDS,
            "text": _TEXT,
        },
        (),
        (COMMISSIONER,),
        (PENETAPAN,),
    ),
    Kind(
        STAGE,
        {"stage": STAGES, "text": _TEXT},
        (),
        (SECRETARIAT, COMMISSIONER),
        STAGES,
    ),
)


def kind_of(kind: str, body: Mapping[str, Any]) -> Kind | None:
    """Return the row for a statement, or None if there is none."""
    return next(
        (
            row
            for row in KINDS
            if row.kind == kind
            and (kind != LEVEL or (row.of, row.pass_) == (body.get("of"), body.get("pass")))
        ),
        None,
    )
