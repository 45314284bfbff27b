"""Where a page marks who wrote it: link relations, addresses of author pages, hCards. Texts, to be read as people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lxml.etree import XPath

from spiders.selection import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from spiders.metadata import Metadata

AUTHORS = (
    *("author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "content_author"),
    *("parsely-author", "sailthru.author", "authors", "byl"),
)
"""Names of `<meta>` that state who wrote the article, most trusted first."""
_AUTHOR_PAGE = re.compile(
    r"(?i)/(?:authors?|autor(?:en|es|in)?|auteurs?|autori|penulis|pewarta|reporters?|journalists?|redakteure?)/[^/]"
)
_WRITTEN_BY = re.compile(r"(?i)^(?:written by|verfasst von|geschrieben von|ditulis oleh|oleh|écrit par|escrito por)$")
_MARKED = XPath(".//a[@rel] | .//*[@itemprop]")
_CARDS = XPath('.//*[contains(@class, "author") or contains(@class, "vcard")]')
"""XPath, not CSS: a class selector splits the classes of every element of the page, which costs a parse of it."""
_NAMING = re.compile(r"(?i)(?:^|\s)(?:author|fn|[\w-]*author[-_]+name)(?:$|\s)")
_BESIDE = re.compile(
    r"(?i)(?:^|[\s_-])(?:comments?|komentar|kommentare?|sidebar|related|terkait|recommended)(?:$|[\s_-]|list|area)"
)
_EDITED = re.compile(r"(?i)\s*(?:editor|redaktur|penyunting|foto|photos?|übersetzung)\b")


def marked_authors(tree: HtmlElement, metadata: Metadata) -> Iterator[list[str]]:
    """What may name the authors, most trusted first; each list is one place to look at."""
    labels = zip(metadata.meta("twitter:label1"), metadata.meta("twitter:data1"), strict=False)
    yield [name for label, name in labels if _WRITTEN_BY.match(label)]
    yield _first(element for element in _found(_MARKED, tree) if _states_author(element))
    links = (link for link in tree.iter("a") if _AUTHOR_PAGE.search(link.get("href", "")))
    yield _first(link for link in links if not _is_beside(link))
    cards = (element for card in _found(_CARDS, tree) for element in card.iter() if _is_named(element))
    yield _first(element for element in cards if not _is_beside(element))


def _first(elements: Iterable[HtmlElement]) -> list[str]:
    text = next(filter(None, map(text_of, elements)), None)
    return [] if text is None else [text]


def _found(path: XPath, tree: HtmlElement) -> list[HtmlElement]:
    return cast("list[HtmlElement]", path(tree))


def _states_author(element: HtmlElement) -> bool:
    return element.tag != "meta" and "author" in f"{element.get('rel', '')} {element.get('itemprop', '')}".split()


def _is_beside(element: HtmlElement) -> bool:
    """Whether an element names someone else: a reader, the author of another article, the editor."""
    parent = element.getparent()
    return any(
        around.tag not in {"body", "html"} and _BESIDE.search(f"{around.get('class', '')} {around.get('id', '')}")
        for around in element.iterancestors()
    ) or (parent is not None and _EDITED.match(parent.text or "") is not None)


def _is_named(element: HtmlElement) -> bool:
    return isinstance(element.tag, str) and _NAMING.search(element.get("class", "")) is not None
