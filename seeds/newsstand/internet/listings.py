"""Pages that list a simulated site's articles: front page, sections, index pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from seeds.newsstand.almanac import long_date
from seeds.newsstand.internet.elements import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeds.newsstand.internet.desk import Piece
    from seeds.newsstand.internet.sites import Site


def listing(site: Site, title: str, pieces: Sequence[Piece], popular: Sequence[Piece], *, more: str = "") -> str:
    """One page with links to articles.

    Args:
        site: whose page it is.
        title: of the list.
        pieces: in the list.
        popular: beside it, in a box of its own.
        more: address of the next page; empty on the last one.
    """
    link = f' class="{site.index_link}"' if site.index_link else ""
    rows = (
        f'<a href="{escape(piece.url)}"{link}>{escape(piece.headline)}</a><span class="waktu">'
        f"{long_date(piece.published_at.date())}</span>"
        for piece in pieces
    )
    found = listed(_with_list(site.index_item), rows, "\n") if pieces else "<p>Tidak ada berita.</p>"
    menu = "".join(f'<a href="/{channel}">{channel.title()}</a>' for channel in site.channels)
    most = "".join(f'<li><a href="{escape(piece.url)}">{escape(piece.headline)}</a></li>' for piece in popular)
    following = f'<div class="paging"><a href="{escape(more)}">Selanjutnya</a></div>' if more else ""
    return (
        f'<!DOCTYPE html>\n<html lang="id"><head><meta charset="utf-8">'
        f"<title>{escape(title)} - {escape(site.name)}</title></head>\n"
        f'<body><header><a href="/">{escape(site.name)}</a><nav>{menu}</nav></header>\n'
        f"<main><h1>{escape(title)}</h1>\n{found}\n{following}</main>\n"
        f'<aside class="terpopuler"><h3>Terpopuler</h3><ol>{most}</ol></aside></body></html>\n'
    )


def _with_list(description: str) -> str:
    """Each article in its own element: the last step is repeated where nothing else is said."""
    if " * " in description:
        return description
    outer, _, last = description.rpartition(" ")
    return f"{outer or 'div.daftar'} * {last}"
