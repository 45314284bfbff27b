"""What hostile pages cost: each shape at a size and at twice that size, beside one lxml parse of the same bytes.

usage: PYTHONPATH=.:tests python tests/benchmarks/hostile_reading.py [--size 30000]

A shape that takes more than `--most` times as long at twice the size is marked, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hostile.pages import hostile_pages
from lxml import html
from support.pages_in_short import URL, a_publisher

from spiders.reading.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)
_NOISE = 0.2
"""Seconds under which a ratio says nothing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a shape grows faster than its page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--size", type=int, default=30_000, help="how often a page repeats its trouble")
    parser.add_argument("--most", type=float, default=3.0, help="times as long that twice the size may take")
    options = parser.parse_args(arguments)
    slow = 0
    print(f"{'shape':26}{'KB':>7}{'s':>8}{'floors':>9}{'half size':>11}{'ratio':>7}")
    for (name, small), (_, large) in zip(hostile_pages(options.size), hostile_pages(2 * options.size), strict=True):
        half, whole, floor = (_seconds(work, page) for work, page in ((_read, small), (_read, large), (_parse, large)))
        grows = whole > _NOISE and whole > options.most * half
        slow += grows
        figures = f"{len(large) // 1000:7}{whole:8.2f}{whole / floor:9.1f}{half:11.2f}{whole / half:7.1f}"
        print(f"{name:26}{figures}{'  <-- grows' if grows else ''}", flush=True)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
    return 1 if slow else 0


def _read(markup: str) -> None:
    Page(markup.encode(), URL, a_publisher(), fetched_at=_FETCHED_AT).article()


def _parse(markup: str) -> None:
    html.document_fromstring(markup, parser=html.HTMLParser(huge_tree=True))


def _seconds(work: Callable[[str], None], markup: str) -> float:
    start = time.process_time()
    work(markup)
    return max(time.process_time() - start, 1e-4)


if __name__ == "__main__":
    sys.exit(main())
