"""What the spiders hand to the pipelines: Article or Rejection, inside the Visit that brought it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

Reason = Literal[
    "photo",  # a picture gallery: captions, no article
    "video",  # a video page: a player and a blurb
    "index_page",  # a front page, a section, search results
    "no_headline",
    "no_body",
    "too_short",
    "soft_404",  # "Halaman tidak ditemukan" with HTTP 200
    "consent_wall",  # asks for consent to cookies before it shows anything
    "blocked",  # a check of browsers or a refusal by the host: Cloudflare, CloudFront, DataDome
    "password",  # a form asks for a password where the text should be
    "subscribers_only",  # the text is behind the paywall and nothing of it is in the page
    "not_html",
    "gone",  # HTTP 404 or 410, or it leads to a front or section page
    "disallowed",  # robots.txt says no
    "off_domain",  # redirected away from the publisher's domains
    "redirects",  # from one address to the next without end
    "too_large",
    "over_limit",  # reading it took more CPU or memory than one page may
    "bad_url",  # announced with an address that is none
    "forbidden_address",  # leads to a private network, a port or a scheme that no newspaper is at
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A news article, cleaned. Field names follow schema.org where it has one."""

    publisher: str
    """Key of the publisher, the name of its TOML file: `gatra`."""
    url: str
    """Where the page was fetched from, after redirects."""
    canonical_url: str
    """Identity of the article: the announced URL without tracking, paging, AMP or mobile variants."""
    headline: str
    """As printed, white space collapsed, without the site's name."""
    paragraphs: tuple[str, ...]
    """The body as a reader sees it, in order; the first one keeps its dateline. Never empty, no empty string in it."""
    fetched_at: datetime
    """Aware; when the response arrived."""
    declared_url: str | None = None
    """The other identity of the article: where the announced URL redirects to, or what the page declares and can be
    believed. None where that is `canonical_url`."""
    breadcrumb: tuple[str, ...] = ()
    """Labels from the root on, without the headline: `("Home", "Internasional")`."""
    section: str | None = None
    """The publisher's section: usually the last breadcrumb label."""
    dateline: str | None = None
    """Place and brand printed before the text, without the dash: `Kabul, Gatra.com`."""
    dateline_place: str | None = None
    """The place of the dateline as printed: `Kabul`."""
    dateline_brand: str | None = None
    """The publisher or agency of the dateline as printed: `Gatra.com`."""
    byline: str | None = None
    """The printed author line."""
    authors: tuple[str, ...] = ()
    """People parsed from structured data or the byline; where none is named, the agency or newsroom that signs."""
    published_at: datetime | None = None
    """Aware; None where nothing on the page states it. Never guessed."""
    modified_at: datetime | None = None
    """Aware; None where the page states no change."""
    language: str | None = None
    """BCP 47 primary tag: `id`."""
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    paywalled: bool | None = None
    """True when the page says it is not free; None when it says nothing."""
    reads: int | None = None
    """Reader count the page states for this article."""
    repaired: int = 0
    """Characters of the page that were no text: bytes that are none in its charset, NULs."""
    quality: float | None = None
    """How far the reading can be trusted, 0 to 1: an order of pages, no probability. None: not judged."""
    extractor: str | None = None
    """Version of the reader that read it, `spiders.reading.version.EXTRACTOR`. None: read by none."""

    @property
    def text(self) -> str:
        """Paragraphs joined by blank lines."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A page that is not an article, with a reason that SQL can count."""

    publisher: str
    url: str
    canonical_url: str
    reason: Reason
    fetched_at: datetime
    detail: str = ""
    """One line for people: what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A page that could not be fetched this time: it stays due and is tried again later."""

    error: str
    """One line: `HTTP 503`, `connection refused`."""
    soon: bool = False
    """The answer was no answer, though nothing speaks of trouble: the next crawl may ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The server answered 304: what is stored is what is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The lease is given back untouched, for example an article found to lie outside the asked date range."""

    announced_at: datetime | None = None
    """The date learnt meanwhile, so that the same range does not fetch the page again."""
    article: Article | None = None
    """What was read meanwhile, kept for the crawl of its own dates."""


Outcome = Article | Rejection | Failure | Unchanged | Released


@dataclass(frozen=True, slots=True)
class Validators:
    """What a document came with last time, for conditional GET (RFC 9110, section 13), as received."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the frontier knows of a feed, a sitemap or an index page."""

    validators: Validators = Validators()
    read_at: datetime | None = None
    """When it was last read to its end or found unchanged; None: never, or its reading was broken off."""
    fresh: bool = False
    """It was asked so recently that, as often as it changes, nothing new is expected."""
    in_this_range: bool = False
    """It was read by this crawl with dates, by a stopped one of the same dates that this one goes on with, or within a
    day by one of other dates."""
    newest_at: datetime | None = None
    """The newest publication or change that its entries stated."""
    stale: bool = False
    """It was last read so long ago that even a list that should be final is worth another look."""
    continues: bool = False
    """It was read in, or since, the last crawl that brought anything of the publisher."""
    children: tuple[tuple[str, datetime | None], ...] | None = None
    """Sitemaps that a sitemap index listed, with their stated changes; none of what holds entries itself. None: not all
    it held was announced."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What visits to a publisher's stored articles have found."""

    visits: int = 0
    changed: int = 0
    """Of these, how many found another text or none."""


@dataclass(frozen=True, slots=True)
class LeasedPage:
    """A page of the frontier that one crawl alone may fetch now."""

    page_id: int
    """The frontier's number of the page."""
    url: str
    """Address as announced."""
    canonical_url: str
    validators: Validators
    """Of the stored article; empty where none is stored, since there is nothing to compare an answer with."""
    announced_at: datetime | None = None
    """Aware; when its announcement says that it appeared."""
    announced_until: datetime | None = None
    """The latest moment of that, where the announcement states only a day; None: `announced_at` is exact."""
    published_at: datetime | None = None
    """Of the stored article."""
    known_for: timedelta = field(default=timedelta(), compare=False)
    """Since it was first announced to us."""
    looks: int = 0
    """Visits in a row that brought nothing new."""
    absences: int = 0
    """Visits in a row at which the page of a stored article was gone."""
    stored: bool = False
    """Whether an article is stored."""
    edits: Edits = Edits()
    held: Article | None = None
    """What a crawl of other dates has read: it need not be fetched."""


@dataclass(frozen=True, slots=True)
class Look:
    """How long to wait before a page is looked at again though nothing announces it; None: it is not."""

    after: timedelta | None = None
    after_change: timedelta | None = None
    """Where the visit stored an article or found another text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one visit to a leased page brought. The item that spiders yield."""

    page_id: int
    """The frontier's number of the page."""
    outcome: Outcome
    fetched_at: datetime
    status: int | None = None
    """HTTP status; None when there was no response."""
    validators: Validators = Validators()
    """For the next conditional GET."""
    look: Look = Look()
    """When to look at the page again."""
    kept: bytes | None = None
    """The page as received, where somebody should study why it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One URL announced by a feed, a sitemap or an index page."""

    url: str
    """Absolute, as announced."""
    published_at: datetime | None = None
    """Aware; None when the announcement has no date."""
    published_until: datetime | None = None
    """The latest moment it can have been, where the announcement states only a day; None: `published_at` is exact."""
    modified_at: datetime | None = None
    """Aware; `<updated>` or `<lastmod>`: a later one makes a known page due again."""
    title: str | None = None
    found_in: str = field(default="")
    """URL of the announcing document."""
