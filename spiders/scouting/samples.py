"""One announced page as the reader sees it, field by field, with the rule that found each value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from spiders.article import Article, Rejection
from spiders.publishers.urls import with_query
from spiders.reading.markup.origins import PUBLISHER
from spiders.reading.process.messages import Sheet
from spiders.reading.process.reader import OverLimit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.article import Entry
    from spiders.publishers import Publisher
    from spiders.scouting.inquiry import Answer, Inquiry

FIELDS = (
    *("headline", "paragraphs", "published_at", "modified_at", "authors", "byline", "section", "breadcrumb"),
    *("dateline", "tags", "image_url", "language", "paywalled", "reads"),
)
"""Fields of an article that a page may state, in the order in which people look for them."""

_OTHER_KINDS = frozenset(("photo", "video", "subscribers_only", "disallowed"))
"""Outcomes that say nothing against the reader or the page."""
_UNKNOWN_RULE = "found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One field of one page."""

    value: str
    """For people: dates in ISO 8601, lists joined, the body as its size."""
    rule: str
    """Where it was found: `JSON-LD`, `meta`, `selector`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One page, fetched and read."""

    url: str
    """As announced."""
    title: str = ""
    """As announced."""
    outcome: str = "article"
    """`article`, the reason of a rejection, or `failed`."""
    detail: str = ""
    """What was seen, in one line; empty for an article."""
    allowed: bool = True
    """Whether robots.txt allows it."""
    fields: dict[str, Found] = field(default_factory=dict)
    """Of an article, the fields that have a value."""
    offset: str = ""
    """Offset of the publication date, such as `+07:00`; empty where none was read."""
    kinds: tuple[str, ...] = ()
    """Types that the page's structured data name."""
    site: str = ""
    """What structured data call the site or its publisher."""
    language: str = ""
    """What the page states, which the publisher's language does not replace."""

    @property
    def readable(self) -> bool:
        """Whether it is an article."""
        return self.outcome == "article"

    @property
    def unreadable(self) -> bool:
        """Whether it should have been an article: not a gallery, a page for subscribers or a disallowed one."""
        return not self.readable and self.outcome not in _OTHER_KINDS


async def read_entry(inquiry: Inquiry, publisher: Publisher, entry: Entry) -> Reading:
    """Fetch an announced page and read it as a crawl would."""
    answer = await inquiry.ask(with_query(entry.url, publisher.full_page_query))
    if answer.problem:
        outcome = "disallowed" if not answer.allowed else "failed"
        return Reading(
            url=entry.url, title=entry.title or "", outcome=outcome, detail=answer.problem, allowed=answer.allowed
        )
    return await _read(inquiry, publisher, entry, answer)


async def _read(inquiry: Inquiry, publisher: Publisher, entry: Entry, answer: Answer) -> Reading:
    page = Reading(url=entry.url, title=entry.title or "")
    kind = answer.content_type.lower()
    if not publisher.owns(answer.url):
        return replace(page, outcome="off_domain", detail=f"redirected to {answer.url}")
    if kind and "html" not in kind:
        return replace(page, outcome="not_html", detail=f"Content-Type: {kind}")
    encoding = kind.partition("charset=")[2].split(";")[0].strip(" \"'") or None
    sheet = Sheet(answer.body, answer.url, publisher.key, datetime.now(UTC), encoding, explained=True)
    try:
        read = await inquiry.reader.read(sheet, publisher)
    except OverLimit as error:
        return replace(page, outcome="over_limit", detail=str(error))
    if read.outcome is None or read.explanation is None:
        return replace(page, outcome="failed", detail=f"cannot be read: {read.bug}")
    page = replace(page, kinds=read.explanation.kinds)
    if isinstance(read.outcome, Rejection):
        return replace(page, outcome=read.outcome.reason, detail=read.outcome.detail)
    published, origins = read.outcome.published_at, read.explanation.origins
    return replace(
        page,
        fields=dict(_fields(read.outcome, origins)),
        offset=published.isoformat()[-len("+00:00") :] if published else "",
        site=read.explanation.site,
        language=(read.outcome.language or "") if origins.get("language") != PUBLISHER else "",
    )


def _fields(article: Article, origins: Mapping[str, str]) -> list[tuple[str, Found]]:
    found = []
    for name in FIELDS:
        value = getattr(article, name)
        if value is not None and value not in ("", ()):
            found.append((name, Found(value=_shown(name, value), rule=origins.get(name, _UNKNOWN_RULE))))
    return found


def _shown(name: str, value: object) -> str:
    if name == "paragraphs" and isinstance(value, tuple):
        return f"{len(value)} paragraphs, {sum(map(len, value)):,} characters"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " · ".join(map(str, value)) if isinstance(value, tuple) else str(value)
