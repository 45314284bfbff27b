"""What index pages and front pages announce, and what their addresses say of the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.warta import DAY, INDEX, NOON, SITEMAP, URL, WARTA, WRONG, item, publisher, rss

from spiders.discovery.documents import DiscoveryError, parse_feed, parse_index, parse_section

DAY_LONG = timedelta(days=1) - timedelta.resolution


def test_index_links_come_once_in_order_as_of_that_day_in_the_publishers_zone() -> None:
    dated = publisher(index={"url": "/indeks/%Y-%m-%d/{page}", "links": [".daftar h3"]})
    first, second = parse_index(INDEX, URL, dated, DAY)
    assert (first.url, first.title) == ("https://www.warta.id/berita/2/panen?utm_source=indeks", "Panen raya")
    assert (second.url, second.title) == ("https://www.warta.id/berita/1/tanam", "Tanam")
    assert first.published_at == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert first.published_until == datetime(2026, 11, 24, 16, 59, 59, 999999, tzinfo=UTC)


def test_without_selectors_every_link_to_an_article_counts() -> None:
    found = parse_index(INDEX, URL, publisher(index={"url": "/indeks/%Y-%m-%d"}), DAY)
    assert [entry.title for entry in found] == ["Terpopuler", "Panen raya", "Tanam"]


def test_an_index_without_days_in_its_address_says_nothing_of_the_time() -> None:
    for entry in parse_index(INDEX, URL, publisher(index={"url": "/indeks?page={page}"}), DAY):
        assert entry.published_at is entry.published_until is None


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_links_are_read_in_the_encoding_the_page_is_in(encoding: str) -> None:
    declared = '<meta charset="windows-1252">' if encoding == "cp1252" else ""
    page = f'<html><head>{declared}</head><body><a href="/berita/1/caf\u00e9">Kopi</a></body></html>'
    (entry,) = parse_section(page.encode(encoding), URL, WARTA)
    assert entry.url == "https://www.warta.id/berita/1/caf\u00e9"


def test_a_day_in_an_articles_own_address_dates_what_has_no_date_and_what_stands_beside_the_list() -> None:
    dated = publisher(article_url=[r"/read/"], index={"url": "/indeks/%Y-%m-%d"})
    links = "".join(f'<a href="/read/2026/11/{day}/panen">Panen</a>' for day in (24, 23, 11))
    midnights = [datetime(2026, 11, day - 1, 17, tzinfo=UTC) for day in (24, 23, 11)]
    body = f"<html><body>{links}</body></html>".encode()
    section = parse_section(body, URL, dated)
    assert [entry.published_at for entry in section] == midnights
    assert all(entry.published_until == entry.published_at + DAY_LONG for entry in section if entry.published_at)
    assert [entry.published_at for entry in parse_index(body, URL, dated, DAY)] == [
        midnights[0],
        midnights[0],
        midnights[2],
    ]
    stated = rss("<item><link>/read/2026/11/11/panen</link><pubDate>2026-11-24T12:00:00Z</pubDate></item>")
    assert [entry.published_at for entry in parse_feed(stated, URL, dated)] == [NOON]


def test_an_index_page_without_news_is_empty() -> None:
    assert parse_index(b"<html><body><p>Belum ada berita.</p></body></html>", URL, WARTA, DAY) == []


@pytest.mark.parametrize(("body", "kind"), [*WRONG[2:], (rss(item(1)), "an RSS feed"), (SITEMAP, "a sitemap")])
def test_what_is_no_index_page_is_named_in_one_line(body: bytes, kind: str) -> None:
    with pytest.raises(DiscoveryError) as raised:
        parse_index(body, URL, WARTA, DAY)
    assert str(raised.value) == f"{URL} is not a page of links: it is {kind}"


def test_a_base_that_is_no_address_moves_no_link() -> None:
    page = b"<html><base href='https://['><a href=/berita/1/panen>Panen</a>"
    assert [entry.url for entry in parse_section(page, URL, WARTA)] == ["https://www.warta.id/berita/1/panen"]
