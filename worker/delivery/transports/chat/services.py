"""Requests to chat services, and the meaning of their responses. Pure: requests are values.

Every host stands here. Parts of addresses go only into paths and headers, and always quoted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from worker.delivery.transports.chat.address import ChatAddress

_NAME = "Steppewatch"
Parts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A POST request."""

    url: str
    payload: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """Return the payload as JSON."""
        return json.dumps(self.payload, ensure_ascii=False).encode("utf-8", "replace")


def build_chat_request(address: ChatAddress, text: str) -> ChatRequest:
    """Return the request that sends a text to a chat."""
    return _SERVICES[address.form].build(address.parts, text)


def find_error(address: ChatAddress, body: bytes) -> str | None:
    """Return the error in a response with a success status; None if the message was accepted.

    Several services respond 200 with an error in the body; the page of some proxy is no success.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = body.decode("utf-8", "replace").strip()
    return _SERVICES[address.form].read_error(answer)


def _discord(parts: Parts, text: str) -> ChatRequest:
    query = {"wait": "true"} | ({"thread_id": parts["thread"]} if "thread" in parts else {})
    url = f"https://discord.com/api/webhooks/{_path(parts['id'], parts['token'])}?{urlencode(query)}"
    name = {"username": parts["botname"]} if "botname" in parts else {}
    return ChatRequest(url, {"content": text, "allowed_mentions": {"parse": []}, "tts": False, **name})


def _lark(host: str) -> Callable[[Parts, str], ChatRequest]:
    def build(parts: Parts, text: str) -> ChatRequest:
        url = f"https://{host}/open-apis/bot/v2/hook/{_path(parts['token'])}"
        return ChatRequest(url, {"msg_type": "text", "content": {"text": text}})

    return build


def _google(parts: Parts, text: str) -> ChatRequest:
    query = {"key": parts["key"], "token": parts["token"]}
    payload: dict[str, object] = {"text": text}
    if "thread" in parts:
        query["messageReplyOption"] = "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
        payload["thread"] = {"threadKey": parts["thread"]}
    return ChatRequest(
        f"https://chat.googleapis.com/v1/spaces/{_path(parts['space'])}/messages?{urlencode(query)}", payload
    )


def _line(parts: Parts, text: str) -> ChatRequest:
    payload = {"to": parts["to"], "messages": [{"type": "text", "text": text}]}
    return ChatRequest("https://api.line.me/v2/bot/message/push", payload, _bearer(parts["token"]))


def _pushover(parts: Parts, text: str) -> ChatRequest:
    device = {"device": parts["to"]} if "to" in parts else {}
    payload = {"token": parts["token"], "user": parts["user"], "message": text, "html": 0, **device}
    return ChatRequest("https://api.pushover.net/1/messages.json", payload)


def _slack(parts: Parts, text: str) -> ChatRequest:
    url = f"https://hooks.slack.com/services/{_path(parts['a'], parts['b'], parts['c'])}"
    channel = {"channel": parts["to"]} if "to" in parts else {}
    return ChatRequest(url, {**_slack_text(parts, text), **channel})


def _slack_bot(parts: Parts, text: str) -> ChatRequest:
    payload = {**_slack_text(parts, text), "channel": parts["to"]}
    return ChatRequest("https://slack.com/api/chat.postMessage", payload, _bearer(parts["token"]))


def _slack_text(parts: Parts, text: str) -> dict[str, object]:
    name = {"username": parts["botname"]} if "botname" in parts else {}
    return {"text": text, "mrkdwn": False, "link_names": False, **name}


def _telegram(parts: Parts, text: str) -> ChatRequest:
    """Return a request without `parse_mode`, so that Telegram shows the text unchanged."""
    chat = parts["to"]
    is_name = chat[0].isalpha()
    payload: dict[str, object] = {"chat_id": f"@{chat}" if is_name else chat, "text": text}
    payload["link_preview_options"] = {"is_disabled": True}
    if "topic" in parts:
        payload["message_thread_id"] = int(parts["topic"])
    return ChatRequest(f"https://api.telegram.org/bot{quote(parts['token'], safe=':')}/sendMessage", payload)


def _viber(parts: Parts, text: str) -> ChatRequest:
    payload = {"receiver": parts["to"], "type": "text", "sender": {"name": _NAME}, "text": text}
    return ChatRequest("https://chatapi.viber.com/pa/send_message", payload, {"X-Viber-Auth-Token": parts["token"]})


def _webex(parts: Parts, text: str) -> ChatRequest:
    """Return a request with `text`, not `markdown`, so that it is shown unchanged."""
    return ChatRequest(
        "https://webexapis.com/v1/messages", {"roomId": parts["to"], "text": text}, _bearer(parts["token"])
    )


def _webex_hook(parts: Parts, text: str) -> ChatRequest:
    return ChatRequest(f"https://webexapis.com/v1/webhooks/incoming/{_path(parts['hook'])}", {"text": text})


def _path(*parts: str) -> str:
    return "/".join(quote(part, safe="") for part in parts)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _anything(answer: Any) -> str | None:
    return None


def _an_object(answer: Any) -> str | None:
    return None if isinstance(answer, dict) else f"not an answer of the service: {answer!r}"


def _the_word_ok(answer: Any) -> str | None:
    return None if answer == "ok" else f"not an answer of the service: {answer!r}"


def _saying(good: Mapping[str, object], *reasons: str) -> Callable[[Any], str | None]:
    """Return a check whether one of the fields has its good value; otherwise one of `reasons` holds the error."""

    def read_error(answer: Any) -> str | None:
        if not isinstance(answer, dict):
            return f"not an answer of the service: {answer!r}"
        if any(name in answer and answer[name] == value for name, value in good.items()):
            return None
        return next((f"{answer[name]}" for name in reasons if answer.get(name)), f"{answer!r}")

    return read_error


@dataclass(frozen=True, slots=True)
class _Service:
    build: Callable[[Parts, str], ChatRequest]
    read_error: Callable[[Any], str | None]


_LARK_SAYS = _saying({"code": 0, "StatusCode": 0}, "msg", "StatusMessage")
_OK_SAYS = _saying({"ok": True}, "description", "error")
_SERVICES = {
    "discord": _Service(_discord, _an_object),
    "feishu": _Service(_lark("open.feishu.cn"), _LARK_SAYS),
    "gchat": _Service(_google, _an_object),
    "lark": _Service(_lark("open.larksuite.com"), _LARK_SAYS),
    "line": _Service(_line, _an_object),
    "pover": _Service(_pushover, _saying({"status": 1}, "errors")),
    "slack": _Service(_slack, _the_word_ok),
    "slack-bot": _Service(_slack_bot, _OK_SAYS),
    "tgram": _Service(_telegram, _OK_SAYS),
    "viber": _Service(_viber, _saying({"status": 0}, "status_message")),
    "wxteams": _Service(_webex, _an_object),
    "wxteams-hook": _Service(_webex_hook, _anything),
}
