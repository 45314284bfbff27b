"""Articles as files: seed texts, JSON lines, CSV, Parquet, in a folder or any store that fsspec reaches.

Takes the views of schema `news`, with a reader's rights; gives files that are whole or not there.
"""
