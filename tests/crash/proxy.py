"""A network of our own: a TCP proxy on loopback whose connections can be cut."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Wire:
    """Forwards one port to another as long as nobody cuts it."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.cuts = 0
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._dead_until = 0.0
        self._loop = asyncio.new_event_loop()

    def cut(self, seconds: float) -> None:
        """Reset every connection, and each new one for a while; returns when they are cut."""

        async def reset() -> None:
            self._dead_until = monotonic() + seconds
            for writer in list(self._writers):
                self.cuts += 1
                writer.transport.abort()

        asyncio.run_coroutine_threadsafe(reset(), self._loop).result()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if monotonic() < self._dead_until:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, back}
        self._writers |= ends
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    @contextmanager
    def running(self) -> Iterator[Wire]:
        """Forward from a thread of this process while the block runs."""
        server = self._loop.run_until_complete(asyncio.start_server(self._forward, "127.0.0.1", 0, backlog=512))
        self.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._end(server), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    with suppress(OSError):
        if not writer.is_closing():
            writer.write_eof()
