"""What a page says about itself to machines: JSON-LD, OpenGraph and other `<meta>`. Pure; broken data are skipped.

JSON-LD is read as it is found: lists, `@graph`, null, trailing commas, raw control characters, HTML comments and CDATA
around it. A page may describe several articles: the one whose URL is the page's is meant.
"""

from __future__ import annotations

import html
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from spiders.reading.markup.nearly_json import read_json
from spiders.seed_format import collapse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from spiders.reading.markup.elements import Elements

Thing = dict[str, Any]
"""One JSON-LD object."""

_ARTICLE = re.compile(r"(?:Article|Posting|Review|Report)$")
_PAGE = re.compile(r"(?:Page|Recipe)$")
_ADDRESSED = re.compile(r"\d|[^/]{12}|/[^/]+/[^/]")
"""A path that is one article's; `/` and `/news` are a site's."""
_WORDS = re.compile(r"\w+")
_SHARED = 0.5
_LONGEST_TITLE = 500
_MOST_TITLES = 5
_DEEPEST = 5
_MOST_DIGITS = 18
_READING = re.compile("Read|View")
_ACCESS = {"true": True, "free": True, "1": True, "false": False, "locked": False, "metered": False, "0": False}


class Metadata:
    """Structured data of one page."""

    def __init__(self, elements: Elements, url: str) -> None:
        self._elements = elements
        self._url = url

    @property
    def path(self) -> str:
        """Path of the page's address, in lower case."""
        return _path(self._url)

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """Every JSON-LD object of the page, those in lists and graphs included, in document order."""
        scripts = self._elements.tagged("script")
        texts = (script.text for script in scripts if script.get("type", "").lower().startswith("application/ld+json"))
        return tuple(thing for text in texts for value in read_json(text or "") for thing in _flat(value, 0))

    @cached_property
    def article(self) -> Thing:
        """The JSON-LD object of the article this page is; empty where there is none, or only of another page."""
        articles = [thing for thing in self.things if any(map(_ARTICLE.search, types_of(thing)))]
        here = _path(self._url)
        own = next((thing for thing in articles if here in map(_path, _urls(thing))), None)
        return own or next(filter(self._is_own, articles), {})

    def _is_own(self, thing: Thing) -> bool:
        """Whether an article may be this page's: it names no address, one that the page calls its own, or its title."""
        paths = {path for path in map(_path, _urls(thing)) if path and _ADDRESSED.search(path)}
        if not paths or not paths.isdisjoint(self._own_paths):
            return True
        headline = next(texts_of(thing.get("headline") or thing.get("name")), "")
        return bool(headline) and any(_share_words(headline, title) for title in self._titles)

    @cached_property
    def _own_paths(self) -> frozenset[str]:
        """Paths of the addresses that the page gives itself."""
        links = self._elements.tagged("link")
        canonical = (link.get("href", "") for link in links if link.get("rel", "").lower() == "canonical")
        return frozenset(map(_path, (self._url, *canonical, *self.meta("og:url"))))

    @cached_property
    def _titles(self) -> tuple[str, ...]:
        """Titles of the page outside its JSON-LD."""
        first = self._elements.tagged("h1")[:_MOST_TITLES]
        headings = (heading.text_content()[:_LONGEST_TITLE] for heading in first)
        return (*self.meta("og:title", "twitter:title"), self._elements.tree.findtext("head/title") or "", *headings)

    @cached_property
    def types(self) -> frozenset[str]:
        """All types the page's JSON-LD names at its top: `NewsArticle`, `VideoObject`."""
        return frozenset(name for thing in self.things for name in types_of(thing))

    @cached_property
    def _meta(self) -> dict[str, list[str]]:
        """Contents as they stand there: most are never asked for."""
        found: dict[str, list[str]] = {}
        for element in self._elements.tagged("meta"):
            content = element.get("content")
            name = element.get("property") or element.get("name") or element.get("itemprop")
            if content and name:
                found.setdefault(name.strip().lower(), []).append(content)
        return found

    def meta(self, *names: str) -> Iterator[str]:
        """Contents of `<meta>` by name, property or itemprop, in the order of `names`."""
        for name in names:
            yield from filter(None, map(collapse, self._meta.get(name, ())))

    def named(self, says: Callable[[str], bool]) -> Iterator[str]:
        """Contents of every `<meta>` whose name, in lower case, says something."""
        yield from self.meta(*filter(says, self._meta))

    def stated(self, *keys: str) -> Iterator[str]:
        """Texts of the article's JSON-LD under `keys`."""
        for key in keys:
            yield from texts_of(self.article.get(key))

    def stated_of_page(self, *keys: str) -> Iterator[str]:
        """Texts that the JSON-LD has under keys for the page around the article, else for what else it is of."""
        for key in keys:
            holders = [thing for thing in self.things if key in thing]
            pages = [thing for thing in holders if any(map(_PAGE.search, types_of(thing)))]
            for thing in pages or filter(self._is_own, holders):
                yield from texts_of(thing.get(key))

    @property
    def descriptions(self) -> tuple[str, ...]:
        """What the page says that its article is about."""
        return (*self.stated("description"), *self.meta("og:description", "description", "twitter:description"))

    @cached_property
    def breadcrumb(self) -> tuple[str, ...]:
        """Labels of the JSON-LD BreadcrumbList, by position."""
        for thing in self.things:
            if "BreadcrumbList" in types_of(thing):
                items = [item for item in listed(thing.get("itemListElement")) if isinstance(item, dict)]
                labels = [_label(item) for item in sorted(items, key=_position)]
                return tuple(label for label in labels if label)
        return ()

    @property
    def body(self) -> str:
        """The article's text as JSON-LD has it, often empty or without paragraphs: it locates the body."""
        return next(self.stated("articleBody"), "")

    @property
    def people(self) -> tuple[str, ...]:
        """Author names of the JSON-LD as they stand there, organisations left out."""
        authors = (author for author in self._authors if not _is_organisation(author))
        return tuple(name for author in authors for name in texts_of(author))

    @property
    def credited(self) -> tuple[str, ...]:
        """Everyone the JSON-LD names as author, agencies and the newsroom itself included."""
        return tuple(name for author in self._authors for name in texts_of(author))

    @property
    def _authors(self) -> list[Any]:
        stated = listed(self.article.get("author")) or listed(self.article.get("creator"))
        return [self._named(author) if isinstance(author, dict) else author for author in stated]

    def _named(self, author: Thing) -> Thing:
        """The object itself, or the one elsewhere in the page that it only points to."""
        if "name" in author or "@id" not in author:
            return author
        return self._by_id.get(str(author["@id"]), author)

    @cached_property
    def _by_id(self) -> dict[str, Thing]:
        """Named objects by the name under which others point to them; of two, the first."""
        return {str(thing.get("@id")): thing for thing in reversed(self.things) if "name" in thing}

    @property
    def images(self) -> Iterator[str]:
        """Addresses of pictures that the article's JSON-LD states, the lead picture first."""
        for value in listed(self.article.get("image")):
            address = value.get("url") or value.get("contentUrl") if isinstance(value, dict) else value
            if isinstance(address, str):
                yield address

    @property
    def free(self) -> tuple[object, ...]:
        """What the article's JSON-LD says of its accessibility, to be read by `is_free`."""
        return (self.article.get("isAccessibleForFree"),)

    @property
    def reads(self) -> int | None:
        """Views or reads counted by the JSON-LD interaction statistics."""
        for counter in listed(self.article.get("interactionStatistic")):
            if not isinstance(counter, dict):
                continue
            kind, count = counter.get("interactionType"), counter.get("userInteractionCount")
            name = "".join(types_of(kind)) if isinstance(kind, dict) else kind
            if isinstance(name, str) and _READING.search(name) and isinstance(count, int | str):
                return int(str(count)[:_MOST_DIGITS]) if str(count).isdecimal() else None
        return None


def _share_words(one: str, other: str) -> bool:
    """Whether two titles are of one story: half of the words of the shorter one stand in the other."""
    ours, theirs = (set(_WORDS.findall(text.casefold())) for text in (one, other))
    return len(ours & theirs) >= max(1, _SHARED * min(len(ours), len(theirs)))


def is_free(values: Iterable[object]) -> bool | None:
    """What some values say of accessibility: False for a paywall, None when they say nothing."""
    for value in values:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and (word := value.strip().lower().rsplit("/", 1)[-1]) in _ACCESS:
            return _ACCESS[word]
    return None


def types_of(thing: Thing) -> tuple[str, ...]:
    """Type names of a JSON-LD object, without the vocabulary's address."""
    return tuple(name.rsplit("/", 1)[-1] for name in listed(thing.get("@type")) if isinstance(name, str))


def listed(value: object) -> list[Any]:
    """A JSON-LD value as a list: it may be one, one thing, or missing."""
    return value if isinstance(value, list) else [] if value is None else [value]


def texts_of(value: object, depth: int = 0) -> Iterator[str]:
    """Texts of a value: a string, an object with a name, or a list of these; character references resolved."""
    for item in listed(value) if depth <= _DEEPEST else ():
        if isinstance(item, dict):
            yield from texts_of(item.get("name") or item.get("@value") or _full_name(item), depth + 1)
        elif isinstance(item, str) and (text := collapse(html.unescape(item))):
            yield text


def _full_name(person: Thing) -> str:
    parts = (person.get("givenName"), person.get("familyName"))
    return " ".join(part for part in parts if isinstance(part, str))


def _is_organisation(author: object) -> bool:
    return isinstance(author, dict) and "Organization" in "".join(types_of(author))


def _flat(value: object, depth: int) -> Iterator[Thing]:
    if depth > _DEEPEST:
        return
    for item in listed(value):
        if isinstance(item, list):
            yield from _flat(item, depth + 1)
        elif isinstance(item, dict):
            yield item
            for key in ("@graph", "mainEntity", "mainEntityOfPage", "breadcrumb"):
                if isinstance(item.get(key), list | dict):
                    yield from _flat(item[key], depth + 1)


def _urls(thing: Thing) -> Iterator[str]:
    page = thing.get("mainEntityOfPage")
    for value in (thing.get("url"), thing.get("@id"), page.get("@id") if isinstance(page, dict) else page):
        if isinstance(value, str):
            yield value


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url.strip()).path).rstrip("/").lower()
    except ValueError:  # "http://[": no address
        return url


def _position(item: Thing) -> int:
    position = item.get("position")
    if isinstance(position, str) and position.isdecimal():
        return int(position[:_MOST_DIGITS])
    return position if isinstance(position, int) else 0


def _label(item: Thing) -> str:
    target = item.get("item")
    named = (*texts_of(item.get("name")), *texts_of(target if isinstance(target, dict) else None))
    return named[0] if named else ""
