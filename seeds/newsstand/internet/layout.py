"""One article as its site lays it out: the text as printed, and the words that the template's formats name."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from seeds.newsstand.internet.printed_dates import date_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeds.newsstand.internet.desk import Desk, Piece
    from seeds.newsstand.writer import Block

_PARTS = 3
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"[ \t\n\r\f\v]+")


def channel_label(channel: str) -> str:
    """A channel's name as readers see it: `gaya-hidup` is `Gaya Hidup`."""
    return channel.replace("-", " ").title()


def shown_text(markup: str) -> str:
    """What a browser shows of a piece of HTML on one line, blanks at the ends included."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub("", markup.replace("<br>", " "))))


_ADDED = "Berita ini diperbarui dengan keterangan tambahan dari panitia tentang jumlah peserta dan jadwal berikutnya."
"""Paragraph at the end of an article that was changed after it appeared."""


@dataclass(frozen=True)
class Laid:
    """An article of a site, ready for its page."""

    desk: Desk
    piece: Piece

    @cached_property
    def words(self) -> dict[str, str]:
        """What formats name, as HTML."""
        manuscript, site = self.desk.manuscript(self.piece), self.desk.site
        return {
            **date_words(self.piece.published_at, site.zone),
            "headline": html.escape(self.piece.headline),
            "reporter": html.escape(manuscript.reporter),
            "editor": html.escape(manuscript.editor),
            "place": html.escape(manuscript.place),
            "PLACE": html.escape(manuscript.place.upper()),
            "channel": channel_label(self.piece.channel),
            "name": html.escape(site.name),
            "url": html.escape(self.piece.url),
            "slug": self.piece.channel,
            "reads": f"{9_000 + self.piece.number * 7919 % 40_000:,}".replace(",", "."),
        }

    def say(self, text: str) -> str:
        """Fill a format in."""
        return text.format_map(self.words)

    @cached_property
    def dateline(self) -> str:
        """HTML before the first sentence; empty where the site prints none."""
        forms = self.desk.site.dateline
        return self.say(forms[self.piece.number % len(forms)]) if forms else ""

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The text without dateline and signature."""
        first, *rest = self.desk.manuscript(self.piece).blocks
        words = first.text.split(" ")
        count = self.desk.site.capitals
        lead = " ".join([*(word.upper() for word in words[:count]), *words[count:]])
        added = (replace(first, text=_ADDED),) if self.piece.number in self.desk.edited else ()
        return (replace(first, text=lead), *rest, *added)

    @cached_property
    def signature(self) -> str:
        """HTML of the last paragraph."""
        return self.say(self.desk.site.signature)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text as a reader sees it."""
        first, *rest = self.blocks
        lead = (shown_text(self.dateline) + first.text).strip(" ")
        texts = [lead, *(block.text for block in rest)]
        return tuple([*texts, shown_text(self.signature).strip(" ")] if self.signature else texts)

    @property
    def parts(self) -> list[Sequence[Block]]:
        """The blocks of each page of a split article; one page where it is not split."""
        if not self.desk.site.split or self.piece.shape != "long":
            return [self.blocks]
        count = len(self.blocks)
        bounds = [count * number // _PARTS for number in range(_PARTS + 1)]
        return [self.blocks[start:end] for start, end in pairwise(bounds)]

    @property
    def crumbs(self) -> list[str]:
        """Labels of the trail, without the headline."""
        return [shown_text(self.say(label)) for label in self.desk.site.crumbs]

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags of the article."""
        return self.desk.manuscript(self.piece).tags
