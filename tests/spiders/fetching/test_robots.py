"""The middleware for robots.txt by itself: what it asks for, what it lets through, what each answer means."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadTimeoutError, IgnoreRequest, NotConfigured
from scrapy.http import Response
from support.middlewares import NotedFiles, crawler
from support.robots_by_the_rfc import allows

from spiders.fetching import robots
from spiders.fetching.domain_queue import LeftAlone
from spiders.fetching.errors import CrawlOver, Disallowed
from spiders.fetching.robots import RobotsTxt, RobotsUnreachable
from spiders.fetching.robots_text import parse_rules

if TYPE_CHECKING:
    from collections.abc import Callable

AGENT = "Lumbung"
RULES = b"User-agent: *\nDisallow: /rahasia/\nCrawl-delay: 7\n"
HOME, OTHER = "https://www.koran.example", "https://foto.koran.example"


def status(number: int, body: bytes = RULES) -> Callable[[Request], Response]:
    return lambda request: Response(request.url, status=number, body=body)


def failing(error: Exception) -> Callable[[Request], Response]:
    def fail(_request: Request) -> Response:
        raise error

    return fail


def ask(middleware: RobotsTxt, *urls: str) -> list[str]:
    """What becomes of requests: passed, disallowed, left out, or the end of the crawl."""

    async def one(url: str) -> str:
        try:
            await middleware.process_request(Request(url))
        except Disallowed:
            return "disallowed"
        except RobotsUnreachable:
            return "left out"
        except CrawlOver:
            return "over"
        return "passed"

    async def every() -> list[str]:
        return [await one(url) for url in urls]

    return asyncio.run(every())


def asked(of: Any) -> list[str]:
    return [request.url for request in of.engine.asked]


def test_rules_are_asked_for_once_a_host_before_anything_else_and_hold_for_that_host() -> None:
    made = crawler(answer=lambda request: status(200)(request) if OTHER in request.url else status(200, b"")(request))
    middleware = RobotsTxt.from_crawler(made)
    urls = (f"{HOME}/berita", f"{HOME}/rahasia/1", f"{OTHER}/berita", f"{OTHER}/rahasia/1", f"{HOME}:8443/a")
    assert ask(middleware, *urls, *urls) == ["passed", "passed", "passed", "disallowed", "passed"] * 2
    assert asked(made) == [f"{HOME}/robots.txt", f"{OTHER}/robots.txt", f"{HOME}:8443/robots.txt"]
    (request, *_) = made.engine.asked
    assert request.meta["dont_obey_robotstxt"]
    assert request.dont_filter
    assert request.priority > 100
    assert made.stats.get_value("robotstxt/forbidden") == 2


def test_requests_that_come_together_wait_for_one_robots_txt() -> None:
    made = crawler(answer=status(200))
    middleware = RobotsTxt(made)

    async def together() -> list[Any]:
        urls = [f"{HOME}/berita", f"{HOME}/rahasia/1", f"{HOME}/rahasia/2"]
        return await asyncio.gather(*(middleware.process_request(Request(url)) for url in urls), return_exceptions=True)

    passed, *refused = asyncio.run(together())
    assert passed is None
    assert [str(each) for each in refused] == [
        f"{HOME}/robots.txt disallows {HOME}/rahasia/{number}" for number in (1, 2)
    ]
    assert asked(made) == [f"{HOME}/robots.txt"]


def test_a_request_for_robots_txt_itself_asks_for_nothing() -> None:
    made = crawler(answer=status(500))
    middleware = RobotsTxt(made)
    request = Request(f"{HOME}/robots.txt", meta={"dont_obey_robotstxt": True})
    asyncio.run(middleware.process_request(request))
    assert asked(made) == []


def test_it_is_off_where_the_settings_say_so_and_its_agent_is_the_one_they_name() -> None:
    with pytest.raises(NotConfigured):
        RobotsTxt(crawler(ROBOTSTXT_OBEY=False))
    body = b"User-agent: Lumbung\nDisallow: /a\n\nUser-agent: Lain\nDisallow: /b\n"
    for agent, refused in (("Lumbung", "/a"), ("Lain", "/b")):
        for settings in (
            {"ROBOTSTXT_USER_AGENT": agent, "USER_AGENT": "x"},
            {"ROBOTSTXT_USER_AGENT": None, "USER_AGENT": agent},
        ):
            made = crawler(answer=status(200, body), **settings)
            found = ask(RobotsTxt(made), f"{HOME}/a", f"{HOME}/b")
            assert found == ["disallowed" if refused == path else "passed" for path in ("/a", "/b")]


@pytest.mark.parametrize("number", [200, 203, 299])
def test_the_rules_of_an_answer_hold(number: int) -> None:
    assert ask(RobotsTxt(crawler(answer=status(number))), f"{HOME}/rahasia/", f"{HOME}/a") == ["disallowed", "passed"]


@pytest.mark.parametrize("number", [300, 304, 399, 400, 401, 403, 404, 410, 428, 430, 499])
def test_without_a_robots_txt_everything_is_allowed_whatever_the_body_says(number: int) -> None:
    assert ask(RobotsTxt(crawler(answer=status(number))), f"{HOME}/rahasia/") == ["passed"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(500), "HTTP 500"),
        (status(503), "HTTP 503"),
        (status(599), "HTTP 599"),
        (status(429), "HTTP 429"),
        (failing(DownloadTimeoutError("late")), "DownloadTimeoutError: late"),
        (failing(DownloadConnectionRefusedError()), "DownloadConnectionRefusedError"),
        (failing(ValueError("odd")), "ValueError: odd"),
        (failing(IgnoreRequest("too much after decompression")), "too much after decompression"),
    ],
)
def test_without_an_answer_nothing_is_allowed_and_the_front_page_ends_the_crawl(
    answer: Callable[[Request], Response], why: str
) -> None:
    made = crawler(answer=answer)
    middleware = RobotsTxt(made)
    assert ask(middleware, f"{OTHER}/a", f"{OTHER}/b", f"{HOME}/a") == ["left out", "left out", "over"]
    assert asked(made) == [f"{OTHER}/robots.txt", f"{HOME}/robots.txt"], "asked once, not for each page"
    with pytest.raises(RobotsUnreachable) as refused:
        asyncio.run(middleware.process_request(Request(f"{OTHER}/c")))
    assert str(refused.value).startswith(f"{OTHER}/robots.txt could not be read ({why}), and then nothing there")
    with pytest.raises(CrawlOver, match="could not be read"):
        asyncio.run(middleware.process_request(Request(f"{HOME}/c")))


def test_without_a_publisher_no_host_ends_the_crawl() -> None:
    assert ask(RobotsTxt(crawler(None, status(500))), f"{HOME}/a") == ["left out"]


def test_more_than_five_redirects_are_no_robots_txt() -> None:
    made = crawler(answer=failing(IgnoreRequest("max redirections reached")))
    assert ask(RobotsTxt(made), f"{HOME}/rahasia/", f"{OTHER}/a") == ["passed", "passed"]


@pytest.mark.parametrize("error", [CrawlOver("shutdown"), LeftAlone("rests")])
def test_what_ends_the_crawl_or_leaves_the_domain_alone_is_no_answer(error: Exception) -> None:
    made = crawler(answer=failing(error))
    middleware = RobotsTxt(made)
    for number in (1, 2):
        with pytest.raises(type(error)):
            asyncio.run(middleware.process_request(Request(f"{HOME}/a")))
        assert len(made.engine.asked) == number, "nothing was learnt, so it is asked for again"


def test_rules_are_kept_for_a_day_and_longer_while_there_are_no_others_which_are_asked_for_each_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1_000.0]
    monkeypatch.setattr(robots, "monotonic", lambda: now[0])
    answers = [status(200), status(503), status(200, b"")]

    def in_turn(request: Request) -> Response:
        return answers.pop(0)(request)

    made = crawler(answer=in_turn)
    middleware = RobotsTxt(made)
    for later, number, found in (
        (0, 1, "disallowed"),
        (86_399, 1, "disallowed"),
        (1, 2, "disallowed"),
        (3_599, 2, "disallowed"),
        (1, 3, "passed"),
    ):
        now[0] += later
        assert ask(middleware, f"{HOME}/rahasia/") == [found]
        assert len(made.engine.asked) == number


def crawled(files: NotedFiles, answer: Callable[[Request], Response], url: str = f"{HOME}/rahasia/") -> tuple[str, int]:
    """What becomes of a request of one more crawl, and for how many files it asks."""
    made = crawler(answer=answer, robots=files)
    (found,) = ask(RobotsTxt(made), url)
    return found, len(asked(made))


def test_a_day_long_crawls_share_a_file_with_its_rules_and_its_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    files, slowed = NotedFiles(), list[str]()
    monkeypatch.setattr(
        RobotsTxt, "_keep_delay", lambda _self, request, _rules: slowed.append(urljoin(request.url, "/"))
    )
    assert crawled(files, status(200)) == ("disallowed", 1)
    files.age(86_399)
    assert crawled(files, status(200, b"")) == ("disallowed", 0)
    assert crawled(files, status(200), f"{OTHER}/rahasia/") == ("disallowed", 1)
    assert slowed == [urljoin(each, "/") for each in (HOME, HOME, OTHER)]
    files.age(1)
    assert crawled(files, status(200, b"")) == ("passed", 1)
    assert crawled(files, status(200)) == ("passed", 0)


@pytest.mark.parametrize("answer", [status(404), status(403), failing(IgnoreRequest("max redirections reached"))])
def test_that_there_is_no_file_is_believed_for_an_hour(answer: Callable[[Request], Response]) -> None:
    files = NotedFiles()
    assert crawled(files, answer) == ("passed", 1)
    files.age(3_599)
    assert crawled(files, status(200)) == ("passed", 0)
    files.age(1)
    assert crawled(files, status(200)) == ("disallowed", 1)


@pytest.mark.parametrize("answer", [status(503), status(429), failing(DownloadTimeoutError("late"))])
def test_that_a_file_could_not_be_fetched_is_kept_for_no_other_crawl_and_an_old_one_does_not_stand_in(
    answer: Callable[[Request], Response],
) -> None:
    files = NotedFiles()
    assert crawled(files, answer) == ("over", 1)
    assert crawled(files, status(200), f"{HOME}/a") == ("passed", 1)
    files.age(86_400)
    assert crawled(files, answer, f"{HOME}/a") == ("over", 1)
    assert crawled(files, status(200), f"{HOME}/a") == ("passed", 1)


def test_a_crawl_that_outlasts_the_rest_of_the_day_asks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now, files = [1_000.0], NotedFiles()
    monkeypatch.setattr(robots, "monotonic", lambda: now[0])
    crawled(files, status(200))
    files.age(80_000)
    made = crawler(answer=status(200, b""), robots=files)
    middleware = RobotsTxt(made)
    for later, found in ((0, "disallowed"), (6_399, "disallowed"), (1, "passed")):
        now[0] += later
        files.age(later)
        assert ask(middleware, f"{HOME}/rahasia/") == [found]
    assert len(asked(made)) == 1


def test_the_delay_it_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def slow_down(self, request: Request, seconds: float) -> None:
            slowed.append((request.url, seconds))

    slowed: list[tuple[str, float]] = []
    for turnstile in (Slow(), None):
        made = crawler(answer=lambda request: status(200, b"" if OTHER in request.url else RULES)(request))
        monkeypatch.setattr(made, "get_downloader_middleware", lambda _cls, turnstile=turnstile: turnstile)
        assert ask(RobotsTxt(made), f"{HOME}/a", f"{OTHER}/a") == ["passed", "passed"]
    assert slowed == [(f"{HOME}/robots.txt", 7)]


@pytest.mark.parametrize(
    ("text", "path", "ours"),
    [
        ("User-agent: lum\nDisallow: /", "/a", False),  # the beginning of a name counts as the name
        ("User-agent: lumbung\nDisallow: /a/\nAllow: /a/index.html", "/a/", True),  # what Google allows
        ("User-agent lumbung\nDisalow /", "/a", False),  # no colon, a letter missing: it is clear what is meant
        ("User-agent: lumbung\nDisallow: /%", "/&a", False),  # an ampersand is compared as %26
        ("User-agent: lumbung\nDisallow: /*A", "/a:", False),  # and a colon as %3A
        ("User-agent: lumbung\nCrawl-delay: 5\nUser-agent: lain\nDisallow: /", "/a", True),  # ends the first group
    ],
)
def test_where_protego_and_the_letter_of_the_rfc_differ_is_known(text: str, path: str, ours: bool) -> None:  # noqa: FBT001
    assert parse_rules(text.encode()).can_fetch(f"{HOME}{path}", AGENT) is ours
    assert allows(text, AGENT, f"{HOME}{path}") is not ours
