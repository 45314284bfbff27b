"""Pages whose markup breaks parsers, made after the states of the HTML tokenizer, its tree builder and the wire."""

from __future__ import annotations

import codecs
import json
import random
from itertools import product
from typing import TYPE_CHECKING

from hostile.announcements import CLAIMS, CODECS

if TYPE_CHECKING:
    from collections.abc import Iterator

Sent = tuple[str, bytes, str | None]
"""Name, body, charset of the Content-Type header."""
_TITLE = "<h1>Papan lumbung</h1>"
_FIRST = "<p>Warga Karawang membaca papan di balai desa, lalu menjemur gabah sampai sore hari tiba.</p>"
_SECOND = "<p>Panen raya berlangsung tiga hari dan seluruh warga ikut membantu di sawah sejak matahari terbit pagi.</p>"
_DATA = {
    "@context": "https://schema.org", "@type": "NewsArticle", "headline": "Papan lumbung",
    "datePublished": "2026-11-24T05:00:00+07:00",
    "author": [{"@type": "Person", "name": "Sari Dewi"}], "keywords": ["padi", "panen"],
    "image": {"url": "https://koran.example/p.jpg"},
}  # fmt: skip
WHOLE = (
    f"<!doctype html><html lang=id><head><meta charset=utf-8><title>Papan lumbung - Koran</title>"
    "<meta name=author content='Sari Dewi'>"
    f'<meta property="og:image" content="/p.jpg"><script type="application/ld+json">{json.dumps(_DATA)}</script></head>'
    f"<body><nav class=breadcrumb><a href=/>Beranda</a> <a href=/desa>Desa</a></nav><article><h1>Papan lumbung</h1>"
    f"<div class=tanggal>Selasa, 24 November 2026 | 05:00 WIB</div>{_FIRST}<!-- iklan -->"
    f"<p>Café “é” &amp; &eacute; &#8211;</p>{_SECOND}"
    f"<span class=dibaca>Dibaca 953 kali</span></article><footer>© Koran</footer></body></html>"
)
"""A whole page, to be cut, bent and mistaken for another encoding."""

_STATES = (
    "", "&", "&#", "&#x", "&#1", "&#xA", "&am", "&amp", "&notit;", "&CounterClockwiseContourIntegral", "<", "</", "<!",
    "<?", "<a", "<a ", "<a b", "<a b ",
    "<a b=", '<a b="', "<a b='", "<a b=c", "<a b='c'", "<a/", "<a b='&", "<a b='&#x", "</a", "</a ", "</a b", "<!-",
    "<!--", "<!---", "<!--a", "<!--a-", "<!--a--", "<!--a--!",
    "<!--a<", "<!--a<!", "<!--a<!-", "<!--a<!--", "<!d", "<!doctype", "<!doctype ", "<!doctype h", "<!doctype h ",
    "<!doctype h public", "<!doctype h public '",
    "<!doctype h public 'a'", "<!doctype h public 'a' '", "<!doctype h system", '<!doctype h system "',
    "<!doctype h system 'a'", "<!doctype h x", "<![CDATA[",
    "<svg><![CDATA[", "<svg><![CDATA[a]", "<svg><![CDATA[a]]", "<math><annotation-xml>", "<title>", "<title>a<",
    "<title>a</", "<title>a</t", "<textarea>", "<textarea></textare",
    "<style>", "<style>a<", "<style></sty", "<xmp>", "<xmp></xm", "<iframe>", "<noembed>", "<noframes>", "<noscript>",
    "<plaintext>", "<script>", "<script>a<", "<script></", "<script></s",
    "<script><!", "<script><!-", "<script><!--", "<script><!--a-", "<script><!--a--", "<script><!--<",
    "<script><!--</", "<script><!--<s", "<script><!--<script ",
    "<script><!--<script>", "<script><!--<script>a-", "<script><!--<script>a--", "<script><!--<script></",
    "<script><!--<script></script", "<script><!--<script></script>",
    "<script type=application/ld+json>", '<script type=application/ld+json>{"', "<template>", "<select>",
    "<select><option>", "<table>", "<table><tr>", "<colgroup>", "<frameset>", "<?xml ", "<![",
)  # fmt: skip
"""Texts after each of which a tokenizer stands in another state (HTML standard, section 13.2.5)."""
_ODD = (
    "", "\0", "\t", "\n", "\f", "\r", " ", "!", '"', "&", "'", "/", "<", "=", ">", "?", "`", "-", "--", "[", "]]>",
    ";", "#", "x", "0", "A", "\x1f", "\x7f", "\x85", "\xa0", "\ufeff",
    "\ufffd", "\ud800", "\U0010ffff", "</a>", "</script>", "<!", "-->",
)  # fmt: skip
"""What comes next; the empty one is the end of the page."""
_ELEMENTS = (
    "a", "address", "annotation-xml", "applet", "article", "b", "base", "body", "br", "button", "caption", "center",
    "col", "colgroup", "dd", "details", "desc", "dialog", "div", "dl", "dt", "embed",
    "fieldset", "figure", "font", "foreignObject", "form", "frame", "frameset", "h1", "h2", "head", "hr", "html", "i",
    "iframe", "image", "img", "input", "isindex", "li", "link", "listing", "main",
    "marquee", "math", "menu", "meta", "mi", "nobr", "noembed", "noframes", "noscript", "object", "ol", "optgroup",
    "option", "p", "param", "plaintext", "pre", "rb", "rp", "rt", "ruby", "script", "section",
    "select", "span", "style", "summary", "svg", "table", "tbody", "td", "template", "textarea", "tfoot", "th",
    "thead", "time", "title", "tr", "tt", "ul", "video", "wbr", "xmp",
)  # fmt: skip


def tokens() -> Iterator[Sent]:
    """Every state of the tokenizer before every odd character, inside the text of an article, and in its headline."""
    for state, odd in product(_STATES, _ODD):
        rest = _SECOND + "</article></body></html>" if odd else ""
        body = f"<html><head><title>Papan lumbung</title></head><body><article>{_TITLE}{_FIRST}{state}{odd}{rest}"
        yield f"{state} {odd!a}", body.encode("utf-8", "surrogatepass"), "utf-8"


def trees() -> Iterator[Sent]:
    """Every element in every other, closed in the wrong order: fostering, adoption, foreign content, lost ends."""
    for outer, inner in product(_ELEMENTS, _ELEMENTS):
        nest = (
            f"<{outer} class=isi href=/x>{_FIRST}<{inner} id=a>{_SECOND}</{outer}>{_FIRST}</{inner}>{_SECOND}</p></br>"
        )
        yield f"{outer} {inner}", f"<h1>Papan lumbung</h1>{nest}".encode(), "utf-8"


def cut() -> Iterator[Sent]:
    """The whole page, ended after every third byte; with and without a charset."""
    whole = WHOLE.encode()
    for length in range(0, len(whole), 3):
        yield f"{length} bytes", whole[:length], "utf-8" if length % 2 else None


def bent() -> Iterator[Sent]:
    """The whole page with some bits turned, bytes lost, doubled or put elsewhere."""
    dice = random.Random(6)  # noqa: S311 - the same pages each time
    for number in range(800):
        page = bytearray(WHOLE.encode())
        for _ in range(1 << dice.randrange(8)):
            place = dice.randrange(len(page))
            match number % 4:
                case 0:
                    page[place] ^= 1 << dice.randrange(8)
                case 1:
                    del page[place : place + dice.randrange(1, 4)]
                case 2:
                    page[place:place] = page[place : place + dice.randrange(1, 60)]
                case _:
                    page[place] = dice.randrange(256)
        yield f"number {number}", bytes(page), (None, "utf-8", "utf-16", "gb18030")[number // 4 % 4]


def mistaken() -> Iterator[Sent]:
    """The whole page in one encoding under the name of another: in the header, in `<meta>`, in both, behind a mark."""
    marks = (b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)
    for codec, claim in product(CODECS, CLAIMS):
        plain = WHOLE.encode(codec, "replace")
        meta = WHOLE.replace("utf-8", claim, 1).encode(codec, "replace")
        yield f"{codec} as {claim}", plain, claim
        yield f"{codec} as {claim} in <meta>", meta, None
        yield f"{codec} as {claim} in <meta>, {claim[::-1]} in the header", meta, claim[::-1]
    for codec, mark in product(CODECS, marks):
        yield f"{codec} behind {mark.hex()}", mark + WHOLE.encode(codec, "replace"), codec
