"""Where the body begins and ends on a page that holds other texts too: standfirst, comments, other articles, boxes."""

from __future__ import annotations

import json

import pytest
from support.pages_in_short import LEAD, SECOND, a_page, json_ld

STANDFIRST = "Dua puluh keluarga menjaga sungai dengan alat ukur dari tutup ember."
THIRD = "Kepala sekolah berharap catatan itu dipakai dinas pengairan untuk menata jadwal buka pintu air."
FOURTH = "Musim kemarau nanti, kelas yang sama akan memetakan mata air di lereng utara bersama para petani."
OTHER = "Pasar ikan di muara pindah ke gedung baru setelah lima tahun menempati tenda darurat milik kelurahan."
TEXT = f"<div class=isi><p>{LEAD}</p><p>{SECOND}</p></div>"


def test_text_between_headline_and_container_is_the_start_of_the_article() -> None:
    page = a_page(f"<h1>Sungai</h1><p>{STANDFIRST}</p><p>Oleh: Sari Dewi</p>{TEXT}")
    assert page.paragraphs == (STANDFIRST, LEAD, SECOND)
    assert page.byline == "Oleh: Sari Dewi"


def test_a_standfirst_is_known_by_the_description_wherever_it_stands() -> None:
    head = f'<meta name=description content="{STANDFIRST}">'
    assert a_page(f"<h1>Sungai</h1><h2 class=teaser>{STANDFIRST}</h2>{TEXT}", head).paragraphs[0] == STANDFIRST
    assert a_page(f"<h1>Sungai</h1><h2 class=teaser>{STANDFIRST}</h2>{TEXT}").paragraphs == (LEAD, SECOND)


def test_what_stands_above_the_headline_is_no_text() -> None:
    news = "".join(f"<p>{number}. {OTHER}</p>" for number in range(9))
    text = "".join(
        f"<p>{part}</p>"
        for part in (LEAD, SECOND, THIRD, FOURTH, STANDFIRST, f"Kata warga: {STANDFIRST[:40]}, hari ini.")
    )
    page = a_page(f"<div><div>{news}</div><h1>Sekolah Sungai</h1>{text}</div>", "<title>Sekolah Sungai</title>")
    assert page.paragraphs[0] == LEAD
    assert OTHER not in " ".join(page.paragraphs)


def test_many_comments_do_not_outweigh_a_short_text() -> None:
    comments = "".join(f"<li class=comment><p>Komentar {number}: {OTHER}</p></li>" for number in range(60))
    page = a_page(f"<main><article><h1>Sungai</h1>{TEXT}</article><ul class=comments>{comments}</ul></main>")
    assert page.paragraphs == (LEAD, SECOND)


def test_a_second_article_below_the_first_is_no_part_of_it() -> None:
    first = "".join(f"<p>{part}</p>" for part in (LEAD, SECOND, THIRD, FOURTH))
    second = "".join(f"<p>{number}. {OTHER}</p>" for number in range(12))
    page = a_page(
        f"<main><article><h1>Sungai</h1><div>{first}</div></article><div><article><h1>Pasar</h1>{second}</article></div></main>",
        '<meta property="og:title" content="Sungai">',
    )
    assert page.paragraphs == (LEAD, SECOND, THIRD, FOURTH)


def test_a_list_of_articles_under_linked_headings_is_no_text() -> None:
    teasers = "".join(f"<article><h3><a href=/{n}>Pasar {n}</a></h3><p>{n}. {OTHER}</p></article>" for n in range(5))
    page = a_page(f"<main><h1>Sungai</h1>{TEXT}<div>{teasers}</div></main>")
    assert page.paragraphs == (LEAD, SECOND)


@pytest.mark.parametrize("name", ["factbox", "article-poll", "infobox", "quiz", "messenger-box", "cookie-note"])
def test_a_box_in_the_text_is_no_paragraph(name: str) -> None:
    page = a_page(f"<h1>Sungai</h1><div><p>{LEAD}</p><div class={name}><p>{OTHER}</p></div><p>{SECOND}</p></div>")
    assert page.paragraphs == (LEAD, SECOND)


def test_the_part_of_a_text_behind_a_paywall_is_read() -> None:
    page = a_page(f"<h1>Sungai</h1><div><p>{LEAD}</p><div class=paywall><p>{SECOND}</p></div></div>")
    assert page.paragraphs == (LEAD, SECOND)


def test_text_goes_on_after_a_box_of_other_articles() -> None:
    others = "<div class=x><h3>Berita Terkait</h3><ul><li><a href=/2>Pasar Ikan Pindah</a></li></ul></div>"
    text = "".join(f"<p>{part}</p>" for part in (LEAD, SECOND, THIRD))
    page = a_page(f"<h1>Sungai</h1><div>{text}{others}<p>{FOURTH}</p><p>{OTHER}</p></div>")
    assert page.paragraphs == (LEAD, SECOND, THIRD, FOURTH, OTHER)


@pytest.mark.parametrize("tag", ["p", "div", "strong"])
def test_text_goes_on_after_a_list_of_what_else_to_read(tag: str) -> None:
    others = (
        f"<{tag}>Baca Juga:</{tag}><ul><li><a href=/2>Pasar Ikan Pindah</a></li><li><a href=/3>Kincir</a></li></ul>"
    )
    text = "".join(f"<p>{part}</p>" for part in (LEAD, SECOND, THIRD))
    page = a_page(f"<h1>Sungai</h1><div>{text}{others}<div><p>{FOURTH}</p></div><p>(sd/jpnn)</p></div>")
    assert page.paragraphs == (LEAD, SECOND, THIRD, FOURTH, "(sd/jpnn)")


@pytest.mark.parametrize("label", ["Anzeige:", "– Iklan –", "ADVERTISEMENT"])
def test_a_label_of_advertising_is_no_paragraph(label: str) -> None:
    page = a_page(f"<h1>Sungai</h1><div><p>{LEAD}</p><p>{label}</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (LEAD, SECOND)


def test_a_menu_is_no_text_unless_the_page_has_no_other() -> None:
    inside = f"<h1>Sungai</h1><div><p>{LEAD}</p><p>{SECOND}</p></div>"
    menu = "".join(f"<p>{number}. {OTHER}</p>" for number in range(9))
    assert a_page(f"<div>{inside}<nav>{menu}</nav></div>").paragraphs == (LEAD, SECOND)
    assert a_page(f"<nav>{inside}").paragraphs == (LEAD, SECOND)


def test_a_standfirst_follows_a_heading_that_shows_the_headline_without_its_kicker() -> None:
    head = json_ld(headline="Lingkungan: Dua Puluh Keluarga Menjaga Sungai")
    page = a_page(f"<h2>Dua Puluh Keluarga Menjaga Sungai</h2><p>{STANDFIRST}</p>{TEXT}", head)
    assert page.paragraphs == (STANDFIRST, LEAD, SECOND)


def test_labels_around_the_text_are_no_paragraphs() -> None:
    labels = "<p>Lingkungan</p><p>20 November 2026</p>"
    page = a_page(f"<h1>Sungai</h1><div>{labels}<p>{LEAD}</p><p>{SECOND}</p><p>(sd/rt)</p><p>Redaksi Koran</p></div>")
    assert page.paragraphs == (LEAD, SECOND, "(sd/rt)")


def test_a_photo_credit_at_the_end_tells_a_caption() -> None:
    page = a_page(f"<h1>Sungai</h1><div><p>{LEAD}</p><p>Anak-anak di tepi air. Foto: Rudi Tan</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (LEAD, SECOND)


def test_a_pull_quote_is_not_told_twice_but_a_refrain_is() -> None:
    quote = "Sungai ini milik semua orang yang minum darinya, juga milik mereka yang belum lahir"
    said = f"“{quote},” kata kepala desa di depan warga yang berkumpul."
    page = a_page(f"<h1>Sungai</h1><div><p>{said}</p><p>{quote}</p><p>{LEAD}</p><p>{SECOND}</p><p>{LEAD}</p></div>")
    assert page.paragraphs == (said, LEAD, SECOND, LEAD)


@pytest.mark.parametrize("again", ["<div class=wide>{}</div><div class=narrow>{}</div>", "<div>{}{}</div>"])
@pytest.mark.parametrize("between", ["", "<h2>Panen</h2>", "<p>Sumber: warga.</p>"])
def test_a_text_that_stands_on_the_page_twice_is_told_once(again: str, between: str) -> None:
    text = f"<p>{LEAD}</p>{between}<p>{SECOND}</p>"
    found = a_page(f"<h1>Sungai</h1><div>{again.format(text, text)}</div>").paragraphs
    assert (found.count(LEAD), found.count(SECOND)) == (1, 1)


@pytest.mark.parametrize("count", ["3 Komentar", "12 Comments", "Komentar (4)"])
def test_a_count_of_comments_above_the_text_ends_nothing(count: str) -> None:
    page = a_page(f"<h1>Sungai</h1><div><p>{count}</p><p>{LEAD}</p><p>{SECOND}</p></div>")
    assert page.paragraphs[-2:] == (LEAD, SECOND)


def test_a_form_around_the_page_is_no_lock() -> None:
    field = "<div>Masuk <input type=password></div>"
    page = a_page(f"<form><h1>Sungai</h1>{field}<div><p>{LEAD}</p><p>{SECOND}</p><p>{OTHER}</p></div></form>")
    assert page.paragraphs == (LEAD, SECOND, OTHER)


def test_readings_above_characters_stay_in_their_line() -> None:
    page = a_page(
        f"<h1>川</h1><div><p>住民が<ruby>濁度<rp>（</rp><rt>だくど</rt><rp>）</rp></ruby>を測る。</p><p>{LEAD}</p></div>"
    )
    assert page.paragraphs == ("住民が濁度（だくど）を測る。", LEAD)


@pytest.mark.parametrize("attribute", ["class=visually-hidden", "class='sr-only'", "style='clip:rect(0 0 0 0)'"])
def test_text_only_read_aloud_is_no_text(attribute: str) -> None:
    spoken = f"<a href=/b>cakram<span {attribute}>, membuka tab baru</span></a>"
    page = a_page(f"<h1>Sungai</h1><div><p>{LEAD} Beli {spoken} di pasar.</p><p>{SECOND}</p></div>")
    assert page.paragraphs == (f"{LEAD} Beli cakram di pasar.", SECOND)


def test_an_address_printed_in_full_is_text() -> None:
    address = "https://sungai.test/data"
    page = a_page(f"<h1>Sungai</h1><div><p>{LEAD}</p><p><a href={address}>{address}</a></p><p>{SECOND}</p></div>")
    assert page.paragraphs == (LEAD, address, SECOND)


def _drawn(text: str) -> str:
    inner = json.dumps({"kind": "story", "html": text})
    return f"<div id=app></div><script>push([1,{json.dumps(inner)}])</script>"


def test_a_page_drawn_in_the_browser_is_read_from_its_scripts() -> None:
    texts = (LEAD, SECOND, THIRD, FOURTH, f"{OTHER} {STANDFIRST}")
    markup = _drawn("".join(f"<p class='teks'>{text}</p>" for text in texts))
    assert a_page(markup, "<title>Warga desa mengukur air sungai</title>").paragraphs == texts
    assert a_page(markup, "<title>Setelan kuki</title>").paragraphs == ()


def test_captions_are_the_text_of_a_page_that_only_shows_pictures() -> None:
    figures = (
        f"<figure><img src=a><figcaption>{LEAD}</figcaption></figure><figure><figcaption>{OTHER}</figcaption></figure>"
    )
    head = f'<meta property="og:description" content="{LEAD}">'
    assert a_page(f"<h1>Sungai</h1>{figures}<p>Bagikan</p>", head).paragraphs == (LEAD,)
    assert LEAD not in a_page(f"<h1>Sungai</h1>{figures}{TEXT}", head).paragraphs[1:]


def test_a_script_of_unclosed_strings_is_read_once() -> None:
    assert a_page("<script>" + '"\\' * 200_000 + "</script>", "<title>Sungai</title>").paragraphs == ()


def test_a_script_may_hold_a_whole_page_or_two() -> None:
    texts = (LEAD, SECOND, THIRD, FOURTH)
    one = f"<html><body>{''.join(f'<p>{text}</p>' for text in texts)}"
    page = a_page(
        _drawn(f"{one}</body></html>\n{one}</body></html>\ud800"), "<title>Warga desa mengukur air sungai</title>"
    )
    assert page.paragraphs[:4] == texts
