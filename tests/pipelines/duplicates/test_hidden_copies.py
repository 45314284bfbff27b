"""Copies that hide: invisible characters, later states inside one publisher, briefs, damaged words, excerpts."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from benchmarks.deduplication_editing import OWN_OUTLET, Copy, ocr, soft_hyphens, zero_width
from benchmarks.deduplication_generator import FIRST_DAY, Stories

from pipelines.duplicates.clusters import Edge, Node, memberships
from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.matching import compare, match

STORIES = Stories("hidden")


def original(number: int) -> tuple[Copy, Fingerprint]:
    headline, lines = STORIES.story(number)
    other = STORIES.story(100 + number)[1]
    copy = Copy(headline, lines, "kabar", FIRST_DAY, "", other)
    return copy, printed(copy)


def printed(copy: Copy, publisher: str = "kabar") -> Fingerprint:
    return fingerprint(publisher, copy.headline, copy.paragraphs, copy.when)


@pytest.mark.parametrize("hide", [soft_hyphens, zero_width])
@pytest.mark.parametrize("number", range(4))
def test_characters_that_nobody_sees_change_neither_keys_nor_text(hide: object, number: int) -> None:
    copy, seen = original(number)
    hidden = printed(hide(copy, random.Random(number)))  # type: ignore[operator]  # noqa: S311 - the same every time
    assert (hidden.clean_hash, hidden.keys) == (seen.clean_hash, seen.keys)


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u200e", "\ufe0f", "\u034f"])
def test_every_invisible_mark_goes(mark: str) -> None:
    text = ["Saluran irigasi di kampung seberang sudah diperbaiki."]
    assert (
        fingerprint("a", "b", [text[0].replace("ri", f"r{mark}i")]).clean_hash == fingerprint("a", "b", text).clean_hash
    )


@pytest.mark.parametrize("number", range(6))
def test_later_states_of_an_article_are_found_in_its_own_publisher_within_two_days(number: int) -> None:
    copy, seen = original(number)
    for kind in OWN_OUTLET:
        later = kind(copy, random.Random(number))  # noqa: S311 - the same every time
        assert match(seen, printed(later)) is not None, kind.__name__


def test_old_background_under_new_matter_is_another_story_a_month_later_or_under_another_headline() -> None:
    copy, seen = original(2)
    new = [*copy.other, *STORIES.story(200)[1], *copy.paragraphs]
    soon, later = copy.when + timedelta(hours=5), copy.when + timedelta(days=30)
    assert match(seen, fingerprint("kabar", copy.headline, new, soon)) is not None
    assert match(seen, fingerprint("kabar", copy.headline, new, later)) is None
    assert match(seen, fingerprint("kabar", "Kabar Lain Sekali", new, soon)) is None


@pytest.mark.parametrize("number", range(8))
def test_a_text_misread_by_a_machine_is_the_same(number: int) -> None:
    copy, seen = original(number)
    misread = ocr(copy, random.Random(number))  # noqa: S311 - the same every time
    assert match(seen, printed(misread, "warta")) is not None


@pytest.mark.parametrize(("one", "other"), [("edisi 41", "edisi 42"), ("12 Juni", "13 Juni"), ("jilid 2", "jilid 3")])
@pytest.mark.parametrize("number", range(3))
def test_misread_instances_of_a_series_stay_apart_by_the_numbers_of_their_headlines(
    one: str, other: str, number: int
) -> None:
    copy, _ = original(number)
    misread = ocr(copy, random.Random(number))  # noqa: S311 - the same every time
    first = fingerprint("kabar", f"{copy.headline}, {one}", copy.paragraphs, copy.when)
    for headline, same in ((one, True), (other, False)):
        told = fingerprint("kabar", f"{copy.headline}, {headline}", misread.paragraphs, copy.when + timedelta(days=1))
        assert (match(first, told) is not None) is same


BRIEF = "Gempa bermagnitudo 5,1 mengguncang Palu pada Kamis malam. Tidak ada laporan kerusakan, kata petugas Hasan."


def brief(text: str, headline: str = "Gempa Guncang Palu") -> Fingerprint:
    return fingerprint("warta", headline, [text])


@pytest.mark.parametrize(
    "copy",
    [
        "Palu (Kabar) - " + BRIEF,
        BRIEF.replace("Tidak ada", "Belum ada"),
        BRIEF.replace("mengguncang", "sempat mengguncang"),
        BRIEF.replace(".", " ."),
    ],
)
def test_a_brief_equal_but_for_a_word_is_the_same(copy: str) -> None:
    assert match(fingerprint("kabar", "Gempa Guncang Palu", [BRIEF]), brief(copy)) is not None


@pytest.mark.parametrize(
    ("copy", "headline"),
    [
        (BRIEF.replace("5,1", "5,2"), "Gempa Guncang Palu"),
        (BRIEF.replace("Palu", "Poso"), "Gempa Guncang Poso"),
        (BRIEF.replace("Hasan", "Umar"), "Gempa Guncang Palu"),
        (BRIEF, "Warga Berlarian ke Bukit"),
        (BRIEF + " Warga diminta tetap tenang dan menjauhi pantai sampai ada pengumuman lagi.", "Gempa Guncang Palu"),
    ],
)
def test_a_brief_with_another_number_name_or_headline_or_more_text_is_another(copy: str, headline: str) -> None:
    assert match(fingerprint("kabar", "Gempa Guncang Palu", [BRIEF]), brief(copy, headline)) is None


def test_two_excerpts_of_one_article_that_share_nothing_are_in_its_cluster() -> None:
    copy, _ = next(each for each in map(original, range(20)) if len(each[0].paragraphs) >= 8)
    parts = (copy.paragraphs, copy.paragraphs[:2], copy.paragraphs[-2:])
    prints = [fingerprint(f"p{place}", copy.headline, lines) for place, lines in enumerate(parts)]
    nodes = [Node(number, str(each.clean_hash), each.words, None) for number, each in enumerate(prints, 1)]
    found = [(a, b, match(prints[a - 1], prints[b - 1])) for a, b in ((1, 2), (1, 3), (2, 3))]
    edges = [Edge(a, b, each.why, each.score, each.rule) for a, b, each in found if each is not None]
    assert len(edges) == 2
    assert {row.cluster_id for row in memberships(nodes, edges)} == {1}


def test_a_round_up_that_prints_the_headline_of_an_excerpt_is_not_its_whole() -> None:
    copy, _ = original(5)
    other, _ = original(6)
    carried = [copy.headline, *copy.paragraphs[:2], other.headline, *other.paragraphs]
    round_up = fingerprint("harian", f"Terpopuler: {copy.headline}", carried)
    assert compare(fingerprint("warta", copy.headline, copy.paragraphs[:3]), round_up) is None


LIVE = {
    "the number of one article under another slug": ("/read/2026/11/4811732/dini-hari", "/read/2026/11/4811732/surut"),
    "one slug with a number behind it": ("/live/{slug}-1", "/live/{slug}-14"),
    "parts of one page": ("/liputan/{slug}/9-pengungsi", "/liputan/{slug}/14-bantuan"),
}


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("way", LIVE)
def test_states_of_a_live_blog_are_one_by_their_address_whatever_their_headlines(way: str, number: int) -> None:
    copy, _ = original(number)
    slug = copy.headline.lower().replace(" ", "-")
    one, other = (path.format(slug=slug) for path in LIVE[way])
    later = [*copy.other, *STORIES.story(300 + number)[1], *copy.paragraphs]
    first = fingerprint("kabar", copy.headline, copy.paragraphs, copy.when, f"https://kabar.example{one}")
    for hours, path, same in (
        (5, other, True),
        (80, other, False),
        (5, "/ekonomi/2026/11/4899001/kabar-lain-sekali", False),
    ):
        when = copy.when + timedelta(hours=hours)
        state = fingerprint("kabar", "Terkini, Semua Bergerak", later, when, f"https://kabar.example{path}")
        assert (match(first, state) is not None) is same


def test_a_section_that_two_articles_share_makes_them_no_states_of_one_page() -> None:
    copy, _ = original(1)
    later = [*copy.other, *STORIES.story(301)[1], *copy.paragraphs]
    above = "https://kabar.example/liputan-khusus-wartawan-istana"
    first = fingerprint("kabar", copy.headline, copy.paragraphs, copy.when, f"{above}/satu")
    assert match(first, fingerprint("kabar", "Semua Bergerak", later, copy.when, f"{above}/dua")) is None
