"""Servers that are a little wrong are read as a browser reads them, by the real crawler."""

from __future__ import annotations

from pathlib import Path

from courier import Reply, Site, captures, settings_for, store_for

from crawlers.collect_once import collect_once

HTML = {"Content-Type": "text/html"}


def test_a_cookie_that_a_redirect_sets_is_sent_back(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/self", "/bounce", "/proud")
    feed = site.pages["/feed.xml"]
    again = {"Location": "/feed.xml", "Set-Cookie": "feed=1; Path=/"}
    site.pages["/feed.xml"] = Reply(feed.body, 200, feed.headers, needs="feed=1", otherwise=Reply(b"", 302, again))
    page = {"Location": site.url("/self"), "Set-Cookie": "seen=1; Path=/"}
    site.pages["/self"] = Reply(b"<p>words", 200, HTML, needs="seen=1", otherwise=Reply(b"", 302, page))
    site.pages["/bounce"] = Reply(b"<p>bounced", 200, HTML, needs="tok=", otherwise=Reply(b"", 307, {"Location": "/t"}))
    site.pages["/t"] = Reply(b"", 303, {"Location": "/bounce", "Set-Cookie": "tok=1; Path=/"})
    # sends round for ever
    site.pages["/proud"] = Reply(b"", 302, {"Location": "/proud", "Set-Cookie": "seen=2; Path=/"})
    counts = collect_once(settings)
    assert counts == {"poll: changed": 1, "entry: new": 3, "fetch: captured": 2, "fetch: redirects": 1}
    assert {(row.url, row.body_hash is not None) for row in captures(database) if row.size} == {
        (site.url("/self"), True), (site.url("/bounce"), True),
    }  # fmt: skip
    assert site.asked("/proud") == 2
