"""URL identity beside other libraries, in one run: pairs joined, pairs wrongly joined, URLs a second.

usage: python tests/benchmarks/urls.py

The pairs are those of tests/url_pairs.toml; its publishers' files and our rules were written with them in sight. Where
the measuring material lies beside the checkout there are two lists that nobody wrote for this: AMP and mobile addresses
that saved pages name as their own, read without a publisher's file, and distinct articles of real publishers.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from benchmarks.extraction_environment import environment
from benchmarks.url_peers import measure

from spiders.publishers import Publisher, find_publisher
from spiders.publishers.urls import canonicalise
from spiders.reading.markup.document import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

_PINS = ("ural==1.6.2", "courlan==1.4.0", "url-normalize==3.1.0", "w3lib==2.5.0")
HERE = Path(__file__).resolve()
SHARED = HERE.parents[3] / "shared"
_SECOND_LEVEL = {"co", "com", "or", "go", "gov", "net", "org", "ac"}
Pairs = list[tuple[str, str]]


def written() -> tuple[dict[str, Pairs], dict[str, Publisher]]:
    """The written pairs, and whose each URL is."""
    pairs: dict[str, Pairs] = {"same": [], "different": []}
    owners: dict[str, Publisher] = {}
    for group in tomllib.loads((HERE.parents[1] / "spiders" / "publishers" / "url_pairs.toml").read_text("utf-8"))[
        "group"
    ]:
        named = group["publisher"]
        table = {"name": "x"} if isinstance(named, str) else named
        owner = find_publisher(named) if isinstance(named, str) else Publisher.from_table("x", table, where="")
        for kind, listed in pairs.items():
            listed += [(one, other) for one, other, _ in group[kind]]
            owners |= {url: owner for one, other, _ in group[kind] for url in (one, other)}
    return pairs, owners


def stranger(url: str) -> Publisher:
    """A publisher of which only the address is known."""
    host = urlsplit(url).hostname or "x"
    labels = host.split(".")
    domain = ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:])
    return Publisher.from_table("x", {"name": "x", "home": f"https://{host}/", "domains": [domain]}, where="")


def named_by_pages() -> Iterator[tuple[str, str]]:
    """The address of each saved page with each AMP or mobile address that it names."""
    for folder in sorted((SHARED / "pages").glob("*/")):
        url = json.loads((folder / "expected.json").read_text("utf-8")).get("url") or ""
        links = parse(gzip.decompress((folder / "page.html.gz").read_bytes()), None).iterfind(".//link[@rel][@href]")
        for link in links if url.startswith("http") else ():
            relation, media = link.get("rel", "").lower(), link.get("media") or ""
            if relation == "amphtml" or (relation == "alternate" and "max-width" in media):
                yield url, urljoin(url, link.get("href", "").strip())


def neighbours() -> Iterator[tuple[str, str]]:
    """Distinct real articles, each with the next one by host and path."""
    with gzip.open(SHARED / "dedup" / "real_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from pairwise(sorted({json.loads(line)["url"] for line in lines}))


def main() -> None:
    """Print the table."""
    pairs, owners = written()
    if SHARED.is_dir():
        pairs |= {"pages' AMP": list(named_by_pages()), "real articles": list(neighbours())}
    for listed in pairs.values():
        owners |= {url: stranger(one) for one, other in listed for url in (one, other) if url not in owners}
    urls = [url for listed in pairs.values() for pair in listed for url in pair]
    figures: dict[str, dict[str, Any]] = {"ours": measure(lambda url: canonicalise(url, owners[url]), urls, pairs)}
    try:
        peers = [str(environment(_PINS)), str(HERE.with_name("url_peers.py"))]
        asked = json.dumps({"urls": urls, "pairs": pairs})
        figures |= json.loads(subprocess.run(peers, input=asked, check=True, capture_output=True, text=True).stdout)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"peers are left out: {error}", file=sys.stderr)
    wrong = {"different", "real articles"}
    print(
        f"{'':24}"
        + "".join(f"{('wrongly: ' if name in wrong else '') + name:>24}" for name in pairs)
        + f"{'URL/s':>10}"
    )
    for name, found in figures.items():
        counts = "".join(f"{f'{found[kind]} of {len(listed)}':>24}" for kind, listed in pairs.items())
        print(f"{name:24}{counts}{found['URL/s']:>10,}")


if __name__ == "__main__":
    main()
