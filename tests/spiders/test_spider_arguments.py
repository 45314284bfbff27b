"""Whatever a spider is given by `-a name=value`: it is taken, or refused in one clear line before anything is asked."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.crawler import Crawler
from support.spider_runs import start_spider

from pipelines.database.connections import DatabaseUnreachable, connect
from spiders.crawler import PublisherSpider
from spiders.errors import LumbungError
from spiders.publishers import Publisher
from spiders.publishers.window import parse_window, shown
from spiders.spider_arguments import ARGUMENTS, positive, printable, refuse_unknown, truth

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KNOWN = ("from_date", "to_date", "interval_start", "max_articles", "refetch", "run")
DATES = st.one_of(
    st.dates().map(str),
    st.datetimes().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.sampled_from(["0001-01-01", "0001-01-02", "9999-12-31", "9999-12-31T23:59:59.999999-23:59", "24:00"]),
)
NUMBERS = st.one_of(
    st.integers().map(str),
    st.sampled_from(["٣", "1e9", "9" * 5_000, "0x10", "1_000", "+5", " 7", "-0", "NaN", "Infinity", "²"]),
)
HOSTILE = st.sampled_from([
    "; touch x", "$(id)", "`id`", "| id", "' or 1=1 --", '"; drop table lumbung.page; --', "../../etc/passwd",
    "{{ conn.lumbung }}", "%(user)s", "{0.__class__}", "\x00", "\ud800", "\u202e", "a\nCRITICAL: forged", "\r\n",
    "\x1b[2J", "x" * 100_000, "-s ROBOTSTXT_OBEY=0", "http://169.254.169.254/", "true ", "None", "null", "[]",
])  # fmt: skip
VALUES = st.one_of(DATES, NUMBERS, HOSTILE, st.text(), st.sampled_from(["", "true", "FALSE", "1"]))
NAMES = st.one_of(
    st.sampled_from(KNOWN),
    st.sampled_from(["from", "name", "unknown", "args", "kwargs", "publisher"]),
    HOSTILE,
    st.text(min_size=1),
)


class Koran(PublisherSpider):
    name = "koran"
    publisher = Publisher(key="koran", name="Koran", home="https://koran.example/")
    custom_settings = {"FRONTIER": f"{__name__}.NoDatabase"}  # noqa: RUF012 - Scrapy's own


class Reached(LumbungError):  # noqa: N818 - no error at all
    """Everything was taken; what comes next is the database."""


class NoDatabase:
    @classmethod
    def from_crawler(cls, _crawler: Crawler, spider: PublisherSpider) -> None:
        (spider.run or "").encode()  # as it goes to the ledger
        assert "\0" not in (spider.run or "")
        raise Reached("every argument was taken")


def test_the_arguments_that_are_allowed_are_those_that_the_spider_takes() -> None:
    taken = set(inspect.signature(PublisherSpider.__init__).parameters) - {"self", "name", "unknown"}
    assert taken == set(ARGUMENTS) == set(KNOWN)


def is_one_line(error: Exception) -> bool:
    text = str(error)
    return len(text.splitlines()) == 1 and text.isprintable() and 10 < len(text) < 1_000


@settings(max_examples=300)
@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_arguments_are_taken_or_refused_in_one_line(arguments: dict[str, str]) -> None:
    with pytest.raises(LumbungError) as refused:
        Koran.from_crawler(Crawler(Koran), **arguments)
    assert is_one_line(refused.value), repr(str(refused.value))
    if not isinstance(refused.value, Reached):
        assert arguments
    if set(arguments) - set(KNOWN):
        assert "no such spider argument; allowed are from_date, to_date" in str(refused.value)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_each_argument_is_known_by_its_whole_name_only(name: str) -> None:
    refuse_unknown([name])
    refuse_unknown(ARGUMENTS)
    for other in (name[:-1], f"{name}s", name.upper(), ""):
        with pytest.raises(LumbungError, match=f"^{re.escape(shown(other))}: no such spider argument; allowed are "):
            refuse_unknown([*ARGUMENTS, other])


@pytest.mark.parametrize("text", [None, "", "crawl_koran/manual__2026-11-20T03:00:00+00:00/1", "x" * 500, "é" * 500])
def test_a_name_of_a_run_is_taken_as_it_is(text: str | None) -> None:
    assert printable("run", text) == text


@pytest.mark.parametrize("text", ["x" * 501, "a\nb", "a\x00", "\ud800", "\u202e", "x" * 500 + "\n"])
def test_a_name_that_is_too_long_or_no_text_is_refused(text: str) -> None:
    with pytest.raises(LumbungError, match=r"^run is .*; allowed are up to 500 printable characters$") as refused:
        printable("run", text)
    assert is_one_line(refused.value)


@pytest.mark.parametrize(
    ("text", "number"),
    [(None, None), ("", None), ("1", 1), ("007", 7), ("999999999", 999_999_999), ("000000001", 1), ("٣", 3)],
)
def test_a_number_from_1_on_is_one_and_nothing_is_none(text: str | None, number: int | None) -> None:
    assert positive("max_articles", text) == number


@pytest.mark.parametrize("text", ["0", "000", "-1", "+5", " 7", "1.0", "²", "1000000000", "0000000001", "1_000"])
def test_any_other_number_is_refused(text: str) -> None:
    with pytest.raises(LumbungError, match=r"^max_articles is .*; allowed is a whole number from 1 on$"):
        positive("max_articles", text)


@pytest.mark.parametrize(("text", "on"), [("true", True), ("TRUE", True), ("false", False), ("False", False)])
def test_a_switch_is_on_or_off(text: str, *, on: bool) -> None:
    assert truth("refetch", text) is on


@pytest.mark.parametrize("text", ["", "1", "ya", "true ", "truefalse"])
def test_a_switch_is_nothing_else(text: str) -> None:
    with pytest.raises(LumbungError, match=r"^refetch is .*; allowed are true and false$"):
        truth("refetch", text)


@settings(max_examples=400)
@given(st.one_of(st.none(), VALUES), st.one_of(st.none(), VALUES), st.one_of(st.none(), VALUES))
def test_any_dates_are_a_window_or_refused_in_one_line(
    first: str | None, last: str | None, interval: str | None
) -> None:
    refused: LumbungError | None = None
    try:
        window = parse_window(first, last, Koran.publisher, NOW, interval_start=interval)
        assert window.end is None or window.start < window.end
    except LumbungError as error:
        refused = error
    assert refused is None or is_one_line(refused), repr(str(refused))


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        (
            "from=2026-11-10",
            "from: no such spider argument; allowed are from_date, to_date, interval_start, max_articles",
        ),
        ("refetch=ya\nCRITICAL: palsu", r"refetch is 'ya\nCRITICAL: palsu'; allowed are true and false"),
    ],
)
def test_a_real_spider_says_so_in_one_line_and_asks_for_nothing(argument: str, reason: str, tmp_path: Path) -> None:
    spider = start_spider("contoh", {"DATABASE_URL": "postgresql://127.0.0.1:9/none", "HOME": str(tmp_path)}, argument)
    log, _ = spider.communicate()
    told = [line for line in log.splitlines() if "CRITICAL" in line]
    assert spider.returncode != 0
    assert reason in told[0]
    assert not [line for line in log.splitlines() if line.startswith("CRITICAL")]
    assert "cannot be reached" not in log
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://lumbung:rahasia49@127.0.0.1:9/lumbung",
        "postgresql://lumbung:rahasia49@ekor@127.0.0.1:9/lumbung",
        "postgresql://lumbung:depan@rahasia49@127.0.0.1:9/lumbung",
        "postgresql://lumbung:rahasia49%zz@127.0.0.1:9/lumbung",
        "postgresql://lumbung:depan/rahasia49@127.0.0.1:9/lumbung",
        "postgresql://lumbung:depan#rahasia49:x@127.0.0.1:9/lumbung",
        "host=127.0.0.1 port=9 password=rahasia49 user=lumbung",
        "host=127.0.0.1 port=9 password='rahasia49 user=lumbung",
        "host=127.0.0.1 port=9 password=depan rahasia49 user=lumbung",
        "postgresql://lumbung@127.0.0.1:9/lumbung?password=rahasia49&x=1",
    ],
)
def test_a_connection_string_that_is_none_does_not_give_its_password_away(url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        connect(url)
    error: BaseException | None = refused.value
    assert is_one_line(refused.value)
    while error is not None:
        assert "rahasia49" not in str(error)
        error = None if error.__suppress_context__ else error.__context__
