"""Loading: one transaction a batch, exact counts, nothing lost that the database cannot hold."""

from __future__ import annotations

import asyncio
import gzip
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.repair import REPLACEMENT, repair
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import Crawl, find_crawl, imbalance
from pipelines.harvest.load import Loaded, load, load_batch
from spiders.article import (
    Article,
    Entry,
    Failure,
    LeasedPage,
    Look,
    Outcome,
    Rejection,
    Released,
    Unchanged,
    Validators,
    Visit,
)
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")


@pytest.fixture
def frontier(database_url: str) -> Iterator[Frontier]:
    window = Window(NOW - timedelta(days=30), None, strict=False)
    opened = Frontier(connect(database_url), PUBLISHER, window, "r")
    yield opened
    hang_up(opened.connection)


def leased(frontier: Frontier, count: int) -> list[LeasedPage]:
    entries = [Entry(url=f"https://koran.example/berita-{number}", published_at=NOW) for number in range(count)]
    asyncio.run(frontier.announce("https://koran.example/rss", entries, Validators()))
    return asyncio.run(frontier.lease(count))


def article(page: LeasedPage, **changes: Any) -> Article:
    plain = Article(
        publisher="koran",
        url=page.url,
        canonical_url=page.canonical_url,
        headline="Panen raya di Karawang",
        paragraphs=("Karawang, Koran - Petani mulai memanen padi.", "Harga gabah naik."),
        fetched_at=NOW,
        breadcrumb=("Home", "Ekonomi"),
        authors=("Sri Lestari",),
        tags=("padi", "gabah"),
        published_at=NOW,
        reads=953,
    )
    return replace(plain, **changes)


def visit(page: LeasedPage, outcome: Outcome, at: datetime = NOW) -> Visit:
    return Visit(page_id=page.page_id, outcome=outcome, fetched_at=at, status=200, validators=Validators('"1"', None))


def row(connection: Connection, statement: str) -> Any:
    with transaction(connection) as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def ledger(connection: Connection) -> Crawl:
    crawl = find_crawl(connection, "r")
    assert crawl is not None
    return crawl


def test_each_outcome_is_counted_once_and_the_ledger_balances(frontier: Frontier, database: Connection) -> None:
    pages = leased(frontier, 6)
    rejection = Rejection(
        publisher="koran", url=pages[1].url, canonical_url=pages[1].canonical_url, reason="photo", fetched_at=NOW
    )
    outcomes: list[Outcome] = [
        article(pages[0]),
        rejection,
        Failure(error="HTTP 503"),
        Unchanged(),
        Released(announced_at=NOW),
        article(pages[5]),
    ]
    load(frontier.connection, frontier.crawl_id, [visit(*pair) for pair in zip(pages, outcomes, strict=True)])
    crawl = ledger(database)
    assert (crawl.stored, crawl.rejected, crawl.failed, crawl.unchanged, crawl.released) == (2, 1, 1, 1, 1)
    assert imbalance(crawl) is None
    assert crawl.problems == ["failure: HTTP 503"]
    states = row(database, "select array_agg(state order by page_id) from lumbung.page")[0]
    assert sorted(states) == ["done", "done", "done", "due", "due", "rejected"]


def test_an_article_comes_back_as_it_was(frontier: Frontier, database: Connection) -> None:
    (page,) = leased(frontier, 1)
    load(frontier.connection, frontier.crawl_id, [visit(page, article(page))])
    found = row(
        database, "select headline, breadcrumb, authors, tags, reads, paragraphs, published_at from news.articles"
    )
    wanted = article(page)
    assert found == (
        wanted.headline, list(wanted.breadcrumb), list(wanted.authors), list(wanted.tags), wanted.reads,
        list(wanted.paragraphs), wanted.published_at,
    )  # fmt: skip


def again(frontier: Frontier, page: LeasedPage, outcome: Outcome) -> None:
    with transaction(frontier.connection) as cursor:
        cursor.execute("update lumbung.page set state = 'due', due_at = now()")
    asyncio.run(frontier.lease(1))
    load(frontier.connection, frontier.crawl_id, [visit(page, outcome, datetime.now(UTC))])


def test_the_same_article_again_writes_no_article_and_no_revision(frontier: Frontier, database: Connection) -> None:
    (page,) = leased(frontier, 1)
    load(frontier.connection, frontier.crawl_id, [visit(page, article(page))])
    before = row(database, "select xmin::text, fetched_at from lumbung.article")
    again(frontier, page, article(page))
    assert row(database, "select xmin::text, fetched_at from lumbung.article") == before
    assert row(database, "select count(*) from lumbung.revision") == (0,)
    assert row(database, "select count(*) from lumbung.reads") == (1,)
    assert ledger(database).unchanged == 1


def test_a_changed_text_is_one_revision_with_both_texts(frontier: Frontier, database: Connection) -> None:
    (page,) = leased(frontier, 1)
    load(frontier.connection, frontier.crawl_id, [visit(page, article(page))])
    again(frontier, page, article(page, paragraphs=("Satu.", "Dua.")))
    again(frontier, page, article(page, paragraphs=("Satu.", "Tiga."), reads=1_000))
    after = row(database, "select array_agg(text_after order by number) from news.revisions")[0]
    assert after == ["Satu.\n\nDua.", "Satu.\n\nTiga."]
    assert row(database, "select text_before from news.revisions where number = 1")[0] == article(page).text
    assert row(database, "select array_agg(reads order by reads) from news.reads")[0] == [953, 1000]
    assert ledger(database).updated == 2


def test_a_rejected_page_that_is_unchanged_stays_rejected(frontier: Frontier, database: Connection) -> None:
    (page,) = leased(frontier, 1)
    rejection = Rejection(
        publisher="koran", url=page.url, canonical_url=page.canonical_url, reason="photo", fetched_at=NOW
    )
    load(frontier.connection, frontier.crawl_id, [visit(page, rejection)])
    again(frontier, page, Unchanged())
    assert row(database, "select state from lumbung.page") == ("rejected",)
    again(frontier, page, article(page))
    assert row(database, "select state from lumbung.page") == ("done",)
    assert row(database, "select count(*) from news.rejections") == (0,)


def test_a_batch_that_breaks_in_the_middle_has_changed_nothing(frontier: Frontier, database: Connection) -> None:
    pages = leased(frontier, 2)
    visits = [visit(pages[0], article(pages[0])), visit(pages[1], article(pages[1], reads=2**70))]
    with pytest.raises(psycopg2.DataError):
        load(frontier.connection, frontier.crawl_id, visits)
    assert row(database, "select count(*) from lumbung.article") == (0,)
    assert row(database, "select count(*) from lumbung.page where state = 'leased'") == (2,)


def too_long_for_an_index(page: LeasedPage) -> Rejection:
    noise: Any = random.Random(1).randbytes(10_000).hex()  # noqa: S311 - the same every time; no compression helps
    return Rejection(publisher="koran", url=page.url, canonical_url=page.canonical_url, reason=noise, fetched_at=NOW)


@pytest.mark.parametrize(
    "refused",
    [lambda page: article(page, reads=2**70), lambda page: article(page, paragraphs=()), too_long_for_an_index],
    ids=["22 out of range", "23 breaks a constraint", "54 exceeds a limit"],
)
def test_one_value_the_database_refuses_fails_one_page_only(
    frontier: Frontier, database: Connection, refused: Callable[[LeasedPage], Outcome]
) -> None:
    pages = leased(frontier, 3)
    outcomes = [article(pages[0]), refused(pages[1]), article(pages[2], headline="Panen\0raya")]
    visits = [visit(page, outcome) for page, outcome in zip(pages, outcomes, strict=True)]
    loaded = load_batch(frontier.connection, frontier.crawl_id, visits)
    crawl = ledger(database)
    assert loaded == Loaded(stored=2, updated=0, repaired=1)
    assert Loaded(1, 2, 3) + Loaded(10, 20, 30) == Loaded(11, 22, 33)
    assert (crawl.stored, crawl.failed, crawl.repaired) == (2, 1, 1)
    assert imbalance(crawl) is None
    assert "cannot be stored" in crawl.problems[0]
    due = "select page_id, failures from lumbung.page where state = 'due'"
    assert row(database, due) == (pages[1].page_id, 1)


def test_an_article_has_its_other_identity_in_the_views_and_loses_it_when_the_page_does(
    frontier: Frontier, database: Connection
) -> None:
    (page,) = leased(frontier, 1)
    other = "https://koran.example/ekonomi/berita-0"
    load(frontier.connection, frontier.crawl_id, [visit(page, article(page, declared_url=other))])
    assert row(database, "select canonical_url, declared_url from news.articles") == (page.canonical_url, other)
    again(frontier, page, article(page))
    assert row(database, "select declared_url from news.all_articles") == (None,)
    assert ledger(database).updated == 1


def test_the_doubtful_can_be_listed(frontier: Frontier, database: Connection) -> None:
    one, two, old = leased(frontier, 3)
    load(frontier.connection, frontier.crawl_id, [
        Visit(page_id=page.page_id, outcome=replace(article(page), quality=quality), fetched_at=NOW)
        for page, quality in ((one, 0.31), (two, 0.97), (old, None))
    ])  # fmt: skip
    with transaction(database) as cursor:
        for view in ("news.all_articles", "news.articles"):
            cursor.execute(f"select canonical_url, quality from {view} where quality < 0.5")
            assert cursor.fetchall() == [(one.canonical_url, 0.31)]


def test_place_and_brand_of_a_dateline_are_columns(frontier: Frontier, database: Connection) -> None:
    (page,) = leased(frontier, 1)
    found = article(page, dateline="Kabul, Gatra.com", dateline_place="Kabul")
    load(frontier.connection, frontier.crawl_id, [visit(page, found)])
    columns = "select dateline, dateline_place, dateline_brand from"
    assert row(database, f"{columns} news.articles") == ("Kabul, Gatra.com", "Kabul", None)
    again(frontier, page, replace(found, dateline_brand="Gatra.com"))
    assert row(database, f"{columns} news.all_articles") == ("Kabul, Gatra.com", "Kabul", "Gatra.com")


def test_an_announced_url_that_is_no_text_is_repaired_and_counted(frontier: Frontier, database: Connection) -> None:
    entries = [Entry(url="https://koran.example/a\0b"), Entry(url="https://koran.example/padi")]
    asyncio.run(frontier.announce("https://koran.example/rss", entries, Validators()))
    assert ledger(database).repaired == 1


def test_text_that_postgres_cannot_hold_is_repaired_and_counted(frontier: Frontier, database: Connection) -> None:
    (page,) = leased(frontier, 1)
    broken = article(page, headline="Nol\x00nol", paragraphs=("Lajang \ud800 di sini.", "Utuh \U0001f33e."))
    load(frontier.connection, frontier.crawl_id, [visit(page, broken)])
    headline, paragraphs = row(database, "select headline, paragraphs from news.articles")
    assert headline == f"Nol{REPLACEMENT}nol"
    assert paragraphs == [f"Lajang {REPLACEMENT} di sini.", "Utuh \U0001f33e."]
    assert ledger(database).repaired == 2


def test_pages_that_could_not_be_read_are_kept_and_of_each_publisher_the_newest_fifty(
    frontier: Frontier, database: Connection
) -> None:
    pages = leased(frontier, 60)
    for page in pages:
        body = f"<p>{page.url}".encode()
        visit = Visit(page_id=page.page_id, outcome=Failure(error="cannot be read"), fetched_at=NOW, kept=body)
        load_batch(frontier.connection, frontier.crawl_id, [visit])
    with transaction(database) as cursor:
        cursor.execute("select page_id, page from lumbung.kept_page")
        kept = {page_id: gzip.decompress(page).decode() for page_id, page in cursor}
    assert kept == {page.page_id: f"<p>{page.url}" for page in pages[10:]}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1), st.lists(st.text(min_size=1), min_size=1, max_size=5), st.lists(st.text(), max_size=3))
def test_any_text_survives_copy(
    frontier: Frontier, database: Connection, headline: str, paragraphs: list[str], tags: list[str]
) -> None:
    with transaction(database) as cursor:
        cursor.execute("truncate lumbung.page, lumbung.article cascade")
    (page,) = leased(frontier, 1)
    sent = article(page, headline=headline, paragraphs=tuple(paragraphs), tags=tuple(tags))
    load(frontier.connection, frontier.crawl_id, [visit(page, sent)])
    found = row(database, "select headline, paragraphs, tags from news.articles")
    assert found == (repair(headline)[0], [repair(each)[0] for each in paragraphs], [repair(each)[0] for each in tags])


def test_every_new_article_is_visited_when_its_visit_says(frontier: Frontier, database: Connection) -> None:
    pages = leased(frontier, 40)
    look = Look(None, timedelta(days=1))
    visits = [replace(visit(page, article(page)), look=look) for page in pages]
    load(frontier.connection, frontier.crawl_id, visits)
    planned = "select count(*) from lumbung.page where look_at > now() + interval '23 hours'"
    assert row(database, planned) == (40,)


def test_what_visits_find_is_learnt(frontier: Frontier, database: Connection) -> None:
    pages = leased(frontier, 3)
    load(frontier.connection, frontier.crawl_id, [visit(page, article(page)) for page in pages])
    assert row(database, "select visits, visits_changed from lumbung.publisher") == (0, 0)
    with transaction(frontier.connection) as cursor:
        cursor.execute("update lumbung.page set state = 'due', due_at = now()")
    again = asyncio.run(frontier.lease(3))
    outcomes: list[Outcome] = [article(again[0], paragraphs=("Lain.",)), Unchanged(), gone(again[2])]
    now = datetime.now(UTC)  # all of them at once: what changed is told by the article, not by the moment
    visits = [visit(*pair, now) for pair in zip(again, outcomes, strict=True)]
    load(frontier.connection, frontier.crawl_id, visits)
    assert row(database, "select visits, visits_changed from lumbung.publisher") == (3, 2)
    assert row(database, "select array_agg(looks order by page_id desc) from lumbung.page") == ([0, 1, 1],)


def gone(page: LeasedPage) -> Rejection:
    return Rejection(publisher="koran", url=page.url, canonical_url=page.canonical_url, reason="gone", fetched_at=NOW)


def test_an_article_is_gone_when_its_page_is_for_the_second_time_and_back_when_it_is_there(
    frontier: Frontier, database: Connection
) -> None:
    (page,) = leased(frontier, 1)
    load(frontier.connection, frontier.crawl_id, [visit(page, article(page))])
    marks = []
    for outcome in (gone(page), gone(page), article(page)):
        again(frontier, page, outcome)
        marks.append(row(database, "select gone_at is not null from news.all_articles")[0])
    assert marks == [False, True, False]


def test_a_change_that_was_announced_and_is_none_makes_the_next_ones_wait(
    frontier: Frontier, database: Connection
) -> None:
    (page,) = leased(frontier, 1)
    load(frontier.connection, frontier.crawl_id, [visit(page, article(page))])

    def announce(hours: int) -> int:
        entry = Entry(url=page.url, modified_at=datetime.now(UTC) - timedelta(hours=10 - hours))
        return asyncio.run(frontier.announce("https://koran.example/rss", [entry], Validators())).pages

    assert announce(1) == 1
    asyncio.run(frontier.lease(1))
    load(frontier.connection, frontier.crawl_id, [visit(page, article(page), datetime.now(UTC))])
    assert announce(2) == 0
    assert row(database, "select doubted from news.crawls") == (1,)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.page set looked_at = now() - interval '5 hours'")
    assert announce(3) == 1
