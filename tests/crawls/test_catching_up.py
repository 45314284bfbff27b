"""Sites that shut crawls out for longer than these look back: the next crawl finds what it has missed."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.simulated_time import Simulation, harvested
from support.spider_runs import FAST

from pipelines.database.connections import connect, transaction
from pipelines.harvest.frontier import Frontier
from seeds.newsstand.internet import Internet, InternetSettings, serve_internet
from spiders.article import Entry, Validators
from spiders.publishers import Publisher
from spiders.publishers.window import LONGEST_GAP, Window

if TYPE_CHECKING:
    from pipelines.database.connections import Connection

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
SHUT_OUT = {"kompas": "kompas.com", "viva": "viva.co.id"}
"""An index page for each day, and an index of the newest."""
FEED_BROKEN = "voi"


def window(start: datetime) -> Window:
    return Window(start, None, strict=False)


def crawled(url: str, start: datetime, *, failed: bool = False, reason: str = "finished") -> Frontier:
    """A crawl from its opening to its end."""
    frontier = Frontier(connect(url), PUBLISHER, window(start))
    asyncio.run(frontier.polled("https://koran.example/rss", "HTTP 503" if failed else None))
    asyncio.run(frontier.close(reason))
    return frontier


@pytest.mark.parametrize(
    ("failed", "reason"), [(True, "finished"), (False, "koran.example is left alone"), (True, "killed")]
)
def test_a_crawl_starts_where_those_before_it_began_to_miss_something(
    database_url: str, *, failed: bool, reason: str
) -> None:
    crawled(database_url, NOON)
    assert crawled(database_url, NOON + DAY, failed=failed, reason=reason).window == window(NOON + DAY)
    assert crawled(database_url, NOON + 2 * DAY, failed=failed, reason=reason).window.start == NOON + DAY
    found = crawled(database_url, NOON + 3 * DAY)
    assert (found.window.start, found.window.regular_start) == (NOON + DAY, NOON + 3 * DAY)
    assert found.window.missed_days == 2
    assert crawled(database_url, NOON + 4 * DAY).window == window(NOON + 4 * DAY)


def test_what_fails_for_ever_lets_no_crawl_reach_back_further_than_a_month(database_url: str) -> None:
    starts = [NOON + days * DAY for days in range(0, 80, 10)]
    reached = [crawled(database_url, start, failed=True).window.start for start in starts]
    assert reached == [max(NOON, start - LONGEST_GAP) for start in starts]


def test_dates_that_were_asked_for_are_kept_to(database_url: str) -> None:
    crawled(database_url, NOON, failed=True)
    asked = Window(NOON + DAY, NOON + 2 * DAY, strict=True)
    with closing(connect(database_url)) as connection:
        assert Frontier(connection, PUBLISHER, asked).window == asked


def test_a_page_that_was_recent_when_it_was_found_stays_wanted_and_an_old_one_does_not_become_so(
    database_url: str,
) -> None:
    pages = [
        Entry(url=f"https://koran.example/{name}", published_at=NOON + timedelta(hours=hours))
        for name, hours in (("baru", 1), ("lama", -1))
    ]
    with closing(connect(database_url)) as connection:
        frontier = Frontier(connection, PUBLISHER, window(NOON))
        asyncio.run(frontier.announce("https://koran.example/rss", pages, Validators()))
        asyncio.run(frontier.close("finished"))
    for days, wanted in ((5, ["https://koran.example/baru"]), (40, [])):
        with closing(connect(database_url)) as connection:
            frontier = Frontier(connection, PUBLISHER, window(NOON + days * DAY))
            assert [page.url for page in asyncio.run(frontier.lease(5))] == wanted
            asyncio.run(frontier.close("finished"))


def test_only_what_is_before_the_usual_start_and_was_read_since_it_ended_is_left_out() -> None:
    assert window(NOON).reaching(None) == window(NOON) == window(NOON).reaching(NOON + DAY)
    late = window(NOON).reaching(NOON - 3 * DAY)
    assert late.only_catches_up(NOON + timedelta(hours=6))
    assert not late.only_catches_up(NOON + DAY)
    assert not window(NOON).only_catches_up(NOON - DAY)


def test_after_four_days_of_refusals_and_of_a_broken_feed_nothing_that_an_index_still_shows_is_missing(
    database_url: str, database: Connection
) -> None:
    midnight = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=8)
    keys = [*SHUT_OUT, FEED_BROKEN]
    settings = InternetSettings(first_day=midnight.date() - 3 * DAY, per_day=8, keys=frozenset(keys))
    with serve_internet(Internet(settings, now=midnight + DAY)) as internet:
        options = {**FAST, "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
        simulation = Simulation(internet, database_url, keys, DAY, options)
        for day in range(6):
            for host in SHUT_OUT.values():
                internet.faults.set("/", "blocked" if 1 <= day <= 4 else None, 0, host=host)
            internet.faults.set("/rss", "error" if 1 <= day <= 4 else None, 0, host="voi.id")
            simulation.round()
        found = harvested(simulation)
        requests = [f"{request.host}{request.target}" for request, _ in simulation.seen]
        assert (found.missing, found.foreign, found.again) == ([], [], 0)
        assert found.stored >= found.announced == found.published > 80
        simulation.round()
        later = [f"{request.host}{request.target}" for request, _ in simulation.seen][len(requests) :]
    # Back to the usual days, today and three: what was caught up with is not asked for again.
    assert len({target for target in later if target.startswith("indeks.kompas.com") and "page=1" in target}) == 4
    with transaction(database) as cursor:
        cursor.execute("select count(*), bool_and(balanced) from news.crawls")
        assert cursor.fetchone() == (7 * len(keys), True)
