"""`lumbung publishers new`: look at a site, write its first publisher file, report what a person should check.

LumbungError
└── NoPublisherFile     nothing was written, with the reason
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.command_line import counted
from spiders.errors import LumbungError
from spiders.publishers import Publisher
from spiders.publishers.urls import canonicalise
from spiders.scouting.inquiry import look_at
from spiders.scouting.publisher_file import chosen_ways, publisher_file, zone_is_sure, zone_of
from spiders.scouting.scout import ScoutSpider, Survey, draft_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from spiders.scouting.samples import Reading

_NO_LETTER = re.compile(r"[^a-z0-9]+")
_MOST_INDEXES = 3
_ANYTHING = "[^/]+"
_MIDNIGHT = "T00:00:00"
_READ = ("headline", "published_at", "authors", "paragraphs")


class NoPublisherFile(LumbungError):  # noqa: N818 - reads as what it is
    """Nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPublisher:
    """What was found, and the file that was written."""

    survey: Survey
    path: Path
    text: str
    questions: tuple[str, ...]
    """What a person should look at, a line each."""


def new_publisher(
    url: str, key: str | None, folder: Path, samples: int, *, settings: Mapping[str, object] | None = None
) -> NewPublisher:
    """Look at the site at `url` and write `<key>.toml` into `folder`. A process can do this once.

    Args:
        url: front page; `https` where no scheme is given.
        key: name of the file; None makes one of the host.
        folder: where the file goes; made where it is missing.
        samples: announced pages to read.
        settings: Scrapy settings that differ from a crawl's.

    Raises:
        NoPublisherFile: the file exists, nothing answers, or nothing is announced.
        PublisherError: `url` or `key` cannot be one.
    """
    home = url if re.match(r"https?://", url) else f"https://{url}"
    home = home if urlsplit(home).path else f"{home}/"
    path = folder / f"{key or key_of(home)}.toml"
    _refuse_to_overwrite(path)
    draft = draft_of(home, path.stem)
    (survey,) = look_at(ScoutSpider, [draft], settings=settings, samples=samples)
    if survey is None:
        raise NoPublisherFile(f"{home}: looking at it failed; --verbose shows where")
    if survey.home.problem:
        raise NoPublisherFile(f"{home}: {survey.home.problem}")
    if not any(way.entries for way in survey.ways):
        raise NoPublisherFile(
            f"{home}: no feed, no sitemap, and no link on the front page that looks like an article's"
        )
    text = publisher_file(survey)
    Publisher.from_table(path.stem, tomllib.loads(text), where=str(path))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _refuse_to_overwrite(path)
    return NewPublisher(survey=survey, path=path, text=text, questions=tuple(find_questions(survey)))


def _refuse_to_overwrite(path: Path) -> None:
    if path.exists():
        raise NoPublisherFile(f"{path} is there already; give another --key or --output")


def key_of(url: str) -> str:
    """A publisher's key from its host: `koran_desa` of `www.koran-desa.example`."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    words = _NO_LETTER.sub("_", host if not host.strip("0123456789.:") else host.rpartition(".")[0] or host).strip("_")
    return words if words[:1].isalpha() else f"site_{words}"


def find_questions(survey: Survey) -> Iterator[str]:
    """What the survey could not settle."""
    if not zone_is_sure(survey):
        yield f"timezone: {zone_of(survey)[1]}"
    if not survey.shapes:
        yield "article_url: no pattern was found; every announced page will be fetched"
    clashes = ((shape.pattern, ", ".join(shape.others)) for shape in survey.shapes if shape.others)
    yield from (f"article_url: {pattern} takes also {others}" for pattern, others in clashes)
    yield from _unsure_patterns(survey)
    yield from (f"{page.url}: {page.outcome}: {page.detail}" for page in survey.readings if not page.readable)
    yield from _unread_fields([page for page in survey.readings if page.readable])
    yield from _left_out(survey)
    for url in survey.front.index_pages[:_MOST_INDEXES]:
        yield f"{url} may be an index page; one that takes a date goes into [index], and backfills need it"


def _unsure_patterns(survey: Survey) -> Iterator[str]:
    """Patterns so wide that links of the front page which nothing announces fit them: static pages perhaps."""
    announced = {canonicalise(entry.url, survey.publisher) for entry in survey.announced}
    links = {canonicalise(link, survey.publisher) for link in survey.front.links if survey.publisher.owns(link)}
    for shape in survey.shapes:
        unknown = sorted(url for url in links - announced - {*shape.others} if re.search(shape.pattern, url))
        if _ANYTHING in shape.pattern and unknown:
            yield (
                f"article_url: {shape.pattern} takes also {counted(len(unknown), 'link')} of the front page that"
                f" nothing announces, such as {unknown[0]}: articles, or static pages?"
            )


def _unread_fields(read: Sequence[Reading]) -> Iterator[str]:
    for name in _READ:
        if missing := [page.url for page in read if name not in page.fields]:
            count = f"{len(missing)} of {len(read)} pages"
            yield f"{name}: not read on {count}, such as {missing[0]}; a selector in [rules] may help"

    dated = [page.fields["published_at"].value for page in read if "published_at" in page.fields]
    if dated and all(_MIDNIGHT in value for value in dated):
        yield f"published_at: a day without its time on all {len(dated)} pages; a selector in [rules] may help"


def _left_out(survey: Survey) -> Iterator[str]:
    chosen = chosen_ways(survey)
    for way in survey.ways:
        if way not in chosen:
            reason = way.problem or ("announces nothing that others do not" if way.entries else "announces nothing")
            yield f"{way.kind} {way.url} was left out: {reason}"
