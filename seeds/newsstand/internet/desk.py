"""The newsroom of one simulated publisher: which articles there are, when each appears and where."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from seeds.newsstand.almanac import ZONES
from seeds.newsstand.internet.addresses import filled, path_of
from seeds.newsstand.story import slug
from seeds.newsstand.writer import Manuscript, open_story, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeds.newsstand.internet.sites import Site
    from seeds.newsstand.writer import Shape

_SHAPES: tuple[Shape, ...] = ("plain", "subheads", "plain", "list", "quote", "plain")
_DISALLOWED, _LONG = 40, 4
"""One article in so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article, planned: all that a list needs of it."""

    number: int
    published_at: datetime
    channel: str
    section: str
    stream: str
    shape: Shape
    disallowed: bool
    headline: str
    url: str


class Desk:
    """All articles of one site, written down day by day as the clock moves."""

    def __init__(self, site: Site, seed: int, first_day: date, per_day: int) -> None:
        """Open the newsroom.

        Args:
            site: whose newsroom it is.
            seed: another seed, other articles.
            first_day: in the site's zone; before it there is nothing.
            per_day: articles a day of a site of size 1.
        """
        self.site = site
        self.first_day = first_day
        self._seed = f"{seed}/{site.key}"
        self._per_day = max(1, round(per_day * site.size))
        self._zone = ZONES[site.zone]
        self._pieces: list[Piece] = []
        self._days = 0
        self._by_path: dict[str, Piece] = {}
        self.edited: dict[int, datetime] = {}
        """Numbers of articles that were changed after they appeared, and when, aware."""
        self.removed: set[int] = set()
        """Numbers of articles whose pages were taken down; lists go on naming them."""
        self.manuscript = lru_cache(maxsize=512)(self._manuscript)

    def visible(self, now: datetime) -> Sequence[Piece]:
        """Articles that have appeared by `now`, which is aware; oldest first."""
        self._plan_until(now)
        return self._pieces[: bisect_right(self._pieces, now, key=lambda piece: piece.published_at)]

    def newest(self, now: datetime, count: int, channel: str | None = None) -> list[Piece]:
        """The newest articles, newest first."""
        found: list[Piece] = []
        for piece in reversed(self.visible(now)):
            if channel is None or piece.channel == channel:
                found.append(piece)
                if len(found) == count:
                    break
        return found

    def of_day(self, now: datetime, day: date, channel: str | None = None) -> list[Piece]:
        """Articles of one day of the site's zone, newest first."""
        return [
            piece
            for piece in reversed(self.visible(now))
            if piece.published_at.astimezone(self._zone).date() == day and channel in {None, piece.channel}
        ]

    def find(self, now: datetime, address: str) -> Piece | None:
        """The visible article at `host/path?query`; None where there is none."""
        self._plan_until(now)
        piece = self._by_path.get(address)
        return piece if piece is not None and piece.published_at <= now else None

    def holds(self, address: str) -> bool:
        """Whether an article planned by now is at `host/path?query`."""
        return address in self._by_path

    def before(self, piece: Piece, distances: Sequence[int]) -> list[Piece]:
        """Articles that appeared some places before this one."""
        index = bisect_right(self._pieces, piece.published_at, key=lambda other: other.published_at) - 1
        return [self._pieces[index - distance] for distance in distances if distance <= index]

    def _manuscript(self, piece: Piece) -> Manuscript:
        return write(piece.stream, piece.section, piece.published_at, piece.shape)

    def _plan_until(self, now: datetime) -> None:
        while self._days <= (now.astimezone(self._zone).date() - self.first_day).days:
            self._plan(self.first_day + timedelta(self._days))
            self._days += 1

    def _plan(self, day: date) -> None:
        chance = Random(f"{self._seed}/{day}")  # noqa: S311 - dates of articles, not secrets
        minutes = sorted(chance.sample(range(5 * 60, 22 * 60), min(self._per_day, 1000)))
        for index, minute in enumerate(minutes):
            self._add(datetime.combine(day, time(minute // 60, minute % 60), self._zone), index)

    def _add(self, moment: datetime, index: int) -> None:
        site, number = self.site, len(self._pieces)
        channels = list(site.channels)
        channel = channels[(moment.toordinal() * 5 + index) % len(channels)]
        section, stream = site.channels[channel], f"{self._seed}/{moment.date()}/{index}"
        headline = open_story(stream, section, moment).headline
        disallowed = number % _DISALLOWED == 0 and "{slug}" in site.article
        words = f"cetak-khusus-{slug(headline)}" if disallowed else slug(headline)
        url = filled(site.article, moment, channel=channel, number=number, words=words)
        if path_of(url) in self._by_path:
            url = filled(site.article, moment, channel=channel, number=number, words=f"{words}-{number}")
        whole_lines = site.blocks in {"p", "div"}
        shape: Shape = _SHAPES[number % len(_SHAPES)] if whole_lines else "plain"
        piece = Piece(
            number=number,
            published_at=moment,
            channel=channel,
            section=section,
            stream=stream,
            shape="long" if site.split and number % _LONG == 1 else shape,
            disallowed=disallowed,
            headline=headline,
            url=url,
        )
        self._pieces.append(piece)
        self._by_path[path_of(url)] = piece
