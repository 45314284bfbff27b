"""One spider a publisher file, found by name: `scrapy list`, `scrapy crawl <key>`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from spiders.crawler import PublisherSpider
from spiders.publishers import UnknownPublisher, find_publisher, load_publishers, publisher_keys

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings


class PublisherSpiderLoader:
    """Scrapy's documented extension point SPIDER_LOADER_CLASS, with publishers in place of modules."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:  # noqa: ARG003 - Scrapy's signature
        """Create the loader; publisher files are read when a spider is asked for."""
        return cls()

    def list(self) -> list[str]:
        """Keys of all publishers, sorted."""
        return publisher_keys()

    def load(self, spider_name: str) -> type[Spider]:
        """The spider class of one publisher.

        Raises:
            KeyError: no such publisher; Scrapy's commands turn it into one line.
        """
        try:
            publisher = find_publisher(spider_name)
        except UnknownPublisher as error:
            raise KeyError(f"Spider not found: {error}") from error
        return type(PublisherSpider.__name__, (PublisherSpider,), {"name": publisher.key, "publisher": publisher})

    def find_by_request(self, request: Request) -> list[str]:  # type: ignore[valid-type]  # `list` is the method above
        """Keys of the publishers that own the URL."""
        return [key for key, publisher in load_publishers().items() if publisher.owns(request.url)]
