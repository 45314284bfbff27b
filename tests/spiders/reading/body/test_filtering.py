"""Where the text ends: at the comments, and at a list of others only where most of the text has come."""

from __future__ import annotations

import pytest
from support.pages_in_short import LEAD, SECOND, a_page

THIRD = "Kepala sekolah berharap catatan itu dipakai dinas pengairan untuk menata jadwal buka pintu air."
FOURTH = "Musim kemarau nanti, kelas yang sama akan memetakan mata air di lereng utara bersama para petani."
SAID = "Wah, saya dulu juga belajar di tepi sungai itu, dan airnya memang jauh lebih jernih daripada sekarang ini."


def body(*blocks: str) -> tuple[str, ...]:
    return tuple(a_page(f"<h1>Sekolah Sungai</h1><div>{''.join(blocks)}</div>").paragraphs)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize("heading", ["Berita Terkait", "Baca juga berita lainnya:", "Terpopuler", "Rekomendasi"])
@pytest.mark.parametrize("tag", ["p", "div", "h3", "strong"])
def test_a_list_of_others_early_in_the_text_does_not_end_it(heading: str, tag: str) -> None:
    others = f"<{tag}>{heading}</{tag}><ul><li><a href=/2>Pasar Ikan Pindah</a></li><li><a href=/3>Kincir</a></li></ul>"
    found = body(paragraphs(LEAD), others, f"<div>{paragraphs(SECOND, THIRD, FOURTH)}</div>")
    assert [text for text in (LEAD, SECOND, THIRD, FOURTH) if text not in found] == []


@pytest.mark.parametrize("heading", ["3 Komentar", "Komentar (3)", "Tulis komentar", "Beri Komentar", "Comments"])
@pytest.mark.parametrize("tag", ["p", "div", "h3"])
def test_comments_that_no_class_or_id_marks_are_no_text(heading: str, tag: str) -> None:
    said = "".join(f"<div><p>Komentar {number}: {SAID}</p></div>" for number in range(2))
    found = body(paragraphs(LEAD, SECOND, THIRD), f"<{tag}>{heading}</{tag}>", said)
    assert found == (LEAD, SECOND, THIRD)


def test_comments_end_the_text_wherever_they_begin_but_not_before_it() -> None:
    assert body(paragraphs(LEAD, "3 Komentar", SAID, SAID[::-1], THIRD)) == (LEAD,)
    assert LEAD in body(paragraphs("3 Komentar", LEAD, SECOND, THIRD))
