"""The store: everything that was stated, only ever added to. It knows SQL and no rules."""

from merit_kit.store._audit import audit, passed_through, store_digest
from merit_kit.store._entries import (
    OPENED,
    PRACTICE,
    RESULT,
    ROW,
    Appended,
    Statement,
    assessment_digest,
    new_id,
    opened,
)
from merit_kit.store._evidence import StoredFile, check_file
from merit_kit.store._opening import create_store, open_store
from merit_kit.store._rights import EVERY, grant_application, permit, withdraw
from merit_kit.store._store import Store
from merit_kit.store._watch import Watch

__all__ = [
    "EVERY",
    "OPENED",
    "PRACTICE",
    "RESULT",
    "ROW",
    "Appended",
    "Statement",
    "Store",
    "StoredFile",
    "Watch",
    "assessment_digest",
    "audit",
    "check_file",
    "create_store",
    "grant_application",
    "new_id",
    "open_store",
    "opened",
    "passed_through",
    "permit",
    "store_digest",
    "withdraw",
]
