"""What was missed, crawled in the simulated internet: a list that lacks half, lists that all lack some, a gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from support.simulated_time import Simulation
from support.spider_runs import FAST
from support.stories import rows

from seeds.newsstand.internet import Internet, InternetSettings, load_sites, serve_internet

if TYPE_CHECKING:
    from pipelines.database.connections import Connection

HALF, SOME, SHORT = "katadata", "republika", "inews"
KEYS = (HALF, SOME, SHORT)
STEP, PER_DAY = timedelta(hours=12), 12


def test_what_one_list_lacks_is_seen_in_another_and_what_came_and_went_is_not_counted_as_there(
    database_url: str, database: Connection
) -> None:
    midnight = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=4)
    sites = [replace(load_sites()[key], feed_items=4 if key == SHORT else 30) for key in KEYS]
    settings = InternetSettings(first_day=midnight.date(), per_day=PER_DAY)
    day = midnight.date() + timedelta(days=1)
    with serve_internet(Internet(settings, now=midnight - timedelta(hours=1), sites=sites)) as internet:
        simulation = Simulation(internet, database_url, KEYS, STEP, FAST)
        internet.publishing[HALF].lacks["feed"] = 0.5
        internet.publishing[SOME].lacks |= dict.fromkeys(("feed", "sitemap", "day"), 0.4)
        for _ in range(4):
            simulation.round()
    told = {
        key: rest
        for key, *rest in rows(
            database,
            f"select publisher, completeness, stored::int, compared, basis from news.completeness where day = '{day}'",
        )
    }
    assert told[HALF] == [1, PER_DAY, True, "compared: feed, index by day"]
    share, stored, compared, _ = told[SOME]
    assert compared
    assert share <= stored / PER_DAY + 0.02
    share, stored, compared, basis = told[SHORT]
    assert stored < PER_DAY
    assert not compared
    assert share is None or share <= stored / PER_DAY + 0.02
    assert "hours no list was seen" in basis
    by_ways = "select distinct ways::int from lumbung.page where publisher = 'katadata' order by 1"
    assert rows(database, by_ways) == [(4,), (5,)], "whatever the feed shows, the index by day shows too"
