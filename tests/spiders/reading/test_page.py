"""Page: an article or the reason why it is none; the class that a publisher names; no page raises."""

from __future__ import annotations

import gc
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages_in_short import BODY, LEAD, NOW, SECOND, URL, a_page, a_publisher, json_ld

from spiders.article import Article, Rejection
from spiders.publishers import PublisherError
from spiders.reading.page import Page
from spiders.reading.pages import load_page_class

if TYPE_CHECKING:
    from pathlib import Path


def reason_of(page: Page) -> str | None:
    outcome = page.article()
    return outcome.reason if isinstance(outcome, Rejection) else None


def test_a_page_that_was_read_is_freed_at_once() -> None:
    """Nothing in it points in a circle: a tree that waits for the collector is memory, and CPU of a later page."""
    head = '<meta name=date content="2026-11-20T10:00:00Z">'
    a_page(BODY, head).article()  # what is remembered between pages is remembered now
    gc.collect()
    gc.disable()
    try:
        a_page(BODY, head).article()
        assert gc.collect() == 0
    finally:
        gc.enable()


# Pages that are no articles.


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (a_page("", url="https://www.koran.test/"), "index_page"),
        (a_page("<h1>Desa</h1><a href=/1>Satu</a>", url="https://www.koran.test/rubrik/desa"), "index_page"),
        (a_page("<p>Teks.</p>"), "no_headline"),
        (a_page("<h1>Judul</h1>"), "no_body"),
        (a_page("<h1>Judul</h1><p>Sebentar lagi.</p>"), "too_short"),
        (
            a_page(
                "<h1>Judul</h1><p>Foto.</p>", '<script type="application/ld+json">{"@type": "ImageGallery"}</script>'
            ),
            "photo",
        ),
        (a_page("<h1>Judul</h1><p>Foto.</p>", url="https://www.koran.test/foto/1/panen"), "photo"),
        (a_page("<h1>Judul</h1><p>Video.</p>", '<meta property="og:type" content="video.other">'), "video"),
        (a_page("<h1>Judul</h1><p>Video.</p>", url="https://www.koran.test/video/1/panen"), "video"),
        (a_page("<h1>Judul</h1><p>Artikel ini khusus pelanggan.</p>"), "subscribers_only"),
        (a_page("<h1>Judul</h1><p>Masuk.</p>", json_ld(isAccessibleForFree=False)), "subscribers_only"),
        (a_page(""), "no_headline"),
    ],
)
def test_a_page_that_is_no_article_says_why(page: Page, reason: str) -> None:
    outcome = page.article()
    assert isinstance(outcome, Rejection)
    assert outcome.reason == reason
    assert outcome.detail
    assert "\n" not in outcome.detail


def test_a_long_text_is_an_article_whatever_its_address_says() -> None:
    paragraphs = "".join(f"<p>{number}. {LEAD}</p>" for number in range(12))
    assert (
        reason_of(a_page(f"<h1>Panen</h1><div>{paragraphs}</div>", url="https://www.koran.test/foto/1/panen")) is None
    )


def test_the_canonical_url_is_the_identity_of_the_fetched_one() -> None:
    article = a_page(url=f"{URL}?utm_source=rss&page=all").article()
    assert article.url == f"{URL}?utm_source=rss&page=all"
    assert article.canonical_url == URL


# The class a publisher names.


def test_the_page_class_is_named_in_the_publisher_file() -> None:
    assert load_page_class(a_publisher()) is Page


@pytest.mark.parametrize(
    "path", ["spiders.reading.page.Nothing", "spiders.nowhere.Page", "Page", "spiders.article.Article"]
)
def test_a_page_class_that_is_none_is_one_clear_error(path: str) -> None:
    with pytest.raises(PublisherError, match=r"^koran: page: ") as error:
        load_page_class(a_publisher().model_copy(update={"page": path}))
    assert path in str(error.value)


@pytest.mark.parametrize(
    ("path", "now"),
    [
        ("spiders.page.Page", "spiders.reading.page now"),
        ("spiders.pages.koran_desa.KoranDesaPage", "spiders.reading.pages now"),
    ],
)
def test_the_former_place_of_a_page_class_is_answered_with_the_new_one(path: str, now: str) -> None:
    with pytest.raises(PublisherError, match=now) as error:
        load_page_class(a_publisher().model_copy(update={"page": path}))
    assert "\n" not in str(error.value)


# Anything that may arrive.


@given(st.binary(max_size=300))
def test_any_bytes_are_an_outcome(content: bytes) -> None:
    Page(content, URL, a_publisher(), fetched_at=NOW).article()


TAGS = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<a>",
    "</a>",
    "<br>",
    "<h1>",
    "<h2>",
    "<ul><li>",
    "<table><tr><td>",
    "</table>",
]
NAMES = (
    *("@type", "@graph", "@id", "url", "headline", "author", "name", "image", "datePublished", "position", "item"),
    *("keywords", "mainEntityOfPage", "isAccessibleForFree", "interactionStatistic", "itemListElement", "articleBody"),
)
TEXTS = ("NewsArticle", "BreadcrumbList", "2026-01-02", "http://[", URL, "Sari Dewi", "\0", "\ud800", "")
KEYS = st.sampled_from(NAMES)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, VALUES))
def test_any_json_ld_is_an_outcome(thing: dict[str, Any]) -> None:
    outcome = a_page(BODY, json_ld(**thing)).article()
    assert isinstance(outcome, Article)
    assert outcome.published_at is None or outcome.published_at.tzinfo is not None
    assert all(isinstance(text, str) for text in (*outcome.tags, *outcome.authors, *outcome.breadcrumb))


def test_json_ld_nested_without_end_is_nothing() -> None:
    nested = '{"name": ' * 900 + '"x"' + "}" * 900
    head = (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {nested}, "image": {nested}}}</script>'
    )
    assert isinstance(a_page(BODY, head).article(), Article)


PIECES = st.sampled_from(
    [*TAGS, "<br><br>", "<!--x-->", "<article>", "<script>", LEAD, SECOND, "Baca juga:", "953", "\u00a0", " "]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_markup_gives_clean_paragraphs(markup: str) -> None:
    for paragraph in a_page(markup).paragraphs:
        assert paragraph == " ".join(paragraph.split(" ")).strip(" ")
        assert any(map(str.isalnum, paragraph))
        assert "<" not in paragraph


def test_no_real_page_raises(shared: Path) -> None:
    kinds = set()
    for place, case in enumerate(sorted((shared / "pages").glob("*/expected.json"))):
        expected = json.loads(case.read_text("utf-8"))
        if expected.get("language") not in {"id", "ms"} and place % 8:
            continue  # every Indonesian page, and one of eight others
        html = gzip.decompress((case.parent / "page.html.gz").read_bytes())
        kinds.add(type(Page(html, expected["url"] or URL, a_publisher(), fetched_at=NOW).article()))
    assert Article in kinds
