"""Markup as browsers see it: an element that lxml leaves open past its end does not swallow the article."""

from __future__ import annotations

import pytest
from support.pages_in_short import BODY, LEAD, SECOND, a_page

from spiders.reading.markup.document import decode


@pytest.mark.parametrize(
    "tag", ["button", "figure", "picture", "select", "svg", "noscript", "a", "object", "video", "menu"]
)
def test_the_article_below_an_open_element_is_read(tag: str) -> None:
    page = a_page(f"<div><{tag}><span>Menu</span>{BODY}</div>")
    assert page.paragraphs == (LEAD, SECOND)
    assert page.headline == "Sekolah Sungai"


@pytest.mark.parametrize("tag", ["figure", "noscript", "nav"])
def test_what_holds_most_paragraphs_is_read_without_an_article_element(tag: str) -> None:
    text = "".join(f"<p>{each}</p>" for each in (LEAD, SECOND, LEAD.upper()))
    assert a_page(f"<{tag}><h1>Sekolah Sungai</h1><div>{text}</div></{tag}>").paragraphs[:2] == (LEAD, SECOND)


@pytest.mark.parametrize("anchor", ["<a>", "<a name=top>", "<a href=/x>", "<a href=/x>Menu "])
@pytest.mark.parametrize("place", ["<h1>Sekolah Sungai</h1>{}", "{}<article><h1>Sekolah Sungai</h1>"])
def test_an_anchor_that_is_left_open_makes_no_link_of_the_article(anchor: str, place: str) -> None:
    text = "".join(f"<p>{each}</p>" for each in (LEAD, SECOND, LEAD.upper()))
    page = a_page(f"<div>{place.format(anchor)}<div>{text}</div></div>")
    assert page.paragraphs == (LEAD, SECOND, LEAD.upper())


@pytest.mark.parametrize("cut", [b"\xc3", b"\xe2\x80", b"\xff"])
def test_a_cut_byte_costs_one_character(cut: bytes) -> None:
    text = "Café à Genève: «déjà vu», naïveté, ‘cœur’ – très élégant. " * 3
    assert decode(text.encode() + cut + b" akhir", "iso-8859-1") == f"{text}\ufffd akhir"


def test_a_page_in_its_declared_charset_is_not_taken_for_cut_utf8() -> None:
    text = "Café à Genève: déjà vu, naïveté, très élégant."
    assert decode(text.encode("cp1252"), "windows-1252") == text
