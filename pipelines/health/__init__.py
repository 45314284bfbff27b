"""How every publisher does: figures from the database, a state with its reason in words, for a terminal and for a page.

Reads what crawls and deduplication have kept; writes nothing and asks no publisher.
"""
