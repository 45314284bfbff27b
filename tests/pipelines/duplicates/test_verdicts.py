"""Why two articles are not one story, in words that name what keeps them apart."""

from __future__ import annotations

import pytest
from support.stories import body

from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.verdicts import why_apart

BRIEF = (
    "Sebanyak {} karung beras tiba di dermaga {} pada pagi hari ini, kata petugas pelabuhan bernama Umar kepada warga."
)


def brief(
    number: int = 12, town: str = "Losari", headline: str = "Beras Tiba di Dermaga", more: str = ""
) -> Fingerprint:
    return fingerprint("kabar", headline, [BRIEF.format(number, town) + more])


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (brief(13), "briefs that contradict each other by other numbers: “12” and “13”"),
        (brief(town="Bitung"), "briefs that contradict each other by other names: “losari” and “bitung”"),
        (brief(headline="Panen Raya Gagal"), "briefs under other headlines"),
        (brief(more=" Sisanya menyusul besok" + " sore" * 12), "a brief beside a text of 34 words"),
        (brief(more=" Sisanya menyusul besok dengan perahu lain yang besar"), "differ in more than a word or two"),
    ],
)  # fmt: skip
def test_what_keeps_two_briefs_apart_is_named(other: Fingerprint, reason: str) -> None:
    assert reason in why_apart(brief(more=" Lalu kapal pulang."), other)


def test_other_numbers_in_the_headlines_of_one_publisher_are_named() -> None:
    text = body(1, 10)
    one, two = (
        fingerprint("kabar", f"Harga Emas Naik {price} Ribu", text[:size]) for price, size in ((12, 7), (15, 10))
    )
    assert "one publisher, and their headlines have other numbers: “12” and “15”" in why_apart(one, two)


def test_a_pair_with_doubts_is_told_with_what_ended_it() -> None:
    text = body(2, 10)
    line = (
        "Petugas {} menunggu kapal di dermaga sampai sore hari sebelum pulang ke rumah masing-masing bersama keluarga."
    )
    one, two = (
        fingerprint(who, "Pasar", [*text, line.format(word), *text[:2]]) for who, word in (("a", "muda"), ("b", "lama"))
    )
    assert "which does not hold for an instance of a template, or outvoted: other plain words" in why_apart(one, two)
    assert "and one of the two is an instance of a template: other plain words in equal places," in why_apart(
        one, two, instance=True
    )
    assert "“muda” and “lama” after" in why_apart(one, two)
    assert "“lama” and “muda” after" in why_apart(two, one)
    assert why_apart(one, two, instance=False).startswith("a pair with doubts (other plain words")
    assert why_apart(one, two, instance=False).endswith(
        "), but outvoted: half or more of the pairs between their clusters are none"
    )


def test_a_round_up_is_told_from_a_follow_up() -> None:
    text, headline = body(3, 8), "Jembatan Gantung Lama Runtuh Tadi Malam"
    list_of_news = [headline, *text[:4], "Berita lain hari ini", *body(4, 12)]
    said = why_apart(fingerprint("kabar", headline, text[:4]), fingerprint("kabar", "Terpopuler", list_of_news))
    assert said == "the longer text has the other's headline for a line of its own: a round-up"
