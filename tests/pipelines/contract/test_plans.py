"""Questions that people ask often, by the plan that answers them: an index, and no sorting of everything."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from support.stories import NOON, Story, body, put, rows

from pipelines.database.connections import Connection, transaction

MANY = 3000


@pytest.fixture
def articles(database: Connection) -> Connection:
    stories = (
        Story(
            body(number, 1),
            "jarang" if number % 100 == 99 else f"p{number % 5}",
            f"Kabar {number}",
            None if number % 9 == 0 else NOON + timedelta(seconds=number),
        )
        for number in range(MANY)
    )
    put(database, stories)
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.article set section = case when article_id % 50 = 0 then 'Olahraga' else 'Ekonomi' end,"
            " tags = case when article_id % 60 = 0 then '{beras,inflasi}' else '{inflasi}' end::text[],"
            " authors = case when article_id % 70 = 0 then '{Siti Aminah}' else '{}' end::text[]"
        )
        cursor.execute("update lumbung.article set first_fetched_at = now() - interval '1 day' * (3000 - article_id)")
        cursor.execute(
            "update lumbung.article set declared_url = 'https://p1.example/read/7', url = 'x' where article_id = 7"
        )
        cursor.execute("analyze lumbung.article; analyze lumbung.shown; analyze lumbung.page; analyze lumbung.change")
    return database


def plan(database: Connection, statement: str) -> str:
    return "\n".join(line for (line,) in rows(database, f"explain (costs off) {statement}"))


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("select headline from news.articles order by published_at desc nulls last limit 10", "article_newest"),
        ("select headline from news.articles order by published_at desc limit 10", "article_published"),
        (
            """select headline from news.articles where publisher = 'jarang'
            order by published_at desc nulls last limit 10""",
            "article_publisher_newest",
        ),
        ("select * from news.all_articles where changed_id > 5990 order by changed_id limit 10", "shown_change_id_key"),
        (
            """select * from news.changes c left join news.articles a using (article_id)
            where c.change_id > 5990 and c.latest order by c.change_id limit 10""",
            "change_pkey",
        ),
        ("select * from news.stories order by published_at desc nulls last limit 10", "article_newest"),
        (
            """select headline from news.articles where section = 'Olahraga'
            order by published_at desc nulls last limit 10""",
            "article_section",
        ),
    ],
)
def test_it_is_answered_in_the_order_of_an_index(articles: Connection, statement: str, index: str) -> None:
    told = plan(articles, statement)
    assert f"using {index}" in told
    first = told.split("using " + index)[0]
    assert "Sort" not in first, told
    assert "Seq Scan on article" not in told, told


@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        ("select * from news.article_by_url('https://p1.example/7')", ["article_address", "article_announced"]),
        (
            "select * from news.all_articles where first_fetched_at > now() - interval '1 hour'",
            ["article_(publisher_)?stored"],
        ),
        ("select article_id from news.search('kabar bailai')", ["article_search"]),
        ("select headline from news.articles where authors @> '{Siti Aminah}'", ["article_authors"]),
        ("select headline from news.articles where tags @> '{beras}'", ["article_tags"]),
        (
            """select headline from news.articles where tags @> '{tidak ada}'
            order by published_at desc nulls last limit 10""",
            ["article_tags"],
        ),
        ("select headline from news.articles where section = 'Olahraga'", ["article_section"]),
        ("select * from news.crawls where started_at >= now() - interval '1 day'", ["crawl_(publisher_)?started"]),
    ],
)
def test_it_is_answered_by_an_index(articles: Connection, statement: str, indexes: list[str]) -> None:
    # A few thousand short rows are read faster as a whole.
    with transaction(articles) as cursor:
        cursor.execute("set enable_seqscan = off; set enable_indexscan = on")
    told = plan(articles, statement)
    assert [index for index in indexes if not re.search(rf"{index}\b", told)] == [], told
    assert "Function Scan on search" not in told
    assert "Function Scan on article_by_url" not in told


def test_columns_that_are_not_asked_for_cost_nothing(articles: Connection) -> None:
    told = plan(articles, "select headline, published_at from news.all_articles where article_id = 7")
    assert "shown" not in told
    assert "page" not in told
    told = plan(articles, "select article_id from news.search('bailai')")
    assert "ts_headline" not in plan(articles, "select article_id from news.search('bailai')").lower()
    assert "ts_rank" not in told


def test_what_a_search_finds_is_not_looked_up_again_to_be_shown(articles: Connection) -> None:
    for order in ("a.published_at desc nulls last", "s.rank desc"):
        told = plan(
            articles,
            "select a.headline, s.snippet from news.search('kabar bailai') s join news.articles a using (article_id)"
            f" order by {order} limit 10",
        )
        assert len(re.findall(r"\bon article\b", told)) == 1, told


def test_freshness_adds_up_days_once(articles: Connection) -> None:
    told = plan(articles, "table news.freshness")
    assert re.findall(r"Group Key: .*", told) == ["Group Key: day_count.publisher"]


def test_counting_what_a_search_finds_stops_where_it_is_told_to(articles: Connection) -> None:
    ((all_of_them,),) = rows(articles, "select count(*) from news.search('bailai or kasar')")
    assert all_of_them > 10
    for most, count in ((10, 10), (all_of_them, all_of_them), (all_of_them + 1, all_of_them)):
        assert rows(articles, f"select news.search_count('bailai or kasar', {most})") == [(count,)]
    assert rows(articles, "select news.search_count('tidakada')") == [(0,)]


@pytest.mark.parametrize(
    "variant",
    [
        "https://p0.example/1",
        "http://p0.example/1",
        "p0.example/1",
        "https://www.p0.example/1/",
        "HTTPS://WWW.P0.EXAMPLE/1?utm_source=x#atas",
        "https://m.p0.example/1/amp",
        "https://amp.p0.example/1/amp/",
        " https://p0.example/1?page=all ",
    ],
)
def test_an_article_is_found_by_any_usual_form_of_its_address(articles: Connection, variant: str) -> None:
    found = rows(
        articles, f"select article_id from news.article_by_url('{variant.replace('p1.', 'p0.').replace('P1.', 'P0.')}')"
    )
    assert found == [(1,)]


@pytest.mark.parametrize(
    "nothing", ["", "x", "https://", "https://p0.example/1/2", "javascript:alert(1)", "%", "https://p9.example/1"]
)
def test_an_address_of_nothing_finds_nothing(articles: Connection, nothing: str) -> None:
    assert rows(articles, f"select article_id from news.article_by_url($x${nothing}$x$)") == []


def test_an_article_is_found_by_the_address_it_declares_and_by_the_one_that_was_announced(articles: Connection) -> None:
    for address in ("http://www.p1.example/read/7", "https://p1.example/7"):
        assert rows(articles, f"select article_id from news.article_by_url('{address}')") == [(7,)], address
