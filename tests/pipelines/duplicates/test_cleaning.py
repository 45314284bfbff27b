"""Words of a text, whichever way they are cut."""

from __future__ import annotations

import string

from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.duplicates.cleaning import words_of


@given(st.text(string.printable + "%%,,..//0123456789"))
@example("Rp1.250,50/kg (naik 3,5%); B3 turun. 12.00 WIB, 1/2/2026")
@example("%5%.5,a\x1f7_8")
def test_a_text_of_plain_letters_has_the_words_it_has_beside_a_letter_of_another_alphabet(text: str) -> None:
    assert words_of(text) == words_of(text + " é")[:-1]
