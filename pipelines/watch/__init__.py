"""The watch: one process asks for what all publishers announce, and wakes the crawls of those that have news.

`spiders/watch.py` asks, this package remembers: what is due, whose turn it is, what was found, who is to be crawled.
"""
