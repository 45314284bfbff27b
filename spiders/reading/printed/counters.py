"""Reader counters as Indonesian newspapers print them. Pure text work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = r"(?P<count>\d{1,3}(?:[.,]\d{3})+|\d+(?:,\d+)?)"
_SCALE = r"(?:\s*(?P<scale>rb|ribu|k|jt|juta)\b)?"
_COUNTERS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d.,]){_NUMBER}{_SCALE}\s*(?:x|kali)?\s*(?:views?|reads?|hits?|pembaca|(?:telah\s+)?(?:di)?baca|(?:di)?lihat)\b",
        rf"\b(?:dibaca|dilihat|views?|hits?|pembaca|reads?)\s*:?\s*{_NUMBER}{_SCALE}(?![\d.,]*\s*(?:menit|minute))",
    )
]
_BARE_COUNT = re.compile(rf"[\W_]*{_NUMBER}{_SCALE}[\W_]*", re.IGNORECASE)
_SCALES = {"rb": 1_000, "ribu": 1_000, "k": 1_000, "jt": 1_000_000, "juta": 1_000_000}
_MOST_READS = 10**18


def find_reads(text: str) -> int | None:
    """The reader count a text states: `1.229 Views`, `Dibaca 12.768 kali`, `1,2 rb kali dilihat`; None without one."""
    for pattern in _COUNTERS:
        if match := pattern.search(text):
            return _number(match["count"], match["scale"])
    return None


def read_count(text: str) -> int | None:
    """The reader count in a text that is where the counter stands: bare digits count too."""
    stated = find_reads(text)
    if stated is not None:
        return stated
    match = _BARE_COUNT.fullmatch(text)
    return _number(match["count"], match["scale"]) if match else None


def first_count(counts: Iterable[int | None]) -> int | None:
    """The first count of some readings that found one."""
    return next((count for count in counts if count is not None), None)


def _number(digits: str, scale: str | None) -> int | None:
    factor = _SCALES.get((scale or "").lower(), 1)
    if factor > 1 and re.fullmatch(r"\d+[.,]\d{1,2}", digits):
        count = round(float(digits.replace(",", ".")) * factor)
    else:
        count = int(re.sub("[.,]", "", digits)[:19]) * factor
    return count if count < _MOST_READS else None
