"""Which of a page's links leads to the next part of the same article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urljoin, urlsplit

if TYPE_CHECKING:
    from spiders.reading.markup.elements import Elements

_PARAMETERS = frozenset({"page", "hal", "halaman"})
_NUMBERED = re.compile(r"(?:[?&](?:page|hal|halaman)=|/)(\d{1,2})/?(?:[#&]|$)")


def next_part(elements: Elements, url: str, article_url: str, number: int) -> str:
    """The address of part `number` of an article, where the page links to it; else empty.

    It is the article's own address with that number, as `?page=2` or as `/2` behind the path; a link to any other
    address is another article or a list.

    Args:
        elements: of the page, the article's first one or any of its parts.
        url: of the page.
        article_url: of the article's first page.
        number: from 2 on.
    """
    for link in elements.tagged("a", "link"):
        address: str = link.get("href", "")
        match = _NUMBERED.search(address)
        if match and int(match[1]) == number:
            try:
                target = urljoin(url, address).partition("#")[0]
                if _is_part(target, article_url, number):
                    return target
            except ValueError:
                continue  # a link that is no address
    return ""


def _is_part(target: str, article_url: str, number: int) -> bool:
    part, whole = urlsplit(target), urlsplit(article_url)
    if part.netloc != whole.netloc:
        return False
    asked, own = dict(parse_qsl(part.query)), dict(parse_qsl(whole.query))
    numbers = [asked.pop(name) for name in _PARAMETERS & asked.keys()]
    for name in _PARAMETERS & own.keys():
        del own[name]
    path = whole.path.rstrip("/")
    if asked != own or not path:
        return False
    if part.path.rstrip("/") == path:
        return numbers == [str(number)]
    return not numbers and part.path.rstrip("/") == f"{path}/{number}"
