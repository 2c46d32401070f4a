"""The instrument: one edition of the questionnaire, as data that names its sources."""

from merit_kit.instrument._library import editions, from_data, load, named, read_edition
from merit_kit.instrument._model import Aspect, Category, Instrument, Source, SubAspect

__all__ = [
    "Aspect",
    "Category",
    "Instrument",
    "Source",
    "SubAspect",
    "editions",
    "from_data",
    "load",
    "named",
    "read_edition",
]
