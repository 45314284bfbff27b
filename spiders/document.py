"""Bytes of a page -> the one lxml tree that everything else reads. Never raises.

Charset: a byte order mark, then UTF-8 where the bytes are valid UTF-8 (declarations are wrong more often than a whole
page of bytes is valid by chance), then the HTTP header, then `<meta>`, then windows-1252. Names mean what browsers
take them for: latin-1 is windows-1252.
"""

from __future__ import annotations

from lxml import etree, html
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

_FALLBACK = "cp1252"
_DECLARED_WITHIN = 4096
"""Bytes in which a `<meta charset>` is looked for: real pages have it later than the 1,024 of the standard."""


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
    text = decode(content, encoding).replace("\0", "")  # libxml2 ends a document at NUL
    # "surrogatepass" is not wanted: a lone surrogate from a broken UTF-16 page is no text.
    encoded = text.encode("utf-8", "replace")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        return html.document_fromstring(encoded, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return html.document_fromstring("<html><body></body></html>")
