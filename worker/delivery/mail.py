"""A bulletin → a mail that people and mail servers understand. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from worker.delivery.bulletin import Bulletin, Item, Place, counted
from worker.delivery.snippet import Piece

_SUBJECT_MAX = 200


def compose(bulletin: Bulletin, *, sender: str, to: str) -> EmailMessage:
    """Return the mail, in plain text and as HTML.

    It has the same Message-ID for every attempt; mails about one story refer to the first of them. RFC 8058 wants
    one-click unsubscribing over https, so its header is set for such an address only.
    """
    message = _envelope(sender, to, bulletin.subject, bulletin.key, bulletin.created_at)
    if bulletin.story_key not in ("", bulletin.key):
        thread = _message_id(bulletin.story_key, sender)
        message["In-Reply-To"] = thread
        message["References"] = thread
    domain = _domain(sender)
    message["List-Id"] = f"{bulletin.subscription} <{bulletin.subscription}.alerts.{domain}>"
    if bulletin.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{bulletin.unsubscribe_url}>"
        if bulletin.unsubscribe_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_template("mail.txt").render(b=bulletin), cte="quoted-printable")
    message.add_alternative(render_html(bulletin), subtype="html", cte="quoted-printable")
    return message


def compose_notice(*, key: str, subject: str, text: str, sender: str, to: str, created_at: datetime) -> EmailMessage:
    """Return a plain mail to the operator."""
    message = _envelope(sender, to, f"[steppewatch] {subject}", key, created_at)
    message.set_content(text + "\n", cte="quoted-printable")
    return message


def render_html(bulletin: Bulletin) -> str:
    """Return the mail's HTML; everything that others wrote is escaped."""
    return _template("mail.html").render(b=bulletin)


def _envelope(sender: str, to: str, subject: str, key: str, created_at: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr(parseaddr(sender))
    message["To"] = to
    message["Subject"] = " ".join(subject.split())[:_SUBJECT_MAX]
    message["Date"] = format_datetime(created_at)
    message["Message-ID"] = _message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: answer machines keep quiet
    message["X-Auto-Response-Suppress"] = "All"  # what Exchange understands instead
    return message


def _message_id(key: str, sender: str) -> str:
    return f"<{key}@{_domain(sender)}>"


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _day(moment: datetime | date) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _dated(item: Item) -> str:
    """Return the date of an article: a day, or a day and a time in UTC."""
    if item.dated_at is None:
        return ""
    at = item.dated_at.astimezone(UTC)
    return _day(at) if item.is_day else f"{_day(at)}, {at:%H:%M} UTC"


def _instant(moment: datetime | None) -> str:
    return f"{_day(moment)}, {moment.astimezone(UTC):%H:%M} UTC" if moment else "never"


def _starred(pieces: Iterable[Piece]) -> str:
    return "".join(f"*{piece.text}*" if piece.is_marked else piece.text for piece in pieces)


def _outlets(places: Iterable[Place]) -> str:
    return ", ".join(dict.fromkeys(place.outlet for place in places))


@cache
def _environment(is_html: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("worker.delivery"),
        autoescape=is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(dated=_dated, instant=_instant, starred=_starred, outlets=_outlets, counted=counted)
    return environment


def _template(name: str) -> Template:
    return _environment(name.endswith(".html")).get_template(name)
