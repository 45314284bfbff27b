"""When an article appeared: the first date that can be read, completed by those that agree with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from support.pages_in_short import BODY, NOW, URL, a_page, json_ld

from spiders.publishers import Publisher
from spiders.reading.moments import choose_moment, date_in_path, date_lines
from spiders.reading.page import Page

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
        (["1777889461"], datetime(2026, 5, 4, 10, 11, 1, tzinfo=UTC)),
        ([" 1777889461000 "], datetime(2026, 5, 4, 10, 11, 1, tzinfo=UTC)),
        (["081234567890", "12345"], None),
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
        ("https://koran.test/2026/5/4/panen", ["2026-5-4"]),
        ("https://koran.test/warta/04-05-2026", ["2026-05-04"]),
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


@pytest.mark.parametrize(
    ("stated", "beside", "url", "shown"),
    [
        ("2020-02-18T02:18:11Z", "", "/2020/02/17/kabar.html", "2020-02-17"),
        ("2020-02-17T23:15:00Z", "18/02/2020", "/kabar.html", "2020-02-18"),
        ("2020-02-18T02:18:11Z", "17 February 2020, 21:18", "/kabar.html", "2020-02-17T21:18:11-05:00"),
        (
            "2020-02-18T02:18:11Z",
            "<time datetime=2020-02-17T20:18:11-06:00>x</time>",
            "/k.html",
            "2020-02-17T20:18:11-06:00",
        ),
        ("2020-02-18T12:18:11Z", "17 February 2020", "/kabar.html", "2020-02-18"),
        ("2020-02-18T00:00:00Z", "", "/2020/02/17/kabar.html", "2020-02-18"),
    ],
)
def test_a_moment_of_greenwich_is_shown_in_the_day_that_its_page_states(
    stated: str, beside: str, url: str, shown: str
) -> None:
    markup = BODY.replace("</h1>", f"</h1><div>{beside}</div>")
    html = f"<html lang=en><head>{json_ld(datePublished=stated)}</head><body>{markup}</body></html>"
    zoneless = Publisher.from_table(
        "koran", {"name": "K", "home": "https://koran.test/", "timezone": "UTC"}, where="test"
    )
    found = Page(html.encode(), f"https://koran.test{url}", zoneless, fetched_at=NOW).published_at
    assert found is not None
    assert found == datetime.fromisoformat(stated)
    assert found.isoformat().startswith(shown)


def test_a_moment_of_greenwich_is_shown_by_the_publishers_clock() -> None:
    found = a_page(BODY, json_ld(datePublished="2026-05-01T20:00:00Z")).published_at
    assert found is not None
    assert found.isoformat() == "2026-05-02T04:00:00+08:00"


@pytest.mark.parametrize(
    ("head", "beside", "when"),
    [
        (json_ld(datePublished="2026-05-04", dateModified="2026-05-04"), "4 Mei 2020", (2020, 5, 4)),
        (
            '<meta property="article:published_time" content="2026-05-04T08:00Z">',
            "Terbit 14/05/2020",
            (2020, 5, 14),
        ),
        (json_ld(datePublished="2026-05-04"), "<p>4 Mei 2020</p><p>5 Mei 2020</p>", (2026, 5, 4)),
        (json_ld(datePublished="2026-05-04"), "Diperbarui 4 Mei 2020", (2026, 5, 4)),
        (json_ld(datePublished="2026-05-04"), "5/4/2020", (2026, 5, 4)),
        (json_ld(datePublished="2026-05-04"), "4 Mei 2020 <time datetime=2026-05-04>x</time>", (2026, 5, 4)),
    ],
)
def test_the_one_day_below_the_headline_wins_over_a_later_one_of_machines(
    head: str, beside: str, when: tuple[int, int, int]
) -> None:
    found = a_page(BODY.replace("</h1>", f"</h1><div>{beside}</div>"), head).published_at
    assert found is not None
    assert (found.year, found.month, found.day) == when


@pytest.mark.parametrize(
    ("name", "day"),
    [("published-date", 4), ("koran:publicationDate", 4), ("expiration-date", None), ("published-by", None)],
)
def test_a_meta_that_nobody_documents_says_by_its_name_what_it_states(name: str, day: int | None) -> None:
    found = a_page(BODY, f'<meta name="{name}" content="2026-05-04"><meta name="posted_at" content="x">').published_at
    assert (found and found.day) == day
