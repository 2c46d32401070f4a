"""The papermill entry point of the ``merit`` engine: it imports nothing.

Papermill loads every engine of the environment while it is itself being imported, for whichever
engine is wanted: what breaks or takes long in here would do so for everybody.
"""

from typing import Any


class MeritEngine:
    """Runs a notebook's cells in the calling process: ``papermill --engine merit``."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run a notebook and return it, as papermill's own engines do."""
        from merit_kit.engine import InProcessEngine

        return InProcessEngine.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> Any:
        """Return the kernel a notebook asks for."""
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> Any:
        """Return the language a notebook is in."""
        from papermill.utils import nb_language

        return nb_language(nb, language)
