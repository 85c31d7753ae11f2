"""Foreign text → text of a chat service that shows it unchanged: without markup or mentions. Pure.

Where a service has an escape character, that is used; where it has none, an invisible joiner breaks up active
sequences.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from worker.messages.plain_text import one_line

_JOINER = "\u2060"
_NOT_IN_URL = re.compile(r"""[\s"<>\\^`{|}\u200b-\u200f\u2060-\u206f\ufeff]""")


def _as_it_is(text: str) -> str:
    return text


def _in_angles(url: str) -> str:
    return f"<{url}>"


def _units(text: str) -> int:
    """Return the length as most services count it: characters beyond 16 bits count twice."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _bytes(text: str) -> int:
    return len(text.encode())


def _discord(text: str) -> str:
    escaped = re.sub(r"([\\*_~`|<>\[\]])", r"\\\1", text)
    escaped = re.sub(r"^([#+-])", r"\\\1", escaped)
    return re.sub(r"@(?=everyone|here)", f"@{_JOINER}", escaped)


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slack_link(url: str) -> str:
    return f"<{url.replace('&', '&amp;')}>"


def _telegram(text: str) -> str:
    """Break up @names: Telegram always turns them into mentions."""
    return re.sub(r"(?<!\w)@(?=\w)", f"@{_JOINER}", text)


def _google(text: str) -> str:
    """Break up `<users/all>`, bold, italics and code; there is no escape character."""
    return re.sub(r"([<*_~`])", rf"\1{_JOINER}", text)


def _lark(text: str) -> str:
    """Break up `<at user_id="all">` and links with a misleading text."""
    return re.sub(r"(<|\](?=\())", rf"\1{_JOINER}", text)


@dataclass(frozen=True, slots=True)
class Markup:
    """The format of a service: maximum length, its measure, and the escaping of text and links."""

    longest: int
    escape: Callable[[str], str] = _as_it_is
    link: Callable[[str], str] = _as_it_is
    measure: Callable[[str], int] = _units

    def text(self, text: str) -> str:
        """Return a foreign text on one line."""
        return self.escape(one_line(text))

    def url(self, url: str) -> str:
        """Return a link, without characters that could end it early."""
        return self.link(_NOT_IN_URL.sub(lambda found: quote(found[0], safe=""), one_line(url)))


MARKUPS = {
    "discord": Markup(2_000, _discord, _in_angles),
    "feishu": Markup(18_000, _lark, measure=_bytes),
    "gchat": Markup(4_000, _google),
    "lark": Markup(18_000, _lark, measure=_bytes),
    "line": Markup(4_900),
    "pover": Markup(1_000),
    "slack": Markup(3_500, _slack, _slack_link),
    "slack-bot": Markup(3_500, _slack, _slack_link),
    "tgram": Markup(4_000, _telegram),
    "viber": Markup(6_900),
    "wxteams": Markup(7_000, measure=_bytes),
    "wxteams-hook": Markup(1_000),
}
"""By the form of the address. Somewhat below the services' limits, because they count line ends differently."""
