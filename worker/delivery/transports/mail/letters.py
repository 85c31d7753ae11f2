"""Message → a mail for people and mail servers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import format_datetime, parseaddr
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from worker.delivery.transports.mail import headers
from worker.delivery.transports.mail.mime import Letter, write
from worker.delivery.transports.transport import Notice
from worker.messages.message import Message, MessageItem, Publication, counted
from worker.messages.plain_text import cut, escape_controls, one_line
from worker.messages.snippet import Piece

_SUBJECT_MAX = 200
_LABEL_MAX = 100


def compose(message: Message, *, sender: str, to: str) -> Letter:
    """Return the mail, in plain text and as HTML. Raises ValueError for invalid addresses.

    It has the same Message-ID for every attempt; mails about one story refer to the first of them. RFC 8058 requires
    https for one-click unsubscribing, so its header is set for such an address only.
    """
    fields = _envelope(sender, to, message.subject, message.key, message.created_at)
    if message.story_key not in ("", message.key):
        thread = _message_id(message.story_key, sender)
        for name in ("In-Reply-To", "References"):
            fields[name] = headers.token_field(name, thread)
    fields["List-Id"] = _list_id(message.subscription, sender)
    if message.unsubscribe_url:
        fields["List-Unsubscribe"] = headers.url_field("List-Unsubscribe", message.unsubscribe_url)
        if message.unsubscribe_url.startswith("https://"):
            post = "List-Unsubscribe-Post"
            fields[post] = headers.token_field(post, "List-Unsubscribe=One-Click")
    text = _template("mail.txt").render(b=message)
    return write(_address(sender), to, fields, text, render_html(message))


def compose_notice(notice: Notice, *, sender: str, to: str) -> Letter:
    """Return a plain mail to the operator. Raises ValueError for invalid addresses."""
    fields = _envelope(sender, to, f"[steppewatch] {notice.subject}", notice.key, notice.created_at)
    return write(_address(sender), to, fields, notice.text + "\n")


def render_html(message: Message) -> str:
    """Return the mail's HTML, with all foreign text escaped."""
    return _template("mail.html").render(b=message)


def _envelope(sender: str, to: str, subject: str, key: str, created_at: datetime) -> dict[str, str]:
    """Return the fields common to all mails, by name."""
    silent = "X-Auto-Response-Suppress"  # Exchange's equivalent of Auto-Submitted
    return {
        "From": headers.address_field("From", parseaddr(sender)[0], _address(sender)),
        "To": headers.address_field("To", "", to),
        "Subject": headers.text_field("Subject", cut(one_line(subject), _SUBJECT_MAX)),
        "Date": headers.token_field("Date", *format_datetime(created_at).split()),
        "Message-ID": headers.token_field("Message-ID", _message_id(key, sender)),
        "Auto-Submitted": headers.token_field("Auto-Submitted", "auto-generated"),  # RFC 3834: no automatic replies
        silent: headers.token_field(silent, "All"),
    }


def _message_id(key: str, sender: str) -> str:
    return f"<{key}@{_domain(sender)}>"


def _list_id(name: str, sender: str) -> str:
    """Return the field that identifies a subscription for filters (RFC 2919)."""
    label = re.sub(r"[^a-z0-9_-]+", ".", name.lower()[:_LABEL_MAX]).strip(".") or "alert"
    return headers.list_field("List-Id", name[:_LABEL_MAX], f"{label}.alerts.{_domain(sender)}")


def _address(sender: str) -> str:
    """Return the sender's address in the form for servers."""
    local, _, domain = parseaddr(sender)[1].rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _domain(sender: str) -> str:
    return _address(sender).rpartition("@")[2]


def _day(moment: datetime | date) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _dated(item: MessageItem, zone: str) -> str:
    """Return the date of an article: a day, or a day and a time with its time zone."""
    if item.dated_at is None:
        return ""
    return _day(item.dated_at.astimezone(UTC)) if item.is_day else _instant(item.dated_at, zone)


def _instant(moment: datetime | None, zone: str) -> str:
    if moment is None:
        return "never"
    at = moment.astimezone(ZoneInfo(zone))
    return f"{_day(at)}, {at:%H:%M} {zone}"


def _starred(pieces: Iterable[Piece]) -> str:
    return "".join(f"*{piece.text}*" if piece.is_marked else piece.text for piece in pieces)


def _outlets(places: Iterable[Publication]) -> str:
    return ", ".join(dict.fromkeys(place.outlet for place in places))


def _shown(value: object) -> object:
    """Return the safe form of a value in a template, because its text is foreign."""
    return escape_controls(value) if isinstance(value, str) else value


@cache
def _environment(is_html: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("worker.delivery.transports.mail"),
        autoescape=is_html,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(dated=_dated, instant=_instant, starred=_starred, outlets=_outlets, counted=counted)
    return environment


def _template(name: str) -> Template:
    return _environment(name.endswith(".html")).get_template(name)
