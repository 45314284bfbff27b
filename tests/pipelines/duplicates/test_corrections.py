"""Corrections: a later state of their article, whatever they put right, and never of other news in the same form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.matching import Match, compare

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
ACCIDENT = (
    "Bus Wisata Terguling di Tanjakan Sewu, 14 Orang Luka",
    "Bus wisata terguling di tanjakan Sewu pada Selasa pagi. Sebanyak 14 orang luka dan dibawa ke puskesmas terdekat.",
    "Sopir bus bernama Rusdi mengaku rem tidak bekerja sejak tikungan pertama sehingga kendaraan dibanting ke tebing.",
    "Warga membantu penumpang keluar lewat jendela belakang, sedangkan barang bawaan dikumpulkan di balai dusun.",
    "Kepala dusun meminta rambu di tanjakan Sewu diperbanyak karena kejadian serupa sudah tiga kali terjadi tahun ini.",
)
APPOINTMENT = (
    "Kepala Pasar Baru Dilantik di Halaman Kantor",
    "Kepala pasar yang baru dilantik di halaman kantor kelurahan. Jabatan itu dipegang Marlina Tobing.",
    "Marlina Tobing berjanji menata lapak ikan lebih dahulu karena keluhan pembeli paling banyak dari sana.",
    "Pedagang lama berharap retribusi tidak naik sampai atap los selesai diperbaiki pada musim kemarau nanti.",
    "Seusai pelantikan Marlina Tobing berkeliling menyalami pedagang sayur dan mendengar usul mereka satu per satu.",
)
HARVEST = (
    "Panen Garam di Pesisir Utara Mencapai 820 Ton",
    "Panen garam di pesisir utara mencapai 820 ton sampai pekan ini, kata pengurus koperasi kepada wartawan.",
    "Cuaca kering mempercepat penguapan sehingga garam dapat dipungut setiap empat hari tanpa menunggu ganti air.",
    "Koperasi menampung seluruh hasil dan membayar tunai hari itu juga supaya tidak ada yang menjual ke tengkulak.",
    "Gudang lama diperbaiki menjelang musim hujan, sedangkan jalan ke tambak dikeraskan dengan batu dari bukit.",
)


def printed(
    article: tuple[str, ...],
    *changes: tuple[str, str],
    label: str = "",
    note: str = "",
    hours: int = 0,
    by: str = "kabar",
) -> Fingerprint:
    lines = list(article)
    for old, new in changes:
        assert any(old in line for line in lines)
        lines = [line.replace(old, new) for line in lines]
    paragraphs = [*lines[1:], note] if note else lines[1:]
    return fingerprint(by, label + lines[0], paragraphs, NOON + timedelta(hours=hours))


CORRECTIONS = {
    "a number of the headline": (
        ACCIDENT,
        [("14 Orang", "11 Orang"), ("14 orang", "11 orang")],
        "Ralat: semula tertulis 14 orang, yang benar 11 orang.",
    ),
    "a name that stands in many places": (
        APPOINTMENT,
        [("Marlina Tobing", "Marlina Tohang")],
        "Koreksi: nama pejabat semula ditulis Tobing, seharusnya Tohang. Kami mohon maaf.",
    ),
    "a number in the lead, without a label": (
        HARVEST,
        [("820 Ton", "280 Ton"), ("820 ton", "280 ton")],
        "Catatan redaksi: jumlah panen diperbaiki dari 820 menjadi 280 ton.",
    ),
}


@pytest.mark.parametrize("label", ["", "RALAT: "])
@pytest.mark.parametrize("what", CORRECTIONS)
def test_a_correction_that_says_what_it_puts_right_is_a_state_of_its_article(what: str, label: str) -> None:
    article, changes, note = CORRECTIONS[what]
    found = compare(printed(article), printed(article, *changes, label=label, note=note, hours=5))
    assert isinstance(found, Match)
    assert "publisher" in found.rule


@pytest.mark.parametrize("what", CORRECTIONS)
def test_another_correction_of_the_same_form_is_other_news(what: str) -> None:
    """A daily form with its own correction each day: both notes say other things."""
    article, changes, note = CORRECTIONS[what]
    one = printed(article, *changes, note=note)
    others = {
        "a number of the headline": (("14", "23"), ("11", "29")),
        "a name that stands in many places": (("Tobing", "Wonda"), ("Tohang", "Wanda")),
        "a number in the lead, without a label": (("820", "640"), ("280", "460")),
    }[what]
    text = tuple(line.replace(old, new) for line in article for old, new in others[:1])
    moved = [(old.replace(*others[0]), new.replace(*others[1])) for old, new in changes]
    said = note.replace(*others[0]).replace(*others[1])
    assert not isinstance(compare(one, printed(text, *moved, note=said, hours=24)), Match)


PRICE = (
    "Harga Cabai Hari Ini di Pasar Induk",
    "Harga cabai rawit di pasar induk pada pagi ini tercatat {today} rupiah per kilogram, {trend} pekan ini.",
    "Pedagang menyebut pasokan dari petani lereng masih lancar sehingga pembeli tidak perlu menimbun di rumah.",
    "Pemerintah daerah menyiapkan operasi pasar bila harga melonjak dan meminta warga berbelanja secukupnya.",
    "Catatan harga dikumpulkan petugas sebelum matahari terbit dari dua belas lapak yang sama agar dapat dibandingkan.",
)


def price(today: str, trend: str, hours: int, headline: str = PRICE[0]) -> Fingerprint:
    lines = [line.format(today=today, trend=trend) for line in PRICE[1:]]
    return fingerprint("kabar", headline, lines, NOON + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("61.500", "stabil"), ("58.250", "turun dari 61.500")),
        (("61.500", "naik tipis"), ("61.900", "naik tipis lagi dari 61.500")),
        (("61.500", "sama seperti kemarin"), ("64.000", "naik dari 61.500 kemarin")),
    ],
)
@pytest.mark.parametrize("headline", [PRICE[0], PRICE[0] + " Berubah", "Update " + PRICE[0]])
def test_the_price_of_a_day_that_tells_that_of_the_day_before_is_no_correction(
    first: tuple[str, str], second: tuple[str, str], headline: str
) -> None:
    assert not isinstance(compare(price(*first, 0), price(*second, 24, headline)), Match)
