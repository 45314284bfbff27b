"""`lumbung publishers check`: look at publishers, compare with what is usual, and say what needs a person's look."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.command_line import counted
from pipelines.database.connections import DatabaseError, connect
from pipelines.database.migrate import check_ready
from pipelines.harvest.coverage import Coverage, usual_coverage
from spiders.publishers import Publisher, PublisherError, UnknownPublisher, find_publisher
from spiders.scouting.checking import Check, CheckSpider
from spiders.scouting.inquiry import look_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from spiders.scouting.ways import Way

_CHANCE = 0.01
"""A field is reported as missing when no page read has it and chance would do that less often than this."""
_EXPECTED = ("published_at",)
"""What every article states, where no history tells."""
_FEW = 0.34
_OLD = timedelta(days=30)
_NAMES = {"paragraphs": "body"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """One publisher's check with its verdict."""

    key: str
    check: Check | None
    """None where the publisher's file cannot be used or the check itself failed."""
    usual: Coverage | None
    """None without a database."""
    problems: tuple[str, ...]
    """What needs a look, a line each; empty when all is fine."""


def check_publishers(
    keys: Iterable[str], articles: int, database_url: str, *, settings: Mapping[str, object] | None = None
) -> tuple[list[Checkup], str]:
    """Check publishers side by side in this process, which can do it once.

    Args:
        keys: of the publishers, in the order of the result.
        articles: newest articles to read of each.
        database_url: libpq connection string; what is usual is read there.
        settings: Scrapy settings that differ from a crawl's.

    Returns:
        The results, and why there is no history, in one line: empty where there is one.

    Raises:
        UnknownPublisher: there is no file for a key.
    """
    keys = list(dict.fromkeys(keys))
    usable, broken = dict[str, Publisher](), dict[str, str]()
    for key in keys:
        try:
            usable[key] = find_publisher(key)
        except UnknownPublisher:
            raise
        except PublisherError as error:
            broken[key] = str(error)
    usual, without = _usual(list(usable), database_url)
    found = look_at(CheckSpider, usable.values(), settings=settings, articles=articles) if usable else []
    checks = dict(zip(usable, found, strict=True))
    return [_checkup(key, checks.get(key), usual.get(key), broken.get(key)) for key in keys], without


def _checkup(key: str, check: Check | None, usual: Coverage | None, broken: str | None) -> Checkup:
    if check is None:
        said = broken or "the check itself failed; --verbose shows where"
        return Checkup(key=key, check=None, usual=usual, problems=(said,))
    return Checkup(key=key, check=check, usual=usual, problems=tuple(find_problems(check, usual)))


def _usual(keys: Sequence[str], database_url: str) -> tuple[dict[str, Coverage], str]:
    try:
        with closing(connect(database_url, application="lumbung publishers check")) as connection:
            check_ready(connection)
            return {key: usual_coverage(connection, key) for key in keys}, ""
    except DatabaseError as error:
        return {}, str(error)


def find_problems(check: Check, usual: Coverage | None) -> Iterator[str]:
    """What needs a look, most important first, each in one line."""
    ways = check.ways
    if not ways:
        yield "no feed, sitemap, index or section page in its file"
    elif all(way.problem for way in ways):
        yield f"no way of discovery answers: {ways[0].url}: {ways[0].problem}"
    else:
        yield from (f"{way.kind} {way.url}: {way.problem}" for way in ways if way.problem)
        yield from (
            f"{way.kind} {way.url}: announces no article" for way in ways if not way.problem and not way.entries
        )
        yield from _too_old(check)
    yield from (f"{page.url}: {page.outcome}: {page.detail}" for page in check.readings if page.unreadable)
    yield from _shut_out(check)
    if (
        check.readings
        and not check.articles
        and not any(page.unreadable or not page.allowed for page in check.readings)
    ):
        yield f"none of the {len(check.readings)} newest pages is an article: {check.readings[0].outcome}"
    yield from missing_fields(check, usual)


def _shut_out(check: Check) -> Iterator[str]:
    """Where robots.txt disallows most of what is new; many publishers announce a few pages that it disallows."""
    pages = [page.url for page in check.readings if not page.allowed]
    if len(pages) > len(check.readings) * _FEW:
        yield f"robots.txt disallows {len(pages)} of the {len(check.readings)} newest pages, such as {pages[0]}"


def _too_old(check: Check) -> Iterator[str]:
    newest = max((way.newest for way in check.ways if way.newest), default=None)
    if newest is not None and check.checked_at - newest > _OLD:
        yield f"announces nothing newer than {newest.astimezone(check.publisher.zone):%Y-%m-%d}"


def missing_fields(check: Check, usual: Coverage | None) -> Iterator[str]:
    """Fields that no article read states, although nearly all stored ones do."""
    read = check.articles
    shares = usual.shares if usual is not None else {}
    for name, share in shares.items() or ((name, None) for name in _EXPECTED):
        if not read or any(name in page.fields for page in read):
            continue
        if share is None:
            yield f"{label(name)}: none of {counted(len(read), 'article')} states it"
        elif (1 - share) ** len(read) < _CHANCE:
            yield f"{label(name)}: none of {counted(len(read), 'article')} states it, {share:.0%} of the stored ones do"


def needing_a_look(checkups: Iterable[Checkup]) -> list[Checkup]:
    """Those with problems."""
    return [each for each in checkups if each.problems]


def label(field: str) -> str:
    """What people call a field of an article."""
    return _NAMES.get(field, field)


def describe(way: Way) -> str:
    """How a way answered, in one line without its address."""
    if way.problem:
        return way.problem
    elsewhere = f" in {way.read}" if way.read not in {"", way.url} else ""
    newest = f", newest {way.newest:%Y-%m-%d %H:%M} UTC" if way.newest else ", no dates" if way.entries else ""
    return f"{counted(len(way.entries), 'entry', 'entries')}{newest}{elsewhere}"
