"""`lumbung publishers`: the list, a check of what the files say, a first file for a new site, and their reports.

Takes publisher files and addresses; gives findings for people and for programs.
"""
