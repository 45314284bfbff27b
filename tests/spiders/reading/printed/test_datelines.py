"""Datelines as Indonesian newspapers print them, split into place and brand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.reading.printed.datelines import Dateline, find_dateline, is_open_dateline


@pytest.mark.parametrize(
    ("paragraph", "printed", "place", "brand"),
    [
        ("Kabul, Gatra.com - Taliban akhirnya merebut", "Kabul, Gatra.com", "Kabul", "Gatra.com"),
        ("Jakarta, Gatra.com – Pemerintah", "Jakarta, Gatra.com", "Jakarta", "Gatra.com"),
        ("Jambi, Gatra.com\u00a0- Warga", "Jambi, Gatra.com", "Jambi", "Gatra.com"),
        ("Jakarta - Petani garam", "Jakarta", "Jakarta", None),
        ("Bandar Lampung - Petani garam", "Bandar Lampung", "Bandar Lampung", None),
        ("JAKARTA, KOMPAS.com - Menteri", "JAKARTA, KOMPAS.com", "JAKARTA", "KOMPAS.com"),
        ("JAKARTA, KOMPAS.com\u00a0— Menteri", "JAKARTA, KOMPAS.com", "JAKARTA", "KOMPAS.com"),
        ("KOMPAS.com - Menteri", "KOMPAS.com", None, "KOMPAS.com"),
        ("Liputan6.com, Jakarta - Menteri", "Liputan6.com, Jakarta", "Jakarta", "Liputan6.com"),
        ("Liputan6.com, Jakarta Menteri Keuangan", "Liputan6.com, Jakarta", "Jakarta", "Liputan6.com"),
        ("TEMPO.CO, Jakarta - Menteri", "TEMPO.CO, Jakarta", "Jakarta", "TEMPO.CO"),
        ("REPUBLIKA.CO.ID, JAKARTA -- Aktris", "REPUBLIKA.CO.ID, JAKARTA", "JAKARTA", "REPUBLIKA.CO.ID"),
        ("JAKARTA – Aktris dan sutradara", "JAKARTA", "JAKARTA", None),
        ("Jakarta, CNN Indonesia -- Warga", "Jakarta, CNN Indonesia", "Jakarta", "CNN Indonesia"),
        ("Jakarta, CNBC Indonesia - Warga", "Jakarta, CNBC Indonesia", "Jakarta", "CNBC Indonesia"),
        ("Jakarta (ANTARA) - Warga", "Jakarta (ANTARA)", "Jakarta", "ANTARA"),
        ("Jakarta (ANTARA News) - Warga", "Jakarta (ANTARA News)", "Jakarta", "ANTARA News"),
        ("Mataram, NTB (ANTARA News) - Warga", "Mataram, NTB (ANTARA News)", "Mataram, NTB", "ANTARA News"),
        (
            "ISTANBUL, 23 Februari 2016 (Antara/PRNewswire) -- Kota",
            "ISTANBUL, 23 Februari 2016 (Antara/PRNewswire)",
            "ISTANBUL",
            "Antara/PRNewswire",
        ),
        ("TRIBUNNEWS.COM, JAKARTA - Warga", "TRIBUNNEWS.COM, JAKARTA", "JAKARTA", "TRIBUNNEWS.COM"),
        ("TRIBUNNEWS.COM - Warga", "TRIBUNNEWS.COM", None, "TRIBUNNEWS.COM"),
        ("Bisnis.com, JAKARTA — Warga", "Bisnis.com, JAKARTA", "JAKARTA", "Bisnis.com"),
        ("Bisnis.com, JAKARTA --- Warga", "Bisnis.com, JAKARTA", "JAKARTA", "Bisnis.com"),
        ("Bisnis.com, JAKARTA—Warga", "Bisnis.com, JAKARTA", "JAKARTA", "Bisnis.com"),
        ("KONTAN.CO.ID - JAKARTA. Warga", "KONTAN.CO.ID - JAKARTA", "JAKARTA", "KONTAN.CO.ID"),
        ("JAKARTA, iNews.id - Warga", "JAKARTA, iNews.id", "JAKARTA", "iNews.id"),
        ("jpnn.com, JAKARTA - Warga", "jpnn.com, JAKARTA", "JAKARTA", "jpnn.com"),
        ("JawaPos.com - Warga", "JawaPos.com", None, "JawaPos.com"),
        ("Jakarta, IDN Times - Warga", "Jakarta, IDN Times", "Jakarta", "IDN Times"),
        ("Metrotvnews.com, Jakarta: Warga", "Metrotvnews.com, Jakarta", "Jakarta", "Metrotvnews.com"),
        ("KBRN, Palangka Raya : Warga", "KBRN, Palangka Raya", "Palangka Raya", "KBRN"),
        ("FAJAR.CO.ID, MAKASSAR -- Warga", "FAJAR.CO.ID, MAKASSAR", "MAKASSAR", "FAJAR.CO.ID"),
        ("Solopos.com, SOLO — Warga", "Solopos.com, SOLO", "SOLO", "Solopos.com"),
        ("SRAGEN—Sebanyak 40 warga", "SRAGEN", "SRAGEN", None),
        ("Blora, InfoPublik - Warga", "Blora, InfoPublik", "Blora", "InfoPublik"),
        ("Bogor, Harian Contoh - Warga", "Bogor, Harian Contoh", "Bogor, Harian Contoh", None),
        ("REPUBLIKA.CO.ID,\u00a0JAKARTA -- Aktris", "REPUBLIKA.CO.ID, JAKARTA", "JAKARTA", "REPUBLIKA.CO.ID"),
        ("Liputan6.com, Jakarta- Menteri", "Liputan6.com, Jakarta", "Jakarta", "Liputan6.com"),
        ("Frankfurt/Main (dpa) - Warga", "Frankfurt/Main (dpa)", "Frankfurt/Main", "dpa"),
        ("Jakarta, Beritasatu.com - Warga", "Jakarta, Beritasatu.com", "Jakarta", "Beritasatu.com"),
        ("Suara.com - Warga", "Suara.com", None, "Suara.com"),
        ("Merdeka.com - Warga", "Merdeka.com", None, "Merdeka.com"),
        ("Bisnis.com, JAKARTA - Warga", "Bisnis.com, JAKARTA", "JAKARTA", "Bisnis.com"),
        ("Bisnis.com, JAKARTA – Warga", "Bisnis.com, JAKARTA", "JAKARTA", "Bisnis.com"),
        ("(ANTARA News) - Warga", "(ANTARA News)", None, "ANTARA News"),
        ("KBRN, Jakarta : Warga", "KBRN, Jakarta", "Jakarta", "KBRN"),
        ("SEBUAH bank sampah di Palu", None, None, None),
        ("DEPRESI jadi satu momok", None, None, None),
        ("INTERNATIONAL Golden Institute (IGI) menggelar", None, None, None),
        ("Menteri Keuangan, menurut Kompas.com, hadir", None, None, None),
        ("Harga beras naik - dan tidak turun lagi", None, None, None),
        ("Baca Juga - Harga beras", None, None, None),
        ("Foto - Warga menanam", None, None, None),
        ("", None, None, None),
    ],
)
def test_a_dateline_is_recognised_in_every_printed_form(
    paragraph: str, printed: str | None, place: str | None, brand: str | None
) -> None:
    found = find_dateline(paragraph)
    assert found == (Dateline(place, brand, printed) if printed else None)


@pytest.mark.parametrize(
    ("printed", "place", "brand"),
    [
        ("Bogor, Harian Contoh", "Bogor", "Harian Contoh"),
        ("HARIAN CONTOH, Bogor", "Bogor", "HARIAN CONTOH"),
        ("Bogor Harian Contoh", "Bogor", "Harian Contoh"),
        ("Harian Contoh", None, "Harian Contoh"),
        ("Mataram, NTB", "Mataram, NTB", None),
    ],
)
def test_names_of_the_publisher_are_a_brand_and_no_place(printed: str, place: str | None, brand: str | None) -> None:
    assert find_dateline(f"{printed} - Warga", ("", "harian", "Harian Contoh")) == Dateline(place, brand, printed)


@pytest.mark.parametrize("text", ["Jakarta -", "Makassar, CNN Indonesia --", "JAKARTA, KOMPAS.com\u00a0—"])
def test_a_dateline_alone_is_told_from_a_short_line(text: str) -> None:
    assert is_open_dateline(text)


@pytest.mark.parametrize("text", ["Jakarta", "ADVERTISEMENT", "Baca juga -", "Bagikan:", "-", "Harga naik, stok turun"])
def test_a_short_line_is_no_dateline(text: str) -> None:
    assert not is_open_dateline(text)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = find_dateline(text, (text[:5],))
    assert found is None or text.replace("\u00a0", " ").startswith(found.printed or "")
