"""Tables and definition lists keep their cells, a row a paragraph; a table that only lays a page out is none."""

from __future__ import annotations

import pytest
from support.pages_in_short import LEAD, SECOND, a_page


def paragraphs(markup: str) -> tuple[str, ...]:
    return a_page(f"<h1>Sekolah Sungai</h1><article><p>{LEAD}</p>{markup}<p>{SECOND}</p></article>").paragraphs


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            "<table><tr><th>Gram</th><th>Harga</th></tr><tr><td>0,5</td><td>Rp 912.000</td></tr></table>",
            ("Gram Harga", "0,5 Rp 912.000"),
        ),
        (
            "<table><thead><tr><th>Regu<th>Main<th>Nilai<tbody><tr><td><a href=/r>Perahu Naga</a><td>4<td>9</table>",
            ("Regu Main Nilai", "Perahu Naga 4 9"),
        ),
        (
            "<table><tr><td><p>Senin</p></td><td><p>06.00</p></td></tr><tr><td>Selasa</td><td><b>06.30</b></td></tr></table>",
            ("Senin 06.00", "Selasa 06.30"),
        ),
        ("<dl><dt>Cakram</dt><dd>Alat ukur kejernihan</dd></dl>", ("Cakram", "Alat ukur kejernihan")),
    ],
)
def test_values_are_kept_row_by_row(table: str, rows: tuple[str, ...]) -> None:
    assert paragraphs(table) == (LEAD, *rows, SECOND)


def test_a_table_that_lays_a_page_out_is_read_as_its_paragraphs() -> None:
    table = f"<table><tr><td><a href=/>Depan</a></td><td><p>{LEAD}</p><p>{SECOND}</p></td></tr></table>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{table}").paragraphs == (LEAD, SECOND)
