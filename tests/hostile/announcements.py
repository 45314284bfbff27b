"""Feeds, sitemaps, index pages and robots.txt that break programs, all made here."""

from __future__ import annotations

import codecs
import gzip
import json
import zlib
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = "https://www.warta.id/"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
_LINK = f"<link>{HOME}berita/%s/panen</link>"
_DAY = "Tue, 24 Nov 2026 05:00:00 +0700"
DATES = (
    "", " ", "0", "-1", "1", "now", "null", "NaN", "1e308", "2026", "2026-13-45", "2026-02-30T25:61:61Z", "0000-00-00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "10000-01-01", "99999999999999999999",
    "2026-11-24T05:00:00+99:99",
    "2026-11-24T05:00:00.123456789123456789Z", "20261124T050000Z", "24/11/2026", "11/24/2026", "1609459200",
    "-62135596801",
    "Tue, 24 Nov 2026 05:00:00 WIB", "Tue, 32 Nov 2026 05:00:00 GMT", "Tue, 24 Nov 26 05:00:00 GMT",
    "24 Nopember 2026 jam 5",
    "Selasa, 24 November 2026 | 12:01 WIB", "kemarin", "2 jam lalu", "9999 tahun lalu", "９９９９-１２-３１",
    "٢٠٢٦-١١-٢٤",
    "2026-W48-2", "2026-328", "P1Y", "2026-11-24\x00", "2026-11-24" * 200, "Tue, 24 Nov 2026 05:00:00 +9999",
    "24.11.2026",
    "Mon, 01 Jan 0001 00:00:00 GMT", "Sun, 31 Dec 9999 23:59:59 -2359", "0-0-0", "1-1-1", "2026-11-24T05:00",
    "2026-11-24 05:00:00 +07",
    "Tue Nov 24 05:00:00 2026", "Tuesday, 24-Nov-26 05:00:00 GMT", "24 24 24 24", ",,,,", ":::::", "++++",
    "2026-11-24T05:00:00[Asia/Jakarta]",
)  # fmt: skip
"""As sitemaps, feeds, pages and headers have been seen to state them, and as nobody would."""
LOCATIONS = (
    "", " ", "#", "?", "/", "//", "///", "berita/1", "/berita/1/panen", "../../../etc/passwd", "//warta.id/berita/1",
    "http://", "https://", "http:", "http:///x", "https://www.warta.id", "https://warta.id:99999/x",
    "https://warta.id:x/", "https://[::1]/x",
    "https://[", "https://[::1", "https://]", "https://www.warta.id\\@jahat.id/x", "https://www.warta.id@jahat.id/",
    "https://jahat.id/#www.warta.id",
    "https://jahat.id/www.warta.id", "https://wwwwarta.id/x", "https://www.warta.id.jahat.id/x", "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd", "ftp://www.warta.id/x", "mailto:a@warta.id", "tel:1", "about:blank", "gopher://warta.id/",
    "HTTPS://WWW.WARTA.ID/BERITA/1",
    "https://www.warta.id/berita/1?a=1&b=2", "https://www.warta.id/%", "https://www.warta.id/%zz/%00",
    "https://www.warta.id/\u202e/x",
    "https://www.warta.id/\U0001f600", "https://www.wärta.id/x", "https://xn--wrta-loa.id/", "https://www.warta.id./x",
    "https://.warta.id/",
    "https://www..warta.id/x", "https://www.warta.id/" + "a" * 20_000, "https://www.warta.id/" + "a/" * 5_000,
    "https://" + "a." * 500 + "warta.id/",
    "https://www.warta.id/x?" + "a=1&" * 5_000, "https://www.warta.id/a b\tc", "\ufeffhttps://www.warta.id/x",
    "https://ⓦarta.id/x", "https://warta。id/x",
    "https://127.0.0.1/x", "http://169.254.169.254/latest", "https://0x7f.1/",
    "https://www.warta.id/;jsessionid=1;jsessionid=2", "http://a\u2100b/",
    "https://www.warta.id/x#" + "!/" * 100, "https://user:pass@www.warta.id/x", "https://www.warta.id/\ud800",
    "https://%77ww.warta.id/",
)  # fmt: skip
"""What stands in `<loc>`, `<link>` and `href`."""
TITLES = (
    "Panen", "", "<b>Panen</b>", "&lt;b&gt;Panen&lt;/b&gt;", "&amp;amp;amp;", "<![CDATA[Panen]]>",
    "<![CDATA[<![CDATA[x]]>]]&gt;", "&nbsp;&copy;&takada;",
    "&#0;&#x0;&#xD800;&#x110000;&#99999999999;", "<script>alert(1)</script>", "]]>", "\u202e\u0000".replace("\0", ""),
    "a" * 100_000, "<a><b><c>x", "<!-- -->",
    "<title>dua</title>", "&lt;![CDATA[x]]&gt;", "<svg><title>x</title></svg>", "<?php echo 1 ?>", "\x01\x02\x1f",
    "<p>" * 500,
)  # fmt: skip
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)) + "]>"
)
OUTSIDE = (
    "<!DOCTYPE x [<!ENTITY a11 SYSTEM 'file:///etc/hostname'><!ENTITY % b SYSTEM 'http://127.0.0.1:9/x.dtd'> %b;]>"
)
CODECS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "latin-1",
    "cp1252",
    "koi8-r",
    "gb18030",
    "shift_jis",
    "utf-7",
    "cp037",
)
CLAIMS = (*CODECS, "utf8mb4", "x-unknown", "", "base64", "undefined", "unicode_escape", "ascii", "iso-8859-99")


def feed_examples() -> dict[str, bytes]:
    """One well-made feed of each kind."""
    item = f"<title>Panen</title>{_LINK % 1}<pubDate>{_DAY}</pubDate><guid>{HOME}berita/1/panen</guid>"
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    atom = f'<title>Panen</title><link href="{HOME}berita/1/panen"/><id>tag:1</id>'
    kinds = {
        **{
            f"RSS {version}": f'<rss version="{version}"><channel><title>W</title><item>{item}</item></channel></rss>'
            for version in ("0.91", "0.92", "0.93", "0.94", "2.0", "9", "")
        },
        "RSS 0.90": f'<rdf:RDF {rdf} xmlns="http://my.netscape.com/rdf/simple/0.9/"><item>{item}</item></rdf:RDF>',
        "RSS 1.0": f'<rdf:RDF {rdf} xmlns="http://purl.org/rss/1.0/"><item rdf:about="x">{item}'
        "<dc:date>2026-11-24</dc:date></item></rdf:RDF>",
        "RSS 1.1": f'<Channel xmlns="http://purl.org/net/rss1.1#"><items><item>{item}</item></items></Channel>',
        "Atom 0.3": f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>{atom}<issued>2026-11-24</issued></entry></feed>',
        "Atom 1.0": f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{atom}<published>2026-11-24T05:00:00Z</published>'
        "<updated>2026-11-24T06:00:00Z</updated></entry></feed>",
        "CDF": f'<channel><item href="{HOME}berita/1/panen" lastmod="2026-11-24"><title>Panen</title></item></channel>',
    }
    made = {name: f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode() for name, text in kinds.items()}
    made["JSON feed"] = json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": HOME + "berita/1", "title": "x"}]}
    ).encode()
    return made


def sitemap_examples() -> dict[str, bytes]:
    """One well-made sitemap of each kind."""
    news = "<news:publication_date>2026-11-24T12:00:00Z</news:publication_date><news:title>P</news:title>"
    one = f"<url><loc>{HOME}berita/1/panen</loc><lastmod>2026-11-24</lastmod>%s</url>"
    kinds = {
        "sitemap": f"<urlset {SPACES}>{one % ''}</urlset>",
        "news sitemap": f"<urlset {SPACES}>{one % f'<news:news>{news}</news:news>'}</urlset>",
        "index": f"<sitemapindex {SPACES}><sitemap><loc>{HOME}sitemap-2026-11.xml</loc><lastmod>2026-11-24</lastmod>"
        "</sitemap></sitemapindex>",
        "prefixed": f"<sm:urlset>{(one % '').replace('<', '<sm:').replace('<sm:/', '</sm:')}</sm:urlset>",
        "text": f"{HOME}berita/1\n{HOME}berita/2\r\n",
    }
    return {name: text.encode() for name, text in kinds.items()}


def feeds() -> Iterator[tuple[str, bytes]]:
    """Feed monsters."""
    for (name, whole), number in product(feed_examples().items(), range(7)):
        text = whole.decode()
        yield (
            f"{name}, {number}",
            (
                text.replace('xmlns="', 'xmlns="x').encode(),
                text.replace("berita/1/panen", "").encode(),
                text.replace("</", "<").encode(),
                text.replace("<title>", "<title>&takada;&nbsp;").encode(),
                (LAUGHS + text.partition("?>")[2].replace("Panen", "&a11;")).encode(),
                (OUTSIDE + text.partition("?>")[2].replace("Panen", "&a11;")).encode(),
                text.replace("Panen", "Panen \x00\x0b\x1f").encode("utf-16"),
            )[number],
        )
    frame = f"<rss version='2.0'><channel><item>{_LINK % 1}%s</item></channel></rss>"
    for tag, value in product(
        ("pubDate", "dc:date", "updated", "published", "atom:published", "dcterms:created"), DATES
    ):
        yield f"{tag} {value[:30]!r}", (frame % f"<{tag}>{value}</{tag}>").encode()
    for place, address in product(
        ("<link>%s</link>", "<guid isPermaLink='false'>%s</guid>", "<feedburner:origLink>%s</feedburner:origLink>"),
        LOCATIONS,
    ):
        item = place % address.replace("&", "&amp;")
        yield (
            f"{place[:9]} {address[:40]!r}",
            f"<rss><channel><item>{item}</item></channel></rss>".encode("utf-8", "surrogatepass"),
        )
    for address in LOCATIONS:
        said = address.replace("&", "&amp;")
        link = (
            f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='{said}'><entry><link href='{said}'/></entry></feed>"
        )
        yield f"Atom {address[:40]!r}", link.encode("utf-8", "surrogatepass")
    for title, kind in product(TITLES, ("text", "html", "xhtml", "application/octet-stream")):
        yield f"title {title[:30]!r} {kind}", (frame % f"<title type='{kind}'>{title}</title>").encode()
    for tags in (
        "<item>" * 2_000,
        "<image><item>" * 500,
        "<a:b>" * 3_000,
        "<![CDATA[" * 2_000,
        "<!--" * 2_000,
        "<?" * 2_000,
        "</rss>" * 500,
        "<!DOCTYPE" * 500,
    ):
        yield f"nests of {tags[:9]}", (frame % tags).encode()
    yield "2,000 links in one entry", (frame % (_LINK % 2 * 2_000)).encode()
    yield "duplicated channels", (frame % "" * 300).encode()
    yield "an attribute of a megabyte", (frame % f"<enclosure url='{'a' * 1_000_000}'/>").encode()
    yield "JSON for ever", b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000


def huge_feeds() -> Iterator[tuple[str, bytes]]:
    """Feeds of megabytes."""
    many = "".join(f"<item>{_LINK % number}<guid>sama</guid></item>" for number in range(10_000))
    yield "10,000 entries, one guid", f"<rss><channel>{many}</channel></rss>".encode()
    yield "5 MB of ends", b"<rss>" + b"</item>" * 700_000
    yield "5 MB of text", b"<rss><channel><title>" + b"kata " * 1_000_000
    yield "6 MB", b"<rss>" + b" " * 6_000_000


def sitemaps() -> Iterator[tuple[str, bytes]]:
    """Sitemap monsters."""
    for (name, whole), number in product(sitemap_examples().items(), range(9)):
        text = whole.decode()
        yield (
            f"{name}, {number}",
            (
                text.replace(SPACES, 'xmlns="https://salah.example/"').encode(),
                text.replace(SPACES, "").encode(),
                text.replace("</", "<").encode(),
                (LAUGHS + text.replace("panen", "&a11;")).encode(),
                (OUTSIDE + text.replace("panen", "&a11;")).encode("utf-16"),
                gzip.compress(gzip.compress(whole)),
                codecs.BOM_UTF8 * 3 + whole,
                b"\n\n<br>Warning: x\n" + whole * 2,
                zlib.compress(whole),
            )[number],
        )
    for (root, item), address in product((("urlset", "url"), ("sitemapindex", "sitemap")), LOCATIONS):
        located = f"<{item}><loc>{address.replace('&', '&amp;')}</loc></{item}>"
        yield f"{root} {address[:40]!r}", f"<{root} {SPACES}>{located}</{root}>".encode("utf-8", "surrogatepass")
    for (root, item), value in product((("urlset", "url"), ("sitemapindex", "sitemap")), DATES):
        dated = (
            f"<lastmod>{value}</lastmod><news:news><news:publication_date>{value}</news:publication_date></news:news>"
        )
        yield (
            f"{root} {value[:30]!r}",
            f"<{root} {SPACES}><{item}><loc>/berita/1</loc>{dated}</{item}></{root}>".encode(),
        )
    for tags in (
        "<url>",
        "<url><loc>",
        "<sitemap>",
        "<a>",
        "<news:news>",
        "<url/>",
        "<url><loc/></url>",
        "<!-- -->",
        "<![CDATA[x]]>",
        "&amp;",
        "&x;",
        "<?a?>",
        "<x:y/>",
    ):
        yield f"20,000 x {tags}", f"<urlset {SPACES}>{tags * 20_000}".encode()
    yield (
        "an index that lists itself",
        f"<sitemapindex><sitemap><loc>{HOME}sitemap.xml</loc></sitemap></sitemapindex>".encode(),
    )


def huge_sitemaps() -> Iterator[tuple[str, bytes]]:
    """Sitemaps of megabytes, more than the protocol allows."""
    one = f"<url><loc>{HOME}berita/%d/panen</loc></url>"
    yield "50,001 URLs", f"<urlset>{''.join(one % number for number in range(50_001))}</urlset>".encode()
    yield "the same 50,001 times", f"<urlset>{one % 1 * 50_001}</urlset>".encode()
    yield (
        "an index of 50,001",
        f"<sitemapindex>{'<sitemap><loc>/a.xml</loc></sitemap>' * 50_001}</sitemapindex>".encode(),
    )
    yield "lines for ever", (HOME + "\n").encode() * 100_000
    yield "one line for ever", HOME.encode() + b"a" * 1_000_000
    yield "60 MB in gzip", gzip.compress(b"<urlset>" + b" " * 60_000_000, mtime=0)
    yield "8 MB of sections never closed", b"<urlset>" + b"<![CDATA[" * 900_000
    yield "40 MB of one element", b"<urlset><url><loc>" + b"a" * 40_000_000


def lists_of_links() -> Iterator[tuple[str, bytes]]:
    """Index and section pages."""
    for address, frame in product(
        LOCATIONS,
        (
            "<a href='%s'>x</a>",
            "<base href='%s'><a href='berita/1'>x</a>",
            "<li><h3><a href=%s>x",
            "<area href='%s'><link rel=alternate type=application/rss+xml href='%s'>",
        ),
    ):
        page = frame.replace("%s", address.replace("'", "&#39;"))
        yield f"{frame[:8]} {address[:40]!r}", f"<html><body>{page}".encode("utf-8", "surrogatepass")
    for tags in (
        "<a href=/berita/1>",
        "<a>",
        "<h3><a href=x>",
        "<li>",
        "<table><a href=/b>",
        "<base href=/x/>",
        "<frameset><a href=x>",
        "<select><a href=x>",
        "<svg><a href=x>",
    ):
        yield f"5,000 x {tags}", b"<html>" + tags.encode() * 5_000
    yield "20,000 links", "".join(f"<a href='/berita/{number}/panen'>Panen</a>" for number in range(20_000)).encode()
    yield "a title of a megabyte", b"<a href=/berita/1/panen>" + b"kata " * 200_000


def robots() -> Iterator[tuple[str, bytes]]:
    """Robots.txt as nobody should write it."""
    values = (
        "",
        "/",
        "*",
        "/*",
        "/$",
        "$",
        "/a$b",
        "**********a",
        "/%",
        "/%zz",
        "/%2f",
        "/\u00e4",
        "?",
        "#",
        "http://jahat.id/",
        "/a" * 3_000,
        "/*a" * 200,
        "\t/x ",
        "1",
        "-1",
        "1e9",
        "nan",
        "inf",
        "0600-1200",
        "9999-9999",
        "1/0",
        "1/0s",
        "0/0",
        "\x00",
    )
    fields = (
        "User-agent",
        "Disallow",
        "Allow",
        "Crawl-delay",
        "Request-rate",
        "Visit-time",
        "Sitemap",
        "Host",
        "Noindex",
        "",
    )
    for name, value in product(fields, values):
        yield f"{name}: {value[:20]!r}", f"User-agent: *\n{name}: {value}\nDisallow: /foto\n".encode()
        yield f"{name}:{value[:20]!r} alone", f"{name}{value}\r{name}: {value}".encode()
    rules = b"".join(b"Disallow: /%d/*/x$\n" % number for number in range(20_000))
    yield "20,000 rules", b"User-agent: *\n" + rules
    yield "20,000 groups", b"".join(b"User-agent: a%d\nDisallow: /\n" % number for number in range(20_000))
    yield "stars", b"User-agent: *\nDisallow: /" + b"*a" * 2_000 + b"$\n"
    yield "HTML", b"<!doctype html><html><body>Tidak ada"
    for codec in CODECS:
        yield f"in {codec}", "User-agent: *\nDisallow: /foto\n".encode(codec)
