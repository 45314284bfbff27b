"""Pages that are no articles, each with the reason that SQL counts; and articles that look a little like them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from benchmarks.extraction import unknown_publisher
from support.pages_in_short import LEAD, NOW, SECOND, a_page, json_ld

from spiders.article import Rejection
from spiders.reading.page import Page

if TYPE_CHECKING:
    from pathlib import Path

HOME = "https://www.koran.test"
TEASER = "Petani garam di pesisir utara mulai memakai kincir angin kecil agar air tua lebih cepat naik ke meja garam."
PLAYER = "<video src=/putar.mp4></video>"
BANNER = "<div id=kuki>Kami memakai cookie agar situs ini nyaman. <button>Setuju</button></div>"
ARTICLE_TYPE = '<meta property="og:type" content="article">'


def teasers(count: int, tag: str = "h3") -> str:
    one = f"<div class=item><{tag}><a href=/news-{{0}}.html>Kincir Garam Nomor {{0}}</a></{tag}><p>{TEASER}</p></div>"
    return "<div class=daftar>" + "".join(one.format(number) for number in range(count)) + "</div>"


def reason(markup: str, head: str = "", path: str = "/news-1-kabar.html") -> str | None:
    outcome = a_page(markup, head, url=HOME + path).article()
    return outcome.reason if isinstance(outcome, Rejection) else None


def block_page(title: str, markup: str) -> tuple[str, str]:
    return markup, f"<title>{title}</title>"


@pytest.mark.parametrize(
    ("markup", "head", "path"),
    [
        (
            f"<h1>Panen Garam</h1><figure><img src=/1.jpg><figcaption>{TEASER}</figcaption></figure>",
            "",
            "/foto/read/7/panen",
        ),
        (f"<h1>Panen Garam</h1><p>{TEASER}</p>", ARTICLE_TYPE, "/foto-news/d-7/panen-garam"),
        (f"<h1>Panen Garam</h1><p>{TEASER}</p>", ARTICLE_TYPE, "/galeri/12/panen-garam"),
        (f"<h1>FOTO: Panen Garam di Pesisir</h1><p>{LEAD}</p><p>{SECOND}</p>", ARTICLE_TYPE, "/news/read/7/panen"),
        (f"<h1>[Foto] Panen Garam di Pesisir</h1><p>{LEAD}</p>", "", "/photo/7/panen"),
        (
            f"<h1>Panen Garam</h1><p>{LEAD}</p>",
            '<script type="application/ld+json">{"@type":"ImageGallery"}</script>',
            "/a-1",
        ),
    ],
)
def test_a_gallery_is_photo(markup: str, head: str, path: str) -> None:
    assert reason(markup, head, path) == "photo"


@pytest.mark.parametrize(
    ("markup", "head", "path"),
    [
        (f"<h1>Kincir Berputar</h1>{PLAYER}<p>{TEASER}</p>", "", "/video/read/7/kincir"),
        (f"<h1>Kincir Berputar</h1>{PLAYER}<p>{TEASER}</p>", "", "/tv/7/kincir"),
        (f"<h1>Kincir Berputar</h1>{PLAYER}<p>{TEASER}</p>", ARTICLE_TYPE, "/video-news/7/kincir"),
        (f"<h1>VIDEO: Kincir Berputar di Pesisir</h1>{PLAYER}<p>{LEAD}</p>", ARTICLE_TYPE, "/read/7/kincir"),
        (f"<h1>Kincir Berputar</h1><p>{LEAD}</p>", '<meta property="og:type" content="video.other">', "/a-1"),
        (
            f"<h1>Kincir</h1><p>{LEAD}</p>",
            '<script type="application/ld+json">{"@type":"VideoObject"}</script>',
            "/a-1",
        ),
    ],
)
def test_a_player_with_a_blurb_is_video(markup: str, head: str, path: str) -> None:
    assert reason(markup, head, path) == "video"


@pytest.mark.parametrize(
    ("markup", "head", "path"),
    [
        (f"<h1>Ekonomi</h1>{teasers(12)}", '<meta property="og:type" content="website">', "/ekonomi"),
        (f"<h1>Ekonomi</h1>{teasers(12, 'h2')}", "", "/ekonomi/"),
        (f"<h1>Gaya Hidup</h1>{teasers(12)}", '<meta property="og:type" content="website">', "/gaya-hidup"),
        (teasers(30), "<title>Koran Uji - Berita Terkini</title>", "/"),
        (f"<h1>Indeks Berita</h1>{teasers(20)}", "", "/indeks/2026-11-20"),
        (f"<h1>Tag: garam</h1>{teasers(10)}", "", "/tag/garam"),
        (
            f"<h1>Garam</h1>{teasers(8)}",
            '<script type="application/ld+json">{"@type":"CollectionPage"}</script>',
            "/t-garam-1",
        ),
        (f"<h1>Hasil pencarian: kincir</h1>{teasers(10)}", "", "/search?q=kincir"),
        (f"<h1>Hasil pencarian</h1>{teasers(10)}", "", "/?s=kincir"),
        ("<h1>Hasil pencarian</h1><p>Tidak ada hasil.</p>", "", "/search?q=xyz"),
        (f"<h1>Topik</h1><ul>{'<li><a href=/n>Kincir</a></li>' * 20}</ul>", "", "/topik/kincir"),
    ],
)
def test_a_front_and_search_results_are_an_index_page(markup: str, head: str, path: str) -> None:
    assert reason(markup, head, path) == "index_page"


@pytest.mark.parametrize(
    ("title", "markup"),
    [
        ("Halaman tidak ditemukan - Koran Uji", "<h1>404</h1><p>Maaf, halaman yang Anda cari tidak ditemukan.</p>"),
        ("Halaman tidak ditemukan - Koran Uji", f"<h1>Halaman Tidak Ditemukan</h1><h2>Terpopuler</h2>{teasers(15)}"),
        ("Koran Uji", f"<h1>Maaf, halaman yang Anda cari tidak ditemukan</h1><p>{LEAD}</p>"),
        ("404 Not Found", f"<h2>Coba cari yang lain</h2><p>{LEAD}</p>"),
        ("Page not found | Koran Uji", f"<h1>Oops! Page not found</h1><p>{LEAD}</p>"),
        ("Koran Uji", f"<h1>Artikel ini telah dihapus</h1><p>{LEAD}</p>"),
        ("Error 404", f"<h1>Ups, laman ini tidak tersedia</h1>{teasers(3)}"),
        ("Koran Uji", f"<h1>Berita tidak dapat ditemukan</h1><p>{LEAD}</p>"),
    ],
)
def test_a_missing_page_with_status_200_is_a_soft_404(title: str, markup: str) -> None:
    assert reason(markup, f"<title>{title}</title>") == "soft_404"


@pytest.mark.parametrize(
    ("title", "markup"),
    [
        (
            "Sebelum Anda melanjutkan",
            (
                "<h1>Sebelum Anda melanjutkan</h1><p>Kami dan 214 mitra kami memakai cookie untuk mengukur kunjungan,"
                " menyesuaikan iklan dengan persetujuan Anda.</p><p>Pilih Terima semua untuk membaca.</p>"
                "<form><button>Terima semua</button><button>Tolak semua</button></form>"
            ),
        ),
        (
            "Koran Uji",
            (
                "<h1>We value your privacy</h1><p>We and our partners store cookies and process personal data"
                " such as unique identifiers, with your consent.</p><button>Accept all</button>"
            ),
        ),
        (
            "Koran Uji",
            (
                "<div role=dialog><h2>Pengaturan privasi</h2><p>Data pribadi Anda diproses oleh mitra kami, dan isi"
                " perangkat Anda, seperti cookie, dapat dibaca oleh mereka.</p><button>Setuju</button></div>"
            ),
        ),
    ],
)
def test_a_page_that_only_asks_for_consent_is_a_consent_wall(title: str, markup: str) -> None:
    assert reason(markup, f"<title>{title}</title>") == "consent_wall"


@pytest.mark.parametrize(
    ("title", "markup"),
    [
        (
            "Just a moment...",
            (
                "<noscript><div class=h2>Enable JavaScript and cookies to continue</div></noscript>"
                "<script>(function(){window._cf_chl_opt={cvId:'3'}})();</script>"
            ),
        ),
        (
            "Attention Required! | Cloudflare",
            (
                "<h1>Sorry, you have been blocked</h1><h2>You are unable to access koran.test</h2><p>This site has a"
                " security service to protect itself. The action you just performed triggered it.</p>"
            ),
        ),
        (
            "koran.test",
            (
                "<h1>koran.test</h1><p>Checking if the site connection is secure</p><p>We review the security"
                " of your connection before proceeding.</p>"
            ),
        ),
        (
            "ERROR: The request could not be satisfied",
            (
                "<h1>403 ERROR</h1><h2>The request could not be satisfied.</h2><hr>Request blocked. No way to the"
                " server for this app or website at this time.<br><pre>Generated by cloudfront (CloudFront) ID: x</pre>"
            ),
        ),
        (
            "koran.test",
            (
                "<p id=cmsg>Please enable JS and disable any ad blocker</p><script>var dd={'rt':'c','host':"
                "'geo.captcha-delivery.com'}</script><script src=https://ct.captcha-delivery.com/c.js></script>"
            ),
        ),
        (
            "Access Denied",
            '<h1>Access Denied</h1>You don\'t have permission to access "/news" on this server.<p>Reference #18</p>',
        ),
        ("", "<p>Request unsuccessful. Incapsula incident ID: 877-1</p>"),
        ("Akses ditolak", '<h1>Akses ditolak</h1><div id="px-captcha"></div>'),
        ("403 Forbidden", "<center><h1>403 Forbidden</h1></center><hr><center>nginx</center>"),
        ("Tunggu sebentar...", "<p>Memverifikasi bahwa Anda manusia. Ini mungkin memakan waktu beberapa detik.</p>"),
    ],
)
def test_a_page_that_keeps_machines_out_is_blocked(title: str, markup: str) -> None:
    assert reason(markup, f"<title>{title}</title>") == "blocked"


@pytest.mark.parametrize(
    "note",
    [
        "Konten khusus pelanggan. Masuk atau berlangganan.",
        "Artikel premium: silakan masuk.",
        "Berlangganan untuk membaca selengkapnya",
        "Subscribe to continue",
    ],
)
def test_a_page_without_text_and_a_note_for_subscribers_is_for_subscribers_only(note: str) -> None:
    head = json_ld(headline="Sekolah Sungai")
    assert (
        reason(f"<article><h1>Sekolah Sungai</h1><div class=tembok>{note}</div></article>", head) == "subscribers_only"
    )


def test_a_page_that_says_it_is_not_free_and_has_no_text_is_for_subscribers_only() -> None:
    head = json_ld(headline="Sekolah Sungai", isAccessibleForFree=False)
    assert reason("<article><h1>Sekolah Sungai</h1></article>", head) == "subscribers_only"


LONG = "".join(
    f"<p>{text}</p>"
    for text in (
        LEAD,
        SECOND,
        "Cakram itu dicat hitam dan putih, lalu diturunkan dengan tali bersimpul sampai warnanya tidak terlihat lagi.",
        "Murid sekolah dasar mencatat hari hujan di sebelahnya, karena air selalu keruh sehari sesudah hujan di hulu.",
        "Petugas balai sungai datang sebulan sekali untuk membandingkan catatan warga dengan alat mereka.",
        "Selisihnya kecil, dan sejak musim tanam lalu angka dari papan kapur dipakai untuk membuka pintu air irigasi.",
        "Desa keempat sudah meminta diajari, tetapi tali yang dipakai harus lebih panjang sebab sungainya lebih dalam.",
        "Pelatihan berikutnya dijadwalkan setelah panen, dengan kader perempuan dari dua dusun sebagai pengajarnya.",
    )
)


@pytest.mark.parametrize(
    ("markup", "head", "path"),
    [
        (f"<article><h1>Sekolah Sungai</h1><p>{LEAD}</p><p>{SECOND}</p></article>{BANNER}", "", "/news-1.html"),
        (
            f"<article><h1>Foto Lama Ditemukan di Loteng</h1><p>{LEAD}</p><p>{SECOND}</p></article>",
            ARTICLE_TYPE,
            "/a/foto-lama",
        ),
        (f"<article><h1>Foto: Kisah di Baliknya</h1>{LONG}</article>", ARTICLE_TYPE, "/a/kisah"),
        (f"<article><h1>Kincir di Video</h1>{LONG}</article>", "", "/video/7/kincir"),
        (f"<article><h1>Sekolah Sungai</h1>{LONG}</article>{teasers(8)}", "", "/news-1-sekolah.html"),
        (f"<article><h1>Sekolah Sungai</h1>{LONG}</article>{teasers(8)}", ARTICLE_TYPE, "/sekolah"),
        (f"<article><h1>Sekolah Sungai</h1>{LONG}</article>{teasers(8)}", "", "/sekolah-sungai"),
        (f"<h1>Sekolah Sungai</h1>{LONG.replace('<p>', '<h2><a href=#a>Bagian</a></h2><p>')}", "", "/sekolah/sungai"),
        (f"<article><h1>404 Warga Ikut Sekolah Sungai</h1><p>{LEAD}</p><p>{SECOND}</p></article>", "", "/news-1.html"),
        (f"<article><h1>Halaman Tidak Ditemukan: Arti Kode Itu</h1>{LONG}</article>", json_ld(headline="Arti"), "/a-1"),
        (
            f"<article><h1>Aturan Cookie Baru</h1>{LONG}<p>Cookie diatur undang-undang data pribadi.</p></article>",
            "",
            "/a-1",
        ),
        (f"<article><h1>Sekolah Sungai</h1>{LONG}<p>Berita premium kami.</p></article>", "", "/a-1"),
        (
            (
                f"<article><h1>Sekolah Sungai</h1><p>{LEAD}</p><p>{SECOND}</p></article>"
                "<script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script>"
            ),
            "",
            "/a-1",
        ),
        (f"<article><h1>Akses Jalan Ditutup</h1><p>{LEAD}</p><p>{SECOND}</p></article>", "", "/a-1"),
    ],
)
def test_an_article_that_looks_a_little_like_one_of_these_is_an_article(markup: str, head: str, path: str) -> None:
    assert reason(markup, head, path) is None


@pytest.mark.parametrize(("host", "kind"), [("foto", "photo"), ("photo", "photo"), ("video", "video")])
def test_a_host_for_pictures_has_no_articles_however_long_the_captions(host: str, kind: str) -> None:
    page = a_page(
        f"<article><h1>Sekolah Sungai</h1>{LONG}</article>", ARTICLE_TYPE, url=f"https://{host}.koran.test/a-1"
    )
    outcome = page.article()
    assert isinstance(outcome, Rejection)
    assert outcome.reason == kind


def test_hardly_a_real_article_is_rejected(shared: Path) -> None:
    rejected, pages = [], 0
    for case in sorted((shared / "pages").glob("*/expected.json")):
        expected = json.loads(case.read_text("utf-8"))
        if not expected.get("body_text"):
            continue
        pages += 1
        url = expected.get("url") or "https://unknown.invalid/"
        html = gzip.decompress(case.with_name("page.html.gz").read_bytes())
        found = Page(html, url, unknown_publisher(url), fetched_at=NOW).rejection_reason()
        if found is not None:
            rejected.append((case.parent.name, *found))
    assert pages > 300
    assert len(rejected) <= 0.01 * pages, rejected
