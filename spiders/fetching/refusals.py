"""What Scrapy raises instead of an answer -> why the page is no article, or nothing where it may come next time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from spiders.fetching.errors import Disallowed
from spiders.fetching.guard import ForbiddenAddress

if TYPE_CHECKING:
    from spiders.article import Reason


def refusal(error: BaseException) -> tuple[Reason, str] | None:
    """Reason and one line; None for what may go well the next time.

    Scrapy raises one exception for two things, and only its text tells them apart: too many redirects, and a body that
    grew too large while it was unpacked.
    """
    if isinstance(error, Disallowed):
        return "disallowed", "robots.txt"
    if isinstance(error, ForbiddenAddress):
        return "forbidden_address", str(error)
    if isinstance(error, DownloadCancelledError):
        return "too_large", str(error) or "the body did not end within DOWNLOAD_MAXSIZE"
    if not isinstance(error, IgnoreRequest) or isinstance(error, HttpError):
        return None
    if "max redirections" in str(error):
        return "redirects", "redirected more than REDIRECT_MAX_TIMES times"
    return "too_large", str(error)
