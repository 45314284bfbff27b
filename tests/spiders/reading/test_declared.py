"""What a page declares to be its address counts only where it is the publisher's and plainly the same article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from spiders.publishers import Publisher
from spiders.reading.declared import declared_url

PUBLISHER = Publisher(key="koran", name="Koran", home="https://www.koran.id/", domains=("koran.id",))
STRICT = PUBLISHER.model_copy(update={"article_url": (r"/berita/\d+/.",)})
HERE = "https://www.koran.id/berita/712345/panen-raya-di-karawang"

BELIEVED = [
    ("https://www.koran.id/ekonomi/712345/panen-raya-di-karawang", HERE, "moved to another section"),
    ("https://www.koran.id/berita/712345/gabah-dijemur", HERE, "its headline was changed"),
    ("https://www.koran.id/berita/712345", HERE, "the number alone"),
    (HERE, HERE + "?kanal=beranda&urut=7", "parameters that nobody knew to drop"),
    (HERE, "https://www.koran.id/berita/amp/712345/panen-raya-di-karawang", "AMP in the middle of the path"),
    (HERE, "https://bola.koran.id/berita/712345/panen-raya-di-karawang", "another host"),
    ("/ekonomi/712345/panen-raya-di-karawang", HERE, "relative"),
    ("//koran.id/ekonomi/712345/panen", HERE, "without a scheme"),
    ("http://m.koran.id/amp/ekonomi/712345/panen?page=all", HERE, "itself a variant"),
    ("https://www.koran.id/panen-raya-di-karawang", "https://www.koran.id/2026/11/10/panen-raya-di-karawang", "slug"),
    ("https://www.koran.id/panen-raya-di-karawang.html", "https://www.koran.id/desa/panen_raya_di_karawang", "words"),
    ("https://koran.id/berita/sy5hy8430/panen", "https://koran.id/berita/nasional/sy5hy8430/gabah", "a short number"),
]
REFUSED = [
    ("https://www.koran.id/", HERE, "the front page"),
    ("https://www.koran.id/berita", HERE, "the section"),
    ("https://www.koran.id/berita/2026/11/10", "https://www.koran.id/berita/2026/11/10/panen-raya", "the day"),
    ("https://www.koran.id/berita/712346/panen-raya-di-karawang", HERE, "another article of one headline"),
    ("https://www.koran.id/berita/712346/gabah", HERE, "another article"),
    ("https://kantorberita.id/berita/712345/panen-raya-di-karawang", HERE, "the agency's page"),
    ("https://koran.id.contoh.com/berita/712345/panen-raya-di-karawang", HERE, "a host that begins like it"),
    ("javascript:void(0)", HERE, "no web address"),
    ("http://[", HERE, "no address"),
    ("", HERE, "empty"),
    ("   ", HERE, "blank"),
    ("https://www.koran.id/berita/712345/" + "a" * 2_000, HERE, "too long"),
    ("https://www.koran.id/baca", "https://www.koran.id/baca?id=712345", "a template that forgets the number"),
    ("https://www.koran.id/baca?id=712346", "https://www.koran.id/baca?id=712345", "another number in the query"),
    (
        "https://www.koran.id/k/114883",
        "https://www.koran.id/k/114883/27025667/panen",
        "the section, which has a number",
    ),
    ("https://www.koran.id/k/114883/999999/x", "https://www.koran.id/k/114883/270256/x", "of the same section"),
    ("https://www.koran.id/20261110/beras", "https://www.koran.id/20261110/gabah", "the day as digits"),
    ("https://www.koran.id/2026/11/10/100026/beras", "https://www.koran.id/2026/11/11/100026/gabah", "the time of day"),
    ("https://www.koran.id/berita/panen-raya", "https://www.koran.id/ekonomi/panen-raya", "two words are no slug"),
    (HERE, HERE, "what is known"),
]


def page(*links: str, head: str = "", body: str = "") -> html.HtmlElement:
    said = "".join(f'<link rel="canonical" href="{link}">' for link in links)
    return html.document_fromstring(f"<html><head>{said}{head}</head><body>{body}<p>Teks</p></body></html>")


@pytest.mark.parametrize(("link", "url"), [case[:2] for case in BELIEVED], ids=[case[2] for case in BELIEVED])
def test_what_is_plainly_the_same_article_is_believed(link: str, url: str) -> None:
    assert declared_url(page(link), url, (), PUBLISHER)
    assert declared_url(page(), url, [link], PUBLISHER) == declared_url(page(link), url, (), PUBLISHER)


@pytest.mark.parametrize(("link", "url"), [case[:2] for case in REFUSED], ids=[case[2] for case in REFUSED])
def test_what_may_be_something_else_is_not_believed(link: str, url: str) -> None:
    assert declared_url(page(link), url, (), PUBLISHER) is None
    assert declared_url(page(), url, [link], PUBLISHER) is None


def test_it_comes_in_canonical_form() -> None:
    link = "HTTP://m.koran.id/amp/ekonomi/712345/panen/?utm_source=x&page=all#atas"
    assert declared_url(page(link), HERE, (), PUBLISHER) == "https://www.koran.id/ekonomi/712345/panen"


def test_a_publisher_that_names_its_articles_urls_is_asked() -> None:
    link = "https://www.koran.id/ekonomi/712345/panen"
    assert declared_url(page(link), HERE, (), STRICT) is None
    assert declared_url(page("https://www.koran.id/berita/712345/gabah"), HERE, (), STRICT)


def test_a_page_that_contradicts_itself_is_not_believed() -> None:
    one, two = "https://www.koran.id/ekonomi/712345/panen", "https://www.koran.id/desa/712345/panen"
    assert declared_url(page(one, two), HERE, (), PUBLISHER) is None
    assert declared_url(page(one, one + "?utm_source=x"), HERE, (), PUBLISHER) == one


def test_the_link_goes_before_open_graph() -> None:
    one, two = "https://www.koran.id/ekonomi/712345/panen", "https://www.koran.id/desa/712345/panen"
    assert declared_url(page(one), HERE, [two], PUBLISHER) == one
    assert declared_url(page(HERE), HERE, [two], PUBLISHER) is None


def test_a_link_in_the_body_says_nothing() -> None:
    comment = '<div><link rel="canonical" href="https://www.koran.id/ekonomi/712345/panen"></div>'
    assert declared_url(page(body=comment), HERE, (), PUBLISHER) is None


@given(st.lists(st.text(), max_size=3), st.text())
def test_nothing_raises(addresses: list[str], url: str) -> None:
    for where in (url, HERE, "https://www.koran.id/" + url):
        declared_url(page(), where, addresses, PUBLISHER)
        declared_url(page(), where, ["https://koran.id/" + address for address in addresses], STRICT)
