"""What Airflow shows of a publisher: facts of its file, whatever file it is."""

from __future__ import annotations

import pytest

from publisher_pages import owner, page, schedule_in_words, tags
from spiders.publishers import Publisher, load_publishers
from spiders.publishers.in_words import ways_in_words

KORAN = Publisher(
    key="koran", name="Koran", home="https://www.koran.example/", domains=("koran.example", "koran2.example"),
    schedule="13,43 * * * *", timezone="Asia/Makassar", language="su",
)  # fmt: skip


def facts(publisher: Publisher) -> dict[str, str]:
    """The table of a page."""
    rows = [line.strip("| ").split(" | ") for line in page(publisher, "").splitlines() if line.startswith("| ")]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def test_a_page_is_a_title_a_table_of_facts_and_how_it_runs() -> None:
    title, table, came, rule, runs = page(KORAN, "It runs.\n").split("\n\n")
    assert title == "**Koran**"
    assert table.startswith("| | |\n|---|---|\n| Home |")
    assert "(harvest-health/publisher/koran)" in came
    assert (rule, runs) == ("---", "It runs.\n")
    assert facts(KORAN) == {
        "Home": "<https://www.koran.example/>",
        "Announces articles in": ways_in_words(KORAN),
        "Is asked": "at 13 and 43 minutes past the hour, Asia/Makassar (`13,43 * * * *`)",
        "Pace": "one request at a time, the usual rest between two (`POLITE_DELAY`);"
        f" a list again after {KORAN.poll_minutes[0]} to {KORAN.poll_minutes[1]} minutes",
        "Not confirmed by any source": "nothing",
        "File": "`koran.toml` in the folder of the publishers",
    }


@pytest.mark.parametrize(
    ("changes", "rest"),
    [
        ({"delay_seconds": 2.5}, "at least 2.5 s between two"),
        ({"delay_seconds": 0.0}, "at least 0 s between two"),
        ({"delay_seconds": 20.0, "local": True}, "at least 20 s between two"),
        ({"local": True}, "no rest between two, for it is local"),
    ],
)
def test_the_pace_is_that_of_its_file(changes: dict[str, object], rest: str) -> None:
    publisher = KORAN.model_copy(update={"poll_minutes": (7, 90), **changes})
    assert facts(publisher)["Pace"] == f"one request at a time, {rest}; a list again after 7 to 90 minutes"


def test_what_no_source_confirms_is_listed_and_tagged() -> None:
    doubted = KORAN.model_copy(update={"unverified": ("feeds", "schedule")})
    assert facts(doubted)["Not confirmed by any source"] == "`feeds`, `schedule`"
    assert tags(doubted) == ["crawl", "su", "unverified"]
    assert tags(KORAN) == ["crawl", "su"]
    assert tags(doubted.model_copy(update={"local": True})) == ["crawl", "su", "unverified", "local"]
    assert tags(KORAN.model_copy(update={"local": True})) == ["crawl", "su", "local"]


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("*/30 * * * *", "every 30 minutes"),
        ("5 13 * * *", "at 13:05"),
        ("23 5 * * 1", "at 05:23, only on monday"),
    ],
)
def test_a_schedule_is_told_by_a_clock_of_24_hours_inside_a_sentence(cron: str, words: str) -> None:
    assert schedule_in_words(KORAN.model_copy(update={"schedule": cron})) == words


def test_an_owner_is_a_host_and_never_two() -> None:
    assert owner(KORAN) == KORAN.hosts[0]
    assert not [key for key, publisher in load_publishers().items() if {",", " "} & set(owner(publisher))]
