"""Posts for generated sites: our own prose as Markdown, and beside it the plain text that a reader must give back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from seeds.newsstand.almanac import JAKARTA
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = {"", "original"}
"""Stories of the newspaper without a peculiarity of its pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post as its author wrote it."""

    slug: str
    title: str
    published_at: datetime
    """In Jakarta, whole minutes."""
    author: str
    section: str
    tags: tuple[str, ...]
    markdown: str
    paragraphs: tuple[str, ...]


def posts(seed: int, count: int, now: datetime) -> list[Post]:
    """So many posts of the last four weeks, newest first, each seed with stories of its own."""
    newspaper = Newspaper(Settings(seed=seed, articles=3 * count, days=28, crawl_delay=0), now=now)
    stories = [story for story in expected(newspaper)["articles"] if story["special"] in _PLAIN]
    stories.sort(key=lambda story: str(story["published_at"]), reverse=True)
    step = max(len(stories) // count, 1)
    return [_post(number, story) for number, story in enumerate(stories[::step][:count])]


def _post(number: int, story: dict[str, Any]) -> Post:
    blocks = list(_blocks(number, story["paragraphs"]))
    return Post(
        slug="-".join("".join(sign if sign.isalnum() else " " for sign in story["headline"].lower()).split()),
        title=story["headline"],
        published_at=datetime.fromisoformat(story["published_at"]).astimezone(JAKARTA),
        author=(story["authors"] or ["Redaksi"])[0],
        section=story["section"],
        tags=tuple(story["tags"]),
        markdown="\n\n".join(markdown for markdown, _ in blocks),
        paragraphs=tuple(line for _, text in blocks for line in text.split("\n")),
    )


def _blocks(number: int, paragraphs: list[str]) -> Iterator[tuple[str, str]]:
    """Markdown and text of each block; posts differ in what their author has used."""
    for place, text in enumerate(paragraphs):
        if number % 3 == 1 and place == 3:
            yield f"## Yang perlu diketahui\n\n{text}", f"Yang perlu diketahui\n{text}"
        elif number % 4 == 2 and place == 2:
            yield f"> {text}", text
        elif number % 2 and place == 1:
            first, _, rest = text.partition(" ")
            yield f"**{first}** {rest}", text
        elif number % 5 == 3 and place == 4:
            words = text.rpartition(" ")
            yield f"{words[0]} [{words[2]}](https://contoh.example/rujukan)", text
        else:
            yield text, text
