"""Contradictions: instances of a template are news of their own, copies have none, corrections one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.duplicates.contradictions import contradictions, weight
from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.matching import Apart, Match, compare
from pipelines.duplicates.spelling import same

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
FRAMES = {
    "a forecast of one city and of another": (
        "Cuaca {Ambon|Kupang} Hari Ini",
        """
        Badan meteorologi memprakirakan langit {Ambon|Kupang} berawan sejak pagi hari dan hujan ringan pada
        sore hari.
        /
        Warga di {Ambon|Kupang} diminta membawa payung bila beraktivitas di luar ruangan dan menghindari
        pohon besar.
        /
        Prakiraan diperbarui setiap tiga jam dan dapat dilihat pada laman resmi, aplikasi, serta media
        sosial badan itu.
        """,
    ),
    "two obituaries": (
        "Kabar Duka, {Paulus Wenda|Citra Maharani} Tutup Usia",
        """
        Kabar duka datang dari keluarga besar {Paulus Wenda|Citra Maharani} yang tutup usia pada dini hari
        di rumah sakit.
        /
        Jenazah akan dimakamkan di pemakaman umum dekat {Sorong|Jember} seusai disemayamkan semalam di rumah
        duka.
        /
        Segenap redaksi turut menyampaikan belasungkawa dan berharap keluarga diberi ketabahan dan
        keikhlasan.
        """,
    ),
    "the same shows at other hours": (
        "Jadwal Acara Malam Ini",
        """
        Berikut susunan acara untuk menemani waktu santai Anda. Sore dibuka {Warta Desa|Bola Malam} hingga
        petang.
        /
        Selepas petang pemirsa dapat menyaksikan {Ruang Dokter|Warta Desa} lalu {Kuis Cerdas|Ruang Dokter}
        sampai larut.
        /
        Siaran ditutup oleh {Bola Malam|Kuis Cerdas} yang disambung lagu daerah. Susunan dapat berubah
        sewaktu-waktu.
        """,
    ),
    "two dishes, in plain words alone": (
        "Resep {Pepes|Gulai} yang Mudah Dibuat",
        """
        Ingin menyajikan {pepes|gulai} untuk makan malam bersama keluarga? Bahan masakan ini mudah didapat
        di warung.
        /
        Haluskan bumbu lalu tumis sampai harum, masukkan {terung|nangka} dan aduk perlahan dengan api kecil
        sampai layu.
        /
        Sajikan selagi hangat bersama nasi putih. Sisa masakan dapat disimpan di lemari pendingin paling
        lama dua hari.
        """,
    ),
    "prices of two days": (
        "Harga Cabai Hari Ini",
        """
        Harga cabai rawit di pasar induk tercatat {61.500|58.250} rupiah per kilogram menurut panel harga
        pemerintah.
        /
        Pedagang menyebut pasokan dari petani masih lancar sehingga harga diperkirakan tidak banyak berubah
        pekan ini.
        /
        Pemerintah daerah meminta warga berbelanja secara bijak dan menyiapkan operasi pasar bila harga
        melonjak.
        """,
    ),
}
"""Headline and paragraphs, with the fillings of two instances in each slot."""


def filled(text: str, which: int) -> str:
    return re.sub(r"\{([^|]*)\|([^}]*)\}", lambda slot: slot[1 + which], text)


def lines_of(frame: tuple[str, str], which: int) -> list[str]:
    return [" ".join(line.split()) for line in filled(frame[1], which).split("/")]


def instance(frame: tuple[str, str], which: int, publisher: str = "kabar") -> Fingerprint:
    return fingerprint(publisher, filled(frame[0], which), lines_of(frame, which), NOON)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=list(FRAMES))
@pytest.mark.parametrize("publisher", ["kabar", "warta"])
def test_instances_of_a_template_are_news_of_their_own_in_one_publisher_and_two(
    frame: tuple[str, str], publisher: str
) -> None:
    assert isinstance(compare(instance(frame, 0), instance(frame, 1, publisher)), Apart)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=list(FRAMES))
def test_a_copy_of_an_instance_is_one_story_trimmed_extended_and_under_another_headline(frame: tuple[str, str]) -> None:
    original = instance(frame, 0)
    lines = lines_of(frame, 0)
    for copy in (lines[:2], [*lines, "Keterangan tambahan akan disampaikan pada kesempatan berikutnya oleh petugas."]):
        assert isinstance(compare(original, fingerprint("warta", "Simak, " + filled(frame[0], 0), copy)), Match)


def test_a_contradiction_says_what_stands_where() -> None:
    frame = FRAMES["two obituaries"]
    found, _ = contradictions(instance(frame, 0), instance(frame, 1))
    assert ("name", "sorong", "jember", "pemakaman umum dekat") in {tuple(each) for each in found}
    assert weight(found) >= 3


def test_contradictions_do_not_depend_on_which_article_comes_first() -> None:
    for frame in FRAMES.values():
        a, b = instance(frame, 0), instance(frame, 1)
        assert compare(a, b) == compare(b, a)


LONG = [
    f"Warga kampung {name} memperbaiki {thing} dengan iuran sendiri {when}, kata ketua rukun tetangga kepada wartawan."
    for name, thing, when in (
        ("seberang", "jembatan gantung", "sejak awal pekan"), ("hulu", "saluran air", "setelah banjir surut"),
        ("lereng", "jalan setapak", "menjelang musim panen"), ("rawa", "tanggul kayu", "selama tiga hari"),
        ("muara", "dermaga kecil", "ketika laut tenang"), ("hilir", "balai warga", "seusai upacara adat"),
        ("tengah", "pasar lama", "pada hari pasaran"), ("bukit", "menara air", "begitu hujan reda"),
        ("pantai", "gudang garam", "sebelum musim barat"), ("lembah", "kincir tua", "hingga larut malam"),
        ("dusun", "sekolah panggung", "saban akhir bulan"), ("ladang", "sumur bersama", "dalam waktu dekat"),
    )
]  # fmt: skip


def test_a_desk_that_replaces_words_makes_a_copy() -> None:
    edited = [
        line.replace("memperbaiki", "membenahi").replace("dengan iuran", "lewat iuran").replace("wartawan", "pewarta")
        for line in LONG
    ]
    found = compare(fingerprint("kabar", "Warga Perbaiki Kampung", LONG), fingerprint("warta", "Kampung", edited))
    assert isinstance(found, Match)
    assert found.doubts


def test_a_price_in_another_house_style_is_no_contradiction() -> None:
    told = [line.replace("dengan iuran sendiri", f"seharga USD {place + 3}.450") for place, line in enumerate(LONG[:6])]
    styled = [line.replace("USD ", "").replace(".450", ".450 dolar AS") for line in told]
    assert isinstance(
        compare(fingerprint("kabar", "Warga Perbaiki Kampung", told), fingerprint("warta", "Kampung", styled)), Match
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kpk", "komisi pemberantasan korupsi"), ("kejagung", "kejaksaan agung"), ("ri", "republik indonesia"),
        ("pemerintah", "pemerinatah"), ("memperbaiki", "rnemperbaiki"), ("ba1ai", "balai"), ("10", "1o"),
        ("di sumatera", "disumatera"), ("jatim", "jawa timur"),
    ],
)  # fmt: skip
def test_one_word_otherwise_written_is_no_contradiction(one: str, other: str) -> None:
    assert same(tuple(re.findall(r"[a-z]+|\d+", one)), tuple(re.findall(r"[a-z]+|\d+", other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [("ambon", "kupang"), ("10", "13"), ("senin", "selasa"), ("timur", "barat"), ("desa", "denpasar"), ("100", "1000")],
)
def test_another_word_is_one(one: str, other: str) -> None:
    assert not same((one,), (other,))


def test_a_correction_is_a_version_of_its_article_and_of_no_other_one() -> None:
    lines = FRAMES["prices of two days"]
    first = instance(lines, 0)
    note = "Ralat: sebelumnya tertulis 61.500 rupiah, seharusnya 58.250 rupiah. Redaksi memohon maaf."
    text = [*lines_of(lines, 1), note]
    corrected = fingerprint("kabar", "RALAT: Harga Cabai Hari Ini", text, NOON + timedelta(hours=4))
    found = compare(first, corrected)
    assert isinstance(found, Match)
    assert found.rule == "one publisher, correction"
    other = [line.replace("58.250", "70.100").replace("61.500", "66.000") for line in text]
    assert not isinstance(
        compare(corrected, fingerprint("kabar", "RALAT: Harga Cabai Hari Ini", other, NOON + timedelta(hours=5))), Match
    )
    assert not isinstance(
        compare(first, fingerprint("warta", "RALAT: Harga Cabai Hari Ini", text, NOON + timedelta(hours=4))), Match
    )
    assert not isinstance(
        compare(first, fingerprint("kabar", "RALAT: Harga Cabai Hari Ini", text, NOON + timedelta(days=30))), Match
    )
