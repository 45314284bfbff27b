"""The blocks of the body as paragraphs a reader would see, boilerplate lines left out.

Only lines that may point to another article are parsed a second time, by BeautifulSoup: on a whole page it costs as
much as thirteen lxml parses, and on all paragraphs with links as much as one.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

from spiders.reading.body.boilerplate import is_boilerplate, points_elsewhere
from spiders.reading.printed.counters import read_count
from spiders.reading.printed.datelines import is_open_dateline
from spiders.reading.printed.labels import letters, without_unseen
from spiders.seed_format import collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from spiders.reading.markup.blocks import Block

_PLACEHOLDER = re.compile(r"\[Gambas:[^\]]{1,40}\]")
_LABEL_AT_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)]))\s+[(\[]?(?P<words>[^\W\d_]+(?: [^\W\d_]+){0,2}\s*(?P<colon>:)?\s*)$"
)
"""One to three words behind the end of a sentence, at the end of a text."""
_TITLE_WORDS = 4
_KNOWN_WORDS = 2
"""Of a link behind a label that is known to point elsewhere."""
_LEAST_PROSE = 80
_AROUND = " \t\r\n([])|–—-"
_LONGEST_COUNTER = 40
_MOST_COMPARED = 100_000_000
"""Letters: every paragraph is sought in all of them, as long as that takes no longer than reading the page."""
_MOST_PARSED = 1000
"""Paragraphs with links, more than any article has: BeautifulSoup takes a tenth of a millisecond for each."""
_LEAST_REPEATED = 60
"""Letters: shorter lines may well occur twice."""
_PROBED = slice(5, 30)
"""Part of a paragraph that stands nowhere else in most texts, quotation marks at the start left out."""


def clean(blocks: Iterable[Block], headline: str = "") -> list[str]:
    """Paragraphs of a located body.

    Args:
        blocks: The body's blocks in order.
        headline: Not repeated as the first paragraph.

    Returns:
        Paragraphs with inline text joined as the page has it, ASCII white space collapsed, every other character kept.
    """
    kept = list(_kept(blocks))
    if kept and kept[0].casefold() == headline.casefold():
        kept = kept[1:]
    while kept and _is_counter(kept[-1]):
        kept.pop()
    return _with_dateline(_without_repeats(kept))


def _without_repeats(paragraphs: list[str]) -> list[str]:
    """The paragraphs without those that repeat a part of a longer one, as pull quotes do, or the one before them.

    A text that stands on the page twice, as templates print it for wide and for narrow screens, stays once: a paragraph
    goes that repeats an earlier one, as its neighbour does. A refrain stands alone and stays.
    """
    folded = [text.casefold() for text in paragraphs]
    whole = "\n".join(folded)
    probes = [text[_PROBED] for text in folded if len(text) >= _LEAST_REPEATED]
    if len(whole) * len(probes) > _MOST_COMPARED or not any(whole.count(probe) > 1 for probe in probes):
        return paragraphs
    plain = [letters(text) for text in paragraphs]
    whole = "\n".join(plain)
    times = Counter(plain)
    long = [place for place, own in enumerate(plain) if len(own) >= _LEAST_REPEATED]
    first: dict[str, int] = {}
    again = [first.setdefault(plain[place], place) != place for place in long]
    gone = {
        place
        for number, place in enumerate(long)
        if whole.count(plain[place]) > times[plain[place]]
        or (place and plain[place] == plain[place - 1])
        or (again[number] and any(again[max(0, number - 1) : number] + again[number + 1 : number + 2]))
    }
    return [text for place, text in enumerate(paragraphs) if place not in gone]


def _is_counter(text: str) -> bool:
    return len(text) <= _LONGEST_COUNTER and read_count(text) is not None


def _kept(blocks: Iterable[Block]) -> Iterator[str]:
    listed = list(blocks)
    pointing = {block for block in listed if _may_point(block)}
    parsed = _parsed(islice((block for block in listed if block in pointing), _MOST_PARSED)) if pointing else iter(())
    for block in listed:
        text, linked = "".join(block.texts), block.linked
        if block in pointing:
            text, linked = next(parsed, (text, linked))
        if block.marks:
            text = _without_pointer(block, text)
        text = collapse(without_unseen(_PLACEHOLDER.sub("", text) if "[" in text else text))
        if any(map(str.isalnum, text)) and not _is_boilerplate(text, linked):
            yield text


def _may_point(block: Block) -> bool:
    """Whether a block with links may be one to another article: the others are not parsed a second time."""
    return bool(block.marks) and points_elsewhere(block.text, linked=True)


def _without_pointer(block: Block, text: str) -> str:
    """The text without a link to another article that closes it behind a label: `... baru. Baca juga: Harga beras`.

    The label is short, stands behind the end of a sentence, and the link is as long as a headline.
    """
    starts = [place for place, tag in block.marks if tag == "<a>"]
    ends = [place for place, tag in block.marks if tag != "<a>"]
    if starts and ends and points_elsewhere(collapse("".join(block.texts[: starts[0]])), linked=True):
        rest = collapse("".join(block.texts[ends[0] :])).lstrip(_AROUND)
        if len(rest) >= _LEAST_PROSE and rest[:1].isupper():
            return rest
    if not starts or not ends or any(map(str.isalnum, "".join(block.texts[ends[-1] :]))):
        return text
    before, link = "".join(block.texts[: starts[-1]]), "".join(block.texts[starts[-1] : ends[-1]])
    label = _LABEL_AT_END.search(before)
    if label is None or not before[: label.start()].strip():
        return text
    is_known = points_elsewhere(label["words"], linked=True)
    if len(link.split()) < (_KNOWN_WORDS if is_known else _TITLE_WORDS) or not (is_known or label["colon"]):
        return text
    cut = text.rfind(label["words"].strip(), 0, text.rfind(link.strip()) + 1)
    return text[:cut].rstrip(_AROUND) if cut > 0 else text


def _parsed(blocks: Iterable[Block]) -> Iterator[tuple[str, int]]:
    """Text of each block that has links in it, and the characters in them."""
    soup = BeautifulSoup("".join(f"<p>{block.html}</p>" for block in blocks), "lxml")
    for paragraph in soup.find_all("p"):
        links = (child for child in paragraph.children if isinstance(child, Tag))
        yield paragraph.get_text(), sum(len(link.get_text()) for link in links)


def _is_boilerplate(text: str, linked: int) -> bool:
    if is_boilerplate(text) or points_elsewhere(text, linked=False):
        return True
    return 2 * linked > len(text) and points_elsewhere(text, linked=True)


def _with_dateline(paragraphs: list[str]) -> list[str]:
    if len(paragraphs) > 1 and is_open_dateline(paragraphs[0]):
        return [f"{paragraphs[0]} {paragraphs[1]}", *paragraphs[2:]]
    return paragraphs
