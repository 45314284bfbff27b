"""All families of inputs that break programs, and how each is read."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from hostile import addresses as hostile_addresses
from hostile import announcements as hostile_announcements
from hostile import data as hostile_data
from hostile import markup as hostile_markup
from hostile.announcements import CLAIMS, CODECS, feed_examples, sitemap_examples
from support.checkout import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hostile.markup import Sent


@dataclass(frozen=True, slots=True)
class Family:
    """Inputs of one kind."""

    kind: str
    """page, feed, sitemap, links, robots, address, date or wait: what reads them."""
    make: Callable[[], Iterable[Sent]]
    heavy: bool = False
    """Megabytes each: what one may cost is up to what bounds it, not to the limits of ordinary inputs."""


def _plain(make: Callable[[], Iterable[tuple[str, bytes]]]) -> Callable[[], Iterator[Sent]]:
    return lambda: ((name, data, None) for name, data in make())


def _cut(examples: Callable[[], dict[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, data in examples().items():
        for length in range(0, len(data), 7):
            yield f"{name}, {length} bytes", data[:length]
        for length in range(0, len(packed := gzip.compress(data, mtime=0)), 9):
            yield f"{name} in gzip, {length} bytes", packed[:length]


def _bent(examples: Callable[[], dict[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    dice = random.Random(6)  # noqa: S311 - the same documents each time
    for (name, data), number in product(examples().items(), range(40)):
        document = bytearray(data)
        for _ in range(1 << dice.randrange(6)):
            document[dice.randrange(len(document))] = (
                dice.randrange(256) if number % 2 else dice.choice(b"<>&/\"'![]-? \0")
            )
        yield f"{name}, number {number}", bytes(document)


def _mistaken(examples: Callable[[], dict[str, bytes]], name: str) -> Iterator[tuple[str, bytes]]:
    text = examples()[name].decode().removeprefix('<?xml version="1.0" encoding="utf-8"?>').replace("panen", "panén")
    for codec, claim in product(CODECS, CLAIMS):
        yield f"{codec} as {claim}", f'<?xml version="1.0" encoding="{claim}"?>{text}'.encode(codec, "replace")


def _saved_pages() -> Iterator[Sent]:
    for path in sorted(SHARED.glob("pages/*/page.html.gz")):
        yield path.parent.name, gzip.decompress(path.read_bytes()), None


def _saved_feeds(pattern: str) -> Iterator[Sent]:
    for path in sorted((SHARED / "feeds").glob(pattern)):
        yield path.name, path.read_bytes(), None


FAMILIES = {
    "tokenizer": Family("page", hostile_markup.tokens),
    "tree builder": Family("page", hostile_markup.trees),
    "pages cut off": Family("page", hostile_markup.cut),
    "pages bent": Family("page", hostile_markup.bent),
    "pages mistaken": Family("page", hostile_markup.mistaken),
    "JSON-LD, wrong types": Family("page", hostile_data.wrong_types),
    "JSON-LD, broken": Family("page", hostile_data.broken_json),
    "meta": Family("page", hostile_data.wrong_meta),
    "dates in pages": Family("page", hostile_data.absurd_dates),
    "numbers in pages": Family("page", hostile_data.absurd_numbers),
    "huge pages": Family("page", hostile_data.huge, heavy=True),
    "saved pages": Family("page", _saved_pages),
    "feeds": Family("feed", _plain(hostile_announcements.feeds)),
    "feeds cut off": Family("feed", _plain(lambda: _cut(feed_examples))),
    "feeds bent": Family("feed", _plain(lambda: _bent(feed_examples))),
    "feeds mistaken": Family("feed", _plain(lambda: _mistaken(feed_examples, "RSS 2.0"))),
    "sitemaps": Family("sitemap", _plain(hostile_announcements.sitemaps)),
    "sitemaps cut off": Family("sitemap", _plain(lambda: _cut(sitemap_examples))),
    "sitemaps bent": Family("sitemap", _plain(lambda: _bent(sitemap_examples))),
    "sitemaps mistaken": Family("sitemap", _plain(lambda: _mistaken(sitemap_examples, "sitemap"))),
    "huge announcements": Family("sitemap", _plain(hostile_announcements.huge_sitemaps), heavy=True),
    "huge feeds": Family("feed", _plain(hostile_announcements.huge_feeds), heavy=True),
    "lists of links": Family("links", _plain(hostile_announcements.lists_of_links)),
    "saved feeds": Family("feed", lambda: _saved_feeds("*.xml")),
    "saved lists": Family("links", lambda: _saved_feeds("*.html")),
    "robots.txt": Family("robots", _plain(hostile_announcements.robots)),
    "addresses": Family("address", _plain(hostile_addresses.addresses)),
    "dates": Family("date", _plain(hostile_addresses.dates)),
    "Retry-After": Family("wait", _plain(hostile_addresses.waits)),
}
