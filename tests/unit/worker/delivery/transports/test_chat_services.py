"""How chats are written to: over TLS, against services that this machine plays. Nothing leaves it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers.chatserver import HOSTS, Services, serving_chats

from worker.delivery.transports import tls
from worker.delivery.transports.chat.address import FORMS, SCHEMES, ChatAddress, ChatAddressError, parse_chat
from worker.delivery.transports.chat.markup import MARKUPS
from worker.delivery.transports.chat.post import ChatResult, judge, send_chat
from worker.delivery.transports.chat.services import build_chat_request, find_error
from worker.delivery.transports.errors import AddressRefused, MessageFailed, TransportError

ADDRESSES = {
    "discord": "discord://Tower@123/t-ok_en?thread=45",
    "feishu": "feishu://t-ok",
    "gchat": "gchat://SPACE/k-ey/t=ok?thread=drills",
    "lark": "lark://t-ok",
    "line": "line://a+b/c==/U12",
    "pover": "pover://user1@tok2/phone",
    "slack": "slack://T1/B2/secret/%23drills",
    "slack-bot": "slack://xoxb-1-abc/drills",
    "tgram": "tgram://bot123:a-b_c/-100200:7",
    "viber": "viber://tok-en/abc=",
    "wxteams": "wxteams://t.o.k/room1",
    "wxteams-hook": "wxteams://" + "a" * 100,
}


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with serving_chats(tmp_path, monkeypatch) as found:
        yield found


def send(address: str, text: str = "<b>drills</b> & @everyone") -> None:
    send_chat(parse_chat(address), text, user_agent="Steppewatch/0.1", timeout_s=10)


def parsed(address: str) -> ChatAddress | str:
    """Return what an address means, or the complaint."""
    try:
        return parse_chat(address)
    except ChatAddressError as error:
        return str(error)


def test_each_form_has_markup_and_an_address_here() -> None:
    assert set(ADDRESSES) == set(FORMS) == set(MARKUPS)
    for form, address in ADDRESSES.items():
        assert parse_chat(address).form == form


def test_each_service_gets_one_message_at_the_host_of_its_vendor(services: Services) -> None:
    for address in ADDRESSES.values():
        send(address)
    assert services.texts() == ["<b>drills</b> & @everyone"] * len(ADDRESSES)
    assert [post.path for post in services.got if post.host == "discord.com"] == [
        "/api/webhooks/123/t-ok_en?wait=true&thread_id=45"
    ]
    assert {post.host for post in services.got} == set(HOSTS)
    assert all(post.headers["user-agent"] == "Steppewatch/0.1" for post in services.got)


@pytest.mark.parametrize(
    ("form", "url", "fields"),
    [
        (
            "discord",
            "https://discord.com/api/webhooks/123/t-ok_en?wait=true&thread_id=45",
            {"allowed_mentions": {"parse": []}, "username": "Tower", "content": "x"},
        ),
        (
            "slack",
            "https://hooks.slack.com/services/T1/B2/secret",
            {"mrkdwn": False, "link_names": False, "channel": "#drills"},
        ),
        ("slack-bot", "https://slack.com/api/chat.postMessage", {"mrkdwn": False, "channel": "drills"}),
        (
            "tgram",
            "https://api.telegram.org/bot123:a-b_c/sendMessage",
            {"chat_id": "-100200", "message_thread_id": 7, "text": "x"},
        ),
        ("pover", "https://api.pushover.net/1/messages.json", {"html": 0, "device": "phone", "user": "user1"}),
        ("wxteams", "https://webexapis.com/v1/messages", {"roomId": "room1", "text": "x"}),
    ],
)
def test_what_a_service_is_asked(form: str, url: str, fields: dict[str, object]) -> None:
    request = build_chat_request(parse_chat(ADDRESSES[form]), "x")
    assert request.url == url
    assert fields.items() <= dict(request.payload).items()
    assert not {"parse_mode", "markdown"} & set(request.payload)


@given(st.sampled_from(SCHEMES), st.text(st.characters(codec="ascii", exclude_characters=" "), max_size=60))
def test_whatever_is_typed_in_goes_to_a_vendor_or_is_one_sentence(scheme: str, rest: str) -> None:
    chat = parsed(f"{scheme}://{rest}")
    if isinstance(chat, str):
        assert "\n" not in chat
        assert len(chat) < 300
        return
    request = build_chat_request(chat, "x")
    assert request.url.startswith(tuple(f"https://{host}/" for host in HOSTS))
    assert not {"..", "."} & set(request.url.partition("?")[0].split("/"))


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_option_reaches_a_file_or_another_host(form: str) -> None:
    for option in (
        "template",
        "format",
        "verify",
        "cto",
        "rto",
        "overflow",
        "avatar_url",
        "image",
        "tokens",
        "+h",
        "host",
    ):
        for mark in ("?", "#/?", ";", "/?", "?x=1&", "%3F"):
            before = ADDRESSES[form].partition("?")[0]
            with pytest.raises(ChatAddressError, match=r"is not supported here|not like|value that cannot be"):
                parse_chat(f"{before}{mark}{option}=/etc/hosts")


def test_a_service_with_another_certificate_is_not_written_to(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    tls.trust.cache_clear()
    with pytest.raises(TransportError, match="certificate"):
        send(ADDRESSES["tgram"])
    assert services.got == []


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("slack", "no_service"),
        ("slack", "<html>sign in to the network</html>"),
        ("slack-bot", '{"ok": false, "error": "not_in_channel"}'),
        ("tgram", '{"ok": false, "description": "chat not found"}'),
        ("feishu", '{"code": 19001, "msg": "token is invalid"}'),
        ("lark", "[]"),
        ("viber", '{"status": 6, "status_message": "notSubscribed"}'),
        ("pover", '{"status": 0, "errors": ["user key is invalid"]}'),
        ("discord", "<html>sign in to the network</html>"),
        ("gchat", ""),
        ("line", "[" * 20_000),
    ],
)
def test_an_answer_of_success_may_say_that_nothing_was_taken(form: str, answer: str, services: Services) -> None:
    services.answers = [(200, answer, {})]
    with pytest.raises(TransportError, match="did not take it") as caught:
        send(ADDRESSES[form])
    assert len(str(caught.value)) < 400
    send(ADDRESSES[form])
    assert len(services.got) == 1


@pytest.mark.parametrize(
    ("status", "body", "kind", "wait_s"),
    [
        (404, '{"code": 10015}', AddressRefused, 0),
        (410, "", AddressRefused, 0),
        (400, "{}", MessageFailed, 0),
        (413, "too long", MessageFailed, 0),
        (302, "", TransportError, 0),
        (403, "forbidden", TransportError, 0),
        (429, '{"retry_after": 12.5, "global": false}', TransportError, 12.5),
        (429, '{"ok": false, "parameters": {"retry_after": 31}}', TransportError, 31),
        (429, '{"retry_after": 1e308}', TransportError, 3_600),
        (429, '{"retry_after": NaN}', TransportError, 0),
        (429, '{"retry_after": [1]}', TransportError, 0),
        (503, "\x1b[2J" * 900, TransportError, 0),
    ],
)
def test_what_follows_from_an_answer(status: int, body: str, kind: type[TransportError], wait_s: float) -> None:
    with pytest.raises(TransportError) as caught:
        judge(parse_chat(ADDRESSES["discord"]), ChatResult(status, "Said", body.encode()))
    assert type(caught.value) is kind
    assert caught.value.retry_after_s == wait_s
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_a_header_may_ask_for_time(services: Services) -> None:
    services.answers = [(429, "slow down", {"Retry-After": "30"})]
    with pytest.raises(TransportError) as caught:
        send(ADDRESSES["slack"])
    assert caught.value.retry_after_s == 30


def test_redirects_are_not_followed_and_secrets_are_not_told(services: Services) -> None:
    services.answers = [(302, "", {"Location": "https://slack.com/elsewhere"})]
    with pytest.raises(TransportError) as caught:
        send(ADDRESSES["slack"])
    assert "secret" not in str(caught.value)
    assert [post.host for post in services.refused] == ["hooks.slack.com"]


def test_a_body_is_json_whatever_the_text() -> None:
    text = 'half \udc80 "quoted" \\ \u2028'
    body = build_chat_request(parse_chat(ADDRESSES["line"]), text).body
    assert json.loads(body)["messages"][0]["text"] == text.replace("\udc80", "?")
    assert find_error(parse_chat(ADDRESSES["line"]), b"{}") is None
