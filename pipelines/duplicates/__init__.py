"""Articles that tell the same story in the same words: fingerprints, matches, clusters, and why.

Takes stored articles; gives clusters with one canonical article each.
"""
