"""One article, one canonical URL; two articles, two."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spiders.publishers import Publisher
from spiders.urls import canonicalise, with_query


def publisher(**values: Any) -> Publisher:
    table = {"name": "Warta", "home": "https://www.warta.id/", "domains": ["warta.id"], **values}
    return Publisher.from_table("warta", table, where="warta.toml")


WARTA = publisher()
BARE = publisher(home="https://warta.id/")
LOOPBACK = publisher(home="http://127.0.0.1:8710/", domains=[])

SAME = [
    # what a copied or shared link carries
    ("https://www.warta.id/berita/12/padi", "http://www.warta.id/berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "HTTPS://WWW.Warta.ID/berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id:443/berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "http://www.warta.id:80/berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id./berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "https://pembaca@www.warta.id/berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi#komentar"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi/"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id//berita/12//padi"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/./11/../12/padi"),
    ("https://www.warta.id/berita/12/padi", " https://www.warta.id/berita/12/padi\n"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/\n12/padi"),
    ("https://www.warta.id/", "https://www.warta.id"),
    # tracking
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?utm_source=ABC&utm_medium=rss"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?UTM_Source=ABC"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?fbclid=IwAR0"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?gclid=x&gbraid=y&wbraid=z"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?igshid=1&_ga=2.1&mc_cid=3"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?ref=beranda&tag_from=wp_terpopuler"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?utm_source=a&amp;utm_medium=b"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?&&"),
    # parts of a split article
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?page=all"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?page=2"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?single=1"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?view=all&showpage=all"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi/full&view=ok"),
    # AMP and mobile
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/amp/berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi/amp"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi/amp/?utm_source=x"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?amp=1"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?amp"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi?outputType=amp"),
    ("https://www.warta.id/berita/12/padi.html", "https://www.warta.id/berita/12/padi.amp.html"),
    ("https://www.warta.id/berita/12/padi.html", "https://www.warta.id/berita/12/padi.html/amp.html"),
    ("https://www.warta.id/berita/12/padi", "https://m.warta.id/berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "https://amp.warta.id/berita/12/padi"),
    ("https://www.warta.id/berita/12/padi", "http://m.warta.id/amp/berita/12/padi?page=all"),
    ("https://www.warta.id/berita/12/padi", "https://warta.id/berita/12/padi"),
    ("https://bola.warta.id/berita/12/padi", "https://m.bola.warta.id/berita/12/padi"),
    ("https://bola.warta.id/berita/12/padi", "https://amp.bola.warta.id/berita/12/padi"),
    # escapes and order
    ("https://www.warta.id/berita/12/~padi", "https://www.warta.id/berita/12/%7Epadi"),
    ("https://www.warta.id/berita/12/%C3%A9", "https://www.warta.id/berita/12/é"),
    ("https://www.warta.id/berita/12/%C3%A9", "https://www.warta.id/berita/12/%c3%a9"),
    ("https://www.warta.id/berita/12/a%20b", "https://www.warta.id/berita/12/a b"),
    ("https://www.warta.id/baca?id=12&k=3", "https://www.warta.id/baca?k=3&id=12"),
]

DIFFERENT = [
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/padi-"),  # hyphens end real slugs
    ("https://www.warta.id/berita/12/padi-", "https://www.warta.id/berita/12/padi--"),
    ("https://www.warta.id/news-1-hukum-padi-.html", "https://www.warta.id/news-1-hukum-padi.html"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/13/padi"),
    ("https://www.warta.id/berita/12/padi", "https://www.warta.id/berita/12/Padi"),  # paths are case-sensitive
    ("https://www.warta.id/berita/12/padi", "https://bola.warta.id/berita/12/padi"),
    ("https://bandung.warta.id/berita/12/padi", "https://medan.warta.id/berita/12/padi"),
    ("https://www.warta.id/baca?id=12", "https://www.warta.id/baca?id=13"),
    ("https://www.warta.id/baca?p=12", "https://www.warta.id/baca?p=13"),  # WordPress's article number
    ("https://www.warta.id/baca?page=profil", "https://www.warta.id/baca?page=redaksi"),  # an old CMS: no paging
    ("https://www.warta.id/baca?page=profil", "https://www.warta.id/baca"),
    ("https://www.warta.id/baca?view=artikel", "https://www.warta.id/baca"),
    ("https://www.warta.id/berita/12/amplop", "https://www.warta.id/berita/12/lop"),
    ("https://www.warta.id/berita/12/padi-amp", "https://www.warta.id/berita/12/padi"),  # an abbreviation, too
    ("https://www.warta.id/berita/12/amp/padi", "https://www.warta.id/berita/12/padi"),
    ("https://www.warta.id/berita/a%2Fb", "https://www.warta.id/berita/a/b"),
    ("https://www.warta.id/berita/50%25", "https://www.warta.id/berita/50"),
    ("https://www.warta.id/baca?a=1&a=2", "https://www.warta.id/baca?a=2&a=1"),  # the order of one name may matter
    ("https://www.warta.id:8443/berita/12/padi", "https://www.warta.id/berita/12/padi"),
    ("https://m.koran.id/berita/12", "https://koran.id/berita/12"),  # not ours: nobody knows what `m.` is there
    ("https://koran.id/amp/12", "https://koran.id/12"),
    ("https://www.koran.id/berita/12", "https://koran.id/berita/12"),
    ("https://mwarta.id/berita/12", "https://warta.id/berita/12"),
    ("http://127.0.0.1:8710/berita/12", "http://127.0.0.1:8711/berita/12"),
]


@pytest.mark.parametrize(("canonical", "variant"), SAME)
def test_variants_of_one_article_have_one_identity(canonical: str, variant: str) -> None:
    assert canonicalise(canonical, WARTA) == canonical
    assert canonicalise(variant, WARTA) == canonical


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_articles_never_share_an_identity(one: str, other: str) -> None:
    assert canonicalise(one, WARTA) != canonicalise(other, WARTA)


def test_home_decides_whether_the_host_has_www() -> None:
    assert (
        canonicalise("https://www.warta.id/a", BARE)
        == canonicalise("http://m.warta.id/a", BARE)
        == "https://warta.id/a"
    )


def test_a_home_on_a_mobile_host_keeps_it() -> None:
    mobile = publisher(home="https://m.warta.id/", domains=["m.warta.id", "warta.id"])
    assert canonicalise("https://m.warta.id/a", mobile) == "https://m.warta.id/a"


def test_http_stays_where_there_is_no_certificate() -> None:
    for url in (
        "http://127.0.0.1/a",
        "http://127.0.0.1:8710/a",
        "http://localhost/a",
        "http://[::1]:8710/a",
        "http://koran.id:81/a",
    ):
        assert canonicalise(url, LOOPBACK) == url


def test_query_parameters_that_are_identity_are_kept_by_the_publishers_file() -> None:
    kept = publisher(query_kept=["page", "ref"])
    assert (
        canonicalise("https://www.warta.id/a?ref=7&page=2&utm_source=x", kept) == "https://www.warta.id/a?page=2&ref=7"
    )


@pytest.mark.parametrize(
    "text", ["", "padi", "/berita/12", "mailto:redaksi@warta.id", "javascript:void(0)", "http://", "http://["]
)
def test_what_is_no_web_address_comes_back_as_it_is(text: str) -> None:
    assert canonicalise(f" {text} ", WARTA) == text


PIECES = [
    *(
        "http://",
        "https://",
        "HTTP:",
        "//",
        "www.warta.id",
        "m.",
        "amp.",
        "warta.id",
        "127.0.0.1",
        "[::1]",
        ":80",
        ":443",
    ),
    *(
        "/",
        "/amp",
        "/..",
        "/.",
        ".amp",
        ".html",
        "?",
        "&",
        "amp;",
        "page=2",
        "utm_x=1",
        "=",
        "#",
        "%",
        "%2",
        "%7e",
        "%2e",
    ),
    *(":x", "-", " ", "\n", "\\", "@", "é", "\ud800", "／", "％", "İ", "xn--", "ß", "%41", "/full&view=ok", "\x00"),
]


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.from_regex(r"https?://[^/]*/.*"))
@example("http://m.amp.m.warta.id/amp/amp/a/amp/amp?amp;amp;a=1")
@example("https://www.warta.id/a/amp.amp.amp.html/..amp.html")
@example("https://www.warta.id/a/full&view=ok/full&view=ok")
@example("https://www.warta.id/a/%66ull&view=ok")
def test_canonicalising_twice_is_canonicalising_once_and_nothing_raises(url: str) -> None:
    for owner in (WARTA, BARE, LOOPBACK):
        once = canonicalise(url, owner)
        assert canonicalise(once, owner) == once
        owner.owns(url)


def test_a_query_is_added_to_what_is_there_and_replaces_its_namesake() -> None:
    assert with_query("https://warta.id/a", "page=all") == "https://warta.id/a?page=all"
    assert with_query("https://warta.id/a?id=1&page=2#atas", "page=all") == "https://warta.id/a?id=1&page=all"
    assert with_query("https://warta.id/a?id=1#atas", "") == "https://warta.id/a?id=1#atas"
