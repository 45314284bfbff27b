"""The page reader on saved pages, with no publisher's rules: target of the extraction score, and its quality gate.

usage: PYTHONPATH=tests python tests/benchmarks/extraction.py --score SCORE.py --cases PAGES
           [--list NAMES.txt] [--no-peers] [--pin] [--allow-regression]

SCORE.py is run with `tests.benchmarks.extraction:extract` and with each peer, in the same run, one after the other.
`--pin` writes the floors that tests/test_extraction_floors.py holds, a little under the figures measured; a floor is
lowered only with `--allow-regression`. `--list` reads the pages that a file names, of whatever set, and holds no
floors: lists whose pages nobody has looked at say what pages of unknown outlets give.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from spiders.publishers import Publisher
from spiders.reading.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FETCHED_AT = datetime(2026, 12, 1, tzinfo=UTC)
"""After the youngest page was saved: a date that lies later is none."""


def unknown_publisher(url: str) -> Publisher:
    """A publisher of which nothing is known but the page's address."""
    host = urlsplit(url or "").hostname or "unknown.invalid"
    return Publisher.from_table(
        "unknown", {"name": host, "home": f"https://{host}/", "language": "und", "timezone": "UTC"}, where="benchmark"
    )


def extract(html: bytes, url: str) -> dict[str, Any]:
    """Title, body, authors and date of a page, whether or not it would be rejected."""
    page = Page(html, url or "https://unknown.invalid/", unknown_publisher(url), fetched_at=FETCHED_AT)
    when = page.published_at or page.modified_at  # as the peers answer: where only a change is dated, its day
    return {
        "title": page.headline,
        "body": list(page.paragraphs),
        "authors": list(page.authors),
        "published_at": when and when.isoformat(),
        "quality": page.quality,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a pinned floor does not hold or would be lowered."""
    from benchmarks.extraction_environment import peers  # the score needs `extract` alone
    from benchmarks.extraction_figures import Target, measure

    options = _options(arguments)
    ours = Target(sys.executable, "tests.benchmarks.extraction:extract", [Path(__file__).resolve().parents[2]])
    found = measure(options.score, options.cases, ours, options.list)
    print(_line("", found, header=True), _line("lumbung", found), sep="\n", flush=True)
    for name, target in () if options.no_peers else peers():
        print(_line(name, measure(options.score, options.cases, target, options.list)), flush=True)
    return 0 if options.list else _hold(found, options)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--score", type=lambda given: Path(given).resolve(), required=True, help="the score script")
    parser.add_argument(
        "--cases", type=lambda given: Path(given).resolve(), required=True, help="the folder of saved pages"
    )
    parser.add_argument("--list", type=lambda given: Path(given).resolve(), help="a file of names: only these pages")
    parser.add_argument("--no-peers", action="store_true", help="our own figures only")
    parser.add_argument("--pin", action="store_true", help="write the floors under these figures")
    parser.add_argument("--allow-regression", action="store_true", help="pin also what is lower than before")
    return parser.parse_args(arguments)


def _hold(found: Mapping[str, float], options: argparse.Namespace) -> int:
    from benchmarks.extraction_figures import FLOORS, pin, pinned, shortfalls

    lines = shortfalls(found, pinned())
    for line in lines:
        print(line, file=sys.stderr)
    if lines and not options.allow_regression:
        return 1
    if options.pin or options.allow_regression:
        pin(found, lower=options.allow_regression)
        print(f"pinned: {FLOORS}")
    return 0


def _line(name: str, found: Mapping[str, float], *, header: bool = False) -> str:
    cells = (key if header else f"{value:.{1 if key.endswith('cpu') else 3}f}" for key, value in found.items())
    return f"{name:21}" + "".join(f"{cell:>{max(len(key), 5) + 2}}" for cell, key in zip(cells, found, strict=True))


if __name__ == "__main__":
    sys.exit(main())
