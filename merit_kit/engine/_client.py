"""From cells to outputs: nbclient's own reading of messages, with a shell here to send them."""

from __future__ import annotations

import asyncio
import decimal
import sys
from typing import Any

from nbclient.exceptions import CellExecutionError
from papermill.clientwrap import PapermillNotebookClient

from merit_kit.engine import _loop, _threads, _unsupported
from merit_kit.engine._shell import LANGUAGE, Outputs, shell
from merit_kit.engine._state import as_it_was

_MOMENTS = 3
"""How often tasks that a cell left running get a turn before the next one."""


class Client(PapermillNotebookClient):
    """Runs a notebook in this process. Each output is a message, read as those of a kernel are."""

    def run_here(self, limit: int | None = None) -> Any:
        """Run the cells and return the notebook.

        Raises
        ------
        UnsupportedError
            If it does what has to be left to a kernel.
        OutputLimitError
            If it puts out more than `limit` characters.
        """
        self.reset_execution_trackers()
        interrupt = _loop.Interrupt()
        try:
            # What was there before it is put back also where a thread of it goes on.
            with _threads.apart(), as_it_was(), _unsupported.guard() as guard:
                outputs = Outputs(self.process_message, limit, guard)
                with shell(outputs, guard) as running, interrupt.heard(outputs.close):
                    _loop.run(self._cells(running, outputs, guard), outputs.close)
                guard.check()
                outputs.check()
        finally:
            # Whatever the notebook made of it, and whatever came of that.
            interrupt.check()
        self.nb.metadata["language_info"] = dict(LANGUAGE)
        return self.nb

    async def _cells(self, running: Any, outputs: Outputs, guard: _unsupported.Guard) -> None:
        # A notebook reckons from the start, whatever was set where it is run from.
        decimal.setcontext(decimal.Context())
        for index, cell in enumerate(self.nb.cells):
            try:
                self.nb_man.cell_start(cell, index)
                await self._cell(cell, index, running, outputs)
                guard.check()
                outputs.check()
            except _unsupported.Refused:
                guard.check()
            except CellExecutionError as error:
                guard.check()
                outputs.check()
                if not outputs.is_over:
                    cell = self.nb.cells[index]
                    self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                break
            finally:
                self.nb_man.cell_complete(self.nb.cells[index], cell_index=index)
            if outputs.is_over:
                break

    async def _cell(self, cell: Any, index: int, running: Any, outputs: Outputs) -> None:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return
        cell.metadata["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        outputs.begin(cell, index)
        reply = await _executed(running, cell.source)
        outputs.end()
        cell.metadata["execution"]["shell.execute_reply"] = outputs.now()
        await self._check_raise_for_error(cell, index, {"content": reply})
        for _ in range(_MOMENTS):
            await asyncio.sleep(0)


async def _executed(running: Any, code: str) -> dict[str, Any]:
    """Run code as ipykernel does, which looks first whether it awaits something itself."""
    failed = None
    try:
        transformed = running.transform_cell(code)
    except Exception:
        transformed, failed = code, sys.exc_info()
    how = {"transformed_cell": transformed, "preprocessing_exc_tuple": failed}
    running._last_traceback = None
    running._last_traceback_during_displayhook = False
    if running.should_run_async(code, **how):
        done = None
        try:
            done = await asyncio.ensure_future(
                running.run_cell_async(code, store_history=True, **how)
            )
        finally:
            running.events.trigger("post_execute")
            running.events.trigger("post_run_cell", done)
    else:
        done = running.run_cell(code, store_history=True)
    running.payload_manager.clear_payload()
    error = done.error_before_exec or done.error_in_exec
    if done.success and not getattr(running, "_last_traceback_during_displayhook", False):
        return {"status": "ok"}
    return {
        "status": "error",
        "traceback": running._last_traceback or [],
        "ename": type(error).__name__,
        "evalue": str(error),
    }
