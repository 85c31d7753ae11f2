"""Scrapy's settings: constants of ours, and the operator's choices added by `scrapy_settings`."""

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
    "HTTPPROXY_ENABLED": False,  # a proxy would resolve names itself, past the guard
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
    "DOWNLOAD_DELAY": 0,  # the host limiter enforces the delay
    "RETRY_ENABLED": False,  # the schedule retries with growing pauses
    "COOKIES_ENABLED": False,  # Scrapy's own would share one jar, and fetch the list of public suffixes past the guard
    "REFERRER_POLICY": "no-referrer",
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "*/*",  # Scrapy would request English, and some outlets would comply
        # With our delays nothing is gained by persistent connections, and a server that announces more bytes than it
        # has ends its response by closing.
        "Connection": "close",
    },
    # the spider counts and decides
    "HTTPERROR_ALLOW_ALL": True,
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_FAIL_ON_DATALOSS": False,  # the body itself shows whether it is complete
    "URLLENGTH_LIMIT": 4_000,
    "CONCURRENT_ITEMS": 1,  # our callbacks yield nothing, and Scrapy starts so many tasks for each response
    "REACTOR_THREADPOOL_MAXSIZE": 32,  # name lookups wait in these threads
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
        # the spider limits the jobs in progress; each may also need a request for robots.txt
        "CONCURRENT_REQUESTS": 2 * settings.concurrent_requests,
        # Scrapy sends no requests while responses of this many bytes are being read: at 5 MB one feed could stop all
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 8 * settings.fetch_max_bytes,
    }
