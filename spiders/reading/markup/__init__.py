"""The one parsed tree of a page, and what it states: selected elements, metadata, blocks of text, origins of values.

Takes bytes, or the tree made of them; gives elements, blocks and stated values.
"""
