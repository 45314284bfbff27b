"""Which of a page's titles is its headline. The titles are our own."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages_in_short import LEAD, a_page, json_ld

from spiders.reading.printed.headlines import plain_title

LONG = "Panen Raya di Lembah Utara Datang Lebih Awal"


def headline(*headings: str, stated: str = "", shared: str = "", window: str = "") -> str | None:
    head = json_ld(headline=stated) + f'<meta property="og:title" content="{shared}"><title>{window}</title>'
    return a_page("".join(f"<h1>{text}</h1>" for text in headings) + f"<p>{LEAD}</p>", head).headline


@pytest.mark.parametrize("escaped", ["&amp;quot;Panen&amp;quot; Raya", "&amp;#34;Panen&amp;#34; Raya"])
def test_references_that_are_printed_are_read_too(escaped: str) -> None:
    assert headline(escaped, window=f"{escaped} - Koran Uji") == '"Panen" Raya'
    assert headline("Panen &amp; Raya", window="Panen &amp; Raya - Koran Uji") == "Panen & Raya"


def test_the_newsrooms_own_headline_wins_over_the_printed_one() -> None:
    assert headline("Datang Lebih Awal", stated=LONG) == LONG
    assert headline("Ekonomi Desa " + LONG, stated=LONG, shared=LONG) == LONG


@pytest.mark.parametrize("end", ["…", "..."])
def test_a_headline_that_is_cut_off_is_taken_from_the_heading(end: str) -> None:
    assert headline(LONG, stated=LONG[:30] + end) == LONG


def test_a_headline_worded_for_search_gives_way_to_what_readers_see() -> None:
    search = "Jadwal Panen Raya Lengkap"
    assert headline(LONG, stated=search, shared=LONG, window=f"{search} - Koran Uji") == LONG
    assert headline(LONG, stated=search, shared=search, window=LONG) == search


def test_what_stands_behind_the_heading_in_a_title_is_no_headline() -> None:
    assert headline(LONG, stated=f"{LONG} | Kabar Desa") == LONG
    assert headline(LONG, shared=f"{LONG} - Surat Kabar Pertama Milik Petani") == LONG


def test_a_path_or_a_subtitle_behind_the_heading_is_no_headline() -> None:
    assert headline(LONG, window=f"{LONG} / Desa / Kabar Desa / Halaman Depan Surat Kabar Pertama Milik Petani") == LONG
    assert headline(LONG, window=f"{LONG}: Sebuah Penelitian di Empat Puluh Desa: Jurnal Pertanian") == LONG


def test_a_style_sheet_in_a_heading_is_not_shown() -> None:
    assert headline(f"<style>.judul {{ color: red }}</style>{LONG}") == LONG


def test_the_words_over_a_heading_are_not_in_it() -> None:
    assert headline(f"Pertanian: {LONG}", shared=LONG) == LONG
    assert headline(f"Pertanian: {LONG}", stated=f"Pertanian: {LONG}", shared=LONG) == LONG


def test_the_end_of_a_word_is_no_headline() -> None:
    assert headline(f"Pra{LONG}", shared=LONG) == f"Pra{LONG}"


def test_a_heading_that_is_a_title_wins_over_one_that_resembles_it() -> None:
    assert headline(f"Koran {LONG} - Desa", LONG, shared=LONG) == LONG


def test_the_name_of_the_site_is_no_headline() -> None:
    assert headline(LONG, stated="Koran Uji", shared="Koran Uji", window="Koran Uji") == LONG


def test_a_page_without_titles_has_no_headline() -> None:
    assert a_page(f"<p>{LEAD}</p>").headline is None


def test_a_text_far_too_long_is_no_title() -> None:
    assert headline(LONG, stated="a - " * 50_000) == LONG


@pytest.mark.parametrize(
    "stated",
    [
        f"<em>{LONG[:10]}</em>{LONG[10:]}",
        f"{LONG[:5]}&lt;b&gt;{LONG[5:10]}&lt;/b&gt;{LONG[10:]}",
        LONG.replace(" di ", "&amp;nbsp;di ").replace("nbsp", "#32"),
        f"{LONG[:6]}\u00ad{LONG[6:]}",
    ],
)
def test_a_title_for_machines_is_cleaned(stated: str) -> None:
    assert headline("", stated=stated) == LONG


@pytest.mark.parametrize(
    "heading",
    [
        "Panen Raya<br>di Lembah Utara<br/>Datang Lebih Awal",
        "<span>Panen Raya di Lembah</span> <div>Utara Datang Lebih Awal</div>",
        "<span class=x>Khusus</span>" + LONG,
        "<svg><title>Khusus</title></svg>" + LONG,
        "<style>h1 {}</style>" + LONG,
    ],
)
def test_words_of_a_heading_stand_apart_where_a_browser_sets_them_apart(heading: str) -> None:
    assert headline(heading, shared=LONG) == LONG


def test_a_title_that_no_other_witness_has_gives_way_to_the_one_that_all_others_have() -> None:
    search = "Jadwal Panen Raya 2026: Tanggal dan Lokasi"
    assert headline(LONG, stated=search, shared=LONG, window=LONG) == LONG


def test_one_text_in_all_titles_is_one_witness() -> None:
    search = "Panen Raya 2026: Tanggal dan Lokasi Lembah"
    assert headline(LONG, stated=search, shared=search, window=search) == LONG
    assert headline("Koran Uji", stated=search, shared=search, window=search) == search


def test_the_address_decides_between_two_titles() -> None:
    other = "Awal Panen di Lembah Utara, Raya dan Ramai"
    head = json_ld(headline=other) + f'<meta property="og:title" content="{LONG}"><title>{LONG}</title>'
    url = "https://www.koran.test/awal-panen-di-lembah-utara-raya-dan-ramai"
    assert a_page(f"<h1>{LONG}</h1><p>{LEAD}</p>", head, url=url).headline == other


@given(st.text(alphabet="ab<>&;/#0123456789 lgtamp\"'\\", max_size=60))
def test_no_tag_and_no_reference_is_left_in_a_title(text: str) -> None:
    plain = plain_title(html.escape(html.escape(f"<b>{text}</b>")))
    assert not re.search(r"</?b>|&(?:lt|gt|amp);b", plain)
