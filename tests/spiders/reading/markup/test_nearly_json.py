"""JSON with a slip in it is read; what is no JSON gives nothing, soon."""

from __future__ import annotations

import time

import pytest
from support.pages_in_short import BODY, a_page

from spiders.reading.markup.nearly_json import read_json

REST = '"datePublished": "2026-05-04T18:11:00+08:00", "author": {"@type": "Person", "name": "Sari Dewi"}'


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "NewsArticle", "headline": "Kata \'Kades\' "Sungai" Kami", REST}',
        '{"@type": "NewsArticle", "headline": "Jum\\\'at Bersih", REST}',
        '{"@type": "WebSite"}\n;{"@type": "NewsArticle", REST}',
        '[{"@type": "NewsArticle", REST}',
        '{"@type": "NewsArticle", "wordCount": , REST}',
        '{"@type": "NewsArticle" REST}',
        "{'@type': 'NewsArticle', REST}",
        '\ufeff{"@type": "NewsArticle", REST}',
        '{"@type": "NewsArticle", REST}\ufeff',
    ],
)
def test_a_slip_costs_no_more_than_itself(text: str) -> None:
    page = a_page(BODY, f'<script type="application/ld+json">{text.replace("REST", REST)}</script>')
    assert page.authors == ("Sari Dewi",)
    assert page.published_at is not None


def test_json_that_was_escaped_as_if_it_were_text_is_read() -> None:
    text = f'{{"@type": "NewsArticle", "headline": "Kata &amp;quot;Kades&amp;quot;", {REST}}}'.replace('"', "&quot;")
    page = a_page(BODY, f'<script type="application/ld+json">{text}</script>')
    assert page.authors == ("Sari Dewi",)
    (value,) = read_json('{"a": "di &quot;pasar&quot;"}')
    assert value == {"a": "di &quot;pasar&quot;"}, "what is valid is left as it is"


@pytest.mark.parametrize("text", ["", "function () { return 1 }", "Sari", "<p>", "null null x"])
def test_what_is_no_json_is_nothing(text: str) -> None:
    assert [value for value in read_json(text) if isinstance(value, dict)] == []


@pytest.mark.parametrize("part", ["[", '{"a":', '"', '{"a":"b" ', "\\", 'x" y', "/*"])
def test_no_script_is_mended_for_long(part: str) -> None:
    started = time.process_time()
    list(read_json("{" + part * (1_000_000 // len(part))))
    list(read_json("{" + part * (150_000 // len(part))))
    assert time.process_time() - started < 20
