"""Labelled sets with new seeds and with lines of the page that no list of ours has.

The generator is the one beside the checkout; only the lines that it puts between paragraphs are replaced, by lines
written for this file. They must not be added to the lists of `pipelines/duplicates/fingerprints.py`: they stand for
all those lines that nobody has seen yet.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Furniture:
    """What pages of a set say between paragraphs."""

    lines: tuple[str, ...]
    link: str
    """Before the headline of another article, on one line."""
    label: str
    """On a line of its own above such a headline."""
    names: str
    """At the end, with two names."""


SETS = {
    "fresh-pagi": Furniture(
        (
            "Gabung bersama komunitas pembaca kami dan terima ringkasan kabar tiap pagi lewat surel.",
            "- IKLAN -",
            "Klik tombol suka bila tulisan ini bermanfaat bagi Anda.",
            "Bagikan tulisan ini kepada teman dan keluarga Anda:",
            "Berlangganan sekarang, nikmati seluruh konten premium tanpa batas mulai Rp29.000 per bulan.",
            "KONTEN BERLANJUT DI BAWAH",
            "Video terkini dari redaksi dapat ditonton melalui kanal YouTube resmi.",
            "Tag terkait:",
            "Geser ke bawah untuk lanjut membaca",
            "Punya informasi menarik? Kirim ke meja redaksi kami.",
        ),
        "Berita terkait: ",
        "Terkait\n",
        "Laporan wartawan %s\nPenyunting naskah: %s\nHak cipta dilindungi undang-undang, dilarang mengutip tanpa izin",
    ),
    "fresh-siang": Furniture(
        (
            "Yuk, jadi yang pertama tahu kabar terbaru dengan menyalakan notifikasi!",
            "[Iklan]",
            "Konten ini diproduksi oleh tim redaksi dan tidak mewakili pandangan perusahaan.",
            "Lanjutkan membaca setelah pesan berikut",
            "Nonton selengkapnya di vidio kami",
            "Jadikan kami sumber rujukan utama di hasil pencarian Anda.",
            "Tertarik dengan topik ini? Masuk untuk menyimpan bacaan ke daftar Anda.",
            "Redaksi menerima tulisan opini dari pembaca, kirim melalui laman kontak.",
            "Next page",
            "Advertorial | Gulir untuk melanjutkan",
        ),
        "Artikel lain: ",
        "Jangan lewat:\n",
        "Kontributor: %s\nDisunting oleh %s\n(c) Kantor Berita, hak terjemah dan siar ada pada penerbit",
    ),
    "fresh-malam": Furniture(
        (
            "Terima kasih sudah membaca sampai di sini, dukung jurnalisme mandiri dengan menjadi anggota.",
            "SPONSOR",
            "Bacaan ini membutuhkan waktu tiga menit.",
            "Komentar sepenuhnya menjadi tanggung jawab komentator seperti diatur dalam UU ITE.",
            "Lihat galeri selengkapnya",
            "Dengarkan versi audionya lewat podcast mingguan kami di berbagai layanan streaming.",
            "Follow akun Instagram, TikTok, dan X kami supaya tidak tertinggal.",
            "Sebarkan:",
            "Halaman ini memuat tautan afiliasi.",
            "Baca artikel menarik lainnya hanya di laman kami, setiap hari pukul enam pagi.",
        ),
        "LIHAT PULA > ",
        "Rekomendasi untuk Anda\n",
        "Ditulis oleh %s\nDiperiksa oleh %s\nSumber asli: Kantor Berita Nasional",
    ),
}
"""Seed -> lines."""


def fresh_sets(generator: Path, base: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Make each set in the folder; yields its seed and its file.

    Raises:
        ValueError: the generator does not put in its lines the way it used to.
    """
    for seed, furniture in SETS.items():
        source = generator.read_text("utf-8")
        for known, new in (
            ('"Baca juga: "', repr(furniture.link)),
            ('"Baca Juga\\n"', repr(furniture.label)),
            ('"Pewarta: %s\\nEditor: %s\\nCopyright \\u00a9 ANTARA 2025"', repr(furniture.names)),
        ):
            if known not in source:
                raise ValueError(f"{generator.name} has no {known} to replace")
            source = source.replace(known, new)
        module: dict[str, Any] = {"__name__": "generator"}
        exec(compile(source, generator.name, "exec"), module)  # noqa: S102 - the generator beside the checkout
        module["FOLLOW"] = list(furniture.lines)
        out = folder / f"{seed}.jsonl.gz"
        before = sys.argv
        sys.argv = [generator.name, "--base", str(base), "--out", str(out), "--seed", seed, "--templates", "480"]
        try:
            module["main"]()
        finally:
            sys.argv = before
        yield seed, out
