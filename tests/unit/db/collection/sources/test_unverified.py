"""Which addresses hold a secret, and so are sent to nobody who does not prove who he is."""

from __future__ import annotations

import pytest

from db.collection.sources.unverified import has_secret, may_be_unverified
from db.enums.collection import CertificateRule


@pytest.mark.parametrize(
    "url",
    [
        "https://outlet.example/rss",
        "https://outlet.example/?feed=rss2&lang=kk",
        "https://outlet.example/news?id=123456&page=2",
        "https://outlet.example/news?id=20220105101112131415",
        "https://outlet.example/?p=some-words-of-a-headline-that-go-on",
        "https://outlet.example/?utm_source=rss-2022-newsletter-january&fbclid=IwAR0abcdefghijk12345",
        "https://outlet.example/?token=",
        "https://outlet.example/search?q=жетон+2022",
        "https://outlet.example/?keyword=border&keywords=csto&monkey=1&author=ann",
        "https://outlet.example/feed.xml#token=1",
    ],
)
def test_an_address_that_anybody_may_know(url: str) -> None:
    assert not has_secret(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://reader:pass@outlet.example/rss",
        "https://reader@outlet.example/rss",
        "https://outlet.example/rss?token=a",
        "https://outlet.example/rss?access_token=a",
        "https://outlet.example/rss?API_KEY=1",
        "https://outlet.example/rss?apikey=1",
        "https://outlet.example/rss?private_token=a&x=1",
        "https://outlet.example/rss?x=1&feed_token=a",
        "https://outlet.example/rss?user=ann&password=b",
        "https://outlet.example/rss?sig=a",
        "https://outlet.example/rss?X-Amz-Signature=a",
        "https://outlet.example/rss?auth=1",
        "https://outlet.example/rss?k=d41d8cd98f00b204e9800998ecf8427e",
        "https://outlet.example/rss?u=9hQ2xYzAbC-4dEfGhI_jKlMn",
        "https://outlet.example/rss?" + "&".join(f"a{n}=1" for n in range(200)),
    ],
)
def test_an_address_that_only_its_reader_may_know(url: str) -> None:
    assert has_secret(url)


def test_a_rule_goes_before() -> None:
    open_, secret = "https://outlet.example/rss", "https://outlet.example/rss?token=a"
    assert [may_be_unverified(open_, rule) for rule in (None, CertificateRule.NEVER, CertificateRule.ALWAYS)] == [
        True,
        False,
        True,
    ]
    assert [may_be_unverified(secret, rule) for rule in (None, CertificateRule.NEVER, CertificateRule.ALWAYS)] == [
        False,
        False,
        True,
    ]
