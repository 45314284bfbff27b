"""Where a page marks who wrote it: link relations, addresses of author pages, hCards. Texts, to be read as people."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from spiders.reading.markup.inherited import Inherited
from spiders.reading.markup.selection import shown_text, text_of
from spiders.reading.markup.unseen import LONGEST_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from spiders.reading.markup.elements import Elements
    from spiders.reading.markup.metadata import Metadata

AUTHORS = (
    *("author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "content_author"),
    *("parsely-author", "sailthru.author", "authors", "byl"),
)
"""Names of `<meta>` that state who wrote the article, most trusted first."""
_AUTHOR_PAGE = re.compile(
    r"(?i)/(?:authors?|autor(?:en|es|in)?|auteurs?|autori|penulis|pewarta|reporters?|journalists?|redakteure?)/[^/]"
)
_WRITTEN_BY = re.compile(r"(?i)^(?:written by|verfasst von|geschrieben von|ditulis oleh|oleh|écrit par|escrito por)$")
_NAMED = ("author", "fn")
_MOST = 1000
_MOST_LINKS = 10_000
"""Elements that are looked at for an author."""
_NAMING = re.compile(r"(?i)(?:^|\s)(?:author|fn|[\w-]*author[-_]+name)(?:$|\s)")
_BESIDE = re.compile(
    r"(?i)(?:^|[\s_-])(?:comments?|komentar|kommentare?|sidebar|related|terkait|recommended)(?:$|[\s_-]|list|area)"
)
_MOST_INSIDE = 30
_NAMED_IN = ("a", "span", "b", "strong", "h3", "h4", "h5")
_LONGEST_NAME = 50
"""Characters: an element with more holds a name and something about it."""
_WHOLE = frozenset(("html", "body"))
_EDITED = re.compile(r"(?i)\s*(?:editor|redaktur|penyunting|foto|photos?|übersetzung)\b")


def marked_authors(elements: Elements, metadata: Metadata) -> Iterator[list[str]]:
    """What may name the authors, most trusted first; each list is one place to look at."""
    labels = zip(metadata.meta("twitter:label1"), metadata.meta("twitter:data1"), strict=False)
    yield [name for label, name in labels if _WRITTEN_BY.match(label)]
    anchors = elements.tagged("a")
    related = (link for link in anchors if link.get("rel"))
    marked = chain(islice(elements.with_itemprop, _MOST), islice(related, _MOST))
    yield _first(element for element in marked if _states_author(element))
    is_beside = Inherited(_is_beside)
    links = (link for link in anchors[:_MOST_LINKS] if _AUTHOR_PAGE.search(link.get("href", "")))
    yield _first(link for link in links if not (is_beside(link) or _is_edited(link)))
    in_card = Inherited(_is_card)
    named = (element for element in elements.named(*_NAMED)[:_MOST] if _is_named(element) and in_card(element))
    cards = (element for element in named if not _is_beside_picture(element))
    yield _first(element for element in cards if not (is_beside(element) or _is_edited(element)))


def _first(elements: Iterable[HtmlElement]) -> list[str]:
    text = next(filter(None, map(name_in, elements)), None)
    return [] if text is None else [text]


def name_in(element: HtmlElement) -> str:
    """The name that an element gives: its `itemprop=name`, else that of its link, else its text."""
    named = next((each for each in islice(element.iter(), _MOST_INSIDE) if each.get("itemprop") == "name"), None)
    if named is not None:
        return text_of(named)
    text = shown_text(element)
    if len(text) <= _LONGEST_NAME or not len(element):
        return text
    inside = (each for each in element.iter(*_NAMED_IN) if each is not element)
    inner = (shown_text(each) for each in islice(inside, _MOST_INSIDE))
    return next((name for name in inner if 0 < len(name) <= _LONGEST_NAME), text)


def _states_author(element: HtmlElement) -> bool:
    return element.tag != "meta" and "author" in f"{element.get('rel', '')} {element.get('itemprop', '')}".split()


def _is_beside(element: HtmlElement) -> bool:
    """Whether an element is about someone else: a reader, the author of another article."""
    names = f"{element.get('class', '')[:LONGEST_NAMES]} {element.get('id', '')[:LONGEST_NAMES]}"
    return element.tag not in _WHOLE and _BESIDE.search(names) is not None


def _is_edited(element: HtmlElement) -> bool:
    """Whether it names the editor."""
    parent = element.getparent()
    return parent is not None and _EDITED.match(parent.text or "") is not None


def _is_beside_picture(element: HtmlElement) -> bool:
    """Whether an element credits the picture that it stands beside: no link, and not in an author's box."""
    parent = element.getparent()
    if parent is None or element.tag == "a" or _is_card(parent):
        return False
    return parent.find("img") is not None or parent.find("picture") is not None


def _is_card(element: HtmlElement) -> bool:
    names = element.get("class", "")[:LONGEST_NAMES]
    return "author" in names or "vcard" in names


def _is_named(element: HtmlElement) -> bool:
    return _NAMING.search(element.get("class", "")[:LONGEST_NAMES]) is not None
