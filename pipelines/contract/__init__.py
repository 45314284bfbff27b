"""What readers of schema `news` rely on, in writing: every view and column with type, NULLs and meaning.

`news.toml` is the promise and `NEWS.md` the same for people. Takes a database; gives what of the promise it breaks.
"""
