"""What feeds and index pages announce, as they are and as they are broken, and what is said of anything else."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.warta import DAY, INDEX, NOON, SITEMAP, URL, WARTA, WRONG, item, rss

from spiders.discovery.documents import MOST_TAGS, DiscoveryError, parse_feed, parse_index, parse_sitemap
from spiders.publishers import Publisher, find_publisher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Feeds


def test_rss_items_come_in_order_with_title_and_date_in_utc() -> None:
    feed = rss(item(2, "<pubDate>Tue, 24 Nov 2026 19:00:00 +0700</pubDate>"), item(1))
    newest, undated = parse_feed(feed, URL, WARTA)
    assert (newest.url, newest.title) == ("https://www.warta.id/berita/2/panen", "Panen 2")
    assert (newest.published_at, newest.modified_at, newest.found_in) == (NOON, None, URL)
    assert newest.published_at is not None
    assert newest.published_at.tzinfo is UTC
    assert undated.published_at is undated.published_until is None


@pytest.mark.parametrize(
    "written",
    [
        "Tue, 24 Nov 2026 12:00:00 GMT",
        "Tue, 24 Nov 2026 19:00:00 +0700",
        "Tue, 24 Nov 26 19:00:00 +0700",
        "Tue, 24 Nov 2026 19:00:00 WIB",
        "Selasa, 24 November 2026 19:00 WIB",
        "Tue, 24 Nov 2026 20:00:00 WITA",
        "Tue, 24 Nov 2026 21:00:00 WIT",
        "Tue, 24 Nov 2026 19:00:00",
        "2026-11-24 19:00:00",
        "2026-11-24T12:00:00Z",
        "2026-11-24T12:00:00.250Z",
        "2026-11-24T19:00+07:00",
    ],
)
def test_feed_dates_are_read_in_every_form_and_without_a_zone_in_the_publishers(written: str) -> None:
    (entry,) = parse_feed(rss(item(1, f"<pubDate>{written}</pubDate>")), URL, WARTA)
    assert entry.published_at == NOON


def test_an_unreadable_date_is_none() -> None:
    (entry,) = parse_feed(rss(item(1, "<pubDate>kemarin sore</pubDate>")), URL, WARTA)
    assert entry.published_at is None


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001 - given a zone below
@settings(max_examples=50)
def test_every_rfc_822_and_w3c_date_is_read_to_the_second(moment: datetime, hours: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=UTC) + timedelta(hours=hours)
    for written in (format_datetime(aware), aware.isoformat()):
        (entry,) = parse_feed(rss(item(1, f"<pubDate>{written}</pubDate>")), URL, WARTA)
        assert entry.published_at == aware


def test_atom_tells_published_from_updated() -> None:
    both = "<published>2026-11-24T12:00:00Z</published><updated>2026-11-25T12:00:00Z</updated>"
    only = "<updated>2026-11-25T12:00:00Z</updated>"
    body = "".join(
        f'<entry><title>P</title><link href="/berita/{number}/panen"/>{dates}</entry>'
        for number, dates in ((1, both), (2, only))
    )
    first, second = parse_feed(f'<feed xmlns="http://www.w3.org/2005/Atom">{body}</feed>'.encode(), URL, WARTA)
    assert (first.published_at, first.modified_at) == (NOON, NOON + timedelta(days=1))
    assert (second.published_at, second.modified_at) == (None, NOON + timedelta(days=1))
    assert first.url == "https://www.warta.id/berita/1/panen"


def test_dublin_cores_date_in_rss_is_the_publication() -> None:
    feed = rss(item(1, '<dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">2026-11-24T12:00:00Z</dc:date>'))
    (entry,) = parse_feed(feed, URL, WARTA)
    assert (entry.published_at, entry.modified_at) == (NOON, None)


def test_only_the_publishers_articles_are_entries_and_each_once() -> None:
    feed = rss(
        item(1),
        "<item><link>https://www.warta.id/foto/9/sawah</link></item>",
        "<item><link>https://koran.id/berita/1/panen</link></item>",
        "<item><link>http://m.warta.id/berita/1/panen?utm_source=rss</link></item>",
        "<item><title>tanpa tautan</title></item>",
        "<item><link>http://[</link></item>",
    )
    assert [entry.url for entry in parse_feed(feed, URL, WARTA)] == ["https://www.warta.id/berita/1/panen"]


def test_a_syndication_services_link_is_replaced_by_the_publishers_own() -> None:
    feed = rss(
        "<item><link>https://feeds.example/c/1</link><guid>https://www.warta.id/berita/1/panen</guid></item>",
        '<item xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><link>https://feeds.example/c/2</link>'
        "<feedburner:origLink>https://www.warta.id/berita/2/panen</feedburner:origLink></item>",
    )
    assert [entry.url for entry in parse_feed(feed, URL, WARTA)] == [
        "https://www.warta.id/berita/1/panen",
        "https://www.warta.id/berita/2/panen",
    ]


def test_broken_xml_still_gives_its_items() -> None:
    whole = rss(item(1, "<description>sawah & ladang &nbsp; <b>luas</description>"), item(2))
    assert len(parse_feed(whole, URL, WARTA)) == 2
    assert len(parse_feed(b"\n\n" + whole[:-20], URL, WARTA)) == 2


ACCENTED = rss(item(1, "<description>caf\u00e9</description>")).decode()


@pytest.mark.parametrize(
    "body",
    [
        ACCENTED.encode("utf-16"),
        ACCENTED.replace("?>", ' encoding="UTF-16"?>').encode("utf-16"),
        ACCENTED.replace("?>", ' encoding="UTF-8"?>').encode("cp1252"),
        ACCENTED.replace("?>", ' encoding="ISO-8859-1"?>').encode(),
        ACCENTED.replace("?>", ' encoding="utf8mb4"?>').encode(),
        b"\xef\xbb\xbf\n" + ACCENTED.encode(),
        b"<br />\n<b>Notice</b>: Undefined index\n" + ACCENTED.encode(),
        gzip.compress(ACCENTED.encode()),
        ACCENTED.replace("Panen", "Pa\x0bnen &nbsp;&eacute; & padi").encode(),
        ACCENTED.replace("<title>", "<media:thumbnail url='x'/><title>").encode(),
        re.sub("<link>.*</link>", "<link>\n <![CDATA[ /berita/1/panen ]]> </link>", ACCENTED).encode(),
        ACCENTED.replace("<link>", "<guid>").replace("</link>", "</guid>").encode(),
    ],
    ids=["utf-16 undeclared", "utf-16", "not the utf-8 it says", "not the latin-1 it says", "unknown encoding", "bom",
         "warning before", "gzip", "control character and entities", "unbound prefix", "relative link in CDATA",
         "only a guid"],
)  # fmt: skip
def test_a_feed_is_read_however_its_program_broke_it(body: bytes) -> None:
    (entry,) = parse_feed(body, URL, WARTA)
    assert entry.url == "https://www.warta.id/berita/1/panen"


@pytest.mark.parametrize("filling", [b"<item></item>", b"<a/>"])
def test_a_feed_of_more_tags_than_anybody_reads_is_refused(filling: bytes) -> None:
    body = b'<rss version="2.0"><channel>' + filling * MOST_TAGS + b"</channel></rss>"
    with pytest.raises(DiscoveryError, match=r"has more than 200000 tags; nothing of it is read"):
        parse_feed(body, URL, WARTA)


def test_an_empty_feed_is_a_feed() -> None:
    assert parse_feed(rss(), URL, WARTA) == []


def test_a_feeds_bytes_are_never_taken_for_the_name_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "umpan"
    file.write_bytes(rss(item(1)))
    with pytest.raises(DiscoveryError, match="neither XML nor HTML"):
        parse_feed(str(file).encode(), URL, WARTA)


@pytest.mark.parametrize(("body", "kind"), [*WRONG, (SITEMAP, "a sitemap")])
def test_what_is_no_feed_is_named_in_one_line(body: bytes, kind: str) -> None:
    with pytest.raises(DiscoveryError) as raised:
        parse_feed(body, URL, WARTA)
    assert str(raised.value) == f"{URL} is not a feed: it is {kind}"


def test_a_feed_may_stand_where_a_sitemap_does() -> None:
    feed = rss(item(1), item(2))
    assert parse_sitemap(feed, URL, WARTA).entries == parse_feed(feed, URL, WARTA)
    assert parse_sitemap(gzip.compress(feed), URL, WARTA).entries == parse_feed(feed, URL, WARTA)


@pytest.mark.parametrize(("body", "kind"), WRONG)
def test_what_is_no_sitemap_is_named_in_one_line(body: bytes, kind: str) -> None:
    with pytest.raises(DiscoveryError) as raised:
        parse_sitemap(body, URL, WARTA)
    assert str(raised.value) == f"{URL} is not a sitemap: it is {kind}"


# Anything

WHOLE = [
    rss(item(1, "<pubDate>Tue, 24 Nov 2026 12:00:00 GMT</pubDate>")),
    SITEMAP,
    INDEX,
    gzip.compress(SITEMAP),
]
PARSERS: list[Callable[[bytes, str, Publisher], object]] = [
    parse_feed,
    parse_sitemap,
    lambda body, url, owner: parse_index(body, url, owner, DAY),
]


def problems(body: bytes) -> list[str]:
    """What the three parsers complain of; anything but a DiscoveryError goes through."""
    found = []
    for parse in PARSERS:
        try:
            parse(body, URL, WARTA)
        except DiscoveryError as error:
            found.append(str(error))
    return found


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real document with a piece cut out and another put in."""
    body = draw(st.sampled_from(WHOLE))
    first, last = sorted(draw(st.lists(st.integers(0, len(body)), min_size=2, max_size=2)))
    return body[:first] + draw(st.binary(max_size=8)) + body[last:]


@given(st.binary() | st.text().map(str.encode) | damaged())
@settings(max_examples=300)
def test_any_bytes_give_entries_or_a_discovery_error_of_one_line(body: bytes) -> None:
    for problem in problems(body):
        assert "\n" not in problem
        assert problem.startswith(URL)


def test_real_feeds_and_index_pages_are_read(shared: Path) -> None:
    counts = {}
    feeds = shared / "feeds"
    for file, key in (
        ("antaranews__anpandu-2015.xml", "antara"),
        ("detik__anpandu-2015.xml", "detik"),
        ("detik__indeks-2024-10.html", "detik"),
        ("kompas__anpandu-2015.html", "kompas"),
    ):
        owner = find_publisher(key)
        body = (feeds / file).read_bytes()
        found = (
            parse_feed(body, owner.home, owner) if file.endswith("xml") else parse_index(body, owner.home, owner, DAY)
        )
        counts[file] = len(found)
    assert counts == {
        "antaranews__anpandu-2015.xml": 20,
        "detik__anpandu-2015.xml": 20,
        "detik__indeks-2024-10.html": 16,  # of 20: four are videos
        "kompas__anpandu-2015.html": 10,
    }


def test_every_real_document_is_entries_or_one_line(shared: Path) -> None:
    files = [path for path in sorted((shared / "feeds").iterdir()) if not path.name.endswith(".meta.json")]
    assert len(files) == 14
    bodies = [path.read_bytes() for path in files]
    pages = sorted((shared / "pages").glob("*/expected.json"))
    indonesian = [path for path in pages if str(json.loads(path.read_text("utf-8")).get("language")).startswith("id")]
    bodies += [gzip.decompress((path.parent / "page.html.gz").read_bytes()) for path in indonesian]
    assert len(bodies) > 20
    for body in bodies:
        assert all(problem.startswith(f"{URL} is not a") for problem in problems(body))
