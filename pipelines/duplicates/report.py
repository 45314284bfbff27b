"""What `lumbung duplicates explain` prints: the cluster as a table, the shared text of two articles side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from pipelines.duplicates.cleaning import WORD, own_words, visible
from pipelines.duplicates.cover import Cover

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from pipelines.duplicates.explain import Explanation, Told

_SHARED, _OWN, _LEFT_OUT = "green", "", "dim strike"
_WINDOW = 8
"""Paragraphs further on in which a paragraph's counterpart is looked for."""


def report(explanation: Explanation) -> RenderableType:
    """Everything about one article, for a terminal."""
    parts: list[RenderableType] = [*_summary(explanation)]
    if len(explanation.members) > 1:
        parts.append(_members(explanation))
    parts += [
        Text(f"Nearest outside: {each.article.article_id} ({each.article.publisher}, {each.article.headline}): "
             f"{each.verdict}.")
        for each in explanation.near
    ]  # fmt: skip
    if explanation.compared is not None:
        parts += [Text(), side_by_side(explanation.article, explanation.compared)]
        parts.append(Text("Green words stand in passages of both; struck lines belong to the page.", "dim"))
    return Group(*parts)


def _summary(explanation: Explanation) -> Iterator[Text]:
    article, members = explanation.article, explanation.members
    yield Text(f"{article.article_id}  {article.publisher}  {article.headline}", "bold")
    yield Text(article.url, "dim")
    if not article.seen:
        yield Text("Deduplication has not looked at it as it is now: run `lumbung deduplicate`.", "yellow")
    if explanation.instance:
        yield Text(
            f"It is an instance of a template: {explanation.contradicted} articles of its form contradict it. Only"
            " texts without any difference in its slots are its copies."
        )
    if len(members) == 1:
        yield Text("It is in no cluster: no other article tells its story, and news.articles shows it.")
        return
    canonical = members[0]
    yield Text(
        f"Cluster {article.cluster_id}: {len(members)} articles tell this story, news.articles shows"
        f" {canonical.article_id} ({canonical.publisher}): {canonical.rule}."
    )
    if not article.canonical:
        inside = {member.article_id for member in members}
        direct = sum(edge.a in inside and edge.b in inside for edge in explanation.pairs)
        yield Text(
            f"It is there by {article.rule}: {article.why} as {article.tied_to}, score {article.score:.3f};"
            f" it makes a pair with {direct} of them."
        )
    if explanation.agreement is not None:
        yield Text(explanation.agreement)


def _members(explanation: Explanation) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for name in ("article", "publisher", "published", "why", "score", "with", "rule", "headline"):
        table.add_column(name, justify="right" if name in {"article", "score", "with"} else "left", overflow="fold")
    for member in explanation.members:
        published = f"{member.published_at:%Y-%m-%d %H:%M}" if member.published_at else "no date"
        gone = f"taken down {member.gone_at:%Y-%m-%d}; " if member.gone_at else ""
        table.add_row(
            str(member.article_id), member.publisher, published, gone + (member.why or "canonical"),
            "" if member.score is None else f"{member.score:.3f}", str(member.tied_to or ""), member.rule,
            member.headline, style="bold" if member.article_id == explanation.article.article_id else "",
        )  # fmt: skip
    return table


def side_by_side(left: Told, right: Told) -> Table:
    """Both texts, paragraphs of the same words beside each other."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), expand=True, show_lines=True)
    for each in (left, right):
        table.add_column(f"{each.article_id}  {each.publisher}\n{each.headline}", ratio=1, overflow="fold")
    mine, theirs = _painted(left, right), _painted(right, left)
    for a, b in aligned(_words(left), _words(right)):
        table.add_row("" if a is None else mine[a], "" if b is None else theirs[b])
    return table


def _words(article: Told) -> list[frozenset[str]]:
    words = dict(own_words(article.paragraphs))
    return [frozenset(words.get(place, ())) for place in range(len(article.paragraphs))]


def aligned(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> Iterator[tuple[int | None, int | None]]:
    """Places of paragraphs to show beside each other, in the order of both; None where one side has nothing."""
    after = 0
    for place, words in enumerate(left):
        ahead = range(after, min(len(right), after + _WINDOW))
        best = max(ahead, key=lambda other: (len(words & right[other]), -other), default=None)
        if best is None or 2 * len(words & right[best]) <= min(len(words), len(right[best])):
            yield place, None
            continue
        yield from ((None, other) for other in range(after, best))
        yield place, best
        after = best + 1
    yield from ((None, other) for other in range(after, len(right)))


def _painted(article: Told, other: Told) -> list[Text]:
    """Its paragraphs, shared words coloured, lines that were left out struck."""
    mine, theirs = article.print, other.print
    if mine.clean_hash == theirs.clean_hash:
        marks = iter([True] * mine.words)
    elif mine.grams and theirs.grams:
        marks = iter(Cover(mine, theirs).marks)
    else:
        marks = iter([False] * mine.words)
    own = dict(own_words(article.paragraphs))
    seen = [visible(paragraph) for paragraph in article.paragraphs]
    return [
        _paint(paragraph, own[place], [next(marks) for _ in own[place]]) if place in own else Text(paragraph, _LEFT_OUT)
        for place, paragraph in enumerate(seen)
    ]


def _paint(paragraph: str, words: Sequence[str], marks: Sequence[bool]) -> Text:
    """Colour the words of a paragraph that are marked; `words` are those of it that count, in their order."""
    text = Text(paragraph, _OWN)
    tokens = list(WORD.finditer(paragraph.replace(",", ".")))
    # A dateline stands before the words that count: the last tokens are those, the first ones are not.
    place = len(words) - 1
    for token in reversed(tokens):
        while place >= 0 and words[place] == "persen" and token[0].lower() != "persen":
            place -= 1
        if place >= 0 and token[0].lower() == words[place]:
            if marks[place]:
                text.stylize(_SHARED, *token.span())
            place -= 1
    return text
