"""Identity of an article's URL.

Every variant under which a publisher hands out one article (tracking, paging, AMP, mobile host, `http`) becomes one
canonical URL; two articles never do. The canonical URL is an identity: it is stored and compared, and the URL as
announced is what gets fetched.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from spiders.publishers import Publisher

_SPACE = "".join(map(chr, range(0x21)))
"""What a browser strips from both ends of an address: C0 controls and the space."""
_BREAKS = re.compile(r"[\t\r\n]")
"""What a browser removes inside an address."""
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_UNRESERVED = r"A-Za-z0-9._~\-"
_ESCAPABLE = re.compile(rf"%([0-9A-Fa-f]{{2}})|[^{_UNRESERVED}!$&'()*+,;=:@/?]", re.DOTALL)
"""An escape, or what does not stand for itself in a path or a query (RFC 3986, sections 3.3 and 3.4)."""
_NEVER_ESCAPED = re.compile(f"[{_UNRESERVED}]")

_ESCAPED_TWICE = re.compile(r"^(amp;)+")
"""Some feeds hand out `?a=1&amp;b=2`."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MOBILE_LABELS = frozenset({"m", "amp", "mobile", "wap"})
_AMP_ENDING = re.compile(r"(\.amp)+(?=\.html?$)")
_VARIANT_SEGMENTS = frozenset({"amp", "amp.html", "full&view=ok"})
"""Last segments that ask for the AMP page, or in Tempo's way for the whole of a split article."""

_TRACKING = re.compile(
    r"utm_.*|hsa_.*|mtm_.*|pk_(campaign|kwd|source|medium|content)|at_(medium|campaign|custom\d)"
    r"|fbclid|fb_(action_ids|action_types|source|ref)|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid"
    r"|igshid|igsh|mc_[ce]id|_ga|_gl|_hsenc|_hsmi|__twitter_impression|ref|ref_src|ref_url|spm|xtor|cmpid"
    r"|wt_mc|wtmc|ocid|ncid|tag_from|jxconn|jxreco(id|from|pos)|lgn_method|google_btn",
)
_PAGING = re.compile(
    r"(page|hal|showpage)=(all|\d+)|single=1|view=(all|full|ok|amp)|amp(=(1|true|amp)?)?|outputtype=amp"
)
"""Whole `name=value` pairs: `page=all` picks a part of the article, `page=about` may be the article."""


def canonicalise(url: str, publisher: Publisher) -> str:
    """The canonical form of an absolute http(s) URL.

    Pure and idempotent, and never raises: what is no such URL comes back stripped of white space and otherwise as it
    is. `http` and `https` are one identity, so `https` is written, except where there can be no certificate: an IP
    address, a host without a dot, an explicit port. Trailing hyphens are part of the slug and stay; mobile and AMP
    variants are joined on the publisher's own domains only, since elsewhere nobody knows what `m.` stands for.
    """
    text = _BREAKS.sub("", url).strip(_SPACE)
    try:
        parts = urlsplit(text)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return text
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host:
        return text
    if port == _DEFAULT_PORTS[scheme]:
        port = None
    own = any(host == domain or host.endswith("." + domain) for domain in publisher.hosts)
    if own:
        host = _desktop_host(host, publisher)
    if port is None and "." in host and not _is_address(host):
        scheme = "https"
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    query = _query(parts.query, publisher.query_kept)
    return f"{scheme}://{netloc}{_path(parts.path, own=own)}" + (f"?{query}" if query else "")


def with_query(url: str, query: str) -> str:
    """`url` with one parameter `name=value` added, or replaced where it is there; an empty `query` adds nothing."""
    if not query:
        return url
    address, _, _ = url.partition("#")
    path, _, present = address.partition("?")
    name = query.partition("=")[0]
    kept = [piece for piece in present.split("&") if piece and piece.partition("=")[0] != name]
    return f"{path}?{'&'.join([*kept, query])}"


def _host(name: str) -> str:
    """The host in ASCII and lower case.

    Raises:
        ValueError: it is none.
    """
    if ":" in name:
        ip_address(name)
        return name.lower()
    name = name.lower().rstrip(".")
    host = name if name.isascii() else name.encode("idna").decode("ascii").lower()
    if host and not _HOST.fullmatch(host):
        raise ValueError(f"{name!r} is no host name")
    return host


@lru_cache(maxsize=1024)
def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _desktop_host(host: str, publisher: Publisher) -> str:
    """The host a desktop browser is sent to: `m.` and `amp.` gone, `www.` as the publisher's home has it."""
    home = urlsplit(publisher.home).hostname or ""
    domains = publisher.hosts
    while host != home and host not in domains:
        label, _, rest = host.partition(".")
        if label not in _MOBILE_LABELS or not any(rest == domain or rest.endswith("." + domain) for domain in domains):
            break
        host = rest
    if home.startswith("www."):
        return f"www.{host}" if host in domains and not host.startswith("www.") else host
    bare = host.removeprefix("www.")
    return bare if bare in domains else host


def _path(path: str, *, own: bool) -> str:
    segments: list[str] = []
    for segment in _escaped(path).split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in {"", "."}:
            segments.append(segment)
    if own:
        _drop_variants(segments)
    return "/" + "/".join(segments)


def _drop_variants(segments: list[str]) -> None:
    """Drop the marks of a variant: `/amp/...`, `.../amp`, `slug.amp.html`; never the only segment."""
    while len(segments) > 1 and segments[0] == "amp":
        del segments[0]
    while segments:
        segments[-1] = _AMP_ENDING.sub("", segments[-1])
        if len(segments) == 1 or segments[-1] not in _VARIANT_SEGMENTS:
            break
        del segments[-1]


def _query(query: str, kept: tuple[str, ...]) -> str:
    if not query:
        return ""
    pairs = []
    for piece in query.split("&"):
        pair = _escaped(_ESCAPED_TWICE.sub("", piece))
        name = pair.partition("=")[0]
        if pair and (name in kept or not (_TRACKING.fullmatch(name.lower()) or _PAGING.fullmatch(pair.lower()))):
            pairs.append((name, pair))
    return "&".join(pair for _, pair in sorted(pairs, key=lambda named: named[0]))


def _escaped(text: str) -> str:
    """Percent-encoding as RFC 3986 section 6.2.2 has it: nothing escaped that need not be, hexadecimals in capitals."""
    return _ESCAPABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    if (digits := match[1]) is not None:
        decoded = chr(int(digits, 16))
        return decoded if _NEVER_ESCAPED.fullmatch(decoded) else f"%{digits.upper()}"
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
