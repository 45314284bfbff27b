"""What stands before a word is written: which stories there are, when each appears, and which are special."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Literal

from seeds.newsstand.almanac import JAKARTA
from seeds.newsstand.words import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seeds.newsstand.writer import Shape

Special = Literal[
    "",
    "seed",  # its page gives seeds/article.txt
    "original",  # a story that is republished later
    "trimmed",  # a copy without its last paragraphs, another headline and dateline
    "extended",  # a copy with a paragraph more, another headline and dateline
    "exact",  # the same text under another URL
    "changing",  # one paragraph is corrected in edition 2
    "deleted",  # announced, answers 404
    "disallowed",  # announced, lies where robots.txt forbids
    "photo",
    "video",
    "legacy",  # windows-1252, declared in <meta> only
    "paywalled",  # first paragraphs only
    "subscribers",  # nothing of the text is in the page
    "unstorable",  # NUL and a lone surrogate in its text
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One story, planned."""

    number: int
    """Part of its URL; grows with time."""
    published_at: datetime
    """Aware, whole minutes."""
    section: str
    stream: str
    """Names the stream of chance it is written from: stories of one stream tell the same."""
    shape: Shape = "plain"
    special: Special = ""
    written_at: datetime | None = None
    """When the words were written, where that is earlier: a copy tells of the day of its original."""
    touched: bool = False
    """Whether the page was touched up shortly after it appeared."""


_FIRST_NUMBER = 512001
_SHAPES: tuple[Shape, ...] = ("subheads", "plain", "list", "plain", "long", "plain", "quote", "plain", "plain", "plain")

# Days before the founding day, in an archive of 61 days; groups share a stream.
_GROUPS: tuple[tuple[tuple[int, Special], ...], ...] = (
    ((57, "original"), (57, "trimmed")),
    ((49, "original"), (48, "extended"), (46, "trimmed")),
    ((41, "original"), (40, "trimmed")),
    ((33, "original"), (33, "extended")),
    ((21, "original"), (20, "trimmed"), (20, "extended")),
    ((9, "original"), (8, "trimmed")),
    ((28, "original"), (27, "exact")),
    ((12, "original"), (10, "exact")),
)
_SINGLES: tuple[tuple[int, Special], ...] = (
    (3, "seed"),
    (5, "changing"),
    (6, "deleted"),
    (14, "disallowed"),
    (4, "photo"),
    (7, "video"),
    (16, "legacy"),
    (11, "paywalled"),
    (18, "subscribers"),
    (24, "unstorable"),
)


def plan_archive(stream: str, founded: date, articles: int, days: int) -> list[Plan]:
    """All stories dated before the founding day, oldest first, numbered.

    Args:
        stream: prefix of every stream of chance.
        founded: the founding day, in Jakarta.
        articles: ordinary articles; the special pages come on top.
        days: how many days the archive covers.
    """
    plans = list(_specials(stream, founded, days))
    for day in range(days):
        count = articles * (day + 1) // days - articles * day // days
        plans += _day(stream, founded - timedelta(days - day), count)
    plans.sort(key=lambda plan: (plan.published_at, plan.stream))
    return [
        replace(plan, number=_FIRST_NUMBER + index, touched=index % 5 == 2)  # noqa: PLR2004 - one in five
        for index, plan in enumerate(plans)
    ]


def plan_day(stream: str, founded: date, day: int, first_number: int) -> list[Plan]:
    """The two or three stories of the day-th day of publication, the founding day being 0."""
    plans = _day(stream, founded + timedelta(day), 3 if day % 4 == 1 else 2)
    return [replace(plan, number=first_number + index) for index, plan in enumerate(plans)]


def _day(stream: str, day: date, count: int) -> list[Plan]:
    chance = Random(f"{stream}/{day}")  # noqa: S311 - dates of stories, not secrets
    minutes = sorted(chance.randrange(5 * 60, 22 * 60) for _ in range(count))
    return [
        Plan(
            number=0,
            published_at=_moment(day, minute),
            section=SECTIONS[(day.toordinal() * 2 + index) % len(SECTIONS)],
            stream=f"{stream}/{day}/{index}",
            shape=_SHAPES[(day.toordinal() * 3 + index) % len(_SHAPES)],
        )
        for index, minute in enumerate(minutes)
    ]


def _specials(stream: str, founded: date, days: int) -> Iterator[Plan]:
    for number, group in enumerate((*_GROUPS, *((single,) for single in _SINGLES))):
        written_at = None
        for copy, (offset, special) in enumerate(group):
            back = offset if days >= 61 else max(1, offset * days // 61)  # noqa: PLR2004 - the archive of _GROUPS
            published_at = _moment(founded - timedelta(back), 7 * 60 + 11 * number + 260 * copy)
            written_at = written_at or published_at
            yield Plan(
                number=0,
                published_at=published_at,
                written_at=written_at,
                section="internasional" if special == "seed" else SECTIONS[number % len(SECTIONS)],
                stream=f"{stream}/special/{number}",
                special=special,
            )


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), JAKARTA)
