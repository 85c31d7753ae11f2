"""What the demo's web answers, as values and over loopback."""

from __future__ import annotations

import socket
import urllib.request
from email.message import Message
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from cli.demo.outlets import Act, DemoArticle, DemoError, DemoOutlet, packaged_folder, read_outlets
from cli.demo.server import serving
from cli.demo.web import LABELS, VAULT, DemoWeb, Reply
from crawlers.reading.opml import parse_opml
from crawlers.reading.parse import FeedEntry, parse_feed
from crawlers.reading.sections.section import read_section
from crawlers.reading.sitemaps.sitemap import parse_sitemap
from db.enums.collection import FeedKind
from db.net.address_policy import is_allowed, parse_allowed, refusal_of_url

WEB = DemoWeb(read_outlets(packaged_folder()), packaged_folder(), 8600)
LIVING = [outlet for outlet in WEB.outlets if outlet.feed != "dead"]


def only(**wanted: object) -> tuple[DemoOutlet, DemoArticle]:
    """Return the one article with this attribute, any value for None."""
    ((name, value),) = wanted.items()
    found = [
        (outlet, article)
        for outlet in WEB.outlets
        for article in outlet.articles
        if (getattr(article, name) == value if value else getattr(article, name))
    ]
    assert len(found) == 1
    return found[0]


def page(outlet: DemoOutlet, article: DemoArticle, act: Act = Act.END, visit: int = 0) -> bytes:
    reply = WEB.reply(outlet.host, f"/articles/{article.slug}", act, visit=visit)
    assert reply.status == 200
    return reply.body


def test_every_page_says_first_that_it_is_invented() -> None:
    for outlet in LIVING:
        pages = [page(outlet, a).decode(a.sent_as) for a in outlet.articles if not a.leads_astray]
        for text in (*pages, WEB.reply(outlet.host, "/", Act.END).body.decode()):
            assert text.index(LABELS[outlet.language]) < text.index("<header>")
            assert "Steppewatch demo" in text


@pytest.mark.parametrize("outlet", [pytest.param(outlet, id=outlet.id) for outlet in LIVING])
def test_a_feed_lists_what_is_published_in_an_act(outlet: DemoOutlet) -> None:
    for act in Act:
        known_at = WEB.feed_url(outlet)
        url = WEB.moved_feeds().get(known_at, known_at)
        reply = WEB.reply(outlet.host, urlsplit(url).path, act)
        entries = read_entries(outlet, reply)
        articles = [article for article in outlet.articles if article.act <= act]
        assert reply.entries == len(entries) == len(articles)
        assert [entry.url for entry in entries] == [WEB.article_url(outlet, article) for article in articles]
        if WEB.feed_kind(outlet) == FeedKind.FEED:
            assert [entry.published_at for entry in entries] == [article.at for article in articles]


def read_entries(outlet: DemoOutlet, reply: Reply) -> tuple[FeedEntry, ...]:
    url, content_type = WEB.feed_url(outlet), reply.headers["Content-Type"]
    match WEB.feed_kind(outlet):
        case FeedKind.SITEMAP:
            return parse_sitemap(reply.body, url=url, content_type=content_type).entries
        case FeedKind.SECTION:
            return read_section(reply.body, url=url, content_type=content_type, pattern="/articles/*").entries
        case _:
            return parse_feed(reply.body, url=url, content_type=content_type).entries


def test_a_dead_feed_stays_dead() -> None:
    (dead,) = (outlet for outlet in WEB.outlets if outlet.feed == "dead")
    assert {WEB.reply(dead.host, path, act).status for path in ("/", "/feed") for act in Act} == {404}


def test_no_headline_becomes_markup() -> None:
    outlet, article = next((o, a) for o in LIVING for a in o.articles if "<script>" in a.wording.title)
    for path in (f"/articles/{article.slug}", "/feed", "/"):
        body = WEB.reply(outlet.host, path, Act.END).body
        assert b"&lt;script&gt;" in body
        assert not any(tag in body for tag in (b"<script", b"<img", b"<svg"))


def test_an_article_that_moved_answers_at_its_old_address() -> None:
    outlet, article = only(moved_from=None)
    assert article.moved_from in WEB.article_url(outlet, article)
    moved = WEB.reply(outlet.host, f"/articles/{article.moved_from}", Act.END)
    assert (moved.status, moved.headers["Location"]) == (
        301,
        f"http://{outlet.host}:8600/articles/{article.slug}",
    )


def test_every_way_that_leads_astray_is_one_the_crawler_refuses() -> None:
    allowed = parse_allowed(WEB.allowed)
    astray = [(outlet, article) for outlet in LIVING for article in outlet.articles if article.leads_astray]
    assert len(astray) == 3
    for outlet, article in astray:
        target = article.link
        if article.redirect:
            assert refusal_of_url(WEB.article_url(outlet, article), allowed) is None
            target = WEB.reply(outlet.host, f"/articles/{article.slug}", Act.END).headers["Location"]
        assert refusal_of_url(target, allowed)
    assert not is_allowed(VAULT, WEB.port, allowed)


def test_a_page_in_another_encoding_claims_to_be_utf_8() -> None:
    outlet, article = only(sent_as="windows-1251")
    reply = WEB.reply(outlet.host, f"/articles/{article.slug}", Act.END)
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode("utf-8")
    assert article.wording.title in reply.body.decode("windows-1251")


def test_the_edit_changes_the_page_and_nothing_in_the_feed() -> None:
    outlet, article = only(edited=None)
    assert page(outlet, article, Act.REPRINTS) != page(outlet, article, Act.EDIT)
    assert WEB.reply(outlet.host, "/feed", Act.REPRINTS) == WEB.reply(outlet.host, "/feed", Act.EDIT)


def test_only_restless_outlets_differ_at_every_visit() -> None:
    for outlet in LIVING:
        article = next(article for article in outlet.articles if not article.leads_astray)
        assert (page(outlet, article, visit=1) != page(outlet, article, visit=2)) == outlet.restless


def test_nothing_is_published_before_its_act() -> None:
    outlet, article = next((o, a) for o in LIVING for a in o.articles if a.act is Act.NEWS and not a.leads_astray)
    assert WEB.reply(outlet.host, f"/articles/{article.slug}", Act.OPENING).status == 404
    assert WEB.reply("127.20.0.200", "/feed", Act.END).status == 404


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((VAULT, 0))
        port: int = probe.getsockname()[1]
        return port


def get(url: str, **headers: str) -> tuple[int, Message]:
    """Return status and headers; whatever the answer, it is no error."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers
    except HTTPError as error:
        return error.code, error.headers


def test_served_it_answers_by_address_and_counts_what_the_crawler_got() -> None:
    web = DemoWeb(WEB.outlets, packaged_folder(), free_port())
    outlet, article = next((o, a) for o in web.outlets if o.feed == "rss" for a in o.articles if a.act is Act.OPENING)
    with serving(web, agent="crawler/1") as stage:
        status, headers = get(web.feed_url(outlet), User_Agent="crawler/1", Host="elsewhere.example")
        assert status == 200
        known = {"If_None_Match": headers["ETag"]}
        assert get(web.feed_url(outlet), User_Agent="crawler/1", **known)[0] == 304
        assert get(web.article_url(outlet, article), User_Agent="crawler/1")[0] == 200
        assert get(web.article_url(outlet, article), User_Agent="somebody")[0] == 200
        assert get(f"http://{VAULT}:{web.port}/keys")[0] == 200
        listed = len(web.entries(outlet, Act.OPENING))
        assert (stage.served.polls, stage.served.entries) == (2, listed)
        assert (stage.served.pages, stage.served.texts, stage.served.vault) == (1, 1, 1)


def test_an_address_that_is_taken_is_named() -> None:
    with socket.create_server((VAULT, 0)) as other:
        port = other.getsockname()[1]
        web = DemoWeb(WEB.outlets, packaged_folder(), port)
        with pytest.raises(DemoError, match=f"on {VAULT}, port {port}: address already in use"), serving(web, "a"):
            pass


def test_a_feed_that_moved_answers_301_for_ever() -> None:
    ((old, new),) = WEB.moved_feeds().items()
    outlet = next(outlet for outlet in WEB.outlets if outlet.feed_moved_from)
    for act in Act:
        reply = WEB.reply(outlet.host, urlsplit(old).path, act)
        assert (reply.kind, reply.status, reply.headers["Location"]) == ("moved", 301, new)


def test_a_guarded_outlet_shows_a_challenge_and_then_its_articles() -> None:
    (outlet,) = [outlet for outlet in WEB.outlets if outlet.guarded_until]
    article = outlet.articles[0]
    for act in Act:
        if act >= article.act:
            shown = page(outlet, article, act).decode()
            assert ("Checking your browser" in shown) == (act < Act.EDIT)
            assert (article.wording.paragraphs[0] in shown) == (act >= Act.EDIT)
            assert LABELS["en"] in shown


def test_the_list_of_feeds_names_each_of_them_and_is_no_secret() -> None:
    listed = parse_opml(WEB.opml())
    feeds = {WEB.feed_url(outlet) for outlet in WEB.outlets if WEB.feed_kind(outlet) == FeedKind.FEED}
    assert {outline.feed_url for outline in listed.outlines} == feeds
    assert not listed.problems
    assert WEB.reply(WEB.outlets[0].host, "/feeds.opml", Act.OPENING).body == WEB.opml()
