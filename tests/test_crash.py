"""`kill -9` at random moments: no article is lost, none is stored twice, and the ledger still balances."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from random import Random

from spider_runs import FAST, run_spider, start_spider

from pipelines.database import Connection, transaction
from pipelines.ledger import find_crawl, verdict
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import serve

KILLS, ARTICLES = 20, 5_000
QUIET = {**FAST, "LOG_LEVEL": "ERROR"}


def test_twenty_kills_over_five_thousand_articles_lose_nothing_and_double_nothing(
    database_url: str, database: Connection
) -> None:
    random = Random(20)  # noqa: S311 - the same moments in every run
    newspaper = Newspaper(Settings(articles=ARTICLES, crawl_delay=0), now=datetime.now(UTC))
    with serve(newspaper) as stand:
        environment = {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": stand.url + "/"}
        for _ in range(KILLS):
            spider = start_spider("contoh", environment, "run=killed", settings=QUIET)
            time.sleep(random.uniform(0.5, 4.5))
            spider.kill()
            spider.communicate()
        log = run_spider("contoh", environment, "run=last", settings=QUIET)
        truth = newspaper.expected()
        fetches = sum("/news-" in each.path and each.status == 200 for each in stand.requests)
    last = find_crawl(database, "last")
    assert last is not None, log
    assert verdict(database, last) is None, log
    with transaction(database) as cursor:
        cursor.execute("select canonical_url, text from news.article_text")
        stored = cursor.fetchall()
        cursor.execute("select count(*), count(*) filter (where not balanced), sum(stored) from news.crawls")
        crawls, unbalanced, counted = cursor.fetchone() or (0, 0, 0)
        cursor.execute("select count(*) from lumbung.page where state in ('due', 'leased')")
        assert cursor.fetchone() == (0,)
    assert len(stored) == len(dict(stored)) == counted
    assert dict(stored) == {each["canonical_url"]: each["text"] for each in truth["articles"]}
    assert unbalanced == 0
    # At least once: what was in flight at a kill is fetched again, a lot and a batch each time and no more.
    assert fetches <= len(truth["articles"]) + KILLS * 150, f"{fetches} fetches for {len(stored)} articles"
    assert crawls > 1
