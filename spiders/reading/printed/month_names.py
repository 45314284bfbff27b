"""Names of months in the languages of the world, from CLDR, as the English names that `dates` reads. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain

_KNOWN = frozenset(("id", "ms", "en", "de", "fr", "es", "pt", "it", "nl", "und"))
"""Languages whose months `dates` reads itself: a page in one of these costs nothing here."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENGLISH = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def with_english_months(line: str, language: str | None) -> str:
    """A date line with its months named in English.

    Args:
        line: As printed.
        language: BCP 47 primary tag of the page; a name of a month may be another month elsewhere.

    Returns:
        The line itself where its language is one that `dates` reads, or one that CLDR does not know.
    """
    if language is None or language in _KNOWN or not _YEAR.search(line):
        return line
    names = _names(language)
    return line if names is None else names[0].sub(lambda found: names[1][found[0].casefold()], line)


@lru_cache(maxsize=32)
def _names(language: str) -> tuple[re.Pattern[str], dict[str, str]] | None:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - 20 ms that most pages never need

    try:
        months = Locale.parse(language).months
    except (UnknownLocaleError, ValueError):
        return None
    forms = (months[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated"))
    named = chain.from_iterable(form.items() for form in forms)
    english = {name.casefold(): _ENGLISH[number - 1] for number, name in named if not any(map(str.isdigit, name))}
    if not english:  # "7月": digits, which are read as they are
        return None
    longest = sorted(english, key=len, reverse=True)
    return re.compile(rf"(?i)(?<![^\W\d_])(?:{'|'.join(map(re.escape, longest))})(?![^\W\d_])"), english
