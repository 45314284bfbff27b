"""The main job: Harian Contoh over HTTP into Postgres, once, again, after a change, for a range."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from support.checkout import ROOT
from support.spider_runs import FAST, run_spider, start_spider

from pipelines.database.connections import Connection, transaction
from pipelines.harvest.ledger import Crawl, find_crawl, verdict
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seeds.newsstand.faults import FaultKind

FOUNDED = date.today() - timedelta(days=1)  # noqa: DTZ011 - any day near today will do
SEED = ROOT / "seeds" / "article.txt"
TABLES = ("article", "page", "revision", "reads", "rejection")


@pytest.fixture
def newsstand() -> Iterator[Newsstand]:
    # Of two hours ago: pages that are no articles are looked at again by the next crawl while they are fresher.
    with serve(
        Newspaper(Settings(founded=FOUNDED, crawl_delay=0), now=datetime.now(UTC) - timedelta(hours=2))
    ) as stand:
        yield stand


def crawl(
    newsstand: Newsstand, database_url: str, database: Connection, run: str, *arguments: str
) -> tuple[Crawl, str]:
    environment = {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": newsstand.url + "/"}
    log = run_spider("contoh", environment, f"run={run}", *arguments, settings=FAST)
    found = find_crawl(database, run)
    assert found is not None, log
    return found, log


def rows(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def versions(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row's version in the tables of the harvest: any write shows."""
    statement = "select ctid::text, xmin::text from lumbung.{} order by ctid"
    return {table: rows(connection, statement.format(table)) for table in TABLES}


def fetched_articles(newsstand: Newsstand) -> list[str]:
    return [each.path for each in newsstand.requests if "/news-" in each.path and each.status == 200]


def test_first_crawl_agrees_with_the_truth_and_the_second_writes_nothing_and_the_third_finds_the_change(
    newsstand: Newsstand, database_url: str, database: Connection
) -> None:
    truth = expected(newsstand.newspaper)
    first, log = crawl(newsstand, database_url, database, "first")
    assert verdict(database, first) is None, log
    assert str(first) in log
    assert first.stored == len(truth["articles"])
    found = dict(rows(database, "select reason, count(*) from news.rejections group by 1"))
    assert found == dict(Counter(each["reason"] for each in truth["rejections"]))
    texts = dict(rows(database, "select canonical_url, text from news.article_text"))
    assert texts == {each["canonical_url"]: each["text"] for each in truth["articles"]}
    assert not [each for each in newsstand.requests if each.path.startswith("/cetak/")], "robots.txt was not obeyed"

    before = versions(database)
    fetched = len(fetched_articles(newsstand))
    second, _ = crawl(newsstand, database_url, database, "second")
    assert verdict(database, second) is None
    assert second.leased == 0
    assert versions(database) == before
    assert len(fetched_articles(newsstand)) == fetched

    newsstand.set_edition(2)
    third, _ = crawl(newsstand, database_url, database, "third")
    assert (third.updated, third.stored, third.leased) == (1, 0, 1)
    assert rows(database, "select count(*) from news.revisions") == [(1,)]
    changed = {each["canonical_url"]: each["text"] for each in expected(newsstand.newspaper)["articles"]}
    assert dict(rows(database, "select canonical_url, text from news.article_text")) == changed


def test_the_seed_article_comes_back_byte_for_byte(
    newsstand: Newsstand, database_url: str, database: Connection
) -> None:
    crawl(newsstand, database_url, database, "r", f"from_date={FOUNDED - timedelta(days=4)}", f"to_date={FOUNDED}")
    ((text,),) = rows(database, "select text from news.article_text where headline like 'Kandahar, Kota Terbesar%'")
    assert text.encode() == SEED.read_bytes()


def test_a_range_crawls_that_range_only(newsstand: Newsstand, database_url: str, database: Connection) -> None:
    first, last = FOUNDED - timedelta(days=20), FOUNDED - timedelta(days=11)
    found, log = crawl(newsstand, database_url, database, "r", f"from_date={first}", f"to_date={last}")
    assert verdict(database, found) is None, log
    zone = ZoneInfo("Asia/Jakarta")
    stored = rows(database, "select published_at from news.all_articles")
    days = [moment.astimezone(zone).date() for (moment,) in stored]
    published = [datetime.fromisoformat(each["published_at"]) for each in expected(newsstand.newspaper)["articles"]]
    wanted = [moment for moment in published if first <= moment.astimezone(zone).date() <= last]
    assert len(days) == len(wanted) > 20
    assert min(days) >= first
    assert max(days) <= last


def test_most_articles_is_a_limit_and_the_rest_stays_due(
    newsstand: Newsstand, database_url: str, database: Connection
) -> None:
    found, _ = crawl(newsstand, database_url, database, "r", "max_articles=7")
    assert found.leased == 7
    rest, _ = crawl(newsstand, database_url, database, "rest")
    assert found.stored + rest.stored == len(expected(newsstand.newspaper)["articles"])


def test_refetching_known_pages_downloads_nothing_that_is_unchanged(
    newsstand: Newsstand, database_url: str, database: Connection
) -> None:
    since = f"from_date={FOUNDED - timedelta(days=3)}"
    crawl(newsstand, database_url, database, "r", since)
    fetched = len(fetched_articles(newsstand))
    again, _ = crawl(newsstand, database_url, database, "again", since, "refetch=true")
    assert again.leased > 5
    assert again.leased == again.unchanged + again.rejected
    assert len(fetched_articles(newsstand)) == fetched


def of_day(newspaper: Newspaper, day: date) -> set[str]:
    """Canonical URLs of the articles of a day of Jakarta."""
    return {
        each["canonical_url"]
        for each in expected(newspaper)["articles"]
        if datetime.fromisoformat(each["published_at"]).astimezone(ZoneInfo("Asia/Jakarta")).date() == day
    }


ONLY_FEED_AND_INDEX = """
name = "Harian Contoh"
home = "http://127.0.0.1:8710/"
local = true
feeds = ["/rss"]
article_url = ['/news-\\d+-[a-z]+-.+\\.html$']
full_page_query = "page=all"
index = { url = "/indeks?date=%Y-%m-%d&page={page}", links = ["ul.indeks-list a"] }
"""


@pytest.mark.parametrize("broken_off", [False, True])
def test_what_left_the_feed_before_the_next_crawl_is_found_in_the_index(
    database_url: str, database: Connection, tmp_path: Path, *, broken_off: bool
) -> None:
    (tmp_path / "contoh.toml").write_text(ONLY_FEED_AND_INDEX, "utf-8")
    day = FOUNDED - timedelta(days=1)
    evening = datetime.combine(day, time(23), tzinfo=ZoneInfo("Asia/Jakarta"))
    settings = Settings(founded=FOUNDED, articles=1_000, days=7, crawl_delay=0)
    newspaper = Newspaper(settings, now=evening - timedelta(hours=13))
    with serve(newspaper) as stand:
        environment = {
            "DATABASE_URL": database_url,
            "LUMBUNG_HOME_CONTOH": stand.url + "/",
            "LUMBUNG_PUBLISHERS": str(tmp_path),
        }
        since = f"from_date={day}"
        run_spider("contoh", environment, "run=morning", since, settings=FAST)
        morning = len(of_day(newspaper, day))
        newspaper.pinned_now = evening
        if broken_off:  # a crawl that read the feed and one page of the index of the day
            stand.set_fault(f"/indeks?date={day}&page=2", "error")
            run_spider("contoh", environment, "run=broken", since, settings=FAST)
            stand.set_fault(f"/indeks?date={day}&page=2", None)
        run_spider("contoh", environment, "run=evening", since, settings=FAST)
        wanted = of_day(newspaper, day)
    assert len(wanted) > morning + 50, "the feed would hold all of them"
    assert {url for (url,) in rows(database, "select canonical_url from news.all_articles")} == wanted


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("html", "/rss is not a feed"),
        ("error", "/rss: HTTP 503"),
        ("reset", "/rss: "),
    ],
)
def test_a_broken_feed_makes_the_crawl_bad_and_what_the_others_announce_is_stored(
    newsstand: Newsstand, database_url: str, database: Connection, kind: FaultKind, reason: str
) -> None:
    newsstand.set_fault("/rss", kind)
    found, _ = crawl(newsstand, database_url, database, "r", f"from_date={FOUNDED - timedelta(days=3)}")
    bad = verdict(database, found)
    assert bad is not None
    assert reason in bad
    assert found.stored > 5


def test_a_stopped_newspaper_makes_the_crawl_bad(database_url: str, database: Connection) -> None:
    environment = {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": "http://127.0.0.1:9/"}
    run_spider("contoh", environment, "run=r", settings=FAST)
    found = find_crawl(database, "r")
    assert found is not None
    bad = str(verdict(database, found))
    assert bad.startswith("crawl 1 ended early: 127.0.0.1:9 is left alone until ")
    assert bad.endswith(" UTC: it refused 3 connections in a row")


def test_a_newspaper_that_breaks_down_meanwhile_ends_the_crawl_early_and_its_pages_stay_due(
    newsstand: Newsstand, database_url: str, database: Connection
) -> None:
    newsstand.set_fault("/news-", "error")
    found, _ = crawl(newsstand, database_url, database, "r")
    assert found.failed < 40
    assert str(verdict(database, found)).endswith(" with HTTP 503")
    ((due,),) = rows(database, "select count(*) from lumbung.page where state = 'due'")
    assert due == found.enqueued - found.rejected


def test_crawl_delay_of_robots_txt_is_kept(database_url: str) -> None:
    delay = 0.3
    with serve(Newspaper(Settings(founded=FOUNDED, crawl_delay=delay), now=datetime.now(UTC))) as stand:
        environment = {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": stand.url + "/"}
        run_spider("contoh", environment, "run=r", f"from_date={FOUNDED}", "max_articles=3")
        seconds = [request.at for request in stand.requests]
    # A busy machine may hold the first answer back, never bring the last one forward.
    assert len(seconds) > 6
    assert seconds[-1] - seconds[0] > (len(seconds) - 2) * delay


SLOW_FIRST_LEASE = """
create function lumbung.slowly() returns trigger language plpgsql as $$
begin
    if (select leased = 0 from lumbung.crawl where crawl_id = new.leased_by) then perform pg_sleep(0.2); end if;
    return new;
end $$;
create trigger slowly before update on lumbung.page
    for each row when (old.state = 'due' and new.state = 'leased') execute function lumbung.slowly()
"""
"""The first lease of a crawl takes three seconds, so that those of two crawls overlap."""


def test_two_crawls_at_once_fetch_no_page_twice(newsstand: Newsstand, database_url: str, database: Connection) -> None:
    environment = {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": newsstand.url + "/"}
    start_spider("contoh", environment, "max_articles=1", settings=FAST).communicate()
    with transaction(database) as cursor:
        cursor.execute(SLOW_FIRST_LEASE)
    scheduled = (
        f"interval_start={datetime.now(UTC).isoformat()}"  # no feed is due: both lease before they ask for anything
    )
    spiders = [start_spider("contoh", environment, f"run={name}", scheduled, settings=FAST) for name in "ab"]
    logs = [spider.communicate()[0] for spider in spiders]
    assert [spider.returncode for spider in spiders] == [0, 0], logs
    pages = fetched_articles(newsstand)
    assert len(pages) == len(set(pages))
    assert rows(database, "select count(*) from lumbung.crawl where leased > 16") == [(2,)], "one did all the work"
    wanted = len(expected(newsstand.newspaper)["articles"])
    assert rows(database, "select count(*) from news.all_articles") == [(wanted,)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["from_date=2026-11-20", "to_date=2026-11-10"], "from_date 2026-11-20 is after to_date 2026-11-10"),
        (["from_date=kemarin"], "from_date 'kemarin' is neither a date"),
        (["max_articles=-1"], "max_articles is '-1'; allowed is a whole number from 1 on"),
        (["refetch=ya"], "refetch is 'ya'; allowed are true and false"),
        (["form_date=2026-11-10"], "form_date: no such spider argument; allowed are from_date, to_date"),
    ],
)
def test_bad_arguments_are_refused_with_status_1(database_url: str, arguments: list[str], message: str) -> None:
    spider = start_spider("contoh", {"DATABASE_URL": database_url}, *arguments)
    log, _ = spider.communicate()
    assert spider.returncode == 1
    assert message in log


def test_without_a_database_nothing_is_fetched_and_the_status_is_1(newsstand: Newsstand) -> None:
    environment = {"DATABASE_URL": "postgresql://127.0.0.1:9/none", "LUMBUNG_HOME_CONTOH": newsstand.url + "/"}
    spider = start_spider("contoh", environment)
    log, _ = spider.communicate()
    assert spider.returncode == 1
    assert "CRITICAL: Postgres cannot be reached" in log
    assert not newsstand.requests
