"""Pictures for the pages: small PNG files of hills under a sky, drawn from the name of their path."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from hashlib import blake2b
from math import sin

_WIDTH, _HEIGHT = 160, 90
_MOODS = (
    ((222, 208, 184), (246, 236, 214), (122, 139, 118), (84, 102, 88), (52, 66, 58)),
    ((168, 190, 204), (222, 230, 230), (110, 130, 140), (74, 92, 104), (44, 56, 66)),
    ((226, 178, 140), (244, 216, 178), (150, 104, 88), (104, 72, 66), (62, 44, 44)),
    ((188, 204, 178), (232, 236, 212), (116, 142, 96), (82, 108, 72), (48, 68, 46)),
)
"""Sky, sun, and three ranges of hills from far to near."""


@lru_cache(maxsize=64)
def picture(path: str) -> bytes:
    """The PNG at a path; equal paths give equal bytes."""
    chance = int.from_bytes(blake2b(path.encode(), digest_size=8).digest())
    palette = bytes(value for colour in _MOODS[chance % len(_MOODS)] for value in colour)
    rows = [bytearray(_WIDTH) for _ in range(_HEIGHT)]
    _draw_sun(rows, 30 + chance % 100, 18 + chance // 100 % 20)
    for hill in (1, 2, 3):
        _draw_hill(rows, hill, chance >> hill * 3)
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def _draw_sun(rows: list[bytearray], x: int, y: int, radius: int = 11) -> None:
    for row in range(y - radius, y + radius + 1):
        half = int((radius**2 - (row - y) ** 2) ** 0.5)
        rows[row][x - half : x + half + 1] = b"\1" * (2 * half + 1)


def _draw_hill(rows: list[bytearray], hill: int, phase: int) -> None:
    for x in range(_WIDTH):
        wave = sin(x / (34 - 6 * hill) + phase % 7) * 8 + sin(x / 11 + phase % 5) * 3
        for y in range(int(28 + 14 * hill + wave), _HEIGHT):
            rows[y][x] = hill + 1
