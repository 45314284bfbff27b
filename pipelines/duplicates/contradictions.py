"""Whether two texts of one form say different things: what keeps instances of a template apart. Pure and symmetric.

The rule:
 1. Put the texts side by side. A slot is a place where they differ between equal words (`alignment`).
 2. Fillings that are one word otherwise written are no contradiction: misspelt, misread, abbreviated, glued.
 3. Other numbers contradict, and other names: words written with a capital inside sentences. Each counts 1.
 4. A name that the other text has elsewhere counts half: lists in another order, or a person called otherwise.
 5. Phrases of three and more plain words count half; a plain word or two count nothing: desks replace those.
 6. A headline names what its article is about. Where each names something that its own text has too and the other
    article nowhere has, that counts 2.
 7. A correction changes one thing in much text: in `FREE_TEXT` common words one contradiction is tolerated, in twice
    as many two.
 8. What is cut, added or put elsewhere stands in no slot and says nothing against a copy.
 9. Passages between equal ones that each text has instead of the other's count 2 where they are `INSTEAD` of the
    shorter text: the saying of the day, in the frame of every day. Lines of another matter altogether count 1 each
    from `LINES` of it on: a line of the page is as long, but a smaller part.
10. Plain words in a slot, a passage that each text has instead of the other's, and own matter of both are doubts: they
    part the two once one of them is known for an instance of a template (`clusters`).
Field lore: daily forecasts, prices, timetables, court lists, horoscopes, vacancies and releases share 70 to 99 % of
their words with the day before and differ in two to ten slots; real copies have none in 98 of 100 pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from pipelines.duplicates.alignment import LONGEST_FILLING, added, gaps_of, slots
from pipelines.duplicates.fingerprints import GRAM
from pipelines.duplicates.spelling import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.duplicates.alignment import Slot
    from pipelines.duplicates.fingerprints import Fingerprint

Kind = Literal["number", "name", "moved name", "phrase", "word", "headline", "lead", "line", "passage"]

WEIGHTS: dict[Kind, float] = {
    "number": 1,
    "name": 1,
    "moved name": 0.5,
    "phrase": 0.5,
    "word": 0,
    "headline": 2,
    "lead": 2,
    "line": 1,
    "passage": 2,
}
FREE_TEXT = 150
"""Common words in which one contradiction is a correction."""
MOST_CORRECTED = 2
"""Contradictions of a correction."""
PHRASE = 3
"""Words of a phrase."""
LEADS_TOLD, LEADS_TOLD_ELSEWISE, HEADLINES_ALIKE = 0.4, 0.6, 0.3
"""Share of a lead's longer words that the other article has where it tells of the same; elsewise: under headlines that
are not alike."""
INSTEAD = 0.35
"""Of the shorter text, the share of inner passages that the other one has others for; lines of the page are less."""
LINES = 0.21
"""The same for passages of another matter: one line of a page among the few lines of a short text is less."""
OTHER_MATTER = 0.25
"""Share of a passage's longer words in the other one below which it is of another matter, not the same retold."""
_CREDITS, _CREDIT = 3, 6
"""Lines of credits, and words of one."""
SHOWN, SHOWN_BEFORE = 12, 3
"""Words of a lead and before a slot, when a contradiction is told."""


class Contradiction(NamedTuple):
    """What the two texts say in one place."""

    kind: Kind
    one: str
    other: str
    before: str
    """Words before it."""

    @property
    def weight(self) -> float:
        """How much it counts."""
        return WEIGHTS[self.kind]


def contradictions(
    one: Fingerprint, other: Fingerprint, *, whole: bool = False, common: int | None = None
) -> tuple[list[Contradiction], int]:
    """Contradictions that count, that of the headlines first; and 1 where anything is doubtful (rule 10), else 0.

    Args:
        one: the shorter text.
        other: the longer one.
        whole: whether all of the shorter text is in the other: then there are no slots.
        common: where given, the search ends as soon as what is found outweighs so many common words.
    """
    if whole:
        return list(_of_headlines(one, other)), 0
    found: list[Contradiction] = []
    plain: list[tuple[int, tuple[str, ...], tuple[str, ...]]] = []
    instead: list[Slot] = []
    gaps = gaps_of(one, other)
    for begin, end, start, stop in slots(one, other, gaps):
        if max(end - begin, stop - start) > LONGEST_FILLING:
            instead.append((begin, end, start, stop))
            continue
        mine, theirs = one.text[begin:end], other.text[start:stop]
        if (
            (one.names.isdisjoint(mine) or other.names.isdisjoint(theirs))
            and (one.digits.isdisjoint(mine) or other.digits.isdisjoint(theirs))
            and min(end - begin, stop - start) < PHRASE
        ):
            plain.append((begin, mine, theirs))
            continue
        kind = contradiction(one, other, mine, theirs)
        if kind != "number" and begin >= _end_of_story(one) and start >= _end_of_story(other):
            continue  # each page names its own editors
        if kind == "word":
            plain.append((begin, mine, theirs))
        elif kind is not None:
            before = " ".join(one.text[max(0, begin - SHOWN_BEFORE) : begin])
            found.append(Contradiction(kind, " ".join(mine), " ".join(theirs), before))
            if common is not None and outweighs(weight(found), common):
                return found, 1
            plain.append((begin, mine, theirs))
    doubtful = int(bool(instead) or bool(found) or any(not same(mine, theirs) for _, mine, theirs in plain))
    inside = [(mine, theirs) for begin, mine, theirs in plain if begin]  # a first word has no context before it
    told = [
        *_of_headlines(one, other, inside),
        *found,
        *_of_passages(one, other, instead, gaps),
        *_of_leads(one, other),
    ]
    return told, doubtful


def _of_passages(
    one: Fingerprint, other: Fingerprint, instead: Sequence[Slot], gaps: Sequence[Slot]
) -> Iterator[Contradiction]:
    """Inner passages that each text has instead of the other's, where they are a good part of the shorter text."""
    inner = [slot for slot in instead if _is_inner(one, other, slot)]
    if _words(inner) >= INSTEAD * one.words:
        yield _passage("passage", one, other, inner[0])
        return
    leads = min(one.lines[0], one.words - 1), min(other.lines[0], other.words - 1)
    lines = [
        gap
        for gap in gaps
        if _is_inner(one, other, gap)
        and max(gap[1] - gap[0], gap[3] - gap[2]) > LONGEST_FILLING
        and (gap[0] >= leads[0] or gap[2] >= leads[1])  # whoever rewrites a lead has words of its own in it
        and _of_other_matter(one, other, gap)
    ]
    if _words(lines) >= LINES * one.words:
        yield from (_passage("line", one, other, line) for line in lines)


def _is_inner(one: Fingerprint, other: Fingerprint, slot: Slot) -> bool:
    return bool(slot[0] and slot[2]) and slot[1] < one.words and slot[3] < other.words


def _words(found: Sequence[Slot]) -> int:
    return sum(min(end - begin, stop - start) for begin, end, start, stop in found)


def _passage(kind: Kind, one: Fingerprint, other: Fingerprint, slot: Slot) -> Contradiction:
    begin, end, start, stop = slot
    mine = one.text[begin : min(end, begin + SHOWN)]
    theirs = other.text[start : min(stop, start + SHOWN)]
    return Contradiction(
        kind, " ".join(mine), " ".join(theirs), " ".join(one.text[max(0, begin - SHOWN_BEFORE) : begin])
    )


def _of_other_matter(one: Fingerprint, other: Fingerprint, slot: Slot) -> bool:
    """Whether the fillings of a slot are not the same retold, and neither stands elsewhere in the other text."""
    begin, end, start, stop = slot
    mine, theirs = (
        {word for word in words if len(word) > PHRASE} for words in (one.text[begin:end], other.text[start:stop])
    )
    if len(mine & theirs) >= OTHER_MATTER * min(len(mine), len(theirs)):
        return False
    return not any(
        2 * sum(map(text.places.__contains__, grams)) > len(grams)
        for text, grams in ((other, one.grams[begin : end - GRAM + 1]), (one, other.grams[start : stop - GRAM + 1]))
    )


def _end_of_story(text: Fingerprint) -> int:
    """Place of the first word of the credits: up to three short lines at the end."""
    end = text.words
    for words in text.lines[: -_CREDITS - 1 : -1]:
        if words > _CREDIT:
            break
        end -= words
    return end


def corrected(one: Fingerprint, other: Fingerprint, found: Sequence[Contradiction]) -> bool:
    """Whether one text puts the other right: a passage that it alone has names what both say.

    The price of a day names that of the day before too, but where the day before has a word of its own.
    """
    said = {(each.one, each.other) for each in found}
    if not said:  # the numbers stand in other places
        return one.headline_numbers == other.headline_numbers and (
            one.digits >= other.digits or other.digits >= one.digits
        )
    if len(said) > MOST_CORRECTED:
        return False
    wanted = [{*mine.split(), *theirs.split()} for mine, theirs in said]
    notes = [set(note) for texts in ((one, other), (other, one)) for note in added(*texts)]
    return any(all(note >= words for words in wanted) for note in notes)


def labelled(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one headline is the other with one more word before or after it."""
    shorter, longer = sorted((list(one), list(other)), key=len)
    return len(shorter) >= PHRASE and shorter in (longer[1:], longer[:-1])


def weight(found: Sequence[Contradiction]) -> float:
    """How much contradictions count together."""
    return sum(each.weight for each in found)


def outweighs(heavy: float, common: int) -> bool:
    """Whether contradictions of this weight are more than a correction in so many common words."""
    return heavy >= 1 and heavy > common / FREE_TEXT


def _of_headlines(
    one: Fingerprint, other: Fingerprint, plain: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = ()
) -> Iterator[Contradiction]:
    """Names and numbers that the headlines alone tell of; plain words where they fill a slot of the texts too."""
    mine, theirs = _subject(one, other), _subject(other, one)
    names = [word for word in mine if _names(one, word)], [word for word in theirs if _names(other, word)]
    slots_too = [
        ([word for word in a if word in mine], [word for word in b if word in theirs])
        for a, b in plain
        if mine and theirs
    ]
    for a, b in (names, *slots_too):
        if a and b and not any(same(tuple(x), tuple(y)) for x, y in ((a, b), (a, other.headline), (b, one.headline))):
            yield Contradiction("headline", " ".join(a), " ".join(b), "")
            return


def _subject(one: Fingerprint, other: Fingerprint) -> list[str]:
    """Telling words of the headline of `one` that its text has too, and `other` nowhere."""
    return [word for word in one.subject if word not in other.word_set]


def _names(text: Fingerprint, word: str) -> bool:
    return word[0].isdigit() or word in text.names


def contradiction(one: Fingerprint, other: Fingerprint, mine: tuple[str, ...], theirs: tuple[str, ...]) -> Kind | None:
    """How two fillings contradict each other; None when they say the same."""
    if same(mine, theirs):
        return None
    my_numbers, their_numbers = one.digits.intersection(mine), other.digits.intersection(theirs)
    if my_numbers and their_numbers:
        if my_numbers.isdisjoint(their_numbers):
            return "number"
        if my_numbers == their_numbers:  # what is left is how they are written: 5 dolar AS, USD 5
            return "word"
    my_names = one.names.intersection(mine).difference(theirs)
    their_names = other.names.intersection(theirs).difference(mine)
    if my_names and their_names:
        exclusive = my_names.isdisjoint(other.word_set) and their_names.isdisjoint(one.word_set)
        return "name" if exclusive else "moved name"
    return "phrase" if min(len(mine), len(theirs)) >= PHRASE else "word"


def _of_leads(one: Fingerprint, other: Fingerprint) -> Iterator[Contradiction]:
    """Two first paragraphs that have next to nothing to do with the other article: other news, common boilerplate."""
    mine, theirs = one.text[: one.lines[0]], other.text[: other.lines[0]]
    alike = len(one.headline_words & other.headline_words) >= HEADLINES_ALIKE * min(
        len(one.headline_words), len(other.headline_words)
    )
    if max(_told(mine, other), _told(theirs, one)) < (LEADS_TOLD if alike else LEADS_TOLD_ELSEWISE):
        yield Contradiction("lead", " ".join(mine[:SHOWN]), " ".join(theirs[:SHOWN]), "")


def _told(lead: Sequence[str], article: Fingerprint) -> float:
    """Share of the longer words of a lead that another article has."""
    words = {word for word in lead if len(word) > PHRASE}
    return len(words & article.word_set) / len(words) if words else 1.0
