"""When an article appeared: which of the dates that a page states is meant, and in whose zone.

The first date that can be read is the one; what it leaves open, others that agree with it fill in. A machine's "Z" on a
local clock is common: where a line states the same clock with a zone, the line is believed.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml.etree import XPath

from spiders.reading.markup.selection import holders, text_of
from spiders.reading.printed.dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "content_publisheddate"),
    *("publishdate", "publish-date", "publish_date", "pubdate", "parsely-pub-date", "sailthru.date"),
    *("dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "date", "dc.date", "dcterms.date"),
)
"""Names of `<meta>` that state when an article was published, most trusted first."""
MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified")
CHANGED = re.compile(r"(?i)\b(?:diperbarui|diperbaharui|diupdate|updated?|modified|aktualisiert|mis à jour)\b")

_MARKED = (
    XPath(".//@itemprop"),
    XPath('.//@class[contains(., "publi") or contains(., "-date") or contains(., "pubd")]'),
)
_MARKS = frozenset(("datePublished", "published", "entry-date", "post-date", "publish-date", "pubdate"))
_UNSTATED = timezone(timedelta(0), "unstated")
_CLOCK = re.compile(r"\d[:.]\d\d\b")
_MOST_MARKED = 200
"""Elements that are looked at for a date: real pages have one for each comment."""
_LONGEST_BARE = 60
"""Characters of a line that states a day without a time: longer ones are captions."""
_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_-])")


def choose_moment(texts: Iterable[str], witnesses: Iterable[str], zone: tzinfo) -> datetime | None:
    """The first date of some texts, completed.

    Args:
        texts: Where it may be stated, most trusted first.
        witnesses: What else states it; read only where the first date leaves time or zone open.
        zone: Where the publisher is: for dates that state no zone.
    """
    found = next(filter(None, (parse_date(text, _UNSTATED) for text in texts)), None)
    if found is None:
        return None
    if not _is_whole(found):
        readings = (parse_date(text, _UNSTATED) for text in witnesses)
        found = next((when for when in readings if when and _completes(found, when)), found)
    return found.replace(tzinfo=zone) if found.tzinfo is _UNSTATED else found


def date_lines(lines: Iterable[str], *, changes: bool) -> list[str]:
    """Printed lines that may be date lines of changes or of the publication, those with a time first."""
    dated = [line for line in lines if any(map(str.isdigit, line)) and bool(CHANGED.search(line)) == changes]
    timed = [line for line in dated if _CLOCK.search(line)]
    return timed + [line for line in dated if line not in timed and len(line) <= _LONGEST_BARE]


def marked_times(tree: HtmlElement) -> Iterator[str]:
    """What stands in `<time>`: for machines, else for people."""
    for element in islice(tree.iter("time"), _MOST_MARKED):
        yield element.get("datetime") or text_of(element)


def marked_dates(tree: HtmlElement) -> Iterator[str]:
    """What calls itself the date of the article, whatever the tag."""
    for element in chain.from_iterable(holders(tree, path, _MOST_MARKED) for path in _MARKED):
        names = f"{element.get('itemprop', '')} {element.get('class', '')}".split()
        if not _MARKS.isdisjoint(names):
            yield from filter(None, (element.get("content"), element.get("title"), text_of(element)))


def date_in_path(url: str) -> Iterable[str]:
    """The day that an address states: `/2020/05/07/`, `/20200507/`; nothing for one that states none."""
    try:
        match = _IN_PATH.search(urlsplit(url).path)
    except ValueError:  # "http://[": no address
        return ()
    return ("-".join(match.groups()),) if match else ()


def _is_whole(when: datetime) -> bool:
    return when.tzinfo is not _UNSTATED and bool(when.utcoffset()) and not _is_midnight(when)


def _is_midnight(when: datetime) -> bool:
    return (when.hour, when.minute, when.second) == (0, 0, 0)


def _completes(first: datetime, other: datetime) -> bool:
    """Whether another reading is the same moment with more said: a zone, or a time where the first has only a day."""
    if first.replace(tzinfo=None, second=0) == other.replace(tzinfo=None, second=0):
        return other.tzinfo is not _UNSTATED and (first.tzinfo is _UNSTATED or bool(other.utcoffset()))
    return first.tzinfo is _UNSTATED and _is_midnight(first) and first.date() == other.date()
