"""What a page is asked for a dozen times is found in one walk over it, and is what a walk of its own finds."""

from __future__ import annotations

from spiders.reading.markup.document import parse
from spiders.reading.markup.elements import Elements

PAGE = parse(
    b"""<html class=date-page><head><title>Satu</title><meta property=og:title content=x><link rel=x></head><body>
    <svg><title>Gambar</title></svg><!-- <h1 class=date-note>no</h1> --><h1>Sungai</h1>
    <p class="entry-date">1</p><p class="entry-date">2</p><b class="DATE" itemprop=name>3</b>
    <meta itemprop=""><a rel=tag>4</a><link href=/5></body></html>"""
)


def test_elements_of_some_tags_stand_in_document_order() -> None:
    elements = Elements(PAGE)
    assert [each.tag for each in elements.tagged("a", "link", "meta")] == ["meta", "link", "meta", "a", "link"]
    assert [each.text for each in elements.tagged("h1")] == ["Sungai"]


def test_titles_of_drawings_are_none_of_the_page() -> None:
    assert [each.text for each in Elements(PAGE).titles] == ["Satu"]


def test_elements_are_named_by_any_part_of_their_class_and_each_once() -> None:
    named = Elements(PAGE).named("date", "entry")
    assert [(each.tag, each.text) for each in named[1:]] == [("p", "1"), ("p", "2")]
    assert named[0] is PAGE
    assert Elements(PAGE).named("byline") == []


def test_elements_with_properties_are_what_a_path_finds() -> None:
    elements = Elements(PAGE)
    assert elements.with_itemprop == PAGE.xpath("//*[@itemprop]")
    assert elements.with_property == PAGE.xpath("//*[@property]")
    assert [each.tag for each in elements.holding("itemprop", "nam")] == ["b"]


def test_each_walk_is_taken_once_whoever_asks() -> None:
    elements = Elements(PAGE)
    before = elements.with_itemprop
    assert elements.with_itemprop is before
