"""Where messages may be sent."""

from __future__ import annotations

import pytest

from worker.delivery.transports.table import check_address, shown
from worker.delivery.transports.transport import AddressError


@pytest.mark.parametrize(
    ("kind", "address", "stored"),
    [
        ("email", " analyst@office.example ", "analyst@office.example"),
        ("email", "a.b+alerts@büro.example", "a.b+alerts@xn--bro-hoa.example"),
        ("webhook", "https://hooks.example/in?team=7", "https://hooks.example/in?team=7"),
        ("chat", "Slack://T1/B2/secret/", "slack://T1/B2/secret/"),
        ("chat", "tgram://123:abc/-100200?topic=4", "tgram://123:abc/-100200?topic=4"),
        ("chat", "tgram://bot123:abc/analysts/", "tgram://bot123:abc/analysts/"),
        ("chat", "slack://Watch%20tower@T1/B2/x/%23drills", "slack://Watch%20tower@T1/B2/x/%23drills"),
        ("chat", "slack://xoxb-1-2-abc/#drills", "slack://xoxb-1-2-abc/#drills"),
        ("chat", "discord://1/2?", "discord://1/2?"),
        ("chat", "line://abc+/def/g==/U12", "line://abc+/def/g==/U12"),
        ("chat", "viber://token?to=01234567890A=", "viber://token?to=01234567890A="),
    ],
)
def test_a_usable_address_is_kept(kind: str, address: str, stored: str) -> None:
    assert check_address(kind, address) == stored


@pytest.mark.parametrize(
    ("kind", "address", "complaint"),
    [
        ("email", "analyst", "not a mail address"),
        ("email", "@office.example", "not a mail address"),
        ("email", "a@b\r\nBcc: c@d.example", "not an address"),
        ("email", "a@b, c@d.example", "not an address"),
        ("email", "a,c@d.example", "not a mail address"),
        ("email", "<a@d.example>", "not a mail address"),
        ("email", "a@[127.0.0.1]", "not a mail address"),
        ("webhook", "ftp://hooks.example/", "only http and https"),
        ("webhook", "http://127.0.0.1/", "loopback"),
        ("webhook", "http://2130706433/", "loopback"),
        ("webhook", "http://[::ffff:10.0.0.1]/", "private"),
        ("webhook", "https://hooks.example:22/", "port 22"),
        ("webhook", "https://user:pass@hooks.example/", "user name"),
        ("chat", "json://intranet/", "not among"),
        ("chat", "file://depot.example/secret", "not among"),
        ("chat", "mailto://a:b@mail.example", "not among"),
        ("chat", "syslog://", "not among"),
        ("chat", "ntfys://intranet/topic", "not among"),
        ("chat", "slack", "not among"),
        ("chat", "slack://T1/B2/x?template=/a/secret", "option 'template' is not supported"),
        ("chat", "slack://T1/B2/x?verify=no", "'verify' is not supported"),
        ("chat", "discord://1/2?avatar_url=http://10.0.0.1/", "'avatar_url' is not supported"),
        ("chat", "discord://1/2#/?template=/a/secret", "'template' is not supported"),
        ("chat", "discord://1/2;template=/a/secret", "'template' is not supported"),
        ("chat", "discord://1/2?thread=3;template=/a/secret", "'template' is not supported"),
        ("chat", "discord://1/2&template=/a/secret", "'template' is not supported"),
        ("chat", "discord://1/2??template=/a/secret", "'template' is not supported"),
        ("chat", "discord://1/2?thread=3#/a/secret", "'thread' has a value that cannot be"),
        ("chat", "discord://1/2?%74emplate=/a/secret", "'template' is not supported"),
        ("chat", "discord://1/2?Template=/a/secret", "'template' is not supported"),
        ("chat", "discord://1/2?thread=3&thread=4", "'thread' is given twice"),
        ("chat", "discord://1/2?thread=٣", "'thread' has a value that cannot be"),
        ("chat", "discord://1/../../users", "not like"),
        ("chat", "discord://1/%2e%2e%2fusers", "not like"),
        ("chat", "discord://10.0.0.1:80/1/2", "not like"),
        ("chat", "discord://me:pass@1/2", "not like"),
        ("chat", "tgram://123:abc", "the chat is missing"),
        ("chat", "tgram://123:abc/1/2", "not like tgram://"),
        ("chat", "tgram://123:abc/1?to=2", "an address is one chat"),
        ("chat", "tgram://123:abc/-1?content=before&format=markdown", "'content' is not supported"),
        ("chat", "tgram://10.0.0.1/bot123:abc/-1", "not like"),
        ("chat", "slack://xoxb-1-2-abc", "the chat is missing"),
        ("chat", "slack://T1/B2/x?thread=3", "'thread' is not supported"),
        ("chat", "matrix://user:pass@matrix.example/#room", "not among"),
        ("chat", "wxteams://" + "a" * 80 + "/..%2f..", "not like"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(kind: str, address: str, complaint: str) -> None:
    with pytest.raises(AddressError, match=complaint):
        check_address(kind, address)


def test_settings_may_let_a_private_webhook_through() -> None:
    allowed = {("127.0.0.1", 9_000)}
    assert check_address("webhook", "http://127.0.0.1:9000/in", allowed) == "http://127.0.0.1:9000/in"


def test_the_password_in_an_address_is_not_shown() -> None:
    assert shown("chat", "slack://T1/B2/secret") == "slack://…"
    assert shown("webhook", "https://hooks.example/in?key=secret") == "https://hooks.example/in?…"
    assert shown("webhook", "https://hooks.example/in") == "https://hooks.example/in"
    assert shown("email", "analyst@office.example") == "analyst@office.example"
