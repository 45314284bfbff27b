"""The simulated site: a newspaper that republishes much and whose stories appear while it is being harvested."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from seeds.newsstand.almanac import JAKARTA
from seeds.newsstand.newspaper import Newspaper, Settings
from spiders.publishers import publishers_folder

if TYPE_CHECKING:
    from pathlib import Path

    from seeds.newsstand.plans import Special

DAYS: Final = 10
"""Days of the archive."""
_EVERY: Final = 4
"""One of so many ordinary stories is a copy of an earlier one."""
_BACK: Final = 30
"""Stories between an original and its copy."""
_KINDS: Final[tuple[Special, ...]] = ("exact", "trimmed", "extended")


class Site(Newspaper):
    """A newspaper whose clock the harness moves."""

    def __init__(self, articles: int, founded: datetime) -> None:
        """Plan `articles` articles, a quarter of them copies of others; none has appeared but the first."""
        super().__init__(Settings(articles=articles, days=DAYS, crawl_delay=0, founded=founded.date()), now=founded)
        plans = self._plans
        for index in range(2 * _BACK, len(plans), _EVERY):
            original, copy = plans[index - _BACK + 1], plans[index]
            if not original.special and not copy.special and copy.shape != "list" != original.shape:
                plans[index - _BACK + 1] = replace(original, special="original")
                told = {
                    "stream": original.stream,
                    "shape": original.shape,
                    "section": original.section,
                    "written_at": original.published_at,
                }
                plans[index] = replace(copy, special=_KINDS[index // _EVERY % len(_KINDS)], **told)  # type: ignore[arg-type]  # of three kinds
        self._moments = [plan.published_at for plan in plans]
        self.appear(1)

    def __len__(self) -> int:
        """Stories in all."""
        return len(self._moments)

    @property
    def appeared(self) -> int:
        """Stories that can be seen by now."""
        return bisect_right(self._moments, self.now)

    def appear(self, number: int) -> None:
        """Move the clock until so many stories have appeared; never back."""
        moment = self._moments[max(1, min(number, len(self))) - 1] + timedelta(seconds=1)
        self.pinned_now = max(self.now, moment) if hasattr(self, "_clock_runs") else moment
        self._clock_runs = True

    def correct(self) -> None:
        """Show the second edition, in which one article is corrected."""
        self.set_edition(2)


def founded_today() -> datetime:
    """A clock whose archive lies within what a crawl looks back at."""
    return datetime.now(JAKARTA).replace(hour=0, minute=0, second=0, microsecond=0)


def describe(folder: Path) -> None:
    """Write the site's publisher file: that of Harian Contoh, looking back no further than the archive goes."""
    text = (publishers_folder() / "contoh.toml").read_text("utf-8")
    changed = re.sub(r"^lookback_days = .*$", f"lookback_days = {DAYS + 2}", text, flags=re.MULTILINE)
    (folder / "contoh.toml").write_text(changed, "utf-8")
