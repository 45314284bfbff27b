"""Who publishes, which addresses belong to a publisher, and which days a crawl is about.

Takes publisher files (TOML), URLs and dates as people write them; gives `Publisher`, canonical URLs and a `Window`.
"""

from spiders.publishers.folder import (
    UnknownPublisher,
    find_publisher,
    load_publishers,
    publisher_keys,
    publishers_folder,
)
from spiders.publishers.publisher import Index, Publisher, PublisherError, Rules

__all__ = [
    "Index",
    "Publisher",
    "PublisherError",
    "Rules",
    "UnknownPublisher",
    "find_publisher",
    "load_publishers",
    "publisher_keys",
    "publishers_folder",
]
