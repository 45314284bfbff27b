"""Saved pages: our own words in the shapes of publishers' templates, read with the publishers' own files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from support.checkout import TESTS

from spiders.article import Article
from spiders.publishers import find_publisher
from spiders.reading.page import Page
from spiders.seed_format import dumps

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")
PAGES = TESTS / "pages"

STATED: dict[str, dict[str, Any]] = {
    "antara__2016": {
        "dateline": "Waingapu (ANTARA News)",
        "dateline_place": "Waingapu",
        "dateline_brand": "ANTARA News",
        "byline": "Pewarta: Marselina Bili",
        "authors": ("Marselina Bili",),
        "published_at": datetime(2016, 2, 18, 14, 56, tzinfo=JAKARTA),
    },
    "cnnindonesia__2024": {
        "dateline": "Makassar, CNN Indonesia",
        "dateline_place": "Makassar",
        "dateline_brand": "CNN Indonesia",
        "section": "Peristiwa",
        "published_at": datetime(2024, 7, 31, 19, 5, tzinfo=JAKARTA),
        "tags": ("jembatan gantung", "enrekang"),
        "image_url": "https://gambar.contoh.invalid/jembatan.jpeg",
    },
    "detik__2015": {
        "dateline": "Jakarta",
        "dateline_place": "Jakarta",
        "dateline_brand": None,
        "section": "Security",
        "authors": ("Dadan Kusnandar",),
        "published_at": datetime(2015, 11, 5, 10, 8, tzinfo=JAKARTA),
    },
    "detik__2023": {
        "dateline": "Pamekasan",
        "byline": "Ratna Widuri - detikFinance",
        "authors": ("Ratna Widuri",),
        "published_at": datetime(2023, 11, 2, 20, 59, 53, tzinfo=JAKARTA),
        "modified_at": None,
        "tags": ("garam", "madura"),
    },
    "gatra__2020": {
        "dateline": "Jambi, Gatra.com",
        "byline": "Reporter: Zulkarnain Tembesi",
        "authors": ("Zulkarnain Tembesi",),
        "section": "Lingkungan",
        "published_at": datetime(2020, 4, 15, 13, 40, tzinfo=JAKARTA),
    },
    "kompas__2023": {
        "dateline": "MARTAPURA, KOMPAS.com",
        "dateline_place": "MARTAPURA",
        "dateline_brand": "KOMPAS.com",
        "authors": ("Norhayati Asmah",),
        "section": "Travel News",
        "published_at": datetime(2023, 11, 2, 21, 34, 19, tzinfo=JAKARTA),
        "modified_at": datetime(2023, 11, 3, 8, 10, tzinfo=JAKARTA),
        "paywalled": False,
        "tags": ("pasar apung", "Martapura"),
    },
    "mediaindonesia__2026": {
        "dateline": None,
        "authors": ("Rizky Lamasigi",),
        "section": "Nusantara",
        "published_at": datetime(2026, 1, 20, 18, 30, tzinfo=JAKARTA),
        "image_url": "https://gambar.contoh.invalid/paving.jpg",
    },
    "tempo__2025": {
        "dateline": "TEMPO.CO, Boyolali",
        "dateline_place": "Boyolali",
        "dateline_brand": "TEMPO.CO",
        "authors": ("Sekar Pambayun",),
        "published_at": datetime(2025, 6, 18, 20, 4, tzinfo=JAKARTA),
    },
}


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_a_saved_page_gives_its_golden_text(path: Path) -> None:
    publisher = find_publisher(path.stem.partition("__")[0])
    article = Page(path.read_bytes(), publisher.absolute("/read/1"), publisher, fetched_at=NOW).article()
    assert isinstance(article, Article)
    assert dumps(article) == path.with_suffix(".txt").read_text("utf-8")
    stated = STATED[path.stem]
    assert {field: getattr(article, field) for field in stated} == stated
    assert article.language == "id"
