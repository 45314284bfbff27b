"""A site that wants to fill a crawler's memory or hold it for ever, one trick a path, and says nothing true."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import brotli  # type: ignore[import-untyped]  # ships no types

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK = b" " * (1 << 20)
Parts = Iterator[bytes]

RSS = b"<rss><channel>%s</channel></rss>"
ITEM = b"<item><link>%s/artikel-1</link></item>"
SITEMAP = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
LAUGHS = b"<!DOCTYPE x [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 12)
)
QUADRATIC = b"<!DOCTYPE x [<!ENTITY a '" + b"a" * 200_000 + b"'>"


def response(body: bytes, kind: str = "text/html", *headers: str) -> Parts:
    """A plain answer with extra header lines."""
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    yield "\r\n".join([*lines, "", ""]).encode()
    yield body


@cache
def blown_up(coding: str) -> bytes:
    """Half a gigabyte of white space in about a thousandth of that."""
    packer, last = _packers()[coding]
    return b"".join([*(packer(BLOCK) for _ in range(512)), last()])


def _packers() -> dict[str, tuple[Callable[[bytes], bytes], Callable[[], bytes]]]:
    wrapped, bare = zlib.compressobj(9, wbits=31), zlib.compressobj(9)
    brotlied, zstandard = brotli.Compressor(quality=1), zstd.ZstdCompressor()
    return {
        "gzip": (wrapped.compress, wrapped.flush),
        "deflate": (bare.compress, bare.flush),
        "br": (brotlied.process, brotlied.finish),
        "zstd": (zstandard.compress, zstandard.flush),
    }


def packed(coding: str) -> Callable[[], Parts]:
    """A page in one content coding."""
    return lambda: response(blown_up(coding), "text/html", f"Content-Encoding: {coding}")


def in_gzip_twice() -> Parts:
    return response(gzip.compress(blown_up("gzip")), "text/html", "Content-Encoding: gzip, gzip")


def endless() -> Parts:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><body><p>"
    while True:
        yield b"kata " * 20_000


def endless_chunks() -> Parts:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + b"k" * 0x10000 + b"\r\n"


def endless_headers() -> Parts:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    number = 0
    while True:
        number += 1
        yield b"".join(b"X-%d-%d: %s\r\n" % (number, each, b"v" * 4_000) for each in range(50))


def endless_status_line() -> Parts:
    yield b"HTTP/1.1 200 "
    while True:
        yield b"O" * 100_000


def lying_length() -> Parts:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\n<p>"


def drip() -> Parts:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n"
    while True:
        time.sleep(0.5)
        yield b"k"


def broken_chunks() -> Parts:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n<p>\r\n"


def deep() -> Parts:
    return response(b"<html><body>" + b"<div>" * 2_500_000)


def attributes() -> Parts:
    return response(b"<html><body>" + b"".join(b'<p class="%s">k</p>' % (b"a " * 250_000) for _ in range(30)))


def paragraphs() -> Parts:
    return response(b"<html><body><h1>Judul</h1><article>" + b"<p>Satu kalimat pendek saja.</p>" * 400_000)


def json_ld() -> Parts:
    nest = b"[" * 5_000_000 + b"]" * 5_000_000
    return response(b'<html><head><script type="application/ld+json">' + nest + b"</script></head><body><p>k")


def redirects() -> Parts:
    yield b"HTTP/1.1 302 Found\r\nLocation: /artikel-1?n=%d\r\nContent-Length: 0\r\n\r\n" % time.monotonic_ns()


PAGES: dict[str, Callable[[], Parts]] = {
    **{f"in_{coding}": packed(coding) for coding in ("gzip", "deflate", "br", "zstd")},
    **{
        each.__name__: each
        for each in (
            in_gzip_twice, endless, endless_chunks, endless_headers, endless_status_line, lying_length, drip,
            broken_chunks, deep, attributes, paragraphs, json_ld, redirects,
        )
    },
}  # fmt: skip
"""Pages that the feed announces."""

FEEDS: dict[str, Callable[[], Parts]] = {
    "feed_of_laughs": lambda: response(LAUGHS + b"]>" + RSS % b"&a11;", "application/rss+xml"),
    "feed_of_quadratic_entities": lambda: response(QUADRATIC + b"]>" + RSS % (b"&a;" * 50_000), "application/rss+xml"),
    "feed_in_gzip": lambda: response(blown_up("gzip"), "application/rss+xml", "Content-Encoding: gzip"),
    "feed_without_end": endless,
    "feed_of_a_million_entries": lambda: response(RSS % (ITEM % b"" * 300_000), "application/rss+xml"),
}
"""Feeds, asked before any page."""

SITEMAPS: dict[str, Callable[[], Parts]] = {
    "sitemap_of_laughs": lambda: response(LAUGHS + b"]>" + SITEMAP + b"&a11;</urlset>", "application/xml"),
    "sitemap_in_gzip": lambda: response(blown_up("gzip"), "application/gzip"),
    "sitemap_in_gzip_in_gzip": lambda: response(
        gzip.compress(blown_up("gzip")), "application/gzip", "Content-Encoding: gzip"
    ),
    "sitemap_never_closed": lambda: response(SITEMAP + b"<url><loc>" * 1_000_000, "application/xml"),
}
"""Sitemaps, asked before any page."""

ROBOTS: dict[str, Callable[[], Parts]] = {
    "robots_without_end": endless,
    "robots_in_gzip": lambda: response(blown_up("gzip"), "text/plain", "Content-Encoding: gzip"),
}
"""robots.txt, asked before anything."""


class HostileSite:
    """Serves one bomb at its place and innocent documents elsewhere."""

    def __init__(self, bomb: str) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._places = {
            "/robots.txt": ROBOTS.get(bomb, lambda: response(b"User-agent: *\nAllow: /\n", "text/plain")),
            "/rss": FEEDS.get(bomb, lambda: response(RSS % (ITEM % self.url.encode()), "application/rss+xml")),
            "/sitemap.xml": SITEMAPS.get(bomb, lambda: response(SITEMAP + b"</urlset>", "application/xml")),
            "/artikel-1": PAGES.get(bomb, lambda: response(b"<html><body><h1>Biasa</h1><p>" + b"Kata biasa. " * 60)),
        }
        for place in self._places.values():
            next(place())  # what takes long to make is made before anybody waits for it
        self.asked: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            path = connection.recv(65536).split(b" ")[1].decode().partition("?")[0]
            self.asked.append(path)
            try:
                for part in self._places[path]():
                    connection.sendall(part)
            except (OSError, KeyError):
                return

    def close(self) -> None:
        """Take no more connections."""
        self._socket.close()
