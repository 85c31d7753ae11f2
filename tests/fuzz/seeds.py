# ruff: noqa: E501 - inputs are kept as they are
"""Invented inputs of every kind that strangers send, and what is done to them."""

from __future__ import annotations

from random import Random

_FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Lake Post</title><link>https://lake.example/</link><language>kk</language>
<item><title><![CDATA[Кеме &amp; көл: «кездесу»]]></title><link>https://lake.example/1?utm_source=x</link>
<guid isPermaLink="false">7</guid><pubDate>Wed, 05 Jan 2022 10:00:00 +0600</pubDate>
<dc:creator>Aizada Bekova</dc:creator><author>desk@lake.example (A. Bekova)</author>
<description>&lt;p&gt;Talks &lt;a href="/2"&gt;were&lt;/a&gt; held&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Talks were held in <b>Osh</b>.</p><script>x</script>]]></content:encoded></item>
</channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru" xml:base="https://lake.example/"><title type="html">Озеро</title>
<entry><id>tag:lake.example,2022:1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <i>b</i></div></title>
<link rel="alternate" href="1"/><updated>2022-01-05T10:00:00Z</updated><author><name>Б. Айдар</name></author>
<content type="html">&lt;p>words&lt;/p></content></entry></feed>"""
_JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "Lake", "items": [{"id": 1, "url": "https://lake.example/1",
"title": "Talks", "content_html": "<p>Talks</p>", "date_published": "2022-01-05T10:00:00+06:00", "authors": [{"name": "A"}]}]}"""
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Talks on the lake | Lake Post</title>
<meta property="og:title" content="Talks on the lake"><meta property="article:published_time" content="2022-01-05T10:00:00+06:00">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Talks", "datePublished": "2022-01-05",
"author": [{"@type": "Person", "name": "A. Bekova"}]}</script><link rel="canonical" href="https://lake.example/1"></head><body>
<nav><a href="/">Home</a></nav><article><h1>Talks on the lake</h1><p class="byline">By A. Bekova, 5 January 2022</p>
<p>Envoys of two ministries met on Tuesday to settle who may use the ferry in winter, and for how long.</p>
<p>«Келісім жасалды», — деді министр. The quay stays open until the ice is thick enough for lorries.</p></article>
<aside>Read more</aside></body></html>"""
_TEXT = """Talks on the lake

By Aizada Bekova
5 January 2022

Envoys of two ministries met on Tuesday to settle who may use the ferry. The CSTO and Kazakhstan sent observers.

Source: https://lake.example/1
"""
_YAML = """saved:
  pacts: 'entity:csto OR "river pact"~3'
subscriptions:
  drills: {query: saved:pacts AND drill*, email: [me@office.example], every: daily 08:00 Asia/Almaty, max_age_h: 48}
  hush: {silence: some-outlet, email: [me@office.example]}
"""
_TOML = """id = "lake-base"
type = "place"
label = "Lake Base"
description = "An invented base"
relations = [ { rel = "part_of", target = "kazakhstan" } ]
[names]
en = [ "Lake Base", { text = "LB", case_sensitive = true, needs_context = true } ]
ru = [ "База на озере" ]
"""
_LINE = """{"url": "https://lake.example/1", "title": "Talks", "text": "Envoys met. Кездесу өтті.", "author": "A. Bekova",
 "published_at": "2022-01-05T10:00:00+06:00", "language": "en", "source": "lake.example"}""".replace("\n", "")

_TABLE = """sep=;
Title;"text";Published At;url;note
"=Talks ""on"" the lake";"Envoys met.
Кездесу өтті; in Osh.";5 января 2022;https://lake.example/1;
'Drills;Troops of the CSTO;2022-01-05T10:00:00+06:00;;"open
"""
_OURS = """article_id,url,source,title,author,language,published_at,collected_at,cluster_id,is_original,source_name,canonical_url,text
1,"https://lake.example/1","lake.example","'=Talks",,"en",2022-01-05,2022-01-06T00:00:00Z,1,true,"Lake Post","https://lake.example/1","Envoys met."
"""

SEEDS: dict[str, tuple[str, ...]] = {
    "feed": (_FEED, _ATOM, _JSON_FEED),
    "page": (_PAGE, f"<p>{_TEXT}</p>"),
    "text": (_TEXT, _PAGE),
    "query": (
        'entity:csto AND (drill* OR "border guards"~3) NEAR/8 lake NOT source:lake.example',
        "SENT(talks ferry) AND atleast/2(osh OR bishkek) OR title:case:CSTO",
        "score>=15(sco^10 summit~1^5 date>=2022-01-05^2) lang:kk country:KZ genre:news O'zbekiston pan-turk*",
    ),
    "url": (
        "https://www.lake.example:443/news/1.html?utm_source=x&id=7&b=%D0%BC#!/route",
        "https://www.google.com/url?q=https%3A%2F%2Flake.example%2F1&sa=D",
        "http://user:pw@xn--80a.example/a/../b/./index.html;x=1?a=1&a=2",
    ),
    "yaml": (_YAML,),
    "toml": (_TOML,),
    "lines": (f"{_LINE}\n" * 3, f'{_LINE}\n[]\n{{"text": 7}}\n'),
    "table": (_TABLE, _OURS),
    "date": ("Wed, 05 Jan 2022 10:00:00 +0600", "5 қаңтар 2022 ж., 10:00", "2022-01-05T10:00:00.123456Z", "05.01.22"),
}

_NASTY = (
    "\x00", "\ufeff", "\u202e", "\u0301", "\ud800", "\U0001f600", "&#x110000;", "&#0;", "&amp;" * 9, "&lt;", "]]>", "<![CDATA[",
    "<!--", "-->", "<!DOCTYPE x [<!ENTITY a \"aa\">]>", "&a;", "<a href='", "</", "<", ">", "\"", "'", "(", ")", "[", "]", "{", "}",
    "{{", "<<: *a", "&a ", "*a", "!!", "- ", ": ", "? ", "|\n", "%", "%2", "%25", "%00", "//", "/../", "@", ":", "#", "?", ";",
    "\n", "\r\n", "\t", " ", "\u00a0", ".", ",", "-", "—", "’", "ʻ", "0", "9" * 400, "1e999", "-1", "NaN", "null", "true", "AND ", "OR ",
    "NOT ", "NEAR/9 ", "SENT(", "atleast/9 ", "~2", "^5", "*", "case:", "entity:", "title:", "date:", "saved:", "\\", "\\u0000", "\\ud800",
    "<div>", "<p>", "<table><tr><td>", "<script>", "<svg/onload=", "xmlns:a='b' ", "http://", "javascript:", "xn--", "2022", "31.02.", "GMT",
)  # fmt: skip
_LONGEST = 200_000


def mutated(kind: str, chance: Random) -> bytes:
    """Return one of the inputs of a kind, changed in one to eight places."""
    body = chance.choice(SEEDS[kind]).encode("utf-8")
    for _ in range(chance.randint(1, 8)):
        body = chance.choice(_CHANGES)(body, kind, chance)[:_LONGEST]
    return body


def _place(body: bytes, chance: Random) -> tuple[int, int]:
    first, last = sorted((chance.randint(0, len(body)), chance.randint(0, len(body))))
    return first, min(last, first + chance.choice((1, 4, 20, 300, 5_000)))


def _token(chance: Random) -> bytes:
    return chance.choice(_NASTY).encode("utf-8", "surrogatepass")


def _flip(body: bytes, kind: str, chance: Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _insert(body: bytes, kind: str, chance: Random) -> bytes:
    at, _ = _place(body, chance)
    return body[:at] + _token(chance) + body[at:]


def _repeat_token(body: bytes, kind: str, chance: Random) -> bytes:
    at, _ = _place(body, chance)
    tokens = b"".join(_token(chance) for _ in range(chance.randint(1, 3)))
    return body[:at] + tokens * chance.choice((10, 300, 20_000)) + body[at:]


def _repeat_part(body: bytes, kind: str, chance: Random) -> bytes:
    first, last = _place(body, chance)
    return body[:first] + body[first:last] * chance.choice((2, 30, 2_000)) + body[last:]


def _remove(body: bytes, kind: str, chance: Random) -> bytes:
    first, last = _place(body, chance)
    return body[:first] + body[last:]


def _splice(body: bytes, kind: str, chance: Random) -> bytes:
    other = chance.choice(chance.choice(list(SEEDS.values()))).encode()
    first, last = _place(other, chance)
    at, _ = _place(body, chance)
    return body[:at] + other[first:last] + body[at:]


def _recode(body: bytes, kind: str, chance: Random) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(("utf-16", "cp1251", "utf-7", "latin-1")), "replace")


_CHANGES = (_flip, _insert, _insert, _repeat_token, _repeat_part, _remove, _splice, _recode)
