"""Putting what was made in its place, and on record. Whoever runs the batch does it, alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from merit_kit.files import write_whole
from merit_kit.reports import _ledger
from merit_kit.reports._changes import shown_digest
from merit_kit.reports._folder import FAILED, set_aside
from merit_kit.reports._issue import DIPERIKSA, TERBIT
from merit_kit.reports._job import Made
from merit_kit.reports._letter import Letter
from merit_kit.reports._life import Plan
from merit_kit.reports._manifest import MANIFEST
from merit_kit.reports._row import good_until


@dataclass(frozen=True, slots=True)
class Filing:
    """How the reports of one batch are filed: what all of their lines say."""

    kind: str
    lang: str
    letter: Letter | None

    def file(self, plan: Plan, made: Made, key: str, state: str | None) -> Path | None:
        """Put a report in its place, and on record.

        Returns where the answers of an agency went that lay in the way.
        """
        kept = self._put(plan, made)
        failed_of(plan).unlink(missing_ok=True)
        self._note(plan, made, key, state)
        return kept

    def _put(self, plan: Plan, made: Made) -> Path | None:
        """Put the files in their place: a draft over the older one, an issued one for good."""
        page, table = made.page, made.table
        if plan.issue.status != TERBIT:
            self._disown(plan, made)
            # The table first: where somebody has it open, Windows lets nobody replace it, and the
            # page would be newer than what lies beside it.
            kept = set_aside(plan.table)
            if table:
                write_whole(plan.table, table)
            else:
                # Else yesterday's questions would lie beside a page that has none.
                plan.table.unlink(missing_ok=True)
            write_whole(plan.page, page)
            return kept
        files = {plan.table: table} if table else {}
        record = self._record(plan, made)
        _ledger.issue_for_good(plan.page.parent, {**plan.keeps, **files, plan.page: page}, record)
        return None

    def _disown(self, plan: Plan, made: Made) -> None:
        """Take the page that is there off record, until the one beside its new table is on it.

        Else whoever is cut off between the two would leave a page on record beside a table of
        another. A table may be filled in by somebody, so that it cannot say itself whose it is.
        """
        if plan.page.exists() and (made.table or plan.table.exists()):
            line = {
                "agency": str(plan.case.agency["code"]),
                "file": plan.page.name,
                "table": plan.table.name,
                "kind": self.kind,
                "lang": self.lang,
                "status": plan.issue.status,
                "case": "",
                "key": None,
            }
            _ledger.append_line(plan.page.parent / MANIFEST, line)

    def _record(self, plan: Plan, made: Made) -> _ledger.Record:
        case, issue = plan.case, plan.issue
        return _ledger.Record(
            status=issue.status,
            agency=str(case.agency["code"]),
            lang=self.lang,
            version=issue.version,
            at=issue.at,
            by=issue.by,
            case=case.digest,
            page=_ledger.sha256(made.page),
            file=plan.page.name,
            table=_ledger.sha256(made.table) if made.table else "",
            letter=self.letter.digest if self.letter else "",
            number=issue.number,
            n=plan.n,
            as_of=case.as_of,
            shown=shown_digest(case),
            comparison=plan.comparison.digest if plan.comparison else "",
            checked_by=issue.checked_by,
            checked_at=issue.checked_at,
        )

    def _note(self, plan: Plan, made: Made, key: str, state: str | None) -> None:
        """Put what was made into the manifest, and a check on record; what is issued is there."""
        case, issue, comparison = plan.case, plan.issue, plan.comparison
        folder = plan.page.parent
        if issue.status == DIPERIKSA:
            _ledger.note(folder, self._record(plan, made))
        line = {
            "agency": str(case.agency["code"]),
            "file": plan.page.name,
            "table": plan.table.name if made.table else None,
            "kind": self.kind,
            "lang": self.lang,
            "status": issue.status,
            "by": issue.by,
            "version": issue.version,
            "page": _ledger.sha256(made.page),
            "case": case.digest,
            # Worked out with the page already, where that was made.
            "shown": made.facts.get("shown") or shown_digest(case),
            "comparison": comparison.digest if comparison else None,
            "letter": self.letter.digest if self.letter else None,
            "assessment_digest": case.assessment_digest,
            "edition": made.facts.get("edition") or case.instrument.digest,
            "kit": _kit(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "milliseconds": made.milliseconds,
            "key": key,
            "state": state,
            "good_until": good_until(made.facts, issue.dated[:10]) if made.facts else None,
        }
        _ledger.append_line(folder / MANIFEST, line)


@cache
def _kit() -> str:
    """Return the version of the kit: where it is noted, the metadata of packages are read."""
    return version("merit-kit")


def failed_of(plan: Plan) -> Path:
    """Return where the notebook of a report goes that did not reach its end."""
    return plan.page.parent / FAILED / f"{plan.page.stem}.ipynb"
