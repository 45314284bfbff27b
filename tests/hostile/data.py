"""Pages that say nonsense to machines and to people: JSON-LD, `<meta>`, dates, counters, all made here."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

from hostile.announcements import DATES, LOCATIONS, TITLES
from hostile.pages import hostile_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostile.markup import Sent

_TEXT = (
    "<article><h1>Papan lumbung</h1><p>Warga membaca papan di balai desa, lalu menjemur gabah sampai sore tiba.</p>"
    "<p>Panen raya berlangsung tiga hari dan seluruh warga ikut membantu di sawah sejak pagi buta.</p>%s</article>"
)
_FIELDS = (
    "@type", "@id", "@context", "@graph", "headline", "name", "url", "mainEntityOfPage", "mainEntity", "author",
    "creator", "publisher", "datePublished", "dateCreated", "dateModified",
    "articleBody", "articleSection", "description", "keywords", "image", "inLanguage", "isAccessibleForFree",
    "interactionStatistic", "breadcrumb", "itemListElement",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**30, 10**4_000, "", " ", "\x00", "\ud800", "x" * 100_000, [], {}, [None], [[]],
    [[[[[["x"]]]]]], {"@value": None}, {"@value": {"@value": {"name": ["x", None]}}},
    {"name": 1}, {"name": {"name": {"name": {"name": {"name": {"name": {"name": "x"}}}}}}}, [1, "a", None,
    {"name": "b"}, ["c"]], {"@id": "#a"}, {"@id": None}, {"@id": ["a"]}, {"url": ["a", 1]}, {"url": "http://["},
    "http://[",
    [{"@type": "Person", "name": "Sari"}] * 300, {"@type": None}, {"@type": [None, 1, ["Person"]]}, {"givenName": 1,
    "familyName": []}, {"interactionType": 1, "userInteractionCount": "²"},
    {"interactionType": "ReadAction", "userInteractionCount": 10**30}, {"interactionType": {"@type": ["ReadAction"]},
    "userInteractionCount": "-5"}, {"interactionType": "ReadAction", "userInteractionCount": "٣٤"},
    [{"position": "²", "name": "a"}, {"position": None}, {"position": 1e400, "item": []}, {"position": "9" * 5_000,
    "item": {"name": "x"}}, {"position": [1]}], "NewsArticle", ["NewsArticle", None], "BreadcrumbList",
)  # fmt: skip
_WHOLE = {
    "@type": "NewsArticle",
    "headline": "Papan lumbung",
    "author": {"name": "Sari"},
    "datePublished": "2026-11-24T05:00:00+07:00",
}
_META = (
    "author", "description", "keywords", "news_keywords", "og:title", "og:type", "og:url", "og:image", "og:locale",
    "og:site_name", "og:description", "article:published_time", "article:modified_time", "article:author",
    "article:section", "article:tag", "article:content_tier", "datepublished", "date", "twitter:title",
    "isaccessibleforfree", "refresh", "robots",
)  # fmt: skip
_NUMBERS = (
    "", "0", "-1", "1", "953", "1.234", "1,234", "1 234", "1.234.567,89", "1e5", "9" * 18, "9" * 19, "9" * 5_000, "½",
    "²", "Ⅻ", "١٢٣", "９５３", "𝟙𝟚𝟛", "0x10", "1_000", "12rb", "1,2 jt", "2,5K", "3M", "1.2.3.4", "+5", "5-10",
    "∞", "NaN",
    "0" * 400 + "7", "1.", ".5", "1,,2", "satu juta", "12345678901234567890rb", "9" * 17 + " jt", "१२३", "1\u00a0234",
    "1\u200b2",
)  # fmt: skip


def _page(head: str = "", rest: str = "") -> bytes:
    page = f"<html><head><title>Papan lumbung</title>{head}</head><body>{_TEXT % rest}</body></html>"
    return page.encode("utf-8", "surrogatepass")


def _script(text: str, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{text}</script>'


def _json(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")


def wrong_types() -> Iterator[Sent]:
    """Every field of the JSON-LD with every value it should not have, alone, in a list and in a graph."""
    for field, value, whole in product(_FIELDS, _VALUES, (False, True)):
        text = _json({**_WHOLE, field: value})
        text = f'{{"@graph": [{text}, null, 1, [{text}]]}}' if whole else text
        yield f"{field}: {value!a:.40}{' in a graph' if whole else ''}", _page(_script(text)), "utf-8"


def broken_json() -> Iterator[Sent]:
    """JSON-LD that is none, or far too much."""
    whole = _json({**_WHOLE, "description": "Café <b> // x, } ] <!-- -->"})
    for length in range(0, len(whole), 2):
        yield f"{length} characters", _page(_script(whole[:length])), "utf-8"
    wrapped = (
        "null", "[]", "{}", "0", '""', "[null]", "[[[[]]]]", "NaN", "Infinity", "{,}", "[,]", "undefined", "'x'",
        "{'a': 1}", "\ufeff" + whole, "<!--" + whole + "-->", "//<![CDATA[\n" + whole + "\n//]]>", whole + whole,
        whole + ";",
        whole.replace(":", "="), whole.replace('"', "'"), whole.replace(",", ",,"), whole.replace(", ", ",\n// x\n"),
        whole.replace("Sari", "Sa\nri\t\x01"), whole.replace("Sari", "\\ud800"), whole.replace("Sari", "\\u0000"),
        whole.replace("Sari", "\\x"),
        "[" * 100_000, "[" * 900 + "]" * 900, '{"a":' * 100_000, '{"@graph":' * 500 + "{}" + "}" * 500,
        "[" + whole + "," + "null," * 100_000 + whole + "]", f"[{','.join([whole] * 3_000)}]", '"' + "\\" * 1_000_000,
        "9" * 1_000_000, whole.replace('"Sari"', "9" * 5_000),
        '{"@type":"NewsArticle",' * 5, '{"@type":"NewsArticle","@type":"VideoObject","headline":null,"headline":"a"}',
        "&quot;", "&#123;&#125;", "{" + '"a":1,' * 100_000 + '"b":2}',
    )  # fmt: skip
    for text, kind in product(wrapped, ("application/ld+json", "Application/LD+JSON; charset=utf-8")):
        yield f"{text[:30]!a}", _page(_script(text, kind)), "utf-8"
    yield "1,000 scripts", _page(_script(whole) * 1_000), "utf-8"
    pointing = ",".join(
        _json({"@id": f"#{n}", "author": {"@id": f"#{n + 1}"}, "name": {"@id": "#0"}}) for n in range(3_000)
    )
    yield (
        "things that point at each other",
        _page(_script(f'[{pointing},{{"@type":"NewsArticle","author":{{"@id":"#0"}}}}]')),
        "utf-8",
    )


def wrong_meta() -> Iterator[Sent]:
    """Every `<meta>` with every title, date and address that breaks programs."""
    for name, value in product(_META, (*TITLES, *DATES[::2], *LOCATIONS[::2])):
        content = value.replace("&", "&amp;").replace("'", "&#39;")
        tag = "property" if ":" in name else "name"
        yield (
            f"{name} {value[:30]!a}",
            _page(f"<meta {tag}='{name}' content='{content}'><meta content='{content}'>"),
            "utf-8",
        )


def absurd_dates() -> Iterator[Sent]:
    """Every absurd date wherever a page may state one."""
    places = (
        "<time datetime='%s'>x</time>",
        "<time>%s</time>",
        "<div class=tanggal>%s</div>",
        "<span itemprop=datePublished content='%s'>%s</span>",
        "<p>Jakarta, %s - Warga membaca papan di balai desa sampai sore.</p>",
    )
    for value, place in product(DATES, places):
        marked = place.replace("%s", value.replace("'", ""))
        yield f"{place[:12]} {value[:30]!a}", _page("", marked).replace(b"</h1>", b"</h1>" + marked.encode()), "utf-8"
        yield (
            f"JSON {place[:6]} {value[:30]!a}",
            _page(_script(_json({**_WHOLE, "datePublished": value, "dateModified": value})), marked),
            "utf-8",
        )


def absurd_numbers() -> Iterator[Sent]:
    """Every absurd number wherever a page may count its readers."""
    for value in _NUMBERS:
        for place in (
            "Dibaca: %s",
            "Dibaca %s kali",
            "%s views",
            "%s pembaca",
            "<span class=dibaca>%s</span>",
            "<i class='fa fa-eye'></i> %s",
        ):
            yield f"{place} {value[:20]}", _page("", f"<div>{place % value}</div>"), "utf-8"
        counter = {"interactionType": "https://schema.org/ReadAction", "userInteractionCount": value}
        yield f"JSON {value[:20]}", _page(_script(_json({**_WHOLE, "interactionStatistic": counter}))), "utf-8"


def huge() -> Iterator[Sent]:
    """Pages of megabytes: those of `hostile_pages`, 200,000 paragraphs, JSON-LD of 10 MB."""
    for name, markup in hostile_pages(30_000):
        yield name, markup.encode(), "utf-8"
    paragraph = "<p>Warga Karawang membaca papan di balai desa.</p>"
    yield "200,000 paragraphs", _page("", paragraph * 200_000), "utf-8"
    yield "200,000 elements deep", _page("", "<div>" * 200_000), "utf-8"
    yield "an attribute of 10 MB", _page("", f"<p class='{'a ' * 5_000_000}'>x"), "utf-8"
    yield "100,000 attributes", _page("", f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>x"), "utf-8"
    yield (
        "JSON-LD of 10 MB in one text",
        _page(_script(_json({**_WHOLE, "articleBody": "Warga membaca. " * 700_000}))),
        "utf-8",
    )
    yield "JSON-LD of 10 MB in a list", _page(_script(_json([*[_WHOLE] * 80_000, None]))), "utf-8"
    yield "JSON-LD of 10 MB, blank lines", _page(_script('{"a":' + "\n" * 10_000_000 + "x}")), "utf-8"
    yield "JSON-LD of 10 MB, nested", _page(_script("[" * 5_000_000 + "]" * 5_000_000)), "utf-8"
    yield "JSON-LD of 10 MB, a number", _page(_script("9" * 10_000_000)), "utf-8"
    yield "a comment of 10 MB", _page(f"<!--{'-' * 10_000_000}"), "utf-8"
    yield "a script of 10 MB", _page(f"<script>{'a<' * 5_000_000}"), "utf-8"
    yield "10 MB of ends", _page("", "</p>" * 2_500_000), "utf-8"
    yield "10 MB of references", _page("", "&amp;" * 2_000_000), "utf-8"
