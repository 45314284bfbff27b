"""Least delays of the turnstile: the publisher decides for its own domains, the setting for all others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from support.middlewares import KORAN, Crawl, run

from spiders.publishers import Publisher

HOME, LAIN = "https://www.koran.example", "https://www.lain.example"


def koran(**more: Any) -> Publisher:
    return Publisher(**{"key": "koran", "name": "Koran", "home": f"{HOME}/", **more})


LOCAL: dict[str, Any] = {"home": "http://127.0.0.1:8000/", "local": True}
SLOW = koran(delay_seconds=9.0)
ODD = koran(domains=("www.koran.example", "www.berita.example"), delay_seconds=9.0)


@pytest.mark.parametrize(
    ("publisher", "url", "delay"),
    [
        (KORAN, HOME, 3.0),
        (SLOW, HOME, 9.0),
        (SLOW, "https://foto.koran.example/", 9.0),
        (SLOW, LAIN, 3.0),
        (ODD, "https://foto.berita.example/", 9.0),
        (koran(home="https://m.koran.example/", domains=("m.koran.example",), delay_seconds=9.0), HOME, 9.0),
        (koran(delay_seconds=0.0), HOME, 0.0),
        (koran(delay_seconds=0.0), LAIN, 3.0),
        (koran(**LOCAL), "http://127.0.0.1:8000/a", 0.0),
        (koran(**LOCAL), LAIN, 3.0),
        (koran(**LOCAL, delay_seconds=1.0), "http://127.0.0.1:8000/a", 1.0),
        (None, HOME, 3.0),
    ],
)
def test_the_publisher_decides_for_its_own_domains_and_the_setting_for_all_others(
    publisher: Any, url: str, delay: float
) -> None:
    async def work() -> None:
        crawl = Crawl(publisher=publisher, POLITE_DELAY=3.0)
        await crawl.one(url)
        assert [found for _, found in crawl.turns.of("take")] == [delay]

    run(work)


@pytest.mark.parametrize(
    ("settings", "slot", "delay"),
    [
        ({"DOWNLOAD_DELAY": 4.0}, None, 4.0),
        ({"DOWNLOAD_DELAY": 4.0, "AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 6.0}, None, 6.0),
        ({"DOWNLOAD_DELAY": 4.0}, 2.5, 2.5),
    ],
)
def test_the_throttles_delay_is_kept_and_before_the_first_answer_the_setting(
    settings: dict[str, Any], slot: float | None, delay: float
) -> None:
    async def work() -> None:
        crawl = Crawl(**settings)
        if slot is not None:
            crawl.crawler.engine.downloader.slots["koran.example"] = SimpleNamespace(delay=slot)
        await crawl.one(HOME)
        assert crawl.turns.of("take") == [["koran.example", delay]]

    run(work)
