"""The responses of the demo's web, as a pure function of address and act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path

import xxhash
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.demo.outlets import Act, DemoArticle, DemoFeed, DemoOutlet
from db.enums.collection import FeedKind

VAULT = "127.20.0.99"
"""An address that is served like the outlets' but allowed by no setting: every request to it is a breach."""

FEED_TYPES: Mapping[str, str] = {
    DemoFeed.RSS: "application/rss+xml",
    DemoFeed.ATOM: "application/atom+xml",
    DemoFeed.JSON: "application/feed+json",
}
_LIST_TYPES: Mapping[str, str] = {**FEED_TYPES, DemoFeed.SITEMAP: "application/xml", DemoFeed.SECTION: "text/html"}
_TEMPLATES: Mapping[str, str] = {
    DemoFeed.RSS: "rss.xml",
    DemoFeed.ATOM: "atom.xml",
    DemoFeed.JSON: "feed.json",
    DemoFeed.SITEMAP: "sitemap.xml",
    DemoFeed.SECTION: "front.html",
}
_PATHS: Mapping[str, str] = {DemoFeed.SITEMAP: "sitemap.xml", DemoFeed.SECTION: ""}
_KINDS: Mapping[str, FeedKind] = {DemoFeed.SITEMAP: FeedKind.SITEMAP, DemoFeed.SECTION: FeedKind.SECTION}

LABELS = {
    "en": "Invented for the Steppewatch demo: this outlet, its articles and all that they tell of real people and "
    "states. Nothing of it happened.",
    "ru": "Выдумано для демонстрации Steppewatch: и издание, и статьи, и всё, что в них сказано о настоящих людях и "
    "странах. Ничего этого не было.",
    "tr": "Steppewatch gösterimi için uydurulmuştur: bu yayın da, haberleri de, gerçek kişi ve devletler hakkında "
    "anlattıkları da. Bunların hiçbiri yaşanmadı.",
    "kk": "Steppewatch көрсетілімі үшін ойдан шығарылған: басылым да, мақалалар да, шынайы адамдар мен мемлекеттер "
    "туралы айтылғаны да. Мұның ешқайсысы болған жоқ.",
    "ky": "Steppewatch көрсөтүүсү үчүн ойдон чыгарылган: басылма да, макалалар да, чыныгы адамдар менен мамлекеттер "
    "жөнүндө айтылганы да. Мунун бири да болгон эмес.",
    "uz": "Steppewatch namoyishi uchun toʻqilgan: nashr ham, maqolalar ham, haqiqiy odamlar va davlatlar haqida "
    "aytilganlari ham. Bularning hech biri boʻlmagan.",
}
"""Label at the top and end of every page, in the language of its outlet."""

_IN_SHORT = " (Invented for the Steppewatch demo.)"
"""Label for readers who do not know that language."""


class ReplyKind(StrEnum):
    """The category of a response."""

    ROBOTS = "robots"
    POLL = "poll"
    PAGE = "page"
    HOP = "hop"
    """The target of a redirect."""
    MOVED = "moved"
    """The redirect of a feed; the answer to the poll is that of its target."""
    FRONT = "front"
    VAULT = "vault"
    """The address that must not be requested."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response of the web and its category for counting."""

    kind: ReplyKind
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    entries: int = 0
    """Number of entries in a feed."""

    @property
    def shows_text(self) -> bool:
        """Return whether this is a page with a text, be it that of a challenge."""
        return self.kind in (ReplyKind.PAGE, ReplyKind.HOP) and self.status == 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article in a list."""

    slug: str
    url: str
    title: str
    author: str
    at: datetime


class DemoWeb:
    """The outlets at their addresses, all on one port."""

    def __init__(self, outlets: Sequence[DemoOutlet], folder: Path, port: int) -> None:
        self.outlets = tuple(outlets)
        self.port = port
        self._by_host = {outlet.host: outlet for outlet in outlets}
        self._templates = Environment(
            loader=FileSystemLoader(folder / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["rfc822"] = format_datetime

    @property
    def hosts(self) -> list[str]:
        """Return all addresses to listen on; the last one is the vault."""
        return [*self._by_host, VAULT]

    @property
    def allowed(self) -> str:
        """Return the addresses that the crawler may fetch, for the setting `allow_private_hosts`."""
        return ",".join(f"{host}:{self.port}" for host in self._by_host)

    def home_url(self, outlet: DemoOutlet) -> str:
        """Return the URL of an outlet."""
        return f"http://{outlet.host}:{self.port}/"

    def feed_url(self, outlet: DemoOutlet) -> str:
        """Return the URL at which an outlet's feed is known, or that of what lists its articles instead."""
        return self.home_url(outlet) + (outlet.feed_moved_from or self._feed_path(outlet))

    def moved_feeds(self) -> dict[str, str]:
        """Return the new URL of each feed that has moved, by the one at which it is known."""
        return {
            self.feed_url(outlet): self.home_url(outlet) + self._feed_path(outlet)
            for outlet in self.outlets
            if outlet.feed_moved_from
        }

    def opml(self) -> bytes:
        """Return a list of all feeds of the web."""
        listed = [
            {
                "name": outlet.name,
                "feed": self.feed_url(outlet),
                "home": self.home_url(outlet),
                "language": outlet.language,
            }
            for outlet in self.outlets
            if self.feed_kind(outlet) == FeedKind.FEED
        ]
        return self._templates.get_template("feeds.opml").render(listed=listed, label=LABELS["en"]).encode()

    @staticmethod
    def _feed_path(outlet: DemoOutlet) -> str:
        return _PATHS.get(outlet.feed, "feed")

    def feed_kind(self, outlet: DemoOutlet) -> FeedKind:
        """Return the kind of that address."""
        return _KINDS.get(outlet.feed, FeedKind.FEED)

    def article_url(self, outlet: DemoOutlet, article: DemoArticle) -> str:
        """Return the URL of an article in the feed."""
        return article.link or self._page(outlet, article.moved_from or article.slug)

    def filed_at(self, outlet: DemoOutlet, article: DemoArticle) -> str:
        """Return the final URL of an article: the target of its redirect, else the URL in the feed."""
        return self._page(outlet, article.slug) if article.moved_from else self.article_url(outlet, article)

    def entries(self, outlet: DemoOutlet, act: Act) -> list[Entry]:
        """Return the entries of the feed in an act, latest first."""
        return [
            Entry(
                slug=article.slug,
                url=self.article_url(outlet, article),
                title=article.said_in(act).title,
                author=article.author,
                at=article.at,
            )
            for article in outlet.published_in(act)
        ]

    def reply(self, host: str, path: str, act: Act, *, visit: int = 0) -> Reply:
        """Return the response to a GET; `visit` is a unique number."""
        outlet = self._by_host.get(host)
        if host == VAULT:
            return Reply(
                kind=ReplyKind.VAULT, status=200, body=b"You should not be here.\n", headers=_typed("text/plain")
            )
        if outlet is None:
            return Reply(kind=ReplyKind.NOTHING, status=404)
        if path == "/robots.txt":
            return Reply(
                kind=ReplyKind.ROBOTS, status=200, body=b"User-agent: *\nAllow: /\n", headers=_typed("text/plain")
            )
        if path == "/feeds.opml":
            return Reply(kind=ReplyKind.FRONT, status=200, body=self.opml(), headers=_typed("text/x-opml"))
        if outlet.feed_moved_from and path == "/" + outlet.feed_moved_from:
            location = self.home_url(outlet) + self._feed_path(outlet)
            return Reply(kind=ReplyKind.MOVED, status=301, headers={"Location": location})
        if path == "/" + self._feed_path(outlet):
            return self._feed(outlet, act)
        if path == "/" and outlet.feed != DemoFeed.DEAD:
            return Reply(kind=ReplyKind.FRONT, status=200, body=self._front(outlet, act), headers=_typed("text/html"))
        return self._article(outlet, path.removeprefix("/articles/"), act, visit)

    def _feed(self, outlet: DemoOutlet, act: Act) -> Reply:
        if outlet.feed == DemoFeed.DEAD:
            return Reply(kind=ReplyKind.POLL, status=404, body=b"Not found\n", headers=_typed("text/plain"))
        entries = self.entries(outlet, act)
        body = self._render(_TEMPLATES[outlet.feed], outlet, entries=entries).encode()
        return Reply(
            kind=ReplyKind.POLL,
            status=200,
            body=body,
            headers=_typed(_LIST_TYPES[outlet.feed]) | _validator(body),
            entries=len(entries),
        )

    def _front(self, outlet: DemoOutlet, act: Act) -> bytes:
        return self._render("front.html", outlet, entries=self.entries(outlet, act)).encode()

    def _article(self, outlet: DemoOutlet, slug: str, act: Act, visit: int) -> Reply:
        for article in outlet.published_in(act):
            if slug == article.moved_from:
                return Reply(kind=ReplyKind.PAGE, status=301, headers={"Location": self._page(outlet, article.slug)})
            if slug == article.slug:
                return self._shown(outlet, article, act, visit)
        return Reply(kind=ReplyKind.NOTHING, status=404, body=b"Not found\n", headers=_typed("text/plain"))

    def _shown(self, outlet: DemoOutlet, article: DemoArticle, act: Act, visit: int) -> Reply:
        if article.leads_astray:
            target = f"http://{VAULT}:{self.port}/keys" if article.redirect == "vault" else article.redirect
            return Reply(kind=ReplyKind.PAGE, status=302, headers={"Location": target or "/"})
        if outlet.is_guarded_in(act):
            body = self._render("guard.html", outlet).encode()
            return Reply(kind=ReplyKind.PAGE, status=200, body=body, headers=_typed("text/html"))
        wording = article.said_in(act)
        page = self._render(
            "article.html",
            outlet,
            article=article,
            title=wording.title,
            paragraphs=wording.paragraphs,
            token=f"{visit:016x}" if outlet.restless else "",
        )
        body = page.encode(article.sent_as, "xmlcharrefreplace")
        headers = _typed("text/html") | ({} if outlet.restless else _validator(body))
        return Reply(
            kind=ReplyKind.HOP if article.moved_from else ReplyKind.PAGE, status=200, body=body, headers=headers
        )

    def _page(self, outlet: DemoOutlet, slug: str) -> str:
        return f"{self.home_url(outlet)}articles/{slug}"

    def _render(self, template: str, outlet: DemoOutlet, **values: object) -> str:
        return self._templates.get_template(template).render(
            outlet=outlet,
            home=self.home_url(outlet),
            feed_type=FEED_TYPES.get(outlet.feed, ""),
            label=LABELS[outlet.language] + ("" if outlet.language == "en" else _IN_SHORT),
            **values,
        )


def _typed(kind: str) -> dict[str, str]:
    return {"Content-Type": f"{kind}; charset=utf-8"}


def _validator(body: bytes) -> dict[str, str]:
    return {"ETag": f'"{xxhash.xxh3_64_hexdigest(body)}"'}
