"""Cookies that live as long as one chain of redirects, and no longer.

Consent pages, load balancers and paywall meters set a cookie and redirect to the same address; who does not send it
back is sent round for ever. What a page sets that is no redirect is never sent: no crawl is known again by its cookies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http.cookies import CookieJar

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

_JAR = "chain_cookies"
"""Key of a request's meta, which Scrapy hands on to the request that follows a redirect."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST = 50
"""Cookies of one chain."""


class ChainCookies:
    """A downloader middleware, nearer to the network than the one that follows redirects."""

    def process_request(self, request: Request) -> None:
        """Send the cookies of the redirects before, each only to the host that it is for."""
        jar: CookieJar | None = request.meta.get(_JAR)
        if jar is not None:
            request.headers.pop("Cookie", None)
            jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the cookies that come with a redirect."""
        if response.status in _REDIRECTS and response.headers.getlist("Set-Cookie"):
            jar = request.meta.setdefault(_JAR, CookieJar())
            if len(jar) < _MOST:
                jar.extract_cookies(response, request)
        return response
