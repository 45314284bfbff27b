"""Passages and slots of two texts side by side."""

from __future__ import annotations

from pipelines.duplicates.alignment import LONGEST_FILLING, blocks, in_order, repaired, slots
from pipelines.duplicates.fingerprints import Fingerprint, fingerprint

BEFORE = "Berikut daftar petugas yang berjaga di pos pelayanan warga pada pekan ini."
AFTER = "Warga dapat menghubungi petugas melalui telepon atau datang langsung pada jam kerja kantor desa."


def text(*lines: str) -> Fingerprint:
    return fingerprint("kabar", "Daftar Petugas", [BEFORE, *lines, AFTER])


def fillings(one: Fingerprint, other: Fingerprint) -> list[tuple[str, str]]:
    return [
        (" ".join(one.text[begin:end]), " ".join(other.text[start:stop]))
        for begin, end, start, stop in slots(one, other)
        if max(end - begin, stop - start) <= LONGEST_FILLING
    ]


def test_a_slot_stands_between_equal_words() -> None:
    one, other = text("Pos utara dijaga Umar pada pagi hari."), text("Pos utara dijaga Indah pada pagi hari.")
    assert fillings(one, other) == [("umar", "indah")]


def test_what_is_added_cut_or_moved_stands_in_no_slot() -> None:
    more = "Pos tambahan dibuka di lapangan selama libur panjang bagi para pemudik."
    assert fillings(text(), text(more)) == []
    assert fillings(text(more, "Pos selatan tutup lebih awal karena perbaikan jalan."), text(more)) == []
    assert fillings(fingerprint("a", "b", [BEFORE, AFTER, more]), fingerprint("a", "b", [more, BEFORE, AFTER])) == []


def test_a_line_of_a_list_that_stands_in_another_lines_place_hides_no_slot() -> None:
    one = text("Pos utara dijaga Umar malam ini.", "Pos barat dijaga Indah malam ini.")
    other = text("Pos barat dijaga Indah malam ini.", "Pos utara dijaga Hasan malam ini.")
    assert fillings(one, other)


def test_a_filling_that_stands_in_the_next_slot_of_the_other_text_hides_no_slot() -> None:
    one = text("Pada berita kemarin tertulis Ratna Komala, seharusnya Umar Hadi.")
    other = text("Pada berita kemarin tertulis Umar Hadi, seharusnya Wayan Artha.")
    assert fillings(one, other)


def test_a_rewritten_passage_is_no_slot() -> None:
    one = text("Kepala desa memuji semangat para pemuda yang rela bangun sebelum subuh demi menjaga jembatan gantung.")
    other = text(
        "Menurut camat, sapi dan kambing milik peternak boleh dilepas lagi sesudah padang rumput dipagari bambu."
    )
    assert fillings(one, other) == []
    (begin, end, start, stop), *more = slots(one, other)
    assert (one.text[begin], one.text[end - 1], more) == ("kepala", "gantung", [])
    assert (other.text[start], other.text[stop - 1]) == ("menurut", "bambu")


def test_passages_that_cross_are_put_in_one_order() -> None:
    found = in_order([(0, 0, 20), (22, 40, 6), (30, 22, 30), (62, 60, 20)])
    assert found == [(0, 0, 20), (30, 22, 30), (62, 60, 20)]


def test_damaged_words_are_counted_and_other_words_are_not() -> None:
    one = text("Pos utara dijaga bergantian oleh pemuda setempat pada malam hari.")
    damaged = text("Pos utara dijaga berqantian oleh pemvda setempat pada malam hari.")
    other = text("Pos utara dijaga Umar oleh keinginan setempat pada malam hari.")
    assert repaired(one, damaged) == one.words
    assert repaired(one, other) == one.words - 2
    assert sum(words for _, _, words in blocks(one, damaged)) < one.words
