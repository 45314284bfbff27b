"""The process that reads pages: requests in at stdin, what the page holds out at stdout, one at a time.

The kernel holds the limits, since nothing else stops a parser in the middle of its C code: memory of the process by
RLIMIT_AS, CPU of one page by a profiling timer whose signal ends the process. It imports no Scrapy and no database.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import traceback
from itertools import chain
from typing import TYPE_CHECKING

from spiders.reading.pages import load_page_class
from spiders.reading.paging import next_part
from spiders.reading.process.messages import Answer, Explanation, Sheet, receive, send

if TYPE_CHECKING:
    from spiders.publishers import Publisher
    from spiders.reading.page import Page


def read(sheet: Sheet, page_class: type[Page], publisher: Publisher) -> Answer:
    """Read one page."""
    try:
        page = page_class(sheet.html, sheet.url, publisher, fetched_at=sheet.fetched_at, encoding=sheet.encoding)
        whole = publisher.full_page_query  # then the address asked for has all of it
        following = "" if whole else next_part(page.elements, sheet.url, sheet.article_url or sheet.url, sheet.part + 1)
        if sheet.part > 1:
            return Answer(following=following, paragraphs=page.paragraphs)
        return Answer(page.article(), explanation=explain(page) if sheet.explained else None, following=following)
    except MemoryError:
        return Answer(out_of_memory=True)
    except Exception as error:  # noqa: BLE001 - a page that cannot be read is a value; this is a bug, and is reported as one
        words = " ".join(str(error).split())
        return Answer(bug=f"{type(error).__name__}: {words}", traceback=traceback.format_exc())


def explain(page: Page) -> Explanation:
    """How a page was read; its values have been asked for before."""
    said = page.metadata
    kinds = (*sorted(said.types), *(f"og:{kind}" for kind in said.meta("og:type")))
    site = next(chain(said.meta("og:site_name"), said.stated("publisher")), "")
    return Explanation(dict(page.origins), kinds, site)


def main(seconds: float, megabytes: int) -> None:
    """Read pages until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the spider, which closes us
    pages, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a page class prints is no answer
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    publishers: dict[str, tuple[type[Page], Publisher]] = {}
    gc.freeze()  # what is loaded stays: it need not be looked through for garbage again and again
    while True:
        try:
            message = receive(pages)
        except EOFError:
            return
        if not isinstance(message, Sheet):
            publishers[message.key] = (load_page_class(message), message)
            continue
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = read(message, *publishers[message.publisher])
        signal.setitimer(signal.ITIMER_PROF, 0)
        send(answers, answer)
        if answer.out_of_memory:
            return  # what is left of it lies about in pieces: a new process is cleaner


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
