"""The registered domain of a host: what politeness counts by, because one operator answers for all of it."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

_extract = TLDExtract(suffix_list_urls=(), cache_dir=None)
"""The list of public suffixes that comes with the package: nothing is fetched, nothing is written."""


def domain_of(url: str) -> str:
    """The registered domain of a URL's host: `https://news.detik.com/berita` -> `detik.com`.

    An address has no operator's name, and each of its ports may be another's server: `http://127.0.0.1:8710/` ->
    `127.0.0.1:8710`.
    """
    parts = urlsplit(url)
    host = registered_domain(parts.hostname or "")
    return f"{host}:{parts.port}" if parts.port and (host == "localhost" or _is_address(host)) else host


@lru_cache(maxsize=4096)
def registered_domain(host: str) -> str:
    """The registered domain of a host; an address, `localhost` or a public suffix is its own.

    A suffix that the list does not know is one label long, as https://publicsuffix.org/list/ says: `koran.example`.
    """
    host = host.rstrip(".").lower()
    if _is_address(host):
        return host
    found = _extract.extract_str(host)
    return found.top_domain_under_public_suffix or (host if found.suffix else ".".join(host.split(".")[-2:]))


def _is_address(host: str) -> bool:
    return ":" in host or not host.strip("0123456789.")
