"""What a front page says of its site."""

from __future__ import annotations

import pytest

from spiders.scouting.front_page import read_front_page

HOME = "https://www.koran-desa.example/"
PAGE = """<!doctype html><html lang="id-ID"><head><title>Beranda - Koran Desa</title>
<meta name="generator" content="Lesung 2.1">
<link rel="alternate" type="application/rss+xml" title="Koran Desa" href="/umpan.xml">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="https://koran-desa.example/atom">
<link rel="alternate" type="application/rss+xml" title="Koran Desa &raquo; Komentar" href="/komentar/umpan.xml">
<link rel="alternate" hreflang="en" href="/en/"></head><body>
<a href="/rss">RSS</a> <a href="/indeks">Indeks</a> <a href="/berita/1/panen#atas">Panen</a>
<a href="/berita/1/panen">Panen</a>
<a href="mailto:redaksi@koran-desa.example">Surat</a> <a href="http://[">rusak</a></body></html>"""


def test_a_front_page_names_feeds_language_generator_and_links() -> None:
    page = read_front_page(PAGE.encode(), HOME)
    assert page.feeds == (HOME + "umpan.xml", "https://koran-desa.example/atom")
    assert page.linked_feeds == (HOME + "rss",)
    assert (page.language, page.generator) == ("id", "Lesung 2.1")
    assert page.links == (HOME + "indeks", HOME + "berita/1/panen")
    assert page.index_pages == (HOME + "indeks",)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<title>Beranda - Koran Desa</title>", "Koran Desa"),
        ("<title>Koran Desa | Kabar dari kampung</title>", "Koran Desa"),
        ('<meta property="og:site_name" content="Koran Desa Raya"><title>Koran Desa</title>', "Koran Desa Raya"),
        (
            '<script type="application/ld+json">{"@type": "WebSite", "name": "Koran  Desa"}</script><title>x</title>',
            "Koran Desa",
        ),
        ("", ""),
    ],
)
def test_the_name_comes_from_structured_data_else_from_the_part_of_the_title_that_the_address_knows(
    head: str, name: str
) -> None:
    assert read_front_page(f"<html><head>{head}</head><body>x</body></html>".encode(), HOME).name == name


@pytest.mark.parametrize("base", ["http://[", "https://[::1", "http://a\u2100b/", "", " "])
def test_a_base_that_is_no_address_moves_no_link(base: str) -> None:
    page = f"<base href='{base}'><base href='/arsip/'><a href=berita-1>x</a>"
    assert read_front_page(page.encode(), HOME).links == (f"{HOME}arsip/berita-1",)
