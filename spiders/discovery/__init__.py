"""What a publisher announces: feeds, sitemaps, index and section pages, and when to ask for them again.

Takes bytes of such documents; gives `Entry` values, one for each announced URL.
"""
