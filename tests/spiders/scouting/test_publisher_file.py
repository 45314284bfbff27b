"""The first version of a publisher's file: what is written down, and what is asked instead."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from spiders.publishers import Publisher
from spiders.scouting.front_page import FrontPage
from spiders.scouting.inquiry import Answer
from spiders.scouting.publisher_file import publisher_file
from spiders.scouting.samples import Reading
from spiders.scouting.scout import Survey

HOME = "https://www.koran-desa.example/"
DRAFT = Publisher.from_table(
    "koran_desa", {"name": "Koran Desa", "home": HOME, "timezone": "Etc/GMT+12", "language": "und"}, where="test"
)


def survey(*offsets: str, language: str = "id") -> Survey:
    readings = tuple(
        Reading(url=f"{HOME}{number}", offset=offset, language=language) for number, offset in enumerate(offsets)
    )
    return Survey(
        home=Answer(asked=HOME, url=HOME, status=200),
        seen_at=datetime(2026, 11, 29, tzinfo=UTC),
        publisher=DRAFT,
        named_by={},
        front=replace(FrontPage(), name="Koran Desa", language=language),
        readings=readings,
    )


@pytest.mark.parametrize(
    ("offsets", "zone"),
    [
        (("+08:00", "+08:00", "+08:00"), "Asia/Makassar"),
        (("+09:00", "-12:00", "+09:00"), "Asia/Jayapura"),
        (("+08:00", "+08:00", "+07:00"), "Asia/Makassar"),
    ],
)
def test_a_zone_is_written_where_several_pages_agree(offsets: tuple[str, ...], zone: str) -> None:
    written = tomllib.loads(publisher_file(survey(*offsets)))
    assert written["timezone"] == zone
    assert "unverified" not in written


@pytest.mark.parametrize(
    "offsets",
    [
        ("+08:00",),
        ("+08:00", "-12:00", "+00:00"),
        ("+08:00", "+07:00", "-12:00"),
        ("+08:00", "+08:00", "+07:00", "+07:00"),
        ("+08:00", "+07:00", "+09:00"),
    ],
)
def test_a_zone_that_one_page_states_or_others_contradict_is_asked_for(offsets: tuple[str, ...]) -> None:
    text = publisher_file(survey(*offsets))
    written = tomllib.loads(text)
    assert "timezone" not in written
    assert written["unverified"] == ["timezone"]
    assert "+08:00" in text
    assert "the zone is a guess" in text


def test_elsewhere_pages_that_agree_give_an_offset_which_is_still_asked_for() -> None:
    written = tomllib.loads(publisher_file(survey("+01:00", "+01:00", language="de")))
    assert written["timezone"] == "Etc/GMT-1"
    assert written["unverified"] == ["timezone"]
