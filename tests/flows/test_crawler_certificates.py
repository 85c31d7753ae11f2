"""Servers whose certificates are good, and bad in every way, by the real crawler over real TLS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from asgi import get
from commandline import run
from courier import Reply, Site, captures, environment_of, follow, look_again, serving, settings_for, store_for
from samples import NOON, PARAGRAPHS, chain_over, prepared_store
from servers.certificates import FAULTS, Authority
from sqlalchemy import delete, insert, select, update

from crawlers.crawl_once import collect_once
from crawlers.fetch_urls import fetch_once
from db.collection import captures as capture_rows
from db.collection.feeds.feeds import iter_feeds
from db.collection.sources.unverified import find_unverified, set_rule
from db.engine import Database
from db.enums.collection import CertificateRule
from db.models import Article, Feed, Page, Source
from db.settings import Settings, load
from web.app import create_app
from worker.chain import service

TEXT = "The ministers of five countries met in the capital to speak about water, railways and the border. " * 6
PAGE = f"<html><body><article><h1>Water and roads</h1><p>{TEXT}</p></article></body></html>"
SECRET = "/feed.xml?token=0x4e4e"
READ = {"poll: changed": 1, "entry: new": 1, "fetch: captured": 1}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def site_of(opened: ExitStack, authority: Authority, kind: str) -> Site:
    site = opened.enter_context(serving(authority.context(kind)))
    site.page("/a", PAGE)
    site.feed("/a")
    site.pages[SECRET] = site.pages["/feed.xml"]
    return site


def feed_of(database: Database) -> tuple[str | None, str | None, str | None]:
    with database.reading() as conn:
        (feed,) = iter_feeds(conn)
    return feed.last_outcome, feed.last_error, feed.unverified


def test_a_good_certificate_is_all_there_is_to_say(opened: ExitStack, authority: Authority, tmp_path: Path) -> None:
    site = site_of(opened, authority, "good")
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    assert collect_once(settings) == READ
    assert feed_of(database) == ("changed", None, None)
    (capture,) = captures(database)
    assert "page_unverified" not in capture.hints


@pytest.mark.parametrize("kind", FAULTS)
def test_a_bad_one_is_put_up_with_where_no_secret_is_sent(
    opened: ExitStack, authority: Authority, tmp_path: Path, kind: str
) -> None:
    site = site_of(opened, authority, kind)
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    assert collect_once(settings) == READ
    assert feed_of(database) == ("changed", None, FAULTS[kind])
    (capture,) = captures(database)
    assert capture.hints["page_unverified"] == FAULTS[kind]
    assert [site.asked(path) for path in ("/robots.txt", "/feed.xml", "/a")] == [1, 1, 1], "a handshake asks nothing"


@pytest.mark.parametrize("kind", FAULTS)
def test_a_secret_is_sent_to_nobody_who_does_not_prove_who_he_is(
    opened: ExitStack, authority: Authority, tmp_path: Path, kind: str
) -> None:
    site = site_of(opened, authority, kind)
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url(SECRET))
    assert collect_once(settings) == {"poll: certificate": 1}
    said = f"the certificate of 127.0.0.1 {FAULTS[kind]}"
    assert feed_of(database) == ("certificate", said, None)
    assert site.asked(SECRET) == 0


def test_a_secret_is_sent_to_who_does(opened: ExitStack, authority: Authority, tmp_path: Path) -> None:
    site = site_of(opened, authority, "good")
    settings = settings_for(site, tmp_path)
    store_for(settings, site.url(SECRET))
    assert collect_once(settings) == READ


def test_the_outlets_rule_decides(opened: ExitStack, authority: Authority, tmp_path: Path) -> None:
    site = site_of(opened, authority, "expired")
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    database.write(lambda conn: set_rule(conn, "courier", CertificateRule.NEVER))
    assert collect_once(settings) == {"poll: certificate": 1}
    assert site.asked("/feed.xml") == 0
    database.write(lambda conn: set_rule(conn, "courier", CertificateRule.ALWAYS))
    follow(database, site.url(SECRET))
    assert collect_once(settings)["poll: changed"] == 2
    assert site.asked(SECRET) == 1


def test_a_page_is_judged_by_its_own_server_and_its_outlets_rule(
    opened: ExitStack, authority: Authority, tmp_path: Path
) -> None:
    good, bad = site_of(opened, authority, "good"), site_of(opened, authority, "of another")
    good.feed(bad.url("/a"), "/a")
    settings = settings_for(good, tmp_path, allow_private_hosts=f"127.0.0.1:{good.port},127.0.0.1:{bad.port}")
    database = store_for(settings, good.url("/feed.xml"))
    database.write(lambda conn: set_rule(conn, "courier", CertificateRule.NEVER))
    counts = collect_once(settings)
    assert (counts["fetch: captured"], counts["fetch: certificate"]) == (1, 1)
    database.write(lambda conn: set_rule(conn, "courier", "without-secrets"))
    look_again(database)
    collect_once(settings)
    by_page = {capture.url: capture.hints.get("page_unverified") for capture in captures(database) if capture.size}
    assert by_page == {good.url("/a"): None, bad.url("/a"): FAULTS["of another"]}


def test_what_a_stranger_redirects_to_is_unverified_as_well(
    opened: ExitStack, authority: Authority, tmp_path: Path
) -> None:
    good, bad = site_of(opened, authority, "good"), site_of(opened, authority, "self-signed")
    bad.pages["/moved"] = Reply(b"", 302, {"Location": good.url("/a")})
    good.pages["/away"] = Reply(b"", 302, {"Location": bad.url("/a")})
    good.pages["/leak"] = Reply(b"", 302, {"Location": bad.url("/a?token=abc")})
    good.feed(bad.url("/moved"), "/away", "/leak")
    settings = settings_for(good, tmp_path, allow_private_hosts=f"127.0.0.1:{good.port},127.0.0.1:{bad.port}")
    database = store_for(settings, good.url("/feed.xml"))
    collect_once(settings)
    with database.reading() as conn:
        pages = {number: url for number, url in conn.execute(select(Page.id, Page.url))}
    marks = {pages[row.page_id]: row.hints.get("page_unverified") for row in captures(database) if row.size}
    assert marks == {bad.url("/moved"): FAULTS["self-signed"], good.url("/away"): FAULTS["self-signed"]}
    assert bad.asked("/a?token=abc") == 0
    assert feed_of(database)[2] is None


def test_the_mark_goes_when_the_certificate_is_good_again(
    opened: ExitStack, authority: Authority, tmp_path: Path
) -> None:
    site = site_of(opened, authority, "expired")
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    collect_once(settings)
    assert feed_of(database)[2] == FAULTS["expired"]
    with serving(authority.context("good")) as renewed:
        renewed.pages = dict(site.pages)
        database.write(lambda conn: conn.execute(update(Feed).values(url=renewed.url("/feed.xml"))))
        collect_once(settings_for(renewed, tmp_path))
    assert feed_of(database)[2] is None


def understood(database: Database) -> list[str]:
    """Have workers understand what was captured; return how each ended."""
    ids = database.write(lambda conn: capture_rows.claim_captures(conn, now=NOON, lease_s=60, limit=9))
    return [ended.outcome for ended in service.process_captures(chain_over(database), ids)]


def mark_of(database: Database) -> str | None:
    with database.reading() as conn:
        return find_unverified(conn, conn.scalars(select(Article.id)).one())


def empty_of_feeds(settings: Settings, site: Site) -> Database:
    """Return a store with the vocabulary, whose only feed is the site's."""
    database = prepared_store(settings.database)
    source = {"id": "courier", "name": "Courier", "languages": [], "origin": "person", "added_at": NOON}
    database.write(lambda conn: conn.execute(delete(Feed)))
    database.write(lambda conn: conn.execute(insert(Source), [source]))
    follow(database, site.url("/feed.xml"))
    return database


WHOLE = (
    "<!doctype html><html lang='en'><head><title>About the lake</title></head><body><article><h1>About the lake</h1>"
    + "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    + "</article></body></html>"
)
ALONE = f"""<rss version="2.0"><channel><title>Courier</title>
<item><guid isPermaLink="false">7</guid><title>Water and roads</title><description>{TEXT}</description></item>
</channel></rss>"""


@pytest.mark.parametrize("form", ["page", "entry without a link"])
def test_an_articles_mark_goes_when_the_same_words_come_from_who_can_prove_it(
    authority: Authority, tmp_path: Path, form: str
) -> None:
    context = authority.context("expired")
    with serving(context) as site:
        site.pages["/a"] = Reply(WHOLE.encode(), headers={"Content-Type": "text/html"})
        site.feed("/a")
        if form != "page":
            site.pages["/feed.xml"] = Reply(ALONE.encode(), headers={"Content-Type": "application/rss+xml"})
        settings = settings_for(site, tmp_path)
        database = empty_of_feeds(settings, site)

        def again() -> list[str]:
            if form == "page":
                look_again(database)
            collect_once(settings)
            return understood(database)

        assert (again(), mark_of(database)) == (["new"], FAULTS["expired"])
        assert (again(), mark_of(database)) == ([], FAULTS["expired"]), "it is as it was"
        authority.renew(context)
        assert (again(), mark_of(database)) == (["seen_again"], None)
        assert again() == [], "once is enough"
        database.close()


def test_a_connection_that_was_not_verified_is_never_used_again(
    opened: ExitStack, authority: Authority, tmp_path: Path
) -> None:
    site = site_of(opened, authority, "self-signed")
    settings = settings_for(site, tmp_path)
    answers = fetch_once(settings, [site.url("/a"), site.url(SECRET), site.url("/a")])
    assert [answer.unverified for answer in answers] == [FAULTS["self-signed"], None, FAULTS["self-signed"]]
    assert answers[1].trouble is not None
    assert answers[1].trouble.kind == "certificate"
    assert site.asked(SECRET) == 0


def test_the_command_that_reads_a_feed_says_it(
    opened: ExitStack, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = site_of(opened, authority, "early")
    monkeypatch.setenv("STEPPEWATCH_ALLOW_PRIVATE_HOSTS", f"127.0.0.1:{site.port}")
    load.cache_clear()
    result = run("feed", site.url("/feed.xml"))
    load.cache_clear()
    assert json.loads(result.stdout)["title"] == "Courier"
    assert f"is unverified: a certificate on the way to it {FAULTS['early']}" in result.stderr


def test_what_is_no_fault_of_a_certificate_is_not_asked_for_again(tmp_path: Path, site: Site) -> None:
    settings = settings_for(site, tmp_path)
    (answer,) = fetch_once(settings, [site.url("/a").replace("http:", "https:")])
    assert answer.trouble is not None
    assert answer.trouble.kind != "certificate"
    assert answer.unverified is None


def test_feed_article_and_outlet_say_that_nobody_vouches_for_them(
    opened: ExitStack, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = site_of(opened, authority, "expired")
    settings: Settings = settings_for(site, tmp_path)
    database = prepared_store(settings.database)
    source = {"id": "courier", "name": "Courier", "languages": [], "origin": "person", "added_at": NOON}
    database.write(lambda conn: conn.execute(delete(Feed)))
    database.write(lambda conn: conn.execute(insert(Source), [source]))
    follow(database, site.url("/feed.xml"))
    assert collect_once(settings) == READ
    chain = chain_over(database)
    ids = database.write(lambda conn: capture_rows.claim_captures(conn, now=NOON, lease_s=60, limit=9))
    (ended,) = service.process_captures(chain, ids)
    assert ended.outcome == "new"
    for name, value in environment_of(settings).items():
        if name in ("STEPPEWATCH_DATA_DIR", "STEPPEWATCH_DATABASE_URL"):
            monkeypatch.setenv(name, value)
    load.cache_clear()
    shown = json.loads(run("article", "show", site.url("/a")).stdout)
    assert (shown["unverified"], shown["certificate"]) == (True, "has expired")
    outlet = json.loads(run("source", "show", "courier", "--format", "json").stdout)
    assert (outlet["unverified"], outlet["read_unverified"]) == (True, "without-secrets")
    assert [(feed["unverified"], feed["certificate"]) for feed in outlet["feeds"]] == [(True, "has expired")]
    edited = json.loads(run("source", "edit", "courier", "--unverified", "never").stdout)
    assert (edited["id"], edited["read_unverified"], edited["time_zone"]) == ("courier", "never", None)
    outlet = json.loads(run("source", "show", "courier", "--format", "json").stdout)
    assert outlet["read_unverified"] == "never"
    page = get(create_app(database), "/status").text
    assert page.count('certificate has expired">unverified</span>') == 2, "the article and the outlet"
    load.cache_clear()
    database.close()
