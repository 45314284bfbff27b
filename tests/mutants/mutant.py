"""One small fault that can be planted in one file: what changes, where, and a name that outlives other edits."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHOWN: Final = 90
"""Characters of a change that people are shown of each side."""
_AROUND: Final = 20


@dataclass(frozen=True)
class Fault:
    """Bytes of a source and what takes their place."""

    start: int
    end: int
    text: str
    kind: str
    """Of which kind the change is, in a few words, such as `comparison` or `lock dropped`."""
    scope: str = ""
    """The function, class or statement around it."""


@dataclass(frozen=True)
class Mutant:
    """A file with one fault."""

    path: str
    line: int
    fault: Fault
    before: str
    identity: str
    """Digest of path, scope, the line's text and the change: line numbers and other lines may change."""

    @property
    def change(self) -> str:
        """One line for people."""
        if self.fault.kind.startswith("pattern "):
            return _short(self.fault.kind)
        before, after = _apart(" ".join(self.before.split()), " ".join(self.fault.text.split()))
        return f"{self.fault.kind}: {before} -> {after or 'nothing'}"

    def planted(self, source: bytes) -> bytes:
        """The source with the fault in it."""
        return source[: self.fault.start] + self.fault.text.encode() + source[self.fault.end :]


def mutants(path: str, source: bytes, faults: Iterable[Fault]) -> Iterator[Mutant]:
    """Name the faults of a file; two that would make the same text are one."""
    seen: set[tuple[int, int, str]] = set()
    named: Counter[str] = Counter()
    for fault in sorted(faults, key=lambda each: (each.start, each.end, each.text)):
        place = (fault.start, fault.end, fault.text)
        before = source[fault.start : fault.end].decode()
        if place in seen or before == fault.text:
            continue
        seen.add(place)
        first = source.rfind(b"\n", 0, fault.start) + 1
        line = source[first : (source.find(b"\n", fault.start) + 1) or None].decode().strip()
        said = f"{path}\n{fault.scope}\n{fault.kind}\n{line}\n{before}\n{fault.text}"
        named[said] += 1
        digest = hashlib.sha256(f"{said}\n{named[said]}".encode()).hexdigest()[:12]
        yield Mutant(path, source.count(b"\n", 0, fault.start) + 1, fault, before, digest)


def sample(among: Iterable[Mutant], number: int, seed: int) -> list[Mutant]:
    """Some of them, in the order of the file: the same ones for the same seed, and one a line as far as that goes."""
    drawn = sorted(among, key=lambda each: hashlib.sha256(f"{seed} {each.identity}".encode()).digest())
    place: Counter[int] = Counter()
    turns = []
    for each in drawn:
        turns.append((place[each.line], each))
        place[each.line] += 1
    turns.sort(key=lambda turn: turn[0])
    return sorted((each for _, each in turns[: number or None]), key=_place)


def _place(mutant: Mutant) -> tuple[int, int, str]:
    return mutant.fault.start, mutant.fault.end, mutant.fault.text


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _apart(before: str, after: str) -> tuple[str, str]:
    """Two texts, each cut to the part in which they differ and some characters around it."""
    if max(len(before), len(after)) <= _SHOWN:
        return before, after
    same = _alike(before, after)
    tail = _alike(before[same:][::-1], after[same:][::-1])
    first = max(0, same - _AROUND)
    return tuple(  # type: ignore[return-value]  # two in, two out
        ("..." if first else "")
        + text[first : min(len(text) - tail + _AROUND, first + _SHOWN)]
        + ("..." if len(text) - tail + _AROUND < len(text) or len(text) > first + _SHOWN else "")
        for text in (before, after)
    )


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin alike with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
