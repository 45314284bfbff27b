"""How pages are asked for: politeness towards a domain, robots.txt, forbidden addresses, what a failure means.

Takes Scrapy's requests and responses; gives answers, or one reason why there is none.
"""
