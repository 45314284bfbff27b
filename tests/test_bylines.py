"""Datelines and reader counters as Indonesian newspapers print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.bylines import find_dateline, find_reads, is_open_dateline, read_count


@pytest.mark.parametrize(
    ("paragraph", "dateline"),
    [
        ("Kabul, Gatra.com - Taliban akhirnya merebut", "Kabul, Gatra.com"),
        ("Jakarta, Gatra.com – Pemerintah", "Jakarta, Gatra.com"),
        ("Jambi, Gatra.com\u00a0- Warga", "Jambi, Gatra.com"),
        ("Jakarta - Petani garam", "Jakarta"),
        ("Bandar Lampung - Petani garam", "Bandar Lampung"),
        ("JAKARTA, KOMPAS.com - Menteri", "JAKARTA, KOMPAS.com"),
        ("JAKARTA, KOMPAS.com\u00a0— Menteri", "JAKARTA, KOMPAS.com"),
        ("KOMPAS.com - Menteri", "KOMPAS.com"),
        ("Liputan6.com, Jakarta - Menteri", "Liputan6.com, Jakarta"),
        ("Liputan6.com, Jakarta Menteri Keuangan", "Liputan6.com, Jakarta"),
        ("TEMPO.CO, Jakarta - Menteri", "TEMPO.CO, Jakarta"),
        ("REPUBLIKA.CO.ID, JAKARTA -- Aktris", "REPUBLIKA.CO.ID, JAKARTA"),
        ("JAKARTA – Aktris dan sutradara", "JAKARTA"),
        ("Jakarta, CNN Indonesia -- Warga", "Jakarta, CNN Indonesia"),
        ("Jakarta, CNBC Indonesia - Warga", "Jakarta, CNBC Indonesia"),
        ("Jakarta (ANTARA) - Warga", "Jakarta (ANTARA)"),
        ("Jakarta (ANTARA News) - Warga", "Jakarta (ANTARA News)"),
        ("Mataram, NTB (ANTARA News) - Warga", "Mataram, NTB (ANTARA News)"),
        ("ISTANBUL, 23 Februari 2016 (Antara/PRNewswire) -- Kota", "ISTANBUL, 23 Februari 2016 (Antara/PRNewswire)"),
        ("TRIBUNNEWS.COM, JAKARTA - Warga", "TRIBUNNEWS.COM, JAKARTA"),
        ("TRIBUNNEWS.COM - Warga", "TRIBUNNEWS.COM"),
        ("Bisnis.com, JAKARTA — Warga", "Bisnis.com, JAKARTA"),
        ("Bisnis.com, JAKARTA --- Warga", "Bisnis.com, JAKARTA"),
        ("Bisnis.com, JAKARTA—Warga", "Bisnis.com, JAKARTA"),
        ("KONTAN.CO.ID - JAKARTA. Warga", "KONTAN.CO.ID - JAKARTA"),
        ("JAKARTA, iNews.id - Warga", "JAKARTA, iNews.id"),
        ("jpnn.com, JAKARTA - Warga", "jpnn.com, JAKARTA"),
        ("JawaPos.com - Warga", "JawaPos.com"),
        ("Jakarta, IDN Times - Warga", "Jakarta, IDN Times"),
        ("Metrotvnews.com, Jakarta: Warga", "Metrotvnews.com, Jakarta"),
        ("KBRN, Palangka Raya : Warga", "KBRN, Palangka Raya"),
        ("FAJAR.CO.ID, MAKASSAR -- Warga", "FAJAR.CO.ID, MAKASSAR"),
        ("Solopos.com, SOLO — Warga", "Solopos.com, SOLO"),
        ("SRAGEN—Sebanyak 40 warga", "SRAGEN"),
        ("Blora, InfoPublik - Warga", "Blora, InfoPublik"),
        ("Bogor, Harian Contoh - Warga", "Bogor, Harian Contoh"),
        ("SEBUAH bank sampah di Palu", None),
        ("DEPRESI jadi satu momok", None),
        ("INTERNATIONAL Golden Institute (IGI) menggelar", None),
        ("Menteri Keuangan, menurut Kompas.com, hadir", None),
        ("Harga beras naik - dan tidak turun lagi", None),
        ("Baca Juga - Harga beras", None),
        ("Foto - Warga menanam", None),
        ("", None),
    ],
)
def test_a_dateline_is_recognised_in_every_printed_form(paragraph: str, dateline: str | None) -> None:
    assert find_dateline(paragraph) == dateline


@pytest.mark.parametrize("text", ["Jakarta -", "Makassar, CNN Indonesia --", "JAKARTA, KOMPAS.com\u00a0—"])
def test_a_dateline_alone_is_told_from_a_short_line(text: str) -> None:
    assert is_open_dateline(text)


@pytest.mark.parametrize("text", ["Jakarta", "ADVERTISEMENT", "Baca juga -", "Bagikan:", "-", "Harga naik, stok turun"])
def test_a_short_line_is_no_dateline(text: str) -> None:
    assert not is_open_dateline(text)


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
    find_dateline(text)
    reads = read_count(text)
    assert reads is None or 0 <= reads < 10**18
