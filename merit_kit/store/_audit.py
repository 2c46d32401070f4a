"""Whether what is in the store is what was put into it.

Finds a changed, removed, re-ordered, replaced or smuggled-in entry; an assessment moved to
another agency, round or edition; a file of evidence that is gone or damaged; a guard of the
database that was taken away. What is cut off at the end together with what was noted of it, or
rewritten with every hash and anchor after it, leaves no trace in here: the digests printed in
reports (`passed_through`) and noted at an audit (`store_digest`) are for that.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd
import sqlalchemy as sa

from merit_kit.canonical import canonical, digest
from merit_kit.errors import Problem, StoreError
from merit_kit.store import _tables as t
from merit_kit.store._dialects import missing_triggers
from merit_kit.store._entries import COPIED, EVIDENCE, OPENED, ROW, assessment_digest, link, opened
from merit_kit.store._evidence import fault as evidence_fault
from merit_kit.store._rights import missing_policies, sees_everything
from merit_kit.store._store import Store

SHORTEST_DIGEST = 16
"""Hexadecimal digits that pages print in groups of four; fewer would fit by chance."""


def audit(store: Store) -> list[Problem]:
    """Check every chain, digest, edition, assessment and file, and what guards them.

    An empty list if all is as it was put. Each problem's `where` is ``agency/round #position``,
    the beginning of a file's digest, or the table's name.

    Raises
    ------
    StoreError
        If the database hides part of the entries from us: an agency's role cannot audit.
    """
    problems = list(_guards(store))
    assessments, entries, anchors, files = store.as_they_are(
        sa.select(t.assessment).order_by(t.assessment.c.round, t.assessment.c.agency),
        sa.select(t.entry).order_by(t.entry.c.assessment, t.entry.c.position),
        sa.select(t.anchor).order_by(t.anchor.c.assessment, t.anchor.c.position),
        sa.select(t.evidence).order_by(t.evidence.c.assessment, t.evidence.c.sha256),
    )
    for edition in sorted(set(assessments["edition"]), key=str):
        if not _is_kept(store, edition):
            problems.append(Problem("edition", "audit-edition", edition))
    by_assessment = dict(list(entries.groupby("assessment", sort=False)))
    noted_by_assessment = dict(list(anchors.groupby("assessment", sort=False)))
    files_by_assessment = {
        key: set(own["sha256"]) for key, own in files.groupby("assessment", sort=False)
    }
    for row in assessments.to_dict("records"):
        key = row["id"]
        own = by_assessment.pop(key, entries.iloc[:0])
        noted = noted_by_assessment.pop(key, anchors.iloc[:0])
        name = f"{row['agency']}/{row['round']}"
        problems.extend(_assessment(name, row, own, noted))
        problems.extend(_named_files(name, own, files_by_assessment.get(key, set())))
    for key in sorted(map(str, {*by_assessment, *noted_by_assessment})):
        problems.append(Problem(str(key), "audit-assessment-removed"))
    return [*problems, *_files(store, files)]


def passed_through(store: Store, printed: str) -> list[str]:
    """Say which assessments had the digest `printed` (or beginning so) at some moment.

    Returns their ``agency/round #position``; an empty list means that no history in this store
    ever had it: it was made from another store, or this one was rewritten.
    """
    anchors, assessments = store.anchors(), store.assessments()
    # Copied from a page it may hold blanks of any kind, and line breaks.
    beginning = "".join(printed.split()).lower()
    if len(beginning) < SHORTEST_DIGEST:
        return []
    names = (assessments["agency"] + "/" + assessments["round"]).to_dict()
    hits = anchors[anchors["digest"].str.startswith(beginning)]
    return [
        f"{names.get(hit.assessment, hit.assessment)} #{hit.position}" for hit in hits.itertuples()
    ]


def store_digest(store: Store) -> str:
    """Return one digest of everything that was stated, to be noted outside and compared later.

    A whole assessment, or the last entries with what was noted of them, can be cut out of a file
    without a trace in it. They are still in the digest that somebody wrote down before.
    """
    anchors = store.anchors()
    last = anchors.sort_values("position").groupby("assessment").tail(1)
    lines = sorted(f"{row.assessment} {row.position} {row.digest}" for row in last.itertuples())
    return digest("\n".join(lines))


def _guards(store: Store) -> Iterator[Problem]:
    """Say which triggers and policies are gone; they are never put back without a word."""
    with store.reading() as connection:
        if not sees_everything(connection):
            raise StoreError("audit-not-all-seen", path=store.place)
        for table, name in missing_triggers(connection):
            yield Problem(table, "audit-trigger", name)
        for table, name in missing_policies(connection):
            yield Problem(table, "audit-policy", name)


def _files(store: Store, files: pd.DataFrame) -> Iterator[Problem]:
    """Read every file and say which is not what was put there."""
    for row in files.to_dict("records"):
        if key := evidence_fault(store, row):
            yield Problem(str(row["sha256"])[:16], key, row["size"])


def _named_files(name: str, entries: pd.DataFrame, there: set[str]) -> Iterator[Problem]:
    """Say which entries name a file that was never put in their assessment."""
    for entry in entries[entries["kind"] == EVIDENCE].to_dict("records"):
        try:
            body = opened(entry["payload"]).get("body")
        except (TypeError, ValueError, RecursionError):
            continue  # reported as unreadable
        named = body.get("sha256") if isinstance(body, dict) else None
        # Evidence may also be a link, or told; then it names no file.
        if named is not None and str(named) not in there:
            yield Problem(f"{name} #{entry['position']}", "audit-evidence-unknown", str(named)[:16])


def _is_kept(store: Store, edition: str) -> bool:
    try:
        return digest(store.edition(edition)) == edition
    except StoreError:
        return False


def _assessment(
    name: str, row: dict[Hashable, Any], entries: pd.DataFrame, anchors: pd.DataFrame
) -> Iterator[Problem]:
    notes = dict(zip(anchors["position"], anchors["digest"], strict=True))
    heads: dict[str, tuple[int, str]] = {}
    linked_before: set[tuple[str, int, str]] = set()
    digest_noted = True
    expected = 1
    for position in notes:
        # Nothing is ever noted there, yet `passed_through` would vouch for a digest put there.
        if not (isinstance(position, int) and position >= 1):
            yield Problem(f"{name} #{position}", "audit-digest")
    for entry in entries.to_dict("records"):
        position = entry["position"]
        if not _is_formed(entry):
            yield Problem(f"{name} #{position}", "audit-unreadable")
            continue
        where = f"{name} #{position}"
        if position > expected:
            yield Problem(f"{name} #{expected}", "audit-removed", position - expected)
        expected = position + 1
        yield from _copies(where, entry)
        seq, prev = heads.get(entry["writer"], (0, ""))
        first = seq == 0 and _begins_well(entry, linked_before)
        if entry["seq"] != seq + 1 or not (first or entry["prev"] == prev):
            yield Problem(where, "audit-order")
        linked = link(
            entry["prev"], entry["writer"], entry["seq"], entry["recorded_by"], entry["payload"]
        )
        if linked != entry["hash"]:
            yield Problem(where, "audit-changed")
        heads[entry["writer"]] = (entry["seq"], entry["hash"])
        linked_before.add((entry["writer"], entry["seq"], entry["hash"]))
        now = assessment_digest(hash_ for _, hash_ in heads.values())
        # One fault changes every digest after it; the first is the one that tells.
        if digest_noted and notes.get(position) != now:
            digest_noted = False
            yield Problem(where, "audit-digest")
    cut = [p for p in notes if isinstance(p, int) and p >= expected]
    if cut:
        yield Problem(f"{name} #{expected}", "audit-removed", len(cut))
    yield from _opening(name, row, entries)


def _begins_well(entry: dict[str, Any], before: set[tuple[str, int, str]]) -> bool:
    """Say whether a chain's first link is of the heads it names, all of them here before it."""
    try:
        known = {
            (str(writer), int(seq), str(hash_)) for writer, seq, hash_ in json.loads(entry["known"])
        }
    except (TypeError, ValueError, RecursionError):
        return False
    return entry["prev"] == assessment_digest(hash_ for _, _, hash_ in known) and known <= before


def _is_formed(entry: dict[str, Any]) -> bool:
    """Say whether the columns hold what they should; SQLite takes any type in any column."""
    numbers, texts = ("position", "seq"), ("recorded_by", "writer", "prev", "payload", "hash")
    return all(isinstance(entry[column], int) for column in numbers) and all(
        isinstance(entry[column], str) for column in texts
    )


def _copies(where: str, entry: dict[str, Any]) -> Iterator[Problem]:
    try:
        said = opened(entry["payload"])
    except (ValueError, RecursionError):
        yield Problem(where, "audit-unreadable")
        return
    try:
        spelled = canonical(said) == entry["payload"]
    except TypeError:
        spelled = False
    if not spelled:
        yield Problem(where, "audit-unreadable")
    for column in COPIED:
        if said.get(column) != entry[column]:
            yield Problem(where, "audit-column", entry[column], column)


def _opening(name: str, row: dict[Hashable, Any], entries: pd.DataFrame) -> Iterator[Problem]:
    first = entries[entries["position"] == 1]
    if first.empty or first.iloc[0]["kind"] != OPENED:
        yield Problem(f"{name} #1", "audit-opening-missing")
        return
    try:
        body = opened(first.iloc[0]["payload"]).get("body")
    except (TypeError, ValueError, RecursionError):
        return  # already reported as unreadable
    stated = body if isinstance(body, dict) else {}
    says = {**row, "invented": bool(row["invented"])}
    for column in ROW:
        if stated.get(column) != says[column]:
            yield Problem(name, "audit-moved", says[column], stated.get(column))
