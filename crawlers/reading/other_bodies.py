"""Descriptions of bodies that are no feeds and no pages of the outlet. Pure."""

from __future__ import annotations

import re

_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"just a moment|checking your browser|enable javascript and cookies|ddos.?guard|captcha"
    r"|verify (?:that )?you are (?:a )?human|attention required|are you a robot|проверка браузера",
    re.IGNORECASE,
)


def describe_body(body: bytes, text: str, fault: str) -> str:
    """Return a description of a body that is not a feed."""
    head = text[:4096]
    if "<opml" in head.lower():
        return "an OPML list of feeds, not a feed"
    if _HTML.search(head):
        return "an HTML page, not a feed"
    if body.startswith(b"%PDF"):
        return "a PDF file, not a feed"
    if body.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "a compressed file, not a feed"
    if "<urlset" in head or "<sitemapindex" in head:
        return "a sitemap, not a feed"
    if not head.startswith("<"):
        return "text without any XML, not a feed"
    return f"XML that is no feed{': ' + fault if fault else ''}"


def describe_challenge(body: bytes) -> str | None:
    """Return a sentence if a body is a page by which a protection service tests who asks."""
    head = body[:20_000]
    if len(body) < 100_000 and head.lstrip()[:1] == b"<" and _CHALLENGE.search(head.decode("utf-8", "replace")):
        return "a page that tests whether a person asks, in place of what was asked for"
    return None
