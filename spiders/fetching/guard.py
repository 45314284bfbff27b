"""Address guard against server-side request forgery: no request, redirects included, reaches an internal one.

    GuardedHandler    checks each request before it is sent: scheme, port, user name, literal address. Feeds,
                      robots.txt, pages and every redirect pass it.
    GuardedResolver   drops forbidden addresses from what a host name resolves to. The connection is made to the
                      addresses that are left, without a second lookup, so DNS rebinding gains nothing.

All crawls of a process share one resolver, so the handler decides which crawl may reach local publishers. A proxy
named by the environment is the operator's own and is not checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingHostnameResolver
from scrapy.utils.datatypes import LocalCache
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from twisted.web._newclient import HEADER, STATUS
from zope.interface import implementer  # type: ignore[import-untyped]  # ships no types

from spiders.errors import LumbungError
from spiders.fetching.addresses import forbidden
from spiders.fetching.asking import publisher_of

if TYPE_CHECKING:
    from collections.abc import Set  # noqa: PYI025

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.interfaces import IAddress

    from spiders.publishers import Publisher

_PORTS = frozenset({80, 443})
_LONGEST_HEAD = 512 * 1024
"""Bytes of status line and headers, with what of the body arrives in one piece with their end."""


class ForbiddenAddress(LumbungError):  # noqa: N818 - named after its cause, like Scrapy's IgnoreRequest
    """A request that the guard does not send; the text has the address and the reason."""


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 client, which checks each request before it sends it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedHeadFactory  # noqa: SLF001 - Scrapy sets its own in the same way
        self._pool.retryAutomatically = False  # what breaks is sent again by Scrapy, past the turnstile, at its pace
        self._crawler = crawler

    async def download_request(self, request: Request) -> Response:
        """Send a request.

        Raises:
            ForbiddenAddress: its address is not allowed, or its host resolves to forbidden addresses only.
        """
        host, local = self._check(request)
        try:
            return await super().download_request(request)
        except CannotResolveHostError:
            if (reason := GuardedResolver.refused.get(host)) is not None:
                raise ForbiddenAddress(f"{request.url}: {reason}{_hint(local is None)}") from None
            raise

    def _check(self, request: Request) -> tuple[str, Publisher | None]:
        """The host of a request that may be sent, and whose local publisher it is for, if it is for one."""
        publisher = publisher_of(request, self._crawler)
        local = publisher if publisher is not None and publisher.local else None
        if local is not None:
            GuardedResolver.local_hosts.update(local.hosts)
        ports = _PORTS if publisher is None else _PORTS | {port_of(publisher.home)}
        return _allowed_host(request.url, local, ports), local


class _BoundedHead(_LenientHTTP11ClientProtocol):
    """Scrapy's protocol with a bound on the header block: unbounded, it read 650 MB of header lines in five seconds."""

    _head = 0

    def request(self, request: Any) -> Any:  # noqa: ANN401 - Twisted has no types here
        """Send a request and count its response's header block from zero."""
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Pass data on; abort the connection where status line and headers exceed the bound."""
        in_head = self._parser is not None and self._parser.state in {STATUS, HEADER}
        self._head = self._head + len(data) if in_head else 0
        if self._head > _LONGEST_HEAD:
            self.transport.abortConnection()  # type: ignore[union-attr]  # data come over one
        else:
            super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted's


class _BoundedHeadFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _BoundedHead:  # noqa: ARG002, N802 - Twisted's signature
        return _BoundedHead(self._quiescentCallback)  # type: ignore[no-untyped-call]  # Twisted's


@implementer(IHostnameResolver)
class GuardedResolver(CachingHostnameResolver):
    """Scrapy's resolver for IPv4 and IPv6, without forbidden addresses."""

    local_hosts: ClassVar[set[str]] = set()
    """Hosts of the local publishers that this process crawls."""
    refused: ClassVar[LocalCache[str, str]] = LocalCache(1000)
    """Host -> why none of the addresses that it resolves to is allowed."""

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803, ANN401 - an IResolutionReceiver, which type checkers do not understand
        hostName: str,  # noqa: N803 - Twisted's name
        *arguments: Any,  # noqa: ANN401 - passed on as they are
        **named: Any,  # noqa: ANN401 - passed on as they are
    ) -> IHostResolution:
        """Look a host name up and pass on the addresses that are allowed."""
        receiver: Any = _AddressFilter(resolutionReceiver, hostName, local=is_local_host(hostName))
        return super().resolveHostName(receiver, hostName, *arguments, **named)


@implementer(IResolutionReceiver)
class _AddressFilter:
    """Passes allowed addresses on to the receiver, and stores why where none was allowed."""

    def __init__(self, receiver: Any, host: str, *, local: bool) -> None:  # noqa: ANN401 - as above
        self._receiver = receiver
        self._host = host
        self._local = local
        self._passed = False
        self._reason = ""

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 - Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802 - Twisted's name
        literal = str(getattr(address, "host", address))
        if (reason := forbidden(literal, local=self._local)) is None:
            self._passed = True
            self._receiver.addressResolved(address)
        else:
            self._reason = f"{self._host} is {literal}, which {reason}"

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        if self._reason and not self._passed:
            GuardedResolver.refused[self._host] = self._reason
        else:
            GuardedResolver.refused.pop(self._host, None)
        self._receiver.resolutionComplete()


def _allowed_host(url: str, local: Publisher | None, ports: Set[int]) -> str:
    """The host of an address that may be asked for; `local` is the publisher that lies on a private network, if any."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), port_of(url)
        (parts.hostname or "").encode("idna")  # else the lookup fails in a thread and the request never ends
    except ValueError as error:
        raise ForbiddenAddress(f"{url}: {error}") from error
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddress(f"{url}: an address with a user name is not asked for")
    if port not in ports:
        raise ForbiddenAddress(f"{url}: port {port} is not asked; {', '.join(map(str, sorted(ports)))} are")
    own = local is not None and local.owns(url)
    if not own and is_local_host(host):
        raise ForbiddenAddress(f"{url}: {host} is a local publisher, and not this one")
    literal = not host.strip("0123456789.") or ":" in host
    if literal and (reason := forbidden(host, local=own)) is not None:
        raise ForbiddenAddress(f"{url}: {host} {reason}{_hint(local is None)}")
    return host


def _hint(wanted: bool) -> str:  # noqa: FBT001 - its one argument
    return "; a publisher on a private network has `local = true` in its file" if wanted else ""


def port_of(url: str) -> int:
    """The port of a URL, by its scheme where it names none.

    Raises:
        ValueError: the URL's port is no number from 0 to 65535.
    """
    parts = urlsplit(url)
    if parts.port is not None:
        return parts.port
    return 443 if parts.scheme == "https" else 80


def is_local_host(host: str) -> bool:
    """Whether `host` belongs to a publisher with `local = true` that this process crawls."""
    return any(host == local or host.endswith("." + local) for local in GuardedResolver.local_hosts)
