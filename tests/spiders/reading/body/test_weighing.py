"""The second look: what returns and what goes, and that the weights are what can be read of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from support.pages_in_short import LEAD, SECOND, a_page

from spiders.reading.body.evidence import FIGURES
from spiders.reading.body.weighing import LAWS, learned, parts_of, read, weigh

THIRD = "Kepala sekolah berharap catatan itu dipakai dinas pengairan untuk menata jadwal buka pintu air."
FOURTH = "Musim kemarau nanti, kelas yang sama akan memetakan mata air di lereng utara bersama para petani."
BOOKS = ("Sungai di Kota Tua", "Arus dan Batu", "Membaca Air", "Hulu yang Sunyi")
TOLD = (
    "Buku ini menuturkan bagaimana tiga kampung menjaga mata air mereka tanpa bantuan siapa pun sejak lama.",
    "Penulisnya berjalan kaki menyusuri hulu selama dua musim hujan dan mencatat setiap bendungan kecil.",
    "Peta di bagian akhir membantu pembaca mengenali anak sungai yang kini tertutup jalan raya dan rumah.",
    "Bab tentang ikan air tawar paling sering dipinjam murid karena gambarnya besar dan bahasanya mudah.",
)


def paragraphs(markup: str) -> tuple[str, ...]:
    return a_page(f"<h1>Sekolah Sungai</h1><article><div>{markup}</div></article>").paragraphs


def prose(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def cards(address: str, tag: str) -> str:
    return "".join(
        f"<div class=item><{tag}><a href='{address}{number}'>{book}</a></{tag}><p>{told}</p></div>"
        for number, (book, told) in enumerate(zip(BOOKS, TOLD, strict=True))
    )


@pytest.mark.parametrize("address", ["https://toko-buku.example/b", "https://www.perpustakaan.example/judul/"])
@pytest.mark.parametrize("tag", ["h2", "h3"])
def test_a_list_whose_titles_lead_to_other_sites_is_the_text(address: str, tag: str) -> None:
    found = paragraphs(prose(LEAD, SECOND) + cards(address, tag) + prose(THIRD))
    assert [text for text in TOLD if text not in found] == []


@pytest.mark.parametrize("address", ["/berita/", "https://www.koran.test/berita/", "./"])
@pytest.mark.parametrize("tag", ["h3", "strong"])
def test_a_list_whose_titles_lead_to_the_same_site_is_of_others(address: str, tag: str) -> None:
    found = paragraphs(prose(LEAD, SECOND, THIRD, FOURTH) * 2 + f"<div>{cards(address, tag)}</div>")
    assert [text for text in TOLD if text in found] == []


@pytest.mark.parametrize("anchor", ["menu-makan-siang", "share-hasil-panen", "social-forestry", "promo-desa-wisata"])
def test_an_anchor_that_sounds_like_furniture_hides_no_section(anchor: str) -> None:
    sections = "".join(
        f"<div class=bagian id={name}><div class=isi><h2>Bagian {number}</h2>{prose(*texts)}</div></div>"
        for number, (name, texts) in enumerate(
            {"hulu": (LEAD, SECOND), anchor: (THIRD, FOURTH), "hilir": TOLD[:2], "muara": TOLD[2:]}.items()
        )
    )
    found = paragraphs(sections)
    assert [text for text in (LEAD, SECOND, THIRD, FOURTH, *TOLD) if text not in found] == []


def test_a_quotation_stays_whatever_it_is_named() -> None:
    quote = f"<div class=social-embed><blockquote class=widget><p>{THIRD}</p></blockquote></div>"
    assert THIRD in paragraphs(prose(LEAD, SECOND) + quote + prose(FOURTH))


@pytest.mark.parametrize("law", ["figcaption", "comments"])
def test_laws_are_outweighed_by_nothing(law: str) -> None:
    beside = {
        "figcaption": f"<figure><img src=/a.jpg><figcaption>{FOURTH}</figcaption></figure>",
        "comments": f"<h3>3 Komentar</h3>{prose(FOURTH)}",
    }[law]
    assert FOURTH not in paragraphs(prose(LEAD, SECOND, THIRD) + beside)


def test_a_figure_around_a_table_or_a_quotation_is_text() -> None:
    table = "<figure><table><tr><td>Gram</td><td>Harga</td></tr><tr><td>0,5</td><td>912</td></tr></table></figure>"
    quote = f"<figure><blockquote><p>{THIRD}</p></blockquote><figcaption>Foto: Ani</figcaption></figure>"
    found = paragraphs(prose(LEAD) + table + quote + prose(SECOND))
    assert ("0,5 912" in found, THIRD in found, "Foto: Ani" in found) == (True, True, False)


def test_the_weights_say_something_of_known_figures_only_and_can_be_looked_up() -> None:
    weights = learned()
    assert any(weights.steps)
    for steps in filter(None, weights.steps):
        assert len(steps.weights) == len(steps.cuts) + 1
        assert all(low < high for low, high in pairwise(steps.cuts))
    assert weights.keep < weights.take
    assert all(value <= 0 for value in weights.names.values())


def test_a_sum_is_its_base_and_its_parts() -> None:
    page = a_page(f"<h1>Sekolah</h1><div>{prose(LEAD, SECOND)}<p><a href=/x>Lihat peta sungai</a></p></div>")
    assert page.body.second_look is not None
    for doubt in page.body.second_look.doubts:
        assert doubt.sum == weigh(doubt.row, learned())
        assert doubt.sum == pytest.approx(learned().base + sum(parts_of(doubt.row, learned()).values()))
        assert len(doubt.row) == len(FIGURES)


def test_steps_are_found_by_value() -> None:
    weights = read("base = 1\nkeep = -1\ntake = 1\n[names]\n[figures.words]\ncuts = [2, 5]\nweights = [-1, 0.5, 2]\n")
    place = FIGURES.index("words")
    sums = [weigh([0.0] * place + [value] + [0.0] * (len(FIGURES) - place - 1), weights) for value in (1, 2, 3, 5, 6)]
    assert sums == [0, 0, 1.5, 1.5, 3]


def test_reasons_that_are_laws_are_reasons_of_the_rules() -> None:
    page = a_page(f"<h1>Sekolah</h1><div>{prose(LEAD, SECOND, THIRD)}<h3>3 Komentar</h3>{prose(FOURTH)}</div>")
    assert set(page.body.reasons.values()) & LAWS == {"comments"}


@pytest.mark.parametrize("tag", ["h2", "h3", "strong"])
def test_a_list_amid_the_text_may_lead_to_the_same_site(tag: str) -> None:
    """A text goes on below what it lists; what the site offers besides stands below the text."""
    found = paragraphs(prose(LEAD, SECOND) + cards("/buku/", tag) + prose(THIRD, FOURTH))
    assert [text for text in TOLD if text not in found] == []


def test_one_line_alone_is_left_to_the_rules() -> None:
    assert paragraphs("<p>Sebentar lagi.</p>") == ("Sebentar lagi.",)
