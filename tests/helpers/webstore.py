"""A store that fills every page: weeks of articles, reprints, an edit, an alert with matches, outlets in trouble.

Everything in it is invented, and some of it is hostile.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from samplestore import NOON, Sample, empty_store, fill
from sqlalchemy import Connection, insert, select, update
from webpages import BIDI, CONTROLS, HOSTILE, LONG_WORD

from db.alerts.channels import record_channel, record_recipient
from db.alerts.matches import MatchIn, record_match
from db.alerts.outbox import post
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.collection.feeds.days import ListingPolled, record_poll_of_day
from db.collection.feeds.feeds import add_feed
from db.dialect.word_index import create_word_index
from db.engine import Database
from db.models import Article, EntityRow, Feed, MentionRow, Page, Sighting, Source, SourceDomain
from db.vocabulary.versions import record_version
from worker.vocabulary.entities import Alias, Entity, Vocabulary

NOW = NOON + timedelta(hours=2)
_DAYS = 35
_SAYS = (("CSTO", "csto"), ("Turan", "turan"), ("Tashkent", "tashkent"))
_OUTLETS = ("steppe-herald", "oasis-wire", "meadow.example")
_LANGUAGES = ("en", "ru", "kk")
ALIASES = (
    ("CSTO", "en"),
    (f"ОДКБ {HOSTILE}", "ru"),
    (f"{BIDI} منظمة", "ar"),
    (LONG_WORD, "kk"),
    (f"集体 {CONTROLS}", "zh"),
    ('=HYPERLINK("https://evil.example")', "uz"),
    ("javascript:document.title='run'", "tr"),
)
"""Names of one entity in several languages, as a vocabulary of others may have them."""


def full_store(url: str) -> Database:
    """Return the store."""
    database = plain_store(url)
    fill(database, _hostile())
    database.write(_name_by_strangers)
    return database


def plain_store(url: str) -> Database:
    """Return the store without the characters and names that PostgreSQL refuses to store."""
    database = empty_store(url)
    database.write(create_word_index)
    fill(database, [*_weeks(), *_reprints()])
    fill(database, [Sample("https://herald.example/0", title="CSTO meets 0", text="CSTO in Tashkent. Later changed.")])
    database.write(_subscribe)
    database.write(_trouble)
    return database


def _weeks() -> list[Sample]:
    samples = []
    for day in range(_DAYS):
        for part in range(1 if day < _DAYS - 3 else 4):  # a burst in the last three days
            number = day * 10 + part
            says = _SAYS[: 1 + number % 3]
            names = ", ".join(words for words, _ in says)
            samples.append(
                Sample(
                    f"https://herald.example/{number}",
                    source=_OUTLETS[number % 3],
                    title=f"CSTO meets {number}",
                    text=f"{names}: drill number {number} was held, and nothing happened.",
                    says=says,
                    published_at=NOON - timedelta(days=_DAYS - day, hours=part),
                    language=_LANGUAGES[number % 3],
                )
            )
    return samples


def _reprints() -> list[Sample]:
    return [
        Sample(
            f"https://oasis.example/copy-{number}",
            source="oasis-wire" if number else "meadow.example",
            title="CSTO meets again",
            text="CSTO, Turan: drill number 320 was held, and nothing happened at all.",
            says=_SAYS[:2],
            published_at=NOON - timedelta(days=2, hours=number),
            copies="https://herald.example/320",
        )
        for number in range(3)
    ]


def _hostile() -> list[Sample]:
    times = {"published_at": datetime(2022, 1, 9, 9, tzinfo=UTC)}
    return [
        Sample(
            "https://herald.example/h1", title=HOSTILE, text=f"CSTO. {HOSTILE}", says=_SAYS[:1], author=HOSTILE, **times
        ),
        Sample("https://herald.example/h2", title=f"{BIDI} שלום", text=f"CSTO {BIDI}", says=_SAYS[:1], **times),
        Sample("https://herald.example/h3", title=LONG_WORD, text=f"CSTO {LONG_WORD}", says=_SAYS[:1], **times),
        Sample("https://herald.example/h4", title=None, text=f"CSTO {CONTROLS} words without a headline", **times),
        Sample("https://herald.example/h5", title="No date", text="CSTO.", says=_SAYS[:1], published_at=None),
    ]


def _subscribe(conn: Connection) -> None:
    number = record_subscription(
        conn, SubscriptionIn(name=f"drills {HOSTILE}"[:100], query="CSTO AND drill*"), now=NOON
    )
    record_recipient(conn, number, record_channel(conn, "email", "analyst@office.example"), due_at=None)
    rows = conn.execute(select(Article.id, Article.revision_id).order_by(Article.id).limit(3)).all()
    for article, revision in rows:
        event = MatchIn(
            subscription_id=number,
            event=f"revision {revision}",
            status="news",
            article_id=article,
            revision_id=revision,
            because=[["text", 0, 4, "CSTO", "csto"]],
        )
        found = record_match(conn, event, now=NOON)
        assert found is not None
        post(conn, [(number, found, "news")], now=NOON)


def _trouble(conn: Connection) -> None:
    feed = add_feed(conn, source_id="oasis-wire", url="https://oasis.example/rss", now=NOON)
    assert feed is not None
    listed = ListingPolled(listed=20, fresh=18, missed=2.0, kept_all=0.2)
    record_poll_of_day(conn, feed, at=NOW, failed=False, listed=listed)
    conn.execute(update(EntityRow).where(EntityRow.id == "tashkent").values(label=f"Tashkent {HOSTILE}"))
    conn.execute(update(Feed).values(failures=3, polled_at=NOON, last_error=HOSTILE))
    conn.execute(
        update(Source).where(Source.id == "meadow.example").values(name=f"Meadow {HOSTILE}", bias_note=HOSTILE)
    )


def _name_by_strangers(conn: Connection) -> None:
    """Give the CSTO hostile aliases, in the vocabulary and in mentions, and feeds and domains hostile names."""
    rows = [row._asdict() for row in conn.execute(select(*EntityRow.__table__.columns).order_by(EntityRow.id))]
    aliases = tuple(Alias(text=text, language=language, level="name") for text, language in ALIASES)
    entities = tuple(
        Entity(
            id=row["id"],
            type=row["type"],
            label=row["label"],
            description="",
            aliases=aliases if row["id"] == "csto" else (),
        )
        for row in rows
    )
    content = Vocabulary(entities=entities).to_json()
    record_version(conn, version="5f4e3d", content=content, entities=rows, aliases=len(ALIASES), now=NOON)
    named = select(MentionRow.revision_id).where(MentionRow.entity_id == "csto").distinct().limit(len(ALIASES))
    for (text, language), revision in zip(ALIASES, list(conn.scalars(named)), strict=False):
        mentions = update(MentionRow).where(MentionRow.revision_id == revision, MentionRow.entity_id == "csto")
        conn.execute(mentions.values(alias=text, language=language))
    conn.execute(update(Feed).values(title=HOSTILE))
    conn.execute(insert(SourceDomain).values(domain=HOSTILE, source_id="oasis-wire"))
    url = conn.scalars(select(Article.canonical_url).order_by(Article.id).limit(1)).one()
    page = {"canonical_url": url, "url": url, "host": "herald.example", "first_seen_at": NOON, "next_fetch_at": NOON}
    page_id = conn.execute(insert(Page).values(page).returning(Page.id)).scalar_one()
    feed_id = conn.scalars(select(Feed.id)).first()
    seen = {"first_seen_at": NOON, "last_seen_at": NOON, "title": HOSTILE, "author": BIDI}
    conn.execute(insert(Sighting).values(feed_id=feed_id, page_id=page_id, **seen))
