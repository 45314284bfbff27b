"""Patterns for `article_url`, found in the addresses that a publisher announces."""

from __future__ import annotations

import re

import pytest

from spiders.scouting.address_shapes import infer_shapes, same_form

HOST = "https://www.koran-desa.example"
TITLES = ("panen-raya-di-lereng", "harga-gabah-turun-lagi", "jembatan-baru-dibuka", "sawah-kering-di-utara")


def pattern_of(*paths: str, others: tuple[str, ...] = ()) -> str:
    (shape,) = infer_shapes([HOST + path for path in paths], [HOST + path for path in others])
    assert shape.articles == len(paths)
    return shape.pattern


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [
        ([f"/{title}.html" for title in TITLES], r"^https?://[^/]+/[^/]+\.html$"),
        ([f"/posts/{title}" for title in TITLES], "/posts/[^/]+$"),
        ([f"/2026/{month:02}/03/{title}" for month, title in enumerate(TITLES, 9)], r"/\d{4}/\d{2}/\d{2}/[^/]+$"),
        ([f"/berita/{number}7123/{title}" for number, title in enumerate(TITLES)], r"/berita/\d+/[^/]+$"),
        ([f"/read/{number}51/{title}" for number, title in enumerate(TITLES, 1)], r"/read/\d+/[^/]+$"),
        ([f"/news-51{number}-{title}.html" for number, title in enumerate(TITLES)], r"/news-\d+-[^/]+\.html$"),
        ([f"/{title}-{number}90" for number, title in enumerate(TITLES, 1)], r"^https?://[^/]+/[^/]+-\d+$"),
        ([f"/artikel/{number}001" for number in range(1, 5)], r"/artikel/\d+$"),
        (["/ekonomi/panen-raya", "/dunia/air-bah", "/bola/juara-baru"], "^https?://[^/]+/[^/]+/[^/]+$"),
    ],
)
def test_what_all_addresses_share_stands_in_the_pattern(paths: list[str], pattern: str) -> None:
    assert pattern_of(*paths) == pattern


def test_hyphens_of_titles_are_asked_for_only_where_they_tell_articles_from_other_pages() -> None:
    articles = tuple(f"/{title}.html" for title in TITLES)
    assert pattern_of(*articles, others=("/tag/padi.html",)) == r"^https?://[^/]+/[^/]+\.html$"
    narrow = pattern_of(*articles, others=("/archives.html", "/tentang-kami.html"))
    assert narrow == r"^https?://[^/]+/[^/-]+-[^/-]+-[^/]+\.html$"
    assert not re.search(narrow, HOST + "/tentang-kami.html")


def test_a_page_that_no_pattern_keeps_out_is_named() -> None:
    (shape,) = infer_shapes([f"{HOST}/{title}" for title in TITLES], [f"{HOST}/syarat-dan-ketentuan-umum-situs"])
    assert shape.others == (f"{HOST}/syarat-dan-ketentuan-umum-situs",)


def test_two_forms_give_two_patterns_and_a_single_stray_gives_none() -> None:
    old = [f"{HOST}/detail/{number}/{title}" for number, title in enumerate(TITLES, 1100)]
    new = [f"{HOST}/news-{number}-{title}.html" for number, title in enumerate(TITLES * 2, 500)]
    shapes = infer_shapes([*new, *old, f"{HOST}/kontak"])
    assert [shape.pattern for shape in shapes] == [r"/news-\d+-[^/]+\.html$", r"/detail/\d+/[^/]+$"]
    assert [shape.articles for shape in shapes] == [8, 4]


def test_pages_of_an_articles_form_are_found_the_least_like_a_title_first() -> None:
    articles = [f"{HOST}/{title}.html" for title in TITLES]
    pages = [f"{HOST}/{name}" for name in ("tentang-kami.html", "tag/padi.html", "archives.html", "indeks")]
    assert same_form(pages, articles) == [f"{HOST}/archives.html", f"{HOST}/tentang-kami.html"]


def test_nothing_announced_gives_no_pattern() -> None:
    assert infer_shapes([]) == []
    assert infer_shapes([HOST + "/"]) == []
