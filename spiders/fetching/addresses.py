"""Which IP addresses a crawl may connect to: public ones, and private ones for a publisher with `local = true`. Pure.

Whoever controls a page, a feed or a name server can point a crawler at the services behind its firewall (CWE-918).
Public is what IANA's special-purpose registries leave over (RFC 6890), as Python's `ipaddress` knows them and some
it does not know yet, and for an address with another one inside, what that one is.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Address = IPv4Address | IPv6Address

_METADATA_SERVICES: Final = frozenset(
    {
        ip_address("168.63.129.16"),  # public by its number, yet where Azure's machines reach their host
        ip_address("169.254.169.254"),
        ip_address("100.100.100.200"),  # Alibaba Cloud
        ip_address("fd00:ec2::254"),  # Amazon
        ip_address("fd20:ce::254"),  # Google
    }
)
_MORE_SPECIAL: Final[tuple[IPv4Network | IPv6Network, ...]] = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16", "64:ff9b:1::/48"))
)
"""Protocol assignments (RFC 6890), 6to4 relays (RFC 7526), documentation (RFC 9637), segment routing (RFC 9602) and
NAT64 of a network's own (RFC 8215)."""
_LOCAL: Final[tuple[IPv4Network | IPv6Network, ...]] = tuple(
    map(ip_network, ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
_TRANSLATED: Final = tuple(map(IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
"""IPv4-mapped and IPv4-compatible (RFC 4291), NAT64 (RFC 6052), IPv4-translated (RFC 2765): the last 32 bits count."""


def forbidden(address: str, *, local: bool = False) -> str | None:
    """Why an address may not be connected to.

    Args:
        address: a literal IPv4 or IPv6 address; a zone index (`%eth0`) is allowed.
        local: loopback and private networks are allowed; link-local and metadata addresses never are.

    Returns:
        Words that follow the address in a sentence, None where it may be connected to.
    """
    try:
        whole = ip_address(address.partition("%")[0])
    except ValueError:
        return "is no address"
    for each in _destinations(whole):
        if each in _METADATA_SERVICES:
            return "is an address inside a cloud's machine room"
        if not _is_public(each) and not (local and _is_in(each, _LOCAL)):
            return "is no public address"
    return None


def _destinations(whole: Address) -> Iterator[Address]:
    """The address itself, or the IPv4 addresses embedded in it: every address at which a packet to it may arrive."""
    if isinstance(whole, IPv6Address):
        if int(whole) > 1 and _is_in(whole, _TRANSLATED):
            yield IPv4Address(int(whole) & 0xFFFFFFFF)
            return
        if whole.sixtofour is not None:
            yield whole.sixtofour
        yield from whole.teredo or ()
    yield whole


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    special = address.is_multicast or address.is_reserved or _is_in(address, _MORE_SPECIAL)
    return address.is_global and not special


def _is_in(address: Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address in network for network in networks)
