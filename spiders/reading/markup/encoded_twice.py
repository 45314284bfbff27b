"""Text that was encoded as UTF-8 twice, as by a database that was moved: `â€œKopi` for `“Kopi`. Pure.

Read in Windows-1252 or Latin-1, a character of UTF-8 is an accented letter and one to three signs that hardly ever
follow it. Where nearly all letters above ASCII are of such groups, the page means what the groups spell.
"""

from __future__ import annotations

import re

_LEAST = 2
"""Different characters that groups spell; one alone may be meant, wherever it stands."""
_LEAST_WHOLE = 4
"""Groups for each other letter above ASCII: a page about such text has more of its own."""
_SIGNS = {
    bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xA0) if bytes([byte]).decode("cp1252", "ignore")
}
"""What browsers read for the bytes 80 to 9F; the five that are none stay controls."""
_BYTES = {chr(byte): byte for byte in range(0x80, 0x100)} | _SIGNS
_FOLLOWS = f"[\x80-\xbf{''.join(_SIGNS)}]"
_GROUP = re.compile(f"[Â-ß]{_FOLLOWS}|[à-ï]{_FOLLOWS}{{2}}|[ð-ô]{_FOLLOWS}{{3}}")
_GROUP_IN_UTF8 = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2|\xe2[\x80\x82\x84]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c])"
)
_LETTER = re.compile(r"[^\W\x00-\x7f]")


def may_be_twice(content: bytes) -> bool:
    """Whether there is such a group in bytes of UTF-8: most pages have not even the first byte of one."""
    return b"\xc3" in content and _GROUP_IN_UTF8.search(content) is not None


def once(text: str) -> str:
    """The text with its groups as the characters that they spell; as it is, where they may be meant."""
    rest, groups = _GROUP.subn("", text)
    if groups < _LEAST_WHOLE * len(_LETTER.findall(rest)):
        return text
    spelt = {_spelt(group) for group in _GROUP.finditer(text)}
    if sum(len(each) == 1 and each.isprintable() for each in spelt) < _LEAST:
        return text
    return _GROUP.sub(_spelt, text)


def _spelt(group: re.Match[str]) -> str:
    try:
        return bytes(map(_BYTES.__getitem__, group[0])).decode("utf-8")
    except UnicodeDecodeError:  # more bytes than the character needs, or half of a pair
        return group[0]
