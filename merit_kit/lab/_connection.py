"""The websocket of a kernel, without two of its waits."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Send each message at once, and wait for no kernel that is gone.

    Nagle's algorithm holds a small message back until the one before it is acknowledged, and the
    other side delays that by some 40 ms: the difference between a click that is saved at once and
    one that is felt.
    """

    def connect(self) -> Any:
        """Connect the browser to the kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()

    def request_kernel_info(self) -> Any:
        """Ask a restarted kernel anew.

        Connections share one question. One that hung was never to answer it, and whoever connects
        to the kernel that took its place would wait a minute for that answer.
        """
        manager = self.kernel_manager
        process = getattr(manager.provisioner, "pid", None)
        asked = getattr(manager, "_merit_asked", process)
        pending = getattr(manager, "_kernel_info_future", None)
        if pending is not None and not pending.done() and asked != process:
            del manager._kernel_info_future
        manager._merit_asked = process
        return super().request_kernel_info()  # type: ignore[no-untyped-call]
