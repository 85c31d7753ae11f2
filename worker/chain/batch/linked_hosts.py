"""Hosts that articles link to, counted once for each article, when its first text is understood."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from db.articles.recording.arrivals import Recorded
from db.collection.sources.linked_hosts import HostLinkIn, record_links
from db.enums.outcomes import InputOutcome
from db.net.urls import canonical_url, read_host, registrable_domain
from worker.chain.batch.identify import Identified
from worker.chain.documents import InputResult, Rejected

MAX_HOSTS = 20
"""Hosts of one article: a page with more is a list of links."""
_LEFT_OUT = """
facebook.com fb.com fb.me instagram.com threads.net twitter.com x.com t.co youtube.com youtu.be tiktok.com vk.com vk.ru
ok.ru t.me telegram.me telegram.org wa.me whatsapp.com linkedin.com lnkd.in pinterest.com reddit.com tumblr.com
weibo.com flickr.com vimeo.com rutube.ru dailymotion.com soundcloud.com spotify.com patreon.com
bit.ly goo.gl tinyurl.com ow.ly is.gd clck.ru cutt.ly buff.ly rebrand.ly shorturl.at goo.su forms.gle
google.com googleapis.com gstatic.com googleusercontent.com apple.com microsoft.com bing.com yandex.ru yandex.com
yandex.kz ya.ru mail.ru baidu.com yahoo.com doubleclick.net googlesyndication.com googletagmanager.com adfox.ru
akamaized.net cloudfront.net amazonaws.com cloudflare.com jsdelivr.net wp.com gravatar.com
wikipedia.org wikimedia.org archive.org archive.ph creativecommons.org gnu.org w3.org
amazon.com ebay.com wildberries.ru ozon.ru kaspi.kz paypal.com change.org
"""
LEFT_OUT = frozenset(_LEFT_OUT.split())
"""Domains that are no outlets: networks of people, shorteners, advertisements, clouds, references, shops."""


def record_linked_hosts(
    conn: Connection,
    entries: Sequence[tuple[Identified | Rejected, Recorded | None]],
    ended: Sequence[InputResult],
    capture_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """Count the hosts that new articles of these captures link to."""
    is_new: Mapping[int, bool] = {
        end.capture_id: end.outcome in (InputOutcome.NEW, InputOutcome.COPY) for end in ended if end.capture_id
    }
    links: list[HostLinkIn] = []
    for entry, recorded in entries:
        if isinstance(entry, Rejected) or recorded is None:
            continue
        capture_id = entry.document.capture_id or 0
        if capture_id in capture_ids and is_new.get(capture_id):
            links += find_links(entry.document.outlinks, entry.canonical_url, recorded.source_id)
    record_links(conn, links, now=now)


def find_links(addresses: Sequence[str], own_url: str, source_id: str) -> list[HostLinkIn]:
    """Return the first link to each other host that may be an outlet; at most `MAX_HOSTS`. Pure."""
    own = registrable_domain(read_host(own_url))
    found: dict[str, HostLinkIn] = {}
    for address in addresses:
        try:
            host = read_host(canonical_url(address)).removeprefix("www.")
        except ValueError:
            continue
        domain = registrable_domain(host)
        if "." not in host or len(host) > 253 or domain in (own, "") or LEFT_OUT & {host, domain}:
            continue
        if host.replace(".", "").isdigit() or ":" in host:
            continue
        found.setdefault(host, HostLinkIn(host, source_id, address))
        if len(found) >= MAX_HOSTS:
            break
    return list(found.values())
