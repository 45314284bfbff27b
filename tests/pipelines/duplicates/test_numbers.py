"""Numbers that tell one article from another: three of a template that differ, and figures of four digits."""

from __future__ import annotations

import pytest

from pipelines.duplicates.fingerprints import fingerprint
from pipelines.duplicates.matching import match

STALLS = (
    "beras bawang cabai telur kentang tomat wortel kubis bayam kangkung jahe kunyit".split()  # noqa: SIM905 - words
)


def market(**prices: int) -> list[str]:
    """A daily report of 240 words with one figure for each of twelve goods."""
    opening = (
        "Petugas dinas perdagangan mencatat harga di pasar induk sejak subuh dan membacakannya kepada para pedagang."
    )
    lines = [
        f"Pedagang meminta harga {good} {prices.get(good, 31 + place)} ribu rupiah tiap kilogram, kata pengurus pasar"
        f" yang menimbang {good} itu di gudang sebelah timur."
        for place, good in enumerate(STALLS)
    ]
    return [opening, *lines]


@pytest.mark.parametrize("publisher", ["kabar", "warta"])
def test_a_template_in_which_three_figures_differ_is_another_story(publisher: str) -> None:
    today = fingerprint("kabar", "Harga Pasar Induk", market())
    assert today.words > 200
    for changed in ({"beras": 51, "telur": 52, "jahe": 53}, {"cabai": 61, "tomat": 62, "kubis": 63}):
        assert match(today, fingerprint(publisher, "Harga Pasar Induk", market(**changed))) is None
    assert match(today, fingerprint(publisher, "Harga Pasar Induk", market())) is not None


@pytest.mark.parametrize("figure", ["4750", "1250", "8500", "1899", "2100"])
def test_a_figure_of_four_digits_is_a_number_and_no_year(figure: str) -> None:
    print_of = fingerprint("kabar", f"Harga Cabai {figure} pada 2026", [f"Harga naik menjadi {figure} rupiah sekilo."])
    assert print_of.headline_numbers == {figure}
    assert set().union(*print_of.numbers.values()) == {figure}


@pytest.mark.parametrize("year", ["1945", "1999", "2000", "2026", "2099"])
def test_a_year_tells_no_two_articles_apart(year: str) -> None:
    print_of = fingerprint("kabar", f"Panen Raya {year}", [f"Sejak tahun {year} warga menanam padi di lereng."])
    assert print_of.headline_numbers == set()
    assert dict(print_of.numbers) == {}


def test_templates_that_differ_in_figures_of_four_digits_are_other_stories() -> None:
    today = fingerprint("kabar", "Harga Pasar Induk", market(beras=4750, telur=5125, jahe=6300))
    tomorrow = fingerprint("kabar", "Harga Pasar Induk", market(beras=4900, telur=5250, jahe=6450))
    assert match(today, tomorrow) is None
