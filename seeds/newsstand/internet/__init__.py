"""A simulated internet for tests and benchmarks: one loopback server that plays the publishers of `sites/`.

The sites are described from published facts, not from the publisher files that the harvest reads: a publisher file that
is wrong about a template does not read it. Texts are the newsstand's.
"""

from seeds.newsstand.internet.network import Internet, InternetSettings, serve_internet
from seeds.newsstand.internet.sites import Site, load_sites

__all__ = ["Internet", "InternetSettings", "Site", "load_sites", "serve_internet"]
