"""Short labels of an article: tags and language codes. Pure text work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE_LENGTHS = frozenset((2, 3))


def split_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags in lists joined with commas, hash signs off, each once."""
    labels = (label.strip(" #") for text in texts for label in text.split(","))
    return tuple(dict.fromkeys(label for label in labels if label))


def find_language(codes: Iterable[str]) -> str | None:
    """The BCP 47 primary tag of the first readable code: `id` of `id_ID`."""
    tags = (code.replace("_", "-").split("-")[0].strip().lower() for code in codes)
    return next((tag for tag in tags if tag.isalpha() and len(tag) in _CODE_LENGTHS), None)
