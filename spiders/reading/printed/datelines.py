"""Datelines: the place and the brand that newspapers print before a text, in every form they use. Pure text work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPACE = r"[ \t\u00a0]"
_DASH = rf"{_SPACE}*(?:[-–—]{{1,3}}|:){_SPACE}*"
_COMMA = rf",{_SPACE}{{1,2}}"
_NAME = r"[A-ZÀ-Þ][\w'’.]*(?:[ \u00a0/-][A-ZÀ-Þ(][\w'’.)]*){0,3}"
_PLACE = rf"(?P<place>{_NAME}(?:{_COMMA}{_NAME})?)"
"""`Kabul`, `Mataram, NTB`."""
_BRAND = (
    r"(?P<brand>[A-Za-z][\w-]*\.(?:com|co\.id|id|net|co|tv)|[A-Za-z]+\d*\.(?:COM|CO\.ID|ID|NET|CO|TV)|"
    r"(?:CNN|CNBC) Indonesia|IDN Times|KBRN|InfoPublik|VOI|BBC News Indonesia)"
)
_AGENCY = r"\((?P<brand>[A-Za-z][\w.]*(?: News)?(?:/[\w.]+)*)\)"
_DAY = r"(?:, \d{1,2} [A-Z]\w+ \d{4})?"
_DATELINES = [
    re.compile(pattern)
    for pattern in (
        rf"(?P<dateline>{_PLACE}{_DAY}{_SPACE}{_AGENCY}){_DASH}",  # Jakarta (ANTARA) -
        rf"(?P<dateline>{_AGENCY}){_DASH}",  # (ANTARA News) -
        rf"(?P<dateline>{_PLACE}{_COMMA}{_BRAND}){_DASH}",  # Kabul, Gatra.com -
        rf"(?P<dateline>{_BRAND}{_COMMA}{_PLACE}){_DASH}",  # Liputan6.com, Jakarta -
        rf"(?P<dateline>{_BRAND}{_COMMA}(?P<place>[A-Z][a-z]+)){_SPACE}+(?=[A-Z])",  # Liputan6.com, Jakarta Menteri
        rf"(?P<dateline>{_BRAND}{_DASH}(?P<place>{_NAME}))\.{_SPACE}",  # KONTAN.CO.ID - JAKARTA.
        rf"(?P<dateline>{_BRAND}){_DASH}",  # KOMPAS.com -
        rf"(?P<dateline>{_PLACE}){_SPACE}+[-–—]{{1,3}}{_SPACE}+(?=[\"“'A-Z0-9])",  # Jakarta -
        r"(?P<dateline>(?P<place>[A-Z]{3,}(?: [A-Z]{2,}){0,3}))[-–—]{1,3}(?=[A-Z][a-z])",  # SRAGEN—Sebanyak
    )
]
_NOT_PLACES = re.compile(
    r"(?i)^(?:foto|video|oleh|editor|reporter|penulis|pewarta|baca|catatan|opini|update|breaking)\b"
)
_LONGEST = 60
_OPEN = re.compile(rf"^.{{2,{_LONGEST}}}?{_SPACE}*[-–—]{{1,3}}{_SPACE}*$")


@dataclass(frozen=True, slots=True)
class Dateline:
    """What stands before a text and tells where it is from; not a date."""

    place: str | None = None
    """As printed, with its province: `JAKARTA`, `Mataram, NTB`; None where only the brand is."""
    brand: str | None = None
    """The publisher or agency: `KOMPAS.com`, `ANTARA`; None where only the place is."""
    printed: str | None = None
    """Both as they stand there, without the dash: `JAKARTA, KOMPAS.com`, `Jakarta (ANTARA)`."""


def find_dateline(paragraph: str, brands: Iterable[str] = ()) -> Dateline | None:
    """The dateline that a paragraph begins with. The paragraph keeps it.

    Args:
        paragraph: The first one of a text.
        brands: Names of the publisher: in `Bogor, Harian Contoh` nothing else tells a brand from a province.
    """
    for pattern in _DATELINES:
        match = pattern.match(paragraph)
        if match and len(match["dateline"]) <= _LONGEST and not _NOT_PLACES.match(match["dateline"]):
            parts = {name: text and text.replace("\u00a0", " ") for name, text in match.groupdict().items()}
            return _split(parts.get("place"), parts.get("brand"), parts["dateline"] or "", brands)
    return None


def first_dateline(paragraphs: Iterable[str], brands: Iterable[str] = ()) -> Dateline | None:
    """The dateline of a text: that of its first paragraph."""
    return next((find_dateline(paragraph, brands) for paragraph in paragraphs), None)


def _split(place: str | None, brand: str | None, printed: str, brands: Iterable[str]) -> Dateline:
    """The parts, after a look for a name of the publisher in what looks like a place: `Bogor, Harian Contoh`."""
    for name in sorted(filter(None, brands), key=len, reverse=True) if place and not brand else ():
        if place and (found := re.search(rf"(?i)(?:^|[ ,]+){re.escape(name)}$|^{re.escape(name)}, ", place)):
            rest = place[: found.start()] + place[found.end() :]
            return Dateline(rest or None, found[0].strip(" ,"), printed)
    return Dateline(place, brand, printed)


def is_open_dateline(text: str) -> bool:
    """Whether a text is a dateline alone, dash included: some pages print it outside the first paragraph."""
    if not text.rstrip().endswith(("-", "–", "—")):  # most lines
        return False
    return _OPEN.match(text) is not None and find_dateline(f"{text.rstrip()} Ada") is not None
