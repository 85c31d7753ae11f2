"""Which links of an article lead to hosts that may be outlets."""

from __future__ import annotations

import pytest

from worker.chain.batch.linked_hosts import MAX_HOSTS, find_links


def hosts(*addresses: str) -> list[str]:
    return [link.host for link in find_links(addresses, "https://www.steppe-herald.kz/1", "herald")]


def test_each_host_counts_once_with_its_first_address() -> None:
    found = find_links(["https://www.oasis.test/a", "https://oasis.test/b"], "https://herald.example/1", "herald")
    assert [(link.host, link.url) for link in found] == [("oasis.test", "https://www.oasis.test/a")]


@pytest.mark.parametrize(
    "address",
    [
        "https://news.steppe-herald.kz/2",
        "https://m.facebook.com/x",
        "https://t.me/channel/5",
        "https://bit.ly/3x",
        "https://ads.doubleclick.net/x",
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "http://localhost/x",
        "http://[broken/x",
        "https:///x",
    ],
)
def test_what_is_no_other_outlet_does_not_count(address: str) -> None:
    assert hosts(address) == []


def test_a_page_of_links_counts_to_a_limit() -> None:
    assert len(hosts(*(f"https://h{number}.test/" for number in range(100)))) == MAX_HOSTS
