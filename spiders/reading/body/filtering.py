"""Which blocks of a container are text of the article: links, boxes, lists of other articles and labels are not."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from spiders.reading.body.boilerplate import is_hidden, is_never_text, stands_apart, starts_comments, starts_others
from spiders.reading.body.structure import asks_password, author_boxes, captions, main_kin
from spiders.reading.markup.inherited import Inherited
from spiders.reading.printed.date_roles import is_date_line
from spiders.reading.printed.datelines import is_open_dateline
from spiders.reading.printed.people import names_only

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block, Kin

Reasons = dict["Block", str]
"""Why blocks are left out, in a word or two each."""

_END = re.compile(r"[.!?…:;。！？][\"'”’»“)\]\s]*$")
_ADDRESS = re.compile(r"https?://\S")
_TEXT_TAGS = frozenset(("p", "li", "blockquote", "tr", "td", "th", "dt", "dd"))
_LISTED = frozenset(("li", "tr", "td", "dd", "dt"))
_RUNNING = frozenset(("p", "div"))
_PROSE = 80
"""Characters: a longer block is no label."""
_MOST_LINKED = 0.5
_MOST_LINKED_SENTENCE = 0.85
_LEAST_KEPT = 0.3
_LABEL = 40
_ENDS = frozenset(".?…。？)]")
_QUOTED = 40
_LEAD_WORDS = 3
_STANDFIRST = 50
"""Characters of a heading that is a sentence, and no second headline."""
_LABELS = 4
_NO_TEXT = 120
_LABELS_ONLY = 400


def filtered(
    blocks: list[Block],
    containers: Collection[HtmlElement],
    others: Collection[Block] = frozenset(),
    reasons: Reasons | None = None,
) -> list[Block]:
    """The blocks of the containers without links, elements that stand apart, and all that follows the text.

    Args:
        blocks: Those of the containers.
        containers: Elements in which the text stands: their own names and those above say nothing.
        others: Blocks that are known to be of other articles.
        reasons: Where it is noted why a block is left out.
    """
    noted = {} if reasons is None else reasons
    linked = {block for block in blocks if _is_linked(block)}
    labels = {block for block, below in pairwise(blocks) if below in linked and _names_links(block)}
    told = captions(blocks)
    locked = _locked(containers)
    prose = []
    for block in blocks:
        if is_hidden(block.element) and block.element not in containers:  # what holds several may be folded away
            noted[block] = "hidden"
        elif block in told:
            noted[block] = "caption"
        elif locked(block.element):
            noted[block] = "password form"
        elif block in linked:
            noted[block] = "link"
        elif block in labels:
            noted[block] = "label of a link"
        elif block in others:
            noted[block] = "other article"
        else:
            prose.append(block)
    apart = Inherited(stands_apart, containers)
    kin = main_kin((block for block in prose if not apart(block.element)), _PROSE)
    kept = [block for block in prose if not apart(block.element) or _belongs(block, apart, kin)]
    if length_of(kept) < _LEAST_KEPT * length_of(prose):  # the names mislead: they are a hint, no rule
        never = Inherited(is_never_text, containers)
        kept = [block for block in prose if not never(block.element)] or prose
    alone = _without_authors(_noting(prose, kept, "names", noted), containers)
    _noting(kept, alone, "box about an author", noted)
    said = _until_comments(alone)
    _noting(alone, said, "comments", noted)
    return _noting(said, _until_end(said), "after the end", noted)


def _locked(containers: Collection[HtmlElement]) -> Callable[[HtmlElement], bool]:
    """Whether an element stands in a form that asks for a password; hardly a page has one."""
    roots = {container.getroottree().getroot() for container in containers}
    forms = {form for root in roots for form in root.iter("form") if asks_password(form)}
    return Inherited(forms.__contains__) if forms else lambda _: False


def _noting(before: list[Block], after: list[Block], reason: str, reasons: Reasons) -> list[Block]:
    """What a rule left, with its reason noted for what it took away."""
    if len(after) < len(before):
        left = set(after)
        reasons.update((block, reason) for block in before if block not in left)
    return after


def _names_links(block: Block) -> bool:
    """Whether a block above a link is a label for it: `JANGAN LEWATKAN!!!`; a sentence and a heading are not."""
    return not block.heading and len(block.text) < _LABEL and block.text[-1:] not in _ENDS and block.element.tag == "p"


def _belongs(block: Block, apart: Inherited, kin: Kin | None) -> bool:
    """Whether a block is text by its place, whatever its names say: a heading or a quotation amid the paragraphs."""
    parent = block.element.getparent()
    if parent is None or kin is None:
        return False
    if block.heading:  # its own name says how it looks
        return not apart(parent) and (str(parent.tag), parent.get("class")) == kin[2:] and not block.linked
    quote = next(
        block.element.iterancestors("blockquote"), block.element if block.element.tag == "blockquote" else None
    )
    return quote is not None and len(block.text) >= _QUOTED and not is_never_text(quote) and _is_quotation(quote)


def _is_quotation(quote: HtmlElement) -> bool:
    """Whether what stands around a quotation up to the text is a frame for it, and not a box of its own."""
    frame = quote.getparent()
    return frame is not None and frame.tag not in {"aside", "nav", "footer"} and not is_never_text(frame)


def _without_authors(blocks: list[Block], containers: Collection[HtmlElement]) -> list[Block]:
    """The blocks without those of boxes that present an author."""
    roots = [container for container in containers if next(container.iter("a"), None) is not None]
    boxes = {box for root in roots for box in author_boxes(root, containers, blocks)}
    inside = Inherited(boxes.__contains__, containers)
    return [block for block in blocks if not inside(block.element)] if boxes else blocks


def _until_comments(blocks: list[Block]) -> list[Block]:
    """The blocks before the comments; a line above all prose only counts them."""
    told = next((place for place, block in enumerate(blocks) if _is_prose(block)), 0)
    starts = (place for place, block in enumerate(blocks) if place > told and starts_comments(block.text))
    return blocks[: next(starts, len(blocks))]


def _until_end(blocks: list[Block]) -> list[Block]:
    """The blocks before a list of other articles in the second half.

    Paragraphs after such a list are text where they stand beside most of the others.
    """
    total = length_of(blocks)
    before = 0
    for place, block in enumerate(blocks):
        if 2 * before > total and starts_others(block.text):
            return blocks[:place] + _beside(blocks[:place], blocks[place + 1 :])
        before += len(block.text)
    return blocks


def _beside(text: list[Block], others: list[Block]) -> list[Block]:
    """Blocks up to the last long paragraph of the same kin as most of the text."""
    kin = main_kin((block for block in text if block.element.tag in _RUNNING), 1)
    places = [place for place, block in enumerate(others) if _is_prose(block) and block.kin == kin]
    return [block for block in others[: places[-1] + 1] if block.kin == kin or _heads(block, kin)] if places else []


def _heads(block: Block, kin: Kin | None) -> bool:
    """Whether a heading stands where the paragraphs of a kin stand."""
    return block.heading and kin is not None and block.kin[2:] == kin[2:]


def holds_nothing(blocks: list[Block]) -> bool:
    """Whether some labels are all that was found."""
    return length_of(blocks) < _LABELS_ONLY and length_of(filter(_is_prose, blocks)) < _NO_TEXT


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _PROSE and _END.search(block.text) is not None


def _is_linked(block: Block) -> bool:
    """Whether a block is a link rather than a sentence with links in it."""
    if block.link_share <= _MOST_LINKED:
        return False
    if _ADDRESS.search(block.text):  # printed for its own sake
        return False
    if block.element.tag == "tr":  # a name that is a link, and its values
        return block.link_share >= _MOST_LINKED_SENTENCE
    sentence = _END.search(block.text) is not None and (len(block.text) >= _PROSE or _leads_in(block))
    return not sentence or block.link_share >= _MOST_LINKED_SENTENCE


def _leads_in(block: Block) -> bool:
    """Whether some words of a sentence stand before its first link, and are no label of it."""
    lead = "".join(block.texts[: block.marks[0][0]]).strip() if block.marks else ""
    return len(lead.split()) >= _LEAD_WORDS and not lead.endswith(":")


def length_of(blocks: Iterable[Block]) -> int:
    """Characters of text."""
    return sum(len(block.text) for block in blocks)


def _is_text(block: Block, kin: Kin | None) -> bool:
    """Whether a block is a sentence, a paragraph by tag or kin, or a dateline outside the first paragraph."""
    text = block.text
    if is_open_dateline(text):
        return True
    if is_date_line(text) or names_only(text):
        return False
    if block.heading or len(text) >= _PROSE or block.element.tag in _TEXT_TAGS or block.kin == kin:
        return True
    return _END.search(text) is not None


def trimmed(blocks: list[Block], reasons: Reasons | None = None) -> list[Block]:
    """The text among the blocks: no label between, no byline or date before the first sentence or after the last."""
    return _noting(blocks, _trimmed(blocks), "label", {} if reasons is None else reasons)


def _trimmed(blocks: list[Block]) -> list[Block]:
    kin = main_kin(blocks, _PROSE)
    blocks = [block for block in blocks if _is_text(block, kin)]
    sentences = [place for place, block in enumerate(blocks) if not block.heading and _is_sentence(block.text)]
    if not sentences:
        return blocks
    first, last = sentences[0], sentences[-1] + 1
    above = [block for block in blocks[:first] if len(block.text) >= _STANDFIRST and _END.search(block.text)]
    opens = blocks[last - 1].text.endswith(":")
    below = [block for block in blocks[last:] if block.heading or not _is_label(block) or (opens and block.kin == kin)]
    return [*(above if first <= _LABELS else blocks[:first]), *blocks[first:last], *below]


def _is_label(block: Block) -> bool:
    """Whether a block after the text is none of it; a signature in brackets is."""
    return len(block.text) < _LABEL and block.element.tag not in _LISTED and not block.text.endswith((")", "]"))


def is_sentence(block: Block) -> bool:
    """Whether a block is long enough for prose or ends as a sentence does."""
    return not block.heading and _is_sentence(block.text)


def _is_sentence(text: str) -> bool:
    return len(text) >= _PROSE or _END.search(text) is not None or is_open_dateline(text)


def with_headings(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without headings that no text follows."""
    return list(_with_headings(blocks))


def _with_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """Headings stay where text follows them, one of a lower rank between or not."""
    pending: list[Block] = []
    for block in blocks:
        if block.heading:
            while pending and str(pending[-1].element.tag) >= str(block.element.tag):
                pending.pop()
            pending.append(block)
            continue
        yield from pending
        pending.clear()
        yield block
