"""A fetched page -> Article or Rejection, a small method a field.

Where a value comes from, first answer wins, and `Page.origins` says which it was:

- headline, breadcrumb, byline, reads, tags and body: the publisher's selectors, since a selector is given where the
  rest fails; then structured data; then the generic reader.
- authors, dates and picture: structured data, then the publisher's selectors, then what is printed near the headline.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from spiders.article import Article, Reason, Rejection
from spiders.publishers.urls import canonicalise
from spiders.reading.body.boilerplate import counts_readers, names_author
from spiders.reading.body.cleaning import clean
from spiders.reading.body.finding import Body, Stated
from spiders.reading.breadcrumbs import clean_trail, printed_trail
from spiders.reading.conventions import featured_pictures, pictures_in, related_links
from spiders.reading.credits import AUTHORS, marked_authors, name_in
from spiders.reading.declared import declared_url
from spiders.reading.markup.browser_tree import as_browsers_read
from spiders.reading.markup.document import read
from spiders.reading.markup.elements import Elements
from spiders.reading.markup.metadata import Metadata, is_free
from spiders.reading.markup.origins import HOUSE, JSON_LD, MARKED, META, PRINTED, PUBLISHER, SELECTOR, TITLE, Origins
from spiders.reading.markup.selection import dates, first_match, matches, shown_text, text_of, texts
from spiders.reading.printed.counters import find_reads, first_count, read_count
from spiders.reading.printed.datelines import Dateline, first_dateline
from spiders.reading.printed.headlines import choose_headline, names_in_host, plain_title, printed_form
from spiders.reading.printed.labels import find_language, first_address, split_tags
from spiders.reading.printed.people import find_byline, find_editors, find_house, find_people
from spiders.reading.quality import quality_of, signs_of
from spiders.reading.rejections import TEXTLESS, find_reason
from spiders.reading.surroundings import Surroundings, short
from spiders.reading.timing import Timing
from spiders.reading.version import EXTRACTOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from spiders.publishers import Publisher
    from spiders.reading.markup.blocks import Block

    Sources = Sequence[tuple[str, Iterable[str]]]

_ROOTS = frozenset(("home", "beranda"))
_MOST_HEADINGS = 50


class Page:
    """One fetched page of one publisher."""

    def __init__(
        self, html: bytes, url: str, publisher: Publisher, *, fetched_at: datetime, encoding: str | None = None
    ) -> None:
        """Parse it.

        Args:
            html: The body as received.
            url: Where it came from, after redirects.
            publisher: Whose page it is.
            fetched_at: When, aware; relative dates count from it.
            encoding: Charset of the Content-Type header.
        """
        self.url = url
        self.publisher = publisher
        self.fetched_at = fetched_at
        self.received: tuple[bytes, str | None] | None = html, encoding
        self.tree, self.repaired = read(html, encoding)
        self.elements = Elements(self.tree)
        self.metadata = Metadata(self.elements, url)
        self.origins = Origins()

    def article(self) -> Article | Rejection:
        """The article the page holds, or why it holds none; one without a text is read once more as browsers do."""
        found = self.rejection_reason()
        if found is not None:
            reason, detail = found
            if reason in TEXTLESS and self.received is not None:
                return self._reread(*self.received)
            return Rejection(
                publisher=self.publisher.key,
                url=self.url,
                canonical_url=canonicalise(self.url, self.publisher),
                reason=reason,
                fetched_at=self.fetched_at,
                detail=detail,
            )
        return Article(
            publisher=self.publisher.key,
            url=self.url,
            canonical_url=canonicalise(self.url, self.publisher),
            declared_url=declared_url(self.tree, self.url, self.metadata.meta("og:url"), self.publisher),
            headline=self.headline or "",
            paragraphs=self.paragraphs,
            fetched_at=self.fetched_at,
            repaired=self.repaired,
            breadcrumb=self.breadcrumb,
            section=self.section,
            dateline=self.dateline.printed,
            dateline_place=self.dateline.place,
            dateline_brand=self.dateline.brand,
            byline=self.byline,
            authors=self.authors,
            published_at=self.published_at,
            modified_at=self.modified_at,
            language=self.language,
            tags=self.tags,
            image_url=self.image_url,
            paywalled=self.paywalled,
            reads=self.reads,
            quality=self.quality,
            extractor=EXTRACTOR,
        )

    def _reread(self, html: bytes, encoding: str | None) -> Article | Rejection:
        again = type(self)(as_browsers_read(html, encoding), self.url, self.publisher, fetched_at=self.fetched_at)
        again.repaired = self.repaired
        if again.rejection_reason() is None:
            self.__dict__ = again.__dict__
        self.received = None
        return self.article()

    def rejection_reason(self) -> tuple[Reason, str] | None:
        """Why the page is no article, with what was seen; None when it is one."""
        return find_reason(
            self.elements,
            self.url,
            self.metadata,
            headline=self.headline,
            paragraphs=self.paragraphs,
            paywalled=self.paywalled,
        )

    @cached_property
    def headline(self) -> str | None:
        """Without the site's name."""
        sources = self.titles
        chosen = next(iter(sources[SELECTOR]), None) or choose_headline(
            *(self._headings, sources[JSON_LD], sources[META], sources[TITLE], self.site_names),
            address=self.metadata.path,
        )
        if chosen:
            said = {origin: [*map(plain_title, titles)] for origin, titles in sources.items()}
            self.origins.first("headline", said.items(), lambda titles: any(chosen in title for title in titles))
        return chosen

    @cached_property
    def titles(self) -> dict[str, list[str]]:
        """What states the headline, by where it stands."""
        return {
            SELECTOR: texts(self.tree, self.publisher.rules.headline)[:1],
            JSON_LD: [*self.metadata.stated("headline")],
            PRINTED: self._headings,
            META: [*self.metadata.meta("og:title", "twitter:title")],
            TITLE: [*map(text_of, self.elements.titles)],
        }

    @cached_property
    def _headings(self) -> list[str]:
        return [shown_text(heading) for heading in self.elements.tagged("h1")[:_MOST_HEADINGS]]

    @cached_property
    def printed_headline(self) -> str:
        """The headline as the page shows it, which may be shorter or longer than the newsroom's."""
        return printed_form(self.headline or "", self._headings)

    @cached_property
    def site_names(self) -> tuple[str, ...]:
        """What the site calls itself: such a name is no part of a headline."""
        said = (*self.metadata.meta("og:site_name"), *self.metadata.stated("publisher"))
        return (self.publisher.name, *names_in_host(urlsplit(self.url).hostname or ""), *said)

    @cached_property
    def breadcrumb(self) -> tuple[str, ...]:
        """Labels from the root on, without the headline."""
        selected = texts(self.tree, self.publisher.rules.breadcrumb)
        stated = self.metadata.breadcrumb
        printed = () if selected or stated else printed_trail(self.elements)
        sources: Sources = ((SELECTOR, selected), (JSON_LD, stated), (PRINTED, printed))
        return self.origins.first("breadcrumb", sources, lambda trail: clean_trail(trail, self.headline or "")) or ()

    @cached_property
    def section(self) -> str | None:
        """The last breadcrumb label, else what structured data say."""
        labels = [label for label in self.breadcrumb if label.casefold() not in _ROOTS]
        stated, meta = self.metadata.stated("articleSection"), self.metadata.meta("article:section")
        sources: Sources = ((self.origins.get("breadcrumb", ""), labels[-1:]), (JSON_LD, stated), (META, meta))
        filed: Sources = ((PRINTED, related_links(self.elements, "category")),)
        return self.origins.first("section", (*sources, *filed), lambda names: next(iter(names), None))

    @cached_property
    def byline(self) -> str | None:
        """The printed author line."""
        sources: Sources = (
            (SELECTOR, texts(self.tree, self.publisher.rules.byline)),
            (PRINTED, [self._line_with_role or ""]),
            (MARKED, self._marked_bylines()),
        )
        return self.origins.first("byline", sources, lambda lines: next(iter(lines), None))

    def _marked_bylines(self) -> Iterator[str]:
        yield from (block.text for block in self._named_lines)  # looked for only where no other line is found

    @cached_property
    def _named_lines(self) -> list[Block]:
        """Short blocks up to the end of the text that say of themselves that they name the author."""
        return [block for block in short(self.body.until_end) if names_author(block.element)]

    @cached_property
    def _line_with_role(self) -> str | None:
        return find_byline(self.surroundings.lines)

    @cached_property
    def authors(self) -> tuple[str, ...]:
        """People named by structured data, else by the byline; where nobody is, who else signs by the JSON-LD."""
        names, credited = self.site_names, self.metadata.credited
        others = (*names, *find_editors(self.surroundings.lines))
        if find_people(self.metadata.people, others):
            self.origins["authors"] = JSON_LD
            return find_people(credited, others, agencies=True)
        stated = ((META, self.metadata.meta(name)) for name in AUTHORS)
        people = self.origins.first("authors", stated, lambda lines: find_people(lines, others))
        people = people or self.origins.first("authors", self.author_lines(), lambda lines: find_people(lines, names))
        signed: Sources = ((HOUSE, credited), *((META, self.metadata.meta(name)) for name in AUTHORS))
        return people or self.origins.first("authors", signed, find_house) or ()

    @cached_property
    def published_at(self) -> datetime | None:
        """When the article was published; None where the page does not say."""
        return self.timing.published()

    @cached_property
    def modified_at(self) -> datetime | None:
        """When it was last changed; None where the page states no change."""
        return self.timing.modified(self.published_at)

    @cached_property
    def timing(self) -> Timing:
        """What states when the article appeared."""
        selected = [*dates(self.tree, self.publisher.rules.published)]
        return Timing(
            *(self.elements, self.url, self.metadata, self.surroundings, selected),
            zone=self.publisher.zone,
            fetched_at=self.fetched_at,
            language=self.language,
            origins=self.origins,
        )

    @cached_property
    def language(self) -> str | None:
        """BCP 47 primary tag."""
        stated, meta = self.metadata.stated("inLanguage"), self.metadata.meta("og:locale")
        sources: Sources = ((JSON_LD, stated), (MARKED, [self.tree.get("lang", "")]), (META, meta))
        return self.origins.first("language", (*sources, (PUBLISHER, [self.publisher.language])), find_language)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Tags as printed, each once."""
        linked = related_links(self.elements, "tag", without="category")
        sources: Sources = (
            (SELECTOR, texts(self.tree, self.publisher.rules.tags)),
            (PRINTED, linked),
            (JSON_LD, self.metadata.stated("keywords")),
            (META, self.metadata.meta("article:tag")),
            (META, self.metadata.meta("news_keywords", "keywords")),
        )
        return self.origins.first("tags", sources, split_tags) or ()

    @cached_property
    def image_url(self) -> str | None:
        """The lead picture, absolute."""
        meta = self.metadata.meta("og:image", "og:image:url", "twitter:image", "image")
        selected = pictures_in(first_match(self.tree, self.publisher.rules.image))
        shown: Sources = ((SELECTOR, selected), (MARKED, featured_pictures(self.elements)))
        sources: Sources = ((JSON_LD, self.metadata.images), (META, meta), *shown)
        return self.origins.first("image_url", sources, lambda addresses: first_address(addresses, self.url))

    @cached_property
    def paywalled(self) -> bool | None:
        """True when the page says it is not free; None when it says nothing."""
        meta = self.metadata.meta("article:content_tier", "isaccessibleforfree")
        free = self.origins.stated("paywalled", ((JSON_LD, self.metadata.free), (META, meta)), is_free)
        return None if free is None else not free

    @cached_property
    def reads(self) -> int | None:
        """The reader count of this article: selected, stated, or printed in the header or right after the text."""
        selected = map(read_count, texts(self.tree, self.publisher.rules.reads))
        printed = map(find_reads, self.surroundings.lines)
        bare = (read_count(block.text) for block in short(self.body.tail) if counts_readers(block.element))
        sources = ((SELECTOR, selected), (JSON_LD, [self.metadata.reads]), (PRINTED, printed), (MARKED, bare))
        return self.origins.stated("reads", sources, first_count)

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """The body as a reader sees it."""
        sources = ((self.body.origin, self.body.text_blocks),)
        return tuple(self.origins.first("paragraphs", sources, lambda text: clean(text, self.printed_headline)) or ())

    @cached_property
    def dateline(self) -> Dateline:
        """Place and brand before the text, None each where there is none; the first paragraph keeps them."""
        sources = ((PRINTED, self.paragraphs[:1]),)
        found = self.origins.first("dateline", sources, lambda lines: first_dateline(lines, self.site_names))
        return found or Dateline()

    @cached_property
    def body(self) -> Body:
        """Where the text stands."""
        rules = self.publisher.rules
        root = self.tree.find("body")
        containers = first_match(self.tree, rules.body)
        parts = containers or [self.tree]
        dropped = (element for css in rules.drop for part in parts for element in matches(part, css))
        return Body(
            self.tree if root is None else root,
            containers=containers,
            skipped=frozenset(dropped),
            stated=Stated(
                headline=self.printed_headline,
                descriptions=self.metadata.descriptions,
                text=self.metadata.body,
                host=urlsplit(self.url).hostname or "",
            ),
        )

    @property
    def quality(self) -> float:
        """How far the article can be trusted, 0 to 1: an order of pages, no probability."""
        return quality_of(signs_of(self.body))

    @cached_property
    def surroundings(self) -> Surroundings:
        """What is printed beside the text: date, byline, counter."""
        return Surroundings(self.body, self.printed_headline, self.language)

    def author_lines(self) -> Iterator[tuple[str, Iterable[str]]]:
        """What may name the authors outside structured data, most trusted first."""
        yield SELECTOR, texts(self.tree, self.publisher.rules.byline)[:1]
        yield PRINTED, [self._line_with_role or ""]
        yield from ((MARKED, lines) for lines in marked_authors(self.elements, self.metadata))
        yield PRINTED, [self.byline or ""]
        yield MARKED, [name_in(block.element) for block in self._named_lines]
        yield PRINTED, self.surroundings.signers
