"""The page of one article in its site's own template."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from seeds.newsstand.internet.elements import around, listed
from seeds.newsstand.internet.heads import head
from seeds.newsstand.story import slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seeds.newsstand.internet.desk import Piece
    from seeds.newsstand.internet.layout import Laid
    from seeds.newsstand.writer import Block

_READ_ALSO = '<p><strong>Baca juga: <a href="{path}">{headline}</a></strong></p>'
_FIRST_BOX, _STEP = 1, 3


def article_page(laid: Laid, part: str | None) -> str:
    """The whole page.

    Args:
        laid: the article.
        part: value of the parameter that asks for a part: a number, or what the site calls the whole.
    """
    site = laid.desk.site
    parts = laid.parts
    wanted = site.whole.partition("=")[2]
    number = int(part) - 1 if part and part.isdecimal() and int(part) <= len(parts) else 0
    all_of_it = len(parts) == 1 or (wanted and part == wanted)
    blocks = laid.blocks if all_of_it else parts[number]
    last = all_of_it or number == len(parts) - 1
    pieces = {
        "title": around(site.title, laid.words["headline"]),
        "date": around(laid.say(site.date), laid.say(site.printed)) if site.date else "",
        "author": around(laid.say(site.author), laid.say(site.byline)) if site.author else "",
        "editor": around(site.editor, laid.say(site.editor_line)) if site.editor else "",
        "breadcrumb": _breadcrumb(laid),
        "image": _image(laid),
        "body": _body(laid, blocks, last=last) + ("" if all_of_it else _pager(laid, len(parts), number)),
        "tags": _tags(laid),
        "reads": around(site.reads, laid.say(site.reads_line)) if site.reads else "",
    }
    content = "\n".join(filter(None, (pieces[name] for name in site.layout)))
    return page(laid, around(site.frame, f"\n{content}\n"))


def page(laid: Laid, content: str) -> str:
    """What stands around an article: menu, other articles, comments."""
    site, piece = laid.desk.site, laid.piece
    menu = "".join(f'<a href="/{channel}">{channel.title()}</a>' for channel in site.channels)
    others = "".join(f"<li>{_link(other)}</li>" for other in laid.desk.before(piece, (2, 4, 6, 9)))
    most = "".join(
        f"<li>{_link(other)} <span>Dibaca {9 + other.number % 40}.{other.number % 900 + 99} kali</span></li>"
        for other in laid.desk.before(piece, (1, 3, 5, 7, 11))
    )
    said = "".join(
        f'<div class="komentar-isi"><b>{html.escape(who)}</b><p>{html.escape(what)}</p></div>'
        for who, what in laid.desk.manuscript(piece).comments
    )
    return (
        f'<!DOCTYPE html>\n<html lang="id">\n<head>\n{head(laid)}\n</head>\n<body>\n'
        f'<header class="kepala"><a href="/">{html.escape(site.name)}</a><nav>{menu}</nav></header>\n{content}\n'
        f'<aside class="samping"><div class="terpopuler"><h3>Terpopuler</h3><ol>{most}</ol></div></aside>\n'
        f'<section class="terkait"><h3>Berita Terkait</h3><ul>{others}</ul></section>\n'
        f'<section class="komentar"><h3>Komentar</h3>{said}</section>\n'
        f"<footer><p>Hak cipta dilindungi. Redaksi, Pedoman Media Siber, Kebijakan Privasi {html.escape(site.name)}."
        "</p></footer>\n</body>\n</html>\n"
    )


def _link(piece: Piece) -> str:
    return f'<a href="{html.escape(piece.url)}">{html.escape(piece.headline)}</a>'


def _breadcrumb(laid: Laid) -> str:
    site = laid.desk.site
    if not site.breadcrumb:
        return ""
    labels = [html.escape(label) for label in laid.crumbs] + ([laid.words["headline"]] if site.crumb_title else [])
    return listed(site.breadcrumb, labels, site.between)


def _image(laid: Laid) -> str:
    caption = html.escape(laid.desk.manuscript(laid.piece).caption)
    picture = f'<img src="/foto/{laid.piece.number}.jpg" alt="">'
    return around(laid.desk.site.image, f"{picture}<figcaption>{caption} (Foto: Dok)</figcaption>")


def _tags(laid: Laid) -> str:
    site = laid.desk.site
    if not site.tags:
        return ""
    names = (html.escape(tag) for tag in laid.tags)
    return listed(site.tags.replace("{tag}", slug(laid.tags[0])), names)


def _pager(laid: Laid, count: int, number: int) -> str:
    name, whole = laid.desk.site.split, laid.desk.site.whole
    links = [
        f'<a href="?{name}={page + 1}">{page + 1}</a>' if page != number else f"<b>{page + 1}</b>"
        for page in range(count)
    ]
    links += [f'<a href="?{whole}">Tampilkan Semua</a>'] if whole else []
    links += [f'<a rel="next" href="?{name}={number + 2}">Selanjutnya</a>'] if number + 1 < count else []
    return f'\n<div class="paging">Halaman: {" ".join(links)}</div>'


def _body(laid: Laid, blocks: Sequence[Block], *, last: bool) -> str:
    site = laid.desk.site
    pieces = list(_pieces(laid, blocks))
    if last and laid.signature:
        pieces.append(_paragraph(site.blocks, laid.signature))
    if last and site.closing:
        pieces.append(_filled_box(laid, site.closing, 17))
    if blocks[0] is laid.blocks[0] and site.opening:
        pieces.insert(0, laid.say(site.opening))
    return around(site.body, "\n" + "\n".join(pieces) + "\n")


def _pieces(laid: Laid, blocks: Sequence[Block]) -> Iterator[str]:
    site = laid.desk.site
    boxes = iter(site.junk or (_READ_ALSO,))
    for index, block in enumerate(blocks):
        inside = html.escape(block.text, quote=False)
        if block is laid.blocks[0] and site.outside:
            yield laid.dateline + _paragraph(site.blocks, inside)
        elif block is laid.blocks[0]:
            yield _paragraph(site.blocks, laid.dateline + inside)
        elif block.kind == "li":
            first = index == 0 or blocks[index - 1].kind != "li"
            end = index + 1 == len(blocks) or blocks[index + 1].kind != "li"
            yield f"{'<ul>' if first else ''}<li>{inside}</li>{'</ul>' if end else ''}"
        elif block.kind != "p":
            yield f"<{block.kind}>{inside}</{block.kind}>"
        else:
            yield _paragraph(site.blocks, _with_link(laid, inside) if index == 1 else inside)
        between = index % _STEP == _FIRST_BOX and block.kind != "li" and index + 1 < len(blocks)
        if between and (box := next(boxes, None)) is not None:
            yield _filled_box(laid, box, index + 3)


def _paragraph(element: str, inside: str) -> str:
    return f"{inside}<br><br>" if element == "br" else around(element, inside)


def _with_link(laid: Laid, inside: str) -> str:
    """The place as a link inside a sentence, as content systems make them."""
    place = laid.words["place"]
    return inside.replace(place, f'<a href="/tag/{slug(place)}">{place}</a>', 1)


def _filled_box(laid: Laid, box: str, distance: int) -> str:
    other = (laid.desk.before(laid.piece, (distance,)) or [laid.piece])[0]
    named = {"path": html.escape(other.url), "headline": html.escape(other.headline)}
    return box.format_map({**laid.words, **named})
