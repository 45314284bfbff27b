"""Identity of an article's URL.

Every variant under which a publisher hands out one article (tracking, paging, AMP, mobile host, `http`) becomes one
canonical URL; two articles never do. The canonical URL is an identity: it is stored and compared, and the URL as
announced is what gets fetched. What no rule can know of one publisher stands in its file: `channels`, `amp_replaces`,
`variant_segments`, `query_kept`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from spiders.publishers.publisher import Publisher

_SPACE = "".join(map(chr, range(0x21)))
"""What a browser strips from both ends of an address: C0 controls and the space."""
_BREAKS = re.compile(r"[\t\r\n]")
"""What a browser removes inside an address."""
_BEFORE_QUERY = re.compile(r"[^?#]*")
_LONGEST_HOST = 253
"""Characters of a host name (RFC 1035, section 2.3.4, as text)."""
_LONGEST_AUTHORITY = 1_000
"""Characters of a host with its port and the user before it, of which nobody has so many."""
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_ESCAPABLE = re.compile(
    r"%(2[1789ACDEacde]|3\d|[46][1-9A-Fa-f]|5[\dAFaf]|7[\dAEae]|[\dA-F][a-f]|[a-f][\dA-Fa-f])|%(?![\dA-Fa-f]{2})"
    r"|[^%A-Za-z0-9._~\-!$&'()*+,;=:@/?]+",
    re.ASCII,
)
"""An escape that need not be or is in small letters, or a run of what does not stand for itself in a path or a query
(RFC 3986, sections 3.3 and 3.4)."""
_NEVER_ESCAPED = re.compile(r"[A-Za-z0-9._~\-!'()*,]")
"""What is unreserved, and the marks that some encoders escape, others not, and no server reads two ways."""
_ESCAPES = tuple(f"%{byte:02X}" for byte in range(256))
_ESCAPED_TWICE = re.compile(r"^(amp;)+")
"""Some feeds hand out `?a=1&amp;b=2`."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MOBILE_LABELS = frozenset({"m", "amp", "mobile", "wap"})
_AMP_ENDING = re.compile(r"(?<=[^.])(?<!\.amp)(\.amp)++(?=(\.html?)?$)")
_SESSION = re.compile(r"(;jsessionid=[^;]*)+", re.IGNORECASE)
"""Java's session number, in the path where the reader's browser takes no cookies; it may stand alone behind a slash."""
_VARIANT_SEGMENTS = frozenset({"amp", "amp.html", "full&view=ok"})
"""Last segments that ask for the AMP page, or in Tempo's way for the whole of a split article."""
_ROUTE = re.compile(r"[/!].*[^/!]")
"""Fragments like this name a page of a site that is one script; all others name a place in the page."""

_TRACKING = re.compile(
    r"utm_.*|hsa_.*|mtm_.*|ns_(campaign|mchannel|source|linkname|fee)|pk_(campaign|kwd|source|medium|content)"
    r"|at_.*|fbclid|fref|fb_(action_ids|action_types|source|ref|comment_id)|mibextid|sfnsn"
    r"|gclid|gclsrc|dclid|clickid|campaignid|adgroupid|gbraid|wbraid|gad_(source|campaignid)|srsltid|_ga|_gl|usqp|amp_(gsa|js_v|kit|analytics|latest_update_time)"
    r"|msclkid|ysclid|yclid|twclid|ttclid|li_fat_id|epik|igsh(id)?|mc_[ce]id|mkt_tok|_hsenc|_hsmi|vero_id|oly_(anon|enc)_id"
    r"|__twitter_impression|ref|ref_src|ref_url|spm|scm|xt(or|ref|cr|s|np|loc)|echobox|cmp|cmpid|dicbo|tblci|wt_mc|wtmc|ocid|ncid|smid|s_cid|maca"
    r"|guccounter|guce_referrer(_sig)?|_guc_consent_skip|_openstat|replytocom|jsessionid|phpsessid|rss|rssfeed"
    r"|tag_from|jxconn|jxreco(id|from|pos)|lgn_method|google_btn",
)
_VARIANT = re.compile(
    r"(page|hal|halaman|showpage)=(all|\d+)|single=1|view=(all|full|ok|amp)|(output(type)?|format|mode|template|amp-content)=amp(art)?"
    r"|(_|wp)?amp(=(1|y|yes|true|amp)?)?|share=[a-z-]+|(source|src|origin|from|via|medium|r)=rss"
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
        parts = urlsplit(_forward_slashes(text) if "\\" in text else text)
        server = _server(parts.scheme, parts.netloc, publisher.home, publisher.hosts)
    except ValueError:
        return text
    segments = _segments(parts.path)
    if server.own:
        _drop_variants(segments, publisher)
    host = server.host
    if server.main and segments[1:] and segments[0] in publisher.channels:
        host = f"{segments.pop(0)}.{server.main}"
        _drop_leading_amp(segments, publisher)
    query = _query(parts.query, publisher.query_kept)
    route = f"#{_escaped(parts.fragment)}" if _ROUTE.match(parts.fragment) else ""
    return f"{server.scheme}://{host}{server.port}/{'/'.join(segments)}" + (f"?{query}" if query else "") + route


def with_query(url: str, query: str) -> str:
    """`url` with one parameter `name=value` added, or replaced where it is there; an empty `query` adds nothing."""
    if not query:
        return url
    address, _, _ = url.partition("#")
    path, _, present = address.partition("?")
    name = query.partition("=")[0]
    kept = [piece for piece in present.split("&") if piece and piece.partition("=")[0] != name]
    return f"{path}?{'&'.join([*kept, query])}"


def _forward_slashes(text: str) -> str:
    """As browsers read it: a backslash before the query is a slash."""
    return _BEFORE_QUERY.sub(lambda match: match[0].replace("\\", "/"), text, count=1)


class _Server(NamedTuple):
    """Where an address leads, in canonical form."""

    scheme: str
    host: str
    port: str
    """With its colon; empty where it is the default."""
    own: bool
    """Whether it is the publisher's."""
    main: str
    """The registered domain, where the host is the publisher's main one; else empty."""


@lru_cache(maxsize=4096)
def _server(scheme: str, netloc: str, home: str, domains: tuple[str, ...]) -> _Server:
    """The server that a scheme and an authority name. Remembered: addresses are many, servers few.

    Raises:
        ValueError: they name none.
    """
    if scheme not in _DEFAULT_PORTS or len(netloc) > _LONGEST_AUTHORITY:
        raise ValueError(f"{scheme}: no web address")
    parts = SplitResult(scheme, netloc, "", "", "")
    host, port = _host(parts.hostname or ""), parts.port
    if port == _DEFAULT_PORTS[scheme]:
        port = None
    own = any(host == domain or host.endswith("." + domain) for domain in domains)
    if own:
        host = _desktop_host(host, urlsplit(home).hostname or "", domains)
    bare = host.removeprefix("www.")
    if port is None and "." in host and not _is_address(host):
        scheme = "https"
    name = f"[{host}]" if ":" in host else host
    return _Server(scheme, name, "" if port is None else f":{port}", own, bare if bare in domains else "")


def _host(name: str) -> str:
    """The host in ASCII; in lower case, as `urlsplit` gives it.

    Raises:
        ValueError: it is none.
    """
    if ":" in name:
        return str(ip_address(name))
    name = name.rstrip(".")
    if len(name) > _LONGEST_HOST:
        raise ValueError("too long for a host name")
    host = name if name.isascii() else _ascii(name)
    if not _HOST.fullmatch(host):
        raise ValueError(f"{name!r} is no host name")
    return host


def _ascii(name: str) -> str:
    """As browsers do it: UTS 46, not transitional. Python's own codec is IDNA 2003, for which `faß` is `fass`."""
    import idna  # noqa: PLC0415 - its tables take 80 ms, and hardly a host needs them

    return idna.encode(name, uts46=True).decode("ascii").rstrip(".")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _desktop_host(host: str, home: str, domains: tuple[str, ...]) -> str:
    """The host a desktop browser is sent to: `m.` and `amp.` gone, `www.` as the publisher's home has it."""
    while host != home and host not in domains:
        label, _, rest = host.partition(".")
        if label not in _MOBILE_LABELS or not any(rest == domain or rest.endswith("." + domain) for domain in domains):
            break
        host = rest
    bare = host.removeprefix("www.")
    if bare not in domains:
        return host
    return f"www.{bare}" if home.startswith("www.") else bare


def _segments(path: str) -> list[str]:
    segments: list[str] = []
    for segment in _escaped(path).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    return [segment for segment in segments if segment]


def _drop_variants(segments: list[str], publisher: Publisher) -> None:
    """Drop the marks of a variant: `/amp/...`, `.../amp`, `slug.amp.html`; never the only segment but a session's."""
    segments[:] = [segment for segment in segments if not _SESSION.fullmatch(segment)]
    _drop_leading_amp(segments, publisher)
    while segments:
        last = segments[-1]
        last = segments[-1] = _AMP_ENDING.sub("", _SESSION.sub("", last) if ";" in last else last)
        if len(segments) == 1 or not (last.lower() in _VARIANT_SEGMENTS or last in publisher.variant_segments):
            break
        del segments[-1]


def _drop_leading_amp(segments: list[str], publisher: Publisher) -> None:
    if segments[1:] and segments[0].lower() == "amp":
        last = len(segments) - 1
        others = next((place for place, segment in enumerate(segments) if segment.lower() != "amp"), last)
        segments[:others] = [publisher.amp_replaces] if publisher.amp_replaces else []


def _query(query: str, kept: tuple[str, ...]) -> str:
    if not query:
        return ""
    pairs = []
    for piece in query.split("&"):
        pair = _escaped(_ESCAPED_TWICE.sub("", piece)).replace("+", "%20")
        name = pair.partition("=")[0]
        if pair and (name in kept or not (_TRACKING.fullmatch(name.lower()) or _VARIANT.fullmatch(pair.lower()))):
            pairs.append((name, pair))
    return "&".join(pair for _, pair in sorted(pairs, key=lambda named: named[0]))


def _escaped(text: str) -> str:
    """Percent-encoding as RFC 3986 section 6.2.2 has it: nothing escaped that need not be, hexadecimals in capitals."""
    return _ESCAPABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    if (digits := match[1]) is not None:
        decoded = chr(int(digits, 16))
        return decoded if _NEVER_ESCAPED.fullmatch(decoded) else f"%{digits.upper()}"
    return "".join(map(_ESCAPES.__getitem__, match[0].encode("utf-8", "surrogatepass")))
