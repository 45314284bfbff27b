"""The root of every error that this project raises on purpose."""


class LumbungError(Exception):
    """Base of every error raised on purpose. Its text is one line for people: what is wrong, where, what to do."""


class AtWork(LumbungError):  # noqa: N818 - reads as what it is
    """Somebody else does it already: nothing is wrong, and there is nothing to do."""
