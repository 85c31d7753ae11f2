"""How Scrapy is set up: what is ours to decide is here, what is the operator's is added by `scrapy_settings`."""

from __future__ import annotations

from typing import Any

from crawlers.http.resolver import ALLOWED_SETTING
from db.settings import Settings

CONSTANTS: dict[str, Any] = {
    # safety: only http(s), only through the guard
    "TWISTED_DNS_RESOLVER": "crawlers.http.resolver.GuardedResolver",
    "DNSCACHE_ENABLED": False,
    "DOWNLOAD_HANDLERS": {
        "http": "crawlers.http.handler.TolerantHandler",
        "https": "crawlers.http.handler.TolerantHandler",
        **dict.fromkeys(("data", "file", "ftp", "s3")),
    },
    "HTTPPROXY_ENABLED": False,  # a proxy would look names up for itself, past the guard
    "DOWNLOADER_MIDDLEWARES": {
        "crawlers.http.middlewares.GuardMiddleware": 10,
        "crawlers.http.robots.RobotsMiddleware": 100,
        "crawlers.http.redirects.Refreshes": 585,
        "crawlers.http.middlewares.EncodingMiddleware": 595,  # just before Scrapy's HttpCompressionMiddleware
        "crawlers.http.redirects.Redirects": 600,
        "crawlers.http.cookies.CookieMiddleware": 700,
        "crawlers.http.middlewares.TurnMiddleware": 990,
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
        "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    },
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "EXTENSIONS_BASE": {},
    # etiquette
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,  # the distance is kept where turns are given out
    "RETRY_ENABLED": False,  # the schedule repeats, with growing pauses
    "COOKIES_ENABLED": False,  # Scrapy's own would share one jar and fetch the list of public suffixes past the guard
    "REFERRER_POLICY": "no-referrer",
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "*/*",  # Scrapy would ask for English, and some outlets would obey
        # At our distance between requests nothing is gained by keeping connections, and a server that promises more
        # bytes than it has ends its answer by closing.
        "Connection": "close",
    },
    # the spider does the counting and the deciding
    "HTTPERROR_ALLOW_ALL": True,
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_FAIL_ON_DATALOSS": False,  # by what came it is decided whether it came to its end
    "URLLENGTH_LIMIT": 4_000,
    "REACTOR_THREADPOOL_MAXSIZE": 32,  # look-ups of names wait in these threads
    "LOG_ENABLED": False,
    "LOG_INSTALL_ROOT_HANDLER": False,
}


def scrapy_settings(settings: Settings) -> dict[str, Any]:
    """Return Scrapy's settings for ours."""
    return {
        **CONSTANTS,
        ALLOWED_SETTING: settings.allow_private_hosts,
        "USER_AGENT": settings.user_agent,
        "DOWNLOAD_TIMEOUT": settings.fetch_timeout_s,
        "DOWNLOAD_MAXSIZE": settings.fetch_max_bytes,
        "REDIRECT_MAX_TIMES": settings.redirects_max,
        # the spider counts what is under way; each of it may have a request for a robots.txt of its own
        "CONCURRENT_REQUESTS": 2 * settings.concurrent_requests,
        # Scrapy asks for nothing while responses of so many bytes are being read: 5 MB would let one feed stop all
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 8 * settings.fetch_max_bytes,
    }
