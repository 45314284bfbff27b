"""What changed for readers, told in order, and what was taken down.

Takes the feed `news.changes`; gives JSON lines that go on, and articles that do not come back.
"""
