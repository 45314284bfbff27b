"""Serves a newspaper over HTTP/1.1: keep-alive, conditional GET, faults on demand, every request counted."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate, parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, Protocol, TextIO
from urllib.parse import urlsplit

from seeds.newsstand.controls import PREFIX, control
from seeds.newsstand.faults import Fault, FaultKind, Faults
from seeds.newsstand.site import Response, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seeds.newsstand.newspaper import Newspaper


class Request(NamedTuple):
    """One request the server answered; a connection it reset has status 0."""

    method: str
    target: str
    status: int
    at: float
    """Seconds of the monotonic clock, when it was answered."""
    host: str = ""
    """As the Host header has it."""
    wait: float = 0.0
    """Seconds that the answer asks to wait, by Retry-After."""
    received_at: float = 0.0
    """Seconds of the monotonic clock, when its last byte came in."""

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path


class Stand(Protocol):
    """What one listening server needs: `Newsstand` plays one newspaper, `internet.Internet` many."""

    url: str
    connections: set[asyncio.Transport]
    faults: Faults
    latency: float
    """Seconds before each answer."""

    def respond(self, method: str, host: str, target: str, headers: dict[str, str]) -> Response:
        """The whole answer to a request."""

    def record(self, request: Request, length: int) -> None:
        """Count a request that was answered."""


class Newsstand:
    """The state of one running server, shared by its connections and, in tests, by other threads."""

    def __init__(self, newspaper: Newspaper, access_log: TextIO | None = None) -> None:
        self.newspaper = newspaper
        self.site = Site(newspaper)
        self.requests: list[Request] = []
        self.url = ""
        self.connections: set[asyncio.Transport] = set()
        self.faults = Faults()
        self.latency = 0.0
        self._access_log = access_log

    def set_edition(self, number: int) -> None:
        """Show edition 1 or 2."""
        self.newspaper.set_edition(number)
        self.site.forget()

    def set_fault(self, prefix: str, kind: FaultKind | None, seconds: float = 30) -> None:
        """Let answers under a path prefix go wrong, or with None be right again.

        Args:
            prefix: of the path, such as `/rss`.
            kind: `html` is a page with status 200, `error` a 503, `slow` the right answer after a while,
                `reset` a closed connection.
            seconds: how long `slow` waits.
        """
        self.faults.set(prefix, kind, seconds)

    def fault_at(self, target: str) -> Fault | None:
        """The fault that meets a target: that of the longest prefix."""
        return self.faults.find("", target)

    def respond(self, method: str, host: str, target: str, headers: dict[str, str]) -> Response:
        """The answer to a request, whatever host it names."""
        del host, headers
        if target.startswith(PREFIX):
            return control(self, method, target)
        return self.site.respond(target)

    def record(self, request: Request, length: int) -> None:
        """Count a request and write it to the access log."""
        self.requests.append(request)
        if self._access_log:
            moment = f"{datetime.now(UTC):%d/%b/%Y:%H:%M:%S +0000}"
            line = f'127.0.0.1 - - [{moment}] "{request.method} {request.target} HTTP/1.1" {request.status} {length}'
            print(line, file=self._access_log, flush=True)

    def counts(self) -> dict[str, dict[str, int]]:
        """Requests by path, and under each path by status."""
        table: dict[str, Counter[str]] = {}
        for request in list(self.requests):
            table.setdefault(request.path, Counter())[str(request.status)] += 1
        return {path: dict(statuses) for path, statuses in sorted(table.items())}


class _Connection(asyncio.Protocol):
    """One connection: requests are answered one after the other, in order."""

    def __init__(self, newsstand: Stand) -> None:
        self._newsstand = newsstand
        self._received = bytearray()
        self._waiting = False
        self._received_at = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type, TCP gives no other
        self._transport = transport
        self._newsstand.connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._newsstand.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._continue()

    def _continue(self) -> None:
        while not self._waiting and (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].decode("latin-1")
            first, *lines = head.split("\r\n")
            pairs = (line.partition(":") for line in lines)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            length = int(headers.get("content-length", "0")) if headers.get("content-length", "0").isdigit() else 0
            if len(self._received) < end + 4 + length:
                return
            del self._received[: end + 4 + length]
            self._answer(first.split(" "), headers)

    def _answer(self, first: list[str], headers: dict[str, str]) -> None:
        if len(first) != 3 or not first[1].startswith("/"):  # noqa: PLR2004 - method, target, version
            self._write("GET", "/", Response(b"bad request\n", "text/plain", status=400), {"connection": "close"})
            return
        method, target, version = first
        self._received_at = monotonic()
        host = headers.get("host", "").partition(":")[0].lower()
        if version == "HTTP/1.0":
            headers.setdefault("connection", "close")
        fault = self._newsstand.faults.meet(host, target) if not target.startswith(PREFIX) else None
        if fault and fault.kind == "reset":
            self._newsstand.record(Request(method, target, 0, monotonic(), host, 0, self._received_at), 0)
            self._transport.abort()
        elif (seconds := fault.seconds if fault and fault.kind == "slow" else self._newsstand.latency) > 0:
            self._waiting = True
            right = None if fault and fault.kind == "slow" else fault
            asyncio.get_running_loop().call_later(seconds, self._late, method, target, headers, right)
        else:
            self._write(method, target, self._response(method, host, target, headers, fault), headers)

    def _late(self, method: str, target: str, headers: dict[str, str], fault: Fault | None) -> None:
        self._waiting = False
        host = headers.get("host", "").partition(":")[0].lower()
        self._write(method, target, self._response(method, host, target, headers, fault), headers)
        self._continue()

    def _response(self, method: str, host: str, target: str, headers: dict[str, str], fault: Fault | None) -> Response:
        if not target.startswith(PREFIX):
            if method not in {"GET", "HEAD"}:
                return Response(b"method not allowed\n", "text/plain; charset=utf-8", status=405)
            if fault:
                return fault.response()
        return self._newsstand.respond(method, host, target, headers)

    def _write(self, method: str, target: str, response: Response, headers: dict[str, str]) -> None:
        status, body = response.status, response.body
        if status == HTTPStatus.OK and not target.startswith(PREFIX) and _not_modified(response, headers):
            status, body = 304, b""
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Date: {formatdate(usegmt=True)}"]
        if response.status == HTTPStatus.OK:
            if response.tagged:
                lines.append(f"ETag: {response.etag}")
            if response.last_modified:
                lines.append(f"Last-Modified: {_http_date(response.last_modified)}")
        lines += [f"{name}: {value}" for name, value in response.headers]
        if status != HTTPStatus.NOT_MODIFIED:
            lines += [f"Content-Type: {response.content_type}", f"Content-Length: {len(body)}"]
        close = headers.get("connection", "").lower() == "close"
        if close:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        # Counted first: whoever has read the answer finds it counted.
        if not target.startswith(PREFIX):
            host = headers.get("host", "").partition(":")[0].lower()
            self._newsstand.record(
                Request(method, target, status, monotonic(), host, response.wait, self._received_at), len(body)
            )
        self._transport.write(head if method == "HEAD" else head + body)
        if close:
            self._transport.close()


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _not_modified(response: Response, headers: dict[str, str]) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone where it is there."""
    if response.tagged and (tags := headers.get("if-none-match")):
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or response.etag in known
    since = headers.get("if-modified-since")
    if not since or not response.last_modified:
        return False
    with suppress(ValueError, TypeError):
        return response.last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    return False


async def listen(newsstand: Stand, host: str, port: int, base_url: str | None = None) -> asyncio.Server:
    """Start listening; port 0 takes any free one. A newspaper learns its address.

    Raises:
        OSError: the port is taken or not allowed.
    """
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(newsstand), host, port, backlog=512)
    taken = server.sockets[0].getsockname()[1]
    newsstand.url = (base_url or f"http://{host}:{taken}").rstrip("/")
    if isinstance(newsstand, Newsstand):
        newsstand.newspaper.base_url = newsstand.url
    return server


async def hang_up(newsstand: Stand, server: asyncio.Server) -> None:
    """Stop listening and drop every connection."""
    server.close()
    while newsstand.connections:
        for transport in list(newsstand.connections):
            transport.abort()
        await asyncio.sleep(0)


@contextmanager
def serve(
    newspaper: Newspaper, *, port: int = 0, host: str = "127.0.0.1", access_log: Path | None = None
) -> Iterator[Newsstand]:
    """Serve a newspaper from a thread of this process while the block runs."""
    with access_log.open("a", encoding="utf-8") if access_log else nullcontext() as log:
        newsstand = Newsstand(newspaper, log)
        with listening(newsstand, port=port, host=host):
            yield newsstand


@contextmanager
def listening(stand: Stand, *, port: int = 0, host: str = "127.0.0.1") -> Iterator[None]:
    """Answer from a thread of this process while the block runs."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(listen(stand, host, port))
    thread = threading.Thread(target=loop.run_forever, name="newsstand", daemon=True)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(hang_up(stand, server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
