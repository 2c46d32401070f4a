"""The websocket of a kernel, without two of its waits, and that stays where a kernel hangs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Send each message at once, and wait for no kernel that is gone.

    Nagle's algorithm holds a small message back until the one before it is acknowledged, and the
    other side delays that by some 40 ms: the difference between a click that is saved at once and
    one that is felt.
    """

    def connect(self) -> Any:
        """Connect the browser to the kernel, even to one that does not answer."""
        self.websocket_handler.set_nodelay(True)
        kept = self.multi_kernel_manager._kernel_buffers.get(self.kernel_id)
        if kept and not kept["channels"]:
            # Of a websocket that went before it had any, or whose sockets were taken from it.
            self.multi_kernel_manager.stop_buffering(self.kernel_id)
        connected = super().connect()
        return connected and asyncio.ensure_future(_whatever_comes_of(connected))

    async def _register_session(self) -> None:
        """Take the place of an earlier websocket of the same page, and of its sockets at once.

        Both have the same identity, and a kernel answers the first that it knows by it. Its
        handshake of closing takes seconds where nobody is at its other end.
        """
        stale = self._open_sessions.get(f"{self.kernel_id}:{self.session.session}")
        await super()._register_session()  # type: ignore[no-untyped-call]
        before = getattr(stale, "connection", None)
        if before is None:
            return
        streams, before.channels = before.channels, {}
        for stream in streams.values():
            if not stream.closed():
                stream.on_recv(None)
                stream.close(linger=0)

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


async def _whatever_comes_of(connected: asyncio.Future[None]) -> None:
    """Wait until a kernel answers, or has had its time.

    An error here would shut the websocket without a word to its connection, whose sockets would
    stay open, under an identity that the next websocket of the same page has, too.
    """
    with suppress(TimeoutError):
        await connected
