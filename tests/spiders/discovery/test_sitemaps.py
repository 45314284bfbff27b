"""What sitemaps, news sitemaps and sitemap indexes announce, packed, broken and hostile."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from spiders.discovery import entries
from spiders.discovery.documents import Child, DiscoveryError, parse_feed, parse_sitemap
from spiders.publishers import Publisher

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://www.warta.id/sitemap.xml"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WARTA = Publisher.from_table(
    "warta",
    {"name": "Warta", "home": "https://www.warta.id/", "domains": ["warta.id"], "article_url": [r"/berita/\d+/"]},
    where="warta.toml",
)
RSS = b"<rss version='2.0'><channel><item><link>https://www.warta.id/berita/1/panen</link></item></channel></rss>"


def urlset(*urls: str) -> bytes:
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0"?><urlset {spaces} xmlns:image="x">{"".join(urls)}</urlset>'.encode()


def located(number: int, rest: str = "") -> str:
    return f"<url><loc>https://www.warta.id/berita/{number}/panen</loc>{rest}</url>"


def test_a_news_sitemap_states_publication_title_and_change() -> None:
    news = "<news:news><news:publication><news:name>W</news:name></news:publication>"
    news += "<news:publication_date>2026-11-24T19:00:00+07:00</news:publication_date>"
    news += "<news:title>Panen &amp; raya</news:title></news:news>"
    image = "<image:image><image:loc>https://www.warta.id/berita/9/gambar</image:loc><image:title>G</image:title></image:image>"
    (entry,) = parse_sitemap(urlset(located(1, f"{image}{news}<lastmod>2026-11-25</lastmod>")), URL, WARTA).entries
    assert (entry.url, entry.title) == ("https://www.warta.id/berita/1/panen", "Panen & raya")
    assert (entry.published_at, entry.published_until) == (NOON, None)
    assert entry.modified_at == datetime(2026, 11, 24, 17, tzinfo=UTC)


def test_a_publication_day_without_a_time_is_the_whole_day() -> None:
    news = "<news:news><news:publication_date>2026-11-24</news:publication_date></news:news>"
    (entry,) = parse_sitemap(urlset(located(1, news)), URL, WARTA).entries
    assert entry.published_at == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert entry.published_until == datetime(2026, 11, 24, 16, 59, 59, 999999, tzinfo=UTC)


def test_a_sitemap_index_lists_children_with_the_latest_moment_of_their_change() -> None:
    body = b"""<sitemapindex xmlns="https://www.google.com/schemas/sitemap/0.84">
      <sitemap><loc> /a.xml </loc><lastmod>2026-11-24T12:00:00Z</lastmod></sitemap>
      <sitemap><loc>https://www.warta.id/b.xml.gz</loc><lastmod>2026-11-24</lastmod></sitemap>
      <sitemap><loc>ftp://www.warta.id/c.xml</loc></sitemap><sitemap/></sitemapindex>"""
    sitemap = parse_sitemap(body, URL, WARTA)
    assert sitemap.children == [
        Child("https://www.warta.id/a.xml", NOON),
        Child("https://www.warta.id/b.xml.gz", datetime(2026, 11, 24, 16, 59, 59, 999999, tzinfo=UTC)),
    ]
    assert sitemap.entries == []


def test_a_news_sitemap_that_declares_no_namespace_keeps_its_dates() -> None:
    news = "<news:news><news:publication_date>2026-11-24T12:00:00Z</news:publication_date></news:news>"
    prefixed = (
        "<sm:urlset><sm:url><sm:loc>https://www.warta.id/berita/1/panen</sm:loc>" + news + "</sm:url></sm:urlset>"
    )
    for text in (f"<urlset>{located(1, news)}</urlset>", prefixed):
        (entry,) = parse_sitemap(text.encode(), URL, WARTA).entries
        assert entry.published_at == NOON


@pytest.mark.parametrize(
    "body",
    [
        b"https://www.warta.id/berita/1/panen\r\nhttps://www.warta.id/berita/2/panen\r\n",
        b"\xef\xbb\xbfhttps://www.warta.id/berita/1/panen\nhttps://www.warta.id/foto/3\n\nhttps://www.warta.id/berita/2/panen",
        gzip.compress(b"https://www.warta.id/berita/1/panen\nhttps://www.warta.id/berita/2/panen"),
        b"<br />\n<b>Warning</b>: mysql is gone\n" + urlset(located(1), located(2)),
        urlset(located(1), located(2)).decode().replace('encoding="UTF-8"', "").encode("utf-16"),
    ],
    ids=["text", "text with a byte order mark", "text in gzip", "warning before", "utf-16"],
)
def test_a_sitemap_of_another_form_is_read(body: bytes) -> None:
    assert [entry.url[-8:] for entry in parse_sitemap(body, URL, WARTA).entries] == ["/1/panen", "/2/panen"]


def test_the_day_or_month_in_a_sitemaps_address_dates_what_has_no_date() -> None:
    for address, first, last in (("-2024-10.xml", 1, 31), ("/2024/10/07.xml", 7, 7)):
        (entry,) = parse_sitemap(urlset(located(1)), f"https://www.warta.id/sitemap{address}", WARTA).entries
        assert entry.published_at == datetime(2024, 10, first, tzinfo=WARTA.zone)
        assert entry.published_until == datetime(2024, 10, last, 23, 59, 59, 999999, tzinfo=WARTA.zone)
    (entry,) = parse_sitemap(urlset(located(1)), "https://www.warta.id/sitemap-2024.xml", WARTA).entries
    assert entry.published_at is None
    changed = urlset(
        located(1, "<lastmod>2024-10-09T05:00:00+07:00</lastmod>"), located(2, "<lastmod>2024-10-09</lastmod>")
    )
    exact, day = parse_sitemap(changed, "https://www.warta.id/sitemap-2024-10.xml", WARTA).entries
    assert exact.published_until == exact.modified_at == datetime(2024, 10, 8, 22, tzinfo=UTC)
    assert day.published_until == datetime(2024, 10, 31, 23, 59, 59, 999999, tzinfo=WARTA.zone)


def test_gzip_is_known_by_its_first_bytes() -> None:
    packed = gzip.compress(urlset(*map(located, range(3))))
    assert len(parse_sitemap(packed, URL, WARTA).entries) == 3
    assert len(parse_feed(gzip.compress(RSS), URL, WARTA)) == 1


def test_a_gzip_bomb_is_refused_while_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(urlset(located(1), " " * (entries.LARGEST + 1)))
    with pytest.raises(DiscoveryError, match=rf"{URL} is larger than 50 MB"):
        parse_sitemap(bomb, URL, WARTA)
    monkeypatch.setattr(entries, "LARGEST", 1 << 20)
    for parse in (parse_feed, parse_sitemap):
        with pytest.raises(DiscoveryError, match=rf"{URL} is larger than 1 MB"):
            parse(bomb, URL, WARTA)


def test_broken_gzip_is_an_error_not_half_a_sitemap() -> None:
    packed = gzip.compress(urlset(*map(located, range(1000))))
    for broken in (packed[:-20], packed[:40] + b"\xff" * 40 + packed[80:]):
        with pytest.raises(DiscoveryError, match="is broken gzip"):
            parse_sitemap(broken, URL, WARTA)


def test_bare_ampersands_and_a_missing_end_still_give_the_urls() -> None:
    urls = [f"https://www.warta.id/berita/{number}/p?a=1&b=2" for number in range(3)]
    body = urlset(
        f"<url><loc>{urls[0]}</loc></url><url><loc><![CDATA[{urls[1]}]]></loc></url><url><loc>{urls[2]}</loc></url>"
    )
    assert [entry.url for entry in parse_sitemap(body[:-9], URL, WARTA).entries] == urls


def test_a_sitemap_that_declares_entities_is_refused() -> None:
    laughs = "".join(f"<!ENTITY l{n + 1} '{f'&l{n};' * 10}'>" for n in range(9))
    for declared in (laughs, "<!ENTITY x SYSTEM 'file:///etc/hostname'>"):
        with pytest.raises(DiscoveryError, match="refused: no sitemap needs to declare entities"):
            parse_sitemap(f"<!DOCTYPE urlset [{declared}]>".encode() + urlset(located(1)), URL, WARTA)


def test_entities_declared_in_another_encoding_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "rahasia"
    secret.write_text("666", "utf-8")
    text = f"<!DOCTYPE urlset [<!ENTITY x SYSTEM '{secret.as_uri()}'><!ENTITY y '777'>]><urlset>"
    text += f"<url><loc>/berita/1/&x;&y;</loc></url>{located(2)}</urlset>"
    found = [entry.url for entry in parse_sitemap(text.encode("utf-16"), URL, WARTA).entries]
    assert "https://www.warta.id/berita/2/panen" in found
    assert not any("666" in url or "777" in url for url in found)


def test_a_sitemap_of_fifty_thousand_urls_is_read_whole() -> None:
    body = urlset(*map(located, range(50_000)))
    assert len(parse_sitemap(body, URL, WARTA).entries) == 50_000


@pytest.mark.parametrize("day", ["4052-11-24", "0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00"])
def test_a_day_that_no_article_appears_on_is_no_day_at_either_end(day: str) -> None:
    news = f"<news:news><news:publication_date>{day}</news:publication_date></news:news>"
    (entry,) = parse_sitemap(urlset(located(1, news)), URL, WARTA).entries
    assert entry.published_at is entry.published_until is None
    index = f"<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>{day}</lastmod></sitemap></sitemapindex>"
    assert parse_sitemap(index.encode(), URL, WARTA).children == [Child("https://www.warta.id/a.xml")]


@pytest.mark.parametrize("when", ["Fri, 31 Dec 9999 23:59:59 GMT", "24 Nov 0126 05:00"])
def test_a_year_that_nobody_means_is_no_date(when: str) -> None:
    (entry,) = parse_sitemap(urlset(located(1, f"<lastmod>{when}</lastmod>")), URL, WARTA).entries
    assert entry.modified_at is None


def test_sections_that_are_never_closed_are_looked_through_once() -> None:
    """Else each of a million would be looked through to its end: hours, in which nothing stops a spider."""
    body = urlset(located(1, "<lastmod>2026-11-24</lastmod>")).removesuffix(b"</urlset>") + b"<![CDATA[" * 1_000_000
    assert [entry.url for entry in parse_sitemap(body, URL, WARTA).entries] == ["https://www.warta.id/berita/1/panen"]
