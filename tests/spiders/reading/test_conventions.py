"""Conventions of content management systems, canonical languages, and characters that nobody sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages_in_short import BODY, LEAD, SECOND, URL, a_page, json_ld

from spiders.reading.printed.labels import find_language, without_unseen


def test_categories_are_sections_and_tags_are_tags() -> None:
    links = "<a rel='category tag' href=/c/desa>Desa</a> <a rel=tag href=/t/air>air</a>"
    links += " <a rel='tag nofollow' href=/t/ikan>ikan</a>"
    page = a_page(BODY + f"<p>{links}</p>")
    assert (page.section, page.tags) == ("Desa", ("air", "ikan"))


def test_the_featured_picture_is_the_articles_and_not_that_of_a_teaser() -> None:
    picture = "<img class='attachment wp-post-image' src={}>"
    teaser = f"<div class=related><a href=/2>{picture.format('/lain.jpg')}</a></div>"
    assert a_page(teaser + picture.format("/sungai.jpg") + BODY).image_url == "https://www.koran.test/sungai.jpg"
    assert a_page(BODY + teaser).image_url is None


@pytest.mark.parametrize(
    ("code", "tag"), [("in", "id"), ("in_ID", "id"), ("ind", "id"), ("iw", "he"), ("jw-ID", "jv"), ("EN_us", "en")]
)
def test_language_tags_are_canonical(code: str, tag: str) -> None:
    assert find_language([code]) == tag


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pe\u00adme\u00adrin\u00adtah", "pemerintah"),
        ("air\u200bjernih\ufeff", "airjernih"),
        ("Sari\u200d Dewi", "Sari Dewi"),
        ("\u0093Air\u0094 \u0096 sungai\u0085\u0081", "“Air” – sungai…"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U0001f469\u200d\U0001f33e", "\U0001f469\u200d\U0001f33e"),
    ],
)
def test_characters_that_nobody_sees_go_where_they_mean_nothing(text: str, shown: str) -> None:
    assert without_unseen(text) == shown


@given(st.text(alphabet="a \u0093\u00ad\u200b\u200c\u200d\u200e\u2060م\U0001f469", max_size=30))
def test_what_is_cleaned_once_is_clean(text: str) -> None:
    once = without_unseen(text)
    assert without_unseen(once) == once


def test_no_field_keeps_a_soft_hyphen() -> None:
    soft = "Se\u00adko\u00adlah Sungai"
    body = BODY.replace("Sekolah Sungai", soft).replace("Warga", "War\u00adga")
    page = a_page(body, json_ld(keywords="su\u00adngai", author={"name": "Sa\u00adri Dewi"}))
    assert (page.headline, page.paragraphs, page.tags, page.authors) == (
        "Sekolah Sungai",
        (LEAD, SECOND),
        ("sungai",),
        ("Sari Dewi",),
    )


@pytest.mark.parametrize(
    "address",
    ["https://www.koran.test/news-2-ikan-semah.html", "/2026/05/03/ikan-semah", "https://lain.test/kabar/993"],
)
def test_json_ld_of_another_address_and_headline_is_not_this_articles(address: str) -> None:
    other = json_ld(
        url=address, headline="Ikan Semah Kembali", author={"name": "Tono Hadi"}, datePublished="2026-05-03"
    )
    page = a_page(BODY, other)
    assert (page.headline, page.authors, page.published_at) == ("Sekolah Sungai", (), None)


@pytest.mark.parametrize("address", ["https://www.koran.test/", URL + "?page=2", "https://www.koran.test/berita"])
def test_json_ld_with_the_sites_address_or_the_same_headline_is_this_articles(address: str) -> None:
    own = json_ld(mainEntityOfPage=address, headline="Sekolah Sungai", author={"name": "Sari Dewi"})
    assert a_page(BODY, own).authors == ("Sari Dewi",)
