"""What a crawl is really made of: read from a running one, after defaults, settings and publisher have met."""

from __future__ import annotations

import json
import runpy
from ast import literal_eval
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.checkout import ROOT, TESTS
from support.spider_runs import run_spider

from pipelines.database.connections import connect
from pipelines.database.migrate import migrate
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import serve
from spiders import settings
from spiders.loader import PublisherSpiderLoader
from spiders.publishers import publisher_keys

if TYPE_CHECKING:
    from scrapy import Spider

EXPECTED: dict[str, Any] = {
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "COOKIES_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "METAREFRESH_ENABLED": True,  # and its middleware is none of this crawl's
    "ROBOTSTXT_OBEY": True,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_MAXSIZE": 16 * 1024 * 1024,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "DOWNLOAD_TIMEOUT": 30,
    "DOWNLOAD_TLS_MIN_VERSION": "TLSv1.2",
    "RETRY_TIMES": 2,
    "REDIRECT_MAX_TIMES": 5,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY_JITTER": 0,
    "AUTOTHROTTLE_ENABLED": True,
    "COMPRESSION_ENABLED": True,
    "REFERRER_POLICY": "no-referrer",
    "DEFAULT_DROPITEM_LOG_LEVEL": "WARNING",
    "JOBDIR": None,
    "HTTPPROXY_ENABLED": True,  # the environment's, which is the operator's: none here
    "TWISTED_DNS_RESOLVER": "spiders.fetching.guard.GuardedResolver",
    # Who we are, and how gently we ask.
    "BOT_NAME": "lumbung",
    "USER_AGENT": "Lumbung/0.1 (scheduled news harvest; panen@contoh.example)",
    "ROBOTSTXT_USER_AGENT": "Lumbung",
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_START_DELAY": 0.5,
    "AUTOTHROTTLE_MAX_DELAY": 60,
    "POLITE_DELAY": 1,
    "POLITE_PATIENCE": 120,
    "POLITE_PAUSE": 2,
    # What a crawl and one page may cost at most.
    "DOWNLOAD_WARNSIZE": 4 * 1024 * 1024,
    "CRAWL_REQUESTS": 500_000,
    "CRAWL_MINUTES": 660,
    "CRAWL_MEGABYTES": 50_000,
    "DOMAIN_REQUESTS": 400_000,
    "DOMAIN_MEGABYTES": 40_000,
    "READ_SECONDS": 10.0,
    "READ_MEGABYTES": 280,
    # The frontier decides what is fetched, the loader what is stored and when.
    "COMMANDS_MODULE": "spiders.crawl",
    "SPIDER_LOADER_CLASS": "spiders.loader.PublisherSpiderLoader",
    "SPIDER_MODULES": [],
    "FRONTIER": "pipelines.harvest.frontier.Frontier",
    "WATCH": "pipelines.watch.round.Round",
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "CONCURRENT_ITEMS": 1,
    "LOAD_BATCH": 50,
    "LOAD_SECONDS": 2.0,
    "DATABASE_PATIENCE": 30.0,
    "QUIET_CRAWL_DAYS": 365,
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    "LOG_LEVEL": "INFO",
    "LOGSTATS_INTERVAL": 30,
}
EXPECTED_ELSEWHERE = {"DOWNLOAD_HANDLERS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "ITEM_PIPELINES"}
"""What they make of a crawl is looked at below."""


@pytest.fixture(scope="module")
def effective(server: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    server.create_database("effective")
    with closing(connect(server.url("effective"))) as connection:
        migrate(connection)
    written = tmp_path_factory.mktemp("effective") / "settings.json"
    with serve(Newspaper(Settings(articles=1, crawl_delay=0), now=datetime.now(UTC))) as stand:
        environment = {
            "DATABASE_URL": server.url("effective"),
            "LUMBUNG_HOME_CONTOH": stand.url + "/",
            "PYTHONPATH": str(TESTS),
            "EFFECTIVE_SETTINGS": str(written),
            "LUMBUNG_CONTACT": "panen@contoh.example",
        }
        probe = {"EXTENSIONS": json.dumps({"support.effective_settings.Probe": 500})}
        run_spider("contoh", environment, "max_articles=1", settings=probe)
    found: dict[str, Any] = json.loads(written.read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_a_setting_that_safety_rests_on_is_in_effect(effective: dict[str, Any], name: str) -> None:
    assert name in effective["settings"], "Scrapy has it no more: what does its work now?"
    assert literal_eval(effective["settings"][name]) == EXPECTED[name]


def test_every_setting_of_ours_is_expected_of_a_running_crawl() -> None:
    ours = {name for name in vars(settings) if name.isupper()}
    assert ours - EXPECTED.keys() == EXPECTED_ELSEWHERE


@pytest.mark.parametrize("contact", ["", None])
def test_a_crawl_without_a_contact_says_so_to_whoever_it_asks(contact: str | None, monkeypatch: Any) -> None:
    monkeypatch.delenv("LUMBUNG_CONTACT", raising=False)
    if contact is not None:
        monkeypatch.setenv("LUMBUNG_CONTACT", contact)
    fresh = runpy.run_path(str(ROOT / "spiders/settings.py"))
    assert fresh["USER_AGENT"] == "Lumbung/0.1 (scheduled news harvest; no contact given)"


def test_only_http_and_https_have_a_handler_and_it_is_the_guard(effective: dict[str, Any]) -> None:
    guarded = {"http": "GuardedHandler", "https": "GuardedHandler"}
    assert effective["handlers"] == {**dict.fromkeys(("file", "data", "ftp", "s3", "h2")), **guarded}


def test_a_crawl_listens_on_no_port_and_has_no_proxy_that_nobody_named(effective: dict[str, Any]) -> None:
    assert effective["listening"] == []
    assert effective["proxies"] == {}
    assert effective["resolver"] == "GuardedResolver"


def test_the_parts_of_a_crawl_are_those_and_no_others(effective: dict[str, Any]) -> None:
    assert set(effective["downloader"]) == {
        "RobotsTxt", "DownloadTimeoutMiddleware", "DefaultHeadersMiddleware", "UserAgentMiddleware", "RetryMiddleware",
        "RedirectMiddleware", "HttpCompressionMiddleware", "HttpProxyMiddleware", "DownloaderStats", "ChainCookies",
        "Turnstile",
    }  # fmt: skip
    assert effective["downloader"][-1] == "Turnstile"
    assert set(effective["spider"]) == {"StartSpiderMiddleware", "HttpErrorMiddleware", "RefererMiddleware"}
    assert effective["pipelines"] == ["LoadPipeline"]
    forbidden = {"TelnetConsole", "RemoteControl", "FeedExporter", "SpiderState", "CloseSpider", "StatsMailer"}
    assert not forbidden & set(effective["extensions"]), effective["extensions"]


def test_no_publisher_has_settings_of_its_own() -> None:
    def spider(key: str) -> type[Spider]:
        return PublisherSpiderLoader().load(key)

    assert {key for key in publisher_keys() if spider(key).custom_settings} == set()
