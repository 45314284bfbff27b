"""JSON as templates write it: valid, in comments, several objects in a row, or with a slip that is mended."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import json_repair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WRAPPING = re.compile(r"<!--|-->|<!\[CDATA\[|\]\]>|^[^\S\n]*//.*$", re.MULTILINE)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_DECODER = json.JSONDecoder(strict=False)
_MOST_MENDED = 200_000
"""Characters of a script that is mended: three seconds for a megabyte, and none of ours has more than this."""
_MOST_VALUES = 100
_BLANK = " \t\r\n;"
_UNSEEN = " \t\r\n\f\ufeff"


def read_json(text: str) -> Iterable[Any]:
    """The values of a script of JSON; none where nothing in it can be read.

    Args:
        text: As it stands in the page.
    """
    text = text.strip(_UNSEEN)
    if '"' not in text and "&quot;" in text:  # escaped as if a script were text
        text = unescape(text)
    plain = _TRAILING_COMMA.sub("", _WRAPPING.sub("", text)).strip().rstrip(";")
    for candidate in (text, plain):
        try:
            return [json.loads(candidate, strict=False)]
        except (ValueError, RecursionError):
            continue
    return [*_several(plain)] or _mended(plain)


def _several(text: str) -> Iterator[Any]:
    """The values of a text that is nothing but values in a row; none where one of them cannot be read."""
    values: list[Any] = []
    at = 0
    while at < len(text) and len(values) < _MOST_VALUES:
        if text[at] in _BLANK:
            at += 1
            continue
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        values.append(value)
    yield from values


def _mended(text: str) -> list[Any]:
    if not text.startswith(("{", "[")) or len(text) > _MOST_MENDED:
        return []
    try:
        value = json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError):  # nested deeper than any parser goes
        return []
    return [value] if isinstance(value, dict | list) else []
