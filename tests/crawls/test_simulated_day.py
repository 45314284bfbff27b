"""A day of some publishers in the simulated internet, crawled round by round as a schedule does it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from support.simulated_time import Simulation, disallowed, harvested, too_early
from support.spider_runs import FAST

from pipelines.database.connections import transaction
from seeds.newsstand.internet import Internet, InternetSettings, serve_internet

if TYPE_CHECKING:
    from pipelines.database.connections import Connection

KEYS = ("antara", "kompas", "republika", "tvri", "mediaindonesia", "metrotvnews")
"""Feeds that are like no other, index pages by day and by offset, sitemaps packed and not, a front page alone."""
STEP = timedelta(hours=8)


def test_a_day_is_stored_whole_and_once_and_nothing_forbidden_is_asked_for_nor_too_early(
    database_url: str, database: Connection
) -> None:
    midnight = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=2)
    settings = InternetSettings(first_day=midnight.date() - timedelta(days=3), per_day=6, keys=frozenset(KEYS))
    with serve_internet(Internet(settings, now=midnight + STEP)) as internet:
        options = {**FAST, "CONCURRENT_REQUESTS_PER_DOMAIN": "1", "POLITE_PATIENCE": "5"}
        simulation = Simulation(internet, database_url, KEYS, STEP, options)
        internet.faults.set("/", "busy", 1, host="kompas.com", times=2)
        internet.faults.set("/berita", "busy_until", 2, host="antaranews.com", times=2)
        internet.faults.set("/", "unavailable", 900, host="metrotvnews.com", times=1)
        for _ in range(3):
            simulation.round()
        found = harvested(simulation)
        assert (found.missing, found.foreign, found.again) == ([], [], 0)
        assert found.stored >= found.announced == found.published > 40
        assert disallowed(simulation) == []
        assert sum(request.wait > 0 for request, _ in simulation.seen) == 5
        assert too_early(simulation) == []
        assert any(request.status == 304 for request, _ in simulation.seen)
    with transaction(database) as cursor:
        cursor.execute("select count(*), bool_and(balanced) from news.crawls")
        assert cursor.fetchone() == (3 * len(KEYS), True)
        cursor.execute(
            "select publisher, problems from news.crawls where finish_reason <> 'finished' or problems <> '{}'"
        )
        assert cursor.fetchall() == [("metrotvnews", [])]
