"""The ways a message leaves, against real servers on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from servers.certificates import FAULTS, Authority
from servers.mailserver import Secrets, secrets_in, serving_mail
from servers.webhookserver import Receiver, receiving

from worker.delivery.transports import tls
from worker.delivery.transports.errors import AddressRefused, MessageFailed, TransportDown, TransportError
from worker.delivery.transports.mail.letters import compose
from worker.delivery.transports.mail.mime import Letter
from worker.delivery.transports.mail.smtp import Mailer, SmtpServer
from worker.delivery.transports.webhook import post
from worker.delivery.transports.webhook.body import sign_body, write_body
from worker.delivery.transports.webhook.post import Caller
from worker.messages.message import Message

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
TOLD = Message(key="0a1b2c", kind="match", subscription="drills", question="entity:csto", created_at=NOW, test=True)


def mail() -> Letter:
    return compose(TOLD, sender="Steppewatch <alerts@office.example>", to="analyst@office.example")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Secrets:
    return secrets_in(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_mail_is_handed_over_with_and_without_tls(tls: str, secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(secrets.ca_file))
    with serving_mail(tls=tls, secrets=secrets) as mailbox, mailer(mailbox.port, tls) as post:
        post.send(mail())
        post.send(mail())
    assert [message["Message-ID"] for message in mailbox.taken] == ["<0a1b2c@office.example>"] * 2
    assert mailbox.sessions == (2 if tls == "starttls" else 1), "both went over one connection"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_with_a_certificate_of_its_own_is_not_trusted(tls: str, secrets: Secrets) -> None:
    with serving_mail(tls=tls, secrets=secrets) as mailbox, mailer(mailbox.port, tls) as post:
        with pytest.raises(TransportDown, match="certificate"):
            post.send(mail())
        assert mailbox.taken == []


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_the_password_comes_from_a_file(
    password: str, secrets: Secrets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(secrets.ca_file))
    (tmp_path / "password").write_text(f"{password}\n")
    with serving_mail(tls="starttls", secrets=secrets, user="watch", password="right") as mailbox:
        server = SmtpServer(
            host="127.0.0.1", port=mailbox.port, tls="starttls", user="watch", password_file=tmp_path / "password"
        )
        with Mailer(server, timeout_s=10) as post:
            if password == "right":
                post.send(mail())
            else:
                with pytest.raises(TransportDown, match="535"):
                    post.send(mail())
    assert len(mailbox.taken) == (password == "right")


@pytest.mark.slow
def test_a_mail_server_that_stalls_is_left_in_time() -> None:
    with serving_mail() as mailbox, mailer(mailbox.port, "none", timeout_s=0.5) as post:
        mailbox.stall_s = 3
        with pytest.raises(MessageFailed):  # it may be this message alone
            post.send(mail())
        with pytest.raises(TransportDown):
            post.send(mail())
        mailbox.stall_s = 0
        post.send(mail())


def test_without_a_mail_server_the_reason_is_said() -> None:
    with (
        Mailer(SmtpServer(host="", port=25, tls="none"), timeout_s=1) as post,
        pytest.raises(TransportDown, match="SMTP_HOST"),
    ):
        post.send(mail())


def mailer(port: int, tls: str, timeout_s: float = 10) -> Mailer:
    return Mailer(SmtpServer(host="127.0.0.1", port=port, tls=tls), timeout_s=timeout_s)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def call(receiver: Receiver, url: str = "", timeout_s: float = 5) -> None:
    body = write_body(TOLD)
    caller = Caller("Steppewatch/0.1", {("127.0.0.1", receiver.port), ("hooks.example", receiver.port)}, timeout_s)
    caller.post(url or receiver.url, body, sign_body("0a1b2c", body, secret="whsec_c2VjcmV0", now=datetime.now(UTC)))


def test_a_receiver_can_tell_who_called(receiver: Receiver) -> None:
    receiver.secret = "whsec_c2VjcmV0"
    call(receiver)
    assert (receiver.keys, receiver.refused) == (["0a1b2c"], 0)
    receiver.secret = "whsec_b3RoZXI="
    with pytest.raises(TransportError, match="401"):
        call(receiver)


def test_a_receiver_that_stalls_is_left_in_time(receiver: Receiver) -> None:
    receiver.stall_s = 2
    with pytest.raises(TransportError, match="no answer within"):
        call(receiver, timeout_s=0.3)


def test_a_name_is_looked_up_once_and_the_checked_address_is_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its address between the check and the call (DNS rebinding) gains nothing."""
    asked: list[str] = []

    def resolve(host: str, port: int, *rest: object, **named: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.99"
        return [(2, 1, 6, "", (address, port))]

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    call(receiver, f"http://hooks.example:{receiver.port}/in")
    assert (asked[0], receiver.hosts) == ("hooks.example", [f"hooks.example:{receiver.port}"])


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (["127.0.0.1"], "loopback"),
        (["10.1.2.3", "192.168.0.1"], "private"),
        (["100.64.0.1"], "private"),
        (["::ffff:169.254.169.254"], "link-local"),
        (["fd00::1"], "private"),
    ],
)
def test_a_name_with_private_addresses_only_is_refused(
    addresses: list[str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(2, 1, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    with pytest.raises(AddressRefused, match=reason):
        Caller("Steppewatch/0.1", (), 5).post("https://hooks.example/in", b"{}", {})


@pytest.mark.parametrize("kind", ["good", *FAULTS])
def test_a_webhook_is_called_only_with_a_good_certificate(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    tls.trust.cache_clear()
    with receiving(tls=authority.context(kind)) as receiver:
        url = receiver.url.replace("http:", "https:")
        if kind == "good":
            call(receiver, url)
        else:
            with pytest.raises(TransportError, match="certificate"):
                call(receiver, url)
    tls.trust.cache_clear()
    assert receiver.keys == ["0a1b2c"] * (kind == "good")


def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    call(receiver)
    assert receiver.keys == ["0a1b2c"]


def test_the_time_a_receiver_asks_for_is_bounded() -> None:
    assert [post._retry_after(value) for value in ("30", "999999", "tomorrow", "", "-5")] == [30, 3_600, 0, 0, 0]
