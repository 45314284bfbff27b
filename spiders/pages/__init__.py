"""Page classes of publishers that need code, and how the one that a publisher names is found."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from spiders.page import Page
from spiders.publishers import PublisherError

if TYPE_CHECKING:
    from spiders.publishers import Publisher


def load_page_class(publisher: Publisher) -> type[Page]:
    """The Page class a publisher names.

    Raises:
        PublisherError: there is no such class.
    """
    module, _, name = publisher.page.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise PublisherError(f"{publisher.key}: page: no class {publisher.page!r}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Page)):
        raise PublisherError(f"{publisher.key}: page: {publisher.page!r} is no subclass of spiders.page.Page")
    return found
