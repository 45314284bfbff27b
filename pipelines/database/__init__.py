"""The database itself: connections and their limits, schema and rights, statements, COPY, work that outlives a restart.

Takes a libpq connection string; gives connections and transactions. Knows nothing of news.
"""
