"""Which dates of a page are of its article: by where they stand, what they say, and what else the page says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages_in_short import BODY, LEAD, NOW, SECOND, a_page, json_ld

MAKASSAR = ZoneInfo("Asia/Makassar")
MAY = datetime(2026, 5, 4, 18, 11, tzinfo=MAKASSAR)
OLD = "<time datetime='2026-03-01T09:00:00+08:00'>1 Maret</time>"
HEAD = "</h1>"


@pytest.mark.parametrize(
    "markup",
    [
        f"<div class=tanggapan><p>Bagus! <a href=/u/1>Tono</a></p>{OLD}</div>",
        f"<section><h3>Lainnya</h3><a href=/2>Ikan semah kembali</a> {OLD}</section>",
        f"<aside><p>Ikan semah</p>{OLD}</aside>",
        f"<footer>Situs sejak {OLD}</footer>",
        "<ul><li><a href=/3>Panen kopi</a> <span itemprop=datePublished content=2026-03-01>1 Maret</span></li></ul>",
    ],
)
def test_a_date_behind_the_article_is_of_something_else(markup: str) -> None:
    assert a_page(BODY + markup).published_at is None


@pytest.mark.parametrize(
    "markup",
    [
        "<div>Selasa, 24 November 2026 | 11:00 WITA</div>{body}",
        "<header><ul><li>24/11/2026</li></ul></header>{body}",
        "<nav>Hari ini: 24 November 2026</nav>{body}",
    ],
)
def test_the_day_that_a_site_prints_above_its_pages_is_no_publication(markup: str) -> None:
    assert a_page(markup.format(body=BODY)).published_at is None


@pytest.mark.parametrize(
    "mark",
    [
        "<span property='dc:created' content='2026-05-04T18:11:00+08:00'></span>",
        "<span property='schema:datePublished'>4 Mei 2026 18.11</span>",
        "<div class=meta><time datetime='2026-05-04T18:11:00+08:00'>4 Mei</time></div>",
        "<div class='share byline'><time>4 Mei 2026 18.11</time></div>",
    ],
)
def test_a_date_in_the_head_of_the_article_counts_whatever_its_box_is_called(mark: str) -> None:
    assert a_page(BODY.replace(HEAD, HEAD + mark)).published_at == MAY


@pytest.mark.parametrize(
    "line",
    [
        "Tulisan ini dibuat pada 4 Mei 2026 pukul 18.11",
        "Diterbitkan: Senin, 4 Mei 2026 18:11 WITA",
        "Posted on 4 May 2026, 18:11",
    ],
)
def test_a_line_below_the_text_may_say_when_it_was_published(line: str) -> None:
    assert a_page(f"{BODY}<div class=post-footer>{line}</div>").published_at == MAY


@pytest.mark.parametrize("label", ["Disegarkan", "Ditinjau ulang", "Korigiert am", "Terakhir dirapikan"])
def test_of_two_dates_the_later_one_behind_unknown_words_is_the_change(label: str) -> None:
    lines = f"<div>{label}: 5 Mei 2026 09.00</div><div>Terbit: 4 Mei 2026 18.11</div>"
    page = a_page(BODY.replace(HEAD, HEAD + lines))
    assert (page.published_at, page.modified_at) == (MAY, datetime(2026, 5, 5, 9, tzinfo=MAKASSAR))


@pytest.mark.parametrize(
    "marks",
    [
        "<time itemprop=dateModified datetime={later}>x</time><time itemprop=datePublished datetime={first}>y</time>",
        "<span class=last-updated><time datetime={later}>x</time></span><time datetime={first}>y</time>",
        "<p>Direvisi <time datetime={later}>x</time></p><p>Tayang <time datetime={first}>y</time></p>",
    ],
)
def test_markup_and_words_say_which_time_is_of_a_change(marks: str) -> None:
    times = marks.format(later="2026-05-05T09:00+08:00", first="2026-05-04T18:11+08:00")
    page = a_page(BODY.replace(HEAD, HEAD + times))
    assert (page.published_at, page.modified_at) == (MAY, datetime(2026, 5, 5, 9, tzinfo=MAKASSAR))


def test_day_and_month_are_told_apart_by_the_address() -> None:
    body = BODY.replace(HEAD, HEAD + "<div>05/04/2026 18:11</div>")
    assert a_page(body, url="https://www.koran.test/2026/05/04/kabar").published_at == MAY
    assert a_page(body).published_at == datetime(2026, 4, 5, 18, 11, tzinfo=MAKASSAR)


def test_a_clock_of_greenwich_that_lies_ahead_is_the_publishers() -> None:
    ahead = (NOW + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = a_page(BODY, json_ld(datePublished=ahead)).published_at
    assert found == (NOW + timedelta(hours=7)).replace(tzinfo=MAKASSAR)


@pytest.mark.parametrize("stated", ["1970-01-01T00:00:00Z", "1970-01-01", "2027-01-01T00:00:00Z", "0001-01-01"])
def test_what_cannot_be_is_no_date_and_another_witness_is_asked(stated: str) -> None:
    assert a_page(BODY, json_ld(datePublished=stated)).published_at is None
    page = a_page(BODY.replace(HEAD, HEAD + "<div>4 Mei 2026 18.11</div>"), json_ld(datePublished=stated))
    assert page.published_at == MAY


@given(st.datetimes(datetime(1970, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["JSON-LD", "printed", "time"]))  # noqa: DTZ001
def test_no_article_is_of_after_its_fetch(when: datetime, place: str) -> None:
    stated = when.isoformat(timespec="seconds")
    head = json_ld(datePublished=stated) if place == "JSON-LD" else ""
    mark = {"printed": f"<div>{when:%d/%m/%Y %H:%M}</div>", "time": f"<time datetime='{stated}'>x</time>"}.get(
        place, ""
    )
    found = a_page(f"<article><h1>Sekolah Sungai</h1>{mark}<p>{LEAD}</p><p>{SECOND}</p></article>", head).published_at
    assert found is None or (found <= NOW + timedelta(days=1) and found.astimezone(UTC).year > 1969)
