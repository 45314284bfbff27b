"""A wire to PostgreSQL that loses the reply to a commit: the server has committed, the client does not learn of it.

A commit is a COMMIT, and every message outside of a transaction but BEGIN.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUERY, _BEGIN = b"Q", b"Q\x00\x00\x00\x0aBEGIN\x00"
_COMMIT, _ROLLBACK = b"Q\x00\x00\x00\x0bCOMMIT\x00", b"Q\x00\x00\x00\x0dROLLBACK\x00"
"""Messages of libpq's simple protocol."""
_READY = b"Z\x00\x00\x00\x05I"
"""ReadyForQuery outside of a transaction: the end of the reply to a COMMIT."""


How = Literal["reply", "request", "late"]
"""What is lost: the reply to a COMMIT; the COMMIT itself; the client, a moment before the server gets the COMMIT."""
_LATE = 0.1


class LossyWire:
    """Forwards one TCP port of loopback to another; see `lose`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._countdown = 0
        self.how: How = "reply"
        self._open: list[socket.socket] = []
        self.commits = 0
        """COMMITs that were seen, the one that was struck included."""
        self.lost = 0
        """How often the wire has struck."""
        self.messages: list[str] = []
        """Texts of the simple protocol that were sent to the server, each with one statement or several."""

    def lose(self, number: int, how: How = "reply") -> None:
        """Lose the reply to the `number`-th COMMIT from now on, and cut its connection; 0 loses none."""
        self.commits, self._countdown, self.how = 0, number, how

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [client, server]
                link = _Link(self, client, server)
                for pump in (link.pump_requests, link.pump_replies):
                    threading.Thread(target=pump, name="lossy wire", daemon=True).start()

    def committing(self) -> bool:
        """Count one COMMIT; whether its reply is to be lost."""
        self.commits += 1
        self._countdown -= 1
        return self._countdown == 0

    @contextmanager
    def running(self) -> Iterator[LossyWire]:
        """Forward while the block runs."""
        thread = threading.Thread(target=self._serve, name="lossy wire", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            thread.join()
            for end in self._open:
                _hang_up(end)

    def url(self, database_url: str) -> str:
        """The same database through the wire."""
        parts = urlsplit(database_url)
        return parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{self.port}")).geturl()


class _Link:
    """One connection through the wire."""

    def __init__(self, wire: LossyWire, client: socket.socket, server: socket.socket) -> None:
        self._wire, self._client, self._server = wire, client, server
        self._losing = False
        self._in_transaction = False

    def _commits(self, chunk: bytes) -> bool:
        """Whether the server commits something when it has got these bytes."""
        if chunk.startswith(_QUERY):
            self._wire.messages.append(chunk[5:-1].decode("utf-8", "replace"))
        if self._in_transaction:
            self._in_transaction = not chunk.endswith((_COMMIT, _ROLLBACK))
            return chunk.endswith(_COMMIT)
        self._in_transaction = chunk == _BEGIN
        return chunk.startswith(_QUERY) and not self._in_transaction

    def pump_requests(self) -> None:
        with suppress(OSError):
            while chunk := self._client.recv(65536):
                if self._commits(chunk) and self._wire.committing():
                    if self._wire.how == "request":
                        self._wire.lost += 1
                        break
                    self._losing = True
                    if self._wire.how == "late":
                        _hang_up(self._client)
                        time.sleep(_LATE)
                        self._server.sendall(chunk)
                        return
                self._server.sendall(chunk)
        self._hang_up()

    def pump_replies(self) -> None:
        with suppress(OSError):
            while chunk := self._server.recv(65536):
                if self._losing:
                    if chunk.endswith(_READY):
                        self._wire.lost += 1
                        break
                    continue
                self._client.sendall(chunk)
        self._hang_up()

    def _hang_up(self) -> None:
        _hang_up(self._client)
        _hang_up(self._server)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
