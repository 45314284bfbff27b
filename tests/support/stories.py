"""Stories that resemble each other, stored as the loader would, and what deduplication has made of them."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pipelines.database.connections import Connection, transaction
from pipelines.database.copy_text import CopyText

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
    declared_url: str | None = None


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
            articles.add((*stored, NOON, NOON, 1, story.published_at, story.declared_url))
            numbers.append(number)
        cursor.execute(
            "insert into lumbung.crawl (crawl_id, publisher) overriding system value values (1, 'x')"
            " on conflict do nothing"
        )
        pages.copy_into(cursor, "lumbung.page", "page_id, publisher, canonical_url, url")
        columns = (
            "article_id, page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at,"
            " first_fetched_at, crawl_id, published_at, declared_url"
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
