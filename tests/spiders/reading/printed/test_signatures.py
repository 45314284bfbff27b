"""A name in brackets at the end of a text is its author's, where the page names nobody else."""

from __future__ import annotations

import pytest
from support.pages_in_short import BODY, LEAD, SECOND, a_page, json_ld

OTHER = "<p>Kepala desa menutup rapat itu di balai desa, tidak jauh dari Pasar Lama di tepi sungai yang keruh.</p>"


def ending(line: str, tag: str = "p") -> str:
    return BODY.replace(f"<p>{SECOND}</p>", f"<p>{SECOND}</p>{OTHER}<{tag}>{line}</{tag}>")


@pytest.mark.parametrize("tag", ["p", "div"])
@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("(Sari Dewi)", ("Sari Dewi",)),
        ("[Sari Dewi/Tono Hadi]", ("Sari Dewi", "Tono Hadi")),
        ("(ANTARA/Sari Dewi)", ("Sari Dewi",)),
        ("(M. Tono Hadi)", ("M. Tono Hadi",)),
        ("(Sari Dewi, Bogor)", ("Sari Dewi",)),
        ("<em>(Laporan Sari Dewi)</em>", ("Sari Dewi",)),
        ("(Reporting by Sari Dewi; Editing by Tono Hadi)", ("Sari Dewi",)),
    ],
)
def test_a_full_name_in_brackets_at_the_end_signs_the_text(line: str, tag: str, authors: tuple[str, ...]) -> None:
    page = a_page(ending(line, tag))
    assert page.authors == authors
    assert page.origins["authors"] == "printed"
    assert page.paragraphs[:2] == (LEAD, SECOND)


@pytest.mark.parametrize(
    "line",
    [
        "(Pasar Lama)",  # the text speaks of it
        "(sdw)",
        "(Bersambung)",
        "(Foto Antara)",
        "(Bagian 1 dari 2)",
        "(Tim Redaksi)",
        "Sari Dewi",
        "Lurah itu ialah Sari Dewi (Sari Dewi)",
        "(sari dewi)",
        "(AP Photo)",
        "(Editing by Tono Hadi)",
    ],
)
def test_what_is_no_full_name_in_brackets_or_stands_in_the_text_signs_nothing(line: str) -> None:
    assert a_page(ending(line)).authors == ()


def test_a_name_in_brackets_amid_the_text_signs_nothing() -> None:
    assert a_page(BODY.replace(f"<p>{SECOND}</p>", f"<p>(Sari Dewi)</p><p>{SECOND}</p>{OTHER}")).authors == ()


def test_whoever_is_named_above_the_text_or_by_structured_data_comes_first() -> None:
    assert a_page(ending("(Sari Dewi)"), json_ld(author={"@type": "Person", "name": "Tono Hadi"})).authors == (
        "Tono Hadi",
    )
    above = ending("(Sari Dewi)").replace("</h1>", "</h1><p>Oleh: Tono Hadi</p>")
    assert a_page(above).authors == ("Tono Hadi",)
