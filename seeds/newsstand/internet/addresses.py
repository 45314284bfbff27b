"""Addresses as patterns: filled in for an article, and recognised when someone asks for one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAMES = {
    "channel": r"[a-z0-9-]+",
    "Y": r"\d{4}",
    "m": r"\d{1,2}",
    "d": r"\d{1,2}",
    "page": r"\d+",
    "offset": r"\d+",
}
_FIRST_ID = 1_512_001
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def filled(pattern: str, moment: datetime, *, channel: str, number: int, words: str) -> str:
    """The address of an article.

    Args:
        pattern: with {channel}, {Y}, {m}, {d}, {stamp}, {hms}, {id}, {hex}, {hex6}, {slug} and
            {short5}, which may also be 6, 8 or 9 long.
        moment: of publication, in the site's zone.
        channel: its channel.
        number: of the article.
        words: the slug.
    """
    identity = _FIRST_ID + number
    values = {
        "channel": channel,
        "Y": f"{moment:%Y}",
        "m": f"{moment:%m}",
        "d": f"{moment:%d}",
        "stamp": f"{moment:%Y%m%d%H%M%S}",
        "hms": f"{moment:%H%M%S}",
        "id": str(identity),
        "hex": f"{identity * 2654435761 % 2**48:012x}",
        "hex6": f"{identity:06x}",
        **{f"short{length}": _short(identity, length) for length in (5, 6, 8, 9)},
        "slug": words,
    }
    return pattern.format_map(values)


def _short(number: int, length: int) -> str:
    letters = ""
    number *= 7_919
    for _ in range(length):
        number, rest = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[rest]
    return letters


def path_of(url: str) -> str:
    """`host/path?query` of a URL: what a server sees of it."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for."""

    channel: str | None = None
    day: date | None = None
    page: int = 1
    offset: int = 0
    """Articles on the pages before, where the address counts those."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a site: a pattern, the channel it is limited to."""

    host: str
    path: re.Pattern[str]
    query: tuple[tuple[str, re.Pattern[str], bool], ...]
    """Name, pattern of the value, and whether it must be there."""
    channel: str | None
    dated: bool

    def asked(self, host: str, path: str, query: dict[str, str]) -> Asked | None:
        """What a request asks for; None where it is for something else."""
        if host != self.host or (match := self.path.fullmatch(path)) is None:
            return None
        values = match.groupdict()
        for name, pattern, needed in self.query:
            found = pattern.fullmatch(query[name]) if name in query else None
            if found is None and (needed or name in query):
                return None
            values |= found.groupdict() if found else {}
        try:
            return _asked(values, self.channel)
        except ValueError:
            return None


def _asked(values: dict[str, str], channel: str | None) -> Asked:
    day = date(int(values["Y"]), int(values["m"]), int(values["d"])) if values.get("d") else None
    page, offset = int(values.get("page") or 1), int(values.get("offset") or 0)
    return Asked(values.get("channel") or channel, day, max(1, page), offset)


def addresses(patterns: Iterable[str], channels: Iterable[str]) -> Iterator[Address]:
    """The addresses that patterns stand for: {channel} is each channel, `#bola` limits one to a channel."""
    for pattern in patterns:
        address, _, limit = pattern.partition("#")
        if "{channel}" in address:
            for channel in channels:
                yield _address(address.replace("{channel}", channel), channel)
        else:
            yield _address(address, limit or None)


def _address(pattern: str, channel: str | None) -> Address:
    parts = urlsplit(pattern)
    query = tuple((name, _regex(value), "{" not in value) for name, value in parse_qsl(parts.query))
    return Address(parts.netloc, _regex(parts.path or "/"), query, channel, "{d}" in pattern)


def _regex(pattern: str) -> re.Pattern[str]:
    written, named = "", set[str]()
    for odd, piece in _parity(re.split(r"\{(\w+)\}", pattern)):
        if not odd:
            written += re.escape(piece)
        elif piece in named:  # once more the same, as in the first and the last day of one day
            written += f"(?P={piece})"
        else:
            written += f"(?P<{piece}>{_NAMES[piece]})"
            named.add(piece)
    return re.compile(written)


def _parity(pieces: list[str]) -> Iterator[tuple[bool, str]]:
    return ((bool(index % 2), piece) for index, piece in enumerate(pieces))
