"""A proxy in front of an HTTP server on loopback that behaves as the server does on a machine with much to do."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.throwaway import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Trouble = str | float | None
"""What happens to a connection: `refused` or `broken`, an HTTP status line, seconds that it waits, or nothing."""


class SlowProxy:
    """`trouble(number)` says what happens to the connection of that number, from 1."""

    def __init__(self, port: int, trouble: Callable[[int], Trouble]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.connections = 0
        self._to = port
        self._trouble = trouble
        self._server: socket.socket | None = None

    def listen(self) -> None:
        """Accept connections from now on; before, they are refused."""
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self._server], daemon=True).start()

    def close(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[client, self._trouble(self.connections)], daemon=True).start()

    def _serve(self, client: socket.socket, trouble: Trouble) -> None:
        with client:
            if trouble == "broken":
                return
            if isinstance(trouble, str):
                client.recv(65536)
                client.sendall(f"HTTP/1.1 {trouble}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                return
            time.sleep(trouble or 0)
            with socket.create_connection(("127.0.0.1", self._to)) as server:
                threading.Thread(target=_pump, args=[client, server], daemon=True).start()
                _pump(server, client)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


@contextmanager
def slow_proxy(port: int, trouble: Callable[[int], Trouble], *, refused_for: float = 0.0) -> Iterator[SlowProxy]:
    """Stand in front of the server on `port`; refuse all connections for the first seconds."""
    proxy = SlowProxy(port, trouble)
    timer = threading.Timer(refused_for, proxy.listen)
    timer.daemon = True
    timer.start()
    try:
        yield proxy
    finally:
        timer.cancel()
        proxy.close()
