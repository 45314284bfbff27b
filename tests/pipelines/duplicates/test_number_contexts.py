"""Numbers of two texts: what is a year, how many contradictions a template has and a correction may have."""

from __future__ import annotations

import pytest

from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.numbers import contradicted, numbers_agree

GOODS = (
    "sapi", "kambing", "itik", "ayam", "kerbau", "domba", "kelinci", "angsa", "puyuh", "merpati",
    "lele", "nila", "gurami", "mujair", "patin", "bandeng", "udang", "kepiting", "cumi", "tiram",
)  # fmt: skip


def market(numbers: list[str]) -> Fingerprint:
    """A market report of over 120 words with one number for each kind of animal."""
    lines = [
        f"Pedagang di pasar hewan mencatat {goods} sebanyak {number} ekor terjual sampai siang hari ini."
        for number, goods in zip(numbers, GOODS, strict=False)
    ]
    return fingerprint("kabar", "Pasar Hewan Ramai", lines)


def with_other(count: int, of: int = 20) -> tuple[Fingerprint, Fingerprint]:
    told = [str(31 + 2 * place) for place in range(of)]
    return market(told), market([str(int(number) + 100) for number in told[:count]] + told[count:])


def context(number: str) -> tuple[Fingerprint, Fingerprint]:
    """Two short reports that differ in one number."""
    return market([number]), market(["4711"])


@pytest.mark.parametrize("number", ["4500", "1899", "2100", "1000", "9999", "0199"])
def test_a_number_of_four_digits_is_no_year(number: str) -> None:
    one, other = context(number)
    assert len(contradicted(one, other)[0]) == 1
    assert not numbers_agree(one, other)


@pytest.mark.parametrize("year", ["1900", "1999", "2026", "2099"])
def test_years_tell_nothing(year: str) -> None:
    one, other = context(year)
    assert contradicted(one, other)[0] == []
    assert numbers_agree(one, other)


def test_three_contradicting_numbers_are_a_template_in_twenty_places_and_two_are_none() -> None:
    assert [numbers_agree(*with_other(count)) for count in (0, 1, 2, 3, 20)] == [True, True, True, False, False]


def test_one_other_number_is_a_correction_in_a_long_text_alone() -> None:
    assert numbers_agree(*with_other(1, of=9))
    assert not numbers_agree(*with_other(2, of=9))
    assert not numbers_agree(*with_other(1, of=7))
