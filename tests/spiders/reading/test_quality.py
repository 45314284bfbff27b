"""The quality of a reading: an order of pages by how decisively the text was told from the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages_in_short import BODY, LEAD, SECOND, a_page

from spiders.article import Article
from spiders.reading.quality import quality_of
from spiders.reading.version import EXTRACTOR

OTHER = "<p>Pemerintah kabupaten membuka kembali jembatan gantung yang rusak karena banjir bulan lalu.</p>"
LINKS = "".join(
    f"<div><a href=/{number}>Ikan semah kembali ke hulu sungai nomor {number}</a></div>" for number in range(9)
)


@pytest.mark.parametrize(
    "worse",
    [
        f"{BODY}<div class=related>{OTHER * 3}</div>",
        BODY.replace(f"<p>{SECOND}</p>", f"{LINKS}<p>{SECOND}</p>"),
        f"<aside>{OTHER * 3}</aside>{BODY}",
    ],
)
def test_prose_that_is_left_out_lowers_it(worse: str) -> None:
    page = a_page(worse)
    assert page.paragraphs == (LEAD, SECOND)
    assert page.quality < a_page(BODY).quality


def test_an_article_carries_it() -> None:
    found = a_page(BODY).article()
    assert isinstance(found, Article)
    assert found.quality is not None
    assert 0.5 < found.quality <= 1
    assert found.extractor == EXTRACTOR


def test_a_page_without_a_text_has_one_too() -> None:
    assert 0 <= a_page("<h1>Kosong</h1>").quality < a_page(BODY).quality


@given(st.floats(0, 1), st.floats(0, 1))
def test_it_is_between_0_and_1_whatever_the_signs(taken: float, left_out: float) -> None:
    assert 0 <= quality_of({"taken": taken, "left_out": left_out}) <= 1
