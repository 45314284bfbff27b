"""The root of every error that this project raises on purpose."""


class LumbungError(Exception):
    """Base of every error raised on purpose. Its text is one line for people: what is wrong, where, what to do."""
