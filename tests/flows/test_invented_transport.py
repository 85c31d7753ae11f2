"""A transport that exists in this test only: one entry in the table, and alerts go that way."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from datetime import datetime

import pytest
from alertdesk import Desk, titled

from cli.alert.add import alert_add
from cli.alert.recipients import with_recipients
from db.alerts import subscriptions
from db.alerts.channels import find_recipients
from db.alerts.deliveries import DeliveryProgress
from db.settings import Settings
from worker.delivery.sender import Sender
from worker.delivery.sender_settings import SenderSettings
from worker.delivery.transports.table import TRANSPORTS, check_address, guess_kind, shown
from worker.delivery.transports.transport import AddressError, Allowed, Limits, RecipientAddress, Session, Transport
from worker.messages.message import Message
from worker.subscriptions import definition, manifest

FILE = """
subscriptions:
  drills:
    query: entity:csto AND chairs
    board: [Board://Hall-3/secret]
"""


class BoardTransport(Transport):
    """Writes headlines on a board in a hall."""

    kind = "board"
    metavar = "HALL"
    purpose = "write on this board"

    def __init__(self) -> None:
        self.written: list[tuple[str, str, str | None]] = []

    def recognizes(self, address: str) -> bool:
        return address.lower().startswith("board://")

    def check(self, address: str, allowed: Allowed) -> str:
        if not self.recognizes(address):
            raise AddressError(f"{address}: not like board://HALL/KEY")
        return address.lower()

    def shown(self, address: str) -> str:
        return address.rpartition("/")[0] + "/…"

    def limits(self, settings: Settings) -> Limits:
        return Limits(2)

    def connect(self, settings: Settings, *, timeout_s: float) -> Session:
        return BoardSession(self.written)


class BoardSession(Session):
    """One walk to the board."""

    def __init__(self, written: list[tuple[str, str, str | None]]) -> None:
        self._written = written

    def send(
        self,
        message: Message,
        address: str,
        *,
        secret: str | None,
        now: datetime,
        progress: DeliveryProgress,
        note: Callable[[DeliveryProgress], object],
    ) -> DeliveryProgress:
        self._written.append((address, message.subject, secret))
        return DeliveryProgress(1, len(message.items), left_out=message.more)


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> BoardTransport:
    transport = BoardTransport()
    monkeypatch.setitem(TRANSPORTS, transport.kind, transport)
    return transport


def keep(desk: Desk, text: str) -> list[manifest.Step]:
    """Make the subscriptions what a file says; return the steps."""
    read = manifest.read_manifest(text, "alerts.yaml")
    steps, checked = desk.database.read(lambda conn: manifest.plan(conn, read, allow_private_hosts=""))
    desk.database.write(lambda conn: manifest.apply(conn, checked, steps, now=desk.now))
    return steps


def refresh(desk: Desk) -> None:
    """Take the sender anew, as a worker does that starts with this table."""
    settings = SenderSettings.from_settings(desk.sender.settings.settings)
    desk.sender = Sender(desk.database, settings, clock=lambda: desk.now, jitter=lambda: 0.0)


def test_an_alert_goes_the_whole_way_by_an_invented_transport(desk: Desk, board: BoardTransport) -> None:
    assert [step.action for step in keep(desk, FILE)] == ["add"]
    refresh(desk)
    desk.bring(titled(1))
    assert desk.post() == 1
    assert board.written == [("board://hall-3/secret", "[drills] CSTO chairs, part 1 — outlet.example", None)]
    assert desk.states() == {"sent": 1}
    assert [step.action for step in keep(desk, FILE)] == ["keep"]


def test_its_limit_holds(desk: Desk, board: BoardTransport) -> None:
    keep(desk, FILE)
    refresh(desk)
    desk.bring(*map(titled, range(3)))
    assert desk.post() == 2
    assert desk.post() == 0


def test_its_addresses_are_told_apart_checked_and_shown_without_secrets(board: BoardTransport) -> None:
    assert guess_kind(" board://hall/secret ") == "board"
    assert guess_kind("me@office.example") == "email"
    assert check_address("board", " Board://Hall/secret ") == "board://hall/secret"
    assert shown("board", "board://hall/secret") == "board://hall/…"
    with pytest.raises(AddressError, match="not like board"):
        check_address("board", "me@office.example")


def test_its_option_is_there_without_a_word_in_the_commands(board: BoardTransport) -> None:
    given: list[tuple[RecipientAddress, ...]] = []

    @with_recipients()
    def command(name: str, recipients: tuple[RecipientAddress, ...] = (), feed: bool = False) -> None:
        given.append(recipients)

    assert list(inspect.signature(command).parameters) == ["name", "email", "webhook", "chat", "board", "feed"]
    command(name="drills", email=["me@office.example"], webhook=None, chat=None, board=["board://hall/1"], feed=False)
    assert given == [(RecipientAddress("email", "me@office.example"), RecipientAddress("board", "board://hall/1"))]
    assert "board" not in inspect.signature(alert_add).parameters  # it was made before


def test_without_the_transport_its_messages_wait_and_nothing_else_is_touched(
    desk: Desk, board: BoardTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(desk, FILE)
    desk.subscribe("by-mail")
    desk.bring(titled(1))
    monkeypatch.delitem(TRANSPORTS, "board")
    refresh(desk)
    assert desk.post() == 1
    assert [mail["To"] for mail in desk.mailbox.taken] == ["analyst@office.example"]
    assert desk.states() == {"sent": 1, "waiting": 1}
    assert shown("board", "board://hall-3/secret") == "board …"
    with pytest.raises(manifest.ManifestError, match="there is no field 'board'"):
        manifest.read_manifest(FILE, "alerts.yaml")


def test_a_subscription_with_an_address_of_a_transport_that_is_gone_can_be_mended(
    desk: Desk, board: BoardTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(desk, FILE)
    monkeypatch.delitem(TRANSPORTS, "board")
    with desk.database.reading() as conn:
        row = subscriptions.find_subscription(conn, "drills")
        assert row is not None
        before = definition.to_definition(row, find_recipients(conn, [row.id]))
    known = definition.References(lambda query: query)
    _, problems = definition.validate(before, known)
    assert problems == ["board: there is no transport 'board'; there are email, webhook, chat"]
    checked, problems = definition.validate(dataclasses.replace(before, recipients=()), known)
    assert problems == []
    desk.database.write(lambda conn: definition.update(conn, row, checked, now=desk.now))
    with desk.database.reading() as conn:
        assert [one.state for one in find_recipients(conn, [row.id])] == ["unsubscribed"]
