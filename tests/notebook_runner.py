"""Runs notebooks one after the other by one engine, in a process of its own.

    python tests/notebook_runner.py ENGINE FOLDER NOTEBOOK...

Each is left in FOLDER under its own name, however it ended; what was logged goes to ``log.txt``.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError


def main(engine: str, folder: str, *notebooks: str) -> None:
    log = Path(folder) / "log.txt"
    logging.basicConfig(filename=log, encoding="utf-8", level=logging.WARNING)
    for given in notebooks:
        with suppress(PapermillExecutionError):
            papermill.execute_notebook(
                given,
                str(Path(folder) / Path(given).name),
                engine_name=engine,
                progress_bar=False,
                cwd=folder,
                request_save_on_cell_execute=False,
                extra_arguments=["--log-level=CRITICAL"],
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
