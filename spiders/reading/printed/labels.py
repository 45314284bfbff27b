"""Short values of an article: tags, language codes, addresses. Pure text work."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE_LENGTHS = frozenset((2, 3))
_PREFERRED = {"in": "id", "ind": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}
"""Primary tags that BCP 47 replaced, as Java and Blogger still write them, and the three letters of Indonesian."""
_UNSEEN: dict[int, str | None] = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF))
"""Soft hyphen, zero-width space, word joiner, byte order mark: they only say where a line may break."""
_MEANT = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
"""Controls that nobody writes: Windows-1252 taken for Latin-1. Browsers read `&#147;` so too (HTML Standard)."""
_SEEN = _UNSEEN | _MEANT
_UNSEEN_OR_JOINER = re.compile("[\u0080-\u009f\u00ad\u200b-\u200d\u2060\ufeff]")
_NO_LETTERS = re.compile(r"[^\w\x00-\x7f]+")
_ASCII_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
"""Bytes are cleaned of these in one step: texts of a whole page are compared, and a character at a time is slow."""
_JOINERS = re.compile(r"(?<=[A-Za-z0-9\s.,;:!?'\"()-])[\u200c\u200d]+|[\u200c\u200d]+(?=[A-Za-z0-9\s.,;:!?'\"()-]|$)")
"""Joiners beside Latin letters mean nothing; in Arabic, Indic scripts and emoji they do."""


def without_unseen(text: str) -> str:
    """A text without characters that nobody sees and that mean nothing where they stand, controls read as meant."""
    if text.isascii() or _UNSEEN_OR_JOINER.search(text) is None:
        return text
    return _JOINERS.sub("", text.translate(_SEEN))


def letters(text: str) -> str:
    """Letters and digits of a text, case-folded: what is the same in two ways to print it."""
    folded = text.casefold()
    kept = folded if folded.isascii() else _NO_LETTERS.sub("", folded)
    return kept.encode("utf-8", "surrogatepass").translate(None, _ASCII_NO_LETTERS).decode("utf-8", "surrogatepass")


def split_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags in lists joined with commas, hash signs off, each once."""
    labels = (without_unseen(label).strip(" #") for text in texts for label in text.split(","))
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
    return next((_PREFERRED.get(tag, tag) for tag in tags if tag.isalpha() and len(tag) in _CODE_LENGTHS), None)
