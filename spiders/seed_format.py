r"""The seed format: one article as plain text, specified by `seeds/article.txt`.

Blocks stand one on a line, a blank line between two, no newline at the end:

1. the breadcrumb labels and the headline, joined by single spaces;
2. the headline;
3. the paragraphs, one block each;
4. the reader count as bare digits, where the page states one.

Runs of ASCII white space inside a block are one space, none at its ends; every other character stays, no-break
spaces included.

A last block of bare digits is the reader count. An article without a count whose last paragraph is a bare number
would read as one with a count, so that paragraph alone is written with one no-break space behind it, and `loads`
takes it off again: a character the format keeps, that readers do not see, and that no count ends with. A number
that already ends in no-break spaces gets one more, so nothing is lost in either direction.

    LumbungError
    └── SeedFormatError     a text or an article that the format cannot hold: the block and what was expected
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spiders.errors import LumbungError

if TYPE_CHECKING:
    from spiders.article import Article

_WHITE_SPACE = re.compile(r"[ \t\n\r\f\v]{2,}|[\t\n\r\f\v]")
"""Runs that are not one space already, which most are."""
_COUNT = re.compile(r"0|[1-9][0-9]{0,17}")
"""Eighteen digits fit Postgres' bigint; a longer number is a paragraph."""
_NO_BREAK_SPACE = "\u00a0"
_SHOWN = 60


class SeedFormatError(LumbungError):
    """A text that is not in the seed format, or an article that cannot be written in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedText:
    """What a seed text says of an article."""

    headline: str
    paragraphs: tuple[str, ...]
    """At least one."""
    breadcrumb: tuple[str, ...] = ()
    """All labels as one, or none: spaces do not tell where a label ends."""
    reads: int | None = None


def collapse(text: str) -> str:
    """Runs of ASCII white space as one space, none at the ends; every other character as it is."""
    if not text.isprintable() or "  " in text:  # few texts have a control character or two blanks in a row
        text = _WHITE_SPACE.sub(" ", text)
    return text.strip(" ")


def dumps(article: Article | SeedText) -> str:
    """The article in the seed format.

    Raises:
        SeedFormatError: no headline, no paragraph, an empty paragraph, or a reader count that is negative or has more
            than 18 digits.
    """
    headline = collapse(article.headline)
    labels = [label for label in map(collapse, article.breadcrumb) if label]
    blocks = [" ".join([*labels, headline]), headline, *map(collapse, article.paragraphs)]
    _refuse_empty(blocks)
    if article.reads is None:
        blocks[-1] = _guarded(blocks[-1])
    elif _COUNT.fullmatch(str(article.reads)):
        blocks.append(str(article.reads))
    else:
        raise SeedFormatError(f"reads: expected 0 to 18 digits without a sign, got {article.reads}")
    return "\n\n".join(blocks)


def loads(text: str) -> SeedText:
    """Read a seed text; `dumps(loads(text)) == text`.

    Raises:
        SeedFormatError: names the block and what was expected there.
    """
    blocks = text.split("\n\n")
    for number, block in enumerate(blocks, 1):
        _check(number, block)
    if len(blocks) < 3:  # noqa: PLR2004 - the title line, the headline, a paragraph
        raise SeedFormatError(
            f"block {len(blocks)} is the last: expected at least 3 (breadcrumb and headline, headline, paragraphs)"
        )
    title_line, headline, *paragraphs = blocks
    reads = None
    if _COUNT.fullmatch(paragraphs[-1]):
        reads = int(paragraphs.pop())
        if not paragraphs:
            raise SeedFormatError(f"block 3 is the reader count {reads}: expected a paragraph before it")
    else:
        paragraphs[-1] = _unguarded(paragraphs[-1])
    return SeedText(
        headline=headline, paragraphs=tuple(paragraphs), breadcrumb=_breadcrumb(title_line, headline), reads=reads
    )


def _breadcrumb(title_line: str, headline: str) -> tuple[str, ...]:
    if title_line == headline:
        return ()
    if not title_line.endswith(f" {headline}"):
        raise SeedFormatError(
            f"block 1 is {_shown(title_line)}: expected the breadcrumb to end with the headline {_shown(headline)}"
        )
    return (title_line[: -len(headline) - 1],)


def _guarded(paragraph: str) -> str:
    return paragraph + _NO_BREAK_SPACE if _is_bare_number(paragraph) else paragraph


def _unguarded(paragraph: str) -> str:
    return paragraph[:-1] if _is_bare_number(paragraph) else paragraph


def _is_bare_number(paragraph: str) -> bool:
    return _COUNT.fullmatch(paragraph.rstrip(_NO_BREAK_SPACE)) is not None


def _refuse_empty(blocks: list[str]) -> None:
    if not blocks[1]:
        raise SeedFormatError("block 2: expected a headline, got nothing")
    if len(blocks) == 2:  # noqa: PLR2004 - the title line and the headline
        raise SeedFormatError("block 3: expected a paragraph, got nothing")
    for number, block in enumerate(blocks, 1):
        if not block:
            raise SeedFormatError(f"block {number}: expected text, got an empty paragraph")


def _check(number: int, block: str) -> None:
    if "\r" in block:
        raise SeedFormatError(f"block {number} has a carriage return: expected LF line ends only")
    if block.endswith("\n"):  # the last one: of two blank lines the second begins a block
        raise SeedFormatError(f"block {number} ends with a newline: expected none at the end of the text")
    if not block.strip("\n"):
        raise SeedFormatError(f"block {number} is empty: expected text, and one blank line between blocks")
    if block.startswith("\n"):
        raise SeedFormatError(f"block {number} follows two blank lines: expected one")
    if "\n" in block:
        raise SeedFormatError(f"block {number} has two lines: expected a blank line between blocks")
    if block != collapse(block):
        raise SeedFormatError(
            f"block {number} is {_shown(block)}: expected single spaces inside a block and none at its ends"
        )


def _shown(block: str) -> str:
    return repr(block if len(block) <= _SHOWN else f"{block[: _SHOWN - 3]}...")
