"""Whatever a leased page's fetch comes to, it is exactly one Visit that says so."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import HtmlResponse, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure as TwistedFailure

from spiders.article import Article, Failure, LeasedPage, Rejection, Released, Unchanged, Validators, Visit
from spiders.crawler import PublisherSpider
from spiders.fetching.domain_queue import LeftAlone
from spiders.fetching.errors import Disallowed
from spiders.publishers import Publisher
from spiders.reading.process.reader import Reader

URL = "https://koran.example/berita-1"
PAGE = LeasedPage(7, URL, URL, Validators())
TEXT = (
    "Petani di Karawang mulai memanen padi musim tanam kedua, dan gabah dijemur di halaman balai desa sejak pagi. " * 3
)
HTML = (
    '<html lang="id"><head><meta property="article:published_time" content="2026-11-10T09:00:00+07:00"></head>'
    f"<body><article><h1>Panen Raya di Karawang</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"
)


class Koran(PublisherSpider):
    name = "koran"
    publisher = Publisher(key="koran", name="Koran", home="https://koran.example/")


def visit(
    response: Response, publisher: Publisher = Koran.publisher, leased: LeasedPage = PAGE, **arguments: str
) -> Visit:
    spider = Koran(**arguments)
    spider.publisher = publisher  # type: ignore[misc]  # Scrapy's spiders have one publisher a class
    spider.reader = Reader.shared(10, 1024)

    async def visits() -> list[Visit]:
        return [visit async for visit in spider.parse_page(response, leased)]

    try:
        (found,) = asyncio.run(visits())
    finally:
        spider.reader.release()
    assert found.page_id == PAGE.page_id
    return found


def page(url: str = URL, status: int = 200, headers: dict[str, str] | None = None) -> HtmlResponse:
    sent = {"Content-Type": "text/html", **(headers or {})}
    return HtmlResponse(url, status=status, headers=sent, body=HTML.encode())


def failed(error: Exception) -> Any:
    failure = TwistedFailure(error)  # type: ignore[no-untyped-call]  # Twisted has no types here
    failure.request = Request(URL, cb_kwargs={"page": PAGE})  # type: ignore[attr-defined]  # as Scrapy does
    (found,) = Koran().failed_page(failure)
    return found.outcome


def test_an_article_keeps_the_frontiers_identity_and_the_servers_validators() -> None:
    validators = {"ETag": '"1"', "Last-Modified": "Tue, 10 Nov 2026 02:00:00 GMT"}
    found = visit(page(URL + "?utm_source=x", headers=validators))
    assert isinstance(found.outcome, Article)
    assert found.outcome.canonical_url == URL
    assert found.outcome.url == URL + "?utm_source=x"
    assert found.validators == Validators('"1"', "Tue, 10 Nov 2026 02:00:00 GMT")
    assert found.status == 200


def declaring(link: str, url: str = URL) -> HtmlResponse:
    return page(url).replace(body=HTML.replace("<head>", f"<head>{link}").encode())


def test_where_the_announced_url_redirects_to_is_the_articles_other_identity() -> None:
    outcome = visit(page("https://koran.example/ekonomi/panen-raya-di-karawang")).outcome
    assert isinstance(outcome, Article)
    assert (outcome.canonical_url, outcome.declared_url) == (
        URL,
        "https://koran.example/ekonomi/panen-raya-di-karawang",
    )


def test_what_the_page_declares_is_the_articles_other_identity_also_behind_a_redirect() -> None:
    landed = "https://koran.example/ekonomi/panen-raya-di-karawang?kanal=7"
    link = '<link rel="canonical" href="/berita/panen-raya-di-karawang">'
    outcome = visit(declaring(link, landed)).outcome
    assert isinstance(outcome, Article)
    assert (outcome.canonical_url, outcome.declared_url) == (URL, "https://koran.example/berita/panen-raya-di-karawang")


def test_a_page_that_declares_its_announced_url_has_no_other_identity() -> None:
    outcome = visit(declaring(f'<link rel="canonical" href="{URL}">', URL + "?amp=1")).outcome
    assert isinstance(outcome, Article)
    assert outcome.declared_url is None


def test_304_is_unchanged_where_something_was_compared() -> None:
    compared = replace(PAGE, validators=Validators('"1"'), stored=True)
    assert visit(Response(URL, status=304), leased=compared).outcome == Unchanged()
    assert visit(Response(URL, status=304)).outcome == Failure(
        error="HTTP 304 to a request that compared nothing", soon=True
    )


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (page(status=404), "gone"),
        (page(status=410), "gone"),
        (page("https://judi.example/slot"), "off_domain"),
        (Response(URL, headers={"Content-Type": "application/pdf"}, body=b"%PDF-1.7"), "not_html"),
    ],
)
def test_a_page_that_is_no_article_is_rejected_with_its_reason(response: Response, reason: str) -> None:
    outcome = visit(response).outcome
    assert isinstance(outcome, Rejection)
    assert outcome.reason == reason
    assert outcome.canonical_url == URL


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Disallowed("robots.txt"), "disallowed"), (DownloadCancelledError("17 MB"), "too_large")],
)
def test_a_page_that_may_not_be_fetched_is_rejected(error: Exception, reason: str) -> None:
    outcome = failed(error)
    assert isinstance(outcome, Rejection)
    assert outcome.reason == reason


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (HttpError(Response(URL, status=503)), "HTTP 503"),
        (OSError("111: nobody\n listens"), "OSError: 111: nobody listens"),
        (LeftAlone("kios.example is left alone until noon"), "LeftAlone: kios.example is left alone until noon"),
    ],
)
def test_a_page_that_could_not_be_fetched_stays_due_with_one_line(error: Exception, line: str) -> None:
    outcome = failed(error)
    assert isinstance(outcome, Failure)
    assert outcome.error.startswith(line)
    assert "\n" not in outcome.error


def test_a_fault_in_our_reader_fails_one_page_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    hostile = Koran.publisher.model_copy(update={"page": "hostile.page_classes.Hostile"})
    found = visit(page("https://koran.example/raise"), hostile)
    assert found.outcome == Failure(error="cannot be read: ZeroDivisionError: division by zero in two lines")
    assert found.kept == HTML.encode()
    assert "https://koran.example/raise" in caplog.text
    assert "page_classes.py" in caplog.text


def test_a_page_over_its_limit_is_rejected_and_kept() -> None:
    hostile = Koran.publisher.model_copy(update={"page": "hostile.page_classes.Hostile"})
    found = visit(page("https://koran.example/crash"), hostile)
    assert isinstance(found.outcome, Rejection)
    assert (found.outcome.reason, found.outcome.detail) == ("over_limit", "ends its reader (SIGSEGV)")
    assert found.kept == HTML.encode()


def test_a_wall_in_front_of_a_page_is_no_verdict_on_the_page() -> None:
    wall = (
        "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser before accessing</h1>"
        '<div id="cf-wrapper"><p>DDoS protection by Cloudflare. Ray ID: 8f1</p></div></body></html>'
    )
    response = HtmlResponse(URL, headers={"Content-Type": "text/html"}, body=wall.encode())
    outcome = visit(response).outcome
    assert isinstance(outcome, Failure)
    assert outcome.error.startswith("blocked: ")


def test_outside_a_range_that_was_asked_for_an_article_is_given_back_with_its_date() -> None:
    outcome = visit(page(), from_date="2026-11-01", to_date="2026-11-09").outcome
    assert isinstance(outcome, Released)
    assert str(outcome.announced_at) == "2026-11-10 09:00:00+07:00"
    assert isinstance(visit(page(), from_date="2026-11-10", to_date="2026-11-10").outcome, Article)


def test_an_address_that_no_request_can_be_made_of_is_rejected() -> None:
    broken = LeasedPage(8, "koran.example:berita", "koran.example:berita", Validators())
    found = Koran().ask_for(broken)
    assert isinstance(found, Visit)
    assert isinstance(found.outcome, Rejection)
    assert found.outcome.reason == "bad_url"
