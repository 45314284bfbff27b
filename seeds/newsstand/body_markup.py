"""The body of a story as HTML: what content systems make of paragraphs, and what they put between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.newsstand.markup import text
from seeds.newsstand.story import Story, slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seeds.newsstand.newspaper import Newspaper
    from seeds.newsstand.writer import Block

_HOLDERS = ("p", "p", "div", "p", "br")
_READ_ALSO = (
    '<p class="baca-juga"><strong>Baca juga: <a href="{path}">{headline}</a></strong></p>',
    '<a class="terkait" href="{path}"><span>Baca Juga: {headline}</span></a>',
    '<span class="baca-juga">Baca juga: <a href="{path}">{headline}</a></span>',
    '<p><strong>Baca juga:</strong> <a href="{path}">{headline}</a></p>',
)
_ADS = (
    '<div class="iklan">ADVERTISEMENT</div>\n<div class="iklan">SCROLL TO CONTINUE WITH CONTENT</div>',
    '<p class="kecil">ADVERTISEMENT</p>\n<p><small>SCROLL TO CONTINUE WITH CONTENT</small></p>',
)
_PAYWALL = (
    '<div class="langganan"><strong>Artikel khusus pelanggan.</strong> Masuk atau berlangganan {name} '
    'untuk membaca selengkapnya. <a href="/tentang">Lihat paket</a></div>'
)


def body(newspaper: Newspaper, story: Story, blocks: Sequence[Block]) -> str:
    """The content of the body's container for the given blocks of a story."""
    if story.plan.special == "photo":
        return "\n".join(_gallery(story))
    if story.plan.special == "video":
        return _player(story)
    pieces = list(_pieces(newspaper, story, blocks))
    if story.hidden:
        pieces.append(_PAYWALL.format(name=text(newspaper.settings.name)))
    return "\n".join(pieces)


def _pieces(newspaper: Newspaper, story: Story, blocks: Sequence[Block]) -> Iterator[str]:
    holder = _HOLDERS[story.plan.number % len(_HOLDERS)]
    boxes = _boxes(newspaper, story)
    for index, block in enumerate(blocks):
        item = _inside(story, block, index)
        if block.kind == "li":
            first = blocks[index - 1].kind != "li"
            last = index + 1 == len(blocks) or blocks[index + 1].kind != "li"
            yield f"{'<ul>' if first else ''}<li>{item}</li>{'</ul>' if last else ''}"
        elif block.kind == "p" and holder == "br":
            yield f"{item}<br>\n<br>"
        else:
            kind = holder if block.kind == "p" else block.kind
            yield f"<{kind}>{item}</{kind}>"
        # A box in the middle of a list would end it.
        if index in boxes and block.kind != "li" and index + 1 < len(blocks):
            yield boxes[index] + ("<br><br>" if holder == "br" else "")


def _inside(story: Story, block: Block, index: int) -> str:
    if block is story.blocks[0]:
        return _lead(story, block, index)
    inside = _loosen(text(block.text), story.plan.number + index)
    if index == 1 and story.plan.special != "seed":
        place = text(story.place)
        return inside.replace(place, f'<a href="/tag/{slug(place)}">{place}</a>', 1)
    return inside


def _lead(story: Story, block: Block, index: int) -> str:
    rest = _loosen(text(block.text[len(story.dateline) + len(story.dash) :]), story.plan.number + index)
    if story.plan.number % 4 == 1:
        return f"<strong>{text(story.dateline + story.dash)}</strong>{rest}"
    return f"<strong>{text(story.dateline)}</strong>{story.dash}{rest}"


def _loosen(markup: str, number: int) -> str:
    """White space as editors leave it: doubled after a full stop, or a line broken in the source."""
    match number % 3:
        case 0:
            return markup.replace(". ", ".  ")
        case 1:
            return "\n          " + markup.replace(", ", ",\n          ", 1) + " "
        case _:
            return markup


def _boxes(newspaper: Newspaper, story: Story) -> dict[int, str]:
    """What stands after a block, by its index on the page."""
    number = story.plan.number
    boxes = {4: _ADS[number // 2 % len(_ADS)]}
    for index, other in zip((2, 6), newspaper.before(story.plan, (6, 13)), strict=False):
        form = _READ_ALSO[(number + index) % len(_READ_ALSO)]
        boxes[index] = form.format(path=other.path, headline=text(other.headline))
    return boxes


def _gallery(story: Story) -> Iterator[str]:
    for number, block in enumerate(story.blocks[:6], 1):
        caption = text(block.text.split(". ", maxsplit=1)[0])
        yield (
            f'<figure class="galeri"><img src="/foto/galeri/{story.plan.number}-{number}.png" alt="Foto {number}">'
            f"<figcaption>{number} / 6. {caption}</figcaption></figure>"
        )


def _player(story: Story) -> str:
    source = f"/video/{story.plan.number}.mp4"
    return (
        f'<div class="pemutar"><video controls preload="none" src="{source}"></video></div>\n'
        f"<p>{text(story.blocks[0].text)}</p>"
    )
