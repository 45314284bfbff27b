"""Saved feeds and lists of Indonesian publishers, read with their publishers' files: entries, and what is left out.

    python tests/benchmarks/announcements.py [FOLDER]      # default: ../shared/feeds

`seen` is counted without our code: <item> in a feed; in a page, the publisher's own links with a text as long as a
headline. `left out` are those of them that become no entry; -v prints them, for a person to judge. `dated` are entries
of known day. CPU is that of reading, in parses of the same bytes by feedparser or lxml in the same run.
"""

from __future__ import annotations

import argparse
import io
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

import feedparser
from lxml import html

from spiders.discovery.documents import parse_feed, parse_section
from spiders.publishers import Publisher, find_publisher, publisher_keys
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).resolve().parents[3] / "shared" / "feeds"
NAMES = {"antaranews": "antara", "tempo-english": "tempo_english"}
"""Outlets whose publisher has another key."""
HEADLINE = 25
"""Characters of a link's text from which it may be a headline."""
ROUNDS = 5


class Row(NamedTuple):
    """What one document gives."""

    name: str
    publisher: str
    seen: int
    entries: int
    dated: int
    left_out: list[str]
    parses: float


def publisher_of(path: Path) -> Publisher | None:
    """The publisher of a file named `outlet__source.xml`; None for one without a file."""
    outlet = path.name.partition("__")[0]
    key = NAMES.get(outlet, outlet)
    return find_publisher(key) if key in publisher_keys() else None


def read(path: Path, publisher: Publisher) -> Row:
    """Read one document."""
    data, feed = path.read_bytes(), path.suffix == ".xml"
    parse = parse_feed if feed else parse_section
    entries = parse(data, publisher.home, publisher)
    found = {canonicalise(entry.url, publisher) for entry in entries}
    seen = set(re.findall(rb"<item\b.*?</item>", data, re.DOTALL)) if feed else headlines(data, publisher)
    left_out = [] if feed else sorted(url for url in headlines(data, publisher) if url not in found)
    peer: Callable[[], object] = (
        (lambda: feedparser.parse(io.BytesIO(data))) if feed else (lambda: html.document_fromstring(data))
    )
    parses = seconds(lambda: parse(data, publisher.home, publisher)) / seconds(peer)
    dated = sum(entry.published_at is not None for entry in entries)
    return Row(path.name, publisher.key, len(seen), len(entries), dated, left_out, parses)


def headlines(data: bytes, publisher: Publisher) -> set[str]:
    """Identities of the publisher's own links that read like headlines."""
    found = set()
    for link in html.document_fromstring(data).iter("a"):
        url = urljoin(publisher.home, (link.get("href") or "").strip())
        if publisher.owns(url) and len(" ".join(str(link.xpath("string()")).split())) > HEADLINE:
            found.add(canonicalise(url, publisher))
    return found


def seconds(work: Callable[[], object]) -> float:
    """The least CPU time of several rounds."""
    least = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
    return least


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    parser.add_argument("-v", action="store_true", dest="verbose", help="print what is left out")
    options = parser.parse_args()
    files = [path for path in sorted(options.folder.iterdir()) if path.suffix in {".xml", ".html"}]
    print(f"{'document':<38} {'publisher':<14} {'seen':>5} {'entries':>8} {'dated':>6} {'left out':>9} {'parses':>7}")
    for path in files:
        publisher = publisher_of(path)
        if publisher is None:
            print(f"{path.name:<38} no publisher file")
            continue
        row = read(path, publisher)
        figures = f"{row.seen:>5} {row.entries:>8} {row.dated:>6} {len(row.left_out):>9} {row.parses:>7.1f}"
        print(f"{row.name:<38} {row.publisher:<14} {figures}")
        for url in row.left_out if options.verbose else ():
            print(f"    {url}")


if __name__ == "__main__":
    main()
