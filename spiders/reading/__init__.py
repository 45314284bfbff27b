"""A fetched page read as an article.

Takes the bytes of a page, its URL and its publisher; gives an `Article`, or a `Rejection` with its reason.
"""
