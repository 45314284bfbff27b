"""What content management systems write about an article into its markup, by their documentation.

WordPress: `rel="category tag"` on the links of its categories, `rel="tag"` on those of its tags, class `wp-post-image`
on the featured picture. Ghost and Blogger have `rel="tag"`, Joomla and Drupal microdata and RDFa: see `marked_dates`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from spiders.reading.body.boilerplate import stands_apart
from spiders.reading.markup.selection import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from spiders.reading.markup.elements import Elements

_FEATURED = ("wp-post-image", "featured")
_MOST = 1000
_FEATURES = frozenset(("wp-post-image", "featured-image", "featured-img"))


def related_links(elements: Elements, relation: str, *, without: str = "") -> Iterator[str]:
    """Texts of the links that stand in a relation to the page, and not in another one too.

    Args:
        elements: Of the page.
        relation: A word of `rel`: `tag`, `category`.
        without: A word that must not stand beside it.
    """
    linked = (link for link in elements.tagged("a") if link.get("rel"))
    for link in islice(linked, _MOST):
        words = link.get("rel", "").lower().split()
        if relation in words and without not in words:
            yield text_of(link)


def pictures_in(elements: Iterable[HtmlElement]) -> Iterator[str]:
    """Addresses of the pictures in some elements; themes that load them late write them into `data-src`."""
    pictures = (picture for element in elements for picture in element.iter("img"))
    yield from filter(None, (picture.get("src") or picture.get("data-src") for picture in pictures))


def featured_pictures(elements: Elements) -> Iterator[str]:
    """Addresses of the picture that the theme shows above the article; those of teasers stand apart."""
    named = (element for element in elements.named(*_FEATURED) if element.tag == "img")
    for picture in islice(named, _MOST):
        apart = any(map(stands_apart, islice(picture.iterancestors(), 4)))
        if not apart and not _FEATURES.isdisjoint(picture.get("class", "").split()):
            yield from filter(None, (picture.get("src"), picture.get("data-src")))
