"""merit-kit: evaluator notebooks for merit-system self-assessments.

The public names are the modules below. Importing the package loads none of them: a command line
that only says its help should not wait for pandas.
"""

from importlib import import_module
from types import ModuleType

__all__ = [
    "assessment",
    "gaps",
    "i18n",
    "instrument",
    "panels",
    "process",
    "reports",
    "samples",
    "scoring",
    "store",
    "workbook",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"merit_kit.{name}")
    raise AttributeError(f"module 'merit_kit' has no attribute {name!r}")
