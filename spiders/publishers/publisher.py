"""Publishers as data: `seeds/publishers/<key>.toml` -> Publisher.

    LumbungError
    └── PublisherError     a publisher file that cannot be used: file, key, what is allowed
        └── UnknownPublisher

Imports neither Scrapy nor BeautifulSoup: DAG files read publishers while they are parsed.
"""

from __future__ import annotations

import os
import re
import reprlib
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Self
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    model_validator,
)

from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


HOME_VARIABLE = "LUMBUNG_HOME_"
"""With the key in capitals: another front page for a publisher, such as a newspaper served on loopback."""


class PublisherError(LumbungError):
    """A publisher file that cannot be used."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone such as 'Asia/Jakarta'") from error
    return name


def _cron(expression: str) -> str:
    from croniter import croniter  # noqa: PLC0415 - 20 ms that only a schedule pays for

    if not croniter.is_valid(expression) or len(expression.split()) != 5:  # noqa: PLR2004 - cron has five fields
        raise ValueError(f"{expression!r} is no cron expression of five fields such as '*/30 * * * *'")
    return expression


def _selector(css: str) -> str:
    from cssselect import SelectorError, parse  # noqa: PLC0415 - DAG files never need it

    try:
        parse(css)
    except SelectorError as error:
        raise ValueError(f"{css!r} is no CSS selector: {error}") from error
    return css


def _pattern(expression: str) -> str:
    try:
        re.compile(expression)
    except re.error as error:
        raise ValueError(f"{expression!r} is no regular expression: {error}") from error
    return expression


def _tables(value: object) -> object:
    """One `[index]` is a list of one; several are written `[[index]]`."""
    return [value] if isinstance(value, dict) else value


def _bounds(minutes: tuple[int, int]) -> tuple[int, int]:
    if minutes[0] > minutes[1]:
        raise ValueError(f"the shortest interval comes first, such as [{minutes[1]}, {minutes[0]}]")
    return minutes


Selectors = tuple[Annotated[str, AfterValidator(_selector)], ...]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Index(_Table):
    """Index pages that list the articles of one day, or the newest ones where the address depends on no day."""

    url: str
    """strftime pattern, relative to `home`, `{page}` for the page number: `/indeks?date=%Y-%m-%d&page={page}`.
    `{offset}` is the number of articles on the pages before, and needs `page_size`."""
    links: Selectors = ()
    """Where the links are; empty: every link that matches `article_url`."""
    max_pages: int = Field(default=20, ge=1, le=500)
    """Last page number asked for one day; walking stops at the first page without a new article."""
    page_size: int = Field(default=0, ge=0, le=500)
    """Articles on one page, where `{offset}` counts them."""

    @model_validator(mode="after")
    def _offsets_need_a_size(self) -> Self:
        if ("{offset}" in self.url) != bool(self.page_size):
            raise ValueError("'{offset}' in url and page_size need each other")
        return self

    @property
    def last_page(self) -> int:
        """`max_pages`, or 1 where the address has no place for a page."""
        return self.max_pages if "{page}" in self.url or self.page_size else 1

    @property
    def dated(self) -> bool:
        """Whether the address depends on the day; otherwise it lists the newest articles whatever the day."""
        return date(2001, 1, 1).strftime(self.url) != date(2012, 12, 23).strftime(self.url)

    def page_url(self, home: str, day: date, page: int) -> str:
        """Absolute URL of one index page of one day."""
        url = day.strftime(self.url).replace("{page}", str(page))
        return urljoin(home, url.replace("{offset}", str((page - 1) * self.page_size)))


class Rules(_Table):
    """Selectors for what structured data and the generic reader miss, each a list tried in order."""

    headline: Selectors = ()
    byline: Selectors = ()
    published: Selectors = ()
    breadcrumb: Selectors = ()
    """Each match is one label."""
    body: Selectors = ()
    """The container whose blocks are the paragraphs."""
    drop: Selectors = ()
    """Elements inside the body that are no text of the article."""
    reads: Selectors = ()
    tags: Selectors = ()
    image: Selectors = ()


class Publisher(_Table):
    """One publisher: where it announces articles, when to look, how to read a page."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Name of the file; the spider's name, and `crawl_<key>` is its DAG."""
    name: str
    home: str = Field(pattern=r"^https?://")
    """Front page; the other addresses may be relative to it."""
    domains: tuple[str, ...] = ()
    """Registered domains whose pages belong to the publisher, subdomains included; empty: the host of `home` without
    `www.`."""
    local: bool = False
    """Whether its pages are served on this machine or its private network: no crawl of another publisher goes there."""
    delay_seconds: Annotated[float, Field(ge=0, le=60)] | None = None
    """Least seconds between two requests to its domains, in place of the setting POLITE_DELAY: more for a weak server,
    less where the publisher has agreed to it. Without it a local publisher has no such delay."""
    language: str = "id"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Jakarta"
    """For printed dates that state no zone."""
    schedule: Annotated[str, AfterValidator(_cron)] = "7 * * * *"
    """Cron, in `timezone`."""
    lookback_days: int = Field(default=2, ge=0, le=3650)
    """A scheduled crawl reaches this far behind its data interval, for what was announced late."""
    feeds: tuple[str, ...] = ()
    """RSS or Atom."""
    sitemaps: tuple[str, ...] = ()
    """Sitemaps, news sitemaps or sitemap indexes."""
    indexes: Annotated[tuple[Index, ...], BeforeValidator(_tables)] = Field(default=(), alias="index")
    """`[index]`, or several as `[[index]]`: one for each rubric."""
    sections: tuple[str, ...] = ()
    """Front and section pages, whose links that match `article_url` are articles of unknown date: beside a feed that
    leaves something out, or the last resort."""
    poll_minutes: Annotated[tuple[PositiveInt, PositiveInt], AfterValidator(_bounds)] = (10, 360)
    """Scheduled crawls ask a feed, a sitemap or an index page again after so many minutes: the first figure while it
    changes each time, up to the second while it does not."""
    article_url: tuple[Annotated[str, AfterValidator(_pattern)], ...] = ()
    """Regular expressions searched in a canonical URL; empty: every announced URL may be an article."""
    query_kept: tuple[str, ...] = ()
    """Query parameters that are part of an article's identity."""
    channels: tuple[Annotated[str, Field(pattern="^[a-z0-9-]+$")], ...] = ()
    """Subdomains of which the main host has the articles too: with `nasional`, `www.kompas.com/nasional/read/1` is
    `nasional.kompas.com/read/1`. AMP and mobile hosts do the same, so `m.` and `amp.` are joined with it."""
    amp_replaces: str = Field(default="", pattern="^[a-z0-9-]*$")
    """First segment of an article's path that AMP addresses have `amp` in place of: `read` where `/amp/1/padi` is
    `/read/1/padi`. Empty: they have `amp` before it."""
    variant_segments: tuple[str, ...] = ()
    """Last segments that ask for another form of an article: `All` where `/read/1/padi/All` is the whole of
    `/read/1/padi`. `amp` is known."""
    full_page_query: str = Field(default="", pattern=r"^([a-z]+=[a-z0-9]+)?$")
    """Added when fetching so that a split article comes whole: `page=all`."""
    rules: Rules = Rules()
    page: str = "spiders.reading.page.Page"
    """Dotted path of the Page class."""
    unverified: tuple[str, ...] = ()
    """Keys of this file that no source confirms."""

    @model_validator(mode="after")
    def _sections_need_a_pattern(self) -> Self:
        if self.sections and not self.article_url:
            raise ValueError("sections: need article_url, for nothing else tells an article from the other links there")
        return self

    @property
    def index(self) -> Index | None:
        """The first of `indexes`; None without one."""
        return self.indexes[0] if self.indexes else None

    def absolute(self, address: str) -> str:
        """Address of the file made absolute against `home`."""
        return urljoin(self.home, address)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Domains that belong to the publisher: its file's, without `www.`, since the bare host is as much its own."""
        named = self.domains or (urlsplit(self.home).hostname or "",)
        return tuple(dict.fromkeys(host.removeprefix("www.") or host for host in named))

    def owns(self, url: str) -> bool:
        """Whether `url` lies on one of the publisher's domains or their subdomains; False for what is no URL."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return any(host == domain or host.endswith("." + domain) for domain in self.hosts)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone for printed dates that state none."""
        return ZoneInfo(self.timezone)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read one publisher file.

        Raises:
            PublisherError: the file is no TOML, or a key is unknown, missing or wrong.
        """
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PublisherError(f"{path}: not TOML: {' '.join(str(error).split())}") from error
        return cls.from_table(path.stem, table, where=str(path))

    @classmethod
    def from_table(cls, key: str, table: Mapping[str, Any], *, where: str) -> Self:
        """Build a publisher from parsed TOML; `LUMBUNG_HOME_<KEY>` in the environment replaces `home`.

        Raises:
            PublisherError: one line with `where`, the key and what is allowed.
        """
        home = os.environ.get(HOME_VARIABLE + key.upper())
        try:
            return cls(**{**table, "key": key, **({"home": home} if home else {})})
        except ValidationError as error:
            raise PublisherError(f"{where}: {_first_problem(error, table)}") from error


def _first_problem(error: ValidationError, table: Mapping[str, Any]) -> str:
    problem = error.errors()[0]
    place = list(problem["loc"])
    if place[:2] == ["index", 0] and not isinstance(table["index"], list):
        del place[1]  # written `[index]`
    key = " ".join(".".join(str(part) for part in place).split())
    if problem["type"] == "extra_forbidden":
        tables: dict[str, type[_Table]] = {"rules": Rules, "index": Index}
        fields = tables.get(str(place[0]), Publisher).model_fields
        allowed = {field.alias or name for name, field in fields.items()} - {"key"}
        return f"{key}: unknown key; allowed are {', '.join(sorted(allowed))}"
    if problem["type"] == "missing" and isinstance(place[-1], str):
        return f"{key}: missing, and every publisher needs it"
    reason = " ".join(
        problem["msg"].removeprefix("Value error, ").replace("a valid tuple", "a list").replace("Tuple", "List").split()
    )
    return f"{key}: {reason} (got {reprlib.repr(problem['input'])})" if key else reason
