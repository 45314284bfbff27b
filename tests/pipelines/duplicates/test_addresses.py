"""Addresses of one page that is written on."""

from __future__ import annotations

import pytest

from pipelines.duplicates.addresses import shared_parts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/berita/d-7123456/gempa-terkini", "/berita/d-7123456/korban-gempa-bertambah"),
        ("/live/gempa-di-lembah-palu-1", "/live/gempa-di-lembah-palu-12"),
        ("/gempa-di-lembah-palu.html", "/2026/11/gempa-di-lembah-palu-3.html"),
        ("/gempa-di-lembah-palu/pembaruan-1", "/gempa-di-lembah-palu/pembaruan-2"),
    ],
)
def test_a_number_or_a_slug_makes_one_page(one: str, other: str) -> None:
    assert shared_parts(f"https://a.example{one}", f"https://a.example{other}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/berita/d-7123456/gempa", "/berita/d-7123457/gempa"),
        ("/2026/11/28/gempa-palu", "/2026/11/28/banjir-palu"),
        ("/read/20261128/gempa", "/read/20261128/banjir"),
        ("/foto-pilihan/gempa-hari-ini", "/foto-pilihan/banjir-hari-ini"),
        ("", ""),
    ],
)
def test_days_and_sections_make_none(one: str, other: str) -> None:
    assert not shared_parts(f"https://a.example{one}", f"https://a.example{other}")
