"""BeautifulSoup on the located fragment: its blocks as paragraphs a reader would see, boilerplate lines left out.

Only the fragment is parsed a second time: BeautifulSoup on a whole page costs as much as thirteen lxml parses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

from spiders.boilerplate import is_boilerplate, points_elsewhere
from spiders.bylines import is_open_dateline, read_count
from spiders.seed_format import collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLACEHOLDER = re.compile(r"\[Gambas:[^\]]{1,40}\]")
_LONGEST_COUNTER = 40
_LONGEST_COMPARED = 200_000
"""Letters: every paragraph is sought in all of them."""
_LEAST_REPEATED = 60
"""Letters: shorter lines may well occur twice."""


def clean(blocks: Iterable[str], *, headline: str = "") -> list[str]:
    """Paragraphs of a located body.

    Args:
        blocks: HTML of the blocks in order, with links and line breaks.
        headline: Not repeated as the first paragraph.

    Returns:
        Paragraphs with inline text joined as the page has it, ASCII white space collapsed, every other character kept.
    """
    soup = BeautifulSoup("".join(f"<p>{block}</p>" for block in blocks), "lxml")
    for line_break in soup.find_all("br"):
        line_break.replace_with(" ")
    kept = list(_kept(soup.find_all("p")))
    if kept and kept[0].casefold() == headline.casefold():
        kept = kept[1:]
    while kept and _is_counter(kept[-1]):
        kept.pop()
    return _with_dateline(_without_repeats(kept))


def _without_repeats(paragraphs: list[str]) -> list[str]:
    """The paragraphs without those that repeat a part of a longer one, as pull quotes do, or the one before them."""
    plain = ["".join(filter(str.isalnum, text.casefold())) for text in paragraphs]
    whole = "\n".join(plain)
    if len(whole) > _LONGEST_COMPARED:
        return paragraphs
    kept = []
    before = ""
    for text, own in zip(paragraphs, plain, strict=True):
        repeats = own == before or whole.count(own) > plain.count(own)
        if not repeats or len(own) < _LEAST_REPEATED:
            kept.append(text)
        before = own
    return kept


def _is_counter(text: str) -> bool:
    return len(text) <= _LONGEST_COUNTER and read_count(text) is not None


def _kept(tags: Iterable[Tag]) -> Iterator[str]:
    for tag in tags:
        text = collapse(_PLACEHOLDER.sub("", tag.get_text()))
        if any(map(str.isalnum, text)) and not _is_boilerplate(text, tag):
            yield text


def _is_boilerplate(text: str, tag: Tag) -> bool:
    if is_boilerplate(text) or points_elsewhere(text, linked=False):
        return True
    return points_elsewhere(text, linked=True) and _is_mostly_link(text, tag)


def _is_mostly_link(text: str, tag: Tag) -> bool:
    return 2 * sum(len(link.get_text()) for link in tag.find_all("a")) > len(text)


def _with_dateline(paragraphs: list[str]) -> list[str]:
    if len(paragraphs) > 1 and is_open_dateline(paragraphs[0]):
        return [f"{paragraphs[0]} {paragraphs[1]}", *paragraphs[2:]]
    return paragraphs
