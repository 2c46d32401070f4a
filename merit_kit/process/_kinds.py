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
SITTING, ATTENDANCE, DISCUSSION = "sitting", "attendance", "discussion"
AGREED, ACCEPTANCE = "agreed-action", "acceptance"
SUBMISSION = "submission"
PRACTICE_RESULT = "practice-result"

SELF, VERIFIED, FIELD, SECOND, FINAL = "self", "verified", "field", "second", "final"
"""What a level says: the agency of itself; what the documents show; what practice shows; an
independent scoring for calibration, which counts for nothing; what was determined."""

AWAL, AKHIR = PASSES = ("awal", "akhir")
"""The passes of the verification: before and after the correction."""

FINDING_SOURCES = ("kunjungan", "wawancara", "pengaduan")
EVIDENCE_STATES = ("sesuai", "kurang", "kedaluwarsa", "tidak-dapat-dibuka", "belum-diperiksa")
FOLLOW_UP_STATES = ("selesai", "sebagian", "belum")

TIME_ZONES = ("WIB", "WITA", "WIT")
SIDES = (AGENCY, EVALUATOR, HOST)
"""For whom somebody sits in a sitting: the agency, the evaluators, or those who host it."""

_CODE, _CODE_OR_NONE, _TEXT, _WORDS, _STEP = "code", "code-or-none", "text", "words", "step"
_DAY, _DAY_OR_NONE, _FLAG, _ID, _SHA, _SHAS = "day", "day-or-none", "flag", "id", "sha", "shas"
_STEPS, _SIZE, NUMBERS = "steps", "size", "numbers"
_TIME_OR_NONE, _ID_OR_NONE, _PERSON = "time-or-none", "id-or-none", "person"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table.

    `parts` are the fields of the body, each with its type (or the tuple of what it may be).
    `topic` are the fields that say what it is about: of entries on one topic one counts;
    ``author`` among them lets each author have their own. `until_cut_off`: refused once the
    round's cut-off has passed. `practised_by`: who may state it in a sandbox, where nobody is
    judged: also teams of agencies, who may not in an assessment that counts.
    """

    kind: str
    parts: Mapping[str, Any]
    topic: tuple[str, ...]
    roles: tuple[str, ...]
    stages: tuple[str, ...]
    visible_to: tuple[str, ...] = ("agency",)
    until_cut_off: bool = False
    practised_by: tuple[str, ...] = ()
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
# Sittings are held while things are verified; of some the record is finished shortly after.
_MET = (VERIFIKASI, PERBAIKAN)

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
    Kind(
        # That the agency hands in what it has; `of` says what that was, see `submission_digest`.
        SUBMISSION,
        {"of": _SHA, "text": _TEXT},
        (),
        (AGENCY,),
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
    _level(
        SECOND,
        None,
        (EVALUATOR,),
        STAGES,
        topic=("author",),
        visible_to=("internal",),
        practised_by=(AGENCY, EVALUATOR),
    ),
    Kind(
        # That somebody compared what they scored in a sandbox with the model. `of` says what that
        # was, see `practice_digest`; `model` what it was compared with, whatever a later kit says.
        PRACTICE_RESULT,
        {"of": _SHA, "model": _STEPS},
        ("author",),
        (AGENCY, EVALUATOR),
        STAGES,
        visible_to=("internal",),
        practised_by=(AGENCY, EVALUATOR),
    ),
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
    # A sitting, and what its record (berita acara) needs beside all this. Of which room it was,
    # the entry itself says: of each room one sitting counts, and each person once.
    Kind(
        SITTING,
        {
            # What the register of rooms says may change; a record that was signed may not.
            "name": _TEXT,
            "purpose": SITTING_KINDS,
            "held_on": _DAY,
            "begins": _TIME_OR_NONE,
            "ends": _TIME_OR_NONE,
            "zone": TIME_ZONES,
            "place": _TEXT,
        },
        ("room",),
        (EVALUATOR, SECRETARIAT),
        _MET,
    ),
    Kind(
        ATTENDANCE,
        # Who it is stands in the table of people, where it can be erased; here is a bare id, which
        # needs no account. `signs`: whether this person signs the record for their side.
        {"person": _PERSON, "side": SIDES, "signs": _FLAG, "withdrawn": _FLAG},
        ("room", "person"),
        (AGENCY, EVALUATOR, SECRETARIAT),
        _MET,
    ),
    Kind(
        # What was said in the room, as the evaluator wrote it down: to a question (`thread`), or
        # about the sub-aspect. It is no answer of the agency's, who gives that itself.
        DISCUSSION,
        {"sub_aspect": _CODE, "thread": _ID_OR_NONE, "text": _TEXT},
        ("sub_aspect", "thread"),
        (EVALUATOR,),
        _MET,
    ),
    Kind(
        # What was agreed: on a question, on a sub-aspect, or (without one) on all of it.
        AGREED,
        {
            "sub_aspect": _CODE_OR_NONE,
            "thread": _ID_OR_NONE,
            "text": _TEXT,
            "side": (AGENCY, EVALUATOR),
            "due": _DAY_OR_NONE,
        },
        ("sub_aspect", "thread"),
        (EVALUATOR,),
        _MET,
    ),
    Kind(
        # That the agency agrees with the record; what it objects to is an objection like any other.
        # `of` says what was in the record then, see `record_digest`.
        ACCEPTANCE,
        {"of": _SHA, "text": _TEXT, "withdrawn": _FLAG},
        (),
        (AGENCY,),
        _MET,
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
