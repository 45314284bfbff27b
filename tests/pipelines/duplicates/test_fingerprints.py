"""What is compared of an article, and when two of them are one story."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.duplicates import fingerprints
from pipelines.duplicates.cleaning import clean_lines
from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.matching import match

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = [
    f"{first}{second}" for first in ("ba", "ka", "ta", "ra", "pe", "me") for second in ("lai", "sar", "nen", "rut")
]

GOLDEN = (4, [76703012269181812, 171290551479305422, 226699187823964033], "7632c4ad-e99d-b957-60c6-cf4982669e4d")
"""ALGORITHM, the lowest keys of story 1, its clean_hash."""


def story(seed: int, paragraphs: int = 8) -> list[str]:
    """Paragraphs of 30 words that share next to no five words in a row with any other seed."""
    chance = random.Random(seed)  # noqa: S311 - the same story every time
    return [" ".join(chance.choices(WORDS, k=30)).capitalize() + "." for _ in range(paragraphs)]


def printed(
    paragraphs: Sequence[str], publisher: str = "kabar", headline: str = "Pasar Kampung Dibuka Lagi"
) -> Fingerprint:
    return fingerprint(publisher, headline, paragraphs)


def weather(city: str, day: int, low: int, high: int, wind: int) -> list[str]:
    return [
        f"Prakirawan cuaca memperkirakan langit {city} pada {day} Juni berawan sejak pagi sampai sore hari.",
        f"Suhu udara berkisar antara {low} hingga {high} derajat Celsius dan terasa lembap di daerah pesisir.",
        f"Angin bertiup dari arah timur dengan kecepatan {wind} kilometer per jam sepanjang hari.",
        "Warga diminta membawa payung dan memeriksa saluran air di sekitar rumah sebelum hujan turun.",
    ]


def test_keys_are_the_same_in_every_process_and_python_version() -> None:
    """Stored keys must meet keys of later years: when this fails, ALGORITHM has to change."""
    assert (fingerprints.ALGORITHM, printed(story(1)).keys[:3], str(printed(story(1)).clean_hash)) == GOLDEN


def test_keys_fit_a_bigint_and_are_about_a_twentieth_of_a_long_text() -> None:
    long = printed(story(2, 200))
    assert all(-(2**63) <= key < 2**63 for key in long.keys)
    assert 5900 < len(long.grams) < 6000
    assert 240 < len(long.keys) - fingerprints.HEADLINE_KEYS == long.sampled < 360


def test_a_short_text_has_the_fewest_keys_and_a_very_short_one_none() -> None:
    assert len(printed(story(3, 2), headline="Pasar Dibuka").keys) == fingerprints.FEWEST_KEYS
    assert printed(["Pasar ditutup."]).keys == []


def test_articles_under_one_headline_share_keys_whatever_passages_they_print() -> None:
    whole, other = printed(story(4)), printed(story(5))
    assert len(set(whole.keys) & set(other.keys)) == fingerprints.HEADLINE_KEYS
    assert not set(whole.keys) & set(printed(story(5), headline="Pasar Kampung Ditutup Lagi").keys)
    assert not set(printed(story(4), headline="Foto Hari").keys) & set(printed(story(5), headline="Foto Hari").keys)


def test_half_of_a_text_shares_about_half_of_the_keys() -> None:
    whole, half = printed(story(4, 60)), printed(story(4, 60)[:30])
    assert len(set(whole.keys) & set(half.keys)) == len(half.keys)
    assert 0.35 < len(half.keys) / len(whole.keys) < 0.65


def test_a_full_memory_of_words_changes_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = printed(story(5)).grams
    monkeypatch.setattr(fingerprints, "_WORDS_REMEMBERED", 10)
    assert printed(story(5)).grams == before


@pytest.mark.parametrize(
    "lead",
    [
        "Kendari, Harian Contoh - ",
        "KENDARI, KABAR.com – ",
        "Kendari (KABAR) - ",
        "KABAR.CO, Kendari — ",
        "Kendari -- ",
    ],
)
def test_datelines_say_nothing(lead: str) -> None:
    body = story(6)
    assert printed([lead + body[0], *body[1:]]).clean_hash == printed(body).clean_hash


@pytest.mark.parametrize(
    "lines",
    [
        ["Baca juga: Kopi dari Lereng Utara Laku Keras"],
        ["Baca Juga", "Kopi dari Lereng Utara Laku Keras"],
        ["ADVERTISEMENT"],
        ["Ikuti kabar terbaru lewat saluran WhatsApp kami."],
        ["Halaman Selanjutnya"],
        ["Pewarta: S. Rahma"],
    ],
)
def test_lines_of_the_page_say_nothing(lines: list[str]) -> None:
    body = story(7)
    assert printed([*body[:3], *lines, *body[3:]]).clean_hash == printed(body).clean_hash


def test_a_sentence_after_a_bare_label_is_kept() -> None:
    body = story(7)
    assert printed([*body[:3], "Baca Juga", *body[3:]]).clean_hash == printed(body).clean_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harga cabai naik 10% menjadi Rp 95.000.", "harga cabai naik 10 persen menjadi Rp95.000"),
        ("Rapat digelar Rabu (18/6/2025) di balai kota.", "Rapat digelar Rabu (18/6) di balai kota"),
        ("“Kami siap,” kata bupati – tenang.", '"Kami siap", kata bupati - tenang.'),
    ],
)
def test_house_style_says_nothing(one: str, other: str) -> None:
    assert clean_lines([one]) == clean_lines([other])


def test_short_texts_are_the_same_only_under_the_same_headline() -> None:
    short = ["Lihat foto-foto panen raya di lereng gunung."]
    assert printed(short).clean_hash == printed(["Lihat foto-foto panen raya di lereng gunung!"]).clean_hash
    assert printed(short).clean_hash != printed(short, headline="Pasar Ikan Pindah").clean_hash


def test_pages_of_furniture_alone_are_not_the_same() -> None:
    headline = "..."
    one, other = (printed(["Baca juga: " + title], headline=headline) for title in ("Banjir Surut", "Kopi Laku"))
    assert one.clean_hash != other.clean_hash
    assert match(one, other) is None


def test_copies_of_another_publisher_are_found_trimmed_extended_and_rewritten_at_the_top() -> None:
    body = story(8)
    original = printed(body)
    for copy in (body[:4], body + story(9, 4), story(10, 1) + body[1:]):
        found = match(original, printed(copy, publisher="warta", headline="Kabar Lain"))
        assert found is not None, copy
        assert 0.5 <= found.score <= 1


def test_a_passage_out_of_the_middle_is_a_copy_under_a_like_headline_and_background_under_another() -> None:
    body = story(8)
    passage = [*body[3:6], *story(9, 1)]
    original = printed(body, headline="Pasar Kampung Dibuka Lagi")
    assert match(original, printed(passage, publisher="warta", headline="Dibuka Lagi, Pasar di Kampung")) is not None
    assert match(original, printed(passage, publisher="warta", headline="Harga Cabai Turun")) is None


@pytest.mark.parametrize(
    "lines",
    [
        ["Gabung dengan ribuan pembaca lain dan terima ringkasan pagi di surelmu.", "IKLAN"],
        ["Artikel lain: Nelayan Pulang Membawa Tuna", "Terkait", "Jalan Lereng Utara Ditutup Dua Hari"],
        ["Naskah: A. Nugroho", "Penyunting naskah: S. Rahma", "Dilarang mengutip tanpa izin penerbit."],
    ],
)
def test_lines_of_a_page_that_nobody_has_listed_hide_no_copy(lines: list[str]) -> None:
    body = story(21, 3)
    excerpt = printed([body[0], lines[0], body[1], *lines[1:]], publisher="warta", headline="Pasar Kampung")
    found = match(printed(story(21, 9)), excerpt)
    assert found is not None
    assert found.score > 0.9


def test_two_texts_that_share_a_line_of_the_page_are_two_stories() -> None:
    line = [
        "Terima kasih telah membaca, dukung kami dengan menjadi anggota dan bagikan tulisan ini kepada sahabat Anda."
    ]
    one, other = (printed(story(seed, 1) + line, publisher=f"p{seed}") for seed in (22, 23))
    assert match(one, other) is None


def test_one_corrected_number_in_a_long_text_is_no_other_story_and_many_are() -> None:
    body = [f"{line} Sebanyak {number} ekor sapi dan {number + 2} ekor kambing terjual." for number, line in
            enumerate(story(24), 31)]  # fmt: skip
    corrected = [*body[:4], body[4].replace("35 ekor sapi", "53 ekor sapi"), *body[5:]]
    others = [re.sub(r"(\d+) ekor sapi", r"\g<1>0 ekor sapi", line) for line in body]
    original = printed(body)
    assert match(original, printed(corrected, publisher="warta")) is not None
    assert match(original, printed(others, publisher="warta")) is None


def test_a_changed_word_costs_itself_and_not_the_grams_around_it() -> None:
    body = story(25)
    edited = [
        " ".join("sunting" if place % 12 == 6 else word for place, word in enumerate(line.split())) for line in body
    ]
    found = match(printed(body), printed(edited, publisher="warta"))
    assert found is not None
    assert (found.why, found.rule) == ("nearly the same text", "two publishers, each text in the other")


def test_copies_inside_a_publisher_are_found_under_another_headline_and_dateline() -> None:
    body = story(8)
    original = printed(["Kendari, Kabar - " + body[0], *body[1:]])
    for copy in (body, body[:6], body[:2], body + story(9, 2)):
        found = match(original, printed(["Palu, Kabar - " + copy[0], *copy[1:]], headline="Ramai Lagi, Pasar Lama"))
        assert found is not None, len(copy)


def test_a_follow_up_inside_a_publisher_with_old_background_is_another_story() -> None:
    old = story(11)
    assert match(printed(old), printed(story(12, 3) + old[4:], headline="Pedagang Mulai Pindah")) is None


def test_a_round_up_that_carries_a_whole_story_is_another_story() -> None:
    carried = story(13, 3)
    round_up = [*story(14, 3), *carried, *story(15, 3)]
    assert match(printed(carried), printed(round_up, headline="Lima Kabar Terpopuler")) is None


@pytest.mark.parametrize("publisher", ["kabar", "warta"])
def test_templates_with_other_numbers_are_other_stories(publisher: str) -> None:
    today = printed(weather("Kendari", 18, 23, 31, 12))
    tomorrow = printed(weather("Kendari", 19, 24, 32, 9), publisher=publisher)
    assert match(today, tomorrow) is None
    assert match(today, printed(weather("Kendari", 18, 23, 31, 12)[:3], publisher=publisher)) is not None


def test_numbers_of_an_added_paragraph_say_nothing_against_a_copy() -> None:
    body = story(16)
    counted = [*body, "Sebanyak 40 orang hadir pada pukul 09.00 dan 12 orang pada pukul 10.30 di balai kota."]
    other = ["Sebanyak 7 bus disiapkan untuk 350 penumpang dari 3 kecamatan menurut panitia acara.", *body]
    assert match(printed(counted), printed(other, publisher="warta")) is not None


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 7), min_size=1, max_size=8),
    st.lists(st.integers(0, 7), min_size=1, max_size=8),
    st.booleans(),
)
def test_the_rules_do_not_depend_on_which_article_comes_first(one: list[int], other: list[int], same: bool) -> None:  # noqa: FBT001
    body = story(17)
    a = printed([body[index] for index in one])
    b = printed([body[index] for index in other], publisher="kabar" if same else "warta")
    assert match(a, b) == match(b, a)
