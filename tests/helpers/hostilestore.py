"""A store whose titles, names, feeds and queries were written to do harm, and whose recipients must not be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from samplestore import NOON, Sample, _prepare, fill
from sqlalchemy import Connection, insert, select, update
from templates import migrated

from db.alerts.channels import record_channel, record_recipient
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.models import ClusterLink, Delivery, EntityRow, Feed, MatchRow, Recipient, Source, Suspect
from db.outcomes import ProblemSeen, record_problems

SECRETS = (
    "hunter2",
    "analyst@office.example",
    "office.example",
    "T0K3N-OF-A-HOOK",
    "hooks.example",
    "letmein-please",
    "123456:chat-token",
)
"""What no answer may contain, besides the tokens of recipients and the keys of channels."""
HOOK = "https://hooks.example/services/T0K3N-OF-A-HOOK?key=letmein-please"
NASTY = (
    "<script>alert(1)</script>",
    "'; DROP TABLE articles; --",
    "=cmd|'/c calc'!A1",
    "\u202egnp.exe\u2066 rtl",
    "a\x01b\x1b[31mc\x7f",
    "x" * 10_000,
    "Астана 🏔 հայերեն 中亚 עברית",
    "\\u0000 %00 ../../etc/passwd {{7*7}} ${7*7}",
)
# Invented: none of this was ever published.
SAMPLES = [
    Sample(
        f"https://herald.example/{number}?q=<b>&x={number}",
        title=nasty,
        text=f"{nasty}\nCSTO, Turan.",
        author=nasty[:500],
        says=(("CSTO", "csto"), ("Turan", "turan")),
        published_at=None if number % 3 == 0 else datetime(2022, 1, 1 + number, tzinfo=UTC),
        is_day=number % 2 == 0,
        language=("en", "ru", None, "kk-Latn")[number % 4],
        genre=("news", None, "opinion")[number % 3],
    )
    for number, nasty in enumerate(NASTY)
]


def hostile_store(url: str) -> Database:
    """Return a new store with all of it."""
    database = migrated(url)
    database.write(_prepare)
    fill(database, SAMPLES)
    fill(database, [Sample("https://oasis.example/1", "oasis-wire", text="CSTO.", copies=SAMPLES[1].url)])
    edited = SAMPLES[2]
    fill(database, [Sample(edited.url, title="edited", text="Turan.", says=(("Turan", "turan"),))])
    database.write(_add_outlets)
    database.write(_add_alerts)
    return database


def _add_outlets(conn: Connection) -> None:
    conn.execute(update(Source).where(Source.id == "meadow.example").values(name=NASTY[0], country=None))
    conn.execute(update(EntityRow).where(EntityRow.id == "tashkent").values(label=NASTY[3], description=NASTY[5]))
    add_feed(conn, source_id="oasis-wire", url="https://reader:hunter2@oasis.example/rss", now=NOON, title=NASTY[0])
    add_feed(conn, source_id="steppe-herald", url="https://herald.example/<rss>", now=NOON, title=NASTY[4])
    failed = "https://reader:hunter2@oasis.example/rss says 503"
    conn.execute(
        update(Feed).where(Feed.source_id == "oasis-wire").values(last_error=failed, failures=2, polled_at=NOON)
    )
    record_problems(
        conn, "poll", [ProblemSeen("https://reader:hunter2@oasis.example/rss", NASTY[0], "oasis-wire")], at=NOON
    )
    link = {"revision_a": 2, "revision_b": 9, "containment": 1.0, "jaccard": 0.5, "shared": 9}
    conn.execute(insert(ClusterLink).values(**link, relation="copy", method="shingles-1"))
    seen = {"first_seen_at": NOON, "last_seen_at": NOON, "looks": 1}
    conn.execute(insert(Suspect).values(article_id=1, reason=NASTY[0], title=NASTY[1], text=NASTY[4], **seen))


def _add_alerts(conn: Connection) -> None:
    name = "<b>csto</b> “drills”"
    subscription = record_subscription(conn, SubscriptionIn(name=name, query=NASTY[1]), now=NOON)
    channels = [
        record_channel(conn, "email", "analyst@office.example"),
        record_channel(
            conn, "webhook", "https://hooks.example/services/T0K3N-OF-A-HOOK?key=letmein-please", is_signed=True
        ),
        record_channel(conn, "chat", "tgram://123456:chat-token/77"),
        record_channel(conn, "feed", f"feed:{subscription}"),
    ]
    for channel in channels:
        record_recipient(conn, subscription, channel, due_at=None)
    match = {"subscription_id": subscription, "status": "new", "matched_at": NOON}
    because = [["text", 0, 4, NASTY[0], "csto"], ["title", None, None, NASTY[3], "half"]]
    conn.execute(insert(MatchRow).values(**match, event="revision 1", article_id=1, revision_id=1, because=because))
    conn.execute(insert(MatchRow).values(**match, event="silence of x", because=[], facts={"headline": NASTY[0]}))
    errors = ("550 <analyst@office.example>: no such mailbox", "T0K3N-OF-A-HOOK at hooks.example is gone", None, None)
    for number, (channel, error) in enumerate(zip(channels, errors, strict=True)):
        delivery = {"channel_id": channel, "key": f"key-{number}", "kind": "match", "due_at": NOON, "error": error}
        sent_at = NOON + timedelta(seconds=1) if number else None
        conn.execute(
            insert(Delivery).values(
                **delivery, created_at=NOON, sent_at=sent_at, recipient_id=_find_recipient(conn, channel)
            )
        )


def _find_recipient(conn: Connection, channel: int) -> int | None:

    return conn.scalar(select(Recipient.id).where(Recipient.channel_id == channel))
