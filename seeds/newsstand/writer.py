"""Writes the words of one story: headline, paragraphs, captions, comments, all from one stream of chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Literal

from seeds.newsstand.almanac import ZONES, weekday
from seeds.newsstand.prose import Voice
from seeds.newsstand.words import Section, Topic, common_words, load_section

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

Shape = Literal["plain", "long", "subheads", "list", "quote"]
Kind = Literal["p", "h3", "li", "blockquote"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a body and the kind of element that holds it."""

    text: str
    kind: Kind = "p"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A story as the newsroom hands it over, before it is laid out."""

    headline: str
    place: str
    """Where it was filed from: the dateline's place."""
    zone: str
    """WIB, WITA or WIT, by place."""
    blocks: tuple[Block, ...]
    """Without the dateline; the first one is a plain paragraph."""
    tags: tuple[str, ...]
    reporter: str
    editor: str
    caption: str
    comments: tuple[tuple[str, str], ...]
    """Name and text."""
    voice: Voice
    """For whoever adds a sentence or another headline to the same story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The beginning of a story: all that a list of stories needs to know of it."""

    headline: str
    lead: str
    place: str
    zone: str
    section: Section
    topic: Topic
    voice: Voice


def open_story(stream: str, section_key: str, written_at: datetime) -> Opening:
    """Begin a story; the same arguments give the same words."""
    section = load_section(section_key)
    chance = Random(stream)  # noqa: S311 - words, not secrets
    topic = section.topics[int(chance.random() * len(section.topics))]
    place, zone, facts = _facts(chance, section, written_at)
    voice = Voice(chance, section.words, facts)
    for name in ("jabatan", "peran", "lembaga"):
        facts[name] = voice.say(voice.pick(section.words[name]))
    number = int(chance.random() * len(topic.headlines))
    headline, lead = voice.agree(topic.headlines[number], topic.leads[number])
    return Opening(headline=headline, lead=lead, place=place, zone=zone, section=section, topic=topic, voice=voice)


def write(stream: str, section_key: str, written_at: datetime, shape: Shape) -> Manuscript:
    """Write a whole story; it begins as `open_story` of the same stream."""
    opening = open_story(stream, section_key, written_at)
    voice, words = opening.voice, opening.section.words
    return Manuscript(
        headline=opening.headline,
        place=opening.place,
        zone=opening.zone,
        blocks=(Block(opening.lead), *_body(voice, opening.section, opening.topic, shape)),
        tags=(*opening.topic.tags, opening.place.lower()),
        reporter=voice.pick(words["reporter"]),
        editor=voice.pick(words["penyunting"]),
        caption=voice.sentence(voice.pick(words["keterangan"])),
        comments=tuple(_comments(voice)),
        voice=voice,
    )


def _facts(chance: Random, section: Section, written_at: datetime) -> tuple[str, str, dict[str, str]]:
    words = section.words

    def pick(name: str) -> str:
        return words[name][int(chance.random() * len(words[name]))]

    city, province, zone = pick("kota").split("|")
    facts = {"kota": city, "prov": province, "wilayah": pick("wilayah"), "wilayah_dua": pick("wilayah")}
    for person, family in (("tokoh", "marga"), ("saksi", "saksi_marga")):
        facts[family] = pick("nama_belakang")
        facts[person] = f"{pick('nama_depan')} {facts[family]}"
    place = city
    if "negara_kota" in words:
        facts["negara"], place = pick("negara_kota").split("|")
        facts["ibu_kota"], zone = place, "WIB"
    for name in ("negeri", "lawan", "limbah", "luar", "warna"):
        if name in words:
            facts[name] = pick(name)
    local = written_at.astimezone(ZONES[zone])
    facts["hari"] = f"{weekday(local)} ({local.day}/{local.month})"
    return place, zone, facts


_SENTENCES = {"plain": (5, 4, 5), "long": (6, 6, 12)}
_QUOTES = {"plain": (2, 2, 2), "long": (3, 3, 5)}


def _body(voice: Voice, section: Section, topic: Topic, shape: Shape) -> Iterator[Block]:
    common = common_words()
    pools = (topic.sentences, section.sentences, common["isi"])
    size = "long" if shape == "long" else "plain"
    said = [
        voice.sentence(text)
        for pool, count in zip(pools, _SENTENCES[size], strict=True)
        for text in voice.chance.sample(pool, count)
    ]
    quotes = [
        voice.sentence(f'"{text},"')
        for pool, count in zip((topic.quotes, section.quotes, common["kutip"]), _QUOTES[size], strict=True)
        for text in voice.chance.sample(pool, count)
    ]
    voice.chance.shuffle(said)
    voice.chance.shuffle(quotes)
    yield Block(f"{quotes.pop()} {voice.say('{ujar} {jabatan} {tokoh}, {hari}.')} {said.pop()}")
    yield Block(f"{said.pop()} {quotes.pop()} {voice.say('{ujar} {saksi}, {peran} [asal|dari] {wilayah}.')}")
    if shape == "quote":
        yield Block(quotes.pop().removesuffix('",').removesuffix(',"') + '."', "blockquote")
    yield from _rest(voice, said, quotes, shape)


def _rest(voice: Voice, said: list[str], quotes: list[str], shape: Shape) -> Iterator[Block]:
    written = 0
    while said or quotes:
        if shape == "subheads" and written in {1, 3}:
            yield Block(voice.sentence(voice.pick(voice.words["subjudul"])), "h3")
        if shape == "list" and written == 2:  # noqa: PLR2004 - in the middle
            for item in voice.chance.sample(voice.words["butir"], 4):
                yield Block(voice.sentence(item) + ".", "li")
        sentences = [said.pop() for _ in range(min(len(said), 1 + int(voice.chance.random() * 2)))]
        if quotes and (not said or voice.chance.random() < 0.6):  # noqa: PLR2004 - more often than not
            sentences.append(f"{quotes.pop()} {voice.say('{ujar} [{marga}|{saksi_marga}].')}")
        yield Block(" ".join(sentences))
        written += 1


def _comments(voice: Voice) -> Iterator[tuple[str, str]]:
    for text in voice.chance.sample(voice.words["komentar"], 2 + int(voice.chance.random() * 3)):
        yield voice.say("{nama_depan} {nama_belakang}"), voice.sentence(text)
