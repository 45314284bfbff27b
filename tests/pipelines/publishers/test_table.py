"""The table of `lumbung publishers`: one line a publisher, with what no source confirms."""

from __future__ import annotations

from pipelines.publishers.table import table
from spiders.publishers import Publisher


def test_what_no_source_confirms_is_printed_behind_the_schedule() -> None:
    written = {
        "name": "Warta",
        "home": "https://www.warta.id/",
        "schedule": "5 * * * *",
        "unverified": ["feeds", "rules.tags"],
    }
    _, line = table([Publisher.from_table("warta", written, where="warta.toml")])
    assert line.endswith("  feeds, rules.tags")
    assert "5 * * * *" in line
    assert "nothing" in line


def test_every_way_of_announcing_is_counted_and_a_dated_list_told_from_one_of_the_newest() -> None:
    written = {
        "name": "Warta",
        "home": "https://www.warta.id/",
        "feeds": ["/rss"],
        "sitemaps": ["/a.xml", "/b.xml"],
        "index": [{"url": "/%Y/%m/%d"}, {"url": "/indeks?t=%Y-%m-%d"}, {"url": "/terbaru"}],
        "sections": ["/desa"],
        "article_url": ["/berita/"],
    }
    _, line = table([Publisher.from_table("warta", written, where="warta.toml")])
    assert "1 feed, 2 sitemaps, 2 dated indexes, 1 index, 1 section" in line
    assert line.endswith("  -")
