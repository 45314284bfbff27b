"""Exceptions of a request that stand for a lasting refusal -> the reason under which its page is rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from spiders.fetching.errors import Disallowed
from spiders.fetching.guard import ForbiddenAddress

if TYPE_CHECKING:
    from spiders.article import Reason


def refusal(error: BaseException) -> tuple[Reason, str] | None:
    """Classify an exception of a request.

    Scrapy raises `IgnoreRequest` both for too many redirects and for a body that grew too large while it was
    decompressed; only the exception's text tells them apart.

    Returns:
        The reason of the rejection and one line for people; None for a failure that a later attempt may not meet.
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
