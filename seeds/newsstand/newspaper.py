"""The newspaper: its stories by number and by date, and what of them is visible now."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seeds.newsstand.almanac import JAKARTA
from seeds.newsstand.plans import Plan, plan_archive, plan_day
from seeds.newsstand.story import Link, Story, headline_of, lay_out, modified, story_path

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = re.compile(r"^(?:/cetak)?/news-(\d+)-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a newspaper is made from. Equal settings and an equal clock give equal bytes."""

    seed: int = 1
    founded: date | None = None
    """Day of Jakarta that the archive leads up to; None: today."""
    articles: int = 150
    """Ordinary articles in the archive; the special pages come on top."""
    days: int = 61
    """Days the archive covers."""
    crawl_delay: float = 0.1
    """Seconds, stated in robots.txt."""
    name: str = "Harian Contoh"


class Newspaper:
    """A newspaper with an archive before its founding day and two or three new stories every day after it."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        now: datetime | None = None,
        edition: int = 1,
        base_url: str = "http://127.0.0.1:8710",
    ) -> None:
        """Found the newspaper.

        Args:
            settings: what it is made from.
            now: aware; pins the clock, None follows the real one.
            edition: 2 shows the changing article corrected.
            base_url: scheme, host and port, without a slash at the end.

        Raises:
            ValueError: a figure that makes no newspaper.
        """
        self.settings = settings or Settings()
        if self.settings.articles < 0 or self.settings.days < 7:  # noqa: PLR2004 - the seed lies three days back
            raise ValueError("a newspaper needs articles >= 0 and an archive of at least 7 days")
        self.pinned_now = now
        self.base_url = base_url.rstrip("/")
        self.founded = self.settings.founded or self.now.date()
        self._stream = f"{self.settings.seed}/{self.founded}"
        self._plans = plan_archive(self._stream, self.founded, self.settings.articles, self.settings.days)
        self._planned_days = 0
        self._first_number = self._plans[0].number
        self.edition = 1
        self.corrected_at: datetime | None = None
        self._lay_out = lru_cache(maxsize=256)(self._lay_out_now)
        self._link = cache(_link)
        self.set_edition(edition)

    @property
    def now(self) -> datetime:
        """The clock of the newsroom, in Jakarta."""
        return (self.pinned_now or datetime.now(JAKARTA)).astimezone(JAKARTA)

    @property
    def first_day(self) -> date:
        """First day of the archive."""
        return self.founded - timedelta(self.settings.days)

    def set_edition(self, number: int) -> None:
        """Show edition 1 or 2; edition 2 is dated with the moment of the change."""
        self.edition = number
        self.corrected_at = self.now.replace(microsecond=0) if number > 1 else None
        self._lay_out.cache_clear()

    def visible(self) -> Sequence[Plan]:
        """Plans of all stories that have appeared by now, oldest first."""
        now = self.now
        self._plan_until(now.date())
        return self._plans[: bisect_right(self._plans, now, key=lambda plan: plan.published_at)]

    def of_day(self, day: date) -> Sequence[Plan]:
        """Plans of the stories that have appeared on one day of Jakarta, newest first."""
        return [plan for plan in reversed(self.visible()) if plan.published_at.date() == day]

    def of_section(self, section: str) -> Sequence[Plan]:
        """Plans of the stories of one section, newest first."""
        return [plan for plan in reversed(self.visible()) if plan.section == section]

    def story(self, plan: Plan) -> Story:
        """The story of a plan, in the edition shown."""
        return self._lay_out(plan)

    def link(self, plan: Plan) -> Link:
        """Path and headline of the story of a plan."""
        return self._link(plan)

    def changed_at(self, plan: Plan) -> datetime:
        """When the page of a plan last changed, as feeds and sitemaps say."""
        return (modified(plan, self.corrected_at) or plan.published_at).astimezone(JAKARTA)

    def before(self, plan: Plan, distances: Sequence[int]) -> list[Link]:
        """Ordinary stories that appeared some places before this one: fixed, however far the clock has moved."""
        index = plan.number - self._first_number
        earlier = [self._plans[index - distance] for distance in distances if distance <= index]
        return [self.link(other) for other in earlier if other.special in {"", "original"}]

    def find(self, path: str) -> Plan | None:
        """The visible story at a path; None where there is none."""
        match = _NUMBER.match(path)
        index = int(match[1]) - self._first_number if match else -1
        visible = self.visible()
        if not 0 <= index < len(visible):
            return None
        return visible[index] if self.link(visible[index]).path == path else None

    def url(self, path: str) -> str:
        """Absolute URL of a path."""
        return self.base_url + path

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.base_url).netloc

    def _lay_out_now(self, plan: Plan) -> Story:
        return lay_out(plan, self.settings.name, self.corrected_at)

    def _plan_until(self, today: date) -> None:
        while self._planned_days <= (today - self.founded).days:
            first = self._plans[-1].number + 1
            self._plans += plan_day(self._stream, self.founded, self._planned_days, first)
            self._planned_days += 1


def _link(plan: Plan) -> Link:
    headline = headline_of(plan)
    return Link(story_path(plan, headline), headline)
