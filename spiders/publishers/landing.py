"""Where a redirect has led: to the article under another address, or to a page that stands for many. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from spiders.publishers import Publisher

_SECTION_SEGMENT = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+){0,2}")
"""A segment that names a rubric: few words and no number."""
_MOST_SEGMENTS = 3
_FRONT = re.compile(r"(?i)/?(?:index\.(?:html?|php|aspx?))?")
_NUMBER = re.compile(r"\d")
_LONG_NUMBER = re.compile(r"\d{5}[^/]*$")
"""A last segment with such a number is an article's, which needs no slug behind it; a year or a day is an archive's."""


def leads_away(asked: str, landed: str, publisher: Publisher) -> bool:
    """Whether an article's address leads to a front or section page: what was asked for is gone.

    Such a page is the front page of a host, a page that the publisher's file names as one of links, a folder that the
    asked address lies in, or what the file's `article_url` excludes and is named like a section.

    Args:
        asked: as announced.
        landed: where the last redirect has led.
        publisher: both belong to.
    """
    there, here = canonicalise(landed, publisher), canonicalise(asked, publisher)
    if there == here:
        return False
    path, asked_path = (urlsplit(url).path.rstrip("/") for url in (there, here))
    if _names_article(there):
        return False
    if _FRONT.fullmatch(path) or path == urlsplit(publisher.home).path.rstrip("/"):
        return not _FRONT.fullmatch(asked_path)
    links = (*publisher.sections, *(index.url for index in publisher.indexes if not index.dated))
    if there in {canonicalise(publisher.absolute(address), publisher) for address in links}:
        return True
    if asked_path.startswith(f"{path}/"):
        return not _LONG_NUMBER.search(path)
    return _is_excluded(there, publisher) and _is_named_as_section(path)


def _names_article(url: str) -> bool:
    """`/?p=123` is an article's address, `/?from=sitemap` is not."""
    return any(_NUMBER.search(value) for _, value in parse_qsl(urlsplit(url).query))


def _is_excluded(url: str, publisher: Publisher) -> bool:
    patterns = publisher.article_url
    return bool(patterns) and not any(re.search(pattern, url) for pattern in patterns)


def _is_named_as_section(path: str) -> bool:
    segments = path.strip("/").split("/")
    return len(segments) <= _MOST_SEGMENTS and all(map(_SECTION_SEGMENT.fullmatch, segments))
