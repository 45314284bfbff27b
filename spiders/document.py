"""Bytes of a page -> the one lxml tree that everything else reads. Never raises.

Charset: a byte order mark, then UTF-8 where the bytes are valid UTF-8 (declarations are wrong more often than a whole
page of bytes is valid by chance), then the HTTP header, then `<meta>`, then windows-1252. Names mean what browsers
take them for: latin-1 is windows-1252.
"""

from __future__ import annotations

from typing import cast

from lxml import etree, html
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

_FALLBACK = "cp1252"
_DECLARED_WITHIN = 4096
"""Bytes in which a `<meta charset>` is looked for: real pages have it later than the 1,024 of the standard."""
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement, comment=html.HtmlComment)
"""lxml.html itself asks a Python function for the class of each element each time one is looked at."""


def decode(content: bytes, encoding: str | None = None) -> str:
    """Text of a page.

    Args:
        content: The body as received.
        encoding: Charset of the Content-Type header, where there is one.
    """
    marked, mark = read_bom(content)
    if marked is not None and mark is not None:
        return content[len(mark) :].decode(marked, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        declared = resolve_encoding(encoding) if encoding else None
        declared = declared or html_body_declared_encoding(content[:_DECLARED_WITHIN])
        return content.decode(declared or _FALLBACK, "replace")


def parse(content: bytes, encoding: str | None = None) -> html.HtmlElement:
    """The tree of a page; an empty one where there is nothing to parse."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    parser.set_element_class_lookup(_CLASSES)
    encoded = _utf8(content, encoding).replace(b"\0", b"")  # libxml2 ends a document at NUL
    tree = etree.fromstring(encoded, parser) if encoded else None
    return html.document_fromstring("<html><body></body></html>") if tree is None else cast("html.HtmlElement", tree)


def _utf8(content: bytes, encoding: str | None) -> bytes:
    """The page in UTF-8: as it came, where it is."""
    if read_bom(content)[0] is None and _is_utf8(content):
        return content
    # "surrogatepass" is not wanted: a lone surrogate from a broken UTF-16 page is no text.
    return decode(content, encoding).encode("utf-8", "replace")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
