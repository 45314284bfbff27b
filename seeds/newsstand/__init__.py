"""Harian Contoh: a small Indonesian newspaper, generated and served on loopback, for the stack and for tests.

Nothing imports it but tests; the stack starts it as a process. It needs the standard library only.
"""

from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, Request, serve

__all__ = ["Newspaper", "Newsstand", "Request", "Settings", "serve"]
