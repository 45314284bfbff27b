"""Every page of Harian Contoh against its golden text and every field its truth states: 100 %."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import urlopen

import pytest

from seeds.newsstand import Newspaper, Settings, serve
from seeds.newsstand.truth import expected
from spiders.article import Article, Rejection
from spiders.publishers import Rules, find_publisher
from spiders.reading.page import Page
from spiders.seed_format import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.publishers import Publisher

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
FIELDS = (
    "canonical_url",
    "headline",
    "breadcrumb",
    "section",
    "dateline",
    "byline",
    "authors",
    "tags",
    "image_url",
    "reads",
    "paywalled",
)


class Stand(NamedTuple):
    truth: dict[str, Any]
    outcomes: dict[str, Article | Rejection]
    """By URL, read with the publisher's selectors."""
    generic: dict[str, Article | Rejection]
    """By URL, read without them."""


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    newspaper = Newspaper(Settings(founded=date(2026, 11, 20)), now=NOW)
    with serve(newspaper) as newsstand, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUMBUNG_HOME_CONTOH", newsstand.url)
        publisher = find_publisher("contoh")
        without_selectors = publisher.model_copy(update={"rules": Rules()})
        truth = expected(newspaper)
        # Whether a page is gone or disallowed is the answer's status and robots.txt: the spider's to see.
        shown = [item for item in truth["rejections"] if item["reason"] not in {"gone", "disallowed"}]
        truth["rejections"] = shown
        urls = [item["url"] for item in (*truth["articles"], *shown)]
        yield Stand(
            truth,
            {url: read(url, publisher) for url in urls},
            {url: read(url, without_selectors) for url in urls},
        )


def read(url: str, publisher: Publisher) -> Article | Rejection:
    with urlopen(f"{url}?{publisher.full_page_query}") as response:  # noqa: S310 - the newsstand on loopback
        encoding = response.headers.get_content_charset()
        return Page(response.read(), url, publisher, fetched_at=NOW, encoding=encoding).article()


def repaired(value: object) -> object:
    """What the loader makes of characters that Postgres cannot hold, lists as tuples."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return tuple(map(repaired, value)) if isinstance(value, list | tuple) else value


def test_every_article_gives_its_golden_text(stand: Stand) -> None:
    wrong = {}
    for truth in stand.truth["articles"]:
        article = stand.outcomes[truth["url"]]
        if not isinstance(article, Article) or repaired(dumps(article)) != truth["text"]:
            wrong[truth["url"]] = article
    assert wrong == {}
    assert len(stand.truth["articles"]) > 120


def test_every_article_has_every_field_of_its_truth(stand: Stand) -> None:
    wrong = []
    for truth in stand.truth["articles"]:
        article = stand.outcomes[truth["url"]]
        wrong += [
            (truth["url"], field, got, truth[field])
            for field in FIELDS
            if (got := repaired(getattr(article, field))) != repaired(truth[field])
        ]
        for field in ("published_at", "modified_at"):
            when = truth[field] and datetime.fromisoformat(truth[field])
            if getattr(article, field) != when:
                wrong.append((truth["url"], field, getattr(article, field), when))
    assert wrong == []


def test_every_page_that_is_no_article_shows_its_reason(stand: Stand) -> None:
    reasons = {truth["url"]: truth["reason"] for truth in stand.truth["rejections"]}
    for outcomes in (stand.outcomes, stand.generic):
        assert {url: getattr(outcomes[url], "reason", None) for url in reasons} == reasons
    assert set(reasons.values()) == {"photo", "video", "subscribers_only"}


def test_the_seed_page_gives_the_seed_byte_for_byte(stand: Stand) -> None:
    (truth,) = (truth for truth in stand.truth["articles"] if truth["special"] == "seed")
    article = stand.outcomes[truth["url"]]
    assert isinstance(article, Article)
    assert dumps(article).encode() == (files("seeds") / "article.txt").read_bytes()


def test_the_generic_reader_finds_the_same_without_the_publishers_selectors(stand: Stand) -> None:
    wrong = []
    for truth in stand.truth["articles"]:
        article = stand.generic[truth["url"]]
        assert isinstance(article, Article), truth["url"]
        wrong += [
            (truth["url"], field, got, truth[field])
            for field in ("headline", "paragraphs", "breadcrumb", "byline", "authors", "reads")
            if (got := repaired(getattr(article, field))) != repaired(truth[field])
        ]
        if article.published_at != datetime.fromisoformat(truth["published_at"]):
            wrong.append((truth["url"], "published_at", article.published_at, truth["published_at"]))
    assert wrong == []
