"""Datelines and reader counters as Indonesian newspapers print them. Pure text work."""

from __future__ import annotations

import re

_SPACE = r"[ \t\u00a0]"
_DASH = rf"{_SPACE}*(?:[-–—]{{1,3}}|:){_SPACE}*"
_PLACE = r"[A-ZÀ-Þ][\w'’.]*(?:[ \u00a0/-][A-ZÀ-Þ(][\w'’.)]*){0,3}"
_BRAND = (
    r"(?:[A-Za-z][\w-]*\.(?:com|co\.id|id|net|co|tv)|[A-Za-z]+\d*\.(?:COM|CO\.ID|ID|NET|CO|TV)|"
    r"(?:CNN|CNBC) Indonesia|IDN Times|KBRN|InfoPublik|VOI|BBC News Indonesia)"
)
_AGENCY = r"\((?:[A-Z][\w.]*(?: News)?)(?:/[\w.]+)*\)"
_DAY = r"(?:, \d{1,2} [A-Z]\w+ \d{4})?"
_DATELINES = [
    re.compile(pattern)
    for pattern in (
        rf"(?P<dateline>{_PLACE}(?:, {_PLACE})?{_DAY} {_AGENCY}){_DASH}",  # Jakarta (ANTARA) -
        rf"(?P<dateline>{_PLACE}(?:, {_PLACE})?,{_SPACE}{{1,2}}{_BRAND}){_DASH}",  # Kabul, Gatra.com -
        rf"(?P<dateline>{_BRAND}, {_PLACE}(?:, {_PLACE})?){_DASH}",  # Liputan6.com, Jakarta -
        rf"(?P<dateline>{_BRAND}, [A-Z][a-z]+){_SPACE}+(?=[A-Z])",  # Liputan6.com, Jakarta Menteri
        rf"(?P<dateline>{_BRAND}{_DASH}{_PLACE})\.{_SPACE}",  # KONTAN.CO.ID - JAKARTA.
        rf"(?P<dateline>{_BRAND}){_DASH}",  # KOMPAS.com -
        rf"(?P<dateline>{_PLACE}(?:, {_PLACE})?){_SPACE}+[-–—]{{1,3}}{_SPACE}+(?=[\"“'A-Z0-9])",  # Jakarta -
        r"(?P<dateline>[A-Z]{3,}(?: [A-Z]{2,}){0,3})[-–—]{1,3}(?=[A-Z][a-z])",  # SRAGEN—Sebanyak
    )
]
_NOT_PLACES = re.compile(
    r"(?i)^(?:foto|video|oleh|editor|reporter|penulis|pewarta|baca|catatan|opini|update|breaking)\b"
)
_LONGEST_DATELINE = 60
_OPEN_DATELINE = re.compile(rf"^.{{2,{_LONGEST_DATELINE}}}?{_SPACE}*[-–—]{{1,3}}{_SPACE}*$")

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


def find_dateline(paragraph: str) -> str | None:
    """Place and brand printed before the text, without the dash: `Kabul, Gatra.com`. The paragraph keeps them."""
    for pattern in _DATELINES:
        match = pattern.match(paragraph)
        if match and len(match["dateline"]) <= _LONGEST_DATELINE and not _NOT_PLACES.match(match["dateline"]):
            return match["dateline"].replace("\u00a0", " ")
    return None


def is_open_dateline(text: str) -> bool:
    """Whether a text is a dateline alone, dash included: some pages print it outside the first paragraph."""
    return _OPEN_DATELINE.match(text) is not None and find_dateline(f"{text.rstrip()} Ada") is not None


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


def _number(digits: str, scale: str | None) -> int | None:
    factor = _SCALES.get((scale or "").lower(), 1)
    if factor > 1 and re.fullmatch(r"\d+[.,]\d{1,2}", digits):
        count = round(float(digits.replace(",", ".")) * factor)
    else:
        count = int(re.sub("[.,]", "", digits)[:19]) * factor
    return count if count < _MOST_READS else None
