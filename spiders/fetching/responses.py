"""What a response to the request for a page is before anybody reads it: markup, or why there is none. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from spiders.article import Failure, Reason, Unchanged
from spiders.fetching.answers import challenge, conditional_headers, header
from spiders.fetching.bodies import PackedError, unpacked
from spiders.publishers.landing import leads_away

if TYPE_CHECKING:
    from scrapy.http import Response

    from spiders.article import LeasedPage
    from spiders.publishers import Publisher

BLOCKED = "blocked: "
"""How the error of a failure begins that says what keeps machines out."""
STATUSES = [304, 404, 410]
"""Those that a page's response may have besides the successful ones; all others are failures."""
_PARTIAL, _REDIRECTION, _NOT_MODIFIED = 206, 300, 304
_SAYS_NOTHING = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream", "application/xml"})
"""Content types that servers send which do not know: the first bytes decide."""


class Markup(NamedTuple):
    """HTML to be read."""

    body: bytes
    encoding: str | None
    """Charset of the Content-Type header."""


class Refusal(NamedTuple):
    """Why a response holds no article."""

    reason: Reason
    detail: str


def received(response: Response, page: LeasedPage, publisher: Publisher) -> Markup | Refusal | Failure | Unchanged:
    """What has come for a leased page."""
    return _by_status(response, page) or _by_address(response, page, publisher) or _by_content(response)


def _by_status(response: Response, page: LeasedPage) -> Refusal | Failure | Unchanged | None:
    if (wall := challenge(response)) is not None:
        return Failure(error=f"{BLOCKED}{wall}")
    if response.status == _NOT_MODIFIED:
        compared = bool(conditional_headers(page.validators))
        return Unchanged() if compared else Failure(error="HTTP 304 to a request that compared nothing", soon=True)
    if response.status == _PARTIAL:
        return Failure(error="HTTP 206: a part of the page, which was not asked for", soon=True)
    return Refusal("gone", f"HTTP {response.status}") if response.status >= _REDIRECTION else None


def _by_address(response: Response, page: LeasedPage, publisher: Publisher) -> Refusal | None:
    if not publisher.owns(response.url):
        return Refusal("off_domain", f"redirected to {response.url}")
    if leads_away(page.url, response.url, publisher):
        return Refusal("gone", f"redirected to {response.url}")
    return None


def _by_content(response: Response) -> Markup | Refusal:
    try:
        body = unpacked(response.body)
    except PackedError as error:
        return Refusal("not_html", str(error))
    kind = header(response, "Content-Type", "").lower()
    mime = kind.partition(";")[0].strip()
    is_unsure = mime in _SAYS_NOTHING or body is not response.body
    if "html" in kind or (is_unsure and _begins_as_html(body)):
        return Markup(body, _charset(kind))
    return Refusal("not_html", f"Content-Type: {kind or 'none'}")


def _begins_as_html(body: bytes) -> bool:
    return body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\f").lower().startswith((b"<!doctype html", b"<html"))


def _charset(content_type: str) -> str | None:
    _, found, value = content_type.partition("charset=")
    return value.split(";")[0].strip(" \"'") or None if found else None
