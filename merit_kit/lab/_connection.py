"""The websocket of a kernel, without the wait for more to send."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Send each message at once.

    Nagle's algorithm holds a small message back until the one before it is acknowledged, and the
    other side delays that by some 40 ms: the difference between a click that is saved at once and
    one that is felt.
    """

    def connect(self) -> Any:
        """Connect the browser to the kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
