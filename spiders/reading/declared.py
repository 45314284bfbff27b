"""The identity a page claims for itself by `rel=canonical` or `og:url`, where it can be believed. Pure; never raises.

Pages lie about this in good faith: the template that names the front page on every article, the comment that brings its
own `<link>`, the wire story that names its agency, the "updated version" that is another article. A claim would join
articles whatever their texts say, so it counts only when it points to an article on the publisher's own domains and
the address itself shows that it is this article: the same number, or the same slug where one of them has no number.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from spiders.publishers import Publisher

_LONGEST = 2_000
"""Characters of a claimed address; no publisher's are longer, and an attribute may be megabytes."""
_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_MOMENT = re.compile(r"(19|20)\d{6}|([01]\d|2[0-3])([0-5]\d){2}")
"""A day or a time of day as digits: articles share them."""
_KEY = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9]{6,}")
"""A whole segment such as Republika's `sy5hy8430`."""
_EXTENSION = re.compile(r"\.[a-z]{3,5}$")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 3
"""Words of a slug that say which article it is; `berita.php` and `artikel` say nothing."""


def declared_url(tree: HtmlElement, url: str, og_urls: Iterable[str], publisher: Publisher) -> str | None:
    """The canonical form of the address the page declares to be its own.

    Args:
        tree: The parsed page; only links in its head count.
        url: Where the page came from, after redirects.
        og_urls: Contents of its `og:url`, asked only where no link says anything.
        publisher: Whose page it is.

    Returns:
        None where it declares no other address than `url`, contradicts itself, or cannot be believed.
    """
    here = canonicalise(url, publisher)
    links = [link.get("href") or "" for link in tree.iterfind("head/link[@rel][@href]") if _is_canonical(link)]
    for addresses in (links, og_urls):
        claimed = {claim for address in addresses if (claim := _claim(address, url, publisher))}
        if claimed:
            claim = claimed.pop()
            return claim if not claimed and claim != here and is_same_article(here, claim, publisher) else None
    return None


def is_same_article(here: str, claim: str, publisher: Publisher) -> bool:
    """Whether two canonical URLs show by themselves that they are one article of the publisher.

    Never by their queries: where the number stands in the query, a template that forgets it would join all articles.
    """
    if not publisher.owns(claim):
        return False
    if publisher.article_url and not any(re.search(pattern, claim) for pattern in publisher.article_url):
        return False
    mine, other = _path(here), _path(claim)
    my_keys, other_keys = _keys(mine), _keys(other)
    if my_keys and other_keys:  # the last one numbers the article, those before it may number its section
        agree = set(my_keys) <= set(other_keys) or set(other_keys) <= set(my_keys)
        return agree and my_keys[-1] == other_keys[-1]
    words = _slug(mine)
    return len(words) >= _LEAST_WORDS and words == _slug(other)


def _is_canonical(link: HtmlElement) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def _claim(address: str, url: str, publisher: Publisher) -> str:
    address = address.strip()
    if not address or len(address) > _LONGEST:
        return ""
    with suppress(ValueError):  # "http://[": no address
        return canonicalise(urljoin(url, address), publisher)
    return ""


def _path(url: str) -> str:
    return unquote(urlsplit(url).path)


def _keys(path: str) -> list[str]:
    """What numbers an article, as far as the path shows it, in the path's order."""
    keys: list[str] = []
    for segment in path.split("/"):
        numbers = [number for number in _NUMBER.findall(segment) if not _MOMENT.fullmatch(number)]
        keys += [segment] if _KEY.fullmatch(segment) else numbers
    return keys


def _slug(path: str) -> list[str]:
    last = path.rstrip("/").rpartition("/")[2].lower()
    return _WORD.findall(_EXTENSION.sub("", last))
