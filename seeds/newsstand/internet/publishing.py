"""One simulated site as a server: from host, path and query to a response."""

from __future__ import annotations

import gzip
import re
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from seeds.newsstand.almanac import ZONES, long_date
from seeds.newsstand.internet import documents
from seeds.newsstand.internet.addresses import Address, Asked, addresses
from seeds.newsstand.internet.article_pages import article_page
from seeds.newsstand.internet.layout import Laid, channel_label
from seeds.newsstand.internet.listings import listing
from seeds.newsstand.site import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seeds.newsstand.internet.desk import Desk, Piece

_XML = "application/xml; charset=utf-8"
_DEEPEST = 50
_FRONT, _POPULAR = 24, 4
_NEWS_AGE = timedelta(days=2)
_MONTH = re.compile(r"/sitemap-(\d{4})-(\d{2})\.xml(?:\.gz)?")
_GONE = Response(b"<!DOCTYPE html><html><body><h1>404</h1><p>Halaman tidak ditemukan.</p></body></html>\n", status=404)


EVERYTHING = "*"


class Answer(NamedTuple):
    """A response, and the channel whose articles it announces: EVERYTHING for all, None for no announcement."""

    response: Response
    announces: str | None = None


class Publishing:
    """Answers GET requests for the hosts of one site."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        site = self.site = desk.site
        self._announcements = [
            (address, make)
            for patterns, make in (
                (site.feeds, self._rss),
                (site.atom, self._atom),
                (site.rdf, self._rdf),
                (site.news_sitemaps, self._news_sitemap),
                (site.sitemaps, self._sitemap_index),
                (site.index, self._index),
            )
            for address in addresses(patterns, site.channels)
        ]
        articles = {urlsplit(address).netloc for address in self._article_patterns()}
        self.hosts = {site.host, *articles, *(address.host for address, _ in self._announcements)}
        self._page = lru_cache(maxsize=512)(self._page_now)
        self.lacks: dict[str, float] = {}
        """By kind of list, `feed`, `sitemap`, `day` or `newest`: the share of all articles that it never shows."""

    def _article_patterns(self) -> list[str]:
        pattern = self.site.article
        return [pattern.replace("{channel}", channel) for channel in self.site.channels]

    def _shown(self, kind: str, pieces: Sequence[Piece]) -> list[Piece]:
        """What a kind of list shows of these: which articles it lacks is chance, another one for each kind."""
        lacking = self.lacks.get(kind)
        if not lacking:
            return [*pieces]
        return [each for each in pieces if Random(f"{kind}/{each.url}").random() >= lacking]  # noqa: S311 - repeatable

    def answer(self, host: str, target: str, now: datetime) -> Answer:
        """The answer to a GET at a moment, which is aware."""
        if host not in self.hosts:
            return Answer(_GONE)
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        if parts.path == "/robots.txt":
            return Answer(Response(documents.robots(self.site, host).encode(), "text/plain; charset=utf-8"))
        for address, make in self._announcements:
            if (asked := address.asked(host, parts.path, query)) is not None:
                return make(address, asked, now)
        return self._article(host, parts.path, query, now) or self._listing(host, parts.path, now)

    def _article(self, host: str, path: str, query: dict[str, str], now: datetime) -> Answer | None:
        piece = self.desk.find(now, f"{host}{path}")
        if piece is None:
            piece = self.desk.find(now, f"{host}{path}?" + "&".join(f"{name}={value}" for name, value in query.items()))
        if piece is not None and piece.number in self.desk.removed:
            return Answer(_GONE)
        return None if piece is None else Answer(self._page(piece, self._part(query)))

    def edit(self, piece: Piece, now: datetime) -> None:
        """Add a paragraph to an article, at a moment that its page states as its last change."""
        self.desk.edited[piece.number] = now
        self._page.cache_clear()

    def remove(self, piece: Piece) -> None:
        """Take an article's page down: 404 from now on."""
        self.desk.removed.add(piece.number)

    def _part(self, query: dict[str, str]) -> str | None:
        whole, _, value = self.site.whole.partition("=")
        return value if whole and query.get(whole) == value else query.get(self.site.split)

    def _page_now(self, piece: Piece, part: str | None) -> Response:
        changed = self.desk.edited.get(piece.number, piece.published_at)
        return Response(article_page(Laid(self.desk, piece), part).encode(), last_modified=changed)

    def _listing(self, host: str, path: str, now: datetime) -> Answer:
        channel = path.strip("/")
        if path == "/" and host == self.site.host:
            return self._list("Berita Terbaru", self._newest(now, _FRONT), now, None)
        if path == "/" and host.partition(".")[0] in self.site.channels:
            channel = host.partition(".")[0]
        if channel in self.site.channels:
            return self._list(channel_label(channel), self._newest(now, _FRONT, channel), now, channel)
        return self._month(host, path, now)

    def _newest(self, now: datetime, count: int, channel: str | None = None) -> list[Piece]:
        return self._shown("newest", self.desk.newest(now, count, channel))

    def _list(
        self, title: str, pieces: Sequence[Piece], now: datetime, channel: str | None, *, more: str = ""
    ) -> Answer:
        popular = self._shown("newest", self.desk.newest(now, _FRONT))[-_POPULAR:]
        text = listing(self.site, title, pieces, popular, more=more)
        return self._announce(text, pieces, channel, "text/html; charset=utf-8")

    def _announce(
        self, text: str, pieces: Sequence[Piece], channel: str | None, kind: str = _XML, *, packed: bool = False
    ) -> Answer:
        """An answer with the validators of the site."""
        body = gzip.compress(text.encode(), mtime=0) if packed else text.encode()
        changed = max((piece.published_at for piece in pieces), default=None)
        validators = self.site.validators
        response = Response(
            body,
            "application/gzip" if packed else kind,
            changed if validators in {"both", "modified"} else None,
            tagged=validators in {"both", "etag"},
        )
        return Answer(response, channel or EVERYTHING)

    def _feed(self, make: Callable[..., str], kind: str, asked: Asked, now: datetime) -> Answer:
        pieces = self._shown("feed", self.desk.newest(now, self.site.feed_items, asked.channel))
        return self._announce(make(self.site, pieces, now), pieces, asked.channel, kind)

    def _rss(self, address: Address, asked: Asked, now: datetime) -> Answer:
        del address
        return self._feed(documents.rss, "application/rss+xml; charset=utf-8", asked, now)

    def _atom(self, address: Address, asked: Asked, now: datetime) -> Answer:
        del address
        return self._feed(documents.atom, "application/atom+xml; charset=utf-8", asked, now)

    def _rdf(self, address: Address, asked: Asked, now: datetime) -> Answer:
        del address
        return self._feed(documents.rdf, "application/rdf+xml; charset=utf-8", asked, now)

    def _news_sitemap(self, address: Address, asked: Asked, now: datetime) -> Answer:
        del address
        pieces = [
            piece
            for piece in self._shown("sitemap", self.desk.visible(now))[::-1]
            if piece.published_at >= now - _NEWS_AGE and asked.channel in {None, piece.channel}
        ]
        return self._announce(documents.news_sitemap(self.site, pieces), pieces, asked.channel)

    def _sitemap_index(self, address: Address, asked: Asked, now: datetime) -> Answer:
        del asked
        ending = ".xml.gz" if self.site.gzip else ".xml"
        changed = {
            f"{piece.published_at.astimezone(self._zone):%Y-%m}": piece.published_at for piece in self.desk.visible(now)
        }
        children = [(f"https://{address.host}/sitemap-{month}{ending}", moment) for month, moment in changed.items()]
        return self._announce(documents.sitemap_index(reversed(children)), self.desk.newest(now, 1), None)

    def _month(self, host: str, path: str, now: datetime) -> Answer:
        match = _MONTH.fullmatch(path)
        if match is None or not any(f"//{host}/" in address for address in self.site.sitemaps):
            return Answer(_GONE)
        month = f"{match[1]}-{match[2]}"
        shown = self._shown("sitemap", self.desk.visible(now))
        pieces = [piece for piece in shown if self._month_of(piece) == month]
        return self._announce(documents.sitemap(pieces), pieces, None, packed=path.endswith(".gz"))

    def _month_of(self, piece: Piece) -> str:
        return f"{piece.published_at.astimezone(self._zone):%Y-%m}"

    @property
    def _zone(self) -> tzinfo:
        return ZONES[self.site.zone]

    def _index(self, address: Address, asked: Asked, now: datetime) -> Answer:
        size = self.site.index_size
        if address.dated:
            day = asked.day or now.astimezone(self._zone).date()
            pieces: Sequence[Piece] = self._shown("day", self.desk.of_day(now, day, asked.channel))
            title = f"Indeks Berita {long_date(day)}"
        else:
            pieces = self._newest(now, size * _DEEPEST, asked.channel)
            title = "Indeks Berita"
        start = asked.offset or (asked.page - 1) * size
        shown = pieces[start : start + size]
        more = f"?page={asked.page + 1}" if len(pieces) > start + size else ""
        return self._list(title, shown, now, asked.channel, more=more)


def registered_domain(host: str) -> str:
    """The part of a host that was registered: its last two labels, three under `co.id` and the like."""
    labels = host.split(".")
    count = 3 if len(labels) > 2 and labels[-2] in {"co", "or", "go", "ac", "web"} else 2  # noqa: PLR2004 - as said
    return ".".join(labels[-count:])
