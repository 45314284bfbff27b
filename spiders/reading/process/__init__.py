"""Pages are read in a process of its own, within limits of CPU time and memory that the kernel holds.

Takes `Sheet` values (bytes and where they came from); gives `Answer` values, or says that a page was too costly.
"""
