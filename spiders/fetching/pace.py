"""Seconds between two requests to a domain: a floor, and the slower pace that the domain's 429 and 503 ask for. Pure.

Each 429 or 503 that follows a good response doubles the delay in use; within a row of them only the first one does, for
the others say nothing of the pace kept since. A row goes on over all crawls of the domain, also from one to the next.
The doubled delay is stored for all crawls of the domain and halves every six hours, so a publisher that was asked too
fast is asked slowly for about a day.
"""

from __future__ import annotations

import math
from typing import Final

LONGEST: Final = 60.0
"""Seconds. A longer Crawl-delay is cut to this, for some files say 3600 by mistake; a lesson stays below it too."""
HALF_LIFE: Final = 6 * 3600.0
"""Seconds in which half of a lesson is forgotten."""


class Pace:
    """The delay between two requests to one domain, as one crawl keeps it; times are seconds of one clock."""

    def __init__(self, floor: float, first_lesson: float, now: float) -> None:
        """Start without a lesson.

        Args:
            floor: least seconds between two requests.
            first_lesson: least seconds between two requests after a 429 or 503, where twice the delay is less.
            now: when the crawl begins; until the first response the pace counts as one that held good.
        """
        self._floor = min(floor, LONGEST)
        self._first_lesson = first_lesson
        self._lesson = 0.0
        self._learned_at = -math.inf
        self._begun_at = self._good_at = now

    def seconds(self, now: float) -> float:
        """Seconds between two requests that hold now."""
        half_lives = max(0.0, now - self._learned_at) / HALF_LIFE
        return max(self._floor, self._lesson * math.exp2(-half_lives))

    def raise_floor(self, seconds: float) -> bool:
        """Keep at least so many seconds, cut to `LONGEST`; False where the floor is as high already."""
        if not min(seconds, LONGEST) > self._floor:
            return False
        self._floor = min(seconds, LONGEST)
        return True

    def recall(self, lesson: float, age: float, now: float, *, refused: bool = False) -> None:
        """Take over what is stored of the domain.

        Args:
            lesson: the delay after its last 429 or 503, 0 where there was none.
            age: seconds since then.
            now: as the clock of the crawl says.
            refused: no crawl got a good response since the domain last had to be left alone.
        """
        self._lesson, self._learned_at = (lesson, now - max(0.0, age)) if lesson else (0.0, -math.inf)
        if refused and self._good_at == self._begun_at:
            self._good_at = -math.inf

    def answered_well(self, now: float) -> None:
        """Take note of a good response: the next 429 or 503 then says that the pace was too fast."""
        self._good_at = now

    def put_off(self, delay: float, now: float) -> float | None:
        """Take note of a 429 or 503.

        Args:
            delay: seconds between two requests that were kept until now.
            now: the time of the response.

        Returns:
            The new lesson, to be stored; None where this response teaches nothing new.
        """
        if not self._good_at > self._learned_at:
            return None
        self._lesson = min(max(2 * delay, self._first_lesson), LONGEST)
        self._learned_at = now
        return self._lesson
