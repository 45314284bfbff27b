"""Bytes of a page -> the one lxml tree that everything else reads. Never raises.

Charset: a byte order mark, then UTF-16 where the header says so and the bytes have NULs, then UTF-8 where the bytes
are valid UTF-8, or all but a few (declarations are wrong more often than a page of bytes is valid by chance), then
the header, then `<meta>`, then windows-1252. Names mean what browsers take them for: latin-1 is windows-1252. What is
no text in its charset becomes U+FFFD, NULs are dropped, and both are counted. UTF-8 that was encoded twice is decoded
twice.
"""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from lxml import etree, html
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

from spiders.reading.markup.encoded_twice import may_be_twice, once

_FALLBACK = "cp1252"
_DECLARED_WITHIN = 4096
"""Bytes in which a `<meta charset>` is looked for: real pages have it later than the 1,024 of the standard."""
_CODECS = re.compile(
    r"utf-8|utf-16(-[bl]e)?|cp(866|874|932|949|125[0-8])|iso8859-\d+|koi8-[ru]|mac-roman|gb18030|big5hkscs|euc_jp|iso2022_jp"
)
"""Python's names of the encodings of the web (WHATWG Encoding, section 4.2). Others are no text (`base64`), make lone
surrogates (`unicode_escape`) or raise whatever the bytes (`undefined`)."""
_MULTIBYTE = re.compile(r"[^\x00-\x7f]+")
_LEAST_WHOLE = 4
"""Whole characters for each broken one; in another charset letters above ASCII stand alone and hardly ever make one."""
_REPLACED, _REPLACED_IN_UTF8 = "\ufffd", "\ufffd".encode()
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement, comment=html.HtmlComment)
"""lxml.html itself asks a Python function for the class of each element each time one is looked at."""


class Document(NamedTuple):
    """A page, parsed."""

    tree: html.HtmlElement
    """Empty where there is nothing to parse."""
    repaired: int
    """Characters that were no text: replaced by U+FFFD, or NULs, which are dropped."""


def read(content: bytes, encoding: str | None = None) -> Document:
    """The page's tree.

    Args:
        content: The body as received.
        encoding: Charset of the Content-Type header, where there is one.
    """
    data, replaced = _utf8(content, encoding)
    nuls = data.count(b"\0") if b"\0" in data else 0
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    parser.set_element_class_lookup(_CLASSES)
    whole = data.replace(b"\0", b"") if nuls else data  # libxml2 ends a document at NUL
    tree = etree.fromstring(whole, parser) if whole else None
    if tree is None:
        tree = html.document_fromstring("<html><body></body></html>")
    return Document(cast("html.HtmlElement", tree), replaced + nuls)


def parse(content: bytes, encoding: str | None = None) -> html.HtmlElement:
    """The tree alone."""
    return read(content, encoding).tree


def decode(content: bytes, encoding: str | None = None) -> str:
    """Text of a page; arguments as for `read`."""
    marked, mark = read_bom(content)
    if marked is not None and mark is not None:
        return content[len(mark) :].decode(marked, "replace")
    said = _codec(resolve_encoding(encoding)) if encoding else None
    if said is not None and said.startswith("utf-16") and b"\0" in content:
        return content.decode(said, "replace")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        if _is_cut_utf8(content):
            return content.decode("utf-8", "replace")
        return content.decode(said or _declared(content) or _FALLBACK, "replace")
    return once(text) if may_be_twice(content) else text


def _is_cut_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 but for a few that a proxy or a template cut: nearly all others above ASCII are whole."""
    text = content.decode("utf-8", "replace")
    broken = text.count(_REPLACED) - content.count(_REPLACED_IN_UTF8)
    whole = sum(map(len, _MULTIBYTE.findall(text))) - text.count(_REPLACED)
    return whole >= _LEAST_WHOLE * broken


def _declared(content: bytes) -> str | None:
    """What `<meta>` says; it cannot be UTF-16 where it can be read."""
    codec = _codec(html_body_declared_encoding(content[:_DECLARED_WITHIN]))
    return "utf-8" if codec is not None and codec.startswith("utf-16") else codec


def _codec(name: str | None) -> str | None:
    return name if name is not None and _CODECS.fullmatch(name) else None


def _utf8(content: bytes, encoding: str | None) -> tuple[bytes, int]:
    """The page in UTF-8, as it came where it is, and how many characters were replaced."""
    plain = read_bom(content)[0] is None and not (b"\0" in content and encoding)
    if plain and _is_utf8(content) and not may_be_twice(content):
        return content, 0
    text = decode(content, encoding)
    replaced = text.count(_REPLACED)
    if replaced:  # those that stand in the page itself are the publisher's
        replaced = max(replaced - content.count(_REPLACED_IN_UTF8), 0)
    return text.encode("utf-8", "replace"), replaced


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
