"""Data: the seed article, the publishers, the newspaper."""
