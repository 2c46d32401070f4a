"""What is left to a kernel: papermill's own way, which here keeps the limit of what is put out."""

from __future__ import annotations

import json
from typing import Any

from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args
from traitlets import Integer

from merit_kit.engine._shell import OutputLimitError

_OTHERWISE = ("input_path", "timeout", "startup_timeout", "execution_timeout", "start_timeout")


def run(nb_man: Any, kernel_name: str, options: dict[str, Any], limit: int | None) -> Any:
    """Run a notebook in a kernel.

    Raises
    ------
    OutputLimitError
        If it puts out more than `limit` characters; its kernel is ended then and there.
    """
    if limit is None:
        return NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **options)
    # As papermill's engine gives them to its client.
    given = merge_kwargs(
        remove_args(_OTHERWISE, **options),
        timeout=options.get("execution_timeout") or options.get("timeout"),
        startup_timeout=options.get("start_timeout", 60),
        kernel_name=kernel_name,
        log=logger,
    )
    client = _LimitedClient(nb_man, limit=limit, **given)
    try:
        return client.execute()
    except DeadKernelError:
        client.check()
        raise


class _LimitedClient(PapermillNotebookClient):
    """Reads what a kernel says as long as it is not too much."""

    limit = Integer()
    _size = 0

    def check(self) -> None:
        """Raise an `OutputLimitError` if too much was put out."""
        if self._size > self.limit:
            raise OutputLimitError(f"more than {self.limit} characters")

    def process_message(self, message: dict[str, Any], cell: Any, index: int) -> Any:
        """Take a message, if there was not too much before."""
        content = message["content"]
        if message["msg_type"] == "stream":
            self._size += len(content["text"])
        elif message["msg_type"] not in ("status", "execute_input"):
            self._size += len(json.dumps(content, default=str))
        if self._size <= self.limit or message["msg_type"] == "status":
            return super().process_message(message, cell, index)
        self.shutdown_kernel = "immediate"  # it is not asked any more
        if self.task_poll_for_reply:
            self.task_poll_for_reply.cancel()
        return None
