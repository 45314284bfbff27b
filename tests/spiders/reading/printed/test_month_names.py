"""Months in languages that the date reader does not know itself, by the language of the page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spiders.reading.printed.dates import parse_date
from spiders.reading.printed.month_names import with_english_months


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ro", "luni, 4 mai 2026"),
        ("ru", "4 мая 2026"),
        ("pl", "4 maja 2026"),
        ("sv", "4 maj 2026"),
        ("tr", "4 Mayıs 2026"),
        ("ja", "2026年05月04日"),
        ("zh", "2026年5月4日"),
        ("ko", "2026년 5월 4일"),
    ],
)
def test_a_day_is_read_in_the_language_of_its_page(language: str, line: str) -> None:
    assert parse_date(with_english_months(line, language), UTC) == datetime(2026, 5, 4, tzinfo=UTC)


def test_one_word_is_two_months_in_two_languages() -> None:
    found = {tag: parse_date(with_english_months("4. listopada 2024", tag), UTC) for tag in ("pl", "hr")}
    assert found == {"pl": datetime(2024, 11, 4, tzinfo=UTC), "hr": datetime(2024, 10, 4, tzinfo=UTC)}


@pytest.mark.parametrize("language", ["id", "und", None, "xx", "tlh"])
def test_a_line_of_a_known_language_or_of_none_stays(language: str | None) -> None:
    assert with_english_months("4 мая 2026", language) == "4 мая 2026"
