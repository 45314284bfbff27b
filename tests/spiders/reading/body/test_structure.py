"""What the build of a page says, whatever its classes are called. Pages and words are our own."""

from __future__ import annotations

import pytest
from support.pages_in_short import LEAD, SECOND, a_page

THIRD = "Air diambil dari tiga titik yang sama setiap hari, supaya angka satu pekan dapat dibandingkan."
FOURTH = "Pengurus desa menyimpan catatan itu di lemari kaca, dan siapa saja boleh menyalinnya."
TEXT = (LEAD, SECOND, THIRD, FOURTH)
BIO = "Menulis soal sungai dan sawah sejak lama, suka kopi tubruk, dan tinggal dekat dermaga tua."
OTHERS = (
    ("Jembatan Gantung Dipugar Lagi", "Warga bergotong royong sejak pagi buta, dan papan lama diganti semuanya."),
    ("Panen Kopi Datang Lebih Awal", "Pengepul sudah datang ke kebun, kata seorang petani di lereng bukit."),
    ("Perpustakaan Desa Buka Malam", "Anak-anak boleh membaca sampai pukul sembilan, dengan lampu dari iuran."),
)


def page(*markup: str, before: str = "") -> tuple[str, ...]:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)
    body = f"{before}<h1>Sekolah Sungai</h1><div class=isi>{text}{''.join(markup)}</div>"
    return a_page(f"<article>{body}</article>").paragraphs


def cards(heading: str, item: str, around: str = "div") -> str:
    items = (item.format(title=title, address=f"/b-{place}", text=text) for place, (title, text) in enumerate(OTHERS))
    return f"<{around} class=kotak><h3>{heading}</h3>{''.join(items)}</{around}>"


@pytest.mark.parametrize("heading", ["Terkait", "Dari rubrik yang sama", "Sempat terlewat?", "Weiterlesen", "Ikan"])
@pytest.mark.parametrize(
    "item",
    [
        "<div class=x><h4><a href={address}>{title}</a></h4><p>{text}</p></div>",
        "<section><a href={address}>{title}</a><p>{text}</p></section>",
        "<div><h5><a href={address}>{title}</a></h5><span>28 November 2026</span><div>{text}</div></div>",
        "<div><a href={address}><h5>{title}</h5></a><p>{text}</p></div>",
        "<h4><a href={address}>{title}</a></h4><p>{text}</p>",
    ],
)
def test_linked_titles_with_an_excerpt_each_are_others_whatever_stands_above(heading: str, item: str) -> None:
    assert page(cards(heading, item)) == TEXT


def test_linked_headings_in_a_row_below_the_text_are_others_without_any_box() -> None:
    item = "<h4><a href={address}>{title}</a></h4><p>{text}</p>"
    rows = "".join(item.format(title=t, address=f"/b-{n}", text=x) for n, (t, x) in enumerate(OTHERS[:2]))
    assert page(rows) == TEXT


def test_a_list_of_places_with_a_link_each_is_the_text() -> None:
    item = "<h3><a href={address}>{title}</a></h3><p>{text}</p>"
    rows = "".join(item.format(title=t, address=f"/b-{n}", text=x) for n, (t, x) in enumerate(OTHERS))
    body = f"<div><p>{LEAD}</p>{rows}</div>"
    read = a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs
    assert [text for _, text in OTHERS] == [text for text in read if text in {text for _, text in OTHERS}]


def test_excerpts_that_end_in_dots_are_others_beside_the_shortest_text() -> None:
    item = "<li><a href={address}>{title}</a> <i>{text} Warga juga &hellip;</i></li>"
    text = f"<p>{LEAD} {SECOND}</p>{cards('Simak', item, 'ul')}"
    assert a_page(f"<article><h1>Sekolah Sungai</h1><div class=isi>{text}</div></article>").paragraphs == (
        f"{LEAD} {SECOND}",
    )


def test_headings_without_links_and_their_paragraphs_are_text() -> None:
    parts = "".join(f"<div class=x><h3>{title}</h3><p>{text}</p></div>" for title, text in OTHERS)
    assert page(parts) == (*TEXT, *(each for part in OTHERS for each in part))


@pytest.mark.parametrize(
    "box",
    [
        "<div class=siapa><h4><a rel=author href=/p/1>Sari Dewi</a></h4><p>{bio}</p></div>",
        "<section><a href=/penulis/sari-dewi>Sari Dewi</a><div>{bio}</div></section>",
        "<div><div><img src=s.jpg><a href=/author/sari/>Sari Dewi</a></div><div><p>{bio}</p></div></div>",
    ],
)
def test_what_presents_the_author_is_no_text(box: str) -> None:
    assert page(box.format(bio=BIO)) == TEXT


def test_a_paragraph_that_links_to_an_author_is_text() -> None:
    named = "Kepada <a rel=author href=/penulis/sari>Sari Dewi</a> kepala desa berkata bahwa air kini lebih jernih."
    assert page(f"<p>{named}</p>")[-1].startswith("Kepada Sari Dewi kepala desa")


@pytest.mark.parametrize(
    "box",
    [
        "<div class=kiri><img src=a.jpg><span>Dok. Desa</span><br>{text}</div>",
        "<div><picture><img src=a.jpg></picture>{text}</div>",
        "<section><a href=/f><img src=a.jpg></a> {text}</section>",
    ],
)
def test_what_shares_a_box_with_a_picture_alone_is_its_caption(box: str) -> None:
    assert page(box.format(text="Kepala desa dan para guru mencelupkan cakram di dermaga pada hari Senin.")) == TEXT


def test_a_text_around_a_picture_is_text() -> None:
    body = f"<div><img src=a.jpg>{LEAD}<br><br>{SECOND}<br><br>{THIRD}<br><br>{FOURTH}</div>"
    assert a_page(f"<article><h1>Sekolah Sungai</h1>{body}</article>").paragraphs == TEXT


@pytest.mark.parametrize("name", ["share-title", "social", "meta-heading widget", "promo_title"])
def test_a_heading_between_the_paragraphs_is_text_whatever_it_is_called(name: str) -> None:
    body = f"<div><p>{LEAD}</p><h2 class='{name}'>Hari Kedua</h2><p>{SECOND}</p><p>{THIRD}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (LEAD, "Hari Kedua", SECOND, THIRD)


@pytest.mark.parametrize("name", ["social-embed", "share quote", "twitter-widget"])
def test_a_quoted_post_is_text_whatever_its_frame_is_called(name: str) -> None:
    said = "Air sungai kami jernih lagi sejak hari Minggu, terima kasih untuk semua yang menjaga."
    body = f"<div><p>{LEAD}</p><div class='{name}'><blockquote><p>{said}</p></blockquote></div><p>{SECOND}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (LEAD, said, SECOND)


def test_a_heading_of_a_part_stays_before_the_heading_of_its_first_section() -> None:
    body = f"<p>{LEAD}</p><h2>Hulu</h2><h3>Dermaga</h3><p>{SECOND}</p>"
    body += f"<h2>Hilir</h2><h3>Muara</h3><h4>Pagi</h4><p>{THIRD}</p>"
    want = (LEAD, "Hulu", "Dermaga", SECOND, "Hilir", "Muara", "Pagi", THIRD)
    assert a_page(f"<h1>Sekolah Sungai</h1><div>{body}</div>").paragraphs == want


def test_a_heading_that_nothing_follows_is_dropped_before_one_of_its_rank() -> None:
    body = f"<p>{LEAD}</p><h3>Foto</h3><h3>Hilir</h3><p>{SECOND}</p><h2>Tamat</h2>"
    assert a_page(f"<h1>Sekolah Sungai</h1><div>{body}</div>").paragraphs == (LEAD, "Hilir", SECOND)


@pytest.mark.parametrize("line", ["Buku tulis", "Dibuka mulai pukul lima", "Air minum dua galon"])
def test_a_short_line_built_like_the_paragraphs_is_text(line: str) -> None:
    body = f"<div>{LEAD}</div><div>{line}</div><div>{SECOND}</div><div>{THIRD}</div>"
    assert a_page(f"<h1>Sekolah Sungai</h1><article>{body}</article>").paragraphs == (LEAD, line, SECOND, THIRD)


def test_a_list_that_a_colon_announces_is_text_to_its_end() -> None:
    names = ("Cakram putih", "Tali lima meter", "Buku catatan")
    body = "".join(f"<p>{each}</p>" for each in (LEAD, SECOND, "Yang perlu dibawa besok:", *names))
    assert a_page(f"<h1>Sekolah Sungai</h1><div>{body}</div>").paragraphs == (
        *(LEAD, SECOND, "Yang perlu dibawa besok:"),
        *names,
    )


def test_text_goes_on_behind_a_list_of_others_in_a_box_like_the_first() -> None:
    first, second = (
        f"<div class=teks>{''.join(f'<p>{each}</p>' for each in part)}</div>" for part in (TEXT[:3], TEXT[3:])
    )
    box = "<div><h4>Artikel Terkait</h4><ul><li><a href=/1>Jembatan gantung dipugar lagi</a></li></ul></div>"
    assert a_page(f"<article><h1>Sekolah Sungai</h1>{first}{box}{second}</article>").paragraphs == TEXT


def test_a_list_of_others_early_in_the_text_does_not_end_it() -> None:
    box = "<div><h4>Berita Terkait</h4><ul><li><a href=/1>Jembatan gantung dipugar lagi</a></li></ul></div>"
    rest = "".join(f"<p>{each}</p>" for each in TEXT[1:])
    assert a_page(f"<h1>Sekolah Sungai</h1><div><p>{LEAD}</p>{box}{rest}</div>").paragraphs == TEXT


@pytest.mark.parametrize("heading", ["3 Komentar", "Komentar", "Comments (3)"])
def test_comments_in_unmarked_boxes_are_no_text(heading: str) -> None:
    said = "Saya setuju sekali dengan tulisan ini, dan semoga desa kami segera ikut mengukur airnya juga."
    assert page(f"<div><h3>{heading}</h3><div><p>{said}</p></div><div><p>{said}</p></div></div>") == TEXT


def test_a_form_that_asks_for_a_password_is_no_text() -> None:
    form = "<form><p>Tulisan ini dikunci oleh pengurus. Masukkan kata sandi yang dibagikan di balai desa.</p>"
    form += "<input type=password name=p></form>"
    assert a_page(f"<article><h1>Sekolah Sungai</h1><div>{form}</div></article>").paragraphs == ()


def test_hidden_text_inside_a_line_is_not_read() -> None:
    body = f"<div><p>{LEAD}<span style='display:none'> https://contoh.test/x</span></p><p>{SECOND}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (LEAD, SECOND)


@pytest.mark.parametrize("how", ["hidden", "style='display: none'", "style='display:none;color:red'"])
def test_a_hidden_paragraph_amid_the_text_is_not_read(how: str) -> None:
    texts = [f"<p>{text}</p>" for text in TEXT]
    body = "".join([*texts[:2], f"<p {how}>{BIO}</p>", *texts[2:]])
    assert a_page(f"<h1>Sekolah Sungai</h1><div>{body}</div>").paragraphs == TEXT


@pytest.mark.parametrize(
    "dateline", ["Jakarta, 5 Mei 2026 (ANTARA) -", "ISTANBUL, 23 Februari 2016 (Antara/PRNewswire) --"]
)
def test_a_dateline_with_a_day_is_no_date_line(dateline: str) -> None:
    body = f"<div><div>{dateline}</div><p>{LEAD}</p><p>{SECOND}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (f"{dateline} {LEAD}", SECOND)


@pytest.mark.parametrize(
    "line",
    ["Terbit Senin, 4 Mei 2026 09:00 WIB, diperbarui Selasa, 5 Mei 2026 12:00 WIB", "Oleh: Sari Dewi, S.Pd., M.Pd."],
)
def test_a_line_of_dates_or_names_before_the_text_is_none(line: str) -> None:
    assert page() == TEXT
    body = f"<div><p>{line}</p><p>{LEAD}</p><p>{SECOND}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (LEAD, SECOND)


def test_a_label_above_a_link_is_no_text() -> None:
    link = "<p>Jangan lewatkan!!!</p><p><a href=/2>Ikan semah kembali ke hulu sungai</a></p>"
    body = f"<div><p>{LEAD}</p>{link}<p>{SECOND}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (LEAD, SECOND)


@pytest.mark.parametrize(
    "sentence",
    [
        "Penulis: Apa yang pertama Anda ukur pagi itu?",
        "Editor: kami menunda rubrik ini sampai airnya benar-benar jernih lagi.",
        "Foto: seorang guru mencelupkan cakram, tetapi airnya masih terlalu keruh untuk dibaca.",
        "Ikan itu dilepas lagi ke hulu oleh para guru. (Sumber: Kabar Desa)",
    ],
)
def test_a_sentence_with_a_label_is_text(sentence: str) -> None:
    body = f"<div><p>{LEAD}</p><p>{sentence}</p><p>{SECOND}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (LEAD, sentence, SECOND)


@pytest.mark.parametrize(
    "pointer", ["Baca juga: {link}", "Lihat {link}", "<b>Info lengkap: {link}</b>", "<br>Simak juga {link}"]
)
def test_a_pointer_at_the_end_of_a_paragraph_is_cut(pointer: str) -> None:
    link = "<a href=/2>Ikan semah kembali ke hulu sungai</a>"
    body = f"<div><p>{LEAD} {pointer.format(link=link)}</p><p>{SECOND}</p></div>"
    want = (
        (LEAD, SECOND)
        if not pointer.startswith("Lihat")
        else (f"{LEAD} Lihat Ikan semah kembali ke hulu sungai", SECOND)
    )
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == want


@pytest.mark.parametrize(
    "pointer", ["Baca juga: <a href=/2>Ikan semah</a>", "<br>(Baca: <a href=/2>Ikan semah kembali</a>)"]
)
def test_behind_a_label_that_points_elsewhere_a_title_of_two_words_is_cut_too(pointer: str) -> None:
    body = f"<div><p>{LEAD} {pointer}</p><p>{SECOND}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (LEAD, SECOND)


@pytest.mark.parametrize("pointer", ["<b>Baca juga: {link}</b> ", "Simak juga {link}<br>", "(Baca: {link}) "])
def test_a_pointer_before_a_paragraph_is_cut_and_the_paragraph_stays(pointer: str) -> None:
    link = "<a href=/2>Ikan semah kembali ke hulu</a>"
    body = f"<div><p>{LEAD}</p><p>{pointer.format(link=link)}{SECOND}</p><p>{THIRD}</p></div>"
    assert a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs == (LEAD, SECOND, THIRD)


def test_a_link_within_the_last_sentence_stays() -> None:
    link = "<a href=/2>buku panduan para guru desa</a>"
    body = f"<div><p>{LEAD}</p><p>Cara membuatnya ada di {link}.</p><p>{SECOND}</p></div>"
    assert len(a_page(f"<h1>Sekolah Sungai</h1>{body}").paragraphs) == 3
