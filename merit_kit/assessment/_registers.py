"""The registers that cases take from, read once for all cases of a round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from merit_kit.store import RESULT, Store


@dataclass(frozen=True)
class Registers:
    """What all cases of a round have in common.

    `assessments` are those for a result; `people` go by id, `published` results by the name they
    were published under.
    """

    rounds: pd.DataFrame
    assessments: pd.DataFrame
    people: Mapping[str, Mapping[str, Any]]
    published: Mapping[str, list[dict[str, Any]]]

    @classmethod
    def of(cls, store: Store) -> Registers:
        """Read them."""
        every = store.assessments()
        return cls(
            store.rounds(),
            every[every["purpose"] == RESULT],
            store.people().to_dict("index"),
            _histories(store.published()),
        )


def _histories(published: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the published results of each agency, by year."""
    columns = ["year", "score", "index", "category", "source"]
    ordered = published.sort_values(["year", "source"])
    return {
        str(name): own[columns].to_dict("records")
        for name, own in ordered.groupby("agency", sort=False)
    }
