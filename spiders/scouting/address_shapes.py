r"""What the addresses of a publisher's articles have in common, as regular expressions for `article_url`. Pure.

Addresses are put into groups by the form of their path: how many segments, which of them are numbers, which ending.
In each group a segment that is the same everywhere stands as it is, figures become `\d`, the rest `[^/]+`. Where that
also takes pages which are no articles, a title's hyphens are asked for, as long as all articles have them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_FEWEST = 3
"""Addresses of one form that make a rule; fewer are an exception, and too few to tell what is constant."""
_SMALLEST_SHARE = 0.05
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDING = re.compile(r"\.[a-z]{3,5}$")
_MOST_HYPHENS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One form that articles' addresses have."""

    pattern: str
    """Regular expression to be searched in a canonical URL."""
    articles: int
    """Addresses of articles that it takes."""
    others: tuple[str, ...] = ()
    """Addresses of pages known to be no articles that it takes too."""


def infer_shapes(articles: Iterable[str], others: Iterable[str] = ()) -> list[Shape]:
    """The forms of the articles' addresses, the most frequent first.

    Args:
        articles: canonical URLs of articles.
        others: canonical URLs known to be no articles: section pages, tags, authors.
    """
    wanted, unwanted = list(dict.fromkeys(articles)), list(dict.fromkeys(others))
    groups: dict[tuple[str, ...], list[list[str]]] = defaultdict(list)
    for url in wanted:
        if segments := _segments(url):
            groups[_form(segments)].append(segments)
    fewest = min(_FEWEST, len(wanted))
    found = []
    for group in sorted(groups.values(), key=len, reverse=True):
        if len(group) >= fewest and len(group) >= _SMALLEST_SHARE * len(wanted):
            pattern, clashes = _narrowest(group, unwanted)
            found.append(Shape(pattern=pattern, articles=_count(pattern, wanted), others=tuple(clashes)))
    return found


def same_form(urls: Iterable[str], articles: Iterable[str]) -> list[str]:
    """Those of `urls` whose path has a form that an article's has, those least like a title first."""
    forms = {_form(segments) for url in articles if (segments := _segments(url))}
    alike = [url for url in dict.fromkeys(urls) if (segments := _segments(url)) and _form(segments) in forms]
    return sorted(alike, key=lambda url: (_hyphens(_segments(url)[-1]), len(url)))


def _segments(url: str) -> list[str]:
    return [segment for segment in urlsplit(url).path.split("/") if segment]


def _form(segments: Sequence[str]) -> tuple[str, ...]:
    ending = _ENDING.search(segments[-1])
    return (*map(_kind, segments), ending[0] if ending else "")


def _kind(segment: str) -> str:
    if _YEAR.fullmatch(segment):
        return "year"
    return ("short" if len(segment) <= 2 else "number") if segment.isdecimal() else "text"  # noqa: PLR2004 - a month


def _narrowest(group: Sequence[Sequence[str]], unwanted: Sequence[str]) -> tuple[str, list[str]]:
    """The first pattern that takes none of the unwanted addresses, else the strictest with those it takes."""
    fewest = min(_hyphens(segments[-1]) for segments in group)
    pattern, clashes = "", list[str]()
    for hyphens in range(min(fewest, _MOST_HYPHENS) + 1):
        pattern = _pattern(group, hyphens)
        clashes = [url for url in unwanted if re.search(pattern, url)]
        if not clashes:
            break
    return pattern, clashes


def _pattern(group: Sequence[Sequence[str]], hyphens: int) -> str:
    columns = list(zip(*group, strict=True))
    parts = [_part(column) for column in columns[:-1]]
    parts.append(_last(columns[-1], hyphens))
    # A first segment that may be anything says nothing of where the path begins.
    start = "" if parts[0][0] not in "[(" else r"^https?://[^/]+"
    return f"{start}/{'/'.join(parts)}$"


def _part(values: Sequence[str]) -> str:
    if all(_YEAR.fullmatch(value) for value in values):
        return r"\d{4}"
    if all(value.isdecimal() for value in values):
        return _figures(values)
    return re.escape(values[0]).replace(r"\-", "-") if len(set(values)) == 1 else "[^/]+"


def _figures(values: Sequence[str]) -> str:
    lengths = {len(value) for value in values}
    return rf"\d{{{lengths.pop()}}}" if len(lengths) == 1 and max(map(len, values)) <= 2 else r"\d+"  # noqa: PLR2004


def _last(values: Sequence[str], hyphens: int) -> str:
    r"""The last segment: what stands before and behind the title stays, such as `news-\d+-` and `.html`."""
    ending = _ENDING.search(values[0])
    suffix = re.escape(ending[0]) if ending else ""
    words = [value.removesuffix(ending[0] if ending else "").split("-") for value in values]
    if len(words) == 1 or all(len(each) == 1 for each in words):
        bare = ["-".join(each) for each in words]
        return (_figures(bare) if all(value.isdecimal() for value in bare) else _free(hyphens)) + suffix
    head = _constant(words, lambda each, at: each[at])
    shorter = [each[len(head) :] for each in words]
    tail = _constant(shorter, lambda each, at: each[-1 - at])[::-1]
    left = max(hyphens - len(head) - len(tail), 0)
    return "-".join([*head, _free(left), *tail]) + suffix


def _constant(words: Sequence[Sequence[str]], pick: Callable[[Sequence[str], int], str]) -> list[str]:
    """Leading words that are equal or all numbers, as patterns; one word at least remains for the title."""
    found: list[str] = []
    for at in range(min(map(len, words)) - 1):
        values = {pick(each, at) for each in words}
        if all(value.isdecimal() for value in values):
            found.append(r"\d+")
        elif len(values) == 1 and len(words) >= _FEWEST and re.fullmatch(r"[a-z]+", min(values)):
            found.append(min(values))
        else:
            break
    return found


def _free(hyphens: int) -> str:
    return "[^/]+" if not hyphens else "-".join(["[^/-]+"] * hyphens) + "-[^/]+"


def _hyphens(segment: str) -> int:
    return segment.count("-")


def _count(pattern: str, urls: Sequence[str]) -> int:
    return sum(1 for url in urls if re.search(pattern, url))
