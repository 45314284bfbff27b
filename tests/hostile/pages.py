"""Pages that nobody prints and anybody could send: one shape each, of any size, to see that reading stays linear."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAID = "Dua puluh keluarga menjaga sungai dengan alat ukur dari tutup ember, kata Sari Dewi. "
_TEXT = f"<h1>Sekolah Sungai</h1><p>{_SAID * 5}</p>"


def hostile_pages(size: int) -> Iterator[tuple[str, str]]:
    """Names of shapes, and pages that repeat their one trouble `size` times."""
    for shapes in (_wide, _nested, _long, _attributes, _stated):
        for name, markup in shapes(size):
            yield name, f"<!doctype html><html><body>{markup}"


def _wide(size: int) -> Iterator[tuple[str, str]]:
    numbers = range(size)
    yield "paragraphs", _TEXT + "".join(f"<p>{number} {_SAID}</p>" for number in numbers)
    yield "the same paragraph", _TEXT + f"<p>{_SAID}</p>" * size
    yield "paragraphs with a link", _TEXT + "".join(f"<p>{n} {_SAID}<a href=/{n}>tautan</a></p>" for n in numbers)
    yield "line breaks", "<h1>Sungai</h1><div>" + "".join(f"{number} {_SAID}<br><br>" for number in numbers)
    yield "short lines", _TEXT + "".join(f"<p>{number} views 1.234</p>" for number in numbers)
    yield "headlines", f"<title>{_SAID}</title>" + f"<h1>{_SAID}</h1>" * size + _TEXT
    yield "headings", _TEXT + "<h2><a href=/x>Sekolah Sungai</a></h2>" * size
    yield "table", _TEXT + "<table>" + ("<tr>" + f"<td>{_SAID}</td>" * 5 + "</tr>") * (size // 5)
    yield "links to authors", _TEXT + "".join(f"<a href=/penulis/{n} rel='author tag'> </a>" for n in numbers)
    yield "captions", "<h1>Sungai</h1>" + f"<figure><figcaption>{_SAID}</figcaption></figure>" * size
    yield (
        "dates",
        _TEXT + "".join(f"<time itemprop=datePublished class=published>{number}</time>" for number in numbers),
    )
    yield "comments", _TEXT + "<!-- -->" * size
    yield "consent", "<title>Halaman</title>" + "<p>cookie privasi</p>" * size


def _nested(size: int) -> Iterator[tuple[str, str]]:
    for name, one in {
        "boxes": f"<div class=author><p>{_SAID}</p>",
        "inline": f"<span>{_SAID}",
        "articles": f"<article><h2>{_SAID}</h2><p>{_SAID}</p></article><article>{_SAID}</article><article>",
        "headlines in headlines": f"<h1>{_SAID}<div>",
        "the headline in boxes": "<div><article><h2>Judul Berita Ini</h2>",
        "tables in tables": f"<table><tr><td>{_SAID}",
        "dates in dates": f"<time><div itemprop=datePublished class=published>{_SAID}",
        "paths in paths": f"<div class=breadcrumb>{_SAID}",
        "captions in captions": "<figure><figcaption>teks",
        "links in links": f"<a href=/penulis/x rel=author>{_SAID}<div>",
        "bold": f"<b>{_SAID}<p>",
        "lists": "<ul><li>butir",
    }.items():
        yield name, "<title>Judul Berita Ini</title>" + one * size


def _long(size: int) -> Iterator[tuple[str, str]]:
    for name, text in {
        "sentences": _SAID,
        "one word": "a",
        "full stops": ". ",
        "dashes": "- ",
        "capitals": "Aa ",
        "white space": " \n",
        "entities": "&amp;&lt;",
    }.items():
        yield name, f"<h1>Sungai</h1><p>{_SAID}{text * size}{_SAID}"
    yield "a line for ever", f"<title>{'a | b - ' * size}</title><h1>{'a | b - ' * size}</h1><p>{_SAID}"
    yield "no-break spaces", f"<h1>Sungai</h1><p>Jakarta,{chr(0xA0) * size}"
    yield "script", "<title>Sungai</title><script>" + '"\\' * size


def _attributes(size: int) -> Iterator[tuple[str, str]]:
    yield "long class", f"<h1>Sungai</h1><div class='{'a-b ' * size}' id='{'x' * size}'><p>{_SAID * 5}"
    yield "long style", f"<h1>Sungai</h1><p style='{'color:red;' * size}'>{_SAID * 5}"
    yield "classes", _TEXT + "".join(f"<div class='a{n} author{n}'><p>{_SAID}</p></div>" for n in range(size))
    yield "cards", _TEXT + "<div class=vcard><i class=fn></i></div>" * size


def _stated(size: int) -> Iterator[tuple[str, str]]:
    numbers = range(size)
    yield "names", f"<meta name=author content='{'Sari Dewi, ' * size}'>{_TEXT}"
    yield "keywords", f"<meta name=keywords content='{','.join(map(str, numbers))}'>{_TEXT}"
    yield (
        "meta",
        "".join(f"<meta name=author content='Sari {n}'><meta name=date content='{n}'>" for n in numbers) + _TEXT,
    )
    yield "descriptions", "".join(f"<meta name=description content='{n} {_SAID}'>" for n in numbers) + _TEXT
    for name, thing in {
        "articles in JSON": ",".join(f'{{"@type":"NewsArticle","url":"/{n}"}}' for n in numbers),
        "authors in JSON": '{"@type":"NewsArticle","author":['
        + ",".join(f'{{"@id":"a{n}"}}' for n in numbers)
        + "]},"
        + ",".join(f'{{"@id":"b{n}","name":"x"}}' for n in numbers),
        "depth in JSON": "[" * size,
        "commas in JSON": "{" + "," * size,
    }.items():
        yield name, f"<script type='application/ld+json'>[{thing}]</script>{_TEXT}"
    body = "".join(f"{number} {_SAID}" for number in numbers)
    texts = "".join(f"<p>{number} {_SAID}</p>" for number in numbers)
    yield (
        "text in JSON",
        f'<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{body}"}}</script>{texts}',
    )
