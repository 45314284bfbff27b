"""The publishers of the simulated internet, as data: `sites/*.toml` -> Site.

A file holds tables by key. A table may name the `family` whose template it shares, itself a table of `families.toml`.
Elements are written as `elements.py` reads them, texts as formats with the names of `printed_dates.py`, `{reporter}`,
`{editor}`, `{place}`, `{channel}` and `{name}`.
"""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

_CHANNELS = {
    "nasional": "nasional",
    "ekonomi": "ekonomi",
    "olahraga": "olahraga",
    "teknologi": "teknologi",
    "internasional": "internasional",
    "budaya": "budaya",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One simulated publisher: where it announces what, and how its pages are built."""

    key: str
    name: str
    home: str
    zone: str = "WIB"
    channels: dict[str, str] = field(default_factory=lambda: _CHANNELS)
    """Channel in addresses -> section of the newsstand whose words it writes."""
    size: float = 1.0
    """Articles a day, against the other publishers'."""

    # Addresses: {channel} stands for each channel, and `#bola` behind one limits what it announces.
    article: str = ""
    feeds: tuple[str, ...] = ()
    atom: tuple[str, ...] = ()
    rdf: tuple[str, ...] = ()
    news_sitemaps: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    """Sitemap indexes."""
    index: tuple[str, ...] = ()
    """With {Y}, {m}, {d} the list of one day, else the newest; {page} or {offset}."""
    index_item: str = "ul.indeks * li"
    index_link: str = ""
    """Class of the links to articles."""
    index_size: int = 10
    """Articles on one page of an index."""
    feed_items: int = 30
    feed_tail: str = ""
    """Query behind the links of feeds, ampersands as they stand there."""
    feed_dates: str = "rfc822"
    """`none`: the feed states no date."""
    gzip: bool = False
    validators: str = "both"
    """`both`, `etag`, `modified` or `none`: what answers to announcements carry."""
    restless: bool = False
    """The feed states the time of the request, so that no answer is like another."""

    # robots.txt
    disallow: tuple[str, ...] = ("/akun/", "/*cetak-khusus-")
    crawl_delay: float = 0

    # The article page.
    layout: tuple[str, ...] = ("breadcrumb", "title", "author", "date", "image", "body", "editor", "tags")
    frame: str = "main.container div.konten"
    title: str = "h1"
    title_tail: str = " - {name}"
    date: str = ""
    printed: str = "{hari}, {dd} {bulan} {yyyy} {HH}:{MM} {zone}"
    author: str = ""
    byline: str = "{reporter}"
    editor: str = ""
    editor_line: str = "Editor: {editor}"
    breadcrumb: str = ""
    crumbs: tuple[str, ...] = ("Home", "{channel}")
    crumb_title: bool = False
    """The headline ends the printed trail."""
    between: str = " "
    image: str = "figure"
    body: str = ""
    blocks: str = "p"
    """Element of a paragraph; `br`: lines with <br><br> between."""
    dateline: tuple[str, ...] = ()
    """HTML before the first sentence, several by turns; ends with the dash as printed."""
    outside: bool = False
    """The dateline stands before the first paragraph's element."""
    capitals: int = 0
    """Words in capitals at the start of the text."""
    opening: str = ""
    """HTML at the start of the body's container that is no text of the article."""
    junk: tuple[str, ...] = ()
    """HTML between paragraphs that is no text; {path} and {headline} of another article."""
    closing: str = ""
    """HTML at the end of the container that is no text."""
    signature: str = ""
    """HTML of the last paragraph, which belongs to the text."""
    tags: str = ""
    reads: str = ""
    reads_line: str = "{reads}"
    split: str = ""
    """Query parameter that asks for a part of a long article."""
    whole: str = ""
    """Query that asks for all of it."""

    # What the page states for machines.
    jsonld: str = "local"
    """How JSON-LD writes its times: `local`, `utc`, `naive`, a format; empty: there is none."""
    jsonld_author: bool = True
    jsonld_crumbs: bool = False
    meta: tuple[str, ...] = ()
    """`name=format`; a name with a colon becomes a property."""
    og: bool = True
    keywords: bool = True
    """Tags as <meta name="keywords"> where none are printed."""

    @property
    def host(self) -> str:
        """Host of the front page."""
        return urlsplit(self.home).netloc


_NAMES = frozenset(each.name for each in fields(Site))


@cache
def load_sites() -> dict[str, Site]:
    """All sites by key, sorted.

    Raises:
        ValueError: a table with a key that no site has.
    """
    folder = files(__package__) / "sites"
    tables: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml") and path.name != "families.toml":
            tables |= tomllib.loads(path.read_text("utf-8"))
    families = tomllib.loads((folder / "families.toml").read_text("utf-8"))
    return {key: _site(key, table, families) for key, table in sorted(tables.items())}


def _site(key: str, table: dict[str, Any], families: dict[str, dict[str, Any]]) -> Site:
    merged = {**_by_chance(key), **families.get(table.get("family", ""), {}), **table, "key": key}
    named = merged.pop("family", None)
    merged.pop("assumed", None)  # words for readers of the file: what no source states
    if named is not None and named not in families:
        raise ValueError(f"{key}: no family {named!r}")
    if unknown := merged.keys() - _NAMES:
        raise ValueError(f"{key}: no site has {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in merged.items()
    }
    return Site(**values)


def _by_chance(key: str) -> dict[str, Any]:
    """What no source says of a site and sites differ in: validators, a delay asked for, feeds that change always."""
    chance = zlib.crc32(key.encode())
    return {
        "validators": ("both", "both", "both", "both", "etag", "modified", "modified", "none")[chance % 8],
        "crawl_delay": 1 if chance // 8 % 12 == 0 else 0,
        "restless": chance // 96 % 12 == 0,
        "gzip": chance // 8 % 2 == 0,
    }
