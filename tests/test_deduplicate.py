"""Duplicates in a real Postgres: found, marked, kept up to date, the same whatever the batches, order and processes."""

from __future__ import annotations

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from pipelines.copy_text import CopyText
from pipelines.database import Connection, connect, transaction
from pipelines.deduplicate import Summary, deduplicate
from seeds.newsstand.newspaper import Newspaper
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
WORDS = [
    f"{first}{second}" for first in ("ba", "ka", "ta", "ra", "pe", "me") for second in ("lai", "sar", "nen", "rut")
]


@dataclass(frozen=True, slots=True)
class Story:
    paragraphs: Sequence[str]
    publisher: str = "kabar"
    headline: str = "Pasar Kampung Dibuka Lagi"
    published_at: datetime | None = NOON
    name: str = field(default="")


def body(seed: int, paragraphs: int = 8) -> list[str]:
    """Paragraphs of 30 words that share next to no five words in a row with any other seed."""
    chance = random.Random(seed)  # noqa: S311 - the same text every time
    return [" ".join(chance.choices(WORDS, k=30)).capitalize() + "." for _ in range(paragraphs)]


def weather(day: int, low: int, wind: int, city: str = "Kendari") -> list[str]:
    return [
        f"Prakirawan cuaca memperkirakan langit {city} pada {day} Juni berawan sejak pagi sampai sore hari.",
        f"Suhu udara berkisar antara {low} hingga {low + 8} derajat Celsius dan terasa lembap di daerah pesisir.",
        f"Angin bertiup dari arah timur dengan kecepatan {wind} kilometer per jam sepanjang hari.",
        "Warga diminta membawa payung dan memeriksa saluran air di sekitar rumah sebelum hujan turun.",
    ]


def text_hash(story: Story) -> UUID:
    written = "\n".join([story.headline, *story.paragraphs])
    return UUID(bytes=hashlib.blake2b(written.encode(), digest_size=16).digest())


def put(connection: Connection, stories: Iterable[Story], first: int | None = None) -> list[int]:
    """Store articles as the loader would; returns their numbers, from `first` on or after the highest so far."""
    pages, articles, numbers = CopyText(), CopyText(), []
    with transaction(connection) as cursor:
        cursor.execute("select coalesce(max(article_id), 0) + 1 from lumbung.article")
        (number,) = cursor.fetchone() or (1,)
        for number, story in enumerate(stories, first or number):  # noqa: B020 - starts at the value read
            url = f"https://{story.publisher}.example/{number}"
            pages.add((number, story.publisher, url, url))
            stored = (number, number, story.publisher, url, url, story.headline, story.paragraphs, text_hash(story))
            articles.add((*stored, NOON, NOON, 1, story.published_at))
            numbers.append(number)
        cursor.execute(
            "insert into lumbung.crawl (crawl_id, publisher) overriding system value values (1, 'x')"
            " on conflict do nothing"
        )
        pages.copy_into(cursor, "lumbung.page", "page_id, publisher, canonical_url, url")
        columns = (
            "article_id, page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at,"
            " first_fetched_at, crawl_id, published_at"
        )
        articles.copy_into(cursor, "lumbung.article", columns)
    return numbers


def revise(connection: Connection, number: int, paragraphs: list[str]) -> None:
    with transaction(connection) as cursor:
        cursor.execute(
            "update lumbung.article set paragraphs = %s, text_hash = %s where article_id = %s",
            [paragraphs, str(text_hash(Story(paragraphs))), number],
        )


def rows(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def members(connection: Connection) -> list[tuple[Any, ...]]:
    return rows(connection, "select * from lumbung.cluster_member order by article_id")


def clusters(connection: Connection) -> set[frozenset[int]]:
    grouped = rows(connection, "select array_agg(article_id) from lumbung.cluster_member group by cluster_id")
    return {frozenset(numbers) for (numbers,) in grouped}


def versions(connection: Connection) -> list[list[tuple[Any, ...]]]:
    """Where each row lies and which transactions wrote, locked or ended it."""
    return [
        rows(connection, "select ctid, xmin, xmax, t.* from lumbung.fingerprint t order by 1"),
        rows(connection, "select ctid, xmin, xmax, t.* from lumbung.fingerprint_key t order by 1"),
        rows(connection, "select ctid, xmin, xmax, t.* from lumbung.near_duplicate t order by 1"),
        rows(connection, "select ctid, xmin, xmax, t.* from lumbung.cluster_member t order by 1"),
    ]


def forget_everything(connection: Connection) -> None:
    with transaction(connection) as cursor:
        cursor.execute(
            "truncate lumbung.fingerprint, lumbung.fingerprint_key, lumbung.near_duplicate, lumbung.cluster_member"
        )


def newsroom(count: int = 60) -> list[Story]:
    """Stories of which most are printed again: the same, trimmed, extended, in chains that overlap, and templates."""
    chance = random.Random(7)  # noqa: S311 - the same stories every time
    stories = []
    for number in range(count):
        base = body(number % 9, 10)
        start = chance.choice([0, 0, 0, 2, 4])
        text = base[start : start + chance.choice([4, 6, 10])] + body(1000 + number, chance.choice([0, 0, 1, 3]))
        if number % 6 == 5:
            text = weather(number % 25 + 1, number % 9 + 19, number % 7 + 5)
        hour = timedelta(hours=chance.randrange(100))
        stories.append(Story(text, f"p{chance.randrange(4)}", f"Kabar {number}", NOON + hour, f"story {number}"))
    return stories


def test_the_same_text_under_another_dateline_is_one_story(database: Connection) -> None:
    text = body(1)
    one, two = put(
        database,
        [
            Story(["Kendari, Kabar - " + text[0], *text[1:]]),
            Story([*text[:4], "Baca juga: Kopi Laku", *text[4:]], publisher="warta", headline="Ramai Lagi"),
        ],
    )
    assert deduplicate(database) == Summary(seen=2, exact=1, near=0, clusters=1)
    assert members(database) == [(one, one, True, None, None), (two, one, False, "same text", 1.0)]


def test_a_trimmed_an_extended_and_a_redated_copy_are_one_story(database: Connection) -> None:
    text = body(2)
    excerpt, original, extended, trimmed = put(
        database,
        [
            Story(text[:3], "warta", "Kilas", NOON - timedelta(hours=2)),
            Story(["Palu, Kabar - " + text[0], *text[1:]]),
            Story(text + body(3, 2), "harian", "Lengkap", NOON + timedelta(hours=1)),
            Story(["Ambon (Kabar) - " + text[0], *text[1:6]], headline="Ramai", published_at=NOON + timedelta(hours=3)),
        ],
    )
    deduplicate(database)
    assert clusters(database) == {frozenset({excerpt, original, extended, trimmed})}
    assert rows(database, "select article_id from lumbung.cluster_member where canonical") == [(original,)]


def test_daily_templates_stay_apart(database: Connection) -> None:
    put(
        database, [Story(weather(day, 18 + day, 4 + day), publisher) for day in range(1, 9) for publisher in ("a", "b")]
    )
    deduplicate(database)
    # The same day's forecast in both newspapers is one story; another day's is another.
    assert clusters(database) == {frozenset({number, number + 1}) for number in range(1, 17, 2)}


def test_a_chain_of_overlaps_is_not_one_story(database: Connection) -> None:
    text = body(4, 24)
    numbers = put(database, [Story(text[start : start + 8], f"p{start}") for start in range(0, 16, 3)])
    deduplicate(database)
    found = clusters(database)
    assert found
    assert max(map(len, found)) < len(numbers)


def test_short_texts_are_duplicates_only_when_equal(database: Connection) -> None:
    note = ["Lihat foto panen raya di lereng gunung."]
    longer = ["Lihat foto panen raya di lereng gunung pada hari Minggu."]
    one, two, _, _ = put(
        database, [Story(note), Story(note, "warta"), Story(longer, "harian"), Story(note, headline="Lain")]
    )
    deduplicate(database)
    assert clusters(database) == {frozenset({one, two})}


def test_views_show_one_row_a_story_and_what_repeats_it(database: Connection) -> None:
    text = body(5)
    original, copy, alone = put(
        database, [Story(text), Story(text[:5], "warta", "Ramai", NOON + timedelta(hours=1)), Story(body(6))]
    )
    deduplicate(database)
    assert rows(database, "select article_id from news.articles order by 1") == [(original,), (alone,)]
    assert rows(database, "select article_id, canonical_article_id, why from news.duplicates") == [
        (copy, original, "one text contains the other")
    ]
    assert rows(database, "select count(*) from news.all_articles") == [(3,)]


def test_a_second_run_writes_no_row(database: Connection) -> None:
    put(database, newsroom())
    deduplicate(database)
    before = versions(database)
    assert all(before)
    assert deduplicate(database) == Summary()
    assert versions(database) == before


def test_a_new_article_rewrites_only_its_own_cluster(database: Connection) -> None:
    put(database, [Story(body(seed), f"p{copy}") for seed in (1, 2) for copy in (1, 2)])
    deduplicate(database)
    (known,) = rows(database, "select array_agg((ctid, xmin)::text) from lumbung.cluster_member")
    put(database, [Story(body(2)[:6], "p3")])
    assert deduplicate(database).clusters == 1
    (now,) = rows(database, "select array_agg((ctid, xmin)::text) from lumbung.cluster_member")
    assert set(known[0]) < set(now[0])


@pytest.mark.parametrize("batch", [1, 7])
def test_the_size_of_batches_does_not_matter(database: Connection, batch: int) -> None:
    put(database, newsroom())
    at_once = deduplicate(database)
    expected_rows = members(database)
    assert len(expected_rows) > 30
    forget_everything(database)
    done = deduplicate(database, batch=batch)
    assert (done.seen, done.exact, done.near) == (at_once.seen, at_once.exact, at_once.near)
    assert members(database) == expected_rows


def test_the_order_of_arrival_does_not_matter(database: Connection) -> None:
    """Articles are processed one by one in a shuffled order of their numbers, as when slow crawls commit late."""
    stories = newsroom()
    put(database, stories)
    deduplicate(database)
    in_order = members(database)
    forget_everything(database)
    with transaction(database) as cursor:
        cursor.execute("truncate lumbung.article cascade")
        cursor.execute("delete from lumbung.page")
    numbers = list(range(1, len(stories) + 1))
    random.Random(3).shuffle(numbers)  # noqa: S311 - the same order every time
    for number in numbers:
        put(database, [stories[number - 1]], first=number)
        assert deduplicate(database).seen == 1
    assert members(database) == in_order


def test_two_runs_at_once_share_the_work_and_find_the_same(database: Connection, database_url: str) -> None:
    put(database, newsroom())
    alone = deduplicate(database)
    expected_rows = members(database)
    forget_everything(database)

    def run(batch: int) -> Summary:
        connection = connect(database_url)
        try:
            return deduplicate(connection, batch=batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, [3, 2]))
    assert sum(each.seen for each in done) == alone.seen
    assert members(database) == expected_rows


def test_a_run_that_dies_is_continued_by_the_next(database: Connection) -> None:
    put(database, newsroom())
    deduplicate(database)
    expected_rows = members(database)
    forget_everything(database)

    def die(done: Summary) -> None:
        raise InterruptedError(str(done.seen))

    for _ in range(3):
        with pytest.raises(InterruptedError, match="10"):
            deduplicate(database, batch=10, progress=die)
    assert deduplicate(database).seen == 30
    assert members(database) == expected_rows


def test_a_limit_is_kept_and_progress_is_told(database: Connection) -> None:
    put(database, newsroom(20))
    told: list[int] = []
    assert deduplicate(database, batch=3, limit=8, progress=lambda done: told.append(done.seen)).seen == 8
    assert told == [3, 6, 8]
    assert deduplicate(database).seen == 12


def test_a_revision_leaves_its_cluster_and_a_second_one_brings_it_back(database: Connection) -> None:
    text = body(8)
    first, second, third = put(database, [Story(text, publisher) for publisher in ("a", "b", "c")])
    deduplicate(database)
    together = members(database)

    revise(database, first, body(9))
    assert deduplicate(database).seen == 1
    assert clusters(database) == {frozenset({second, third})}
    assert rows(database, "select distinct cluster_id from lumbung.cluster_member") == [(second,)]
    assert rows(database, "select count(*) from news.articles") == [(2,)]

    revise(database, first, text)
    deduplicate(database)
    assert members(database) == together


def test_a_revision_that_held_a_cluster_together_splits_it(database: Connection) -> None:
    text = body(10, 12)
    left, whole, right = put(database, [Story(text[:7], "a"), Story(text, "b"), Story(text[3:], "c")])
    deduplicate(database)
    assert clusters(database) == {frozenset({left, whole, right})}
    revise(database, whole, body(11))
    revise(database, right, text[6:])
    deduplicate(database)
    assert clusters(database) == set()
    assert rows(database, "select * from lumbung.near_duplicate") == []


def test_a_revision_or_deletion_leaves_no_old_key(database: Connection) -> None:
    first, second = put(database, [Story(body(12)), Story(body(13))])
    deduplicate(database)
    revise(database, first, body(14))
    deduplicate(database)
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.article where article_id = %s", [second])
    stored = rows(database, "select unnest(keys), article_id from lumbung.fingerprint order by 1")
    assert stored
    assert rows(database, "select key, article_id from lumbung.fingerprint_key order by 1") == stored


def test_a_text_printed_hundreds_of_times_is_one_story_at_a_bounded_cost(database: Connection) -> None:
    text = body(15)
    numbers = put(database, [Story(text, f"p{number}") for number in range(300)] + [Story(text[:5], "q")])
    done = deduplicate(database, batch=100)
    assert clusters(database) == {frozenset(numbers)}
    assert (done.exact, done.near) == (299, 64)


def test_another_algorithm_sees_everything_again(database: Connection) -> None:
    put(database, newsroom(20))
    deduplicate(database)
    known = members(database)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.fingerprint set algorithm = 0")
    assert deduplicate(database, batch=6).seen == 20
    assert members(database) == known


def test_every_copy_in_the_newspaper_is_found_and_nothing_else(database: Connection) -> None:
    articles = expected(Newspaper(now=NOON))["articles"]
    numbers = put(
        database,
        [
            Story(each["paragraphs"], "contoh", each["headline"], datetime.fromisoformat(each["published_at"]))
            for each in articles
        ],
    )
    deduplicate(database)
    number_of = {each["canonical_url"]: number for each, number in zip(articles, numbers, strict=True)}
    wanted = {
        number_of[each["canonical_url"]]: number_of[each["duplicate_of"]] for each in articles if each["duplicate_of"]
    }
    assert len(wanted) >= 3
    assert dict(rows(database, "select article_id, canonical_article_id from news.duplicates")) == wanted
