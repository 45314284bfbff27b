"""Reading takes time that grows with the page and no faster, whatever the page. Calls are counted, not seconds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hostile.pages import hostile_pages
from support.pages_in_short import BODY, NOW, URL, a_page, a_publisher

from spiders.reading.body.boilerplate import is_never_text, stands_apart
from spiders.reading.markup.document import parse
from spiders.reading.markup.selection import text_of
from spiders.reading.page import Page

if TYPE_CHECKING:
    from types import FrameType

SIZE = 300
SHAPES = dict(hostile_pages(SIZE))
TWICE = dict(hostile_pages(2 * SIZE))


def calls(html: str) -> int:
    """Functions called, Python's and C's, while a page is read as an article."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        page = Page(html.encode(), URL, a_publisher(), fetched_at=NOW)
        page.article()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", SHAPES)
def test_a_page_of_twice_the_size_is_twice_the_work(name: str) -> None:
    calls(SHAPES[name])  # what is remembered between pages is remembered now
    assert calls(TWICE[name]) < 2.3 * calls(SHAPES[name])


def test_of_an_element_no_more_is_read_than_a_value_may_have() -> None:
    tree = parse(b"<h1>" + b"kata " * 10_000)
    assert len(text_of(tree.find(".//h1"))) <= 2000


def test_of_a_class_no_more_is_remembered_than_names_have() -> None:
    (element,) = parse(b"<body><div class='" + b"kata " * 10_000 + b"iklan'>").iter("div")
    assert not stands_apart(element)
    assert not is_never_text(element)


def test_blank_lines_in_broken_data_are_looked_through_once() -> None:
    """Else each would be looked through to the last: hours for a megabyte."""
    data = '{"@type": "NewsArticle",' + "\n" * 1_000_000 + '// padi\n"headline": "Sekolah Sungai", }'
    assert a_page(BODY, f'<script type="application/ld+json">{data}</script>').metadata.types == {"NewsArticle"}
