"""Looking at a site without harvesting it: what `publishers new` and `publishers check` see.

Takes an address or a `Publisher`; gives what was found there, as values that `pipelines.publishers` reports.
"""
