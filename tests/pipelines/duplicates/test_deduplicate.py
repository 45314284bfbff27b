"""Which articles in a real Postgres are one story, and what becomes of it when one of them is revised."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.stories import NOON, Story, body, clusters, members, put, revise, rows, weather

from pipelines.database.connections import transaction
from pipelines.duplicates.deduplicate import Summary, deduplicate
from seeds.newsstand.newspaper import Newspaper
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from pipelines.database.connections import Connection


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
    assert members(database) == [
        (one, one, True, None, None, None, "the earliest"),
        (two, one, False, "same text", 1.0, one, "equal after cleaning"),
    ]


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


@pytest.mark.parametrize("batch", [1, 500])
def test_articles_of_one_address_are_one_story_whatever_their_texts(database: Connection, batch: int) -> None:
    address = "https://kabar.example/2"  # the second one's own
    stories = [
        Story(body(70), declared_url=address),
        Story(body(71)),
        Story(body(72), declared_url=address),
        Story(body(73), declared_url="https://kabar.example/99"),
    ]
    numbers = put(database, stories, first=1)
    assert deduplicate(database, batch=batch).clusters == 1
    assert clusters(database) == {frozenset(numbers[:3])}
    assert rows(database, "select distinct why, score from news.duplicates") == [("same address", 1.0)]
    assert deduplicate(database) == Summary()


def test_one_address_says_more_than_nearly_the_same_text(database: Connection) -> None:
    text = body(74)
    put(database, [Story(text, declared_url="https://kabar.example/2"), Story([*text, *body(75, 1)])], first=1)
    deduplicate(database)
    assert rows(database, "select why from news.duplicates") == [("same address",)]


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


def test_an_earlier_date_of_publication_makes_another_article_canonical(database: Connection) -> None:
    first, second, third = put(
        database, [Story(body(31), f"p{hour}", published_at=NOON + timedelta(hours=hour)) for hour in range(3)]
    )
    deduplicate(database)
    assert canonical(database) == [first]
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.article set published_at = %s where article_id = %s", [NOON - timedelta(1), third]
        )
    assert deduplicate(database).seen == 1
    assert canonical(database) == [third]
    assert clusters(database) == {frozenset({first, second, third})}


def test_later_arrivals_do_not_move_the_mark(database: Connection) -> None:
    first, _ = put(database, [Story(body(32)), Story(body(32)[:6], "warta", published_at=NOON + timedelta(hours=1))])
    deduplicate(database)
    for hour in range(2, 5):
        put(database, [Story(body(32) + body(40 + hour, 1), f"p{hour}", published_at=NOON + timedelta(hours=hour))])
        deduplicate(database)
        assert canonical(database) == [first]


def rejected(connection: Connection, number: int, reason: str) -> None:
    """What the loader writes when the page of an article answers with no article, for the second time."""
    with transaction(connection) as cursor:
        cursor.execute("update lumbung.page set absences = 1 where page_id = %s", [number])
        cursor.execute(
            "insert into lumbung.rejection (page_id, publisher, url, reason, rejected_at, crawl_id)"
            " values (%s, 'x', 'x', %s, now(), 1) on conflict (page_id) do update set reason = excluded.reason",
            [number, reason],
        )


def test_an_article_that_was_taken_down_splits_what_it_held_together_and_returns(database: Connection) -> None:
    text = body(33, 12)
    left, whole, right = put(
        database, [Story(text[:7], "a"), Story(text, "b", published_at=NOON - timedelta(hours=1)), Story(text[6:], "c")]
    )
    deduplicate(database)
    together = members(database)
    assert canonical(database) == [whole]

    rejected(database, whole, "gone")
    assert deduplicate(database).seen == 1
    found = clusters(database)
    assert len(found) == 1
    assert whole in next(iter(found))
    assert not {left, right} <= next(iter(found))
    assert canonical(database) != [whole]
    assert rows(database, "select article_id, gone_at is not null from news.duplicates") == [(whole, True)]

    rejected(database, whole, "wall")
    deduplicate(database)
    assert members(database) == together
    rejected(database, whole, "soft_404")
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.rejection")
    deduplicate(database)
    assert members(database) == together


def test_an_article_deleted_by_hand_leaves_a_cluster_with_a_canonical_article(database: Connection) -> None:
    numbers = put(
        database, [Story(body(34), f"p{hour}", published_at=NOON + timedelta(hours=hour)) for hour in range(4)]
    )
    other = put(database, [Story(body(35), "a"), Story(body(35), "b")])
    deduplicate(database)
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.article where article_id = any(%s)", [[numbers[0], numbers[3], other[1]]])
    stories = "select article_id from news.articles order by 1"
    assert rows(database, stories) == [(numbers[1],), (numbers[2],), (other[0],)]  # nothing has vanished meanwhile
    deduplicate(database)
    assert clusters(database) == {frozenset(numbers[1:3])}
    assert rows(database, stories) == [(numbers[1],), (other[0],)]
    assert rows(database, "select * from lumbung.deduplication_due") == []


def test_every_decision_is_explained_in_the_view(database: Connection) -> None:
    text = body(36, 10)
    original, cut, twin, excerpt = put(
        database,
        [
            Story(text, "a"),
            Story(text[:7], "a", "Ramai", NOON + timedelta(hours=1)),
            Story(text, "b", "Lain", NOON + timedelta(hours=2)),
            Story(text[:2], "c", "Pasar Kampung Ramai", NOON + timedelta(hours=3)),
        ],
    )
    deduplicate(database)
    columns = "article_id, compared_article_id, why, score, rule, canonical_rule"
    chosen = "the earliest, without those with less than 0.8 of the longest text"
    assert rows(database, f"select {columns} from news.duplicates order by 1") == [
        (cut, original, "one text contains the other", 0.943, "one publisher, cut off", chosen),
        (twin, original, "same text", 1.0, "equal after cleaning", chosen),
        (excerpt, original, "one text contains the other", 0.95, "an excerpt under a like headline", chosen),
    ]


def canonical(connection: Connection) -> list[int]:
    return [number for (number,) in rows(connection, "select article_id from lumbung.cluster_member where canonical")]
