"""Where a redirect has led: to the article, or to a page that stands for many."""

from __future__ import annotations

import pytest

from spiders.publishers import Publisher
from spiders.publishers.landing import leads_away

HOME = "https://www.koran.example/"
PATTERNS = (r"/read/\d+/", r"/berita-")


def publisher(*patterns: str, **more: object) -> Publisher:
    return Publisher.model_validate(
        {"key": "koran", "name": "Koran", "home": HOME, "article_url": list(patterns), **more}
    )


AWAY = [
    ("read/1/panen", ""),
    ("read/1/panen", "index.php"),
    ("read/1/panen", "?dari=terhapus"),
    ("read/1/panen", "read/"),
    ("ekonomi/read/1/panen", "ekonomi"),
    ("2026/11/24/berita-panen", "2026/11/"),
    ("berita-panen", "kanal/ekonomi"),
    ("berita-panen", "nasional"),
]
THERE = [
    ("read/1/panen", "read/1/panen-raya"),
    ("read/1/panen?utm_source=rss", "read/1/panen"),
    ("berita-panen", "?p=123"),
    ("berita-panen", "2026/11/24/panen-raya-di-karawang-jawa-barat"),
    ("berita-panen", "ekonomi/panen-raya-di-karawang-jawa-barat"),
    ("d-7654321/panen-raya", "d-7654321"),
    ("berita-panen", "amp/berita-panen"),
]


@pytest.mark.parametrize(("asked", "landed"), AWAY)
def test_a_front_page_a_folder_and_a_section_are_no_article(asked: str, landed: str) -> None:
    assert leads_away(HOME + asked, HOME + landed, publisher(*PATTERNS))


@pytest.mark.parametrize(("asked", "landed"), THERE)
def test_an_article_under_another_address_is_one(asked: str, landed: str) -> None:
    assert not leads_away(HOME + asked, HOME + landed, publisher(*PATTERNS))


def test_without_patterns_a_short_slug_may_be_an_article() -> None:
    assert not leads_away(f"{HOME}2026/11/panen", f"{HOME}panen-raya", publisher())
    assert leads_away(f"{HOME}2026/11/panen", HOME, publisher())


def test_the_front_page_may_lie_in_a_folder_and_the_files_sections_are_known() -> None:
    here = publisher(*PATTERNS, home=f"{HOME}warta/", sections=["/warta/sorotan-hari-ini-2026"])
    assert leads_away(f"{HOME}lain/berita-1", f"{HOME}warta/", here)
    assert leads_away(f"{HOME}lain/berita-1", f"{HOME}warta/sorotan-hari-ini-2026", here)


def test_who_asks_for_a_front_page_gets_it() -> None:
    assert not leads_away(HOME, f"{HOME}index.html", publisher())
