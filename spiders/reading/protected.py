"""Posts behind a password: a form that asks for one stands where the text should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from spiders.reading.markup.selection import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from spiders.reading.markup.elements import Elements

_BESIDE = frozenset({"header", "footer", "nav", "aside", "dialog", "head", "script", "style"})
"""Elements that hold no text of the article: a form there is for members."""
_NAMES = frozenset({"text", "email", "tel", "search", "url", "number", ""})
"""Types of fields in which people say who they are: with one of them a form is for logging in."""
_MOST_BEFORE = 400
"""Characters between the headline and the form: date, byline and an excerpt."""


def asks_for_password(elements: Elements) -> str | None:
    """What the form says that stands in place of the text; None where there is none.

    It asks for a password and for nothing else, and stands below the headline with hardly any text between.
    """
    if not any(field.get("type", "").strip().lower() == "password" for field in elements.tagged("input")):
        return None  # the walk below takes as long as half a parse
    tree = elements.tree
    before, seen_headline = 0, tree.find(".//h1") is None
    skipped: HtmlElement | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "end":
            if element is skipped:
                skipped = None
            seen_headline = seen_headline or element.tag == "h1"
            before += _length(element.tail) if seen_headline and skipped is None else 0
        elif skipped is None:
            if element.tag in _BESIDE and (seen_headline or element.tag != "header"):
                skipped = element  # the header before the headline may be the one that holds it
            elif seen_headline and element.tag == "form" and _asks_only_for_password(element):
                return text_of(element)[:80] if before < _MOST_BEFORE else None
            before += _length(element.text) if seen_headline and skipped is None else 0
    return None


def _asks_only_for_password(form: HtmlElement) -> bool:
    types = list(_types(form))
    return "password" in types and _NAMES.isdisjoint(types)


def _types(form: HtmlElement) -> Iterator[str]:
    for field in form.iter("input", "textarea"):
        yield "text" if field.tag == "textarea" else (field.get("type") or "").strip().lower()


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0
