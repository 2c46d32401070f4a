"""The engine as papermill knows one: here if it can be, else by the stock engine."""

from __future__ import annotations

import threading
from typing import Any

from papermill.engines import Engine
from papermill.log import logger

from merit_kit.engine import _kernel, _patches, _unsupported
from merit_kit.engine._client import Client
from merit_kit.engine._state import spoil
from merit_kit.engine._unsupported import UnsupportedError

_busy = threading.Lock()


class InProcessEngine(Engine):
    """Runs the cells in an IPython shell of this process, or leaves the notebook to the stock one.

    Takes what the stock engine takes; `output_limit` is how many characters a notebook may put out
    before it is ended with an `OutputLimitError` (default: no limit), `for_kernel` what only the
    stock engine is told.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run a notebook whose state papermill keeps."""
        limit, for_kernel = options.pop("output_limit", None), options.pop("for_kernel", {})
        reason = _unsupported.found_in(nb_man.nb, kernel_name, options)
        if reason is None and _busy.acquire(blocking=False):
            try:
                return cls._here(nb_man, options, limit)
            except UnsupportedError as refused:
                reason = str(refused)
                # What was put out so far goes, as if it had not been begun.
                nb_man.notebook_start()
                if nb_man.pbar:
                    nb_man.pbar.reset()
            finally:
                _busy.release()
        reason = reason or "another notebook is running in this process"
        # Whoever has words of their own for it finds the reason in the record.
        logger.warning(
            *("The merit engine leaves this notebook to a kernel: %s.", reason),
            extra={"left_to_kernel": reason},
        )
        return _kernel.run(nb_man, kernel_name, {**options, **for_kernel}, limit)

    @classmethod
    def _here(cls, nb_man: Any, options: dict[str, Any], limit: int | None) -> Any:
        known = {name: options.get(name) for name in ("stdout_file", "stderr_file")}
        client = Client(nb_man, log=logger, log_output=options.get("log_output", False), **known)
        try:
            return client.run_here(limit)
        finally:
            if changed := _patches.changed_by(nb_man.nb):
                spoil(f"it changes {changed}")
