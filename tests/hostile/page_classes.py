"""Page classes that do to the reading process what a hostile page might: named by dotted path in publisher files."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from spiders.reading.page import Page

if TYPE_CHECKING:
    from spiders.article import Article, Rejection


class Hostile(Page):
    """Reads a page as ever, unless its address says what to do."""

    def article(self) -> Article | Rejection:  # noqa: C901 - a list
        word = self.url.rpartition("/")[2]
        if word == "spin":
            while True:
                pass
        if word == "hoard":
            hoard = bytearray()
            while True:
                hoard += bytes(1 << 24)
        if word == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if word == "end":
            os.kill(os.getpid(), signal.SIGTERM)
        if word == "sleep":
            time.sleep(3_600)
        if word == "leave":
            raise SystemExit(3)
        if word == "raise":
            raise ZeroDivisionError("division by zero\nin two lines")
        if word == "print":
            print("a line that is no answer")  # noqa: T201 - the point
        return super().article()
