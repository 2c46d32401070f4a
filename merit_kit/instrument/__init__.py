"""The instrument: one edition of the questionnaire, as data that names its sources."""

from merit_kit.instrument._check import CONFIDENCES, STATUSES
from merit_kit.instrument._check_index import COMPONENT_KINDS
from merit_kit.instrument._library import (
    FOLDER,
    editions,
    folder_of,
    from_data,
    keep_edition,
    load,
    named,
    read_edition,
)
from merit_kit.instrument._model import (
    ASSUMED,
    CORRECTION,
    Aspect,
    Category,
    Component,
    Correction,
    Instrument,
    Source,
    SubAspect,
)

__all__ = [
    "ASSUMED",
    "COMPONENT_KINDS",
    "CONFIDENCES",
    "CORRECTION",
    "FOLDER",
    "STATUSES",
    "Aspect",
    "Category",
    "Component",
    "Correction",
    "Instrument",
    "Source",
    "SubAspect",
    "editions",
    "folder_of",
    "from_data",
    "keep_edition",
    "load",
    "named",
    "read_edition",
]
