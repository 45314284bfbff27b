"""The days that addresses of sitemaps and of articles name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.discovery.address_dates import Days, day_of_article, days_in_address

SITE = "https://www.warta.id"
OCTOBER = Days(date(2024, 10, 1), date(2024, 10, 31))
SEVENTH = Days(date(2024, 10, 7), date(2024, 10, 7))


@pytest.mark.parametrize(
    ("address", "days"),
    [
        ("/sitemap-2024-10.xml", OCTOBER),
        ("/sitemap_202410.xml.gz", OCTOBER),
        ("/sitemap/2024/10/", OCTOBER),
        ("/sitemap/2024/10/07/news.xml", SEVENTH),
        ("/sitemap-20241007.xml", SEVENTH),
        ("/sitemap.xml?yyyy=2024&mm=10&dd=07", SEVENTH),
        ("/sitemap.xml?yyyy=2024&mm=10", OCTOBER),
        ("/sitemap.xml?tahun=2024&bulan=10", OCTOBER),
        ("/sitemap.xml?date=2024-10-07", SEVENTH),
        ("/2019/sitemap-2024-02.xml", Days(date(2024, 2, 1), date(2024, 2, 29))),
        ("/sitemap-2024.xml", Days(date(2024, 1, 1), date(2024, 12, 31))),
        ("/sitemap-2024-13.xml", Days(date(2024, 1, 1), date(2024, 12, 31))),
        ("/sitemap-07-10-2024.xml", Days(date(2024, 1, 1), date(2024, 12, 31))),
        ("/sitemap-2024-02-30.xml", Days(date(2024, 2, 1), date(2024, 2, 29))),
        ("/post-sitemap12.xml", None),
        ("/sitemap-1202410.xml", None),
        ("/sitemap.xml?page=20241", None),
        ("/sitemap-1012.xml", None),
        ("/sitemap-4750.xml", None),
        ("/sitemap-2150.xml", None),
        ("/sitemap/1945/08/17.xml", None),
        ("/berita/4750/10/", None),
    ],
)
def test_a_sitemaps_address_tells_its_days_as_exactly_as_it_can(address: str, days: Days | None) -> None:
    assert days_in_address(SITE + address) == days


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("/read/2024/10/07/120000065/cuaca", date(2024, 10, 7)),
        ("/nasional/20241007101010-12-953000/judul", date(2024, 10, 7)),
        ("/read/2024/02/30/1/cuaca", None),
        ("/read/2024/10/cuaca", None),
        ("/berita/20241007/panen", None),
        ("/pemilu-2024/10/07", None),
    ],
)
def test_an_articles_address_may_tell_its_day(address: str, day: date | None) -> None:
    assert day_of_article(SITE + address) == day


@given(st.text() | st.from_regex(r"https?://[a-z\[]*/[0-9/?&=dmy-]*"))
def test_any_text_is_an_address_with_or_without_days(text: str) -> None:
    for found in (days_in_address(text), day_of_article(text)):
        assert found is None or isinstance(found, Days | date)
