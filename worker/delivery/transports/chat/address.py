"""Parser for chat addresses such as `slack://A/B/C`.

Only the forms of this table are addresses: each part and each option has its set of characters, and any remainder is
refused. No part names a host, a file or a command.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

_BOT = r"(?:(?P<botname>[\w .-]{1,80})@)?"
_CHANNEL = r"[#@+]?[\w.-]{1,80}"
_CHAT = r"-?[0-9]{1,32}|@?[A-Za-z][\w]{2,63}"
_DIGITS = "[0-9]{1,25}"
_MARKS = re.compile("[?&;]")
"""Characters that introduce options in one program or another; no part of an address has them."""


class ChatAddressError(ValueError):
    """An unusable chat address, with the reason as text, without its secrets."""


@dataclass(frozen=True, slots=True)
class ChatAddress:
    """The target of messages within a service. `form` is a name in FORMS."""

    form: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatForm:
    """The form of a service's addresses."""

    scheme: str
    path: str
    """Pattern for the whole decoded path; its groups are the parts."""
    looks: str
    """The form for display."""
    options: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Options after the path: option → (part, pattern of its value)."""
    needs_chat: bool = True
    """True if the address must name a recipient as `to`, in its path or as an option; other forms address one chat by
    themselves.
    """


FORMS = {
    "discord": ChatForm(
        scheme="discord",
        path=_BOT + rf"(?P<id>{_DIGITS})/(?P<token>[\w-]{{1,200}})",
        looks="discord://WEBHOOK_ID/WEBHOOK_TOKEN?thread=ID",
        options={"thread": ("thread", _DIGITS)},
        needs_chat=False,
    ),
    "feishu": ChatForm(scheme="feishu", path=r"(?P<token>[\w-]{1,100})", looks="feishu://TOKEN", needs_chat=False),
    "gchat": ChatForm(
        scheme="gchat",
        path=r"(?P<space>[\w-]{1,100})/(?P<key>[\w=-]{1,200})/(?P<token>[\w=-]{1,200})(?:/(?P<thread>[\w.-]{1,100}))?",
        looks="gchat://SPACE/KEY/TOKEN?thread=KEY",
        options={"thread": ("thread", r"[\w.-]{1,100}")},
        needs_chat=False,
    ),
    "lark": ChatForm(scheme="lark", path=r"(?P<token>[\w-]{1,100})", looks="lark://TOKEN", needs_chat=False),
    "line": ChatForm(
        scheme="line",
        path=r"(?P<token>[\w+-]{1,400}={0,2}|[\w+-]{1,200}(?:/[\w+-]{1,200}){1,4}={1,2})(?:/(?P<to>[\w-]{1,64}))?",
        looks="line://TOKEN/USER",
        options={"to": ("to", r"[\w-]{1,64}")},
    ),
    "pover": ChatForm(
        scheme="pover",
        path=r"(?P<user>[A-Za-z0-9]{1,64})@(?P<token>[A-Za-z0-9]{1,64})(?:/(?P<to>[\w-]{1,25}))?",
        looks="pover://USER_KEY@TOKEN/DEVICE",
        options={"to": ("to", r"[\w-]{1,25}")},
        needs_chat=False,
    ),
    "slack-bot": ChatForm(
        scheme="slack",
        path=_BOT + rf"(?P<token>(?:xoxe\.)?xox[abp]-[\w-]{{1,200}})(?:/(?P<to>{_CHANNEL}))?",
        looks="slack://xoxb-TOKEN/CHANNEL",
        options={"to": ("to", _CHANNEL)},
    ),
    "slack": ChatForm(
        scheme="slack",
        path=_BOT
        + rf"(?P<a>[A-Za-z0-9]{{1,24}})/(?P<b>[A-Za-z0-9]{{1,24}})/(?P<c>[A-Za-z0-9]{{1,64}})(?:/(?P<to>{_CHANNEL}))?",
        looks="slack://A/B/C, the three parts of an incoming webhook",
        options={"to": ("to", _CHANNEL)},
        needs_chat=False,
    ),
    "tgram": ChatForm(
        scheme="tgram",
        path=rf"(?:bot)?(?P<token>[0-9]{{1,20}}:[\w-]{{1,100}})(?:/(?P<to>{_CHAT})(?::(?P<topic>{_DIGITS}))?)?",
        looks="tgram://BOT_TOKEN/CHAT_ID?topic=ID",
        options={"topic": ("topic", _DIGITS), "thread": ("topic", _DIGITS), "to": ("to", _CHAT)},
    ),
    "viber": ChatForm(
        scheme="viber",
        path=r"(?P<token>[\w-]{1,100})(?:/(?P<to>[\w+=/-]{1,64}))?",
        looks="viber://TOKEN/RECEIVER",
        options={"to": ("to", r"[\w+=/-]{1,64}")},
    ),
    "wxteams-hook": ChatForm(
        scheme="wxteams", path=r"(?P<hook>[A-Za-z0-9]{80,160})", looks="wxteams://WEBHOOK_TOKEN", needs_chat=False
    ),
    "wxteams": ChatForm(
        scheme="wxteams",
        path=r"(?P<token>[\w.=-]{1,300})(?:/(?P<to>[\w=-]{1,200}))?",
        looks="wxteams://ACCESS_TOKEN/ROOM_ID",
        options={"to": ("to", r"[\w=-]{1,200}")},
    ),
}
"""The supported services: those with a host fixed by the vendor. Services on a host of the subscriber are reached by a
webhook, under its rules.
"""

SCHEMES = sorted({form.scheme for form in FORMS.values()})


def parse_chat(text: str) -> ChatAddress:
    """Return the parts of an address. Raises ChatAddressError."""
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    forms = {name: form for name, form in FORMS.items() if form.scheme == scheme}
    if not separator or not forms:
        raise ChatAddressError(
            f"{scheme[:40]}:// is not among the chat services: {', '.join(SCHEMES)}. "
            "Services that take a host of yours are reached by a webhook"
        )
    path, *pairs = _MARKS.split(rest)
    options = _options(
        [pair for pair in pairs if pair], scheme, {option for form in forms.values() for option in form.options}
    )
    shape = "/".join(unquote(part) for part in path.rstrip("/").split("/"))
    for name, form in forms.items():
        found = re.fullmatch(form.path, shape, re.ASCII)
        if found:
            given = {part: value for part, value in found.groupdict().items() if value is not None}
            return ChatAddress(name, _with_options(given, options, form))
    raise ChatAddressError(f"not like {' or '.join(form.looks for form in forms.values())}")


def _options(pairs: Sequence[str], scheme: str, known: set[str]) -> dict[str, str]:
    """Return the options after the path. Raises ChatAddressError for unknown and repeated ones."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        name = unquote(name).lower()
        if name not in known:
            raise ChatAddressError(f"{scheme}://: the option {name[:40]!r} is not supported here")
        if name in found:
            raise ChatAddressError(f"{scheme}://: the option {name!r} is given twice")
        found[name] = unquote(value)
    return found


def _with_options(parts: dict[str, str], options: Mapping[str, str], form: ChatForm) -> dict[str, str]:
    """Return the parts, including those from options. One address is one chat, so that failures stay separate."""
    for name, value in options.items():
        if name not in form.options:
            raise ChatAddressError(f"{form.scheme}://: the option {name!r} is not supported here")
        part, letters = form.options[name]
        if not re.fullmatch(letters, value, re.ASCII):
            raise ChatAddressError(f"{form.scheme}://: the option {name!r} has a value that cannot be")
        if part in parts:
            raise ChatAddressError(f"{form.scheme}://: an address is one chat; give another an address of its own")
        parts[part] = value
    if form.needs_chat and "to" not in parts:
        raise ChatAddressError(f"{form.scheme}://: the chat is missing: {form.looks}")
    return parts
