"""Crawls with dates: what they ask for, what a day's report says, and how they go on after `kill -9`."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from support.spider_runs import FAST, run_spider, start_spider

from pipelines.database.connections import Connection, transaction
from pipelines.harvest.ledger import Crawl, find_crawl, verdict
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from pathlib import Path

FOUNDED = date.today() - timedelta(days=1)  # noqa: DTZ011 - any day near today will do
JAKARTA = ZoneInfo("Asia/Jakarta")


def environment_of(stand: Newsstand, database_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": stand.url + "/"}


def dates(first: date, last: date) -> tuple[str, str]:
    return f"from_date={first}", f"to_date={last}"


def crawl_of(database: Connection, run: str) -> Crawl:
    found = find_crawl(database, run)
    assert found is not None
    return found


def rows(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def day_of(moment: datetime) -> date:
    return moment.astimezone(JAKARTA).date()


def articles_by_day(newspaper: Newspaper) -> Counter[date]:
    return Counter(day_of(datetime.fromisoformat(each["published_at"])) for each in expected(newspaper)["articles"])


def is_article(target: str) -> bool:
    return "/news-" in target


def index_day(target: str) -> date | None:
    query = parse_qs(urlsplit(target).query)
    return date.fromisoformat(query["date"][0]) if target.startswith("/indeks") else None


def await_end_of_connections(database: Connection) -> None:
    """Until the server has finished or undone what the killed spider had begun."""
    statement = "select count(*) from pg_stat_activity where application_name like 'lumbung crawl%'"
    while rows(database, statement) != [(0,)]:
        time.sleep(0.02)


def test_a_backfill_of_thirty_days_killed_three_times_is_complete_and_asks_for_nothing_twice(
    database_url: str, database: Connection
) -> None:
    first, last = FOUNDED - timedelta(days=45), FOUNDED - timedelta(days=16)
    newspaper = Newspaper(Settings(founded=FOUNDED, articles=1_000, crawl_delay=0), now=datetime.now(UTC))
    kills = ((index_day, 25), (is_article, 60), (is_article, 200))
    once_more = Counter[str]()  # by target: kills that came while it was fetched and not yet stored
    walked: list[tuple[int, set[date]]] = []  # requests before a kill, and the days walked to their end by then
    with serve(newspaper) as stand:
        environment = environment_of(stand, database_url)
        for kind, enough in kills:
            spider = start_spider("contoh", environment, "run=killed", *dates(first, last), settings=FAST)
            while sum(bool(kind(each.target)) for each in list(stand.requests)) < enough:
                assert spider.poll() is None, "it ended before it was killed"
                time.sleep(0.01)
            spider.kill()
            spider.communicate()
            await_end_of_connections(database)
            stored = {
                urlsplit(url).path
                for (url,) in rows(database, "select url from lumbung.page where fetched_at is not null")
            }
            asked = {each.target for each in stand.requests if is_article(each.target)}
            once_more.update(target for target in asked if urlsplit(target).path not in stored)
            days = rows(database, "select url from news.polls where polled_at is not null and url like '%/indeks?%'")
            walked.append(
                (len(stand.requests), {date.fromisoformat(parse_qs(urlsplit(url).query)["date"][0]) for (url,) in days})
            )
        log = run_spider("contoh", environment, "run=last", *dates(first, last), settings=FAST)
        requests = [each.target for each in stand.requests]
    assert verdict(database, crawl_of(database, "last")) is None, log

    wanted = {day: count for day, count in articles_by_day(newspaper).items() if first <= day <= last}
    found = Counter(day_of(moment) for (moment,) in rows(database, "select published_at from news.all_articles"))
    assert found == wanted
    assert sum(found.values()) > 300

    fetched = Counter(filter(is_article, requests))
    assert not {target: count for target, count in fetched.items() if count > 1 + once_more[target]}
    assert sum(fetched.values()) > len(fetched), "no kill met a page in flight: the test shows nothing"
    assert 0 < len(walked[0][1]) < 30 == len(walked[1][1])
    for before, complete in walked:
        assert not complete & {index_day(target) for target in requests[before:]}, "a day was walked again"


def test_a_range_of_long_ago_asks_for_its_own_days_and_months_only(database_url: str, database: Connection) -> None:
    day = (FOUNDED - timedelta(days=200)).replace(day=10)
    newspaper = Newspaper(Settings(founded=FOUNDED, articles=500, days=400, crawl_delay=0), now=datetime.now(UTC))
    with serve(newspaper) as stand:
        run_spider(
            "contoh", environment_of(stand, database_url), "run=r", *dates(day, day + timedelta(days=2)), settings=FAST
        )
        lists = [each.target for each in stand.requests if not is_article(each.target)]
    assert verdict(database, crawl_of(database, "r")) is None
    assert Counter(filter(None, map(index_day, lists))).keys() == {day + timedelta(days=more) for more in range(3)}
    assert sorted(target for target in lists if index_day(target) is None) == [
        "/robots.txt", f"/sitemap-{day:%Y-%m}.xml", "/sitemap-news.xml", "/sitemap.xml",
    ]  # fmt: skip


WITHOUT_SITEMAP = """
name = "Harian Contoh"
home = "http://127.0.0.1:8710/"
feeds = ["/rss"]
article_url = ['/news-\\d+-[a-z]+-.+\\.html$']
full_page_query = "page=all"
index = { url = "/indeks?date=%Y-%m-%d&page={page}", links = ["ul.indeks-list a"] }
local = true
"""


def test_what_a_feed_dates_outside_the_range_is_never_fetched_and_a_day_is_reported(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    (tmp_path / "contoh.toml").write_text(WITHOUT_SITEMAP, "utf-8")
    first, last = FOUNDED - timedelta(days=4), FOUNDED - timedelta(days=2)
    newspaper = Newspaper(Settings(founded=FOUNDED, crawl_delay=0), now=datetime.now(UTC))
    with serve(newspaper) as stand:
        environment = {**environment_of(stand, database_url), "LUMBUNG_PUBLISHERS": str(tmp_path)}
        log = run_spider("contoh", environment, "run=r", *dates(first, last), settings=FAST)
        fetched = [each.path for each in stand.requests if is_article(each.target)]
    days = {
        plan_day: [newspaper.link(plan).path for plan in newspaper.of_day(plan_day)]
        for plan_day in (first, first + timedelta(days=1), last)
    }
    assert sorted(fetched) == sorted(path for paths in days.values() for path in paths if "/cetak/" not in path)
    assert rows(database, "select count(*) from lumbung.page where announced_at > now() - interval '2 days'") != [(0,)]

    report = {day: counts for (_, day, *counts) in rows(database, "select * from news.coverage")}
    wanted = articles_by_day(newspaper)
    for day, paths in days.items():
        announced, stored, rejected, failed, due = report[day]
        assert (announced, stored, failed, due) == (len(paths), wanted[day], 0, 0)
        assert f"{day}: {announced} announced = {stored} stored + {rejected} rejected + 0 failed + 0 due" in log
    newest = max(report)
    assert newest > last
    assert report[newest][4] == report[newest][0], "days outside the range are announced and due"
    assert f"{newest}: " not in log
    assert log.index(f"{last}: ") < log.index(f"{first}: "), "newest first"


def test_a_scheduled_crawl_leaves_out_what_is_not_due_and_one_by_hand_does_not(
    database_url: str, database: Connection
) -> None:
    newspaper = Newspaper(Settings(founded=FOUNDED, days=7, articles=20, crawl_delay=0), now=datetime.now(UTC))
    since = f"interval_start={datetime.now(UTC).isoformat()}"
    with serve(newspaper) as stand:
        environment = environment_of(stand, database_url)

        def asked(*arguments: str) -> tuple[int, Crawl]:
            before = len(stand.requests)
            run_spider("contoh", environment, "run=r", *arguments, settings=FAST)
            found = crawl_of(database, "r")
            assert verdict(database, found) is None
            return len(stand.requests) - before, found

        _, first = asked(since)
        assert first.polls > 5
        assert first.polls_skipped == 0
        requests, second = asked(since)
        assert (requests, second.polls) == (0, 0)
        assert second.polls_skipped > 5
        assert rows(database, "select polls_skipped from news.crawls order by crawl_id") == [
            (0,),
            (second.polls_skipped,),
        ]
        _, by_hand = asked()
        assert by_hand.polls >= first.polls_skipped + second.polls_skipped
        assert by_hand.polls_skipped == 0


ONLY_SECTIONS = """
name = "Harian Contoh"
home = "http://127.0.0.1:8710/"
sections = ["/"]
lookback_days = 90
article_url = ['/news-\\d+-[a-z]+-.+\\.html$']
full_page_query = "page=all"
local = true
"""


def test_front_pages_are_the_last_resort_and_their_undated_articles_are_given_back_outside_a_range(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    (tmp_path / "contoh.toml").write_text(ONLY_SECTIONS, "utf-8")
    newspaper = Newspaper(Settings(founded=FOUNDED, crawl_delay=0), now=datetime.now(UTC))
    older = dates(FOUNDED - timedelta(days=50), FOUNDED - timedelta(days=45))
    with serve(newspaper) as stand:
        stand.set_fault("/robots.txt", "html")  # it names no sitemap
        environment = {**environment_of(stand, database_url), "LUMBUNG_PUBLISHERS": str(tmp_path)}
        run_spider("contoh", environment, "run=range", *dates(FOUNDED - timedelta(days=1), FOUNDED), settings=FAST)
        run_spider("contoh", environment, "run=open", settings=FAST)
        run_spider("contoh", environment, "run=older", *older, settings=FAST)
    ranged = crawl_of(database, "range")
    assert verdict(database, ranged) is None
    assert ranged.released > 0
    assert ranged.stored > 0
    assert crawl_of(database, "open").leased == ranged.released
    reason = "no sitemap and no index page by day: nothing announces articles of those days"
    assert verdict(database, crawl_of(database, "older")) == f"contoh announced nothing: {reason}"


def test_for_dates_the_archive_is_looked_for_in_robots_txt_where_the_file_names_none(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    (tmp_path / "contoh.toml").write_text(ONLY_SECTIONS, "utf-8")
    newspaper = Newspaper(Settings(founded=FOUNDED, crawl_delay=0), now=datetime.now(UTC))
    first, last = FOUNDED - timedelta(days=50), FOUNDED - timedelta(days=45)
    with serve(newspaper) as stand:
        environment = {**environment_of(stand, database_url), "LUMBUNG_PUBLISHERS": str(tmp_path)}
        run_spider("contoh", environment, "run=r", *dates(first, last), settings=FAST)
    assert verdict(database, crawl_of(database, "r")) is None
    found = Counter(day_of(moment) for (moment,) in rows(database, "select published_at from news.all_articles"))
    assert found == {day: count for day, count in articles_by_day(newspaper).items() if first <= day <= last}


def test_days_that_crawls_have_missed_are_looked_for_in_robots_txt_too_where_the_file_names_no_archive(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    (tmp_path / "contoh.toml").write_text(ONLY_SECTIONS.replace("lookback_days = 90", "lookback_days = 2"), "utf-8")
    newspaper = Newspaper(Settings(founded=FOUNDED, crawl_delay=0), now=datetime.now(UTC))
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.crawl (publisher, started_at, finished_at, finish_reason, window_start, ranged)"
            " values ('contoh', now() - interval '9 days', now(), 'shut out', now() - interval '11 days', false)"
        )
    with serve(newspaper) as stand:
        environment = {**environment_of(stand, database_url), "LUMBUNG_PUBLISHERS": str(tmp_path)}
        run_spider("contoh", environment, "run=r", settings=FAST)
    assert verdict(database, crawl_of(database, "r")) is None
    found = Counter(day_of(moment) for (moment,) in rows(database, "select published_at from news.all_articles"))
    whole_days = [datetime.now(JAKARTA).date() - timedelta(days=back) for back in range(11)]
    truth = articles_by_day(newspaper)
    assert {day: found[day] for day in whole_days} == {day: truth[day] for day in whole_days}
    assert found.total() < truth.total()
