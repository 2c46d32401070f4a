"""Notebooks run in the calling process: what a kernel would put out, without a kernel.

Usable with any notebook; what it cannot do is left to papermill's own engine, and said in the log.
What is on that list, and what no list can find, is in ``_unsupported``.
"""

from merit_kit.engine._engine import InProcessEngine
from merit_kit.engine._shell import OutputLimitError
from merit_kit.engine._state import spoilt

__all__ = ["InProcessEngine", "OutputLimitError", "spoilt"]
