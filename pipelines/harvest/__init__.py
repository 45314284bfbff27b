"""Crawls in Postgres: the frontier of pages, turns of domains, loading, and the ledger that counts everything.

Takes what a spider announces and fetches (`Entry`, `Visit`); gives leased pages, stored articles and a verdict.
"""
