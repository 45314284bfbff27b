"""The process that reads hostile announcements, addresses and headers: kinds and bytes in, documents out."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil
from hostile.fuzz_targets import HOME, JAKARTA, NOW, publisher
from support.promises import broken

from spiders.discovery.documents import parse_feed, parse_index, parse_robots, parse_section, parse_sitemap
from spiders.discovery.entries import moment_of
from spiders.errors import LumbungError
from spiders.fetching.retry_after import seconds_asked
from spiders.fetching.robots_text import parse_rules
from spiders.publishers.urls import canonicalise
from spiders.reading.printed.dates import parse_date
from spiders.reading.process.messages import receive, send
from spiders.scouting.front_page import read_front_page

if TYPE_CHECKING:
    from spiders.article import Entry


class Document(NamedTuple):
    """What came of one."""

    ended: str
    """In words; those that begin with `crash` or `unaccounted` say what went wrong."""
    entries: list[Entry]
    seconds: float
    """CPU."""
    mebibytes: int
    """The process at its largest."""


def forget_peak(process: int) -> None:
    """Have Linux remember the peak of a process from now on."""
    with suppress(OSError):
        Path(f"/proc/{process}/clear_refs").write_text("5", "ascii")


def peak(process: int) -> int:
    """MiB at most since then; elsewhere than on Linux, those of now."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) >> 10
    return int(psutil.Process(process).memory_info().rss) >> 20


def read_document(kind: str, data: bytes) -> Document:
    """Read one document in this process."""
    forget_peak(os.getpid())
    start = time.process_time()
    entries: list[Entry] = []
    try:
        words, entries = _parsed(kind, data)
    except LumbungError as error:
        line = str(error)
        words = "problem of the document" if line.isprintable() else f"unaccounted: no line: {line!r}"
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is looked for
        words = f"crash: {type(error).__name__}: {error}"
    seconds = time.process_time() - start
    problem = broken(entries, publisher())
    return Document(f"unaccounted: {problem}" if problem else words, entries, seconds, peak(os.getpid()))


def _parsed(kind: str, data: bytes) -> tuple[str, list[Entry]]:
    if kind in {"address", "date", "wait"}:
        return _value(kind, data), []
    if kind == "robots":
        rules = parse_rules(data)
        for path in ("", "foto/1", "%2f?a=b", "a" * 2_000):
            rules.can_fetch(HOME + path, "Lumbung")
        return f"rules, {len(parse_robots(data, HOME + 'robots.txt'))} sitemaps"[:5], []
    if kind == "feed":
        entries: list[Entry] = parse_feed(data, HOME + "rss", publisher())
    elif kind == "sitemap":
        found = parse_sitemap(data, HOME + "sitemap-2026-11.xml", publisher())
        if found.children:
            return "children announced", found.entries
        entries = found.entries
    else:
        read_front_page(data, HOME)
        entries = parse_index(data, HOME + "indeks", publisher(), NOW.date()) + parse_section(data, HOME, publisher())
    return "entries announced" if entries else "nothing announced", entries


def _value(kind: str, data: bytes) -> str:
    text = data.decode("utf-8", "surrogatepass" if kind == "address" else "replace")
    if kind == "address":
        once = canonicalise(text, publisher())
        if canonicalise(once, publisher()) != once:
            return f"unaccounted: not idempotent: {once!r}"
        return "canonical address" if publisher().owns(once) else "of nobody we know"
    if kind == "date":
        moments = [parse_date(text, JAKARTA, now=NOW), moment_of(text, JAKARTA)]
        return "a moment" if any(moment and moment.astimezone(UTC) for moment in moments) else "no moment"
    value, _, clock = text.partition("|")
    return "no wait" if seconds_asked(value, clock or None, NOW) is None else "a wait"


def main() -> None:
    """Read documents until stdin ends."""
    documents, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(EOFError):
        while True:
            send(answers, read_document(*receive(documents)))


if __name__ == "__main__":
    from hostile.document_reader import read_document  # the class that is sent must not be that of `__main__`

    main()
