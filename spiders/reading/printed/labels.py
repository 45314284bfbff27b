"""Short values of an article: tags, language codes, addresses. Pure text work."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE_LENGTHS = frozenset((2, 3))


def split_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags in lists joined with commas, hash signs off, each once."""
    labels = (label.strip(" #") for text in texts for label in text.split(","))
    return tuple(dict.fromkeys(label for label in labels if label))


def first_address(addresses: Iterable[str], base: str) -> str | None:
    """The first of some addresses that is one, absolute.

    Args:
        addresses: As a page states them.
        base: Address of the page.
    """
    for address in addresses:
        if address.strip():
            with suppress(ValueError):  # "http://[": no address
                return urljoin(base, address.strip())
    return None


def find_language(codes: Iterable[str]) -> str | None:
    """The BCP 47 primary tag of the first readable code: `id` of `id_ID`."""
    tags = (code.replace("_", "-").split("-")[0].strip().lower() for code in codes)
    return next((tag for tag in tags if tag.isalpha() and len(tag) in _CODE_LENGTHS), None)
