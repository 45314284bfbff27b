"""Scrapy settings, nothing else. Each can be overridden with `scrapy crawl -s NAME=value`."""

import os

BOT_NAME = "lumbung"
SPIDER_LOADER_CLASS = "spiders.loader.PublisherSpiderLoader"
SPIDER_MODULES: list[str] = []
COMMANDS_MODULE = "spiders.crawl"  # `scrapy crawl` whose errors are one line

# Who we are. Operators put an address or a page about their harvest in LUMBUNG_CONTACT.
USER_AGENT = f"Lumbung/0.1 (scheduled news harvest; {os.environ.get('LUMBUNG_CONTACT') or 'no contact given'})"

# Politeness: turnstile.py, pace.py and robots.py of spiders/fetching/. One request at a time for a registered domain,
# in turn with all other crawls of it; slower when the server is slow, never quicker than POLITE_DELAY or Crawl-delay.
#
# POLITE_DELAY is a second, the usual promise of crawlers that nobody has asked for: Scrapy's template for new projects
# and StormCrawler keep 1 s, Heritrix several and Nutch 5. Search engines have no fixed figure: Google follows the
# response time and slows a whole host down after 429, 500 or 503; pace.py does that after 429 and 503. One reader who
# opens an article causes dozens of requests within a second, so one request a second is lost in a newspaper's log, and
# common limits for one client (several a second, a hundred a minute) are not reached. The 30 new articles of an hour
# take half a minute, and a backfill gets 39,000 pages out of a crawl of eleven hours. A publisher that has agreed to
# more, or whose server is weak, has `delay_seconds` in its file.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Lumbung"  # the product token that groups of robots.txt name
CONCURRENT_REQUESTS_PER_DOMAIN = 1
POLITE_DELAY = 1  # least seconds between two requests to a domain; none for `local = true`
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0  # a varied delay would fall below the one that was found half of the time
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.5
AUTOTHROTTLE_MAX_DELAY = 60
POLITE_PATIENCE = 120  # seconds a crawl waits for a domain that asks to be left alone; for longer wishes it ends
POLITE_PAUSE = (
    2  # seconds of the first wait after a 429 or 503 without Retry-After, doubled each time; least pace after
)

# Patience.
DOWNLOAD_TIMEOUT = 30
RETRY_TIMES = 2
REDIRECT_MAX_TIMES = 5

# The frontier decides what is fetched, so Scrapy's own memory of URLs stays out of the way, and flat.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
FRONTIER = "pipelines.harvest.frontier.Frontier"
WATCH = "pipelines.watch.round.Round"
ITEM_PIPELINES = {"pipelines.harvest.load.LoadPipeline": 300}
WARN_ON_GENERATOR_RETURN_VALUE = False  # else Scrapy parses the source of our callback once a response
CONCURRENT_ITEMS = 1  # a page is one visit; Scrapy starts a hundred tasks a response for its default of 100
LOAD_BATCH = 50  # visits a transaction
LOAD_SECONDS = 2.0  # and at the latest after this long
QUIET_CRAWL_DAYS = 365  # that a crawl which brought nothing stays in news.crawls, 31 at least; 0: for ever
DATABASE_PATIENCE = 30.0  # seconds that a crawl waits for a database that is being restarted

# What a news crawl does not need and an attacker might like.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
COOKIES_ENABLED = False  # but for those of one chain of redirects: ChainCookies
REFERRER_POLICY = "no-referrer"

# Every leased page must come back as a visit: nothing may drop a request on its way.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # a help for writing spiders
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the spider tells where a redirect has led
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # takes a 503 for leave to fetch everything
    "spiders.fetching.robots.RobotsTxt": 100,
    "spiders.fetching.chain_cookies.ChainCookies": 700,  # Scrapy follows redirects at 600
    "spiders.fetching.turnstile.Turnstile": 1000,  # nearest to the network: retries and redirects pass it again
}
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "http": "spiders.fetching.guard.GuardedHandler",
    "https": "spiders.fetching.guard.GuardedHandler",
    "s3": None,
}
TWISTED_DNS_RESOLVER = "spiders.fetching.guard.GuardedResolver"
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.2"
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 4 * 1024 * 1024

# What a crawl may cost at most, and what it may ask of one registered domain: nets, far above any day's work.
CRAWL_REQUESTS = 500_000
CRAWL_MINUTES = 11 * 60  # before Airflow stops the task, after twelve hours
CRAWL_MEGABYTES = 50_000
DOMAIN_REQUESTS = 400_000
DOMAIN_MEGABYTES = 40_000

# What reading one page may cost, held by the kernel around the process that reads: CPU seconds, MiB of its memory.
READ_SECONDS = 10.0
READ_MEGABYTES = 280

LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 30
