"""Page classes of publishers whose pages need code, and how the class that a publisher names is found.

Takes a `Publisher`; gives a subclass of `spiders.reading.page.Page`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from spiders.publishers import PublisherError
from spiders.reading.page import Page

if TYPE_CHECKING:
    from spiders.publishers import Publisher

_MOVED = {"spiders.page": "spiders.reading.page", "spiders.pages": "spiders.reading.pages"}
"""Modules that publisher files and page classes named before they moved."""


def load_page_class(publisher: Publisher) -> type[Page]:
    """The Page class a publisher names.

    Raises:
        PublisherError: there is no such class.
    """
    module, _, name = publisher.page.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        moved = _MOVED.get(getattr(error, "name", None) or "")
        told = f"{error}; it is {moved} now" if moved else str(error)
        raise PublisherError(f"{publisher.key}: page: no class {publisher.page!r}: {told}") from error
    if not (isinstance(found, type) and issubclass(found, Page)):
        raise PublisherError(f"{publisher.key}: page: {publisher.page!r} is no subclass of spiders.reading.page.Page")
    return found
