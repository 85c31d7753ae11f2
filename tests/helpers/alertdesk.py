"""A small store with a pipeline, a sender and a clock that only moves when told to: for tests of alerts."""

from __future__ import annotations

from typing import Any

from samples import NOON, document
from servers.mailserver import Mailbox
from servers.webhookserver import Receiver
from sqlalchemy import select
from templates import copied

from db.alerts import delivery_lists
from db.alerts.subscriptions import SubscriptionIn
from db.dialect.word_index import create_word_index
from db.engine import Database
from db.models import Base, MatchRow
from db.settings import Settings
from worker.chain.documents import Document
from worker.chain.pipeline import Pipeline
from worker.delivery.sender import Sender
from worker.delivery.sender_settings import SenderSettings
from worker.delivery.transports.transport import RecipientAddress
from worker.setup import load_vocabulary
from worker.subscriptions import definition
from worker.subscriptions.definition import SubscriptionDefinition
from worker.vocabulary.entities import Alias, Entity, Vocabulary

QUERY = "entity:csto AND chairs"
VOCABULARY = Vocabulary(
    entities=(
        Entity(
            id="csto",
            type="alliance",
            label="CSTO",
            description="",
            aliases=(Alias(text="CSTO", language="en", level="name"), Alias(text="ОДКБ", language="ru", level="name")),
        ),
        Entity(
            id="kazakhstan",
            type="state",
            label="Kazakhstan",
            description="",
            aliases=(Alias(text="Kazakhstan", language="en", level="name"),),
        ),
    )
)


def small_store(url: str) -> Database:
    """Return a store with two entities and no outlet."""
    return copied(url, _make_small)


def _make_small(database: Database) -> None:
    Base.metadata.create_all(database.engine)
    database.write(create_word_index)
    database.write(lambda conn: load_vocabulary(conn, VOCABULARY, now=NOON))


def titled(number: int) -> Document:
    """Return one of many articles that match, each with a story of its own."""
    return document(f"https://outlet.example/{number}", title=f"CSTO chairs, part {number}", body="")


class Desk:
    """A store, its pipeline, its sender, and a clock that only moves when told to."""

    def __init__(self, database: Database, mailbox: Mailbox, receiver: Receiver) -> None:
        self.database, self.mailbox, self.receiver = database, mailbox, receiver
        self.now = NOON
        receiver.clock = lambda: self.now.timestamp()
        self.pipeline = Pipeline(database, clock=lambda: self.now)
        settings = Settings(
            smtp_host="127.0.0.1",
            smtp_port=mailbox.port,
            smtp_tls="none",
            mail_from="Steppewatch <alerts@office.example>",
            operator_email="operator@office.example",
            public_url="https://watch.example",
            allow_private_hosts=receiver.address,
            lease_s=10,
        )
        self.sender = Sender(
            database, SenderSettings.from_settings(settings), clock=lambda: self.now, jitter=lambda: 0.0
        )

    def subscribe(self, name: str = "drills", query: str = QUERY, **options: Any) -> int:
        """Store a subscription; by mail unless other recipients are given."""
        fields = {key: options.pop(key) for key in list(options) if key in SubscriptionIn.__slots__}
        options = options or {"email": ("analyst@office.example",)}
        has_feed = options.pop("feed", False)
        recipients = tuple(RecipientAddress(kind, one) for kind, addresses in options.items() for one in addresses)
        new = SubscriptionDefinition(SubscriptionIn(name=name, query=query, **fields), recipients, has_feed)
        return self.database.write(lambda conn: definition.create(conn, new, now=self.now))

    def hook(self) -> dict[str, Any]:
        """Return the options of a subscription to the receiver, which learns the secret to check with."""
        return {"webhook": (self.receiver.url,)}

    def bring(self, *documents: Document) -> list[str]:
        """Take documents through the chain; return how they ended."""
        return [end.outcome for end in self.pipeline.process(documents)]

    def post(self, *, digests: bool = True) -> int:
        """Do what the worker's task does; return how many messages arrived."""
        if digests:
            self.sender.make_digests()
        claim, lists = self.sender.claim()
        return sum(self.sender.deliver(claim, ids) for ids in lists)

    def statuses(self) -> list[str]:
        """Return the statuses of all matches in the order they were found."""
        with self.database.reading() as conn:
            return list(conn.scalars(select(MatchRow.status).order_by(MatchRow.id)))

    def states(self) -> dict[str, int]:
        """Return how many deliveries are in each state."""
        return self.database.read(delivery_lists.count_deliveries)

    def column(self, column: Any) -> list[Any]:
        """Return a column of a table, in the order of its rows' ids."""
        with self.database.reading() as conn:
            return list(conn.scalars(select(column).order_by(column.class_.id)))
