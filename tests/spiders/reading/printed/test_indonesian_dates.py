"""Every form in which Indonesian publishers print dates, read to the instant: indonesian_dates.toml has them."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from spiders.reading.printed.dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMS = tomllib.loads(Path(__file__).with_name("indonesian_dates.toml").read_text("utf-8"))


class Printed(NamedTuple):
    text: str
    iso: str
    zone: str
    now: datetime | None


def printed() -> Iterator[Printed]:
    for group in FORMS["readable"]:
        for text, iso in group["dates"]:
            yield Printed(text, iso, group["zone"], group.get("now"))


@pytest.mark.parametrize("date", list(printed()), ids=lambda date: date.text)
def test_a_printed_date_is_read_to_the_instant(date: Printed) -> None:
    when = parse_date(date.text, ZoneInfo(date.zone), now=date.now)
    assert when is not None
    assert when.isoformat() == datetime.fromisoformat(date.iso).isoformat()


@pytest.mark.parametrize("text", FORMS["unreadable"]["dates"])
def test_what_is_no_date_is_none_and_never_today(text: str) -> None:
    assert parse_date(text, ZoneInfo("Asia/Jakarta")) is None


@pytest.mark.parametrize("text", FORMS["unreadable_relative"]["dates"])
def test_a_vague_moment_is_none_even_where_the_moment_of_fetching_is_known(text: str) -> None:
    assert parse_date(text, ZoneInfo("Asia/Jakarta"), now=FORMS["unreadable_relative"]["now"]) is None


def test_there_are_enough_of_either_kind() -> None:
    assert len(set(printed())) >= 300
    assert len(set(FORMS["unreadable"]["dates"])) >= 40
