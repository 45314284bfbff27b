"""Reader counters as Indonesian newspapers print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.reading.printed.counters import find_reads, read_count


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("Kamis, 5 November 2015 14:56 WIB | 1.229 Views", 1229),
        ("| 699 Views", 699),
        ("dibaca 53,203 kali", 53203),
        ("Dibaca 12.768 kali", 12768),
        ("telah dilihat 12810 kali", 12810),
        ("90 kali dibaca", 90),
        ("Dibaca : 2", 2),
        ("1,2 rb kali dilihat", 1200),
        ("3 jt views", 3_000_000),
        ("2,5 juta pembaca", 2_500_000),
        ("dibaca 5 menit", None),
        ("5 menit baca", None),
        ("953", None),
        ("15/4/2020 12.30", None),
        ("", None),
    ],
)
def test_a_counter_says_what_it_counts(text: str, reads: int | None) -> None:
    assert find_reads(text) == reads


@pytest.mark.parametrize(
    ("text", "reads"), [("953", 953), (" 1.204 ", 1204), ("Kamis, 5 November 2015", None), ("", None)]
)
def test_a_bare_number_counts_where_the_counter_stands(text: str, reads: int | None) -> None:
    assert read_count(text) == reads


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    reads = read_count(text)
    assert reads is None or 0 <= reads < 10**18
