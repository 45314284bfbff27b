"""Kinds of editing that a republished article goes through: each is a positive of the labelled set.

A kind takes a story and gives what another desk, or a later hour of the same one, prints of it. Two kinds that belong
to one outlet (a live blog, a correction) stay with the story's outlet; others go to either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.deduplication_generator import FIRST_DAY, OUTLETS, Row, Stories, drawn, row

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

SOFT_HYPHEN, ZERO_WIDTH, NO_BREAK = chr(0xAD), chr(0x200B), chr(0xA0)
_SYNONYMS = {
    "mengatakan": "menyebut", "menyatakan": "menyampaikan", "menjelaskan": "menerangkan", "karena": "sebab",
    "lantaran": "karena", "tetapi": "namun", "selain": "di samping", "sebanyak": "sekitar", "kata": "ujar",
    "agar": "supaya", "demi": "untuk", "setelah": "usai", "ketika": "saat", "dekat": "di sekitar",
    "menambahkan": "melanjutkan", "bahwa": "kalau", "hingga": "sampai", "belakangan": "akhir-akhir",
}  # fmt: skip
_FURNITURE = (
    "Gabung dengan pembaca lain di kanal kami.", "IKLAN", "Berita lain: Harga Kopi Rakyat Kembali Naik",
    "Bagikan lewat ponsel Anda", "Terkait", "Foto: dokumentasi desa", "Naskah disunting oleh meja daerah.",
)  # fmt: skip
_CLICK = ("Terungkap!", "Warga Heboh,", "Ini Alasan", "Fakta Baru:", "Simak")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CONFUSED = {"rn": "m", "l": "1", "o": "0", "i": "l", "e": "c", "h": "b", "a": "o", "u": "v", "t": "f", "n": "ri"}


@dataclass(frozen=True)
class Copy:
    """What is printed of a story, where and when."""

    headline: str
    paragraphs: list[str]
    outlet: str
    when: datetime
    url: str
    other: list[str]
    """Paragraphs of another story, for what is added."""


Kind = "Callable[[Copy, random.Random], Copy]"


def _words(copy: Copy, change: Callable[[str], str]) -> Copy:
    return replace(copy, paragraphs=[" ".join(map(change, line.split())) for line in copy.paragraphs])


def soft_hyphens(copy: Copy, chance: random.Random) -> Copy:
    """Soft hyphens inside most longer words, as hyphenation programs write them."""
    return _words(copy, lambda word: _inside(word, SOFT_HYPHEN) if len(word) > 5 and chance.random() < 0.7 else word)


def zero_width(copy: Copy, chance: random.Random) -> Copy:
    """Zero-width spaces inside words and no-break spaces between them, against copying."""
    hidden = _words(copy, lambda word: _inside(word, ZERO_WIDTH) if chance.random() < 0.4 else word)
    return replace(hidden, paragraphs=[line.replace(" ", NO_BREAK, 9) for line in hidden.paragraphs])


def _inside(word: str, mark: str) -> str:
    return word[: len(word) // 2] + mark + word[len(word) // 2 :]


def trimmed(copy: Copy, chance: random.Random) -> Copy:
    """The last paragraphs cut."""
    return replace(copy, paragraphs=copy.paragraphs[: max(2, int(len(copy.paragraphs) * chance.uniform(0.4, 0.8)))])


def extended(copy: Copy, chance: random.Random) -> Copy:
    """Paragraphs of other news added at the end."""
    return replace(copy, paragraphs=[*copy.paragraphs, *copy.other[1 : 1 + chance.randint(1, 3)]])


def headed(copy: Copy, chance: random.Random) -> Copy:
    """Another headline, a few words cut."""
    words = copy.headline.split()
    return replace(copy, headline=f"{chance.choice(_CLICK)} {' '.join(words[chance.randint(0, 2) :])}")


def synonyms(copy: Copy, chance: random.Random) -> Copy:
    """Words of the same meaning, as a desk puts them."""

    def change(word: str) -> str:
        bare = word.strip('.,"').lower()
        new = _SYNONYMS.get(bare)
        if new is None or chance.random() < 0.35:
            return word
        return re.sub(re.escape(bare), new, word, flags=re.IGNORECASE)

    return _words(copy, change)


def typos(copy: Copy, chance: random.Random) -> Copy:
    """A letter doubled, dropped or moved in one word of a hundred."""
    return _words(copy, lambda word: _typo(word, chance) if len(word) > 4 and chance.random() < 0.015 else word)


def _typo(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 2)
    moved = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return chance.choice((moved, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]))


def ocr(copy: Copy, chance: random.Random) -> Copy:
    """Eight of a hundred words read wrongly by a machine."""

    def misread(word: str) -> str:
        places = [letters for letters in _CONFUSED if letters in word]
        if not places or chance.random() >= 0.1:
            return word
        letters = chance.choice(places)
        return word.replace(letters, _CONFUSED[letters], 1)

    return _words(copy, misread)


def glued(copy: Copy, chance: random.Random) -> Copy:
    """Blanks lost where a link began."""
    lost = lambda _: "" if chance.random() < 0.015 else " "  # noqa: E731
    return replace(copy, paragraphs=[re.sub(" (?=[a-z])", lost, line) for line in copy.paragraphs])


def furniture(copy: Copy, chance: random.Random) -> Copy:
    """Lines of the page between paragraphs."""
    lines = list(copy.paragraphs)
    for line in chance.sample(_FURNITURE, 3):
        lines.insert(chance.randint(1, len(lines)), line)
    return replace(copy, paragraphs=lines)


def dateline(copy: Copy, chance: random.Random) -> Copy:
    """Another desk's dateline, and its numbers and quotes in house style."""
    first = f"{chance.choice(('Jakarta', 'PALU', 'Medan'))}, {chance.choice(('Kabar', 'WARTA'))} - {copy.paragraphs[0]}"
    styled = [line.replace('"', "'").replace("juta rupiah", "juta Rupiah") for line in [first, *copy.paragraphs[1:]]]
    return replace(copy, paragraphs=styled)


def new_lead(copy: Copy, chance: random.Random) -> Copy:
    """The first paragraph rewritten, the remainder as it was."""
    lead = f"{copy.headline}. Peristiwa itu menjadi bahan pembicaraan, {chance.choice(('Senin', 'Rabu', 'Jumat'))}."
    return replace(copy, paragraphs=[lead, *copy.paragraphs[1:]])


def middle(copy: Copy, chance: random.Random) -> Copy:
    """Three tenths out of the middle, under the same headline."""
    words = [(word, place) for place, line in enumerate(copy.paragraphs) for word in line.split()]
    start = int(len(words) * chance.uniform(0.3, 0.4))
    kept = words[start : start + int(len(words) * 0.3)]
    places = dict.fromkeys(place for _, place in kept)
    return replace(copy, paragraphs=[" ".join(word for word, at in kept if at == place) for place in places])


def teaser(copy: Copy, _chance: random.Random) -> Copy:
    """The first forty words, as a feed has them."""
    return replace(copy, paragraphs=[" ".join(" ".join(copy.paragraphs).split()[:40]) + " ..."])


def reordered(copy: Copy, chance: random.Random) -> Copy:
    """Two paragraphs change places."""
    lines = list(copy.paragraphs)
    at = chance.randrange(1, len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return replace(copy, paragraphs=lines)


def split(copy: Copy, _chance: random.Random) -> Copy:
    """Every sentence a paragraph."""
    return replace(copy, paragraphs=[part for line in copy.paragraphs for part in _SENTENCE.split(line)])


def thinned(copy: Copy, chance: random.Random) -> Copy:
    """Inner paragraphs dropped."""
    lines = list(copy.paragraphs)
    for _ in range(min(2, len(lines) - 2)):
        lines.pop(chance.randrange(1, max(2, len(lines) - 1)))
    return replace(copy, paragraphs=lines)


def live_blog(copy: Copy, chance: random.Random) -> Copy:
    """News of the next hours above the older text, in the same outlet."""
    added = [f"Pukul {9 + hour}.{chance.randrange(10, 59)}. {line}" for hour, line in enumerate(copy.other[:4])]
    when = copy.when + timedelta(hours=chance.randint(1, 9))
    return replace(copy, paragraphs=[*added[: chance.randint(2, 4)], *copy.paragraphs], when=when)


def told_anew(copy: Copy, chance: random.Random) -> Copy:
    """The lead rewritten under another headline, in the same outlet."""
    again = new_lead(headed(copy, chance), chance)
    return replace(again, when=copy.when + timedelta(hours=3))


def correction(copy: Copy, chance: random.Random) -> Copy:
    """A number put right, with a note that says which, in the same outlet."""
    places = [(at, found) for at, line in enumerate(copy.paragraphs) for found in re.finditer(r"\b\d+\b", line)]
    lines = list(copy.paragraphs)
    note = "Ralat: nama tempat pada kalimat pertama telah diperbaiki."
    if places:
        at, found = chance.choice(places)
        right = str(int(found[0]) + chance.randint(1, 40))
        lines[at] = lines[at][: found.start()] + right + lines[at][found.end() :]
        note = f"Ralat: pada berita sebelumnya tertulis {found[0]}, seharusnya {right}. Redaksi memohon maaf."
    return replace(
        copy, headline=f"RALAT: {copy.headline}", paragraphs=[*lines, note], when=copy.when + timedelta(hours=5)
    )


OWN_OUTLET = (live_blog, told_anew, correction)
"""Kinds that only the story's own outlet prints."""
KINDS = (
    soft_hyphens, zero_width, trimmed, extended, headed, synonyms, typos, ocr, glued, furniture, dateline, new_lead,
    middle, teaser, reordered, split, thinned, *OWN_OUTLET,
)  # fmt: skip
"""Kinds of editing of a story; `brief` is one more, of texts too short for the others."""


def copies(stories: Stories, seed: str, count: int) -> Iterator[Row]:
    """Stories with one or two copies each, briefs with a copy, and news that carries a part of other news."""
    for number in range(count):
        chance = drawn(f"{seed}/copies/{number}")
        headline, paragraphs = stories.story(number)
        outlet, name = chance.choice(OUTLETS), f"{seed}-s{number}"
        when = FIRST_DAY + timedelta(minutes=chance.randrange(60 * 24 * 60))
        url = f"https://{outlet}/berita/{chance.randrange(10**6)}/{headline.lower().replace(' ', '-')}"
        yield row(name, url, outlet, when, headline, "\n".join(paragraphs), "-", "base", name)
        first = Copy(headline, paragraphs, outlet, when, url, stories.story(count + number)[1])
        for place in range(chance.choice((1, 2))):
            kind = KINDS[(number + 7 * place) % len(KINDS)]
            printed = kind(first, chance)
            home = outlet if kind in OWN_OUTLET or chance.random() < 0.4 else chance.choice(OUTLETS)
            later = printed.when if kind in OWN_OUTLET else when + timedelta(minutes=chance.randint(20, 2000))
            text = "\n".join(printed.paragraphs)
            yield row(f"{name}-{place}", "", home, later, printed.headline, text, kind.__name__, "copy", name)
    yield from _briefs(stories, seed, count // 6)
    yield from releases(stories, seed, count // 20)
    yield from _negatives(stories, seed, count)


def _briefs(stories: Stories, seed: str, count: int) -> Iterator[Row]:
    for number in range(count):
        chance = drawn(f"{seed}/briefs/{number}")
        headline, text = stories.brief(number)
        name, when = f"{seed}-b{number}", FIRST_DAY + timedelta(minutes=chance.randrange(60 * 24 * 60))
        outlet, other = chance.sample(OUTLETS, 2)
        yield row(name, "", outlet, when, headline, text, "-", "base", name)
        words = text.split()
        change = number % 3
        if change == 0:
            words = ["Kota", "(Kabar)", "-", *words]
        elif change == 1:
            words = [_SYNONYMS.get(word, word) for word in words]
        else:
            words.insert(chance.randrange(3, len(words) - 3), "kembali")
        yield row(f"{name}-0", "", other, when + timedelta(hours=1), headline, " ".join(words), "brief", "copy", name)
        digits = re.search(r"\d+", text)
        if digits:  # the same form with another number and town: news of its own
            again = text.replace(digits[0], str(int(digits[0]) + 1))
            later = when + timedelta(days=2)
            yield row(f"{name}-n", "", outlet, later, headline, again, "brief-number", "negative")


_LONGER = 7
"""Paragraphs of a story of which two are a small part."""
_BOILERPLATE = """
Tentang Yayasan Tirta Desa. Yayasan Tirta Desa didirikan oleh warga pada 1992 dan mendampingi lebih dari tiga
ratus desa dalam mengelola air, sampah, dan hutan rakyat. Kantor pusatnya berada di tepi sungai.

Yayasan Tirta Desa bekerja tanpa memungut biaya dan diaudit setiap tahun. Laporan keuangan dapat diunduh dari
laman resmi, sedangkan sumbangan disalurkan melalui rekening bersama yang diawasi para tetua.

Keterangan lebih lanjut dapat diperoleh dari bagian hubungan masyarakat pada hari dan jam kerja. Foto dalam
siaran ini bebas dimuat dengan menyebut sumbernya.
"""
"""Paragraphs that a sender puts under each of its releases."""


def releases(stories: Stories, seed: str, count: int) -> Iterator[Row]:
    """Releases of one sender: a lead of its own each, and the same boilerplate under it."""
    for number in range(count):
        chance = drawn(f"{seed}/releases/{number}")
        headline, lines = stories.story(5 * 10**6 + number)
        when = FIRST_DAY + timedelta(days=4 * number)
        text = "\n".join([lines[0], *(" ".join(part.split()) for part in _BOILERPLATE.split("\n\n"))])
        yield row(f"{seed}-p{number}", "", chance.choice(OUTLETS), when, headline, text, "release", "negative")


def _negatives(stories: Stories, seed: str, count: int) -> Iterator[Row]:
    """Follow-ups with old background, and round-ups that carry the beginnings of several longer stories."""
    told = [stories.story(number) for number in range(count)]
    longer = [story for story in told if len(story[1]) >= _LONGER]
    for number in range(0, count, 6):
        chance = drawn(f"{seed}/negatives/{number}")
        when = FIRST_DAY + timedelta(days=61, minutes=number)
        headline, own = stories.story(3 * count + number)
        old = next(lines for title, lines in chance.sample(longer, len(longer)) if _nothing_shared(title, headline))
        text = "\n".join([*own[:4], f"Sebelumnya diberitakan, {old[-2]}", old[-1]])
        yield row(f"{seed}-f{number}", "", chance.choice(OUTLETS), when, headline, text, "background", "negative")
        picked = chance.sample(longer, 4)
        carried = [line for title, lines in picked for line in (title, *lines[:2])]
        title = f"Terpopuler: {picked[0][0]}"
        yield row(
            f"{seed}-r{number}", "", chance.choice(OUTLETS), when, title, "\n".join(carried), "roundup", "negative"
        )


def _nothing_shared(one: str, other: str) -> bool:
    return set(one.split()).isdisjoint(other.split())
