"""Text as newspapers print it: dates, datelines, names, headlines, labels, reader counts.

Takes strings and gives values; imports nothing else of this project.
"""
