"""The body as a reader sees it: its paragraphs, whatever the markup, and nothing that stands between them."""

from __future__ import annotations

import pytest
from support.pages_in_short import LEAD, SECOND, a_page


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{LEAD}</p><p>{SECOND}</p>",
        f"<div>{LEAD}</div><div>{SECOND}</div>",
        f"{LEAD}<br><br/>\n{SECOND}",
        f"<span>{LEAD}<br/>\n<br/>{SECOND}</span>",
        f"<ul><li>{LEAD}</li><li>{SECOND}</li></ul>",
        f"<blockquote>{LEAD}</blockquote><p>{SECOND}</p>",
        f"<p>{LEAD}</p><script>var iklan = 1;</script><style>p {{}}</style><p>{SECOND}</p><p>&nbsp;</p><p></p>",
        f"<p>{LEAD}</p><figure><img src=x><figcaption>Keterangan foto.</figcaption></figure><p>{SECOND}</p>",
        f"<p>{LEAD}</p><p><strong>Baca juga:</strong> <a href=/2>Ikan Semah Kembali</a></p><p>{SECOND}</p>",
        f"<p>{LEAD}</p><a href=/2>Baca Juga: Ikan Semah Kembali ke Hulu Sungai</a><p>{SECOND}</p>",
        f"<p>{LEAD}</p><p>ADVERTISEMENT</p><p>SCROLL TO CONTINUE WITH CONTENT</p><p>{SECOND}</p>",
        f"<p>{LEAD}</p><p>{SECOND}</p><p>[Gambas:Video 20detik]</p><p>Halaman 1 dari 3</p>",
        f"<p>{LEAD}</p><p>{SECOND}</p><div class=share><a href=#>Bagikan</a> 12</div>",
        f"<p>{LEAD}</p><p>{SECOND}</p><p>Editor: Tono Hadi</p><div class=komentar><p>{LEAD}</p></div>",
    ],
)
def test_paragraphs_are_found_in_any_markup(markup: str) -> None:
    assert a_page(f"<h1>Sekolah Sungai</h1><div class=isi>{markup}</div>").paragraphs == (LEAD, SECOND)


def test_inline_text_is_joined_as_it_stands() -> None:
    lead = f"Harga<a href=/b>Bitcoin</a> dan <b>emas</b>, kata <i>Sari</i>\n  ({LEAD})&nbsp; "
    page = a_page(f"<div><p>{lead}</p><p>Baris satu<br>baris dua, lalu {SECOND}</p></div>")
    assert page.paragraphs == (
        f"HargaBitcoin dan emas, kata Sari ({LEAD})\u00a0",
        f"Baris satu baris dua, lalu {SECOND}",
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Baca juga buku harian para nelayan yang disimpan di balai desa itu.",
        "Hak cipta batik itu diurus sejak satu semester lalu oleh koperasi perajin.",
        "Laporan wartawan Kabar Desa, yang terbit Senin, membuat bupati memeriksa bendungan itu.",
    ],
)
def test_a_sentence_that_starts_like_boilerplate_stays(sentence: str) -> None:
    page = a_page(f"<div><p>{LEAD}</p><p>{sentence}</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (LEAD, sentence, SECOND)


def test_who_reports_is_no_text_and_a_signature_in_brackets_is() -> None:
    page = a_page(f"<div><p>Laporan Wartawan Kabar.com, Sari Dewi</p><p>{LEAD}</p><p>{SECOND}</p><p>[sdw]</p></div>")
    assert page.paragraphs == (LEAD, SECOND, "[sdw]")


def test_a_dateline_outside_the_first_paragraph_is_joined_to_it() -> None:
    page = a_page(f"<div><strong>Jakarta</strong> - <p>{LEAD}</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (f"Jakarta - {LEAD}", SECOND)
    assert page.dateline.place == "Jakarta"


def test_subheadings_are_paragraphs_where_text_follows() -> None:
    page = a_page(f"<h1>Sungai</h1><div><p>{LEAD}</p><h2>Cakram</h2><p>{SECOND}</p><h2>Berita Terkait</h2></div>")
    assert page.paragraphs == (LEAD, "Cakram", SECOND)


def test_a_body_split_over_sibling_containers_is_whole() -> None:
    page = a_page(
        f"<h1>Sungai</h1><main><div class=part><p>{LEAD}</p></div><div class=part><p>{SECOND}</p></div></main>"
    )
    assert page.paragraphs == (LEAD, SECOND)


def test_a_body_whose_container_is_named_like_promotion_is_found() -> None:
    page = a_page(f"<h1>Sungai</h1><div class=widget><p>{LEAD}</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (LEAD, SECOND)


def test_dropped_elements_are_no_text() -> None:
    body = f"<div class=isi><p>{LEAD}</p><p class=jual>Beli cakram di toko kami hari ini juga.</p><p>{SECOND}</p></div>"
    assert a_page(body, body=[".isi"], drop=[".jual"]).paragraphs == (LEAD, SECOND)


def test_very_deep_markup_is_read() -> None:
    page = a_page("<div>" * 1500 + f"<p>{LEAD}</p><p>{SECOND}</p>")
    assert LEAD in " ".join(page.paragraphs)
