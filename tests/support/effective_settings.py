"""A Scrapy extension that writes down what a running crawl is really made of, once its engine runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.settings import default_settings
from twisted.internet import reactor
from twisted.internet.tcp import Port

import spiders.settings as ours

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


SCHEMES = ("http", "https", "file", "data", "ftp", "s3", "h2")


class Probe:
    """Writes to the file that the variable EFFECTIVE_SETTINGS names."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        probe = cls(crawler)
        crawler.signals.connect(probe.look, signal=signals.headers_received)
        return probe

    def look(self) -> None:
        """While the first answer comes in, everything is in place."""
        engine: Any = self._crawler.engine
        names = {name for name in (*dir(default_settings), *dir(ours)) if name.isupper()}
        running: Any = reactor
        crawler: Any = self._crawler
        found = {
            "settings": {name: repr(crawler.settings.get(name)) for name in names},
            "handlers": {scheme: _handler(engine, scheme) for scheme in SCHEMES},
            "extensions": [_name(each) for each in crawler.extensions.middlewares],
            "downloader": [_name(each) for each in engine.downloader.middleware.middlewares],
            "spider": [_name(each) for each in engine.scraper.spidermw.middlewares],
            "pipelines": [_name(each) for each in engine.scraper.itemproc.middlewares],
            "resolver": _name(running.nameResolver),
            "listening": [str(each) for each in running.getReaders() if isinstance(each, Port)],
            "proxies": _proxies(engine),
        }
        Path(os.environ["EFFECTIVE_SETTINGS"]).write_text(json.dumps(found), "utf-8")


def _handler(engine: Any, scheme: str) -> str | None:
    handler = engine.downloader.handlers._get_handler(scheme)  # noqa: SLF001 - nothing public tells
    return None if handler is None else _name(handler)


def _proxies(engine: Any) -> dict[str, str]:
    found = [each for each in engine.downloader.middleware.middlewares if _name(each) == "HttpProxyMiddleware"]
    return {scheme: str(proxy) for each in found for scheme, proxy in each.proxies.items()}


def _name(thing: object) -> str:
    return type(thing).__name__
