"""A story as it appears: the plan and the manuscript laid out, with everything its page states."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from seeds.newsstand.almanac import FORMS, print_moment
from seeds.newsstand.words import load_section
from seeds.newsstand.writer import Block, Manuscript, open_story, write

if TYPE_CHECKING:
    from seeds.newsstand.plans import Plan
    from seeds.newsstand.prose import Voice

AGENCY = "Kabar Nusa"
_AGENCY_SENTENCE = "{lembaga} [berjanji|siap] [mengabarkan|mengumumkan] [perkembangan|kelanjutan]nya {nanti}."
_DASHES = (" - ", " – ")
_TIERS = ("jsonld", "meta", "jsonld", "bare")
_CORRECTION = (
    "Panitia mencatat {} relawan hadir dan {} di antaranya menetap hingga acara selesai, kata pengurus setempat."
)
_UNSTORABLE = (
    "Arsiparis menyalin baris rusak apa adanya, termasuk tanda \ufffd di ujung nama dan \ufffd di tengah angka."
)
_LEGACY = (
    "Kafe “Kopi Tjap Moeka” menyajikan crème brûlée pisang – resep José, juru masak asal Timor – dengan ‘gula lontar’."
)


class Link(NamedTuple):
    """All that a list needs to know of a story."""

    path: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything the page of one story states."""

    plan: Plan
    headline: str
    blocks: tuple[Block, ...]
    """As printed, the dateline included."""
    place: str
    dateline: str
    dash: str
    zone: str
    tags: tuple[str, ...]
    reporter: str
    editor: str
    caption: str
    comments: tuple[tuple[str, str], ...]
    reads: int | None
    modified_at: datetime | None = None
    hidden: int = 0
    """How many of the last blocks are behind the paywall and not in the page."""
    printed: str
    """The date line."""

    @property
    def label(self) -> str:
        """The section's label: `Internasional`."""
        return load_section(self.plan.section).label

    @property
    def tier(self) -> str:
        """How much structured data the page carries: `jsonld`, `meta` or `bare`."""
        return tier(self.plan)

    @property
    def path(self) -> str:
        """Path of its page."""
        return story_path(self.plan, self.headline)

    @property
    def shown(self) -> tuple[Block, ...]:
        """The blocks that are in the page."""
        return self.blocks[: len(self.blocks) - self.hidden]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Expected paragraphs of the page."""
        return tuple(block.text for block in self.shown)

    @property
    def pages(self) -> int:
        """Into how many pages the body is split."""
        return 3 if self.plan.shape == "long" and not self.hidden else 1

    @property
    def byline(self) -> str:
        """The printed author line."""
        return f"{('Reporter:', 'Penulis:', 'Oleh:')[self.plan.number % 3]} {self.reporter}"


def tier(plan: Plan) -> str:
    """How much structured data the page of a plan carries."""
    if plan.special in {"changing", "paywalled", "subscribers", "photo", "video", "unstorable"}:
        return "jsonld"
    return _TIERS[plan.number % 4]


def modified(plan: Plan, corrected_at: datetime | None) -> datetime | None:
    """When the page says it was modified; None where it says nothing."""
    if plan.special == "changing" and corrected_at is not None:
        return corrected_at
    return plan.published_at + timedelta(minutes=37) if plan.touched and tier(plan) != "bare" else None


def headline_of(plan: Plan) -> str:
    """The headline alone: a tenth of the work of the whole story."""
    if plan.special == "seed":
        return seed_text().split("\n\n")[1]
    opening = open_story(plan.stream, plan.section, plan.written_at or plan.published_at)
    return _entitled(plan, opening.headline, opening.voice)


def _entitled(plan: Plan, headline: str, voice: Voice) -> str:
    match plan.special:
        case "trimmed":
            return f"{voice.say('{marga}')}: {headline}"
        case "extended":
            return f"{voice.say('Kabar {prov}')}: {headline}"
        case "unstorable":
            return f"{headline} \ufffd"
    return headline


def slug(words: str) -> str:
    """Words as part of a URL."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def story_path(plan: Plan, headline: str) -> str:
    """Path of the page of a story; some slugs keep the hyphen of trimmed punctuation."""
    folder = "/cetak" if plan.special == "disallowed" else ""
    name = {"photo": "foto", "video": "video"}.get(plan.special, plan.section)
    tail = "-" if plan.number % 9 == 4 else ""  # noqa: PLR2004 - one in nine
    return f"{folder}/news-{plan.number}-{name}-{slug(headline)}{tail}.html"


def lay_out(plan: Plan, name: str, corrected_at: datetime | None) -> Story:
    """The story of a plan.

    Args:
        plan: what was planned.
        name: the newspaper's name, for datelines.
        corrected_at: when edition 2 appeared, for the story that changes; None in edition 1.
    """
    if plan.special == "seed":
        return _seed_story(plan, name)
    manuscript = write(plan.stream, plan.section, plan.written_at or plan.published_at, plan.shape)
    story = _compose(plan, manuscript, name, modified(plan, corrected_at))
    match plan.special:
        case "trimmed" | "extended":
            story = _republished(story, manuscript, name)
        case "changing":
            figures = (214, 96) if corrected_at is None else (241, 69)
            story = _with_block(story, _CORRECTION.format(*figures))
        case "legacy":
            story = _with_block(story, _LEGACY)
        case "unstorable":
            reporter = story.reporter.replace(" ", " \ufffd", 1) + "\ufffd"
            story = _with_block(replace(story, tags=(*story.tags, "arsip\ufffd"), reporter=reporter), _UNSTORABLE)
        case "paywalled":
            story = replace(story, hidden=len(story.blocks) - 3)
        case "subscribers":
            story = replace(story, hidden=len(story.blocks))
    return story


def _compose(plan: Plan, manuscript: Manuscript, name: str, modified_at: datetime | None) -> Story:
    number = plan.number
    dateline, dash = f"{manuscript.place}, {name}", _DASHES[len(manuscript.headline) % 2]
    return Story(
        plan=plan,
        headline=_entitled(plan, manuscript.headline, manuscript.voice),
        blocks=_dated(manuscript.blocks, dateline, dash),
        place=manuscript.place,
        dateline=dateline,
        dash=dash,
        zone=manuscript.zone,
        tags=manuscript.tags,
        reporter=manuscript.reporter,
        editor=manuscript.editor,
        caption=manuscript.caption,
        comments=manuscript.comments,
        reads=None if number % 19 == 4 else 37 + number * 7919 % 9941,  # noqa: PLR2004 - one in nineteen
        modified_at=modified_at,
        printed=print_moment(plan.published_at, manuscript.zone, number % FORMS, name),
    )


def _dated(blocks: tuple[Block, ...], dateline: str, dash: str) -> tuple[Block, ...]:
    lead, *rest = blocks
    # A trailing no-break space, as the content systems of newspapers leave it: it belongs to the text.
    if len(rest) > 2 and len(lead.text) % 3 == 0:  # noqa: PLR2004 - room for it
        rest[1] = replace(rest[1], text=rest[1].text + "\u00a0")
    return (replace(lead, text=f"{dateline}{dash}{lead.text}"), *rest)


def _with_block(story: Story, text: str) -> Story:
    return replace(story, blocks=(*story.blocks[:2], Block(text), *story.blocks[2:]))


def _republished(story: Story, manuscript: Manuscript, name: str) -> Story:
    voice = manuscript.voice
    trimmed = story.plan.special == "trimmed"
    place = "Jakarta" if story.place != "Jakarta" else "Surabaya"
    dateline = f"{place}, {AGENCY}"
    added = Block(voice.sentence(_AGENCY_SENTENCE))
    kept = manuscript.blocks[: -(len(manuscript.blocks) // 4)] if trimmed else manuscript.blocks
    return replace(
        story,
        dateline=dateline,
        place=place,
        zone="WIB",
        printed=print_moment(story.plan.published_at, "WIB", story.plan.number % FORMS, name),
        blocks=_dated((*kept, added), dateline, story.dash),
    )


@cache
def seed_text() -> str:
    """`seeds/article.txt`: the seed format by example."""
    return (files("seeds") / "article.txt").read_text("utf-8")


def _seed_story(plan: Plan, name: str) -> Story:
    _, headline, *paragraphs, reads = seed_text().split("\n\n")
    manuscript = write(plan.stream, plan.section, plan.published_at, "plain")
    dateline, dash, _ = re.split("( - )", paragraphs[0], maxsplit=1)
    return replace(
        _compose(plan, manuscript, name, modified(plan, None)),
        headline=headline,
        blocks=tuple(Block(text) for text in paragraphs),
        place="Kabul",
        dateline=dateline,
        dash=dash,
        zone="WIB",
        tags=("afganistan", "taliban", "kandahar"),
        caption="Sudut kota Kandahar dalam gambar arsip.",
        reads=int(reads),
        printed=print_moment(plan.published_at, "WIB", 0, name),
    )
