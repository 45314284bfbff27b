"""A survey of a site -> the first version of its publisher file, each fact with where it comes from. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zlib import crc32

from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spiders.scouting.scout import Survey
    from spiders.scouting.ways import Way

_ZONES = {"+07:00": "Asia/Jakarta", "+08:00": "Asia/Makassar", "+09:00": "Asia/Jayapura"}
"""Indonesia's three."""
_UNSTATED = {"-12:00", "+00:00"}
"""The offset of `spiders.scouting.scout.NOWHERE`, and a machine's that tells nothing of the place."""
_AGREEING = 2
"""Pages that state the same offset before it says where the newsroom is."""
_WIDTH = 120
_PER_DAY = ((48, "{minute}-59/15 * * * *"), (12, "{minute}-59/30 * * * *"), (2, "{minute} * * * *"))
"""Articles a day at least -> how often to look."""
_SELDOM = "{minute} */6 * * *"
_RECENT = 50
"""Entries that tell how many there are a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One key of the file."""

    key: str
    value: str
    """As TOML."""
    source: str
    """Where it comes from."""

    def __str__(self) -> str:
        """The line with its comment, which goes above it where both do not fit."""
        line, comment = f"{self.key} = {self.value}", f"# {self.source}" if self.source else ""
        if not comment:
            return line
        return f"{line}  {comment}" if len(line) + len(comment) + 2 <= _WIDTH else f"{comment}\n{line}"


def publisher_file(survey: Survey) -> str:
    """The text of the file.

    The survey must have found a way of discovery.
    """
    seen = f"{survey.seen_at:%Y-%m-%d}"
    lines = [line for line in _lines(survey) if line is not None]
    return (
        "\n".join([f"# Seen {seen} by `lumbung publishers new`; nobody has checked it yet.", *map(str, lines)]) + "\n"
    )


def _lines(survey: Survey) -> Iterator[Line | None]:
    draft = survey.publisher
    zone, zone_from = zone_of(survey)
    name, name_from = name_of(survey)
    yield Line(key="name", value=_quoted(name), source=name_from)
    yield Line(key="home", value=_quoted(draft.home), source="")
    if draft.local:
        yield Line(key="local", value="true", source="its address is on this machine or its private network")
    elif draft.domains and draft.domains != (urlsplit(draft.home).hostname,):
        yield Line(key="domains", value=_list(draft.domains), source="")
    language, language_from = language_of(survey)
    if language != "id":
        yield Line(key="language", value=_quoted(language), source=language_from)
    if zone != "Asia/Jakarta":
        yield Line(key="timezone", value=_quoted(zone), source=zone_from)
    schedule, often = schedule_of(survey)
    yield Line(key="schedule", value=_quoted(schedule), source=often)
    for kind, key in (("feed", "feeds"), ("sitemap", "sitemaps"), ("section", "sections")):
        if ways := [way for way in chosen_ways(survey) if way.kind == kind]:
            values = _list([_relative(way.posts or way.url, draft.home) for way in ways])
            yield Line(key=key, value=values, source="; ".join(dict.fromkeys(_answer(survey, way) for way in ways)))
    yield _article_url(survey)
    if unverified := list(unverified_keys(survey)):
        yield Line(key="unverified", value=_list(unverified), source=f"{zone_from}" if "timezone" in unverified else "")


def _answer(survey: Survey, way: Way) -> str:
    newest = f" to {way.newest:%Y-%m-%d}" if way.newest else ""
    part = "; its sitemap of posts" if way.posts else ""
    return f"{survey.named_by.get(way.url, '')}{part}: {len(way.entries)} entries{newest}"


def _article_url(survey: Survey) -> Line | None:
    shapes = survey.shapes
    if not shapes:
        return None
    taken = sum(shape.articles for shape in shapes)
    also = [urlsplit(url).path for shape in shapes for url in shape.others]
    source = f"of {taken} announced articles" + (f"; takes also {', '.join(also)}" if also else "")
    return Line(
        key="article_url", value="[" + ", ".join(_literal(each.pattern) for each in shapes) + "]", source=source
    )


def chosen_ways(survey: Survey) -> list[Way]:
    """Ways worth a line: they announce articles, and more of them than the ways before.

    Feeds come first, and of those the ones that tell of changes. Of a sitemap index only one sitemap has been read: the
    others may hold what no feed does.
    """
    known: set[str] = set()
    chosen: list[Way] = []
    for way in sorted(survey.ways, key=lambda each: (each.kind != "feed", not each.tells_changes)):
        articles = set(articles_of(survey, way))
        if articles - known or (articles and way.read != way.url):
            chosen.append(way)
            known |= articles
    return chosen


def articles_of(survey: Survey, way: Way) -> list[str]:
    """Canonical URLs of a way that have an article's form."""
    urls = [canonicalise(entry.url, survey.publisher) for entry in way.entries]
    shapes = [re.compile(shape.pattern) for shape in survey.shapes]
    return [url for url in urls if not shapes or any(shape.search(url) for shape in shapes)]


def name_of(survey: Survey) -> tuple[str, str]:
    """What the site calls itself, and where."""
    stated = Counter(page.site for page in survey.readings if page.site)
    if stated:
        name, count = stated.most_common(1)[0]
        return name, f"structured data of {count} of {len(survey.readings)} pages"
    return (survey.front.name, survey.front.name_from) if survey.front.name else (survey.publisher.name, "the host")


def zone_of(survey: Survey) -> tuple[str, str]:
    """IANA zone, and what speaks for it: several pages, and more of those that state an offset than speak against it.

    One page may be an interview by a correspondent abroad, or one that the reader misread.
    """
    offsets = Counter(page.offset for page in survey.readings if page.readable and page.offset not in _UNSTATED)
    if not offsets:
        return "Asia/Jakarta", "no page states an offset: the zone is a guess"
    offset, count = offsets.most_common(1)[0]
    if count < _AGREEING or 2 * count <= offsets.total():
        stated = ", ".join(f"{times} of {len(survey.readings)} {each}" for each, times in sorted(offsets.items()))
        return "Asia/Jakarta", f"pages do not agree on an offset ({stated}): the zone is a guess"
    said = f"{count} of {len(survey.readings)} pages state {offset}"
    if language_of(survey)[0] == "id" and offset in _ZONES:
        return _ZONES[offset], said
    hours, minutes = int(offset[1:3]), offset[4:]
    if minutes != "00" or not hours:
        return "Asia/Jakarta", f"{said}, and many zones have that"
    return f"Etc/GMT{'-' if offset[0] == '+' else '+'}{hours}", f"{said}, the place is not known"


def zone_is_sure(survey: Survey) -> bool:
    """Whether the pages themselves speak for the zone."""
    return zone_of(survey)[1].endswith(tuple(_ZONES))


def language_of(survey: Survey) -> tuple[str, str]:
    """BCP 47 primary tag, and where it was found."""
    stated = Counter(page.language for page in survey.readings if page.language)
    if stated:
        language, count = stated.most_common(1)[0]
        return language, f"{count} of {len(survey.readings)} pages"
    return (survey.front.language, "the front page") if survey.front.language else ("id", "nothing states it")


def schedule_of(survey: Survey) -> tuple[str, str]:
    """Cron expression, and how many articles a day speak for it."""
    minute = crc32(survey.publisher.key.encode()) % 15
    # <lastmod> is often the day on which the whole site was made again.
    moments = sorted(entry.published_at for entry in survey.announced if entry.published_at)[-_RECENT:]
    if len(moments) <= 1:
        return _PER_DAY[-1][1].format(minute=minute), ""
    # Until now, and over a day at least: ten posts of one minute tell of an import, not of a newsroom.
    days = (survey.seen_at - moments[0]) / timedelta(days=1)
    a_day = len(moments) / max(days, 1.0)
    cron = next((cron for least, cron in _PER_DAY if a_day >= least), _SELDOM)
    return cron.format(minute=minute), f"{'about' if days >= 1 else 'at least'} {a_day:.1f} articles a day"


def unverified_keys(survey: Survey) -> Iterator[str]:
    """Keys of the file that nothing at the site states."""
    if not zone_is_sure(survey):
        yield "timezone"
    if language_of(survey)[1] == "nothing states it":
        yield "language"


def _relative(url: str, home: str) -> str:
    here, there = urlsplit(home), urlsplit(url)
    same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
    return url.removeprefix(f"{there.scheme}://{there.netloc}") if same else url


def _quoted(text: str) -> str:
    return json.dumps("".join(sign for sign in text if sign.isprintable()), ensure_ascii=False)


def _literal(pattern: str) -> str:
    return f"'{pattern}'" if "'" not in pattern else _quoted(pattern)


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(_quoted, values)) + "]"
