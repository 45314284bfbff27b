"""A newspaper on loopback whose answers a test writes, and which notes when each request came and was answered."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from http import HTTPStatus
from time import monotonic, time
from typing import TYPE_CHECKING, NamedTuple

from support.throwaway import free_port

from spiders.publishers import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

TEXT = (
    "Petani di Karawang mulai memanen padi musim tanam kedua, dan gabah dijemur di halaman balai desa sejak pagi. " * 3
)
ARTICLE = (
    '<html lang="id"><head><title>Panen Raya</title></head>'
    f"<body><article><h1>Panen Raya di Karawang</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"
)
WALL = (
    "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser before accessing</h1>"
    "<p>DDoS protection by Cloudflare. Ray ID: 8f1</p></body></html>"
)


class Answer(NamedTuple):
    body: str | bytes = ARTICLE
    status: int = 200
    headers: Mapping[str, str] = {}
    seconds: float = 0.0
    """Until it is sent."""
    hang_up: bool = False


class Request(NamedTuple):
    host: str
    path: str
    came: float
    """Seconds of the monotonic clock."""
    answered: float
    answered_at: float
    """Seconds since the epoch, when it was answered."""
    status: int


class Press:
    """`script(path, number)` answers the request of that number, from 1; None leaves it to the ordinary newspaper.

    That has `articles` articles a prefix, announced by `/<prefix>/rss`, and no robots.txt.
    """

    def __init__(self, script: Callable[[str, int], Answer | None], articles: int) -> None:
        self.requests: list[Request] = []
        self.script = script
        self.port = free_port()
        self.home = f"http://127.0.0.1:{self.port}/"
        self.head = ""
        """Request line and header lines of the request that is being answered, in lower case."""
        self._articles = articles
        self._number = 0

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def _ordinary(self, host: str, path: str) -> Answer:
        prefix, _, name = path.strip("/").rpartition("/")
        if name == "rss":
            links = (f"http://{host}/{prefix}/berita-{number}" for number in range(self._articles))
            items = "".join(f"<item><title>Berita</title><link>{link}</link></item>" for link in links)
            return Answer(f'<rss version="2.0"><channel><title>Warta</title>{items}</channel></rss>')
        return Answer() if name.startswith("berita-") else Answer("not here", 404)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                came = monotonic()
                self._number += 1
                self.head = head.lower()
                path = head.split(" ")[1]
                host = next(line[6:] for line in head.split("\r\n") if line.lower().startswith("host: "))
                answer = self.script(path, self._number) or self._ordinary(host, path)
                await asyncio.sleep(answer.seconds)
                self.requests.append(
                    Request(
                        host.partition(":")[0], path, came, monotonic(), time(), 0 if answer.hang_up else answer.status
                    )
                )
                if answer.hang_up:
                    return
                writer.write(_encoded(answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()


def _encoded(answer: Answer) -> bytes:
    body = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
    kind = "application/rss+xml" if body.startswith(b"<rss") else "text/html; charset=utf-8"
    headers = {"Content-Type": kind, "Content-Length": str(len(body)), **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode() + body


@contextmanager
def printing(
    script: Callable[[str, int], Answer | None] = lambda _path, _number: None,
    *,
    articles: int = 5,
    addresses: Sequence[str] = ("127.0.0.1",),
) -> Iterator[Press]:
    """Serve from a thread while the block runs."""
    press = Press(script, articles)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(press.serve, list(addresses), press.port, backlog=512))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield press
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _cancel_all() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def write_publisher(folder: Path, key: str, home: str, **more: str) -> dict[str, str]:
    """Write the file of a publisher with the feed `/<key>/rss`; the variables under which a spider finds it."""
    table = {
        "name": f'"{key}"', "home": f'"{home}"', "local": "true", "feeds": f'["/{key}/rss"]',
        "article_url": "['/berita-\\d+$']", **more,
    }  # fmt: skip
    text = "".join(f"{name} = {value}\n" for name, value in table.items())
    path = folder / f"{key}.toml"
    path.write_text(text, "utf-8")
    Publisher.from_file(path)
    return {"LUMBUNG_PUBLISHERS": str(folder)}
