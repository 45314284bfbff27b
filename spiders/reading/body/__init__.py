"""The text of an article: where it stands in the tree, which blocks belong to it, and how they are cleaned.

Takes the parsed tree; gives paragraphs.
"""
