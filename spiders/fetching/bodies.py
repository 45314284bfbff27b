"""Bodies that came packed without a header that says so. Pure.

LumbungError
└── PackedError     a body that is packed and cannot be unpacked
"""

from __future__ import annotations

import zlib

from spiders.errors import LumbungError

_GZIP, _ZLIB = b"\x1f\x8b\x08", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""How gzip and zlib data begin (RFC 1952 and 1950): no text does."""
LARGEST = 16 * 1024 * 1024
"""Bytes; as DOWNLOAD_MAXSIZE, which holds for what Content-Encoding names."""
_DEEPEST = 2
"""Packed by the program and by its server: more is no accident."""


class PackedError(LumbungError):
    """A body that is packed and cannot be unpacked: one line that says why."""


def unpacked(body: bytes, limit: int = LARGEST) -> bytes:
    """The body as it was before a program packed it; as it is where it was not packed.

    Args:
        body: without what Content-Encoding names.
        limit: bytes that it may become.

    Raises:
        PackedError: the data are broken, or there is too much.
    """
    for _ in range(_DEEPEST):
        if not body.startswith((_GZIP, *_ZLIB)):
            break
        body = _unpacked(body, limit)
    return body


def _unpacked(body: bytes, limit: int) -> bytes:
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either of the two
    try:
        data = unpacking.decompress(body, limit + 1)
    except zlib.error as error:
        raise PackedError(f"packed without Content-Encoding, and broken: {error}") from error
    if len(data) > limit:
        raise PackedError(f"packed without Content-Encoding, and larger than {limit} bytes")
    if not unpacking.eof:
        raise PackedError("packed without Content-Encoding, and cut off")
    return data
