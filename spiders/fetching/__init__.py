"""HTTP requests under rules: pace and turns of a registered domain, robots.txt, forbidden addresses, failures.

Scrapy's downloader middlewares and handlers: a request goes in, a response comes out, or one exception with
the reason why not.
"""
