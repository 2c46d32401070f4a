"""The store: everything that was stated, only ever added to. It knows SQL and no rules."""

from merit_kit.store._audit import audit, passed_through
from merit_kit.store._entries import OPENED, Appended, Statement, assessment_digest, new_id, opened
from merit_kit.store._store import Store, create_store, open_store

__all__ = [
    "OPENED",
    "Appended",
    "Statement",
    "Store",
    "assessment_digest",
    "audit",
    "create_store",
    "new_id",
    "open_store",
    "opened",
    "passed_through",
]
