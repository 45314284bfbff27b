"""Dates outside the head of an article: the one day that a page prints, the day with which a text opens."""

from __future__ import annotations

from datetime import datetime
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from support.pages_in_short import BODY, LEAD, SECOND, a_page

from spiders.reading.lone_dates import opening_day

MAKASSAR = ZoneInfo("Asia/Makassar")
MAY = datetime(2026, 5, 4, tzinfo=MAKASSAR)
LAST = f"<p>{SECOND}</p>"


@pytest.mark.parametrize(
    "markup",
    [
        BODY.replace(LAST, f"{LAST}<p>4 Mei 2026</p>"),
        BODY.replace("</article>", "<div><span>4 Mei 2026</span></div></article>"),
        f"<div><b>4 Mei 2026</b></div>{BODY}",
    ],
)
def test_the_one_day_that_a_page_prints_is_its_own(markup: str) -> None:
    assert a_page(markup).published_at == MAY


@pytest.mark.parametrize(
    "lines",
    [
        "<div>4 Mei 2026</div><div>5 Mei 2026</div>",
        "<div>Acara: 4 Mei 2026</div>",
        "<div>Pendaftaran rombongan dibuka lagi mulai 4 Mei 2026</div>",
        "<div class=comments><p>4 Mei 2026</p></div>",
    ],
)
def test_several_days_or_one_in_a_sentence_are_none(lines: str) -> None:
    assert a_page(BODY.replace("</article>", f"{lines}</article>")).published_at is None


@pytest.mark.parametrize(
    "opening", ["(04.05.2026) ", "4 Mei 2026 – ", "Makassar, 4 Mei 2026 - ", "MAKASSAR (4/5/2026): "]
)
def test_the_day_with_which_a_text_opens_is_its_own(opening: str) -> None:
    markup = BODY.replace(LEAD, opening + LEAD)
    expected = None if "4/5" in opening else MAY
    assert a_page(markup).published_at in {expected, MAY}


def test_a_sentence_that_begins_with_a_day_is_no_dateline() -> None:
    assert a_page(BODY.replace(LEAD, f"Pada 4 Mei 2026 {LEAD}")).published_at is None


@pytest.mark.parametrize(
    "line", ["Oleh Sari Dewi pada 4 Mei 2026", "Posted by Sari on 4 May 2026", "Von Sari am 04.05.2026 | Ulasan"]
)
def test_who_signs_below_the_text_may_say_when(line: str) -> None:
    assert a_page(f"{BODY}<div>{line}</div><div>5 Mei 2026</div><div>6 Mei 2026</div>").published_at == MAY


@pytest.mark.parametrize("label", ["Terbit", "Published", "Tayang:"])
def test_a_label_in_a_block_of_its_own_says_what_a_day_is_of(label: str) -> None:
    pair = f"<dl><dt>{label}</dt><dd>4 Mei 2026</dd></dl>"
    assert a_page(f"{BODY}{pair}").published_at == MAY
    changed = pair.replace(label, "Diperbarui")
    page = a_page(BODY.replace("</h1>", f"</h1>{changed}"))
    assert (page.published_at, page.modified_at) == (None, MAY)


@pytest.mark.parametrize("line", ["04.05.26", "Sari Dewi | 04/05/26", "04.05.26 / 0 Komentar"])
def test_a_year_of_two_digits_is_read_where_dates_stand(line: str) -> None:
    assert a_page(BODY.replace("</h1>", f"</h1><div>{line}</div>")).published_at == MAY
    assert a_page(BODY.replace(LAST, f"{LAST}<p>Skor {line} babak pertama</p>")).published_at is None


def test_the_words_of_the_headline_are_no_date() -> None:
    markup = BODY.replace("Sekolah Sungai", "Risalah Rapat 3 Mei 2026").replace("</h1>", "</h1><div>4 Mei 2026</div>")
    assert a_page(markup).published_at == MAY


@pytest.mark.parametrize("before", ["A" * 100, "A-" * 50, "A. " * 33, "Aa " * 33, "A" * 50 + "-A" * 25])
def test_what_stands_before_a_day_is_read_in_linear_time(before: str) -> None:
    page = a_page(BODY.replace(LEAD, f"{before}! 4 Mei 2026 - {LEAD}"))
    start = process_time()
    opening_day(page.body.text_blocks)
    assert process_time() - start < 0.1
