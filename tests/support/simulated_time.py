"""The simulated internet as time goes by: rounds of crawls in one process, and what the server saw of them.

Between two rounds the sites' clock moves on by a step, and the database grows older by it: the times that say when a
document or a page is due and when a domain is free again are moved back, since Postgres follows the real clock. In the
crawls' process the few lines that ask what day it is are told the sites' time. A run of rounds is as a schedule makes
it: each crawl gets the start of its interval, and polls what is due.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from protego import Protego
from support.many_spiders import crawl_together

from pipelines.database.connections import connect, transaction
from seeds.newsstand.internet.publishing import registered_domain
from spiders.discovery.documents import parse_feed, parse_index, parse_section, parse_sitemap
from spiders.publishers import find_publisher
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seeds.newsstand.internet import Internet
    from seeds.newsstand.server import Request
    from spiders.article import Entry

AGED = {
    "lumbung.poll": ("polled_at", "changed_at", "next_at", "failed_at", "whole_at", "lied_at"),
    "lumbung.page": ("due_at", "found_at", "lease_until", "look_at", "looked_at"),
    "lumbung.held": ("held_at",),
    "lumbung.crawl": ("started_at", "finished_at"),
    "lumbung.domain": ("free_at", "paced_at"),
    "lumbung.robots": ("read_at",),
}
"""Times of the server's clock that say when something is due; dates of articles are the sites' own."""


class Seen(NamedTuple):
    """A request and when it came in, in seconds of simulated time."""

    request: Request
    at: float


@dataclass
class Simulation:
    """Publishers, their sites and a database, round by round."""

    internet: Internet
    database_url: str
    keys: Sequence[str]
    step: timedelta
    settings: Mapping[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    rounds: int = 0
    ahead: timedelta = timedelta()
    """How far the sites' clock was ahead of the server's in the last round."""

    def __post_init__(self) -> None:
        self._started = monotonic()
        self.begin = self.internet.now - self.step
        """Articles that appeared before are the past, which nobody has promised to harvest."""

    def round(self) -> str:
        """Crawl everything once, then let time go by; the log."""
        now, before = self.internet.now, len(self.internet.requests)
        self.ahead = now - datetime.now(UTC)
        arguments = {"run": f"{{key}}/{self.rounds}", "interval_start": (now - self.step).isoformat()}
        log = crawl_together(self.keys, self.database_url, self.internet.url, arguments, self.settings, clock=now)
        gone_by = self.rounds * self.step.total_seconds()
        self.seen += [
            Seen(each, each.received_at - self._started + gone_by) for each in self.internet.requests[before:]
        ]
        self.rounds += 1
        self.internet.pinned_now = now + self.step
        self._age()
        return log

    def age_of(self, key: str, url: str) -> float:
        """Hours since an article appeared, by its canonical URL."""
        publisher, desk = find_publisher(key), self.internet.publishing[key].desk
        pieces = (piece for piece in desk.visible(self.internet.now) if canonicalise(piece.url, publisher) == url)
        return (self.internet.now - next(pieces).published_at).total_seconds() / 3600

    def _age(self) -> None:
        with closing(connect(self.database_url)) as connection, transaction(connection) as cursor:
            for table, columns in AGED.items():
                moved = ", ".join(f"{column} = {column} - %(step)s" for column in columns)
                cursor.execute(f"update {table} set {moved}", {"step": self.step})


class Harvested(NamedTuple):
    """What the sites announced against what the database holds."""

    published: int
    """Articles that appeared in this time, without those that robots.txt keeps for readers."""
    announced: int
    """Of these, held at some time by an announcement that was asked for."""
    stored: int
    missing: list[tuple[str, str]]
    """Publisher and canonical URL of what was announced and is not stored."""
    foreign: list[str]
    """Stored and never published."""
    again: int
    """Downloads of an article, or of one of its parts, that had been downloaded before."""


def harvested(simulation: Simulation) -> Harvested:
    """Compare the database with the sites."""
    internet = simulation.internet
    with closing(connect(simulation.database_url)) as connection, transaction(connection) as cursor:
        cursor.execute("select publisher, canonical_url from lumbung.article")
        rows = set(cursor.fetchall())
    downloads = [each for each, _ in simulation.seen if each.status == HTTPStatus.OK]
    articles = [f"{each.host}{each.target}" for each in downloads if internet.holds(f"{each.host}{each.path}")]
    past, published, announced = set[tuple[str, str]](), set[tuple[str, str]](), set[tuple[str, str]]()
    for key in simulation.keys:
        publisher, held = find_publisher(key), internet.announced_urls(key)
        desk = internet.publishing[key].desk
        for piece in desk.visible(internet.now - simulation.step):
            identity = (key, canonicalise(piece.url, publisher))
            if piece.published_at < simulation.begin:
                past.add(identity)
            elif not piece.disallowed:
                published.add(identity)
                if piece.url in held:
                    announced.add(identity)
    return Harvested(
        published=len(published),
        announced=len(announced),
        stored=len(rows - past),
        missing=sorted(announced - rows),
        foreign=sorted(url for _, url in rows - published - past),
        again=len(articles) - len(set(articles)),
    )


def let_in_again(simulation: Simulation, domain: str) -> datetime:
    """The sites' clock when a domain answered well for the first time after it last did not."""
    last = max((at for request, at in simulation.seen if _refused(request, domain)), default=-1.0)
    good = (at for request, at in simulation.seen if at > last and registered_domain(request.host) == domain)
    rounds = int(
        min(good, default=simulation.rounds * simulation.step.total_seconds()) // simulation.step.total_seconds()
    )
    return simulation.begin + (rounds + 1) * simulation.step


def _refused(request: Request, domain: str) -> bool:
    return registered_domain(request.host) == domain and not HTTPStatus.OK <= request.status < HTTPStatus.BAD_REQUEST


def listed(simulation: Simulation, key: str, moment: datetime) -> set[str]:
    """Canonical URLs of the articles that the lists of a publisher's file show at a moment, of the days so far."""
    publisher, site = find_publisher(key), simulation.internet.publishing[key]

    def ask(url: str) -> bytes:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return site.answer(parts.netloc, target, moment).response.body

    entries: list[Entry] = []
    for url in map(publisher.absolute, publisher.feeds):
        entries += parse_feed(ask(url), url, publisher)
    for url in map(publisher.absolute, publisher.sitemaps):
        sitemap = parse_sitemap(ask(url), url, publisher)
        entries += sitemap.entries
        for child in sitemap.children:
            entries += parse_sitemap(ask(child.url), child.url, publisher).entries
    for url in map(publisher.absolute, publisher.sections):
        entries += parse_section(ask(url), url, publisher)
    today = moment.astimezone(publisher.zone).date()
    days = [today - timedelta(days=back) for back in range((moment - simulation.begin).days + 2)]
    for index in publisher.indexes:
        for day in days if index.dated else days[:1]:
            for number in count(1):
                url = index.page_url(publisher.home, day, number)
                found = parse_index(ask(url), url, publisher, day, index)
                if not found or found[0] in entries:
                    break
                entries += found
    return {canonicalise(entry.url, publisher) for entry in entries}


def disallowed(simulation: Simulation) -> list[str]:
    """Addresses asked for that the robots.txt of their host forbids."""
    parsed: dict[str, Protego] = {}
    found = []
    for request, _ in simulation.seen:
        if request.path == "/robots.txt" or (publishing := simulation.internet.site_of(request.host)) is None:
            continue
        if request.host not in parsed:
            robots = publishing.answer(request.host, "/robots.txt", simulation.internet.now).response.body.decode()
            parsed[request.host] = Protego.parse(robots)
        if not parsed[request.host].can_fetch(f"https://{request.host}{request.target}", "Lumbung"):
            found.append(f"{request.host}{request.target}")
    return found


def too_early(simulation: Simulation) -> list[str]:
    """Requests to a registered domain after an answer that asked to wait, and before that had passed."""
    waits: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for request, at in simulation.seen:
        if request.wait:
            answered = at + request.at - request.received_at
            waits[registered_domain(request.host)].append((answered, answered + request.wait))
    return [
        f"{request.host}{request.target}: {until - at:.2f} s early"
        for request, at in simulation.seen
        for answered, until in waits.get(registered_domain(request.host), ())
        if answered < at < until
    ]


def highest_rate(simulation: Simulation, seconds: float) -> tuple[str, float]:
    """The registered domain with most requests in any span of so many seconds, and how many a second those were."""
    by_domain: defaultdict[str, list[float]] = defaultdict(list)
    for request, at in simulation.seen:
        by_domain[registered_domain(request.host)].append(at)
    most = {domain: _most_within(moments, seconds) for domain, moments in by_domain.items()}
    domain = max(most, key=lambda each: most[each])
    return domain, most[domain] / seconds


def _most_within(moments: list[float], seconds: float) -> int:
    most = start = 0
    for end, moment in enumerate(moments):
        while moments[start] <= moment - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most
