"""When an article appeared: the first date that can be read, completed by those that agree with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from support.pages_in_short import BODY, URL, a_page, json_ld

from spiders.reading.moments import choose_moment, date_in_path, date_lines

MAKASSAR = ZoneInfo("Asia/Makassar")
JAKARTA = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("texts", "when"),
    [
        (["2026-05-04 18:11:01.0"], datetime(2026, 5, 4, 18, 11, 1, tzinfo=MAKASSAR)),
        (["2026-05-04 18:11:01.0", "2026-05-04T18:11:01+07:00"], datetime(2026, 5, 4, 18, 11, 1, tzinfo=JAKARTA)),
        (["2026-05-04T18:11:01Z", "Senin, 04/05/2026 18:11 WIB"], datetime(2026, 5, 4, 18, 11, tzinfo=JAKARTA)),
        (["2026-05-04T18:11:01Z", "Selasa, 05/05/2026 01:11 WIB"], datetime(2026, 5, 4, 18, 11, 1, tzinfo=UTC)),
        (["2026-05-04", "4 Mei 2026 | 18.11 WIB"], datetime(2026, 5, 4, 18, 11, tzinfo=JAKARTA)),
        (["2026-05-04", "5 Mei 2026 | 18.11 WIB"], datetime(2026, 5, 4, tzinfo=MAKASSAR)),
        (["kemarin", "4 Mei 2026"], datetime(2026, 5, 4, tzinfo=MAKASSAR)),
        (["kemarin"], None),
        ([], None),
    ],
)
def test_a_date_is_completed_by_what_agrees_with_it(texts: list[str], when: datetime | None) -> None:
    found = choose_moment(texts, texts, MAKASSAR)
    assert found == when
    assert found is None or (when is not None and found.utcoffset() == when.utcoffset())


def test_a_caption_is_no_date_line() -> None:
    caption = "Warga mengukur kejernihan air sungai di tepi desa, Makassar, 24 April 2026"
    assert date_lines([caption, "24 April 2026", "24 April 2026 10.00", "Dibaca"], changes=False) == [
        "24 April 2026 10.00",
        "24 April 2026",
    ]


@pytest.mark.parametrize(
    ("url", "days"),
    [
        ("https://koran.test/2026/05/04/panen", ["2026-05-04"]),
        ("https://koran.test/20260504/panen", ["2026-05-04"]),
        ("https://koran.test/2026/05/panen", []),
        ("https://koran.test/arsip/20260504123456/panen", []),
        ("https://koran.test/read/100026/3062623/", []),
        ("http://[", []),
    ],
)
def test_the_day_in_an_address_is_read_where_it_is_whole(url: str, days: list[str]) -> None:
    assert list(date_in_path(url)) == days


@pytest.mark.parametrize(
    ("markup", "head"),
    [
        (f"<time>4 Mei 2026 18.11</time>{BODY}", ""),
        (f"<span itemprop=datePublished content='2026-05-04T18:11'></span>{BODY}", ""),
        (f"<abbr class='entry-date x' title='2026-05-04T18:11'>Senin</abbr>{BODY}", ""),
        (
            BODY.replace(
                "</h1>", "</h1><abbr class=published title='2026-05-04T18:11:00+08:00'>Senin, 4 Mei 2026</abbr>"
            ),
            "",
        ),
        (BODY, json_ld(**{"@type": "WebPage", "datePublished": "2026-05-04T18:11"})),
        (BODY, '<meta name="sailthru.date" content="2026-05-04 18:11">'),
        (BODY.replace("</h1>", "</h1><p>4. Mai 2026, um 18:11 Uhr</p>"), ""),
        (BODY.replace("</h1>", "</h1><p>4 de mayo de 2026 18:11</p>"), ""),
        (BODY.replace("</h1>", "</h1><p>4 Mei 2026 18.11</p>") + "<time datetime=2020-01-01>Lama</time>", ""),
    ],
)
def test_a_date_is_found_wherever_a_page_states_it(markup: str, head: str) -> None:
    assert a_page(markup, head).published_at == datetime(2026, 5, 4, 18, 11, tzinfo=MAKASSAR)


def test_the_day_in_the_address_is_the_last_resort() -> None:
    url = "https://www.koran.test/2026/05/04/kabar.html"
    assert a_page(BODY, url=url).published_at == datetime(2026, 5, 4, tzinfo=MAKASSAR)
    assert a_page(BODY, json_ld(datePublished="2026-05-03"), url=url).published_at == datetime(
        2026, 5, 3, tzinfo=MAKASSAR
    )
    assert a_page(BODY, url=URL).published_at is None
