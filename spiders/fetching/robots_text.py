"""Bytes of a robots.txt -> its rules, its sitemaps, the delay it asks for. Pure; nothing else decodes the file.

And the protocol of a store in which crawls find what others have fetched.
"""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple, Protocol

from protego import Protego

MOST_BYTES: Final = 500 * 1024
"""What lies behind is not read (RFC 9309, 2.5)."""
_WIDE_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_PERIOD: Final = 10**9
"""Seconds: a bound before the division, which fails on larger figures."""


class KeptFile(NamedTuple):
    """A robots.txt that an earlier crawl has fetched."""

    body: bytes | None
    """None where the host has no file."""
    age: float
    """Seconds since it was fetched."""


class RobotsFiles(Protocol):
    """The files that all crawls share, by scheme, host and port such as `https://koran.example`."""

    async def recall(self, root: str) -> KeptFile | None:
        """The file of a host as a crawl fetched it last, however long ago; None for a host that nobody asked."""

    async def keep(self, root: str, body: bytes | None) -> None:
        """Store what a host has answered just now: its file, None where it has none."""


class KeepsRobots(Protocol):
    """The part of a frontier that the middleware for robots.txt uses."""

    robots: RobotsFiles


def parse_rules(body: bytes) -> Protego:
    """Parse a robots.txt for what it allows (`can_fetch`) and the sitemaps it names (`sitemaps`).

    Args:
        body: any bytes. UTF-8 is read as RFC 9309 says, UTF-16 and UTF-32 by their byte order mark, bytes that are no
            UTF-8 as Windows-1252; NUL characters are dropped, which leaves UTF-16 without a mark readable.
    """
    text = _decoded(body[:MOST_BYTES]).replace("\0", "").replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    return Protego.parse(text if len(body) <= MOST_BYTES else text.rpartition("\n")[0])


def delay_asked(rules: Protego, agent: str) -> float | None:
    """Seconds between two requests by Crawl-delay or Request-rate, the longer one; None without both.

    Neither is part of RFC 9309. A rate for some hours of the day is kept at all hours.
    """
    asked = [rules.crawl_delay(agent)]
    if (rate := rules.request_rate(agent)) is not None:
        asked.append(min(rate.seconds, _LONGEST_PERIOD) / rate.requests)
    return max((seconds for seconds in asked if seconds is not None), default=None)


def _decoded(data: bytes) -> str:
    for mark, encoding in _WIDE_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "ignore")
    return data.decode("utf-8", _ERRORS)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - the handler is given to a decoder only
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_ERRORS: Final = "lumbung-windows-1252"
codecs.register_error(_ERRORS, _as_windows_1252)
