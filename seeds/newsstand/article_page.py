"""The page of one story, built as gatra.com built its pages in 2019-2021."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from seeds.newsstand.body_markup import body
from seeds.newsstand.markup import issued, links, most_read, page, tag_links, template, text
from seeds.newsstand.prose import thousands
from seeds.newsstand.structured import head, image_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeds.newsstand.newspaper import Newspaper
    from seeds.newsstand.story import Story
    from seeds.newsstand.writer import Block


def article_page(newspaper: Newspaper, story: Story, part: str | None) -> str:
    """The page of a story.

    Args:
        newspaper: for its links, its name and its related stories.
        story: an article, a photo page or a video page.
        part: the `page` parameter; only stories of several pages mind it.
    """
    plan, name = story.plan, newspaper.settings.name
    chosen, blocks = _chosen(story, part)
    content = template("article.html").substitute(
        section=plan.section,
        label=story.label,
        headline=text(story.headline),
        printed=text(story.printed),
        byline=text(story.byline),
        editor=text(story.editor),
        image=image_path(story),
        caption=text(story.caption),
        name=text(name),
        related=links(newspaper.before(plan, (3, 5, 8, 12))),
        body=body(newspaper, story, blocks),
        pager=_pager(story, chosen),
        tags=tag_links(story.tags),
        reads=_reads(story.reads),
        comment_count=len(story.comments),
        comments="\n".join(
            f'<div class="media"><b>{text(who)}</b><p>{text(said)}</p></div>' for who, said in story.comments
        ),
        popular=most_read(newspaper.before(plan, (2, 7, 11, 16, 23))),
        picks=links(newspaper.before(plan, (9, 14, 20)), "?utm_source=pilihan&amp;utm_medium=web"),
    )
    return page(
        content,
        title=f"{story.headline} - {name}",
        name=name,
        issued=issued(story),
        head=f'<meta charset="{charset(story)}">\n{head(newspaper, story)}',
    )


def charset(story: Story) -> str:
    """The encoding of the story's page, declared in its `<meta>` only."""
    return "windows-1252" if story.plan.special == "legacy" else "utf-8"


def _chosen(story: Story, part: str | None) -> tuple[int | None, Sequence[Block]]:
    """Number and blocks of the page that was asked for; no number means all of them."""
    blocks = story.shown
    if part == "all" or story.pages == 1:
        return None, blocks
    bounds = [len(blocks) * number // story.pages for number in range(story.pages + 1)]
    parts = [blocks[start:end] for start, end in pairwise(bounds)]
    chosen = int(part) if part in {"2", "3"} else 1
    return chosen, parts[chosen - 1]


def _reads(count: int | None) -> str:
    return "" if count is None else f'<div class="pembaca"><i class="fa fa-eye"></i> {thousands(count)}</div>'


def _pager(story: Story, chosen: int | None) -> str:
    if story.pages == 1:
        return ""
    numbers = " ".join(
        f"<b>{number}</b>" if number == chosen else f'<a href="{story.path}?page={number}">{number}</a>'
        for number in range(1, story.pages + 1)
    )
    where = f"Halaman {chosen} dari {story.pages}" if chosen else f"Semua {story.pages} halaman"
    whole = f'<a href="{story.path}?page=all">Tampilkan Semua</a>'
    return f'<div class="halaman"><span class="kecil">{where}</span> {numbers} {whole}</div>'
