"""From a path to a response: every page of the newspaper, without a socket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from seeds.newsstand import announcements
from seeds.newsstand.almanac import JAKARTA
from seeds.newsstand.article_page import article_page, charset
from seeds.newsstand.listing_pages import front_page, index_page
from seeds.newsstand.markup import page
from seeds.newsstand.pictures import picture
from seeds.newsstand.story import slug
from seeds.newsstand.words import SECTIONS, load_section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seeds.newsstand.newspaper import Newspaper
    from seeds.newsstand.plans import Plan

_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_NEWEST = 40
_NEWS_AGE = timedelta(days=2)
_TAG_REACH = 300
"""How many of the newest stories the page of a tag looks at."""


@dataclass(frozen=True)
class Response:
    """What the server sends: always the whole body, conditional requests are its own business."""

    body: bytes
    content_type: str = _HTML
    last_modified: datetime | None = None
    status: int = 200
    tagged: bool = True
    """Whether it carries its ETag."""
    headers: tuple[tuple[str, str], ...] = ()
    """Further ones: `Location`, `Retry-After`."""
    wait: float = 0.0
    """Seconds that Retry-After asks to wait."""

    @cached_property
    def etag(self) -> str:
        """Strong validator: equal bodies, equal tags."""
        return f'"{blake2b(self.body, digest_size=12).hexdigest()}"'


class Site:
    """Answers GET requests for one newspaper."""

    def __init__(self, newspaper: Newspaper) -> None:
        self.newspaper = newspaper
        self._article = lru_cache(maxsize=1024)(self._article_now)

    def forget(self) -> None:
        """Forget finished pages: the edition has changed."""
        self._article.cache_clear()

    def respond(self, target: str) -> Response:
        """The response to a GET of a path with its query."""
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        path = parts.path
        if path.startswith(("/news-", "/cetak/")):
            plan = self.newspaper.find(path)
            if plan is None or plan.special == "deleted":
                return self._missing()
            return self._article(plan, query.get("page"))
        if path == "/indeks":
            return self._index(query)
        return self._listing(path) or self._document_at(path) or self._missing()

    @property
    def _founding(self) -> datetime:
        return datetime.combine(self.newspaper.first_day, datetime.min.time(), JAKARTA)

    def _listing(self, path: str) -> Response | None:
        kind, _, name = path.strip("/").partition("/")
        if kind == "rubrik" and name in SECTIONS:
            return self._front(load_section(name).label, self.newspaper.of_section(name))
        if kind == "tag" and name:
            return self._front(f"Tag: {name.replace('-', ' ')}", self._tagged(name))
        if path == "/":
            return self._front("Berita Terbaru", list(reversed(self.newspaper.visible())))
        return None

    def _document_at(self, path: str) -> Response | None:
        makers: dict[str, Callable[[], Response]] = {
            "/rss": self._rss,
            "/atom.xml": self._atom,
            "/robots.txt": self._robots,
            "/sitemap.xml": self._sitemap_index,
            "/sitemap-news.xml": self._news_sitemap,
            "/tentang": self._about,
        }
        if make := makers.get(path):
            return make()
        if path.startswith("/foto/") and path.endswith(".png"):
            return Response(picture(path), "image/png", self._founding)
        return self._month(path)

    def _rss(self) -> Response:
        plans = self._newest
        text = announcements.rss(self.newspaper, [self.newspaper.story(plan) for plan in plans])
        return self._document(text, plans, "application/rss+xml; charset=utf-8")

    def _atom(self) -> Response:
        plans = self._newest
        text = announcements.atom(self.newspaper, [self.newspaper.story(plan) for plan in plans])
        return self._document(text, plans, "application/atom+xml; charset=utf-8")

    def _robots(self) -> Response:
        return Response(announcements.robots(self.newspaper).encode(), "text/plain; charset=utf-8", self._founding)

    @property
    def _newest(self) -> list[Plan]:
        return list(reversed(self.newspaper.visible()[-_NEWEST:]))

    def _document(self, text: str, plans: Iterable[Plan], content_type: str = _XML) -> Response:
        changed = max((self.newspaper.changed_at(plan) for plan in plans), default=self._founding)
        return Response(text.encode(), content_type, changed)

    def _front(self, title: str, plans: Iterable[Plan]) -> Response:
        shown = [plan for plan in plans if plan.special not in {"disallowed", "deleted"}][:24]
        text = front_page(self.newspaper, title, [self.newspaper.story(plan) for plan in shown])
        return self._document(text, shown, _HTML)

    def _tagged(self, name: str) -> list[Plan]:
        newest = reversed(self.newspaper.visible()[-_TAG_REACH:])
        return [plan for plan in newest if name in map(slug, self.newspaper.story(plan).tags)]

    def _index(self, query: dict[str, str]) -> Response:
        try:
            day = date.fromisoformat(query["date"]) if "date" in query else self.newspaper.now.date()
            number = max(1, int(query.get("page", "1")))
        except ValueError:
            return self._missing()
        plans = self.newspaper.of_day(day)
        return self._document(index_page(self.newspaper, day, plans, number), plans, _HTML)

    def _sitemap_index(self) -> Response:
        visible = self.newspaper.visible()
        changed: dict[str, datetime] = {"/sitemap-news.xml": self._news_changed()}
        for month in announcements.months(visible):
            moments = [self.newspaper.changed_at(plan) for plan in visible if f"{plan.published_at:%Y-%m}" == month]
            changed[f"/sitemap-{month}.xml"] = max(moments)
        text = announcements.sitemap_index(self.newspaper, changed)
        return Response(text.encode(), _XML, max(changed.values()))

    def _month(self, path: str) -> Response | None:
        match = re.fullmatch(r"/sitemap-(\d{4}-\d{2})\.xml", path)
        if not match:
            return None
        plans = [plan for plan in self.newspaper.visible() if f"{plan.published_at:%Y-%m}" == match[1]]
        return self._document(announcements.month_sitemap(self.newspaper, plans), plans) if plans else None

    def _recent(self) -> list[Plan]:
        start = self.newspaper.now - _NEWS_AGE
        return [plan for plan in reversed(self.newspaper.visible()) if plan.published_at >= start]

    def _news_changed(self) -> datetime:
        """The news sitemap changes when a story comes in and when one becomes too old for it."""
        recent = self._recent()
        older = [plan for plan in self.newspaper.visible() if plan.published_at < self.newspaper.now - _NEWS_AGE]
        moments = [self.newspaper.changed_at(plan) for plan in recent]
        return max([*moments, *(plan.published_at + _NEWS_AGE for plan in older[-1:])], default=self._founding)

    def _news_sitemap(self) -> Response:
        text = announcements.news_sitemap(self.newspaper, self._recent())
        return Response(text.encode(), _XML, self._news_changed())

    def _article_now(self, plan: Plan, part: str | None) -> Response:
        story = self.newspaper.story(plan)
        encoding = charset(story)
        body = article_page(self.newspaper, story, part).encode(encoding, "xmlcharrefreplace")
        content_type = _HTML if encoding == "utf-8" else "text/html"
        return Response(body, content_type, self.newspaper.changed_at(plan))

    def _about(self) -> Response:
        name = self.newspaper.settings.name
        content = (
            f'<div class="card"><h1>Tentang {name}</h1><p>Surat kabar rekaan yang terbit di komputer Anda.</p></div>'
        )
        text = page(content, title=f"Tentang - {name}", name=name, issued="Tentang kami")
        return Response(text.encode(), _HTML, self._founding)

    def _missing(self) -> Response:
        name = self.newspaper.settings.name
        content = (
            '<div class="card"><h1>Halaman tidak ditemukan</h1><p>Berita ini tidak ada atau sudah dicabut.</p></div>'
        )
        return Response(page(content, title=f"404 - {name}", name=name, issued="Maaf").encode(), status=404)
