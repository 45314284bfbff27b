"""Bodies that came packed without a header that says so."""

from __future__ import annotations

import gzip
import zlib

import pytest

from spiders.fetching.bodies import PackedError, unpacked

PAGE = b"<!doctype html><p>Padi</p>" * 100


def packed_by_gzip(body: bytes) -> bytes:
    """Without the time of packing: it is part of the tests' names, which two workers must find alike."""
    return gzip.compress(body, mtime=0)


@pytest.mark.parametrize(
    "packed", [PAGE, packed_by_gzip(PAGE), zlib.compress(PAGE), packed_by_gzip(packed_by_gzip(PAGE)), b"", b"x"]
)
def test_a_body_comes_out_as_it_was(packed: bytes) -> None:
    assert unpacked(packed) == (PAGE if len(packed) > 1 else packed)


def test_what_is_not_packed_is_the_same_object() -> None:
    assert unpacked(PAGE) is PAGE


@pytest.mark.parametrize(
    ("packed", "problem"),
    [
        (packed_by_gzip(PAGE)[:-9], "cut off"),
        (packed_by_gzip(PAGE)[:12] + b"\0" * 50, "broken"),
        (packed_by_gzip(b"\0" * 2_000_000), "larger"),
    ],
)
def test_what_is_broken_or_too_large_is_said(packed: bytes, problem: str) -> None:
    with pytest.raises(PackedError, match=problem):
        unpacked(packed, 1_000_000)
